/* Building records. */
#include "assert.h"
#include "base/encode.h"
#include "examples.h"

static const struct annot_hash CORPUS = {.b = {1}}, DOCUMENT = {.b = {2}};

struct built {
	struct annot_arena *arena;
	struct annot_buf text;
	const struct annot_record *record;
};

static enum annot_status build(const struct annot_draft *d, struct built *ret)
{
	struct annot_draft_header header = {.corpus = &CORPUS, .time_s = 1795305600};
	ret->arena = annot_arena_new(1 << 22);
	ret->text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	return annot_draft_build(d, &header, ret->arena, &ret->text, &ret->record, &test_error);
}

static void drop(struct built *b)
{
	annot_arena_free(b->arena);
	annot_buf_free(&b->text);
}

static void add(struct annot_draft *d, const char *card, const char *value)
{
	assert_ok(annot_draft_add(d, card, value, &test_error));
}

/* The lines behind the header. */
static void assert_body(const struct built *b, const char *body)
{
	const char *nonce = strstr(b->text.data, "\nnonce ");
	assert_non_null(nonce);
	assert_string_equal(strchr(nonce + 1, '\n') + 1, body);
}

static void cards_are_put_in_order(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_claim);
	struct built b;
	(void)state;
	add(d, "tag", "two");
	add(d, "claimant", "B");
	add(d, "tag", "one");
	add(d, "language", "en");
	add(d, "claimant", "A");
	add(d, "text", " a\nb\u202e");
	assert_ok(build(d, &b));
	assert_body(&b, "text \\u{20}a\\nb\\u{202e}\nclaimant B\nclaimant A\nlanguage en\n"
			"tag two\ntag one\n");
	assert_string_equal(b.record->time, "2026-11-22T00:00:00Z");
	drop(&b);
	annot_draft_free(d);
}

static void targets_keep_their_words(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_span);
	static const char text[] = "\u201cOne\u201d two\nthree";
	struct annot_bytes bytes = annot_bytes_of(text);
	struct built b;
	(void)state;
	add(d, "tag", "x");
	assert_ok(annot_draft_add_target(d, &DOCUMENT, bytes, 10, 13, &test_error));
	assert_ok(annot_draft_add_target(d, &DOCUMENT, bytes, 0, bytes.len, &test_error));
	/* by hand, words in another order */
	add(d, "target", HEX("f") " 0 1");
	add(d, "suffix", "s");
	add(d, "exact", "e");
	add(d, "prefix", "");
	assert_ok(build(d, &b));
#define DOC_HEX "0200000000000000000000000000000000000000000000000000000000000000"
	assert_body(&b,
		    "target " DOC_HEX " 10 13\nexact two\nprefix \u201cOne\u201d\\u{20}\n"
		    "suffix \\nthree\n"
		    "target " DOC_HEX " 0 19\nexact \u201cOne\u201d two\\nthree\nprefix \nsuffix \n"
		    "target " HEX("f") " 0 1\nexact e\nprefix \nsuffix s\ntag x\n");
	drop(&b);
	annot_draft_free(d);
}

static void contexts_have_32_code_points(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_span);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	struct annot_target t;
	struct built b;
	(void)state;
	for (int i = 0; i < 101; i++)
		annot_buf_puts(&text, i == 50 ? "X" : i % 2 ? "\U0001f600" : "\u00e9");
	uint64_t at = (uint64_t)(strchr(text.data, 'X') - text.data);
	assert_ok(annot_draft_add_target(d, &DOCUMENT, annot_buf_bytes(&text), at, at + 1,
					 &test_error));
	assert_ok(build(d, &b));
	assert_true(annot_record_target(b.record, 0, &t));
	assert_int_equal(t.prefix->len, 16 * 6);
	assert_int_equal(t.suffix->len, 16 * 6);
	assert_ok(annot_target_check(&t, annot_buf_bytes(&text), &test_error));
	drop(&b);
	annot_draft_free(d);
}

static void targets_out_of_bounds_are_refused(void **state)
{
	static const uint64_t bad[][2] = {{0, 0},          {3, 2},          {0, 6}, {5, 6},
					  {UINT64_MAX, 1}, {0, UINT64_MAX}, {2, 3}, {1, 2}};
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_span);
	struct built b;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_status(annot_draft_add_target(d, &DOCUMENT, annot_bytes_of("a\u00e9bc"),
						     bad[i][0], bad[i][1], &test_error),
			      ANNOT_INVALID);
	/* none of them left a card behind */
	assert_int_equal(annot_draft_unset(d, "exact"), 0);
	assert_status(build(d, &b), ANNOT_INVALID);
	assert_error_says("\"target\"");
	drop(&b);
	annot_draft_free(d);
	d = annot_draft_new(ANNOT_KIND_seal);
	assert_status(
		annot_draft_add_target(d, &DOCUMENT, annot_bytes_of("abc"), 0, 1, &test_error),
		ANNOT_INVALID);
	annot_draft_free(d);
}

static void cards_are_taken_out(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_claim);
	struct annot_bytes text = annot_bytes_of("abc");
	struct built b;
	(void)state;
	add(d, "text", "x");
	add(d, "tag", "a");
	add(d, "tag", "b");
	add(d, "tag", "a");
	assert_ok(annot_draft_add_target(d, &DOCUMENT, text, 0, 1, &test_error));
	assert_ok(annot_draft_add_target(d, &DOCUMENT, text, 1, 2, &test_error));
	assert_ok(annot_draft_add_target(d, &DOCUMENT, text, 2, 3, &test_error));
	assert_true(annot_draft_remove(d, "tag", "a"));
	assert_false(annot_draft_remove(d, "tag", "c"));
	assert_true(annot_draft_remove(d, "target", DOC_HEX " 1 2"));
	assert_ok(build(d, &b));
	assert_body(&b, "text x\ntarget " DOC_HEX " 0 1\nexact a\nprefix \nsuffix bc\n"
			"target " DOC_HEX " 2 3\nexact c\nprefix ab\nsuffix \ntag b\ntag a\n");
	drop(&b);
	assert_true(annot_draft_remove(d, "tag", annot_draft_value(d, "tag", 0)));
	assert_string_equal(annot_draft_value(d, "tag", 0), "a");
	assert_int_equal(annot_draft_unset(d, "tag"), 1);
	assert_int_equal(annot_draft_unset(d, "tag"), 0);
	assert_int_equal(annot_draft_unset(d, "target"), 2);
	assert_int_equal(annot_draft_unset(d, "nothing"), 0);
	assert_ok(build(d, &b));
	assert_body(&b, "text x\n");
	drop(&b);
	annot_draft_free(d);
}

static void bad_cards_are_refused(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_quote);
	struct built b;
	(void)state;
	assert_status(annot_draft_add(d, "rating", "x", &test_error), ANNOT_INVALID);
	assert_error_says("kind quote has no card \"rating\"");
	assert_status(annot_draft_add(d, "exact", "x", &test_error), ANNOT_INVALID);
	assert_error_says("\"target\"");
	assert_status(annot_draft_add(d, "speaker", "a\xff", &test_error), ANNOT_INVALID);
	assert_error_says("byte 1");
	assert_ok(annot_draft_add_target(d, &DOCUMENT, annot_bytes_of("abc"), 0, 1, &test_error));
	assert_status(build(d, &b), ANNOT_INVALID);
	assert_error_says("\"form\"");
	assert_int_equal(b.text.len, 0);
	drop(&b);
	/* a value cannot break out of its line */
	add(d, "form", "direct\ntag smuggled");
	assert_status(build(d, &b), ANNOT_INVALID);
	assert_error_says("line feed");
	drop(&b);
	annot_draft_free(d);
}

static void a_draft_has_its_limits(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_quote);
	AUTO_BUF struct annot_buf big = ANNOT_BUF_INIT(1 << 20);
	struct built b;
	(void)state;
	for (int i = 0; i < ANNOT_CARDS_MAX; i++)
		add(d, "tag", "x");
	assert_status(annot_draft_add(d, "tag", "x", &test_error), ANNOT_TOO_LARGE);
	annot_draft_unset(d, "tag");
	for (int i = 0; i <= ANNOT_RECORD_MAX; i++)
		annot_buf_putc(&big, 'x');
	assert_status(annot_draft_add(d, "tag", big.data, &test_error), ANNOT_TOO_LARGE);
	annot_buf_truncate(&big, 40000);
	add(d, "tag", big.data);
	add(d, "speaker", big.data);
	assert_status(build(d, &b), ANNOT_TOO_LARGE);
	drop(&b);
	annot_draft_free(d);
}

static void amending_replaces_a_version(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_comment);
	struct built first, second, third;
	(void)state;
	assert_ok(annot_draft_add_hash(d, "on", &DOCUMENT, &test_error));
	add(d, "text", "one");
	assert_ok(build(d, &first));
	annot_draft_free(d);

	d = annot_draft_amend(first.record);
	annot_draft_unset(d, "text");
	add(d, "text", "two");
	assert_ok(build(d, &second));
	assert_memory_equal(second.record->annotation.b, first.record->id.b, ANNOT_HASH_SIZE);
	assert_memory_equal(second.record->parents[0].b, first.record->id.b, ANNOT_HASH_SIZE);
	assert_body(&second, "on " DOC_HEX "\ntext two\n");
	annot_draft_free(d);

	/* a merge: parents are sorted and distinct whatever the order */
	d = annot_draft_amend(second.record);
	assert_ok(annot_draft_parent(d, &first.record->id, &test_error));
	assert_ok(annot_draft_parent(d, &second.record->id, &test_error));
	assert_ok(annot_draft_parent(d, &first.record->id, &test_error));
	assert_ok(build(d, &third));
	assert_int_equal(third.record->n_parents, 2);
	assert_memory_equal(third.record->annotation.b, first.record->id.b, ANNOT_HASH_SIZE);
	for (unsigned char i = 0; i < ANNOT_PARENTS_MAX - 2; i++)
		assert_ok(annot_draft_parent(d, &(struct annot_hash){.b = {i, 1}}, &test_error));
	assert_status(annot_draft_parent(d, &(struct annot_hash){.b = {99}}, &test_error),
		      ANNOT_REFUSED);
	annot_draft_free(d);
	drop(&first);
	drop(&second);
	drop(&third);
}

static void a_failed_build_leaves_the_buffer(void **state)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_seal);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 16);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_draft_header header = {.corpus = &CORPUS, .time_s = -1};
	(void)state;
	annot_buf_puts(&text, "before");
	assert_ok(annot_draft_add_hash(d, "on", &DOCUMENT, &test_error));
	assert_ok(annot_draft_add_hash(d, "commitment", &DOCUMENT, &test_error));
	assert_status(annot_draft_build(d, &header, arena, &text, NULL, &test_error),
		      ANNOT_INVALID);
	assert_string_equal(text.data, "before");
	header.time_s = 0;
	assert_ok(annot_draft_build(d, &header, arena, &text, NULL, &test_error));
	assert_memory_equal(text.data, "beforeannot-record/v1\n", 22);
	annot_draft_free(d);
	assert_null(annot_draft_free(NULL));
}

static void a_card_is_checked_before_it_is_added(void **state)
{
	static const char *const bad[][3] = {
		{"nonsense", "x", "has no card"},   {"said", "someday", "expected a date"},
		{"form", "odd", "direct|indirect"}, {"role", "", "the value is empty"},
		{"role", "\xff", "not UTF-8"},      {"language", "klingonian", "a language tag"},
	};
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_quote);
	char tag[130];
	(void)state;
	assert_int_equal(annot_draft_kind(d), ANNOT_KIND_quote);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_status(annot_draft_check(d, bad[i][0], bad[i][1], &test_error),
			      ANNOT_INVALID);
		assert_error_says(bad[i][2]);
	}
	memset(tag, 'x', sizeof tag);
	tag[129] = '\0';
	assert_status(annot_draft_check(d, "tag", tag, &test_error), ANNOT_INVALID);
	tag[128] = '\0';
	assert_ok(annot_draft_check(d, "tag", tag, &test_error));
	assert_null(annot_draft_value(d, "tag", 0)); /* it was not added */
	add(d, "said", "2026-11");
	assert_status(annot_draft_check(d, "said", "2026-11", &test_error), ANNOT_INVALID);
	assert_error_says("at most 1");
	annot_draft_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cards_are_put_in_order),
		cmocka_unit_test(targets_keep_their_words),
		cmocka_unit_test(contexts_have_32_code_points),
		cmocka_unit_test(targets_out_of_bounds_are_refused),
		cmocka_unit_test(cards_are_taken_out),
		cmocka_unit_test(bad_cards_are_refused),
		cmocka_unit_test(a_draft_has_its_limits),
		cmocka_unit_test(amending_replaces_a_version),
		cmocka_unit_test(a_failed_build_leaves_the_buffer),
		cmocka_unit_test(a_card_is_checked_before_it_is_added),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
