/*
 * What witnesses have cosigned of this log: a folder `cosigned` beside truth.db, with a file for
 * each checkpoint that was handed in, named by its size: the checkpoint as the log signed it and
 * one line of each witness, its first. Only witnesses that the operator named (--witnesses) are
 * taken, so nobody else makes the folder grow; past COSIGNED_NOTES_MAX every other of the older
 * half goes, which makes the times that they bound coarser and takes nothing else away.
 */
#ifndef ANNOTD_COSIGNED_H
#define ANNOTD_COSIGNED_H

#include "annotd/corpus.h"
#include "log/tlogpolicy.h"

enum { COSIGNED_NOTES_MAX = 4096 };

struct cosigned;
/* Reads which there are; policy (a file of c2sp.org/tlog-policy, may be NULL: none are taken) names
 * the witnesses. UNREADABLE, INVALID (names the line of the policy). */
enum annot_status cosigned_open(const char *dir, const char *policy, struct cosigned **ret,
				struct annot_error *err);
struct cosigned *cosigned_close(struct cosigned *c);

/* The witnesses that are taken; NULL: none. */
const struct annot_tlogpolicy *cosigned_policy(const struct cosigned *c);

/*
 * Keeps a note: log is the log's line, which was verified, as were lines (n of them). *ret_new: how
 * many were not there yet. Any thread. NO_SPACE, UNREADABLE.
 */
enum annot_status cosigned_add(struct cosigned *c, uint64_t size, struct annot_bytes text,
			       const struct annot_note_line *log,
			       const struct annot_note_line *const *lines, size_t n,
			       size_t *ret_new, struct annot_error *err);

/* Keeps a note as it is, for copies of a log: n-th at most COSIGNED_NOTES_MAX (TOO_LARGE), each
 * larger than those before; durable after cosigned_sync. NO_SPACE, UNREADABLE. */
enum annot_status cosigned_put_copy(struct cosigned *c, uint64_t size, struct annot_bytes note,
				    struct annot_error *err);
enum annot_status cosigned_sync(struct cosigned *c, struct annot_error *err);
/* Whether a note has a line by the key of that one. */
bool cosigned_has_line(const struct annot_note *note, const struct annot_note_line *line);

/* Appends the note of that size. NOT_FOUND. */
enum annot_status cosigned_note(struct cosigned *c, uint64_t size, struct annot_buf *ret,
				struct annot_error *err);
/* The smallest and the largest size above index and at most max; how many (0, 1 or 2). */
size_t cosigned_sizes(struct cosigned *c, uint64_t index, uint64_t max, uint64_t ret[2]);

/* Copies what is there into another corpus folder, for a backup; and takes such a copy away again.
 * UNREADABLE, NO_SPACE. */
enum annot_status cosigned_copy(const char *dir, const char *to, struct annot_error *err);
void cosigned_remove(const char *dir);

/* The corpus's; NULL: it has none. Set once, before there are readers; it must outlive the corpus's
 * use. */
void corpus_set_cosigned(struct corpus *c, struct cosigned *cosigned);
struct cosigned *corpus_cosigned(const struct corpus *c);

#endif
