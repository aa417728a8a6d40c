/* The line that says how far long work is. */
#include "base/progress.h"

#include "assert.h"

#include "base/auto.h"

static void assert_line(struct annot_progress_line line, const char *expected)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
	annot_progress_text(&line, &b);
	assert_string_equal(b.data, expected);
}

static void test_lines(void **state)
{
	(void)state;
	assert_line((struct annot_progress_line){"audited", false, 1200, 10000, 3000},
		    "audited 1200 of 10000 (12 %), 400/s, 22 s left");
	assert_line((struct annot_progress_line){"searched", true, 13107200, 0, 250},
		    "searched 12.5 MiB, 50.0 MiB/s");
	assert_line((struct annot_progress_line){"sent", true, 500, 2048, 1000},
		    "sent 500 B of 2.0 KiB (24 %), 500 B/s, 3 s left");
	assert_line((struct annot_progress_line){"added", false, 1, 100, 2000},
		    "added 1 of 100 (1 %), 3 min 18 s left");
	assert_line((struct annot_progress_line){"added", false, 1, 10000, 2000},
		    "added 1 of 10000 (0 %), 5 h 33 min left");
	assert_line((struct annot_progress_line){"added", false, 100, 100, 2000},
		    "added 100 of 100 (100 %), 50/s");
	assert_line((struct annot_progress_line){"added", false, 0, 100, 2000},
		    "added 0 of 100 (0 %)");
	assert_line((struct annot_progress_line){"added", false, 0, 0, 0}, "added 0");
	/* more than was announced, and numbers that would overflow */
	assert_line((struct annot_progress_line){"added", false, 300, 100, 1000},
		    "added 300 of 100 (300 %), 300/s");
	assert_line((struct annot_progress_line){"read", true, UINT64_MAX / 2, UINT64_MAX, 1},
		    "read 8388607.9 TiB of 16777215.9 TiB (50 %), 8388607.9 TiB/s, 0 s left");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
	return cmocka_run_group_tests_name("base/progress", tests, NULL, NULL);
}
