#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../out/out.h"
#include "looks.h"

enum {
	SPOOL_PIECE = 1 << 16,
	SPOOL_IN_MEMORY_MAX = 1 << 20,
	WAITING_SAID_MS = 1000, /* that a FIFO is waited for is said then */
};

struct source {
	char *path;   /* owned; "-" is standard input */
	bool regular; /* a file that can be read twice */
	bool seen;    /* as it was when it was opened first: */
	off_t size;
	struct timespec changed;
	bool spooled;
	struct annot_held spool;
};

struct inputs {
	struct ctl *ctl;
	const struct annot_format *format;
	bool folder;
	struct source *sources;
	size_t n, cap, next;
};

static enum annot_status unreadable(const char *path, struct annot_error *err)
{
	return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", path, strerror(errno));
}

static bool is_standard(const struct source *s)
{
	return strcmp(s->path, "-") == 0;
}

static const char *shown_of(const struct source *s)
{
	return is_standard(s) ? "standard input" : s->path;
}

static enum annot_status add(struct inputs *in, const char *path, bool regular)
{
	if (in->n == in->cap) {
		size_t cap = in->cap ? 2 * in->cap : 16;
		struct source *sources = reallocarray(in->sources, cap, sizeof *sources);
		if (!sources)
			return annot_fail(&in->ctl->err, ANNOT_NO_MEMORY, "out of memory");
		in->sources = sources;
		in->cap = cap;
	}
	in->sources[in->n] = (struct source){.path = strdup(path),
					     .regular = regular,
					     .spool = ANNOT_HELD_INIT(SPOOL_IN_MEMORY_MAX)};
	if (!in->sources[in->n].path)
		return annot_fail(&in->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	in->n++;
	return ANNOT_OK;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);
	return len > n && strcmp(text + len - n, end) == 0;
}

static int by_name(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	return strcmp(x->path, y->path);
}

static enum annot_status add_folder(struct inputs *in, const char *path)
{
	const struct dirent *entry;
	enum annot_status status = ANNOT_OK;
	size_t before = in->n;
	DIR *list = opendir(path);
	if (!list)
		return unreadable(path, &in->ctl->err);
	while (status == ANNOT_OK && (entry = readdir(list))) {
		char file[PATH_MAX];
		struct stat st;
		int n = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		if (ends_with(entry->d_name, ".ann") && n > 0 && (size_t)n < sizeof file)
			status = add(in, file, stat(file, &st) == 0 && S_ISREG(st.st_mode));
	}
	closedir(list);
	if (status == ANNOT_OK && in->n == before)
		return annot_fail(&in->ctl->err, ANNOT_UNREADABLE, "%s: no NAME.ann is in it",
				  path);
	if (in->n > before)
		qsort(in->sources + before, in->n - before, sizeof *in->sources, by_name);
	return status;
}

static enum annot_status add_path(struct inputs *in, const char *path)
{
	struct stat st;
	if (strcmp(path, "-") == 0 && in->folder)
		return annot_fail(&in->ctl->err, ANNOT_USAGE,
				  "this format is a folder of files: name it, or a file NAME.ann");
	if (strcmp(path, "-") == 0)
		return add(in, path, false);
	if (stat(path, &st) != 0)
		return unreadable(path, &in->ctl->err);
	if (!S_ISDIR(st.st_mode))
		return add(in, path, S_ISREG(st.st_mode));
	if (!in->folder)
		return annot_fail(&in->ctl->err, ANNOT_UNREADABLE,
				  "%s is a folder: --as %s takes files", path, in->format->name);
	return add_folder(in, path);
}

/* Until there is a writer, or was one. */
static enum annot_status wait_for_writer(struct inputs *in, int fd, const char *path)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n, timeout = WAITING_SAID_MS;
	do {
		n = poll(&p, 1, timeout);
		if (n == 0) {
			out_note(in->ctl, "%s is a FIFO that nobody has written to yet: waiting",
				 out_safe(in->ctl, path));
			timeout = -1;
		}
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n < 0 ? unreadable(path, &in->ctl->err) : ANNOT_OK;
}

static enum annot_status set_blocking(struct inputs *in, int fd, const char *path)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0
		       ? ANNOT_OK
		       : unreadable(path, &in->ctl->err);
}

/* Standard input is not the caller's to close. */
static enum annot_status open_source(struct inputs *in, const struct source *s,
				     struct annot_fd *ret)
{
	struct stat st;
	enum annot_status status = ANNOT_OK;
	if (is_standard(s)) {
		*ret = (struct annot_fd){STDIN_FILENO, shown_of(s)};
		return ANNOT_OK;
	}
	/* Not blocking: opening a FIFO would wait for a writer without a word. */
	int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (s->regular ? 0 : O_NONBLOCK));
	if (fd < 0 || fstat(fd, &st) != 0)
		status = unreadable(s->path, &in->ctl->err);
	else if (S_ISFIFO(st.st_mode))
		status = wait_for_writer(in, fd, s->path);
	if (status == ANNOT_OK && !s->regular)
		status = set_blocking(in, fd, s->path);
	if (status == ANNOT_OK)
		*ret = (struct annot_fd){fd, s->path};
	else if (fd >= 0)
		close(fd);
	return status;
}

static enum annot_status spool(struct inputs *in, struct source *s)
{
	struct annot_error *err = &in->ctl->err;
	char piece[SPOOL_PIECE];
	struct annot_fd file;
	size_t n;
	TRY(open_source(in, s, &file));
	enum annot_status status;
	do {
		status = annot_fd_read(&file, piece, sizeof piece, &n, err);
		if (status == ANNOT_OK && n > 0)
			status = annot_held_put(&s->spool, annot_bytes(piece, n), err);
	} while (status == ANNOT_OK && n > 0);
	if (!is_standard(s))
		close(file.fd);
	s->spooled = true;
	return status;
}

enum annot_status inputs_open(struct ctl *ctl, const struct annot_format *format,
			      const char **paths, bool twice, struct inputs **ret)
{
	static const char *const standard[] = {"-", NULL};
	struct inputs *in = calloc(1, sizeof *in);
	enum annot_status status = ANNOT_OK;
	if (!in)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	in->ctl = ctl;
	in->format = format;
	in->folder = format->flags & ANNOT_FORMAT_FOLDER;
	for (const char *const *at = *paths ? (const char *const *)paths : standard;
	     status == ANNOT_OK && *at; at++)
		status = add_path(in, *at);
	for (size_t i = 0; status == ANNOT_OK && twice && i < in->n; i++)
		if (!in->sources[i].regular)
			status = spool(in, &in->sources[i]);
	if (status != ANNOT_OK)
		inputs_free(in);
	else
		*ret = in;
	return status;
}

struct inputs *inputs_free(struct inputs *in)
{
	if (!in)
		return NULL;
	for (size_t i = 0; i < in->n; i++) {
		free(in->sources[i].path);
		annot_held_free(&in->sources[i].spool);
	}
	free(in->sources);
	free(in);
	return NULL;
}

/* "FOLDER/NAME.ann": the name, and the text in FOLDER/NAME.txt if there is one. */
static enum annot_status read_beside(struct inputs *in, const char *path, struct input *ret)
{
	struct stat st;
	char text[PATH_MAX];
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = ends_with(base, ".ann") ? strlen(base) - 4 : strlen(base);
	snprintf(ret->name, sizeof ret->name, "%.*s", (int)len, base);
	int n = snprintf(text, sizeof text, "%.*s%.*s.txt", (int)(base - path), path, (int)len,
			 base);
	if (n < 0 || (size_t)n >= sizeof text || stat(text, &st) != 0)
		return ANNOT_OK;
	if (!S_ISREG(st.st_mode)) /* a FIFO would be waited for, and be empty the second time */
		return annot_fail(&in->ctl->err, ANNOT_UNREADABLE,
				  "%s is no regular file, which the text beside %s must be", text,
				  path);
	return annot_file_read(text, INPUT_TEXT_MAX, &ret->text, &in->ctl->err);
}

/* What was looked through must be what is read. */
static enum annot_status check_same(struct inputs *in, struct source *s, const struct stat *st)
{
	bool same =
		!s->seen || (s->size == st->st_size && s->changed.tv_sec == st->st_mtim.tv_sec &&
			     s->changed.tv_nsec == st->st_mtim.tv_nsec);
	if (!same)
		return annot_fail(&in->ctl->err, ANNOT_REFUSED,
				  "%s was changed after it was looked through", s->path);
	s->seen = true;
	s->size = st->st_size;
	s->changed = st->st_mtim;
	return ANNOT_OK;
}

static enum annot_status begin(struct inputs *in, struct source *s, struct input *ret)
{
	struct stat st;
	if (s->spooled) {
		TRY(annot_held_bytes(&s->spool, &ret->spool, &in->ctl->err));
		ret->size = ret->spool.len;
	} else {
		TRY(open_source(in, s, &ret->file));
		if (fstat(ret->file.fd, &st) == 0 && S_ISREG(st.st_mode)) {
			ret->size = (uint64_t)st.st_size;
			TRY(check_same(in, s, &st));
		}
	}
	return in->folder ? read_beside(in, s->path, ret) : ANNOT_OK;
}

enum annot_status inputs_next(struct inputs *in, struct input *ret)
{
	if (in->next == in->n)
		return annot_fail(&in->ctl->err, ANNOT_NOT_FOUND, "no more files");
	struct source *s = &in->sources[in->next++];
	*ret = (struct input){.format = in->format,
			      .file = {-1, shown_of(s)},
			      .keep = s->spooled || is_standard(s),
			      .text = ANNOT_BUF_INIT(INPUT_TEXT_MAX)};
	enum annot_status status = begin(in, s, ret);
	if (status != ANNOT_OK)
		input_close(ret);
	return status;
}

void input_close(struct input *in)
{
	annot_buf_free(&in->text);
	if (!in->keep && in->file.fd >= 0)
		close(in->file.fd);
}

void inputs_again(struct inputs *in)
{
	in->next = 0;
}

static enum annot_status read_spool(struct input *in, void *ret, size_t max, size_t *ret_n)
{
	size_t n = in->spool.len < max ? in->spool.len : max;
	memcpy(ret, in->spool.data, n);
	in->spool = annot_bytes(in->spool.data + n, in->spool.len - n);
	*ret_n = n;
	return ANNOT_OK;
}

enum annot_status input_read(void *arg, void *ret, size_t max, size_t *ret_n,
			     struct annot_error *err)
{
	struct input *in = arg;
	TRY(in->spool.data ? read_spool(in, ret, max, ret_n)
			   : annot_fd_read(&in->file, ret, max, ret_n, err));
	if (in->looked_at)
		return ANNOT_OK;
	in->looked_at = true;
	return looks_check(in->format, in->file.shown, annot_bytes(ret, *ret_n), err);
}
