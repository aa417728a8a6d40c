#include "../out/out.h"

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_checkpoint checkpoint;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	(void)argc, (void)args;
	CTL_TRY(ctl, annot_pin_refresh(ctl->annot, &checkpoint, &ctl->err));
	CTL_TRY(ctl, annot_pin(ctl->annot, &checkpoint, &note, &ctl->err));
	if (ctl->format == FORMAT_TEXT)
		out_raw(ctl, note.data, note.len);
	else
		out_json(ctl, json_pack("{s:s, s:I, s:s, s:s}", "origin", checkpoint.origin, "size",
					(json_int_t)checkpoint.size, "root",
					annot_hash_hex(&checkpoint.root).text, "note", note.data));
	annot_buf_free(&note);
	return 0;
}

const struct command cmd_log_checkpoint = {
	"log checkpoint",
	"",
	"Fetch, check and pin the newest signed checkpoint",
	NULL,
	run,
	NEEDS_DAEMON,
	0,
	0,
};
