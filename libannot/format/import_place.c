/* Texts and places in them, with what was said of them and does not hold. */
#include <inttypes.h>
#include <stdio.h>

#include "base/auto.h"
#include "format/internal.h"

enum { FIELD_MAX = 256 };

enum annot_status annot_import_source(struct annot_import *m,
				      const struct annot_source_wanted *wanted, const char *field,
				      struct annot_source **ret, struct annot_error *err)
{
	const struct annot_source_wanted given = {.name = m->host.document};
	struct annot_source *found = NULL;
	struct annot_error why;
	enum annot_status status =
		m->host.source(m->host.arg, m->host.document ? &given : wanted, &found, &why);
	*ret = NULL;
	if (status == ANNOT_NOT_FOUND || status == ANNOT_AMBIGUOUS) {
		json_t *value = json_string(wanted->url    ? wanted->url
					    : wanted->name ? wanted->name
							   : wanted->sha256);
		status = annot_import_leave_out(m, field, value, why.text, err);
		json_decref(value);
		return status;
	}
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	if (!found->text.data)
		return annot_import_leave_out(m, field, NULL,
					      "the text of that document is not there", err);
	*ret = found;
	return ANNOT_OK;
}

static enum annot_status lose_part(struct annot_import *m, const char *field, const char *part,
				   const char *value, const char *reason, struct annot_error *err)
{
	char path[FIELD_MAX];
	snprintf(path, sizeof path, "%s%s%s", field, *field ? "." : "", part);
	return annot_import_lose_text(m, path, value, reason, err);
}

static enum annot_status lose_bytes(struct annot_import *m, const char *field, const char *part,
				    struct annot_bytes value, const char *reason,
				    struct annot_error *err)
{
	char *text = annot_arena_copy(m->arena, value.data, value.len);
	return text ? lose_part(m, field, part, text, reason, err)
		    : annot_fail(err, ANNOT_NO_MEMORY, "no memory for a loss");
}

/* Says what of the selector does not hold. */
static enum annot_status report(struct annot_import *m, struct annot_source *source,
				const struct annot_source_selector *selector,
				const struct annot_source_place *place, const char *field,
				struct annot_error *err)
{
	static const char *const units[] = {"bytes", "code points", "UTF-16 units"};
	if (place->how == ANNOT_SOURCE_FOLDED) {
		TRY(lose_bytes(m, field, "exact", selector->exact,
			       "the text has these words in other typography, which was taken",
			       err));
	}
	if (!place->prefix_stands)
		TRY(lose_bytes(m, field, "prefix", selector->prefix,
			       "other words stand before these in the text", err));
	if (!place->suffix_stands)
		TRY(lose_bytes(m, field, "suffix", selector->suffix,
			       "other words stand behind these in the text", err));
	if (selector->placed && place->how != ANNOT_SOURCE_STATED) {
		uint64_t start, end;
		char value[64], reason[128];
		TRY(annot_source_offset(source, place->start, selector->unit, &start, err));
		TRY(annot_source_offset(source, place->end, selector->unit, &end, err));
		if (start == selector->start && end == selector->end)
			return ANNOT_OK;
		snprintf(value, sizeof value, "%" PRIu64 "-%" PRIu64, selector->start,
			 selector->end);
		snprintf(reason, sizeof reason,
			 "the words stand at %" PRIu64 "-%" PRIu64 " (%s), score %u", start, end,
			 units[selector->unit], place->score);
		TRY(lose_part(m, field, "start", value, reason, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_import_place(struct annot_import *m, struct annot_draft *draft,
				     struct annot_source *source,
				     const struct annot_source_selector *selector,
				     const char *field, bool *ret_placed, struct annot_error *err)
{
	struct annot_source_place place;
	struct annot_error why;
	enum annot_status status = annot_source_place(source, selector, &place, &why);
	*ret_placed = false;
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK) {
		json_t *value =
			json_stringn((const char *)selector->exact.data, selector->exact.len);
		status = annot_import_leave_out(m, field, value, why.text, err);
		json_decref(value);
		return status;
	}
	TRY(report(m, source, selector, &place, field, err));
	TRY(annot_draft_add_target(draft, &source->record->id, source->text, place.start, place.end,
				   err));
	*ret_placed = true;
	return ANNOT_OK;
}
