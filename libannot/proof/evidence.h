/*
 * Evidence that a log showed two histories: two checkpoints that its key signed, in one file that
 * anybody who knows the corpus's hash can check. Opens nothing, asks nobody.
 *
 *   annot-fork-evidence/v1 LF
 *   what FORKED|ROLLED-BACK LF      what the client that kept it said
 *   corpus <hex64> LF
 *   source <text> LF                the socket or file where the second note came from
 *   genesis <bytes> LF …            the corpus's first record, which names the log's key
 *   ours <bytes> LF …               the note that was known before
 *   theirs <bytes> LF …             the note that does not go with it
 *   [ prefix <hex64> LF             only where theirs is larger: hash of leaf number (size of ours)
 * … path <bytes> LF … ]           … and its inclusion path in the tree of theirs, base64 lines
 *
 * Why a path proves a fork: the left siblings on the way up from leaf n are the root of the first n
 * leaves, cut in pieces (RFC 6962 section 2.1). So it says which history of that length the second
 * note has.
 */
#ifndef ANNOT_PROOF_EVIDENCE_H
#define ANNOT_PROOF_EVIDENCE_H

#include "log/tree.h"
#include "proof/verify.h"

/* A path of the evidence: of leaf number `size of ours` in the tree of theirs. */
struct annot_evidence_path {
	struct annot_hash leaf;
	struct annot_hash path[ANNOT_PATH_MAX];
	size_t n;
};

struct annot_evidence {
	enum annot_verdict what; /* ANNOT_FORKED_LOG or ANNOT_ROLLED_BACK */
	struct annot_hash corpus;
	const char *source;
	struct annot_bytes genesis, ours, theirs;
	const struct annot_evidence_path *prefix; /* NULL: none */
};

/* Whether a file begins as evidence does. */
ANNOT_API bool annot_evidence_is(struct annot_bytes file);

/* Appends the file. */
ANNOT_API void annot_evidence_write(const struct annot_evidence *e, struct annot_buf *ret);

/*
 * What a bundle shows of its own log beside a note that is known already (data NULL: none), beside
 * the one that its record's author had seen, or beside one that it says witnesses cosigned. ret
 * points into file, known and arena.
 * NOT_FOUND: they go together, or the bundle does not show that they do not; INVALID; NO_MEMORY.
 * Neither note's signature is checked.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_evidence_of_bundle(struct annot_arena *arena, struct annot_bytes file,
			 const struct annot_hash *corpus, struct annot_bytes known,
			 struct annot_evidence *ret, struct annot_error *err);

/*
 * Checks it: *ret has verdict FORKED or ROLLED-BACK if the file shows that, INVALID if it does not,
 * CANNOT-CHECK if it shows two signed notes and not that they disagree, or if they are signed by
 * keys that neither the genesis record names nor log_keys has. trust.pin is not looked at. Lives in
 * arena. NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_evidence_verify(struct annot_arena *arena, struct annot_bytes file,
		      const struct annot_trust *trust, const struct annot_vkey *log_keys,
		      size_t n_log_keys, const struct annot_report **ret, struct annot_error *err);

#endif
