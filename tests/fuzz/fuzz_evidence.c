/*
 * Fork evidence: the verifier reports on whatever it is given, and never that a log forked whose
 * hash it was not told.
 */
#include "fuzz.h"

#include "base/encode.h"
#include "proof/evidence.h"

static void judge(struct annot_bytes file, const struct annot_hash *corpus, bool may_fork)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(16 << 20);
	struct annot_trust trust = {.corpus = *corpus};
	const struct annot_report *report;
	struct annot_error err;
	REQUIRE(annot_evidence_verify(arena, file, &trust, NULL, 0, &report, &err) == ANNOT_OK);
	REQUIRE(report->n_checks > 0 && annot_verdict_exit(report->verdict) == 1);
	bool forked = report->verdict == ANNOT_FORKED_LOG || report->verdict == ANNOT_ROLLED_BACK;
	REQUIRE(may_fork || !forked);
	/* What is no evidence at all is INVALID, not a question. */
	REQUIRE(annot_evidence_is(file) || report->verdict == ANNOT_INVALID_BUNDLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char mark[] = "\ncorpus ";
	struct annot_bytes file = annot_bytes(data, len);
	struct annot_hash corpus = {{0}};
	judge(file, &corpus, false);
	/* Its own corpus, so that all checks behind that one run as well. */
	const char *at = len ? memmem(data, len, mark, sizeof mark - 1) : NULL;
	size_t left = at ? len - (size_t)(at - (const char *)data) - (sizeof mark - 1) : 0;
	if (left > ANNOT_HASH_HEX &&
	    annot_hash_unhex(at + sizeof mark - 1, ANNOT_HASH_HEX, &corpus))
		judge(file, &corpus, true);
	return 0;
}
