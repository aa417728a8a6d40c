/* Running one command line: find the command, parse its options, connect, run, report. */
#include "ctl.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "option_error.h"
#include "out/out.h"
#include "out/progress.h"
#include "remote.h"
#include "settings.h"

enum { ARENA_MAX = 1 << 30, OPTIONS_MAX = 48, STRINGS = 1 << 16 };

int ctl_fail(struct ctl *ctl, enum annot_status status)
{
	ctl->failed = true;
	if (status == ANNOT_NOT_FOUND && ctl->command && (ctl->command->flags & WRITES))
		return annot_exit_code(ANNOT_REFUSED);
	return annot_exit_code(status);
}

int ctl_usage(struct ctl *ctl, const char *format, ...)
{
	char text[ANNOT_ERROR_TEXT_MAX];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	annot_fail(&ctl->err, ANNOT_USAGE, "%s", text);
	ctl->failed = true;
	return annot_exit_code(ANNOT_USAGE);
}

/* The command that the first one or two words name; *ret_words how many it took. */
static const struct command *find_command(int n, const char **words, int *ret_words)
{
	for (int take = n >= 2 ? 2 : n; take >= 1; take--) {
		char name[64];
		snprintf(name, sizeof name, "%s%s%s", words[0], take == 2 ? " " : "",
			 take == 2 ? words[1] : "");
		for (const struct command *const *c = commands; *c; c++)
			if (strcmp((*c)->name, name) == 0) {
				*ret_words = take;
				return *c;
			}
	}
	return NULL;
}

/* Whether some command's first word is this one; their names, for a message. */
static bool is_group(struct ctl *ctl, const char *word, const char **ret_names)
{
	size_t len = strlen(word);
	const char *names = "";
	for (const struct command *const *c = commands; *c; c++)
		if (strncmp((*c)->name, word, len) == 0 && (*c)->name[len] == ' ')
			names = annot_arena_printf(ctl->arena, "%s%s%s", names, *names ? ", " : "",
						   (*c)->name);
	*ret_names = names;
	return *names != '\0';
}

static int unknown_command(struct ctl *ctl, int n, const char **words)
{
	char typed[96];
	const char *names;
	if (n > 1 && words[1][0] == '-') /* an option is no part of the name */
		n = 1;
	if (n == 1 && is_group(ctl, words[0], &names))
		return ctl_usage(ctl, "%s what? commands: %s", words[0], names);
	snprintf(typed, sizeof typed, "%s%s%s", words[0], n > 1 ? " " : "", n > 1 ? words[1] : "");
	const char *group = n == 1 ? help_nearest_group(ctl, words[0]) : NULL;
	if (group && is_group(ctl, group, &names))
		return ctl_usage(ctl, "no command \"%s\"; did you mean one of %s?", typed, names);
	const struct command *nearest = help_nearest(typed);
	if (!nearest)
		nearest = help_nearest(words[0]);
	if (nearest)
		return ctl_usage(ctl, "no command \"%s\"; did you mean \"%s\"?", typed,
				 nearest->name);
	return ctl_usage(ctl, "no command \"%s\"; annotctl --help lists them", typed);
}

/* annotctl help [COMMAND]: as --help. */
static int help(struct ctl *ctl, int n, const char **words)
{
	int taken;
	const struct command *command = find_command(n < 2 ? n : 2, words, &taken);
	if (n > 0 && !command)
		return unknown_command(ctl, n < 2 ? n : 2, words);
	if (command)
		help_command(command, stdout);
	else
		help_overview(stdout);
	return 0;
}

static bool holds_string(const struct poptOption *o)
{
	return (o->argInfo & POPT_ARG_MASK) == POPT_ARG_STRING;
}

/* The command's options and those of every command in one table. Where a string is taken, val says
 * at which place of the table. */
static void join_options(const struct command *command, int *help, int *version,
			 struct poptOption table[OPTIONS_MAX])
{
	size_t n = 0;
	const struct poptOption *lists[] = {command ? command->options : NULL, settings_options};
	for (size_t l = 0; l < 2; l++)
		for (const struct poptOption *o = lists[l]; o && (o->longName || o->arg); o++)
			if (n + 3 < OPTIONS_MAX) {
				table[n] = *o;
				if (holds_string(o))
					table[n].val = STRINGS + (int)n;
				n++;
			}
	table[n++] = (struct poptOption){"help", 'h', POPT_ARG_NONE, help, 0, "This help", NULL};
	table[n++] = (struct poptOption){"version", '\0',          POPT_ARG_NONE, version,
					 0,         "The version", NULL};
	table[n] = (struct poptOption)POPT_TABLEEND;
}

/* An option that was just parsed, whose val is not 0. */
static int check_count(struct ctl *ctl, const struct poptOption *table, int val)
{
	while (table->val != val)
		table++;
	int n = *(const int *)table->arg;
	return n < 1 ? ctl_usage(ctl, "--%s %d: expected 1 or more", table->longName, n) : 0;
}

/* Parses options; *rest are the other arguments, owned by the context. */
static int parse_options(struct ctl *ctl, poptContext context, const struct poptOption *table,
			 const char **argv, const char ***rest, int *n_rest)
{
	char *held[OPTIONS_MAX] = {NULL}; /* popt forgets what an option held that is given again */
	int code;
	for (size_t i = 0; table[i].longName || table[i].arg; i++)
		if (holds_string(&table[i]))
			held[i] = *(char **)table[i].arg;
	while ((code = poptGetNextOpt(context)) > 0) {
		if (code >= STRINGS) {
			free(held[code - STRINGS]);
			held[code - STRINGS] = *(char **)table[code - STRINGS].arg;
			continue;
		}
		code = check_count(ctl, table, code);
		if (code)
			return code;
	}
	if (code < -1)
		return option_error(ctl, table, argv,
				    poptBadOption(context, POPT_BADOPTION_NOALIAS), code);
	*rest = poptGetArgs(context);
	*n_rest = 0;
	while (*rest && (*rest)[*n_rest])
		(*n_rest)++;
	return 0;
}

enum annot_status ctl_try_connect(struct ctl *ctl)
{
	if (ctl->annot)
		return ANNOT_OK;
	struct annot_options options = ANNOT_OPTIONS_INIT;
	options.socket = ctl->socket;
	options.timeout_ms = ctl->timeout_ms;
	remote_options(ctl, true, &options);
	enum annot_status status = annot_open(&options, &ctl->annot, &ctl->err);
	if (status != ANNOT_OK) /* a URL that is none is a wrong command line */
		return status == ANNOT_INVALID ? ANNOT_USAGE : status;
	progress_follow(ctl);
	if (annot_first_contact(ctl->annot))
		out_note(ctl, "first contact: this socket serves corpus %s (%s)",
			 annot_hash_hex(&annot_hello(ctl->annot)->corpus).text,
			 out_safe(ctl, annot_hello(ctl->annot)->origin));
	return ANNOT_OK;
}

int ctl_connect(struct ctl *ctl)
{
	CTL_TRY(ctl, ctl_try_connect(ctl));
	return 0;
}

static int run_command(struct ctl *ctl, int n, const char **args)
{
	const struct command *c = ctl->command;
	if (n < c->min_args || (c->max_args >= 0 && n > c->max_args))
		return ctl_usage(ctl, "%s argument for \"%s\"; usage: annotctl %s%s%s",
				 n < c->min_args ? "missing" : "unexpected", c->name, c->name,
				 *c->args ? " " : "", c->args);
	if (ctl->in_batch && strcmp(c->name, "batch") == 0)
		return ctl_usage(ctl, "a batch cannot hold a batch");
	int code = c->flags & NEEDS_DAEMON ? ctl_connect(ctl) : 0;
	return code ? code : c->run(ctl, n, args);
}

/* After the options: settings, then help or the command itself. */
static int act(struct ctl *ctl, bool help, int n, const char **args)
{
	if (ctl->in_batch && settings_name_socket())
		return ctl_usage(ctl, "--socket: a batch is for one daemon; say it before batch");
	if (settings_apply(ctl) != ANNOT_OK)
		return ctl_fail(ctl, ANNOT_USAGE);
	if (!help)
		return run_command(ctl, n, args);
	help_command(ctl->command, stdout);
	return 0;
}

/* Parses and runs with the options of the command that `words` words at the start name. */
static int parse_and_run(struct ctl *ctl, int argc, const char **argv, int words)
{
	static const char *none[] = {NULL};
	int help = 0, version = 0, n = 0;
	const char **rest = NULL;
	struct poptOption table[OPTIONS_MAX];
	join_options(ctl->command, &help, &version, table);
	poptContext context =
		poptGetContext("annotctl", argc, argv, table, POPT_CONTEXT_KEEP_FIRST);
	int code = parse_options(ctl, context, table, argv, &rest, &n);
	if (code == 0)
		code = act(ctl, help, n - words, rest ? rest + words : none);
	poptFreeContext(context);
	if (ctl->command->options)
		settings_reset_options(ctl->command->options);
	return code;
}

/* What stands before the command, and the one or two words that name it (copied into the arena),
 * behind a "help". */
enum { FRONT_WORDS = 3 };
struct front {
	bool done; /* --help, --version or an error: there is nothing to run */
	int n;
	const char *words[FRONT_WORDS];
};

static int take_front(struct ctl *ctl, int help, int version, const char **rest, int n,
		      struct front *ret)
{
	if (version) {
		printf("annotctl %s\n", annot_version());
		return 0;
	}
	if (help || n == 0) {
		help_overview(help ? stdout : stderr);
		return help ? 0 : annot_exit_code(ANNOT_USAGE);
	}
	if (settings_apply(ctl) != ANNOT_OK)
		return ctl_fail(ctl, ANNOT_USAGE);
	for (; ret->n < FRONT_WORDS && ret->n < n; ret->n++) {
		ret->words[ret->n] =
			annot_arena_copy(ctl->arena, rest[ret->n], strlen(rest[ret->n]));
		if (!ret->words[ret->n])
			return ctl_fail(ctl,
					annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory"));
	}
	ret->done = false;
	return 0;
}

/* Options before the command: -h, --version and the settings. */
static int parse_front(struct ctl *ctl, int argc, const char **argv, struct front *ret)
{
	int help = 0, version = 0, n = 0;
	const char **rest = NULL;
	struct poptOption table[OPTIONS_MAX];
	*ret = (struct front){.done = true};
	join_options(NULL, &help, &version, table);
	poptContext context = poptGetContext("annotctl", argc, argv, table,
					     POPT_CONTEXT_KEEP_FIRST | POPT_CONTEXT_POSIXMEHARDER);
	int code = parse_options(ctl, context, table, argv, &rest, &n);
	if (code == 0)
		code = take_front(ctl, help, version, rest, n, ret);
	settings_reset_options(settings_options); /* parsed again with the command's own */
	poptFreeContext(context);
	return code;
}

int ctl_run(struct ctl *ctl, int argc, const char **argv)
{
	struct front front;
	ctl->command = NULL;
	ctl->query = NULL;
	ctl->chosen = NULL;
	ctl->columns = (struct columns){0};
	ctl->failed = false;
	ctl->arena = annot_arena_new(ARENA_MAX);
	int code = parse_front(ctl, argc, argv, &front);
	if (!front.done) {
		int taken = 0, given = front.n < 2 ? front.n : 2;
		ctl->command = find_command(given, front.words, &taken);
		if (ctl->command)
			code = parse_and_run(ctl, argc, argv, taken);
		else if (strcmp(front.words[0], "help") == 0)
			code = help(ctl, front.n - 1, front.words + 1);
		else
			code = unknown_command(ctl, given, front.words);
	}
	if (ctl->failed && !ctl->in_batch)
		out_error(ctl);
	ctl->arena = annot_arena_free(ctl->arena);
	return code;
}
