#include "annotd/config.h"

#include <errno.h>
#include <ini.h>
#include <popt.h>
#include <stdlib.h>
#include <unistd.h>

#include "annotd/limits.h"
#include "annotd/worker.h"
#include "base/auto.h"
#include "base/encode.h"

enum { PAIRS_MAX = 64, CONFIG_PATH_MAX = 4096 };

static const struct option_def options[OPTION_COUNT] = {
#define OPTION(id, name, short_name, kind, argument, doc)                                          \
	[OPTION_##id] = {name, short_name, OPTION_KIND_##kind, argument, doc},
#include "annotd/options.def"
};

static const struct {
	const char *name;
	enum command command;
	const char *doc;
} commands[] = {
	{"rebuild", COMMAND_REBUILD, "Make all that follows from truth.db again."},
	{"fsck", COMMAND_FSCK, "Check that everything in the corpus folder agrees."},
	{"backup", COMMAND_BACKUP, "Copy the records, of a corpus that is served too."},
	{"import", COMMAND_IMPORT, "Make a corpus folder of a whole log, as annotctl export --as ndjson wrote it."},
	{"certify", COMMAND_CERTIFY, "Make the certificate for tls+tcp://, if there is none, and show it."},
	{"vouch", COMMAND_VOUCH, "Say that nothing beyond truth.db as it is was ever signed."},
};

const struct option_def *option_def(enum option_id id)
{
	return &options[id];
}

struct pair {
	enum option_id id;
	const char *value; /* NULL for flags */
};

struct reading {
	struct annot_arena *arena;
	struct config config;
	struct pair pairs[PAIRS_MAX]; /* of the command line */
	size_t n_pairs;
	const char *file;
	bool listen_given; /* then those of the file do not count */
	struct annot_error err;
};

/* --- values
 * -------------------------------------------------------------------------------------------------------------
 */

static enum annot_status set_number(const char *name, const char *value, uint64_t min, uint64_t max,
				    uint64_t *ret, struct annot_error *err)
{
	uint64_t n;
	if (!annot_parse_u64(value, strlen(value), &n) || n < min || n > max)
		return annot_fail(err, ANNOT_USAGE, "%s is a number from %llu to %llu, not %s",
				  name, (unsigned long long)min, (unsigned long long)max, value);
	*ret = n;
	return ANNOT_OK;
}

static enum annot_status set_value(struct config *c, enum option_id id, const char *value,
				   struct annot_error *err)
{
	uint64_t n = 0;
	switch (id) {
	case OPTION_CORPUS:
		c->corpus = value;
		return ANNOT_OK;
	case OPTION_LISTEN:
		if (c->n_listen == SERVER_URLS_MAX)
			return annot_fail(err, ANNOT_USAGE, "listen: at most %d addresses",
					  SERVER_URLS_MAX);
		c->listen[c->n_listen++] = value;
		return ANNOT_OK;
	case OPTION_SOCKET_GROUP:
		c->socket_group = value;
		return ANNOT_OK;
	case OPTION_INSECURE_TCP:
		c->insecure_tcp = true;
		return ANNOT_OK;
	case OPTION_KEY_RATE:
		TRY(set_number("key-rate", value, 1, LIMITS_RATE_MAX, &n, err));
		c->key_rate = (unsigned)n;
		return ANNOT_OK;
	case OPTION_ADDRESS_RATE:
		TRY(set_number("address-rate", value, 1, LIMITS_RATE_MAX, &n, err));
		c->address_rate = (unsigned)n;
		return ANNOT_OK;
	case OPTION_LOG_LEVEL:
		if (!log_level_parse(value, &c->log_level))
			return annot_fail(err, ANNOT_USAGE,
					  "log-level is error, warning, info or debug, not %s",
					  value);
		return ANNOT_OK;
	case OPTION_WORKERS:
		TRY(set_number("workers", value, 1, WORKERS_MAX, &n, err));
		c->workers = (size_t)n;
		return ANNOT_OK;
	case OPTION_WITNESSES:
		c->witnesses = value;
		return ANNOT_OK;
	case OPTION_SIZE:
		c->has_size = true;
		return set_number("size", value, 1, INT64_MAX, &c->size, err);
	case OPTION_TO:
		c->to = value;
		return ANNOT_OK;
	case OPTION_DEFER:
		c->defer = true;
		return ANNOT_OK;
	case OPTION_HELP:
		c->help = true;
		return ANNOT_OK;
	case OPTION_VERSION:
		c->version = true;
		return ANNOT_OK;
	case OPTION_CONFIG:
	case OPTION_COUNT:
		break;
	}
	return ANNOT_OK;
}

/* --- the file
 * -----------------------------------------------------------------------------------------------------------
 */

static enum annot_status set_from_file(struct reading *r, const char *section, const char *key,
				       const char *value)
{
	if (section[0])
		return annot_fail(&r->err, ANNOT_USAGE, "there are no sections, but [%s]", section);
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const struct option_def *def = &options[id];
		if (def->kind == OPTION_KIND_ACT || strcmp(def->name, key) != 0)
			continue;
		if (id == OPTION_LISTEN && r->listen_given)
			return ANNOT_OK;
		if (def->kind == OPTION_KIND_FLAG && strcmp(value, "no") == 0)
			return ANNOT_OK;
		if (def->kind == OPTION_KIND_FLAG && strcmp(value, "yes") != 0)
			return annot_fail(&r->err, ANNOT_USAGE, "%s is yes or no, not %s", key,
					  value);
		const char *copy = annot_arena_copy(r->arena, value, strlen(value));
		if (!copy)
			return annot_fail(&r->err, ANNOT_NO_MEMORY, "out of memory");
		return set_value(&r->config, (enum option_id)id, copy, &r->err);
	}
	return annot_fail(&r->err, ANNOT_USAGE,
			  "there is no setting %s; annotd.conf(5) lists those that there are", key);
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;
	if (r->err.text[0])
		return 1; /* the first one counts */
	return set_from_file(r, section, key, value) == ANNOT_OK;
}

/* CONFIGURATION_DIRECTORY is how systemd names the folder of a unit (systemd.exec(5)). */
static const char *default_path(struct annot_arena *arena)
{
	const char *home = getenv("CONFIGURATION_DIRECTORY");
	if (home && home[0] == '/')
		return annot_arena_printf(arena, "%s/annotd.conf", home);
	home = getenv("XDG_CONFIG_HOME");
	if (home && home[0] == '/')
		return annot_arena_printf(arena, "%s/annot/annotd.conf", home);
	home = getenv("HOME");
	return home && home[0] ? annot_arena_printf(arena, "%s/.config/annot/annotd.conf", home)
			       : NULL;
}

static enum annot_status read_file(struct reading *r, struct annot_error *err)
{
	const char *path = r->file ? r->file : default_path(r->arena);
	AUTO_FILE FILE *file = path ? fopen(path, "re") : NULL;
	if (!file && (r->file || (path && errno != ENOENT && errno != ENOTDIR)))
		return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", path, strerror(errno));
	if (!file)
		return ANNOT_OK;
	int line = ini_parse_file(file, on_key, r);
	if (line == 0)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_USAGE, "%s, line %d: %s", path, line,
			  r->err.text[0] ? r->err.text : "not \"name = value\", or too long");
}

/* --- the command line
 * ------------------------------------------------------------------------------------------------------
 */

static void popt_table(struct poptOption table[OPTION_COUNT + 1])
{
	memset(table, 0, (OPTION_COUNT + 1) * sizeof table[0]);
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		table[id].longName = options[id].name;
		table[id].shortName = options[id].short_name;
		table[id].argInfo = options[id].argument ? POPT_ARG_STRING : POPT_ARG_NONE;
		table[id].val = (int)id + 1;
		table[id].descrip = options[id].doc;
		table[id].argDescrip = options[id].argument;
	}
}

static enum annot_status take_option(struct reading *r, enum option_id id, const char *value,
				     struct annot_error *err)
{
	if (r->n_pairs == PAIRS_MAX)
		return annot_fail(err, ANNOT_USAGE, "too many options");
	const char *copy = value ? annot_arena_copy(r->arena, value, strlen(value)) : NULL;
	if (value && !copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (id == OPTION_CONFIG)
		r->file = copy;
	if (id == OPTION_LISTEN)
		r->listen_given = true;
	r->pairs[r->n_pairs++] = (struct pair){.id = id, .value = copy};
	return ANNOT_OK;
}

static enum annot_status take_command(struct reading *r, const char **args, struct annot_error *err)
{
	struct config *c = &r->config;
	if (!args || !args[0])
		return ANNOT_OK;
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(commands[i].name, args[0]) == 0)
			c->command = commands[i].command;
	}
	if (c->command == COMMAND_SERVE)
		return annot_fail(
			err, ANNOT_USAGE,
			"there is no command %s; annotd --help lists those that there are",
			args[0]);
	bool takes_file = c->command == COMMAND_IMPORT && args[1];
	if (takes_file && !(c->file = annot_arena_copy(r->arena, args[1], strlen(args[1]))))
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (args[1 + takes_file])
		return annot_fail(err, ANNOT_USAGE, "%s takes no %s", args[0],
				  args[1 + takes_file]);
	return ANNOT_OK;
}

static enum annot_status read_arguments(struct reading *r, int argc, const char **argv,
					struct annot_error *err)
{
	struct poptOption table[OPTION_COUNT + 1];
	popt_table(table);
	poptContext popt = poptGetContext("annotd", argc, argv, table, 0);
	if (!popt)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = ANNOT_OK;
	int got = 0;
	while (status == ANNOT_OK && (got = poptGetNextOpt(popt)) > 0) {
		AUTO_FREE char *value = poptGetOptArg(popt);
		status = take_option(r, (enum option_id)(got - 1), value, err);
	}
	if (status == ANNOT_OK && got < -1)
		status = annot_fail(
			err, ANNOT_USAGE, "%s: %s", poptBadOption(popt, POPT_BADOPTION_NOALIAS),
			got == POPT_ERROR_BADOPT
				? "no such option; annotd --help lists those that there are"
				: poptStrerror(got));
	if (status == ANNOT_OK)
		status = take_command(r, poptGetArgs(popt), err);
	poptFreeContext(popt);
	return status;
}

/* --- all of it
 * ---------------------------------------------------------------------------------------------------------------
 */

/* NULL for an empty one too. */
static const char *from_environment(const char *name)
{
	const char *given = secure_getenv(name);
	return given && *given ? given : NULL;
}

const char *config_default_url(struct annot_arena *arena)
{
	const char *given = from_environment("ANNOT_SOCKET"), *run = getenv("XDG_RUNTIME_DIR");
	if (given)
		return annot_arena_copy(arena, given, strlen(given));
	if (run && run[0] == '/')
		return annot_arena_printf(arena, "ipc://%s/annot/annotd.sock", run);
	return annot_arena_printf(arena, "ipc:///tmp/annot-%lu/annotd.sock",
				  (unsigned long)getuid());
}

static enum annot_status check(struct config *c, struct annot_arena *arena, struct annot_error *err)
{
	if (c->help || c->version)
		return ANNOT_OK;
	if (!c->corpus)
		return annot_fail(err, ANNOT_USAGE, "which corpus? give --corpus DIR");
	if ((c->command == COMMAND_VOUCH) != c->has_size)
		return annot_fail(err, ANNOT_USAGE, "--size N goes with vouch, and vouch with it");
	if (c->command == COMMAND_BACKUP && !c->to)
		return annot_fail(err, ANNOT_USAGE, "backup to where? name a new folder: --to DIR");
	if (c->command != COMMAND_BACKUP && c->to)
		return annot_fail(err, ANNOT_USAGE, "--to DIR goes with backup");
	if (!c->socket_group)
		c->socket_group = from_environment("ANNOT_SOCKET_GROUP");
	if (c->command == COMMAND_IMPORT && !c->file)
		return annot_fail(err, ANNOT_USAGE,
				  "import what? name a FILE (- is standard input), as annotctl "
				  "export --as ndjson wrote it");
	if (c->defer && c->command != COMMAND_REBUILD && c->command != COMMAND_FSCK)
		return annot_fail(err, ANNOT_USAGE, "--defer goes with rebuild and fsck");
	if (c->n_listen == 0)
		c->listen[c->n_listen++] = config_default_url(arena);
	return c->listen[0] ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

enum annot_status config_read(int argc, const char **argv, struct annot_arena *arena,
			      struct config *ret, struct annot_error *err)
{
	struct reading r = {.arena = arena, .config = {.log_level = LOG_LEVEL_INFO}};
	TRY(read_arguments(&r, argc, argv, err));
	TRY(read_file(&r, err));
	for (size_t i = 0; i < r.n_pairs; i++)
		TRY(set_value(&r.config, r.pairs[i].id, r.pairs[i].value, err));
	TRY(check(&r.config, arena, err));
	*ret = r.config;
	return ANNOT_OK;
}

void config_help(FILE *to)
{
	fputs("Usage: annotd --corpus DIR [OPTION…]\n       annotd COMMAND --corpus DIR [FILE]\n\n"
	      "Keeps a corpus of signed annotations and serves it.\n\nCommands:\n",
	      to);
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(to, "  %-26s %s\n", commands[i].name, commands[i].doc);
	fputs("\nOptions:\n", to);
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const struct option_def *o = &options[id];
		char left[64];
		snprintf(left, sizeof left, "%s%c%s --%s%s%s", o->short_name ? "-" : " ",
			 o->short_name ? o->short_name : ' ', o->short_name ? "," : " ", o->name,
			 o->argument ? " " : "", o->argument ? o->argument : "");
		fprintf(to, "  %-26s %s\n", left, o->doc);
	}
}
