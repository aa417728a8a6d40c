/*
 * Bundles: one text file with all that is needed to verify a record offline (docs/records.md,
 * "Bundle").
 *
 *   annot-bundle/v1 LF
 *   section <name> <bytes> LF <bytes> LF     in this order:
 *     record, signature (armor), proof (tlog-proof@v1), [seen (note), [consistency (base64
 * lines)]], for each of at most ANNOT_BUNDLE_COSIGNED_MAX earlier checkpoints: cosigned (note),
 *     for each key-chain record in log order:  chain (record), chain-signature, chain-proof,
 *     for each record referred to:             reference, reference-signature, reference-proof,
 *     for each document in the same order as among record and references: source (text),
 *     or instead for each chunk that words stand in: excerpt (proof/excerpt.h),
 *     [leaves (all leaf lines of the checkpoint's size)]
 *   end <hex SHA-256 of all before> LF
 *
 * A withheld record is a record, chain or reference section of 0 bytes. The key chain is every
 * record that concerns authority (annot_authority_concerns). All proofs are to the same checkpoint
 * note, byte for byte. Never in a bundle: anything that the verifier trusts.
 */
#ifndef ANNOT_PROOF_BUNDLE_H
#define ANNOT_PROOF_BUNDLE_H

#include "base/arena.h"
#include "base/sink.h"
#include "log/tlogproof.h"
#include "log/leaf.h"

enum {
	ANNOT_BUNDLE_LEAVES_MAX = 64 << 20,
	ANNOT_BUNDLE_RECORDS_MAX = 65536, /* of chain, of references and of sources, each */
	ANNOT_BUNDLE_SIGNATURE_MAX = 1024,
	ANNOT_BUNDLE_PROOF_MAX = 65536,
	ANNOT_BUNDLE_CONSISTENCY_MAX = 126 * 45,
	ANNOT_BUNDLE_COSIGNED_MAX = 2,
};

struct annot_bundle_record {
	struct annot_bytes record;    /* data NULL: withheld */
	struct annot_bytes signature; /* armor */
	struct annot_bytes proof;
};

struct annot_bundle_source {
	struct annot_hash sha256; /* of text, computed on reading */
	struct annot_bytes text;
};

struct annot_bundle {
	struct annot_bundle_record subject;
	struct annot_bytes seen;        /* note; data NULL if absent */
	struct annot_bytes consistency; /* data NULL if absent */
	/* Notes of earlier checkpoints that cover the record, cosigned by witnesses; by size. */
	struct annot_bytes cosigned[ANNOT_BUNDLE_COSIGNED_MAX];
	size_t n_cosigned;
	const struct annot_bundle_record *chain;
	size_t n_chain;
	const struct annot_bundle_record *references;
	size_t n_references;
	const struct annot_bundle_source *sources;
	size_t n_sources;
	const struct annot_bytes *excerpts; /* sections, not looked into */
	size_t n_excerpts;
	struct annot_bytes leaves; /* data NULL if absent */
};

/* Parses; all views point into file. INVALID names section and byte; NO_MEMORY. Checks the closing
 * hash. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_bundle_parse(struct annot_arena *arena,
							     struct annot_bytes file,
							     struct annot_bundle *ret,
							     struct annot_error *err);
/* Writes one, section by section; the inverse of parse, byte for byte. Statuses of the sink. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_bundle_write(const struct annot_bundle *bundle,
							     struct annot_sink to,
							     struct annot_error *err);

#endif
