/* Differences: of two versions, two bundles, two reviewers, two points of the log, two logs. Behind
 * cmd/diff.c. */
#ifndef ANNOTCTL_DIFF_H
#define ANNOTCTL_DIFF_H

#include "../out/out.h"
#include "../out/record.h"

/* Counts of what differs. */
struct diff_stat {
	size_t added, removed, changed;    /* cards */
	size_t words_added, words_removed; /* in cards that changed */
};

/* --- diff_cards.c */

/* Parts of annot_diff_words: in one line or several, [-taken away-] and {+put in+}; a list of {op, text}. */
void diff_words_print(struct ctl *ctl, const struct annot_diff_part *parts, size_t n);
json_t *diff_words_json(const struct annot_diff_part *parts, size_t n);

/*
 * The changes from a to b, with those of their texts if they are documents: printed, each line
 * behind `indent`, unless list is given, which gets an object for each. With print false and no
 * list they are only counted.
 */
struct diff_cards {
	const struct annot_record *a, *b;
	const char *indent;
	bool print;
	json_t *list;
	struct diff_stat stat;
};
enum annot_status diff_cards(struct ctl *ctl, struct diff_cards *d);
/* Whether a change is of a card that says which text it is: with another text it is another, which nobody wants to
 * read. */
bool diff_follows_text(const struct annot_change *c);
bool diff_any(const struct diff_stat *stat);
/* "2 cards changed, 1 added, 0 removed; 4 words added, 3 removed" */
const char *diff_stat_text(struct ctl *ctl, const struct diff_stat *stat);
json_t *diff_stat_json(const struct diff_stat *stat);

/* --- the others: exit codes, 1 if anything differs */

int diff_versions(struct ctl *ctl, const char **ids, bool stat);
/* Of the records that two bundles are about, each verified as verify FILE does it. */
int diff_bundles(struct ctl *ctl, const char **files, const char *corpus, bool stat);
/* Of two logs, each a file of export --as ndjson; paths[1] NULL: the daemon's, which is connected. */
int diff_logs(struct ctl *ctl, const char *const paths[2], bool stat);
/* What happened to the annotations of the query in the records from since up to until (0: the end).
 */
int diff_log(struct ctl *ctl, uint64_t since, uint64_t until, const char *query, bool stat);
/* What two persons said of the same words and the same annotations, of those that the query means.
 */
int diff_reviewers(struct ctl *ctl, const char *const names[2], const char *query, bool stat);

#endif
