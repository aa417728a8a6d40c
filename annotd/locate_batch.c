/*
 * Reading through contents: pieces are gathered until there is enough for two threads, and then
 * searched by both; the first one reads on while the second has still to search. Which pieces a
 * thread gets, and what it may spend on them, follows from their sizes alone, so that answers do
 * not depend on the machine.
 */
#include <pthread.h>
#include <stdlib.h>

#include "annotd/locate_piece.h"
#include "text/utf8.h"

enum {
	/* Bytes that are gathered for both threads, pieces of them, and bytes that are worth a
	 * thread. */
	BATCH_BYTES = 2 * LOCATE_PIECE,
	BATCH_PIECES = 512,
	BESIDE_LEAST = 128 << 10,
	REACH_MAX = 64 << 10, /* of words of which each thread reads texts on its own */
	/* Bytes of 16 that the first thread searches: where it reads on, reading takes a fifth of
	 * what searching does; half where all was read. */
	FIRST_PART = 6,
	LAST_PART = 8,
	PARTS = 16,
};

/* Pieces and their texts: one is filled while the other one is searched. */
struct shelf {
	struct locate_piece pieces[BATCH_PIECES];
	size_t n;
	struct annot_buf text;
};

struct share {
	struct locate_piece *pieces;
	size_t n;
	enum annot_status status;
};

struct locate_batch {
	struct shelf shelves[2];
	struct shelf *filled; /* the one that is being filled */
	struct call call;     /* of the second thread: its errors */
	struct locate second; /* what that finds */
	struct share share;   /* that it is searching */
	pthread_t thread;
	bool running;
};

static struct locate_batch *make_batch(struct locate *l)
{
	struct locate_batch *b = calloc(1, sizeof *b);
	struct annot_error err;
	if (!b)
		return NULL;
	for (size_t i = 0; i < 2; i++)
		b->shelves[i].text = (struct annot_buf)ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	b->filled = &b->shelves[0];
	b->second = (struct locate){.call = &b->call, .in = l->in, .max = l->max};
	b->second.compare = l->compare;
	b->second.places = annot_arena_array(l->call->arena, l->max, sizeof *l->places);
	/* Long words take much memory; both threads' pieces are then searched by one. */
	if (annot_wanted_reach(l->wanted) <= REACH_MAX &&
	    annot_wanted_new(annot_bytes_of(l->in->words), (unsigned)l->in->max_edits,
			     &b->second.wanted, &err) != ANNOT_OK)
		b->second.wanted = NULL;
	if (b->second.places)
		return b;
	locate_batch_free(b);
	return NULL;
}

static void stop(struct locate_batch *b)
{
	if (b->running)
		pthread_join(b->thread, NULL);
	b->running = false;
}

struct locate_batch *locate_batch_free(struct locate_batch *b)
{
	if (!b)
		return NULL;
	stop(b);
	annot_wanted_free(b->second.wanted);
	for (size_t i = 0; i < 2; i++)
		annot_buf_free(&b->shelves[i].text);
	free(b);
	return NULL;
}

static void *search_share(void *arg)
{
	struct share *s = arg;
	for (size_t i = 0; i < s->n && s->status == ANNOT_OK; i++)
		s->status = locate_piece_search(&s->pieces[i]);
	return NULL;
}

/* Waits for the second thread, and takes what it found to the first one's. */
static enum annot_status join(struct locate *l)
{
	struct locate_batch *b = l->batch;
	struct locate *second = &b->second;
	stop(b);
	enum annot_status status = b->share.status;
	b->share = (struct share){0};
	for (size_t i = 0; i < second->n; i++)
		locate_keep(l, &second->places[i]);
	l->more = l->more || second->more;
	l->cut = l->cut || second->cut;
	second->n = 0;
	if (status != ANNOT_OK)
		l->call->err = b->call.err;
	return status;
}

/* Divides what is on the shelf; the first `part` of PARTS is the first thread's. */
static void divide(struct locate *l, struct shelf *shelf, size_t part, struct share *first,
		   struct share *second)
{
	struct locate_batch *b = l->batch;
	size_t bytes = shelf->text.len / PARTS * part;
	*first = (struct share){.pieces = shelf->pieces};
	for (size_t i = 0; i < shelf->n; i++) {
		struct locate_piece *p = &shelf->pieces[i];
		bool is_first = p->at < bytes || i == 0;
		p->text.data = (const uint8_t *)shelf->text.data + p->at;
		p->l = is_first ? l : &b->second;
		first->n += is_first;
	}
	*second = (struct share){.pieces = shelf->pieces + first->n, .n = shelf->n - first->n};
}

/* The shelf that was filled is searched, by the second thread perhaps for longer than this takes;
 * the other one may be filled. */
static enum annot_status search_shelf(struct locate *l, size_t part)
{
	struct locate_batch *b = l->batch;
	struct shelf *shelf = b->filled;
	struct share first;
	TRY(join(l)); /* the shelf before this one */
	divide(l, shelf, part, &first, &b->share);
	struct annot_wanted *own = b->second.wanted;
	if (!own)
		b->second.wanted = l->wanted;
	b->running = own && b->share.n > 0 && shelf->text.len >= BESIDE_LEAST &&
		     pthread_create(&b->thread, NULL, search_share, &b->share) == 0;
	search_share(&first);
	if (!b->running)
		search_share(&b->share);
	if (!own)
		b->second.wanted = NULL;
	b->filled = &b->shelves[shelf == b->shelves];
	b->filled->n = 0;
	annot_buf_truncate(&b->filled->text, 0);
	return first.status;
}

enum annot_status locate_flush(struct locate *l)
{
	struct locate_batch *b = l->batch;
	if (!b)
		return ANNOT_OK;
	if (b->filled->n > 0)
		TRY(search_shelf(l, LAST_PART));
	return join(l);
}

/* All of the content from a byte on, whose code points before it are known. */
static enum annot_status gather_pieces(struct locate_piece *p, uint64_t from, uint64_t *ret_next)
{
	struct locate *l = p->l;
	uint64_t at = from;
	size_t len = p->lead < LOCATE_PIECE ? LOCATE_PIECE : p->lead;
	while (at < p->total && (l->work > 0 || at == from)) {
		struct shelf *shelf = l->batch->filled;
		uint64_t end = p->total - at > len + p->tail ? at + len : p->total;
		TRY(locate_piece_read(p, at, end, &shelf->text));
		locate_piece_count(l, p);
		p->counted = p->from;
		p->mark = p->offset + p->from;
		shelf->pieces[shelf->n++] = *p;
		at = p->offset + p->to;
		const char *text = (const char *)p->text.data;
		if (at < p->total)
			p->mark_chars += annot_utf8_chars(text + p->from, p->to - p->from);
		if (shelf->n == BATCH_PIECES || shelf->text.len >= BATCH_BYTES)
			TRY(search_shelf(l, FIRST_PART));
	}
	*ret_next = at < p->total ? at : 0;
	return ANNOT_OK;
}

enum annot_status locate_scan(struct locate *l, uint64_t document, uint64_t from,
			      uint64_t *ret_next, bool *ret_read)
{
	struct call *c = l->call;
	size_t reach = annot_wanted_reach(l->wanted);
	struct locate_piece p = {.l = l, .document = document, .lead = reach, .tail = reach};
	enum annot_status status = reader_content_length(c->reader, document, &p.total, &c->err);
	*ret_next = 0;
	*ret_read = status == ANNOT_OK;
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	if (!l->batch && !(l->batch = make_batch(l)))
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory for reading texts");
	if (from > p.total)
		from = p.total;
	TRY(locate_count(l, document, 0, from, &p.mark_chars));
	return gather_pieces(&p, from, ret_next);
}
