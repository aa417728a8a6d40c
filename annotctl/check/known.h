/* The quotes that who signs has in the corpus: what is there is not signed again. */
#ifndef ANNOTCTL_CHECK_KNOWN_H
#define ANNOTCTL_CHECK_KNOWN_H

#include "../write.h"
#include "check.h"
#include "table.h"

/* What check_add signs beside the words. */
struct quote_cards {
	const char *speaker; /* "": none is named */
	const char *checked;
};

/* A quote is known by what it says: the words, where they stand, whose they are, and what its
 * checked card says. Where its document has a newer version with the same words, it is known by the
 * place there, too. */
struct known_quotes {
	bool begun, enrolled;
	struct annot_hash person; /* who signs, if enrolled */
	struct quote_table quotes;
	struct annot_buf documents; /* struct annot_hash, a list: those that were asked for, and the
				     * versions of them that were met */
};
#define KNOWN_QUOTES_INIT                                                                          \
	{                                                                                          \
		.quotes = QUOTE_TABLE_INIT, .documents = LIST_INIT                                 \
	}
void known_free(struct known_quotes *k);

/* The quote that check_add would sign, with those cards, if it is there, also a retracted one; *ret
 * NULL: it is not. c has a place. */
enum annot_status known_find(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			     const struct quote_cards *cards, const struct known_quote **ret);
/* It is there from now on. */
enum annot_status known_add(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			    const struct quote_cards *cards, const struct written *w);

#endif
