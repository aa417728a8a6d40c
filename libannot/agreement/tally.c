#include "agreement/tally.h"

#include <math.h>
#include <string.h>

enum annot_status annot_ratings_check(const struct annot_ratings *r, struct annot_error *err)
{
	if (r->items > ANNOT_AGREEMENT_ITEMS_MAX || r->coders > ANNOT_AGREEMENT_CODERS_MAX ||
	    r->categories > ANNOT_AGREEMENT_CATEGORIES_MAX ||
	    r->items * r->coders > ANNOT_AGREEMENT_CELLS_MAX)
		return annot_fail(
			err, ANNOT_INVALID,
			"%zu items, %zu coders, %zu categories: at most %d, %d and %d, and "
			"%d items times coders",
			r->items, r->coders, r->categories, ANNOT_AGREEMENT_ITEMS_MAX,
			ANNOT_AGREEMENT_CODERS_MAX, ANNOT_AGREEMENT_CATEGORIES_MAX,
			ANNOT_AGREEMENT_CELLS_MAX);
	if (r->ordered > r->categories)
		return annot_fail(err, ANNOT_INVALID, "%zu of %zu categories are in order",
				  r->ordered, r->categories);
	for (size_t i = 0; i < r->items * r->coders; i++)
		if (r->cells[i] < ANNOT_UNRATED || r->cells[i] >= (int)r->categories)
			return annot_fail(err, ANNOT_INVALID,
					  "item %zu, coder %zu: category %d of %zu", i / r->coders,
					  i % r->coders, r->cells[i], r->categories);
	return ANNOT_OK;
}

void annot_tally_item(const struct annot_ratings *r, size_t item, size_t categories,
		      struct annot_tally *ret)
{
	const int8_t *row = r->cells + item * r->coders;

	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < r->coders; i++) {
		if (row[i] == ANNOT_UNRATED)
			continue;
		if ((size_t)row[i] >= categories) {
			ret->outside++;
			continue;
		}
		ret->counts[row[i]]++;
		ret->n++;
	}
}

double annot_weights_miss(enum annot_weights weights, size_t categories, size_t k, size_t l)
{
	double distance;

	if (k == l)
		return 0;
	if (weights == ANNOT_WEIGHTS_NONE)
		return 1;
	distance = (double)(k > l ? k - l : l - k) / (double)(categories - 1);
	return weights == ANNOT_WEIGHTS_LINEAR ? distance : distance * distance;
}

void annot_coefficient_undefined(struct annot_coefficient *c, const char *why)
{
	c->value = NAN;
	c->undefined = why;
}

void annot_coefficient_set(struct annot_coefficient *c, double observed, double expected,
			   const char *undefined)
{
	c->observed = 1 - observed;
	c->expected = 1 - expected;
	c->value = 1 - observed / expected;
	if (expected == 0)
		annot_coefficient_undefined(c, undefined);
}

bool annot_coefficient_possible(const struct annot_ratings *r, bool needs_order,
				struct annot_coefficient *c)
{
	*c = (struct annot_coefficient){.observed = NAN, .expected = NAN, .excluded = r->items};
	annot_coefficient_undefined(c, NULL);
	if (r->coders < 2)
		c->undefined = "agreement takes two coders or more";
	else if (r->categories < 2)
		c->undefined = "the scale has fewer than two categories";
	else if (needs_order && r->ordered < 2)
		c->undefined = "fewer than two categories of the scale stand in an order";
	return !c->undefined;
}
