#include <stdlib.h>
#include <string.h>

#include "../out/progress.h"
#include "../out/record.h"
#include "../rows.h"
#include "reading.h"

bool paragraph_next(struct annot_bytes text, size_t at, struct paragraph *ret)
{
	const char *all = (const char *)text.data;
	bool inside = false;
	while (at < text.len) {
		const char *stop = memchr(all + at, '\n', text.len - at);
		size_t end = stop ? (size_t)(stop - all) : text.len;
		size_t len = end - at - (end > at && all[end - 1] == '\r');
		if (len == 0 && inside)
			return true;
		if (len > 0) {
			if (!inside)
				ret->start = at;
			ret->end = end;
			inside = true;
		}
		at = end + 1;
	}
	return inside;
}

struct gathering {
	struct reading *r;
	size_t cap, marks_cap;
	struct progress progress;
};

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* The list, with room for one more of so many bytes; NULL: out of memory. */
static void *make_room(void *list, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	size_t more = *cap ? *cap * 2 : 64;
	void *grown = realloc(list, more * size);
	if (grown)
		*cap = more;
	return grown;
}

/* Rows of the list, kept. */
static enum annot_status take_row(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	struct gathering *g = arg;
	struct reading *r = g->r;
	struct noted noted = {0};
	if (!record || record->kind->kind == ANNOT_KIND_document ||
	    annot_record_targets(record) == 0)
		return ANNOT_OK;
	struct noted *list = make_room(r->noted, r->n_noted, &g->cap, sizeof *list);
	if (!list)
		return no_memory(ctl);
	r->noted = list;
	TRY(annot_check_row(ctl->annot, row, ctl->arena, &noted.fetched, &ctl->err));
	r->noted[r->n_noted++] = noted;
	return ANNOT_OK;
}

static enum annot_status add_mark(struct ctl *ctl, struct gathering *g, struct noted *noted,
				  size_t start, size_t end, const char *anchor)
{
	struct reading *r = g->r;
	if (r->n_marks == READING_MARKS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE,
				  "the document has more than %d annotated spans",
				  READING_MARKS_MAX);
	struct mark *list = make_room(r->marks, r->n_marks, &g->marks_cap, sizeof *list);
	if (!list)
		return no_memory(ctl);
	r->marks = list;
	r->marks[r->n_marks++] =
		(struct mark){.start = start, .end = end, .noted = noted, .anchor = anchor};
	noted->missing = NULL;
	noted->number = 1; /* some; numbered in the order of the text below */
	return ANNOT_OK;
}

/* The words of one target: in this version where they were signed, in another where they went. */
static enum annot_status see_target(struct ctl *ctl, struct gathering *g, struct noted *noted,
				    size_t n, const struct annot_target *target)
{
	const struct anchors_text *to = g->r->doc, *from = to;
	const struct annot_record *doc = to->fetched.record;
	struct anchored found;
	if (!annot_hash_equal(&target->document, &doc->id))
		TRY(anchors_record(g->r->anchors, &target->document, &from));
	if (from->fetched.record &&
	    !annot_hash_equal(&from->fetched.record->annotation, &doc->annotation))
		return ANNOT_OK; /* of another document */
	if (from != to && !from->fetched.record && noted->number == 0)
		noted->missing = "withheld";
	if (from != to && !from->fetched.record)
		return ANNOT_OK;
	noted->version = from->fetched.row->version;
	if (from == to) {
		if (target->end > to->text.len || target->start >= target->end ||
		    !annot_utf8_boundary((const char *)to->text.data, to->text.len,
					 target->start) ||
		    !annot_utf8_boundary((const char *)to->text.data, to->text.len, target->end))
			return annot_fail(&ctl->err, ANNOT_MISMATCH,
					  "record %s is about words that the text does not have",
					  annot_short_id(&noted->fetched.record->id).text);
		return add_mark(ctl, g, noted, target->start, target->end, "exact");
	}
	TRY(anchors_find(g->r->anchors, noted->fetched.record, n, from, to, &found));
	bool placed = !found.missing && 1U << found.anchor.status & ANCHORS_PLACED;
	if (placed && found.anchor.n_places > 0)
		return add_mark(ctl, g, noted, found.anchor.places[0].start,
				found.anchor.places[0].end, anchored_name(&found));
	if (noted->number == 0)
		noted->missing = anchored_name(&found);
	return ANNOT_OK;
}

static enum annot_status see_all(struct ctl *ctl, struct gathering *g)
{
	struct reading *r = g->r;
	for (size_t i = 0; i < r->n_noted; i++) {
		struct noted *noted = &r->noted[i];
		struct annot_target target;
		for (size_t n = 0; annot_record_target(noted->fetched.record, n, &target); n++)
			TRY(see_target(ctl, g, noted, n, &target));
		TRY(verdicts_fetch(ctl, &noted->fetched, &noted->verdicts));
		progress_show(&g->progress, i + 1, r->n_noted);
	}
	return ANNOT_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return x->noted < y->noted ? -1 : x->noted > y->noted;
}

static void number(struct reading *r)
{
	size_t n = 0;
	if (r->n_marks > 0)
		qsort(r->marks, r->n_marks, sizeof *r->marks, by_place);
	for (size_t i = 0; i < r->n_noted; i++)
		r->noted[i].number = 0;
	for (size_t i = 0; i < r->n_marks; i++)
		if (r->marks[i].noted->number == 0)
			r->marks[i].noted->number = ++n;
}

enum annot_status reading_gather(struct ctl *ctl, const char *id, struct reading *ret)
{
	struct gathering g = {.r = ret, .progress = {.ctl = ctl, .what = "read"}};
	*ret = (struct reading){.anchors = anchors_new(ctl, false)};
	if (!ret->anchors)
		return no_memory(ctl);
	TRY(anchors_version(ret->anchors, id, &ret->doc));
	if (ret->doc->missing)
		return annot_fail(&ctl->err, ANNOT_NOT_FOUND, "%s: its text %s", id,
				  ret->doc->fetched.record ? "was not uploaded yet"
							   : "was withheld");
	TRY(verdicts_fetch(ctl, &ret->doc->fetched, &ret->verdicts));
	struct rows_request request = {
		.query = annot_arena_printf(ctl->arena, "doc:%s", ret->doc->name), .keep = true};
	progress_begin(&g.progress);
	TRY(rows_each(ctl, &request, take_row, &g, NULL));
	enum annot_status status = see_all(ctl, &g);
	progress_end(&g.progress);
	number(ret);
	return status;
}

void reading_free(struct reading *r)
{
	anchors_free(r->anchors);
	free(r->noted);
	free(r->marks);
}
