#include "text/fold_class.h"

#include <utf8proc.h>

#include "base/auto.h"
#include "text/marks.h"

static bool is_space(uint32_t cp)
{
	if (cp < 0x80)
		return cp == ' ' || (cp >= 0x09 && cp <= 0x0D);
	return cp == 0x85 || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) ||
	       cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

bool annot_fold_breaks_line(uint32_t cp)
{
	return (cp >= 0x0A && cp <= 0x0D) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static bool is_dash(uint32_t cp)
{
	return cp == '-' || (cp >= ANNOT_HYPHEN && cp <= 0x2015) || cp == 0x2043 || cp == 0x2212 ||
	       cp == 0x2E3A || cp == 0x2E3B || cp == 0xFE58 || cp == 0xFE63 || cp == 0xFF0D;
}

/* Other spellings: quotation marks of all languages, primes, ligatures that are letters elsewhere.
 */
static const struct replacement {
	uint32_t cp;
	const char *to;
} replacements[] = {
	{0x0060, "'"},  {0x00AB, "\""}, {0x00B4, "'"},   {0x00BB, "\""}, {0x00C6, "ae"},
	{0x00E6, "ae"}, {0x0132, "ij"}, {0x0133, "ij"},  {0x0149, "'n"}, {0x0152, "oe"},
	{0x0153, "oe"}, {0x02B9, "'"},  {0x02BA, "\""},  {0x02BB, "'"},  {0x02BC, "'"},
	{0x02BD, "'"},  {0x02EE, "\""}, {0x0374, "'"},   {0x05F3, "'"},  {0x05F4, "\""},
	{0x1FEF, "'"},  {0x1FFD, "'"},  {0x2018, "'"},   {0x2019, "'"},  {0x201A, "'"},
	{0x201B, "'"},  {0x201C, "\""}, {0x201D, "\""},  {0x201E, "\""}, {0x201F, "\""},
	{0x2024, "."},  {0x2025, ".."}, {0x2026, "..."}, {0x2032, "'"},  {0x2033, "\""},
	{0x2035, "'"},  {0x2036, "\""}, {0x2039, "'"},   {0x203A, "'"},  {0x300C, "'"},
	{0x300D, "'"},  {0x300E, "\""}, {0x300F, "\""},  {0x301D, "\""}, {0x301E, "\""},
	{0x301F, "\""}, {0xFF02, "\""}, {0xFF07, "'"},   {0xFF40, "'"},  {0xFF62, "'"},
	{0xFF63, "'"},
};

static const char *find_replacement(uint32_t cp)
{
	size_t low = 0, high = COUNT(replacements);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (replacements[middle].cp < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return low < COUNT(replacements) && replacements[low].cp == cp ? replacements[low].to
								       : NULL;
}

enum annot_fold_class annot_fold_class(uint32_t cp, const char **to)
{
	/* Letters of Cyrillic, and Chinese and Korean: the bulk of what comes here. */
	if ((cp >= 0x0400 && cp < 0x0483) || (cp >= 0x3400 && cp < 0xA000) ||
	    (cp >= 0xAC00 && cp < 0xD7A4))
		return ANNOT_FOLD_LETTER;
	if (is_space(cp))
		return ANNOT_FOLD_SPACE;
	if (is_dash(cp))
		return ANNOT_FOLD_DASH;
	const char *spelling = find_replacement(cp);
	if (spelling) {
		*to = spelling;
		return ANNOT_FOLD_REPLACED;
	}
	if (cp >= 0x80 && utf8proc_get_property((utf8proc_int32_t)cp)->ignorable)
		return ANNOT_FOLD_DROPPED;
	return ANNOT_FOLD_LETTER;
}

bool annot_fold_joins(uint32_t cp)
{
	if (cp < 0x0300 || (cp >= 0x0370 && cp < 0x0483) || (cp >= 0x3400 && cp < 0xA66F) ||
	    (cp >= 0xAC00 && cp < 0xD7B0))
		return false;
	if ((cp >= 0x1160 && cp <= 0x11FF) || (cp >= 0xD7B0 && cp <= 0xD7FB))
		return true;
	return annot_is_mark(cp);
}
