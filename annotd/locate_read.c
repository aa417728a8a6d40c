/* Reading contents through, and parts of them. */
#include "annotd/locate.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/utf8.h"

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

size_t locate_torn(const struct annot_buf *b)
{
	size_t n = 0;
	while (n < b->len && ((uint8_t)b->data[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Reads a piece with what is before and behind it; ends lie between code points. */
static enum annot_status read_piece(struct piece *p, uint64_t at, uint64_t end,
				    struct annot_buf *buf)
{
	struct call *c = p->l->call;
	uint64_t first = at > p->lead ? at - p->lead : 0;
	uint64_t last = p->total - end > p->tail ? end + p->tail : p->total;
	annot_buf_truncate(buf, 0);
	TRY(reader_content(c->reader, p->document, first, (size_t)(last - first), buf, &c->err));
	TRY(annot_buf_check(buf, "content", &c->err));
	size_t start = locate_torn(buf), stop = buf->len;
	/* The last code point goes if it may not be whole. */
	if (last < p->total)
		stop = annot_utf8_back(buf->data, buf->len, stop, 1);
	if (stop < start)
		stop = start;
	const char *text = buf->data + start;
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

static enum annot_status search_piece(struct piece *p)
{
	struct locate *l = p->l;
	bool cut = false;
	size_t cost = annot_wanted_cost(l->wanted, p->text.len), work = cost + l->compare;
	TRY(annot_wanted_find(l->wanted, p->text, &work, &cut, take, p, &l->call->err));
	l->cut = l->cut || cut;
	if (work < l->compare)
		l->compare = work;
	l->work -= l->work < cost ? l->work : cost;
	l->searched += p->to - p->from;
	return ANNOT_OK;
}

/* All of the content from a byte on, whose code points before it are known. */
static enum annot_status scan_pieces(struct piece *p, uint64_t from, uint64_t *ret_next)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	struct locate *l = p->l;
	uint64_t at = from;
	size_t len = p->lead < LOCATE_PIECE ? LOCATE_PIECE : p->lead;
	while (at < p->total && (l->work > 0 || at == from)) {
		uint64_t end = p->total - at > len + p->tail ? at + len : p->total;
		TRY(read_piece(p, at, end, &buf));
		p->counted = p->from;
		TRY(search_piece(p));
		const char *text = (const char *)p->text.data;
		p->mark_chars += annot_utf8_chars(text + p->counted, p->to - p->counted);
		at = p->offset + p->to;
	}
	*ret_next = at < p->total ? at : 0;
	return ANNOT_OK;
}

enum annot_status locate_look(struct locate *l, const struct locate_stretch *s)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	struct call *c = l->call;
	struct piece p = {.l = l,
			  .document = s->document,
			  .lead = annot_wanted_slack(l->wanted),
			  .tail = annot_wanted_usual(l->wanted),
			  .mark = s->mark,
			  .mark_chars = s->mark_chars,
			  .counted = SIZE_MAX};
	TRY(reader_content_length(c->reader, s->document, &p.total, &c->err));
	for (uint64_t at = s->from; at < s->to && at < p.total && !l->cut;) {
		uint64_t end = s->to - at > LOCATE_PIECE ? at + LOCATE_PIECE : s->to;
		TRY(read_piece(&p, at, end < p.total ? end : p.total, &buf));
		TRY(search_piece(&p));
		if (p.offset + p.to <= at)
			break; /* less than a code point */
		at = p.offset + p.to;
	}
	return ANNOT_OK;
}

/* --- all of a content --- */

/*
 * Where the words are like what stands there is found by the scanner, which is quicker; then those
 * stretches are looked at as candidates of the index are, so that both find the same places.
 */
struct scan {
	struct locate *l;
	uint64_t document, total;
	uint64_t *chars; /* code points before each LOCATE_PIECE */
};

static enum annot_status feed(struct scan *s, struct annot_buf *buf)
{
	struct call *c = s->l->call;
	uint64_t chars = 0;
	for (uint64_t at = 0; at < s->total; at += LOCATE_PIECE) {
		annot_buf_truncate(buf, 0);
		TRY(reader_content(c->reader, s->document, at, LOCATE_PIECE, buf, &c->err));
		TRY(annot_buf_check(buf, "content", &c->err));
		s->chars[at / LOCATE_PIECE] = chars;
		chars += annot_utf8_chars(buf->data, buf->len);
		TRY(annot_scan_feed(s->l->scanner, annot_buf_bytes(buf), &c->err));
	}
	return annot_scan_end(s->l->scanner, &c->err);
}

static int by_start(const void *a, const void *b)
{
	const struct locate_stretch *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

/* Stretches around the places, which are apart. */
static enum annot_status look_around(struct scan *s, const struct annot_scan_place *places,
				     size_t n)
{
	struct locate *l = s->l;
	uint64_t slack = annot_wanted_slack(l->wanted);
	AUTO_FREE struct locate_stretch *around = calloc(n + 1, sizeof *around);
	if (!around)
		return annot_fail(&l->call->err, ANNOT_NO_MEMORY, "no memory for %zu places", n);
	for (size_t i = 0; i < n; i++)
		around[i] = (struct locate_stretch){
			.document = s->document,
			.from = places[i].start > slack ? places[i].start - slack : 0,
			.to = places[i].start + slack + 1};
	qsort(around, n, sizeof *around, by_start);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && around[end].from <= around[i].to; end++)
			around[i].to = around[end].to;
		around[i].mark = around[i].from / LOCATE_PIECE * LOCATE_PIECE;
		around[i].mark_chars = s->chars[around[i].from / LOCATE_PIECE];
		TRY(locate_look(l, &around[i]));
	}
	return ANNOT_OK;
}

static enum annot_status scan_quickly(struct locate *l, uint64_t document, uint64_t total)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(LOCATE_PIECE);
	struct scan s = {.l = l, .document = document, .total = total};
	size_t n;
	AUTO_FREE uint64_t *chars = calloc(total / LOCATE_PIECE + 1, sizeof *chars);
	if (!chars)
		return annot_fail(&l->call->err, ANNOT_NO_MEMORY, "no memory for a text");
	s.chars = chars;
	annot_scan_begin(l->scanner, annot_wanted_edits(l->wanted), l->max);
	TRY(feed(&s, &buf));
	size_t cost = annot_wanted_cost(l->wanted, (size_t)total);
	l->work -= l->work < cost ? l->work : cost;
	l->searched += total;
	const struct annot_scan_place *places = annot_scan_places(l->scanner, &n);
	l->more = l->more || n == l->max;
	uint64_t searched = l->searched;
	enum annot_status status = look_around(&s, places, n);
	l->searched = searched;
	return status;
}

/* The scanner, where there is one for such words. */
static enum annot_status scanner_for(struct locate *l)
{
	bool fits = annot_wanted_edits(l->wanted) > 0 &&
		    annot_wanted_letters(l->wanted) <= ANNOT_SCAN_LETTERS_MAX;
	if (l->scanner || !fits)
		return ANNOT_OK;
	return annot_scanner_new(annot_bytes_of(l->in->words), &l->scanner, &l->call->err);
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
	TRY(scanner_for(l));
	if (from == 0 && l->scanner)
		return scan_quickly(l, document, p.total);
	if (from > p.total)
		from = p.total;
	TRY(locate_count(l, document, 0, from, &p.mark_chars));
	return scan_pieces(&p, from, ret_next);
}
