/* Progress on a terminal: none before a second, rewritten, taken away; and none for scripts. */
#include "terminal.h"

#include "annotctl/out/progress.h"

static int setup(void **state)
{
	(void)state;
	terminal_open();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	terminal_close();
	return 0;
}

static void test_line(void **state)
{
	struct ctl ctl = {.format = FORMAT_TEXT};
	struct progress p = {.ctl = &ctl, .what = "audited"};
	(void)state;
	progress_begin(&p);
	for (int i = 0; i < 10; i++, terminal_ms += 99)
		assert_true(progress_show(&p, (uint64_t)i, 100));
	progress_end(&p);
	assert_terminal_has(""); /* 990 ms: nothing was written, nothing to be taken away */

	progress_begin(&p);
	terminal_ms += 1000;
	progress_show(&p, 20, 100);
	assert_terminal_has("\rannotctl: audited 20 of 100 (20 %), 20/s, 4 s left\033[K");
	terminal_ms += 199;
	progress_show(&p, 30, 100);
	assert_terminal_has(""); /* too soon */
	terminal_ms += 801;
	progress_show(&p, 40, 100);
	assert_terminal_has("\rannotctl: audited 40 of 100 (40 %), 20/s, 3 s left\033[K");
	progress_pause(&p);
	assert_terminal_has("\r\033[K");
	progress_show(&p, 40, 100);
	assert_terminal_has("\rannotctl: audited 40 of 100 (40 %), 20/s, 3 s left\033[K");
	progress_end(&p);
	progress_end(&p);
	assert_terminal_has("\r\033[K");
}

/* Not begun: counted from the first call. */
static void test_late(void **state)
{
	struct ctl ctl = {.format = FORMAT_TEXT};
	struct progress p = {.ctl = &ctl, .what = "sent", .bytes = true};
	(void)state;
	progress_show(&p, 0, 4096);
	terminal_ms += 2000;
	progress_show(&p, 2048, 4096);
	progress_end(&p);
	assert_terminal_has(
		"\rannotctl: sent 2.0 KiB of 4.0 KiB (50 %), 1.0 KiB/s, 2 s left\033[K\r\033[K");
}

static void test_silent(void **state)
{
	static const struct ctl silent[] = {
		{.format = FORMAT_TEXT, .quiet = true},
		{.format = FORMAT_TEXT, .in_batch = true},
		{.format = FORMAT_JSON},
		{.format = FORMAT_NDJSON},
	};
	(void)state;
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
		struct progress p = {.ctl = &silent[i], .what = "audited"};
		progress_begin(&p);
		terminal_ms += 5000;
		assert_true(progress_show(&p, 1, 2));
		progress_end(&p);
	}
	assert_terminal_has("");
}

/* Standard error that is no terminal. */
static void test_pipe(void **state)
{
	struct ctl ctl = {.format = FORMAT_TEXT};
	struct progress p = {.ctl = &ctl, .what = "audited"};
	int ends[2], kept = dup(STDERR_FILENO);
	char byte;
	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	dup2(ends[1], STDERR_FILENO);
	progress_begin(&p);
	terminal_ms += 5000;
	progress_show(&p, 1, 2);
	progress_end(&p);
	fflush(stderr);
	assert_int_equal(read(ends[0], &byte, 1), -1);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	if (!terminal_possible())
		return 77;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pipe, setup, teardown),
	};
	return cmocka_run_group_tests_name("annotctl/test_progress", tests, NULL, NULL);
}
