/*
 * Who approved and who stood by it: reviews and reaffirmations of the records of a bundle. The
 * leaves say where they are, so that none can be kept back.
 */
#include "client/collect.h"

#include <stdlib.h>

#include "base/auto.h"

/* Kinds whose bytes the verifier wants where they are about what is in the bundle. */
static bool is_said_about(const struct annot_bytes *line)
{
	static const char *const kinds[] = {"annot-leaf/v1 review ", "annot-leaf/v1 reaffirm "};
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (line->len >= strlen(kinds[i]) &&
		    memcmp(line->data, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

static enum annot_status find_reviews(struct annot_collection *c, struct annot_bytes leaves,
				      struct annot_buf *ret, struct annot_error *err)
{
	uint64_t index = 0;
	for (size_t at = 0; at < leaves.len; index++) {
		const uint8_t *start = leaves.data + at;
		const uint8_t *end = memchr(start, '\n', leaves.len - at);
		struct annot_bytes line =
			annot_bytes(start, end ? (size_t)(end - start) + 1 : leaves.len - at);
		struct annot_leaf leaf;
		at += line.len;
		if (!is_said_about(&line))
			continue;
		TRY(annot_leaf_parse(line, &leaf, err));
		if (!annot_collect_has(c, &leaf.on) || annot_collect_has(c, &leaf.record))
			continue;
		annot_buf_add(ret, &index, sizeof(index));
		TRY(annot_collect_note(c, &leaf.record, err)); /* it may be reaffirmed */
	}
	return annot_buf_check(ret, "the reviews", err);
}

enum annot_status annot_collect_reviews(struct annot_collection *c, struct annot_bytes leaves,
					struct annot_error *err)
{
	AUTO_BUF struct annot_buf list =
		ANNOT_BUF_INIT(ANNOT_BUNDLE_RECORDS_MAX * sizeof(uint64_t));
	TRY(find_reviews(c, leaves, &list, err));
	size_t n = list.len / sizeof(uint64_t);
	if (n == 0)
		return ANNOT_OK;
	AUTO_FREE uint64_t *indexes = malloc(list.len);
	struct annot_collected *reviews = annot_arena_array(c->arena, n, sizeof(*reviews));
	if (!indexes || !reviews)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	memcpy(indexes, list.data, list.len);
	TRY(annot_collect_raw(c, indexes, n, reviews, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(annot_collect_add(c, &reviews[i], err));
	return ANNOT_OK;
}
