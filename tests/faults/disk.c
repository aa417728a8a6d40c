#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 16, IMAGE_FIRST = 64 << 10, IMAGE_MAX = 64 << 20, PATH_SIZE = 1024 };

struct change {
	uint8_t *data; /* NULL: a truncation to `at` */
	size_t len;
	uint64_t at;
};

struct image {
	uint8_t *data;
	size_t len, cap;
};

struct file {
	char name[DISK_NAME_MAX];
	struct image durable;
	struct change *pending;
	size_t n_pending;
};

static struct {
	pthread_mutex_t lock;
	char dir[PATH_SIZE];
	struct disk_plan plan;
	struct file files[FILES_MAX];
	size_t n_files;
	uint64_t changes;
	bool failed, mended, off;
	uint32_t random;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void die(const char *what)
{
	fprintf(stderr, "the disk of the test: %s\n", what);
	abort();
}

/* xorshift32: the same on every machine. */
static uint32_t draw(uint32_t below)
{
	disk.random ^= disk.random << 13;
	disk.random ^= disk.random >> 17;
	disk.random ^= disk.random << 5;
	return disk.random % below;
}

/* --- images --- */

static void resize(struct image *i, size_t len)
{
	if (len > IMAGE_MAX)
		die("a file too large");
	/* Files grow by a page at a time: their images must not be copied for each. */
	if (len >= i->cap) {
		i->cap = len < IMAGE_FIRST ? IMAGE_FIRST : 2 * len;
		i->data = realloc(i->data, i->cap);
	}
	if (!i->data)
		die("out of memory");
	if (len > i->len)
		memset(i->data + i->len, 0, len - i->len);
	i->len = len;
}

static void put(struct image *i, const uint8_t *data, size_t len, uint64_t at)
{
	if (at + len > i->len)
		resize(i, at + len);
	memcpy(i->data + at, data, len);
}

static void apply(struct image *i, const struct change *c)
{
	if (c->data)
		put(i, c->data, c->len, c->at);
	else
		resize(i, c->at);
}

/* Each sector of a change by itself, with that chance in 8. */
static void apply_some(struct image *i, const struct change *c, uint32_t chance)
{
	if (!c->data) {
		if (draw(8) < chance)
			resize(i, c->at);
		return;
	}
	for (size_t done = 0; done < c->len;) {
		size_t room = DISK_SECTOR - (c->at + done) % DISK_SECTOR;
		size_t len = c->len - done < room ? c->len - done : room;
		if (draw(8) < chance)
			put(i, c->data + done, len, c->at + done);
		done += len;
	}
}

static void drop_pending(struct file *f)
{
	for (size_t k = 0; k < f->n_pending; k++)
		free(f->pending[k].data);
	free(f->pending);
	f->pending = NULL;
	f->n_pending = 0;
}

/* Some of the pending changes reach the disk, the others never will. */
static void lose_some(struct file *f)
{
	static const uint32_t chances[] = {0, 1, 4, 7, 8};
	uint32_t chance = chances[draw(sizeof chances / sizeof chances[0])];
	for (size_t k = 0; k < f->n_pending; k++) {
		struct change c = f->pending[k];
		/* The last one is torn somewhere. */
		if (k + 1 == f->n_pending && c.data && c.len > 1)
			c.len = draw((uint32_t)c.len) + 1;
		apply_some(&f->durable, &c, chance);
	}
	drop_pending(f);
}

/* --- files --- */

static struct file *find(const char *name)
{
	for (size_t i = 0; i < disk.n_files; i++) {
		if (strcmp(disk.files[i].name, name) == 0)
			return &disk.files[i];
	}
	return NULL;
}

static void read_image(const char *name, struct image *ret)
{
	char path[PATH_SIZE + DISK_NAME_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", disk.dir, name);
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	if (fstat(fileno(file), &st) != 0)
		die("a file that cannot be read");
	resize(ret, (size_t)st.st_size);
	if (fread(ret->data, 1, ret->len, file) != ret->len)
		die("a file that cannot be read");
	fclose(file);
}

static struct file *add(const char *name)
{
	struct file *f = find(name);
	if (f)
		return f;
	if (disk.n_files == FILES_MAX)
		die("too many files");
	f = &disk.files[disk.n_files++];
	memset(f, 0, sizeof *f);
	snprintf(f->name, sizeof f->name, "%s", name);
	read_image(name, &f->durable);
	return f;
}

static void clear(struct file *f)
{
	drop_pending(f);
	free(f->durable.data);
	*f = disk.files[--disk.n_files];
}

/* Counts a change; other than 0: it fails. */
static int count(struct file *f, const struct change *c)
{
	uint64_t n = ++disk.changes;
	if (!disk.off && disk.plan.power_at == n) {
		disk.off = true;
		if (c) { /* on its way when the power went */
			f->pending = realloc(f->pending, (f->n_pending + 1) * sizeof *f->pending);
			if (!f->pending)
				die("out of memory");
			f->pending[f->n_pending++] = *c;
			return -EIO;
		}
	}
	if (disk.off)
		return EIO;
	if (disk.plan.fail_at && !disk.mended &&
	    (n == disk.plan.fail_at || (disk.plan.stays && n > disk.plan.fail_at))) {
		disk.failed = true;
		return disk.plan.error;
	}
	return 0;
}

static int change(const char *name, struct change c)
{
	pthread_mutex_lock(&disk.lock);
	struct file *f = add(name);
	int error = count(f, &c);
	if (error == 0) {
		f->pending = realloc(f->pending, (f->n_pending + 1) * sizeof *f->pending);
		if (!f->pending)
			die("out of memory");
		f->pending[f->n_pending++] = c;
	} else if (error > 0) {
		free(c.data);
	}
	pthread_mutex_unlock(&disk.lock);
	return error < 0 ? -error : error;
}

int disk_write(const char *name, const void *data, size_t len, uint64_t at)
{
	struct change c = {.data = malloc(len + 1), .len = len, .at = at};
	if (!c.data)
		die("out of memory");
	memcpy(c.data, data, len);
	return change(name, c);
}

int disk_truncate(const char *name, uint64_t size)
{
	return change(name, (struct change){.at = size});
}

/* A sync that failed is not made good by the next one: the kernel has dropped the pages. */
int disk_sync(const char *name)
{
	pthread_mutex_lock(&disk.lock);
	struct file *f = add(name);
	int error = count(f, NULL);
	if (error == 0) {
		for (size_t k = 0; k < f->n_pending; k++)
			apply(&f->durable, &f->pending[k]);
		drop_pending(f);
	} else if (!disk.off) {
		lose_some(f);
	}
	pthread_mutex_unlock(&disk.lock);
	return error;
}

void disk_open(const char *name)
{
	pthread_mutex_lock(&disk.lock);
	add(name);
	pthread_mutex_unlock(&disk.lock);
}

void disk_forget(const char *name)
{
	pthread_mutex_lock(&disk.lock);
	struct file *f = find(name);
	if (f)
		clear(f);
	pthread_mutex_unlock(&disk.lock);
}

int disk_power(void)
{
	return disk_is_off() ? EIO : 0;
}

const char *disk_name(const char *path)
{
	size_t len = strlen(disk.dir);
	if (len == 0 || !path || strncmp(path, disk.dir, len) != 0 || path[len] != '/')
		return NULL;
	const char *name = path + len + 1;
	return strchr(name, '/') || strlen(name) >= DISK_NAME_MAX ? NULL : name;
}

/* --- plans --- */

void disk_end(void)
{
	while (disk.n_files > 0)
		clear(&disk.files[0]);
	disk.dir[0] = '\0';
	disk.off = false;
}

void disk_begin(const char *dir, const struct disk_plan *plan)
{
	disk_end();
	snprintf(disk.dir, sizeof disk.dir, "%s", dir);
	disk.plan = *plan;
	disk.changes = 0;
	disk.failed = disk.mended = false;
	disk.random = plan->seed * 2654435761u + 1;
}

void disk_mend(void)
{
	disk.mended = true;
}

uint64_t disk_changes(void)
{
	return disk.changes;
}

bool disk_failed(void)
{
	return disk.failed;
}

bool disk_is_off(void)
{
	pthread_mutex_lock(&disk.lock);
	bool off = disk.off;
	pthread_mutex_unlock(&disk.lock);
	return off;
}

void disk_salvage(const char *to_dir)
{
	char path[PATH_SIZE + DISK_NAME_MAX];
	for (size_t i = 0; i < disk.n_files; i++) {
		struct file *f = &disk.files[i];
		lose_some(f);
		snprintf(path, sizeof path, "%s/%s", to_dir, f->name);
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, f->durable.data ? (void *)f->durable.data : "",
				    f->durable.len) != (ssize_t)f->durable.len)
			die("a file that cannot be salvaged");
		close(fd);
	}
}
