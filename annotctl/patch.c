#include "patch.h"

#include <jansson.h>
#include <string.h>

enum { PATCH_MAX = 4 << 20 };

static enum annot_status take(struct ctl *ctl, struct annot_draft *draft, const char *card,
			      const char *value)
{
	if (annot_draft_remove(draft, card, value))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "--patch: it has no card %s with the value that the change starts from: "
			  "it was made for another version",
			  card);
}

/* With the words of a target behind it. */
static enum annot_status put(struct ctl *ctl, struct annot_draft *draft, const char *card,
			     const char *value, const json_t *target)
{
	static const char *const words[] = {"exact", "prefix", "suffix"};
	TRY(annot_draft_add(draft, card, value, &ctl->err));
	for (size_t i = 0; target && i < 3; i++) {
		const char *text = json_string_value(json_object_get(target, words[i]));
		if (!text)
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "--patch: a target without its %s", words[i]);
		TRY(annot_draft_add(draft, words[i], text, &ctl->err));
	}
	return ANNOT_OK;
}

static enum annot_status apply_one(struct ctl *ctl, struct annot_draft *draft, const json_t *change,
				   size_t number)
{
	const char *op = json_string_value(json_object_get(change, "op"));
	const char *card = json_string_value(json_object_get(change, "card"));
	const char *value = json_string_value(json_object_get(change, "value"));
	const char *from = json_string_value(json_object_get(change, "from"));
	const char *to = json_string_value(json_object_get(change, "to"));
	if (card && strcmp(card, "(content)") == 0)
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"--patch: change %zu is of a document's text; doc add makes a new "
			"version of that",
			number);
	if (op && card && strcmp(op, "change") == 0 && from && to) {
		TRY(take(ctl, draft, card, from));
		return put(ctl, draft, card, to, json_object_get(change, "to_target"));
	}
	if (op && card && strcmp(op, "remove") == 0 && value)
		return take(ctl, draft, card, value);
	if (op && card && strcmp(op, "add") == 0 && value)
		return put(ctl, draft, card, value, json_object_get(change, "target"));
	return annot_fail(&ctl->err, ANNOT_USAGE,
			  "--patch: change %zu is none: expected op (add, remove, change), card, "
			  "and value, or from and to",
			  number);
}

static enum annot_status apply(struct ctl *ctl, struct annot_draft *draft, const json_t *patch)
{
	const json_t *changes = json_is_array(patch) ? patch : json_object_get(patch, "changes");
	if (!json_is_array(changes))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--patch: expected what annotctl --json diff A B prints");
	for (size_t i = 0; i < json_array_size(changes); i++)
		TRY(apply_one(ctl, draft, json_array_get(changes, i), i + 1));
	return ANNOT_OK;
}

enum annot_status patch_apply(struct ctl *ctl, struct annot_draft *draft, const char *file)
{
	const char *text;
	json_error_t where;
	struct annot_buf buf = ANNOT_BUF_INIT(PATCH_MAX);
	enum annot_status status;
	if (strcmp(file, "-") == 0) {
		TRY(ctl_text(ctl, file, "--patch", &text));
	} else {
		status = annot_file_read(file, PATCH_MAX, &buf, &ctl->err);
		text = status == ANNOT_OK ? annot_arena_copy(ctl->arena, buf.data, buf.len) : NULL;
		annot_buf_free(&buf);
		TRY(status);
		if (!text)
			return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	}
	json_t *patch = json_loads(text, JSON_REJECT_DUPLICATES, &where);
	if (!patch)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--patch: line %d: %.200s", where.line,
				  where.text);
	status = apply(ctl, draft, patch);
	json_decref(patch);
	return status;
}
