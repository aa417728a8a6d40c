#include "../out/out.h"

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_fetched f;
	struct annot_checkpoint pin;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX),
			 file = ANNOT_BUF_INIT(4 * ANNOT_NOTE_MAX);
	const struct annot_proof_reply *reply;
	(void)argc;
	CTL_TRY(ctl, annot_fetch(ctl->annot, args[0], ctl->arena, &f, &ctl->err));
	CTL_TRY(ctl, annot_pin_refresh(ctl->annot, &pin, &ctl->err));
	CTL_TRY(ctl, annot_pin(ctl->annot, &pin, &note, &ctl->err));
	struct annot_proof_request request = {.index = f.row->index, .size = pin.size};
	enum annot_status status =
		annot_call_proof(ctl->annot, &request, ctl->arena, &reply, &ctl->err);
	if (status == ANNOT_OK) {
		struct annot_bytes line = annot_bytes_of(reply->leaf);
		struct annot_hash leaf = annot_leaf_hash(line.data, line.len);
		status = annot_verify_inclusion(f.row->index, pin.size, &leaf, reply->path,
						reply->n_path, &pin.root, &ctl->err);
	}
	if (status == ANNOT_OK) {
		struct annot_tlogproof proof = {.index = f.row->index,
						.n_path = reply->n_path,
						.note = annot_buf_bytes(&note)};
		for (size_t i = 0; i < reply->n_path; i++)
			proof.path[i] = reply->path[i];
		annot_tlogproof_write(&proof, &file);
		if (ctl->format == FORMAT_TEXT)
			out_raw(ctl, file.data, file.len);
		else
			out_json(ctl,
				 json_pack("{s:I, s:I, s:s, s:s}", "index",
					   (json_int_t)f.row->index, "size", (json_int_t)pin.size,
					   "leaf", reply->leaf, "proof", file.data));
	}
	annot_buf_free(&file);
	annot_buf_free(&note);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_log_proof = {
	"log proof", "ID[@N]", "Print a record's inclusion proof as a c2sp.org/tlog-proof",
	NULL,        run,      NEEDS_DAEMON,
	1,           1,
};
