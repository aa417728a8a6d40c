/* What a file is: as asked for, by its first bytes, by its name. */
#include <strings.h>

#include "intake.h"

enum { LOOKED_AT = 1024 };

static const struct {
	const char *name, *media_type, *endings;
} types[INTAKE_TYPES] = {
#define TYPE(name, media_type, endings) {#name, media_type, endings},
#include "types.def"
};

const char *intake_media_type(enum intake_type type)
{
	return types[type].media_type;
}

/* Files that people have beside texts, by how they begin. */
static const struct {
	const char *bytes;
	size_t len;
	const char *what;
} others[] = {
	{"PK\3\4", 4, "a ZIP archive, as docx, odt and epub are"},
	{"\xD0\xCF\x11\xE0", 4, "an old Office document"},
	{"{\\rtf", 5, "an RTF document"},
	{"\x89PNG", 4, "a PNG image"},
	{"\xFF\xD8\xFF", 3, "a JPEG image"},
	{"GIF8", 4, "a GIF image"},
	{"\x1F\x8B", 2, "compressed with gzip"},
	{"BZh", 3, "compressed with bzip2"},
	{"\xFD"
	 "7zXZ",
	 5, "compressed with xz"},
	{"\x7F"
	 "ELF",
	 4, "a program"},
	{"SQLite format 3", 15, "an SQLite database"},
};

static bool has_ending(const char *path, const char *endings)
{
	size_t len = strlen(path);
	for (const char *at = endings; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");
		if (len > n && strncasecmp(path + len - n, at, n) == 0)
			return true;
		at += n;
	}
	return false;
}

static bool begins(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(end - at) >= len && strncasecmp(at, word, len) == 0;
}

/* Begins with a tag that only a page begins with, after comments and the like. */
static bool looks_like_html(struct annot_bytes file)
{
	static const char *const tags[] = {"<!doctype html", "<html", "<head", "<body"};
	const char *at = (const char *)file.data;
	const char *end = at + (file.len < LOOKED_AT ? file.len : LOOKED_AT);
	if (begins(at, end, "\xEF\xBB\xBF"))
		at += 3;
	for (;;) {
		while (at < end && strchr(" \t\r\n\f", *at) && *at)
			at++;
		const char *close = begins(at, end, "<!--")    ? "-->"
				    : begins(at, end, "<?xml") ? "?>"
							       : NULL;
		const char *found =
			close ? memmem(at, (size_t)(end - at), close, strlen(close)) : NULL;
		if (!found)
			break;
		at = found + strlen(close);
	}
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (begins(at, end, tags[i]))
			return true;
	return false;
}

static bool looks_like_pdf(struct annot_bytes file)
{
	size_t looked_at = file.len < LOOKED_AT ? file.len : LOOKED_AT;
	return file.len > 0 && memmem(file.data, looked_at, "%PDF-", 5);
}

static const char *other_kind(struct annot_bytes file)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (file.len >= others[i].len &&
		    memcmp(file.data, others[i].bytes, others[i].len) == 0)
			return others[i].what;
	return NULL;
}

const char *intake_looks(struct annot_bytes head)
{
	if (head.len >= 5 && memcmp(head.data, "%PDF-", 5) == 0)
		return "a PDF";
	return head.len > 0 && looks_like_html(head) ? "a web page" : other_kind(head);
}

static enum annot_status asked_for(const char *asked, enum intake_type *ret,
				   struct annot_error *err)
{
	for (size_t i = 0; i < INTAKE_TYPES; i++)
		if (strcmp(types[i].name, asked) == 0) {
			*ret = (enum intake_type)i;
			return ANNOT_OK;
		}
	return annot_fail(err, ANNOT_USAGE,
			  "--type \"%s\": expected one of text, markdown, html, pdf", asked);
}

enum annot_status intake_type_of(const char *path, struct annot_bytes file, const char *asked,
				 enum intake_type *ret, struct annot_error *err)
{
	if (asked)
		return asked_for(asked, ret, err);
	const char *other = other_kind(file);
	*ret = INTAKE_pdf;
	if (looks_like_pdf(file))
		return ANNOT_OK;
	if (other)
		return annot_fail(err, ANNOT_INVALID,
				  "%s is %s, not a text; convert it first, for example with pandoc",
				  path, other);
	for (size_t i = 0; i < INTAKE_TYPES; i++)
		if (has_ending(path, types[i].endings)) {
			*ret = (enum intake_type)i;
			return ANNOT_OK;
		}
	*ret = file.len > 0 && looks_like_html(file) ? INTAKE_html : INTAKE_text;
	return ANNOT_OK;
}
