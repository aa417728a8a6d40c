/*
 * NDJSON in, NDJSON out, one result line for each request line, in order. A request is
 * {"args": ["quote", "add", …]} ; a result {"line": N, "exit": code, "output": …} or with "error".
 */
#include <stdlib.h>
#include <string.h>

#include "../out/out.h"
#include "../settings.h"

enum { LINE_MAX_BYTES = 1 << 20, ARGS_MAX = 256 };

static int arg_keep_going;

static const struct poptOption options[] = {
	{"keep-going", '\0', POPT_ARG_NONE, &arg_keep_going, 0, "Go on after a line that failed",
	 NULL},
	POPT_TABLEEND,
};

/* The "args" of a line as an argv that points into the JSON value; 0 if it is not that. */
static int args_of(const json_t *request, const char **args)
{
	const json_t *list = json_object_get(request, "args");
	size_t n = json_array_size(list);
	if (n == 0 || n > ARGS_MAX)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!(args[i] = json_string_value(json_array_get(list, i))))
			return 0;
	args[n] = NULL;
	return (int)n;
}

/*
 * Settings of a line are copies of ours, so that its own --key or --format end with it, and so is
 * the signer; the connection is shared, so a line cannot name another socket.
 */
static int run_apart(struct ctl *ctl, int n, const char **args)
{
	struct ctl line = {.socket = ctl->socket ? strdup(ctl->socket) : NULL,
			   .key = ctl->key ? strdup(ctl->key) : NULL,
			   .format = FORMAT_JSON,
			   .quiet = ctl->quiet,
			   .timeout_ms = ctl->timeout_ms,
			   .annot = ctl->annot,
			   .in_batch = true};
	int code = ctl_run(&line, n, args);
	annot_signer_close(line.signer);
	settings_free(&line);
	ctl->err = line.err;
	if (!line.failed)
		ctl->err.text[0] = '\0';
	return code;
}

/* Runs a line with its standard output caught; *ret_output is what it printed. */
static int run_caught(struct ctl *ctl, int n, const char **args, char **ret_output)
{
	size_t len;
	FILE *real = stdout, *caught = open_memstream(ret_output, &len);
	if (!caught)
		return annot_exit_code(ANNOT_NO_MEMORY);
	stdout = caught;
	int code = run_apart(ctl, n, args);
	fclose(caught);
	stdout = real;
	return code;
}

/* What a command printed: JSON as such, ids and other text without the last line's end. */
static json_t *output_json(const char *output)
{
	size_t len = output ? strlen(output) : 0;
	json_t *value = output ? json_loads(output, JSON_DECODE_ANY, NULL) : NULL;
	if (value || len == 0)
		return value;
	return json_stringn(output, output[len - 1] == '\n' ? len - 1 : len);
}

static json_t *run_line(struct ctl *ctl, const char *text, size_t len, int *ret_code)
{
	json_error_t where;
	const char *args[ARGS_MAX + 1];
	char *output = NULL;
	json_t *request = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	int n = args_of(request, args);
	if (n == 0) {
		annot_fail(&ctl->err, ANNOT_USAGE, "expected {\"args\": [\"COMMAND\", …]}%s%.200s",
			   request ? "" : ": ", request ? "" : where.text);
		*ret_code = annot_exit_code(ANNOT_USAGE);
	} else {
		ctl->err.text[0] = '\0';
		*ret_code = run_caught(ctl, n, args, &output);
	}
	json_t *result = json_pack("{s:i}", "exit", *ret_code);
	json_t *value = output_json(output);
	if (value)
		json_object_set_new(result, "output", value);
	if (ctl->err.text[0])
		json_object_set_new(result, "error", json_string(ctl->err.text));
	free(output);
	json_decref(request);
	return result;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t len;
	int worst = 0, keep_going = arg_keep_going;
	const struct command *own = ctl->command;
	(void)argc, (void)args;
	ctl->format = FORMAT_NDJSON;
	while ((worst == 0 || keep_going) && (len = getline(&line, &cap, stdin)) >= 0) {
		int code;
		number++;
		if (len > LINE_MAX_BYTES) {
			free(line);
			ctl->command = own;
			return ctl_usage(ctl, "line %zu is longer than %d bytes", number,
					 LINE_MAX_BYTES);
		}
		json_t *result = run_line(ctl, line, (size_t)len, &code);
		json_object_set_new(result, "line", json_integer((json_int_t)number));
		out_json(ctl, result);
		if (code != 0)
			worst = annot_exit_code(ANNOT_NO);
		if (fflush(stdout) != 0)
			break; /* results that nobody gets: no more is done */
	}
	free(line);
	ctl->err.text[0] = '\0';
	return worst;
}

const struct command cmd_batch = {
	"batch", "",  "Run commands from NDJSON on standard input, a result line for each",
	options, run, NEEDS_DAEMON,
	0,       0,
};
