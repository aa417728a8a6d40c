/*
 * The one verifier: a bundle and what the reader trusts in, a report out. Opens nothing, asks
 * nobody, trusts nothing that travelled in the bundle.
 */
#ifndef ANNOT_PROOF_VERIFY_H
#define ANNOT_PROOF_VERIFY_H

#include "base/progress.h"
#include "log/tlogpolicy.h"
#include "proof/bundle.h"

enum annot_verdict {                       /* worst first, as printed */
		     ANNOT_INVALID_BUNDLE, /* INVALID */
		     ANNOT_CANNOT_CHECK,   /* CANNOT-CHECK */
		     ANNOT_FORKED_LOG,     /* FORKED */
		     ANNOT_ROLLED_BACK,    /* ROLLED-BACK */
		     ANNOT_WITHHELD,       /* WITHHELD */
		     ANNOT_RETRACTED,      /* RETRACTED */
		     ANNOT_DISPUTED,       /* DISPUTED */
		     ANNOT_CONFLICT_HEADS, /* CONFLICT */
		     ANNOT_SUPERSEDED,     /* SUPERSEDED */
		     ANNOT_VALID_UNWITNESSED,
		     ANNOT_VALID,
};
ANNOT_API const char *annot_verdict_name(enum annot_verdict v);
/* 0 for VALID and VALID-UNWITNESSED, else 1. */
ANNOT_API int annot_verdict_exit(enum annot_verdict v);

/* What the reader brings. */
struct annot_trust {
	struct annot_hash corpus;
	/* Newest checkpoint that the reader verified before; pin.size 0: none. A bundle of a larger
	 * size must carry all leaves to show that it extends the pin; a smaller one is judged as of
	 * its own size. */
	struct annot_checkpoint pin;
	/*
	 * The log's leaf lines, from a copy that the reader has (annot_log_leaves): for bundles
	 * without leaves. data NULL: none. Of more than the bundle's checkpoint covers the first
	 * count.
	 */
	struct annot_bytes leaves;
	const struct annot_tlogpolicy *policy; /* which witnesses; NULL: none are asked for */
	uint64_t now_s; /* cosignatures later than this (and 5 min) say nothing; 0: not known */
	/* Told of every few thousand leaves that were replayed; may be NULL. If it says stop, verifying ends
	 * with CONFLICT. */
	annot_progress progress;
	void *progress_arg;
};

enum annot_check_result {
	ANNOT_CHECK_FAILED,
	ANNOT_CHECK_MISSING,
	ANNOT_CHECK_WARNING,
	ANNOT_CHECK_PASSED,
	ANNOT_CHECK_INFO
};

struct annot_check {
	const char *name; /* signature, author, words, logged, checkpoint, pin, latest, retraction,
			     seen, key, source … */
	enum annot_check_result result;
	enum annot_verdict verdict; /* what this check alone makes of it */
	const char *text;           /* one line, safe for a terminal */
};

struct annot_report {
	enum annot_verdict verdict; /* the worst of the checks */
	size_t n_checks;
	const struct annot_check *checks;  /* worst first, otherwise in the order of checking */
	const struct annot_record *record; /* NULL if it could not be parsed */
	uint64_t index, size;              /* of the record; of the checkpoint */
	struct annot_checkpoint checkpoint;
	bool witnessed;      /* the quorum of the reader's policy is met */
	bool quorum_missing; /* the reader's policy has one, and it is not */
	/* Bounds that the policy's witnesses put on when it was signed and logged; 0: none. */
	uint64_t not_before_s, not_after_s;
	struct annot_bytes note; /* the bundle's checkpoint note, once its signature was checked;
				    data NULL before */
};

/* 0 for VALID, and for VALID-UNWITNESSED where the reader's policy asks for no witnesses; else 1. */
ANNOT_API int annot_report_exit(const struct annot_report *r);

/*
 * Verifies; *ret lives in arena and points into file. Returns other than OK only for NO_MEMORY,
 * INTERNAL, and CONFLICT where the reader stopped it: a bad bundle is a report with verdict INVALID.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_verify_bundle(struct annot_arena *arena,
							      struct annot_bytes file,
							      const struct annot_trust *trust,
							      const struct annot_report **ret,
							      struct annot_error *err);

/* {verdict, checks: [{name, ok, text}], record, …}; the caller owns it; jansson's json_t; NULL: out
 * of memory. */
ANNOT_API struct json_t *annot_report_json(const struct annot_report *r);

#endif
