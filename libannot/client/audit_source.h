/* Where an audit gets a log from, 256 records at a time: a copy in a folder, or a daemon. */
#ifndef ANNOT_CLIENT_AUDIT_SOURCE_H
#define ANNOT_CLIENT_AUDIT_SOURCE_H

#include "client/log_dir.h"

struct annot_audit_source {
	struct annot *a;                 /* NULL with dir */
	const char *dir;                 /* NULL: the daemon */
	struct annot_checkpoint claimed; /* what the note says, before anything is checked */
	struct annot_buf note;
};

/* One tile of records on its way through. */
struct annot_audit_batch {
	uint64_t n;
	unsigned width;
	bool signatures; /* to be checked: no earlier audit has */
	struct annot_buf entries, records;
	struct annot_arena *arena;
	struct annot_audit_item items[ANNOT_TILE_WIDTH];
	int state;
	enum annot_status status;
	struct annot_error err;
};

/* Reads the checkpoint. UNREADABLE, INVALID. */
enum annot_status annot_audit_source_open(struct annot_audit_source *s, struct annot_error *err);
/* Reads tile b->n, b->width records, into b and lays out its items. */
enum annot_status annot_audit_source_read(const struct annot_audit_source *s,
					  struct annot_audit_batch *b, struct annot_error *err);

#endif
