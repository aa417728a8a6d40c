/* search: a page of what has words, and where. */
#include "annotd/hits.h"
#include "annotd/wanted.h"

enum {
	/* What one request looks at: records, bytes of their texts. */
	SEARCH_RECORDS_MAX = 20000,
	SEARCH_BYTES_MAX = 16 << 20,
};

struct search_call {
	struct rows rows;
	struct hits hits;
	const struct query *query; /* without its words */
	bool count_only;
	uint64_t seen, count, next;
	enum annot_status status;
};

/* Adds what matches; *ret_full: there is no room for it. */
static enum annot_status take(struct search_call *s, uint64_t index, bool *ret_full)
{
	bool match = false;
	size_t n = 0;

	*ret_full = !s->count_only && s->rows.n == s->rows.max;
	if (*ret_full)
		return ANNOT_OK;
	TRY(rows_match(&s->rows, index, s->query, &match));
	if (match)
		TRY(hits_look(&s->hits, index, s->rows.n, &match, &n));
	if (!match)
		return ANNOT_OK;
	s->count++;
	if (s->count_only) {
		hits_drop(&s->hits, n);
		return ANNOT_OK;
	}
	s->rows.bytes += hits_size(&s->hits, n);
	TRY(rows_add(&s->rows, index, NULL, ret_full));
	if (*ret_full)
		hits_drop(&s->hits, n);
	return ANNOT_OK;
}

static bool each(void *arg, uint64_t index)
{
	struct search_call *s = arg;
	bool full = ++s->seen > SEARCH_RECORDS_MAX || s->hits.read > SEARCH_BYTES_MAX;

	/* Where this request stops, the next goes on. */
	if (!full)
		s->status = take(s, index, &full);
	if (full)
		s->next = index;
	return s->status == ANNOT_OK && !full;
}

/* The words of text and query are looked for by hits alone: in contents, too. */
static enum annot_status parse(struct call *c, const struct annot_search_request *in,
			       struct query **ret, struct search_words *ret_words)
{
	struct query_values *kept;
	struct query *query;

	TRY(query_parse(c->arena, in->query, &query, &c->err));
	TRY(query_add_words(query, c->arena, in->text, &c->err));
	if (query->words.n == 0)
		return annot_fail(&c->err, ANNOT_INVALID,
				  "query, column 1: nothing to search for, expected words");
	if (!query->has_kinds)
		query->store.kinds |= 1u << ANNOT_KIND_document;
	kept = annot_arena_alloc(c->arena, sizeof *kept);
	if (!kept)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for the query");
	*kept = query->words;
	query->words.n = 0;
	*ret_words = (struct search_words){kept->value, kept->n, true};
	*ret = query;
	return view_bind(c, query);
}

enum annot_status on_search(struct call *c, const struct annot_search_request *in,
			    struct annot_search_reply *ret)
{
	struct search_call s = {.count_only = in->count};
	struct search_cursor *cursor;
	struct search_words words;
	struct query *query;
	enum annot_status status;

	TRY(parse(c, in, &query, &words));
	s.query = query;
	if (!in->count && in->limit > 0)
		query->store.likely = in->limit + 1; /* one more says where the next page begins */
	TRY(search_begin(c->reader, &words, &cursor, &c->err));
	status = rows_begin(&s.rows, c, in->limit);
	if (status == ANNOT_OK)
		status = hits_begin(&s.hits, c, cursor);
	if (status == ANNOT_OK)
		status = wanted_each(c, query, cursor, in->from, each, &s, &s.next);
	hits_end(&s.hits);
	rows_end(&s.rows);
	search_end(cursor);
	TRY(status);
	TRY(s.status);
	ret->rows = s.rows.rows;
	ret->n_rows = s.rows.n;
	ret->matches = s.hits.list;
	ret->n_matches = s.hits.n;
	ret->next = s.next;
	ret->count = s.count;
	ret->size = reader_size(c->reader);
	return ANNOT_OK;
}
