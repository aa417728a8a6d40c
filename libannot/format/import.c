/* What formats report of items, and how they hand drafts over. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "format/internal.h"

enum annot_status annot_import_invalid(struct annot_import *m, struct annot_error *err,
				       const char *format, ...)
{
	char text[ANNOT_ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (m->format->containers && m->item->number > 0) /* all may stand on one line */
		return annot_fail(err, ANNOT_INVALID, "%s:%zu: item %zu: %s%s%s", m->item->file,
				  m->item->line, m->item->number, *m->id ? m->id : "",
				  *m->id ? ": " : "", text);
	return annot_fail(err, ANNOT_INVALID, "%s:%zu: %s%s%s", m->item->file, m->item->line,
			  *m->id ? m->id : "", *m->id ? ": " : "", text);
}

static enum annot_status lose(struct annot_import *m, const char *field, const char *value,
			      const char *reason, bool left_out, struct annot_error *err)
{
	const struct annot_loss loss = {.item = m->id,
					.field = field,
					.value = value,
					.reason = reason,
					.left_out = left_out,
					.file = m->item ? m->item->file : "",
					.line = m->item ? m->item->line : 0};
	return m->host.lost(m->host.arg, &loss, err);
}

static enum annot_status lose_json(struct annot_import *m, const char *field, const json_t *value,
				   const char *reason, bool left_out, struct annot_error *err)
{
	if (!value || json_is_string(value))
		return lose(m, field, json_string_value(value), reason, left_out, err);
	AUTO_FREE char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a loss");
	return lose(m, field, text, reason, left_out, err);
}

enum annot_status annot_import_lose(struct annot_import *m, const char *field, const json_t *value,
				    const char *reason, struct annot_error *err)
{
	return lose_json(m, field, value, reason, false, err);
}

enum annot_status annot_import_lose_text(struct annot_import *m, const char *field,
					 const char *value, const char *reason,
					 struct annot_error *err)
{
	return lose(m, field, value, reason, false, err);
}

enum annot_status annot_import_leave_out(struct annot_import *m, const char *field,
					 const json_t *value, const char *reason,
					 struct annot_error *err)
{
	return lose_json(m, field, value, reason, true, err);
}

enum annot_status annot_import_card(struct annot_import *m, struct annot_draft *draft,
				    const char *card, const char *field, const char *value,
				    bool *ret, struct annot_error *err)
{
	struct annot_error why;
	if (ret)
		*ret = false;
	if (!value || !*value)
		return ANNOT_OK;
	enum annot_status status = annot_draft_check(draft, card, value, &why);
	if (status == ANNOT_OK)
		status = annot_draft_add(draft, card, value, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK)
		return annot_import_lose_text(m, field, value, why.text, err);
	if (ret)
		*ret = true;
	return ANNOT_OK;
}

enum annot_status annot_import_origin(struct annot_import *m, struct annot_draft *draft,
				      const char *author, const json_t *data,
				      struct annot_error *err)
{
	bool from;
	TRY(annot_import_card(m, draft, "imported-from", "id", m->id, &from, err));
	TRY(annot_import_card(m, draft, "imported-author", "author", author, NULL, err));
	if (!from || json_object_size(data) == 0)
		return ANNOT_OK;
	AUTO_FREE char *text = json_dumps(data, JSON_COMPACT);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
	return annot_import_card(m, draft, "imported-data", "", text, NULL, err);
}

enum annot_status annot_import_take(struct annot_import *m, const struct annot_import_draft *drafts,
				    size_t n, struct annot_error *err)
{
	return m->host.take(m->host.arg, m->id, drafts, n, err);
}

enum annot_status annot_import_take_one(struct annot_import *m, struct annot_draft *draft,
					struct annot_error *err)
{
	const struct annot_import_draft one = {.draft = draft};
	return annot_import_take(m, &one, 1, err);
}

enum annot_status annot_import_amend(struct annot_import *m, struct annot_draft *draft,
				     const struct annot_hash *record, struct annot_error *err)
{
	const struct annot_import_draft one = {.draft = draft, .amends = record};
	return annot_import_take(m, &one, 1, err);
}

bool annot_import_own_iri(const struct annot_import *m, const char *iri, struct annot_hash *ret)
{
	const char *const bases[] = {m->host.base, "urn:sha256:"};
	for (size_t i = 0; i < COUNT(bases); i++) {
		size_t len = bases[i] ? strlen(bases[i]) : 0;
		if (len > 0 && strncmp(iri, bases[i], len) == 0 &&
		    annot_hash_unhex(iri + len, strlen(iri + len), ret))
			return true;
	}
	return false;
}
