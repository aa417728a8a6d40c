/* Fleiss' kappa and Gwet's AC1 and AC2: the same agreement, two notions of chance. */
#include "agreement/tally.h"

/* Over all items. */
struct sums {
	size_t rated;    /* items with a rating */
	size_t compared; /* with two or more */
	double missed;   /* sum over compared items of the mean miss of two of their ratings */
	double share[ANNOT_AGREEMENT_CATEGORIES_MAX]; /* sum over rated items of the categories'
							 shares; later their means */
};

/* The mean, over pairs of ratings of one item, of how far they miss each other. */
static double miss_of(const struct annot_tally *t, enum annot_weights weights, size_t q)
{
	double sum = 0;

	for (size_t k = 0; k < q; k++)
		for (size_t l = 0; t->counts[k] > 0 && l < q; l++)
			sum += annot_weights_miss(weights, q, k, l) * (double)t->counts[k] *
			       (double)t->counts[l];
	return sum / ((double)t->n * (double)(t->n - 1));
}

static void add_up(const struct annot_ratings *r, enum annot_weights weights, size_t q,
		   struct sums *s, struct annot_coefficient *c)
{
	struct annot_tally t;

	for (size_t i = 0; i < r->items; i++) {
		annot_tally_item(r, i, q, &t);
		c->outside += t.outside;
		if (t.n == 0)
			continue;
		s->rated++;
		for (size_t k = 0; k < q; k++)
			s->share[k] += (double)t.counts[k] / (double)t.n;
		if (t.n < 2)
			continue;
		s->compared++;
		s->missed += miss_of(&t, weights, q);
	}
	for (size_t k = 0; s->rated > 0 && k < q; k++)
		s->share[k] /= (double)s->rated;
	c->items = s->compared;
	c->excluded = r->items - s->compared;
	if (s->compared == 0)
		annot_coefficient_undefined(c, ANNOT_NOTHING_IN_COMMON);
}

enum annot_status annot_fleiss_kappa(const struct annot_ratings *r, struct annot_coefficient *ret,
				     struct annot_error *err)
{
	struct annot_coefficient c;
	struct sums s = {0};
	double expected = 0;

	TRY(annot_ratings_check(r, err));
	if (annot_coefficient_possible(r, false, &c))
		add_up(r, ANNOT_WEIGHTS_NONE, r->categories, &s, &c);
	if (!c.undefined) {
		/* 1 - sum of squares, so written that it is 0 exactly where there is one category.
		 */
		for (size_t k = 0; k < r->categories; k++)
			for (size_t l = 0; l < r->categories; l++)
				expected += k == l ? 0 : s.share[k] * s.share[l];
		annot_coefficient_set(&c, s.missed / (double)s.compared, expected,
				      ANNOT_ONE_CATEGORY);
	}
	*ret = c;
	return ANNOT_OK;
}

/* Chance agreement: the mean weight of two categories, times q / (q - 1) times the chance that two
 * ratings that nobody thought about differ. */
static double gwet_chance(const struct sums *s, enum annot_weights weights, size_t q)
{
	double all_weights = 0, differ = 0;

	for (size_t k = 0; k < q; k++) {
		differ += s->share[k] * (1 - s->share[k]);
		for (size_t l = 0; l < q; l++)
			all_weights += 1 - annot_weights_miss(weights, q, k, l);
	}
	return all_weights * differ / ((double)q * (double)(q - 1));
}

enum annot_status annot_gwet_ac(const struct annot_ratings *r, enum annot_weights weights,
				struct annot_coefficient *ret, struct annot_error *err)
{
	bool in_order = weights != ANNOT_WEIGHTS_NONE;
	size_t q = in_order ? r->ordered : r->categories;
	struct annot_coefficient c;
	struct sums s = {0};

	TRY(annot_ratings_check(r, err));
	if (annot_coefficient_possible(r, in_order, &c))
		add_up(r, weights, q, &s, &c);
	if (!c.undefined) /* chance is at most the mean weight, which is below 1 for q > 1 */
		annot_coefficient_set(&c, s.missed / (double)s.compared,
				      1 - gwet_chance(&s, weights, q), ANNOT_ONE_CATEGORY);
	*ret = c;
	return ANNOT_OK;
}
