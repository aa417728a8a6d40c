#include "client/log_dir.h"

#include <inttypes.h>

#include "base/auto.h"
#include "base/file.h"

enum annot_status annot_log_dir_path(const char *dir, const char *folder, uint64_t n,
				     unsigned width, struct annot_buf *ret, struct annot_error *err)
{
	annot_buf_printf(ret, "%s/", dir);
	annot_tile_path(folder, n, width, ret);
	return annot_buf_check(ret, "a path", err);
}

struct annot_tile_folder annot_tile_folder(unsigned level)
{
	struct annot_tile_folder ret;
	snprintf(ret.name, sizeof ret.name, "tile/%u", level);
	return ret;
}

enum annot_status annot_log_dir_read(const char *dir, const char *folder, uint64_t n,
				     unsigned width, size_t max, struct annot_buf *ret,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf full = ANNOT_BUF_INIT(PATH_MAX);
	TRY(annot_log_dir_path(dir, folder, n, width, &path, err));
	TRY(annot_log_dir_path(dir, folder, n, ANNOT_TILE_WIDTH, &full, err));
	bool there = access(path.data, F_OK) == 0 || access(full.data, F_OK) != 0;
	return annot_file_read(there ? path.data : full.data, max, ret, err);
}

enum annot_status annot_log_dir_hashes(const char *dir, unsigned level, uint64_t n, unsigned width,
				       struct annot_hash ret[ANNOT_TILE_WIDTH],
				       struct annot_error *err)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(ANNOT_TILE_HASHES_MAX);
	struct annot_tile_folder folder = annot_tile_folder(level);
	TRY(annot_log_dir_read(dir, folder.name, n, width, ANNOT_TILE_HASHES_MAX, &file, err));
	if (file.len != (size_t)width * ANNOT_HASH_SIZE && file.len != ANNOT_TILE_HASHES_MAX)
		return annot_fail(err, ANNOT_INVALID,
				  "%s: tile %" PRIu64
				  " of level %u has %zu bytes, expected %d for each "
				  "of %u hashes",
				  dir, n, level, file.len, ANNOT_HASH_SIZE, width);
	memcpy(ret, file.data, (size_t)width * ANNOT_HASH_SIZE);
	return ANNOT_OK;
}

enum annot_status annot_log_dir_edge(const char *dir, uint64_t size, struct annot_tile_edge *ret,
				     struct annot_error *err)
{
	*ret = (struct annot_tile_edge){.size = size};
	for (unsigned level = 1; level < ANNOT_TILE_LEVELS; level++) {
		uint64_t n = (size >> ANNOT_TILE_BITS * level) >> ANNOT_TILE_BITS;
		unsigned width = annot_tile_width(level, n, size);
		ret->level[level].width = width;
		if (width > 0)
			TRY(annot_log_dir_hashes(dir, level, n, width, ret->level[level].hash,
						 err));
	}
	return ANNOT_OK;
}

enum annot_status annot_log_note(const char *dir, struct annot_buf *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	annot_buf_printf(&path, "%s/checkpoint", dir);
	TRY(annot_buf_check(&path, "a path", err));
	return annot_file_read(path.data, ANNOT_NOTE_MAX, ret, err);
}

enum annot_status annot_log_leaves(const char *dir, uint64_t size, struct annot_buf *ret,
				   struct annot_error *err)
{
	for (uint64_t n = 0; n < annot_tile_count(0, size); n++) {
		AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(ANNOT_TILE_ENTRIES_MAX);
		unsigned width = annot_tile_width(0, n, size);
		TRY(annot_log_dir_read(dir, ANNOT_DIR_ENTRIES, n, width, ANNOT_TILE_ENTRIES_MAX,
				       &file, err));
		struct annot_bytes left = annot_buf_bytes(&file), line;
		for (unsigned i = 0; i < width; i++) {
			if (!annot_entry_next(&left, &line))
				return annot_fail(err, ANNOT_INVALID,
						  "%s: entries of tile %" PRIu64
						  " end after %u of %u",
						  dir, n, i, width);
			annot_buf_add(ret, line.data, line.len);
		}
		TRY(annot_buf_check(ret, "the leaves", err));
	}
	return ANNOT_OK;
}
