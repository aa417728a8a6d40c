/*
 * Who approved: the reviews of the subject and of the documents that it stands on. The leaves say
 * where they are, so that none can be kept back.
 */
#include "client/collect.h"

#include <stdlib.h>

#include "base/auto.h"

/* Whether reviews of that record are wanted: of the subject, and of documents. */
static bool is_about(const struct annot_collection *c, const struct annot_hash *on)
{
	if (annot_hash_equal(&c->subject.id, on))
		return true;
	for (size_t i = 0; i < c->n_references; i++) {
		const struct annot_record *r = c->references[i].record;
		if (r && r->kind->kind == ANNOT_KIND_document && annot_hash_equal(&r->id, on))
			return true;
	}
	return false;
}

static enum annot_status find_reviews(const struct annot_collection *c, struct annot_bytes leaves,
				      struct annot_buf *ret, struct annot_error *err)
{
	static const char kind[] = "annot-leaf/v1 review ";
	uint64_t index = 0;
	for (size_t at = 0; at < leaves.len; index++) {
		const uint8_t *line = leaves.data + at;
		const uint8_t *end = memchr(line, '\n', leaves.len - at);
		size_t len = end ? (size_t)(end - line) + 1 : leaves.len - at;
		struct annot_leaf leaf;
		at += len;
		if (len < strlen(kind) || memcmp(line, kind, strlen(kind)) != 0)
			continue;
		TRY(annot_leaf_parse(annot_bytes(line, len), &leaf, err));
		if (is_about(c, &leaf.on) && !annot_collect_has(c, &leaf.record))
			annot_buf_add(ret, &index, sizeof(index));
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
