/*
 * Lines on standard error, with the <N> prefix that journald reads when it is not a terminal.
 * Threads may call it at the same time: a line is one write.
 */
#ifndef ANNOTD_LOG_H
#define ANNOTD_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

/* Once, before threads start. */
void log_start(enum log_level level);
/* "error", "warning", "info", "debug"; false for another word. */
bool log_level_parse(const char *text, enum log_level *ret);

/* Whether lines of that level are said: for those that cost something to make. */
bool log_says(enum log_level level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Is always said, whatever the level. */
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
