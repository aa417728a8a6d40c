/* Merging cards that may repeat, as sets. */
#include "record/merge_private.h"

/* How many of the first n values of a list are this one. */
static size_t count(const struct annot_merge_list *list, size_t n,
		    const struct annot_merge_value *value)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += annot_merge_same(&list->values[i], value);
	return found;
}

/* Whether `other` has value i of a list: of equal values the same turn. */
static bool has(const struct annot_merge_list *other, const struct annot_merge_list *list, size_t i)
{
	const struct annot_merge_value *value = &list->values[i];
	return count(other, other->n, value) > count(list, i, value);
}

enum fate { BOTH, GONE, ADDED, OPEN };

/* What becomes of value i of a side, by what the other side and the bases have. */
static enum fate fate_of(const struct merge *m, size_t card, const struct annot_merge_list *side,
			 const struct annot_merge_list *other, size_t i)
{
	size_t in_bases = 0;
	if (has(other, side, i))
		return BOTH;
	for (size_t b = 0; b < m->n_bases; b++)
		in_bases += has(&m->bases[b].lists[card], side, i);
	if (m->n_bases == 0 || (in_bases > 0 && in_bases < m->n_bases))
		return OPEN;
	return in_bases > 0 ? GONE : ADDED;
}

static bool any_added(const struct merge *m, size_t card, const struct annot_merge_list *side,
		      const struct annot_merge_list *other)
{
	for (size_t i = 0; i < side->n; i++)
		if (fate_of(m, card, side, other, i) == ADDED)
			return true;
	return false;
}

/* The values of the base that neither side has any more. */
static void both_took_away(const struct merge *m, size_t card, const struct annot_merge_list *ours,
			   const struct annot_merge_list *theirs, struct annot_merge_value *values,
			   struct annot_merge_list *ret)
{
	const struct annot_merge_list *base = m->n_bases > 0 ? &m->bases[0].lists[card] : NULL;
	*ret = (struct annot_merge_list){.values = values};
	for (size_t i = 0; base && i < base->n; i++) {
		bool in_all = true;
		for (size_t b = 1; b < m->n_bases; b++)
			in_all = in_all && has(&m->bases[b].lists[card], base, i);
		if (in_all && !has(ours, base, i) && !has(theirs, base, i))
			values[ret->n++] = base->values[i];
	}
}

/* Whether a side has values of the base in another order. */
static bool reordered(const struct annot_merge_list *base, const struct annot_merge_list *side)
{
	size_t last = 0;
	for (size_t i = 0; i < base->n; i++) {
		if (!has(side, base, i))
			continue;
		size_t turn = count(base, i, &base->values[i]), at = 0;
		while (!annot_merge_same(&side->values[at], &base->values[i]) || turn-- > 0)
			at++;
		if (at < last)
			return true;
		last = at;
	}
	return false;
}

/* A set under way: the two sides, and what is at odds in them. */
struct set {
	size_t card;
	const struct annot_merge_list *side[2]; /* by enum annot_merge_side */
	bool replaced;                          /* what was added is at odds too */
};

static bool at_odds(const struct merge *m, const struct set *s, enum annot_merge_side side,
		    size_t i)
{
	enum fate fate = fate_of(m, s->card, s->side[side], s->side[!side], i);
	return fate == OPEN || (fate == ADDED && s->replaced);
}

static void odd_ones(const struct merge *m, const struct set *s, enum annot_merge_side side,
		     struct annot_merge_value *values, struct annot_merge_list *ret)
{
	*ret = (struct annot_merge_list){.values = values};
	for (size_t i = 0; i < s->side[side]->n; i++)
		if (at_odds(m, s, side, i))
			values[ret->n++] = s->side[side]->values[i];
}

/* The whole card with `choice` where they are at odds, `first` leading the order. */
static void compose(const struct merge *m, const struct set *s, enum annot_merge_side first,
		    enum annot_merge_side choice, struct annot_merge_value *values,
		    struct annot_merge_list *ret)
{
	*ret = (struct annot_merge_list){.values = values};
	for (int turn = 0; turn < 2; turn++) {
		enum annot_merge_side side = turn == 0 ? first : (enum annot_merge_side) !first;
		const struct annot_merge_list *list = s->side[side], *other = s->side[!side];
		for (size_t i = 0; i < list->n; i++) {
			enum fate fate = fate_of(m, s->card, list, other, i);
			if (fate == BOTH             ? turn == 0
			    : at_odds(m, s, side, i) ? side == choice
						     : fate == ADDED)
				values[ret->n++] = list->values[i];
		}
	}
}

enum annot_status annot_merge_set(struct merge *m, size_t card)
{
	const struct annot_merge_list *ours = &m->ours->lists[card];
	const struct annot_merge_list *theirs = &m->theirs->lists[card];
	const struct annot_merge_list none = {0};
	const struct annot_merge_list *base = m->n_bases > 0 ? &m->bases[0].lists[card] : &none;
	struct set s = {.card = card, .side = {ours, theirs}};
	struct annot_merge_clash c = {.def = &m->ours->kind->cards[card]};
	struct annot_merge_value *room =
		annot_arena_array(m->arena, base->n + 3 * (ours->n + theirs->n), sizeof(*room));
	if (!room)
		return annot_merge_no_memory(m->err);
	both_took_away(m, card, ours, theirs, room, &c.base);
	room += c.base.n;
	s.replaced = c.base.n > 0 && any_added(m, card, ours, theirs) &&
		     any_added(m, card, theirs, ours);
	odd_ones(m, &s, ANNOT_MERGE_OURS, room, &c.ours);
	room += c.ours.n;
	odd_ones(m, &s, ANNOT_MERGE_THEIRS, room, &c.theirs);
	room += c.theirs.n;
	enum annot_merge_side first = reordered(base, theirs) && !reordered(base, ours)
					      ? ANNOT_MERGE_THEIRS
					      : ANNOT_MERGE_OURS;
	compose(m, &s, first, ANNOT_MERGE_OURS, room, &c.with_ours);
	room += c.with_ours.n;
	if (c.ours.n + c.theirs.n == 0) {
		m->ret->cards.lists[card] = c.with_ours;
		return ANNOT_OK;
	}
	compose(m, &s, first, ANNOT_MERGE_THEIRS, room, &c.with_theirs);
	if (!s.replaced)
		c.base = none;
	annot_merge_clash(m, card, &c);
	return ANNOT_OK;
}
