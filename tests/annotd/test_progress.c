/* Progress of rebuild and fsck on a terminal. */
#include "terminal.h"

#include "annotd/progress.h"

static void test_line(void **state)
{
	struct progress p = {.what = "replayed", .every = 8};
	(void)state;
	terminal_open();
	progress_show(&p, 0, 1000);
	terminal_ms += 999;
	for (uint64_t i = 1; i <= 8; i++)
		progress_show(&p, i, 1000);
	assert_terminal_has(""); /* 999 ms */
	terminal_ms += 1001;
	for (uint64_t i = 9; i < 16; i++)
		progress_show(&p, i, 1000);
	assert_terminal_has(""); /* the clock was not looked at */
	for (uint64_t i = 400; i <= 408; i++)
		progress_show(&p, i, 1000);
	assert_terminal_has("\rannotd: replayed 400 of 1000 (40 %), 200/s, 3 s left\033[K");
	progress_end(&p);
	progress_end(&p);
	assert_terminal_has("\r\033[K");
	terminal_close();
}

/* Each step counts from its own beginning, and takes the line of the one before away. */
static void test_steps(void **state)
{
	struct progress p = {0};
	(void)state;
	terminal_open();
	progress_tell(&p, "anchors", 0, 0);
	terminal_ms += 2000;
	progress_tell(&p, "anchors", 10, 0);
	assert_terminal_has("\rannotd: anchors 10, 5/s\033[K");
	progress_tell(&p, "texts", 0, 40);
	assert_terminal_has("\r\033[K");
	terminal_ms += 999;
	progress_tell(&p, "texts", 9, 40);
	assert_terminal_has("");
	terminal_ms += 1001;
	progress_tell(&p, "texts", 20, 40);
	assert_terminal_has("\rannotd: texts 20 of 40 (50 %), 10/s, 2 s left\033[K");
	progress_end(&p);
	assert_terminal_has("\r\033[K");
	terminal_close();
}

/* Bytes of a file. */
static void test_bytes(void **state)
{
	struct progress p = {.what = "read", .bytes = true};
	(void)state;
	terminal_open();
	progress_show(&p, 0, 4 << 20);
	terminal_ms += 2000;
	progress_show(&p, 1 << 20, 4 << 20);
	assert_terminal_has(
		"\rannotd: read 1.0 MiB of 4.0 MiB (25 %), 512.0 KiB/s, 6 s left\033[K");
	progress_end(&p);
	terminal_close();
}

int main(void)
{
	if (!terminal_possible())
		return 77;
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_line),
					   cmocka_unit_test(test_steps),
					   cmocka_unit_test(test_bytes)};
	return cmocka_run_group_tests_name("annotd/progress", tests, NULL, NULL);
}
