/* What corpus.c, corpus_open.c, replay.c and admit.c share. */
#ifndef ANNOTD_CORPUS_PRIVATE_H
#define ANNOTD_CORPUS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "annotd/checkpoint_file.h"
#include "annotd/corpus.h"

enum {
	/* Memory that one step of replay or a batch's leaves may take beside the store. */
	CORPUS_ARENA_MAX = 8 << 20,
	/* The one in force and, while a change of key is under way, the next or the one before. */
	CORPUS_LOG_KEYS = 2,
};

/* The log's signing key, and the one that is to take its place. */
#define LOG_KEY      "log.key"
#define LOG_KEY_NEXT "log.key.next"

struct corpus {
	char *dir;
	struct annot_hash id;
	char origin[ANNOT_ORIGIN_MAX + 1];
	struct checkpoint_file *file;
	struct annot_skey keys[CORPUS_LOG_KEYS]; /* of log.key and log.key.next */
	size_t n_keys;                           /* 0: neither is there, and it is read-only */

	/* under `writing`: the writer's, or of a reader that makes the index good */
	pthread_mutex_t writing;
	struct store *store;
	struct annot_frontier frontier; /* of the committed log */
	struct annot_arena *arena;      /* of one replayed record */
	struct texts *texts;            /* made when needed */
	void (*due)(void *arg);         /* of corpus_on_due; may be NULL */
	void *due_arg;
	bool withholds_due;             /* bytes are still there that effective records withhold */
	/* Memory, index and log may differ: corpus_load before anything else. Set under `writing`.
	 */
	atomic_bool stale;
	/* Held, and index_due true, while records that were answered are put into the index. */
	pthread_mutex_t finishing;
	atomic_bool index_due;

	/* readers look at it under the lock, the writer changes it under it */
	pthread_rwlock_t authority_lock;
	struct annot_authority *authority;

	/* what was last signed, here or, of a copy that does not sign, where it was made */
	pthread_mutex_t lock;
	struct annot_checkpoint checkpoint; /* size 0: nothing was signed */
	struct annot_buf note;              /* in note_text: once the file has moved, signing
					       must not need memory that may not be there */
	char note_text[ANNOT_NOTE_MAX + 1];

	atomic_uint_fast64_t withheld; /* counts */

	/* written once, before read_only is set */
	struct cosigned *cosigned; /* NULL: none */
	char why_read_only[ANNOT_ERROR_TEXT_MAX];
	atomic_bool read_only;
};

/* corpus_open.c: a closed corpus; NULL when out of memory */
struct corpus *corpus_new(const char *dir);

/* corpus.c */
void corpus_set_read_only(struct corpus *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Signs (size, root), which the checkpoint file must already say, with each key that is here and
 * may sign by the records so far. READ_ONLY: there is none; the corpus then stays read-only.
 */
enum annot_status corpus_sign(struct corpus *c, uint64_t size, const struct annot_hash *root,
			      struct annot_error *err);
/* log_keys.c: whether a key that is here may sign: in force by the corpus record, or before it. */
bool corpus_may_sign(const struct corpus *c, const struct annot_skey *key);
/*
 * log_keys.c: reads log.key and log.key.next; without either the corpus is read-only. REFUSED:
 * others can read it; INVALID; UNREADABLE.
 */
enum annot_status corpus_read_keys(struct corpus *c, struct annot_error *err);
/* log_keys.c: REFUSED: none of the keys that are here may sign. Logs what the operator is to do
 * about a change of key that is under way. */
enum annot_status corpus_check_keys(const struct corpus *c, struct annot_error *err);

/* corpus_open.c: the lock and the store of a corpus that nobody serves. REFUSED: an annotd has it;
 * INVALID: no truth.db. */
enum annot_status corpus_open_offline(const char *dir, struct corpus **ret,
				      struct annot_error *err);

/* corpus_open.c: carries out effective withhold records, all of them; under `writing` */
enum annot_status corpus_finish_withholds(struct corpus *c, struct annot_error *err);

/* corpus.c: tells whoever makes anchors, if something came due; under `writing` */
void corpus_tell_due(struct corpus *c);

/* admit.c: corpus_load, if stale, and withholds that are due; under `writing` */
enum annot_status corpus_make_good(struct corpus *c, struct annot_error *err);

/* replay.c: all with the authority lock held for writing, or before readers exist */
/*
 * Authority and frontier as of what is on disk, after catching the index up with the log. After a
 * failure authority is what it was, and the corpus stale.
 */
enum annot_status corpus_load(struct corpus *c, struct annot_error *err);
/* Puts a judged fact into the index and, unless void, into authority, with all that it settles. */
enum annot_status corpus_apply(struct corpus *c, const struct annot_fact *fact,
			       const struct annot_judgement *judgement,
			       const struct store_chars *chars, struct annot_error *err);
/* Takes the bytes away that an effective withhold record names; idempotent. Other records do nothing. */
enum annot_status corpus_withhold(struct corpus *c, const struct annot_hash *withhold,
				  struct annot_error *err);

#endif
