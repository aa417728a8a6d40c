#include "anchors.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAIRS_KEPT = 4, /* annotations in log order go from version to version */
	FULL_MEMORY = 1 << 30,
};

struct known {
	struct anchors_text text;
	struct annot_hash record;
	struct known *next;
};

struct pair {
	const struct anchors_text *from, *to;
	struct annot_anchorer *anchorer; /* NULL: none */
	size_t used;
};

struct anchors {
	struct ctl *ctl;
	bool cautious;
	struct annot_arena *arena; /* of what outlives a page of rows */
	struct known *documents;
	struct pair pairs[PAIRS_KEPT];
	size_t uses;
};

/* --- documents */

struct anchors *anchors_new(struct ctl *ctl, bool cautious)
{
	struct anchors *a = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	a->ctl = ctl;
	a->cautious = cautious;
	a->arena = annot_arena_new(FULL_MEMORY);
	return a->arena ? a : anchors_free(a);
}

struct anchors *anchors_free(struct anchors *a)
{
	for (size_t i = 0; a && i < PAIRS_KEPT; i++)
		annot_anchorer_free(a->pairs[i].anchorer);
	for (struct known *k = a ? a->documents : NULL; k; k = k->next)
		annot_places_free(k->text.places);
	if (a)
		annot_arena_free(a->arena);
	free(a);
	return NULL;
}

static enum annot_status text_of(struct anchors *a, struct anchors_text *t)
{
	struct ctl *ctl = a->ctl;
	const struct annot_record *record = t->fetched.record;
	if (!record) {
		t->name = "";
		t->missing = "withheld";
		return ANNOT_OK;
	}
	t->name = annot_record_text(record, "name");
	enum annot_status status = annot_fetch_text(ctl->annot, record, &t->text, &ctl->err);
	if (status == ANNOT_NOT_FOUND) {
		t->missing = "absent";
		return ANNOT_OK;
	}
	TRY(status);
	return annot_places_new(t->text, &t->places, &ctl->err);
}

enum annot_status anchors_version(struct anchors *a, const char *id,
				  const struct anchors_text **ret)
{
	struct ctl *ctl = a->ctl;
	struct known *known = annot_arena_alloc(a->arena, sizeof *known);
	struct annot_leaf leaf;
	if (!known)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_fetch(ctl->annot, id, a->arena, &known->text.fetched, &ctl->err));
	const struct annot_fetched *f = &known->text.fetched;
	enum annot_kind kind;
	if (f->record) {
		known->record = f->record->id;
		kind = f->record->kind->kind;
	} else {
		TRY(annot_leaf_parse(annot_bytes_of(f->row->leaf ? f->row->leaf : ""), &leaf,
				     &ctl->err));
		known->record = leaf.record;
		kind = leaf.kind;
	}
	if (kind != ANNOT_KIND_document)
		return annot_fail(&ctl->err, ANNOT_USAGE, "%s is a %s, not a document", id,
				  annot_kind_def(kind)->name);
	for (const struct known *k = a->documents; k; k = k->next)
		if (annot_hash_equal(&k->record, &known->record)) {
			*ret = &k->text;
			return ANNOT_OK;
		}
	TRY(text_of(a, &known->text));
	known->next = a->documents;
	a->documents = known;
	*ret = &known->text;
	return ANNOT_OK;
}

enum annot_status anchors_record(struct anchors *a, const struct annot_hash *record,
				 const struct anchors_text **ret)
{
	for (const struct known *k = a->documents; k; k = k->next)
		if (annot_hash_equal(&k->record, record)) {
			*ret = &k->text;
			return ANNOT_OK;
		}
	const char *id = annot_arena_printf(a->arena, "=%s", annot_hash_hex(record).text);
	return anchors_version(a, id ? id : "", ret);
}

enum annot_status anchors_newest(struct anchors *a, const struct anchors_text *t,
				 const struct anchors_text **ret)
{
	const struct annot_record *record = t->fetched.record;
	*ret = t;
	if (!record || t->fetched.row->head)
		return ANNOT_OK;
	for (const struct known *k = a->documents; k; k = k->next)
		if (k->text.fetched.record && k->text.fetched.row->head &&
		    annot_hash_equal(&k->text.fetched.record->annotation, &record->annotation)) {
			*ret = &k->text;
			return ANNOT_OK;
		}
	return anchors_version(a, annot_hash_hex(&record->annotation).text, ret);
}

/* --- anchoring */

static enum annot_status anchorer(struct anchors *a, const struct anchors_text *from,
				  const struct anchors_text *to, struct annot_anchorer **ret)
{
	struct pair *at = &a->pairs[0];
	for (size_t i = 0; i < PAIRS_KEPT; i++) {
		struct pair *p = &a->pairs[i];
		if (p->anchorer && p->from == from && p->to == to) {
			at = p;
			break;
		}
		if (p->used < at->used)
			at = p;
	}
	if (!at->anchorer || at->from != from || at->to != to) {
		annot_anchorer_free(at->anchorer);
		*at = (struct pair){.from = from, .to = to};
		TRY(annot_anchorer_new(to->text, from->text, &at->anchorer, &a->ctl->err));
	}
	at->used = ++a->uses;
	*ret = at->anchorer;
	return ANNOT_OK;
}

enum annot_status anchors_find(struct anchors *a, const struct annot_record *record, size_t n,
			       const struct anchors_text *from, const struct anchors_text *to,
			       struct anchored *ret)
{
	struct annot_anchorer *prepared;
	struct annot_target target;
	annot_record_target(record, n, &target);
	*ret = (struct anchored){.n = n,
				 .target = target,
				 .from = from,
				 .to = to,
				 .missing = to->missing ? to->missing : from->missing};
	if (ret->missing)
		return ANNOT_OK;
	TRY(anchorer(a, from, to, &prepared));
	struct annot_selector selector = {
		.exact = annot_bytes(target.exact->text, target.exact->len),
		.prefix = annot_bytes(target.prefix->text, target.prefix->len),
		.suffix = annot_bytes(target.suffix->text, target.suffix->len),
		.placed = true,
		.start = (size_t)target.start,
		.end = (size_t)target.end,
	};
	return annot_anchor_find(prepared, &selector, a->cautious, &ret->anchor, &a->ctl->err);
}

const char *anchored_name(const struct anchored *f)
{
	return f->missing ? f->missing : annot_anchor_name(f->anchor.status);
}

enum annot_status anchors_statuses(struct ctl *ctl, const char *option, const char *list,
				   unsigned may, unsigned *ret)
{
	struct annot_buf words = ANNOT_BUF_INIT(256);
	*ret = 0;
	for (const char *at = list;; at++) {
		size_t len = strcspn(at, ",");
		unsigned bit = 0;
		for (int s = ANNOT_ANCHOR_EXACT; s <= ANNOT_ANCHOR_ORPHAN; s++) {
			const char *name = annot_anchor_name((enum annot_anchor_status)s);
			if (strlen(name) == len && memcmp(name, at, len) == 0)
				bit = 1u << s & may;
		}
		*ret |= bit;
		at += len;
		if (!bit)
			break;
		if (!*at)
			return ANNOT_OK;
	}
	for (int s = ANNOT_ANCHOR_EXACT; s <= ANNOT_ANCHOR_ORPHAN; s++)
		if (1u << s & may)
			annot_buf_printf(&words, "%s%s", words.len ? ", " : "",
					 annot_anchor_name((enum annot_anchor_status)s));
	enum annot_status status =
		annot_fail(&ctl->err, ANNOT_USAGE, "%s \"%s\": expected %s%s", option, list,
			   words.data, ", with commas between them");
	annot_buf_free(&words);
	return status;
}
