/*
 * Annotations of Hypothesis, as its API gives them and its client exports them (hypothesis/h,
 * docs/_extra/api-reference, and hypothesis/client, of July 2026). docs/formats.md has the mapping
 * in words.
 *
 * Offsets there are UTF-16 code units (client, src/types/api.ts). Replies have references: the ids
 * of all that they answer, the first annotation first, their parent last. Of targets only the first
 * counts.
 */
#ifndef ANNOT_FORMAT_HYPOTHESIS_H
#define ANNOT_FORMAT_HYPOTHESIS_H

#include "format/keep.h"

/* Member of imported-data. */
#define HYPOTHESIS_KEPT "hypothesis"

/* Where annotations of the public service stand; those of another authority at
 * https://AUTHORITY/a/. */
#define HYPOTHESIS_SERVICE "hypothes.is"

enum { HYPOTHESIS_ID_LEN = 22 }; /* URL-safe base64 of 16 bytes, without padding */

enum annot_status hypothesis_import_item(struct annot_import *m,
					 const struct annot_import_item *item,
					 struct annot_error *err);

enum annot_status hypothesis_begin(struct annot_export *x, struct annot_error *err);
enum annot_status hypothesis_export_item(struct annot_export *x,
					 const struct annot_export_item *item,
					 struct annot_error *err);
enum annot_status hypothesis_end(struct annot_export *x, struct annot_error *err);

#endif
