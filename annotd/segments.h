/*
 * The index over the texts of a corpus, for locate: segments (locate/segment.h) in the folder
 * "locate" of the corpus, and small ones in memory until there is enough for a file. One thread
 * follows the contents that come in; what it has not got to yet is named to those who ask, who read
 * through it, so that answers are always complete. Everything here follows from truth.db: what is
 * missing, torn or of another corpus is made again.
 */
#ifndef ANNOTD_SEGMENTS_H
#define ANNOTD_SEGMENTS_H

#include "annotd/corpus.h"
#include "annotd/segment_file.h"

enum {
	/* Fingerprints of a segment that stays in memory (some 2.5 MB of text, and 1 MB), and of
	 * one that is made at a time (some 40 MB of text). */
	SEGMENTS_MEMORY = 1 << 18,
	SEGMENTS_BATCH = 1 << 22,
	/* So many of about the same size are merged into one. */
	SEGMENTS_FANOUT = 4,
	SEGMENTS_RETRY_S = 30, /* after the index could not be written */
	SEGMENTS_MAX = 256,    /* no more at a time */
};

struct segments;

/* Starts the thread, which opens what there is. NO_MEMORY. */
ANNOT_CHECKED enum annot_status segments_start(struct corpus *corpus, struct segments **ret,
					       struct annot_error *err);
/* Ends the thread; what was in memory only is made again next time. Takes NULL, returns NULL. */
struct segments *segments_stop(struct segments *s);

/* Hear from the writer (writer.h): a document's content was stored, before anybody is told so; after
 * a commit something may have been withheld, whose words are to go. */
void segments_stored(void *segments, uint64_t document);
void segments_committed(void *segments, uint64_t size);

/* What can be asked of the index at a moment. */
struct segments_view {
	bool ready; /* false: not opened yet, all texts are to be read through */
	struct segment_file *files[SEGMENTS_MAX];
	const struct annot_segment *segments[SEGMENTS_MAX];
	size_t n;
	uint64_t *waiting; /* documents with a content that are in none of them, ascending */
	size_t n_waiting;
};
/* Before the snapshot that contents are read from. NO_MEMORY. End with segments_leave. */
ANNOT_CHECKED enum annot_status segments_look(struct segments *s, struct segments_view *ret,
					      struct annot_error *err);
void segments_leave(struct segments_view *v);
/* A segment turned out to be damaged: it is made again. */
void segments_damaged(struct segments *s, const struct segment_file *f);
/* Waits until nothing waits to be indexed or merged; for tests and measurements. */
void segments_settle(struct segments *s);

/* Of a corpus that nobody serves: removes what there is, and makes the index again. */
ANNOT_CHECKED enum annot_status segments_remake(struct corpus *corpus, struct annot_error *err);

#endif
