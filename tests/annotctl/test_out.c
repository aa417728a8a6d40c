/* JSON for which there is no memory: printed whole, or not at all and with an exit code that says
 * so. */
#include "assert.h"

#include <stdlib.h>
#include <unistd.h>

#include "annotctl/out/out.h"

static size_t left = SIZE_MAX; /* allocations until one fails */

void *__real_malloc(size_t size);
__attribute__((visibility("default"))) void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	if (left == 0)
		return NULL;
	left -= left != SIZE_MAX;
	return __real_malloc(size);
}

/* As show does it: objects in lists of an object, without a look at whether they could be made. */
static json_t *make(void)
{
	json_t *object = json_pack("{s:s}", "kind", "claim"), *list = json_array();
	for (int i = 0; i < 9; i++)
		json_array_append_new(list, json_pack("{s:s, s:i}", "decision", "approve", "n", i));
	json_object_set_new(object, "reviews", list);
	return object;
}

/* What is printed by a command that ends with a code, in ret; the exit code. */
static int print(size_t fails_at, int code, char *ret, size_t size)
{
	struct ctl ctl = {.format = FORMAT_NDJSON};
	char path[] = "/tmp/annot-out-XXXXXX";
	int file = mkstemp(path), was = dup(STDOUT_FILENO);
	assert_true(file >= 0 && was >= 0);
	unlink(path);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	out_begin();
	left = fails_at;
	json_t *object = make();
	out_json(&ctl, object);
	left = SIZE_MAX;
	fflush(stdout);
	assert_true(out_whole() == (lseek(file, 0, SEEK_END) > 0));
	code = out_finish(&ctl, code);
	dup2(was, STDOUT_FILENO);
	ssize_t n = pread(file, ret, size - 1, 0);
	ret[n < 0 ? 0 : n] = '\0';
	close(file);
	close(was);
	return code;
}

static void test_no_memory(void **state)
{
	char whole[4096], part[4096];
	size_t n = 0;
	(void)state;
	assert_int_equal(print(SIZE_MAX, 0, whole, sizeof whole), 0);
	assert_non_null(strstr(whole, "\"n\":8"));
	while (print(n, 0, part, sizeof part) != 0) {
		assert_string_equal(part, "");
		n++;
	}
	assert_true(n > 30);
	assert_string_equal(part, whole);
}

/* An answer is about what was printed; another failure is told by its own code. */
static void test_codes(void **state)
{
	char part[4096];
	(void)state;
	assert_int_equal(print(SIZE_MAX, 1, part, sizeof part), 1);
	assert_int_equal(print(9, 0, part, sizeof part), annot_exit_code(ANNOT_NO_MEMORY));
	assert_int_equal(print(9, 1, part, sizeof part), annot_exit_code(ANNOT_NO_MEMORY));
	assert_int_equal(print(9, 4, part, sizeof part), 4);
}

/* Nor is what could not be made for another reason, such as a text that is none. */
static void test_not_made(void **state)
{
	struct ctl ctl = {.format = FORMAT_JSON};
	(void)state;
	out_begin();
	out_json(&ctl, json_pack("{s:s}", "text", "\xff"));
	assert_int_equal(out_finish(&ctl, 0), annot_exit_code(ANNOT_NO_MEMORY));
	out_begin();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_not_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
