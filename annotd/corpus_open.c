/* Opening a corpus: the databases, and whether the checkpoint file agrees with them. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "annotd/corpus_private.h"
#include "annotd/corpus_start.h"
#include "annotd/log.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "record/sshsig.h"

enum annot_status corpus_path(const char *dir, const char *name, char *ret, struct annot_error *err)
{
	if (snprintf(ret, CORPUS_PATH_MAX, "%s/%s", dir, name) >= CORPUS_PATH_MAX)
		return annot_fail(err, ANNOT_USAGE, "the path of %s/%s is too long", dir, name);
	return ANNOT_OK;
}

bool corpus_has(const char *dir, const char *name)
{
	char path[CORPUS_PATH_MAX];
	struct stat st;
	return corpus_path(dir, name, path, NULL) == ANNOT_OK && lstat(path, &st) == 0;
}

/* --- file against database --- */

#define VOUCH "run annotd vouch --corpus %s --size %llu"

/* Other than OK only when it could not be found out. */
static enum annot_status compare_slot(struct corpus *c, const struct checkpoint_slot *slot,
				      struct annot_error *ret)
{
	unsigned long long have = (unsigned long long)c->frontier.size;
	unsigned long long signed_size = (unsigned long long)slot->size;
	struct annot_tree_reader tree = store_tree(c->store);
	struct annot_error err = {0};
	struct annot_hash root;
	enum annot_status status = ANNOT_OK;
	if (!annot_hash_equal(&slot->corpus, &c->id))
		corpus_set_read_only(c,
				     "%s/checkpoint is of another corpus (%.16s…): put the right "
				     "one back",
				     c->dir, annot_hash_hex(&slot->corpus).text);
	else if (slot->size > c->frontier.size)
		corpus_set_read_only(
			c,
			"a checkpoint of %llu record%s was signed, but truth.db has %llu: "
			"put back the truth.db that has them all; signing over them would "
			"fork the log",
			signed_size, annot_plural(signed_size), have);
	else if ((status = annot_tree_root(&tree, slot->size, &root, &err)) == ANNOT_NO_MEMORY)
		return annot_fail(ret, status, "%s", err.text);
	else if (status != ANNOT_OK)
		corpus_set_read_only(c, "the tree of %llu record%s cannot be read: %s", signed_size,
				     annot_plural(signed_size), err.text);
	else if (!annot_hash_equal(&root, &slot->root))
		corpus_set_read_only(
			c,
			"the signed checkpoint of %llu record%s has another root than "
			"truth.db: this is another history; put back the truth.db that was "
			"signed, and run annotd fsck",
			signed_size, annot_plural(signed_size));
	return ANNOT_OK;
}

static enum annot_status compare_file(struct corpus *c, struct annot_error *err)
{
	unsigned long long have = (unsigned long long)c->frontier.size;
	switch (checkpoint_file_state(c->file)) {
	case CHECKPOINT_FILE_VALID:
		return compare_slot(c, checkpoint_file_current(c->file), err);
	case CHECKPOINT_FILE_ABSENT:
		corpus_set_read_only(
			c,
			"%s/checkpoint is not there, as in a copy or a restored backup: put it "
			"back, or, if nothing beyond %llu record%s was ever signed and no "
			"other annotd has this corpus, " VOUCH,
			c->dir, have, annot_plural(have), c->dir, have);
		break;
	case CHECKPOINT_FILE_DAMAGED:
		corpus_set_read_only(
			c,
			"%s/checkpoint is damaged: put it back, or, if nothing beyond %llu "
			"record%s was ever signed, " VOUCH,
			c->dir, have, annot_plural(have), c->dir, have);
		break;
	}
	return ANNOT_OK;
}

/* Moves the file to what the database has, and signs that. */
static enum annot_status sign_first(struct corpus *c, struct annot_error *err)
{
	const struct checkpoint_slot *slot = checkpoint_file_current(c->file);
	struct annot_hash root = annot_frontier_root(&c->frontier);
	struct annot_hash from = slot->root;
	TRY(checkpoint_file_advance(c->file, slot->size, &from, c->frontier.size, &root, err));
	return corpus_sign(c, c->frontier.size, &root, err);
}

static enum annot_status copied_note(const struct corpus *c, struct annot_buf *ret,
				     struct annot_checkpoint *ret_checkpoint,
				     struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	const struct annot_vkey *keys;
	struct annot_hash root = annot_frontier_root(&c->frontier);
	enum annot_status status = ANNOT_NOT_FOUND;
	TRY(corpus_path(c->dir, CORPUS_COPIED_NOTE, path, err));
	TRY(annot_file_read(path, ANNOT_NOTE_MAX, ret, err));
	size_t n = annot_authority_log_keys(c->authority, &keys);
	for (size_t i = 0; i < n && status != ANNOT_OK; i++)
		status = annot_checkpoint_open(annot_buf_bytes(ret), &keys[i], ret_checkpoint, err);
	TRY(status);
	if (ret_checkpoint->size != c->frontier.size ||
	    !annot_hash_equal(&ret_checkpoint->root, &root))
		return annot_fail(err, ANNOT_MISMATCH, "%s is of another size or root than the log",
				  path);
	return ANNOT_OK;
}

/* A copy that may not sign still shows what it was made under: nothing new comes in. */
static void show_copied(struct corpus *c)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint checkpoint;
	struct annot_error why = {0};
	if (!corpus_has(c->dir, CORPUS_COPIED_NOTE))
		return;
	if (copied_note(c, &note, &checkpoint, &why) != ANNOT_OK) {
		log_warning("%s/" CORPUS_COPIED_NOTE " is not shown: %s", c->dir, why.text);
		return;
	}
	annot_buf_add(&c->note, note.data, note.len);
	c->checkpoint = checkpoint;
}

/* --- withholding that a crash interrupted --- */

enum { WITHHOLDS_MAX_BYTES = 64 << 20 };

struct withholds {
	struct corpus *c;
	struct reader *reader;
	struct annot_buf effective; /* hashes */
	enum annot_status status;
	struct annot_error err;
};

static bool withhold_each(void *arg, uint64_t index)
{
	struct withholds *w = arg;
	struct store_row row;
	w->status = reader_glance(w->reader, index, &row, &w->err);
	if (w->status == ANNOT_OK && row.kind == ANNOT_KIND_withhold) {
		w->status = reader_row(w->reader, index, &row, &w->err);
		if (w->status == ANNOT_OK &&
		    annot_authority_effect(w->c->authority, &row.record, NULL) == ANNOT_EFFECTIVE)
			annot_buf_add(&w->effective, &row.record, sizeof row.record);
	}
	return w->status == ANNOT_OK;
}

static enum annot_status list_withholds(struct withholds *w, struct annot_error *err)
{
	TRY(reader_open(w->c->dir, &w->reader, err));
	enum annot_status status = reader_begin(w->reader, err);
	if (status == ANNOT_OK)
		status = reader_authority(w->reader, 0, withhold_each, w, err);
	w->reader = reader_close(w->reader);
	TRY(status);
	if (w->status != ANNOT_OK)
		return annot_fail(err, w->status, "%s", w->err.text);
	return annot_buf_check(&w->effective, "list of withhold records", err);
}

/* Withholding truncates the write-ahead logs, so no reader may be open meanwhile. */
enum annot_status corpus_finish_withholds(struct corpus *c, struct annot_error *err)
{
	struct withholds w = {.c = c, .effective = ANNOT_BUF_INIT(WITHHOLDS_MAX_BYTES)};
	enum annot_status status = list_withholds(&w, err);
	for (size_t at = 0; status == ANNOT_OK && at < w.effective.len; at += ANNOT_HASH_SIZE) {
		struct annot_hash id;
		memcpy(&id, w.effective.data + at, sizeof id);
		status = corpus_withhold(c, &id, err);
	}
	annot_buf_free(&w.effective);
	return status;
}

/* --- opening
 * ------------------------------------------------------------------------------------------------------
 */

static enum annot_status read_origin(struct corpus *c, struct annot_error *err)
{
	struct store_record stored;
	const struct annot_record *genesis;
	annot_arena_reset(c->arena);
	TRY(store_record(c->store, 0, c->arena, &stored, err));
	TRY(annot_record_parse(c->arena, stored.record, &genesis, err));
	const char *origin = annot_record_text(genesis, "origin");
	if (!genesis->genesis || !origin)
		return annot_fail(err, ANNOT_STORE,
				  "%s: record #0 is not a genesis record; run annotd fsck", c->dir);
	c->id = genesis->id;
	snprintf(c->origin, sizeof c->origin, "%s", origin);
	return ANNOT_OK;
}

static enum annot_status open_store(struct corpus *c, struct annot_error *err)
{
	bool rebuild = false; /* then the index is empty, and catching it up fills it */
	TRY(store_open(c->dir, &c->store, &rebuild, err));
	if (store_size(c->store) == 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s: truth.db is empty: put back the one with the records",
				  c->dir);
	TRY(corpus_load(c, err));
	return read_origin(c, err);
}

static enum annot_status open_all(struct corpus *c, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	TRY(annot_crypto_init(err));
	if (!corpus_has(c->dir, "truth.db") && !corpus_has(c->dir, FIRST_START))
		return annot_fail(
			err, corpus_has(c->dir, "genesis") ? ANNOT_REFUSED : ANNOT_INVALID,
			corpus_has(c->dir, "genesis")
				? "%s: truth.db is not there: put it back"
				: "%s is not a corpus folder: make one with annotctl corpus init",
			c->dir);
	TRY(corpus_path(c->dir, "checkpoint", path, err));
	TRY(checkpoint_file_open(path, &c->file, err));
	TRY(corpus_read_keys(c, err));
	if (corpus_has(c->dir, FIRST_START))
		TRY(corpus_first_start(c, err));
	TRY(open_store(c, err));
	TRY(corpus_check_keys(c, err));
	TRY(compare_file(c, err));
	if (corpus_read_only(c)) {
		show_copied(c);
		return ANNOT_OK;
	}
	TRY(sign_first(c, err));
	return corpus_finish_withholds(c, err);
}

struct corpus *corpus_new(const char *dir)
{
	struct corpus *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	pthread_mutex_init(&c->writing, NULL);
	pthread_mutex_init(&c->finishing, NULL);
	pthread_rwlock_init(&c->authority_lock, NULL);
	pthread_mutex_init(&c->lock, NULL);
	c->note = ANNOT_BUF_IN(c->note_text);
	c->dir = strdup(dir);
	c->arena = annot_arena_new(CORPUS_ARENA_MAX);
	return c->dir && c->arena ? c : corpus_close(c);
}

enum annot_status corpus_open(const char *dir, struct corpus **ret, struct annot_error *err)
{
	struct corpus *c = corpus_new(dir);
	if (!c)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = open_all(c, err);
	if (status != ANNOT_OK) {
		corpus_close(c);
		return status;
	}
	*ret = c;
	return ANNOT_OK;
}

enum annot_status corpus_open_offline(const char *dir, struct corpus **ret, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	bool rebuild;
	TRY(annot_crypto_init(err));
	if (!corpus_has(dir, "truth.db"))
		return annot_fail(err, ANNOT_INVALID,
				  "%s is not a corpus folder: it has no truth.db", dir);
	TRY(corpus_path(dir, "checkpoint", path, err));
	struct corpus *c = corpus_new(dir);
	if (!c)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = checkpoint_file_open(path, &c->file, err);
	if (status == ANNOT_OK)
		status = store_open(dir, &c->store, &rebuild, err);
	if (status != ANNOT_OK) {
		corpus_close(c);
		return status;
	}
	*ret = c;
	return ANNOT_OK;
}
