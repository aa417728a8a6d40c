#include <string.h>
#include <unistd.h>

#include "../key.h"
#include "../out/out.h"

static char *arg_output;

static const struct poptOption options[] = {
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0,
	 "Where to write it, and FILE.pub beside it", "FILE"},
	POPT_TABLEEND,
};

static int run(struct ctl *ctl, int argc, const char **args)
{
	const char *path = arg_output, *dir;
	struct annot_public_key key;
	char fingerprint[51];
	(void)argc;
	if (!annot_name_valid(args[0], strlen(args[0])))
		return ctl_usage(ctl,
				 "name \"%s\": expected a lower-case letter or digit, then "
				 "letters, digits, dot, dash or "
				 "underscore",
				 args[0]);
	if (!path) {
		CTL_TRY(ctl, key_path(ctl, NULL, &dir));
		CTL_TRY(ctl, annot_dir_make(dir, &ctl->err));
		CTL_TRY(ctl, key_path(ctl, args[0], &path));
	}
	CTL_TRY(ctl, annot_key_create(path, args[0], &key, &ctl->err));
	annot_key_fingerprint(key.key, fingerprint);
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, json_pack("{s:s, s:s, s:s}", "name", args[0], "file", path, "key",
					fingerprint));
	else
		out_text(ctl, "%s\n", out_safe(ctl, path));
	out_note(ctl,
		 "key %s is not encrypted; ssh-keygen -p -f %s gives it a passphrase (then "
		 "ssh-agent signs)",
		 fingerprint, out_safe(ctl, path));
	return 0;
}

const struct command cmd_key_new = {
	"key new", "NAME", "Make a key to sign with", options, run, 0, 1, 1,
};
