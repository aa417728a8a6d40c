/* Chunks of texts with their proofs. */
#include "proof/excerpt.h"

#include <inttypes.h>

#include "base/auto.h"
#include "base/encode.h"

enum { PATH_LINE = 45 }; /* base64 of a hash, and LF */

static const char DOCUMENT[] = "document ", CHUNK[] = "chunk ";

/* Takes "<word><value> LF" off the front. */
static bool take_line(struct annot_bytes *left, const char *word, struct annot_bytes *ret)
{
	size_t len = strlen(word);
	const uint8_t *end = left->len ? memchr(left->data, '\n', left->len) : NULL;

	if (!end || (size_t)(end - left->data) < len || memcmp(left->data, word, len) != 0)
		return false;
	*ret = annot_bytes(left->data + len, (size_t)(end - left->data) - len);
	*left = annot_bytes(end + 1, left->len - (size_t)(end - left->data) - 1);
	return true;
}

enum annot_status annot_chunk_parse(struct annot_bytes section, struct annot_chunk *ret,
				    struct annot_error *err)
{
	struct annot_bytes left = section, value;
	struct annot_chunk chunk = {.number = 0};

	if (!take_line(&left, DOCUMENT, &value) ||
	    !annot_hash_unhex((const char *)value.data, value.len, &chunk.document))
		return annot_fail(err, ANNOT_INVALID, "expected a line \"document <hex64>\"");
	if (!take_line(&left, CHUNK, &value) ||
	    !annot_parse_u64((const char *)value.data, value.len, &chunk.number))
		return annot_fail(err, ANNOT_INVALID, "expected a line \"chunk <number>\"");
	chunk.path.data = left.data;
	while (left.len && left.data[0] != '\n') {
		if (!take_line(&left, "", &value) || value.len != PATH_LINE - 1)
			return annot_fail(err, ANNOT_INVALID,
					  "expected hashes, 44 characters of base64 each");
		chunk.path.len += PATH_LINE;
	}
	if (!left.len)
		return annot_fail(err, ANNOT_INVALID, "expected an empty line behind the hashes");
	chunk.text = annot_bytes(left.data + 1, left.len - 1);
	*ret = chunk;
	return ANNOT_OK;
}

enum annot_status annot_chunk_check(const struct annot_chunk *chunk,
				    const struct annot_record *document, struct annot_error *err)
{
	uint64_t length = annot_record_card(document, "length")->start;
	uint64_t n = annot_chunk_count(length);
	size_t n_path = chunk->path.len / PATH_LINE;
	struct annot_hash path[ANNOT_PATH_MAX], leaf;
	uint64_t expected;

	if (chunk->number >= n || n_path > ANNOT_PATH_MAX)
		return annot_fail(err, ANNOT_MISMATCH,
				  "the document has no chunk %" PRIu64 ", or no such path to it",
				  chunk->number);
	expected = chunk->number + 1 < n ? ANNOT_CHUNK_SIZE
					 : length - chunk->number * ANNOT_CHUNK_SIZE;
	if (chunk->text.len != expected)
		return annot_fail(err, ANNOT_MISMATCH,
				  "chunk %" PRIu64 " has %zu bytes, expected %" PRIu64,
				  chunk->number, chunk->text.len, expected);
	for (size_t i = 0; i < n_path; i++)
		if (!annot_unbase64_exact((const char *)chunk->path.data + i * PATH_LINE,
					  PATH_LINE - 1, path[i].b, ANNOT_HASH_SIZE))
			return annot_fail(err, ANNOT_MISMATCH, "hash %zu is not base64", i + 1);
	leaf = annot_leaf_hash(chunk->text.data, chunk->text.len);
	return annot_verify_inclusion(chunk->number, n, &leaf, path, n_path,
				      &annot_record_card(document, "chunks")->hash, err);
}

void annot_chunk_range(uint64_t start, uint64_t end, uint64_t length, uint64_t *first,
		       uint64_t *last)
{
	uint64_t from = start > ANNOT_CHUNK_MARGIN ? start - ANNOT_CHUNK_MARGIN : 0;
	uint64_t to = length - end > ANNOT_CHUNK_MARGIN ? end + ANNOT_CHUNK_MARGIN : length;

	*first = from / ANNOT_CHUNK_SIZE;
	*last = (to - 1) / ANNOT_CHUNK_SIZE;
}

/* --- making them --- */

/* Hashes of a text's chunks, as a tree. */
struct tree {
	const struct annot_hash *leaves;
};

static enum annot_status read_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	const struct tree *tree = ctx;
	struct annot_frontier f = {.size = 0};
	struct annot_hash nodes[ANNOT_LEVELS];

	(void)err;
	for (uint64_t i = n << level; i < (n + 1) << level; i++)
		annot_frontier_append(&f, &tree->leaves[i], nodes);
	*ret = annot_frontier_root(&f);
	return ANNOT_OK;
}

static enum annot_status write_section(struct annot_arena *arena, const struct annot_hash *document,
				       const struct annot_tree_reader *reader, uint64_t number,
				       struct annot_bytes text, struct annot_bytes *ret,
				       struct annot_error *err)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_CHUNK_SECTION_MAX);
	uint64_t at = number * ANNOT_CHUNK_SIZE;
	size_t len = text.len - at < ANNOT_CHUNK_SIZE ? (size_t)(text.len - at) : ANNOT_CHUNK_SIZE;
	struct annot_hash path[ANNOT_PATH_MAX];
	size_t n;
	char *copy;

	TRY(annot_tree_inclusion(reader, number, annot_chunk_count(text.len), path, &n, err));
	annot_buf_printf(&b, "%s%s\n%s%" PRIu64 "\n", DOCUMENT, annot_hash_hex(document).text,
			 CHUNK, number);
	for (size_t i = 0; i < n; i++) {
		annot_buf_base64(&b, path[i].b, ANNOT_HASH_SIZE);
		annot_buf_putc(&b, '\n');
	}
	annot_buf_putc(&b, '\n');
	annot_buf_add(&b, text.data + at, len);
	TRY(annot_buf_check(&b, "an excerpt", err));
	copy = annot_arena_copy(arena, b.data, b.len);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for an excerpt");
	*ret = annot_bytes(copy, b.len);
	return ANNOT_OK;
}

enum annot_status annot_chunk_sections(struct annot_arena *arena, const struct annot_hash *document,
				       struct annot_bytes text, const bool *wanted,
				       struct annot_bytes *ret, size_t *ret_n,
				       struct annot_error *err)
{
	uint64_t count = annot_chunk_count(text.len);
	struct annot_hash *leaves = annot_arena_array(arena, (size_t)count + 1, sizeof(*leaves));
	struct tree tree = {.leaves = leaves};
	struct annot_tree_reader reader = {.ctx = &tree, .node = read_node};
	size_t n = 0;

	if (!leaves)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for an excerpt");
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = i * ANNOT_CHUNK_SIZE, left = text.len - at;

		leaves[i] = annot_leaf_hash(
			text.data + at, left < ANNOT_CHUNK_SIZE ? (size_t)left : ANNOT_CHUNK_SIZE);
	}
	for (uint64_t i = 0; i < count; i++)
		if (wanted[i])
			TRY(write_section(arena, document, &reader, i, text, &ret[n++], err));
	*ret_n = n;
	return ANNOT_OK;
}
