/* The commitment of a seal. */
#include "assert.h"
#include "base/hash.h"
#include "examples.h"
#include "record/seal.h"

static const struct annot_record *parse(struct annot_arena *arena, enum annot_kind kind,
					const char *body)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *r = NULL;
	example_with(kind, false, body, &text);
	assert_ok(annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error));
	return r;
}

static void commitment_is_over_the_cards(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	static const char sealed[] =
		"annot-seal/v1\nauthor " AUTHOR_HEX
		"\non " HEX("a") "\nscale truth\nrating false\n"
				 "rationale Because \u201cthis\u201d.\nevidence " HEX(
					 "b") "\nevidence " HEX("0") "\nsalt " HEX("f") "\n";
	static const char bare[] = "annot-seal/v1\nauthor " AUTHOR_HEX
				   "\non " HEX("a") "\nscale s\nrating r\nsalt " HEX("1") "\n";
	struct annot_hash expected = annot_sha256(sealed, strlen(sealed)), got;
	(void)state;
	const struct annot_record *r =
		parse(arena, ANNOT_KIND_verdict, example_bodies[ANNOT_KIND_verdict]);
	assert_ok(annot_seal_commitment(r, &got, &test_error));
	assert_memory_equal(got.b, expected.b, sizeof(got.b));

	r = parse(arena, ANNOT_KIND_verdict,
		  "on " HEX("a") "\nscale s\nrating r\nopens " HEX("e") "\nsalt " HEX("1") "\n");
	assert_ok(annot_seal_commitment(r, &got, &test_error));
	expected = annot_sha256(bare, strlen(bare));
	assert_memory_equal(got.b, expected.b, sizeof(got.b));
}

static void escapes_stay_as_signed(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	static const char sealed[] =
		"annot-seal/v1\nauthor " AUTHOR_HEX
		"\non " HEX("a") "\nscale s\nrating r\nrationale \\u{20}a\\nb\nsalt " HEX("1") "\n";
	struct annot_hash expected = annot_sha256(sealed, strlen(sealed)), got;
	(void)state;
	const struct annot_record *r =
		parse(arena, ANNOT_KIND_verdict,
		      "on " HEX("a") "\nscale s\nrating r\nrationale \\u{20}a\\nb\nopens " HEX(
			      "e") "\nsalt " HEX("1") "\n");
	assert_ok(annot_seal_commitment(r, &got, &test_error));
	assert_memory_equal(got.b, expected.b, sizeof(got.b));
}

static void only_verdicts_with_salt_open_seals(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_hash got;
	(void)state;
	const struct annot_record *r =
		parse(arena, ANNOT_KIND_retract, example_bodies[ANNOT_KIND_retract]);
	assert_status(annot_seal_commitment(r, &got, &test_error), ANNOT_INVALID);
	assert_error_says("kind retract");
	r = parse(arena, ANNOT_KIND_verdict, "on " HEX("a") "\nscale s\nrating r\n");
	assert_status(annot_seal_commitment(r, &got, &test_error), ANNOT_INVALID);
	assert_error_says("\"salt\"");
}

/* What is written can be read, and gives the same commitment again. */
static void reads_what_it_writes(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	AUTO_BUF struct annot_buf sealed = ANNOT_BUF_INIT(ANNOT_SEAL_MAX);
	AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_draft *draft = NULL;
	struct annot_draft_header header = {0};
	struct annot_hash expected, got;
	(void)state;
	const struct annot_record *r = parse(
		arena, ANNOT_KIND_verdict,
		"on " HEX("a") "\nscale s\nrating r\nrationale \\u{20}a\\nb\nevidence " HEX(
			"b") "\nevidence " HEX("0") "\nopens " HEX("e") "\nsalt " HEX("1") "\n");
	assert_ok(annot_seal_commitment(r, &expected, &test_error));
	assert_ok(annot_seal_write(r, &sealed, &test_error));
	assert_ok(annot_seal_read(annot_buf_bytes(&sealed), &draft, &header.author, &test_error));
	assert_memory_equal(header.author.b, r->author.b, ANNOT_HASH_SIZE);
	assert_null(annot_draft_value(draft, "opens", 0));
	assert_string_equal(annot_draft_value(draft, "rationale", 0), " a\nb");
	assert_string_equal(annot_draft_value(draft, "evidence", 1), HEX("0"));
	assert_null(annot_draft_value(draft, "evidence", 2));
	header.corpus = &r->corpus;
	assert_ok(annot_draft_add_hash(draft, "opens", &r->id, &test_error));
	assert_ok(annot_draft_build(draft, &header, arena, &again, &r, &test_error));
	annot_draft_free(draft);
	assert_ok(annot_seal_commitment(r, &got, &test_error));
	assert_memory_equal(got.b, expected.b, sizeof(got.b));
}

static void refuses_what_is_no_seal(void **state)
{
	static const char *const bad[] = {
		"",
		"annot-seal/v1",
		"annot-seal/v2\nauthor " AUTHOR_HEX "\n",
		"annot-seal/v1\n",
		"annot-seal/v1\non " HEX("a") "\n",
		"annot-seal/v1\nauthor abc\n",
		"annot-seal/v1\nauthor " AUTHOR_HEX,
		"annot-seal/v1\nauthor " AUTHOR_HEX "\nrating",
		"annot-seal/v1\nauthor " AUTHOR_HEX "\nrating r",
		"annot-seal/v1\nauthor " AUTHOR_HEX "\n\n",
		"annot-seal/v1\nauthor " AUTHOR_HEX "\ncolour red\n",
		"annot-seal/v1\nauthor " AUTHOR_HEX "\nrationale a\\x\n",
	};
	struct annot_draft *draft = NULL;
	struct annot_hash author;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_status(annot_seal_read(annot_bytes_of(bad[i]), &draft, &author, &test_error),
			      ANNOT_INVALID);
		assert_null(draft);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commitment_is_over_the_cards),
		cmocka_unit_test(escapes_stay_as_signed),
		cmocka_unit_test(only_verdicts_with_salt_open_seals),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(refuses_what_is_no_seal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
