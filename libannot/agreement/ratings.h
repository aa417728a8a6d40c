/*
 * How far several coders who rated the same items agree, beyond what chance would give. Numbers in,
 * numbers out: nothing in here knows what an item is.
 *
 * Sources:
 *  - Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
 *    Measurement 20, 37-46. With weights: Cohen, J. (1968). Weighted kappa. Psychological Bulletin
 *    70, 213-220; linear weights of Cicchetti and Allison (1971), quadratic of Fleiss and Cohen
 * (1973).
 *  - Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological
 *    Bulletin 76, 378-382; for items with different numbers of ratings as in Gwet (2014),
 * chapter 2.
 *  - Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of
 * Pennsylvania; and Content Analysis (2004), chapter 11.
 *  - Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
 *    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48; with weights
 *    and missing ratings: Handbook of Inter-Rater Reliability, 4th edition (2014), chapters 2 to 4.
 */
#ifndef ANNOT_AGREEMENT_RATINGS_H
#define ANNOT_AGREEMENT_RATINGS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
	ANNOT_UNRATED = -1,
	ANNOT_AGREEMENT_ITEMS_MAX = 1 << 20,
	ANNOT_AGREEMENT_CODERS_MAX = 1024,
	ANNOT_AGREEMENT_CATEGORIES_MAX = 64,
	ANNOT_AGREEMENT_CELLS_MAX = 1 << 27, /* items times coders */
};

/*
 * Who put which item into which category. Categories are numbered from 0; the first `ordered` of
 * them stand in that order, at equal distances, and those behind it outside of the order ("cannot
 * be rated"): they are categories like any other where no order is needed, and missing where one
 * is. All of them count as categories of the scale, used or not.
 */
struct annot_ratings {
	size_t items, coders, categories, ordered;
	const int8_t *cells; /* items x coders, item by item: a category, or ANNOT_UNRATED */
};

struct annot_coefficient {
	double value;          /* 1: they agree; 0: as by chance; below: less; NaN: undefined */
	const char *undefined; /* why there is no value; NULL where there is one */
	/* Between 0 and 1, what value is made of: (observed - expected) / (1 - expected). For alpha
	 * both are disagreements, in the metric's unit, and value is 1 - observed / expected. */
	double observed, expected;
	size_t items;    /* that were compared: with two ratings or more */
	size_t excluded; /* all others */
	size_t outside;  /* ratings left out because their category stands outside of the order */
};

/* How near a miss is to agreement: not at all; by distance; by the square of the distance. */
enum annot_weights { ANNOT_WEIGHTS_NONE, ANNOT_WEIGHTS_LINEAR, ANNOT_WEIGHTS_QUADRATIC };

/* Krippendorff's differences. INTERVAL takes neighbouring categories to be equally far apart. */
enum annot_metric { ANNOT_METRIC_NOMINAL, ANNOT_METRIC_ORDINAL, ANNOT_METRIC_INTERVAL };

/*
 * Each of these: INVALID where the ratings are not as struct annot_ratings says or exceed a bound
 * above. What has no value (too few coders, no item that two of them rated, only one category used,
 * no order where one is needed) is no failure: value is NaN and undefined says why.
 */

/* Cohen's kappa of two coders, of the items that both rated. Undefined where chance agreement is
 * certain: both used one category only, the same. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_cohen_kappa(const struct annot_ratings *r, size_t a,
							    size_t b, enum annot_weights weights,
							    struct annot_coefficient *ret,
							    struct annot_error *err);

/*
 * Fleiss' kappa of all coders. Where every item has the same number of ratings this is Fleiss
 * (1971); otherwise agreement is the mean over items with two ratings or more, and chance agreement
 * is taken from all items with any, each with the same weight. Undefined where only one category
 * was used.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_fleiss_kappa(const struct annot_ratings *r,
							     struct annot_coefficient *ret,
							     struct annot_error *err);

/* Krippendorff's alpha of all coders, of the items with two ratings or more. Undefined where only
 * one category was used on them. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_krippendorff_alpha(const struct annot_ratings *r,
								   enum annot_metric metric,
								   struct annot_coefficient *ret,
								   struct annot_error *err);

/*
 * Gwet's AC1 (without weights) and AC2 (with) of all coders. Agreement is the mean over items with
 * two ratings or more; chance agreement is taken from all items with any. It has a value where only
 * one category was used; undefined where the scale has only one.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_gwet_ac(const struct annot_ratings *r,
							enum annot_weights weights,
							struct annot_coefficient *ret,
							struct annot_error *err);

#endif
