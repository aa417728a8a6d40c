/*
 * ClaimReview of schema.org, as aggregators and archives of fact-checks read it: a verdict is a
 * ClaimReview, what it rates its Claim. Required by Google's guide: claimReviewed, reviewRating
 * with alternateName, url. docs/formats.md has the mapping in words.
 *
 * Two authors are two people: that of the ClaimReview made the check, that of the Claim made the
 * claim.
 */
#ifndef ANNOT_FORMAT_CLAIMREVIEW_H
#define ANNOT_FORMAT_CLAIMREVIEW_H

#include "format/keep.h"

/* Member of imported-data. */
#define CLAIMREVIEW_KEPT "claimreview"

/* propertyID of the PropertyValues in identifier that say which corpus and record it is of, as
 * hashes in hex. */
#define CLAIMREVIEW_CORPUS "urn:annot:corpus"
#define CLAIMREVIEW_RECORD "urn:annot:record"

enum { CLAIMREVIEW_CHARS = 75 }; /* fewer than that are advised in claimReviewed */

enum annot_status claimreview_begin(struct annot_export *x, struct annot_error *err);
enum annot_status claimreview_export_item(struct annot_export *x,
					  const struct annot_export_item *item,
					  struct annot_error *err);
enum annot_status claimreview_end(struct annot_export *x, struct annot_error *err);
enum annot_status claimreview_import_item(struct annot_import *m,
					  const struct annot_import_item *item,
					  struct annot_error *err);

/* What is claimed, in words; nothing for what claims nothing. */
void claimreview_text(const struct annot_record *on, struct annot_buf *ret);
/* What was rated, as a Claim of those words. NULL: want of memory. */
json_t *claimreview_claim(const struct annot_entry *on, const char *text);

/* --- claimreview_kept.c */

/*
 * What it was imported with: whose check it is and when, which nobody here has made; all that we do
 * not say, and the rating and the claim in its own words while both are as they came. Of lists both
 * are there; what gives way to ours is a loss.
 */
enum annot_status claimreview_set_kept(struct annot_export *x, const struct annot_record *record,
				       const struct annot_record *on, json_t **object, json_t *kept,
				       struct annot_error *err);

/* --- claimreview_own.c */

/* The verdict of this corpus that a ClaimReview was exported from; *ret NULL: it is none, or, with
 * *ret_left_out, it says so and is not. */
enum annot_status claimreview_find_own(struct annot_import *m, const json_t *json,
				       const struct annot_entry **ret, bool *ret_left_out,
				       struct annot_error *err);
/* The ClaimReview as the next version of that verdict. */
enum annot_status claimreview_import_own(struct annot_import *m, json_t *json,
					 const struct annot_entry *own, struct annot_error *err);

/* --- claimreview_rating.c */

/* "Mostly true" of mostly-true: alternateName, the verdict in words. */
struct claimreview_label {
	char text[64];
};
struct claimreview_label claimreview_label(const char *rating);

/* A rating's number in its scale, from 1 for the worst; false: it or the scale has no order. */
bool claimreview_value(const struct annot_scale *scales, size_t n, const char *scale,
		       const char *rating, unsigned *ret_value, unsigned *ret_best);

/*
 * The rating that is meant: by "scale/rating", else by its label, whatever the scale's numbers are:
 * those of different publishers cannot be compared. False: none, in several scales, or one by
 * identifier and another of its scale by label.
 */
bool claimreview_rating(const struct annot_scale *scales, size_t n, const char *identifier,
			const char *label, const char **ret_scale, const char **ret_rating);

#endif
