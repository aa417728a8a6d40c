/*
 * A copy of the log as static files. What is new is written beside what is there; the checkpoint
 * comes last, so that a copy that was cut short is the one before, with files that nothing names
 * yet.
 */
#include "client/log_dir.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"
#include "log/leaf.h"

enum { FILE_MODE = 0644, REVIEWS_MAX = 1 << 24 };

struct copying {
	struct annot *a;
	const char *dir;
	struct annot_checkpoint before, now;
	struct annot_buf note; /* of now */
	struct annot_tile_edge edge;
	struct annot_buf entries, records; /* of the tile under way */
	struct annot_buf leaves;           /* hashes of its leaves */
	struct annot_buf reviews;          /* log indexes of those that are new */
	bool withholds;                    /* records were withheld, or may have come to be */
	annot_progress progress;
	void *arg;
};

/* --- files --- */

/* Makes the folders on the way to a file, open to all whom umask leaves in. */
static enum annot_status make_way(char *path, struct annot_error *err)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int rv = mkdir(path, 0777);
		if (rv != 0 && errno != EEXIST)
			return annot_fail(err, ANNOT_UNREADABLE, "%s: cannot be made: %s", path,
					  strerror(errno));
		*slash = '/';
	}
	return ANNOT_OK;
}

static enum annot_status put_tile(const struct copying *e, const char *folder, uint64_t n,
				  unsigned width, struct annot_bytes content,
				  struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	TRY(annot_log_dir_path(e->dir, folder, n, width, &path, err));
	TRY(make_way(path.data, err));
	return annot_file_replace_unsynced(path.data, content, FILE_MODE, err);
}

/* Removes the partial tiles of number n that a log grew past, but for one of width keep (0: none).
 */
static void drop_partial(const struct copying *e, const char *folder, uint64_t n, unsigned keep)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	struct dirent *entry;
	char kept[8];
	snprintf(kept, sizeof(kept), "%u", keep);
	if (annot_log_dir_path(e->dir, folder, n, ANNOT_TILE_WIDTH, &path, NULL) != ANNOT_OK)
		return;
	annot_buf_puts(&path, ".p");
	DIR *list = path.failed ? NULL : opendir(path.data);
	if (!list)
		return;
	while ((entry = readdir(list)) != NULL)
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, kept) != 0)
			(void)unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	if (!keep)
		(void)rmdir(path.data);
}

static enum annot_status put_full(void *arg, unsigned level, uint64_t n,
				  const struct annot_hash *hashes, struct annot_error *err)
{
	struct annot_tile_folder folder = annot_tile_folder(level);
	return put_tile(arg, folder.name, n, ANNOT_TILE_WIDTH,
			annot_bytes(hashes, ANNOT_TILE_HASHES_MAX), err);
}

/* --- records --- */

static enum annot_status check_raw(const struct annot_raw *raw, struct annot_leaf *ret,
				   struct annot_error *err)
{
	TRY(annot_leaf_parse(annot_bytes_of(raw->leaf), ret, err));
	if (raw->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_PROTOCOL, "record #%" PRIu64 " has no signature",
				  raw->index);
	struct annot_hash signature = annot_sha256(raw->signature.data, raw->signature.len);
	struct annot_hash record = annot_sha256(raw->record.data, raw->record.len);
	if (!annot_hash_equal(&signature, &ret->signature) ||
	    (raw->record.data && !annot_hash_equal(&record, &ret->record)))
		return annot_fail(err, ANNOT_MISMATCH, "record #%" PRIu64 " does not fit its leaf",
				  raw->index);
	return ANNOT_OK;
}

static enum annot_status take(void *arg, const struct annot_raw *raw, struct annot_error *err)
{
	struct copying *e = arg;
	struct annot_public_key key;
	struct annot_leaf leaf;
	struct annot_bytes line = annot_bytes_of(raw->leaf);
	TRY(check_raw(raw, &leaf, err));
	struct annot_tile_record stored = {.signature = raw->signature.data, .record = raw->record};
	enum annot_status status = annot_author_key(e->a, &leaf.author, &key, err);
	if (status == ANNOT_OK)
		stored.key = key.key;
	else if (status != ANNOT_NOT_FOUND)
		return status;
	struct annot_hash hash = annot_leaf_hash(line.data, line.len);
	annot_entry_write(line, &e->entries);
	annot_tile_record_write(&stored, &e->records);
	annot_buf_add(&e->leaves, &hash, sizeof(hash));
	if (raw->index >= e->before.size && leaf.kind == ANNOT_KIND_withhold)
		e->withholds = true;
	if (raw->index >= e->before.size && leaf.kind == ANNOT_KIND_review)
		annot_buf_add(&e->reviews, &raw->index, sizeof(raw->index));
	TRY(annot_buf_check(&e->entries, "entries", err));
	TRY(annot_buf_check(&e->leaves, "leaves", err));
	TRY(annot_buf_check(&e->reviews, "reviews", err));
	return annot_buf_check(&e->records, "records", err);
}

/* Fetches the records of a tile into the buffers. */
static enum annot_status fetch_tile(struct copying *e, uint64_t n, unsigned width,
				    struct annot_error *err)
{
	uint64_t indexes[ANNOT_TILE_WIDTH];
	annot_buf_truncate(&e->entries, 0);
	annot_buf_truncate(&e->records, 0);
	annot_buf_truncate(&e->leaves, 0);
	for (unsigned i = 0; i < width; i++)
		indexes[i] = n * ANNOT_TILE_WIDTH + i;
	return annot_raw_each(e->a, indexes, width, take, e, err);
}

static enum annot_status put_records(struct copying *e, uint64_t n, unsigned width,
				     struct annot_error *err)
{
	TRY(put_tile(e, ANNOT_DIR_RECORDS, n, width, annot_buf_bytes(&e->records), err));
	/* An older partial tile may hold what was withheld since; nothing promises to keep it. */
	drop_partial(e, ANNOT_DIR_RECORDS, n, width < ANNOT_TILE_WIDTH ? width : 0);
	return ANNOT_OK;
}

static enum annot_status export_tile(struct copying *e, uint64_t n, struct annot_error *err)
{
	unsigned width = annot_tile_width(0, n, e->now.size);
	TRY(fetch_tile(e, n, width, err));
	for (unsigned i = 0; i < width; i++) {
		struct annot_hash leaf;
		memcpy(leaf.b, e->leaves.data + (size_t)i * ANNOT_HASH_SIZE, ANNOT_HASH_SIZE);
		TRY(annot_tile_edge_add(&e->edge, &leaf, put_full, e, err));
	}
	TRY(put_tile(e, ANNOT_DIR_ENTRIES, n, width, annot_buf_bytes(&e->entries), err));
	return put_records(e, n, width, err);
}

static enum annot_status tell(const struct copying *e, uint64_t done, struct annot_error *err)
{
	if (!e->progress || e->progress(e->arg, done, e->now.size))
		return ANNOT_OK;
	return annot_fail(err, ANNOT_CONFLICT, "stopped at #%" PRIu64, done);
}

/* --- all of it --- */

static enum annot_status export_new(struct copying *e, struct annot_error *err)
{
	uint64_t first = e->before.size / ANNOT_TILE_WIDTH;
	TRY(annot_log_dir_edge(e->dir, first * ANNOT_TILE_WIDTH, &e->edge, err));
	for (uint64_t n = first; n < annot_tile_count(0, e->now.size); n++) {
		TRY(tell(e, n * ANNOT_TILE_WIDTH, err));
		TRY(export_tile(e, n, err));
	}
	struct annot_hash root = annot_tile_edge_root(&e->edge);
	if (!annot_hash_equal(&root, &e->now.root))
		return annot_fail(err, ANNOT_MISMATCH,
				  "%s: with what the daemon shows, the log does not come to the "
				  "checkpoint of size %" PRIu64
				  "; make the copy anew in an empty folder",
				  e->dir, e->now.size);
	for (unsigned level = 0; level < ANNOT_TILE_LEVELS; level++) {
		struct annot_tile_folder folder = annot_tile_folder(level);
		unsigned width = e->edge.level[level].width;
		if (width > 0)
			TRY(put_tile(e, folder.name, annot_tile_count(level, e->now.size) - 1,
				     width,
				     annot_bytes(e->edge.level[level].hash,
						 (size_t)width * ANNOT_HASH_SIZE),
				     err));
	}
	return ANNOT_OK;
}

static bool is_new_review(const struct copying *e, uint64_t index)
{
	for (size_t at = 0; at < e->reviews.len; at += sizeof(index))
		if (memcmp(e->reviews.data + at, &index, sizeof(index)) == 0)
			return true;
	return false;
}

/* A review of a record of authority may be the one that brought a withholding into force. */
static enum annot_status find_quorum_reviews(struct copying *e, struct annot_error *err)
{
	for (uint64_t from = e->before.size; !e->withholds && e->reviews.len > 0;) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		struct annot_authority_request in = {.from = from};
		const struct annot_authority_reply *page;
		TRY(annot_client_arena(&arena, err));
		TRY(annot_call_authority(e->a, &in, arena, &page, err));
		for (size_t i = 0; i < page->n_indexes; i++)
			e->withholds |= is_new_review(e, page->indexes[i]);
		if (page->next <= from)
			break;
		from = page->next;
	}
	return ANNOT_OK;
}

/* Records of tiles that were written before, as they are now. */
static enum annot_status export_again(struct copying *e, struct annot_error *err)
{
	for (uint64_t n = 0; n < e->before.size / ANNOT_TILE_WIDTH; n++) {
		TRY(fetch_tile(e, n, ANNOT_TILE_WIDTH, err));
		TRY(put_records(e, n, ANNOT_TILE_WIDTH, err));
	}
	return ANNOT_OK;
}

/* Partial tiles that have become full. */
static void drop_old(const struct copying *e)
{
	for (unsigned level = 0; level < ANNOT_TILE_LEVELS; level++) {
		struct annot_tile_folder folder = annot_tile_folder(level);
		uint64_t n = annot_tile_count(level, e->before.size) - 1;
		if (annot_tile_count(level, e->before.size) == 0 ||
		    annot_tile_width(level, n, e->now.size) < ANNOT_TILE_WIDTH)
			continue;
		drop_partial(e, folder.name, n, 0);
		if (level == 0)
			drop_partial(e, ANNOT_DIR_ENTRIES, n, 0);
	}
}

static enum annot_status put_checkpoint(const struct copying *e, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	annot_buf_printf(&path, "%s/checkpoint", e->dir);
	TRY(annot_buf_check(&path, "a path", err));
	TRY(annot_file_system_sync(e->dir, err));
	return annot_file_replace(path.data, annot_buf_bytes(&e->note), FILE_MODE, err);
}

/* What the copy has; its checkpoint must be of this log, and of the history that this user knows.
 */
static enum annot_status read_before(struct copying *e, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	annot_buf_printf(&path, "%s/checkpoint", e->dir);
	TRY(annot_buf_check(&path, "a path", err));
	if (access(path.data, F_OK) != 0)
		return ANNOT_OK;
	TRY(annot_log_note(e->dir, &note, err));
	struct annot_error why;
	enum annot_status status =
		annot_client_open_note(e->a, annot_buf_bytes(&note), &e->before, &why);
	if (status == ANNOT_MISMATCH || status == ANNOT_NOT_FOUND)
		return annot_fail(err, ANNOT_MISMATCH,
				  "%s holds a copy of another log than the daemon's: %s", e->dir,
				  why.text);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	return annot_pin_advance(e->a, annot_buf_bytes(&note), err);
}

/* A folder that holds something else is not written into; a copy that was begun has its lock. */
static enum annot_status check_folder(const struct copying *e, const char *lock,
				      struct annot_error *err)
{
	const struct dirent *entry;
	bool empty = true;
	if (access(lock, F_OK) == 0)
		return ANNOT_OK; /* a copy */
	DIR *list = opendir(e->dir);
	if (!list && errno == ENOTDIR && access(e->dir, F_OK) == 0)
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s is a file; a copy of a log is a folder: name a new or an empty one",
			e->dir);
	if (!list)
		return ANNOT_OK; /* it is to be made, or making it will say why not */
	while (empty && (entry = readdir(list)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(list);
	if (empty)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_REFUSED,
			  "%s is not empty and not a copy of a log; name a new folder", e->dir);
}

static enum annot_status make_copy(struct copying *e, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_CLOSE int lock = -1;
	annot_buf_printf(&path, "%s/.lock", e->dir);
	TRY(annot_buf_check(&path, "a path", err));
	TRY(check_folder(e, path.data, err));
	TRY(make_way(path.data, err));
	TRY(annot_lock(path.data, &lock, err));
	TRY(read_before(e, err));
	TRY(annot_pin_newest(e->a, &e->now, &e->note, err));
	if (e->now.size > e->before.size)
		TRY(export_new(e, err));
	TRY(find_quorum_reviews(e, err));
	if (e->withholds)
		TRY(export_again(e, err));
	TRY(put_checkpoint(e, err));
	drop_old(e);
	return tell(e, e->now.size, err);
}

enum annot_status annot_log_export(struct annot *a, const char *dir, annot_progress progress,
				   void *arg, struct annot_exported *ret, struct annot_error *err)
{
	AUTO_FREE struct copying *e = calloc(1, sizeof(*e)); /* the edge is large */
	if (!e)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	*e = (struct copying){.a = a,
			      .dir = dir,
			      .note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX),
			      .entries = ANNOT_BUF_INIT(ANNOT_TILE_ENTRIES_MAX),
			      .records = ANNOT_BUF_INIT(ANNOT_TILE_RECORDS_MAX),
			      .leaves = ANNOT_BUF_INIT(ANNOT_TILE_HASHES_MAX),
			      .reviews = ANNOT_BUF_INIT(REVIEWS_MAX * sizeof(uint64_t)),
			      .progress = progress,
			      .arg = arg};
	enum annot_status status = make_copy(e, err);
	if (status == ANNOT_OK)
		*ret = (struct annot_exported){.checkpoint = e->now,
					       .before = e->before.size,
					       .rewritten = e->withholds &&
							    e->before.size >= ANNOT_TILE_WIDTH};
	annot_buf_free(&e->note);
	annot_buf_free(&e->entries);
	annot_buf_free(&e->records);
	annot_buf_free(&e->leaves);
	annot_buf_free(&e->reviews);
	return status;
}
