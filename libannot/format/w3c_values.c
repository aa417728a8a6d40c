#include "format/w3c_values.h"

bool w3c_has(const json_t *value, const char *text)
{
	for (size_t i = 0; i < w3c_count(value); i++)
		if (json_is_string(w3c_item(value, i)) &&
		    strcmp(json_string_value(w3c_item(value, i)), text) == 0)
			return true;
	return false;
}

bool w3c_has_type(const json_t *object, const char *type)
{
	const json_t *value = json_object_get(object, "type");
	return w3c_has(value ? value : json_object_get(object, "@type"), type);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 3987: a scheme (RFC 3986, 3.1), and none of the characters that it leaves out. */
bool w3c_is_iri(const json_t *value)
{
	const char *text = json_string_value(value);
	if (!text || !is_letter(*text))
		return false;
	size_t scheme = 1;
	while (is_letter(text[scheme]) || (text[scheme] >= '0' && text[scheme] <= '9') ||
	       (text[scheme] && strchr("+-.", text[scheme])))
		scheme++;
	if (text[scheme] != ':' || !text[scheme + 1])
		return false;
	return w3c_is_reference(value);
}

bool w3c_is_reference(const json_t *value)
{
	const char *text = json_string_value(value);
	for (const char *at = text; at && *at; at++)
		if ((unsigned char)*at <= ' ' || strchr("<>\"{}|\\^`\x7f", *at))
			return false;
	return text && *text;
}

static bool digits(const char **at, size_t least, size_t most)
{
	size_t n = 0;
	while (n < most && (*at)[n] >= '0' && (*at)[n] <= '9')
		n++;
	*at += n;
	return n >= least;
}

static bool literal(const char **at, char c)
{
	bool ok = **at == c;
	*at += ok;
	return ok;
}

/* Two digits of that range, and what stands before them (0: nothing). */
static bool part(const char **at, char before, int least, int most)
{
	if (before && !literal(at, before))
		return false;
	const char *two = *at;
	if (!digits(at, 2, 2))
		return false;
	int value = (two[0] - '0') * 10 + (two[1] - '0');
	return value >= least && value <= most;
}

bool w3c_is_utc(const json_t *value)
{
	const char *at = json_string_value(value);
	if (!at)
		return false;
	literal(&at, '-');
	bool ok = digits(&at, 4, 9) && part(&at, '-', 1, 12) && part(&at, '-', 1, 31) &&
		  literal(&at, 'T') && part(&at, 0, 0, 23) && part(&at, ':', 0, 59) &&
		  part(&at, ':', 0, 59);
	if (ok && literal(&at, '.'))
		ok = digits(&at, 1, 64);
	return ok && literal(&at, 'Z') && !*at;
}

bool w3c_is_position(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}
