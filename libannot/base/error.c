#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct status_row {
	const char *name, *text;
	int exit_code;
};

/* The row of a status, NULL for a number that errors.def does not have. */
static const struct status_row *find_status(unsigned long long number)
{
	static const struct status_row rows[] = {
#define STATUS(label, number, code, words)                                                         \
	[number] = {.name = #label, .text = words, .exit_code = code},
#include "proto/errors.def"
	};
	if (number >= sizeof(rows) / sizeof(rows[0]) || !rows[number].name)
		return NULL;
	return &rows[number];
}

static const struct status_row *status_row(enum annot_status status)
{
	const struct status_row *row = find_status((unsigned long long)status);
	return row ? row : find_status(ANNOT_INTERNAL);
}

const char *annot_strerror(enum annot_status status)
{
	return status_row(status)->text;
}

int annot_exit_code(enum annot_status status)
{
	return status_row(status)->exit_code;
}

const char *annot_status_name(enum annot_status status)
{
	return status_row(status)->name;
}

enum annot_status annot_status_from(unsigned long long number)
{
	return find_status(number) ? (enum annot_status)number : ANNOT_INTERNAL;
}

/* Length without the character that a cut after len bytes left unfinished. */
static size_t whole_characters(const char *text, size_t len)
{
	size_t lead = len, follow = 0;
	while (lead > 0 && follow < 4 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80) {
		lead--;
		follow++;
	}
	if (lead == 0)
		return len;
	unsigned char first = (unsigned char)text[lead - 1];
	size_t need = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
	return follow < need ? lead - 1 : len;
}

/*
 * One line without controls, whatever a file name or a value in it holds: C0, DEL, and C1 as it
 * stands in UTF-8. What else may act on a terminal (bidi controls), who prints it escapes.
 */
static void make_printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7F)
			*p = '?';
		else if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F)
			p[0] = p[1] = '?';
	}
}

enum annot_status annot_fail(struct annot_error *err, enum annot_status status, const char *format,
			     ...)
{
	if (!err)
		return status;
	/* A caller may wrap err->text, so it cannot be written while it is formatted. */
	char text[ANNOT_ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		text[0] = '\0';
	if (len >= (int)sizeof(text))
		text[whole_characters(text, sizeof(text) - 1)] = '\0';
	make_printable(text);
	err->status = status;
	memcpy(err->text, text, sizeof(text));
	return status;
}
