#include <string.h>

#include "../key.h"
#include "../out/columns.h"

enum { NAME_WIDTH = 20 };

struct listing {
	struct ctl *ctl;
	size_t width; /* of the names */
};

static void measure(void *arg, const char *name)
{
	struct listing *l = arg;
	const char *safe = out_safe(l->ctl, name);
	size_t columns = annot_columns(safe, strlen(safe));
	if (columns > l->width)
		l->width = columns;
}

static void print_key(void *arg, const char *name)
{
	struct listing *l = arg;
	struct ctl *ctl = l->ctl;
	struct annot_public_key key;
	char fingerprint[51];
	if (key_public(ctl, name, &key) != ANNOT_OK) {
		out_warning(ctl, "%s", out_safe(ctl, ctl->err.text));
		return;
	}
	annot_key_fingerprint(key.key, fingerprint);
	if (ctl->format != FORMAT_TEXT)
		out_list_item(ctl, json_pack("{s:s, s:s}", "name", name, "key", fingerprint));
	else if (ctl->quiet)
		out_text(ctl, "%s\n", out_safe(ctl, name));
	else
		out_text(ctl, "%s %s\n", out_cell(ctl, out_safe(ctl, name), l->width), fingerprint);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct listing l = {.ctl = ctl, .width = NAME_WIDTH};
	(void)argc, (void)args;
	if (ctl->format != FORMAT_TEXT)
		out_list_begin(ctl);
	CTL_TRY(ctl, key_each(ctl, measure, &l));
	CTL_TRY(ctl, key_each(ctl, print_key, &l));
	if (ctl->format != FORMAT_TEXT)
		out_list_end(ctl);
	return 0;
}

const struct command cmd_key_list = {
	"key list", "", "List your keys on this machine", NULL, run, 0, 0, 0,
};
