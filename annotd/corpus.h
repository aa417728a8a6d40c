/*
 * A corpus as annotd serves it: store, authority, tree, log key, checkpoint file. The writer thread
 * changes it (corpus_admit); readers look at authority under a read lock and at the newest
 * checkpoint.
 *
 * Corpus folder: genesis (record), genesis.sig (armor), log.key (C2SP signing key, 0600),
 * log.key.next (while the log changes its key), first-start (marker of a folder that annotctl
 * corpus init made and annotd has not opened yet), then truth.db, index.db, checkpoint (the
 * fixed-size file of checkpoint_file.h).
 */
#ifndef ANNOTD_CORPUS_H
#define ANNOTD_CORPUS_H

#include "annotd/store/store.h"
#include "log/note.h"

struct corpus;

/*
 * Opens a corpus folder: takes the checkpoint file's lock (REFUSED: another annotd has it), creates
 * the databases on the first start, catches the index up, loads authority, and compares the
 * checkpoint file with the database (design 3.2): file behind: checked and moved forward; ahead,
 * absent or different: the corpus is opened read-only and corpus_read_only says why and what to do.
 */
enum annot_status corpus_open(const char *dir, struct corpus **ret, struct annot_error *err);
struct corpus *corpus_close(struct corpus *c);

const char *corpus_dir(const struct corpus *c);
const struct annot_hash *corpus_id(const struct corpus *c);
const char *corpus_origin(const struct corpus *c);
/* Records in the log when it was opened; for the writer's thread, as of its last commit. */
uint64_t corpus_size(const struct corpus *c);
/* For reader_follow. */
const _Atomic uint64_t *corpus_commits(const struct corpus *c);
/* Its write-ahead logs: store_wal_has_grown, store_wal_tend. */
bool corpus_wal_has_grown(const struct corpus *c);
enum annot_status corpus_wal_tend(struct corpus *c, bool all, struct annot_error *err);
/* Why nothing is signed; NULL if all is well. */
const char *corpus_read_only(const struct corpus *c);
/* How often bytes were withheld since it was opened: what a reader looked up before is to be looked
 * up again once this has changed. Read it before the reader's snapshot begins. */
uint64_t corpus_withheld(const struct corpus *c);

/* Authority for readers: between lock and unlock it does not change. */
const struct annot_authority *corpus_authority_lock(struct corpus *c);
void corpus_authority_unlock(struct corpus *c);

/* A copy of the newest signed checkpoint and its note, appended to note. */
enum annot_status corpus_checkpoint(struct corpus *c, struct annot_checkpoint *ret,
				    struct annot_buf *note, struct annot_error *err);

/* Records that one corpus_admit takes at most. */
enum { CORPUS_BATCH_MAX = 512 };

/* One record on its way in: checked as far as no state is needed before it is queued. */
struct corpus_item {
	/* in */
	const struct annot_record *record;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	bool verified;                   /* the signature is good; else corpus_admit checks it */
	bool expect_heads;               /* refused (CONFLICT) if a parent was replaced meanwhile */
	struct annot_bytes note;         /* seen note, already verified; data NULL if none */
	const struct store_chars *chars; /* of its targets; NULL if it has none */
	/* in and out: other than OK on entry: refused already, left alone */
	enum annot_status status;
	char message[ANNOT_ERROR_TEXT_MAX];
	/* out */
	uint64_t index;
	bool duplicate, pending;
	struct annot_hash signature_hash; /* of the signature in the log */
	struct annot_hash path[ANNOT_PATH_MAX];
	size_t n_path;
};

/*
 * Admits a batch in order, in one transaction, signs one checkpoint, fills each item's outs, and calls
 * answer once with the signed checkpoint, which covers all items that have an index; neither it nor
 * the items are used afterwards. Called by the thread that writes only. Returns other than OK when
 * nothing may be called committed (NO_SPACE, STORE, READ_ONLY): then answer is not called, every item
 * that was not refused before has that status, and a resend is harmless.
 */
typedef void (*corpus_answer)(void *arg, struct annot_bytes note);
enum annot_status corpus_admit_all(struct corpus *c, struct corpus_item **items, size_t n,
				   corpus_answer answer, void *arg, struct annot_error *err);
/* The same; note (appended to) is the checkpoint. */
enum annot_status corpus_admit(struct corpus *c, struct corpus_item **items, size_t n,
			       struct annot_buf *note, struct annot_error *err);

/*
 * Before a reader's snapshot that an answer is made from: what was answered as committed before this
 * call is in the index when it returns. Called by any thread that holds no snapshot.
 */
void corpus_await_index(struct corpus *c);

/*
 * Before an answer that the index or authority goes into: if the index could not be written after
 * truth.db was, it is caught up first, so that no committed record is missed. Other than OK: it
 * cannot be (NO_SPACE, STORE …); nothing may be said to be absent then. Called by any thread that
 * holds no snapshot.
 */
enum annot_status corpus_catch_up(struct corpus *c, struct annot_error *err);

/* Stores a document's content once its upload is complete and hashed; called by the writer thread
 * only. */
enum annot_status corpus_content(struct corpus *c, uint64_t document_index, struct annot_bytes text,
				 struct annot_error *err);
/* The same of the file that its text was made from. */
enum annot_status corpus_original(struct corpus *c, uint64_t document_index,
				  struct annot_bytes original, struct annot_error *err);

/* Puts anchors into the index; done (may be NULL): that document's are all there. Called by the writer thread
 * only. */
struct store_todo; /* store/anchor.h */
struct store_anchor;
struct store_due;
enum annot_status corpus_put_anchors(struct corpus *c, const struct store_todo *todo,
				     const struct store_anchor *anchors, size_t n,
				     const struct store_due *done, struct annot_error *err);
/* From now on due is called when documents may have come due for anchors, by the thread that writes; it must not
 * block. NULL: no more. */
void corpus_on_due(struct corpus *c, void (*due)(void *arg), void *arg);

#endif
