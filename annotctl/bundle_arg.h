/* Arguments that may be bundles, what a reader of a bundle trusts, and what is said of it. */
#ifndef ANNOTCTL_BUNDLE_ARG_H
#define ANNOTCTL_BUNDLE_ARG_H

#include "ctl.h"

enum { BUNDLE_IN_MEMORY = 8 << 20 }; /* bytes of one that is fetched; larger ones go to a file */

/* Whether an argument means a file and not an id: it has a "/", ends in ".bundle", or is there. */
bool bundle_is_file(const char *arg);

/*
 * An answer about an argument that was taken for an id also says that there is no such file, whose
 * name may be mistyped, and which one beside it is near: NOT_FOUND; and UNREACHABLE of a name that
 * may have an ending (as documents' may). Where one is near, that no daemon answers is UNREADABLE.
 * Gives other statuses back.
 */
enum annot_status bundle_no_file(struct ctl *ctl, const char *arg, enum annot_status status);

/* The hash of --corpus. USAGE: it is none. */
enum annot_status bundle_corpus(struct ctl *ctl, const char *corpus, struct annot_hash *ret);

/*
 * What the reader trusts for the file or folder of that path: the corpus of --corpus (NULL: the
 * only one that this machine has met) and its pin. UNREADABLE: there is nothing at path, which is
 * said first. USAGE: no hash, or which corpus is not known.
 */
enum annot_status bundle_trust(struct ctl *ctl, const char *path, const char *corpus,
			       struct annot_trust *ret);

/* For what the daemon sends, once connected: its corpus, which corpus (may be NULL) must agree with
 * (MISMATCH), as pinned. USAGE: no hash. */
enum annot_status bundle_trust_daemon(struct ctl *ctl, const char *corpus, struct annot_trust *ret);

/* Prints the lines of a verifier: ok, WARN, MISSING, FAIL or nothing, name, text. */
void bundle_print(struct ctl *ctl, const struct annot_check *lines, size_t n);

/*
 * Keeps the two checkpoints of a bundle whose log was found to be forked, so that the file
 * convinces others, and says where: *ret is its path, in ctl's arena; NULL: nothing could be kept
 * (a warning says why), or the bundle has not got both notes. The only thing that reading a bundle
 * ever writes.
 */
void bundle_keep_evidence(struct ctl *ctl, struct annot_bytes bundle,
			  const struct annot_hash *corpus, const char **ret);

/* Adds the witnesses of a policy file (NULL: none) and the time of day to what is trusted.
 * UNREADABLE, INVALID. */
enum annot_status bundle_policy(struct ctl *ctl, const char *path, struct annot_trust *ret);

#endif
