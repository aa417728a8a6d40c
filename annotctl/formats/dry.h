/* An import that signs nothing: whether every draft could be made, everything that it refers to is
 * there, and annotd would admit it. */
#ifndef ANNOTCTL_FORMATS_DRY_H
#define ANNOTCTL_FORMATS_DRY_H

#include "import.h"

struct dry;

/* With --strict, other than OK also if nothing would be admitted of who signs (admission_begin);
 * without, that is a warning. */
enum annot_status dry_new(struct import_task *task, struct dry **ret);
struct dry *dry_free(struct dry *d);
/* As batch_take; what cannot be made is reported as left out. */
enum annot_status dry_take(struct dry *d, const struct annot_import_item *item, const char *id,
			   const struct annot_import_draft *drafts, size_t n);
/* An item that is there, so that others may refer to it. */
enum annot_status dry_there(struct dry *d, const char *id, enum annot_kind kind);
/* As batch_end. */
enum annot_status dry_end(struct dry *d);

#endif
