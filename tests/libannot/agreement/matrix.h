/* Ratings for tests: matrices as text, and from tables of counts. */
#ifndef TESTS_LIBANNOT_AGREEMENT_MATRIX_H
#define TESTS_LIBANNOT_AGREEMENT_MATRIX_H

#include "assert.h"

#include <math.h>
#include <string.h>

#include "agreement/ratings.h"
#include "base/auto.h"

enum { MATRIX_CELLS = 4096 };

struct matrix {
	struct annot_ratings ratings;
	int8_t cells[MATRIX_CELLS];
};

/* A matrix without items, all of whose categories are in order. */
static inline void matrix_init(struct matrix *m, size_t coders, size_t categories)
{
	memset(m, 0, sizeof *m);
	m->ratings = (struct annot_ratings){.coders = coders,
					    .categories = categories,
					    .ordered = categories,
					    .cells = m->cells};
}

/* Adds an item: one character a coder, first for the first category and so on; '.' unrated. */
static inline void matrix_item(struct matrix *m, const char *item, char first)
{
	assert_int_equal(strlen(item), m->ratings.coders);
	for (size_t i = 0; i < m->ratings.coders; i++)
		m->cells[m->ratings.items * m->ratings.coders + i] =
			item[i] == '.' ? ANNOT_UNRATED : (int8_t)(item[i] - first);
	m->ratings.items++;
}

/* A matrix of these items. */
#define MATRIX(m, coders, categories, first, ...)                                                  \
	do {                                                                                       \
		static const char *const items_[] = {__VA_ARGS__};                                 \
		matrix_init((m), (coders), (categories));                                          \
		for (size_t i_ = 0; i_ < COUNT(items_); i_++)                                      \
			matrix_item((m), items_[i_], (first));                                     \
	} while (0)

/* The items of two coders, from how often the one said k and the other l. */
static inline void matrix_table(struct matrix *m, const unsigned *counts, size_t categories)
{
	matrix_init(m, 2, categories);
	for (size_t k = 0; k < categories; k++)
		for (size_t l = 0; l < categories; l++)
			for (unsigned n = 0; n < counts[k * categories + l]; n++) {
				m->cells[2 * m->ratings.items] = (int8_t)k;
				m->cells[2 * m->ratings.items + 1] = (int8_t)l;
				m->ratings.items++;
			}
}

/* Published to so many decimals: equal when rounded like that. */
#define assert_rounded(got, published, decimals)                                                   \
	do {                                                                                       \
		double got_ = (got), want_ = (published);                                          \
		if (!(fabs(got_ - want_) <= 0.5000001 * pow(10, -(decimals))))                     \
			fail_msg("%s is %.7f, published %.7f", #got, got_, want_);                 \
	} while (0)

static inline struct annot_coefficient cohen(const struct matrix *m, enum annot_weights weights)
{
	struct annot_coefficient c;
	assert_ok(annot_cohen_kappa(&m->ratings, 0, 1, weights, &c, &test_error));
	return c;
}

static inline struct annot_coefficient fleiss(const struct matrix *m)
{
	struct annot_coefficient c;
	assert_ok(annot_fleiss_kappa(&m->ratings, &c, &test_error));
	return c;
}

static inline struct annot_coefficient alpha(const struct matrix *m, enum annot_metric metric)
{
	struct annot_coefficient c;
	assert_ok(annot_krippendorff_alpha(&m->ratings, metric, &c, &test_error));
	return c;
}

static inline struct annot_coefficient gwet(const struct matrix *m, enum annot_weights weights)
{
	struct annot_coefficient c;
	assert_ok(annot_gwet_ac(&m->ratings, weights, &c, &test_error));
	return c;
}

#endif
