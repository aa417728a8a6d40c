/* Worked examples that others published, each named with its source. */
#include "matrix.h"

/* Cohen, J. (1960), table 1, and (1968), table 1: two judges, 200 cases, three diagnoses;
 * proportions .44 .07 .09 / .05 .20 .05 / .01 .03 .06. Kappa .492. */
static void test_cohen_1960(void **state)
{
	static const unsigned counts[] = {88, 14, 18, 10, 40, 10, 2, 6, 12};
	struct matrix m;
	(void)state;
	matrix_table(&m, counts, 3);
	struct annot_coefficient c = cohen(&m, ANNOT_WEIGHTS_NONE);
	assert_rounded(c.observed, .70, 2);
	assert_rounded(c.expected, .41, 2);
	assert_rounded(c.value, .492, 3);
	assert_int_equal(c.items, 200);
	assert_int_equal(c.excluded, 0);
}

/* SAS/STAT, PROC FREQ, as printed in the tests of statsmodels (stats/tests/test_inter_rater.py):
 * simple kappa 0.4842, weighted kappa (Cicchetti-Allison, linear) 0.4701. */
static void test_sas(void **state)
{
	static const unsigned counts[] = {0, 4, 1, 0, 8, 0, 0, 1, 5};
	struct matrix m;
	(void)state;
	matrix_table(&m, counts, 3);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_NONE).value, 0.4842, 4);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_LINEAR).value, 0.4701, 4);
}

/* R package irr, data set anxiety, raters 2 and 3: kappa2() without weights, "equal", "squared", as
 * printed in the tests of statsmodels. The package leaves out category 5, which neither used: 6 is
 * the fifth. */
static void test_irr_anxiety(void **state)
{
	struct matrix m;
	(void)state;
	MATRIX(&m, 2, 5, '1', "32", "51", "44", "54", "23", "42", "21", "45", "31", "31", "21",
	       "32", "33", "33", "21", "21", "13", "33", "32", "42");
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_NONE).value, -0.006289308, 9);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_LINEAR).value, 0.1459075, 7);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_QUADRATIC).value, 0.2520325, 7);
}

/* Gwet (2014), R package irrCAC, cont3x3abstractors: 100 women, three kinds of pregnancy, two
 * abstractors. Printed by kappa2.table, gwet.ac1.table and krippen2.table, without weights and
 * with. */
static void test_gwet_abstractors(void **state)
{
	static const unsigned counts[] = {13, 0, 0, 0, 20, 7, 0, 4, 56};
	struct matrix m;
	(void)state;
	matrix_table(&m, counts, 3);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_NONE).value, 0.7964094, 7);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_LINEAR).value, 0.843, 3);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_QUADRATIC).value, 0.892, 3);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_NONE).value, 0.8493305, 7);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_LINEAR).value, 0.900, 3);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_QUADRATIC).value, 0.940, 3);
	assert_rounded(alpha(&m, ANNOT_METRIC_NOMINAL).value, 0.7972585, 7);
}

/* The same, cont4x4diagnosis: 223 patients, four diagnoses by two methods. */
static void test_gwet_diagnosis(void **state)
{
	static const unsigned counts[] = {40, 4, 4, 17, 6, 25, 2, 13, 4, 1, 21, 12, 15, 5, 9, 45};
	struct matrix m;
	(void)state;
	matrix_table(&m, counts, 4);
	assert_int_equal(m.ratings.items, 223);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_NONE).value, 0.432, 3);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_LINEAR).value, 0.407, 3);
	assert_rounded(cohen(&m, ANNOT_WEIGHTS_QUADRATIC).value, 0.383, 3);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_NONE).value, 0.456, 3);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_LINEAR).value, 0.377, 3);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_QUADRATIC).value, 0.299, 3);
}

/* Krippendorff (2011), example A: binary data, two observers. Alpha 0.095. */
static void test_krippendorff_a(void **state)
{
	struct matrix m;
	(void)state;
	MATRIX(&m, 2, 2, '0', "01", "11", "01", "00", "00", "01", "00", "00", "10", "00");
	assert_rounded(alpha(&m, ANNOT_METRIC_NOMINAL).value, 0.095, 3);
}

/* Krippendorff (2011), example B: Ben and Gerry, twelve articles, five values. Alpha 0.692. */
static void test_krippendorff_b(void **state)
{
	struct matrix m;
	(void)state;
	MATRIX(&m, 2, 5, 'a', "ab", "aa", "bb", "bb", "db", "cc", "cc", "cc", "ee", "dd", "dd",
	       "ad");
	assert_rounded(alpha(&m, ANNOT_METRIC_NOMINAL).value, 0.692, 3);
}

/* Krippendorff (2011), example C, and Gwet (2014), R package irrCAC, cac.raw4raters: four
 * observers, twelve units, five values, some missing. The last unit was rated once. */
static void four_observers(struct matrix *m)
{
	MATRIX(m, 4, 5, '1', "11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222",
	       ".555", "..11", ".3..");
}

static void test_krippendorff_c(void **state)
{
	struct matrix m;
	(void)state;
	four_observers(&m);
	struct annot_coefficient c = alpha(&m, ANNOT_METRIC_NOMINAL);
	assert_rounded(c.value, 0.743, 3);
	assert_int_equal(c.items, 11);
	assert_int_equal(c.excluded, 1);
	assert_rounded(alpha(&m, ANNOT_METRIC_ORDINAL).value, 0.815, 3);
	assert_rounded(alpha(&m, ANNOT_METRIC_INTERVAL).value, 0.849, 3);
}

static void test_gwet_four_raters(void **state)
{
	struct matrix m;
	(void)state;
	four_observers(&m);
	struct annot_coefficient c = gwet(&m, ANNOT_WEIGHTS_NONE);
	assert_rounded(c.observed, 0.81818, 5);
	assert_rounded(c.expected, 0.19032, 5);
	assert_rounded(c.value, 0.77544, 5);
	assert_int_equal(c.items, 11);
	assert_int_equal(c.excluded, 1);
	c = gwet(&m, ANNOT_WEIGHTS_LINEAR);
	assert_rounded(c.observed, 0.939, 3);
	assert_rounded(c.expected, 0.571, 3);
	assert_rounded(c.value, 0.859, 3);
	c = gwet(&m, ANNOT_WEIGHTS_QUADRATIC);
	assert_rounded(c.observed, 0.97538, 5);
	assert_rounded(c.expected, 0.7137, 4);
	assert_rounded(c.value, 0.914, 3);
	c = fleiss(&m); /* fleiss.kappa.raw: the form for missing ratings */
	assert_rounded(c.observed, 0.818, 3);
	assert_rounded(c.expected, 0.239, 3);
	assert_rounded(c.value, 0.761, 3);
}

/* Gwet (2014), R package irrCAC, cac.raw5obser: five observers, fifteen units, scores 0 to 3. */
static void test_gwet_five_observers(void **state)
{
	struct matrix m;
	(void)state;
	MATRIX(&m, 5, 4, '0', "112.2", "1101.", "2333.", ".00.0", "000.0", "000.0", "102.1",
	       "1.20.", "222.2", "2111.", ".100.", "0000.", "1222.", "33223", "111.1");
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_NONE).observed, 0.616, 3);
	assert_rounded(gwet(&m, ANNOT_WEIGHTS_NONE).value, 0.497, 3);
	assert_rounded(fleiss(&m).value, 0.458, 3);
	assert_rounded(alpha(&m, ANNOT_METRIC_NOMINAL).value, 0.481, 3);
}

/* Fleiss (1971): 30 patients, six of the psychiatrists each, five diagnoses. Kappa .430; more
 * decimals from R package irr, kappam.fleiss(diagnoses). */
static void test_fleiss_1971(void **state)
{
	struct matrix m;
	(void)state;
	MATRIX(&m, 6, 5, '1', "444444", "222555", "233335", "555555", "222444", "113333", "333355",
	       "113334", "114444", "555555", "144444", "124444", "222333", "144444", "224445",
	       "333335", "111455", "111112", "224444", "133555", "555555", "244444", "224555",
	       "114444", "144445", "222224", "111155", "224444", "133333", "555555");
	assert_rounded(fleiss(&m).value, 0.4302445, 7);
}

/* Wikipedia, Fleiss' kappa, worked example: fourteen raters, ten subjects, five categories. P
 * 0.378, chance 0.213, kappa 0.210. */
static void test_fleiss_fourteen(void **state)
{
	static const unsigned counts[10][5] = {{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6},
					       {0, 3, 9, 2, 0},  {2, 2, 8, 1, 1}, {7, 7, 0, 0, 0},
					       {3, 2, 6, 3, 0},  {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0},
					       {0, 2, 2, 3, 7}};
	struct matrix m;
	(void)state;
	matrix_init(&m, 14, 5);
	for (size_t i = 0; i < COUNT(counts); i++) {
		char item[15] = {0};
		size_t n = 0;
		for (size_t k = 0; k < 5; k++)
			for (unsigned x = 0; x < counts[i][k]; x++)
				item[n++] = (char)('1' + k);
		matrix_item(&m, item, '1');
	}
	struct annot_coefficient c = fleiss(&m);
	assert_rounded(c.observed, 0.378, 3);
	assert_rounded(c.expected, 0.213, 3);
	assert_rounded(c.value, 0.210, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cohen_1960),       cmocka_unit_test(test_sas),
		cmocka_unit_test(test_irr_anxiety),      cmocka_unit_test(test_gwet_abstractors),
		cmocka_unit_test(test_gwet_diagnosis),   cmocka_unit_test(test_krippendorff_a),
		cmocka_unit_test(test_krippendorff_b),   cmocka_unit_test(test_krippendorff_c),
		cmocka_unit_test(test_gwet_four_raters), cmocka_unit_test(test_gwet_five_observers),
		cmocka_unit_test(test_fleiss_1971),      cmocka_unit_test(test_fleiss_fourteen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
