/*
 * Words that were quoted from one version of a document, looked for in another: worked out here,
 * from texts that were fetched and hashed, so that what is printed and what is signed is nobody's
 * word (anchor/anchor.h). Behind cmd/anchors.c and amend --anchor.
 */
#ifndef ANNOTCTL_ANCHORS_ANCHORS_H
#define ANNOTCTL_ANCHORS_ANCHORS_H

#include "../out/out.h"

/* A version of a document. */
struct anchors_text {
	struct annot_fetched fetched;
	const char *name; /* "" where it was withheld */
	struct annot_bytes text;
	const char *missing; /* NULL: the text is here; else "withheld", or "absent": not uploaded
				yet */
	struct annot_places *places; /* of the text; NULL: it is missing */
};

/* Documents and prepared pairs of their texts, as long as a command runs. */
struct anchors;
/* NULL: out of memory. Takes NULL, returns NULL. */
struct anchors *anchors_new(struct ctl *ctl, bool cautious);
struct anchors *anchors_free(struct anchors *a);

/* The version that an id names; lives as long as `a`. Statuses of annot_fetch and annot_fetch_text;
 * USAGE: not a document. */
enum annot_status anchors_version(struct anchors *a, const char *id,
				  const struct anchors_text **ret);
/* The same by a record's hash. */
enum annot_status anchors_record(struct anchors *a, const struct annot_hash *record,
				 const struct anchors_text **ret);
/* The newest version of the document that t is a version of; t itself if it is that, or was
 * withheld. */
enum annot_status anchors_newest(struct anchors *a, const struct anchors_text *t,
				 const struct anchors_text **ret);

/* Where the words of one target went. */
struct anchored {
	size_t n; /* which target */
	struct annot_target target;
	const struct anchors_text *from, *to;
	const char *missing; /* as in anchors_text, of the old text or the new one; then nothing was
				looked for */
	struct annot_anchor anchor;
};

/* Target n of a record, looked for in `to`. `from` is the text that it was signed on. */
enum annot_status anchors_find(struct anchors *a, const struct annot_record *record, size_t n,
			       const struct anchors_text *from, const struct anchors_text *to,
			       struct anchored *ret);

/* "moved", "withheld" … */
const char *anchored_name(const struct anchored *f);

/* Bits of statuses: 1 << ANNOT_ANCHOR_MOVED … */
enum {
	ANCHORS_PLACED =
		1 << ANNOT_ANCHOR_EXACT | 1 << ANNOT_ANCHOR_MOVED | 1 << ANNOT_ANCHOR_CHANGED,
	ANCHORS_ALL = ANCHORS_PLACED | 1 << ANNOT_ANCHOR_AMBIGUOUS | 1 << ANNOT_ANCHOR_ORPHAN,
};
/* "exact,moved" as bits, which must be among those of `may`; USAGE names the option and the word.
 */
enum annot_status anchors_statuses(struct ctl *ctl, const char *option, const char *list,
				   unsigned may, unsigned *ret);

/* --- show.c */

/*
 * For people: what became of the words, and on lines of their own what changed, the places between
 * which nothing decides (numbered from 1), or the best guess. `row` is that of the record.
 */
void anchored_text(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record,
		   const struct anchored *f);
/* For scripts (annotctl(1), OUTPUT). NULL when out of memory. */
json_t *anchored_json(struct ctl *ctl, const struct annot_row *row,
		      const struct annot_record *record, const struct anchored *f);
/* "line 3, column 7: …before «words» after…", escaped. */
const char *anchors_place(struct ctl *ctl, const struct anchors_text *t, size_t start, size_t end);

#endif
