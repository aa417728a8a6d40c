/* What the files of the gate share. */
#ifndef ANNOT_PROOF_GATE_PRIVATE_H
#define ANNOT_PROOF_GATE_PRIVATE_H

#include "proof/gate.h"
#include "proof/verify_private.h"

/* NULL: out of memory, v->failed. */
const struct annot_rules *annot_rules_of(struct annot_verify *v);

/* Lines of a gate: annot_check_add, with v->checks set to them. */
#define LINE_FAILED(v, name, ...)                                                                  \
	annot_check_add(v, name, ANNOT_CHECK_FAILED, ANNOT_VALID, __VA_ARGS__)
#define LINE_MISSING(v, name, ...)                                                                 \
	annot_check_add(v, name, ANNOT_CHECK_MISSING, ANNOT_VALID, __VA_ARGS__)

/* "quote 7067a6a2@2 by boris, #5": a record of the bundle, for people. */
struct annot_label {
	char text[192];
};
struct annot_label annot_label(const struct annot_verify *v, const struct annot_supplied *s);

/* gate_review.c: the lines about the reviews of a record. */
void annot_gate_review(struct annot_verify *v, const char *name, struct annot_supplied *s);

#endif
