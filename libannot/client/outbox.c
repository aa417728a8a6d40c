/*
 * Signed records that the log has not yet shown to hold: one file each in <state>/outbox, named by
 * the record's hash:
 *
 *   annot-outbox/v1 LF
 *   corpus <hex64> LF
 *   order <number> LF            records are sent in this order
 *   signature <hex128> LF
 *   expect heads LF              only where the record is to be refused if it is outdated
 *   note <bytes> LF <bytes>      the checkpoint note that the seen card names; 0: none
 *   record <bytes> LF <bytes>
 */
#include "client/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"

enum {
	OUTBOX_HEAD_MAX = 512,
	OUTBOX_FILE_MAX = OUTBOX_HEAD_MAX + ANNOT_NOTE_MAX + ANNOT_RECORD_MAX,
	OUTBOX_LIST_MAX = 65536,
	SYNC_EACH_MAX = 8, /* up to so many files are synced one by one */
};

#define OUTBOX_HEADER "annot-outbox/v1\n"
#define EXPECT_LINE   "expect heads\n"

static enum annot_status outbox_path(const struct annot_hash *record, struct annot_buf *ret,
				     struct annot_error *err)
{
	TRY(annot_place(ANNOT_PLACE_STATE, ret, err));
	annot_buf_puts(ret, "/outbox");
	if (record)
		annot_buf_printf(ret, "/%s", annot_hash_hex(record).text);
	return annot_buf_check(ret, "a path", err);
}

static uint64_t next_order(struct annot *a)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	uint64_t order = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	if (order <= a->last_order)
		order = a->last_order + 1;
	a->last_order = order;
	return order;
}

static enum annot_status put_one(struct annot *a, const struct annot_waiting *w, bool sync,
				 struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(OUTBOX_FILE_MAX);
	TRY(outbox_path(&w->id, &path, err));
	if (access(path.data, F_OK) == 0)
		return ANNOT_OK; /* it waits already, in its order */
	annot_buf_printf(&file, OUTBOX_HEADER "corpus %s\norder %llu\nsignature ",
			 annot_hash_hex(&w->corpus).text, (unsigned long long)next_order(a));
	annot_buf_hex(&file, w->signature, sizeof(w->signature));
	annot_buf_printf(&file, "\n%snote %zu\n", w->expect_heads ? EXPECT_LINE : "", w->note.len);
	annot_buf_add(&file, w->note.data, w->note.len);
	annot_buf_printf(&file, "record %zu\n", w->record.len);
	annot_buf_add(&file, w->record.data, w->record.len);
	TRY(annot_buf_check(&file, path.data, err));
	return sync ? annot_file_replace(path.data, annot_buf_bytes(&file), 0600, err)
		    : annot_file_replace_unsynced(path.data, annot_buf_bytes(&file), 0600, err);
}

enum annot_status annot_outbox_put(struct annot *a, const struct annot_waiting *records, size_t n,
				   struct annot_error *err)
{
	AUTO_BUF struct annot_buf folder = ANNOT_BUF_INIT(PATH_MAX);
	TRY(outbox_path(NULL, &folder, err));
	TRY(annot_dir_make(folder.data, err));
	for (size_t i = 0; i < n; i++)
		TRY(put_one(a, &records[i], n <= SYNC_EACH_MAX, err));
	if (n <= SYNC_EACH_MAX)
		return ANNOT_OK;
	/* One sync for all: a batch of thousands would else wait for the disk thousands of times.
	 */
	return annot_file_system_sync(folder.data, err);
}

void annot_outbox_drop(const struct annot_hash *record)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	if (outbox_path(record, &path, NULL) == ANNOT_OK)
		unlink(path.data);
}

/* Takes "NAME VALUE LF" from the front. */
static bool take_line(struct annot_bytes *at, const char *name, const char **ret, size_t *ret_len)
{
	size_t n = strlen(name);
	const uint8_t *stop = at->len > 0 ? memchr(at->data, '\n', at->len) : NULL;
	if (!stop || (size_t)(stop - at->data) <= n || memcmp(at->data, name, n) != 0 ||
	    at->data[n] != ' ')
		return false;
	*ret = (const char *)at->data + n + 1;
	*ret_len = (size_t)(stop - at->data) - n - 1;
	*at = annot_bytes(stop + 1, at->len - (size_t)(stop - at->data) - 1);
	return true;
}

static bool take_number(struct annot_bytes *at, const char *name, uint64_t *ret)
{
	const char *text;
	size_t len;
	return take_line(at, name, &text, &len) && annot_parse_u64(text, len, ret);
}

static bool take_block(struct annot_bytes *at, const char *name, struct annot_bytes *ret)
{
	uint64_t len;
	if (!take_number(at, name, &len) || len > at->len)
		return false;
	*ret = annot_bytes(len > 0 ? at->data : NULL, (size_t)len);
	*at = annot_bytes(at->data + len, at->len - (size_t)len);
	return true;
}

static bool take_literal(struct annot_bytes *at, const char *text)
{
	size_t len = strlen(text);
	if (at->len < len || memcmp(at->data, text, len) != 0)
		return false;
	*at = annot_bytes(at->data + len, at->len - len);
	return true;
}

static bool parse_head(struct annot_bytes *at, struct annot_waiting *ret)
{
	const char *text;
	size_t len;
	return take_literal(at, OUTBOX_HEADER) && take_line(at, "corpus", &text, &len) &&
	       annot_hash_unhex(text, len, &ret->corpus) && take_number(at, "order", &ret->order) &&
	       take_line(at, "signature", &text, &len) &&
	       annot_unhex(text, len, ret->signature, sizeof(ret->signature));
}

enum annot_status annot_outbox_load(const struct annot_hash *record, struct annot_arena *arena,
				    struct annot_waiting *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(OUTBOX_FILE_MAX);
	struct annot_waiting got;
	TRY(outbox_path(record, &path, err));
	if (access(path.data, F_OK) != 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "%s: gone", path.data);
	TRY(annot_file_read(path.data, OUTBOX_FILE_MAX, &file, err));
	const char *copy = annot_arena_copy(arena, file.data, file.len);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	struct annot_bytes at = annot_bytes(copy, file.len);
	bool head = parse_head(&at, &got);
	got.expect_heads = head && take_literal(&at, EXPECT_LINE);
	if (!head || !take_block(&at, "note", &got.note) ||
	    !take_block(&at, "record", &got.record) || at.len != 0)
		return annot_fail(err, ANNOT_INVALID, "%s: not a file of the outbox", path.data);
	got.id = annot_sha256(got.record.data, got.record.len);
	if (!annot_hash_equal(&got.id, record))
		return annot_fail(err, ANNOT_INVALID, "%s: holds another record than its name says",
				  path.data);
	*ret = got;
	return ANNOT_OK;
}

struct listed {
	uint64_t order;
	struct annot_hash id;
};

static int by_order(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return memcmp(x->id.b, y->id.b, ANNOT_HASH_SIZE);
}

/* Whether an entry of the folder is a record of that corpus that waits. */
static bool read_head(int folder, const char *name, const struct annot_hash *corpus,
		      struct listed *ret)
{
	char head[OUTBOX_HEAD_MAX];
	struct annot_waiting w;
	if (!annot_hash_unhex(name, strlen(name), &ret->id))
		return false;
	AUTO_CLOSE int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));
	if (n <= 0)
		return false;
	struct annot_bytes at = annot_bytes(head, (size_t)n);
	if (!parse_head(&at, &w) || !annot_hash_equal(&w.corpus, corpus))
		return false;
	ret->order = w.order;
	return true;
}

static enum annot_status list_folder(DIR *folder, const struct annot_hash *corpus,
				     struct listed **ret, size_t *ret_n, struct annot_error *err)
{
	AUTO_FREE struct listed *list = NULL;
	size_t n = 0, cap = 0;
	for (struct dirent *entry; n < OUTBOX_LIST_MAX && (entry = readdir(folder));) {
		struct listed one;
		if (!read_head(dirfd(folder), entry->d_name, corpus, &one))
			continue;
		if (n == cap) {
			cap = cap ? 2 * cap : 64;
			struct listed *more = realloc(list, cap * sizeof(*more));
			if (!more)
				return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
			list = more;
		}
		list[n++] = one;
	}
	if (n > 0)
		qsort(list, n, sizeof(*list), by_order);
	*ret = TAKE(list);
	*ret_n = n;
	return ANNOT_OK;
}

enum annot_status annot_outbox_list(struct annot *a, struct annot_arena *arena,
				    const struct annot_hash **ret, size_t *ret_n,
				    struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_FREE struct listed *list = NULL;
	size_t n;
	TRY(outbox_path(NULL, &path, err));
	DIR *folder = opendir(path.data);
	if (!folder) {
		*ret_n = 0;
		return ANNOT_OK;
	}
	enum annot_status status = list_folder(folder, &a->hello.corpus, &list, &n, err);
	closedir(folder);
	TRY(status);
	struct annot_hash *ids = annot_arena_array(arena, n, sizeof(*ids));
	if (!ids && n > 0)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		ids[i] = list[i].id;
	*ret = ids;
	*ret_n = n;
	return ANNOT_OK;
}
