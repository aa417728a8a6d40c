#include <string.h>

#include "../raters/agreement.h"
#include "../rows.h"

static char *arg_on, *arg_scale, *arg_weights;
static int arg_disagreements;

static const struct poptOption options[] = {
	{"on", '\0', POPT_ARG_STRING, &arg_on, 0,
	 "What to compare: ratings, tags or spans (ratings)", "WHAT"},
	{"scale", '\0', POPT_ARG_STRING, &arg_scale, 0, "Scale of the ratings (the only one used)",
	 "NAME"},
	{"weights", '\0', POPT_ARG_STRING, &arg_weights, 0,
	 "Weights of κ and of AC: none, linear or quadratic (all of them)", "WEIGHTS"},
	{"disagreements", '\0', POPT_ARG_NONE, &arg_disagreements, 0,
	 "List where persons differ and who said what, one JSON object a line", NULL},
	POPT_TABLEEND,
};

static const struct {
	const char *name;
	enum annot_status (*run)(struct agreement *a);
} subjects[] = {
	{"ratings", agreement_ratings}, {"tags", agreement_tags}, {"spans", agreement_spans}};

static const char *const weights[] = {[ANNOT_WEIGHTS_NONE] = "none",
				      [ANNOT_WEIGHTS_LINEAR] = "linear",
				      [ANNOT_WEIGHTS_QUADRATIC] = "quadratic"};

/* Which of the weights --weights names; -1: none of them. */
static int find_weights(const char *name)
{
	for (int i = ANNOT_WEIGHTS_NONE; i <= ANNOT_WEIGHTS_QUADRATIC; i++)
		if (strcmp(weights[i], name) == 0)
			return i;
	return -1;
}

static int find_subject(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(subjects[i].name, name) == 0)
			return i;
	return -1;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	int subject = arg_on ? find_subject(arg_on) : 0;
	int by = arg_weights ? find_weights(arg_weights) : -1;
	if (subject < 0)
		return ctl_usage(ctl, "--on %s: expected ratings, tags or spans", arg_on);
	if (arg_weights && by < 0)
		return ctl_usage(ctl, "--weights %s: expected none, linear or quadratic",
				 arg_weights);
	if (subject > 0 && (arg_scale || arg_weights))
		return ctl_usage(ctl, "%s is for ratings; %s have no scale",
				 arg_scale ? "--scale" : "--weights", subjects[subject].name);
	struct agreement a = {.ctl = ctl,
			      .query = rows_query(ctl, args),
			      .scale = arg_scale,
			      .weights = by,
			      .disagreements = arg_disagreements,
			      .arena = ctl->arena,
			      .keys = LIST_INIT,
			      .reaffirmed = LIST_INIT};
	enum annot_status status = people_read(&a);
	if (status == ANNOT_OK)
		status = subjects[subject].run(&a);
	people_free(&a);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_agreement = {
	"agreement", "[QUERY]", "Say how far persons agree on what matches: κ, α, AC1, F1",
	options,     run,       NEEDS_DAEMON | LISTS,
	0,           -1,
};
