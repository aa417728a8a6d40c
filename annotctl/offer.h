/* What may stand in one place of a command line: from the tables, and as far as a daemon answers from the corpus. */
#ifndef ANNOTCTL_OFFER_H
#define ANNOTCTL_OFFER_H

#include "ctl.h"

/* Prints "before" and word, a TAB and what it is, if that begins with prefix. */
struct offering {
	struct ctl *ctl;
	const char *prefix; /* what has been typed of the word */
	const char *before; /* of each word that is offered: "", or a query's "state:" */
	const char *scale;  /* whose ratings are meant; NULL: those of all */
};
void offer(const struct offering *o, const char *word, const char *what);
/* Alternatives that stand in the tables as a|b|c. */
void offer_words(const struct offering *o, const char *list);
/* What a name in a table stands for: DOC, ID, FILE, RELATION, RATING, SCALE, QUERY, approve|reject … */
void offer_value(const struct offering *o, const char *name);

#endif
