#include "help.h"

#include <string.h>

#include "settings.h"

enum { HEAD_MAX = 96, COMMAND_WIDTH = 42, OPTION_WIDTH = 26 };

/* Pads by code points: names hold dots of three bytes. Behind a head that is too wide the text
 * begins on the next line, in its column. */
static void print_row(const char *head, int width, const char *text, FILE *to)
{
	int chars = (int)annot_utf8_chars(head, strlen(head));
	if (chars > width)
		fprintf(to, "  %s\n  %*s %s", head, width, "", text);
	else
		fprintf(to, "  %s%*s %s", head, width - chars, "", text);
}

static void print_options(const struct poptOption *options, FILE *to)
{
	for (const struct poptOption *o = options; o && (o->longName || o->arg); o++) {
		char head[HEAD_MAX], brief[] = "-x, ";
		brief[1] = o->shortName;
		snprintf(head, sizeof head, "%s--%s%s%s", o->shortName ? brief : "", o->longName,
			 o->argDescrip ? " " : "", o->argDescrip ? o->argDescrip : "");
		print_row(head, OPTION_WIDTH, o->descrip, to);
		fputs((o->argInfo & POPT_ARG_MASK) == POPT_ARG_ARGV ? " (repeatable)\n" : "\n", to);
	}
}

void help_overview(FILE *to)
{
	fputs("usage: annotctl [OPTIONS] COMMAND [ARGUMENTS]\n"
	      "Signed, versioned annotations over a corpus of texts.\n"
	      "To begin: key new, corpus init, doc add, quote add, review, gate (annotctl(1) under "
	      "EXAMPLES).\n\n",
	      to);
	for (const struct command *const *c = commands; *c; c++) {
		char head[HEAD_MAX];
		snprintf(head, sizeof head, "%s %s", (*c)->name, (*c)->args);
		print_row(head, COMMAND_WIDTH, (*c)->summary, to);
		fputc('\n', to);
	}
	fputs("\nOptions of every command:\n", to);
	print_options(settings_options, to);
	fputs("  -h, --help                 This help, or that of a command\n"
	      "  --version                  The version\n",
	      to);
	fputs("\n\"annotctl COMMAND --help\" explains one command; annotctl(1) all of them.\n"
	      "Exit: 0 done, 1 the answer is no, 2 usage, 3 no daemon, 4 refused, 5 internal, 6 "
	      "busy.\n",
	      to);
}

void help_command(const struct command *command, FILE *to)
{
	fprintf(to, "usage: annotctl %s %s\n%s.\n", command->name, command->args, command->summary);
	if (command->options) {
		fputs("\nOptions:\n", to);
		print_options(command->options, to);
	}
	fputs("\nOptions of every command:\n", to);
	print_options(settings_options, to);
}

size_t help_distance(const char *a, const char *b)
{
	enum { WORD_MAX = 40 };
	size_t row[WORD_MAX + 1];
	size_t n = strlen(b);
	if (strlen(a) > WORD_MAX || n > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[n];
}

const struct command *help_nearest(const char *typed)
{
	const struct command *nearest = NULL;
	size_t best = HELP_NEAR + 1;
	for (const struct command *const *c = commands; *c; c++) {
		size_t d = help_distance(typed, (*c)->name);
		if (d < best) {
			best = d;
			nearest = *c;
		}
	}
	return nearest;
}

const char *help_nearest_group(struct ctl *ctl, const char *typed)
{
	for (const struct command *const *c = commands; *c; c++) {
		size_t len = strcspn((*c)->name, " ");
		char *word = (*c)->name[len] ? annot_arena_copy(ctl->arena, (*c)->name, len) : NULL;
		if (word && help_distance(typed, word) == 1)
			return word;
	}
	return NULL;
}

/* Of short names fewer letters may differ, or all would be near. */
const char *help_nearest_option(const struct poptOption *options, const char *typed)
{
	char word[ANNOT_ERROR_TEXT_MAX];
	typed += strspn(typed, "-");
	snprintf(word, sizeof word, "%.*s", (int)strcspn(typed, "="), typed);
	const char *nearest = NULL;
	size_t best = strlen(word) / 2 < HELP_NEAR ? strlen(word) / 2 + 1 : HELP_NEAR + 1;
	for (const struct poptOption *o = options; o && (o->longName || o->arg); o++) {
		size_t d = help_distance(word, o->longName);
		if (d < best) {
			best = d;
			nearest = o->longName;
		}
	}
	return nearest;
}
