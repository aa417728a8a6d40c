#include "text/bare.h"

#include <utf8proc.h>

#include "text/fold_class.h"

enum { DECOMPOSED_MAX = 32 };

static bool is_letter(utf8proc_int32_t cp)
{
	utf8proc_category_t c = utf8proc_category(cp);
	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
	       (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

/* Letters that are spelled otherwise elsewhere: as folding spells them. */
static size_t spelled(const char *to, uint32_t ret[ANNOT_BARE_MAX])
{
	size_t n = 0;
	for (; *to && n < ANNOT_BARE_MAX; to++)
		if (is_letter(*to))
			ret[n++] = (uint8_t)*to;
	return n;
}

size_t annot_bare_letters(uint32_t cp, uint32_t ret[ANNOT_BARE_MAX])
{
	utf8proc_int32_t all[DECOMPOSED_MAX];
	const char *to = NULL;
	int last_boundary = UTF8PROC_BOUNDCLASS_START;
	size_t n = 0;
	if (annot_fold_class(cp, &to) == ANNOT_FOLD_REPLACED)
		return spelled(to, ret);
	utf8proc_ssize_t len =
		utf8proc_decompose_char((utf8proc_int32_t)cp, all, DECOMPOSED_MAX,
					UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
						UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK,
					&last_boundary);
	if (len > DECOMPOSED_MAX)
		len = DECOMPOSED_MAX;
	for (utf8proc_ssize_t i = 0; i < len && n < ANNOT_BARE_MAX; i++)
		if (is_letter(all[i]))
			ret[n++] = (uint32_t)all[i];
	return n;
}
