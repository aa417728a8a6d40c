/* Bytes of a reply that several send: there until the last of them is done (LeakSanitizer, ASan).
 */
#include "assert.h"

#include "annotd/payload.h"

static void test_life(void **state)
{
	(void)state;
	struct annot_buf b = ANNOT_BUF_INIT(64);
	annot_buf_puts(&b, "reply");
	struct payload *first = payload_new(&b);
	assert_non_null(first);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.max, 64);
	struct payload *second = payload_ref(first);
	assert_null(payload_drop(first));
	struct annot_bytes bytes = payload_bytes(second);
	assert_int_equal(bytes.len, 5);
	assert_memory_equal(bytes.data, "reply", 5);
	assert_null(payload_drop(second));
}

static void test_none(void **state)
{
	(void)state;
	assert_null(payload_ref(NULL));
	assert_null(payload_drop(NULL));
	assert_int_equal(payload_bytes(NULL).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_life),
					   cmocka_unit_test(test_none)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
