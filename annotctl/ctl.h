/* What every command gets: settings, the connection, an arena, the error of the moment. */
#ifndef ANNOTCTL_CTL_H
#define ANNOTCTL_CTL_H

#include <stdbool.h>
#include <stdio.h>

#include <annot.h>
#include <popt.h>

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_NDJSON };

struct ctl {
	/* settings: option, else environment, else annotctl.conf, else default */
	char *socket; /* NULL: the default socket */
	char *key;    /* --key as given; NULL: the default key */
	char *fingerprint; /* of the certificate at tls+tcp://; NULL: as known */
	enum format format;
	bool quiet;
	int timeout_ms;

	bool color;    /* stdout is a terminal that wants colour */
	bool in_batch; /* a line of batch: the error goes into its result line */
	bool terminal; /* a person can answer on stdin and read on stdout */
	size_t width;  /* columns of the terminal that stdout is; 0: it is none */

	struct annot *annot;         /* open for commands that need the daemon */
	struct annot_signer *signer; /* opened by ctl_signer */
	const char *chosen; /* why that one, of several; said when it signs. NULL: there was no choice */
	const struct annot_hash *proving; /* the corpus that a key is to be proved to; else NULL */
	struct queue *queue;         /* of a line of a batch (queue.h); else NULL */
	bool to_stderr; /* out_text shows what is about to be signed, beside the result */
	struct annot_arena *arena; /* of this command */
	const struct command *command;
	struct columns { /* of lines that stand for records, as wide as what was on a page so far */
		int kind, author, state;
	} columns;
	const char *query; /* that was sent last, for an error that names a column of it; may be NULL */
	bool failed; /* err is to be printed: a call below may have written to it and been handled
		      */
	struct annot_error err;
};

enum {
	NEEDS_DAEMON = 1 << 0, /* connect before run */
	WRITES = 1 << 1,       /* an id that is not found is a refusal (4), not an answer (1) */
	LISTS = 1 << 2,        /* pages to a terminal */
};

/* popt's val of the options that are counts, of 1 or more; a table has each once. */
enum { COUNT_LIMIT = 1, COUNT_AT, COUNT_GIVE_UP, COUNT_THRESHOLD };

/*
 * One row of the command table; each file in cmd/ ends with one. options is a popt table whose
 * destinations are static arg_… variables (ctl_run resets them before each run). run gets the
 * arguments that are not options, NULL-terminated, and returns an exit code or, through ctl_fail,
 * that of a status.
 */
struct command {
	const char *name; /* "quote add" */
	const char *args; /* "DOC WORDS" */
	const char *summary;
	const struct poptOption *options; /* NULL: none of its own */
	int (*run)(struct ctl *ctl, int argc, const char **argv);
	unsigned flags;
	int min_args, max_args; /* max -1: any number */
};

extern const struct command *const commands[]; /* sorted by name, NULL-terminated */

/* The exit code of a failed call whose text is in ctl->err; run returns it. ctl_run prints the
 * error.
 */
int ctl_fail(struct ctl *ctl, enum annot_status status);

/* A usage error of this command: sets the text, returns 2. */
int ctl_usage(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Connects to the daemon, once: for commands that do not always need it. 0 or an exit code. */
int ctl_connect(struct ctl *ctl);
/* The same for who may try again: USAGE for a URL that is none, else as annot_open. */
enum annot_status ctl_try_connect(struct ctl *ctl);

/* The signer of --key (or the default key), opened once. */
enum annot_status ctl_signer(struct ctl *ctl, const struct annot_signer **ret);

/*
 * Runs one command line (without the program's name): parses options and arguments, connects if
 * needed, runs, prints the error. Used by main and by batch. Returns the exit code.
 */
int ctl_run(struct ctl *ctl, int argc, const char **argv);

/* A TEXT argument: itself, "-" for standard input, or, when NULL on a terminal, what $EDITOR
 * leaves. what names it in errors. USAGE when it is missing; INVALID when it is not UTF-8 or is
 * empty. */
enum annot_status ctl_text(struct ctl *ctl, const char *arg, const char *what, const char **ret);

/* What $EDITOR leaves of a text, without the line end of the last line; may be empty. INVALID: not
 * UTF-8. */
enum annot_status ctl_edit(struct ctl *ctl, const char *text, const char *what, const char **ret);

#define CTL_TRY(ctl, call)                                                                         \
	do {                                                                                       \
		enum annot_status ctl_status_ = (call);                                            \
		if (ctl_status_ != ANNOT_OK)                                                       \
			return ctl_fail(ctl, ctl_status_);                                         \
	} while (0)

#endif
