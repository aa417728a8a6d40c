/*
 * Lines that were exported from this corpus. Where a span of ours still has the pieces that export
 * writes, its targets stay as they are, whatever brat cannot say of them.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "format/brat.h"
#include "format/own.h"

enum { TAGS_MAX = 256 };

static int by_start(const void *a, const void *b)
{
	const struct brat_piece *x = a, *y = b;
	return (x->start > y->start) - (x->start < y->start);
}

size_t brat_gather(const struct annot_entry *entry, const struct annot_source *s,
		   struct brat_piece pieces[BRAT_PIECES_MAX], size_t *ret_all)
{
	struct annot_target t;
	size_t n = 0;
	*ret_all = 0;
	for (size_t i = 0; annot_record_target(entry->record, i, &t); i++) {
		struct brat_piece piece;
		size_t at = (size_t)t.start;
		if (entry->sources[i] != s)
			continue;
		while (brat_next_piece((const char *)s->text.data, (size_t)t.end, &at, &piece)) {
			if (n < BRAT_PIECES_MAX)
				pieces[n++] = piece;
			(*ret_all)++;
		}
	}
	qsort(pieces, n, sizeof *pieces, by_start);
	return n;
}

/* --- targets --- */

/* As import reads them again: without what overlaps, and joined over line ends. */
static size_t as_read(const struct annot_entry *entry, const struct annot_source *s,
		      struct brat_piece pieces[BRAT_PIECES_MAX])
{
	size_t all, kept = 0, n = brat_gather(entry, s, pieces, &all);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || pieces[i].start >= pieces[kept - 1].end)
			pieces[kept++] = pieces[i];
	return brat_join((const char *)s->text.data, pieces, kept);
}

/* "HASH START END" */
static bool target_is(const char *value, struct brat_piece piece)
{
	char text[64];
	snprintf(text, sizeof text, " %zu %zu", piece.start, piece.end);
	return strlen(value) > ANNOT_HASH_HEX && strcmp(value + ANNOT_HASH_HEX, text) == 0;
}

static bool in_text(const struct annot_source *s, const struct annot_hash *sha256)
{
	return s && s->record &&
	       annot_hash_equal(&annot_record_card(s->record, "sha256")->hash, sha256);
}

/* Whether the line's targets are those that export writes of that text. */
static bool same_targets(const struct annot_draft *line, const struct annot_source *s,
			 const struct annot_entry *entry, struct brat_piece *pieces)
{
	size_t n = s->text.data ? as_read(entry, s, pieces) : 0;
	for (size_t i = 0; i < n; i++) {
		const char *value = annot_draft_value(line, "target", i);
		if (!value || !target_is(value, pieces[i]))
			return false;
	}
	return !annot_draft_value(line, "target", n);
}

/* The line's targets in the place of those in its text. */
static enum annot_status move_targets(const struct annot_draft *line, const struct annot_hash *in,
				      const struct annot_entry *entry, struct annot_draft *draft,
				      struct annot_error *err)
{
	static const char *const words[] = {"exact", "prefix", "suffix"};
	const struct annot_record *r = entry->record;
	const char *value;
	size_t n = 0;
	annot_draft_unset(draft, "target");
	for (size_t i = 0; i < r->n_cards; i++) {
		const struct annot_card *card = &r->cards[i];
		n += card->def->type == ANNOT_CARD_TARGET;
		if ((card->def->type == ANNOT_CARD_TARGET || card->def->in_group) &&
		    !in_text(entry->sources[n - 1], in))
			TRY(annot_draft_add(draft, card->def->name, card->text, err));
	}
	for (size_t i = 0; (value = annot_draft_value(line, "target", i)); i++) {
		TRY(annot_draft_add(draft, "target", value, err));
		for (size_t k = 0; k < COUNT(words); k++)
			TRY(annot_draft_add(draft, words[k], annot_draft_value(line, words[k], i),
					    err));
	}
	return ANNOT_OK;
}

static enum annot_status amend_targets(const struct brat_reading *r,
				       const struct annot_entry *entry, struct annot_draft *draft,
				       struct annot_error *err)
{
	const struct annot_source *s = NULL;
	if (!annot_draft_value(r->draft, "target", 0))
		return ANNOT_OK;
	for (size_t i = 0; i < entry->n_sources && !s; i++)
		if (in_text(entry->sources[i], &r->text_sha256))
			s = entry->sources[i];
	AUTO_FREE struct brat_piece *pieces = calloc(BRAT_PIECES_MAX, sizeof *pieces);
	if (!pieces)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a span");
	return s && same_targets(r->draft, s, entry, pieces)
		       ? ANNOT_OK
		       : move_targets(r->draft, &r->text_sha256, entry, draft, err);
}

/* --- cards --- */

/* The values of a card that line and note have together. */
static enum annot_status amend_card(struct annot_import *m, const struct brat_reading *r,
				    const struct annot_record *record, struct annot_draft *draft,
				    const char *card, struct annot_error *err)
{
	const char *values[TAGS_MAX], *value;
	size_t n = 0;
	for (; n < TAGS_MAX && (value = annot_draft_value(r->draft, card, n)); n++)
		values[n] = value;
	return own_differs(record, card, values, n)
		       ? own_replace(m, draft, card, card, values, n, err)
		       : ANNOT_OK;
}

static enum annot_status amend_cards(struct annot_import *m, const struct brat_reading *r,
				     const struct annot_record *record, struct annot_draft *draft,
				     struct annot_error *err)
{
	for (size_t i = 0; i < record->kind->n_cards; i++) {
		const struct annot_card_def *def = &record->kind->cards[i];
		if (def->type != ANNOT_CARD_REF && def->type != ANNOT_CARD_TARGET &&
		    !def->in_group && strncmp(def->name, "imported-", 9) != 0 &&
		    strcmp(def->name, "salt") != 0)
			TRY(amend_card(m, r, record, draft, def->name, err));
	}
	return ANNOT_OK;
}

/* --- what it is about --- */

/* Numbers of ours are log indexes. */
static enum annot_status check_ref(struct annot_import *m, const struct brat_reading *r,
				   const struct annot_record *record,
				   const struct annot_import_ref *ref, struct annot_error *err)
{
	const struct annot_card *card = annot_record_card(record, ref->card);
	const struct annot_entry *to = NULL;
	const char *number = strrchr(ref->item, '#');
	char wanted[32];
	if (card)
		TRY(own_get(m, &card->hash, &to, err));
	if (to) {
		snprintf(wanted, sizeof wanted, "#T%llu", (unsigned long long)to->index);
		if (number && strcmp(number, wanted) == 0)
			return ANNOT_OK;
	}
	return annot_import_lose_text(m, r->number, number ? number + 1 : ref->item,
				      "what an annotation of this corpus refers to is amended here",
				      err);
}

static enum annot_status amend(struct annot_import *m, struct brat_reading *r,
			       const struct annot_entry *entry, json_t *note,
			       struct annot_draft *draft, struct annot_error *err)
{
	TRY(brat_restore(m, r->draft, note, true, err));
	TRY(amend_targets(r, entry, draft, err));
	TRY(amend_cards(m, r, entry->record, draft, err));
	for (size_t i = 0; i < r->n_refs; i++)
		TRY(check_ref(m, r, entry->record, &r->refs[i], err));
	return ANNOT_OK;
}

enum annot_status brat_own(struct annot_import *m, struct brat_reading *r,
			   const struct annot_entry *entry, json_t *note, struct annot_error *err)
{
	const struct annot_kind_def *kind = annot_kind_def(annot_draft_kind(r->draft));
	if (kind != entry->record->kind) {
		brat_forget(r);
		return annot_import_leave_out(m, "type", NULL, "an annotation keeps its kind", err);
	}
	struct annot_draft *draft = annot_draft_amend(entry->record);
	if (!draft)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a note");
	enum annot_status status = amend(m, r, entry, note, draft, err);
	if (status != ANNOT_OK) {
		annot_draft_free(draft);
		return status;
	}
	annot_draft_free(r->draft);
	r->draft = draft;
	r->n_refs = 0;
	r->own = true;
	r->amends = entry->record->id;
	return ANNOT_OK;
}
