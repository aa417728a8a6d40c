#include "../key.h"
#include "../out/out.h"

static const char *role_of(const struct annot_key_info *k)
{
	return k->admin ? "admin" : k->bot ? "bot" : "reviewer";
}

static void print_json(struct ctl *ctl, const char *fingerprint, const struct annot_hash *author,
		       const struct annot_key_info *k, const struct annot_key_info *now)
{
	out_json(ctl, json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?}", "key", fingerprint, "author",
				annot_hash_hex(author).text, "name", k ? k->name : NULL, "role",
				k ? role_of(k) : NULL, "state",
				k ? annot_key_state_name(k->state) : NULL, "key_in_force",
				now ? key_fingerprint(ctl, &now->author) : NULL));
}

static void print(struct ctl *ctl, const char *fingerprint, const struct annot_key_info *k,
		  const struct annot_key_info *now)
{
	if (!k) {
		out_text(ctl,
			 "key %s is not enrolled in this corpus; an admin enrols it with: annotctl "
			 "reviewer add FILE "
			 "(made by annotctl key request --name NAME -o FILE)\n",
			 fingerprint);
		return;
	}
	if (ctl->quiet) {
		out_text(ctl, "%s\n", out_safe(ctl, k->name));
		return;
	}
	out_text(ctl, "%s (%s, %s), key %s\n", out_safe(ctl, k->name), role_of(k),
		 annot_key_state_name(k->state), fingerprint);
	if (now && now != k)
		out_text(ctl, "%s signs with key %s since #%llu\n", out_safe(ctl, k->name),
			 key_fingerprint(ctl, &now->author), (unsigned long long)now->effective);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_signer *signer;
	const struct annot_authority *authority;
	char fingerprint[51];
	(void)argc, (void)args;
	CTL_TRY(ctl, ctl_signer(ctl, &signer));
	CTL_TRY(ctl, annot_authority_now(ctl->annot, &authority, &ctl->err));
	const uint8_t *key = annot_signer_key(signer)->key;
	struct annot_hash author = annot_key_author(key);
	const struct annot_key_info *info = annot_authority_key(authority, &author);
	/* The key of the same person that counts now: after a rotation another one. */
	const struct annot_key_info *now =
		info ? annot_authority_name(authority, info->name) : NULL;
	annot_key_fingerprint(key, fingerprint);
	if (ctl->format != FORMAT_TEXT)
		print_json(ctl, fingerprint, &author, info, now);
	else
		print(ctl, fingerprint, info, now);
	return info ? 0 : annot_exit_code(ANNOT_NO);
}

const struct command cmd_whoami = {
	"whoami", "", "Say which key signs and who it belongs to here", NULL, run, NEEDS_DAEMON,
	0,        0,
};
