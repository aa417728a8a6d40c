/*
 * Texts of documents as records quote them: whether a target's words stand there, and where in code
 * points. The last few documents are kept, large ones without their text; contents never change,
 * and that one is still there (not withheld) is asked each time.
 */
#ifndef ANNOTD_TEXTS_H
#define ANNOTD_TEXTS_H

#include "annotd/store/store.h"

enum {
	TARGETS_MAX = 64,
	TEXTS_KEPT = 8,
	TEXTS_WHOLE_MAX = 256 << 10, /* bytes of a text that is kept itself */
	TEXTS_STEP = 512,            /* bytes between places of which the code points are known */
};

/* Where texts are read: a reader, or the writer's store. */
struct text_source {
	void *ctx;
	bool steady; /* as long as texts are kept, none goes: then it is not asked again */
	/* NOT_FOUND: it is not there. */
	enum annot_status (*length)(void *ctx, uint64_t document_index, uint64_t *ret,
				    struct annot_error *err);
	enum annot_status (*read)(void *ctx, uint64_t document_index, uint64_t offset, size_t len,
				  struct annot_buf *ret, struct annot_error *err);
};
struct text_source text_source_reader(struct reader *reader);
struct text_source text_source_store(struct store *store);

/* One a thread. NULL when out of memory. texts_free takes NULL, returns NULL. */
struct texts;
struct texts *texts_new(void);
struct texts *texts_free(struct texts *t);

/*
 * Code points of a target's bytes in its document's text; with words, also whether exact, prefix
 * and suffix stand there. NOT_FOUND: the text is not there; MISMATCH: the target is not in the
 * text, or its words are others.
 */
ANNOT_CHECKED enum annot_status texts_target(struct texts *t, const struct text_source *source,
					     uint64_t document_index,
					     const struct annot_target *target, bool words,
					     struct store_chars *ret, struct annot_error *err);

#endif
