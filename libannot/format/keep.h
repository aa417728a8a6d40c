/*
 * imported-data of formats that are JSON: {FORMAT: {what no card holds}}, for export in the same
 * format.
 */
#ifndef ANNOT_FORMAT_KEEP_H
#define ANNOT_FORMAT_KEEP_H

#include "format/internal.h"

enum { KEEP_MAX = 16384 }; /* bytes of the card */

/*
 * imported-from (m->id), imported-author (NULL or "": none), imported-data. Members of kept that
 * there is no room for, the longest first, are taken out and reported as losses.
 */
enum annot_status annot_import_keep(struct annot_import *m, struct annot_draft *draft,
				    const char *author, const char *format, json_t *kept,
				    struct annot_error *err);

/* What was kept of a record that was imported from that format, a new reference; NULL: nothing. */
json_t *annot_export_kept(const struct annot_record *record, const char *format);

/* Whether target n is still that of the first version, which what was kept of it is about. Asks for
 * ANNOT_EXPORT_FIRST. */
bool annot_export_same_target(const struct annot_export_item *item, size_t n);

#endif
