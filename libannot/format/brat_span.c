/* T lines. */
#include "base/encode.h"
#include "format/brat.h"
#include "text/utf8.h"

static enum annot_status bad(const char *expected, struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "expected %s", expected);
}

static enum annot_status read_offset(const char *at, const char *end, uint64_t *ret,
				     const char **ret_at, struct annot_error *err)
{
	size_t len = 0;
	while (at + len < end && at[len] >= '0' && at[len] <= '9')
		len++;
	if (!annot_parse_u64(at, len, ret))
		return bad("an offset in code points", err);
	*ret_at = at + len;
	return ANNOT_OK;
}

/* "0 5;16 23" */
static enum annot_status read_offsets(const char *at, const char *end, struct brat_span *ret,
				      struct annot_error *err)
{
	while (at < end) {
		if (ret->n == BRAT_PIECES_MAX)
			return annot_fail(err, ANNOT_INVALID, "a span of more than %d pieces",
					  BRAT_PIECES_MAX);
		uint64_t *start = &ret->pieces[ret->n].start, *stop = &ret->pieces[ret->n].end;
		TRY(read_offset(at, end, start, &at, err));
		if (at == end || *at++ != ' ')
			return bad("a space between start and end", err);
		TRY(read_offset(at, end, stop, &at, err));
		if (*start >= *stop)
			return bad("a start before its end", err);
		if (ret->n > 0 && *start < ret->pieces[ret->n - 1].end)
			return bad("pieces in order that do not overlap", err);
		ret->n++;
		if (at < end && (*at++ != ';' || at == end))
			return bad("a semicolon between pieces", err);
	}
	return ret->n > 0 ? ANNOT_OK : bad("offsets", err);
}

/* Where the words of a piece end that has so many units. */
static size_t words_end(const char *words, size_t len, size_t at, uint64_t units, bool utf16)
{
	uint64_t done = 0;
	while (at < len && done < units) {
		uint32_t c = annot_utf8_next(words, len, &at);
		done += utf16 && c > 0xffff ? 2 : 1;
	}
	return done == units ? at : SIZE_MAX;
}

/* The words of each piece: joined by one space, and as long as the offsets say. */
static enum annot_status share_words(const char *words, size_t len, bool utf16,
				     struct brat_span *ret, struct annot_error *err)
{
	size_t at = 0;
	for (size_t i = 0; i < ret->n; i++) {
		if (i > 0 && (at == len || words[at++] != ' '))
			return bad("one space between the words of two pieces", err);
		size_t end =
			words_end(words, len, at, ret->pieces[i].end - ret->pieces[i].start, utf16);
		if (end == SIZE_MAX)
			return annot_fail(err, ANNOT_INVALID,
					  "its words are shorter than its offsets say");
		ret->pieces[i].words = words + at;
		ret->pieces[i].len = end - at;
		at = end;
	}
	return at == len ? ANNOT_OK
			 : annot_fail(err, ANNOT_INVALID,
				      "its words are longer than its offsets say");
}

enum annot_status brat_span_read(struct annot_arena *arena, const char *line, size_t len,
				 struct brat_span *ret, struct annot_error *err)
{
	char *copy = annot_arena_copy(arena, line, len);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a span");
	char *end = copy + len, *tab = memchr(copy, '\t', len);
	char *words = tab ? memchr(tab + 1, '\t', (size_t)(end - tab - 1)) : NULL;
	char *space = words ? memchr(tab + 1, ' ', (size_t)(words - tab - 1)) : NULL;
	if (!space || space == tab + 1 || tab == copy + 1)
		return bad("T1 TAB Type START END TAB words", err);
	*tab = *space = '\0';
	ret->n = 0;
	ret->number = copy;
	ret->type = tab + 1;
	TRY(read_offsets(space + 1, words, ret, err));
	size_t words_len = (size_t)(end - words - 1);
	/* brat's browser counts UTF-16 units (nlplab/brat#1115). */
	if (share_words(words + 1, words_len, true, ret, NULL) == ANNOT_OK &&
	    share_words(words + 1, words_len, false, ret, NULL) != ANNOT_OK)
		return share_words(words + 1, words_len, true, ret, err);
	return share_words(words + 1, words_len, false, ret, err);
}
