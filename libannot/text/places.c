#include "text/places.h"

#include <stdlib.h>

#include "text/utf8.h"

enum { STEP = 4096 };

/* What stands before the text's byte number STEP * i. */
struct mark {
	size_t chars, lines;
};

struct annot_places {
	const char *text;
	struct mark marks[];
};

static size_t count_lines(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

enum annot_status annot_places_new(struct annot_bytes text, struct annot_places **ret,
				   struct annot_error *err)
{
	size_t n = text.len / STEP + 1;
	struct annot_places *p = malloc(sizeof *p + n * sizeof p->marks[0]);
	struct mark at = {0};
	if (!p)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the places of a text");
	p->text = (const char *)text.data;
	for (size_t i = 0; i < n; i++) {
		size_t from = i * STEP, len = text.len - from < STEP ? text.len - from : STEP;
		p->marks[i] = at;
		at.chars += annot_utf8_chars(p->text + from, len);
		at.lines += count_lines(p->text + from, len);
	}
	*ret = p;
	return ANNOT_OK;
}

struct annot_places *annot_places_free(struct annot_places *p)
{
	free(p);
	return NULL;
}

size_t annot_places_chars(const struct annot_places *p, size_t byte)
{
	size_t from = byte / STEP * STEP;
	return p->marks[byte / STEP].chars + annot_utf8_chars(p->text + from, byte - from);
}

struct annot_place_at annot_places_at(const struct annot_places *p, size_t byte)
{
	size_t from = byte / STEP * STEP, chars = annot_places_chars(p, byte);
	const char *before = byte > 0 ? memrchr(p->text, '\n', byte) : NULL;
	size_t start = before ? (size_t)(before - p->text) + 1 : 0;
	return (struct annot_place_at){
		.chars = chars,
		.line = 1 + p->marks[byte / STEP].lines + count_lines(p->text + from, byte - from),
		.column = 1 + chars - annot_places_chars(p, start),
	};
}
