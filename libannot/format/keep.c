/* What imported-data keeps of an item, and what does not fit in it. */
#include "base/auto.h"
#include "format/build.h"
#include "format/keep.h"

/* Dumped bytes; 0: no memory. */
static size_t length_of(const json_t *value)
{
	return json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* The longest member; NULL: none is left. */
static const char *longest(json_t *kept)
{
	const char *name, *ret = NULL;
	size_t most = 0;
	json_t *value;
	json_object_foreach(kept, name, value) if (length_of(value) > most)
	{
		most = length_of(value);
		ret = name;
	}
	return ret;
}

static enum annot_status fit(struct annot_import *m, const char *format, json_t *kept,
			     struct annot_error *err)
{
	size_t around = strlen(format) + sizeof "{\"\":}";
	while (length_of(kept) + around > KEEP_MAX && json_object_size(kept) > 0) {
		const char *name = longest(kept);
		TRY(annot_import_lose(m, name, json_object_get(kept, name),
				      "imported-data has no room for it", err));
		json_object_del(kept, name);
	}
	return ANNOT_OK;
}

/* A record without imported-from (an id that is too long for it) has no imported-data either. */
static enum annot_status lose_all(struct annot_import *m, json_t *kept, struct annot_error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach(kept, name, value) TRY(
		annot_import_lose(m, name, value, "kept only beside an id that can be kept", err));
	return ANNOT_OK;
}

enum annot_status annot_import_keep(struct annot_import *m, struct annot_draft *draft,
				    const char *author, const char *format, json_t *kept,
				    struct annot_error *err)
{
	TRY(fit(m, format, kept, err));
	json_t *data = json_object();
	if (json_object_size(kept) > 0)
		build_set(&data, format, json_incref(kept));
	if (!data)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
	enum annot_status status = annot_import_origin(m, draft, author, data, err);
	json_decref(data);
	if (status == ANNOT_OK && !annot_draft_value(draft, "imported-from", 0))
		return lose_all(m, kept, err);
	return status;
}

json_t *annot_export_kept(const struct annot_record *record, const char *format)
{
	const char *text = annot_record_text(record, "imported-data");
	json_t *data = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_t *kept = json_incref(json_object_get(data, format));
	json_decref(data);
	if (json_is_object(kept))
		return kept;
	json_decref(kept);
	return NULL;
}

bool annot_export_same_target(const struct annot_export_item *item, size_t n)
{
	struct annot_target now, before;
	const struct annot_record *record = item->entry.record;
	if (record->first)
		return true;
	return item->first && annot_record_target(record, n, &now) &&
	       annot_record_target(item->first->record, n, &before) &&
	       annot_hash_equal(&now.document, &before.document) && now.start == before.start &&
	       now.end == before.end;
}
