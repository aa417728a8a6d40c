#include <string.h>

#include "../out/out.h"

/* The key's file is written once and never over another. */
static enum annot_status make(struct ctl *ctl, const char *path, struct annot_buf *ret_vkey)
{
	struct annot_buf text = ANNOT_BUF_INIT(1024);
	struct annot_skey key;
	TRY(annot_skey_new(annot_hello(ctl->annot)->origin, ANNOT_NOTE_ED25519, &key, &ctl->err));
	annot_vkey_write(&key.vkey, ret_vkey);
	annot_skey_write(&key, &text);
	annot_buf_putc(&text, '\n');
	explicit_bzero(&key, sizeof key);
	enum annot_status status = annot_buf_check(&text, "log key", &ctl->err);
	if (status == ANNOT_OK)
		status = annot_file_create(path, annot_buf_bytes(&text), 0600, &ctl->err);
	if (text.data)
		explicit_bzero(text.data, text.len);
	annot_buf_free(&text);
	return status == ANNOT_OK ? annot_buf_check(ret_vkey, "log key", &ctl->err) : status;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_buf vkey = ANNOT_BUF_INIT(1024);
	(void)argc;
	enum annot_status status = make(ctl, args[0], &vkey);
	if (status == ANNOT_OK && ctl->format != FORMAT_TEXT)
		out_json(ctl, json_pack("{s:s, s:s}", "vkey", vkey.data, "file", args[0]));
	else if (status == ANNOT_OK)
		out_text(ctl, "%s\n", vkey.data);
	if (status == ANNOT_OK)
		out_note(ctl,
			 "put %s into the corpus folder as log.key.next and start annotd again; "
			 "then "
			 "an admin says: annotctl corpus set --log '%s'",
			 out_safe(ctl, args[0]), out_safe(ctl, vkey.data));
	annot_buf_free(&vkey);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_log_key = {
	"log key", "FILE", "Make a new key for the log to sign checkpoints with",
	NULL,      run,    NEEDS_DAEMON,
	1,         1,
};
