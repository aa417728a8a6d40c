#include "option_error.h"

#include <string.h>

#include "help.h"

/* The option that was typed, "--limit" or "--limit=x"; NULL: there is none such. */
static const struct poptOption *option_typed(const struct poptOption *table, const char *typed)
{
	size_t len = strcspn(typed, "=");
	for (const struct poptOption *o = table; o->longName || o->arg; o++)
		if (len > 2 && strlen(o->longName) == len - 2 &&
		    strncmp(o->longName, typed + 2, len - 2) == 0)
			return o;
	return NULL;
}

/* popt names the value that is no number, and not the option before it. */
static int no_number(struct ctl *ctl, const char **argv, const char *typed, int code)
{
	const char *before = "";
	for (size_t i = 1; *typed != '-' && argv[0] && argv[i]; i++)
		if (strcmp(argv[i], typed) == 0 && argv[i - 1][0] == '-')
			before = argv[i - 1];
	return ctl_usage(ctl, "%s%s%s: expected a whole number%s", before, *before ? " " : "", typed,
			 code == POPT_ERROR_OVERFLOW ? " that is not as large" : "");
}

static int unknown(struct ctl *ctl, const struct poptOption *table, const char *typed)
{
	const char *nearest = help_nearest_option(table, typed);
	if (nearest)
		return ctl_usage(ctl, "%s: no such option; did you mean --%s?", typed, nearest);
	if (ctl->command)
		return ctl_usage(ctl,
				 "%s: no such option; annotctl %s --help lists those that there are",
				 typed, ctl->command->name);
	return ctl_usage(ctl,
			 "%s: no such option before a command; annotctl --help lists those "
			 "that there are, each command's own stand behind it",
			 typed);
}

int option_error(struct ctl *ctl, const struct poptOption *table, const char **argv,
		 const char *typed, int code)
{
	const struct poptOption *option = option_typed(table, typed);
	switch (code) {
	case POPT_ERROR_BADOPT:
		return unknown(ctl, table, typed);
	case POPT_ERROR_BADNUMBER:
	case POPT_ERROR_OVERFLOW:
		return no_number(ctl, argv, typed, code);
	case POPT_ERROR_NOARG:
		if (option && option->argDescrip)
			return ctl_usage(ctl, "%s: a value is missing: --%s %s", typed,
					 option->longName, option->argDescrip);
		break;
	default:
		break;
	}
	return ctl_usage(ctl, "%s: %s", typed, poptStrerror(code));
}
