/* Checkpoints (c2sp.org/tlog-checkpoint v1.0.0): three lines, never an extension. */
#include <inttypes.h>

#include "base/encode.h"
#include "log/note.h"
#include "log/tree.h"

/* The next line of the body without its line feed; false when there is none. */
static bool next_line(struct annot_bytes *left, struct annot_bytes *ret)
{
	const uint8_t *stop = left->len ? memchr(left->data, '\n', left->len) : NULL;
	if (!stop)
		return false;
	size_t len = (size_t)(stop - left->data);
	*ret = annot_bytes(left->data, len);
	*left = annot_bytes(stop + 1, left->len - len - 1);
	return true;
}

/* An origin is the name of the log's key, here in printable ASCII: it is shown and compared. */
static bool origin_valid(struct annot_bytes origin)
{
	if (origin.len > ANNOT_ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < origin.len; i++)
		if (origin.data[i] >= 0x7F)
			return false;
	return annot_note_name_valid((const char *)origin.data, origin.len);
}

enum annot_status annot_checkpoint_parse(struct annot_bytes text, struct annot_checkpoint *ret,
					 struct annot_error *err)
{
	struct annot_checkpoint c = {.size = 0};
	struct annot_bytes left = text, line;
	if (!next_line(&left, &line) || !origin_valid(line))
		return annot_fail(err, ANNOT_INVALID,
				  "checkpoint: line 1 must be the origin, 1 to %d characters of "
				  "printable ASCII without space and '+'",
				  ANNOT_ORIGIN_MAX);
	memcpy(c.origin, line.data, line.len);
	if (!next_line(&left, &line) ||
	    !annot_parse_u64((const char *)line.data, line.len, &c.size))
		return annot_fail(err, ANNOT_INVALID,
				  "checkpoint of %s: line 2 must be the size, a decimal number "
				  "without leading zeros",
				  c.origin);
	if (!next_line(&left, &line) ||
	    !annot_unbase64_exact((const char *)line.data, line.len, c.root.b, ANNOT_HASH_SIZE))
		return annot_fail(
			err, ANNOT_INVALID,
			"checkpoint of %s: line 3 must be the root, 44 characters of base64",
			c.origin);
	if (left.len > 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"checkpoint of %s: something follows the root; extension lines are "
			"not taken",
			c.origin);
	struct annot_hash empty = annot_empty_root();
	if (c.size == 0 && !annot_hash_equal(&c.root, &empty))
		return annot_fail(err, ANNOT_INVALID,
				  "checkpoint of %s: size 0 with root %s, expected %s", c.origin,
				  annot_hash_hex(&c.root).text, annot_hash_hex(&empty).text);
	*ret = c;
	return ANNOT_OK;
}

void annot_checkpoint_write(const struct annot_checkpoint *c, struct annot_buf *ret)
{
	annot_buf_printf(ret, "%s\n%" PRIu64 "\n", c->origin, c->size);
	annot_buf_base64(ret, c->root.b, ANNOT_HASH_SIZE);
	annot_buf_putc(ret, '\n');
}

void annot_checkpoint_sign(const struct annot_checkpoint *c, const struct annot_skey *key,
			   struct annot_buf *ret)
{
	size_t start = ret->len;
	annot_checkpoint_write(c, ret);
	size_t len = ret->len - start;
	annot_buf_putc(ret, '\n');
	if (!ret->failed)
		annot_note_sign(key, annot_bytes(ret->data + start, len), ret);
}

enum annot_status annot_checkpoint_open(struct annot_bytes note, const struct annot_vkey *log,
					struct annot_checkpoint *ret, struct annot_error *err)
{
	struct annot_note n;
	struct annot_checkpoint c;
	if (log->type != ANNOT_NOTE_ED25519)
		return annot_fail(err, ANNOT_REFUSED, "key %s: type %02x is not that of a log",
				  log->name, log->type);
	TRY(annot_note_parse(note, &n, err));
	TRY(annot_note_verify(&n, log, NULL, err));
	TRY(annot_checkpoint_parse(n.text, &c, err));
	if (strcmp(c.origin, log->name) != 0)
		return annot_fail(err, ANNOT_MISMATCH,
				  "checkpoint: of origin %s, expected %s as the key's name",
				  c.origin, log->name);
	*ret = c;
	return ANNOT_OK;
}
