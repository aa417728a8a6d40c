#include <string.h>

#include "../bundle_arg.h"
#include "../diff/diff.h"
#include "../diff/log_source.h"
#include "../rows.h"

static char *arg_since, *arg_until, *arg_corpus;
static int arg_reviewers, arg_stat;

static const struct poptOption options[] = {
	{"reviewers", '\0', POPT_ARG_NONE, &arg_reviewers, 0,
	 "A and B are reviewers: what they said of the same words", NULL},
	{"since", '\0', POPT_ARG_STRING, &arg_since, 0,
	 "What happened in the log from that index on", "#INDEX"},
	{"until", '\0', POPT_ARG_STRING, &arg_until, 0, "… up to before that index", "#INDEX"},
	{"stat", '\0', POPT_ARG_NONE, &arg_stat, 0, "Only count the differences", NULL},
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0,
	 "For bundles: corpus id that you have from elsewhere", "HASH"},
	POPT_TABLEEND,
};

/* "#12" or "12". */
static enum annot_status index_arg(struct ctl *ctl, const char *option, const char *arg,
				   uint64_t *ret)
{
	const char *digits = arg + (*arg == '#');
	if (annot_parse_u64(digits, strlen(digits), ret))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_USAGE,
			  "%s %s: expected the index of a record in the log, like #12", option,
			  arg);
}

static int run_log(struct ctl *ctl, const char **args)
{
	uint64_t since, until = 0;
	CTL_TRY(ctl, index_arg(ctl, "--since", arg_since, &since));
	if (arg_until)
		CTL_TRY(ctl, index_arg(ctl, "--until", arg_until, &until));
	if (arg_until && until <= since)
		return ctl_usage(ctl, "--until %s does not lie behind --since %s", arg_until,
				 arg_since);
	int code = ctl_connect(ctl);
	return code ? code : diff_log(ctl, since, until, rows_query(ctl, args), arg_stat);
}

/* Exports of whole logs: two, or one and the daemon's. */
static int run_logs(struct ctl *ctl, int argc, const char **args)
{
	const char *const paths[2] = {args[0], argc > 1 ? args[1] : NULL};
	if (argc > 2)
		return ctl_usage(ctl, "unexpected argument \"%s\"", args[2]);
	if (paths[1] && !log_source_is_file(paths[1]))
		return ctl_usage(ctl, "%s is an exported log and %s is not", paths[0], paths[1]);
	int code = paths[1] ? 0 : ctl_connect(ctl);
	return code ? code : diff_logs(ctl, paths, arg_stat);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	bool log = arg_since || arg_until;
	bool files = !log && !arg_reviewers && argc > 0 && bundle_is_file(args[0]);
	if (arg_corpus && !files)
		return ctl_usage(ctl,
				 "--corpus is for bundles; all else is of the daemon's corpus");
	if (log) {
		if (arg_reviewers)
			return ctl_usage(ctl,
					 "--since and --reviewers are two different questions");
		if (!arg_since)
			return ctl_usage(ctl, "--until needs --since");
		return run_log(ctl, args);
	}
	if (!arg_reviewers && argc > 0 && log_source_is_file(args[0]))
		return run_logs(ctl, argc, args);
	if (argc < 2)
		return ctl_usage(ctl, "compare what? two ids, two bundles, two exported logs, "
				      "--reviewers A B, or --since #INDEX");
	if (argc > 2 && !arg_reviewers)
		return ctl_usage(ctl, "unexpected argument \"%s\"", args[2]);
	if (!arg_reviewers && files != bundle_is_file(args[1]))
		return ctl_usage(ctl, "%s is a file and %s is not; compare two ids or two bundles",
				 args[!files], args[files]);
	if (files)
		return diff_bundles(ctl, args, arg_corpus, arg_stat);
	int code = ctl_connect(ctl);
	if (code)
		return code;
	return arg_reviewers ? diff_reviewers(ctl, args, rows_query(ctl, args + 2), arg_stat)
			     : diff_versions(ctl, args, arg_stat);
}

const struct command cmd_diff = {
	"diff",
	"A [B] | --reviewers A B [QUERY] | --since #INDEX [QUERY]",
	"Compare versions, bundles, reviewers or points of the log; exit 1 if they differ",
	options,
	run,
	LISTS,
	0,
	-1,
};
