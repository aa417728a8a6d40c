/* A parsed page: its elements and texts in document order, parents before children. */
#ifndef ANNOTCTL_HTML_PAGE_H
#define ANNOTCTL_HTML_PAGE_H

#include "html.h"

enum {
	PAGE_NODES_MAX = 1 << 21, /* elements and runs of text */
	PAGE_DEPTH_MAX =
		512, /* what is nested deeper counts as a child of that depth, as in browsers */
	PAGE_OPEN_MAX = 1 << 14,  /* elements open at once: more is no page */
	PAGE_STEPS_MAX = 1 << 28, /* of looking for an element to close */
	PAGE_LETTERS_SIGN = 3,    /* what a character counts that is not part of a spelled word */
};

enum page_role {
	ROLE_BLOCK = 1 << 0, /* begins a paragraph */
	ROLE_LINE = 1 << 1,  /* only a line */
	ROLE_DROP = 1 << 2,  /* is left out, with all that is in it */
	ROLE_BREAK = 1 << 3,
	ROLE_HEADING = 1 << 4,
	ROLE_LIST = 1 << 5,
	ROLE_ITEM = 1 << 6,
	ROLE_TABLE = 1 << 7,
	ROLE_CELL = 1 << 8,
	ROLE_PRE = 1 << 9,
	ROLE_QUOTE = 1 << 10, /* a block of quoted text */
	ROLE_MARKS = 1 << 11, /* browsers put quotation marks around it */
	ROLE_LINK = 1 << 12,
	ROLE_ARTICLE = 1 << 13,
	ROLE_MAIN = 1 << 14,
	ROLE_HEADER = 1 << 15,
	ROLE_FOOTER = 1 << 16,
	/* found out about one element */
	ROLE_LAYOUT = 1 << 17,  /* a table that is none: its cells hold paragraphs */
	ROLE_HIDDEN = 1 << 18,  /* nobody sees it */
	ROLE_SUSPECT = 1 << 19, /* class or id has one of words.def */
	ROLE_ASIDE = 1 << 20,   /* belongs to the page, not to its text */
};

enum page_tag {
#define TAG(name, roles) TAG_##name,
#include "tags.def"
	TAG_other,
};

struct node {
	uint32_t parent, next, first, last; /* indexes; 0: none (node 0 is the page) */
	uint32_t roles;
	uint16_t tag, depth;        /* an enum page_tag */
	uint32_t text_at, text_len; /* of a run of text, in page.text; len 0: an element */
	/* of it and all that is in it (score.c) */
	uint32_t letters, linked, blocks;
	int64_t gain;
};

struct page {
	struct node *nodes;
	size_t n, cap;
	struct annot_buf text;
	char title[HTML_TITLE_MAX + 1];    /* of <title> */
	char og_title[HTML_TITLE_MAX + 1]; /* of <meta property="og:title"> */
	char language[HTML_LANGUAGE_MAX + 1];
	char canonical[HTML_SOURCE_MAX + 1], og_url[HTML_SOURCE_MAX + 1];
};

/* The file as UTF-8 that libxml2 reads as HTML 5 would (charset.c). Statuses as html_extract. */
enum annot_status page_decode(struct annot_bytes file, const char *charset, struct annot_buf *utf8,
			      struct html_text *ret, struct annot_error *err);
/* Rewrites the character references that HTML 4 parsers read otherwise (references.c). */
enum annot_status page_references(const struct annot_buf *utf8, struct annot_buf *ret,
				  struct annot_error *err);
/* ret is all zero; page_free afterwards, also after a failure. */
enum annot_status page_parse(struct annot_bytes utf8, struct page *ret, struct annot_error *err);
void page_free(struct page *page);

/* What an element is, by the attributes of its start tag (libxml2's: name, value or NULL, …, NULL).
 */
uint32_t page_attribute_roles(const unsigned char **attributes);
/* The value of an attribute, "" for one without; NULL. */
const char *page_attribute(const unsigned char **attributes, const char *name);

/* Drops what nobody sees. */
void page_hide(struct page *page);
/* Drops what belongs to the page and not to its text; what is dropped before must be measured. */
void page_prune(struct page *page);
/* Fills in letters, linked, blocks and gain, without what is dropped. */
void page_measure(struct page *page);
/* The element that has the text. */
uint32_t page_main(const struct page *page);
/* Drops lists of links from it. */
void page_trim(struct page *page, uint32_t root);
/* The node after this one in document order within root, stepping over what is in it if !inside; 0:
 * none. */
uint32_t page_next(const struct page *page, uint32_t root, uint32_t node, bool inside);
/* Whether a node is, or is in, another one. */
bool page_within(const struct page *page, uint32_t node, uint32_t other);

/* The text of an element; TOO_LARGE, NO_MEMORY. */
enum annot_status page_prose(const struct page *page, uint32_t root, struct annot_buf *ret,
			     struct annot_error *err);

/* A code point as it stands in the text: 0 for one that is left out, a space for each kind of them.
 */
uint32_t page_character(uint32_t code_point);

#endif
