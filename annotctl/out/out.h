/*
 * Output. Results go to stdout in one of three formats, messages to stderr. In text everything that
 * came from records or the daemon goes through out_safe, so that nothing untrusted reaches a
 * terminal unescaped; JSON is escaped by its own rules.
 */
#ifndef ANNOTCTL_OUT_H
#define ANNOTCTL_OUT_H

#include <jansson.h>

#include "../ctl.h"

/* The text escaped for a terminal, in the arena; "" for NULL or when out of memory. */
const char *out_safe(struct ctl *ctl, const char *text);
/* As out_safe, with line ends and tabs as spaces, for texts that stand in one line. */
const char *out_safe_flat(struct ctl *ctl, const char *text);
/* As out_safe for bytes; keeps line ends and tabs. */
const char *out_safe_lines(struct ctl *ctl, const char *text, size_t len);

/* printf to stdout. Untrusted arguments must have gone through out_safe. */
void out_text(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes as they are to a file or pipe, escaped to a terminal. */
void out_raw(struct ctl *ctl, const void *data, size_t len);
/* A line on stderr unless --quiet: what happened, what comes next. In the JSON formats an object
 * with code "note" and message. */
void out_note(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same also with --quiet: what is to be signed and stands in nothing that the user gave. */
void out_signed(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line on stderr even with --quiet; code "warning". */
void out_warning(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints one JSON value and a line end (indented for json, compact for ndjson) and takes the
 * reference. */
void out_json(struct ctl *ctl, json_t *value);

/* A list in json (an array, written as it grows) or ndjson (one line an item). After a failure it
 * is not ended, so that nobody takes a part for the whole. */
void out_list_begin(struct ctl *ctl);
void out_list_item(struct ctl *ctl, json_t *item); /* takes the reference */
void out_list_end(struct ctl *ctl);

/* ctl->err: one line "annotctl: …" on stderr, or with json formats {"code", "message"}. */
void out_error(struct ctl *ctl);

/* Before all others: from here on JSON for which there is no memory is not printed, and out_finish
 * says so. */
void out_begin(void);
/* Whether all JSON so far could be made. Once it could not, none is printed any more: who goes on
 * to do things that are told in JSON looks. */
bool out_whole(void);

/* Whether standard output has taken all so far. Why not, out_finish says. */
bool out_flush(void);
/* Flushes; a failed write turns a success into a failure (a full disk: NO_SPACE) and is told, but
 * for that to a reader who left. JSON that was not printed is told whatever the code, and turns a
 * success or an answer (NO) into a failure (NO_MEMORY). Ends the pager. */
int out_finish(struct ctl *ctl, int code);

/* Starts $ANNOT_PAGER, $PAGER or less on stdout if it is a terminal and the format is text. */
void out_page(struct ctl *ctl);

/* Colours, "" where stdout has none. */
enum out_style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_WARN,
	STYLE_ADDED,
	STYLE_REMOVED,
	STYLE_MARKED,      /* words of an annotation */
	STYLE_MARKED_TWICE /* of several */
};
const char *out_style(const struct ctl *ctl, enum out_style style);

#endif
