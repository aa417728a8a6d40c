#include "log/tiles.h"

#include <inttypes.h>

enum { RECORD_MAX = 65536 };

uint64_t annot_tile_count(unsigned level, uint64_t size)
{
	uint64_t hashes = level < ANNOT_TILE_LEVELS ? size >> (ANNOT_TILE_BITS * level) : 0;
	return hashes / ANNOT_TILE_WIDTH + (hashes % ANNOT_TILE_WIDTH != 0);
}

unsigned annot_tile_width(unsigned level, uint64_t n, uint64_t size)
{
	uint64_t hashes = level < ANNOT_TILE_LEVELS ? size >> (ANNOT_TILE_BITS * level) : 0;
	uint64_t full = hashes / ANNOT_TILE_WIDTH;
	if (n < full)
		return ANNOT_TILE_WIDTH;
	return n == full ? (unsigned)(hashes % ANNOT_TILE_WIDTH) : 0;
}

void annot_tile_path(const char *folder, uint64_t n, unsigned width, struct annot_buf *ret)
{
	uint64_t unit = 1;
	while (n / unit >= 1000)
		unit *= 1000;
	annot_buf_puts(ret, folder);
	for (; unit > 1; unit /= 1000)
		annot_buf_printf(ret, "/x%03" PRIu64, n / unit % 1000);
	annot_buf_printf(ret, "/%03" PRIu64, n % 1000);
	if (width < ANNOT_TILE_WIDTH)
		annot_buf_printf(ret, ".p/%u", width);
}

/* --- entries and records --- */

/* Takes len bytes off the front. */
static bool take(struct annot_bytes *left, size_t len, const uint8_t **ret)
{
	if (left->len < len)
		return false;
	*ret = left->data;
	*left = annot_bytes(left->data + len, left->len - len);
	return true;
}

void annot_entry_write(struct annot_bytes entry, struct annot_buf *ret)
{
	uint8_t len[2];
	annot_put_be(len, sizeof len, entry.len);
	annot_buf_add(ret, len, sizeof len);
	annot_buf_add(ret, entry.data, entry.len);
}

bool annot_entry_next(struct annot_bytes *left, struct annot_bytes *ret)
{
	const uint8_t *at;
	if (!take(left, 2, &at))
		return false;
	ret->len = (size_t)annot_get_be(at, 2);
	return take(left, ret->len, &ret->data);
}

void annot_tile_record_write(const struct annot_tile_record *record, struct annot_buf *ret)
{
	static const uint8_t nobody[ANNOT_KEY_SIZE] = {0};
	uint8_t len[4];
	annot_put_be(len, sizeof len, record->record.len);
	annot_buf_add(ret, len, sizeof len);
	annot_buf_add(ret, record->key ? record->key : nobody, ANNOT_KEY_SIZE);
	annot_buf_add(ret, record->signature, ANNOT_SIGNATURE_SIZE);
	annot_buf_add(ret, record->record.data, record->record.len);
}

bool annot_tile_record_next(struct annot_bytes *left, struct annot_tile_record *ret)
{
	static const uint8_t nobody[ANNOT_KEY_SIZE] = {0};
	const uint8_t *at;
	if (!take(left, ANNOT_TILE_RECORD_HEAD, &at))
		return false;
	*ret = (struct annot_tile_record){.key = at + 4, .signature = at + 4 + ANNOT_KEY_SIZE};
	if (memcmp(ret->key, nobody, sizeof nobody) == 0)
		ret->key = NULL;
	ret->record.len = (size_t)annot_get_be(at, 4);
	if (ret->record.len == 0)
		return true;
	return ret->record.len <= RECORD_MAX && take(left, ret->record.len, &ret->record.data);
}

/* --- the edge --- */

static struct annot_frontier tile_frontier(const struct annot_hash *hashes, unsigned width)
{
	struct annot_frontier f = {.size = 0};
	struct annot_hash nodes[ANNOT_LEVELS];
	for (unsigned i = 0; i < width; i++)
		annot_frontier_append(&f, &hashes[i], nodes);
	return f;
}

enum annot_status annot_tile_edge_add(struct annot_tile_edge *edge, const struct annot_hash *leaf,
				      annot_tile_full full, void *arg, struct annot_error *err)
{
	struct annot_hash hash = *leaf;
	for (unsigned level = 0; level < ANNOT_TILE_LEVELS; level++) {
		struct annot_hash *hashes = edge->level[level].hash;
		hashes[edge->level[level].width++] = hash;
		if (edge->level[level].width < ANNOT_TILE_WIDTH)
			break;
		uint64_t n = (edge->size >> ANNOT_TILE_BITS * level) >> ANNOT_TILE_BITS;
		struct annot_frontier f = tile_frontier(hashes, ANNOT_TILE_WIDTH);
		if (full)
			TRY(full(arg, level, n, hashes, err));
		hash = annot_frontier_root(&f);
		edge->level[level].width = 0;
	}
	edge->size++;
	return ANNOT_OK;
}

struct annot_hash annot_tile_edge_root(const struct annot_tile_edge *edge)
{
	struct annot_frontier all = {.size = edge->size};
	for (unsigned level = 0; level < ANNOT_TILE_LEVELS; level++) {
		struct annot_frontier f =
			tile_frontier(edge->level[level].hash, edge->level[level].width);
		for (unsigned bit = 0; bit < ANNOT_TILE_BITS; bit++)
			all.node[ANNOT_TILE_BITS * level + bit] = f.node[bit];
	}
	return annot_frontier_root(&all);
}
