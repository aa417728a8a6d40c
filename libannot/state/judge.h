/*
 * The one function that says whether a record has an effect: judge(state, record). Admission
 * refuses what it calls void; rebuild, fsck, audit, gate and verify run the same function. It
 * depends on records and leaves only, never on document contents (which may be withheld), time or
 * machine; the words of targets are checked beside it (annot_target_check).
 */
#ifndef ANNOT_STATE_JUDGE_H
#define ANNOT_STATE_JUDGE_H

#include "state/authority.h"

/* What the rules need to know of an earlier record. */
struct annot_known {
	uint64_t index;
	enum annot_kind kind;
	struct annot_hash annotation;
	struct annot_hash author;
	bool is_void; /* as judged at its own index; what a quorum voided later is known from
			 authority */
	bool head;    /* no version that is effective replaces it */
};

/* A seal, or a first version of a verdict. */
struct annot_sealed {
	struct annot_hash record, author;
	enum annot_kind kind;
};

/* The state before a record, as far as authority does not hold it. All callbacks: OK or STORE. */
struct annot_view {
	void *ctx;
	/* NOT_FOUND if no record has that hash. Of a hash that stands twice, the first. */
	enum annot_status (*record)(void *ctx, const struct annot_hash *record,
				    struct annot_known *ret, struct annot_error *err);
	/* Index of the effective retraction of an annotation, or ANNOT_NEVER. */
	enum annot_status (*retracted)(void *ctx, const struct annot_hash *annotation, int64_t *ret,
				       struct annot_error *err);
	/* Calls back once for each author of a version of the annotation that is not void. */
	enum annot_status (*authors)(void *ctx, const struct annot_hash *annotation,
				     void (*each)(void *arg, const struct annot_hash *author),
				     void *arg, struct annot_error *err);
	/*
	 * The annotation of the document of that name; NOT_FOUND if the name is free. A name is
	 * taken by the annotation whose newest version that is not void carries it, retracted or
	 * not; a version whose bytes were withheld carries none.
	 */
	enum annot_status (*document)(void *ctx, const char *name,
				      struct annot_hash *ret_annotation, struct annot_error *err);
	/*
	 * Calls back, in log order, for each seal on a record and each first version of a verdict
	 * on it, not void: all that leaf lines say of what was sealed and opened.
	 */
	enum annot_status (*seals)(void *ctx, const struct annot_hash *on,
				   void (*each)(void *arg, const struct annot_sealed *item),
				   void *arg, struct annot_error *err);
	/* The commitment card of a seal; NOT_FOUND. */
	enum annot_status (*commitment)(void *ctx, const struct annot_hash *seal,
					struct annot_hash *ret, struct annot_error *err);
};

struct annot_judgement {
	enum annot_effect effect;
	enum annot_status status; /* why it is void, as a status: REFUSED, DENIED, NOT_FOUND,
				     CONFLICT, MISMATCH */
	char reason[ANNOT_ERROR_TEXT_MAX]; /* one line that names card, expected and found; "" if
					      not void */
};

/*
 * Judges the next record of the log (fact->index is where it would stand). Returns other than OK
 * only when a view callback fails; the judgement itself is in *ret.
 *
 * Rules, in this order; the first that fails makes it void:
 *  - index 0 is a genesis record and nothing else is; corpus is this corpus; the record is not in
 * the log yet;
 *  - the author's key is in force at this index (enrolled, effective, not ended);
 *  - first version or parents: parents are known, not void, of this annotation and kind; the amend
 * rule of the kind (ANYONE, PERSON: the same person as the parents' authors, QUORUM, LINEAR: the
 * only head is the only parent, NEVER); the annotation is not retracted. A version that another one
 * replaced may be amended all the same, except where LINEAR: concurrent amendments make two heads,
 * a conflict and not a loss;
 *  - references: each REF card names a known record, not void, of an allowed kind; no verdict,
 * review, comment or link names what comes later (its hash could not be known);
 *  - the author rule of the kind: ADMIN: the author's person is an admin; effective at once where
 * the quorum is met by it alone, else pending; REPLACED: `on` is the event of the author's own key,
 * which is in force; ADMIN_OR_SELF: an admin (quorum), or the key that `on` brought, at once and
 * without from-index; where `on` is a corpus record that brought several keys, the one of the
 * author's own person is meant (other admins change the corpus record instead);
 *  - kind rules, beside what annot_record_parse has checked: names unique (keys for ever; a
 * document keeps its name or takes a free one; never like an id); key-add and key-rotate: proof is
 * good, the key is not enrolled; corpus: its only parent is the corpus record in force, threshold
 * <= admins that have a key in force, admins' names and persons distinct, origin unchanged and the
 * name of the log key, old and new quorum; revoke: from-index only with compromised and
 *    <= index, enough admins stay; verdict: scale and rating of the policy in force, `opens` (first
 * versions only, with salt) fits on, person and commitment; seal: no other unopened one by that
 * person on that record. A seal is unopened until the next first version of a verdict by its person
 * on the same record: that one opens it or, without the card, gives it up. So the leaf lines alone
 * decide it, and it stays as it is when the verdict's bytes are withheld; retract: the person
 * authored a version, not yet retracted; reaffirm: a later key of the author's person. Where
 * fact->record is NULL (withheld), only the rules that leaf lines can decide are applied.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_judge(const struct annot_authority *authority, const struct annot_view *view,
	    const struct annot_fact *fact, struct annot_judgement *ret, struct annot_error *err);

#endif
