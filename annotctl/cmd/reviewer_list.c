#include <string.h>

#include "../key.h"
#include "../out/out.h"

static int arg_allowed_signers;

static const struct poptOption options[] = {
	{"allowed-signers", '\0', POPT_ARG_NONE, &arg_allowed_signers, 0,
	 "As a file for ssh-keygen -Y verify -f", NULL},
	POPT_TABLEEND,
};

static json_t *key_json(struct ctl *ctl, const struct annot_key_view *k)
{
	json_t *languages = json_array();
	for (size_t i = 0; i < k->n_languages; i++)
		json_array_append_new(languages, json_string(k->languages[i]));
	return json_pack("{s:s, s:s?, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:o, s:o}", "name",
			 k->name, "display", k->display, "role", k->role, "line", k->key, "key",
			 key_fingerprint(ctl, &k->author), "author",
			 annot_hash_hex(&k->author).text, "event", annot_hash_hex(&k->event).text,
			 "index", (json_int_t)k->index, "state", k->state, "effective",
			 (json_int_t)k->effective, "ended",
			 k->ended ? json_integer((json_int_t)k->ended) : json_null(), "languages",
			 languages);
}

static void print(struct ctl *ctl, const struct annot_key_view *k)
{
	if (arg_allowed_signers) {
		/* Names are of [a-z0-9._-] only, so they mean themselves in this file's pattern
		 * language. */
		out_text(ctl, "%s namespaces=\"%s\" %s\n", out_safe(ctl, k->name),
			 ANNOT_NAMESPACE_RECORD, out_safe(ctl, k->key));
	} else if (ctl->format != FORMAT_TEXT) {
		out_list_item(ctl, key_json(ctl, k));
	} else {
		bool waits = strcmp(k->state, "pending") == 0;
		out_text(ctl, "%-16s %-9s %-12s %s  %s #%llu", out_safe(ctl, k->name),
			 out_safe(ctl, k->role), out_safe(ctl, k->state),
			 key_fingerprint(ctl, &k->author), waits ? "waits since" : "from",
			 (unsigned long long)(waits ? k->index : k->effective));
		if (k->ended)
			out_text(ctl, " to #%llu", (unsigned long long)k->ended);
		out_text(ctl, "\n");
	}
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_keys_reply *keys;
	(void)argc, (void)args;
	CTL_TRY(ctl, annot_keys(ctl->annot, &keys, &ctl->err));
	bool json = ctl->format != FORMAT_TEXT && !arg_allowed_signers;
	if (json)
		out_list_begin(ctl);
	for (size_t i = 0; i < keys->n_keys; i++)
		if (!arg_allowed_signers || strcmp(keys->keys[i].state, "pending") != 0)
			print(ctl, &keys->keys[i]);
	if (json)
		out_list_end(ctl);
	return 0;
}

const struct command cmd_reviewer_list = {
	"reviewer list",
	"",
	"List admins, reviewers and bots with their keys",
	options,
	run,
	NEEDS_DAEMON | LISTS,
	0,
	0,
};
