#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../out/out.h"

enum { BUFFER_SIZE = 1 << 16 };

static enum annot_status failed(struct ctl *ctl, const struct report_file *file, int code)
{
	return annot_fail(&ctl->err, code == ENOSPC ? ANNOT_NO_SPACE : ANNOT_UNREADABLE,
			  "%s: cannot be written: %s", out_safe(ctl, file->path), strerror(code));
}

/* Gives the file the mode that a new one would have: mkstemp makes it the owner's alone. */
static int set_mode(int fd)
{
	mode_t mask = umask(0);
	umask(mask);
	return fchmod(fd, 0666 & ~mask);
}

enum annot_status report_file_open(struct ctl *ctl, const char *path, struct report_file *ret)
{
	*ret = (struct report_file){.f = stdout, .path = path};
	if (strcmp(path, "-") == 0)
		return ANNOT_OK;
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		ret->f = fopen(path, "we"); /* a device or pipe is written to, never replaced */
		return ret->f ? ANNOT_OK : failed(ctl, ret, errno);
	}
	ret->temporary = annot_arena_printf(ctl->arena, "%s.XXXXXX", path);
	if (!ret->temporary)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	int fd = mkstemp(ret->temporary);
	if (fd < 0)
		return failed(ctl, ret, errno);
	ret->f = set_mode(fd) == 0 ? fdopen(fd, "w") : NULL;
	if (!ret->f) {
		int code = errno;
		close(fd);
		unlink(ret->temporary);
		return failed(ctl, ret, code);
	}
	setvbuf(ret->f, NULL, _IOFBF, BUFFER_SIZE);
	return ANNOT_OK;
}

enum annot_status report_file_close(struct ctl *ctl, struct report_file *file,
				    enum annot_status status)
{
	if (file->f == stdout)
		return status; /* out_finish flushes standard output */
	errno = 0;
	bool written = status == ANNOT_OK && fflush(file->f) == 0 && !ferror(file->f) &&
		       (!file->temporary || fdatasync(fileno(file->f)) == 0);
	int code = errno ? errno : EIO;
	if (fclose(file->f) != 0 && written) {
		written = false;
		code = errno;
	}
	if (written && (!file->temporary || rename(file->temporary, file->path) == 0))
		return ANNOT_OK;
	if (written)
		code = errno;
	if (file->temporary)
		unlink(file->temporary);
	return status == ANNOT_OK ? failed(ctl, file, code) : status;
}
