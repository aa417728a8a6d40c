/*
 * Statuses and errors. Every function of the library that can fail returns an enum annot_status and
 * takes a struct annot_error last, which may be NULL: on failure it gets one line of text that
 * names what was wrong, where, and what to do. Outputs are untouched on failure. The library never
 * prints, logs or exits.
 */
#ifndef ANNOT_BASE_ERROR_H
#define ANNOT_BASE_ERROR_H

#include <stdint.h>

#define ANNOT_API     __attribute__((visibility("default")))
#define ANNOT_CHECKED __attribute__((warn_unused_result))

enum annot_status {
#define STATUS(name, number, exit_code, text) ANNOT_##name = number,
#include "proto/errors.def"
};

enum { ANNOT_ERROR_TEXT_MAX = 512 };

struct annot_error {
	enum annot_status status;
	char text[ANNOT_ERROR_TEXT_MAX]; /* one line, UTF-8, truncated at a character */
};

/* Version of the library, "0.1.0". */
ANNOT_API const char *annot_version(void);

/* The status's own text ("not found"); never NULL. */
ANNOT_API const char *annot_strerror(enum annot_status status);

/* Exit code of annotctl for a status. */
ANNOT_API int annot_exit_code(enum annot_status status);

/* The name in errors.def ("NOT_FOUND"); never NULL. `code` in JSON errors, in lower case there. */
ANNOT_API const char *annot_status_name(enum annot_status status);

/* The status with that wire number; ANNOT_INTERNAL if there is none. */
ANNOT_API enum annot_status annot_status_from(unsigned long long number);

/* Sets *err (if not NULL) and returns status, so that a failure is one line at the call. */
ANNOT_API enum annot_status annot_fail(struct annot_error *err, enum annot_status status,
				       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The ending of a regular noun behind its count: "%llu record%s". */
static inline const char *annot_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Passes a failure up: `TRY(f(…, err));` */
#define TRY(call)                                                                                  \
	do {                                                                                       \
		enum annot_status try_status_ = (call);                                            \
		if (try_status_ != ANNOT_OK)                                                       \
			return try_status_;                                                        \
	} while (0)

#endif
