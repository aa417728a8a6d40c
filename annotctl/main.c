/* annotctl: the command line of annot. Options are tables; each command is a file in cmd/. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "help.h"
#include "out/out.h"
#include "out/terminal.h"
#include "settings.h"

static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && strcmp(term, "dumb") == 0);
}

int main(int argc, char **argv)
{
	annot_stdio_guard();
	out_begin();
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, reported once by out_finish */

	struct ctl ctl = {.color = wants_color(),
			  .terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
			  .width = isatty(STDOUT_FILENO) ? terminal_columns() : 0};
	int code;
	if (settings_load(&ctl) != ANNOT_OK) {
		out_error(&ctl);
		code = annot_exit_code(ANNOT_USAGE);
	} else {
		code = ctl_run(&ctl, argc - 1, (const char **)argv + 1);
	}
	code = out_finish(&ctl, code);
	annot_signer_close(ctl.signer);
	annot_close(ctl.annot);
	settings_free(&ctl);
	return code;
}
