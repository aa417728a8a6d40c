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

int main(void)
{
	if (!terminal_possible())
		return 77;
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_line)};
	return cmocka_run_group_tests_name("annotd/progress", tests, NULL, NULL);
}
