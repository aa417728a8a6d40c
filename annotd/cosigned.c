#include "annotd/cosigned.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "annotd/corpus_private.h"
#include "annotd/corpus_start.h"
#include "annotd/log.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"

enum { POLICY_ARENA_MAX = 1 << 20 };

struct cosigned {
	char *dir; /* the folder itself */
	struct annot_arena *arena;
	struct annot_buf policy_file;
	struct annot_tlogpolicy policy;
	bool takes;
	pthread_mutex_t lock; /* for what follows, and for changing files */
	uint64_t *sizes;      /* ascending */
	size_t n, cap;
};

static enum annot_status note_path(const struct cosigned *c, uint64_t size, struct annot_buf *ret,
				   struct annot_error *err)
{
	annot_buf_printf(ret, "%s/%" PRIu64, c->dir, size);
	return annot_buf_check(ret, "a path", err);
}

/* --- which there are --- */

/* Where a size stands, or would. */
static size_t place(const struct cosigned *c, uint64_t size)
{
	size_t from = 0, to = c->n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (c->sizes[middle] < size)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static enum annot_status add_size(struct cosigned *c, uint64_t size, struct annot_error *err)
{
	size_t at = place(c, size);
	if (at < c->n && c->sizes[at] == size)
		return ANNOT_OK;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 64;
		uint64_t *more = realloc(c->sizes, cap * sizeof *more);
		if (!more)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
		c->sizes = more;
		c->cap = cap;
	}
	memmove(&c->sizes[at + 1], &c->sizes[at], (c->n - at) * sizeof *c->sizes);
	c->sizes[at] = size;
	c->n++;
	return ANNOT_OK;
}

/* Every other of the older half goes. */
static void thin_out(struct cosigned *c)
{
	size_t half = c->n / 2, kept = 0;
	for (size_t i = 0; i < c->n; i++) {
		AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(CORPUS_PATH_MAX);
		if (i >= half || i % 2 == 0) {
			c->sizes[kept++] = c->sizes[i];
			continue;
		}
		if (note_path(c, c->sizes[i], &path, NULL) == ANNOT_OK)
			(void)unlink(path.data);
	}
	c->n = kept;
}

static enum annot_status list_folder(struct cosigned *c, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	struct dirent *entry;
	uint64_t size;
	DIR *list = opendir(c->dir);
	if (!list && errno == ENOENT)
		return ANNOT_OK;
	if (!list)
		return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", c->dir, strerror(errno));
	while (status == ANNOT_OK && (entry = readdir(list)) != NULL)
		if (annot_parse_u64(entry->d_name, strlen(entry->d_name), &size))
			status = add_size(c, size, err);
	closedir(list);
	return status;
}

static enum annot_status read_policy(struct cosigned *c, const char *path, struct annot_error *err)
{
	struct annot_error why;
	TRY(annot_file_read(path, ANNOT_TLOGPOLICY_MAX, &c->policy_file, err));
	enum annot_status status = annot_tlogpolicy_parse(
		c->arena, annot_buf_bytes(&c->policy_file), &c->policy, &why);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s: %s", path, why.text);
	c->takes = true;
	return ANNOT_OK;
}

static enum annot_status open_all(struct cosigned *c, const char *policy, struct annot_error *err)
{
	if (!c->dir || !c->arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (policy)
		TRY(read_policy(c, policy, err));
	return list_folder(c, err);
}

enum annot_status cosigned_open(const char *dir, const char *policy, struct cosigned **ret,
				struct annot_error *err)
{
	struct cosigned *c = calloc(1, sizeof *c);
	if (!c)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	pthread_mutex_init(&c->lock, NULL);
	c->policy_file = ANNOT_BUF_INIT(ANNOT_TLOGPOLICY_MAX);
	c->arena = annot_arena_new(POLICY_ARENA_MAX);
	if (asprintf(&c->dir, "%s/cosigned", dir) < 0)
		c->dir = NULL;
	enum annot_status status = open_all(c, policy, err);
	if (status == ANNOT_OK)
		*ret = c;
	else
		cosigned_close(c);
	return status;
}

struct cosigned *cosigned_close(struct cosigned *c)
{
	if (!c)
		return NULL;
	pthread_mutex_destroy(&c->lock);
	annot_buf_free(&c->policy_file);
	annot_arena_free(c->arena);
	free(c->sizes);
	free(c->dir);
	free(c);
	return NULL;
}

const struct annot_tlogpolicy *cosigned_policy(const struct cosigned *c)
{
	return c->takes ? &c->policy : NULL;
}

/* --- notes --- */

enum annot_status cosigned_note(struct cosigned *c, uint64_t size, struct annot_buf *ret,
				struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(CORPUS_PATH_MAX);
	pthread_mutex_lock(&c->lock);
	size_t at = place(c, size);
	bool there = at < c->n && c->sizes[at] == size;
	pthread_mutex_unlock(&c->lock);
	if (!there)
		return annot_fail(err, ANNOT_NOT_FOUND, "nobody cosigned at that size");
	TRY(note_path(c, size, &path, err));
	return annot_file_read(path.data, ANNOT_NOTE_MAX, ret, err);
}

size_t cosigned_sizes(struct cosigned *c, uint64_t index, uint64_t max, uint64_t ret[2])
{
	size_t n = 0;
	pthread_mutex_lock(&c->lock);
	size_t first = place(c, index + 1), end = place(c, max + 1);
	if (first < end)
		ret[n++] = c->sizes[first];
	if (first + 1 < end)
		ret[n++] = c->sizes[end - 1];
	pthread_mutex_unlock(&c->lock);
	return n;
}

bool cosigned_has_line(const struct annot_note *note, const struct annot_note_line *line)
{
	for (size_t i = 0; i < note->n_lines; i++)
		if (memcmp(note->lines[i].id, line->id, sizeof line->id) == 0 &&
		    note->lines[i].name.len == line->name.len &&
		    memcmp(note->lines[i].name.data, line->name.data, line->name.len) == 0)
			return true;
	return false;
}

/* With the lock held: no other thread changes files. */
static enum annot_status put(struct cosigned *c, uint64_t size, struct annot_bytes text,
			     const struct annot_note_line *log,
			     const struct annot_note_line *const *lines, size_t n, size_t *ret_new,
			     struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(CORPUS_PATH_MAX);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_FREE struct annot_note *old = calloc(1, sizeof *old);
	*ret_new = 0;
	if (!old)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(note_path(c, size, &path, err));
	if (access(path.data, F_OK) == 0) {
		TRY(annot_file_read(path.data, ANNOT_NOTE_MAX, &note, err));
		if (annot_note_parse(annot_buf_bytes(&note), old, NULL) != ANNOT_OK ||
		    old->text.len != text.len || memcmp(old->text.data, text.data, text.len) != 0) {
			log_warning("%s: not the checkpoint of that size; it is replaced",
				    path.data);
			*old = (struct annot_note){.n_lines = 0};
			annot_buf_truncate(&note, 0);
		}
	}
	if (old->n_lines == 0) {
		annot_buf_add(&note, text.data, text.len);
		annot_buf_putc(&note, '\n');
		annot_note_add_line(log, &note);
	}
	for (size_t i = 0; i < n; i++) {
		if (cosigned_has_line(old, lines[i]))
			continue;
		annot_note_add_line(lines[i], &note);
		++*ret_new;
	}
	TRY(annot_buf_check(&note, "a cosigned checkpoint", err));
	if (*ret_new == 0)
		return ANNOT_OK;
	TRY(annot_dir_make(c->dir, err));
	TRY(annot_file_replace(path.data, annot_buf_bytes(&note), 0600, err));
	if (c->n >= COSIGNED_NOTES_MAX)
		thin_out(c);
	return add_size(c, size, err);
}

enum annot_status cosigned_add(struct cosigned *c, uint64_t size, struct annot_bytes text,
			       const struct annot_note_line *log,
			       const struct annot_note_line *const *lines, size_t n,
			       size_t *ret_new, struct annot_error *err)
{
	pthread_mutex_lock(&c->lock);
	enum annot_status status = put(c, size, text, log, lines, n, ret_new, err);
	pthread_mutex_unlock(&c->lock);
	return status;
}

/* --- copies --- */

enum annot_status cosigned_put_copy(struct cosigned *c, uint64_t size, struct annot_bytes note,
				    struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(CORPUS_PATH_MAX);
	if (c->n >= COSIGNED_NOTES_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "more than %d cosigned checkpoints",
				  (int)COSIGNED_NOTES_MAX);
	TRY(annot_dir_make(c->dir, err));
	TRY(note_path(c, size, &path, err));
	TRY(annot_file_replace_unsynced(path.data, note, 0600, err));
	return add_size(c, size, err);
}

enum annot_status cosigned_sync(struct cosigned *c, struct annot_error *err)
{
	return c->n > 0 ? annot_file_system_sync(c->dir, err) : ANNOT_OK;
}

static enum annot_status copy_one(const struct cosigned *from, struct cosigned *to, uint64_t size,
				  struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(CORPUS_PATH_MAX);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	TRY(note_path(from, size, &path, err));
	if (access(path.data, F_OK) != 0)
		return ANNOT_OK; /* thinned out meanwhile */
	TRY(annot_file_read(path.data, ANNOT_NOTE_MAX, &note, err));
	return cosigned_put_copy(to, size, annot_buf_bytes(&note), err);
}

static enum annot_status copy_all(const struct cosigned *from, struct cosigned *to,
				  struct annot_error *err)
{
	for (size_t i = 0; i < from->n; i++)
		TRY(copy_one(from, to, from->sizes[i], err));
	return cosigned_sync(to, err);
}

enum annot_status cosigned_copy(const char *dir, const char *to, struct annot_error *err)
{
	struct cosigned *a = NULL, *b = NULL;
	enum annot_status status = cosigned_open(dir, NULL, &a, err);
	if (status == ANNOT_OK)
		status = cosigned_open(to, NULL, &b, err);
	if (status == ANNOT_OK)
		status = copy_all(a, b, err);
	cosigned_close(a);
	cosigned_close(b);
	return status;
}

void cosigned_remove(const char *dir)
{
	struct cosigned *c;
	if (cosigned_open(dir, NULL, &c, NULL) != ANNOT_OK)
		return;
	for (size_t i = 0; i < c->n; i++) {
		AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(CORPUS_PATH_MAX);
		if (note_path(c, c->sizes[i], &path, NULL) == ANNOT_OK)
			(void)unlink(path.data);
	}
	(void)rmdir(c->dir);
	cosigned_close(c);
}

/* --- the corpus's --- */

void corpus_set_cosigned(struct corpus *c, struct cosigned *cosigned)
{
	c->cosigned = cosigned;
}

struct cosigned *corpus_cosigned(const struct corpus *c)
{
	return c->cosigned;
}
