/* Locating with the index: candidates, which are then looked at in the texts themselves. */
#include "annotd/locate.h"

#include <stdlib.h>

#include "base/auto.h"
#include "locate/lookup.h"

/*
 * Once something was found, so many stretches in a row in which there is nothing end it: those that
 * follow have fewer votes. More of them while what was found is not, or not much, like the words.
 */
static uint64_t patience(unsigned best)
{
	enum { SAME = 1000, LIKE = 750 };
	if (best == SAME)
		return 24;
	return best >= LIKE ? 32 : 192;
}

struct asking {
	struct locate *l;
	uint64_t until;
	enum annot_status status;
};

static bool wants(void *arg, uint64_t document)
{
	struct asking *a = arg;
	bool wanted = false;
	if (a->status != ANNOT_OK || document < a->l->in->from ||
	    (a->until > 0 && document >= a->until))
		return false;
	a->status = locate_wants(a->l, document, &wanted);
	return wanted;
}

static enum annot_status look_at(struct locate *l, const struct annot_segment *segment,
				 const struct annot_candidate *c)
{
	struct annot_segment_document d = annot_segment_document(segment, c->number);
	struct locate_stretch s = {
		.document = c->document, .from = c->from, .to = c->to, .total = d.length};
	if (c->document == l->in->from && s.from < l->in->from_byte)
		s.from = l->in->from_byte;
	s.mark_chars = annot_segment_chars(segment, &d, s.from, &s.mark);
	enum annot_status status = s.from < s.to ? locate_look(l, &s) : ANNOT_OK;
	return status == ANNOT_NOT_FOUND ? ANNOT_OK : status; /* withheld */
}

static enum annot_status look_at_all(struct locate *l, const struct segments_view *v,
				     const struct annot_lookup *lookup)
{
	uint64_t in_vain = 0;
	for (size_t i = 0; i < lookup->n && !l->cut; i++) {
		const struct annot_candidate *c = &lookup->candidates[i];
		uint64_t before = l->n_kept;
		if (l->best > 0 && in_vain >= patience(l->best))
			break;
		TRY(look_at(l, v->segments[c->segment], c));
		in_vain = l->n_kept > before ? 0 : in_vain + 1;
	}
	l->more = l->more || lookup->more;
	return ANNOT_OK;
}

enum annot_status locate_ask(struct locate *l, const struct segments_view *v, uint64_t until,
			     bool *ret_sufficed)
{
	struct call *c = l->call;
	struct asking a = {.l = l, .until = until, .status = ANNOT_OK};
	AUTO_FREE struct annot_lookup *lookup = calloc(1, sizeof *lookup);
	struct annot_error err = {0};
	size_t damaged;
	if (!lookup)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory for asking the index");
	enum annot_status status =
		annot_lookup(v->segments, v->n, annot_bytes_of(l->in->words),
			     annot_wanted_slack(l->wanted), wants, &a, lookup, &damaged, &err);
	TRY(a.status);
	*ret_sufficed = status == ANNOT_OK && annot_lookup_suffices(lookup);
	if (status == ANNOT_INVALID && damaged < v->n) {
		segments_damaged(c->segments, v->files[damaged]);
		return ANNOT_OK;
	}
	if (status != ANNOT_OK)
		return annot_fail(&c->err, status, "%s", err.text);
	if (!*ret_sufficed)
		return ANNOT_OK;
	for (size_t i = 0; i < v->n; i++)
		l->indexed += v->segments[i]->text;
	return look_at_all(l, v, lookup);
}

enum annot_status locate_view(struct call *c,
			      enum annot_status (*answer)(struct call *c,
							  const struct segments_view *view,
							  void *arg),
			      void *arg)
{
	if (!c->segments)
		return answer(c, NULL, arg);
	AUTO_FREE struct segments_view *view = calloc(1, sizeof *view);
	if (!view)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(segments_look(c->segments, view, &c->err));
	/* A snapshot after it: what is in neither list came in later than the request. */
	reader_end(c->reader);
	enum annot_status status = reader_begin(c->reader, &c->err);
	if (status == ANNOT_OK)
		status = answer(c, view, arg);
	segments_leave(view);
	return status;
}
