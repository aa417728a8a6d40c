/* The quotes that who signs has in the corpus: what is there is not signed again. */
#ifndef ANNOTCTL_CHECK_KNOWN_H
#define ANNOTCTL_CHECK_KNOWN_H

#include "../list.h"
#include "../write.h"
#include "check.h"

/* A quote by what makes it the same: where its words stand, and what its checked card says. Where
 * its document has a newer version with the same words, it is known by the place there, too. */
struct known_quote {
	struct annot_hash mark, annotation;
	uint64_t index;
};

struct known_quotes {
	bool begun, enrolled;
	struct annot_hash person;   /* who signs, if enrolled */
	struct annot_buf quotes;    /* struct known_quote, a list */
	struct annot_buf documents; /* struct annot_hash, a list: those that were asked for */
};
#define KNOWN_QUOTES_INIT                                                                          \
	{                                                                                          \
		.quotes = LIST_INIT, .documents = LIST_INIT                                        \
	}
void known_free(struct known_quotes *k);

/* The quote that check_add would sign, with that checked card, if it is there, also a retracted
 * one; *ret NULL: it is not. c has a place. */
enum annot_status known_find(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			     const char *checked, const struct known_quote **ret);
/* It is there from now on. */
enum annot_status known_add(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			    const char *checked, const struct written *w);

#endif
