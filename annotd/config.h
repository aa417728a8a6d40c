/* Settings of annotd: command line over annotd.conf over defaults. */
#ifndef ANNOTD_CONFIG_H
#define ANNOTD_CONFIG_H

#include <stdio.h>

#include "annotd/log.h"
#include "annotd/server.h"
#include "base/arena.h"

enum option_id {
#define OPTION(id, name, short_name, kind, argument, doc) OPTION_##id,
#include "annotd/options.def"
	OPTION_COUNT
};

enum option_kind { OPTION_KIND_TEXT, OPTION_KIND_LIST, OPTION_KIND_FLAG, OPTION_KIND_ACT };

struct option_def {
	const char *name;
	char short_name; /* 0: none */
	enum option_kind kind;
	const char *argument; /* NULL: takes none */
	const char *doc;
};

/* The row of an option; never NULL below OPTION_COUNT. */
const struct option_def *option_def(enum option_id id);

enum command { COMMAND_SERVE, COMMAND_REBUILD, COMMAND_FSCK, COMMAND_BACKUP, COMMAND_VOUCH, COMMAND_IMPORT, COMMAND_CERTIFY };

struct config {
	enum command command;
	bool help, version;
	const char *corpus;
	const char *listen[SERVER_URLS_MAX];
	size_t n_listen;
	const char *socket_group;
	bool insecure_tcp;
	unsigned key_rate, address_rate; /* 0: as in limits.h */
	enum log_level log_level;
	const char *witnesses; /* a policy file; NULL */
	size_t workers; /* 0: by the cores */
	bool defer;     /* of rebuild and fsck */
	const char *to; /* of backup; else NULL */
	const char *file; /* of import; else NULL */
	bool has_size;
	uint64_t size;
};

/*
 * Reads argv and the file; all texts of *ret live in arena. USAGE: an unknown option, command or
 * key (with its line), a value out of range, no corpus; UNREADABLE: the file of --config.
 */
ANNOT_CHECKED enum annot_status config_read(int argc, const char **argv, struct annot_arena *arena,
					    struct config *ret, struct annot_error *err);

/* $ANNOT_SOCKET as annotctl reads it; else $XDG_RUNTIME_DIR/annot/annotd.sock, or
 * /tmp/annot-UID/annotd.sock where that is not set, as libannot's client. NULL: out of memory. */
const char *config_default_url(struct annot_arena *arena);

void config_help(FILE *to);

#endif
