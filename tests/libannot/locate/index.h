/* Texts for tests of the index: random words, and words altered at random. */
#ifndef TESTS_LIBANNOT_LOCATE_INDEX_H
#define TESTS_LIBANNOT_LOCATE_INDEX_H

#include "assert.h"

#include <stdio.h>
#include <stdlib.h>

#include "../text/random.h"
#include "base/auto.h"
#include "locate/segment.h"

static const struct annot_hash test_corpus_id = {{1, 2, 3}};

/* len bytes, about, of words drawn from n_words that are the same for all texts. */
static inline void random_prose(uint64_t *state, size_t len, size_t n_words, struct annot_buf *ret)
{
	static const char *const syllables[] = {"ka",  "lo", "mi", "ren", "ta",  "stu", "vo",  "pé",
						"dis", "or", "u",  "жи",  "wex", "ny",  "gro", "a"};
	while (ret->len < len) {
		uint64_t word = random_below(state, n_words) * 0x9E3779B97F4A7C15 + 7;
		for (size_t n = 1 + random_below(&word, 4); n > 0; n--)
			annot_buf_puts(ret, syllables[random_below(&word, COUNT(syllables))]);
		annot_buf_puts(ret, random_below(state, 12) == 0 ? ". " : " ");
	}
}

static inline struct annot_segment_builder *new_builder(void)
{
	struct annot_segment_builder *b = NULL;
	assert_ok(annot_segment_builder_new(&b, &test_error));
	return b;
}

/* In pieces of that many bytes, cut between code points. */
static inline void add_text(struct annot_segment_builder *b, uint64_t index,
			    struct annot_bytes text, size_t piece)
{
	struct annot_hash record = {{(uint8_t)index, 42}};
	assert_ok(annot_segment_begin(b, index, &record, &test_error));
	for (size_t at = 0, end; at < text.len; at = end) {
		end = text.len - at < piece ? text.len : at + piece;
		while (!annot_utf8_boundary((const char *)text.data, text.len, end))
			end++;
		assert_ok(annot_segment_add(b, annot_bytes(text.data + at, end - at), &test_error));
	}
	assert_ok(annot_segment_finish(b, &test_error));
}

/* A segment in memory, of what the builder has gathered; the buffer is the caller's to free. */
static inline struct annot_segment write_segment(struct annot_segment_builder *b,
						 struct annot_buf *ret)
{
	struct annot_segment s;
	*ret = ANNOT_BUF_INIT(64 << 20);
	struct annot_segment_sink sink = annot_segment_in(ret);
	assert_ok(annot_segment_write(b, &test_corpus_id, &sink, &test_error));
	assert_ok(annot_segment_open(annot_buf_bytes(ret), &test_corpus_id, &s, &test_error));
	return s;
}

#endif
