#include "assert.h"

#include <string.h>

#include "base/auto.h"
#include "base/encode.h"

static void test_hex(void **state)
{
	(void)state;
	char text[9];
	uint8_t back[4] = {0};
	annot_hex("\x01\xAB\xCD\xEF", 4, text);
	assert_string_equal(text, "01abcdef");
	assert_true(annot_unhex(text, 8, back, 4));
	assert_memory_equal(back, "\x01\xAB\xCD\xEF", 4);
	assert_true(annot_unhex("", 0, back, 0));
	static const char *const wrong[] = {"01abcde",  "01abcdef0", "01abcdef00", "01ABCDEF",
					    "01abcdeg", "01abcde ",  "0x01abcd",   ""};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		memset(back, 7, sizeof(back));
		assert_false(annot_unhex(wrong[i], strlen(wrong[i]), back, 4));
		assert_memory_equal(back, "\7\7\7\7", 4);
	}
	assert_false(annot_unhex("01abcd\0", 8, back, 4));
}

/* Digits are read several at once: each byte in each place, at all lengths, must be told apart. */
static void test_hex_places(void **state)
{
	(void)state;
	enum { MOST = 12 };
	for (size_t len = 1; len <= MOST; len++) {
		uint8_t bytes[MOST], back[MOST];
		char text[2 * MOST + 1];
		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)(0x9a + 41 * i);
		annot_hex(bytes, len, text);
		for (size_t at = 0; at < 2 * len; at++) {
			const char kept = text[at];
			for (int c = 0; c < 256; c++) {
				const char *digit = c ? strchr("0123456789abcdef", c) : NULL;
				text[at] = (char)c;
				assert_int_equal(annot_unhex(text, 2 * len, back, len),
						 digit != NULL);
				unsigned shift = at % 2 ? 0 : 4;
				if (digit)
					assert_int_equal(back[at / 2] >> shift & 15,
							 (c <= '9' ? c - '0' : c - 'a' + 10));
			}
			text[at] = kept;
		}
		assert_true(annot_unhex(text, 2 * len, back, len));
		assert_memory_equal(back, bytes, len);
	}
}

static void test_hash_hex(void **state)
{
	(void)state;
	struct annot_hash h, back;
	for (size_t i = 0; i < sizeof(h.b); i++)
		h.b[i] = (uint8_t)(i * 9);
	struct annot_hex hex = annot_hash_hex(&h);
	assert_int_equal(strlen(hex.text), ANNOT_HASH_HEX);
	assert_true(annot_hash_unhex(hex.text, ANNOT_HASH_HEX, &back));
	assert_true(annot_hash_equal(&h, &back));
	assert_false(annot_hash_is_zero(&h));
	assert_false(annot_hash_unhex(hex.text, ANNOT_HASH_HEX - 2, &back));
	memset(&h, 0, sizeof(h));
	assert_true(annot_hash_is_zero(&h));
}

static void test_base64_vectors(void **state)
{
	(void)state;
	/* RFC 4648 section 10 */
	static const struct {
		const char *bytes, *text;
	} cases[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char back[8];
		size_t len = 99, n = strlen(cases[i].bytes);
		const char *text = cases[i].text;
		assert_true(annot_unbase64(text, strlen(text), back, sizeof(back), &len));
		assert_int_equal(len, n);
		assert_memory_equal(back, cases[i].bytes, n);
		assert_true(annot_unbase64_exact(text, strlen(text), back, n));
		assert_false(annot_unbase64_exact(text, strlen(text), back, n + 1));
		assert_true(annot_unbase64(text, strlen(text), back, n, &len));
		if (n > 0)
			assert_false(annot_unbase64(text, strlen(text), back, n - 1, &len));
	}
}

static void test_base64_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"Zg",     "Zg=",    "Zg===",  "Zh==",       "Zm9=",     "Zm8",   "Zm 9",
		"Zm9v\n", "\nZm9v", "Zm9vZg", "Zm9v====",   "Zg==Zg==", "=Zg=",  "====",
		"Z===",   "Zm-_",   "Zm9v!",  "Zm\xC3\xA9", "Zm9v=",    " Zm9v",
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char back[16];
		size_t len = 99;
		memset(back, 7, sizeof(back));
		if (annot_unbase64(wrong[i], strlen(wrong[i]), back, sizeof(back), &len))
			fail_msg("\"%s\" is taken", wrong[i]);
		assert_int_equal(len, 99);
		for (size_t k = 0; k < sizeof(back); k++)
			assert_int_equal(back[k], 7);
		assert_false(annot_unbase64_exact(wrong[i], strlen(wrong[i]), back, 3));
	}
	/* A NUL in the middle is not an end. */
	char back[8];
	size_t len;
	assert_false(annot_unbase64("Zm9v\0m9v", 8, back, sizeof(back), &len));
}

/* Every text of four characters that is accepted is what encoding gives: one spelling for each
 * value. */
static void test_base64_canonical(void **state)
{
	(void)state;
	static const char some[] = "ABgwQZ09+/=a";
	AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(8);
	size_t n = sizeof(some) - 1, accepted = 0;
	for (size_t i = 0; i < n * n * n * n; i++) {
		char text[4] = {some[i % n], some[i / n % n], some[i / n / n % n],
				some[i / n / n / n]};
		char bytes[3];
		size_t len;
		if (!annot_unbase64(text, 4, bytes, 3, &len))
			continue;
		accepted++;
		annot_buf_truncate(&again, 0);
		annot_buf_base64(&again, bytes, len);
		assert_int_equal(again.len, 4);
		assert_memory_equal(again.data, text, 4);
	}
	assert_true(accepted > 11 * 11 * 11 * 11);
}

static void test_parse_u64(void **state)
{
	(void)state;
	uint64_t n = 5;
	assert_true(annot_parse_u64("0", 1, &n));
	assert_int_equal(n, 0);
	assert_true(annot_parse_u64("1234567890x", 10, &n));
	assert_int_equal(n, 1234567890);
	assert_true(annot_parse_u64("9223372036854775807", 19, &n));
	assert_true(n == INT64_MAX);
	static const char *const wrong[] = {"",
					    "00",
					    "01",
					    "-1",
					    "+1",
					    " 1",
					    "1 ",
					    "0x1",
					    "1.0",
					    "a",
					    "9223372036854775808",
					    "18446744073709551616",
					    "99999999999999999999999"};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		n = 5;
		assert_false(annot_parse_u64(wrong[i], strlen(wrong[i]), &n));
		assert_int_equal(n, 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_hex_places),
		cmocka_unit_test(test_hash_hex),
		cmocka_unit_test(test_base64_vectors),
		cmocka_unit_test(test_base64_refused),
		cmocka_unit_test(test_base64_canonical),
		cmocka_unit_test(test_parse_u64),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
