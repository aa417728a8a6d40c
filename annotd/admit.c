/*
 * Admission: what the writer thread does with a batch. The order is a promise
 * (docs/architecture.md, "The log never forks"): leaves and root durable in truth.db, checkpoint
 * file moved, checkpoint signed, answered. The index is committed after the answer, and readers wait
 * for it (corpus_await_index); where keys, rules or withheld bytes change, it is committed before.
 */
#include <stdlib.h>

#include "annotd/batch_tree.h"
#include "annotd/corpus_private.h"
#include "annotd/log.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/sshsig.h"

struct batch {
	struct corpus *c;
	corpus_answer answer; /* taken back (NULL) once it was called */
	void *arg;
	struct batch_tree tree;
	uint64_t first; /* index of the first record put */
	bool locked;    /* readers wait: authority is ahead of the disk */
};

static void refuse(struct corpus_item *item, enum annot_status status, const char *message)
{
	item->status = status;
	snprintf(item->message, sizeof item->message, "%s", message);
}

/* --- one item
 * --------------------------------------------------------------------------------------------------
 */

/* Fills a duplicate's outs. NOT_FOUND: it is none. */
static enum annot_status find_duplicate(struct batch *b, struct corpus_item *item,
					struct annot_error *err)
{
	struct corpus *c = b->c;
	const struct annot_view *view = store_view(c->store);
	struct annot_known known;
	struct store_record stored;
	TRY(view->record(view->ctx, &item->record->id, &known, err));
	annot_arena_reset(c->arena);
	TRY(store_record(c->store, known.index, c->arena, &stored, err));
	if (!stored.record.data) {
		char text[64];
		snprintf(text, sizeof text, "record #%llu was withheld; it is not taken in again",
			 (unsigned long long)known.index);
		refuse(item, ANNOT_REFUSED, text);
		return ANNOT_OK;
	}
	item->duplicate = true;
	item->index = known.index;
	item->signature_hash = annot_sha256(stored.signature, ANNOT_SIGNATURE_SIZE);
	item->pending =
		annot_authority_effect(c->authority, &item->record->id, NULL) == ANNOT_PENDING;
	return ANNOT_OK;
}

/* For records whose key was enrolled only after they were queued, by an earlier one of the batch
 * perhaps. */
static enum annot_status check_signature(struct corpus *c, const struct corpus_item *item,
					 struct annot_error *err)
{
	if (item->verified)
		return ANNOT_OK;
	const struct annot_key_info *key = annot_authority_key(c->authority, &item->record->author);
	if (!key)
		return annot_fail_not_enrolled(&item->record->author, err);
	return annot_sshsig_verify(key->key, ANNOT_NAMESPACE_RECORD, item->record->bytes,
				   item->signature, err);
}

static void lock_authority(struct batch *b)
{
	if (!b->locked)
		pthread_rwlock_wrlock(&b->c->authority_lock);
	b->locked = true;
}

static enum annot_status put(struct batch *b, struct corpus_item *item,
			     const struct annot_fact *fact, const struct annot_judgement *judgement,
			     struct annot_error *err)
{
	struct corpus *c = b->c;
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	annot_leaf_write(&fact->leaf, &line);
	TRY(annot_buf_check(&line, "leaf line", err));
	struct annot_hash leaf = annot_leaf_hash(line.data, line.len), nodes[ANNOT_LEVELS];
	size_t n = batch_tree_append(&b->tree, &leaf, nodes);
	TRY(store_put_record(c->store, fact->index, item->record->bytes, item->signature, nodes, n,
			     err));
	if (item->note.data && item->record->seen.size > 0)
		TRY(store_put_note(c->store, &item->record->seen.note, item->note, err));
	if (annot_authority_concerns(c->authority, &fact->leaf))
		lock_authority(b);
	TRY(corpus_apply(c, fact, judgement, item->chars, err));
	item->index = fact->index;
	item->pending = judgement->effect == ANNOT_PENDING;
	item->signature_hash = fact->leaf.signature;
	return ANNOT_OK;
}

/*
 * What judge lets pass, since it loses nothing, and an author may still not want: a second head. It
 * is looked for here, where the order of records is settled: whoever amends cannot know what else
 * is on its way. After find_duplicate, so that what was admitted once stays admitted.
 */
static enum annot_status check_heads(struct batch *b, struct corpus_item *item,
				     struct annot_error *err)
{
	struct store *store = b->c->store;
	const struct annot_view *view = store_view(store);
	const struct annot_record *r = item->record;
	struct annot_known parent;
	struct store_head head;
	char text[ANNOT_ERROR_TEXT_MAX];
	for (size_t i = 0; i < r->n_parents; i++) {
		TRY(view->record(view->ctx, &r->parents[i], &parent, err));
		if (parent.head)
			continue;
		TRY(store_newest_head(store, &r->annotation, &head, err));
		snprintf(text, sizeof text,
			 "version %s is outdated, somebody replaced it meanwhile; the latest version "
			 "is %s@%llu, record %s%s",
			 annot_short_id(&r->parents[i]).text, annot_short_id(&r->annotation).text,
			 (unsigned long long)head.version, annot_hash_hex(&head.record).text,
			 head.heads > 1 ? ", in conflict with others" : "");
		refuse(item, ANNOT_CONFLICT, text);
		return ANNOT_OK;
	}
	return ANNOT_OK;
}

/* Returns other than OK only when the whole batch is lost; a refused record is said in its item. */
static enum annot_status admit_one(struct batch *b, struct corpus_item *item,
				   struct annot_error *err)
{
	struct corpus *c = b->c;
	struct annot_error why = {0};
	enum annot_status status = find_duplicate(b, item, err);
	if (status != ANNOT_NOT_FOUND)
		return status;
	status = check_signature(c, item, &why);
	if (status != ANNOT_OK) {
		refuse(item, status, why.text);
		return ANNOT_OK;
	}
	struct annot_fact fact = {.index = b->tree.frontier.size, .record = item->record};
	annot_leaf_of(item->record, item->signature, &fact.leaf);
	struct annot_judgement judgement;
	TRY(annot_judge(c->authority, store_view(c->store), &fact, &judgement, err));
	if (judgement.effect == ANNOT_VOID) {
		refuse(item, judgement.status, judgement.reason);
		return ANNOT_OK;
	}
	if (item->expect_heads)
		TRY(check_heads(b, item, err));
	if (item->status != ANNOT_OK)
		return ANNOT_OK;
	return put(b, item, &fact, &judgement, err);
}

/* --- the batch
 * --------------------------------------------------------------------------------------------------
 */

/* Moves the checkpoint file to what truth.db has, and signs that. */
static enum annot_status cover(struct corpus *c, struct annot_error *err)
{
	if (c->checkpoint.size == c->frontier.size)
		return ANNOT_OK;
	struct annot_hash root = annot_frontier_root(&c->frontier);
	enum annot_status status = checkpoint_file_advance(
		c->file, c->checkpoint.size, &c->checkpoint.root, c->frontier.size, &root, err);
	if (status == ANNOT_NO_SPACE)
		return status; /* may be tried again, with the next batch */
	if (status != ANNOT_OK) {
		corpus_set_read_only(c, "the checkpoint file could not be moved to size %llu: %s",
				     (unsigned long long)c->frontier.size, err ? err->text : "");
		return status;
	}
	return corpus_sign(c, c->frontier.size, &root, err);
}

/* With the authority lock held for writing. */
static void reload(struct corpus *c)
{
	struct annot_error err = {0};
	store_rollback(c->store);
	if (corpus_load(c, &err) != ANNOT_OK)
		log_error("%s: the index is behind the log, and is tried again before the next "
			  "answer: %s",
			  c->dir, err.text);
}

static void withhold(struct batch *b, const struct corpus_item *item)
{
	struct corpus *c = b->c;
	struct annot_error err = {0};
	const struct annot_hash *on = annot_record_on(item->record), *id = NULL;
	if (item->record->kind->kind == ANNOT_KIND_withhold)
		id = &item->record->id;
	else if (item->record->kind->kind == ANNOT_KIND_review && on)
		id = on;
	if (!id || annot_authority_effect(c->authority, id, NULL) != ANNOT_EFFECTIVE)
		return;
	/* While the index is behind, it cannot be told what to purge. */
	enum annot_status status = atomic_load(&c->stale)
					   ? annot_fail(&err, ANNOT_STORE, "the index is behind")
					   : corpus_withhold(c, id, &err);
	if (status == ANNOT_OK)
		return;
	c->withholds_due = true;
	log_error("bytes could not be withheld, this is tried again with the next batch: %s",
		  err.text);
}

static enum annot_status prove(struct batch *b, struct corpus_item **items, size_t n,
			       struct annot_error *err)
{
	struct annot_tree_reader tree = batch_tree_reader(&b->tree);
	uint64_t size = b->c->checkpoint.size;
	for (size_t i = 0; i < n; i++) {
		if (items[i]->status == ANNOT_OK)
			TRY(annot_tree_inclusion(&tree, items[i]->index, size, items[i]->path,
						 &items[i]->n_path, err));
	}
	return ANNOT_OK;
}

/* The index, caught up at once if it cannot be committed. */
static void commit_index(struct batch *b)
{
	struct annot_error err = {0};
	if (store_commit_index(b->c->store, &err) == ANNOT_OK)
		return;
	log_error("the index could not be written, it is caught up: %s", err.text);
	lock_authority(b);
	reload(b->c);
}

/* Answers, and only then commits the index: whoever asks next waits for that. */
static void answer_first(struct batch *b)
{
	struct corpus *c = b->c;
	pthread_mutex_lock(&c->finishing);
	atomic_store(&c->index_due, true);
	b->answer(b->arg, annot_buf_bytes(&c->note)); /* the items are gone after it */
	b->answer = NULL;
	commit_index(b);
	atomic_store(&c->index_due, false);
	pthread_mutex_unlock(&c->finishing);
}

static enum annot_status commit(struct batch *b, struct corpus_item **items, size_t n,
				struct annot_error *err)
{
	struct corpus *c = b->c;
	if (b->tree.frontier.size == b->first) {
		store_rollback(c->store); /* nothing new; only duplicates or refused ones */
		TRY(cover(c, err));
		return prove(b, items, n, err);
	}
	struct annot_hash root = annot_frontier_root(&b->tree.frontier);
	TRY(store_commit_truth(c->store, &root, err));
	c->frontier = b->tree.frontier;
	enum annot_status status = cover(c, err);
	if (status == ANNOT_OK)
		status = prove(b, items, n, err);
	if (status == ANNOT_OK && b->answer && !b->locked) {
		answer_first(b);
		return ANNOT_OK;
	}
	commit_index(b);
	for (size_t i = 0; i < n; i++) {
		if (items[i]->status == ANNOT_OK && items[i]->index >= b->first)
			withhold(b, items[i]);
	}
	return status;
}

static enum annot_status run(struct batch *b, struct corpus_item **items, size_t n,
			     struct annot_error *err)
{
	TRY(store_begin(b->c->store, err));
	for (size_t i = 0; i < n; i++) {
		if (items[i]->status == ANNOT_OK)
			TRY(admit_one(b, items[i], err));
	}
	TRY(commit(b, items, n, err));
	if (b->answer)
		b->answer(b->arg, annot_buf_bytes(&b->c->note));
	return ANNOT_OK;
}

static enum annot_status admit(struct corpus *c, struct corpus_item **items, size_t n,
			       corpus_answer answer, void *arg, struct annot_error *err)
{
	struct batch b = {.c = c, .answer = answer, .arg = arg};
	if (corpus_read_only(c))
		return annot_fail(err, ANNOT_READ_ONLY, "%s", corpus_read_only(c));
	TRY(corpus_make_good(c, err));
	b.first = c->frontier.size;
	TRY(batch_tree_begin(&b.tree, &c->frontier, store_tree(c->store), n, err));
	enum annot_status status = run(&b, items, n, err);
	/* What the batch taught authority is unlearned; where it taught nothing, nothing is read.
	 */
	if (status != ANNOT_OK && b.locked)
		reload(c);
	else if (status != ANNOT_OK)
		store_rollback(c->store);
	if (b.locked)
		pthread_rwlock_unlock(&c->authority_lock);
	batch_tree_free(&b.tree);
	return status;
}

static void refuse_all(struct corpus_item **items, size_t n, enum annot_status status,
		       const char *message)
{
	for (size_t i = 0; status != ANNOT_OK && i < n; i++) {
		if (items[i]->status == ANNOT_OK)
			refuse(items[i], status, message);
	}
}

enum annot_status corpus_admit_all(struct corpus *c, struct corpus_item **items, size_t n,
				   corpus_answer answer, void *arg, struct annot_error *err)
{
	struct annot_error own = {0};
	if (!err)
		err = &own;
	pthread_mutex_lock(&c->writing);
	enum annot_status status =
		n <= CORPUS_BATCH_MAX
			? admit(c, items, n, answer, arg, err)
			: annot_fail(err, ANNOT_TOO_LARGE, "%zu records in a batch; at most %d", n,
				     CORPUS_BATCH_MAX);
	corpus_tell_due(c);
	pthread_mutex_unlock(&c->writing);
	refuse_all(items, n, status, err->text);
	return status;
}

static void keep_note(void *arg, struct annot_bytes note)
{
	annot_buf_add(arg, note.data, note.len);
}

enum annot_status corpus_admit(struct corpus *c, struct corpus_item **items, size_t n,
			       struct annot_buf *note, struct annot_error *err)
{
	struct annot_error own = {0};
	if (!err)
		err = &own;
	TRY(corpus_admit_all(c, items, n, keep_note, note, err));
	enum annot_status status = annot_buf_check(note, "checkpoint", err);
	refuse_all(items, n, status, err->text);
	return status;
}
