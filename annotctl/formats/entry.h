/* Rows as formats see them. */
#ifndef ANNOTCTL_FORMATS_ENTRY_H
#define ANNOTCTL_FORMATS_ENTRY_H

#include "sources.h"

/*
 * In ctl->arena. record is NULL for a withheld row. sources: NULL for an entry without them; a
 * document's own source is its only one. Statuses of sources_get; MISMATCH: the row's leaf cannot
 * be read.
 */
enum annot_status entry_of(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record, struct sources *sources,
			   struct annot_entry *ret);

#endif
