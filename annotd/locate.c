#include "annotd/locate.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/utf8.h"

/* --- the documents of a request --- */

struct listing {
	struct locate *l;
	enum annot_status status;
};

static bool add_document(void *arg, uint64_t index)
{
	struct listing *listing = arg;
	struct locate *l = listing->l;
	if (l->n_documents == LOCATE_DOCUMENTS_MAX) {
		listing->status = annot_fail(&l->call->err, ANNOT_TOO_LARGE,
					     "documents: these have more than %d versions",
					     LOCATE_DOCUMENTS_MAX);
		return false;
	}
	l->documents[l->n_documents++] = index;
	return true;
}

static enum annot_status find_document(struct locate *l, const char *id)
{
	struct call *c = l->call;
	struct listing listing = {.l = l, .status = ANNOT_OK};
	struct store_row row;
	uint64_t index;
	TRY(reader_resolve(c->reader, id, &index, &c->err));
	TRY(reader_glance(c->reader, index, &row, &c->err));
	if (row.kind != ANNOT_KIND_document)
		return annot_fail(&c->err, ANNOT_INVALID, "%.80s is a %s, not a document", id,
				  annot_kind_def(row.kind)->name);
	if (!l->in->versions || strchr(id, '@')) {
		add_document(&listing, index);
		return listing.status;
	}
	struct store_query query = STORE_QUERY_INIT;
	query.kinds = 1U << ANNOT_KIND_document;
	query.documents = &index;
	query.n_documents = 1;
	query.as_entered = true;
	TRY(reader_list(c->reader, &query, 0, add_document, &listing, &c->err));
	return listing.status;
}

static int by_index(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static enum annot_status find_documents(struct locate *l)
{
	if (l->in->n_documents == 0)
		return ANNOT_OK;
	l->documents = malloc(LOCATE_DOCUMENTS_MAX * sizeof *l->documents);
	if (!l->documents)
		return annot_fail(&l->call->err, ANNOT_NO_MEMORY, "out of memory for documents");
	for (size_t i = 0; i < l->in->n_documents; i++)
		TRY(find_document(l, l->in->documents[i]));
	qsort(l->documents, l->n_documents, sizeof *l->documents, by_index);
	return ANNOT_OK;
}

enum annot_status locate_begin(struct locate *l, struct call *c,
			       const struct annot_locate_request *in)
{
	*l = (struct locate){
		.call = c,
		.in = in,
		.max = in->limit ? (size_t)in->limit : ANNOT_LOCATE_LIMIT,
		.work = LOCATE_WORK_MAX,
		.compare = LOCATE_COMPARE_MAX,
	};
	TRY(annot_wanted_new(annot_bytes_of(in->words), (unsigned)in->max_edits, &l->wanted,
			     &c->err));
	l->places = annot_arena_array(c->arena, l->max, sizeof *l->places);
	if (!l->places)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu places", l->max);
	return find_documents(l);
}

void locate_end(struct locate *l)
{
	l->wanted = annot_wanted_free(l->wanted);
	free(l->documents);
	l->documents = NULL;
}

enum annot_status locate_wants(struct locate *l, uint64_t document, bool *ret)
{
	struct call *c = l->call;
	struct store_row row;
	if (l->documents) {
		*ret = bsearch(&document, l->documents, l->n_documents, sizeof document, by_index);
		return ANNOT_OK;
	}
	*ret = false;
	if (document >= reader_size(c->reader))
		return ANNOT_OK; /* came in after this answer's moment */
	TRY(reader_glance(c->reader, document, &row, &c->err));
	*ret = row.effect == ANNOT_EFFECTIVE &&
	       (l->in->versions || (row.head && row.retracted == ANNOT_NEVER));
	return ANNOT_OK;
}

struct visit {
	struct locate *l;
	reader_each each;
	void *arg;
	enum annot_status status;
};

static bool visit_wanted(void *arg, uint64_t index)
{
	struct visit *v = arg;
	bool wanted;
	v->status = locate_wants(v->l, index, &wanted);
	return v->status == ANNOT_OK && (!wanted || v->each(v->arg, index));
}

enum annot_status locate_documents(struct locate *l, uint64_t from, reader_each each, void *arg)
{
	struct visit v = {.l = l, .each = each, .arg = arg, .status = ANNOT_OK};
	struct store_query query = STORE_QUERY_INIT;
	for (size_t i = 0; l->documents && i < l->n_documents; i++) {
		bool again = i > 0 && l->documents[i] == l->documents[i - 1];
		if (l->documents[i] >= from && !again && !each(arg, l->documents[i]))
			break;
	}
	if (l->documents)
		return ANNOT_OK;
	query.kinds = 1U << ANNOT_KIND_document;
	query.as_entered = l->in->versions;
	TRY(reader_list(l->call->reader, &query, from, visit_wanted, &v, &l->call->err));
	return v.status;
}

/* --- places --- */

/* By descending score, then in log order. */
static int compare_places(const void *a, const void *b)
{
	const struct locate_place *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	if (x->how != y->how)
		return x->how > y->how ? 1 : -1;
	if (x->document != y->document)
		return x->document > y->document ? 1 : -1;
	return (x->start > y->start) - (x->start < y->start);
}

static void swap(struct locate_place *a, struct locate_place *b)
{
	struct locate_place c = *a;
	*a = *b;
	*b = c;
}

void locate_keep(struct locate *l, const struct locate_place *place)
{
	size_t at = l->n, child;
	if (l->n < l->max) {
		l->places[l->n++] = *place;
		for (; at > 0 && compare_places(&l->places[at], &l->places[(at - 1) / 2]) > 0;
		     at = (at - 1) / 2)
			swap(&l->places[at], &l->places[(at - 1) / 2]);
		return;
	}
	l->more = true;
	if (compare_places(place, &l->places[0]) >= 0)
		return;
	l->places[0] = *place;
	for (at = 0; (child = 2 * at + 1) < l->n; at = child) {
		if (child + 1 < l->n &&
		    compare_places(&l->places[child + 1], &l->places[child]) > 0)
			child++;
		if (compare_places(&l->places[child], &l->places[at]) <= 0)
			break;
		swap(&l->places[child], &l->places[at]);
	}
}

void locate_forget(struct locate *l)
{
	l->n = 0;
	l->more = l->cut = false;
	l->work = LOCATE_WORK_MAX;
	l->compare = LOCATE_COMPARE_MAX;
	l->searched = l->indexed = 0;
}

void locate_sort(struct locate *l)
{
	qsort(l->places, l->n, sizeof *l->places, compare_places);
}

/* --- reading through a content --- */

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
	if (from > p.total)
		from = p.total;
	TRY(locate_count(l, document, 0, from, &p.mark_chars));
	return scan_pieces(&p, from, ret_next);
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
