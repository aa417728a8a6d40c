/* Locating: as many requests as it takes, and the best of what they found. */
#include "client/internal.h"

#include <stdlib.h>

/* As the daemon sorts: within a reply, and here between replies. */
static int compare(const void *a, const void *b)
{
	const struct annot_locate_place *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return strcmp(x->how, y->how); /* "exact" is before "folded" is before "nearest" */
}

/* Adds the places of a reply, whose documents come after those that are there; the best stay. */
static enum annot_status add(const struct annot_locate_reply *reply, size_t limit,
			     struct annot_arena *arena, struct annot_locate_reply *all,
			     struct annot_error *err)
{
	size_t n = all->n_places + reply->n_places, mine = 0, its = 0;
	struct annot_locate_place *places = annot_arena_array(arena, n + 1, sizeof *places);
	if (!places)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu places", n);
	for (size_t i = 0; i < n; i++) {
		bool take_mine = its == reply->n_places ||
				 (mine < all->n_places &&
				  compare(&all->places[mine], &reply->places[its]) <= 0);
		places[i] = take_mine ? all->places[mine++] : reply->places[its++];
	}
	all->places = places;
	all->n_places = n < limit ? n : limit;
	all->searched += reply->searched;
	all->indexed += reply->indexed;
	all->more = all->more || reply->more || n > limit;
	all->cut = all->cut || reply->cut;
	return ANNOT_OK;
}

static enum annot_status check(const struct annot_locate_request *in,
			       const struct annot_locate_reply *reply, struct annot_error *err)
{
	bool on = reply->next == 0 || reply->next > in->from ||
		  (reply->next == in->from && reply->next_byte > in->from_byte);
	if (!on)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "locate is to go on at #%llu, byte %llu, and was there already",
				  (unsigned long long)reply->next,
				  (unsigned long long)reply->next_byte);
	for (size_t i = 0; i < reply->n_places; i++) {
		const struct annot_locate_place *p = &reply->places[i];
		if (p->start >= p->end || p->chars_start > p->chars_end ||
		    (i > 0 && compare(p - 1, p) > 0))
			return annot_fail(err, ANNOT_PROTOCOL,
					  "place %zu of locate is not well formed", i + 1);
	}
	return ANNOT_OK;
}

static enum annot_status locate(struct annot *a, const struct annot_locate_request *request,
				struct annot_arena *arena, struct annot_locate_reply *all,
				struct annot_error *err)
{
	struct annot_locate_request in = *request;
	size_t limit = in.limit ? (size_t)in.limit : ANNOT_LOCATE_LIMIT;
	do {
		const struct annot_locate_reply *reply;
		TRY(annot_call_locate(a, &in, arena, &reply, err));
		TRY(check(&in, reply, err));
		TRY(add(reply, limit, arena, all, err));
		in.from = reply->next;
		in.from_byte = reply->next_byte;
		annot_client_step(a, "searched", true, all->searched + all->indexed, 0);
	} while (in.from > 0);
	return ANNOT_OK;
}

enum annot_status annot_locate(struct annot *a, const struct annot_locate_request *request,
			       struct annot_arena *arena, const struct annot_locate_reply **ret,
			       struct annot_error *err)
{
	struct annot_locate_reply *all = annot_arena_alloc(arena, sizeof *all);
	if (!all)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	*all = (struct annot_locate_reply){0};
	enum annot_status status = locate(a, request, arena, all, err);
	annot_client_step(a, NULL, true, 0, 0);
	if (status == ANNOT_OK)
		*ret = all;
	return status;
}
