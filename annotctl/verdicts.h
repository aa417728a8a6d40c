/* What was rated on an annotation: all verdicts that stand, the minority's too, and seals. */
#ifndef ANNOTCTL_VERDICTS_H
#define ANNOTCTL_VERDICTS_H

#include <jansson.h>

#include "ctl.h"

enum { VERDICTS_MAX = 4096 };

/* A verdict that stands, or an unopened seal, hash and signature checked. Lives in ctl->arena. */
struct verdict {
	enum annot_kind kind; /* verdict or seal */
	uint64_t index;
	const char *id; /* "1a2b3c4d@1" */
	struct annot_hash record, annotation, author, person, on;
	const char *name, *time;                /* name: of the person, NULL if unknown */
	const char *scale, *rating, *rationale; /* of a verdict; rationale NULL if none */
	bool blind, sealed; /* sealed: it opens a seal, in time to be blind or not */
	uint64_t on_version, on_versions;
	bool on_head;
	/* Its person's last on that scale and version, and not signed by a key that was
	 * compromised. */
	bool counts;
};

struct verdicts {
	struct verdict *list; /* in log order */
	size_t n, cap;
};

/* Those on all versions of what was fetched. TOO_LARGE past VERDICTS_MAX. None for kinds nobody
 * rates. */
enum annot_status verdicts_fetch(struct ctl *ctl, const struct annot_fetched *of,
				 struct verdicts *ret);

/* Adds verdicts, ratings (persons counted on exactly that version) and seals to the record's
 * object. */
void verdicts_json(struct ctl *ctl, const struct annot_fetched *of, const struct verdicts *v,
		   json_t *object);
/* The same for people, below record_text. */
void verdicts_text(struct ctl *ctl, const struct annot_fetched *of, const struct verdicts *v);

#endif
