/* The bit-parallel matcher against the textbook's table, on random and on adversarial inputs. */
#include "anchor/pattern.h"

#include "../text/random.h"
#include "assert.h"
#include "plain.h"

#include "base/auto.h"

enum { PATTERN_MAX = 200, TEXT_MAX = 400 };

static struct annot_alphabet alphabet = {.n = 8};

static void plain(const annot_letter *p, size_t m, const annot_letter *text, size_t n,
		  bool anywhere, size_t *table)
{
	size_t column[PATTERN_MAX + 1];
	plain_table(p, m, text, n, anywhere, column, table);
}

struct seen {
	size_t distances[TEXT_MAX + 1], limit;
};

static size_t see(void *data, size_t end, size_t distance)
{
	struct seen *s = data;
	s->distances[end] = distance;
	return s->limit;
}

static void check_scan(const struct annot_pattern *p, const annot_letter *pattern, size_t m,
		       const annot_letter *text, size_t n)
{
	size_t table[TEXT_MAX + 1];
	plain(pattern, m, text, n, true, table);
	for (size_t limit = 0; limit <= m; limit += 1 + m / 3) {
		struct seen s = {.limit = limit};
		memset(s.distances, 0xFF, sizeof(s.distances));
		annot_pattern_scan(p, text, n, limit, see, &s);
		for (size_t j = 1; j <= n; j++)
			assert_int_equal(s.distances[j], table[j] <= limit ? table[j] : SIZE_MAX);
	}
}

static void check_distances(const struct annot_pattern *p, const struct annot_pattern *back,
			    const annot_letter *pattern, size_t m, const annot_letter *text,
			    size_t n)
{
	uint16_t distances[TEXT_MAX + 1];
	size_t table[TEXT_MAX + 1];
	annot_letter reversed[PATTERN_MAX], reversed_text[TEXT_MAX];
	plain(pattern, m, text, n, false, table);
	annot_pattern_distances(p, text, n, distances);
	for (size_t j = 0; j <= n; j++)
		assert_int_equal(distances[j], table[j]);
	for (size_t i = 0; i < m; i++)
		reversed[i] = pattern[m - 1 - i];
	for (size_t j = 0; j < n; j++)
		reversed_text[j] = text[n - 1 - j];
	plain(reversed, m, reversed_text, n, false, table);
	annot_pattern_distances(back, text + n, n, distances);
	for (size_t j = 0; j <= n; j++)
		assert_int_equal(distances[j], table[j]);
}

/* The stretches of an alignment add up to its distance. */
static void check_align(const struct annot_pattern *p, const annot_letter *pattern, size_t m,
			const annot_letter *text, size_t n, uint64_t *seed)
{
	size_t table[TEXT_MAX + 1], distance, best = 0, sum = 0;
	size_t middle = random_below(seed, m + 1);
	const size_t places[] = {0, middle, m};
	size_t found[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
	plain(pattern, m, text, n, true, table);
	for (size_t j = 0; j <= n; j++)
		if (table[j] <= table[best])
			best = j;
	assert_ok(annot_pattern_align(p, text, n, places, COUNT(places), found, &distance,
				      &test_error));
	assert_int_equal(distance, table[best]);
	assert_int_equal(found[2], best);
	for (size_t i = 0; i < 2; i++) {
		size_t from = places[i], len = places[i + 1] - from;
		assert_true(found[i] <= found[i + 1]);
		plain(pattern + from, len, text + found[i], found[i + 1] - found[i], false, table);
		sum += table[found[i + 1] - found[i]];
	}
	assert_int_equal(sum, distance);
}

static void check_all(const annot_letter *pattern, size_t m, const annot_letter *text, size_t n,
		      uint64_t *seed)
{
	struct annot_pattern p, back;
	assert_ok(annot_pattern_new(&alphabet, pattern, m, false, &p, &test_error));
	assert_ok(annot_pattern_new(&alphabet, pattern, m, true, &back, &test_error));
	check_scan(&p, pattern, m, text, n);
	check_distances(&p, &back, pattern, m, text, n);
	check_align(&p, pattern, m, text, n, seed);
	annot_pattern_free(&p);
	annot_pattern_free(&back);
}

static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 21;
	annot_letter pattern[PATTERN_MAX], text[TEXT_MAX];
	for (int round = 0; round < 600; round++) {
		size_t letters = 1 + random_below(&seed, 6);
		size_t m = 1 + random_below(&seed, PATTERN_MAX), n = random_below(&seed, TEXT_MAX);
		for (size_t i = 0; i < m; i++)
			pattern[i] = (annot_letter)(1 + random_below(&seed, letters));
		/* Letters 7 to 9 are not in the pattern, 9 is not even in its alphabet. */
		for (size_t j = 0; j < n; j++)
			text[j] = (annot_letter)(1 + random_below(&seed, round % 2 ? 9 : letters));
		if (round % 3 == 0 && n > 2 * m)
			memcpy(text + n / 3, pattern, m * sizeof(*text));
		check_all(pattern, m, text, n, &seed);
	}
}

/* Repeats, at and around the ends of machine words. */
static void test_repeats(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 2, 63, 64, 65, 127, 128, 129, 192, 200};
	uint64_t seed = 22;
	annot_letter pattern[PATTERN_MAX], text[TEXT_MAX];
	for (size_t period = 1; period <= 3; period++)
		for (size_t k = 0; k < COUNT(sizes); k++) {
			size_t m = sizes[k], n = 130 + 2 * k;
			for (size_t i = 0; i < m; i++)
				pattern[i] = (annot_letter)(1 + i % period);
			for (size_t j = 0; j < n; j++)
				text[j] = (annot_letter)(1 + j % period);
			check_all(pattern, m, text, n, &seed);
			text[n / 2] = 5;
			pattern[m / 2] = 6;
			check_all(pattern, m, text, n, &seed);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_repeats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
