/* Messages as JSON. */
#include "assert.h"

#include <jansson.h>

#include "base/auto.h"
#include "sample.h"

static void check(const struct annot_message_def *def, const void *message, const char *expected)
{
	json_t *json = annot_message_json(def, message);
	assert_non_null(json);
	char *text = json_dumps(json, JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	json_decref(json);
}

static void test_values(void **state)
{
	(void)state;
	struct annot_submit_result r = {
		.status = 9, .message = "d\xc3\xa9j\xc3\xa0", .index = INT64_MAX, .pending = true};
	memset(r.record.b, 0xab, sizeof r.record.b);
#define AB8 "abababababababab"
	check(&annot_message_submit_result, &r,
	      "{\"status\":9,\"message\":\"d\xc3\xa9j\xc3\xa0\",\"record\":\"" AB8 AB8 AB8 AB8
	      "\",\"index\":9223372036854775807,\"duplicate\":false,\"pending\":true,\"path\":[]}");
}

static void test_lists(void **state)
{
	(void)state;
	const struct annot_submit_item items[] = {
		{.record = annot_bytes("ab", 2), .signature = annot_bytes("", 0)},
		{.record = annot_bytes("abc", 3),
		 .signature = annot_bytes("x", 1),
		 .note = annot_bytes("n", 1),
		 .expect_heads = true},
	};
	struct annot_submit_request r = {.items = items, .n_items = 2};
	check(&annot_message_submit_request, &r,
	      "{\"items\":[{\"record\":\"YWI=\",\"signature\":\"\"},"
	      "{\"record\":\"YWJj\",\"signature\":\"eA==\",\"note\":\"bg==\",\"expect_heads\":true}"
	      "]}");
	const char *ids[] = {"a@3", "b"};
	struct annot_get_request g = {.ids = ids, .n_ids = 2};
	check(&annot_message_get_request, &g, "{\"ids\":[\"a@3\",\"b\"]}");
	const uint64_t indexes[] = {0, 7};
	struct annot_raw_request w = {.indexes = indexes, .n_indexes = 2};
	check(&annot_message_raw_request, &w, "{\"indexes\":[0,7]}");
	check(&annot_message_keys_request, &(struct annot_keys_request){}, "{}");
}

/* Every field of every message has a key; a text that is not UTF-8 gives no half-made object. */
static void test_all(void **state)
{
	(void)state;
	size_t n;
	const struct annot_message_def *const *all = annot_messages(&n);
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
		json_t *json =
			annot_message_json(all[i], sample_message(all[i], SAMPLE_SMALL, arena));
		assert_int_equal(json_object_size(json), all[i]->n_fields);
		for (size_t k = 0; k < all[i]->n_fields; k++)
			assert_non_null(json_object_get(json, all[i]->fields()[k].name));
		json_decref(json);
	}
	const char *bad[] = {"fine", "\xff"};
	struct annot_get_request g = {.ids = bad, .n_ids = 2};
	assert_null(annot_message_json(&annot_message_get_request, &g));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
