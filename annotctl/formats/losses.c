#include "losses.h"

#include <errno.h>
#include <string.h>

#include "../out/out.h"

static enum annot_status failed(struct losses *l, struct annot_error *err)
{
	return annot_file_cannot(l->path, "written", errno, err);
}

enum annot_status losses_open(struct ctl *ctl, const char *path, bool strict, struct losses *ret)
{
	*ret = (struct losses){.ctl = ctl, .path = path, .strict = strict};
	if (!path)
		return ANNOT_OK;
	ret->report = fopen(path, "we");
	return ret->report ? ANNOT_OK : failed(ret, &ctl->err);
}

static enum annot_status report(struct losses *l, const struct annot_loss *loss,
				struct annot_error *err)
{
	json_t *o = json_pack("{s:s, s:s, s:s?, s:s, s:b}", "item", loss->item, "field",
			      loss->field, "value", loss->value, "reason", loss->reason, "left_out",
			      (int)loss->left_out);
	if (o && loss->file) {
		json_object_set_new(o, "file", json_string(loss->file));
		json_object_set_new(o, "line", json_integer((json_int_t)loss->line));
	}
	if (!o)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	bool written = json_dumpf(o, l->report, JSON_COMPACT) == 0 && fputc('\n', l->report) != EOF;
	json_decref(o);
	return written ? ANNOT_OK : failed(l, err);
}

enum annot_status losses_add(struct losses *l, const struct annot_loss *loss,
			     struct annot_error *err)
{
	l->n++;
	l->left_out += loss->left_out;
	if (l->report)
		TRY(report(l, loss, err));
	if (!l->strict)
		return ANNOT_OK;
	if (loss->file)
		return annot_fail(err, ANNOT_REFUSED, "%s:%zu: %.100s%s%.100s: %.200s (--strict)",
				  loss->file, loss->line, loss->item, *loss->item ? ": " : "",
				  *loss->field ? loss->field : "all of it", loss->reason);
	return annot_fail(err, ANNOT_REFUSED, "%.8s%s%.100s: %.200s (--strict)", loss->item,
			  *loss->item ? ": " : "", *loss->field ? loss->field : "all of it",
			  loss->reason);
}

enum annot_status losses_close(struct losses *l)
{
	FILE *report = l->report;
	l->report = NULL;
	if (report && fclose(report) != 0)
		return failed(l, &l->ctl->err);
	return ANNOT_OK;
}
