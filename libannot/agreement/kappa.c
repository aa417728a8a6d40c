/* Cohen's kappa: two coders, each with a distribution of their own. */
#include "agreement/tally.h"

/* How often coder a said k and coder b said l. */
struct table {
	size_t n;
	size_t both[ANNOT_AGREEMENT_CATEGORIES_MAX][ANNOT_AGREEMENT_CATEGORIES_MAX];
	size_t a[ANNOT_AGREEMENT_CATEGORIES_MAX], b[ANNOT_AGREEMENT_CATEGORIES_MAX];
};

static void fill(const struct annot_ratings *r, size_t a, size_t b, size_t categories,
		 struct table *t, size_t *outside)
{
	for (size_t i = 0; i < r->items; i++) {
		int x = r->cells[i * r->coders + a], y = r->cells[i * r->coders + b];

		*outside += x >= (int)categories;
		*outside += y >= (int)categories;
		if (x < 0 || y < 0 || x >= (int)categories || y >= (int)categories)
			continue;
		t->both[x][y]++;
		t->a[x]++;
		t->b[y]++;
		t->n++;
	}
}

enum annot_status annot_cohen_kappa(const struct annot_ratings *r, size_t a, size_t b,
				    enum annot_weights weights, struct annot_coefficient *ret,
				    struct annot_error *err)
{
	bool in_order = weights != ANNOT_WEIGHTS_NONE;
	size_t q = in_order ? r->ordered : r->categories;
	double observed = 0, expected = 0, n;
	struct annot_coefficient c;
	struct table t = {0};

	TRY(annot_ratings_check(r, err));
	if (a == b || a >= r->coders || b >= r->coders)
		return annot_fail(err, ANNOT_INVALID, "coders %zu and %zu of %zu", a, b, r->coders);
	if (annot_coefficient_possible(r, in_order, &c)) {
		fill(r, a, b, q, &t, &c.outside);
		c.items = t.n;
		c.excluded = r->items - t.n;
		if (t.n == 0)
			annot_coefficient_undefined(&c, ANNOT_NOTHING_IN_COMMON);
	}
	if (c.undefined) {
		*ret = c;
		return ANNOT_OK;
	}
	n = (double)t.n;
	for (size_t k = 0; k < q; k++)
		for (size_t l = 0; l < q; l++) {
			double miss = annot_weights_miss(weights, q, k, l);

			observed += miss * (double)t.both[k][l] / n;
			expected += miss * ((double)t.a[k] / n) * ((double)t.b[l] / n);
		}
	annot_coefficient_set(&c, observed, expected, ANNOT_ONE_CATEGORY);
	*ret = c;
	return ANNOT_OK;
}
