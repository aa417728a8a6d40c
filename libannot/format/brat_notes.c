/* Notes: our own, which bring back what brat has no line for, and others, which are comments. */
#include "base/encode.h"
#include "format/brat.h"
#include "format/own.h"

/* A note of our own: cards and author of what waits. */
static json_t *own_note(const char *text)
{
	json_t *note = *text == '{' ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (json_is_string(json_object_get(note, "annot")))
		return note;
	json_decref(note);
	return NULL;
}

/* What a card of ours may bring back: not what refers to records, nor what the file says anyway. */
#define IMPORTED "imported-"
static bool is_restored(const struct annot_draft *draft, const char *card)
{
	const struct annot_kind_def *kind = annot_kind_def(annot_draft_kind(draft));
	const struct annot_card_def *def = annot_card_def_find(kind, card, strlen(card));
	return def && def->type != ANNOT_CARD_REF && def->type != ANNOT_CARD_TARGET &&
	       !def->in_group && strncmp(card, IMPORTED, strlen(IMPORTED)) != 0;
}

/* How often a value stands among the first n of a card. */
static size_t count(const struct annot_draft *draft, const char *card, size_t n, const char *value)
{
	const char *there;
	size_t ret = 0;
	for (size_t i = 0; i < n && (there = annot_draft_value(draft, card, i)); i++)
		ret += strcmp(there, value) == 0;
	return ret;
}

enum { LIST_MAX = 256 }; /* values that may be the line's: more than any card may have */

/* Values of a list, but for as many of each as the line has. */
static enum annot_status restore_list(struct annot_import *m, struct annot_draft *draft,
				      const char *card, const json_t *list, struct annot_error *err)
{
	const json_t *item;
	size_t i, n = 0;
	while (annot_draft_value(draft, card, n))
		n++;
	json_array_foreach(list, i, item)
	{
		const char *value = json_string_value(item);
		size_t nth = 0;
		for (size_t k = 0; value && i < LIST_MAX && k <= i; k++) {
			const char *other = json_string_value(json_array_get(list, k));
			nth += other && strcmp(other, value) == 0;
		}
		if (value && (i >= LIST_MAX || nth > count(draft, card, n, value)))
			TRY(annot_import_card(m, draft, card, card, value, NULL, err));
	}
	return ANNOT_OK;
}

/* What the line itself says (a verdict's rating, a relation, a type that is a tag) is what a reader
 * of the line sees and edits: it stands. */
static enum annot_status restore(struct annot_import *m, struct annot_draft *draft,
				 const char *card, const json_t *value, struct annot_error *err)
{
	if (!json_is_string(value))
		return restore_list(m, draft, card, value, err);
	return annot_draft_value(draft, card, 0)
		       ? ANNOT_OK
		       : annot_import_card(m, draft, card, card, json_string_value(value), NULL,
					   err);
}

enum annot_status brat_restore(struct annot_import *m, struct annot_draft *draft, json_t *note,
			       bool own, struct annot_error *err)
{
	const char *card;
	const json_t *value;
	/* What is data, and what the line itself says. */
	static const char *const about[] = {"annot",  "corpus", "id",   "author", "time",
					    "review", "on",     "from", "to",     NULL};
	json_object_foreach(note, card, value)
	{
		bool is_about = false;
		for (const char *const *at = about; *at; at++)
			is_about = is_about || strcmp(*at, card) == 0;
		if (is_about)
			continue;
		if (is_restored(draft, card))
			TRY(restore(m, draft, card, value, err));
		else if (!own)
			TRY(annot_import_lose(m, card, value, "is about records of another corpus",
					      err));
	}
	return ANNOT_OK;
}

/* Of what waits. */
static enum annot_status take_own_note(struct annot_import *m, struct brat_reading *r, json_t *note,
				       struct annot_error *err)
{
	const char *author = json_string_value(json_object_get(note, "author"));
	const char *corpus = json_string_value(json_object_get(note, "corpus"));
	const struct annot_entry *entry;
	enum own_is is = OWN_NOT;
	r->annotated = true;
	if (corpus)
		TRY(own_find(m, corpus, json_string_value(json_object_get(note, "id")), "id",
			     &entry, &is, err));
	if (is == OWN_HERE)
		return brat_own(m, r, entry, note, err);
	if (is == OWN_GONE) {
		brat_forget(r);
		return ANNOT_OK;
	}
	if (author && !(r->author = annot_arena_copy(r->arena, author, strlen(author))))
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a note");
	if (json_object_set(r->data, "id", json_object_get(note, "id")) != 0 ||
	    json_object_set(r->data, "time", json_object_get(note, "time")) != 0 ||
	    json_object_set(r->data, "review", json_object_get(note, "review")) != 0)
		return annot_import_invalid(m, err, "a note of annot's without id, time or review");
	return brat_restore(m, r->draft, note, false, err);
}

/* Of a comment, which has no line but this one. */
static enum annot_status own_comment(struct annot_import *m, struct brat_reading *r,
				     const struct brat_line *l, json_t *note,
				     struct annot_error *err)
{
	const char *text = json_string_value(json_object_get(note, "text"));
	TRY(brat_comment(m, r, l, l->args, text, false, err));
	return r->draft ? take_own_note(m, r, note, err) : ANNOT_OK;
}

/* What a span of this corpus says it is counts before its type, which may have been edited. */
static bool is_own(const struct annot_import *m, const json_t *note)
{
	const char *corpus = json_string_value(json_object_get(note, "corpus"));
	const char *kind = json_string_value(json_object_get(note, "annot"));
	return corpus && strcmp(corpus, annot_hash_hex(&m->host.corpus).text) == 0 &&
	       strcmp(kind, "comment") != 0;
}

static enum annot_status read_own_note(struct annot_import *m, struct brat_reading *r,
				       const struct brat_line *l, json_t *note,
				       struct annot_error *err)
{
	const char *kind = json_string_value(json_object_get(note, "annot"));
	if (r->draft && !r->annotated && strcmp(l->args, r->number) == 0 &&
	    (strcmp(kind, annot_kind_def(annot_draft_kind(r->draft))->name) == 0 ||
	     is_own(m, note))) {
		m->id = r->id;
		return take_own_note(m, r, note, err);
	}
	if (strcmp(kind, "comment") == 0 && *l->args == 'T')
		return own_comment(m, r, l, note, err);
	return annot_import_lose_text(m, l->number, l->text,
				      "a note that does not stand behind the line that it is about",
				      err);
}

enum annot_status brat_note(struct annot_import *m, struct brat_reading *r,
			    const struct brat_line *l, struct annot_error *err)
{
	json_t *note = own_note(l->text);
	if (note) {
		enum annot_status status = read_own_note(m, r, l, note, err);
		json_decref(note);
		return status;
	}
	if (*l->args != 'T')
		return annot_import_leave_out(m, l->number, NULL,
					      "a note on a line that is no span", err);
	return brat_comment(m, r, l, l->args, l->text, strcmp(l->type, "AnnotatorNotes") != 0, err);
}
