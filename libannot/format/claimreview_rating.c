/* Ratings of our scales as schema.org's Rating, and back. */
#include "format/claimreview.h"

struct claimreview_label claimreview_label(const char *rating)
{
	struct claimreview_label ret;
	snprintf(ret.text, sizeof ret.text, "%s", rating);
	for (char *c = ret.text; *c; c++)
		if (*c == '-' || *c == '_')
			*c = ' ';
	if (ret.text[0] >= 'a' && ret.text[0] <= 'z')
		ret.text[0] = (char)(ret.text[0] - 'a' + 'A');
	return ret;
}

static const struct annot_scale *scale_named(const struct annot_scale *scales, size_t n,
					     const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(scales[i].name, name) == 0)
			return &scales[i];
	return NULL;
}

static const struct annot_scale_rating *rating_named(const struct annot_scale *scale,
						     const char *name)
{
	for (size_t i = 0; i < scale->n; i++)
		if (strcmp(scale->ratings[i].name, name) == 0)
			return &scale->ratings[i];
	return NULL;
}

/* Whether a scale begins with its best rating. */
static bool falls(const struct annot_scale *scale)
{
	for (size_t i = 0; i < scale->n; i++)
		if (scale->ratings[i].pole != '?')
			return scale->ratings[i].pole == '+';
	return false;
}

bool claimreview_value(const struct annot_scale *scales, size_t n, const char *scale,
		       const char *rating, unsigned *ret_value, unsigned *ret_best)
{
	const struct annot_scale *s = scale_named(scales, n, scale);
	const struct annot_scale_rating *r = s ? rating_named(s, rating) : NULL;
	size_t ordered = s ? annot_scale_ordered(s) : 0;
	unsigned at = 0;
	if (!r || ordered == 0 || r->pole == '?')
		return false;
	for (const struct annot_scale_rating *each = s->ratings; each <= r; each++)
		at += each->pole != '?';
	*ret_best = (unsigned)ordered;
	*ret_value = falls(s) ? (unsigned)ordered + 1 - at : at;
	return true;
}

/* Labels are the same if they are in small letters and with one sign for what divides words. */
static bool same_label(const char *rating, const char *label)
{
	for (;; rating++, label++) {
		char c = *label;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == ' ' || c == '_')
			c = '-';
		if (c != (*rating == '_' ? '-' : *rating))
			return false;
		if (!c)
			return true;
	}
}

static bool by_identifier(const struct annot_scale *scales, size_t n, const char *identifier,
			  const char **ret_scale, const char **ret_rating)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(scales[i].name);
		if (strncmp(identifier, scales[i].name, len) != 0 || identifier[len] != '/')
			continue;
		const struct annot_scale_rating *r = rating_named(&scales[i], identifier + len + 1);
		if (r) {
			*ret_scale = scales[i].name;
			*ret_rating = r->name;
			return true;
		}
	}
	return false;
}

/* Whether the label is that of another rating of the scale than the one that is identified. */
static bool names_another(const struct annot_scale *scale, const char *rating, const char *label)
{
	if (!label || same_label(rating, label))
		return false;
	for (size_t i = 0; i < scale->n; i++)
		if (same_label(scale->ratings[i].name, label))
			return true;
	return false;
}

bool claimreview_rating(const struct annot_scale *scales, size_t n, const char *identifier,
			const char *label, const char **ret_scale, const char **ret_rating)
{
	size_t found = 0;
	if (identifier && by_identifier(scales, n, identifier, ret_scale, ret_rating))
		return !names_another(scale_named(scales, n, *ret_scale), *ret_rating, label);
	for (size_t i = 0; label && i < n; i++)
		for (size_t k = 0; k < scales[i].n; k++)
			if (same_label(scales[i].ratings[k].name, label)) {
				*ret_scale = scales[i].name;
				*ret_rating = scales[i].ratings[k].name;
				found++;
			}
	return found == 1;
}
