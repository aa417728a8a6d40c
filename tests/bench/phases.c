/* Phases of records going in and coming out. */
#include "base/auto.h"

#include "bench.h"

/* Gets: so many different ones that a log of millions does not shrink to what was just read. */
enum { GETS = 32768, LISTS = 16, LIST_MEMORY_MAX = 64 << 20 };
/* Records that are signed at a time, and how they then go in. */
enum { FILL_RECORDS = 65536, FILL_CONNECTIONS = 16, FILL_PER = 16 };

uint64_t log_size(const struct load *l)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	struct annot_checkpoint_request request;
	const struct annot_checkpoint_reply *reply =
		call_once(l->socket, ANNOT_CALL_checkpoint, &request, arena);
	return reply->size;
}

static struct figures submit(struct load *l, size_t connections, size_t per, size_t records,
			     double *ret_units)
{
	struct requests requests = desk_submits(l->desk, records, per);
	struct drive drive = {.socket = l->socket,
			      .connections = connections,
			      .requests = &requests,
			      .count = requests.n};
	struct figures ret = l->drive(&drive);
	uint64_t size = log_size(l), expected = l->records + requests.n * per;
	if (size != expected)
		die("the log has %llu records, not %llu: some were refused",
		    (unsigned long long)size, (unsigned long long)expected);
	l->records = size;
	*ret_units = requests.units;
	requests_free(&requests);
	return ret;
}

static void phase_submit(struct load *l, const double *n)
{
	double units;
	struct figures f = submit(l, (size_t)n[0], (size_t)n[1], (size_t)n[2], &units);
	print_figures("submit", &f, units);
	l->submit_rate = f.rate * units;
}

static void phase_fill(struct load *l, const double *n)
{
	double units, start = now_s();
	uint64_t before = l->records;
	while (l->records + FILL_PER <= (uint64_t)n[0]) {
		uint64_t left = (uint64_t)n[0] - l->records;
		submit(l, FILL_CONNECTIONS, FILL_PER,
		       left < FILL_RECORDS ? (size_t)left : FILL_RECORDS, &units);
	}
	/* With the signing. */
	printf("fill records %llu rate %.1f\n", (unsigned long long)l->records,
	       (double)(l->records - before) / (now_s() - start));
}

static void phase_get(struct load *l, const double *n)
{
	struct requests requests = desk_gets(l->desk, GETS);
	struct drive drive = {.socket = l->socket,
			      .connections = (size_t)n[0],
			      .requests = &requests,
			      .seconds = n[1]};
	struct figures f = l->drive(&drive);
	print_figures("get", &f, 1);
	requests_free(&requests);
}

/* Pages that start all over the log. */
static void phase_list(struct load *l, const double *n)
{
	struct requests requests = requests_new(LISTS);
	double rows = 0;
	for (uint64_t i = 0; i < LISTS; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(LIST_MEMORY_MAX);
		struct annot_list_request request = {.limit = (uint64_t)n[0]};
		if (l->records > request.limit)
			request.from = (l->records - request.limit) * i / LISTS;
		const struct annot_rows_reply *reply =
			call_once(l->socket, ANNOT_CALL_list, &request, arena);
		rows += (double)reply->n_rows;
		requests_add(&requests, ANNOT_CALL_list, &request);
	}
	struct drive drive = {
		.socket = l->socket, .connections = 1, .requests = &requests, .seconds = n[1]};
	struct figures f = l->drive(&drive);
	print_figures("list", &f, rows / LISTS);
	requests_free(&requests);
}

const struct phase phases_served[] = {
	{"submit", 3, phase_submit}, {"fill", 1, phase_fill},   {"get", 2, phase_get},
	{"list", 2, phase_list},     {"watch", 3, phase_watch}, {NULL, 0, NULL},
};
