/*
 * Verdicts given blind, decided from log indexes and persons alone, so that leaf lines are enough.
 *
 * A verdict counts as blind if it opens a seal whose index is below that of the first verdict by
 * anyone else on the same record: nobody had shown theirs when this one was fixed. What became of
 * that verdict does not matter: replaced, retracted or void, it could be read. A verdict without a
 * seal never is blind. A seal is unopened until the next first
 * version of a verdict by its person on that record, which opens it or gives it up (judge.h).
 */
#ifndef ANNOT_STATE_BLIND_H
#define ANNOT_STATE_BLIND_H

#include "state/authority.h"

/* A verdict on a record. */
struct annot_rated {
	uint64_t index;
	struct annot_hash person; /* of a key that was never enrolled: the author hash */
	bool first;               /* a first version, and not void */
};

/* A seal by a person on the same record. */
struct annot_blind {
	uint64_t seal; /* its index */
	struct annot_hash person;
	int64_t first_other; /* the first verdict by anyone else; ANNOT_NEVER */
	int64_t settled;     /* the verdict that opened the seal or gave it up; ANNOT_NEVER */
};
ANNOT_API void annot_blind_begin(struct annot_blind *b, uint64_t seal,
				 const struct annot_hash *person);
/* Takes the next verdict on the record, in log order. */
ANNOT_API void annot_blind_next(struct annot_blind *b, const struct annot_rated *rated);
/* Whether the verdict that opens the seal counts as blind; verdicts after the seal change nothing.
 */
ANNOT_API bool annot_blind(const struct annot_blind *b);

#endif
