/*
 * The audit of a whole log: every leaf, record and signature, every key's state, every root. The
 * caller brings the records in log order, from wherever it has them; signatures may be checked
 * ahead of that, on any thread.
 */
#ifndef ANNOT_PROOF_AUDIT_H
#define ANNOT_PROOF_AUDIT_H

#include "log/tiles.h"
#include "proof/verify.h"

enum { ANNOT_AUDIT_SHOWN = 100 }; /* findings that are kept; the rest are counted */

/* One record of the log on its way through. */
struct annot_audit_item {
	/* in */
	struct annot_bytes line; /* its leaf */
	struct annot_tile_record stored;
	/* out of annot_audit_check */
	struct annot_hash hash; /* of the leaf line */
	struct annot_leaf leaf;
	const struct annot_record *record; /* NULL: withheld, or it does not parse */
	const char *why;                   /* what is wrong with it; NULL: nothing */
	bool not_leaf;                     /* the line does not parse */
};

/*
 * Checks what an item says of itself: that record and signature are those that the leaf commits to,
 * and (signature) that the signature is good under the stored key, and that key the author's. Pure,
 * for any thread; what it makes lives in arena. OK for bad ones too; NO_MEMORY, INTERNAL.
 */
ANNOT_CHECKED enum annot_status annot_audit_check(struct annot_arena *arena,
						  struct annot_audit_item *item, bool signature,
						  struct annot_error *err);

struct annot_audit;
/* A log that the reader knows by its genesis record's hash. NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_audit_new(const struct annot_hash *corpus,
						struct annot_audit **ret, struct annot_error *err);
struct annot_audit *annot_audit_free(struct annot_audit *a);
/* Judges the next record, which annot_audit_check has seen. NO_MEMORY, INTERNAL. */
ANNOT_CHECKED enum annot_status annot_audit_next(struct annot_audit *a,
						 const struct annot_audit_item *item,
						 bool signature, struct annot_error *err);
uint64_t annot_audit_size(const struct annot_audit *a);
/* The root at a size (0 to annot_audit_size). */
struct annot_hash annot_audit_root(const struct annot_audit *a, uint64_t size);
/* Adds a finding of the caller's; index UINT64_MAX: of the log as such. */
void annot_audit_find(struct annot_audit *a, uint64_t index, enum annot_verdict verdict,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));
uint64_t annot_audit_findings(const struct annot_audit *a);

struct annot_audit_finding {
	uint64_t index;   /* UINT64_MAX: the log as such */
	const char *text; /* one line, safe for a terminal */
};
struct annot_audit_report {
	enum annot_verdict verdict; /* VALID, INVALID, CANNOT-CHECK, FORKED, ROLLED-BACK */
	struct annot_checkpoint checkpoint;
	uint64_t signatures, resumed; /* checked now; by an earlier audit of the same leaves */
	uint64_t withheld, void_records;
	uint64_t n_findings;
	size_t n_shown;
	const struct annot_audit_finding *findings; /* the first of them, in log order */
};
/*
 * After the last record: the checkpoint's signature by a log key in force, its size and root, and
 * the reader's earlier checkpoint (size 0: none). *ret and what it points to live in arena.
 * NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status annot_audit_finish(struct annot_audit *a, struct annot_bytes note,
						   const struct annot_checkpoint *pin,
						   struct annot_arena *arena,
						   const struct annot_audit_report **ret,
						   struct annot_error *err);

/* {verdict, origin, size, root, signatures, resumed, withheld, void, n_findings, findings: [{index,
 * text}]}; the caller owns it; jansson's json_t; NULL: out of memory. */
ANNOT_API struct json_t *annot_audit_json(const struct annot_audit_report *r);

#endif
