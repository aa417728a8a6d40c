#include <stdlib.h>

#include "anchor/search.h"
#include "base/auto.h"

enum { FULL = 1000, LOG_SHARE = 50, JOINT = 32, EDGE = 24 };

static int per_mille(size_t part, size_t whole)
{
	return whole > 0 ? (int)(part * FULL / whole) : 0;
}

static int likeness(size_t distance, size_t longer)
{
	return distance < longer ? per_mille(longer - distance, longer) : 0;
}

unsigned annot_overlap(size_t from, size_t to, size_t from2, size_t to2)
{
	size_t low = from > from2 ? from : from2, high = to < to2 ? to : to2;
	size_t first = from < from2 ? from : from2, last = to > to2 ? to : to2;
	return low < high ? (unsigned)per_mille(high - low, last - first) : 0;
}

/* Likeness of a context and what stands beside the place: its best stretch from there on. Less than
 * half as much again is looked at. */
static int context_likeness(const struct annot_pattern *p, const annot_letter *text, size_t n)
{
	uint16_t distances[ANNOT_ANCHOR_CONTEXT_MAX * 3 / 2 + 1];
	size_t reach = p->n + p->n / 2, best = p->n;
	if (reach > n)
		reach = n;
	annot_pattern_distances(p, text, reach, distances);
	for (size_t i = 0; i <= reach; i++)
		if (distances[i] < best)
			best = distances[i];
	return likeness(best, p->n);
}

static void measure_context(const struct annot_search *s, struct annot_candidate *c)
{
	const struct annot_letters *text = &s->a->text;
	int before = -1, behind = -1;
	if (s->before.n > 0)
		before = context_likeness(&s->before, text->letters + c->from, c->from);
	if (s->behind.n > 0)
		behind = context_likeness(&s->behind, text->letters + c->to, text->n - c->to);
	/* A side without context says what the other one says, or that the text begins or ends. */
	if (before < 0)
		before = c->from == 0 ? FULL : behind < 0 ? FULL / 2 : behind;
	if (behind < 0)
		behind = c->to == text->n ? FULL : before;
	c->features[ANNOT_FEATURE_BEFORE] = before;
	c->features[ANNOT_FEATURE_BEHIND] = behind;
}

/* Of a quote that is too long to be compared as a whole: its ends and the place's. */
static void measure_ends(const struct annot_search *s, struct annot_candidate *c)
{
	const struct annot_letters *text = &s->a->text;
	uint16_t head[ANNOT_ANCHOR_PIECE + 1], tail[ANNOT_ANCHOR_PIECE + 1];
	size_t len = c->to - c->from, m = s->quote_to - s->quote_from;
	size_t n = len < ANNOT_ANCHOR_PIECE ? len : ANNOT_ANCHOR_PIECE;
	annot_pattern_distances(&s->quote, text->letters + c->from, n, head);
	annot_pattern_distances(&s->quote_back, text->letters + c->to, n, tail);
	int like = likeness((size_t)head[n] + tail[n], 2 * (size_t)ANNOT_ANCHOR_PIECE);
	size_t shorter = len < m ? len : m, longer = len < m ? m : len;
	c->features[ANNOT_FEATURE_QUOTE] = like * per_mille(shorter, longer) / FULL;
	c->features[ANNOT_FEATURE_CORE] = like;
	c->features[ANNOT_FEATURE_LENGTH] = per_mille(shorter, longer);
}

static enum annot_status measure_quote(const struct annot_search *s, struct annot_candidate *c,
				       struct annot_error *err)
{
	size_t len = c->to - c->from, m = s->quote_to - s->quote_from;
	if (m > ANNOT_ANCHOR_WHOLE_MAX) {
		measure_ends(s, c);
		return ANNOT_OK;
	}
	size_t longer = len > m ? len : m, shorter = len > m ? m : len;
	c->features[ANNOT_FEATURE_LENGTH] = per_mille(shorter, longer);
	if (len > ANNOT_PLACE_LETTERS(m)) /* nearly all of it is not the quote */
		return ANNOT_OK;
	AUTO_FREE uint16_t *distances = calloc(len + 1, sizeof(*distances));
	if (!distances)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu letters", len);
	annot_pattern_distances(&s->quote, s->a->text.letters + c->from, len, distances);
	c->features[ANNOT_FEATURE_QUOTE] = likeness(distances[len], longer);
	c->features[ANNOT_FEATURE_CORE] = likeness(distances[len] - (longer - shorter), shorter);
	return ANNOT_OK;
}

/* How many letters are the same, up to max; back: from the ends of both to their starts. */
static size_t same_letters(const annot_letter *a, const annot_letter *b, size_t max, bool back)
{
	size_t n = 0;
	if (back)
		for (; n < max && a[-1 - (ptrdiff_t)n] == b[-1 - (ptrdiff_t)n]; n++)
			;
	else
		for (; n < max && a[n] == b[n]; n++)
			;
	return n;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * What is unchanged where the place meets its context: an edit of a quote mostly leaves its ends
 * and what stands beside them, words that are only alike do not.
 */
static void measure_joints(const struct annot_search *s, struct annot_candidate *c)
{
	const struct annot_letters *text = &s->a->text;
	const annot_letter *from = s->letters + s->quote_from, *to = s->letters + s->quote_to;
	const annot_letter *place = text->letters + c->from, *end = text->letters + c->to;
	size_t before = least(s->quote_from, JOINT);
	size_t behind = least(s->n - s->quote_to, JOINT);
	size_t edge = least(s->quote_to - s->quote_from, EDGE), own = least(edge, c->to - c->from);
	size_t joined = same_letters(from, place, least(before, c->from), true);
	c->features[ANNOT_FEATURE_JOINED_BEFORE] = before ? per_mille(joined, before) : FULL;
	joined = same_letters(to, end, least(behind, text->n - c->to), false);
	c->features[ANNOT_FEATURE_JOINED_BEHIND] = behind ? per_mille(joined, behind) : FULL;
	c->features[ANNOT_FEATURE_HEAD] = per_mille(same_letters(from, place, own, false), edge);
	c->features[ANNOT_FEATURE_TAIL] = per_mille(same_letters(to, end, own, true), edge);
}

static void measure_position(const struct annot_search *s, struct annot_candidate *c)
{
	int position = FULL / 2, near = FULL / 2;
	if (s->placed) {
		size_t off = c->from > s->expected ? c->from - s->expected : s->expected - c->from;
		position = likeness(off, s->a->text.n + 1);
		near = FULL;
		for (; off > 0; off /= 2)
			near -= LOG_SHARE;
	}
	c->features[ANNOT_FEATURE_POSITION] = position;
	c->features[ANNOT_FEATURE_NEAR] = near;
}

static void measure_origin(const struct annot_search *s, struct annot_candidate *c)
{
	size_t own, foreign, here, elsewhere;
	const struct annot_versions *v = &s->a->versions;
	annot_versions_origin(v, c->from, c->to, s->old_from, s->old_to, &own, &foreign);
	annot_versions_fate(v, s->old_from, s->old_to, c->from, c->to, &here, &elsewhere);
	c->features[ANNOT_FEATURE_OWN] = per_mille(own, c->to - c->from);
	c->features[ANNOT_FEATURE_FOREIGN] = per_mille(foreign, c->to - c->from);
	c->features[ANNOT_FEATURE_HERE] = per_mille(here, s->old_to - s->old_from);
	c->features[ANNOT_FEATURE_ELSEWHERE] = per_mille(elsewhere, s->old_to - s->old_from);
	if (s->followed)
		c->features[ANNOT_FEATURE_FOLLOWS] =
			(int)annot_overlap(c->from, c->to, s->follow_from, s->follow_to);
}

enum annot_status annot_candidate_measure(struct annot_search *s, struct annot_candidate *c,
					  struct annot_error *err)
{
	TRY(measure_quote(s, c, err));
	if (c->features[ANNOT_FEATURE_QUOTE] < ANNOT_CANDIDATE_LEAST)
		return ANNOT_OK;
	measure_context(s, c);
	measure_joints(s, c);
	measure_position(s, c);
	if (s->old_to > 0)
		measure_origin(s, c);
	return ANNOT_OK;
}
