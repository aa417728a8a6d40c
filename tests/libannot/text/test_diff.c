#include "assert.h"

#include "base/auto.h"
#include "base/buf.h"
#include "random.h"
#include "text/diff.h"

enum { ARENA = 64 << 20 };

/* Parts as text: =same -deleted +inserted, each ended by |. */
static void assert_diff(const char *a, const char *b, const char *expected)
{
	struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
	const struct annot_diff_part *parts;
	size_t n;
	assert_ok(annot_diff_words(arena, annot_bytes_of(a), annot_bytes_of(b), &parts, &n,
				   &test_error));
	annot_buf_puts(&shown, "");
	for (size_t i = 0; i < n; i++) {
		annot_buf_putc(&shown, "=-+"[parts[i].op]);
		annot_buf_add(&shown, parts[i].text, parts[i].len);
		annot_buf_putc(&shown, '|');
	}
	if (strcmp(shown.data, expected) != 0)
		fail_msg("got \"%s\", not \"%s\"", shown.data, expected);
	annot_arena_free(arena);
}

static void test_known(void **state)
{
	(void)state;
	assert_diff("", "", "");
	assert_diff("same text", "same text", "=same text|");
	assert_diff("", "new words", "+new words|");
	assert_diff("old words", "", "-old words|");
	assert_diff("the big dog", "the small dog", "=the |-big|+small|= dog|");
	assert_diff("taxes will rise", "taxes will not rise", "=taxes will |+not |=rise|");
	assert_diff("one, two", "one; two", "=one|-,|+;|= two|");
	assert_diff("abc", "xyz", "-abc|+xyz|");
	assert_diff("a  b", "a b", "=a|-  |+ |=b|");
	/* words are compared whole */
	assert_diff("minister", "ministers", "-minister|+ministers|");
	assert_diff("x_1 y", "x_2 y", "-x_1|+x_2|= y|");
}

static void test_characters(void **state)
{
	(void)state;
	/* Accents stay with their letters, members with their family, LF with its CR. */
	assert_diff("cafe\xCC\x81", "cafe", "-cafe\xCC\x81|+cafe|");
	assert_diff("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "\xF0\x9F\x91\xA9",
		    "-\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7|+\xF0\x9F\x91\xA9|");
	assert_diff("a\r\nb", "a\nb", "=a|-\r\n|+\n|=b|");
	assert_diff("a\xC2\xA0"
		    "b",
		    "a b", "=a|-\xC2\xA0|+ |=b|");
	/* Writing without spaces is compared by character. */
	assert_diff("\xE6\x88\x91\xE5\x8E\xBB\xE5\x8C\x97\xE4\xBA\xAC",
		    "\xE6\x88\x91\xE5\x9C\xA8\xE5\x8C\x97\xE4\xBA\xAC",
		    "=\xE6\x88\x91|-\xE5\x8E\xBB|+\xE5\x9C\xA8|=\xE5\x8C\x97\xE4\xBA\xAC|");
	assert_diff("\xD0\xB4\xD0\xB0 \xD0\xBD\xD0\xB5\xD1\x82", "\xD0\xB4\xD0\xB0",
		    "=\xD0\xB4\xD0\xB0|- \xD0\xBD\xD0\xB5\xD1\x82|");
}

/* What holds for any two texts; returns the bytes that are the same. */
static size_t assert_sound(struct annot_bytes a, struct annot_bytes b,
			   const struct annot_diff_part *parts, size_t n)
{
	size_t in_a = 0, in_b = 0, same = 0;
	for (size_t i = 0; i < n; i++) {
		const struct annot_diff_part *p = &parts[i];
		assert_true(p->len > 0);
		if (i > 0) {
			assert_int_not_equal(p->op, parts[i - 1].op);
			assert_false(p->op == ANNOT_DIFF_DELETE &&
				     parts[i - 1].op == ANNOT_DIFF_INSERT);
		}
		if (p->op != ANNOT_DIFF_INSERT) {
			assert_ptr_equal(p->text, a.data + in_a);
			in_a += p->len;
		} else {
			assert_ptr_equal(p->text, b.data + in_b);
		}
		if (p->op != ANNOT_DIFF_DELETE) {
			assert_true(in_b + p->len <= b.len);
			assert_memory_equal(p->text, b.data + in_b, p->len);
			in_b += p->len;
		}
		same += p->op == ANNOT_DIFF_SAME ? p->len : 0;
	}
	assert_int_equal(in_a, a.len);
	assert_int_equal(in_b, b.len);
	return same;
}

/* Longest common subsequence of bytes, by the table. */
static size_t lcs(const char *a, size_t n, const char *b, size_t m)
{
	size_t table[64][64] = {{0}};
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			size_t left = table[i][j - 1], up = table[i - 1][j];
			table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1
				      : left > up          ? left
							   : up;
		}
	return table[n][m];
}

/* Texts of marks, each a part of its own: what is kept is as much as can be. */
static void test_minimal(void **state)
{
	(void)state;
	static const uint32_t marks[] = {'!', ',', ';', '?', '('};
	uint64_t seed = 7;
	struct annot_arena *arena = annot_arena_new(ARENA);
	for (int round = 0; round < 50000; round++) {
		char a[4 * 63], b[4 * 63];
		size_t kinds = 1 + random_below(&seed, COUNT(marks));
		size_t longest = 1 + random_below(&seed, 60);
		size_t n = random_text(&seed, marks, kinds, longest, a);
		size_t m = random_text(&seed, marks, kinds, 1 + random_below(&seed, 60), b);
		const struct annot_diff_part *parts;
		size_t n_parts;
		assert_ok(annot_diff_words(arena, annot_bytes(a, n), annot_bytes(b, m), &parts,
					   &n_parts, &test_error));
		size_t same = assert_sound(annot_bytes(a, n), annot_bytes(b, m), parts, n_parts);
		assert_int_equal(same, lcs(a, n, b, m));
		annot_arena_reset(arena);
	}
	annot_arena_free(arena);
}

static void test_random(void **state)
{
	(void)state;
	static const uint32_t letters[] = {'a',    'b',   ' ',  '\r',   '\n',    ',',
					   '_',    0x301, 0xE9, 0x200D, 0x1F469, 0x1F467,
					   0x4E2D, 0xE33, 0xAD, 0};
	uint64_t seed = 8;
	struct annot_arena *arena = annot_arena_new(ARENA);
	for (int round = 0; round < 20000; round++) {
		char a[4 * 30], b[4 * 30];
		size_t n = random_text(&seed, letters, COUNT(letters), 30, a);
		size_t m = random_text(&seed, letters, COUNT(letters), 30, b);
		const struct annot_diff_part *parts;
		size_t n_parts;
		assert_ok(annot_diff_words(arena, annot_bytes(a, n), annot_bytes(b, m), &parts,
					   &n_parts, &test_error));
		assert_sound(annot_bytes(a, n), annot_bytes(b, m), parts, n_parts);
		annot_arena_reset(arena);
	}
	annot_arena_free(arena);
}

static void add_words(struct annot_buf *b, uint64_t *seed, size_t n, size_t vocabulary)
{
	for (size_t i = 0; i < n; i++)
		annot_buf_printf(b, "w%zu ", random_below(seed, vocabulary));
}

/* Large texts: a few changes are found in full; texts that share little end in bounded effort. */
static void test_large(void **state)
{
	(void)state;
	uint64_t seed = 9;
	struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf a = ANNOT_BUF_INIT(ARENA), b = ANNOT_BUF_INIT(ARENA);
	const struct annot_diff_part *parts;
	size_t n;
	add_words(&a, &seed, 50000, 1000);
	annot_buf_puts(&b, "first ");
	annot_buf_add(&b, a.data, a.len);
	annot_buf_puts(&b, "last");
	assert_ok(annot_diff_words(arena, annot_buf_bytes(&a), annot_buf_bytes(&b), &parts, &n,
				   &test_error));
	assert_int_equal(n, 3);
	assert_sound(annot_buf_bytes(&a), annot_buf_bytes(&b), parts, n);

	annot_buf_truncate(&b, 0);
	add_words(&b, &seed, 50000, 100000000);
	assert_ok(annot_diff_words(arena, annot_buf_bytes(&a), annot_buf_bytes(&b), &parts, &n,
				   &test_error));
	assert_sound(annot_buf_bytes(&a), annot_buf_bytes(&b), parts, n);
	annot_arena_free(arena);
}

static void test_no_memory(void **state)
{
	(void)state;
	struct annot_arena *arena = annot_arena_new(8);
	const struct annot_diff_part *parts = NULL;
	size_t n = 7;
	assert_status(annot_diff_words(arena, annot_bytes_of("a b"), annot_bytes_of("a c"), &parts,
				       &n, &test_error),
		      ANNOT_NO_MEMORY);
	assert_null(parts);
	assert_int_equal(n, 7);
	annot_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),   cmocka_unit_test(test_characters),
		cmocka_unit_test(test_minimal), cmocka_unit_test(test_random),
		cmocka_unit_test(test_large),   cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
