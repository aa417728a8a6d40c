/*
 * Contents on their way in: pieces in order into a temporary file of the corpus folder, one upload
 * a person. What is complete is checked against the document's signed record before anything is
 * stored.
 */
#ifndef ANNOTD_UPLOAD_H
#define ANNOTD_UPLOAD_H

#include "annotd/store/store.h"

enum { UPLOADS_MAX = 64 };

struct uploads;

/* Removes what an earlier run left. NO_MEMORY, UNREADABLE. */
ANNOT_CHECKED enum annot_status uploads_open(const char *dir, struct uploads **ret,
					     struct annot_error *err);
/* Discards what is not complete; no call may be under way. Takes NULL, returns NULL. */
struct uploads *uploads_close(struct uploads *u);

/* What the signed record says of the content. */
struct upload_document {
	struct annot_hash record, person; /* person: of the record's author */
	struct annot_hash sha256, chunks;
	uint64_t length;
};

/*
 * Adds a piece. When it was the last, the content is checked and mapped into *ret_content (else
 * data NULL) and belongs to the caller, who ends it with uploads_done: until then no other piece of
 * that person is taken. An empty piece of an unfinished content only asks how much was received.
 *
 * CONFLICT: offset is not what was received (the text says how much). BUSY: the person's last
 * upload is being stored, or there are UPLOADS_MAX others. TOO_LARGE: over the record's length.
 * MISMATCH, INVALID: complete, but not what the record says, or no UTF-8 without NUL; it was
 * discarded. NO_SPACE, UNREADABLE: the file.
 */
ANNOT_CHECKED enum annot_status
uploads_piece(struct uploads *u, const struct upload_document *document, uint64_t offset,
	      struct annot_bytes data, uint64_t *ret_received, struct annot_bytes *ret_content,
	      struct annot_error *err);

/* Unmaps a complete content and removes its file. */
void uploads_done(struct uploads *u, const struct annot_hash *person, struct annot_bytes content);

#endif
