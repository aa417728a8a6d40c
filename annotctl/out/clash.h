/* What two versions disagree in, for people, scripts and editors. */
#ifndef ANNOTCTL_OUT_CLASH_H
#define ANNOTCTL_OUT_CLASH_H

#include "out.h"

/* The card, what it was, and both readings; the labels say whose they are. */
void clash_text(struct ctl *ctl, const struct annot_merge_clash *clash, const char *ours,
		const char *theirs);

/*
 * {card, base, ours, theirs}: values, null where there is none; arrays for cards that may repeat;
 * targets as {target, exact}. Of a text that was merged word by word also words: [{op: "same",
 * text} or {op: "clash", base, ours, theirs}].
 */
json_t *clash_json(const struct annot_merge_clash *clash);

/* Whether it can be written down for an editor: not targets, and one value a line must be enough.
 */
bool clash_is_editable(const struct annot_merge_clash *clash);
/* The card with both readings between markers, for an editor; in the arena, NULL when out of
 * memory. */
const char *clash_for_editor(struct ctl *ctl, const struct annot_merge_clash *clash);
/* Whether such a marker is left in an edited text. */
bool clash_is_marked(const char *text);

/* The cards that a version would have, one a line. */
void cards_text(struct ctl *ctl, const struct annot_merge_cards *cards);

#endif
