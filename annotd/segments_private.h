/* What segments.c, which others call, and the files of what its thread does share. */
#ifndef ANNOTD_SEGMENTS_PRIVATE_H
#define ANNOTD_SEGMENTS_PRIVATE_H

#include <pthread.h>

#include "annotd/segments.h"

/* Log indexes, ascending. */
struct indexes {
	uint64_t *items;
	size_t n, cap;
};
/* Adds one that may be there already. NO_MEMORY. */
enum annot_status indexes_add(struct indexes *x, uint64_t index, struct annot_error *err);
bool indexes_has(const struct indexes *x, uint64_t index);
void indexes_remove(struct indexes *x, uint64_t index);
void indexes_free(struct indexes *x);

struct segments {
	struct corpus *corpus;
	char folder[SEGMENT_PATH_MAX];
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t lock;
	pthread_cond_t changed, settled;
	bool stopping, ready, busy;
	bool withheld;                            /* something was, since it was last looked */
	uint64_t n_withheld;                      /* as corpus_withheld */
	struct segment_file *files[SEGMENTS_MAX]; /* changed by the thread alone */
	size_t n;
	struct indexes waiting;
	bool lost;    /* there was no memory to remember one that waits: all are looked for again */
	bool damaged; /* one of the files is, and is marked as gone */

	/* the thread's */
	struct reader *reader;
	struct indexes covered; /* documents that are in one of the files */
	uint64_t next_number;
};

/* Documents of which there is a content. */
enum annot_status segments_contents(struct segments *s, struct indexes *ret,
				    struct annot_error *err);
/* Puts a segment (or none) into the list, in the place of n_old that are in it and whose files go.
 * What it holds waits no more. */
enum annot_status segments_exchange(struct segments *s, struct segment_file *new,
				    struct segment_file **old, size_t n_old,
				    struct annot_error *err);
/* Its documents count as covered. */
enum annot_status segments_cover(struct segments *s, const struct segment_file *f,
				 struct annot_error *err);
/* A segment by whatever writes it: in memory if it is small, else a file. */
typedef enum annot_status (*segments_write)(void *arg, const struct annot_segment_sink *to,
					    struct annot_error *err);
enum annot_status segments_make(struct segments *s, uint64_t n_postings, segments_write write,
				void *arg, struct segment_file **ret, struct annot_error *err);

/* Opens the files and finds out what waits. */
enum annot_status segments_open(struct segments *s, struct annot_error *err);
/* Takes away what was withheld, and damaged files. */
enum annot_status segments_purge(struct segments *s, struct annot_error *err);
/* Indexes some of what waits: *ret_done false: nothing waits. */
enum annot_status segments_build(struct segments *s, bool *ret_done, struct annot_error *err);
/* Merges some, if there are too many. */
enum annot_status segments_merge(struct segments *s, bool *ret_done, struct annot_error *err);
void segments_close(struct segments *s);
bool segments_stopping(struct segments *s);

#endif
