/* The commitment that a seal makes and a verdict opens. */
#include "base/auto.h"
#include "base/hash.h"
#include "record/internal.h"
#include "text/escape.h"

/* All cards of a name, escaped, as they stand in the record. */
static void put_cards(const struct annot_record *verdict, const char *name, struct annot_buf *ret)
{
	for (const struct annot_card *c = annot_record_card(verdict, name); c;
	     c = annot_record_card_next(verdict, c)) {
		annot_buf_printf(ret, "%s ", name);
		annot_escape(c->text, c->len, ret);
		annot_buf_putc(ret, '\n');
	}
}

enum annot_status annot_seal_commitment(const struct annot_record *verdict, struct annot_hash *ret,
					struct annot_error *err)
{
	static const char *const names[] = {"on",        "scale",    "rating",
					    "rationale", "evidence", "salt"};
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_RECORD_MAX);
	if (verdict->kind->kind != ANNOT_KIND_verdict)
		return annot_fail(err, ANNOT_INVALID,
				  "a seal is opened by a record of kind verdict, found kind %s",
				  verdict->kind->name);
	if (!annot_record_card(verdict, "salt"))
		return annot_fail(err, ANNOT_INVALID,
				  "card \"salt\" is missing: a verdict that opens a seal has one");
	annot_buf_puts(&b, "annot-seal/v1\nauthor ");
	annot_buf_hex(&b, verdict->author.b, ANNOT_HASH_SIZE);
	annot_buf_putc(&b, '\n');
	for (size_t i = 0; i < COUNT(names); i++)
		put_cards(verdict, names[i], &b);
	TRY(annot_buf_check(&b, "a seal", err));
	*ret = annot_sha256(b.data, b.len);
	return ANNOT_OK;
}
