/* Places against counting from the start, on texts whose marks fall anywhere in a code point. */
#include "assert.h"
#include "random.h"

#include "base/auto.h"
#include "base/buf.h"
#include "text/places.h"
#include "text/utf8.h"

enum { TEXT_MAX = 1 << 16 };

static struct annot_place_at counted(const struct annot_buf *text, size_t byte)
{
	struct annot_place_at at = {.line = 1, .column = 1};
	for (size_t i = 0; i < byte;) {
		uint32_t cp = annot_utf8_next(text->data, text->len, &i);
		at.chars++;
		at.column = cp == '\n' ? 1 : at.column + 1;
		at.line += cp == '\n';
	}
	return at;
}

static void check_all(const struct annot_buf *text)
{
	struct annot_places *p;
	assert_ok(annot_places_new(annot_buf_bytes(text), &p, &test_error));
	for (size_t byte = 0; byte <= text->len; byte += byte % 61 + 1) {
		while (!annot_utf8_boundary(text->data, text->len, byte))
			byte++;
		struct annot_place_at at = annot_places_at(p, byte), want = counted(text, byte);
		assert_int_equal(at.chars, want.chars);
		assert_int_equal(at.line, want.line);
		assert_int_equal(at.column, want.column);
		assert_int_equal(annot_places_chars(p, byte), want.chars);
	}
	annot_places_free(p);
}

static void test_empty(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
	annot_buf_puts(&text, "");
	check_all(&text);
	assert_null(annot_places_free(NULL));
}

static void test_random(void **state)
{
	static const uint32_t letters[] = {'a', 0xE4, 0x20AC, 0x1F469, '\n', 0x301, '\r', 0xFEFF};
	uint64_t seed = 7;
	(void)state;
	for (int lines = 1; lines <= 4; lines++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
		while (text.len < 12000) {
			char bytes[4];
			uint32_t cp = letters[random_next(&seed) % COUNT(letters)];
			if (cp == '\n' && random_next(&seed) % 40 >= (uint64_t)lines)
				cp = 'b'; /* long lines and short ones */
			annot_buf_add(&text, bytes, annot_utf8_put(cp, bytes));
		}
		check_all(&text);
	}
}

/* A text of whole steps, of which the last mark stands at its end. */
static void test_whole_steps(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
	while (text.len < 8192)
		annot_buf_puts(&text, "sixteen letters\n");
	check_all(&text);
	text.data[8191] = 'x';
	check_all(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_whole_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
