#include "../out/out.h"
#include "../out/record.h"
#include "../rows.h"

static int arg_limit, arg_count;

static const struct poptOption options[] = {
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "At most N", "N"},
	{"count", '\0', POPT_ARG_NONE, &arg_count, 0, "Only how many there are", NULL},
	POPT_TABLEEND,
};

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct rows_request request = {.query = rows_query(ctl, args),
				       .limit = (uint64_t)arg_limit};
	return arg_count ? rows_count(ctl, request.query)
			 : rows_list(ctl, &request, rows_print_line, NULL);
}

const struct command cmd_list = {
	"list",  "[QUERY]", "List annotations that match, in log order",
	options, run,       NEEDS_DAEMON | LISTS,
	0,       -1,
};
