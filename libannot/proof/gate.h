/*
 * The gate: may these records be published? Judged from a bundle alone, as verify judges it, by the
 * policy in force at the bundle's checkpoint. A record passes if
 *  - the verifier says VALID or VALID-UNWITNESSED of it: signed, logged, by an author in force, the
 *    only latest version, not retracted, not withheld, its words in the source;
 *  - the checkpoint is not older than the one that the reader pinned;
 *  - its review state is approved (state/review.h); a record of authority must be in force instead;
 *  - and everything that it stands on is approved as well, in exactly that version: the documents
 * of its targets, a document's translation-of, via, evidence, what a verdict is on, the two ends of
 *    a link, and what these stand on in turn. None of it may be retracted, withheld or signed by a
 *    stolen key, and the words of all of it are compared. A document may have been replaced since
 *    (what was published then stays published): that is a warning. Any other record may not: the
 *    desk has taken back what it said there.
 * Opposed verdicts do not close the gate: dissent is kept beside what is published, and whoever
 * wants to stop it says `review reject`.
 * Every review that stands in the log must be in the bundle with its bytes; the leaves tell which.
 */
#ifndef ANNOT_PROOF_GATE_H
#define ANNOT_PROOF_GATE_H

#include "proof/rules.h"

/* One record at the gate. */
struct annot_gated {
	bool passed;
	struct annot_hash record; /* that was asked for; zero if the bundle cannot be read */
	uint64_t version;         /* by log order; 0: not known */
	const struct annot_report *report; /* of the verifier */
	/*
	 * One for each thing that was judged, in the order of judging; name is that of the
	 * verifier's check, "review" for the record's own reviews, else the card that leads to what
	 * the line is about. verdict is not used. The record passes if annot_gate_missing holds of
	 * no line.
	 */
	const struct annot_check *lines;
	size_t n_lines;
};
/* Whether a line names something that is missing or wrong. */
ANNOT_API bool annot_gate_missing(const struct annot_check *line);

struct annot_gate {
	bool passed; /* every record did, and there is at least one */
	/* That all were judged under; size 0: none that the log is proved to have signed. */
	struct annot_checkpoint checkpoint;
	const struct annot_rules *rules; /* NULL where the log could not be replayed */
	const struct annot_gated *records;
	size_t n_records;
};

/*
 * Judges n records of a bundle by their hashes, or with n 0 the one that the bundle is about; *ret
 * lives in arena and points into file. Returns other than OK only for NO_MEMORY and INTERNAL: what
 * a bundle lacks is a line of the report.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_gate_bundle(struct annot_arena *arena, struct annot_bytes file,
		  const struct annot_trust *trust, const struct annot_hash *records, size_t n,
		  const struct annot_gate **ret, struct annot_error *err);

/* {passed, checkpoint: {origin, size, root}, policy, records: [{record, annotation, version, kind,
 * passed, verdict, missing: [{what, text}], checks: [{name, ok, result, text}]}]}; the caller owns
 * it; NULL: out of memory. */
ANNOT_API struct json_t *annot_gate_json(const struct annot_gate *gate);

#endif
