/* The state of a corpus kept in memory, for verifiers, audits and tests: authority and a view
 * beside it. */
#ifndef ANNOT_STATE_MEMORY_H
#define ANNOT_STATE_MEMORY_H

#include "state/judge.h"

struct annot_memory;
ANNOT_API struct annot_memory *annot_memory_new(void);
ANNOT_API struct annot_memory *annot_memory_free(struct annot_memory *m);

/* Judges the next fact (index must be the count of those before) and applies it unless void; void
 * ones are remembered as void. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_memory_next(struct annot_memory *m,
							    const struct annot_fact *fact,
							    struct annot_judgement *ret,
							    struct annot_error *err);

/*
 * The next fact will be the one of this index: those between are not shown to this state. For those
 * who want authority alone and leave out what does not concern it (annot_authority_concerns);
 * afterwards, what the view says of other records is not to be relied on. INVALID: that index has
 * passed.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_memory_skip(struct annot_memory *m, uint64_t index,
							    struct annot_error *err);

ANNOT_API const struct annot_authority *annot_memory_authority(const struct annot_memory *m);
ANNOT_API const struct annot_view *annot_memory_view(const struct annot_memory *m);

/* Heads of an annotation in log order (record hashes), at most max; returns how many there are. */
ANNOT_API size_t annot_memory_heads(const struct annot_memory *m,
				    const struct annot_hash *annotation, struct annot_hash *ret,
				    size_t max);
/* Version number by log order (1, 2 …) of a record; 0 if unknown or void. */
ANNOT_API uint64_t annot_memory_version(const struct annot_memory *m,
					const struct annot_hash *record);

/* What came of a record, as of now. */
struct annot_memory_row {
	const void *at; /* NULL before the first */
	uint64_t index;
	const struct annot_hash *record, *author; /* as long as the state */
	enum annot_kind kind;
	enum annot_effect effect;
	uint64_t version, heads; /* of its annotation; version 0 if void */
	bool head;
};
/*
 * Goes on to the next record in log order (one that stands in the log twice: where it stands first);
 * false: that was the last. Each walk goes from the first to the last; no annot_memory_next meanwhile.
 */
ANNOT_API bool annot_memory_walk(struct annot_memory *m, struct annot_memory_row *row);

#endif
