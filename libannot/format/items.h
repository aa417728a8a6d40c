/*
 * Cuts input into items as it comes, holding one of them: JSON values at the top level (NDJSON),
 * the elements of a top-level array or of the array that a path names in a top-level object, or
 * lines. What is around the items is checked as strictly as they are.
 */
#ifndef ANNOT_FORMAT_ITEMS_H
#define ANNOT_FORMAT_ITEMS_H

#include "format/format.h"

struct annot_items;

/* Reads on: *ret_n 0 at the end. */
typedef enum annot_status (*annot_items_read)(void *arg, void *ret, size_t max, size_t *ret_n,
					      struct annot_error *err);

/* file names the input in errors and items, and stays the caller's. NO_MEMORY. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_items_new(const struct annot_format *format,
							  const char *file, annot_items_read read,
							  void *arg, struct annot_items **ret,
							  struct annot_error *err);
ANNOT_API struct annot_items *
annot_items_free(struct annot_items *it); /* takes NULL, returns NULL */

/*
 * The next item, good until the next call. NOT_FOUND: that was all. INVALID (names file, line, what
 * was expected): not JSON, not UTF-8, duplicate members, nested deeper than ANNOT_ITEM_DEPTH_MAX,
 * cut short; nothing can be read after it, but where each line is an item of its own. TOO_LARGE: an
 * item of more than ANNOT_ITEM_MAX bytes.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_items_next(struct annot_items *it, struct annot_import_item *ret, struct annot_error *err);

/* Bytes read so far, for progress. */
ANNOT_API uint64_t annot_items_bytes(const struct annot_items *it);

#endif
