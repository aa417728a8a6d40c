/* Signed notes: text, blank line, signature lines (c2sp.org/signed-note v1.0.0). */
#include "log/note.h"

#include <inttypes.h>

#include <sodium.h>

#include "base/encode.h"
#include "record/ed25519.h"
#include "text/utf8.h"

enum {
	ID_SIZE = 4,
	TIME_SIZE = 8,
	COSIGNATURE_SIZE = TIME_SIZE + ANNOT_SIGNATURE_SIZE,
	DECODED_MAX = ANNOT_NOTE_MAX / 4 * 3, /* any base64 that fits in a note */
	COSIGNED_HEADER_MAX = 64,
};
static const char line_start[] = "\xE2\x80\x94 "; /* em dash and space */
static const char cosigned_header[] = "cosignature/v1\ntime ";

/* One line by line number within the note, for messages. */
static enum annot_status parse_line(const char *line, size_t len, size_t number,
				    struct annot_note_line *ret, struct annot_error *err)
{
	const size_t start = sizeof line_start - 1;
	if (len < start || memcmp(line, line_start, start) != 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"note: signature line %zu does not begin with an em dash and a space",
			number);
	const char *name = line + start;
	const char *space = len > start ? memchr(name, ' ', len - start) : NULL;
	size_t name_len = space ? (size_t)(space - name) : 0;
	if (!space || !annot_note_name_valid(name, name_len))
		return annot_fail(err, ANNOT_INVALID,
				  "note: signature line %zu: bad name, expected NAME and base64",
				  number);
	uint8_t raw[DECODED_MAX];
	size_t raw_len;
	if (!annot_unbase64(space + 1, len - start - name_len - 1, raw, sizeof raw, &raw_len))
		return annot_fail(err, ANNOT_INVALID,
				  "note: signature line %zu: not canonical base64", number);
	if (raw_len <= ID_SIZE)
		return annot_fail(err, ANNOT_INVALID,
				  "note: signature line %zu: %zu bytes, a key id alone takes %d",
				  number, raw_len, ID_SIZE);
	*ret = (struct annot_note_line){.name = annot_bytes(name, name_len)};
	memcpy(ret->id, raw, ID_SIZE);
	if (raw_len - ID_SIZE <= sizeof ret->signature) {
		ret->signature_len = raw_len - ID_SIZE;
		memcpy(ret->signature, raw + ID_SIZE, ret->signature_len);
	}
	return ANNOT_OK;
}

/* Length of the text: up to the last empty line, with the line feed before it; 0 if there is none.
 */
static size_t text_length(struct annot_bytes note)
{
	for (size_t at = note.len; at >= 2; at--)
		if (note.data[at - 1] == '\n' && note.data[at - 2] == '\n')
			return at - 1;
	return 0;
}

static enum annot_status check_characters(struct annot_bytes note, struct annot_error *err)
{
	size_t valid = annot_utf8_valid(note.data, note.len);
	if (valid != note.len)
		return annot_fail(err, ANNOT_INVALID, "note: byte %zu is not UTF-8", valid);
	for (size_t i = 0; i < note.len; i++)
		if (note.data[i] < 0x20 && note.data[i] != '\n')
			return annot_fail(err, ANNOT_INVALID,
					  "note: byte %zu is the control character %02x", i,
					  note.data[i]);
	return ANNOT_OK;
}

enum annot_status annot_note_parse(struct annot_bytes note, struct annot_note *ret,
				   struct annot_error *err)
{
	if (note.len == 0 || note.len > ANNOT_NOTE_MAX)
		return annot_fail(err, ANNOT_INVALID, "note: %zu bytes, expected 1 to %d", note.len,
				  ANNOT_NOTE_MAX);
	TRY(check_characters(note, err));
	if (note.data[note.len - 1] != '\n')
		return annot_fail(err, ANNOT_INVALID, "note: does not end with a line feed");
	size_t text_len = text_length(note);
	if (text_len == 0)
		return annot_fail(err, ANNOT_INVALID,
				  "note: no empty line between text and signatures");

	struct annot_note n = {.text = annot_bytes(note.data, text_len)};
	const char *at = (const char *)note.data + text_len + 1;
	const char *end = (const char *)note.data + note.len;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (n.n_lines == ANNOT_NOTE_SIGNATURES_MAX)
			return annot_fail(err, ANNOT_INVALID, "note: more than %d signature lines",
					  ANNOT_NOTE_SIGNATURES_MAX);
		TRY(parse_line(at, (size_t)(stop - at), n.n_lines + 1, &n.lines[n.n_lines], err));
		n.n_lines++;
		at = stop + 1;
	}
	if (n.n_lines == 0)
		return annot_fail(err, ANNOT_INVALID, "note: no signature line");
	*ret = n;
	return ANNOT_OK;
}

/* What a cosigner signs: a header with the time, then the text. */
static void cosigned_message(uint64_t time_s, struct annot_bytes text, struct annot_buf *ret)
{
	annot_buf_printf(ret, "%s%" PRIu64 "\n", cosigned_header, time_s);
	annot_buf_add(ret, text.data, text.len);
}

/* MISMATCH if the signature is wrong, as a whole or in its time. */
static enum annot_status verify_cosignature(const struct annot_note_line *line,
					    struct annot_bytes text, const struct annot_vkey *key,
					    uint64_t *ret_time_s, struct annot_error *err)
{
	uint64_t time_s = annot_get_be(line->signature, TIME_SIZE);
	if (time_s > INT64_MAX)
		return annot_fail(err, ANNOT_MISMATCH, "note: cosignature time out of range");
	struct annot_buf message = ANNOT_BUF_INIT(ANNOT_NOTE_MAX + COSIGNED_HEADER_MAX);
	cosigned_message(time_s, text, &message);
	enum annot_status status = annot_buf_check(&message, "the cosigned message", err);
	if (status == ANNOT_OK)
		status = annot_ed25519_verify(key->key, annot_buf_bytes(&message),
					      line->signature + TIME_SIZE, err);
	annot_buf_free(&message);
	if (status == ANNOT_OK)
		*ret_time_s = time_s;
	return status;
}

const struct annot_note_line *annot_note_line_by(const struct annot_note *note,
						 const struct annot_vkey *key)
{
	size_t name_len = strlen(key->name);
	for (size_t i = 0; i < note->n_lines; i++) {
		const struct annot_note_line *line = &note->lines[i];
		if (memcmp(line->id, key->id, ID_SIZE) == 0 && line->name.len == name_len &&
		    memcmp(line->name.data, key->name, name_len) == 0)
			return line;
	}
	return NULL;
}

enum annot_status annot_note_verify(const struct annot_note *note, const struct annot_vkey *key,
				    uint64_t *ret_time_s, struct annot_error *err)
{
	char id[ID_SIZE * 2 + 1];
	annot_hex(key->id, ID_SIZE, id);
	const struct annot_note_line *line = annot_note_line_by(note, key);
	if (!line)
		return annot_fail(err, ANNOT_NOT_FOUND, "note: no signature by %s+%s", key->name,
				  id);
	bool cosigner = key->type == ANNOT_NOTE_COSIGNATURE;
	size_t expected = cosigner ? COSIGNATURE_SIZE : ANNOT_SIGNATURE_SIZE;
	uint64_t time_s = 0;
	enum annot_status status = ANNOT_MISMATCH;
	if (line->signature_len == expected)
		status = cosigner
				 ? verify_cosignature(line, note->text, key, &time_s, err)
				 : annot_ed25519_verify(key->key, note->text, line->signature, err);
	if (status == ANNOT_MISMATCH)
		return annot_fail(
			err, ANNOT_MISMATCH,
			"note: the signature by %s+%s is wrong: text or signature were changed",
			key->name, id);
	TRY(status);
	if (cosigner && ret_time_s)
		*ret_time_s = time_s;
	return ANNOT_OK;
}

static void add_line(const struct annot_vkey *key, const uint8_t *signature, size_t len,
		     struct annot_buf *ret)
{
	uint8_t raw[ID_SIZE + COSIGNATURE_SIZE];
	memcpy(raw, key->id, ID_SIZE);
	memcpy(raw + ID_SIZE, signature, len);
	annot_buf_puts(ret, line_start);
	annot_buf_puts(ret, key->name);
	annot_buf_putc(ret, ' ');
	annot_buf_base64(ret, raw, ID_SIZE + len);
	annot_buf_putc(ret, '\n');
}

void annot_note_add_line(const struct annot_note_line *line, struct annot_buf *ret)
{
	uint8_t raw[ID_SIZE + sizeof line->signature];
	memcpy(raw, line->id, ID_SIZE);
	memcpy(raw + ID_SIZE, line->signature, line->signature_len);
	annot_buf_puts(ret, line_start);
	annot_buf_add(ret, line->name.data, line->name.len);
	annot_buf_putc(ret, ' ');
	annot_buf_base64(ret, raw, ID_SIZE + line->signature_len);
	annot_buf_putc(ret, '\n');
}

void annot_note_sign(const struct annot_skey *key, struct annot_bytes text, struct annot_buf *ret)
{
	/* Signed before anything is appended: text may lie in ret, whose memory may move. */
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	crypto_sign_detached(signature, NULL, text.data, text.len, key->secret);
	add_line(&key->vkey, signature, sizeof signature, ret);
}

void annot_note_cosign(const struct annot_skey *key, uint64_t time_s, struct annot_bytes text,
		       struct annot_buf *ret)
{
	uint8_t signature[COSIGNATURE_SIZE];
	struct annot_buf message = ANNOT_BUF_INIT(ANNOT_NOTE_MAX + COSIGNED_HEADER_MAX);
	cosigned_message(time_s, text, &message);
	if (message.failed) {
		ret->failed = true;
	} else {
		annot_put_be(signature, TIME_SIZE, time_s);
		crypto_sign_detached(signature + TIME_SIZE, NULL, (const uint8_t *)message.data,
				     message.len, key->secret);
		add_line(&key->vkey, signature, sizeof signature, ret);
	}
	annot_buf_free(&message);
}
