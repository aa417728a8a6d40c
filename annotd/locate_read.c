/*
 * Reading through contents: pieces are gathered until there is enough for two threads, and then
 * searched by both. Which pieces a thread gets, and what it may spend on them, follows from their
 * sizes alone, so that answers do not depend on the machine.
 */
#include "annotd/locate.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/auto.h"
#include "text/utf8.h"

enum {
	/* Bytes that are gathered for both threads, pieces of them, and bytes that are worth a
	 * thread. */
	BATCH_BYTES = 2 * LOCATE_PIECE,
	BATCH_PIECES = 512,
	BESIDE_LEAST = 128 << 10,
	LOOK_LEAD = 32,
	REACH_MAX = 64 << 10, /* of words of which each thread reads texts on its own */
};

/* A piece of a content: places that begin in [from, to) of it are its own. */
struct piece {
	struct locate *l;
	uint64_t document, total;
	size_t lead, tail; /* bytes that are read before and behind it */
	struct annot_bytes text;
	uint64_t offset; /* of the text in the content */
	size_t from, to;
	uint64_t mark, mark_chars; /* as in a place, of those that are found */
	size_t counted; /* byte of the text from which on code points are counted; SIZE_MAX: they
			   are not */
	size_t at;      /* where the text begins in what it was read into */
};

static bool take(void *data, const struct annot_found *found)
{
	struct piece *p = data;
	const char *text = (const char *)p->text.data;
	if (found->start < p->from || found->start >= p->to)
		return true;
	/* Places come in the order of the text, so each byte is counted once. */
	if (p->counted <= found->start) {
		p->mark_chars += annot_utf8_chars(text + p->counted, found->start - p->counted);
		p->mark = p->offset + found->start;
		p->counted = found->start;
	}
	locate_keep(p->l, &(struct locate_place){.document = p->document,
						 .start = p->offset + found->start,
						 .end = p->offset + found->end,
						 .mark = p->mark,
						 .mark_chars = p->mark_chars,
						 .how = found->how,
						 .score = found->score});
	return true;
}

size_t locate_torn(struct annot_bytes text)
{
	size_t n = 0;
	while (n < text.len && (text.data[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Reads a piece with what is before and behind it to the end of buf; ends lie between code points.
 * text is good until more is read into buf. */
static enum annot_status read_piece(struct piece *p, uint64_t at, uint64_t end,
				    struct annot_buf *buf)
{
	struct call *c = p->l->call;
	uint64_t first = at > p->lead ? at - p->lead : 0;
	uint64_t last = p->total - end > p->tail ? end + p->tail : p->total;
	size_t base = buf->len;
	TRY(reader_content(c->reader, p->document, first, (size_t)(last - first), buf, &c->err));
	TRY(annot_buf_check(buf, "content", &c->err));
	const char *data = buf->data + base;
	size_t len = buf->len - base, start = locate_torn(annot_bytes(data, len)), stop = len;
	/* The last code point goes if it may not be whole. */
	if (last < p->total)
		stop = annot_utf8_back(data, len, stop, 1);
	if (stop < start)
		stop = start;
	const char *text = data + start;
	p->at = base + start;
	p->text = annot_bytes(text, stop - start);
	p->offset = first + start;
	p->from = at > p->offset ? (size_t)(at - p->offset) : 0;
	while (p->from < p->text.len && !annot_utf8_boundary(text, p->text.len, p->from))
		p->from++;
	p->to = end < p->offset + p->text.len ? (size_t)(end - p->offset) : p->text.len;
	while (!annot_utf8_boundary(text, p->text.len, p->to))
		p->to--;
	return ANNOT_OK;
}

enum annot_status locate_count(struct locate *l, uint64_t document, uint64_t from, uint64_t to,
			       uint64_t *ret)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(STORE_PIECE_SIZE);
	struct call *c = l->call;
	uint64_t n = 0;
	for (uint64_t len; from < to; from += len) {
		len = to - from < STORE_PIECE_SIZE ? to - from : STORE_PIECE_SIZE;
		annot_buf_truncate(&buf, 0);
		TRY(reader_content(c->reader, document, from, (size_t)len, &buf, &c->err));
		n += annot_utf8_chars(buf.data, buf.len);
	}
	TRY(annot_buf_check(&buf, "content", &c->err));
	*ret = n;
	return ANNOT_OK;
}

/* Steps of comparing are counted by l, those of reading through are not. */
static enum annot_status search_piece(struct piece *p)
{
	struct locate *l = p->l;
	bool cut = false;
	size_t work = annot_wanted_cost(l->wanted, p->text.len) + l->compare;
	TRY(annot_wanted_find(l->wanted, p->text, &work, &cut, take, p, &l->call->err));
	l->cut = l->cut || cut;
	if (work < l->compare)
		l->compare = work;
	return ANNOT_OK;
}

/* The same for the request, whose steps of reading through and bytes are counted too. */
static void count_piece(struct locate *l, const struct piece *p)
{
	size_t cost = annot_wanted_cost(l->wanted, p->text.len);
	l->work -= l->work < cost ? l->work : cost;
	l->searched += p->to - p->from;
}

/* --- pieces of all contents, for two threads --- */

struct locate_batch {
	struct piece pieces[BATCH_PIECES];
	size_t n;
	struct annot_buf text; /* of all of them */
	struct call call;      /* of the second thread: its errors */
	struct locate second;  /* what that finds */
};

static struct locate_batch *make_batch(struct locate *l)
{
	struct locate_batch *b = calloc(1, sizeof *b);
	struct annot_error err;
	if (!b)
		return NULL;
	b->text = (struct annot_buf)ANNOT_BUF_INIT(STORE_CONTENT_MAX);
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

struct locate_batch *locate_batch_free(struct locate_batch *b)
{
	if (!b)
		return NULL;
	annot_wanted_free(b->second.wanted);
	annot_buf_free(&b->text);
	free(b);
	return NULL;
}

struct share {
	struct piece *pieces;
	size_t n;
	enum annot_status status;
};

static void *search_share(void *arg)
{
	struct share *s = arg;
	for (size_t i = 0; i < s->n && s->status == ANNOT_OK; i++)
		s->status = search_piece(&s->pieces[i]);
	return NULL;
}

/* Searches both shares; on a thread of its own the second one, if there is enough of it. */
static void search_both(struct share *first, struct share *second, bool beside)
{
	pthread_t thread;
	beside = beside && pthread_create(&thread, NULL, search_share, second) == 0;
	search_share(first);
	if (beside)
		pthread_join(thread, NULL);
	else
		search_share(second);
}

/* What the second share found, beside the first one's. */
static void join(struct locate *l, struct locate *second)
{
	for (size_t i = 0; i < second->n; i++)
		locate_keep(l, &second->places[i]);
	l->more = l->more || second->more;
	l->cut = l->cut || second->cut;
	second->n = 0;
}

enum annot_status locate_flush(struct locate *l)
{
	struct locate_batch *b = l->batch;
	if (!b || b->n == 0)
		return ANNOT_OK;
	struct share first = {.pieces = b->pieces}, second = {0};
	bool beside = b->second.wanted && b->text.len >= BESIDE_LEAST;
	if (!b->second.wanted)
		b->second.wanted = l->wanted;
	for (size_t i = 0; i < b->n; i++) {
		struct piece *p = &b->pieces[i];
		p->text.data = (const uint8_t *)b->text.data + p->at;
		bool is_first = p->at < b->text.len / 2;
		first.n += is_first;
		p->l = is_first ? l : &b->second;
	}
	second.pieces = b->pieces + first.n;
	second.n = b->n - first.n;
	search_both(&first, &second, beside && second.n > 0);
	if (b->second.wanted == l->wanted)
		b->second.wanted = NULL;
	join(l, &b->second);
	b->n = 0;
	annot_buf_truncate(&b->text, 0);
	if (second.status != ANNOT_OK && first.status == ANNOT_OK)
		l->call->err = b->call.err;
	return first.status != ANNOT_OK ? first.status : second.status;
}

/* All of the content from a byte on, whose code points before it are known. */
static enum annot_status gather_pieces(struct piece *p, uint64_t from, uint64_t *ret_next)
{
	struct locate *l = p->l;
	struct locate_batch *b = l->batch;
	uint64_t at = from;
	size_t len = p->lead < LOCATE_PIECE ? LOCATE_PIECE : p->lead;
	while (at < p->total && (l->work > 0 || at == from)) {
		uint64_t end = p->total - at > len + p->tail ? at + len : p->total;
		TRY(read_piece(p, at, end, &b->text));
		count_piece(l, p);
		p->counted = p->from;
		p->mark = p->offset + p->from;
		b->pieces[b->n++] = *p;
		const char *text = (const char *)p->text.data;
		p->mark_chars += annot_utf8_chars(text + p->from, p->to - p->from);
		at = p->offset + p->to;
		if (b->n == BATCH_PIECES || b->text.len >= BATCH_BYTES)
			TRY(locate_flush(l));
	}
	*ret_next = at < p->total ? at : 0;
	return ANNOT_OK;
}

enum annot_status locate_scan(struct locate *l, uint64_t document, uint64_t from,
			      uint64_t *ret_next, bool *ret_read)
{
	struct call *c = l->call;
	size_t reach = annot_wanted_reach(l->wanted);
	struct piece p = {.l = l, .document = document, .lead = reach, .tail = reach};
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

enum annot_status locate_look(struct locate *l, const struct locate_stretch *s)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	/* Something before it, so that the rest of a place that begins there is not taken for one. */
	struct piece p = {.l = l,
			  .document = s->document,
			  .total = s->total,
			  .lead = LOOK_LEAD,
			  .tail = annot_wanted_usual(l->wanted),
			  .mark = s->mark,
			  .mark_chars = s->mark_chars,
			  .counted = SIZE_MAX};
	for (uint64_t at = s->from; at < s->to && at < p.total && !l->cut;) {
		uint64_t end = s->to - at > LOCATE_PIECE ? at + LOCATE_PIECE : s->to;
		annot_buf_truncate(&buf, 0);
		TRY(read_piece(&p, at, end < p.total ? end : p.total, &buf));
		count_piece(l, &p);
		TRY(search_piece(&p));
		if (p.offset + p.to <= at)
			break; /* less than a code point */
		at = p.offset + p.to;
	}
	return ANNOT_OK;
}
