/* Writing a draft: header, then the cards in the order of the table. */
#include <inttypes.h>

#include "base/auto.h"
#include "base/encode.h"
#include "record/draft.h"
#include "record/internal.h"
#include "text/escape.h"

static void put_hash(struct annot_buf *b, const char *name, const struct annot_hash *value)
{
	annot_buf_printf(b, "%s %s\n", name, value ? annot_hash_hex(value).text : "-");
}

static enum annot_status put_header(const struct annot_draft *d,
				    const struct annot_draft_header *header, struct annot_buf *b,
				    struct annot_error *err)
{
	char time[ANNOT_TIME_LEN + 1];
	if (!annot_time_format(header->time_s, time))
		return annot_fail(err, ANNOT_INVALID,
				  "card \"time\": expected a time of years 1970 to 9999, found "
				  "%" PRId64 " s since 1970",
				  header->time_s);
	annot_buf_puts(b, "annot-record/v1\n");
	put_hash(b, "corpus", header->corpus);
	annot_buf_printf(b, "kind %s\n", d->kind->name);
	put_hash(b, "annotation", d->first ? NULL : &d->annotation);
	for (size_t i = 0; i < d->n_parents; i++)
		put_hash(b, "parent", &d->parents[i]);
	put_hash(b, "author", &header->author);
	annot_buf_printf(b, "time %s\n", time);
	if (header->seen.size)
		annot_buf_printf(b, "seen %" PRIu64 " %s %s\n", header->seen.size,
				 annot_hash_hex(&header->seen.root).text,
				 annot_hash_hex(&header->seen.note).text);
	else
		annot_buf_puts(b, "seen 0 - -\n");
	annot_buf_puts(b, "nonce ");
	annot_buf_hex(b, header->nonce, ANNOT_NONCE_SIZE);
	annot_buf_putc(b, '\n');
	return ANNOT_OK;
}

/* A card that a value cannot break out of: all but TEXT hold no LF. */
static enum annot_status put_card(const struct annot_draft_card *card, struct annot_buf *b,
				  struct annot_error *err)
{
	annot_buf_printf(b, "%s ", card->def->name);
	if (card->def->type == ANNOT_CARD_TEXT) {
		annot_escape(card->value, card->len, b);
	} else if (memchr(card->value, '\n', card->len)) {
		return annot_fail(err, ANNOT_INVALID,
				  "card \"%s\": expected one line, found a line feed",
				  card->def->name);
	} else {
		annot_buf_add(b, card->value, card->len);
	}
	annot_buf_putc(b, '\n');
	return ANNOT_OK;
}

/* All cards of a definition; with a group (a number over 0) only those of that target. */
static enum annot_status put_cards(const struct annot_draft *d, const struct annot_card_def *def,
				   unsigned group, struct annot_buf *b, struct annot_error *err);

static enum annot_status put_group(const struct annot_draft *d, const struct annot_card_def *target,
				   unsigned group, struct annot_buf *b, struct annot_error *err)
{
	const struct annot_card_def *end = d->kind->cards + d->kind->n_cards;
	for (const struct annot_card_def *def = target + 1; def < end && def->in_group; def++)
		TRY(put_cards(d, def, group, b, err));
	return ANNOT_OK;
}

static enum annot_status put_cards(const struct annot_draft *d, const struct annot_card_def *def,
				   unsigned group, struct annot_buf *b, struct annot_error *err)
{
	for (size_t i = 0; i < d->n_cards; i++) {
		const struct annot_draft_card *c = &d->cards[i];
		if (c->def != def || (group && c->group != group))
			continue;
		TRY(put_card(c, b, err));
		if (def->type == ANNOT_CARD_TARGET)
			TRY(put_group(d, def, c->group, b, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_draft_build(const struct annot_draft *d,
				    const struct annot_draft_header *header,
				    struct annot_arena *arena, struct annot_buf *ret,
				    const struct annot_record **record, struct annot_error *err)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *parsed;
	TRY(put_header(d, header, &b, err));
	for (size_t i = 0; i < d->kind->n_cards; i++)
		if (!d->kind->cards[i].in_group)
			TRY(put_cards(d, &d->kind->cards[i], 0, &b, err));
	TRY(annot_buf_check(&b, "a record", err));
	TRY(annot_record_parse(arena, annot_buf_bytes(&b), &parsed, err));
	annot_buf_add(ret, b.data, b.len);
	TRY(annot_buf_check(ret, "a record", err));
	if (record)
		*record = parsed;
	return ANNOT_OK;
}
