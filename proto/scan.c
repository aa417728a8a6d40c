/* The pre-scan of frames: see proto.h. Nothing is allocated here, whatever a frame declares. */
#include "proto/proto.h"

#include "proto/token.h"
#include "text/utf8.h"

/* A map or list that is not yet complete. */
struct level {
	uint64_t left; /* values to come; keys count */
	bool map;
	size_t n_keys;
	struct annot_bytes keys[ANNOT_FIELDS_MAX];
};

struct scan {
	struct annot_cursor c;
	unsigned depth;
	struct level levels[ANNOT_DEPTH_MAX];
};

static size_t at(const struct scan *s, const void *p)
{
	return (size_t)((const uint8_t *)p - s->c.start);
}

static enum annot_status check_text(const struct scan *s, struct annot_bytes t,
				    struct annot_error *err)
{
	size_t valid = annot_utf8_valid(t.data, t.len);
	if (valid < t.len)
		return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: text is not UTF-8",
				  at(s, t.data + valid));
	const void *nul = t.len ? memchr(t.data, 0, t.len) : NULL;
	if (nul)
		return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: text holds NUL", at(s, nul));
	return ANNOT_OK;
}

/* A map's next key: text, and not one of those before. Quadratic, within ANNOT_FIELDS_MAX. */
static enum annot_status check_key(const struct scan *s, struct level *l,
				   const struct annot_token *t, struct annot_error *err)
{
	if (t->type != ANNOT_TOKEN_TEXT)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "byte %zu: the key before here is %s, not text", at(s, s->c.at),
				  annot_token_name(t->type));
	for (size_t i = 0; i < l->n_keys; i++) {
		if (l->keys[i].len == t->bytes.len &&
		    memcmp(l->keys[i].data, t->bytes.data, t->bytes.len) == 0)
			return annot_fail(err, ANNOT_PROTOCOL,
					  "byte %zu: a key stands twice in its map",
					  at(s, t->bytes.data));
	}
	l->keys[l->n_keys++] = t->bytes;
	return ANNOT_OK;
}

static enum annot_status open_level(struct scan *s, const struct annot_token *t,
				    struct annot_error *err)
{
	if (s->depth == ANNOT_DEPTH_MAX)
		return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: nested deeper than %d",
				  at(s, s->c.at), ANNOT_DEPTH_MAX);
	bool map = t->type == ANNOT_TOKEN_MAP;
	if (map && t->number > ANNOT_FIELDS_MAX)
		return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: a map of %llu keys; at most %d",
				  at(s, s->c.at), (unsigned long long)t->number, ANNOT_FIELDS_MAX);
	struct level *l = &s->levels[s->depth++];
	l->left = map ? 2 * t->number : t->number;
	l->map = map;
	l->n_keys = 0;
	return ANNOT_OK;
}

static enum annot_status scan_value(struct scan *s, struct annot_error *err)
{
	struct annot_token t;
	TRY(annot_token_next(&s->c, &t, err));
	if (t.type == ANNOT_TOKEN_TEXT)
		TRY(check_text(s, t.bytes, err));
	if (s->depth > 0) {
		struct level *l = &s->levels[s->depth - 1];
		if (l->map && l->left % 2 == 0)
			TRY(check_key(s, l, &t, err));
		l->left--;
	}
	if (t.type == ANNOT_TOKEN_LIST || t.type == ANNOT_TOKEN_MAP)
		TRY(open_level(s, &t, err));
	while (s->depth > 0 && s->levels[s->depth - 1].left == 0)
		s->depth--;
	return ANNOT_OK;
}

enum annot_status annot_frame_scan(struct annot_bytes frame, struct annot_error *err)
{
	if (frame.len > ANNOT_FRAME_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a frame of %zu bytes; at most %d",
				  frame.len, ANNOT_FRAME_MAX);
	if (frame.len == 0)
		return annot_fail(err, ANNOT_PROTOCOL, "the frame is empty");
	struct scan s; /* not zeroed: 8 KiB that a small frame never touches */
	s.c = annot_cursor(frame);
	s.depth = 0;
	do {
		TRY(scan_value(&s, err));
	} while (s.depth > 0);
	if (s.c.at != s.c.end)
		return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: %zu bytes after the value",
				  at(&s, s.c.at), (size_t)(s.c.end - s.c.at));
	return ANNOT_OK;
}
