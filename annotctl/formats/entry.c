#include "entry.h"

#include <string.h>

#include "../key.h"
#include "../out/record.h"
#include "../rows.h"

static enum annot_status put_sources(struct ctl *ctl, const struct annot_record *record,
				     struct sources *sources, struct annot_entry *ret)
{
	bool document = record->kind->kind == ANNOT_KIND_document;
	size_t n = document ? 1 : annot_record_targets(record);
	struct annot_target target;
	if (n == 0)
		return ANNOT_OK;
	struct annot_source **list =
		annot_arena_array(ctl->arena, n, sizeof(struct annot_source *));
	if (!list)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (document)
		TRY(sources_get(sources, &record->id, &list[0]));
	for (size_t i = 0; !document && annot_record_target(record, i, &target); i++)
		TRY(sources_get(sources, &target.document, &list[i]));
	ret->sources = list;
	ret->n_sources = n;
	return ANNOT_OK;
}

static bool is_bot(struct ctl *ctl, const struct annot_record *record)
{
	const struct annot_key_view *key = record ? key_enrolled(ctl, &record->author) : NULL;
	return key && strcmp(key->role, "bot") == 0;
}

enum annot_status entry_of(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record, struct sources *sources,
			   struct annot_entry *ret)
{
	struct row_ids ids;
	struct annot_leaf leaf;
	TRY(rows_ids(ctl, row, record, &ids));
	if (row->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "#%llu has no signature",
				  (unsigned long long)row->index);
	*ret = (struct annot_entry){
		.record = record,
		.id = ids.record,
		.annotation = ids.annotation,
		.kind = record                    ? record->kind->kind
			: record_leaf(row, &leaf) ? leaf.kind
						  : ANNOT_KIND_COUNT,
		.index = row->index,
		.version = row->version,
		.versions = row->versions,
		.head = row->head,
		.blind = row->blind,
		.bot = is_bot(ctl, record),
		.author_name = row->author_name,
		.effect = row->effect,
		.review = row->review,
		.flags = row->flags,
		.n_flags = row->n_flags,
		.on_annotation = row->on_annotation,
		.on_version = row->on_version,
	};
	memcpy(ret->signature, row->signature.data, ANNOT_SIGNATURE_SIZE);
	return record && sources ? put_sources(ctl, record, sources, ret) : ANNOT_OK;
}
