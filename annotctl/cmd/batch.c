/*
 * NDJSON in, NDJSON out, one result line for each request line, in order. A request is
 * {"args": ["quote", "add", …], "key": "…"}; a result {"line": N, "exit": code, "output": …} or
 * with "error".
 *
 * Lines that make a first version wait in a queue (queue.h) while more lines are there to be read;
 * every other line is run when what stands before it is done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../complete.h"
#include "../lines.h"
#include "../out/out.h"
#include "../queue.h"
#include "../settings.h"

enum { ARGS_MAX = 256 };

static int arg_keep_going;

static const struct poptOption options[] = {
	{"keep-going", '\0', POPT_ARG_NONE, &arg_keep_going, 0, "Go on after a line that failed",
	 NULL},
	POPT_TABLEEND,
};

/* A line as read. argv points into the JSON value. */
struct request {
	json_t *json;
	const char *args[ARGS_MAX + 1];
	int n_args;
	struct annot_request_key key;
};

/* A misspelt member would be an instruction that nobody follows; a key of a command that signs
 * nothing, a promise that nobody keeps. */
static enum annot_status check_members(struct ctl *ctl, struct request *request)
{
	const char *name;
	json_t *value;
	json_object_foreach(
		request->json, name,
		value) if (strcmp(name, "args") != 0 &&
			   strcmp(name, "key") !=
				   0) return annot_fail(&ctl->err, ANNOT_USAGE,
							"\"%.80s\": a line has the members args "
							"and key, no other",
							name);
	const struct command *command =
		request->key.key ? complete_command(request->n_args, request->args) : NULL;
	if (command && !(command->flags & WRITES))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "\"key\": %s signs nothing that a key could keep", command->name);
	return ANNOT_OK;
}

/* USAGE says what is wrong with the line. */
static enum annot_status read_request(struct ctl *ctl, const char *text, size_t len,
				      struct request *ret)
{
	json_error_t where;
	*ret = (struct request){.json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where)};
	const json_t *list = json_object_get(ret->json, "args");
	const json_t *key = json_object_get(ret->json, "key");
	size_t n = json_array_size(list);
	bool good = n > 0 && n <= ARGS_MAX;
	for (size_t i = 0; good && i < n; i++)
		good = (ret->args[i] = json_string_value(json_array_get(list, i))) != NULL;
	if (!good)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "expected {\"args\": [\"COMMAND\", …]}%s%.200s",
				  ret->json ? "" : ": ", ret->json ? "" : where.text);
	if (key &&
	    (json_string_length(key) == 0 || json_string_length(key) > ANNOT_REQUEST_KEY_MAX))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "\"key\": expected a text of 1 to %d bytes",
				  ANNOT_REQUEST_KEY_MAX);
	ret->n_args = (int)n;
	if (key) {
		char *canonical = json_dumps(list, JSON_COMPACT);
		ret->key.key = json_string_value(key);
		ret->key.request =
			annot_sha256(canonical ? canonical : "", canonical ? strlen(canonical) : 0);
		free(canonical);
	}
	return check_members(ctl, ret);
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

/* A line whose key was used: what was signed then is sent again, whatever the command would do now.
 */
static bool sent_before(struct ctl *line, struct request *request, int *ret_code)
{
	struct annot_signed record;
	enum annot_status status = ANNOT_NOT_FOUND;
	struct annot_arena *arena = queue_arena(line->queue);
	if (request->key.key)
		status = annot_keyed_load(line->annot, &request->key, arena, &record, &line->err);
	if (status == ANNOT_OK)
		status = queue_again(line->queue, line, &record);
	*ret_code = status == ANNOT_OK ? 0 : ctl_fail(line, status);
	return status != ANNOT_NOT_FOUND;
}

/*
 * Settings of a line are copies of ours, so that its own --key or --format end with it; the
 * connection is shared, so a line cannot name another socket.
 */
static int run_apart(struct ctl *ctl, struct queue *queue, struct request *request)
{
	int code;
	struct ctl line = {.socket = ctl->socket ? strdup(ctl->socket) : NULL,
			   .key = ctl->key ? strdup(ctl->key) : NULL,
			   .format = FORMAT_JSON,
			   .quiet = ctl->quiet,
			   .timeout_ms = ctl->timeout_ms,
			   .annot = ctl->annot,
			   .queue = queue,
			   .in_batch = true};
	if (!sent_before(&line, request, &code)) {
		line.failed = false;
		code = ctl_run(&line, request->n_args, request->args);
	}
	queue_keep_signer(queue, line.key, line.signer);
	settings_free(&line);
	ctl->err = line.err;
	if (!line.failed)
		ctl->err.text[0] = '\0';
	return code;
}

/* Runs a line with its standard output caught; *ret_output is what it printed. */
static int run_caught(struct ctl *ctl, struct queue *queue, struct request *request,
		      char **ret_output)
{
	size_t len;
	FILE *real = stdout, *caught = open_memstream(ret_output, &len);
	if (!caught)
		return annot_exit_code(ANNOT_NO_MEMORY);
	stdout = caught;
	int code = run_apart(ctl, queue, request);
	fclose(caught);
	stdout = real;
	return code;
}

/* What looks at whether its author has an unopened seal. */
static bool asks_for_seals(const struct request *request)
{
	for (int i = 0; i < request->n_args; i++)
		if (strcmp(request->args[i], "--sealed") == 0 ||
		    strcmp(request->args[i], "--give-up") == 0)
			return true;
	return false;
}

/* Commands that make first versions and look at nothing that an earlier line of the same run may
 * have made by them. */
static bool may_wait(struct request *request)
{
	static const char *const names[] = {"claim add", "comment add", "link add",
					    "quote add", "span add",    "verdict add"};
	if (asks_for_seals(request))
		return false;
	const struct command *command = complete_command(request->n_args, request->args);
	for (size_t i = 0; command && i < sizeof names / sizeof *names; i++)
		if (strcmp(command->name, names[i]) == 0)
			return true;
	return false;
}

/* Whether a line before it failed. */
static bool run_line(struct ctl *ctl, struct queue *queue, const char *text, size_t len,
		     size_t number)
{
	struct request request;
	char *output = NULL;
	int code;
	bool failed = false;
	enum annot_status status = read_request(ctl, text, len, &request);
	if (status == ANNOT_OK && queue_waits(queue) && !may_wait(&request))
		failed = queue_flush(queue);
	if ((failed && !arg_keep_going) || !out_whole()) { /* also where it could not be read */
		json_decref(request.json);
		return true;
	}
	queue_begin(queue, number, &request.key);
	if (status != ANNOT_OK) {
		code = annot_exit_code(status);
	} else {
		ctl->err.text[0] = '\0';
		code = run_caught(ctl, queue, &request, &output);
	}
	queue_end(queue, code, output_json(output), ctl->err.text);
	free(output);
	json_decref(request.json);
	return failed || code != 0;
}

/* All lines; whether any failed. Results go out as soon as nothing more is there to be read. */
static bool run_lines(struct ctl *ctl, struct queue *queue, struct lines *lines,
		      enum lines_result *ret)
{
	size_t number = 0, len;
	char *line;
	bool failed = false;
	int keep_going = arg_keep_going;
	for (;;) {
		*ret = lines_next(lines, !queue_has_results(queue), &line, &len);
		if (*ret == LINES_LINE) {
			failed = run_line(ctl, queue, line, len, ++number) || failed;
			arg_keep_going = keep_going; /* a line of its own has reset it */
		}
		if (*ret != LINES_LINE || queue_is_full(queue) || (failed && !keep_going) ||
		    !out_whole()) {
			failed = queue_flush(queue) || failed;
			/* Results that nobody gets: no more is done. */
			if (fflush(stdout) != 0 || !out_whole())
				break;
		}
		if ((*ret != LINES_LINE && *ret != LINES_NONE) || (failed && !keep_going))
			break;
	}
	return failed;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct lines lines;
	enum lines_result result;
	const struct command *own = ctl->command;
	(void)argc, (void)args;
	ctl->format = FORMAT_NDJSON;
	struct queue *queue = queue_new(ctl);
	if (!queue || !lines_open(STDIN_FILENO, &lines)) {
		queue_free(queue);
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory"));
	}
	bool failed = run_lines(ctl, queue, &lines, &result);
	queue_free(queue);
	lines_close(&lines);
	ctl->err.text[0] = '\0';
	ctl->command = own;
	if (result == LINES_TOO_LONG)
		return ctl_usage(ctl, "a line is longer than %d bytes", LINES_LINE_MAX);
	if (result == LINES_FAILED)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_UNREADABLE, "standard input: %s",
						strerror(errno)));
	return failed ? annot_exit_code(ANNOT_NO) : 0;
}

const struct command cmd_batch = {
	"batch", "",  "Run commands from NDJSON on standard input, a result line for each",
	options, run, NEEDS_DAEMON,
	0,       0,
};
