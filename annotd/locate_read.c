/* Pieces of contents: reading them, and what is found in them. */
#include "annotd/locate_piece.h"

#include "base/auto.h"
#include "text/utf8.h"

enum { LOOK_LEAD = 32 };

static bool take(void *data, const struct annot_found *found)
{
	struct locate_piece *p = data;
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

enum annot_status locate_piece_read(struct locate_piece *p, uint64_t at, uint64_t end,
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

enum annot_status locate_piece_search(struct locate_piece *p)
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

void locate_piece_count(struct locate *l, const struct locate_piece *p)
{
	size_t cost = annot_wanted_cost(l->wanted, p->text.len);
	l->work -= l->work < cost ? l->work : cost;
	l->searched += p->to - p->from;
}

enum annot_status locate_look(struct locate *l, const struct locate_stretch *s)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	/* Something before it, so that the rest of a place that begins there is not taken for one.
	 */
	struct locate_piece p = {.l = l,
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
		TRY(locate_piece_read(&p, at, end < p.total ? end : p.total, &buf));
		locate_piece_count(l, &p);
		TRY(locate_piece_search(&p));
		if (p.offset + p.to <= at)
			break; /* less than a code point */
		at = p.offset + p.to;
	}
	return ANNOT_OK;
}
