/*
 * C2SP signed notes (c2sp.org/signed-note v1.0.0), verifier keys, checkpoints
 * (c2sp.org/tlog-checkpoint v1.0.0, no extension lines) and cosignatures (c2sp.org/tlog-cosignature
 * v1: type 0x04).
 */
#ifndef ANNOT_LOG_NOTE_H
#define ANNOT_LOG_NOTE_H

#include "base/buf.h"

enum { ANNOT_NOTE_MAX = 16384, ANNOT_NOTE_SIGNATURES_MAX = 100, ANNOT_ORIGIN_MAX = 255 };
enum { ANNOT_NOTE_ED25519 = 0x01, ANNOT_NOTE_COSIGNATURE = 0x04 };

/* Names of keys: valid UTF-8, not empty, without Unicode space, control characters and '+'. */
ANNOT_API bool annot_note_name_valid(const char *name, size_t len);

/* A verifier key: NAME+HEX8+BASE64(type || key). */
struct annot_vkey {
	char name[ANNOT_ORIGIN_MAX + 1];
	uint8_t type;
	uint8_t id[4];
	uint8_t key[ANNOT_KEY_SIZE];
};

/* INVALID: malformed, wrong key id; REFUSED: a key type other than the two above, or a weak key
 * (annot_key_check of record/sshkey.h). */
ANNOT_API enum annot_status annot_vkey_parse(const char *text, size_t len, struct annot_vkey *ret,
					     struct annot_error *err);
/* Fills id from name, type and key; INVALID for a bad name (empty, over 255 bytes, space, '+');
 * REFUSED as above. */
ANNOT_API enum annot_status annot_vkey_make(const char *name, uint8_t type,
					    const uint8_t key[ANNOT_KEY_SIZE],
					    struct annot_vkey *ret, struct annot_error *err);
ANNOT_API void annot_vkey_write(const struct annot_vkey *v, struct annot_buf *ret);

/* The private counterpart, "PRIVATE+KEY+NAME+HEX8+BASE64(type || seed)". secret is libsodium's
 * 64-byte form, which its owner wipes. */
struct annot_skey {
	struct annot_vkey vkey;
	uint8_t secret[64];
};
/* As annot_vkey_parse; the key id is that of the public key. Error texts never quote the key. */
ANNOT_API enum annot_status annot_skey_parse(const char *text, size_t len, struct annot_skey *ret,
					     struct annot_error *err);
ANNOT_API void annot_skey_write(const struct annot_skey *s, struct annot_buf *ret);
/* A fresh random key. */
ANNOT_API enum annot_status annot_skey_new(const char *name, uint8_t type, struct annot_skey *ret,
					   struct annot_error *err);

struct annot_note_line {
	struct annot_bytes name;
	uint8_t id[4];
	uint8_t signature[80]; /* after the key id */
	size_t signature_len;
};
struct annot_note {
	struct annot_bytes text; /* with its final LF; points into the parsed note */
	size_t n_lines;
	struct annot_note_line lines[ANNOT_NOTE_SIGNATURES_MAX];
};

/* INVALID names the line. Signature lines whose base64 is longer than 84 bytes are kept with
 * signature_len 0. */
ANNOT_API enum annot_status annot_note_parse(struct annot_bytes note, struct annot_note *ret,
					     struct annot_error *err);
/*
 * MISMATCH: signed by that key, but wrong; NOT_FOUND: no line by that key. Of several lines by one
 * key only the first counts. For cosigners *ret_time_s (may be NULL) is the time; for logs it is
 * not set.
 */
ANNOT_API enum annot_status annot_note_verify(const struct annot_note *note,
					      const struct annot_vkey *key, uint64_t *ret_time_s,
					      struct annot_error *err);
/* The line of a key, verified or not; NULL. Of several the first. */
ANNOT_API const struct annot_note_line *annot_note_line_by(const struct annot_note *note,
							   const struct annot_vkey *key);
/* Appends a line as it was parsed; not one with signature_len 0. */
ANNOT_API void annot_note_add_line(const struct annot_note_line *line, struct annot_buf *ret);
/* Appends a signature line by an Ed25519 key to ret (which holds text, blank line and earlier
 * lines). */
ANNOT_API void annot_note_sign(const struct annot_skey *key, struct annot_bytes text,
			       struct annot_buf *ret);
/* Appends a cosignature line at that time. */
ANNOT_API void annot_note_cosign(const struct annot_skey *key, uint64_t time_s,
				 struct annot_bytes text, struct annot_buf *ret);

/* Body: origin (a key name in ASCII), size without leading zeros, root; no further line. */
struct annot_checkpoint {
	char origin[ANNOT_ORIGIN_MAX + 1];
	uint64_t size;
	struct annot_hash root;
};
/* INVALID names the line; size 0 has the empty root. */
ANNOT_API enum annot_status annot_checkpoint_parse(struct annot_bytes text,
						   struct annot_checkpoint *ret,
						   struct annot_error *err);
ANNOT_API void annot_checkpoint_write(const struct annot_checkpoint *c, struct annot_buf *ret);
/* The whole signed note of a checkpoint. */
ANNOT_API void annot_checkpoint_sign(const struct annot_checkpoint *c, const struct annot_skey *key,
				     struct annot_buf *ret);
/*
 * Parses the note, checks the log's signature and that the origin is the key's name. INVALID as
 * above; NOT_FOUND, MISMATCH as annot_note_verify; MISMATCH too for another origin.
 */
ANNOT_API enum annot_status annot_checkpoint_open(struct annot_bytes note,
						  const struct annot_vkey *log,
						  struct annot_checkpoint *ret,
						  struct annot_error *err);

#endif
