#include "settings.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MAX_S = 3600 };

static char *arg_socket, *arg_key, *arg_fingerprint, *arg_format, *arg_timeout;
static int arg_quiet, arg_json;

const struct poptOption settings_options[] = {
	{"socket", '\0', POPT_ARG_STRING, &arg_socket, 0, "Where annotd listens", "URL"},
	{"key", '\0', POPT_ARG_STRING, &arg_key, 0, "Key to sign with: file, .pub file or name",
	 "KEY"},
	{"fingerprint", '\0', POPT_ARG_STRING, &arg_fingerprint, 0,
	 "Certificate that annotd must show at tls+tcp://", "SHA256:…"},
	{"format", '\0', POPT_ARG_STRING, &arg_format, 0, "text, json or ndjson", "FORMAT"},
	{"json", '\0', POPT_ARG_NONE, &arg_json, 0, "Same as --format json", NULL},
	{"quiet", 'q', POPT_ARG_NONE, &arg_quiet, 0, "Print only ids", NULL},
	{"timeout", '\0', POPT_ARG_STRING, &arg_timeout, 0, "Seconds to wait for the daemon (30)",
	 "S"},
	POPT_TABLEEND,
};

void settings_reset_options(const struct poptOption *options)
{
	for (const struct poptOption *o = options; o && (o->longName || o->shortName || o->arg);
	     o++) {
		switch (o->argInfo & POPT_ARG_MASK) {
		case POPT_ARG_STRING:
			free(*(char **)o->arg);
			*(char **)o->arg = NULL;
			break;
		case POPT_ARG_ARGV: {
			char ***list = o->arg;
			for (char **item = *list; item && *item; item++)
				free(*item);
			free(*list);
			*list = NULL;
			break;
		}
		case POPT_ARG_NONE:
		case POPT_ARG_INT:
			*(int *)o->arg = 0;
			break;
		case POPT_ARG_LONG:
			*(long *)o->arg = 0;
			break;
		default:
			break;
		}
	}
}

static enum annot_status replace(struct ctl *ctl, char **field, const char *value)
{
	char *copy = strdup(value);
	if (!copy)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	free(*field);
	*field = copy;
	return ANNOT_OK;
}

static enum annot_status set_format(struct ctl *ctl, const char *value)
{
	static const char *const names[] = {"text", "json", "ndjson"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(value, names[i]) == 0) {
			ctl->format = (enum format)i;
			return ANNOT_OK;
		}
	return annot_fail(&ctl->err, ANNOT_USAGE, "format \"%s\": expected text, json or ndjson",
			  value);
}

static enum annot_status set_timeout(struct ctl *ctl, long seconds)
{
	if (seconds < 1 || seconds > TIMEOUT_MAX_S)
		return annot_fail(&ctl->err, ANNOT_USAGE, "timeout %ld: expected 1 to %d seconds",
				  seconds, TIMEOUT_MAX_S);
	ctl->timeout_ms = (int)(seconds * 1000);
	return ANNOT_OK;
}

static enum annot_status set_timeout_text(struct ctl *ctl, const char *value)
{
	char *end;
	errno = 0;
	long seconds = strtol(value, &end, 10);
	if (errno || *end || end == value)
		return annot_fail(&ctl->err, ANNOT_USAGE, "timeout \"%s\": not a number of seconds",
				  value);
	return set_timeout(ctl, seconds);
}

/* inih's callback: 1 is "fine"; it stops at the first 0 and reports that line. */
static int take_setting(void *arg, const char *section, const char *name, const char *value)
{
	struct ctl *ctl = arg;
	if (*section) {
		annot_fail(&ctl->err, ANNOT_USAGE, "section [%s]: expected none", section);
		return 0;
	}
	if (strcmp(name, "socket") == 0)
		return replace(ctl, &ctl->socket, value) == ANNOT_OK;
	if (strcmp(name, "key") == 0)
		return replace(ctl, &ctl->key, value) == ANNOT_OK;
	if (strcmp(name, "fingerprint") == 0)
		return replace(ctl, &ctl->fingerprint, value) == ANNOT_OK;
	if (strcmp(name, "format") == 0)
		return set_format(ctl, value) == ANNOT_OK;
	if (strcmp(name, "timeout") == 0)
		return set_timeout_text(ctl, value) == ANNOT_OK;
	annot_fail(&ctl->err, ANNOT_USAGE, "%s: unknown; expected socket, key, fingerprint, format or timeout",
		   name);
	return 0;
}

static enum annot_status load_file(struct ctl *ctl)
{
	struct annot_buf path = ANNOT_BUF_INIT(4096);
	if (annot_place(ANNOT_PLACE_CONFIG, &path, NULL) != ANNOT_OK)
		return ANNOT_OK; /* no home, no file: help and --socket work all the same */
	annot_buf_puts(&path, "/annotctl.conf");
	enum annot_status status = annot_buf_check(&path, "path of annotctl.conf", &ctl->err);
	if (status == ANNOT_OK && access(path.data, F_OK) == 0) {
		ctl->err.text[0] = '\0';
		int line = ini_parse(path.data, take_setting, ctl);
		if (line != 0) {
			char why[ANNOT_ERROR_TEXT_MAX];
			memcpy(why, ctl->err.text, sizeof why);
			status = annot_fail(&ctl->err, ANNOT_USAGE, "%s, line %d: %.300s",
					    path.data, line, *why ? why : "not \"name = value\"");
		}
	}
	annot_buf_free(&path);
	return status;
}

enum annot_status settings_load(struct ctl *ctl)
{
	ctl->timeout_ms = ANNOT_OPTIONS_INIT.timeout_ms;
	TRY(load_file(ctl));
	const char *from_env = secure_getenv("ANNOT_SOCKET");
	if (from_env && *from_env)
		TRY(replace(ctl, &ctl->socket, from_env));
	from_env = secure_getenv("ANNOT_KEY");
	if (from_env && *from_env)
		TRY(replace(ctl, &ctl->key, from_env));
	from_env = secure_getenv("ANNOT_FINGERPRINT");
	if (from_env && *from_env)
		TRY(replace(ctl, &ctl->fingerprint, from_env));
	return ANNOT_OK;
}

bool settings_name_socket(void)
{
	return arg_socket != NULL;
}

enum annot_status settings_apply(struct ctl *ctl)
{
	if (arg_socket)
		TRY(replace(ctl, &ctl->socket, arg_socket));
	if (arg_key)
		TRY(replace(ctl, &ctl->key, arg_key));
	if (arg_fingerprint)
		TRY(replace(ctl, &ctl->fingerprint, arg_fingerprint));
	if (arg_json)
		ctl->format = FORMAT_JSON;
	if (arg_format)
		TRY(set_format(ctl, arg_format));
	if (arg_timeout)
		TRY(set_timeout_text(ctl, arg_timeout));
	if (arg_quiet)
		ctl->quiet = true;
	return ANNOT_OK;
}

void settings_free(struct ctl *ctl)
{
	settings_reset_options(settings_options);
	free(ctl->socket);
	free(ctl->key);
	free(ctl->fingerprint);
	ctl->socket = ctl->key = ctl->fingerprint = NULL;
}
