#include "marks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../rows.h"

void marks_free(struct marks *m)
{
	annot_buf_free(&m->list);
	annot_buf_free(&m->tags);
}

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

static const char *keep(const struct marks *m, const char *text)
{
	return annot_arena_copy(m->a->arena, text, strlen(text));
}

/* --- gathering --- */

/* Tags are the same in whichever case of the letters A to Z, as in queries. */
static enum annot_status number_tag(struct marks *m, const char *tag, size_t *ret)
{
	for (*ret = 0; *ret < m->n_names; ++*ret)
		if (strcasecmp(m->names[*ret], tag) == 0)
			return ANNOT_OK;
	if (m->n_names == AGREEMENT_TAGS_MAX)
		return annot_fail(&m->a->ctl->err, ANNOT_TOO_LARGE,
				  "more than %d tags; a narrower query has fewer",
				  AGREEMENT_TAGS_MAX);
	m->names[m->n_names] = keep(m, tag);
	return m->names[m->n_names++] ? ANNOT_OK : no_memory(m->a->ctl);
}

static enum annot_status take_tags(struct marks *m, const struct annot_record *record,
				   struct mark *mark)
{
	const struct annot_card *card = annot_record_card(record, "tag");
	mark->tag = LIST_COUNT(size_t, &m->tags);
	for (; card; card = annot_record_card_next(record, card)) {
		size_t tag;
		TRY(number_tag(m, card->text, &tag));
		TRY(LIST_ADD(m->a->ctl, &m->tags, &tag));
		mark->n_tags++;
	}
	return ANNOT_OK;
}

/* What people want to see of a mark. */
static enum annot_status describe(const struct marks *m, const struct annot_row *row, size_t n,
				  const struct annot_target *target, struct mark *mark)
{
	if (!m->a->disagreements)
		return ANNOT_OK;
	if (n < row->n_targets) {
		const struct annot_target_view *view = &row->targets[n];
		mark->name = keep(m, view->name ? view->name : "");
		mark->version = view->version;
		mark->chars_start = view->chars_start;
		mark->chars_end = view->chars_end;
	}
	mark->exact = keep(m, target->exact->text);
	return mark->exact ? ANNOT_OK : no_memory(m->a->ctl);
}

static enum annot_status take_record(struct ctl *ctl, const struct annot_row *row,
				     const struct annot_record *record, void *arg)
{
	struct marks *m = arg;
	struct mark mark = {0};
	struct annot_target target;
	if (record && !annot_card_def_find(record->kind, "target", strlen("target")))
		return ANNOT_OK; /* a verdict, link or comment, which is on no words */
	m->records++;
	m->withheld += !record;
	if (!record)
		return ANNOT_OK;
	if (annot_record_targets(record) == 0) {
		m->without++;
		return ANNOT_OK;
	}
	if (!people_find(m->a, &record->author, &record->id, row->index, &mark.coder)) {
		m->stolen++;
		return ANNOT_OK;
	}
	mark.annotation = record->annotation;
	TRY(take_tags(m, record, &mark));
	for (size_t n = 0; annot_record_target(record, n, &target); n++) {
		mark.document = target.document;
		mark.start = target.start;
		mark.end = target.end;
		TRY(describe(m, row, n, &target, &mark));
		TRY(LIST_ADD(ctl, &m->list, &mark));
		m->n++;
	}
	return ANNOT_OK;
}

enum annot_status marks_gather(struct marks *m)
{
	struct rows_request request = {.query = m->a->query};
	return rows_each(m->a->ctl, &request, take_record, m, NULL);
}

/* --- order --- */

bool marks_same_words(const struct mark *a, const struct mark *b)
{
	return annot_hash_equal(&a->document, &b->document) && a->start == b->start &&
	       a->end == b->end;
}

int marks_by_words(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = memcmp(&x->document, &y->document, sizeof x->document);
	if (order != 0)
		return order;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->coder < y->coder ? -1 : x->coder > y->coder;
}

enum annot_status marks_people(struct marks *m)
{
	struct agreement *a = m->a;
	size_t n;
	struct mark *marks = marks_of(m, &n);
	size_t *columns = annot_arena_array(a->arena, a->n_people + 1, sizeof *columns);
	if (!columns)
		return no_memory(a->ctl);
	for (size_t i = 0; i < n; i++)
		a->people[marks[i].coder].n++;
	TRY(people_compact(a, columns, "marked words with what the query selects"));
	for (size_t i = 0; i < n; i++)
		marks[i].coder = columns[marks[i].coder];
	return ANNOT_OK;
}

/* --- output --- */

const char *marks_text(const struct marks *m)
{
	size_t counted = m->records - m->without - m->withheld - m->stolen;
	const char *text = annot_arena_printf(
		m->a->ctl->arena,
		"%zu record%s with %zu marked place%s; left out: %zu without words of a document, "
		"%zu withheld, %zu by a stolen key",
		counted, annot_plural(counted), m->n, annot_plural(m->n), m->without, m->withheld,
		m->stolen);
	return text ? text : "";
}

void marks_json(const struct marks *m, json_t *object)
{
	json_object_set_new(
		object, "records",
		json_pack("{s:I, s:I, s:I, s:I, s:I}", "counted",
			  (json_int_t)(m->records - m->without - m->withheld - m->stolen), "marks",
			  (json_int_t)m->n, "without_words", (json_int_t)m->without, "withheld",
			  (json_int_t)m->withheld, "stolen_key", (json_int_t)m->stolen));
}

json_t *mark_json(const struct mark *mark)
{
	return json_pack("{s:s, s:s?, s:I, s:[I,I], s:[I,I], s:s?}", "document",
			 annot_hash_hex(&mark->document).text, "name", mark->name,
			 "document_version", (json_int_t)mark->version, "bytes",
			 (json_int_t)mark->start, (json_int_t)mark->end, "chars",
			 (json_int_t)mark->chars_start, (json_int_t)mark->chars_end, "exact",
			 mark->exact);
}
