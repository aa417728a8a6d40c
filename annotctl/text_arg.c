/* TEXT arguments: as given, from standard input, or from an editor. */
#include "ctl.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 20 };

extern char **environ;

static enum annot_status edit(struct ctl *ctl, const char *path)
{
	const char *editor = getenv("VISUAL");
	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	/* The shell splits an editor with options; the path is an argument, never part of the
	 * command. */
	char command[1024];
	if (snprintf(command, sizeof command, "%s \"$1\"", editor) >= (int)sizeof command)
		return annot_fail(&ctl->err, ANNOT_USAGE, "EDITOR is too long");
	char *const argv[] = {(char *)"sh", (char *)"-c", command,
			      (char *)"sh", (char *)path, NULL};
	pid_t pid;
	int status;
	if (posix_spawnp(&pid, "sh", NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) < 0)
		return annot_fail(&ctl->err, ANNOT_INTERNAL, "cannot start the editor %s", editor);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "the editor %s failed; nothing was signed", editor);
	return ANNOT_OK;
}

static enum annot_status from_editor(struct ctl *ctl, const char *text, struct annot_buf *ret)
{
	const char *folder = getenv("TMPDIR");
	char *path = annot_arena_printf(ctl->arena, "%s/annotctl-XXXXXX",
					folder && *folder ? folder : "/tmp");
	int fd = path ? mkstemp(path) : -1;
	if (fd < 0)
		return annot_fail(&ctl->err, ANNOT_INTERNAL, "cannot make a temporary file in %s",
				  folder && *folder ? folder : "/tmp");
	bool written = dprintf(fd, "%s", text) >= 0;
	close(fd);
	enum annot_status status =
		written ? edit(ctl, path)
			: annot_fail(&ctl->err, ANNOT_INTERNAL, "%s: cannot be written", path);
	if (status == ANNOT_OK)
		status = annot_file_read(path, TEXT_MAX, ret, &ctl->err);
	unlink(path);
	return status;
}

/* The text of a buffer in the arena, without the line end of the last line. */
static enum annot_status take_text(struct ctl *ctl, struct annot_buf *b, const char *what,
				   bool may_be_empty, const char **ret)
{
	while (b->len > 0 && b->data[b->len - 1] == '\n')
		annot_buf_truncate(b, b->len - 1);
	if (b->len == 0 && !may_be_empty)
		return annot_fail(&ctl->err, ANNOT_INVALID, "%s is empty", what);
	if (b->len > 0 &&
	    (strlen(b->data) != b->len || annot_utf8_valid(b->data, b->len) != b->len))
		return annot_fail(&ctl->err, ANNOT_INVALID, "%s: not UTF-8 text without NUL", what);
	const char *copy = annot_arena_copy(ctl->arena, b->data, b->len);
	if (!copy)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	*ret = copy;
	return ANNOT_OK;
}

enum annot_status ctl_edit(struct ctl *ctl, const char *text, const char *what, const char **ret)
{
	struct annot_buf b = ANNOT_BUF_INIT(TEXT_MAX);
	enum annot_status status = from_editor(ctl, text, &b);
	if (status == ANNOT_OK)
		status = take_text(ctl, &b, what, true, ret);
	annot_buf_free(&b);
	return status;
}

enum annot_status ctl_text(struct ctl *ctl, const char *arg, const char *what, const char **ret)
{
	if (arg && strcmp(arg, "-") != 0) {
		size_t len = strlen(arg);
		if (annot_utf8_valid(arg, len) != len)
			return annot_fail(&ctl->err, ANNOT_INVALID, "%s: not UTF-8 at byte %zu",
					  what, annot_utf8_valid(arg, len));
		if (len == 0)
			return annot_fail(&ctl->err, ANNOT_INVALID, "%s is empty", what);
		*ret = arg;
		return ANNOT_OK;
	}
	if (!arg && !ctl->terminal)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "%s is missing; give it as an argument, or - "
				  "to read it from standard input",
				  what);
	struct annot_buf b = ANNOT_BUF_INIT(TEXT_MAX);
	enum annot_status status =
		arg ? annot_file_read("-", TEXT_MAX, &b, &ctl->err) : from_editor(ctl, "", &b);
	if (status == ANNOT_OK)
		status = take_text(ctl, &b, what, false, ret);
	annot_buf_free(&b);
	return status;
}
