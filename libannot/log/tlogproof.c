#include "log/tlogproof.h"

#include <inttypes.h>

#include "base/encode.h"

static const char header[] = "c2sp.org/tlog-proof@v1";
static const char extra_word[] = "extra ";
static const char index_word[] = "index ";

/* What is left of a file, by lines. */
struct lines {
	const char *at, *end;
	const char *line;
	size_t len;
	size_t number;
};

static bool next_line(struct lines *l)
{
	const char *stop = l->at < l->end ? memchr(l->at, '\n', (size_t)(l->end - l->at)) : NULL;
	if (!stop)
		return false;
	l->line = l->at;
	l->len = (size_t)(stop - l->at);
	l->at = stop + 1;
	l->number++;
	return true;
}

/* Steps behind a word at the beginning of the line; false if it does not stand there. */
static bool skip_word(struct lines *l, const char *word)
{
	size_t len = strlen(word);
	if (l->len < len || memcmp(l->line, word, len) != 0)
		return false;
	l->line += len;
	l->len -= len;
	return true;
}

static enum annot_status bad_line(const struct lines *l, const char *expected,
				  struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "inclusion proof: line %zu: expected %s", l->number,
			  expected);
}

static enum annot_status parse_extra(struct lines *l, struct annot_tlogproof *p,
				     struct annot_error *err)
{
	uint8_t data[ANNOT_TLOGPROOF_EXTRA_MAX];
	size_t len;
	if (!annot_unbase64(l->line, l->len, data, sizeof data, &len))
		return bad_line(l, "extra data of at most 4096 bytes in canonical base64", err);
	p->extra = annot_bytes(l->line, l->len);
	if (!next_line(l))
		return bad_line(l, "an index line after the extra line", err);
	return ANNOT_OK;
}

enum annot_status annot_tlogproof_parse(struct annot_bytes file, struct annot_tlogproof *ret,
					struct annot_error *err)
{
	if (file.len > ANNOT_TLOGPROOF_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "inclusion proof: %zu bytes, at most %d are taken", file.len,
				  ANNOT_TLOGPROOF_MAX);
	const char *text = (const char *)file.data;
	struct lines l = {.at = text, .end = text ? text + file.len : text};
	struct annot_tlogproof p = {.n_path = 0};
	if (!next_line(&l) || !skip_word(&l, header) || l.len > 0)
		return annot_fail(err, ANNOT_INVALID, "inclusion proof: line 1 must be %s", header);
	if (!next_line(&l))
		return bad_line(&l, "an index line after it", err);
	if (skip_word(&l, extra_word))
		TRY(parse_extra(&l, &p, err));
	if (!skip_word(&l, index_word) || !annot_parse_u64(l.line, l.len, &p.index))
		return bad_line(&l, "\"index\" and a decimal number without leading zeros", err);
	for (;;) {
		if (!next_line(&l))
			return bad_line(&l, "an empty line and a checkpoint to follow it", err);
		if (l.len == 0)
			break;
		if (p.n_path == ANNOT_PATH_MAX)
			return bad_line(&l, "at most 63 hashes", err);
		if (!annot_unbase64_exact(l.line, l.len, p.path[p.n_path].b, ANNOT_HASH_SIZE))
			return bad_line(&l, "a hash, 44 characters of base64", err);
		p.n_path++;
	}
	p.note = annot_bytes(l.at, (size_t)(l.end - l.at));
	if (p.note.len == 0 || p.note.len > ANNOT_NOTE_MAX || l.end[-1] != '\n')
		return bad_line(&l,
				"a checkpoint of at most 16384 bytes to follow it, ending with LF",
				err);
	*ret = p;
	return ANNOT_OK;
}

void annot_tlogproof_write(const struct annot_tlogproof *p, struct annot_buf *ret)
{
	annot_buf_printf(ret, "%s\n", header);
	if (p->extra.data) {
		annot_buf_puts(ret, extra_word);
		annot_buf_add(ret, p->extra.data, p->extra.len);
		annot_buf_putc(ret, '\n');
	}
	annot_buf_printf(ret, "%s%" PRIu64 "\n", index_word, p->index);
	for (size_t i = 0; i < p->n_path; i++) {
		annot_buf_base64(ret, p->path[i].b, ANNOT_HASH_SIZE);
		annot_buf_putc(ret, '\n');
	}
	annot_buf_putc(ret, '\n');
	annot_buf_add(ret, p->note.data, p->note.len);
}
