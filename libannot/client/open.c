/* The life of a handle. */
#include "client/internal.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "record/sshsig.h"

enum { HANDLE_ARENA_MAX = 1 << 20, TIMEOUT_MAX_MS = 24 * 3600 * 1000 };
enum { OPTIONS_REMOTE = 2 /* version that has fields for tls+tcp:// */ };

/*
 * The default socket may lie in a folder below /tmp that anybody could have made first: only one's
 * own is trusted.
 */
static enum annot_status check_folder(const char *url, struct annot_error *err)
{
	AUTO_FREE char *folder = strdup(url + strlen("ipc://"));
	if (!folder)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	char *slash = strrchr(folder, '/');
	struct stat st;
	if (!slash)
		return ANNOT_OK;
	*slash = '\0';
	if (lstat(folder, &st) == 0 && st.st_uid != geteuid())
		return annot_fail(err, ANNOT_REFUSED,
				  "%s belongs to another user; name the socket with --socket "
				  "if that is meant",
				  folder);
	return ANNOT_OK;
}

static enum annot_status choose_socket(const struct annot_options *options, char **ret,
				       struct annot_error *err)
{
	AUTO_BUF struct annot_buf url = ANNOT_BUF_INIT(PATH_MAX);
	if (options->socket) {
		annot_buf_puts(&url, options->socket);
	} else {
		TRY(annot_default_socket(&url, err));
		TRY(check_folder(url.data, err));
	}
	TRY(annot_buf_check(&url, "the socket's URL", err));
	if (strpbrk(url.data, "\t\r\n"))
		return annot_fail(err, ANNOT_INVALID, "the socket's URL has a tab or line break");
	*ret = TAKE(url.data);
	return ANNOT_OK;
}

static enum annot_status take_remote(struct annot *a, const struct annot_options *options,
				     struct annot_error *err)
{
	if (options->version < OPTIONS_REMOTE)
		return ANNOT_OK;
	const char *given = options->fingerprint;
	a->remote.given = given != NULL;
	if (given && !annot_fingerprint_parse(given, strlen(given), &a->remote.fingerprint))
		return annot_fail(err, ANNOT_USAGE,
				  "fingerprint %.100s: expected SHA256: and 43 characters", given);
	a->remote.confirm = options->confirm;
	a->remote.signer = options->signer;
	a->remote.arg = options->arg;
	return ANNOT_OK;
}

static enum annot_status open_handle(struct annot *a, const struct annot_options *options,
				     struct annot_error *err)
{
	TRY(choose_socket(options, &a->socket, err));
	a->timeout_ms = options->timeout_ms;
	a->arena = annot_arena_new(HANDLE_ARENA_MAX);
	if (!a->arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(take_remote(a, options, err));
	return annot_client_connect(a, annot_now_ms() + a->timeout_ms, err);
}

enum annot_status annot_open(const struct annot_options *options, struct annot **ret,
			     struct annot_error *err)
{
	if (options->version < 1 || options->version > OPTIONS_REMOTE)
		return annot_fail(err, ANNOT_USAGE, "options of version %d; this library knows 1 to %d",
				  options->version, OPTIONS_REMOTE);
	if (options->timeout_ms < 1 || options->timeout_ms > TIMEOUT_MAX_MS)
		return annot_fail(err, ANNOT_USAGE, "a timeout of %d ms; expected 1 to %d",
				  options->timeout_ms, TIMEOUT_MAX_MS);
	TRY(annot_crypto_init(err));
	struct annot *a = calloc(1, sizeof(*a));
	if (!a)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = open_handle(a, options, err);
	if (status != ANNOT_OK) {
		annot_close(a);
		return status;
	}
	*ret = a;
	return ANNOT_OK;
}

struct annot *annot_close(struct annot *a)
{
	if (!a)
		return NULL;
	annot_connection_close(a->connection);
	while (a->texts) {
		struct annot_kept_text *text = a->texts;
		a->texts = text->next;
		annot_held_free(&text->text);
		free(text);
	}
	while (a->notes) {
		struct annot_kept_note *note = a->notes;
		a->notes = note->next;
		free(note);
	}
	annot_authority_forget(a);
	annot_arena_free(a->keys_arena);
	annot_arena_free(a->arena);
	free(a->socket);
	free(a);
	return NULL;
}

const struct annot_hello_reply *annot_hello(const struct annot *a)
{
	return &a->hello;
}

bool annot_first_contact(const struct annot *a)
{
	return a->first_contact;
}
