#include <string.h>

#include "../key.h"
#include "../out/out.h"
#include "../rows.h"
#include "../write.h"

static int arg_force;
static struct annot_signer *next_key; /* open while the command runs */

static const struct poptOption options[] = {
	{"force", '\0', POPT_ARG_NONE, &arg_force, 0,
	 "Even though sealed verdicts can then no longer be opened", NULL},
	POPT_TABLEEND,
};

static enum annot_status count_seal(struct ctl *ctl, const struct annot_row *row,
				    const struct annot_record *record, void *arg)
{
	size_t *n = arg;
	(void)ctl, (void)row, (void)record;
	++*n;
	return ANNOT_OK;
}

/* What a seal hides names the key that sealed it: no other can open it. */
static enum annot_status check_seals(struct ctl *ctl, const struct annot_key_info *own)
{
	size_t n = 0;
	struct rows_request request = {
		.query = annot_arena_printf(ctl->arena, "kind:seal state:unopened author:%s",
					    annot_hash_hex(&own->person).text)};
	if (!request.query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(rows_each(ctl, &request, count_seal, &n, NULL));
	if (n == 0 || arg_force)
		return ANNOT_OK;
	return annot_fail(
		&ctl->err, ANNOT_REFUSED,
		"%zu sealed verdict%s of yours can be opened by the key that sealed only; "
		"open them first (annotctl list state:unopened, verdict reveal), or say "
		"--force",
		n, annot_plural(n));
}

/* The key that signs, which must be in force: it is what the new one replaces. */
static enum annot_status own_key(struct ctl *ctl, const struct annot_key_info **ret)
{
	struct annot_hash author;
	TRY(key_own(ctl, &author));
	TRY(key_person(ctl, &author, ret));
	if (!*ret)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "key %s is not enrolled here; only a key in force can be rotated",
				  key_fingerprint(ctl, &author));
	if ((*ret)->state != ANNOT_KEY_ACTIVE)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "key %s of %s is %s; only a key in force can be rotated",
				  key_fingerprint(ctl, &author), (*ret)->name,
				  annot_key_state_name((*ret)->state));
	return ANNOT_OK;
}

static enum annot_status fill_new(struct ctl *ctl, struct annot_draft *draft,
				  const struct annot_signer *next, const struct annot_key_info *own)
{
	const uint8_t *key = annot_signer_key(next)->key;
	const char *proof;
	char line[96], before[51], after[51];
	if (memcmp(key, own->key, ANNOT_KEY_SIZE) == 0)
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"the new key is the one that signs; say --key OLD, and NEWKEY for "
			"the one in its place");
	annot_key_line(key, line);
	annot_key_fingerprint(own->key, before);
	annot_key_fingerprint(key, after);
	TRY(key_proof(ctl, next, own->name, &proof));
	TRY(annot_draft_add_hash(draft, "on", &own->event, &ctl->err));
	TRY(annot_draft_add(draft, "key", line, &ctl->err));
	TRY(annot_draft_add(draft, "proof", proof, &ctl->err));
	if (ctl->format == FORMAT_TEXT)
		out_note(ctl,
			 "%s signs with %s instead of %s from the next record on; keep the old "
			 "key until you know that nobody else had it",
			 out_safe(ctl, own->name), after, before);
	return ANNOT_OK;
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	const struct annot_key_info *own;
	TRY(own_key(ctl, &own));
	TRY(check_seals(ctl, own));
	TRY(key_open(ctl, args[0], &next_key));
	TRY(fill_new(ctl, draft, next_key, own));
	if (!ctl->queue) /* else it is sent when this command is over */
		annot_prove_next(ctl->annot, next_key);
	return ANNOT_OK;
}

/* Over tls+tcp:// a key is proved before the daemon says which one counts. */
static void remember(struct ctl *ctl, const char **args)
{
	struct annot_hash author = annot_key_author(annot_signer_key(next_key)->key);
	if (annot_own_key_keep(&annot_hello(ctl->annot)->corpus, &author, &ctl->err) != ANNOT_OK)
		out_warning(ctl, "say --key %s from now on: %s", out_safe(ctl, args[0]),
			    out_safe(ctl, ctl->err.text));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	next_key = NULL;
	int code = write_new(ctl, ANNOT_KIND_key_rotate, fill, args);
	if (code == 0 && !ctl->queue)
		remember(ctl, args);
	if (ctl->annot)
		annot_prove_next(ctl->annot, NULL);
	next_key = annot_signer_close(next_key);
	return code;
}

const struct command cmd_reviewer_rotate = {
	"reviewer rotate",
	"NEWKEY",
	"Put another key in the place of yours",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	1,
};
