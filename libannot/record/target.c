/* Target groups: words of a document, named by position and by what stands there. */
#include <inttypes.h>

#include "record/internal.h"
#include "text/utf8.h"

bool annot_record_target(const struct annot_record *r, size_t n, struct annot_target *ret)
{
	for (size_t i = 0; i < r->n_cards; i++) {
		const struct annot_card *c = &r->cards[i];
		if (c->def->type != ANNOT_CARD_TARGET || n-- > 0)
			continue;
		/* parsing found exact, prefix and suffix behind each target */
		*ret = (struct annot_target){
			.document = c->hash,
			.start = c->start,
			.end = c->end,
			.exact = c + 1,
			.prefix = c + 2,
			.suffix = c + 3,
		};
		return true;
	}
	return false;
}

size_t annot_record_targets(const struct annot_record *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_cards; i++)
		n += r->cards[i].def->type == ANNOT_CARD_TARGET;
	return n;
}

/* Compares a card with the bytes [start, end) of the text. */
static enum annot_status check_words(const struct annot_card *card, struct annot_bytes text,
				     size_t start, size_t end, struct annot_error *err)
{
	const char *words = (const char *)text.data + start;
	size_t len = end - start;
	if (card->len == len && (len == 0 || memcmp(card->text, words, len) == 0))
		return ANNOT_OK;
	return annot_fail(err, ANNOT_MISMATCH,
			  "card \"%s\": the document has \"%s\" at bytes %zu to %zu, the record "
			  "says \"%s\"",
			  card->def->name, annot_excerpt(words, len).text, start, end,
			  annot_excerpt(card->text, card->len).text);
}

enum annot_status annot_target_check(const struct annot_target *target, struct annot_bytes text,
				     struct annot_error *err)
{
	const char *data = (const char *)text.data;
	if (target->start >= target->end || target->end > text.len)
		return annot_fail(err, ANNOT_MISMATCH,
				  "card \"target\": expected start < end <= %zu (the document's "
				  "length), found %" PRIu64 " and %" PRIu64,
				  text.len, target->start, target->end);
	size_t start = (size_t)target->start, end = (size_t)target->end;
	if (!annot_utf8_boundary(data, text.len, start) ||
	    !annot_utf8_boundary(data, text.len, end))
		return annot_fail(err, ANNOT_MISMATCH,
				  "card \"target\": byte %zu stands inside a character; start and "
				  "end are byte offsets on UTF-8 boundaries",
				  annot_utf8_boundary(data, text.len, start) ? end : start);
	TRY(check_words(target->exact, text, start, end, err));
	TRY(check_words(target->prefix, text,
			annot_utf8_back(data, text.len, start, ANNOT_CONTEXT_CHARS), start, err));
	return check_words(target->suffix, text, end,
			   annot_utf8_forward(data, text.len, end, ANNOT_CONTEXT_CHARS), err);
}
