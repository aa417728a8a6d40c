/*
 * Anchors, made beside everything else: a thread of low priority looks for the targets of documents
 * that came due (store/anchor.h) in their newest versions, a few at a time, and hands what it found
 * to the writer. It holds no snapshot while it searches. Documents take turns, so that a large one
 * does not keep others from theirs. What is found depends on the two texts and the target alone.
 */
#ifndef ANNOTD_ANCHORS_H
#define ANNOTD_ANCHORS_H

#include "annotd/rebuild.h"
#include "annotd/writer.h"

enum {
	ANCHORS_BATCH = 64,  /* targets that are written at once */
	ANCHORS_TURN = 4096, /* that a document has looked for before the next one's turn */
	ANCHORS_NICE = 10,   /* what is added to the thread's nice value */
};

struct anchors;

/* Starts with what is due already. Corpus and writer must outlive it. */
ANNOT_CHECKED enum annot_status anchors_start(struct corpus *corpus, struct writer *writer,
					      struct anchors **ret, struct annot_error *err);

/* Of a corpus that nobody serves: makes all that are due. */
ANNOT_CHECKED enum annot_status anchors_remake(struct corpus *corpus, const struct rebuild *how,
					       struct annot_error *err);

/* Ends the search at hand as soon as one target is done; what is due stays so. Takes NULL, returns
 * NULL. */
struct anchors *anchors_stop(struct anchors *a);

#endif
