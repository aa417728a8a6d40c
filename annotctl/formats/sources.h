/* Texts of the corpus, as many as fit: fetched and hashed once, given up when others need the room.
 */
#ifndef ANNOTCTL_FORMATS_SOURCES_H
#define ANNOTCTL_FORMATS_SOURCES_H

#include "../ctl.h"

enum {
	SOURCES_MAX = 128,             /* that are held */
	SOURCES_BYTES_MAX = 128 << 20, /* of their texts; one item's are held whatever they need */
};

struct sources;

/* NULL: out of memory. */
struct sources *sources_new(struct ctl *ctl);
struct sources *sources_free(struct sources *s);

/* What was got before may be given up from now on. */
void sources_next_item(struct sources *s);

/*
 * A version of a document by its record, good until sources_next_item. Its text is absent (data
 * NULL) where it was withheld or not uploaded, its record too where that was withheld. Statuses of
 * annot_fetch and annot_fetch_text; TOO_LARGE: an item with more than SOURCES_MAX documents.
 */
enum annot_status sources_get(struct sources *s, const struct annot_hash *record,
			      struct annot_source **ret);

/* As annot_import_host.source. */
enum annot_status sources_find(struct sources *s, const struct annot_source_wanted *wanted,
			       struct annot_source **ret, struct annot_error *err);

#endif
