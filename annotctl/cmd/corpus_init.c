#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../key.h"
#include "../out/out.h"

static char *arg_origin, *arg_name;
static char **arg_admins;
static int arg_threshold;

static const struct poptOption options[] = {
	{"origin", '\0', POPT_ARG_STRING, &arg_origin, 0,
	 "Name of the log, like news.example.org/desk", "NAME"},
	{"admin", '\0', POPT_ARG_ARGV, &arg_admins, 0, "An admin: name and public key",
	 "NAME=KEY.pub"},
	{"threshold", '\0', POPT_ARG_INT, &arg_threshold, COUNT_THRESHOLD, "Admins that must agree (1)", "M"},
	{"name", '\0', POPT_ARG_STRING, &arg_name, 0, "Your name as the only admin", "NAME"},
	POPT_TABLEEND,
};

/* The scales that a new corpus starts with; a policy record replaces them. */
static const char *const scales[] = {
	"google5 false:- mostly-false:- half-true:0 mostly-true:+ true:+",
	"politifact6 pants-on-fire:- false:- mostly-false:- half-true:0 mostly-true:+ true:+",
	"check-default false:- undetermined:? in_progress:? not_applicable:? verified:+",
	"aletheia9 false:- misleading:- exaggerated:- unsustainable:- arguable:0 true-but:+ true:+ "
	"not-fact:? "
	"unverifiable:?",
};

static enum annot_status add_admin(struct ctl *ctl, struct annot_draft *draft, const char *name,
				   const struct annot_public_key *key)
{
	char line[96];
	annot_key_line(key->key, line);
	if (!annot_name_valid(name, strlen(name)))
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"admin name \"%s\": expected a lower-case letter or digit, then letters, "
			"digits, dot, dash or underscore (say --name NAME)",
			name);
	return annot_draft_add(draft, "admin", annot_arena_printf(ctl->arena, "%s %s", name, line),
			       &ctl->err);
}

/* --admin NAME=FILE, or the signing key under --name or the part of its comment before the @. */
static enum annot_status add_admins(struct ctl *ctl, struct annot_draft *draft,
				    const struct annot_signer *signer)
{
	for (char **a = arg_admins; a && *a; a++) {
		struct annot_public_key key;
		const char *equals = strchr(*a, '=');
		if (!equals)
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "--admin %s: expected NAME=KEY.pub", *a);
		TRY(key_public(ctl, equals + 1, &key));
		TRY(add_admin(ctl, draft, annot_arena_copy(ctl->arena, *a, (size_t)(equals - *a)),
			      &key));
	}
	if (arg_admins)
		return ANNOT_OK;
	const struct annot_public_key *own = annot_signer_key(signer);
	const char *name = arg_name;
	if (!name)
		name = annot_arena_copy(ctl->arena, own->comment, strcspn(own->comment, "@ "));
	return add_admin(ctl, draft, name, own);
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft,
			      const struct annot_signer *signer, const struct annot_skey *log)
{
	struct annot_buf vkey = ANNOT_BUF_INIT(1024);
	annot_vkey_write(&log->vkey, &vkey);
	enum annot_status status =
		annot_draft_add(draft, "log", vkey.data ? vkey.data : "", &ctl->err);
	annot_buf_free(&vkey);
	TRY(status);
	TRY(annot_draft_add(draft, "origin", arg_origin, &ctl->err));
	TRY(add_admins(ctl, draft, signer));
	TRY(annot_draft_add(draft, "threshold",
			    annot_arena_printf(ctl->arena, "%d", arg_threshold ? arg_threshold : 1),
			    &ctl->err));
	TRY(annot_draft_add(draft, "approvals", "default 1", &ctl->err));
	TRY(annot_draft_add(draft, "self-approval", "no", &ctl->err));
	TRY(annot_draft_add(draft, "bots-count", "no", &ctl->err));
	for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
		TRY(annot_draft_add(draft, "scale", scales[i], &ctl->err));
	return ANNOT_OK;
}

/* A folder that does not exist yet or is empty; made 0700. */
static enum annot_status prepare_folder(struct ctl *ctl, const char *dir)
{
	if (mkdir(dir, 0700) == 0)
		return ANNOT_OK;
	DIR *folder = errno == EEXIST ? opendir(dir) : NULL;
	if (!folder)
		return annot_fail(&ctl->err, ANNOT_UNREADABLE, "%s: %s", dir, strerror(errno));
	bool empty = true;
	for (const struct dirent *e; (e = readdir(folder));)
		empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
	closedir(folder);
	if (!empty)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s is not empty; a corpus starts in a new folder", dir);
	return chmod(dir, 0700) == 0
		       ? ANNOT_OK
		       : annot_fail(&ctl->err, ANNOT_UNREADABLE, "%s: %s", dir, strerror(errno));
}

static enum annot_status write_file(struct ctl *ctl, const char *dir, const char *name,
				    struct annot_bytes content, unsigned mode)
{
	return annot_file_create(annot_arena_printf(ctl->arena, "%s/%s", dir, name), content, mode,
				 &ctl->err);
}

/* What annotd shows at tls+tcp://, if it is ever told to listen there. */
static enum annot_status write_certificate(struct ctl *ctl, const char *dir,
					   struct annot_hash *ret)
{
	static const char room[ANNOT_CERTIFICATE_FILE_MAX];
	struct annot_buf pem = ANNOT_BUF_INIT(sizeof room);
	annot_buf_add(&pem, room, sizeof room); /* growing would leave copies of the key behind */
	annot_buf_truncate(&pem, 0);
	enum annot_status status = annot_certificate_make(arg_origin, &pem, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_certificate_hash(annot_buf_bytes(&pem), ret, &ctl->err);
	if (status == ANNOT_OK)
		status = write_file(ctl, dir, ANNOT_CERTIFICATE_FILE, annot_buf_bytes(&pem), 0600);
	if (pem.data)
		explicit_bzero(pem.data, pem.cap);
	annot_buf_free(&pem);
	return status;
}

/* first-start last: annotd takes the folder for new only when all of it is there. */
static enum annot_status write_folder(struct ctl *ctl, const char *dir,
				      const struct annot_signed *genesis,
				      const struct annot_skey *log,
				      const struct annot_signer *signer,
				      struct annot_hash *ret_certificate)
{
	struct annot_buf armor = ANNOT_BUF_INIT(4096), key = ANNOT_BUF_INIT(1024);
	annot_sshsig_armor(annot_signer_key(signer)->key, ANNOT_NAMESPACE_RECORD,
			   genesis->signature, &armor);
	annot_skey_write(log, &key);
	annot_buf_putc(&key, '\n');
	enum annot_status status = prepare_folder(ctl, dir);
	if (status == ANNOT_OK)
		status = write_file(ctl, dir, "log.key", annot_buf_bytes(&key), 0600);
	if (status == ANNOT_OK)
		status = write_certificate(ctl, dir, ret_certificate);
	if (status == ANNOT_OK)
		status = write_file(ctl, dir, "genesis", genesis->record->bytes, 0644);
	if (status == ANNOT_OK)
		status = write_file(ctl, dir, "genesis.sig", annot_buf_bytes(&armor), 0644);
	if (status == ANNOT_OK)
		status =
			write_file(ctl, dir, "first-start",
				   annot_bytes_of("annotd has not served this corpus yet\n"), 0600);
	explicit_bzero(key.data, key.len);
	annot_buf_free(&key);
	annot_buf_free(&armor);
	return status;
}

/* By the rules that annotd applies when it first starts: a genesis that it would refuse is not
 * written. */
static enum annot_status judge(struct ctl *ctl, const struct annot_signed *genesis)
{
	struct annot_fact fact = {.index = 0, .record = genesis->record};
	struct annot_judgement judgement;
	struct annot_memory *memory = annot_memory_new();
	if (!memory)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	annot_leaf_of(genesis->record, genesis->signature, &fact.leaf);
	enum annot_status status = annot_memory_next(memory, &fact, &judgement, &ctl->err);
	annot_memory_free(memory);
	if (status == ANNOT_OK && judgement.effect != ANNOT_EFFECTIVE)
		return annot_fail(&ctl->err, ANNOT_USAGE, "%s", judgement.reason);
	return status;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_signer *signer;
	struct annot_signed genesis;
	struct annot_skey log;
	struct annot_hash certificate;
	char fingerprint[ANNOT_FINGERPRINT_SIZE];
	(void)argc;
	if (!arg_origin)
		return ctl_usage(ctl, "which log? say --origin NAME, like news.example.org/desk");
	CTL_TRY(ctl, ctl_signer(ctl, &signer));
	if (!annot_note_name_valid(arg_origin, strlen(arg_origin)))
		return ctl_usage(ctl,
				 "--origin \"%s\": expected a name without space or +, like "
				 "news.example.org/desk",
				 arg_origin);
	CTL_TRY(ctl, annot_skey_new(arg_origin, ANNOT_NOTE_ED25519, &log, &ctl->err));
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_corpus);
	enum annot_status status = fill(ctl, draft, signer, &log);
	if (status == ANNOT_OK)
		status = annot_sign(NULL, signer, draft, ctl->arena, &genesis, &ctl->err);
	if (status == ANNOT_OK)
		status = judge(ctl, &genesis);
	if (status == ANNOT_OK)
		status = write_folder(ctl, args[0], &genesis, &log, signer, &certificate);
	annot_draft_free(draft);
	explicit_bzero(&log, sizeof log);
	CTL_TRY(ctl, status);
	annot_fingerprint(&certificate, fingerprint);
	struct annot_hex id = annot_hash_hex(&genesis.record->id);
	if (ctl->format != FORMAT_TEXT) {
		out_json(ctl, json_pack("{s:s, s:s, s:s, s:s}", "corpus", id.text, "origin",
					arg_origin, "folder", args[0], "certificate", fingerprint));
		return 0;
	}
	out_text(ctl, "%s\n", id.text);
	out_note(ctl, "corpus %s made in %s; serve it with: annotd --corpus %s",
		 out_safe(ctl, arg_origin), out_safe(ctl, args[0]), out_safe(ctl, args[0]));
	out_note(ctl, "give readers the hash above by another way than the server: it is what they "
		      "check bundles against");
	return 0;
}

const struct command cmd_corpus_init = {
	"corpus init",
	"DIR --origin NAME",
	"Make a new corpus: genesis record, log key, certificate",
	options,
	run,
	0,
	1,
	1,
};
