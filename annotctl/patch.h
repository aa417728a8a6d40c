/* Applying what diff --json prints. */
#ifndef ANNOTCTL_PATCH_H
#define ANNOTCTL_PATCH_H

#include "ctl.h"

/*
 * Applies the changes of a file ("-": standard input) to a draft: the object that diff A B --json
 * prints, or its list `changes` alone. REFUSED: a card that a change starts from is not there;
 * USAGE: not such JSON, or a change of a text, which no card holds; UNREADABLE.
 */
enum annot_status patch_apply(struct ctl *ctl, struct annot_draft *draft, const char *file);

#endif
