/* Quotes by their marks: a hash table over a list. */
#ifndef ANNOTCTL_CHECK_TABLE_H
#define ANNOTCTL_CHECK_TABLE_H

#include "../list.h"

struct known_quote {
	struct annot_hash mark, annotation;
	uint64_t index;
};

struct quote_table {
	struct annot_buf quotes; /* struct known_quote, a list */
	uint32_t *slots;         /* the number in that list, from 1; 0: free */
	size_t size;             /* slots, a power of two */
};
#define QUOTE_TABLE_INIT                                                                           \
	{                                                                                          \
		.quotes = LIST_INIT                                                                \
	}
void quote_table_free(struct quote_table *t);

/* Of several with one mark the first stays. TOO_LARGE, NO_MEMORY. */
enum annot_status quote_table_add(struct ctl *ctl, struct quote_table *t,
				  const struct known_quote *quote);
/* Good until one is added; NULL: there is none with that mark. */
const struct known_quote *quote_table_find(const struct quote_table *t,
					   const struct annot_hash *mark);

#endif
