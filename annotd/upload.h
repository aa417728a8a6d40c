/*
 * Contents on their way in: pieces in order into a temporary file of the corpus folder, one upload
 * a person. Any peer may send a content, since the signed record says what it is; so that none can
 * spoil or restart what another sends, an upload belongs to the connection that sent its last piece
 * until it was left alone for UPLOAD_IDLE_MS. What is complete is checked against the document's
 * signed record before anything is stored.
 */
#ifndef ANNOTD_UPLOAD_H
#define ANNOTD_UPLOAD_H

#include "annotd/store/store.h"

enum {
	UPLOADS_MAX = 64,
	UPLOAD_IDLE_MS = 10000, /* so long after its last piece an upload is its connection's */
};

struct uploads;

/* Removes what an earlier run left. NO_MEMORY, UNREADABLE. */
ANNOT_CHECKED enum annot_status uploads_open(const char *dir, struct uploads **ret,
					     struct annot_error *err);
/* Discards what is not complete; no call may be under way. Takes NULL, returns NULL. */
struct uploads *uploads_close(struct uploads *u);

/* What the signed record says of the content, or of the original. */
struct upload_document {
	struct annot_hash record, person; /* person: of the record's author */
	bool original; /* any bytes; else a text, with chunks */
	struct annot_hash sha256, chunks;
	uint64_t length;
};

/* Where a piece comes from. */
struct upload_source {
	uint64_t connection;
	uint64_t now_ms; /* of a clock that only goes forward */
};

/*
 * Adds a piece. When it was the last, the content is checked and mapped into *ret_content (else
 * data NULL) and belongs to the caller, who ends it with uploads_done: until then no other piece of
 * that person is taken. An empty piece of an unfinished content only asks how much was received,
 * and any connection may.
 *
 * CONFLICT: offset is not what was received (the text says how much). BUSY: the person's last
 * upload is being stored, or is another connection's, or there are UPLOADS_MAX others that are not
 * idle. TOO_LARGE: over the record's length.
 * MISMATCH, INVALID: complete, but not what the record says, or no UTF-8 without NUL; it was
 * discarded. NO_SPACE, UNREADABLE: the file.
 */
ANNOT_CHECKED enum annot_status
uploads_piece(struct uploads *u, const struct upload_document *document,
	      const struct upload_source *from, uint64_t offset, struct annot_bytes data,
	      uint64_t *ret_received, struct annot_bytes *ret_content, struct annot_error *err);

/* The bytes of a document may be withheld while it is being uploaded: when that has happened more often
 * than at the last call (corpus_withheld), what is not complete is discarded, and begun again by whoever
 * still may. */
void uploads_withheld(struct uploads *u, uint64_t count);

/* Unmaps a complete content and removes its file. */
void uploads_done(struct uploads *u, const struct annot_hash *person, struct annot_bytes content);

#endif
