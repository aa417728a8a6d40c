/* fsck: does the index say what a replay gives? */
#include "annotd/fsck_private.h"

static void compare_row(struct findings *to, const struct annot_memory_row *replayed,
			const struct store_row *row, bool named)
{
	uint64_t index = replayed->index;
	if (!named || !annot_hash_equal(&row->author, replayed->author) ||
	    row->kind != replayed->kind)
		finding(to, index, "the index has another record here; run annotd rebuild");
	else if (row->effect != replayed->effect)
		finding(to, index, "the index says %s, a replay %s; run annotd rebuild",
			annot_effect_name(row->effect), annot_effect_name(replayed->effect));
	else if (row->effect != ANNOT_VOID &&
		 (row->version != replayed->version || row->heads != replayed->heads ||
		  row->head != replayed->head))
		finding(to, index,
			"the index says version %llu, %llu heads%s, a replay %llu, %llu%s; run "
			"annotd rebuild",
			(unsigned long long)row->version, (unsigned long long)row->heads,
			row->head ? " and this one" : "", (unsigned long long)replayed->version,
			(unsigned long long)replayed->heads, replayed->head ? " and this one" : "");
}

static enum annot_status compare_one(struct fsck *f, const struct annot_memory_row *replayed,
				     struct annot_error *err)
{
	struct annot_error why = {0};
	struct store_row row;
	bool named = false;
	TRY(reader_ahead(f->reader, replayed->index, err));
	enum annot_status status = reader_glance(f->reader, replayed->index, &row, &why);
	if (status == ANNOT_NOT_FOUND)
		finding(&f->findings, replayed->index,
			"the index does not have it; run annotd rebuild");
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	TRY(reader_is_named(f->reader, replayed->index, replayed->record, &named, err));
	compare_row(&f->findings, replayed, &row, named);
	return ANNOT_OK;
}

/* One that stands in the log twice is void the second time, and no row of the replay. */
static enum annot_status compare_again(struct fsck *f, uint64_t index, struct annot_error *err)
{
	struct store_record stored;
	struct annot_fact fact;
	annot_arena_reset(f->arena);
	TRY(reader_record(f->reader, index, f->arena, &stored, err));
	TRY(fact_of(&stored, f->arena, &fact, err));
	return compare_one(f,
			   &(struct annot_memory_row){.index = index,
						      .record = &fact.leaf.record,
						      .author = &fact.leaf.author,
						      .kind = fact.leaf.kind,
						      .effect = ANNOT_VOID},
			   err);
}

enum annot_status fsck_index(struct fsck *f, struct annot_error *err)
{
	struct annot_memory_row row = {0};
	uint64_t indexed = reader_size(f->reader);
	if (indexed < f->size)
		finding(&f->findings, FSCK_WHOLE,
			"index.db has %llu of %llu record%s; the next start of annotd catches it "
			"up",
			(unsigned long long)indexed, (unsigned long long)f->size,
			annot_plural(f->size));
	bool more = annot_memory_walk(f->memory, &row);
	for (uint64_t i = 0; i < indexed && i < f->size; i++) {
		if (!more || row.index != i) {
			TRY(compare_again(f, i, err));
			continue;
		}
		TRY(compare_one(f, &row, err));
		more = annot_memory_walk(f->memory, &row);
	}
	return ANNOT_OK;
}
