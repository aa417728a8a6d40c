/*
 * The lossless form: a corpus as lines of JSON, from which the same leaves and the same root come
 * again, with all that is kept beside them (docs/formats.md). Lines, in this order:
 *
 *   {"annot":"ndjson/2","corpus":…,"origin":…,"size":N,"root":…,"checkpoint":"note"}
 *       partial: true where it is not the whole log.
 *   {"index":I,"id":…,"leaf":"line","record":"bytes as signed","signature":"base64",
 *    "key":"ssh-ed25519 …","note":"checkpoint note","json":{…}}
 *       one for each record, in log order. A record is UTF-8, so that as a string it is verbatim;
 *       withheld: null. note: the one that its seen card names, with the first record that does.
 *       json is for readers alone: cards by name, and every target in bytes, code points (chars)
 *       and UTF-16, with its words and the SHA-256 of its text.
 *   {"text_of":…,"offset":O,"length":L,"text":"…"}
 *       pieces of a document's text, behind its record, in order; "base64" in the stead of "text"
 *       where the piece has U+0000.
 *   {"original_of":…,"offset":O,"length":L,"base64":"…"}
 *       the same of the file that the text was made from, behind the text.
 *   {"cosigned":S,"note":"checkpoint note"}
 *       a checkpoint of size S with cosignatures of witnesses; by size, behind the last record.
 *   {"withheld":"SHA-256","document_index":I}
 *       what a withheld document's text or original was, so that it is not taken in again; by hash.
 *   {"end":true,"records":N,"root":…}
 *
 * ndjson/1 had no lines for originals, cosigned checkpoints and withheld texts, and is read as
 * well. No line is longer than ANNOT_ITEM_MAX. Readers pass over members that they do not know.
 */
#ifndef ANNOT_FORMAT_NDJSON_H
#define ANNOT_FORMAT_NDJSON_H

#include "format/source.h"
#include "log/leaf.h"

struct json_t;

enum { ANNOT_NDJSON_PIECE = 1 << 18 }; /* bytes of a text or an original in a line, at most */

enum annot_ndjson_kind {
	ANNOT_NDJSON_HEAD,
	ANNOT_NDJSON_RECORD,
	ANNOT_NDJSON_TEXT,
	ANNOT_NDJSON_ORIGINAL,
	ANNOT_NDJSON_COSIGNED,
	ANNOT_NDJSON_WITHHELD,
	ANNOT_NDJSON_END,
};

/* A line, as written and as read. Texts and bytes live in the arena that it was read into. */
struct annot_ndjson {
	enum annot_ndjson_kind kind;
	/* HEAD; root and size of END, size and checkpoint of COSIGNED too */
	struct annot_hash corpus, root;
	const char *origin;
	uint64_t size;
	struct annot_bytes checkpoint;
	bool partial;
	/* RECORD; index of WITHHELD too */
	uint64_t index;
	struct annot_hash id;
	const char *leaf;          /* with its LF */
	struct annot_bytes record; /* data NULL: withheld */
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	const char *key;         /* NULL: unknown */
	struct annot_bytes note; /* data NULL: none */
	/* TEXT, ORIGINAL: document, piece of its text or original */
	struct annot_hash document;
	uint64_t offset, length;
	struct annot_bytes piece;
	/* WITHHELD: of the text or original */
	struct annot_hash sha256;
};

/*
 * Appends a line. parsed: the record, NULL if withheld; sources: one for each of its targets (its
 * text may be absent), NULL if there are none. Both for RECORD only. NO_MEMORY, TOO_LARGE.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_ndjson_write(const struct annot_ndjson *line,
							     const struct annot_record *parsed,
							     struct annot_source *const *sources,
							     struct annot_buf *ret,
							     struct annot_error *err);

/*
 * Reads a line that was parsed as JSON: what it is and that each member is of its form; what it
 * says is not compared with anything. INVALID names the member. NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_ndjson_read(struct annot_arena *arena,
							    const struct json_t *json,
							    struct annot_ndjson *ret,
							    struct annot_error *err);

/* How many bytes of text, at most ANNOT_NDJSON_PIECE, make the next piece: whole characters. */
ANNOT_API size_t annot_ndjson_piece(struct annot_bytes rest);

#endif
