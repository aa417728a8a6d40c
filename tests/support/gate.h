/* The gate on corpora in memory (corpus.h). Link with test_corpus. */
#ifndef TESTS_SUPPORT_GATE_H
#define TESTS_SUPPORT_GATE_H

#include "corpus.h"

#include "proof/gate.h"

/* The gate's word on the bundle of an entry, by a reader that trusts c and has no pin. */
const struct annot_gated *test_gate(const struct test_corpus *c, const struct test_entry *subject);
/* The same of a bundle as it is and of the record that it is about. */
const struct annot_gated *test_gate_bundle(const struct test_corpus *c,
					   const struct annot_bundle *b,
					   const struct annot_trust *trust);
void test_print_gated(const struct annot_gated *g);
/* Whether a line of that name holds the words; missing: one that keeps the gate closed. */
bool test_gated_says(const struct annot_gated *g, const char *name, bool missing,
		     const char *words);

#define assert_gate_open(gated)                                                                    \
	do {                                                                                       \
		const struct annot_gated *g_ = (gated);                                            \
		if (!g_->passed) {                                                                 \
			test_print_gated(g_);                                                      \
			fail_msg("the gate is closed");                                            \
		}                                                                                  \
	} while (0)
#define assert_gate_shut(gated, name, words)                                                       \
	do {                                                                                       \
		const struct annot_gated *g_ = (gated);                                            \
		if (g_->passed || !test_gated_says(g_, name, true, words)) {                       \
			test_print_gated(g_);                                                      \
			fail_msg("the gate is %s and no missing line %s says \"%s\"",              \
				 g_->passed ? "open" : "shut", name, words);                       \
		}                                                                                  \
	} while (0)
#define assert_gate_tells(gated, name, words)                                                      \
	do {                                                                                       \
		const struct annot_gated *g_ = (gated);                                            \
		if (!test_gated_says(g_, name, false, words)) {                                    \
			test_print_gated(g_);                                                      \
			fail_msg("no other line %s says \"%s\"", name, words);                     \
		}                                                                                  \
	} while (0)

#endif
