/* What a line of the log may do to the terminal that it is read on: nothing. */
#include "assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "annotd/log.h"

enum { SAID_MAX = 16384 };

/* What log_error prints, in ret. */
static void logged(const char *text, char ret[SAID_MAX])
{
	FILE *to = tmpfile();
	int kept = dup(STDERR_FILENO);
	assert_non_null(to);
	assert_true(dup2(fileno(to), STDERR_FILENO) >= 0);
	log_error("%s", text);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	rewind(to);
	size_t len = fread(ret, 1, SAID_MAX - 1, to);
	ret[len] = '\0';
	fclose(to);
}

static void test_controls(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{"plain", "annotd: plain\n"},
		{"Zw\xc3\xb6lf \xe2\x80\x9c", "annotd: Zw\xc3\xb6lf \xe2\x80\x9c\n"},
		{"a\nb\tc\x1b[2J", "annotd: a\\nb\\tc\\u{1b}[2J\n"},
		{"\x7f", "annotd: \\u{7f}\n"},
		{"\xc2\x9b[2J", "annotd: \\u{9b}[2J\n"},                        /* CSI as C1 */
		{"\xe2\x80\xae!", "annotd: \\u{202e}!\n"},                      /* RLO */
		{"\xe2\x81\xa6x\xe2\x81\xa9", "annotd: \\u{2066}x\\u{2069}\n"}, /* LRI, PDI */
		{"\xff\x9b", "annotd: \\x{ff}\\x{9b}\n"},
	};
	char line[SAID_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		logged(cases[i].text, line);
		assert_string_equal(line, cases[i].line);
	}
}

static void test_long_line(void **state)
{
	char text[4000], line[SAID_MAX];
	(void)state;
	memset(text, 0x1b, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	logged(text, line);
	assert_non_null(strstr(line, "\\u{1b}\\u{1b}"));
	assert_int_equal(line[strlen(line) - 1], '\n');
	assert_null(strchr(line, 0x1b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_long_line),
	};
	unsetenv("JOURNAL_STREAM");
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/log", tests, NULL, NULL);
}
