/* annotd import. */
#include "annotd/import_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotd/corpus_start.h"
#include "annotd/fsck.h"
#include "annotd/progress.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "format/items.h"
#include "record/sshsig.h"

enum { LINE_ARENA_MAX = 16 << 20, ARMOR_MAX = 4096, PROGRESS_EVERY = 64 };

/* In a folder while an import fills it, and locked: what has it is nobody's corpus. */
#define MARK "importing"

/* What an import leaves in its folder, so that one that was killed can be cleared away; the mark
 * goes last. */
static const char *const our_files[] = {
	"genesis",  "genesis.sig",  "truth.db",     "truth.db-wal",     "truth.db-shm",
	"index.db", "index.db-wal", "index.db-shm", CORPUS_COPIED_NOTE, MARK};

/* Nothing but a file's bytes is asked of a format here. */
static const struct annot_format lines = {.name = "ndjson"};

struct input {
	struct annot_fd file;
	uint64_t size;
};

/* --- the log --- */

static enum annot_status take_item(struct importing *i, const struct annot_import_item *item,
				   struct annot_error *err)
{
	struct annot_ndjson line;
	struct annot_error why = {0};
	annot_arena_reset(i->arena);
	enum annot_status status = annot_ndjson_read(i->arena, item->json, &line, &why);
	if (status == ANNOT_OK)
		status = import_line(i, &line, &why);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s:%zu: %s", item->file, item->line, why.text);
	return ANNOT_OK;
}

static enum annot_status read_lines(struct importing *i, struct input *in, struct annot_error *err)
{
	struct progress progress = {.what = "read", .bytes = true, .every = PROGRESS_EVERY};
	struct annot_items *items;
	struct annot_import_item item;
	enum annot_status status;
	TRY(annot_items_new(&lines, in->file.shown, annot_fd_read, &in->file, &items, err));
	while ((status = annot_items_next(items, &item, err)) == ANNOT_OK) {
		status = take_item(i, &item, err);
		if (status != ANNOT_OK)
			break;
		progress_show(&progress, annot_items_bytes(items), in->size);
	}
	progress_end(&progress);
	annot_items_free(items);
	if (status != ANNOT_NOT_FOUND)
		return status;
	struct annot_error why = {0};
	status = import_whole(i, &why);
	return status == ANNOT_OK ? ANNOT_OK
				  : annot_fail(err, status, "%s: %s", in->file.shown, why.text);
}

static enum annot_status put_file(const char *dir, const char *name,
				  const struct annot_buf *content, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	TRY(corpus_path(dir, name, path, err));
	return annot_file_create(path, annot_buf_bytes(content), 0600, err);
}

static enum annot_status put_files(const struct importing *i, const char *dir,
				   struct annot_error *err)
{
	TRY(put_file(dir, "genesis", &i->genesis, err));
	TRY(put_file(dir, "genesis.sig", &i->genesis_sig, err));
	return i->note.len > 0 ? put_file(dir, CORPUS_COPIED_NOTE, &i->note, err) : ANNOT_OK;
}

static enum annot_status read_log(const char *dir, struct input *in, uint64_t *ret_records,
				  struct annot_error *err)
{
	bool rebuild;
	struct importing i = {.arena = annot_arena_new(LINE_ARENA_MAX),
			      .genesis = ANNOT_BUF_INIT(ANNOT_RECORD_MAX),
			      .genesis_sig = ANNOT_BUF_INIT(ARMOR_MAX),
			      .note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX),
			      .content = ANNOT_BUF_INIT(STORE_CONTENT_MAX)};
	enum annot_status status = i.arena ? store_create(dir, err)
					   : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = store_open(dir, &i.store, &rebuild, err);
	if (status == ANNOT_OK)
		status = cosigned_open(dir, NULL, &i.cosigned, err);
	if (status == ANNOT_OK)
		status = read_lines(&i, in, err);
	if (status == ANNOT_OK)
		status = put_files(&i, dir, err);
	if (status == ANNOT_OK)
		*ret_records = i.frontier.size;
	else if (i.store)
		store_rollback(i.store);
	store_close(i.store);
	cosigned_close(i.cosigned);
	annot_arena_free(i.arena);
	annot_buf_free(&i.genesis);
	annot_buf_free(&i.genesis_sig);
	annot_buf_free(&i.note);
	annot_buf_free(&i.content);
	return status;
}

/* --- what follows from it --- */

/* Judges every record, and takes the bytes away that records of the log withhold. */
static enum annot_status make_index(const char *dir, struct annot_error *err)
{
	struct corpus *c;
	TRY(corpus_open_offline(dir, &c, err));
	enum annot_status status = corpus_load(c, err);
	if (status == ANNOT_OK)
		status = corpus_finish_withholds(c, err);
	corpus_close(c);
	return status;
}

static enum annot_status check_all(const struct import_options *o, const char *dir,
				   struct annot_error *err)
{
	uint64_t findings;
	TRY(corpus_fsck_copy(dir, o->threads, o->findings, &findings, err));
	if (findings > 0)
		return annot_fail(err, ANNOT_NO, "%s: %llu finding%s; no corpus was made of it",
				  o->file, (unsigned long long)findings, annot_plural(findings));
	return ANNOT_OK;
}

/* --- the folder --- */

static enum annot_status failed(const char *path, const char *what, struct annot_error *err)
{
	return annot_fail(err, errno == ENOSPC ? ANNOT_NO_SPACE : ANNOT_UNREADABLE, "%s: %s: %s",
			  path, what, strerror(errno));
}

static void clear(const char *dir)
{
	char path[CORPUS_PATH_MAX];
	for (size_t i = 0; i < COUNT(our_files); i++)
		if (corpus_path(dir, our_files[i], path, NULL) == ANNOT_OK)
			(void)unlink(path);
	cosigned_remove(dir);
	(void)rmdir(dir);
}

/* What an import left when it was killed goes; what anybody else put there stays. */
static enum annot_status clear_left(const char *beside, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	if (rmdir(beside) == 0 || errno == ENOENT)
		return ANNOT_OK;
	TRY(corpus_path(beside, MARK, path, err));
	struct stat st;
	bool folder = lstat(beside, &st) == 0 && S_ISDIR(st.st_mode);
	AUTO_CLOSE int mark = folder ? open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (mark < 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s is needed for a moment, but is there and was not left by an "
				  "import: move it away",
				  beside);
	if (flock(mark, LOCK_EX | LOCK_NB) != 0)
		return annot_fail(err, ANNOT_REFUSED, "%s: another import is filling it", beside);
	clear(beside);
	return ANNOT_OK;
}

/* "DIR.importing", new, with its mark, which is locked until *ret_mark is closed. */
static enum annot_status make_beside(const char *dir, const char *beside, int *ret_mark,
				     struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	const struct dirent *entry;
	bool empty = true;
	DIR *there = opendir(dir);
	if (!there && errno != ENOENT)
		return failed(dir, "cannot be looked at", err);
	while (there && empty && (entry = readdir(there)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (there)
		closedir(there);
	if (!empty)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s is there already and is kept: name a folder that is not, or "
				  "is empty",
				  dir);
	TRY(clear_left(beside, err));
	TRY(corpus_path(beside, MARK, path, err));
	if (mkdir(beside, 0700) != 0)
		return failed(beside, "cannot be made", err);
	*ret_mark = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return *ret_mark >= 0 && flock(*ret_mark, LOCK_EX | LOCK_NB) == 0
		       ? ANNOT_OK
		       : failed(path, "cannot be made", err);
}

static enum annot_status sync_folder(const char *path, struct annot_error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: a file system without it */
	return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL)
		       ? ANNOT_OK
		       : failed(path, "cannot be made durable", err);
}

static enum annot_status put_in_place(const char *beside, const char *dir, struct annot_error *err)
{
	char parent[CORPUS_PATH_MAX], mark[CORPUS_PATH_MAX];
	TRY(corpus_path(beside, MARK, mark, err));
	if (unlink(mark) != 0)
		return failed(mark, "cannot be removed", err);
	TRY(sync_folder(beside, err));
	if (rename(beside, dir) != 0)
		return failed(dir, "cannot be put in place", err);
	TRY(corpus_path(dir, "..", parent, err));
	return sync_folder(parent, err);
}

static enum annot_status fill(const struct import_options *o, const char *beside, struct input *in,
			      uint64_t *ret_records, struct annot_error *err)
{
	TRY(read_log(beside, in, ret_records, err));
	TRY(make_index(beside, err));
	TRY(check_all(o, beside, err));
	return put_in_place(beside, o->dir, err);
}

static enum annot_status open_input(const char *file, struct input *ret, struct annot_error *err)
{
	struct stat st;
	bool standard = strcmp(file, "-") == 0;
	struct annot_fd in = {.fd = standard ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC),
			      .shown = standard ? "standard input" : file};
	if (in.fd < 0)
		return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", in.shown, strerror(errno));
	*ret = (struct input){.file = in};
	if (fstat(in.fd, &st) == 0 && S_ISREG(st.st_mode))
		ret->size = (uint64_t)st.st_size;
	return ANNOT_OK;
}

enum annot_status corpus_import(const struct import_options *options, uint64_t *ret_records,
				struct annot_error *err)
{
	char dir[CORPUS_PATH_MAX], beside[CORPUS_PATH_MAX];
	struct import_options o = *options;
	struct input in;
	size_t len = strlen(o.dir);
	while (len > 1 && o.dir[len - 1] == '/')
		len--;
	if (snprintf(dir, sizeof dir, "%.*s", (int)len, o.dir) >= (int)sizeof dir ||
	    snprintf(beside, sizeof beside, "%.*s.importing", (int)len, o.dir) >=
		    (int)sizeof beside)
		return annot_fail(err, ANNOT_USAGE, "the path of %.100s… is too long", o.dir);
	o.dir = dir;
	TRY(annot_crypto_init(err));
	TRY(open_input(o.file, &in, err));
	AUTO_CLOSE int mark = -1;
	enum annot_status status = make_beside(dir, beside, &mark, err);
	if (status == ANNOT_OK) {
		status = fill(&o, beside, &in, ret_records, err);
		if (status != ANNOT_OK)
			clear(beside);
	}
	close(in.file.fd);
	return status;
}
