/* amend --anchor: annotations whose words stand in older versions of documents, signed anew on the
 * newest. */
#ifndef ANNOTCTL_ANCHORS_REANCHOR_H
#define ANNOTCTL_ANCHORS_REANCHOR_H

#include "anchors.h"

struct reanchor_options {
	const char *accept; /* "exact,moved": signed without asking; NULL: a person is asked */
	bool cautious;
};

/*
 * args: ids, or a query. Prints each new version, and on stderr where the words stood and stand,
 * and what was left as it is and why. Exit code: 1 if any was left.
 */
int reanchor(struct ctl *ctl, const char **args, const struct reanchor_options *options);

#endif
