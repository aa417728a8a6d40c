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

enum { CLAIMREVIEW_CHARS = 75 }; /* fewer than that are advised in claimReviewed */

enum annot_status claimreview_begin(struct annot_export *x, struct annot_error *err);
enum annot_status claimreview_export_item(struct annot_export *x,
					  const struct annot_export_item *item,
					  struct annot_error *err);
enum annot_status claimreview_end(struct annot_export *x, struct annot_error *err);
enum annot_status claimreview_import_item(struct annot_import *m,
					  const struct annot_import_item *item,
					  struct annot_error *err);

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
 * those of different publishers cannot be compared. False: none, or in several scales.
 */
bool claimreview_rating(const struct annot_scale *scales, size_t n, const char *identifier,
			const char *label, const char **ret_scale, const char **ret_rating);

#endif
