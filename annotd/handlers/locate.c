/*
 * locate: places where words stand. A reply is about the documents from in->from on and before
 * those that the next request is to go on with: what the index holds is asked of it, what it does
 * not hold yet is read through, as much as a request may.
 */
#include "annotd/locate.h"

struct reading {
	struct locate *l;
	const struct segments_view *view; /* NULL: all documents are read */
	uint64_t next, next_byte;         /* where the next request goes on; 0: there is none */
	enum annot_status status;
};

static bool read_one(void *arg, uint64_t document)
{
	struct reading *r = arg;
	struct locate *l = r->l;
	uint64_t at = document == l->in->from ? l->in->from_byte : 0;
	bool read;
	if (l->work == 0) {
		r->next = document;
		return false;
	}
	r->status = locate_scan(l, document, at, &at, &read);
	if (r->status == ANNOT_OK && at > 0) {
		r->next = document;
		r->next_byte = at;
	}
	return r->status == ANNOT_OK && at == 0;
}

/* What waits to be indexed. */
static enum annot_status read_waiting(struct reading *r)
{
	const struct segments_view *v = r->view;
	for (size_t i = 0; i < v->n_waiting; i++) {
		bool wanted;
		if (v->waiting[i] < r->l->in->from)
			continue;
		TRY(locate_wants(r->l, v->waiting[i], &wanted));
		if (wanted && !read_one(r, v->waiting[i]))
			break;
	}
	return r->status == ANNOT_OK ? locate_flush(r->l) : r->status;
}

static enum annot_status read_all(struct reading *r)
{
	TRY(locate_documents(r->l, r->l->in->from, read_one, r));
	return r->status == ANNOT_OK ? locate_flush(r->l) : r->status;
}

static enum annot_status find(struct reading *r)
{
	struct locate *l = r->l;
	bool sufficed = false;
	if (r->view && r->view->ready && !l->in->exhaustive) {
		TRY(read_waiting(r));
		TRY(locate_ask(l, r->view, r->next, &sufficed));
	}
	if (sufficed)
		return ANNOT_OK;
	locate_forget(l);
	r->next = r->next_byte = 0;
	return read_all(r);
}

struct asked {
	const struct annot_locate_request *in;
	struct annot_locate_reply *ret;
};

static enum annot_status answer(struct call *c, const struct segments_view *view, void *arg)
{
	struct asked *asked = arg;
	struct locate l;
	enum annot_status status = locate_begin(&l, c, asked->in);
	struct reading r = {.l = &l, .view = view, .status = ANNOT_OK};
	if (status == ANNOT_OK)
		status = find(&r);
	if (status == ANNOT_OK)
		status = locate_reply(&l, asked->ret);
	locate_end(&l);
	asked->ret->next = r.next;
	asked->ret->next_byte = r.next_byte;
	return status;
}

enum annot_status on_locate(struct call *c, const struct annot_locate_request *in,
			    struct annot_locate_reply *ret)
{
	return locate_view(c, answer, &(struct asked){in, ret});
}
