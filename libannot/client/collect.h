/* A bundle in the making: what collect.c gathers and collect_log.c proves. */
#ifndef ANNOT_CLIENT_COLLECT_H
#define ANNOT_CLIENT_COLLECT_H

#include "client/internal.h"
#include "proof/bundle.h"
#include "state/table.h"

/* A record that goes into the bundle. */
struct annot_collected {
	uint64_t index;
	struct annot_hash id;
	const struct annot_record *record; /* NULL: withheld */
	const char *leaf;                  /* the line; of withheld ones as the daemon shows it */
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	uint8_t key[ANNOT_KEY_SIZE];
};

/* The hash of a record that is, or is to be, in the bundle. */
struct annot_collected_id {
	struct annot_hash id;
	UT_hash_handle hh;
};

struct annot_collection {
	struct annot *a;
	struct annot_arena *arena; /* all that the bundle points to */
	struct annot_checkpoint checkpoint;
	struct annot_bytes note; /* of the checkpoint; every proof is for its size */
	struct annot_collected subject;
	struct annot_collected *chain, *references;
	size_t n_chain, n_references, cap_references;
	struct annot_collected_id *ids; /* in the arena */
	unsigned options;               /* ANNOT_COLLECT_… */
	struct annot_buf leaves;        /* all lines, freed by who made the collection */
};

/* The chain: every corpus, policy and key record and their reviews below the checkpoint's size. */
enum annot_status annot_collect_chain(struct annot_collection *c, struct annot_error *err);

/*
 * Records by log index, with good signatures, into ret (n items); *ret_n of them: one by a key that
 * was never enrolled is void and left out.
 */
enum annot_status annot_collect_raw(struct annot_collection *c, const uint64_t *indexes, size_t n,
				    struct annot_collected *ret, size_t *ret_n,
				    struct annot_error *err);
/* Adds a record to the references. TOO_LARGE, NO_MEMORY. */
enum annot_status annot_collect_add(struct annot_collection *c, const struct annot_collected *one,
				    struct annot_error *err);
/* Remembers that a record is, or is to be, in the bundle. NO_MEMORY. */
enum annot_status annot_collect_note(struct annot_collection *c, const struct annot_hash *id,
				     struct annot_error *err);
/* Whether that is so. */
bool annot_collect_has(const struct annot_collection *c, const struct annot_hash *id);
/* Adds the reviews and reaffirmations of what is collected, and the reaffirmations of these: found
 * in the leaves. */
enum annot_status annot_collect_reviews(struct annot_collection *c, struct annot_bytes leaves,
					struct annot_error *err);

/* One record with its armor and inclusion proof, checked. */
enum annot_status annot_collect_proved(struct annot_collection *c,
				       const struct annot_collected *record,
				       struct annot_bundle_record *ret, struct annot_error *err);
/* The note that the subject's seen card names, and how it leads to the checkpoint. */
enum annot_status annot_collect_seen(struct annot_collection *c, struct annot_bundle *ret,
				     struct annot_error *err);
/* Checkpoints that witnesses have cosigned and that cover the subject. */
enum annot_status annot_collect_cosigned(struct annot_collection *c, struct annot_bundle *ret,
					 struct annot_error *err);
/* All leaf lines, hashed to the checkpoint's root. TOO_LARGE. */
enum annot_status annot_collect_leaves(struct annot_collection *c, struct annot_error *err);
/* The texts of the documents among subject and references, or excerpts of them. */
enum annot_status annot_collect_sources(struct annot_collection *c, struct annot_bundle *ret,
					struct annot_error *err);

#endif
