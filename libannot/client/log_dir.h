/* Copies of logs as folders: what reading and writing them share. */
#ifndef ANNOT_CLIENT_LOG_DIR_H
#define ANNOT_CLIENT_LOG_DIR_H

#include "client/internal.h"
#include "client/logs.h"
#include "log/tiles.h"

#define ANNOT_DIR_ENTRIES "tile/entries"
#define ANNOT_DIR_RECORDS "records"

/* Appends "<dir>/<folder>/<N>[.p/<W>]". */
enum annot_status annot_log_dir_path(const char *dir, const char *folder, uint64_t n,
				     unsigned width, struct annot_buf *ret,
				     struct annot_error *err);
/* The folder of hash tiles of a level: "tile/<L>". */
struct annot_tile_folder {
	char name[16];
};
struct annot_tile_folder annot_tile_folder(unsigned level);

/*
 * Appends a tile of that width, or the full one where the partial one is gone. UNREADABLE,
 * TOO_LARGE. *ret_width: of the file that was read.
 */
enum annot_status annot_log_dir_read(const char *dir, const char *folder, uint64_t n,
				     unsigned width, size_t max, struct annot_buf *ret,
				     struct annot_error *err);
/* Hashes of a tile, width of them. INVALID: the file has another size. */
enum annot_status annot_log_dir_hashes(const char *dir, unsigned level, uint64_t n, unsigned width,
				       struct annot_hash ret[ANNOT_TILE_WIDTH],
				       struct annot_error *err);
/* The edge of a copy of that size, out of its hash tiles; level 0 is left out (size is a multiple
 * of 256). */
enum annot_status annot_log_dir_edge(const char *dir, uint64_t size, struct annot_tile_edge *ret,
				     struct annot_error *err);

#endif
