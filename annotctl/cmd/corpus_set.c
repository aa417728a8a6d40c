#include <string.h>

#include "../key.h"
#include "../out/out.h"
#include "../write.h"

static char **arg_added, **arg_removed;
static char *arg_threshold, *arg_log;

static const struct poptOption options[] = {
	{"add-admin", '\0', POPT_ARG_ARGV, &arg_added, 0,
	 "Somebody enrolled, by NAME, or a new person: NAME=KEY.pub", "ADMIN"},
	{"remove-admin", '\0', POPT_ARG_ARGV, &arg_removed, 0, "No longer an admin", "NAME"},
	{"threshold", '\0', POPT_ARG_STRING, &arg_threshold, 0, "Admins that must agree", "M"},
	{"log", '\0', POPT_ARG_STRING, &arg_log, 0,
	 "The log's next verifier key, which annotctl log key printed", "VKEY"},
	POPT_TABLEEND,
};

/* The next corpus record under way. */
struct change {
	struct ctl *ctl;
	const struct annot_authority *authority;
	const char *id;                    /* of the record in force */
	const struct annot_record *record; /* that one */
	struct annot_draft *draft;
	unsigned changed;
};

static void told(struct change *c, const char *what, const char *value)
{
	c->changed++;
	out_note(c->ctl, "%s %s", what, out_safe(c->ctl, value));
}

/* --- admins --- */

static bool names(const char *admin, const char *name)
{
	size_t len = strlen(name);
	return strncmp(admin, name, len) == 0 && admin[len] == ' ';
}

/* The admin card of a name in the draft; NULL. */
static const char *admin_of(const struct change *c, const char *name)
{
	const char *admin;
	for (size_t i = 0; (admin = annot_draft_value(c->draft, "admin", i)); i++)
		if (names(admin, name))
			return admin;
	return NULL;
}

static enum annot_status admin_add(struct change *c, const char *name,
				   const uint8_t key[ANNOT_KEY_SIZE])
{
	char line[96];
	annot_key_line(key, line);
	const char *card = annot_arena_printf(c->ctl->arena, "%s %s", name, line);
	if (!card)
		return annot_fail(&c->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return annot_draft_add(c->draft, "admin", card, &c->ctl->err);
}

/* Admins stand with the key that they have now, so that readers find it in the newest record. */
static enum annot_status keep_admins(struct change *c)
{
	const struct annot_card *card = annot_record_card(c->record, "admin");
	annot_draft_unset(c->draft, "admin");
	for (; card; card = annot_record_card_next(c->record, card)) {
		const char *name =
			annot_arena_copy(c->ctl->arena, card->text, strcspn(card->text, " "));
		if (!name)
			return annot_fail(&c->ctl->err, ANNOT_NO_MEMORY, "out of memory");
		const struct annot_key_info *now = annot_authority_name(c->authority, name);
		TRY(admin_add(c, name, now ? now->key : card->key));
	}
	return ANNOT_OK;
}

static enum annot_status add_admin(struct change *c, const char *arg)
{
	struct ctl *ctl = c->ctl;
	const char *equals = strchr(arg, '=');
	const char *name = annot_arena_copy(ctl->arena, arg, strcspn(arg, "="));
	struct annot_public_key key;
	if (!name)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (admin_of(c, name))
		return annot_fail(&ctl->err, ANNOT_REFUSED, "--add-admin %s: is an admin already",
				  name);
	const struct annot_key_info *now = annot_authority_name(c->authority, name);
	if (equals) {
		TRY(key_public(ctl, equals + 1, &key));
	} else if (now) {
		memcpy(key.key, now->key, sizeof key.key);
	} else {
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "--add-admin %s: nobody of that name has a key in force; say "
				  "NAME=KEY.pub, or enrol the person first (annotctl reviewer add)",
				  name);
	}
	told(c, "admin added:", name);
	return admin_add(c, name, key.key);
}

static enum annot_status remove_admin(struct change *c, const char *name)
{
	const char *admin = admin_of(c, name);
	if (!admin)
		return annot_fail(&c->ctl->err, ANNOT_REFUSED,
				  "--remove-admin %s: is no admin of this corpus", name);
	told(c, "admin removed:", name);
	annot_draft_remove(c->draft, "admin", admin);
	return ANNOT_OK;
}

/* --- the rest --- */

static enum annot_status set_card(struct change *c, const char *card, const char *value,
				  const char *what)
{
	if (!value || strcmp(value, annot_record_text(c->record, card)) == 0)
		return ANNOT_OK;
	told(c, what, value);
	annot_draft_unset(c->draft, card);
	return annot_draft_add(c->draft, card, value, &c->ctl->err);
}

static enum annot_status check_args(struct ctl *ctl)
{
	struct annot_vkey vkey;
	uint64_t n;
	if (!arg_added && !arg_removed && !arg_threshold && !arg_log)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "nothing to set; say --add-admin, --remove-admin, --threshold or "
				  "--log");
	if (arg_threshold && (!annot_parse_u64(arg_threshold, strlen(arg_threshold), &n) || n == 0))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--threshold %s: expected a number from 1 on", arg_threshold);
	if (arg_log && annot_vkey_parse(arg_log, strlen(arg_log), &vkey, &ctl->err) != ANNOT_OK)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--log %s: expected a verifier key, NAME+HEX8+BASE64 (annotctl "
				  "log key FILE makes one)",
				  arg_log);
	return ANNOT_OK;
}

/* The cards of the policy are left out: they would bring back the rules of the first day. */
static enum annot_status drop_policy(struct change *c)
{
	static const char *const cards[] = {"approvals", "self-approval", "bots-count",
					    "second-reader", "scale"};
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
		annot_draft_unset(c->draft, cards[i]);
	return ANNOT_OK;
}

static enum annot_status start(struct change *c)
{
	struct ctl *ctl = c->ctl;
	struct annot_fetched found;
	TRY(check_args(ctl));
	TRY(annot_authority_now(ctl->annot, &c->authority, &ctl->err));
	const struct annot_hash *record = annot_authority_corpus_record(c->authority);
	c->id = record ? annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(record).text) : NULL;
	if (!c->id)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_fetch(ctl->annot, c->id, ctl->arena, &found, &ctl->err));
	c->record = found.record; /* never withheld */
	c->draft = annot_draft_amend(c->record);
	if (!c->draft)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return drop_policy(c);
}

static enum annot_status make(struct change *c)
{
	TRY(start(c));
	TRY(keep_admins(c));
	for (char **a = arg_removed; a && *a; a++)
		TRY(remove_admin(c, *a));
	for (char **a = arg_added; a && *a; a++)
		TRY(add_admin(c, *a));
	TRY(set_card(c, "threshold", arg_threshold, "admins that must agree:"));
	return set_card(c, "log", arg_log, "the log's key:");
}

/* What is replaced is shown before it is. */
static int finish(struct change *c)
{
	struct annot_fetched before;
	if (c->changed == 0) {
		out_note(c->ctl, "nothing was signed: the corpus record in force says so already");
		return 0;
	}
	CTL_TRY(c->ctl, write_see(c->ctl, c->id, true, &before));
	return write_draft(c->ctl, c->draft);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct change c = {.ctl = ctl};
	(void)argc, (void)args;
	enum annot_status status = make(&c);
	int code = status == ANNOT_OK ? finish(&c) : ctl_fail(ctl, status);
	annot_draft_free(c.draft);
	return code;
}

const struct command cmd_corpus_set = {
	"corpus set",
	"--threshold M…",
	"Change admins, threshold or log key, as an admin",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	0,
	0,
};
