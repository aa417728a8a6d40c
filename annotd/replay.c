/* From records to state: the one path on which a record's effect reaches index and authority. */
#include "annotd/replay.h"

#include "annotd/feed.h"
#include "annotd/progress.h"

#include "annotd/corpus_private.h"
#include "annotd/texts.h"
#include "base/auto.h"

enum { REPLAY_BATCH = 8192 };

/* --- one record --- */

enum annot_status fact_of(const struct store_record *stored, struct annot_arena *arena,
			  struct annot_fact *ret, struct annot_error *err)
{
	struct annot_fact fact = {.index = stored->index};
	if (stored->record.data) {
		TRY(annot_record_parse(arena, stored->record, &fact.record, err));
		annot_leaf_of(fact.record, stored->signature, &fact.leaf);
	} else {
		TRY(annot_leaf_parse(stored->leaf, &fact.leaf, err));
	}
	*ret = fact;
	return ANNOT_OK;
}

static enum annot_status read_fact(struct corpus *c, uint64_t index, struct annot_fact *ret,
				   struct annot_error *err)
{
	struct store_record stored;
	annot_arena_reset(c->arena);
	TRY(store_record(c->store, index, c->arena, &stored, err));
	return fact_of(&stored, c->arena, ret, err);
}

static enum annot_status settle(struct corpus *c, const struct annot_fact *fact,
				struct annot_error *err)
{
	const struct annot_hash *settled;
	size_t n = annot_authority_effects(c->authority, &settled);
	for (size_t i = 0; i < n; i++) {
		enum annot_effect effect = annot_authority_effect(c->authority, &settled[i], NULL);
		if (!annot_hash_equal(&settled[i], &fact->leaf.record))
			TRY(store_index_effect(c->store, &settled[i], effect, fact->index, err));
	}
	return ANNOT_OK;
}

enum annot_status corpus_apply(struct corpus *c, const struct annot_fact *fact,
			       const struct annot_judgement *judgement,
			       const struct store_chars *chars, struct annot_error *err)
{
	TRY(store_index_put(c->store, fact, judgement, chars, err));
	if (judgement->effect == ANNOT_VOID || !annot_authority_concerns(c->authority, &fact->leaf))
		return ANNOT_OK;
	TRY(annot_authority_apply(c->authority, fact, judgement->effect, err));
	return settle(c, fact, err);
}

/* --- catching the index up --- */

/* Where its targets stand in code points; NULL where a document's text is not there (withheld). */
static enum annot_status find_chars(struct corpus *c, const struct annot_record *record,
				    struct store_chars *chars, const struct store_chars **ret,
				    struct annot_error *err)
{
	size_t n = record ? annot_record_targets(record) : 0;
	const struct annot_view *view = store_view(c->store);
	struct text_source source = text_source_store(c->store);
	source.steady = true; /* who withholds does not replay meanwhile */
	if (n > 0 && !c->texts && !(c->texts = texts_new()))
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct annot_target target;
		struct annot_known known;
		struct annot_error why = {0};
		annot_record_target(record, i, &target);
		enum annot_status status = view->record(view->ctx, &target.document, &known, &why);
		if (status == ANNOT_OK)
			status = texts_target(c->texts, &source, known.index, &target, false,
					      &chars[i], &why);
		if (status == ANNOT_NOT_FOUND || status == ANNOT_MISMATCH)
			return ANNOT_OK;
		if (status != ANNOT_OK)
			return annot_fail(err, status, "%s", why.text);
	}
	if (n)
		*ret = chars;
	return ANNOT_OK;
}

static enum annot_status replay_fact(struct corpus *c, const struct annot_fact *fact,
				     struct annot_error *err)
{
	struct annot_judgement judgement;
	struct store_chars chars[TARGETS_MAX];
	const struct store_chars *found = NULL;
	TRY(annot_judge(c->authority, store_view(c->store), fact, &judgement, err));
	TRY(find_chars(c, fact->record, chars, &found, err));
	return corpus_apply(c, fact, &judgement, found, err);
}

static enum annot_status replay_one(struct corpus *c, uint64_t index, struct annot_error *err)
{
	struct annot_fact fact;
	TRY(read_fact(c, index, &fact, err));
	return replay_fact(c, &fact, err);
}

static enum annot_status replay_batch(struct corpus *c, uint64_t from, uint64_t to,
				      struct annot_error *err)
{
	TRY(store_begin(c->store, err));
	enum annot_status status = ANNOT_OK;
	for (uint64_t i = from; status == ANNOT_OK && i < to; i++)
		status = replay_one(c, i, err);
	if (status == ANNOT_OK)
		status = store_commit_index(c->store, err);
	if (status != ANNOT_OK)
		store_rollback(c->store);
	return status;
}

static enum annot_status catch_up(struct corpus *c, struct annot_error *err)
{
	uint64_t size = store_size(c->store), at = store_index_size(c->store);
	while (at < size) {
		uint64_t to = size - at < REPLAY_BATCH ? size : at + REPLAY_BATCH;
		TRY(replay_batch(c, at, to, err));
		at = to;
	}
	return ANNOT_OK;
}

/* --- making it again --- */

static enum annot_status replay_feed(struct corpus *c, struct feed *feed, struct annot_error *err)
{
	struct progress progress = {.what = "replayed", .every = 64};
	enum annot_status status = ANNOT_OK;
	for (uint64_t i = 0; i < store_size(c->store) && status == ANNOT_OK; i++) {
		const struct annot_fact *fact;
		progress_show(&progress, i, store_size(c->store));
		status = feed_next(feed, &fact, err);
		if (status == ANNOT_OK)
			status = replay_fact(c, fact, err);
	}
	progress_end(&progress);
	return status;
}

/* The log is read and parsed on another thread. */
static enum annot_status fill(struct corpus *c, struct annot_error *err)
{
	struct feed *feed = NULL;
	TRY(store_fill_begin(c->store, err));
	enum annot_status status = feed_start(c->dir, store_size(c->store), &feed, err);
	if (status == ANNOT_OK)
		status = replay_feed(c, feed, err);
	feed_stop(feed);
	if (status == ANNOT_OK)
		return store_fill_end(c->store, err);
	store_fill_abandon(c->store);
	return status;
}

/* --- loading authority --- */

struct load {
	struct corpus *c;
	struct reader *reader;
	enum annot_status status;
	struct annot_error err;
};

/* What judge said of it when it came, before later reviews settled it. */
static enum annot_effect first_effect(const struct store_row *row)
{
	return row->effect_at == row->index ? row->effect : ANNOT_PENDING;
}

static enum annot_status load_fact(struct load *l, uint64_t index)
{
	struct annot_fact fact;
	struct store_row row;
	TRY(read_fact(l->c, index, &fact, &l->err));
	TRY(reader_row(l->reader, index, &row, &l->err));
	if (first_effect(&row) == ANNOT_VOID ||
	    !annot_authority_concerns(l->c->authority, &fact.leaf))
		return ANNOT_OK;
	return annot_authority_apply(l->c->authority, &fact, first_effect(&row), &l->err);
}

static bool load_each(void *arg, uint64_t index)
{
	struct load *l = arg;
	l->status = load_fact(l, index);
	return l->status == ANNOT_OK;
}

static enum annot_status load_authority(struct corpus *c, struct annot_error *err)
{
	struct load l = {.c = c};
	TRY(reader_open(c->dir, &l.reader, err));
	enum annot_status status = reader_begin(l.reader, err);
	if (status == ANNOT_OK) {
		status = reader_authority(l.reader, 0, load_each, &l, err);
		reader_end(l.reader);
	}
	reader_close(l.reader);
	if (status == ANNOT_OK && l.status != ANNOT_OK)
		status = annot_fail(err, l.status, "%s", l.err.text);
	return status;
}

static enum annot_status load(struct corpus *c, struct annot_error *err)
{
	struct annot_tree_reader tree = store_tree(c->store);
	if (store_index_is_new(c->store)) {
		TRY(fill(c, err));
	} else {
		TRY(load_authority(c, err));
		TRY(catch_up(c, err));
	}
	return annot_tree_frontier(&tree, store_size(c->store), &c->frontier, err);
}

enum annot_status corpus_load(struct corpus *c, struct annot_error *err)
{
	struct annot_authority *old = c->authority;
	atomic_store(&c->stale, true);
	c->authority = annot_authority_new();
	enum annot_status status =
		c->authority ? load(c, err) : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (status != ANNOT_OK) {
		annot_authority_free(c->authority);
		c->authority = old;
		return status;
	}
	annot_authority_free(old);
	atomic_store(&c->stale, false);
	return ANNOT_OK;
}

/* --- withholding --- */

enum annot_status corpus_withhold(struct corpus *c, const struct annot_hash *withhold,
				  struct annot_error *err)
{
	const struct annot_view *view = store_view(c->store);
	struct annot_known known, on;
	struct annot_fact fact;
	TRY(view->record(view->ctx, withhold, &known, err));
	TRY(read_fact(c, known.index, &fact, err));
	/* A review may have completed the quorum of another kind: a revocation is `on` a key event, which
	 * stays. */
	if (fact.leaf.kind != ANNOT_KIND_withhold || !fact.leaf.has_on)
		return ANNOT_OK;
	TRY(view->record(view->ctx, &fact.leaf.on, &on, err));
	enum annot_status status = store_withhold(c->store, on.index, err);
	/* Only now: a snapshot that begins after the change is seen has no more of it. */
	atomic_fetch_add(&c->withheld, 1);
	return status;
}
