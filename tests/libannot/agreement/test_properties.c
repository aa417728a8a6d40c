/* Against the definitions, word for word and slow, on random ratings; and what must hold for any.
 */
#include "matrix.h"

#include "../text/random.h"

enum { ROUNDS = 3000 };

static double weight(enum annot_weights weights, int q, int k, int l)
{
	double d = q > 1 ? abs(k - l) / (double)(q - 1) : 0;
	return weights == ANNOT_WEIGHTS_NONE     ? k == l
	       : weights == ANNOT_WEIGHTS_LINEAR ? 1 - d
						 : 1 - d * d;
}

static int cell(const struct matrix *m, size_t item, size_t coder, int q)
{
	int x = m->cells[item * m->ratings.coders + coder];
	return x < q ? x : ANNOT_UNRATED;
}

static int count(const struct matrix *m, size_t item, int q)
{
	int n = 0;
	for (size_t k = 0; k < m->ratings.coders; k++)
		n += cell(m, item, k, q) >= 0;
	return n;
}

/* Random ratings; some are missing, some items have none, some categories stand outside the order.
 */
static void random_matrix(uint64_t *seed, struct matrix *m)
{
	size_t categories = 2 + random_below(seed, 5), items = 1 + random_below(seed, 12);
	size_t missing = random_below(seed, 60), accord = random_below(seed, 100);
	matrix_init(m, 2 + random_below(seed, 4), categories);
	m->ratings.ordered = 2 + random_below(seed, categories - 1);
	m->ratings.items = items;
	for (size_t i = 0; i < items; i++) {
		int8_t truth = (int8_t)random_below(seed, categories);
		for (size_t k = 0; k < m->ratings.coders; k++)
			m->cells[i * m->ratings.coders + k] =
				random_below(seed, 100) < missing ? ANNOT_UNRATED
				: random_below(seed, 100) < accord
					? truth
					: (int8_t)random_below(seed, categories);
	}
}

/* Defined: as it should be; else undefined with a reason. */
static void assert_value(const struct annot_coefficient *c, double observed, double expected,
			 bool defined)
{
	if (!defined) {
		assert_true(isnan(c->value));
		assert_non_null(c->undefined);
		return;
	}
	assert_null(c->undefined);
	assert_true(fabs(c->observed - observed) < 1e-9);
	assert_true(fabs(c->expected - expected) < 1e-9);
	assert_true(c->value <= 1 + 1e-12);
}

/* Cohen: of every item that both rated; by chance, of every pairing of one's rating with another's.
 */
static bool check_cohen(const struct matrix *m, enum annot_weights weights)
{
	int q = (int)(weights ? m->ratings.ordered : m->ratings.categories);
	struct annot_coefficient c = cohen(m, weights);
	double observed = 0, expected = 0, n = 0;
	for (size_t i = 0; i < m->ratings.items; i++) {
		int a = cell(m, i, 0, q), b = cell(m, i, 1, q);
		if (a < 0 || b < 0)
			continue;
		n++;
		observed += weight(weights, q, a, b);
		for (size_t j = 0; j < m->ratings.items; j++)
			if (cell(m, j, 0, q) >= 0 && cell(m, j, 1, q) >= 0)
				expected += weight(weights, q, a, cell(m, j, 1, q));
	}
	bool defined = n > 0 && expected / (n * n) < 1 - 1e-9;
	assert_value(&c, observed / n, expected / (n * n), defined);
	assert_int_equal(c.items, (size_t)n);
	assert_int_equal(c.items + c.excluded, m->ratings.items);
	return defined;
}

/* The mean, over items, of how two coders who rated it agree, each pair by itself. */
static double mean_agreement(const struct matrix *m, enum annot_weights weights, int q,
			     double *ret_n)
{
	double sum = 0;
	*ret_n = 0;
	for (size_t i = 0; i < m->ratings.items; i++) {
		double pairs = 0, agree = 0;
		for (size_t a = 0; a < m->ratings.coders; a++)
			for (size_t b = 0; b < m->ratings.coders; b++) {
				int x = cell(m, i, a, q), y = cell(m, i, b, q);
				if (a == b || x < 0 || y < 0)
					continue;
				pairs++;
				agree += weight(weights, q, x, y);
			}
		if (pairs > 0) {
			sum += agree / pairs;
			(*ret_n)++;
		}
	}
	return sum / *ret_n;
}

/* The chance that two ratings are the same, each of an item and a coder of it taken by lot. */
static double lot(const struct matrix *m, int q)
{
	double same = 0, pairs = 0;
	for (size_t i = 0; i < m->ratings.items; i++)
		for (size_t j = 0; j < m->ratings.items; j++) {
			int n = count(m, i, q), k = count(m, j, q);
			if (n == 0 || k == 0)
				continue;
			pairs++;
			for (size_t a = 0; a < m->ratings.coders; a++)
				for (size_t b = 0; b < m->ratings.coders; b++)
					if (cell(m, i, a, q) >= 0 &&
					    cell(m, i, a, q) == cell(m, j, b, q))
						same += 1.0 / n / k;
		}
	return same / pairs;
}

static bool check_fleiss(const struct matrix *m)
{
	int q = (int)m->ratings.categories;
	struct annot_coefficient c = fleiss(m);
	double n, observed = mean_agreement(m, ANNOT_WEIGHTS_NONE, q, &n), expected = lot(m, q);
	assert_value(&c, observed, expected, n > 0 && expected < 1 - 1e-9);
	assert_int_equal(c.items, (size_t)n);
	return n > 0;
}

static bool check_gwet(const struct matrix *m, enum annot_weights weights)
{
	int q = (int)(weights ? m->ratings.ordered : m->ratings.categories);
	struct annot_coefficient c = gwet(m, weights);
	double n, observed = mean_agreement(m, weights, q, &n), all = 0;
	for (int k = 0; k < q; k++)
		for (int l = 0; l < q; l++)
			all += weight(weights, q, k, l);
	assert_value(&c, observed, all / (q * (q - 1.0)) * (1 - lot(m, q)), n > 0);
	assert_int_equal(c.items + c.excluded, m->ratings.items);
	return n > 0;
}

/* All values of items with two or more, in the order of items. */
static size_t pairable(const struct matrix *m, int q, int values[MATRIX_CELLS])
{
	size_t n = 0;
	for (size_t i = 0; i < m->ratings.items; i++)
		for (size_t k = 0; count(m, i, q) > 1 && k < m->ratings.coders; k++)
			if (cell(m, i, k, q) >= 0)
				values[n++] = cell(m, i, k, q);
	return n;
}

static double difference(enum annot_metric metric, const int *values, size_t n, int x, int y)
{
	double d = 0;
	if (metric == ANNOT_METRIC_NOMINAL)
		return x != y;
	if (metric == ANNOT_METRIC_INTERVAL)
		return (x - y) * (x - y);
	for (size_t i = 0; i < n; i++) /* ranks between them, those of the ends by half */
		if (values[i] >= (x < y ? x : y) && values[i] <= (x < y ? y : x))
			d += (values[i] == x || values[i] == y) ? .5 : 1;
	return x == y ? 0 : d * d;
}

/* Krippendorff: within items, each pair 1 / (values - 1); by chance, all pairs of values there are.
 */
static bool check_alpha(const struct matrix *m, enum annot_metric metric)
{
	int q = (int)(metric ? m->ratings.ordered : m->ratings.categories), values[MATRIX_CELLS];
	struct annot_coefficient c = alpha(m, metric);
	size_t n = pairable(m, q, values), at = 0;
	double observed = 0, expected = 0;
	for (size_t i = 0; i < m->ratings.items; i++) {
		size_t of_item = (size_t)count(m, i, q);
		if (of_item < 2)
			continue;
		for (size_t a = at; a < at + of_item; a++)
			for (size_t b = at; b < at + of_item; b++)
				observed += difference(metric, values, n, values[a], values[b]) /
					    (double)(of_item - 1);
		at += of_item;
	}
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++)
			expected += difference(metric, values, n, values[a], values[b]);
	bool defined = n > 0 && expected > 0;
	observed /= (double)n;
	expected /= (double)n * (double)(n - 1);
	assert_value(&c, observed, expected, defined);
	if (defined)
		assert_true(fabs(c.value - (1 - observed / expected)) < 1e-9);
	return defined;
}

static void test_definitions(void **state)
{
	uint64_t seed = 11;
	size_t defined = 0, all = 0;
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct matrix m;
		random_matrix(&seed, &m);
		for (int w = ANNOT_WEIGHTS_NONE; w <= ANNOT_WEIGHTS_QUADRATIC; w++) {
			defined += check_cohen(&m, (enum annot_weights)w);
			defined += check_gwet(&m, (enum annot_weights)w);
			defined += check_alpha(&m, (enum annot_metric)w);
			all += 3;
		}
		defined += check_fleiss(&m);
		all++;
	}
	assert_true(defined > all / 2 && defined < all);
}

/* Ratings outside of the order are missing where an order is needed, and are counted. */
static void test_outside(void **state)
{
	struct matrix with, without;
	(void)state;
	matrix_init(&with, 3, 4);
	matrix_init(&without, 3, 3);
	with.ratings.ordered = 3;
	static const char *const items[][2] = {{"0123", "012."},
					       {"1133", "11.."},
					       {"3312", "..12"},
					       {"2223", "222."},
					       {"0333", "0..."}};
	for (size_t i = 0; i < COUNT(items); i++) {
		matrix_item(&with, (char[]){items[i][0][0], items[i][0][1], items[i][0][3], 0},
			    '0');
		matrix_item(&without, (char[]){items[i][1][0], items[i][1][1], items[i][1][3], 0},
			    '0');
	}
	struct annot_coefficient a = alpha(&with, ANNOT_METRIC_ORDINAL),
				 b = alpha(&without, ANNOT_METRIC_ORDINAL);
	assert_true(fabs(a.value - b.value) < 1e-12);
	assert_int_equal(a.outside, 7);
	assert_int_equal(b.outside, 0);
	assert_int_equal(a.items, b.items);
	assert_true(alpha(&with, ANNOT_METRIC_NOMINAL).items > a.items);
	assert_int_equal(alpha(&with, ANNOT_METRIC_NOMINAL).outside, 0);
	assert_int_equal(gwet(&with, ANNOT_WEIGHTS_LINEAR).outside, 7);
	assert_int_equal(cohen(&with, ANNOT_WEIGHTS_QUADRATIC).outside, 3);
	assert_int_equal(cohen(&with, ANNOT_WEIGHTS_QUADRATIC).items, 3);
}

static void assert_undefined(struct annot_coefficient c, const char *why)
{
	assert_true(isnan(c.value));
	if (!c.undefined || !strstr(c.undefined, why))
		fail_msg("\"%s\" does not say \"%s\"", c.undefined ? c.undefined : "", why);
}

static void test_undefined(void **state)
{
	struct matrix m;
	(void)state;
	matrix_init(&m, 1, 3); /* one coder */
	matrix_item(&m, "1", '0');
	assert_undefined(alpha(&m, ANNOT_METRIC_NOMINAL), "two coders");
	assert_undefined(fleiss(&m), "two coders");
	assert_undefined(gwet(&m, ANNOT_WEIGHTS_NONE), "two coders");
	assert_int_equal(fleiss(&m).excluded, 1);
	matrix_init(&m, 2, 3); /* nothing in common */
	assert_undefined(alpha(&m, ANNOT_METRIC_NOMINAL), "no item");
	matrix_item(&m, "1.", '0');
	matrix_item(&m, ".1", '0');
	assert_undefined(alpha(&m, ANNOT_METRIC_INTERVAL), "no item");
	assert_undefined(fleiss(&m), "no item");
	assert_undefined(gwet(&m, ANNOT_WEIGHTS_LINEAR), "no item");
	assert_undefined(cohen(&m, ANNOT_WEIGHTS_NONE), "no item");
	assert_int_equal(cohen(&m, ANNOT_WEIGHTS_NONE).excluded, 2);
	matrix_init(&m, 2, 3); /* one category: they agree, but so would dice with one face */
	matrix_item(&m, "11", '0');
	matrix_item(&m, "11", '0');
	assert_undefined(alpha(&m, ANNOT_METRIC_ORDINAL), "one category");
	assert_undefined(fleiss(&m), "one category");
	assert_undefined(cohen(&m, ANNOT_WEIGHTS_LINEAR), "one category");
	assert_true(gwet(&m, ANNOT_WEIGHTS_NONE).value == 1);
	m.ratings.ordered = 1; /* no order */
	assert_undefined(alpha(&m, ANNOT_METRIC_ORDINAL), "order");
	assert_undefined(cohen(&m, ANNOT_WEIGHTS_LINEAR), "order");
	assert_undefined(gwet(&m, ANNOT_WEIGHTS_QUADRATIC), "order");
	matrix_init(&m, 2, 1);
	matrix_item(&m, "00", '0');
	assert_undefined(gwet(&m, ANNOT_WEIGHTS_NONE), "two categories");
}

static void test_refused(void **state)
{
	struct annot_coefficient c;
	struct matrix m;
	(void)state;
	matrix_init(&m, 2, 3);
	matrix_item(&m, "13", '0');
	assert_status(annot_fleiss_kappa(&m.ratings, &c, &test_error), ANNOT_INVALID);
	assert_error_says("item 0, coder 1: category 3 of 3");
	m.cells[1] = -2;
	assert_status(annot_gwet_ac(&m.ratings, ANNOT_WEIGHTS_NONE, &c, &test_error),
		      ANNOT_INVALID);
	m.cells[1] = 2;
	assert_status(annot_cohen_kappa(&m.ratings, 1, 1, ANNOT_WEIGHTS_NONE, &c, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_cohen_kappa(&m.ratings, 0, 2, ANNOT_WEIGHTS_NONE, &c, &test_error),
		      ANNOT_INVALID);
	m.ratings.ordered = 4;
	assert_status(annot_krippendorff_alpha(&m.ratings, ANNOT_METRIC_NOMINAL, &c, &test_error),
		      ANNOT_INVALID);
	m.ratings = (struct annot_ratings){
		.items = ANNOT_AGREEMENT_ITEMS_MAX, .coders = 129, .categories = 2};
	assert_status(annot_fleiss_kappa(&m.ratings, &c, &test_error), ANNOT_INVALID);
	assert_error_says("at most");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definitions),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_undefined),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
