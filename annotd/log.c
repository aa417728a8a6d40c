#include "annotd/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "text/escape.h"

enum { LINE_MAX_BYTES = 1024, PRINTED_MAX_BYTES = 8 * LINE_MAX_BYTES };

/* The one global state of the daemon: how much it says, and to whom. */
static enum log_level log_level = LOG_LEVEL_INFO;
static bool log_journal;

static const struct {
	const char *name;
	enum log_level level;
} levels[] = {
	{"error", LOG_LEVEL_ERROR},
	{"warning", LOG_LEVEL_WARNING},
	{"info", LOG_LEVEL_INFO},
	{"debug", LOG_LEVEL_DEBUG},
};

void log_start(enum log_level level)
{
	log_level = level;
	log_journal = getenv("JOURNAL_STREAM");
}

bool log_says(enum log_level level)
{
	return level <= log_level;
}

bool log_level_parse(const char *text, enum log_level *ret)
{
	for (size_t i = 0; i < COUNT(levels); i++) {
		if (strcmp(levels[i].name, text) == 0) {
			*ret = levels[i].level;
			return true;
		}
	}
	return false;
}

/* What comes from outside (paths, error texts) must not act on a terminal. */
static void print(const char *line)
{
	AUTO_BUF struct annot_buf out = ANNOT_BUF_INIT(PRINTED_MAX_BYTES);
	annot_escape_terminal(line, strlen(line), false, &out);
	annot_buf_putc(&out, '\n');
	static const char lost[] = "annotd: a line was lost, memory ran out\n";
	struct annot_bytes bytes =
		out.failed ? annot_bytes(lost, sizeof lost - 1) : annot_buf_bytes(&out);
	/* Nobody to tell when standard error is gone. */
	if (write(STDERR_FILENO, bytes.data, bytes.len) < 0)
		return;
}

__attribute__((format(printf, 2, 0))) static void write_line(enum log_level level,
							     const char *format, va_list args)
{
	if (level > log_level && level != LOG_LEVEL_NOTICE)
		return;
	char line[LINE_MAX_BYTES];
	int at = 0;
	if (log_journal)
		at = snprintf(line, sizeof line, "<%d>", (int)level);
	at += snprintf(line + at, sizeof line - (size_t)at, "annotd: ");
	vsnprintf(line + at, sizeof line - (size_t)at - 1, format, args);
	print(line);
}

#define LOG_FUNCTION(name, level)                                                                  \
	void log_##name(const char *format, ...)                                                   \
	{                                                                                          \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		write_line(level, format, args);                                                   \
		va_end(args);                                                                      \
	}

LOG_FUNCTION(error, LOG_LEVEL_ERROR)
LOG_FUNCTION(warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(notice, LOG_LEVEL_NOTICE)
LOG_FUNCTION(info, LOG_LEVEL_INFO)
LOG_FUNCTION(debug, LOG_LEVEL_DEBUG)
