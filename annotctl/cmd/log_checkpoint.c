#include <stdlib.h>

#include "../bundle_arg.h"
#include "../out/out.h"

static char *arg_policy;

static const struct poptOption options[] = {
	{"policy", '\0', POPT_ARG_STRING, &arg_policy, 0,
	 "Check the cosignatures of the witnesses that this policy names (C2SP tlog-policy)",
	 "FILE"},
	POPT_TABLEEND,
};

/* What a line says of itself; checked only by a policy that has its key. */
struct cosignature {
	struct annot_bytes name;
	char time[ANNOT_TIME_LEN + 1];
	enum { NOT_CHECKED, GOOD, FORGED } result;
};

static void check(const struct annot_note *note, const struct annot_note_line *line,
		  const struct annot_tlogpolicy *policy, struct cosignature *ret)
{
	for (size_t i = 0; policy && i < policy->n_names; i++) {
		const struct annot_tlogpolicy_name *name = &policy->names[i];
		if (name->is_witness && annot_note_line_by(note, &name->key) == line)
			ret->result = annot_note_verify(note, &name->key, NULL, NULL) == ANNOT_OK
					      ? GOOD
					      : FORGED;
	}
}

/* Lines with a time in front of the signature are cosignatures (tlog-cosignature v1). */
static bool read_line(const struct annot_note *note, size_t n,
		      const struct annot_tlogpolicy *policy, struct cosignature *ret)
{
	enum { TIME_SIZE = 8 };
	const struct annot_note_line *line = &note->lines[n];
	if (line->signature_len != TIME_SIZE + ANNOT_SIGNATURE_SIZE)
		return false;
	uint64_t time_s = annot_get_be(line->signature, TIME_SIZE);
	*ret = (struct cosignature){.name = line->name};
	if (time_s > INT64_MAX || !annot_time_format((int64_t)time_s, ret->time))
		snprintf(ret->time, sizeof(ret->time), "%s", "?");
	check(note, line, policy, ret);
	return true;
}

static void print(struct ctl *ctl, const struct annot_checkpoint *checkpoint,
		  const struct annot_buf *note, const struct annot_note *parsed,
		  const struct annot_tlogpolicy *policy)
{
	static const char *const words[] = {"not checked", "good", "FORGED"};
	json_t *list = json_array();
	struct cosignature c;
	if (ctl->format == FORMAT_TEXT)
		out_raw(ctl, note->data, note->len);
	for (size_t i = 0; i < parsed->n_lines; i++) {
		if (!read_line(parsed, i, policy, &c))
			continue;
		const char *name = annot_arena_copy(ctl->arena, c.name.data, c.name.len);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", name ? name : "",
						      "time", c.time, "result", words[c.result]));
		if (ctl->format == FORMAT_TEXT)
			out_note(ctl, "cosigned by %s at %s (%s)", out_safe(ctl, name), c.time,
				 words[c.result]);
	}
	if (ctl->format == FORMAT_TEXT)
		json_decref(list);
	else
		out_json(ctl, json_pack("{s:s, s:I, s:s, s:s, s:o}", "origin", checkpoint->origin,
					"size", (json_int_t)checkpoint->size, "root",
					annot_hash_hex(&checkpoint->root).text, "note", note->data,
					"cosignatures", list));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_checkpoint checkpoint;
	struct annot_trust trust = {.now_s = 0};
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_note *parsed = annot_arena_alloc(ctl->arena, sizeof(*parsed));
	(void)argc, (void)args;
	CTL_TRY(ctl, bundle_policy(ctl, arg_policy, &trust));
	CTL_TRY(ctl, annot_pin_refresh(ctl->annot, &checkpoint, &ctl->err));
	CTL_TRY(ctl, annot_pin(ctl->annot, &checkpoint, &note, &ctl->err));
	enum annot_status status =
		parsed ? annot_note_parse(annot_buf_bytes(&note), parsed, &ctl->err)
		       : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		print(ctl, &checkpoint, &note, parsed, trust.policy);
	annot_buf_free(&note);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_log_checkpoint = {
	"log checkpoint",
	"",
	"Fetch, check and pin the newest signed checkpoint; show who cosigned it",
	options,
	run,
	NEEDS_DAEMON,
	0,
	0,
};
