/* What the coefficients have in common: the ratings of one item, counted. */
#ifndef ANNOT_AGREEMENT_TALLY_H
#define ANNOT_AGREEMENT_TALLY_H

#include "agreement/ratings.h"

#include <stdbool.h>

struct annot_tally {
	size_t n; /* ratings that count */
	size_t outside;
	size_t counts[ANNOT_AGREEMENT_CATEGORIES_MAX];
};

/* INVALID: the ratings break a bound, or a cell is no category. */
enum annot_status annot_ratings_check(const struct annot_ratings *r, struct annot_error *err);

/* Counts the ratings of an item, those of the first `categories` categories; others are outside. */
void annot_tally_item(const struct annot_ratings *r, size_t item, size_t categories,
		      struct annot_tally *ret);

/* 1 less the weight of a pair of categories: 0 for two that are the same, at most 1. */
double annot_weights_miss(enum annot_weights weights, size_t categories, size_t k, size_t l);

/* Completes a coefficient from its disagreements: value, and observed and expected agreement.
 * expected 0: undefined, because of what. */
void annot_coefficient_set(struct annot_coefficient *c, double observed, double expected,
			   const char *undefined);

/* No value, because of what. */
void annot_coefficient_undefined(struct annot_coefficient *c, const char *why);

/* Whether there is anything to compare: two coders, and an order where one is needed. Else sets why
 * it is undefined. */
bool annot_coefficient_possible(const struct annot_ratings *r, bool needs_order,
				struct annot_coefficient *c);

#define ANNOT_NOTHING_IN_COMMON "no item was rated by two coders"
#define ANNOT_ONE_CATEGORY      "only one category was used, so that agreement by chance is certain"

#endif
