/* In which charset a page is (html.spec.whatwg.org, "Determining the character encoding"), and its
 * text as UTF-8. */
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <strings.h>

#include "page.h"

enum {
	DECLARED_WITHIN = 4096, /* bytes in which a page says its charset; browsers look at 1024 */
	LABEL_MAX = 40,
	WRONG_CHARSET = 50, /* more than one byte in so many that is none: it is another charset */
	PIECE = 1 << 16,
};

struct charset {
	const char *label, *name, *iconv;
};

static const struct charset charsets[] = {
#define CHARSET(label, name, iconv) {label, name, iconv},
#include "charset.def"
};

static const struct charset *find_charset(const char *label)
{
	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
		if (strcasecmp(charsets[i].label, label) == 0)
			return &charsets[i];
	return NULL;
}

/* --- what the page says --- */

struct scan {
	const char *at, *end;
};

static bool starts(const struct scan *s, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(s->end - s->at) >= len && strncasecmp(s->at, word, len) == 0;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end && isspace((unsigned char)*s->at))
		s->at++;
}

/* The value after the next `word =`, in quotation marks or not, before s ends. */
static bool read_value(struct scan *s, const char *word, char ret[LABEL_MAX + 1])
{
	for (; s->at < s->end; s->at++) {
		if (!starts(s, word))
			continue;
		s->at += strlen(word);
		skip_space(s);
		if (s->at == s->end || *s->at != '=') {
			s->at--;
			continue;
		}
		s->at++;
		skip_space(s);
		if (s->at < s->end && (*s->at == '"' || *s->at == '\''))
			s->at++;
		size_t n = 0;
		while (s->at < s->end && n < LABEL_MAX && !isspace((unsigned char)*s->at) &&
		       !strchr("\"'>;/?", *s->at))
			ret[n++] = *s->at++;
		ret[n] = '\0';
		return n > 0;
	}
	return false;
}

/* The charset of the first <meta …charset=…>, or of an XML declaration. */
static bool read_declared(struct annot_bytes file, char ret[LABEL_MAX + 1])
{
	size_t len = file.len < DECLARED_WITHIN ? file.len : DECLARED_WITHIN;
	struct scan s = {.at = (const char *)file.data, .end = (const char *)file.data + len};
	struct scan first = s;
	skip_space(&first);
	if (starts(&first, "<?xml")) {
		const char *close = memchr(first.at, '>', (size_t)(s.end - first.at));
		first.end = close ? close : s.end;
		if (read_value(&first, "encoding", ret))
			return true;
	}
	for (; s.at < s.end; s.at++) {
		if (starts(&s, "<!--")) {
			const char *close = memmem(s.at, (size_t)(s.end - s.at), "-->", 3);
			if (!close)
				return false;
			s.at = close;
		}
		if (!starts(&s, "<meta"))
			continue;
		const char *close = memchr(s.at, '>', (size_t)(s.end - s.at));
		struct scan tag = {.at = s.at, .end = close ? close : s.end};
		if (read_value(&tag, "charset", ret))
			return true;
	}
	return false;
}

static const struct charset *of_mark(struct annot_bytes file, size_t *ret_len)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *label;
	} marks[] = {{"\xEF\xBB\xBF", 3, "utf-8"},
		     {"\xFE\xFF", 2, "utf-16be"},
		     {"\xFF\xFE", 2, "utf-16le"}};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (file.len >= marks[i].len &&
		    memcmp(file.data, marks[i].bytes, marks[i].len) == 0) {
			*ret_len = marks[i].len;
			return find_charset(marks[i].label);
		}
	return NULL;
}

static enum annot_status choose(struct annot_bytes file, const char *given, size_t *ret_mark,
				struct html_text *ret, const struct charset **ret_charset,
				struct annot_error *err)
{
	char label[LABEL_MAX + 1];
	const struct charset *found = of_mark(file, ret_mark);
	ret->charset_from = HTML_CHARSET_BOM;
	if (given) {
		ret->charset_from = HTML_CHARSET_GIVEN;
		found = find_charset(given);
		if (!found)
			return annot_fail(
				err, ANNOT_USAGE,
				"charset \"%s\" is not known; name one of the web's, as in "
				"windows-1252",
				given);
	} else if (!found && read_declared(file, label)) {
		ret->charset_from = HTML_CHARSET_DECLARED;
		found = find_charset(label);
		if (!found)
			return annot_fail(
				err, ANNOT_INVALID,
				"it says that its charset is \"%s\", which is not known; say "
				"--charset NAME",
				label);
		if (strncmp(found->name, "utf-16", 6) == 0)
			found = find_charset("utf-8"); /* else the declaration could not be read */
	} else if (!found) {
		bool utf8 = annot_utf8_valid(file.data, file.len) == file.len;
		ret->charset_from = HTML_CHARSET_GUESSED;
		found = find_charset(utf8 ? "utf-8" : "windows-1252");
	}
	ret->charset = found->name;
	*ret_charset = found;
	return ANNOT_OK;
}

/* --- decoding --- */

static void replace(struct html_text *ret, size_t at, struct annot_buf *utf8)
{
	annot_buf_puts(utf8, "\xEF\xBF\xBD");
	if (ret->replaced++ == 0)
		ret->first_replaced = at;
}

static void copy_utf8(struct annot_bytes file, size_t from, struct html_text *ret,
		      struct annot_buf *utf8)
{
	for (size_t at = from; at < file.len;) {
		size_t valid = annot_utf8_valid(file.data + at, file.len - at);
		annot_buf_add(utf8, file.data + at, valid);
		at += valid;
		if (at < file.len)
			replace(ret, at++, utf8);
	}
}

static enum annot_status convert(struct annot_bytes file, size_t from, const char *name,
				 struct html_text *ret, struct annot_buf *utf8,
				 struct annot_error *err)
{
	static char piece[PIECE];
	iconv_t cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return annot_fail(err, ANNOT_INVALID,
				  "its charset %s cannot be read on this machine (iconv: %s)", name,
				  strerror(errno));
	char *in = (char *)(uintptr_t)(file.data + from);
	size_t left = file.len - from;
	while (left > 0 && !utf8->failed) {
		char *out = piece;
		size_t room = sizeof piece;
		size_t done = iconv(cd, &in, &left, &out, &room);
		int why = errno;
		annot_buf_add(utf8, piece, sizeof piece - room);
		if (done != (size_t)-1 || why == E2BIG)
			continue;
		replace(ret, file.len - left, utf8);
		in++, left--;
		iconv(cd, NULL, NULL, NULL, NULL);
	}
	iconv_close(cd);
	return ANNOT_OK;
}

enum annot_status page_decode(struct annot_bytes file, const char *charset, struct annot_buf *utf8,
			      struct html_text *ret, struct annot_error *err)
{
	const struct charset *found;
	size_t mark = 0;
	annot_buf_puts(utf8, "");
	TRY(choose(file, charset, &mark, ret, &found, err));
	if (strcmp(found->iconv, "UTF-8") == 0)
		copy_utf8(file, mark, ret, utf8);
	else
		TRY(convert(file, mark, found->iconv, ret, utf8, err));
	TRY(annot_buf_check(utf8, "the page as UTF-8", err));
	for (char *nul = utf8->data;
	     (nul = memchr(nul, 0, utf8->len - (size_t)(nul - utf8->data)));)
		*nul = ' '; /* a NUL ends the page for libxml2 */
	if (ret->replaced > file.len / WRONG_CHARSET + 1)
		return annot_fail(
			err, ANNOT_INVALID,
			"it is not in %s: %llu bytes are not, the first at byte %llu; say "
			"--charset NAME",
			found->name, (unsigned long long)ret->replaced,
			(unsigned long long)ret->first_replaced);
	return ANNOT_OK;
}
