#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <annot.h>

static size_t asked_for(void)
{
	const char *text = getenv("COLUMNS");
	uint64_t n = 0;
	return text && annot_parse_u64(text, strlen(text), &n) && n <= TERMINAL_COLUMNS_MAX
		       ? (size_t)n
		       : 0;
}

size_t terminal_columns(void)
{
	static const int files[] = {STDOUT_FILENO, STDERR_FILENO};
	size_t n = asked_for();
	for (size_t i = 0; n == 0 && i < sizeof files / sizeof *files; i++) {
		struct winsize size;
		if (isatty(files[i]) && ioctl(files[i], TIOCGWINSZ, &size) == 0)
			n = size.ws_col;
	}
	if (n == 0)
		n = TERMINAL_COLUMNS_DEFAULT;
	if (n < TERMINAL_COLUMNS_MIN)
		n = TERMINAL_COLUMNS_MIN;
	return n < TERMINAL_COLUMNS_MAX ? n : TERMINAL_COLUMNS_MAX;
}
