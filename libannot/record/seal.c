/* What a seal commits to: the bytes behind the commitment, written and read. */
#include "record/seal.h"

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/internal.h"
#include "text/escape.h"

#define SEAL_HEADER "annot-seal/v1\n"

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

enum annot_status annot_seal_write(const struct annot_record *verdict, struct annot_buf *ret,
				   struct annot_error *err)
{
	static const char *const names[] = {"on",        "scale",    "rating",
					    "rationale", "evidence", "salt"};
	if (verdict->kind->kind != ANNOT_KIND_verdict)
		return annot_fail(err, ANNOT_INVALID,
				  "a seal is opened by a record of kind verdict, found kind %s",
				  verdict->kind->name);
	if (!annot_record_card(verdict, "salt"))
		return annot_fail(err, ANNOT_INVALID,
				  "card \"salt\" is missing: a verdict that opens a seal has one");
	annot_buf_puts(ret, SEAL_HEADER "author ");
	annot_buf_hex(ret, verdict->author.b, ANNOT_HASH_SIZE);
	annot_buf_putc(ret, '\n');
	for (size_t i = 0; i < COUNT(names); i++)
		put_cards(verdict, names[i], ret);
	return annot_buf_check(ret, "a seal", err);
}

enum annot_status annot_seal_commitment(const struct annot_record *verdict, struct annot_hash *ret,
					struct annot_error *err)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_SEAL_MAX);
	TRY(annot_seal_write(verdict, &b, err));
	*ret = annot_sha256(b.data, b.len);
	return ANNOT_OK;
}

/* Takes "NAME SP VALUE LF" off the front; false: it does not begin with a line of that form. */
static bool take_line(struct annot_bytes *at, struct annot_bytes *ret_name,
		      struct annot_bytes *ret_value)
{
	const uint8_t *end = at->len > 0 ? memchr(at->data, '\n', at->len) : NULL;
	size_t len = end ? (size_t)(end - at->data) : 0;
	const uint8_t *space = len > 0 ? memchr(at->data, ' ', len) : NULL;
	if (!space)
		return false;
	*ret_name = annot_bytes(at->data, (size_t)(space - at->data));
	*ret_value = annot_bytes(space + 1, (size_t)(end - space) - 1);
	*at = annot_bytes(end + 1, at->len - len - 1);
	return true;
}

static enum annot_status read_card(struct annot_draft *verdict, struct annot_bytes name,
				   struct annot_bytes value, struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_card_def *def = annot_card_def_find(annot_kind_def(ANNOT_KIND_verdict),
							       (const char *)name.data, name.len);
	if (!def)
		return annot_fail(err, ANNOT_INVALID, "a seal has no card \"%s\"",
				  annot_excerpt(name.data, name.len).text);
	TRY(annot_unescape((const char *)value.data, value.len, &text, err));
	annot_buf_putc(&text, '\0');
	TRY(annot_buf_check(&text, "a card", err));
	return annot_draft_add(verdict, def->name, text.data, err);
}

static enum annot_status read_cards(struct annot_bytes at, struct annot_draft *verdict,
				    struct annot_hash *ret_author, struct annot_error *err)
{
	const size_t header = strlen(SEAL_HEADER), author = strlen("author");
	struct annot_bytes name, value;
	if (at.len < header || memcmp(at.data, SEAL_HEADER, header) != 0)
		return annot_fail(err, ANNOT_INVALID, "does not begin with annot-seal/v1");
	at = annot_bytes(at.data + header, at.len - header);
	if (!take_line(&at, &name, &value) || name.len != author ||
	    memcmp(name.data, "author", author) != 0 ||
	    !annot_hash_unhex((const char *)value.data, value.len, ret_author))
		return annot_fail(err, ANNOT_INVALID, "has no author in its second line");
	while (at.len > 0) {
		if (!take_line(&at, &name, &value))
			return annot_fail(err, ANNOT_INVALID, "a line is not a name and a value");
		TRY(read_card(verdict, name, value, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_seal_read(struct annot_bytes bytes, struct annot_draft **ret,
				  struct annot_hash *ret_author, struct annot_error *err)
{
	struct annot_draft *verdict = annot_draft_new(ANNOT_KIND_verdict);
	struct annot_hash author;
	if (!verdict)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = read_cards(bytes, verdict, &author, err);
	if (status != ANNOT_OK) {
		annot_draft_free(verdict);
		return status;
	}
	*ret = verdict;
	*ret_author = author;
	return ANNOT_OK;
}
