#include "../key.h"
#include "../out/out.h"

static void print_key(void *arg, const char *name)
{
	struct ctl *ctl = arg;
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
		out_text(ctl, "%-20s %s\n", out_safe(ctl, name), fingerprint);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc, (void)args;
	if (ctl->format != FORMAT_TEXT)
		out_list_begin(ctl);
	CTL_TRY(ctl, key_each(ctl, print_key, ctl));
	if (ctl->format != FORMAT_TEXT)
		out_list_end(ctl);
	return 0;
}

const struct command cmd_key_list = {
	"key list", "", "List your keys on this machine", NULL, run, 0, 0, 0,
};
