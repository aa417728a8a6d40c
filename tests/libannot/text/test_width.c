/* Columns on a terminal: East Asian Width (UAX 11), grapheme clusters (UAX 29). */
#include "text/width.h"

#include "assert.h"

#include <string.h>

static void test_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} cases[] = {
		{"", 0},
		{"three", 5},
		{"\xC3\xA9t\xC3\xA9", 3},                         /* été */
		{"e\xCC\x81te\xCC\x81", 3},                       /* the same, decomposed */
		{"\xE6\xB9\x96\xE3\x81\xAE\xE6\xB0\xB4", 6},      /* 湖の水 */
		{"\xED\x95\x9C\xEA\xB8\x80", 4},                  /* 한글 */
		{"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2},      /* 한 in jamo */
		{"\xEF\xBD\xB6", 1},                              /* half-width katakana */
		{"\xEF\xBC\xA1", 2},                              /* full-width A */
		{"\xF0\x9F\x8C\x8A", 2},                          /* a wave */
		{"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80", 2}, /* woman, joiner, rocket */
		{"\xE2\x9D\xA4\xEF\xB8\x8F", 2},                  /* heart, as an emoji */
		{"\xE2\x9D\xA4", 1},
		{"\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7", 2},          /* the flag of France */
		{"\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", 4},
		{"\xE0\xA4\xA8\xE0\xA5\x8D", 1},                  /* न् */
		{"\xD7\xA9\xD6\xB8\xD7\x81", 1},                  /* Hebrew with points */
		{"a\tb\n", 2},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t columns = annot_columns(cases[i].text, strlen(cases[i].text));
		if (columns != cases[i].columns)
			fail_msg("%s takes %zu columns, not %zu", cases[i].text, cases[i].columns,
				 columns);
	}
}

/* Clusters end on boundaries, cover all, and none is empty. */
static void test_clusters(void **state)
{
	static const char text[] = "ae\xCC\x81\r\nx\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80y";
	static const size_t ends[] = {1, 4, 6, 7, 18, 19};
	size_t at = 0, n = 0;
	(void)state;
	while (at < sizeof text - 1) {
		annot_cluster_next(text, sizeof text - 1, &at);
		assert_int_equal(at, ends[n++]);
	}
	assert_int_equal(n, sizeof ends / sizeof *ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_clusters),
	};
	return cmocka_run_group_tests_name("text/width", tests, NULL, NULL);
}
