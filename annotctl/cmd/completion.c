#include <string.h>

#include "../complete.h"
#include "../out/out.h"

static int arg_words;

static const struct poptOption options[] = {
	{"words", '\0', POPT_ARG_NONE, &arg_words, 0,
	 "For the scripts: complete the last of the words behind --", NULL},
	POPT_TABLEEND,
};

static int run(struct ctl *ctl, int argc, const char **args)
{
	if (arg_words) {
		complete_words(ctl, argc, args);
		return 0;
	}
	const char *script = argc == 1 ? complete_script(args[0]) : NULL;
	if (!script)
		return ctl_usage(ctl, "completion for which shell? bash, zsh or fish");
	out_raw(ctl, script, strlen(script));
	return 0;
}

const struct command cmd_completion = {
	"completion",
	"bash|zsh|fish",
	"Print a script that completes annotctl in a shell",
	options,
	run,
	0,
	0,
	-1,
};
