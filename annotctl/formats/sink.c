#include "sink.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leftover.h"

enum { COPY_PIECE = 1 << 16 };

struct sink {
	struct ctl *ctl;
	const char *path;         /* NULL: standard output */
	char temporary[PATH_MAX]; /* of a folder: the one beside it that is filled; "": none */
	char part[NAME_MAX + 1];  /* of a folder: the file that is open */
	struct annot_file *whole; /* of a file: it, whose stream is file */
	FILE *file;
	bool folder, hold, finished;
	uint64_t bytes;
};

static enum annot_status failed(const char *path, struct annot_error *err)
{
	return annot_file_cannot(path, "written", errno, err);
}

static const char *name_of(const struct sink *s)
{
	return s->path ? s->path : "standard output";
}

/* "PATH.XXXXXX" beside the path. */
static enum annot_status temporary_name(struct sink *s)
{
	int n = snprintf(s->temporary, sizeof s->temporary, "%s.XXXXXX", s->path);
	if (n > 0 && (size_t)n < sizeof s->temporary)
		return ANNOT_OK;
	s->temporary[0] = '\0';
	return annot_fail(&s->ctl->err, ANNOT_USAGE, "%.100s…: the path is too long", s->path);
}

static enum annot_status open_folder(struct sink *s)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *list = opendir(s->path);
	if (!list && errno != ENOENT)
		return failed(s->path, &s->ctl->err);
	while (list && empty && (entry = readdir(list)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (list)
		closedir(list);
	if (!empty)
		return annot_fail(&s->ctl->err, ANNOT_REFUSED, "%s is not empty; name a new folder",
				  s->path);
	TRY(temporary_name(s));
	if (leftover_make(s->temporary))
		return ANNOT_OK;
	s->temporary[0] = '\0';
	return failed(s->path, &s->ctl->err);
}

static enum annot_status open_file(struct sink *s)
{
	TRY(annot_file_begin(s->path, ANNOT_FILE_MODE_NEW, &s->whole, &s->ctl->err));
	s->file = annot_file_stream(s->whole);
	return s->file ? ANNOT_OK : annot_fail(&s->ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

enum annot_status sink_open(struct ctl *ctl, const char *path, bool folder, bool hold,
			    struct sink **ret)
{
	bool standard = !path || strcmp(path, "-") == 0;
	enum annot_status status = ANNOT_OK;
	if (standard && folder)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "this format is a folder of files: say -o FOLDER");
	struct sink *s = calloc(1, sizeof *s);
	if (!s)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	*s = (struct sink){
		.ctl = ctl, .path = standard ? NULL : path, .folder = folder, .hold = hold};
	if (!standard)
		status = folder ? open_folder(s) : open_file(s);
	else if (hold && !(s->file = tmpfile()))
		status = failed("a temporary file", &ctl->err);
	if (status != ANNOT_OK)
		sink_free(s);
	else
		*ret = s;
	return status;
}

static enum annot_status close_file(struct sink *s, bool sync, struct annot_error *err)
{
	FILE *file = s->file;
	s->file = NULL;
	if (!file)
		return ANNOT_OK;
	bool good = fflush(file) == 0 && (!sync || fdatasync(fileno(file)) == 0);
	int why = errno;
	if (fclose(file) != 0 && good) {
		why = errno;
		good = false;
	}
	errno = why;
	return good ? ANNOT_OK : failed(name_of(s), err);
}

/* The file of a folder that is written to now. */
static enum annot_status turn_to(struct sink *s, const char *file, struct annot_error *err)
{
	char path[PATH_MAX + NAME_MAX + 2];
	if (s->file && strcmp(s->part, file) == 0)
		return ANNOT_OK;
	TRY(close_file(s, false, err));
	if (strchr(file, '/') || *file == '.' || strlen(file) > NAME_MAX)
		return annot_fail(err, ANNOT_INVALID, "%.80s is no name for a file", file);
	snprintf(s->part, sizeof s->part, "%s", file);
	snprintf(path, sizeof path, "%s/%s", s->temporary, file);
	s->file = fopen(path, "ae");
	return s->file ? ANNOT_OK : failed(path, err);
}

enum annot_status sink_put(struct sink *s, const char *file, struct annot_bytes data,
			   struct annot_error *err)
{
	if (s->folder)
		TRY(turn_to(s, file, err));
	s->bytes += data.len;
	if (fwrite(data.data, 1, data.len, s->file ? s->file : stdout) != data.len)
		return failed(name_of(s), err);
	return ANNOT_OK;
}

/* What was held goes to standard output. */
static enum annot_status give_out(struct sink *s)
{
	char piece[COPY_PIECE];
	size_t n;
	rewind(s->file);
	while ((n = fread(piece, 1, sizeof piece, s->file)) > 0)
		if (fwrite(piece, 1, n, stdout) != n)
			return failed(name_of(s), &s->ctl->err);
	return ferror(s->file) ? failed("a temporary file", &s->ctl->err) : ANNOT_OK;
}

static mode_t open_mode(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return mask;
}

static enum annot_status finish_file(struct sink *s)
{
	struct annot_file *whole = s->whole;
	s->whole = NULL;
	s->file = NULL;
	return annot_file_finish(whole, &s->ctl->err);
}

static enum annot_status finish_folder(struct sink *s)
{
	TRY(close_file(s, true, &s->ctl->err));
	if (chmod(s->temporary, 0777 & ~open_mode()) != 0 || rename(s->temporary, s->path) != 0)
		return failed(s->path, &s->ctl->err);
	leftover_forget();
	return ANNOT_OK;
}

enum annot_status sink_finish(struct sink *s)
{
	if (!s->path && s->hold)
		TRY(give_out(s));
	TRY(s->whole ? finish_file(s) : s->folder ? finish_folder(s) : ANNOT_OK);
	s->finished = true;
	return ANNOT_OK;
}

struct sink *sink_free(struct sink *s)
{
	if (!s)
		return NULL;
	if (s->whole)
		(void)annot_file_abandon(s->whole, ANNOT_OK);
	else if (s->file)
		fclose(s->file);
	if (!s->finished && *s->temporary) {
		leftover_remove(s->temporary);
		leftover_forget();
	}
	free(s);
	return NULL;
}

uint64_t sink_bytes(const struct sink *s)
{
	return s->bytes;
}
