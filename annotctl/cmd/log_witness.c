#include <string.h>
#include <time.h>

#include "../bundle_arg.h"
#include "../out/out.h"

static char *arg_new, *arg_output, *arg_corpus, *arg_hand_in;

static const struct poptOption options[] = {
	{"new", '\0', POPT_ARG_STRING, &arg_new, 0, "Make a witness's key with that name in --key",
	 "NAME"},
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0,
	 "Also write the cosigned checkpoint there; - is standard output", "FILE"},
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0,
	 "With a copy: corpus id that you have from elsewhere", "HASH"},
	{"hand-in", '\0', POPT_ARG_STRING, &arg_hand_in, 0,
	 "Give the daemon a checkpoint that somebody cosigned elsewhere", "FILE"},
	POPT_TABLEEND,
};

static int make_key(struct ctl *ctl)
{
	struct annot_buf text = ANNOT_BUF_INIT(1024);
	struct annot_vkey vkey;
	CTL_TRY(ctl, annot_witness_key_make(arg_new, ctl->key, &vkey, &ctl->err));
	annot_vkey_write(&vkey, &text);
	if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "%s\n", text.data);
	else
		out_json(ctl, json_pack("{s:s, s:s}", "file", ctl->key, "vkey", text.data));
	out_note(ctl,
		 "whoever runs annotd puts this line into its policy (annotd --witnesses), and "
		 "readers into theirs: witness %s %s",
		 out_safe(ctl, arg_new), text.data);
	annot_buf_free(&text);
	return 0;
}

static int hand_in(struct ctl *ctl)
{
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	const struct annot_cosign_reply *reply;
	int code = ctl_connect(ctl);
	if (code)
		return code;
	enum annot_status status = annot_file_read(arg_hand_in, ANNOT_NOTE_MAX, &note, &ctl->err);
	struct annot_cosign_request request = {.note = annot_buf_bytes(&note)};
	if (status == ANNOT_OK)
		status = annot_call_cosign(ctl->annot, &request, ctl->arena, &reply, &ctl->err);
	annot_buf_free(&note);
	CTL_TRY(ctl, status);
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, json_pack("{s:I, s:I}", "size", (json_int_t)reply->size, "taken",
					(json_int_t)reply->taken));
	else if (!ctl->quiet)
		out_text(ctl, "%llu new cosignature%s of #%llu\n", (unsigned long long)reply->taken,
			 annot_plural(reply->taken), (unsigned long long)reply->size);
	return 0;
}

static enum annot_status put(struct ctl *ctl, const struct annot_buf *note)
{
	if (!arg_output)
		return ANNOT_OK;
	if (strcmp(arg_output, "-") != 0)
		return annot_file_replace(arg_output, annot_buf_bytes(note), ANNOT_FILE_MODE_NEW,
					  &ctl->err);
	out_raw(ctl, note->data, note->len);
	return ANNOT_OK;
}

static void print(struct ctl *ctl, const struct annot_skey *key, uint64_t time_s,
		  const struct annot_witnessed *w, const struct annot_buf *note)
{
	char when[ANNOT_TIME_LEN + 1] = "";
	(void)annot_time_format((int64_t)time_s, when);
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, json_pack("{s:s, s:s, s:I, s:I, s:s, s:s}", "witness", key->vkey.name,
					"origin", w->checkpoint.origin, "size",
					(json_int_t)w->checkpoint.size, "before",
					(json_int_t)w->before, "time", when, "note", note->data));
	else if (!ctl->quiet && !(arg_output && strcmp(arg_output, "-") == 0))
		out_text(ctl, "%s cosigned %s #%llu at %s; last time #%llu\n", key->vkey.name,
			 out_safe(ctl, w->checkpoint.origin),
			 (unsigned long long)w->checkpoint.size, when,
			 (unsigned long long)w->before);
}

static enum annot_status cosign(struct ctl *ctl, const char *dir, const struct annot_skey *key,
				struct annot_buf *note)
{
	uint64_t time_s = (uint64_t)time(NULL);
	struct annot_witnessed done;
	struct annot_trust trust;
	enum annot_status status;
	if (dir) {
		TRY(bundle_trust(ctl, dir, arg_corpus, &trust));
		TRY(annot_witness_copy(dir, &trust.corpus, key, time_s, &done, note, &ctl->err));
		TRY(put(ctl, note));
	} else {
		status = annot_witness(ctl->annot, key, time_s, &done, note, &ctl->err);
		/* A daemon that does not take it: the cosigned note is good all the same. */
		if (note->len > 0 && put(ctl, note) != ANNOT_OK)
			return ctl->err.status;
		TRY(status);
	}
	print(ctl, key, time_s, &done, note);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const char *dir = argc ? args[0] : NULL;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_skey key;
	if (arg_hand_in)
		return hand_in(ctl);
	if (!ctl->key)
		return ctl_usage(ctl, "which witness? say --key FILE; --new NAME makes one");
	if (arg_new)
		return make_key(ctl);
	if (dir && !arg_output)
		return ctl_usage(ctl,
				 "of a copy the cosigned checkpoint goes to a file: say -o FILE");
	CTL_TRY(ctl, annot_witness_key_read(ctl->key, &key, &ctl->err));
	int code = dir ? 0 : ctl_connect(ctl);
	if (code)
		return code;
	enum annot_status status = cosign(ctl, dir, &key, &note);
	explicit_bzero(&key, sizeof(key));
	annot_buf_free(&note);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_log_witness = {
	"log witness",
	"[DIR] --key FILE",
	"Cosign the newest checkpoint, once: for a timer",
	options,
	run,
	0,
	0,
	1,
};
