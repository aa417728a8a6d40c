#include <string.h>

#include "../out/out.h"
#include "../write.h"

static char *arg_role, *arg_display;
static char **arg_languages;

static const struct poptOption options[] = {
	{"role", '\0', POPT_ARG_STRING, &arg_role, 0, "reviewer (default) or bot", "ROLE"},
	{"display", '\0', POPT_ARG_STRING, &arg_display, 0, "Name for people", "TEXT"},
	{"lang", '\0', POPT_ARG_ARGV, &arg_languages, 0, "A language that the person reads", "TAG"},
	POPT_TABLEEND,
};

enum { REQUEST_MAX = 16384 };

struct request {
	char *name;
	struct annot_public_key key;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
};

/* Value of the line "FIELD value" in the request text; NULL if there is none. */
static const char *field(struct ctl *ctl, const char *text, size_t len, const char *name)
{
	size_t n = strlen(name);
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t stop = end ? (size_t)(end - text) : len;
		if (stop - at > n && memcmp(text + at, name, n) == 0 && text[at + n] == ' ')
			return annot_arena_copy(ctl->arena, text + at + n + 1, stop - at - n - 1);
		at = stop + 1;
	}
	return NULL;
}

/* The file is the request, then its signature; what is signed must be exactly what these fields
 * say. */
static enum annot_status parse(struct ctl *ctl, const char *path, struct annot_bytes file,
			       struct request *ret)
{
	static const char mark[] = "-----BEGIN SSH SIGNATURE-----";
	const char *armor = memmem(file.data, file.len, mark, sizeof mark - 1);
	const char *text = (const char *)file.data;
	size_t len = armor ? (size_t)(armor - text) : 0;
	const char *name = field(ctl, text, len, "name"), *line = field(ctl, text, len, "key");
	if (!armor || !name || !line)
		return annot_fail(&ctl->err, ANNOT_INVALID,
				  "%s is not an enrolment request (annotctl key request makes one)",
				  path);
	TRY(annot_key_parse(line, strlen(line), &ret->key, &ctl->err));
	struct annot_buf expected = ANNOT_BUF_INIT(REQUEST_MAX);
	annot_enrolment_request(&annot_hello(ctl->annot)->corpus, name, ret->key.key, &expected);
	bool same = expected.len == len && memcmp(expected.data, text, len) == 0;
	uint8_t key[ANNOT_KEY_SIZE];
	enum annot_status status =
		same ? annot_sshsig_unarmor(annot_bytes(armor, file.len - len),
					    ANNOT_NAMESPACE_ENROL, key, ret->signature, &ctl->err)
		     : annot_fail(&ctl->err, ANNOT_MISMATCH,
				  "%s is a request for another corpus, or was changed", path);
	if (status == ANNOT_OK && memcmp(key, ret->key.key, sizeof key) != 0)
		status = annot_fail(&ctl->err, ANNOT_MISMATCH,
				    "%s is signed by another key than it asks for", path);
	if (status == ANNOT_OK)
		status = annot_sshsig_verify(key, ANNOT_NAMESPACE_ENROL, annot_bytes(text, len),
					     ret->signature, &ctl->err);
	annot_buf_free(&expected);
	ret->name = (char *)name;
	return status;
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	struct annot_buf file = ANNOT_BUF_INIT(REQUEST_MAX);
	struct request request;
	char line[96], fingerprint[51];
	TRY(write_word(ctl, draft, ANNOT_KIND_key_add, "role", arg_role ? arg_role : "reviewer"));
	enum annot_status status = annot_file_read(args[0], REQUEST_MAX, &file, &ctl->err);
	if (status == ANNOT_OK)
		status = parse(ctl, args[0], annot_buf_bytes(&file), &request);
	annot_buf_free(&file);
	TRY(status);
	struct annot_buf proof = ANNOT_BUF_INIT(256);
	annot_buf_base64(&proof, request.signature, sizeof request.signature);
	annot_key_line(request.key.key, line);
	annot_key_fingerprint(request.key.key, fingerprint);
	if (ctl->format == FORMAT_TEXT)
		out_note(ctl, "enrolling %s with key %s", out_safe(ctl, request.name), fingerprint);
	status = annot_draft_add(draft, "name", request.name, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_draft_add(draft, "proof", proof.data ? proof.data : "", &ctl->err);
	annot_buf_free(&proof);
	TRY(status);
	TRY(write_card(ctl, draft, "display", arg_display));
	TRY(write_cards(ctl, draft, "language", arg_languages));
	return annot_draft_add(draft, "key", line, &ctl->err);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_key_add, fill, args);
}

const struct command cmd_reviewer_add = {
	"reviewer add",
	"FILE",
	"Enrol the key of a request, as an admin",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	1,
};
