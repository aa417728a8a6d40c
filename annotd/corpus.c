/* A corpus: what others ask of it. */
#include "annotd/corpus_private.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "annotd/log.h"
#include "annotd/store/anchor.h"
#include "annotd/texts.h"
#include "base/hash.h"

const char *corpus_dir(const struct corpus *c)
{
	return c->dir;
}

const struct annot_hash *corpus_id(const struct corpus *c)
{
	return &c->id;
}

const char *corpus_origin(const struct corpus *c)
{
	return c->origin;
}

uint64_t corpus_size(const struct corpus *c)
{
	return store_size(c->store);
}

const _Atomic uint64_t *corpus_commits(const struct corpus *c)
{
	return store_commits(c->store);
}

bool corpus_wal_has_grown(const struct corpus *c)
{
	return store_wal_has_grown(c->store);
}

enum annot_status corpus_wal_tend(struct corpus *c, bool all, struct annot_error *err)
{
	return store_wal_tend(c->store, all, &c->writing, err);
}

uint64_t corpus_withheld(const struct corpus *c)
{
	return atomic_load(&c->withheld);
}

const char *corpus_read_only(const struct corpus *c)
{
	return atomic_load(&c->read_only) ? c->why_read_only : NULL;
}

void corpus_set_read_only(struct corpus *c, const char *format, ...)
{
	if (atomic_load(&c->read_only))
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(c->why_read_only, sizeof c->why_read_only, format, args);
	va_end(args);
	atomic_store(&c->read_only, true);
	log_error("reads only, nothing is signed: %s", c->why_read_only);
}

const struct annot_authority *corpus_authority_lock(struct corpus *c)
{
	pthread_rwlock_rdlock(&c->authority_lock);
	return c->authority;
}

void corpus_authority_unlock(struct corpus *c)
{
	pthread_rwlock_unlock(&c->authority_lock);
}

enum annot_status corpus_checkpoint(struct corpus *c, struct annot_checkpoint *ret,
				    struct annot_buf *note, struct annot_error *err)
{
	pthread_mutex_lock(&c->lock);
	struct annot_checkpoint checkpoint = c->checkpoint;
	size_t before = note->len;
	annot_buf_add(note, c->note.data, c->note.len);
	pthread_mutex_unlock(&c->lock);
	if (checkpoint.size == 0) {
		annot_buf_truncate(note, before);
		const char *why = corpus_read_only(c);
		return annot_fail(err, ANNOT_READ_ONLY, "there is no signed checkpoint: %s",
				  why ? why : "nothing was signed yet");
	}
	TRY(annot_buf_check(note, "checkpoint", err));
	*ret = checkpoint;
	return ANNOT_OK;
}

enum annot_status corpus_sign(struct corpus *c, uint64_t size, const struct annot_hash *root,
			      struct annot_error *err)
{
	struct annot_checkpoint checkpoint = {.size = size, .root = *root};
	char text[ANNOT_NOTE_MAX + 1] = "";
	struct annot_buf note = ANNOT_BUF_IN(text);
	size_t used = 0;
	memcpy(checkpoint.origin, c->origin, sizeof checkpoint.origin);
	annot_checkpoint_write(&checkpoint, &note);
	struct annot_bytes body = annot_bytes(text, note.len);
	annot_buf_putc(&note, '\n');
	for (size_t i = 0; i < c->n_keys; i++) {
		if (!corpus_may_sign(c, &c->keys[i]))
			continue;
		annot_note_sign(&c->keys[i], body, &note);
		used++;
	}
	if (used == 0) {
		corpus_set_read_only(c,
				     "the corpus record names another log key than those that are "
				     "here: put it into %s/" LOG_KEY_NEXT " and start again",
				     c->dir);
		return annot_fail(err, ANNOT_READ_ONLY, "%s", c->why_read_only);
	}
	TRY(annot_buf_check(&note, "checkpoint", err));
	pthread_mutex_lock(&c->lock);
	annot_buf_truncate(&c->note, 0);
	annot_buf_add(&c->note, note.data, note.len);
	c->checkpoint = checkpoint;
	pthread_mutex_unlock(&c->lock);
	return ANNOT_OK;
}

/* --- the index, where it is behind truth.db --- */

enum annot_status corpus_make_good(struct corpus *c, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	if (atomic_load(&c->stale)) {
		pthread_rwlock_wrlock(&c->authority_lock);
		status = corpus_load(c, err);
		pthread_rwlock_unlock(&c->authority_lock);
	}
	if (status != ANNOT_OK || !c->withholds_due)
		return status;
	struct annot_error why = {0};
	if (corpus_finish_withholds(c, &why) == ANNOT_OK)
		c->withholds_due = false;
	else
		log_error("bytes could still not be withheld: %s", why.text);
	return ANNOT_OK;
}

enum annot_status corpus_catch_up(struct corpus *c, struct annot_error *err)
{
	if (!atomic_load(&c->stale))
		return ANNOT_OK;
	pthread_mutex_lock(&c->writing);
	enum annot_status status = corpus_make_good(c, err);
	corpus_tell_due(c);
	pthread_mutex_unlock(&c->writing);
	return status;
}

void corpus_await_index(struct corpus *c)
{
	if (!atomic_load(&c->index_due))
		return;
	pthread_mutex_lock(&c->finishing);
	pthread_mutex_unlock(&c->finishing);
}

/* --- contents --- */

static enum annot_status put_content(struct corpus *c, uint64_t document_index,
				     struct annot_bytes text, bool original,
				     struct annot_error *err)
{
	struct store_record stored;
	if (corpus_read_only(c))
		return annot_fail(err, ANNOT_READ_ONLY, "%s", corpus_read_only(c));
	annot_arena_reset(c->arena);
	TRY(store_record(c->store, document_index, c->arena, &stored, err));
	if (!stored.record.data)
		return annot_fail(err, ANNOT_REFUSED, "the document was withheld meanwhile");
	struct annot_hash sha256 = annot_sha256(text.data, text.len);
	uint64_t index;
	enum annot_status status = store_withheld_content(c->store, &sha256, &index, err);
	if (status == ANNOT_OK)
		return annot_fail(err, ANNOT_REFUSED,
				  "these bytes were withheld with document #%llu",
				  (unsigned long long)index);
	if (status != ANNOT_NOT_FOUND)
		return status;
	return original ? store_put_original(c->store, document_index, text, err)
			: store_put_content(c->store, document_index, text, err);
}

enum annot_status corpus_content(struct corpus *c, uint64_t document_index, struct annot_bytes text,
				 struct annot_error *err)
{
	pthread_mutex_lock(&c->writing);
	enum annot_status status = put_content(c, document_index, text, false, err);
	corpus_tell_due(c);
	pthread_mutex_unlock(&c->writing);
	return status;
}

enum annot_status corpus_original(struct corpus *c, uint64_t document_index,
				  struct annot_bytes original, struct annot_error *err)
{
	pthread_mutex_lock(&c->writing);
	enum annot_status status = put_content(c, document_index, original, true, err);
	pthread_mutex_unlock(&c->writing);
	return status;
}

/* --- anchors --- */

void corpus_on_due(struct corpus *c, void (*due)(void *arg), void *arg)
{
	pthread_mutex_lock(&c->writing);
	c->due = due;
	c->due_arg = arg;
	pthread_mutex_unlock(&c->writing);
}

void corpus_tell_due(struct corpus *c)
{
	if (store_anchors_due(c->store) && c->due)
		c->due(c->due_arg);
}

static enum annot_status put_anchors(struct corpus *c, const struct store_todo *todo,
				     const struct store_anchor *anchors, size_t n,
				     const struct store_due *done, struct annot_error *err)
{
	TRY(corpus_make_good(c, err));
	TRY(store_begin(c->store, err));
	enum annot_status status = store_anchors_put(c->store, todo, anchors, n, err);
	if (status == ANNOT_OK && done)
		status = store_anchors_done(c->store, done, err);
	if (status == ANNOT_OK)
		status = store_commit_index(c->store, err);
	if (status != ANNOT_OK)
		store_rollback(c->store);
	return status;
}

enum annot_status corpus_put_anchors(struct corpus *c, const struct store_todo *todo,
				     const struct store_anchor *anchors, size_t n,
				     const struct store_due *done, struct annot_error *err)
{
	pthread_mutex_lock(&c->writing);
	enum annot_status status = put_anchors(c, todo, anchors, n, done, err);
	pthread_mutex_unlock(&c->writing);
	return status;
}

/* --- the end --- */

struct corpus *corpus_close(struct corpus *c)
{
	if (!c)
		return NULL;
	c->store = store_close(c->store);
	c->file = checkpoint_file_close(c->file);
	c->authority = annot_authority_free(c->authority);
	c->arena = annot_arena_free(c->arena);
	c->texts = texts_free(c->texts);
	sodium_memzero(c->keys, sizeof c->keys);
	pthread_mutex_destroy(&c->lock);
	pthread_mutex_destroy(&c->finishing);
	pthread_mutex_destroy(&c->writing);
	pthread_rwlock_destroy(&c->authority_lock);
	free(c->dir);
	free(c);
	return NULL;
}
