/* Arguments that may be bundles, and what a reader of a bundle trusts. */
#ifndef ANNOTCTL_BUNDLE_ARG_H
#define ANNOTCTL_BUNDLE_ARG_H

#include "ctl.h"

/* Whether an argument means a file and not an id: it has a "/", ends in ".bundle", or is there. */
bool bundle_is_file(const char *arg);

/*
 * What the reader trusts for a file: the corpus of --corpus (NULL: the only one that this machine
 * has met) and its pin. USAGE: no hash, or which corpus is not known.
 */
enum annot_status bundle_trust(struct ctl *ctl, const char *corpus, struct annot_trust *ret);

#endif
