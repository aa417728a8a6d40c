/* Building records. Cards may be added in any order; they are written in the order of the table. */
#ifndef ANNOT_RECORD_DRAFT_H
#define ANNOT_RECORD_DRAFT_H

#include "base/buf.h"
#include "record/record.h"

struct annot_draft;

/* A draft of a kind: first version, no cards. NULL when out of memory. */
ANNOT_API struct annot_draft *annot_draft_new(enum annot_kind kind);

/* A draft of a later version of a record: same annotation, parent = that record, all its cards. */
ANNOT_API struct annot_draft *annot_draft_amend(const struct annot_record *parent);

ANNOT_API struct annot_draft *annot_draft_free(struct annot_draft *d);

ANNOT_API enum annot_kind annot_draft_kind(const struct annot_draft *d);

/* Another parent, for a merge. REFUSED past ANNOT_PARENTS_MAX. */
ANNOT_API enum annot_status
annot_draft_parent(struct annot_draft *d, const struct annot_hash *parent, struct annot_error *err);

/*
 * Adds a card (unescaped value). exact, prefix and suffix go to the target added last. INVALID: the
 * kind has no such card, no target before, not UTF-8. TOO_LARGE: past ANNOT_CARDS_MAX. NO_MEMORY.
 * What a value must look like is checked by annot_draft_build.
 */
ANNOT_API enum annot_status annot_draft_add(struct annot_draft *d, const char *card,
					    const char *value, struct annot_error *err);
ANNOT_API enum annot_status annot_draft_add_hash(struct annot_draft *d, const char *card,
						 const struct annot_hash *value,
						 struct annot_error *err);
/* Adds a target group with exact, prefix and suffix taken from the document's text. INVALID:
 * bounds. */
ANNOT_API enum annot_status annot_draft_add_target(struct annot_draft *d,
						   const struct annot_hash *document,
						   struct annot_bytes text, uint64_t start,
						   uint64_t end, struct annot_error *err);

/*
 * Whether a record of the draft could have that card beside those that it has: INVALID says why not
 * (no such card, another form, too long, once too often), without adding it.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_draft_check(const struct annot_draft *d,
							    const char *card, const char *value,
							    struct annot_error *err);

/* Value of card n (0 …) of that name, in the order added; NULL past the last. */
ANNOT_API const char *annot_draft_value(const struct annot_draft *d, const char *card, size_t n);

/* Removes all cards of that name (and, for "target", its groups); how many there were. */
ANNOT_API size_t annot_draft_unset(struct annot_draft *d, const char *card);
/* Removes the first card of that name with that value, which may be annot_draft_value's own; false
 * if there is none. */
ANNOT_API bool annot_draft_remove(struct annot_draft *d, const char *card, const char *value);

/* What the header says beside kind, annotation and parents. */
struct annot_draft_header {
	const struct annot_hash *corpus; /* NULL only for the genesis record */
	struct annot_hash author;
	int64_t time_s;
	struct annot_seen seen;
	uint8_t nonce[ANNOT_NONCE_SIZE];
};

/*
 * Writes the record and parses it back, so that what is built is what parsing accepts. Appends the
 * bytes to ret; *record (if not NULL) lives in arena. Statuses of annot_record_parse.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_draft_build(const struct annot_draft *d, const struct annot_draft_header *header,
		  struct annot_arena *arena, struct annot_buf *ret,
		  const struct annot_record **record, struct annot_error *err);

#endif
