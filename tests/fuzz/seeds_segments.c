/* Segments of the index over texts, as small as they can be. */
#include "seeds.h"

#include "locate/segment.h"

static void add(struct annot_segment_builder *b, uint64_t index, const char *text)
{
	struct annot_hash record = {{(uint8_t)index}};
	struct annot_error err;
	REQUIRE(annot_segment_begin(b, index, &record, &err) == ANNOT_OK);
	REQUIRE(annot_segment_add(b, annot_bytes_of(text), &err) == ANNOT_OK);
	REQUIRE(annot_segment_finish(b, &err) == ANNOT_OK);
}

static void write_seed(struct annot_segment_builder *b, const char *name)
{
	static const struct annot_hash corpus = {{1, 2, 3}};
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(1 << 20);
	struct annot_segment_sink sink = annot_segment_in(&bytes);
	struct annot_error err;
	REQUIRE(annot_segment_write(b, &corpus, &sink, &err) == ANNOT_OK);
	seeds_save("segment", name, bytes.data, bytes.len);
}

void seeds_segments(void)
{
	static const char words[] = "Nobody has the intention to build a wall, said the minister "
				    "of the interior; the wall "
				    "was built two months later. "
				    "\xe5\xa2\x99\xe6\x98\xaf\xe4\xb8\xa4\xe4\xb8\xaa\xe6\x9c\x88"
				    "\xe5\x90\x8e\xe5\xbb\xba\xe6\x88\x90\xe7\x9a\x84\xe3\x80\x82";
	AUTO_BUF struct annot_buf same = ANNOT_BUF_INIT(1 << 17);
	struct annot_segment_builder *b = NULL;
	struct annot_error err;
	REQUIRE(annot_segment_builder_new(&b, &err) == ANNOT_OK);
	write_seed(b, "empty");
	add(b, 2, words);
	add(b, 3, words);
	add(b, 8, "");
	write_seed(b, "words");
	/* Marks, and fingerprints that stand in many places. */
	while (same.len < 40000)
		annot_buf_puts(&same, "the same thirty words and no more ");
	add(b, 5, same.data);
	write_seed(b, "marks");
	annot_segment_builder_free(b);
}
