#include "annotd/checkpoint_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "annotd/checkpoint_slot.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"

enum { SLOTS = CHECKPOINT_SLOTS, HOLDER_PAGE = 2, HOLDER_SIZE = 32, FILE_MODE = 0600 };

struct checkpoint_file {
	char *path;
	int fd; /* -1: there is no file */
	enum checkpoint_file_state state;
	bool stuck; /* a sync or read failed: what is on disk is not known */
	uint8_t raw[SLOTS][CHECKPOINT_SLOT_SIZE]; /* as last read or written */
	unsigned newest;                          /* the slot that counts, if VALID */
	struct checkpoint_slot current;
};

/* Reads up to len bytes and zeroes what lies behind the end of the file; false with errno. */
static bool read_at(int fd, uint8_t *ret, size_t len, off_t at)
{
	memset(ret, 0, len);
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, ret + done, len - done, at + (off_t)done);
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool write_at(int fd, const uint8_t *data, size_t len, off_t at)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(fd, data + done, len - done, at + (off_t)done);
		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool read_slots(int fd, uint8_t ret[SLOTS][CHECKPOINT_SLOT_SIZE])
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (!read_at(fd, ret[i], CHECKPOINT_SLOT_SIZE, (off_t)i * CHECKPOINT_PAGE_SIZE))
			return false;
	return true;
}

/* Sets state, newest and current from what was read. */
static enum annot_status judge_slots(struct checkpoint_file *f, off_t length,
				     struct annot_error *err)
{
	struct checkpoint_slot slot[SLOTS];
	unsigned good = 0;
	f->state = CHECKPOINT_FILE_DAMAGED;
	for (unsigned i = 0; i < SLOTS; i++) {
		enum checkpoint_slot_verdict verdict = checkpoint_slot_decode(f->raw[i], &slot[i]);
		if (verdict == CHECKPOINT_SLOT_NEWER)
			return annot_fail(err, ANNOT_REFUSED,
					  "%s: written by a newer annotd in a format that this one "
					  "does not know; start that one",
					  f->path);
		if (verdict != CHECKPOINT_SLOT_GOOD)
			continue;
		if (good == 0 || slot[i].generation > slot[f->newest].generation)
			f->newest = i;
		good++;
	}
	if (good == 0 || length != CHECKPOINT_FILE_SIZE)
		return ANNOT_OK;
	if (good == SLOTS && !checkpoint_slot_follows(&slot[f->newest], &slot[1 - f->newest]))
		return ANNOT_OK;
	f->current = slot[f->newest];
	f->state = CHECKPOINT_FILE_VALID;
	return ANNOT_OK;
}

/* Who holds the lock, as " (pid N)", or "" when it left no readable note. */
static void name_holder(int fd, char ret[HOLDER_SIZE + 8])
{
	uint8_t note[HOLDER_SIZE];
	char digits[HOLDER_SIZE];
	size_t n = 0;
	ret[0] = '\0';
	if (!read_at(fd, note, sizeof note, HOLDER_PAGE * CHECKPOINT_PAGE_SIZE) ||
	    memcmp(note, "pid ", 4) != 0)
		return;
	for (size_t i = 4; i < HOLDER_SIZE - 1 && note[i] >= '0' && note[i] <= '9'; i++)
		digits[n++] = (char)note[i];
	digits[n] = '\0';
	if (n > 0)
		snprintf(ret, HOLDER_SIZE + 8, " (pid %s)", digits);
}

/* Leaves our pid for the message of a second daemon; a failure only makes that less helpful. */
static void note_holder(const struct checkpoint_file *f)
{
	char note[HOLDER_SIZE] = {0};
	snprintf(note, sizeof note, "pid %ld\n", (long)getpid());
	(void)write_at(f->fd, (const uint8_t *)note, sizeof note,
		       HOLDER_PAGE * CHECKPOINT_PAGE_SIZE);
}

static enum annot_status lock_file(const char *path, int fd, struct annot_error *err)
{
	int failed;
	do
		failed = flock(fd, LOCK_EX | LOCK_NB);
	while (failed && errno == EINTR);
	if (!failed)
		return ANNOT_OK;
	if (errno != EWOULDBLOCK)
		return annot_fail(err, ANNOT_STORE, "%s: cannot be locked: %s", path,
				  strerror(errno));
	char holder[HOLDER_SIZE + 8];
	name_holder(fd, holder);
	return annot_fail(err, ANNOT_REFUSED,
			  "%s: another annotd%s serves this corpus; stop it first", path, holder);
}

/* Opens, locks and reads what stands at the path; the state says what that is. */
static enum annot_status attach(struct checkpoint_file *f, struct annot_error *err)
{
	struct stat st;
	f->state = CHECKPOINT_FILE_ABSENT;
	AUTO_CLOSE int fd = open(f->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return ANNOT_OK;
	if (fd < 0 && errno == ELOOP)
		return annot_fail(err, ANNOT_UNREADABLE,
				  "%s: is a symbolic link, expected a regular file", f->path);
	if (fd < 0)
		return annot_fail(err, ANNOT_UNREADABLE,
				  "%s: cannot be opened for reading and writing: %s", f->path,
				  strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return annot_fail(err, ANNOT_UNREADABLE, "%s: not a regular file", f->path);
	TRY(lock_file(f->path, fd, err));
	/* Only now: what was there before the lock may have been changed by its holder. */
	if (fstat(fd, &st) != 0 || !read_slots(fd, f->raw))
		return annot_fail(err, ANNOT_STORE, "%s: cannot be read: %s", f->path,
				  strerror(errno));
	TRY(judge_slots(f, st.st_size, err));
	f->fd = fd;
	fd = -1;
	if (st.st_size == CHECKPOINT_FILE_SIZE)
		note_holder(f);
	return ANNOT_OK;
}

enum annot_status checkpoint_file_open(const char *path, struct checkpoint_file **ret,
				       struct annot_error *err)
{
	struct checkpoint_file *f = calloc(1, sizeof *f);
	if (f) {
		f->fd = -1;
		f->path = strdup(path);
	}
	if (!f || !f->path) {
		free(f);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %s", path);
	}
	enum annot_status status = attach(f, err);
	if (status != ANNOT_OK)
		checkpoint_file_close(f);
	else
		*ret = f;
	return status;
}

struct checkpoint_file *checkpoint_file_close(struct checkpoint_file *f)
{
	if (f) {
		if (f->fd >= 0)
			close(f->fd);
		free(f->path);
		free(f);
	}
	return NULL;
}

enum checkpoint_file_state checkpoint_file_state(const struct checkpoint_file *f)
{
	return f->state;
}

const struct checkpoint_slot *checkpoint_file_current(const struct checkpoint_file *f)
{
	return f->state == CHECKPOINT_FILE_VALID ? &f->current : NULL;
}

size_t checkpoint_file_readable(const struct checkpoint_file *f,
				struct checkpoint_slot ret[CHECKPOINT_SLOTS])
{
	size_t n = 0;
	for (unsigned i = 0; i < SLOTS; i++)
		n += checkpoint_slot_decode(f->raw[i], &ret[n]) == CHECKPOINT_SLOT_GOOD;
	return n;
}

static enum annot_status check_size(const struct checkpoint_file *f, uint64_t size,
				    struct annot_error *err)
{
	if (size > INT64_MAX)
		return annot_fail(err, ANNOT_INVALID, "%s: log size %" PRIu64 " is out of range",
				  f->path, size);
	return ANNOT_OK;
}

/* Whether the path still names the file that is open and locked. */
static bool still_in_place(const struct checkpoint_file *f)
{
	struct stat here, there;
	return fstat(f->fd, &here) == 0 && lstat(f->path, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino &&
	       here.st_size == CHECKPOINT_FILE_SIZE;
}

enum annot_status checkpoint_file_reset(struct checkpoint_file *f, const struct annot_hash *corpus,
					uint64_t size, const struct annot_hash *root,
					struct annot_error *err)
{
	TRY(check_size(f, size, err));
	const struct checkpoint_slot *old = checkpoint_file_current(f);
	struct checkpoint_slot slot = {
		.corpus = *corpus,
		.generation = old ? old->generation + 1 : 1,
		.size = size,
		.root = *root,
	};
	AUTO_FREE uint8_t *image = calloc(1, CHECKPOINT_FILE_SIZE);
	if (!image)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %s", f->path);
	checkpoint_slot_encode(&slot, image);
	struct annot_bytes content = annot_bytes(image, CHECKPOINT_FILE_SIZE);
	if (f->fd < 0)
		TRY(annot_file_create(f->path, content, FILE_MODE, err));
	else
		TRY(annot_file_replace(f->path, content, FILE_MODE, err));
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	f->stuck = false;
	TRY(attach(f, err));
	/* Another daemon may have taken the new file before us and let go of it again. */
	if (f->state != CHECKPOINT_FILE_VALID || memcmp(f->raw[0], image, sizeof f->raw[0]) != 0)
		return annot_fail(err, ANNOT_REFUSED, "%s: changed by others while it was made",
				  f->path);
	return ANNOT_OK;
}

/* CONFLICT unless the file is the one we opened and says what we last read or wrote. */
static enum annot_status check_unchanged(struct checkpoint_file *f, struct annot_error *err)
{
	uint8_t raw[SLOTS][CHECKPOINT_SLOT_SIZE];
	if (!still_in_place(f)) {
		f->state = CHECKPOINT_FILE_DAMAGED;
		return annot_fail(err, ANNOT_CONFLICT,
				  "%s: was replaced or removed while annotd ran; nothing is signed "
				  "until annotd is started anew",
				  f->path);
	}
	if (!read_slots(f->fd, raw)) {
		f->stuck = true;
		return annot_fail(err, ANNOT_STORE, "%s: cannot be read: %s", f->path,
				  strerror(errno));
	}
	if (memcmp(raw, f->raw, sizeof raw) != 0) {
		f->state = CHECKPOINT_FILE_DAMAGED;
		return annot_fail(err, ANNOT_CONFLICT,
				  "%s: was changed by another program while annotd ran; nothing is "
				  "signed until annotd is started anew",
				  f->path);
	}
	return ANNOT_OK;
}

static enum annot_status check_step(const struct checkpoint_file *f, uint64_t from_size,
				    const struct annot_hash *from_root, uint64_t size,
				    const struct annot_hash *root, struct annot_error *err)
{
	const struct checkpoint_slot *now = &f->current;
	if (now->size != from_size || !annot_hash_equal(&now->root, from_root))
		return annot_fail(err, ANNOT_CONFLICT,
				  "%s: says size %" PRIu64 " root %s, expected size %" PRIu64
				  " root %s",
				  f->path, now->size, annot_hash_hex(&now->root).text, from_size,
				  annot_hash_hex(from_root).text);
	if (size < now->size)
		return annot_fail(err, ANNOT_CONFLICT,
				  "%s: says size %" PRIu64 "; it is never lowered to %" PRIu64,
				  f->path, now->size, size);
	if (size == now->size && !annot_hash_equal(root, &now->root))
		return annot_fail(err, ANNOT_CONFLICT,
				  "%s: says root %s at size %" PRIu64 "; %s would be a fork",
				  f->path, annot_hash_hex(&now->root).text, size,
				  annot_hash_hex(root).text);
	return ANNOT_OK;
}

/* Writes a slot over the older one and syncs it. */
static enum annot_status write_slot(struct checkpoint_file *f, const struct checkpoint_slot *slot,
				    struct annot_error *err)
{
	unsigned older = 1 - f->newest;
	uint8_t raw[CHECKPOINT_SLOT_SIZE];
	off_t at = (off_t)older * CHECKPOINT_PAGE_SIZE;
	checkpoint_slot_encode(slot, raw);
	if (!write_at(f->fd, raw, sizeof raw, at)) {
		int error = errno;
		bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
		/* Part of it may have been written: what the slot says now is what counts next
		 * time. */
		f->stuck = !full || !read_at(f->fd, f->raw[older], sizeof raw, at);
		return annot_fail(err, full ? ANNOT_NO_SPACE : ANNOT_STORE,
				  "%s: cannot be written: %s", f->path,
				  full ? "no space left on the disk" : strerror(error));
	}
	if (fdatasync(f->fd) != 0) {
		/* The kernel may have dropped the page: a second sync would succeed without it. */
		f->stuck = true;
		return annot_fail(
			err, ANNOT_STORE,
			"%s: cannot be made durable: %s; nothing is signed until annotd is "
			"started anew",
			f->path, strerror(errno));
	}
	memcpy(f->raw[older], raw, sizeof raw);
	f->newest = older;
	f->current = *slot;
	return ANNOT_OK;
}

enum annot_status checkpoint_file_advance(struct checkpoint_file *f, uint64_t from_size,
					  const struct annot_hash *from_root, uint64_t size,
					  const struct annot_hash *root, struct annot_error *err)
{
	TRY(check_size(f, size, err));
	if (f->state != CHECKPOINT_FILE_VALID || f->stuck)
		return annot_fail(err, ANNOT_READ_ONLY, "%s: %s; the daemon does not sign", f->path,
				  f->state == CHECKPOINT_FILE_ABSENT ? "is absent"
				  : f->state == CHECKPOINT_FILE_DAMAGED
					  ? "is damaged or was changed"
					  : "failed before");
	TRY(check_unchanged(f, err));
	TRY(check_step(f, from_size, from_root, size, root, err));
	if (size == from_size)
		return ANNOT_OK;
	struct checkpoint_slot slot = f->current;
	slot.generation++;
	slot.size = size;
	slot.root = *root;
	return write_slot(f, &slot, err);
}
