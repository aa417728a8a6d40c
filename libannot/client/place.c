/* Where things lie: the folders of the XDG Base Directory Specification 0.8. */
#include "client/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"

/* An environment variable that holds an absolute path; relative ones are ignored, as the
 * specification asks. */
static const char *absolute(const char *name)
{
	const char *value = getenv(name);
	return value && value[0] == '/' ? value : NULL;
}

enum annot_status annot_default_socket(struct annot_buf *ret, struct annot_error *err)
{
	const char *runtime = absolute("XDG_RUNTIME_DIR");
	if (runtime)
		annot_buf_printf(ret, "ipc://%s/annot/annotd.sock", runtime);
	else
		annot_buf_printf(ret, "ipc:///tmp/annot-%lu/annotd.sock", (unsigned long)geteuid());
	return annot_buf_check(ret, "the socket's path", err);
}

enum annot_status annot_place(enum annot_place place, struct annot_buf *ret,
			      struct annot_error *err)
{
	static const struct {
		const char *variable, *below_home;
	} places[] = {
		[ANNOT_PLACE_STATE] = {"XDG_STATE_HOME", ".local/state"},
		[ANNOT_PLACE_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
		[ANNOT_PLACE_CACHE] = {"XDG_CACHE_HOME", ".cache"},
	};
	const char *base = absolute(places[place].variable);
	const char *home = absolute("HOME");
	if (base)
		annot_buf_printf(ret, "%s/annot", base);
	else if (home)
		annot_buf_printf(ret, "%s/%s/annot", home, places[place].below_home);
	else
		return annot_fail(err, ANNOT_UNREADABLE,
				  "neither %s nor HOME is an absolute path; set one of them",
				  places[place].variable);
	return annot_buf_check(ret, "a path", err);
}

enum annot_status annot_corpus_path(const struct annot_hash *corpus, const char *name, bool make,
				    struct annot_buf *ret, struct annot_error *err)
{
	TRY(annot_place(ANNOT_PLACE_STATE, ret, err));
	annot_buf_printf(ret, "/corpora/%s", annot_hash_hex(corpus).text);
	TRY(annot_buf_check(ret, "a path", err));
	if (make)
		TRY(annot_dir_make(ret->data, err));
	annot_buf_printf(ret, "/%s", name);
	return annot_buf_check(ret, "a path", err);
}

enum annot_status annot_lock(const char *path, int *ret, struct annot_error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return annot_fail(err, ANNOT_UNREADABLE, "%s: cannot be locked: %s", path,
				  strerror(errno));
	int rv;
	do
		rv = flock(fd, LOCK_EX);
	while (rv != 0 && errno == EINTR);
	if (rv != 0)
		return annot_fail(err, ANNOT_UNREADABLE, "%s: cannot be locked: %s", path,
				  strerror(errno));
	*ret = fd;
	fd = -1;
	return ANNOT_OK;
}
