#include "anchor/search.h"

#include "base/auto.h"

/*
 * Two sums of weighted inputs and products of two of them. The first ranks the places of a search
 * (fitted so that the right one comes first: a conditional logit), the second says how sure the
 * first place is (a logistic regression). Inputs are in per mille, weights in thousandths; each
 * has one weight for searches without the old text and one for those with it.
 * docs/quote-anchoring.md says how they were fitted.
 */
enum input {
	INPUT_ONE,
	INPUT_QUOTE,
	INPUT_CORE,
	INPUT_LENGTH,
	INPUT_BETTER, /* of the two contexts' likenesses */
	INPUT_WORSE,
	INPUT_JOINED_BETTER, /* of what is unchanged on either side of the place */
	INPUT_JOINED_WORSE,
	INPUT_EDGE_BETTER, /* of what is unchanged at either end of the quote */
	INPUT_EDGE_WORSE,
	INPUT_POSITION,
	INPUT_NEAR,
	INPUT_OWN,
	INPUT_FOREIGN,
	INPUT_HERE,
	INPUT_ELSEWHERE,
	INPUT_FOLLOWS,
	INPUT_SAME,      /* full if the folded words are the same */
	INPUT_SIZE,      /* logarithm of the quote's letters, full at 512 */
	INPUT_TEXT,      /* logarithm of the text's letters, full at 2^20 */
	INPUT_LEAD,      /* in rank, over the next place, full at LEAD_FULL */
	INPUT_RUNNER_UP, /* likeness of the next place's words */
	INPUT_COUNT
};

struct term {
	enum input a, b;
	int rank[2], score[2]; /* without and with the old text */
};

static const struct term terms[] = {
	{INPUT_ONE, INPUT_ONE, {0, 0}, {-2250, -3933}},
	{INPUT_QUOTE, INPUT_ONE, {2209, 2177}, {542, 898}},
	{INPUT_CORE, INPUT_ONE, {1514, 1410}, {-557, -842}},
	{INPUT_LENGTH, INPUT_ONE, {1049, 1099}, {-767, -1198}},
	{INPUT_BETTER, INPUT_ONE, {1465, 1072}, {-66, -284}},
	{INPUT_WORSE, INPUT_ONE, {889, 1655}, {490, 98}},
	{INPUT_BETTER, INPUT_QUOTE, {2887, 2034}, {1423, 2422}},
	{INPUT_WORSE, INPUT_QUOTE, {2582, 2252}, {600, 2268}},
	{INPUT_WORSE, INPUT_BETTER, {1339, 1839}, {624, 1028}},
	{INPUT_NEAR, INPUT_ONE, {4247, 1266}, {980, 2871}},
	{INPUT_POSITION, INPUT_ONE, {2014, 774}, {877, -1234}},
	{INPUT_SAME, INPUT_ONE, {-13, 1495}, {-1263, 6}},
	{INPUT_SIZE, INPUT_QUOTE, {1321, 1667}, {165, 1727}},
	{INPUT_SIZE, INPUT_BETTER, {588, 629}, {203, 98}},
	{INPUT_SIZE, INPUT_SAME, {27, 529}, {-534, -716}},
	{INPUT_SIZE, INPUT_WORSE, {697, 563}, {1018, -168}},
	{INPUT_OWN, INPUT_ONE, {0, -2192}, {0, -666}},
	{INPUT_FOREIGN, INPUT_ONE, {0, -1122}, {0, -2513}},
	{INPUT_HERE, INPUT_ONE, {0, 972}, {0, 1296}},
	{INPUT_ELSEWHERE, INPUT_ONE, {0, -962}, {0, -1228}},
	{INPUT_FOLLOWS, INPUT_ONE, {0, 1229}, {0, 1377}},
	{INPUT_FOLLOWS, INPUT_BETTER, {0, 2302}, {0, -486}},
	{INPUT_SIZE, INPUT_ONE, {0, 0}, {-1569, -1641}},
	{INPUT_BETTER, INPUT_BETTER, {0, 0}, {836, 472}},
	{INPUT_QUOTE, INPUT_QUOTE, {0, 0}, {1531, 2465}},
	{INPUT_LEAD, INPUT_ONE, {0, 0}, {2195, 936}},
	{INPUT_LEAD, INPUT_LEAD, {0, 0}, {914, 1283}},
	{INPUT_RUNNER_UP, INPUT_ONE, {0, 0}, {-1069, -986}},
	{INPUT_JOINED_BETTER, INPUT_ONE, {692, 0}, {451, 0}},
	{INPUT_JOINED_WORSE, INPUT_ONE, {2749, 0}, {186, 0}},
	{INPUT_EDGE_BETTER, INPUT_ONE, {1112, 0}, {893, 0}},
	{INPUT_EDGE_WORSE, INPUT_ONE, {3253, 0}, {2062, 0}},
	{INPUT_TEXT, INPUT_ONE, {0, 0}, {-3754, 0}},
};

enum { FULL = 1000, LEAD_FULL = 5000, SIZE_FULL = 9, TEXT_FULL = 20 };

/* A lookalike: so much of it comes from elsewhere in the old text, at the least, and less than so
 * much from the quote, in per mille; what it loses in rank, and what its score is divided by. */
enum { LOOKALIKE_FOREIGN = 600, LOOKALIKE_OWN = 100, LOOKALIKE_RANK = 50000, LOOKALIKE_SCORE = 10 };

/* What stands for the likeness of the next place if there is none. */
enum { RUNNER_UP_NONE = 400 };

/* Above which score a place is taken: without and with the old text, normally and cautiously. */
static const unsigned accept[2][2] = {{450, 500}, {900, 750}};

/* Leads below which nothing decides between two places, normally and cautiously. */
static const int lead_least[2] = {50, 1000};

/* The logarithm to the base of 2, linear between powers. */
static int size_input(size_t m, int full)
{
	int log = 0;
	while (m >> log > 1)
		log++;
	int64_t size = (int64_t)log * FULL + (int64_t)((m - ((size_t)1 << log)) * FULL >> log);
	return (int)(size < full * FULL ? size / full : FULL);
}

static void pair(int a, int b, int *ret_better, int *ret_worse)
{
	*ret_better = a > b ? a : b;
	*ret_worse = a > b ? b : a;
}

static void fill_inputs(const struct annot_search *s, const struct annot_candidate *c,
			int ret[INPUT_COUNT])
{
	static const int same[][2] = {
		{INPUT_QUOTE, ANNOT_FEATURE_QUOTE},
		{INPUT_CORE, ANNOT_FEATURE_CORE},
		{INPUT_LENGTH, ANNOT_FEATURE_LENGTH},
		{INPUT_POSITION, ANNOT_FEATURE_POSITION},
		{INPUT_NEAR, ANNOT_FEATURE_NEAR},
		{INPUT_OWN, ANNOT_FEATURE_OWN},
		{INPUT_FOREIGN, ANNOT_FEATURE_FOREIGN},
		{INPUT_HERE, ANNOT_FEATURE_HERE},
		{INPUT_ELSEWHERE, ANNOT_FEATURE_ELSEWHERE},
		{INPUT_FOLLOWS, ANNOT_FEATURE_FOLLOWS},
	};
	const int *f = c->features;
	memset(ret, 0, INPUT_COUNT * sizeof(ret[0]));
	for (size_t i = 0; i < COUNT(same); i++)
		ret[same[i][0]] = f[same[i][1]];
	int before = f[ANNOT_FEATURE_BEFORE], behind = f[ANNOT_FEATURE_BEHIND];
	ret[INPUT_ONE] = FULL;
	pair(before, behind, &ret[INPUT_BETTER], &ret[INPUT_WORSE]);
	pair(f[ANNOT_FEATURE_JOINED_BEFORE], f[ANNOT_FEATURE_JOINED_BEHIND],
	     &ret[INPUT_JOINED_BETTER], &ret[INPUT_JOINED_WORSE]);
	pair(f[ANNOT_FEATURE_HEAD], f[ANNOT_FEATURE_TAIL], &ret[INPUT_EDGE_BETTER],
	     &ret[INPUT_EDGE_WORSE]);
	ret[INPUT_SAME] = f[ANNOT_FEATURE_QUOTE] == FULL ? FULL : 0;
	ret[INPUT_SIZE] = size_input(s->quote_to - s->quote_from, SIZE_FULL);
	ret[INPUT_TEXT] = size_input(s->a->text.n, TEXT_FULL);
}

/*
 * Whether a place is what became of other words of the old text: it stood beside the quote then,
 * and is not the quote now. Its rank is below all others, and it is never taken; but it may be the
 * guess for an orphan.
 */
static bool is_lookalike(const struct annot_candidate *c)
{
	const int *f = c->features;
	return f[ANNOT_FEATURE_FOREIGN] >= LOOKALIKE_FOREIGN &&
	       f[ANNOT_FEATURE_OWN] < LOOKALIKE_OWN && f[ANNOT_FEATURE_FOLLOWS] == 0;
}

int annot_candidate_rank(const struct annot_search *s, const struct annot_candidate *c)
{
	int inputs[INPUT_COUNT], old = s->old_to > 0;
	int64_t sum = 0;
	fill_inputs(s, c, inputs);
	for (size_t i = 0; i < COUNT(terms); i++)
		sum += (int64_t)terms[i].rank[old] * inputs[terms[i].a] * inputs[terms[i].b];
	return (int)(sum / (FULL * FULL)) - (is_lookalike(c) ? LOOKALIKE_RANK : 0);
}

/* 1000 / (1 + e^-x), x in thousandths: a table in steps of a half, linear between. */
static unsigned logistic(int64_t x)
{
	static const int table[] = {500, 622, 731, 818, 881, 924, 953, 971, 982,
				    989, 993, 996, 998, 999, 999, 999, 1000};
	enum { STEP = 500, LAST = COUNT(table) - 1 };
	int64_t size = x < 0 ? -x : x, at = size / STEP;
	int64_t p = table[LAST];
	if (at < LAST)
		p = table[at] + (table[at + 1] - table[at]) * (size % STEP) / STEP;
	return (unsigned)(x < 0 ? FULL - p : p);
}

static unsigned score(const struct annot_search *s, const struct annot_candidate *c, int lead,
		      int runner_up)
{
	int inputs[INPUT_COUNT], old = s->old_to > 0;
	int64_t sum = 0;
	fill_inputs(s, c, inputs);
	if (lead < -LEAD_FULL)
		lead = -LEAD_FULL;
	inputs[INPUT_LEAD] = (lead < LEAD_FULL ? lead : LEAD_FULL) * FULL / LEAD_FULL;
	inputs[INPUT_RUNNER_UP] = runner_up;
	for (size_t i = 0; i < COUNT(terms); i++)
		sum += (int64_t)terms[i].score[old] * inputs[terms[i].a] * inputs[terms[i].b];
	return logistic(sum / (FULL * FULL)) / (is_lookalike(c) ? LOOKALIKE_SCORE : 1);
}

unsigned annot_candidate_score(const struct annot_search *s, size_t which)
{
	const struct annot_candidate *c = &s->found[which];
	if (s->n_found == 1)
		return score(s, c, LEAD_FULL, RUNNER_UP_NONE);
	const struct annot_candidate *other = &s->found[which == 0];
	return score(s, c, c->rank - other->rank, other->features[ANNOT_FEATURE_QUOTE]);
}

/* Candidates that nothing decides between: the first, and those that follow it closely. */
static size_t tied(const struct annot_search *s, int least)
{
	size_t n = 1;
	while (n < s->n_found && n < ANNOT_ANCHOR_PLACES_MAX &&
	       s->found[0].rank - s->found[n].rank < least)
		n++;
	return n;
}

enum annot_verdict annot_search_verdict(const struct annot_search *s, bool cautious, size_t *ret_n)
{
	unsigned least = accept[cautious][s->old_to > 0];
	*ret_n = tied(s, lead_least[cautious]);
	if (*ret_n > 1 && score(s, &s->found[0], LEAD_FULL, RUNNER_UP_NONE) >= least)
		return ANNOT_VERDICT_AMBIGUOUS;
	*ret_n = 1;
	if (annot_candidate_score(s, 0) >= least)
		return ANNOT_VERDICT_PLACE;
	return ANNOT_VERDICT_ORPHAN;
}
