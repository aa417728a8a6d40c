/* The rules in force at a bundle's checkpoint, and who there is to meet them: replayed, not told.
 */
#ifndef ANNOT_PROOF_RULES_H
#define ANNOT_PROOF_RULES_H

#include "proof/verify.h"
#include "state/authority.h"

/* A policy record that waits for admins. */
struct annot_rules_pending {
	struct annot_hash record, annotation;
	uint64_t version, index;
	const char *by;
	unsigned approvals; /* its author's included */
};

struct annot_rules {
	struct annot_policy policy;   /* record zero: none was set, these are the defaults */
	struct annot_hash annotation; /* of the record that set it; zero */
	enum annot_kind kind;         /* of that record: policy or corpus */
	uint64_t version, index;      /* of that record */
	const char *by;               /* name of its author; NULL */
	const struct annot_hash
		*heads; /* versions of that policy that are in effect and that none
			   replaces, the one in force among them; of kind corpus: 0 */
	size_t n_heads;
	unsigned threshold;
	const char *const *admins; /* persons with a key in force, by name */
	size_t n_admins;
	unsigned people, bots; /* with a key in force; people: admins included */
	const struct annot_rules_pending *pending;
	size_t n_pending;
	struct annot_checkpoint checkpoint;
};

/*
 * The rules, from a bundle of any record of the corpus; *ret lives in arena. REFUSED: the bundle
 * does not prove them (the text is the worst line of the verifier); NO_MEMORY, INTERNAL.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_rules_bundle(struct annot_arena *arena,
							     struct annot_bytes file,
							     const struct annot_trust *trust,
							     const struct annot_rules **ret,
							     struct annot_error *err);

/* {record, annotation, version, kind, index, since, by, approvals: {kind: n}, self-approval,
 * bots-count, second-reader, scales: [{name, ratings: [{name, pole}]}], threshold, admins,
 * pending}; the caller owns it; NULL: out of memory. */
ANNOT_API struct json_t *annot_rules_json(const struct annot_rules *rules);

#endif
