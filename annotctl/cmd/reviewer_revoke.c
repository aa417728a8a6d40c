#include <string.h>

#include "../key.h"
#include "../out/out.h"
#include "../write.h"

static char *arg_from, *arg_because;

static const struct poptOption options[] = {
	{"from-index", '\0', POPT_ARG_STRING, &arg_from, 0,
	 "First record of the log that whoever stole the key may have signed", "N"},
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why, as a comment on the revocation",
	 "TEXT"},
	POPT_TABLEEND,
};

struct revocation {
	struct annot_hash event; /* that brought the key */
	bool own; /* the key ends itself: at once, and it can say nothing afterwards */
};

/* A comment on a record that was just written or is about to lose its author. */
static enum annot_status say_why(struct ctl *ctl, const struct annot_hash *on)
{
	struct written written;
	const char *text;
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_comment);
	enum annot_status status = draft ? ctl_text(ctl, arg_because, "--because", &text)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = annot_draft_add_hash(draft, "on", on, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_draft_add(draft, "text", text, &ctl->err);
	if (status == ANNOT_OK)
		status = write_silently(ctl, draft, &written);
	annot_draft_free(draft);
	return status;
}

static enum annot_status check_from(struct ctl *ctl, const char *reason)
{
	uint64_t from;
	if (!arg_from)
		return ANNOT_OK;
	if (strcmp(reason, "compromised") != 0)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--from-index goes with compromised: only a theft reaches back");
	if (annot_parse_u64(arg_from + (*arg_from == '#'), strlen(arg_from + (*arg_from == '#')),
			    &from))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_USAGE, "--from-index %s: expected an index of the log",
			  arg_from);
}

/*
 * The record that names a key: what brought it. Where that brought several, it names that of the
 * signer's person, and another's is named by what took it away.
 */
static enum annot_status event_of(struct ctl *ctl, const struct annot_key_info *key,
				  const struct annot_hash *signer, struct annot_hash *ret)
{
	static const struct annot_hash none;
	const struct annot_authority *authority;
	size_t together = 0;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	const struct annot_key_info *own = annot_authority_key(authority, signer);
	for (size_t i = 0; i < annot_authority_keys(authority); i++)
		together +=
			annot_hash_equal(&annot_authority_key_at(authority, i)->event, &key->event);
	*ret = key->event;
	if (together < 2 || (own && annot_hash_equal(&own->person, &key->person)))
		return ANNOT_OK;
	if (annot_hash_equal(&key->removal, &none))
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "the key of %s came with those of other admins, and no record "
				  "names it alone; remove that admin first, nobody else with it: "
				  "annotctl corpus set --remove-admin %s",
				  out_safe(ctl, key->name), out_safe(ctl, key->name));
	*ret = key->removal;
	return ANNOT_OK;
}

/* Which key, and what is known of it, on standard error. */
static enum annot_status find_key(struct ctl *ctl, const char *spec, const char *reason,
				  struct revocation *ret)
{
	const struct annot_key_info *key;
	struct annot_hash author;
	struct annot_fetched event;
	char fingerprint[51];
	TRY(key_own(ctl, &author));
	TRY(key_meant(ctl, spec, &key));
	*ret = (struct revocation){.own = !arg_from && key->state == ANNOT_KEY_ACTIVE &&
					  annot_hash_equal(&key->author, &author)};
	TRY(event_of(ctl, key, &author, &ret->event));
	annot_key_fingerprint(key->key, fingerprint);
	out_note(ctl, "key %s of %s, %s, enrolled at #%llu", fingerprint, out_safe(ctl, key->name),
		 annot_key_state_name(key->state), (unsigned long long)key->index);
	if (key->state == ANNOT_KEY_ACTIVE && strcmp(reason, "compromised") == 0)
		out_warning(ctl,
			    "%s has no later key, so that nobody could stand by what it signed; "
			    "whoever "
			    "still has it had better rotate it first (annotctl reviewer rotate)",
			    out_safe(ctl, key->name));
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&ret->event).text);
	return write_see(ctl, id ? id : "", true, &event);
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args,
			      struct revocation *ret)
{
	TRY(write_word(ctl, draft, ANNOT_KIND_key_revoke, "reason", args[1]));
	TRY(check_from(ctl, args[1]));
	TRY(find_key(ctl, args[0], args[1], ret));
	TRY(annot_draft_add_hash(draft, "on", &ret->event, &ctl->err));
	return write_card(ctl, draft, "from-index",
			  arg_from ? arg_from + (*arg_from == '#') : NULL);
}

static enum annot_status revoke(struct ctl *ctl, struct annot_draft *draft,
				const struct revocation *r, struct written *ret)
{
	if (arg_because && r->own)
		TRY(say_why(ctl, &r->event));
	return write_silently(ctl, draft, ret);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_key_revoke);
	struct revocation r = {0};
	struct written written;
	(void)argc;
	enum annot_status status = draft ? fill(ctl, draft, args, &r)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = revoke(ctl, draft, &r, &written);
	annot_draft_free(draft);
	CTL_TRY(ctl, status);
	int code = write_print(ctl, &written, "added");
	if (arg_because && !r.own && say_why(ctl, &written.record->id) != ANNOT_OK)
		out_warning(ctl, "the key is revoked, but the reason could not be added: %s",
			    out_safe(ctl, ctl->err.text));
	return code;
}

const struct command cmd_reviewer_revoke = {
	"reviewer revoke",
	"NAME|KEY retired|compromised|left",
	"End a key, as an admin or its owner",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	2,
	2,
};
