/* What is kept beside the log, as lines of the lossless form (format/ndjson.h). */
#ifndef ANNOTCTL_FORMATS_EXPORT_BESIDE_H
#define ANNOTCTL_FORMATS_EXPORT_BESIDE_H

#include "../ctl.h"

/* Where lines go. */
struct export_lines {
	enum annot_status (*put)(void *arg, const struct annot_ndjson *line);
	void *arg;
};

/* The file that a document's text was made from, if it is there: fetched and hashed before its
 * first piece is put. Statuses of annot_fetch_original and put. */
enum annot_status export_original(struct ctl *ctl, const struct annot_record *document,
				  const struct export_lines *to);
/* Every checkpoint that witnesses have cosigned, of at most that size. PROTOCOL. */
enum annot_status export_cosigned(struct ctl *ctl, uint64_t size, const struct export_lines *to);
/* The hashes of what was withheld; marks has a bit for each record whose bytes were gone when it
 * was exported, n of them: of others nothing is said, since their texts are in the export. */
enum annot_status export_withheld(struct ctl *ctl, const uint8_t *marks, uint64_t n,
				  const struct export_lines *to);

#endif
