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

enum annot_status wanted_each(struct call *c, const struct query *query,
			      const struct search_words *words, uint64_t from, reader_each each,
			      void *arg, uint64_t *ret_next)
{
	const struct search_words own = {.words = query->words.value, .n = query->words.n};
	struct store_query narrowed = query->store;
	struct wanted w = {.each = each, .arg = arg};
	uint64_t list[WANTED_AT_ONCE], end = reader_size(c->reader);

	if (!words)
		words = &own;
	if (words->n == 0)
		return reader_list(c->reader, &query->store, from, each, arg, &c->err);
	if (narrowed.before < end)
		end = narrowed.before;
	if (from < narrowed.since)
		from = narrowed.since;
	for (int round = 0; from < end; round++) {
		if (round == WANTED_ROUNDS) {
			*ret_next = from;
			return ANNOT_OK;
		}
		TRY(reader_candidates(c->reader, words, from, list, WANTED_AT_ONCE,
				      &narrowed.n_only, &from, &c->err));
		narrowed.only = list;
		if (narrowed.n_only == 0)
			continue;
		TRY(reader_list(c->reader, &narrowed, list[0], take, &w, &c->err));
		if (w.stopped)
			return ANNOT_OK;
	}
	return ANNOT_OK;
}
