/*
 * annotd's settings: arguments, one a line, up to a NUL, then its file. What is read holds the
 * limits of config.h.
 */
#include "fuzz.h"

#include <sys/mman.h>

#include "annotd/config.h"
#include "annotd/worker.h"

enum { ARGUMENTS_MAX = 80 };

/* Cuts text at its line ends. */
static int split(char *text, const char *argv[ARGUMENTS_MAX])
{
	int n = 3;
	for (char *rest = text; rest && *rest && n < ARGUMENTS_MAX - 1;) {
		char *line = rest;
		rest = strchr(rest, '\n');
		if (rest)
			*rest++ = '\0';
		argv[n++] = line;
	}
	return n;
}

static void check(const struct config *c)
{
	REQUIRE(c->n_listen <= SERVER_URLS_MAX && c->workers <= WORKERS_MAX);
	for (size_t i = 0; i < c->n_listen; i++)
		REQUIRE(c->listen[i]);
	if (c->help || c->version)
		return;
	REQUIRE(c->corpus && c->n_listen > 0);
	REQUIRE(c->has_size == (c->command == COMMAND_VOUCH));
	REQUIRE(c->log_level >= LOG_LEVEL_ERROR && c->log_level <= LOG_LEVEL_DEBUG);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t n_text = nul ? (size_t)(nul - data) : size;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	AUTO_CLOSE int file = memfd_create("annotd.conf", MFD_CLOEXEC);
	char path[64];
	const char *argv[ARGUMENTS_MAX + 1] = {"annotd", "--config", path};
	struct config config;
	struct annot_error err = {.text = ""};
	REQUIRE(arena && file >= 0);
	AUTO_FREE char *text = malloc(n_text + 1);
	REQUIRE(text);
	memcpy(text, data, n_text);
	text[n_text] = '\0';
	size_t rest = nul ? size - n_text - 1 : 0;
	REQUIRE(rest == 0 || write(file, nul + 1, rest) == (ssize_t)rest);
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	int argc = split(text, argv);
	enum annot_status status = config_read(argc, argv, arena, &config, &err);
	if (status == ANNOT_OK)
		check(&config);
	else
		REQUIRE((status == ANNOT_USAGE || status == ANNOT_UNREADABLE) && err.text[0]);
	return 0;
}
