/*
 * libxml2 reads character references as HTML 4 has them: all must end with a semicolon, and names
 * that came with HTML 5 are left as they are. Here they are made ones that it knows.
 */
#include <ctype.h>

#include <libxml/HTMLparser.h>

#include "page.h"

enum { NAME_MAX_LETTERS = 32, LATIN_1 = 0x100 };

static const struct {
	const char *name;
	uint32_t code_point;
} references[] = {
#define REFERENCE(name, code_point) {name, code_point},
#include "references.def"
};

static const char *find(const char *name)
{
	static char number[16];
	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (strcmp(references[i].name, name) == 0) {
			snprintf(number, sizeof number, "#%u;", (unsigned)references[i].code_point);
			return number;
		}
	return NULL;
}

/* The names that may do without the semicolon are those of Latin-1 and of markup itself, the latter
 * also in capitals. */
static bool is_legacy(const char *name)
{
	static const char *const capitals[] = {"AMP", "COPY", "GT", "LT", "QUOT", "REG"};
	const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)name);
	for (size_t i = 0; i < sizeof capitals / sizeof *capitals; i++)
		if (strcmp(capitals[i], name) == 0)
			return true;
	return known && known->value < LATIN_1 && strcmp(name, "apos") != 0;
}

/* Puts the reference that begins behind the & at text[at]; returns where to go on. */
static size_t put(const char *text, size_t len, size_t at, struct annot_buf *ret)
{
	char name[NAME_MAX_LETTERS + 1];
	size_t n = 0;
	annot_buf_putc(ret, '&');
	while (at + n < len && n < NAME_MAX_LETTERS && isalnum((unsigned char)text[at + n])) {
		name[n] = text[at + n];
		n++;
	}
	name[n] = '\0';
	bool ended = at + n < len && text[at + n] == ';';
	/* In an address "&copy=" is no reference. */
	bool legacy = !ended && (at + n == len || text[at + n] != '=') && is_legacy(name);
	const char *number = ended || legacy ? find(name) : NULL;
	annot_buf_puts(ret, number ? number : name);
	if (legacy && !number)
		annot_buf_putc(ret, ';');
	return at + n + (number && ended);
}

enum annot_status page_references(const struct annot_buf *utf8, struct annot_buf *ret,
				  struct annot_error *err)
{
	size_t at = 0;
	annot_buf_puts(ret, "");
	while (at < utf8->len) {
		const char *found = memchr(utf8->data + at, '&', utf8->len - at);
		size_t run = found ? (size_t)(found - utf8->data) - at : utf8->len - at;
		annot_buf_add(ret, utf8->data + at, run);
		at += run;
		if (found)
			at = put(utf8->data, utf8->len, at + 1, ret);
	}
	return annot_buf_check(ret, "the page", err);
}
