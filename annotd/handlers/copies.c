/* copies: passages that documents share. A request goes through the documents in log order, as far
 * as it may read, and the next one goes on. */
#include "annotd/copies.h"

struct asked {
	const struct annot_copies_request *in;
	struct annot_copies_reply *ret;
};

struct walk {
	struct copies *s;
	const struct copies_filter *filter;
	uint64_t next; /* where the next request goes on; 0: there is none */
	enum annot_status status;
};

static bool compare_one(void *arg, uint64_t document)
{
	struct walk *w = arg;
	struct copies *s = w->s;
	uint64_t length;
	if (!copies_may(w->filter, document)) {
		if (reader_content_length(s->call->reader, document, &length, &s->call->err) ==
		    ANNOT_OK)
			s->indexed += length;
		return true;
	}
	if (s->compared >= COPIES_READ_MAX) {
		w->next = document;
		return false;
	}
	w->status = copies_compare(s, document);
	return w->status == ANNOT_OK;
}

static enum annot_status answer(struct call *c, const struct segments_view *view, void *arg)
{
	struct asked *asked = arg;
	struct copies_filter filter = {0};
	struct copies s;
	struct walk w = {.s = &s, .filter = &filter, .status = ANNOT_OK};
	enum annot_status status = copies_begin(&s, c, asked->in);
	if (status == ANNOT_OK)
		status = copies_filter(&s, view, &filter);
	if (status == ANNOT_OK)
		status = locate_documents(&s.documents, asked->in->from, compare_one, &w);
	if (status == ANNOT_OK)
		status = w.status;
	if (status == ANNOT_OK)
		status = copies_reply(&s, asked->ret);
	copies_filter_free(&filter);
	copies_finish(&s);
	asked->ret->next = w.next;
	return status;
}

enum annot_status on_copies(struct call *c, const struct annot_copies_request *in,
			    struct annot_copies_reply *ret)
{
	return locate_view(c, answer, &(struct asked){in, ret});
}
