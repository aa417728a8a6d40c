#include "annotd/upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"
#include "text/utf8.h"

#define UPLOAD_PREFIX "upload-"
enum { UPLOAD_PATH_MAX = 4096 };

struct upload {
	bool used, busy;     /* busy: a call works on it without the lock */
	bool stale;          /* busy, and to be discarded afterwards */
	uint64_t connection; /* that sent the last piece */
	uint64_t moved_ms;   /* when that was */
	struct annot_hash person, document;
	bool original;
	uint64_t received;
	int fd;
};

struct uploads {
	char *dir;
	pthread_mutex_t lock;
	uint64_t withheld; /* as uploads_withheld was told */
	struct upload slots[UPLOADS_MAX];
};

/* One person, one file: named by the person, so that the bound is visible in the folder too. */
static void upload_path(const struct uploads *u, const struct annot_hash *person,
			char ret[UPLOAD_PATH_MAX])
{
	snprintf(ret, UPLOAD_PATH_MAX, "%s/" UPLOAD_PREFIX "%s", u->dir,
		 annot_hash_hex(person).text);
}

static void discard(struct uploads *u, struct upload *slot)
{
	char path[UPLOAD_PATH_MAX];
	upload_path(u, &slot->person, path);
	if (slot->fd >= 0)
		close(slot->fd);
	unlink(path);
	*slot = (struct upload){.fd = -1};
}

enum annot_status uploads_open(const char *dir, struct uploads **ret, struct annot_error *err)
{
	DIR *folder = opendir(dir);
	if (!folder)
		return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", dir, strerror(errno));
	for (struct dirent *e; (e = readdir(folder));) {
		if (strncmp(e->d_name, UPLOAD_PREFIX, strlen(UPLOAD_PREFIX)) == 0)
			unlinkat(dirfd(folder), e->d_name, 0);
	}
	closedir(folder);
	struct uploads *u = calloc(1, sizeof *u);
	if (!u || !(u->dir = strdup(dir))) {
		free(u);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < UPLOADS_MAX; i++)
		u->slots[i].fd = -1;
	pthread_mutex_init(&u->lock, NULL);
	*ret = u;
	return ANNOT_OK;
}

struct uploads *uploads_close(struct uploads *u)
{
	if (!u)
		return NULL;
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		if (u->slots[i].used)
			discard(u, &u->slots[i]);
	}
	pthread_mutex_destroy(&u->lock);
	free(u->dir);
	free(u);
	return NULL;
}

/* --- slots; all with the lock held --- */

static struct upload *find(struct uploads *u, const struct annot_hash *person)
{
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		if (u->slots[i].used && annot_hash_equal(&u->slots[i].person, person))
			return &u->slots[i];
	}
	return NULL;
}

static bool is_idle(const struct upload *slot, const struct upload_source *from)
{
	return from->now_ms >= slot->moved_ms + UPLOAD_IDLE_MS;
}

/* A free slot, or that of the upload which was left alone for longest, and long enough. */
static struct upload *make_room(struct uploads *u, const struct upload_source *from)
{
	struct upload *oldest = NULL;
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		struct upload *slot = &u->slots[i];
		if (!slot->used)
			return slot;
		if (!slot->busy && is_idle(slot, from) &&
		    (!oldest || slot->moved_ms < oldest->moved_ms))
			oldest = slot;
	}
	if (oldest)
		discard(u, oldest);
	return oldest;
}

static enum annot_status start(struct uploads *u, const struct upload_document *document,
			       const struct upload_source *from, struct upload **ret,
			       struct annot_error *err)
{
	char path[UPLOAD_PATH_MAX];
	struct upload *slot = make_room(u, from);
	if (!slot)
		return annot_fail(err, ANNOT_BUSY, "%d other uploads are under way: try again",
				  UPLOADS_MAX);
	upload_path(u, &document->person, path);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return annot_fail(err, errno == ENOSPC ? ANNOT_NO_SPACE : ANNOT_UNREADABLE,
				  "an upload cannot be kept in the corpus folder: %s",
				  strerror(errno));
	*slot = (struct upload){
		.used = true,
		.person = document->person,
		.document = document->record,
		.original = document->original,
		.fd = fd,
	};
	*ret = slot;
	return ANNOT_OK;
}

/* Finds or starts the upload and claims it; *ret is NULL when a question found nothing. */
static enum annot_status claim(struct uploads *u, const struct upload_document *document,
			       const struct upload_source *from, uint64_t offset, bool question,
			       struct upload **ret, struct annot_error *err)
{
	struct upload *slot = find(u, &document->person);
	*ret = NULL;
	if (slot && slot->busy)
		return annot_fail(err, ANNOT_BUSY,
				  "an upload of this person is being stored: try again");
	if (slot && !question && slot->connection != from->connection && !is_idle(slot, from))
		return annot_fail(err, ANNOT_BUSY,
				  "another connection uploads a document of this person: try again "
				  "once it sent nothing for %d s",
				  UPLOAD_IDLE_MS / 1000);
	bool same = slot && annot_hash_equal(&slot->document, &document->record) &&
		    slot->original == document->original;
	if (!question && offset == 0) {
		if (slot)
			discard(u, slot); /* begun again, or given up for another */
		TRY(start(u, document, from, &slot, err));
	} else if (!question && (!same || slot->received != offset)) {
		return annot_fail(err, ANNOT_CONFLICT, "%llu bytes were received so far, not %llu",
				  (unsigned long long)(same ? slot->received : 0),
				  (unsigned long long)offset);
	} else if (!same) {
		return ANNOT_OK;
	}
	slot->busy = true;
	if (!question) {
		slot->connection = from->connection;
		slot->moved_ms = from->now_ms;
	}
	*ret = slot;
	return ANNOT_OK;
}

/* --- bytes; without the lock, the slot claimed --- */

static enum annot_status write_piece(const struct upload *slot, struct annot_bytes data,
				     struct annot_error *err)
{
	for (size_t at = 0; at < data.len;) {
		ssize_t n = pwrite(slot->fd, data.data + at, data.len - at,
				   (off_t)(slot->received + at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return annot_fail(err,
					  n < 0 && errno != ENOSPC && errno != EDQUOT &&
							  errno != EFBIG
						  ? ANNOT_STORE
						  : ANNOT_NO_SPACE,
					  "the piece cannot be written: %s",
					  n < 0 ? strerror(errno) : "no space");
		at += (size_t)n;
	}
	return ANNOT_OK;
}

static enum annot_status check_content(const struct upload_document *document,
				       struct annot_bytes text, struct annot_error *err)
{
	struct annot_hash sha256 = annot_sha256(text.data, text.len);
	if (!annot_hash_equal(&sha256, &document->sha256))
		return annot_fail(err, ANNOT_MISMATCH, "card %s says %s, the content has %s",
				  document->original ? "original-sha256" : "sha256",
				  annot_hash_hex(&document->sha256).text,
				  annot_hash_hex(&sha256).text);
	if (document->original)
		return ANNOT_OK;
	struct annot_hash chunks = annot_chunk_root(text);
	if (!annot_hash_equal(&chunks, &document->chunks))
		return annot_fail(err, ANNOT_MISMATCH, "card chunks says %s, the content has %s",
				  annot_hash_hex(&document->chunks).text,
				  annot_hash_hex(&chunks).text);
	size_t valid = annot_utf8_valid(text.data, text.len);
	if (valid != text.len)
		return annot_fail(err, ANNOT_INVALID, "the content is not UTF-8 at byte %zu",
				  valid);
	const uint8_t *nul = text.len ? memchr(text.data, 0, text.len) : NULL;
	if (nul)
		return annot_fail(err, ANNOT_INVALID, "the content has a NUL at byte %zu",
				  (size_t)(nul - text.data));
	return ANNOT_OK;
}

static enum annot_status finish(const struct uploads *u, const struct upload_document *document,
				struct annot_bytes *ret, struct annot_error *err)
{
	char path[UPLOAD_PATH_MAX];
	struct annot_bytes text;
	upload_path(u, &document->person, path);
	TRY(annot_file_map(path, &text, err));
	enum annot_status status = check_content(document, text, err);
	if (status == ANNOT_OK)
		*ret = text;
	else
		annot_file_unmap(&text);
	return status;
}

/* --- outside
 * ----------------------------------------------------------------------------------------------------------------
 */

static enum annot_status claim_locked(struct uploads *u, const struct upload_document *document,
				      const struct upload_source *from, uint64_t offset,
				      bool question, struct upload **ret, struct annot_error *err)
{
	pthread_mutex_lock(&u->lock);
	enum annot_status status = claim(u, document, from, offset, question, ret, err);
	pthread_mutex_unlock(&u->lock);
	return status;
}

enum annot_status uploads_piece(struct uploads *u, const struct upload_document *document,
				const struct upload_source *from, uint64_t offset,
				struct annot_bytes data, uint64_t *ret_received,
				struct annot_bytes *ret_content, struct annot_error *err)
{
	bool question = data.len == 0 && document->length > 0;
	struct upload *slot;
	struct annot_bytes content = {0};
	if (document->length > STORE_CONTENT_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "the document has %llu bytes; at most %d",
				  (unsigned long long)document->length, (int)STORE_CONTENT_MAX);
	if (offset > document->length || data.len > document->length - offset)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "the piece ends after the document's %llu bytes",
				  (unsigned long long)document->length);
	TRY(claim_locked(u, document, from, offset, question, &slot, err));
	if (!slot) {
		*ret_received = 0;
		*ret_content = content;
		return ANNOT_OK;
	}
	enum annot_status status = question ? ANNOT_OK : write_piece(slot, data, err);
	uint64_t received = slot->received + (status == ANNOT_OK ? data.len : 0);
	bool complete = status == ANNOT_OK && received == document->length;
	if (complete)
		status = finish(u, document, &content, err);
	pthread_mutex_lock(&u->lock);
	slot->received = received;
	if ((complete && status != ANNOT_OK) || (!complete && slot->stale))
		discard(u, slot);
	else if (!complete)
		slot->busy = false;
	pthread_mutex_unlock(&u->lock);
	if (status != ANNOT_OK)
		return status;
	*ret_received = received;
	*ret_content = content;
	return ANNOT_OK;
}

void uploads_withheld(struct uploads *u, uint64_t count)
{
	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; u->withheld != count && i < UPLOADS_MAX; i++) {
		struct upload *slot = &u->slots[i];
		if (slot->used && slot->busy)
			slot->stale = true;
		else if (slot->used)
			discard(u, slot);
	}
	u->withheld = count;
	pthread_mutex_unlock(&u->lock);
}

void uploads_done(struct uploads *u, const struct annot_hash *person, struct annot_bytes content)
{
	annot_file_unmap(&content);
	pthread_mutex_lock(&u->lock);
	struct upload *slot = find(u, person);
	if (slot)
		discard(u, slot);
	pthread_mutex_unlock(&u->lock);
}
