/*
 * Judgements (verdicts, reviews, links) that stand on something that is not what it was: behind
 * cmd/stale.c. States, versions and anchors are the daemon's word, as in every listing.
 */
#ifndef ANNOTCTL_STALE_STALE_H
#define ANNOTCTL_STALE_STALE_H

#include "../list.h"
#include "../out/out.h"

/* Why: what became of a record that is named, or of its words in the newest version of their
 * document. */
enum stale_why {
	STALE_REPLACED,
	STALE_RETRACTED,
	STALE_WITHHELD,
	STALE_MOVED,
	STALE_CHANGED,
	STALE_AMBIGUOUS,
	STALE_ORPHAN,
	STALE_ABSENT,
	STALE_UNSEARCHED,
	STALE_WHYS
};
const char *stale_name(enum stale_why why);

struct stale_reason {
	enum stale_why why;
	const char *card;             /* that names the record: on, evidence, from, to */
	struct annot_hash record;     /* that is named */
	struct annot_hash annotation; /* that it is a version of */
	uint64_t version;
	const struct annot_target_view
		*target; /* whose words or document it is about; NULL: of the record itself */
	uint64_t newest; /* the version of the document that was looked at; 0: it is not about words
			  */
};

/* Reads on. The reasons why a judgement is stale, as a list of struct stale_reason (those of
 * `ignored`, bits of 1 << why, left out); none where the same person gave one of the kind on a
 * newer version since. */
struct stale {
	unsigned ignored;
	struct annot_buf reasons;
	struct stale_document *documents; /* that targets name, the last ones */
};
enum annot_status stale_judge(struct ctl *ctl, struct stale *s, const struct annot_row *row,
			      const struct annot_record *record);
void stale_free(struct stale *s);

#endif
