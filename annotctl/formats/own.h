/* Records of this corpus that items say they were exported from. */
#ifndef ANNOTCTL_FORMATS_OWN_H
#define ANNOTCTL_FORMATS_OWN_H

#include "sources.h"

enum { OWN_ITEMS_MAX = 1 << 16 }; /* that are remembered */

struct own;

/* NULL: out of memory. */
struct own *own_new(struct ctl *ctl, struct sources *sources);
struct own *own_free(struct own *o); /* takes NULL, returns NULL */

/* What was got before may be given up from now on. */
void own_next_item(struct own *o);

/* As annot_import_host.own. */
enum annot_status own_get(struct own *o, const char *id, const struct annot_entry **ret,
			  struct annot_error *err);

/* What refers to an item of that id means a record; of the first 65,536 such items. */
enum annot_status own_remember(struct own *o, const char *item, const struct annot_hash *record);
/* The record that was remembered of an item; NULL: none. */
const struct annot_hash *own_of(const struct own *o, const char *item);

enum own_says {
	OWN_SAME,  /* what some version of the annotation says: it is there */
	OWN_NEXT,  /* otherwise, and the record is the newest: an amendment */
	OWN_STALE, /* otherwise, and the record was amended since */
	OWN_WRONG, /* what no record can say: err has why */
};
/* What a draft says that amends a record; *ret_record: the version that says so, else that record.
 * Statuses of annot_fetch. */
enum annot_status own_look(struct own *o, const struct annot_draft *draft,
			   const struct annot_hash *record, enum own_says *ret,
			   struct annot_hash *ret_record, struct annot_error *err);

#endif
