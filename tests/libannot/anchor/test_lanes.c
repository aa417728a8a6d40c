/* Matching in lanes against the textbook's table, with AVX2 (where there is) and without: random
 * texts, periodic ones, which are near the pattern everywhere, and places at all seams of segments
 * and strips. */
#include "anchor/lanes.h"

#include <stdlib.h>

#include "../text/random.h"
#include "assert.h"
#include "plain.h"

#include "base/auto.h"

enum { M_MAX = 700, N_MAX = 6000 };

static struct annot_alphabet alphabet = {.n = 8};
static annot_letter pattern[M_MAX], text[N_MAX + ANNOT_LETTERS_ROOM];
static size_t table[N_MAX + 1], column[M_MAX + 1];
static uint16_t distances[N_MAX];

static void check_path(const struct annot_pattern *p, size_t n, size_t limit,
		       enum annot_lanes_path path)
{
	bool any = false;
	memset(distances, 0xEE, sizeof(distances));
	bool found = annot_lanes_scan(p, text, n, limit, path, distances);
	for (size_t j = 0; j < n; j++) {
		bool in = table[j + 1] <= limit;
		any = any || in;
		if (found && distances[j] != (in ? table[j + 1] : ANNOT_LANES_NONE))
			fail_msg("m %zu, n %zu, limit %zu, path %d: at %zu %u, not %zu", p->n, n,
				 limit, path, j, distances[j], table[j + 1]);
		if (!found)
			assert_int_equal(distances[j], 0xEEEE);
	}
	assert_int_equal(found, any);
}

static void check(size_t m, size_t n, const size_t *limits, size_t n_limits)
{
	struct annot_pattern p;
	assert_ok(annot_pattern_new(&alphabet, pattern, m, false, &p, &test_error));
	/* What stands behind the text must not matter. */
	for (size_t i = 0; i < ANNOT_LETTERS_ROOM; i++)
		text[n + i] = pattern[i % m];
	plain_table(pattern, m, text, n, true, column, table);
	for (size_t i = 0; i < n_limits; i++) {
		check_path(&p, n, limits[i], ANNOT_LANES_BEST);
		check_path(&p, n, limits[i], ANNOT_LANES_PORTABLE);
	}
	annot_pattern_free(&p);
}

static void random_letters(uint64_t *seed, annot_letter *ret, size_t n, size_t letters)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = (annot_letter)(1 + random_below(seed, letters));
}

/* Some letters of the pattern are left out, put in and replaced on the way to the text. */
static size_t plant(uint64_t *seed, size_t at, size_t n, size_t m, size_t edits_of_64)
{
	for (size_t i = 0; i < m && at < n; i++) {
		size_t dice = random_below(seed, 64 * 3);
		if (dice < edits_of_64)
			continue;
		text[at++] = dice < 2 * edits_of_64 ? 5 : pattern[i];
		if (dice >= 2 * edits_of_64 && dice < 3 * edits_of_64 && at < n)
			text[at++] = 6;
	}
	return at;
}

static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 31;
	for (int round = 0; round < 60; round++) {
		size_t letters = 1 + random_below(&seed, 8);
		size_t m = 1 + random_below(&seed, round % 4 ? 200 : M_MAX);
		size_t n = random_below(&seed, round % 3 ? 700 : 3000);
		const size_t limits[] = {0, 1, m / 8, m / 4, m / 2};
		random_letters(&seed, pattern, m, letters);
		random_letters(&seed, text, n, round % 2 ? 8 : letters);
		for (size_t at = 0; at < n; at += 2 * m)
			at = plant(&seed, at + random_below(&seed, 2 * m), n, m, 12);
		check(m, n, limits, COUNT(limits));
	}
}

/* A text of little but the pattern's own period, with a few other letters in it. */
static void test_periodic(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 2, 63, 64, 65, 127, 128, 129, 150, 300, 512};
	uint64_t seed = 32;
	for (size_t period = 1; period <= 7; period += 1 + period / 3)
		for (size_t k = 0; k < COUNT(sizes); k++) {
			size_t m = sizes[k], n = 4 * m + 300 + k;
			const size_t limits[] = {0, 1, m / 5, m / 2};
			for (size_t i = 0; i < m; i++)
				pattern[i] = (annot_letter)(1 + i % period);
			for (size_t j = 0; j < n; j++)
				text[j] = (annot_letter)(1 + j % period);
			check(m, n, limits, COUNT(limits));
			for (size_t i = 0; i < n / 40; i++)
				text[random_below(&seed, n)] = 8;
			pattern[m / 2] = 7;
			check(m, n, limits, COUNT(limits));
		}
}

/* The only place in the text ends at each letter around a seam: of the segments and of strips. */
static void test_seams(void **state)
{
	(void)state;
	static const size_t sizes[] = {20, 64, 150};
	uint64_t seed = 33;
	for (size_t k = 0; k < COUNT(sizes); k++) {
		size_t m = sizes[k], n = 4 * 700 + m, limits[] = {m / 5};
		size_t lead = m + limits[0], segment = (n - lead + 3) / 4;
		random_letters(&seed, pattern, m, 4);
		for (size_t seam = 0; seam < 4; seam++)
			for (size_t around = 0; around < 140; around += 5) {
				size_t end = lead + seam * segment + around - 70;
				memset(text, 0, n * sizeof(*text));
				if (end >= m)
					plant(&seed, end - m, n, m, 6);
				check(m, n, limits, 1);
			}
	}
}

/* Words of the pattern that are not looked at at first come in when they are needed, and go: text
 * that is like the pattern's beginning alone, for shorter and longer. */
static void test_cut_off(void **state)
{
	(void)state;
	uint64_t seed = 34;
	for (int round = 0; round < 12; round++) {
		size_t m = 300 + random_below(&seed, M_MAX - 300), n = N_MAX - 100;
		const size_t limits[] = {10, m / 10, m / 4};
		random_letters(&seed, pattern, m, 8);
		random_letters(&seed, text, n, 8);
		for (size_t at = 0; at < n;) {
			at += random_below(&seed, 400);
			at = plant(&seed, at, n, random_below(&seed, m + 1), 2);
		}
		check(m, n, limits, COUNT(limits));
	}
}

/* The longest pattern there is, in a short text that has it, and one that has half of it. */
static void test_longest(void **state)
{
	(void)state;
	enum { M = ANNOT_PATTERN_MAX, N = 2 * M };
	struct annot_pattern p;
	uint64_t seed = 35;
	AUTO_FREE annot_letter *words = calloc(M, sizeof(*words));
	AUTO_FREE annot_letter *long_text = calloc(N + ANNOT_LETTERS_ROOM, sizeof(*long_text));
	AUTO_FREE uint16_t *ret = calloc(N, sizeof(*ret));
	assert_true(words && long_text && ret);
	random_letters(&seed, words, M, 8);
	assert_ok(annot_pattern_new(&alphabet, words, M, false, &p, &test_error));
	memcpy(long_text + M / 2, words, M / 2 * sizeof(*words));
	assert_false(annot_lanes_scan(&p, long_text, N, M / 4, ANNOT_LANES_BEST, ret));
	memcpy(long_text + M / 2, words, M * sizeof(*words));
	long_text[M] = 0;
	assert_true(annot_lanes_scan(&p, long_text, N, M / 4, ANNOT_LANES_BEST, ret));
	assert_int_equal(ret[M / 2 + M - 1], 1);
	assert_int_equal(ret[M / 2 + M], 2);
	annot_pattern_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),  cmocka_unit_test(test_periodic),
		cmocka_unit_test(test_seams),   cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_longest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
