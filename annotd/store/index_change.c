/* What changes in the index about records that are in it. */
#include "annotd/store/store_private.h"

enum annot_status store_ann_put(struct store *s, uint64_t first, const struct core_ann *ann,
				struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&s->core.index, INDEX_ANN_PUT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)first);
	sqlite3_bind_int64(st, 2, (int64_t)ann->versions);
	sqlite3_bind_int64(st, 3, (int64_t)ann->heads);
	if (ann->retracted != ANNOT_NEVER)
		sqlite3_bind_int64(st, 4, ann->retracted);
	return db_run(&s->core.index, st, err);
}

/* A later version takes effect at index `at`: its parents are no heads any more. */
enum annot_status store_replace_parents(struct store *s, const struct annot_leaf *leaf, uint64_t at,
					uint64_t *heads, struct annot_error *err)
{
	sqlite3_stmt *st;

	for (size_t i = 0; i < leaf->n_parents; i++) {
		struct core_rec rec;
		uint64_t parent;

		TRY(core_find(&s->core, &leaf->parents[i], &parent, err));
		TRY(core_rec(&s->core, parent, &rec, err));
		if (rec.replaced != ANNOT_NEVER)
			continue;
		TRY(db_statement(&s->core.index, INDEX_REPLACE, &st, err));
		sqlite3_bind_int64(st, 1, (int64_t)parent);
		sqlite3_bind_int64(st, 2, (int64_t)at);
		TRY(db_run(&s->core.index, st, err));
		cache_drop_rec(&s->cache, parent);
		if (core_rec_is_head(&rec) && *heads > 0)
			--*heads;
	}
	return ANNOT_OK;
}

enum annot_status store_void_put(struct store *s, uint64_t seq, const char *reason,
				 struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&s->core.index, INDEX_VOID_PUT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	sqlite3_bind_text(st, 2, reason, -1, SQLITE_STATIC);
	return db_run(&s->core.index, st, err);
}

/* Versions are numbered without void ones: those after it move up. */
static enum annot_status late_void(struct store *s, const struct core_rec *rec,
				   struct annot_error *err)
{
	struct core_ann ann;
	sqlite3_stmt *st;

	TRY(store_void_put(s, rec->seq, "an admin rejected it, or a change made it impossible",
			   err));
	TRY(core_ann(&s->core, rec->ann, &ann, err));
	if (ann.versions <= 1)
		return ANNOT_OK;
	TRY(db_statement(&s->core.index, INDEX_RENUMBER, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)rec->ann);
	sqlite3_bind_int64(st, 2, (int64_t)rec->version);
	TRY(db_run(&s->core.index, st, err));
	cache_forget(&s->cache); /* versions have other numbers */
	ann.versions--;
	return store_ann_put(s, rec->ann, &ann, err);
}

static enum annot_status late_effect(struct store *s, struct annot_arena *arena,
				     const struct core_rec *rec, enum annot_effect effect,
				     uint64_t at, struct annot_error *err)
{
	struct store_record stored;
	struct annot_leaf leaf;
	struct core_ann ann;

	if (effect == ANNOT_VOID)
		return late_void(s, rec, err);
	if (rec->first)
		return ANNOT_OK;
	TRY(core_record(&s->core, rec->seq, arena, &stored, err));
	TRY(core_leaf(&stored, arena, &leaf, err));
	TRY(core_ann(&s->core, rec->ann, &ann, err));
	/* One that an effective version replaced while it waited never becomes a head. */
	if (rec->replaced == ANNOT_NEVER)
		ann.heads++;
	TRY(store_replace_parents(s, &leaf, at, &ann.heads, err));
	return store_ann_put(s, rec->ann, &ann, err);
}

enum annot_status store_index_effect(struct store *s, const struct annot_hash *record,
				     enum annot_effect effect, uint64_t at, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct core_rec rec;
	sqlite3_stmt *st;
	uint64_t seq = 0;

	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an effect");
	TRY(core_find(&s->core, record, &seq, err));
	TRY(core_rec(&s->core, seq, &rec, err));
	if (rec.effect != ANNOT_PENDING || effect == ANNOT_PENDING)
		return annot_fail(err, ANNOT_INTERNAL, "record #%llu is not pending",
				  (unsigned long long)seq);
	TRY(store_in_index(s, err));
	TRY(db_statement(&s->core.index, INDEX_EFFECT_SET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	sqlite3_bind_int(st, 2, (int)effect);
	TRY(db_run(&s->core.index, st, err));
	cache_drop_rec(&s->cache, seq);
	TRY(db_statement(&s->core.index, INDEX_LATE_PUT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	sqlite3_bind_int64(st, 2, (int64_t)at);
	TRY(db_run(&s->core.index, st, err));
	return late_effect(s, arena, &rec, effect, at, err);
}
