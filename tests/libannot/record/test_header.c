/* Faults in the header cards. */
#include "assert.h"
#include "examples.h"

static enum annot_status replaced(enum annot_kind kind, bool later, const char *from,
				  const char *to)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	const struct annot_record *r;
	example_replaced(kind, later, from, to, &text);
	return annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error);
}

static void header_values_are_checked(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} faults[] = {
		{"corpus 9", "corpus A", "\"corpus\""},
		{"corpus " HEX("9"), "corpus -", "only the first version of kind corpus"},
		{"kind span", "kind spam", "\"kind\""},
		{"kind span", "kind Span", "\"kind\""},
		{"annotation " HEX("8"), "annotation -", "\"parent\""},
		{"parent " HEX("4") "\nparent " HEX("5") "\n", "", "\"parent\""},
		{"parent " HEX("4"), "parent " HEX("5"), "\"parent\""},
		{"parent " HEX("4"), "parent " HEX("6"), "\"parent\""},
		{"parent " HEX("4"), "parent -", "\"parent\""},
		{"author 9", "author -", "\"author\""},
		{"2026-11-22T", "2026-11-31T", "\"time\""},
		{"2026-11-22T", "2026-02-29T", "\"time\""},
		{"2026-11-22T", "1969-12-31T", "\"time\""},
		{"2026-11-22T", "2026-13-22T", "\"time\""},
		{"2026-11-22T", "2026-11-22 ", "\"time\""},
		{"23:59:59Z", "24:00:00Z", "\"time\""},
		{"23:59:59Z", "23:59:60Z", "\"time\""},
		{"23:59:59Z", "23:59:59z", "\"time\""},
		{"23:59:59Z", "23:59:59.0Z", "\"time\""},
		{"seen 12 ", "seen 0 ", "\"seen\""},
		{"seen 12 ", "seen 012 ", "\"seen\""},
		{"seen 12 ", "seen 12  ", "\"seen\""},
		{"seen 12 ", "seen -12 ", "\"seen\""},
		{"seen 12 ", "seen 9223372036854775808 ", "\"seen\""},
		{"seen 12 " HEX("6") " " HEX("7"), "seen 12 - -", "\"seen\""},
		{"seen 12 " HEX("6") " " HEX("7"), "seen 12 " HEX("6"), "\"seen\""},
		{"seen 12 " HEX("6") " " HEX("7"), "seen 0 -", "\"seen\""},
		{"seen 12 " HEX("6") " " HEX("7"), "seen 0 - - ", "\"seen\""},
		{"nonce 00", "nonce 0", "\"nonce\""},
		{"nonce 00", "nonce 000", "\"nonce\""},
		{"0a0b0c", "0A0b0c", "\"nonce\""},
		{"annot-record/v1\n", "annot-record/v2\n", "cannot check"},
		{"annot-record/v1\n", "annot-record/v1 \n", "cannot check"},
		{"annot-record/v1\n", "annot-recor/v1\n", "annot-record/v1"},
		{"annot-record/v1\n", "", "annot-record/v1"},
		{"annot-record/v1\n", "\n", "annot-record/v1"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		enum annot_status status =
			replaced(ANNOT_KIND_span, true, faults[i].from, faults[i].to);
		if (status != ANNOT_INVALID)
			fail_msg("\"%s\" gave %s", faults[i].to, annot_status_name(status));
		assert_error_says(faults[i].says);
	}
	assert_status(replaced(ANNOT_KIND_corpus, false, "corpus -", "corpus " HEX("9")),
		      ANNOT_INVALID);
	assert_status(replaced(ANNOT_KIND_corpus, true, "corpus " HEX("9"), "corpus -"),
		      ANNOT_INVALID);
	assert_status(replaced(ANNOT_KIND_span, false, "author", "parent " HEX("4") "\nauthor"),
		      ANNOT_INVALID);
}

static void the_last_times_are_accepted(void **state)
{
	(void)state;
	assert_ok(replaced(ANNOT_KIND_span, true, "2026-11-22T", "9999-12-31T"));
	assert_ok(replaced(ANNOT_KIND_span, true, "2026-11-22T", "2024-02-29T"));
	assert_ok(replaced(ANNOT_KIND_span, true, "2026-11-22T23:59:59Z", "1970-01-01T00:00:00Z"));
	assert_ok(replaced(ANNOT_KIND_span, true, "seen 12 ", "seen 9223372036854775807 "));
}

static void eight_parents_are_the_most(void **state)
{
	AUTO_BUF struct annot_buf parents = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	static const char old[] = "parent " HEX("4") "\nparent " HEX("5") "\n";
	(void)state;
	for (int i = 0; i < ANNOT_PARENTS_MAX; i++)
		annot_buf_printf(&parents, "parent %d%.63s\n", i, HEX("4"));
	assert_ok(replaced(ANNOT_KIND_span, true, old, parents.data));
	annot_buf_puts(&parents, "parent " HEX("9") "\n");
	assert_status(replaced(ANNOT_KIND_span, true, old, parents.data), ANNOT_INVALID);
	assert_error_says("at most 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_values_are_checked),
		cmocka_unit_test(the_last_times_are_accepted),
		cmocka_unit_test(eight_parents_are_the_most),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
