/*
 * HTML and SVG in the making. Whatever came from records, documents or the daemon goes through
 * html_text or html_attr; html_put is for this program's own markup, and its arguments for numbers,
 * hex and words of our tables.
 */
#ifndef ANNOTCTL_REPORT_HTML_H
#define ANNOTCTL_REPORT_HTML_H

#include <stdio.h>

#include <annot.h>

struct html {
	FILE *f;        /* its error is looked at when it is closed */
	bool no_memory; /* something is missing in what was written */
};

void html_put(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Text whose characters are those of the element's textContent, one for one: what a script hashes
 * is what was hashed. Characters that nobody sees, or that reorder others, are wrapped so that the
 * style sheet shows their numbers instead; a carriage return is written as a reference, since
 * parsers drop it else. text is valid UTF-8 without NUL.
 */
void html_text(struct html *h, const char *text, size_t len);
void html_textz(struct html *h, const char *text); /* "" for NULL */

/* An attribute's value between double quotes, or text of SVG: escaped as for a terminal, then for
 * markup. */
void html_attr(struct html *h, const char *text, size_t len);
void html_attrz(struct html *h, const char *text);

/* Base64 of bytes. */
void html_base64(struct html *h, const void *data, size_t len);

#endif
