/* Who may reach an ipc socket: its folder, its mode, what lay at its path before. */
#include "annotd/server_private.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"

enum { PATH_BYTES_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) - 1 };
enum { GROUP_BUFFER = 16384 };

static enum annot_status find_group(const char *name, gid_t *ret, struct annot_error *err)
{
	struct group group, *found = NULL;
	char buffer[GROUP_BUFFER];
	if (getgrnam_r(name, &group, buffer, sizeof buffer, &found) != 0 || !found)
		return annot_fail(err, ANNOT_USAGE, "there is no group %s", name);
	*ret = found->gr_gid;
	return ANNOT_OK;
}

/* A folder that was there: others must not be able to put their own socket at our path. */
static enum annot_status check_folder(const char *dir, const struct stat *st, const char *group,
				      struct annot_error *err)
{
	if (!S_ISDIR(st->st_mode))
		return annot_fail(err, ANNOT_REFUSED, "%s is not a folder", dir);
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return annot_fail(
			err, ANNOT_REFUSED,
			"folder %s belongs to uid %u, not to you: choose another --listen", dir,
			(unsigned)st->st_uid);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) && !(st->st_mode & S_ISVTX))
		return annot_fail(err, ANNOT_REFUSED,
				  "folder %s can be written by others (mode %04o): chmod go-w it, "
				  "or choose another --listen",
				  dir, (unsigned)(st->st_mode & 07777));
	if (!group)
		return ANNOT_OK;
	gid_t gid;
	TRY(find_group(group, &gid, err));
	if (!(st->st_mode & S_IXOTH) && (st->st_gid != gid || !(st->st_mode & S_IXGRP)))
		return annot_fail(err, ANNOT_REFUSED,
				  "group %s cannot enter folder %s: chgrp %s and chmod 0750 it",
				  group, dir, group);
	return ANNOT_OK;
}

static enum annot_status make_folder(const char *dir, const char *group, struct annot_error *err)
{
	gid_t gid = 0;
	if (group)
		TRY(find_group(group, &gid, err));
	TRY(annot_dir_make(dir, err));
	if (group && (chown(dir, (uid_t)-1, gid) != 0 || chmod(dir, 0750) != 0))
		return annot_fail(err, ANNOT_REFUSED, "folder %s cannot be given to group %s: %s",
				  dir, group, strerror(errno));
	return ANNOT_OK;
}

enum annot_status socket_path_prepare(const char *path, const char *group, struct annot_error *err)
{
	size_t len = strlen(path);
	if (len == 0)
		return annot_fail(err, ANNOT_USAGE, "ipc:// needs a path after it");
	if (len > PATH_BYTES_MAX)
		return annot_fail(err, ANNOT_USAGE,
				  "socket path %s has %zu bytes; the system allows %d", path, len,
				  (int)PATH_BYTES_MAX);
	AUTO_FREE char *dir = strdup(path);
	if (!dir)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	char *slash = strrchr(dir, '/');
	if (slash == dir)
		slash++;
	if (slash)
		*slash = '\0';
	const char *folder = slash ? dir : ".";
	struct stat st;
	if (stat(folder, &st) == 0)
		TRY(check_folder(folder, &st, group, err));
	else
		TRY(make_folder(folder, group, err));
	/* nng would unlink whatever lies there. */
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s is there and is not a socket: move it away, or choose another --listen",
			path);
	return ANNOT_OK;
}

enum annot_status socket_path_share(const char *path, const char *group, struct annot_error *err)
{
	gid_t gid;
	TRY(find_group(group, &gid, err));
	if (lchown(path, (uid_t)-1, gid) != 0 || chmod(path, 0660) != 0)
		return annot_fail(err, ANNOT_REFUSED, "socket %s cannot be given to group %s: %s",
				  path, group, strerror(errno));
	return ANNOT_OK;
}
