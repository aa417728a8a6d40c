#include "../key.h"
#include "../out/out.h"

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_public_key key;
	char line[96], fingerprint[51];
	(void)argc;
	CTL_TRY(ctl, key_public(ctl, args[0], &key));
	struct annot_hash author = annot_key_author(key.key);
	annot_key_line(key.key, line);
	annot_key_fingerprint(key.key, fingerprint);
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl,
			 json_pack("{s:s, s:s, s:s, s:s}", "line", line, "key", fingerprint,
				   "author", annot_hash_hex(&author).text, "comment", key.comment));
	else
		out_text(ctl, "%s %s\nfingerprint %s\nauthor      %s\n", line,
			 out_safe(ctl, key.comment), fingerprint, annot_hash_hex(&author).text);
	return 0;
}

const struct command cmd_key_show = {
	"key show", "KEY", "Show a public key: line, fingerprint, author hash", NULL, run, 0, 1, 1,
};
