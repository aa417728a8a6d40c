/*
 * A log as static files (c2sp.org/tlog-tiles v0.1.0), below one folder:
 *
 *   checkpoint                        signed note
 *   tile/<L>/<N>[.p/<W>]              256 (W) hashes of the tree's level 8 L, 32 bytes each
 *   tile/entries/<N>[.p/<W>]          the leaves: u16 length and bytes of each
 *   records/<N>[.p/<W>]               not of that format: what the leaves are made from, below
 *
 * N is written x001/x234/067; W (1..255) only of the last, partial tile. Of records: u32 length,
 * the author's Ed25519 public key (all zero: nobody enrolled it), the 64 bytes of the signature,
 * the record; length 0: it was withheld. Numbers are big-endian.
 */
#ifndef ANNOT_LOG_TILES_H
#define ANNOT_LOG_TILES_H

#include "base/buf.h"
#include "log/tree.h"

enum {
	ANNOT_TILE_WIDTH = 256,
	ANNOT_TILE_BITS = 8,
	ANNOT_TILE_LEVELS = 8, /* a log of 2^63 records has no more */
	ANNOT_TILE_HASHES_MAX = ANNOT_TILE_WIDTH * ANNOT_HASH_SIZE,
	ANNOT_TILE_ENTRIES_MAX = ANNOT_TILE_WIDTH * (2 + 65535),
	ANNOT_TILE_RECORD_HEAD = 4 + ANNOT_KEY_SIZE + ANNOT_SIGNATURE_SIZE,
	ANNOT_TILE_RECORDS_MAX = ANNOT_TILE_WIDTH * (ANNOT_TILE_RECORD_HEAD + 65536),
};

/* Tiles of a level that a log of that size has, a partial one included; and how wide number n of
 * them is (0: there is none). */
uint64_t annot_tile_count(unsigned level, uint64_t size);
unsigned annot_tile_width(unsigned level, uint64_t n, uint64_t size);

/* Appends "<folder>/<N>", with ".p/<W>" for a width below 256. */
void annot_tile_path(const char *folder, uint64_t n, unsigned width, struct annot_buf *ret);

void annot_entry_write(struct annot_bytes entry, struct annot_buf *ret);
/* Takes the first entry off. False: it is cut off. */
bool annot_entry_next(struct annot_bytes *left, struct annot_bytes *ret);

/* One record of a records tile; record.data NULL: withheld. */
struct annot_tile_record {
	const uint8_t *key;       /* ANNOT_KEY_SIZE bytes; NULL: of nobody who was ever enrolled */
	const uint8_t *signature; /* ANNOT_SIGNATURE_SIZE bytes */
	struct annot_bytes record;
};
void annot_tile_record_write(const struct annot_tile_record *record, struct annot_buf *ret);
/* Takes the first one off; views point into left. False: it is cut off, or longer than a record may
 * be. */
bool annot_tile_record_next(struct annot_bytes *left, struct annot_tile_record *ret);

/*
 * The right edge of a log that grows: of each level the tile that is not full yet. All that adding
 * leaves takes, and all that a checkpoint's size leaves partial.
 */
struct annot_tile_edge {
	uint64_t size;
	struct {
		unsigned width;
		struct annot_hash hash[ANNOT_TILE_WIDTH];
	} level[ANNOT_TILE_LEVELS];
};
/*
 * Adds a leaf hash. full is called with each tile that becomes full, lowest level first; its status
 * is passed on. full may be NULL.
 */
typedef enum annot_status (*annot_tile_full)(void *arg, unsigned level, uint64_t n,
					     const struct annot_hash *hashes,
					     struct annot_error *err);
ANNOT_CHECKED enum annot_status annot_tile_edge_add(struct annot_tile_edge *edge,
						    const struct annot_hash *leaf,
						    annot_tile_full full, void *arg,
						    struct annot_error *err);
struct annot_hash annot_tile_edge_root(const struct annot_tile_edge *edge);

#endif
