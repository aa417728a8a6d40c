#include "anchor/blocks.h"

#include <stdlib.h>

#include "text/utf8.h"

enum {
	BYTES_OF_LETTER = 32
}; /* of room for those that are repeated: many stand for more than one */

enum annot_status annot_blocks_new(struct annot_alphabet *alphabet, size_t lead,
				   struct annot_blocks *ret, struct annot_error *err)
{
	size_t cap = 2 * ANNOT_BLOCKS_SPREAD + BYTES_OF_LETTER * lead;
	*ret = (struct annot_blocks){
		.alphabet = alphabet, .lead = lead, .block = malloc(cap), .cap = cap};
	if (!ret->block)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu bytes of text", cap);
	return ANNOT_OK;
}

void annot_blocks_free(struct annot_blocks *b)
{
	free(b->block);
	annot_letters_free(&b->letters);
	*b = (struct annot_blocks){0};
}

void annot_blocks_begin(struct annot_blocks *b)
{
	b->len = 0;
	b->offset = b->first = b->taken = 0;
	b->done = false;
}

/* Leaves what is to be repeated of letters, of which n have been handed on. */
static void drop(struct annot_blocks *b, const struct annot_letters *l, size_t n)
{
	size_t letter = n > b->lead ? n - b->lead : 0, start = 0, end;
	if (letter < l->n)
		annot_letters_source(l, letter, letter + 1, &start, &end);
	size_t most = b->cap - ANNOT_BLOCKS_SPREAD;
	if (b->len - start > most)
		start = annot_utf8_back(b->block, b->len, b->len - most, 1);
	/* The first of the letters that begin there, or of those that what is there belongs to. */
	annot_letters_of(l, start, start, &letter, &end);
	memmove(b->block, b->block + start, b->len - start);
	b->len -= start;
	b->offset += start;
	b->first += letter;
	if (b->taken < b->first)
		b->taken = b->first;
}

static enum annot_status read_block(struct annot_blocks *b, bool last, annot_blocks_take take,
				    void *data, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	struct annot_letters *l = &b->letters;
	size_t len = b->len, n, ignored;
	if (!last) /* the last code point may not be complete */
		len = annot_utf8_back(b->block, b->len, b->len, 1);
	TRY(annot_letters_again(b->alphabet, b->block, len, l, err));
	n = l->n;
	if (!last)
		annot_letters_of(l, len - ANNOT_BLOCKS_AHEAD, len - ANNOT_BLOCKS_AHEAD, &n,
				 &ignored);
	size_t from = (size_t)(b->taken - b->first);
	if (from < n) {
		status = take(data, l, from, n, err);
		b->taken = b->first + n;
	}
	if (status == ANNOT_OK && !last)
		drop(b, l, n);
	return status;
}

enum annot_status annot_blocks_feed(struct annot_blocks *b, struct annot_bytes piece,
				    annot_blocks_take take, void *data, struct annot_error *err)
{
	const char *bytes = (const char *)piece.data;
	for (size_t at = 0; at < piece.len && !b->done;) {
		size_t n = piece.len - at < b->cap - b->len ? piece.len - at : b->cap - b->len;
		memcpy(b->block + b->len, bytes + at, n);
		b->len += n;
		at += n;
		if (b->len == b->cap)
			TRY(read_block(b, false, take, data, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_blocks_end(struct annot_blocks *b, annot_blocks_take take, void *data,
				   struct annot_error *err)
{
	return b->done ? ANNOT_OK : read_block(b, true, take, data, err);
}
