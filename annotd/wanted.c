#include "annotd/wanted.h"

struct wanted {
	reader_each each;
	void *arg;
	bool stopped;
};

static bool take(void *arg, uint64_t index)
{
	struct wanted *w = arg;

	w->stopped = !w->each(w->arg, index);
	return !w->stopped;
}

static enum annot_status candidates_each(struct call *c, const struct query *query,
					 struct search_cursor *cursor, uint64_t from,
					 struct wanted *w, uint64_t *ret_next)
{
	struct store_query narrowed = query->store;
	uint64_t list[WANTED_AT_ONCE], end = reader_size(c->reader);

	if (narrowed.before < end)
		end = narrowed.before;
	if (from < narrowed.since)
		from = narrowed.since;
	for (int round = 0; from < end && !w->stopped; round++) {
		if (round == WANTED_ROUNDS) {
			*ret_next = from;
			return ANNOT_OK;
		}
		TRY(search_candidates(cursor, from, list, WANTED_AT_ONCE, &narrowed.n_only, &from,
				      &c->err));
		narrowed.only = list;
		if (narrowed.n_only > 0)
			TRY(reader_list(c->reader, &narrowed, list[0], take, w, &c->err));
	}
	return ANNOT_OK;
}

enum annot_status wanted_each(struct call *c, const struct query *query,
			      struct search_cursor *cursor, uint64_t from, reader_each each,
			      void *arg, uint64_t *ret_next)
{
	const struct search_words words = {.words = query->words.value, .n = query->words.n};
	struct wanted w = {.each = each, .arg = arg};
	struct search_cursor *own = NULL;

	if (!cursor && words.n == 0)
		return reader_list(c->reader, &query->store, from, each, arg, &c->err);
	if (!cursor)
		TRY(search_begin(c->reader, &words, &own, &c->err));
	enum annot_status status =
		candidates_each(c, query, own ? own : cursor, from, &w, ret_next);

	search_end(own);
	return status;
}
