/*
 * The checkpoint file: what the daemon last signed, kept outside the database and outside backups,
 * so that a restored or copied database is noticed before a second, different history is signed
 * (docs/architecture.md, "The log never forks").
 *
 * The file 'checkpoint' beside the database has a fixed size and is written in place. Each of its
 * three pages is 4096 bytes, so that a torn write never reaches into another:
 *
 *   page 0, page 1   one slot each, 128 bytes, the rest zero; numbers big-endian:
 *                    "annotckp" || u32 version 1 || u32 0 || corpus[32] || u64 generation ||
 *                    u64 size || root[32] || SHA-256 of the 96 bytes before
 *   page 2           "pid N" and zeros: who holds the lock; for messages only
 *
 * The slot with the higher generation counts. A new one goes over the other slot and is synced
 * before the call returns, so one good slot stands at any moment.
 *
 * How the daemon uses it: commit leaves and the unsigned (size, root) to the database;
 * checkpoint_file_advance; sign; reply. At start it compares: file behind the database is a crash
 * between the two steps (check consistency, go on); file ahead, absent, damaged or of another
 * history: do not sign.
 */
#ifndef ANNOTD_CHECKPOINT_FILE_H
#define ANNOTD_CHECKPOINT_FILE_H

#include "annotd/checkpoint_slot.h"

enum {
	CHECKPOINT_SLOTS = 2,
	CHECKPOINT_PAGE_SIZE = 4096,
	CHECKPOINT_FILE_SIZE = 3 * CHECKPOINT_PAGE_SIZE,
};

enum checkpoint_file_state {
	CHECKPOINT_FILE_ABSENT,  /* no such file: a new corpus, or a restored backup */
	CHECKPOINT_FILE_VALID,   /* at least one good slot */
	CHECKPOINT_FILE_DAMAGED, /* no good slot, slots of two corpora, another length, or changed
				    by others */
};

struct checkpoint_file;

/*
 * Opens the file and holds an exclusive lock on it (flock) until close. An absent or damaged file
 * is no error: the handle then says so in its state and never advances. The path is copied.
 *
 * REFUSED: another daemon holds it (the text names its pid where known), or a newer annotd wrote
 * it. UNREADABLE: not a regular file, a symbolic link, no permission. STORE: a read failed.
 * NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status checkpoint_file_open(const char *path, struct checkpoint_file **ret,
						     struct annot_error *err);

/* Releases the lock and frees; takes NULL. Always returns NULL. */
struct checkpoint_file *checkpoint_file_close(struct checkpoint_file *f);

enum checkpoint_file_state checkpoint_file_state(const struct checkpoint_file *f);

/* The newest good slot; NULL unless the state is VALID. Belongs to f, valid until its next change.
 */
const struct checkpoint_slot *checkpoint_file_current(const struct checkpoint_file *f);

/*
 * The slots that could be read when the file was opened or last written, whatever the state: also
 * in a damaged file they say what was signed. Returns how many there are.
 */
size_t checkpoint_file_readable(const struct checkpoint_file *f,
				struct checkpoint_slot ret[CHECKPOINT_SLOTS]);

/*
 * Puts a file in place that says this, whatever was there (atomically, by rename): for the first
 * checkpoint of a new corpus, and for the operator who vouches for a database after ABSENT, DAMAGED
 * or a different history. Never called on the daemon's own decision when the corpus has signed
 * before. The generation goes on from the current one if there is one.
 *
 * REFUSED: meanwhile another daemon made or took the file. NO_SPACE, UNREADABLE as
 * annot_file_create. INVALID: size over INT64_MAX. After a failure the state says what is there.
 */
ANNOT_CHECKED enum annot_status checkpoint_file_reset(struct checkpoint_file *f,
						      const struct annot_hash *corpus,
						      uint64_t size, const struct annot_hash *root,
						      struct annot_error *err);

/*
 * Compare-and-swap: if the file still says (from_size, from_root), makes it say (size, root),
 * synced. The same size and root again is OK and writes nothing.
 *
 * READ_ONLY: the state is not VALID, or an earlier call found the file changed or failed to sync
 * it; the daemon must not sign until it is restarted. CONFLICT:  the file on disk is not the one
 * that was opened (replaced, removed, changed by others): state becomes DAMAGED; or it does not say
 * (from_size, from_root), or size is lower, or the same with another root: the state stays.
 * NO_SPACE:  the write failed for lack of room; the older slot may be torn, the newer one stands,
 * and the call may be tried again. STORE:     a read, write or sync failed; READ_ONLY from now on.
 * INVALID:   size over INT64_MAX.
 */
ANNOT_CHECKED enum annot_status
checkpoint_file_advance(struct checkpoint_file *f, uint64_t from_size,
			const struct annot_hash *from_root, uint64_t size,
			const struct annot_hash *root, struct annot_error *err);

#endif
