/* What colleagues decided on an annotation and linked to it: who rejected it, who says that
 * something refutes it. */
#ifndef ANNOTCTL_OPINIONS_H
#define ANNOTCTL_OPINIONS_H

#include <jansson.h>

#include "ctl.h"

enum { OPINIONS_MAX = 4096 };

/* A review or link that stands, hash and signature checked. Lives in ctl->arena. */
struct opinion {
	enum annot_kind kind; /* review or link */
	uint64_t index;
	const char *id; /* "1a2b3c4d@1" */
	const struct annot_record *record;
	const char *name;     /* of its author; NULL if unknown */
	const char *word;     /* decision or relation */
	const char *reason;   /* NULL if none */
	struct annot_hash on; /* the version: reviewed, or linked to */
	uint64_t on_version;  /* its number */
	/* Of a review: its person's last on that version, and not signed by a key that was
	 * compromised. */
	bool counts;
};

struct opinions {
	struct opinion *list; /* in log order */
	size_t n, cap;
};

/* Those on all versions of what was fetched; none of what was withheld. TOO_LARGE past
 * OPINIONS_MAX. */
enum annot_status opinions_fetch(struct ctl *ctl, const struct annot_fetched *of,
				 struct opinions *ret);

/* Adds the lists reviews and links to the record's object. */
void opinions_json(struct ctl *ctl, const struct opinions *o, json_t *object);
/* The same for people, below record_text. */
void opinions_text(struct ctl *ctl, const struct annot_fetched *of, const struct opinions *o);

#endif
