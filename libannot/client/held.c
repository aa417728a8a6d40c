#include "client/held.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint64_t HELD_MAX = 1ULL << 36;
static const char NAME[] = "/annot-XXXXXX";

static const char *folder(void)
{
	const char *named = getenv("TMPDIR");
	return named && named[0] == '/' ? named : "/var/tmp";
}

static enum annot_status cannot(const char *verb, int error, struct annot_error *err)
{
	bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
	return annot_fail(err, full ? ANNOT_NO_SPACE : ANNOT_UNREADABLE,
			  "a file for large texts in %s cannot be %s: %s; TMPDIR names another "
			  "folder",
			  folder(), verb, strerror(error));
}

static enum annot_status write_all(int fd, struct annot_bytes piece, struct annot_error *err)
{
	while (piece.len > 0) {
		ssize_t n = write(fd, piece.data, piece.len);
		if (n < 0 && errno != EINTR)
			return cannot("written", errno, err);
		if (n > 0)
			piece = annot_bytes(piece.data + n, piece.len - (size_t)n);
	}
	return ANNOT_OK;
}

/* From memory to a file; what was there so far goes along. */
static enum annot_status move_out(struct annot_held *h, struct annot_error *err)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s%s", folder(), NAME);
	if (len < 0 || (size_t)len >= sizeof(path))
		return cannot("made", ENAMETOOLONG, err);
	h->fd = mkostemp(path, O_CLOEXEC);
	if (h->fd < 0)
		return cannot("made", errno, err);
	unlink(path);
	TRY(write_all(h->fd, annot_buf_bytes(&h->memory), err));
	annot_buf_free(&h->memory);
	return ANNOT_OK;
}

static void unmap(struct annot_held *h)
{
	if (h->mapped.len > 0)
		munmap((void *)(uintptr_t)h->mapped.data, h->mapped.len);
	h->mapped = annot_bytes(NULL, 0);
}

enum annot_status annot_held_put(struct annot_held *h, struct annot_bytes piece,
				 struct annot_error *err)
{
	if (piece.len > HELD_MAX - h->len)
		return annot_fail(err, ANNOT_TOO_LARGE, "more than %llu bytes",
				  (unsigned long long)HELD_MAX);
	unmap(h);
	if (h->fd < 0 && piece.len > h->memory.max - h->memory.len)
		TRY(move_out(h, err));
	if (h->fd >= 0) {
		TRY(write_all(h->fd, piece, err));
	} else {
		annot_buf_add(&h->memory, piece.data, piece.len);
		TRY(annot_buf_check(&h->memory, "a text", err));
	}
	h->len += piece.len;
	return ANNOT_OK;
}

static enum annot_status put(void *arg, struct annot_bytes piece, struct annot_error *err)
{
	return annot_held_put(arg, piece, err);
}

struct annot_sink annot_held_sink(struct annot_held *h)
{
	return (struct annot_sink){put, h};
}

enum annot_status annot_held_bytes(struct annot_held *h, struct annot_bytes *ret,
				   struct annot_error *err)
{
	if (h->fd < 0) {
		*ret = h->memory.data ? annot_buf_bytes(&h->memory) : annot_bytes("", 0);
		return ANNOT_OK;
	}
	if (h->mapped.len == 0 && h->len > 0) {
		void *data = mmap(NULL, (size_t)h->len, PROT_READ, MAP_PRIVATE, h->fd, 0);
		if (data == MAP_FAILED && errno == ENOMEM)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
		if (data == MAP_FAILED)
			return cannot("read", errno, err);
		h->mapped = annot_bytes(data, (size_t)h->len);
	}
	*ret = h->mapped;
	return ANNOT_OK;
}

void annot_held_free(struct annot_held *h)
{
	unmap(h);
	if (h->fd >= 0)
		close(h->fd);
	annot_buf_free(&h->memory);
	*h = ANNOT_HELD_INIT(h->memory.max);
}
