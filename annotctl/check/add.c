/* A found quote as a signed record, with what the check said in its checked card. */
#include "known.h"

#include <string.h>

#include "../out/out.h"

/* The place of a judgement as a target, from the document's text, fetched and hashed. */
static enum annot_status add_target(struct ctl *ctl, struct annot_draft *draft,
				    const struct judged *j)
{
	struct document doc;
	const char *id =
		annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&j->place.document).text);
	TRY(write_document(ctl, id ? id : "", &doc));
	if (j->place.end > doc.text.len)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "%s ends before the place of a quote",
				  j->place.name);
	struct annot_bytes there = annot_bytes(doc.text.data + j->place.start,
					       (size_t)(j->place.end - j->place.start));
	if (ctl->format == FORMAT_TEXT)
		out_note(ctl, "%s, characters %llu-%llu: «%s»", out_safe(ctl, j->place.name),
			 (unsigned long long)j->place.chars_start,
			 (unsigned long long)j->place.chars_end,
			 out_safe_flat(ctl, check_text(ctl, there)));
	return annot_draft_add_target(draft, &doc.fetched.record->id, doc.text, j->place.start,
				      j->place.end, &ctl->err);
}

/* A name that was broken over lines, in one; NULL: out of memory. */
static const char *flat(struct ctl *ctl, const char *text)
{
	char *copy = annot_arena_copy(ctl->arena, text, strlen(text));
	for (char *c = copy; c && *c; c++)
		if (strchr("\n\r\t", *c))
			*c = ' ';
	return copy;
}

static enum annot_status fill(struct ctl *ctl, const struct checked *c,
			      const struct quote_cards *cards, struct annot_draft *draft)
{
	if (c->whole.placed)
		TRY(add_target(ctl, draft, &c->whole));
	for (size_t i = 0; i < c->n_pieces && !c->whole.placed; i++)
		TRY(add_target(ctl, draft, &c->pieces[i]));
	if (*cards->speaker)
		TRY(write_card(ctl, draft, "speaker", cards->speaker));
	TRY(write_card(ctl, draft, "form", "direct"));
	return write_card(ctl, draft, "checked", cards->checked);
}

static bool is_found(const struct checked *c)
{
	bool all = c->whole.placed || c->n_pieces > 0;
	for (size_t i = 0; i < c->n_pieces; i++)
		all = all && c->pieces[i].placed;
	return all && c->whole.result < ANNOT_ALTER_AMBIGUOUS;
}

/* *ret_added is false where a warning says why it could not be. */
static enum annot_status sign(struct ctl *ctl, const struct checked *c,
			      const struct quote_cards *cards, struct written *ret, bool *ret_added)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_quote);
	enum annot_status status = draft ? fill(ctl, c, cards, draft)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = write_silently(ctl, draft, ret);
	annot_draft_free(draft);
	*ret_added = status == ANNOT_OK;
	if (status != ANNOT_TOO_LARGE)
		return status;
	out_warning(ctl, "line %zu: not added: %s", c->line, out_safe(ctl, ctl->err.text));
	return ANNOT_OK;
}

enum annot_status check_add(struct ctl *ctl, const struct article *a, const struct checked *c,
			    struct known_quotes *known, struct summary *s)
{
	const struct known_quote *there;
	struct written written;
	bool added;
	if (!is_found(c) || c->quote->depth > 0)
		return ANNOT_OK;
	const struct quote_cards cards = {
		.speaker = flat(ctl, check_article_text(ctl, a, c->quote->speaker)),
		.checked = annot_arena_printf(ctl->arena, "annot-check/%d %s", ANNOT_ALTER_VERSION,
					      check_message(ctl, c)),
	};
	if (!cards.speaker || !cards.checked)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(known_find(ctl, known, c, &cards, &there));
	if (there) {
		s->there++;
		if (!ctl->quiet && ctl->format == FORMAT_TEXT)
			out_text(ctl, "    is there already: quote %s at #%llu\n",
				 annot_short_id(&there->annotation).text,
				 (unsigned long long)there->index);
		return ANNOT_OK;
	}
	TRY(sign(ctl, c, &cards, &written, &added));
	if (!added)
		return ANNOT_OK;
	s->added++;
	if (ctl->quiet)
		out_text(ctl, "%s\n", annot_hash_hex(&written.record->annotation).text);
	else if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "    added as quote %s at #%llu\n",
			 annot_short_id(&written.record->annotation).text,
			 (unsigned long long)written.index);
	return known_add(ctl, known, c, &cards, &written);
}
