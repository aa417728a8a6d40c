/* Leaf lines: what the log commits to (docs/records.md, "Leaf"). */
#ifndef ANNOT_LOG_LEAF_H
#define ANNOT_LOG_LEAF_H

#include "base/buf.h"
#include "record/record.h"

enum { ANNOT_LEAF_MAX = 2048 };

struct annot_leaf {
	enum annot_kind kind;
	struct annot_hash annotation;
	struct annot_hash parents[ANNOT_PARENTS_MAX];
	size_t n_parents;
	bool has_on;
	struct annot_hash on;
	struct annot_hash author;
	struct annot_hash record;
	struct annot_hash signature; /* SHA-256 of the 64 bytes */
};

ANNOT_API void annot_leaf_of(const struct annot_record *r,
			     const uint8_t signature[ANNOT_SIGNATURE_SIZE], struct annot_leaf *ret);
/* Appends the line with its LF. */
ANNOT_API void annot_leaf_write(const struct annot_leaf *leaf, struct annot_buf *ret);
/*
 * The exact form only; line ends with LF. INVALID names the field: also for parents that do not
 * ascend, parents without an earlier version or the reverse, and an `on` that the kind does not
 * have or lacks.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_leaf_parse(struct annot_bytes line, struct annot_leaf *ret, struct annot_error *err);

#endif
