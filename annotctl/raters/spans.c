/*
 * Spans: which words persons marked at all. Two persons are compared on the document versions that
 * both have marked something in; where only one has, the other may not have read it.
 */
#include <stdlib.h>
#include <string.h>

#include "marks.h"

/* Two persons, over all documents. */
struct pair {
	size_t documents;       /* that both marked */
	size_t other_documents; /* that one of them marked, and the marks there: excluded */
	size_t other_spans;
	struct annot_span_matches m;
};

struct spans {
	struct marks marks;
	size_t documents;
	size_t duplicates;  /* marks of words that the same person had marked before */
	struct pair *pairs; /* n_people squared; x < y */
	struct annot_span *room_x, *room_y;
};

/* A person's marks in one document. */
struct run {
	const struct mark *marks;
	size_t n;
};

static struct pair *pair_at(const struct spans *s, size_t x, size_t y)
{
	return &s->pairs[x * s->marks.a->n_people + y];
}

/* --- gathering --- */

static int by_person(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = memcmp(&x->document, &y->document, sizeof x->document);
	if (order == 0 && x->coder != y->coder)
		return x->coder < y->coder ? -1 : 1;
	return order != 0 ? order : marks_by_words(a, b);
}

static bool same_document(const struct mark *a, const struct mark *b)
{
	return annot_hash_equal(&a->document, &b->document);
}

/* By document and person, each place once; and how far what came before reaches. */
static void sort(struct spans *s)
{
	size_t n, kept = 0;
	struct mark *marks = marks_of(&s->marks, &n);
	if (n > 0)
		qsort(marks, n, sizeof *marks, by_person);
	for (size_t i = 0; i < n; i++) {
		const struct mark *last = kept > 0 ? &marks[kept - 1] : NULL;
		bool same_document_ = last && same_document(last, &marks[i]);
		bool same_person = same_document_ && last->coder == marks[i].coder;
		s->documents += !same_document_;
		if (same_person && marks_same_words(last, &marks[i])) {
			s->duplicates++;
			continue;
		}
		marks[i].reach =
			same_person && last->reach > marks[i].end ? last->reach : marks[i].end;
		marks[kept++] = marks[i];
	}
	annot_buf_truncate(&s->marks.list, kept * sizeof *marks);
}

/* The marks of each person in the document that begins at `at`; returns where the next begins. */
static size_t runs_of(const struct spans *s, size_t at, struct run *runs)
{
	size_t n, i;
	const struct mark *marks = marks_of(&s->marks, &n);
	memset(runs, 0, s->marks.a->n_people * sizeof *runs);
	for (i = at; i < n && same_document(&marks[at], &marks[i]); i++) {
		struct run *run = &runs[marks[i].coder];
		run->marks = run->n == 0 ? &marks[i] : run->marks;
		run->n++;
	}
	return i;
}

static const struct annot_span *copy_run(const struct run *run, struct annot_span *room)
{
	for (size_t i = 0; i < run->n; i++)
		room[i] = (struct annot_span){run->marks[i].start, run->marks[i].end};
	return room;
}

static enum annot_status compare(struct spans *s, const struct run *x, const struct run *y,
				 struct pair *pair)
{
	struct annot_span_matches m;
	if (x->n == 0 || y->n == 0) {
		pair->other_documents += x->n + y->n > 0;
		pair->other_spans += x->n + y->n;
		return ANNOT_OK;
	}
	TRY(annot_spans_match(copy_run(x, s->room_x), x->n, copy_run(y, s->room_y), y->n, &m,
			      &s->marks.a->ctl->err));
	pair->documents++;
	pair->m.a += m.a;
	pair->m.b += m.b;
	pair->m.exact += m.exact;
	pair->m.overlap += m.overlap;
	return ANNOT_OK;
}

static enum annot_status compare_all(struct spans *s, struct run *runs)
{
	size_t n, people = s->marks.a->n_people;
	marks_of(&s->marks, &n);
	for (size_t at = 0; at < n;) {
		at = runs_of(s, at, runs);
		for (size_t x = 0; x < people; x++)
			for (size_t y = x + 1; y < people; y++)
				TRY(compare(s, &runs[x], &runs[y], pair_at(s, x, y)));
	}
	return ANNOT_OK;
}

/* All pairs added up: what gives the micro-average. */
static struct pair sum(const struct spans *s)
{
	size_t people = s->marks.a->n_people;
	struct pair all = {0};
	for (size_t i = 0; i < people * people; i++) {
		const struct pair *p = &s->pairs[i];
		all.documents += p->documents;
		all.other_documents += p->other_documents;
		all.other_spans += p->other_spans;
		all.m.a += p->m.a;
		all.m.b += p->m.b;
		all.m.exact += p->m.exact;
		all.m.overlap += p->m.overlap;
	}
	return all;
}

static struct run *runs_room(struct spans *s)
{
	struct agreement *a = s->marks.a;
	struct run *runs = annot_arena_array(a->arena, a->n_people, sizeof *runs);
	if (!runs)
		annot_fail(&a->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return runs;
}

static enum annot_status compute(struct spans *s)
{
	struct agreement *a = s->marks.a;
	size_t n;
	TRY(marks_gather(&s->marks));
	TRY(marks_people(&s->marks));
	sort(s);
	marks_of(&s->marks, &n);
	struct run *runs = runs_room(s);
	s->pairs = annot_arena_array(a->arena, a->n_people * a->n_people, sizeof *s->pairs);
	s->room_x = annot_arena_array(a->arena, n, sizeof *s->room_x);
	s->room_y = annot_arena_array(a->arena, n, sizeof *s->room_y);
	if (!runs || !s->pairs || !s->room_x || !s->room_y)
		return annot_fail(&a->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(compare_all(s, runs));
	if (sum(s).documents == 0)
		return annot_fail(
			&a->ctl->err, ANNOT_REFUSED,
			"no version of a document was marked by two persons: %zu version%s, "
			"each by one",
			s->documents, annot_plural(s->documents));
	return ANNOT_OK;
}

/* --- output --- */

static size_t in_common(const struct spans *s, struct run *runs)
{
	size_t n, count = 0;
	marks_of(&s->marks, &n);
	for (size_t at = 0; at < n;) {
		size_t people = 0;
		at = runs_of(s, at, runs);
		for (size_t i = 0; i < s->marks.a->n_people; i++)
			people += runs[i].n > 0;
		count += people > 1;
	}
	return count;
}

static const char *excluded_text(const struct spans *s, size_t common)
{
	const char *text = annot_arena_printf(
		s->marks.a->ctl->arena,
		"%zu of %zu document version%s compared; excluded: %zu marked by one person, "
		"%zu mark%s of words that the same person had marked before",
		common, s->documents, annot_plural(s->documents), s->documents - common,
		s->duplicates, annot_plural(s->duplicates));
	return text ? text : "";
}

static void pair_text(const struct spans *s, const char *names, const struct pair *p)
{
	struct ctl *ctl = s->marks.a->ctl;
	column(ctl, names, -26);
	column(ctl, decimals(ctl, annot_f1(p->m.exact, p->m.a, p->m.b)), 9);
	column(ctl, decimals(ctl, annot_f1(p->m.overlap, p->m.a, p->m.b)), 12);
	const char *excluded =
		annot_arena_printf(ctl->arena, "%zu (%zu)", p->other_documents, p->other_spans);
	out_text(ctl, "%8zu%8zu%9zu%8zu%18s\n", p->m.a + p->m.b, p->m.exact, p->m.overlap,
		 p->documents, excluded ? excluded : "");
}

static enum annot_status print_text(const struct spans *s, size_t common)
{
	struct ctl *ctl = s->marks.a->ctl;
	size_t people = s->marks.a->n_people;
	struct pair all = sum(s);
	out_text(ctl, "spans: which words persons marked\n%s\n%s\n%s\n\n%s",
		 excluded_text(s, common), marks_text(&s->marks), people_text(s->marks.a),
		 out_style(ctl, STYLE_BOLD));
	out_text(ctl, "%-26s%9s%12s%8s%8s%9s%8s%18s%s\n", "pair", "F1 exact", "F1 overlap", "spans",
		 "same", "overlap", "texts", "excluded (spans)", out_style(ctl, STYLE_PLAIN));
	pair_text(s, "over all pairs", &all);
	for (size_t x = 0; x < people; x++)
		for (size_t y = x + 1; y < people; y++) {
			const char *names =
				annot_arena_printf(ctl->arena, "%s, %s", s->marks.a->people[x].name,
						   s->marks.a->people[y].name);
			pair_text(s, names ? names : "", pair_at(s, x, y));
		}
	return ANNOT_OK;
}

static json_t *f1_json(size_t matched, const struct pair *p)
{
	size_t n = p->m.a + p->m.b;
	return json_pack("{s:o, s:I, s:s?}", "f1",
			 n ? json_real(annot_f1(matched, p->m.a, p->m.b)) : json_null(), "matched",
			 (json_int_t)matched, "undefined",
			 n ? NULL : "no version of a document was marked by both");
}

static json_t *pair_json(const struct pair *p)
{
	return json_pack("{s:I, s:[I,I], s:{s:I, s:I}, s:o, s:o}", "documents",
			 (json_int_t)p->documents, "spans", (json_int_t)p->m.a, (json_int_t)p->m.b,
			 "excluded", "documents", (json_int_t)p->other_documents, "spans",
			 (json_int_t)p->other_spans, "exact", f1_json(p->m.exact, p), "overlap",
			 f1_json(p->m.overlap, p));
}

static enum annot_status print_json(const struct spans *s, size_t common)
{
	const struct agreement *a = s->marks.a;
	json_t *pairs = json_array();
	struct pair all = sum(s);
	for (size_t x = 0; x < a->n_people; x++)
		for (size_t y = x + 1; y < a->n_people; y++) {
			json_t *one = pair_json(pair_at(s, x, y));
			json_object_set_new(
				one, "persons",
				json_pack("[s,s]", a->people[x].name, a->people[y].name));
			json_array_append_new(pairs, one);
		}
	json_t *object = json_pack(
		"{s:s, s:I, s:I, s:I, s:{s:I, s:I}, s:o, s:o, s:o}", "on", "spans", "size",
		(json_int_t)a->size, "documents", (json_int_t)s->documents, "compared",
		(json_int_t)common, "excluded", "one_person", (json_int_t)(s->documents - common),
		"duplicates", (json_int_t)s->duplicates, "persons", people_json(a, "marks"),
		"overall", pair_json(&all), "pairs", pairs);
	marks_json(&s->marks, object);
	out_json(a->ctl, object);
	return ANNOT_OK;
}

/* --- disagreements --- */

enum said { EXACTLY, OVERLAPS, NOTHING };

/* Whether a person marked these words, or others that share some with them. */
static enum said what_said(const struct run *run, const struct mark *mark)
{
	size_t low = 0, high = run->n; /* marks[0 … low) begin before the end of mark */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (run->marks[middle].start < mark->end)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || run->marks[low - 1].reach <= mark->start)
		return NOTHING;
	for (size_t i = low; i-- > 0 && run->marks[i].start >= mark->start;)
		if (marks_same_words(&run->marks[i], mark))
			return EXACTLY;
	return OVERLAPS;
}

/* Prints the mark unless all who marked the document marked it, or an earlier person has. */
static void list_mark(const struct spans *s, const struct run *runs, const struct mark *mark)
{
	static const char *const names[] = {"marked", "overlapping", "not_marked"};
	const struct agreement *a = s->marks.a;
	json_t *object = mark_json(mark), *lists[] = {json_array(), json_array(), json_array()};
	for (size_t i = 0; i < a->n_people; i++)
		if (runs[i].n > 0)
			json_array_append_new(lists[what_said(&runs[i], mark)],
					      json_string(a->people[i].name));
	bool agreed = json_array_size(lists[OVERLAPS]) + json_array_size(lists[NOTHING]) == 0;
	const char *first = json_string_value(json_array_get(lists[EXACTLY], 0));
	bool listed = first && strcmp(first, a->people[mark->coder].name) != 0;
	for (size_t i = 0; i < 3; i++)
		json_object_set_new(object, names[i], lists[i]);
	if (agreed || listed)
		json_decref(object);
	else
		disagreement(a, &mark->annotation, object);
}

static enum annot_status print_disagreements(const struct spans *s, struct run *runs, size_t common)
{
	size_t n, next;
	const struct mark *marks = marks_of(&s->marks, &n);
	out_note(s->marks.a->ctl, "%s", excluded_text(s, common));
	out_note(s->marks.a->ctl, "%s", marks_text(&s->marks));
	disagreements_begin(s->marks.a);
	for (size_t at = 0; at < n; at = next) {
		next = runs_of(s, at, runs);
		if (runs[marks[at].coder].n < next - at) /* not the only person here */
			for (size_t i = at; i < next; i++)
				list_mark(s, runs, &marks[i]);
	}
	disagreements_end(s->marks.a);
	return ANNOT_OK;
}

enum annot_status agreement_spans(struct agreement *a)
{
	struct spans s = {.marks = MARKS_INIT(a)};
	enum annot_status status = compute(&s);
	struct run *runs = status == ANNOT_OK ? runs_room(&s) : NULL;
	if (status == ANNOT_OK && !runs)
		status = ANNOT_NO_MEMORY;
	if (status == ANNOT_OK) {
		size_t common = in_common(&s, runs);
		status = a->disagreements                ? print_disagreements(&s, runs, common)
			 : a->ctl->format == FORMAT_TEXT ? print_text(&s, common)
							 : print_json(&s, common);
	}
	marks_free(&s.marks);
	return status;
}
