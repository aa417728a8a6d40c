/* Fingerprints: the same wherever the same letters stand, and one in every 27. */
#include "index.h"

static struct annot_grams *grams;

static size_t read_all(const char *text, size_t len, size_t piece, bool all,
		       struct annot_gram_list *ret)
{
	ret->n = 0;
	annot_grams_begin(grams, all);
	for (size_t at = 0, end; at < len; at = end) {
		end = len - at < piece ? len : at + piece;
		while (!annot_utf8_boundary(text, len, end))
			end++;
		assert_ok(
			annot_grams_add(grams, annot_bytes(text + at, end - at), ret, &test_error));
	}
	assert_ok(annot_grams_end(grams, ret, &test_error));
	return ret->n;
}

static size_t chosen(const char *text, struct annot_gram_list *ret)
{
	return read_all(text, strlen(text), SIZE_MAX / 2, false, ret);
}

static bool has(const struct annot_gram_list *list, uint32_t hash)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].hash == hash)
			return true;
	return false;
}

/* The same letters in another dress have the same fingerprints. */
static void assert_same(const char *a, const char *b)
{
	struct annot_gram_list x = {0}, y = {0};
	read_all(a, strlen(a), SIZE_MAX / 2, true, &x);
	read_all(b, strlen(b), SIZE_MAX / 2, true, &y);
	assert_true(x.n > 0);
	assert_int_equal(x.n, y.n);
	for (size_t i = 0; i < x.n; i++)
		assert_int_equal(x.items[i].hash, y.items[i].hash);
	free(x.items);
	free(y.items);
}

static void test_what_counts(void **state)
{
	(void)state;
	assert_same("Nobody wants a wall.", "NOBODY «wants»\n a w-al\xC2\xADl");
	assert_same("déjà vu, naïve, Ångström", "de\xCC\x81ja\xCC\x80 vu naive angstrom");
	assert_same("the ﬁnal oﬃce ½", "The final office 1⁄2");
	assert_same("Straße und Mauer", "STRASSE UND MAUER");
	assert_same("encyclopædia œuvre", "encyclopaedia oeuvre");
	assert_same("Ｆｕｌｌ　ｗｉｄｔｈ　１２３", "full width 123");
	assert_same("한국어로 된 문장입니다", "한국어로된문장입니다");
}

static void test_offsets(void **state)
{
	(void)state;
	struct annot_gram_list list = {0};
	const char *text = "\xE2\x80\x9CÉtait-ce là une idée\xE2\x80\x9D";
	read_all(text, strlen(text), 1, true, &list);
	assert_int_equal(list.items[0].offset, 3); /* É, behind the quotation mark */
	assert_int_equal(list.items[1].offset, 5);
	assert_int_equal(list.n, 16 - ANNOT_GRAM_LETTERS + 1);
	/* Four ideographs make one, and begin where they begin. */
	const char *zh = "任何人都没有";
	assert_int_equal(read_all(zh, strlen(zh), 1, true, &list), 3);
	for (size_t i = 0; i < list.n; i++)
		assert_int_equal(list.items[i].offset, 3 * i);
	assert_int_equal(chosen("eleven lette", &list), 0);
	assert_int_equal(chosen("twelve letters", &list), 1);
	assert_int_equal(chosen("", &list), 0);
	free(list.items);
}

/* A stretch that two texts share has a chosen fingerprint in common if it is long enough, and
 * pieces do not matter. */
static void test_shared_stretches(void **state)
{
	(void)state;
	uint64_t seed = 7;
	struct annot_gram_list one = {0}, two = {0}, pieces = {0}, all = {0};
	for (int i = 0; i < 200; i++) {
		AUTO_BUF struct annot_buf a = ANNOT_BUF_INIT(1 << 20), b = ANNOT_BUF_INIT(1 << 20);
		random_prose(&seed, 3000, 500, &a);
		random_prose(&seed, random_below(&seed, 300), 500, &b);
		/* The least stretch that must do, from anywhere. */
		size_t from = random_below(&seed, 2000), letters = 0, to;
		while (!annot_utf8_boundary(a.data, a.len, from))
			from++;
		for (to = from; letters < ANNOT_GRAM_SURE; to++)
			letters += (uint8_t)a.data[to] >= 0x80
					   ? annot_utf8_boundary(a.data, a.len, to)
					   : a.data[to] != ' ' && a.data[to] != '.';
		while (!annot_utf8_boundary(a.data, a.len, to))
			to++;
		annot_buf_add(&b, a.data + from, to - from);
		random_prose(&seed, b.len + random_below(&seed, 300), 500, &b);
		read_all(a.data, a.len, SIZE_MAX / 2, false, &one);
		read_all(b.data, b.len, SIZE_MAX / 2, false, &two);
		read_all(a.data, a.len, 1 + random_below(&seed, 100), false, &pieces);
		assert_int_equal(one.n, pieces.n);
		assert_memory_equal(one.items, pieces.items, one.n * sizeof one.items[0]);
		read_all(a.data + from, to - from, SIZE_MAX / 2, true, &all);
		bool shared = false;
		for (size_t k = 0; k < all.n; k++)
			shared = shared ||
				 (has(&one, all.items[k].hash) && has(&two, all.items[k].hash));
		assert_true(shared);
	}
	free(one.items);
	free(two.items);
	free(pieces.items);
	free(all.items);
}

/* One in 8.5 of prose, not more of what repeats, at most one in SPARSE of anything. */
static void test_density(void **state)
{
	(void)state;
	uint64_t seed = 8;
	struct annot_gram_list list = {0};
	AUTO_BUF struct annot_buf prose = ANNOT_BUF_INIT(1 << 20);
	enum { LEN = 100000 };
	AUTO_FREE char *text = malloc(LEN + 1);
	assert_non_null(text);
	random_prose(&seed, LEN, 5000, &prose);
	size_t n = chosen(prose.data, &list);
	assert_in_range(annot_grams_letters(grams) * 10 / n, 80, 90);
	memset(text, 'a', LEN);
	text[LEN] = '\0';
	assert_in_range(chosen(text, &list), LEN / 17, LEN / 15);
	free(list.items);
}

static int setup(void **state)
{
	(void)state;
	return annot_grams_new(&grams, &test_error) == ANNOT_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	grams = annot_grams_free(grams);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_counts),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_shared_stretches),
		cmocka_unit_test(test_density),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
