/* fsck: do search.db and the anchors say what the log and the texts give? */
#include <inttypes.h>

#include "annotd/anchor_pair.h"
#include "annotd/fsck_private.h"
#include "annotd/store/search.h"

/* --- search.db --- */

static void take_finding(void *arg, uint64_t first, uint64_t end, const char *what)
{
	finding(arg, FSCK_WHOLE,
		"search.db: the words of records #%" PRIu64 " to #%" PRIu64
		" %s; run annotd rebuild, or delete it and annotd makes it again",
		first, end - 1, what);
}

enum annot_status fsck_search(struct fsck *f, struct annot_error *err)
{
	struct annot_error why = {0};
	enum annot_status status = search_check(f->dir, take_finding, &f->findings, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK)
		finding(&f->findings, FSCK_WHOLE,
			"search.db cannot be read: %s; delete it and annotd makes it again",
			why.text);
	return ANNOT_OK;
}

/* --- anchors --- */

enum { TARGETS = 64 };

struct targets {
	struct fsck *f;
	struct anchor_pair *pair;
	uint64_t document, newest; /* first version and newest */
	bool due;                  /* it is known that some are missing */
	struct store_todo list[TARGETS];
	size_t n;
};

static bool same(const struct store_anchor *a, const struct store_anchor *b)
{
	return a->status == b->status && a->cut == b->cut && a->score == b->score &&
	       a->placed == b->placed &&
	       (!a->placed || (a->start == b->start && a->end == b->end &&
			       a->chars.start == b->chars.start && a->chars.end == b->chars.end));
}

static enum annot_status check_anchor(struct targets *t, const struct store_todo *target,
				      struct annot_error *err)
{
	struct store_anchor kept, made;
	bool found = false;
	TRY(reader_anchor(t->f->reader, target->index, target->n, &kept, &found, err));
	found = found && kept.document == t->newest;
	if (!found && t->due)
		return ANNOT_OK;
	TRY(anchor_pair_find(t->pair, target, &made, err));
	if (!found)
		finding(&t->f->findings, target->index,
			"the index has no anchor of target %" PRIu64
			", and does not say that it is to be made; run annotd rebuild",
			target->n + 1);
	else if (!same(&kept, &made))
		finding(&t->f->findings, target->index,
			"the anchor of target %" PRIu64 " is not what the texts of #%" PRIu64
			" give; run annotd rebuild",
			target->n + 1, t->newest);
	return ANNOT_OK;
}

/* Those of one replaced version; NOT_FOUND: a text was withheld, or never came. */
static enum annot_status check_version(struct targets *t, uint64_t version, struct annot_error *err)
{
	const struct store_todo *after = NULL;
	struct store_todo last;
	TRY(anchor_pair_read(t->pair, t->f->reader, version, t->newest, err));
	do {
		/* Looked for in no version: all of them. */
		TRY(reader_todo(t->f->reader, version, INT64_MAX, after, t->list, TARGETS, &t->n,
				err));
		for (size_t i = 0; i < t->n; i++)
			TRY(check_anchor(t, &t->list[i], err));
		if (t->n > 0)
			last = t->list[t->n - 1];
		after = &last;
	} while (t->n == TARGETS);
	return ANNOT_OK;
}

static enum annot_status check_document(struct targets *t, struct annot_error *err)
{
	struct reader *r = t->f->reader;
	struct store_due due = {0};
	uint64_t version = 0;
	bool found = true;
	TRY(reader_newest(r, t->document, &t->newest, err));
	TRY(reader_due(r, t->document, &due, &t->due, err));
	t->due = t->due && due.document == t->document;
	for (int64_t after = -1;; after = (int64_t)version) {
		struct annot_error why = {0};
		TRY(reader_old_version(r, t->document, after, &version, &found, err));
		if (!found)
			return ANNOT_OK;
		enum annot_status status = check_version(t, version, &why);
		if (status != ANNOT_OK && status != ANNOT_NOT_FOUND)
			return annot_fail(err, status, "%s", why.text);
	}
}

enum annot_status fsck_anchors(struct fsck *f, struct annot_error *err)
{
	struct targets t = {.f = f, .pair = anchor_pair_new()};
	struct annot_memory_row row = {0};
	enum annot_status status = ANNOT_OK;
	bool current = false;
	if (!t.pair)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	status = reader_anchors_current(f->reader, &current, err);
	while (status == ANNOT_OK && current && annot_memory_walk(f->memory, &row)) {
		t.document = row.index;
		if (row.kind == ANNOT_KIND_document && row.version == 1 &&
		    row.effect != ANNOT_VOID && row.index < reader_size(f->reader))
			status = check_document(&t, err);
	}
	anchor_pair_free(t.pair);
	return status;
}
