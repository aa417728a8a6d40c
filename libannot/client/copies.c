/* Copies: as many requests as it takes, and the best of what they found. */
#include "client/internal.h"

#include "locate/copies.h"

/* As the daemon sorts: within a reply, and here between replies. */
static int compare(const struct annot_copy_view *x, const struct annot_copy_view *y)
{
	uint64_t same_x = x->letters - x->edits, same_y = y->letters - y->edits;
	if (same_x != same_y)
		return same_x > same_y ? -1 : 1;
	return (x->edits > y->edits) - (x->edits < y->edits);
}

/* Adds the passages of a reply, whose documents come after those that are there; the best stay. */
static enum annot_status add(const struct annot_copies_reply *reply, size_t limit,
			     struct annot_arena *arena, struct annot_copies_reply *all,
			     struct annot_error *err)
{
	size_t n = all->n_copies + reply->n_copies, mine = 0, its = 0;
	struct annot_copy_view *copies = annot_arena_array(arena, n + 1, sizeof *copies);
	if (!copies)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu passages", n);
	for (size_t i = 0; i < n; i++) {
		bool take_mine = its == reply->n_copies ||
				 (mine < all->n_copies &&
				  compare(&all->copies[mine], &reply->copies[its]) <= 0);
		copies[i] = take_mine ? all->copies[mine++] : reply->copies[its++];
	}
	all->copies = copies;
	all->n_copies = n < limit ? n : limit;
	all->record = reply->record;
	all->compared += reply->compared;
	all->indexed += reply->indexed;
	all->more = all->more || reply->more || n > limit;
	all->cut = all->cut || reply->cut;
	all->partial = reply->partial;
	return ANNOT_OK;
}

static bool well_formed(const struct annot_copy_view *c)
{
	for (size_t i = 0; i < c->n_passages; i++) {
		const struct annot_passage *p = &c->passages[i];
		if (p->start >= p->end || p->chars_start >= p->chars_end)
			return false;
	}
	return c->edits <= c->letters;
}

static enum annot_status check(const struct annot_copies_request *in,
			       const struct annot_copies_reply *reply, struct annot_error *err)
{
	if (reply->next > 0 && reply->next <= in->from)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "copies is to go on at #%llu, and was there already",
				  (unsigned long long)reply->next);
	for (size_t i = 0; i < reply->n_copies; i++)
		if (!well_formed(&reply->copies[i]) ||
		    (i > 0 && compare(&reply->copies[i - 1], &reply->copies[i]) > 0))
			return annot_fail(err, ANNOT_PROTOCOL,
					  "passage %zu of copies is not well formed", i + 1);
	return ANNOT_OK;
}

enum annot_status annot_copies_of(struct annot *a, const struct annot_copies_request *request,
				  struct annot_arena *arena, const struct annot_copies_reply **ret,
				  struct annot_error *err)
{
	struct annot_copies_request in = *request;
	size_t limit = in.limit ? (size_t)in.limit : ANNOT_COPIES_LIMIT;
	struct annot_copies_reply *all = annot_arena_alloc(arena, sizeof *all);
	if (!all)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	*all = (struct annot_copies_reply){0};
	do {
		const struct annot_copies_reply *reply;
		TRY(annot_call_copies(a, &in, arena, &reply, err));
		TRY(check(&in, reply, err));
		TRY(add(reply, limit, arena, all, err));
		in.from = reply->next;
	} while (in.from > 0);
	*ret = all;
	return ANNOT_OK;
}
