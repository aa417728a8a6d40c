#include "format_arg.h"

static enum annot_status format_of(struct ctl *ctl, const char *as, const struct annot_format **ret)
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

enum annot_status format_begin(struct ctl *ctl, const struct format_options *options,
			       const struct annot_format **ret, struct losses *losses)
{
	TRY(format_of(ctl, options->as, ret));
	return losses_open(ctl, options->report, options->strict, losses);
}

enum annot_status format_end(struct losses *losses, enum annot_status status)
{
	struct annot_error why = losses->ctl->err;
	enum annot_status closed = losses_close(losses);
	if (status == ANNOT_OK)
		return closed;
	losses->ctl->err = why;
	return status;
}
