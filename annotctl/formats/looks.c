#include "looks.h"

#include <string.h>

#include "../intake/intake.h"

/* --- JSON, as far as its first object's own members can be seen --- */

/*
 * Members by which a format is known, of the first object (in an array or not): with a value that
 * begins so, or holds it ("" any). The first row that is met decides, unless the format that was
 * asked for has one that is met as well.
 */
static const struct sign {
	const char *format, *member, *value;
} signs[] = {
	{"ndjson", "annot", "ndjson/"},
	{"ndjson", "text_of", ""},
	{"ndjson", "leaf", ""},
	{"claimreview", "claimReviewed", ""},
	{"claimreview", "@type", "ClaimReview"},
	{"claimreview", "@context", "schema.org"},
	{"w3c", "@context", "/anno"},
	{"w3c", "type", "Annotation"},
	{"hypothesis", "export_userid", ""},
	{"hypothesis", "annotations", ""},
	{"hypothesis", "rows", ""},
	{"hypothesis", "user", "acct:"},
};
enum { SIGNS = sizeof signs / sizeof *signs };

struct scan {
	const char *at, *end;
};

static bool skip_space(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
		s->at++;
	return s->at < s->end;
}

/* Behind the closing quote; false: it does not end here. */
static bool skip_string(struct scan *s)
{
	for (s->at++; s->at < s->end; s->at++) {
		if (*s->at == '\\')
			s->at++;
		else if (*s->at == '"') {
			s->at++;
			return true;
		}
	}
	s->at = s->end;
	return false;
}

/* Up to the ',' or the bracket that ends the value. */
static bool skip_value(struct scan *s)
{
	for (size_t depth = 0; skip_space(s);) {
		char c = *s->at;
		if (c == '"') {
			if (!skip_string(s))
				return false;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return true;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		s->at++;
	}
	return false;
}

static void meet(const char *name, size_t len, const struct scan *from, const struct scan *value,
		 bool met[SIGNS])
{
	size_t n = (size_t)(value->at - from->at);
	for (size_t i = 0; i < SIGNS; i++)
		if (strlen(signs[i].member) == len && memcmp(signs[i].member, name, len) == 0 &&
		    memmem(from->at, n, signs[i].value, strlen(signs[i].value)))
			met[i] = true;
}

/* One member; false: that was all that can be seen. */
static bool next_member(struct scan *s, bool met[SIGNS])
{
	if (!skip_space(s) || *s->at != '"')
		return false;
	struct scan name = {s->at + 1, s->end};
	if (!skip_string(s))
		return false;
	size_t len = (size_t)(s->at - name.at) - 1;
	if (!skip_space(s) || *s->at != ':')
		return false;
	s->at++;
	struct scan value = *s;
	bool whole = skip_value(s);
	meet(name.at, len, &value, s, met);
	if (!whole || *s->at != ',')
		return false;
	s->at++;
	return true;
}

/* The format that the first object is of; NULL: it cannot be told, or is the one asked for. */
static const struct annot_format *json_format(const struct annot_format *asked, struct scan s)
{
	bool met[SIGNS] = {false};
	const struct annot_format *ret = NULL;
	if (*s.at == '[') {
		s.at++;
		skip_space(&s);
	}
	if (s.at == s.end || *s.at != '{')
		return NULL;
	for (s.at++; next_member(&s, met);)
		;
	for (size_t i = 0; i < SIGNS; i++) {
		if (met[i] && strcmp(signs[i].format, asked->name) == 0)
			return NULL;
		if (met[i] && !ret)
			ret = annot_format_find(signs[i].format);
	}
	return ret;
}

/* --- lines --- */

/* "T1 TAB", "R2 TAB", "* TAB": the first line of a brat file. */
static bool is_brat(struct scan s)
{
	if (!strchr("TREAMN#*", *s.at) || !*s.at)
		return false;
	for (s.at++; s.at < s.end && *s.at >= '0' && *s.at <= '9'; s.at++)
		;
	return s.at < s.end && *s.at == '\t';
}

static enum annot_status refuse(const struct annot_format *format, const char *shown,
				const char *what, const struct annot_format *fits,
				struct annot_error *err)
{
	if (fits)
		return annot_fail(err, ANNOT_REFUSED, "%s looks like %s, not like %s: say --as %s",
				  shown, what, format->name, fits->name);
	return annot_fail(err, ANNOT_REFUSED, "%s looks like %s; --as %s takes %s", shown, what,
			  format->name,
			  format->flags & ANNOT_FORMAT_LINES ? "lines of text" : "JSON");
}

enum annot_status looks_check(const struct annot_format *format, const char *shown,
			      struct annot_bytes head, struct annot_error *err)
{
	struct scan s = {(const char *)head.data, (const char *)head.data + head.len};
	bool lines = format->flags & ANNOT_FORMAT_LINES;
	const char *what = intake_looks(head);
	if (what)
		return refuse(format, shown, what, NULL, err);
	if (head.len >= 3 && memcmp(head.data, "\xEF\xBB\xBF", 3) == 0)
		s.at += 3;
	if (!skip_space(&s))
		return ANNOT_OK;
	if (memchr(s.at, '\0', (size_t)(s.end - s.at)))
		return refuse(format, shown, "a binary file", NULL, err);
	if (*s.at == '{' || *s.at == '[') {
		const struct annot_format *other = json_format(format, s);
		if (other)
			return refuse(format, shown, other->name, other, err);
		return lines ? refuse(format, shown, "JSON", NULL, err) : ANNOT_OK;
	}
	if (lines)
		return ANNOT_OK;
	if (is_brat(s))
		return refuse(format, shown, "brat", annot_format_find("brat"), err);
	if (memmem(s.at, (size_t)(s.end - s.at), "\n{", 2))
		return ANNOT_OK; /* items, of which the first is broken */
	return refuse(format, shown, *s.at == '<' ? "XML" : "plain text", NULL, err);
}
