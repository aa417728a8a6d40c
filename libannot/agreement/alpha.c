/* Krippendorff's alpha, from the coincidences of values within items. */
#include "agreement/tally.h"

struct coincidences {
	double pairs[ANNOT_AGREEMENT_CATEGORIES_MAX][ANNOT_AGREEMENT_CATEGORIES_MAX];
	size_t values[ANNOT_AGREEMENT_CATEGORIES_MAX]; /* in items with two or more */
	size_t n;                                      /* all of them */
};

/* Every value is paired with all others of its item, and each pair counts 1 / (values - 1). */
static void add_up(const struct annot_ratings *r, size_t q, struct coincidences *o,
		   struct annot_coefficient *c)
{
	struct annot_tally t;

	for (size_t i = 0; i < r->items; i++) {
		annot_tally_item(r, i, q, &t);
		c->outside += t.outside;
		if (t.n < 2)
			continue;
		c->items++;
		c->excluded--;
		o->n += t.n;
		for (size_t k = 0; k < q; k++) {
			o->values[k] += t.counts[k];
			for (size_t l = 0; t.counts[k] > 0 && l < q; l++)
				o->pairs[k][l] += (double)t.counts[k] *
						  (double)(t.counts[l] - (k == l)) /
						  (double)(t.n - 1);
		}
	}
	if (c->items == 0)
		annot_coefficient_undefined(c, ANNOT_NOTHING_IN_COMMON);
}

/* The square of the difference of two categories. The ordinal one counts the values from one to the
 * other, those at the ends by half. */
static double difference(enum annot_metric metric, const struct coincidences *o, size_t k, size_t l)
{
	size_t low = k < l ? k : l, high = k < l ? l : k;
	double d = 0;

	if (low == high)
		return 0;
	switch (metric) {
	case ANNOT_METRIC_NOMINAL:
		return 1;
	case ANNOT_METRIC_ORDINAL:
		for (size_t g = low; g <= high; g++)
			d += (double)o->values[g];
		d -= (double)(o->values[low] + o->values[high]) / 2;
		break;
	case ANNOT_METRIC_INTERVAL:
		d = (double)(high - low);
		break;
	}
	return d * d;
}

enum annot_status annot_krippendorff_alpha(const struct annot_ratings *r, enum annot_metric metric,
					   struct annot_coefficient *ret, struct annot_error *err)
{
	bool in_order = metric != ANNOT_METRIC_NOMINAL;
	size_t q = in_order ? r->ordered : r->categories;
	double observed = 0, expected = 0;
	struct annot_coefficient c;
	struct coincidences o = {0};

	TRY(annot_ratings_check(r, err));
	if (annot_coefficient_possible(r, in_order, &c))
		add_up(r, q, &o, &c);
	if (c.undefined) {
		*ret = c;
		return ANNOT_OK;
	}
	for (size_t k = 0; k < q; k++)
		for (size_t l = 0; l < q; l++) {
			double d = difference(metric, &o, k, l);

			observed += o.pairs[k][l] * d;
			expected += (double)o.values[k] * (double)o.values[l] * d;
		}
	observed /= (double)o.n;
	expected /= (double)o.n * (double)(o.n - 1);
	annot_coefficient_set(&c, observed, expected, ANNOT_ONE_CATEGORY);
	c.observed = observed; /* disagreements: they have no upper end to be taken from */
	c.expected = expected;
	*ret = c;
	return ANNOT_OK;
}
