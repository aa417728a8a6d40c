/*
 * Bundles: what parses is written back byte for byte, and the verifier and the gate report on
 * whatever they are given. The closing hash is put right first; no fuzzer would guess it.
 */
#include "fuzz.h"

#include "base/encode.h"
#include "base/hash.h"
#include "proof/bundle.h"
#include "proof/gate.h"
#include "proof/verify.h"

enum { INPUT_MAX = 1 << 20 };

static void check(struct annot_bytes file)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(256 << 20);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(4 * INPUT_MAX);
	struct annot_bundle bundle;
	const struct annot_report *report;
	struct annot_error err;
	bool parsed = annot_bundle_parse(arena, file, &bundle, &err) == ANNOT_OK;
	if (parsed) {
		REQUIRE(annot_bundle_write(&bundle, annot_buf_sink(&b), &err) == ANNOT_OK);
		require_same(&b, file.data, file.len);
	}
	struct annot_trust trust = {.pin = {.size = 0}};
	REQUIRE(annot_verify_bundle(arena, file, &trust, &report, &err) == ANNOT_OK);
	REQUIRE(report->n_checks > 0 && annot_verdict_name(report->verdict));
	/* Nobody signs for the corpus whose id is all zero. */
	REQUIRE(annot_verdict_exit(report->verdict) == 1);
	if (!parsed || bundle.n_chain == 0)
		return;
	/* The bundle's own corpus, so that all checks behind that one run as well. */
	trust.corpus = annot_sha256(bundle.chain[0].record.data, bundle.chain[0].record.len);
	REQUIRE(annot_verify_bundle(arena, file, &trust, &report, &err) == ANNOT_OK);
	const struct annot_gate *gate;
	REQUIRE(annot_gate_bundle(arena, file, &trust, NULL, 0, &gate, &err) == ANNOT_OK);
	REQUIRE(gate->n_records == 1 && gate->records[0].n_lines > 0);
	/* What does not verify does not pass. */
	REQUIRE(!gate->passed || annot_verdict_exit(report->verdict) == 0);
	if (bundle.n_references == 0)
		return;
	struct annot_hash both[2] = {gate->records[0].record};
	struct annot_bytes reference = bundle.references[0].record;
	both[1] = annot_sha256(reference.data, reference.len);
	REQUIRE(annot_gate_bundle(arena, file, &trust, both, 2, &gate, &err) == ANNOT_OK);
	REQUIRE(gate->n_records == 2 && gate->records[1].n_lines > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { END = sizeof "end \n" - 1 + ANNOT_HASH_HEX };
	if (size > INPUT_MAX)
		return 0;
	check(annot_bytes(data, size));
	bool ends = size >= END && memcmp(data + size - END, "end ", 4) == 0;
	size_t body = ends ? size - END : size;
	AUTO_BUF struct annot_buf fixed = ANNOT_BUF_INIT(2 * INPUT_MAX);
	struct annot_hash h = annot_sha256(data, body);
	annot_buf_add(&fixed, data, body);
	annot_buf_printf(&fixed, "end %s\n", annot_hash_hex(&h).text);
	check(annot_buf_bytes(&fixed));
	return 0;
}
