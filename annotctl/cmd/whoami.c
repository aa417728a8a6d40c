#include "../key.h"
#include "../out/out.h"

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_signer *signer;
	const struct annot_keys_reply *keys;
	char fingerprint[51];
	(void)argc, (void)args;
	CTL_TRY(ctl, ctl_signer(ctl, &signer));
	CTL_TRY(ctl, annot_keys(ctl->annot, &keys, &ctl->err));
	const uint8_t *key = annot_signer_key(signer)->key;
	struct annot_hash author = annot_key_author(key);
	const struct annot_key_view *view = key_enrolled(ctl, &author);
	annot_key_fingerprint(key, fingerprint);
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "key", fingerprint,
					"author", annot_hash_hex(&author).text, "name",
					view ? view->name : NULL, "role", view ? view->role : NULL,
					"state", view ? view->state : NULL));
	else if (view)
		out_text(ctl, "%s (%s, %s), key %s\n", out_safe(ctl, view->name),
			 out_safe(ctl, view->role), out_safe(ctl, view->state), fingerprint);
	else
		out_text(ctl,
			 "key %s is not enrolled in this corpus; an admin enrols it with: annotctl "
			 "reviewer add FILE "
			 "(made by annotctl key request --name NAME -o FILE)\n",
			 fingerprint);
	return view ? 0 : annot_exit_code(ANNOT_NO);
}

const struct command cmd_whoami = {
	"whoami", "", "Say which key signs and who it belongs to here", NULL, run, NEEDS_DAEMON,
	0,        0,
};
