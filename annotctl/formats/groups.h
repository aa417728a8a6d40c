/* What items became: drafts that stay together until all of them are in the log. */
#ifndef ANNOTCTL_FORMATS_GROUPS_H
#define ANNOTCTL_FORMATS_GROUPS_H

#include "../ctl.h"

struct group_ref {
	const char *card;
	const char *item; /* "": see draft */
	size_t draft;     /* one before this, of the same group */
	bool known;       /* it is this record of the corpus */
	struct annot_hash record;
};

enum group_state {
	GROUP_NEW,
	GROUP_READY,  /* its refs are cards now */
	GROUP_DONE,   /* id is known: signed, or there before */
	GROUP_BARRED, /* what it refers to cannot be made: so it cannot either, as is to be said */
	GROUP_FAILED, /* it cannot be made, and that was said */
};

struct group_draft {
	struct annot_draft *draft;
	const struct group_ref *refs;
	size_t n_refs;
	enum group_state state;
	bool amends; /* it is a later version of a record that is there */
	struct annot_hash id;
};

/* One allocation. */
struct group {
	struct group *next; /* while it waits */
	const char *id;     /* imported-from */
	const char *file;
	size_t line;
	size_t n;
	struct group_draft drafts[];
};

/* Takes the drafts over, also where it returns NULL: out of memory. */
struct group *group_new(const char *id, const char *file, size_t line,
			const struct annot_import_draft *drafts, size_t n);
struct group *group_free(struct group *g);

/* 8 bytes of the hash of an item's id, not 0: by which items are remembered. */
uint64_t group_mark(const char *id);

/* Whether every draft is done or failed. */
bool group_is_over(const struct group *g);

#endif
