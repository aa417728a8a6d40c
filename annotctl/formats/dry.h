/* An import that signs nothing: whether every draft could be made, and everything that it refers to
 * is there. */
#ifndef ANNOTCTL_FORMATS_DRY_H
#define ANNOTCTL_FORMATS_DRY_H

#include "import.h"

struct dry;

/* NULL: out of memory. */
struct dry *dry_new(struct import_task *task);
struct dry *dry_free(struct dry *d);
/* As batch_take; what cannot be made is reported as left out. */
enum annot_status dry_take(struct dry *d, const struct annot_import_item *item, const char *id,
			   const struct annot_import_draft *drafts, size_t n);
/* An item that is there, so that others may refer to it. */
enum annot_status dry_there(struct dry *d, const char *id);
/* As batch_end. */
enum annot_status dry_end(struct dry *d);

#endif
