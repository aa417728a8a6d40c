#include "format_arg.h"

enum annot_status format_arg(struct ctl *ctl, const char *as, const struct annot_format **ret)
{
	char text[256];
	struct annot_buf names = ANNOT_BUF_IN(text);
	const struct annot_format *format = as ? annot_format_find(as) : NULL;
	for (size_t i = 0; annot_format_at(i); i++)
		annot_buf_printf(&names, "%s%s", i ? ", " : "", annot_format_at(i)->name);
	if (!as)
		return annot_fail(&ctl->err, ANNOT_USAGE, "as what? say --as with one of %s", text);
	if (!format)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--as %.80s: expected one of %s", as,
				  text);
	*ret = format;
	return ANNOT_OK;
}
