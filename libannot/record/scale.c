/* Names, and the values that policies are made of. */
#include "base/encode.h"
#include "record/internal.h"

enum { NAME_MAX_LEN = 63, RATING_MAX_LEN = 32, ID_PREFIX_MIN = 8, APPROVALS_MAX = 16 };

static bool is_low_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool annot_name_valid(const char *text, size_t len)
{
	bool hex = true;
	if (len == 0 || len > NAME_MAX_LEN || !is_low_or_digit(text[0]))
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (!is_low_or_digit(c) && c != '.' && c != '_' && c != '-')
			return false;
		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			hex = false;
	}
	return !(hex && len >= ID_PREFIX_MIN);
}

/* Cuts the next word off *text at a single space; the last word takes the rest. */
static struct annot_bytes next_word(const char **text, size_t *len)
{
	const char *space = memchr(*text, ' ', *len);
	size_t n = space ? (size_t)(space - *text) : *len;
	struct annot_bytes word = annot_bytes(*text, n);
	*text += n + (space ? 1 : 0);
	*len -= n + (space ? 1 : 0);
	return word;
}

static enum annot_status parse_rating(struct annot_bytes word, struct annot_scale *scale,
				      struct annot_error *err)
{
	const char *text = (const char *)word.data;
	if (scale->n == ANNOT_SCALE_RATINGS_MAX)
		return annot_fail(err, ANNOT_INVALID, "a scale has at most %d ratings",
				  ANNOT_SCALE_RATINGS_MAX);
	size_t name_len = word.len < 2 ? 0 : word.len - 2;
	if (name_len > RATING_MAX_LEN || !annot_name_valid(text, name_len) ||
	    text[name_len] != ':' || !text[name_len + 1] || !strchr("-0+?", text[name_len + 1]))
		return annot_fail(err, ANNOT_INVALID,
				  "expected a rating and its pole as in \"false:-\" (poles: - 0 + "
				  "?), found \"%s\"",
				  annot_excerpt(text, word.len).text);
	struct annot_scale_rating *rating = &scale->ratings[scale->n];
	memcpy(rating->name, text, name_len);
	rating->pole = text[name_len + 1];
	for (size_t i = 0; i < scale->n; i++)
		if (strcmp(scale->ratings[i].name, rating->name) == 0)
			return annot_fail(err, ANNOT_INVALID, "rating \"%s\" stands twice",
					  rating->name);
	scale->n++;
	return ANNOT_OK;
}

enum annot_status annot_scale_parse(const char *text, size_t len, struct annot_scale *ret,
				    struct annot_error *err)
{
	struct annot_scale scale = {0};
	struct annot_bytes name = next_word(&text, &len);
	if (!annot_name_valid((const char *)name.data, name.len))
		return annot_fail(err, ANNOT_INVALID, "expected the name of a scale, found \"%s\"",
				  annot_excerpt(name.data, name.len).text);
	if (len == 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"expected ratings behind the name, as in \"truth false:- true:+\"");
	memcpy(scale.name, name.data, name.len);
	const char *end = text + len;
	bool space_at_end = len && end[-1] == ' ';
	while (len)
		TRY(parse_rating(next_word(&text, &len), &scale, err));
	if (space_at_end)
		return annot_fail(err, ANNOT_INVALID, "a space stands at the end");
	*ret = scale;
	return ANNOT_OK;
}

size_t annot_scale_ordered(const struct annot_scale *scale)
{
	static const char poles[] = "-0+";
	int last = -1, way = 0;
	size_t n = 0;
	for (size_t i = 0; i < scale->n; i++) {
		const char *pole = strchr(poles, scale->ratings[i].pole);
		if (!pole)
			continue;
		int at = (int)(pole - poles), step = last < 0 ? 0 : (at > last) - (at < last);
		if (way != 0 && step != 0 && step != way)
			return 0;
		way = step != 0 ? step : way;
		last = at;
		n++;
	}
	return n < 2 ? 0 : n;
}

enum annot_status annot_approvals_parse(const char *text, size_t len, uint64_t *ret,
					struct annot_error *err)
{
	struct annot_excerpt found = annot_excerpt(text, len);
	struct annot_bytes kind = next_word(&text, &len);
	uint64_t n;
	if (!annot_kind_find((const char *)kind.data, kind.len) &&
	    !(kind.len == 7 && memcmp(kind.data, "default", 7) == 0))
		return annot_fail(err, ANNOT_INVALID,
				  "expected a kind or \"default\" and a count, found \"%s\"",
				  found.text);
	if (!annot_parse_u64(text, len, &n) || n > APPROVALS_MAX)
		return annot_fail(err, ANNOT_INVALID, "expected a count from 0 to %d, found \"%s\"",
				  APPROVALS_MAX, found.text);
	*ret = n;
	return ANNOT_OK;
}
