/*
 * The text of a web page, for the program annot-html: charset (charset.c), elements through
 * libxml2's HTML parser (parse.c), what is no part of the text (prune.c), the part of the page that
 * is the text (score.c), and that part as plain text (prose.c). The algorithm is described, with
 * its version, in docs/extraction.md: whoever changes what comes out changes HTML_EXTRACTOR.
 */
#ifndef ANNOTCTL_HTML_HTML_H
#define ANNOTCTL_HTML_HTML_H

#include <annot.h>

/* Begins the extractor card of documents. */
#define HTML_EXTRACTOR "annot-html/1"

enum {
	HTML_FILE_MAX = 64 << 20,
	HTML_TEXT_MAX = 64 << 20,
	HTML_TITLE_MAX = 1024, /* bytes, as the card */
	HTML_LANGUAGE_MAX = 35,
	HTML_SOURCE_MAX = 2048,
};

struct html_options {
	const char *charset; /* whatever the page says; NULL: as it says */
	bool whole;          /* all of the page's text but what nobody sees */
};

/* Why a charset was taken. */
enum html_charset_from {
	HTML_CHARSET_GIVEN,
	HTML_CHARSET_BOM,
	HTML_CHARSET_DECLARED,
	HTML_CHARSET_GUESSED
};

struct html_text {
	struct annot_buf text; /* UTF-8, lines ended by LF */
	const char *charset;   /* its name at WHATWG; static */
	enum html_charset_from charset_from;
	uint64_t replaced;       /* bytes that are none in that charset: U+FFFD in the text */
	uint64_t first_replaced; /* where the first stands in the file */
	uint64_t letters;        /* of the page, without what nobody sees */
	uint64_t kept;           /* of these in text */
	/* "" if the page does not say */
	char title[HTML_TITLE_MAX + 1];
	char language[HTML_LANGUAGE_MAX + 1]; /* a well-formed BCP 47 tag */
	char source[HTML_SOURCE_MAX + 1];     /* an http or https URL */
};

/*
 * The text of a page of at most HTML_FILE_MAX bytes; ret->text is freed by the caller, with
 * annot_buf_free, also after a failure. USAGE: no such charset (asked for). INVALID: it declares a
 * charset that is unknown or plainly not its own; it has no text. TOO_LARGE: more elements, or
 * deeper, than the bounds of page.h. NO_MEMORY.
 */
enum annot_status html_extract(struct annot_bytes file, const struct html_options *options,
			       struct html_text *ret, struct annot_error *err);

#endif
