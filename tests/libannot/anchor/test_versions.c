#include "anchor/versions.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

struct pair {
	struct annot_alphabet alphabet;
	struct annot_letters old, new;
	struct annot_versions versions;
};

static void compare(const char *old, const char *new, struct pair *ret)
{
	assert_ok(annot_alphabet_new(&ret->alphabet, &test_error));
	assert_ok(annot_letters_read(&ret->alphabet, old, strlen(old), &ret->old, &test_error));
	assert_ok(annot_letters_read(&ret->alphabet, new, strlen(new), &ret->new, &test_error));
	assert_ok(annot_versions_compare(&ret->alphabet, &ret->old, &ret->new, &ret->versions,
					 &test_error));
}

static void pair_free(struct pair *p)
{
	annot_versions_free(&p->versions);
	annot_letters_free(&p->old);
	annot_letters_free(&p->new);
	annot_alphabet_free(&p->alphabet);
}

/* Follows words (which stand once in the ASCII old text) to where they should be; "" for nowhere.
 */
static void assert_follows(const char *old, const char *words, const char *new, const char *there)
{
	struct pair p;
	size_t from = (size_t)(strstr(old, words) - old), to = 0;
	compare(old, new, &p);
	bool found = annot_versions_follow(&p.versions, from, from + strlen(words), &from, &to);
	if (found != (there[0] != '\0') ||
	    (found && (to - from != strlen(there) || memcmp(new + from, there, to - from) != 0)))
		fail_msg("\"%s\" led to \"%.*s\"", words, found ? (int)(to - from) : 0, new + from);
	pair_free(&p);
}

static void test_follow(void **state)
{
	(void)state;
	const char *old = "one two three four five six seven eight nine ten eleven twelve";
	assert_follows(old, "five six", old, "five six");
	assert_follows(old, "five six", "zero one two three four five six seven eight nine",
		       "five six");
	/* edited inside, and at its ends */
	assert_follows(old, "four five six seven",
		       "one two three four five and six seven eight nine ten",
		       "four five and six seven");
	assert_follows(old, "four five six seven",
		       "zero one two three fourth five six seventh eight nine ten eleven",
		       "fourth five six seventh");
	/* replaced: what stands between the same neighbours; left out: nothing */
	assert_follows(old, "six seven",
		       "one two three four five other words eight nine ten eleven twelve",
		       "other words");
	assert_follows(old, "six seven", "one two three four five eight nine ten eleven twelve",
		       "");
	/* moved */
	assert_follows(old, "one two three four",
		       "five six seven eight nine ten eleven twelve one two three four",
		       "one two three four");
	/* a part of a word */
	assert_follows(old, "ve six se", old, "ve six se");
	assert_follows(old, "five", "entirely different text of other words", "");
	assert_follows(old, "five", "", "");
}

static void test_origin(void **state)
{
	(void)state;
	const char *old = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu";
	const char *new = "delta epsilon zeta eta theta new words alpha beta gamma";
	size_t own, foreign, here, elsewhere;
	struct pair p;
	compare(old, new, &p);
	/* "delta epsilon zeta eta" in both */
	annot_versions_origin(&p.versions, 0, 22, 17, 39, &own, &foreign);
	assert_int_equal(own, 5 + 7 + 4 + 3);
	assert_int_equal(foreign, 0);
	annot_versions_origin(&p.versions, 0, 22, 0, 5, &own, &foreign);
	assert_int_equal(own, 0);
	assert_int_equal(foreign, 19);
	annot_versions_fate(&p.versions, 17, 39, 0, 22, &here, &elsewhere);
	assert_int_equal(here, 19);
	assert_int_equal(elsewhere, 0);
	annot_versions_fate(&p.versions, 17, 39, 30, 40, &here, &elsewhere);
	assert_int_equal(here, 0);
	assert_int_equal(elsewhere, 19);
	pair_free(&p);
}

/* Of any two texts: what corresponds is equal, and nothing corresponds to two. */
static void test_random(void **state)
{
	(void)state;
	static const uint32_t list[] = {'a', 'b', 'c', ' ', ' ', '.', 0x4E2D, 0x6587};
	uint64_t seed = 31;
	size_t paired = 0;
	for (int round = 0; round < 400; round++) {
		char old[4 * 400 + 1], new[4 * 400 + 1];
		old[random_text(&seed, list, COUNT(list), 400, old)] = '\0';
		if (round % 2)
			new[random_text(&seed, list, COUNT(list), 400, new)] = '\0';
		else
			strcpy(new, old);
		struct pair p;
		compare(old, new, &p);
		const struct annot_words *o = &p.versions.old, *n = &p.versions.new;
		for (size_t i = 0; i < o->n; i++) {
			int32_t j = o->words[i].other;
			assert_true(j < (int32_t)n->n);
			if (j < 0)
				continue;
			paired++;
			assert_int_equal(n->words[j].other, i);
			assert_int_equal(n->words[j].hash, o->words[i].hash);
		}
		for (size_t j = 0; j < n->n; j++)
			assert_true(n->words[j].other < 0 ||
				    o->words[n->words[j].other].other == (int32_t)j);
		size_t from = random_below(&seed, p.old.n + 1), to = p.old.n, x, y;
		if (from < to && annot_versions_follow(&p.versions, from, to, &x, &y))
			assert_true(x < y && y <= p.new.n);
		pair_free(&p);
	}
	assert_true(paired > 10000);
}

/* Nothing but repeats, where no run stands once, and a gap beyond the budget. */
static void test_repeats(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf old = ANNOT_BUF_INIT(1 << 22), new = ANNOT_BUF_INIT(1 << 22);
	for (int i = 0; i < 50000; i++) {
		annot_buf_puts(&old, "a b ");
		annot_buf_puts(&new, "b c ");
	}
	struct pair p;
	compare(old.data, new.data, &p);
	size_t from, to;
	if (annot_versions_follow(&p.versions, 1000, 1100, &from, &to))
		assert_true(from < to && to <= p.new.n);
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_repeats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
