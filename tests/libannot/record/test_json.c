/* Records as JSON. */
#include <jansson.h>

#include "assert.h"
#include "base/encode.h"
#include "examples.h"

static json_t *json_of(enum annot_kind kind, bool later, const char *body)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	const struct annot_record *r;
	example_with(kind, later, body ? body : example_bodies[kind], &text);
	assert_ok(annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error));
	json_t *json = annot_record_json(r);
	assert_non_null(json);
	return json;
}

static void assert_json(json_t *found, const char *text)
{
	json_error_t e;
	json_t *expected = json_loads(text, JSON_DECODE_ANY, &e);
	assert_non_null(expected);
	if (!json_equal(found, expected)) {
		char *shown = json_dumps(found, JSON_ENCODE_ANY);
		fail_msg("found %s, expected %s", shown, text);
	}
	json_decref(expected);
}

static void header_is_told(void **state)
{
	json_t *j = json_of(ANNOT_KIND_retract, true, NULL);
	(void)state;
	assert_json(json_object_get(j, "kind"), "\"retract\"");
	assert_json(json_object_get(j, "corpus"), "\"" HEX("9") "\"");
	assert_json(json_object_get(j, "annotation"), "\"" HEX("8") "\"");
	assert_json(json_object_get(j, "parents"), "[\"" HEX("4") "\",\"" HEX("5") "\"]");
	assert_json(json_object_get(j, "author"), "{\"key\":\"" AUTHOR_HEX "\"}");
	assert_json(json_object_get(j, "time"), "\"2026-11-22T23:59:59Z\"");
	assert_json(json_object_get(j, "seen"),
		    "{\"size\":12,\"root\":\"" HEX("6") "\",\"note\":\"" HEX("7") "\"}");
	assert_json(json_object_get(j, "nonce"), "\"000102030405060708090a0b0c0d0e0f\"");
	assert_json(json_object_get(j, "reason"), "\"wrong\"");
	json_decref(j);
	j = json_of(ANNOT_KIND_retract, false, NULL);
	assert_json(json_object_get(j, "seen"), "null");
	assert_json(json_object_get(j, "parents"), "[]");
	assert_string_equal(json_string_value(json_object_get(j, "record")),
			    json_string_value(json_object_get(j, "annotation")));
	json_decref(j);
}

static void repeatable_cards_are_arrays(void **state)
{
	json_t *j = json_of(ANNOT_KIND_claim, false, "text a\\nb\ntag x\n");
	(void)state;
	assert_json(json_object_get(j, "text"), "\"a\\nb\"");
	assert_json(json_object_get(j, "tag"), "[\"x\"]");
	assert_json(json_object_get(j, "claimant"), "[]");
	assert_json(json_object_get(j, "targets"), "[]");
	assert_null(json_object_get(j, "language"));
	assert_null(json_object_get(j, "target"));
	assert_null(json_object_get(j, "exact"));
	json_decref(j);
	j = json_of(ANNOT_KIND_retract, false, NULL);
	assert_null(json_object_get(j, "targets"));
	json_decref(j);
}

static void targets_are_told(void **state)
{
	json_t *j = json_of(ANNOT_KIND_quote, false, NULL);
	(void)state;
	assert_json(
		json_object_get(j, "targets"),
		"[{\"document\":\"" HEX("c") "\",\"bytes\":[3,11],\"exact\":\"Cafe\u0301 a\","
					     "\"prefix\":\"abc\",\"suffix\":\", he said.\\n\"},"
					     "{\"document\":\"" HEX(
						     "d") "\",\"bytes\":[0,5],\"exact\":\"words\","
							  "\"prefix\":\"\",\"suffix\":\"\"}]");
	json_decref(j);
}

static void numbers_are_numbers(void **state)
{
	json_t *j = json_of(ANNOT_KIND_document, false, NULL);
	(void)state;
	assert_json(json_object_get(j, "length"), "9223372036854775807");
	assert_json(json_object_get(j, "original-length"), "0");
	assert_json(json_object_get(j, "name"), "\"report.2026\"");
	json_decref(j);
	j = json_of(ANNOT_KIND_corpus, false, NULL);
	assert_json(json_object_get(j, "threshold"), "1");
	assert_json(json_object_get(j, "approvals"), "[\"default 1\",\"verdict 2\"]");
	json_decref(j);
}

/* No card of any kind hides behind a header's name, and none is lost. */
static void all_cards_are_told(void **state)
{
	static const char *const header[] = {"record", "corpus", "kind", "annotation", "parents",
					     "author", "time",   "seen", "nonce",      "targets"};
	(void)state;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		const struct annot_kind_def *def = annot_kind_def((enum annot_kind)kind);
		json_t *j = json_of((enum annot_kind)kind, false, NULL);
		for (size_t i = 0; i < def->n_cards; i++) {
			const struct annot_card_def *c = &def->cards[i];
			for (size_t k = 0; k < COUNT(header); k++)
				assert_string_not_equal(c->name, header[k]);
			if (!c->in_group && c->type != ANNOT_CARD_TARGET)
				assert_int_equal(json_is_array(json_object_get(j, c->name)),
						 c->max > 1);
		}
		json_decref(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_told),     cmocka_unit_test(repeatable_cards_are_arrays),
		cmocka_unit_test(targets_are_told),   cmocka_unit_test(numbers_are_numbers),
		cmocka_unit_test(all_cards_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
