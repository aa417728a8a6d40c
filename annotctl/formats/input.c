#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_PIECE = 1 << 16 };

struct inputs {
	struct ctl *ctl;
	bool folder, twice;
	char **paths; /* owned; "-" is standard input */
	size_t n, cap, next;
	FILE *copy; /* of standard input, where it is read twice */
};

static enum annot_status unreadable(const char *path, struct annot_error *err)
{
	return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", path, strerror(errno));
}

static enum annot_status add(struct inputs *in, const char *path)
{
	if (in->n == in->cap) {
		size_t cap = in->cap ? 2 * in->cap : 16;
		char **paths = reallocarray(in->paths, cap, sizeof *paths);
		if (!paths)
			return annot_fail(&in->ctl->err, ANNOT_NO_MEMORY, "out of memory");
		in->paths = paths;
		in->cap = cap;
	}
	in->paths[in->n] = strdup(path);
	if (!in->paths[in->n])
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
	return strcmp(*(char *const *)a, *(char *const *)b);
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
		int n = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		if (ends_with(entry->d_name, ".ann") && n > 0 && (size_t)n < sizeof file)
			status = add(in, file);
	}
	closedir(list);
	if (status == ANNOT_OK && in->n == before)
		return annot_fail(&in->ctl->err, ANNOT_UNREADABLE, "%s: no NAME.ann is in it",
				  path);
	if (in->n > before)
		qsort(in->paths + before, in->n - before, sizeof *in->paths, by_name);
	return status;
}

static enum annot_status add_path(struct inputs *in, const char *path)
{
	struct stat st;
	if (strcmp(path, "-") == 0 && in->folder)
		return annot_fail(&in->ctl->err, ANNOT_USAGE,
				  "this format is a folder of files: name it, or a file NAME.ann");
	if (strcmp(path, "-") == 0)
		return add(in, path);
	if (stat(path, &st) != 0)
		return unreadable(path, &in->ctl->err);
	if (!S_ISDIR(st.st_mode))
		return add(in, path);
	if (!in->folder)
		return annot_fail(&in->ctl->err, ANNOT_UNREADABLE, "%s: is a folder", path);
	return add_folder(in, path);
}

static enum annot_status copy_standard_input(struct inputs *in)
{
	char piece[COPY_PIECE];
	ssize_t n;
	in->copy = tmpfile();
	if (!in->copy)
		return unreadable("a temporary file", &in->ctl->err);
	while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
		if (fwrite(piece, 1, (size_t)n, in->copy) != (size_t)n)
			return unreadable("a temporary file", &in->ctl->err);
	if (n < 0)
		return unreadable("standard input", &in->ctl->err);
	rewind(in->copy);
	return ANNOT_OK;
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
	in->folder = format->flags & ANNOT_FORMAT_FOLDER;
	in->twice = twice;
	for (const char *const *at = *paths ? (const char *const *)paths : standard;
	     status == ANNOT_OK && *at; at++)
		status = add_path(in, *at);
	for (size_t i = 0; status == ANNOT_OK && twice && !in->copy && i < in->n; i++)
		if (strcmp(in->paths[i], "-") == 0)
			status = copy_standard_input(in);
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
	for (size_t i = 0; i < in->n; i++)
		free(in->paths[i]);
	free(in->paths);
	if (in->copy)
		fclose(in->copy);
	free(in);
	return NULL;
}

/* "FOLDER/NAME.ann": the name, and the text in FOLDER/NAME.txt if there is one. */
static enum annot_status read_beside(struct inputs *in, const char *path, struct input *ret)
{
	char text[PATH_MAX];
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = ends_with(base, ".ann") ? strlen(base) - 4 : strlen(base);
	snprintf(ret->name, sizeof ret->name, "%.*s", (int)len, base);
	int n = snprintf(text, sizeof text, "%.*s%.*s.txt", (int)(base - path), path, (int)len,
			 base);
	if (n < 0 || (size_t)n >= sizeof text || access(text, F_OK) != 0)
		return ANNOT_OK;
	return annot_file_read(text, INPUT_TEXT_MAX, &ret->text, &in->ctl->err);
}

enum annot_status inputs_next(struct inputs *in, struct input *ret)
{
	struct stat st;
	if (in->next == in->n)
		return annot_fail(&in->ctl->err, ANNOT_NOT_FOUND, "no more files");
	const char *path = in->paths[in->next++];
	bool standard = strcmp(path, "-") == 0;
	*ret = (struct input){.fd = in->copy ? fileno(in->copy) : STDIN_FILENO,
			      .keep = standard,
			      .shown = standard ? "standard input" : path,
			      .text = ANNOT_BUF_INIT(INPUT_TEXT_MAX)};
	if (!standard)
		ret->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (ret->fd < 0)
		return unreadable(path, &in->ctl->err);
	if (fstat(ret->fd, &st) == 0 && S_ISREG(st.st_mode))
		ret->size = (uint64_t)st.st_size;
	enum annot_status status = in->folder ? read_beside(in, path, ret) : ANNOT_OK;
	if (status != ANNOT_OK)
		input_close(ret);
	return status;
}

void input_close(struct input *in)
{
	annot_buf_free(&in->text);
	if (!in->keep)
		close(in->fd);
}

enum annot_status inputs_again(struct inputs *in)
{
	in->next = 0;
	if (in->copy && lseek(fileno(in->copy), 0, SEEK_SET) < 0)
		return unreadable("a temporary file", &in->ctl->err);
	return ANNOT_OK;
}

enum annot_status input_read(void *arg, void *ret, size_t max, size_t *ret_n,
			     struct annot_error *err)
{
	const struct input *in = arg;
	ssize_t n;
	do
		n = read(in->fd, ret, max);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return unreadable(in->shown, err);
	*ret_n = (size_t)n;
	return ANNOT_OK;
}
