#include "text/category.h"

#include <utf8proc.h>

bool annot_is_unspaced(uint32_t cp)
{
	return (cp >= 0x0E00 && cp <= 0x0EFF) || (cp >= 0x1000 && cp <= 0x109F) ||
	       (cp >= 0x1780 && cp <= 0x17FF) || (cp >= 0x2E80 && cp <= 0x30FF) ||
	       (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
	       (cp >= 0x20000 && cp <= 0x3FFFF);
}

static enum annot_category ascii_category(uint32_t cp)
{
	if (cp >= 'a' && cp <= 'z')
		return ANNOT_CATEGORY_LETTER;
	if (cp >= 'A' && cp <= 'Z')
		return ANNOT_CATEGORY_UPPER;
	if (cp >= '0' && cp <= '9')
		return ANNOT_CATEGORY_DIGIT;
	if (cp == ' ' || (cp >= 0x09 && cp <= 0x0D))
		return ANNOT_CATEGORY_SPACE;
	/* As in Unicode $ + < = > ^ ` | ~ are symbols. */
	if (cp < 0x20 || cp == 0x7F || strchr("$+<=>^`|~", (int)cp))
		return ANNOT_CATEGORY_OTHER;
	return ANNOT_CATEGORY_PUNCTUATION;
}

enum annot_category annot_category(uint32_t cp)
{
	if (cp < 0x80)
		return ascii_category(cp);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
	switch (category) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LT:
		return ANNOT_CATEGORY_UPPER;
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
		return annot_is_unspaced(cp) ? ANNOT_CATEGORY_SIGN : ANNOT_CATEGORY_LETTER;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return ANNOT_CATEGORY_MARK;
	case UTF8PROC_CATEGORY_ND:
		return ANNOT_CATEGORY_DIGIT;
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return ANNOT_CATEGORY_NUMERAL;
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return ANNOT_CATEGORY_SPACE;
	default:
		break;
	}
	if (cp == 0x85)
		return ANNOT_CATEGORY_SPACE;
	return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO
		       ? ANNOT_CATEGORY_PUNCTUATION
		       : ANNOT_CATEGORY_OTHER;
}

bool annot_same_but_case(uint32_t a, uint32_t b)
{
	return utf8proc_tolower((utf8proc_int32_t)a) == utf8proc_tolower((utf8proc_int32_t)b);
}
