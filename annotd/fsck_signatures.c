#include "annotd/fsck_private.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "record/sshsig.h"

enum {
	CHUNK = 128,
	KEYS = 64, /* that a thread remembers */
};

struct job {
	const char *dir;
	const struct annot_authority *authority;
	const uint8_t *effects;
	struct findings *findings;
	uint8_t *later; /* of each record: its key was not known when it was looked at */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t size;
	uint64_t next, replayed; /* with the lock held */
	bool last;
};

/* A key's bytes belong to its author hash for ever, whatever becomes of its enrolment. */
struct known_key {
	bool used;
	struct annot_hash author;
	uint8_t key[ANNOT_KEY_SIZE];
};

struct thread {
	struct job *job;
	struct reader *reader; /* of the log */
	struct known_key keys[KEYS];
	pthread_t id;
	enum annot_status status;
	struct annot_error err;
};

struct fsck_signatures {
	struct job job;
	unsigned n_threads;
	struct thread threads[];
};

static const uint8_t *find_key(struct thread *t, const struct annot_hash *author)
{
	struct known_key *slot = &t->keys[author->b[0] % KEYS];
	if (slot->used && annot_hash_equal(&slot->author, author))
		return slot->key;
	pthread_mutex_lock(&t->job->lock);
	const struct annot_key_info *info = annot_authority_key(t->job->authority, author);
	if (info) {
		*slot = (struct known_key){.used = true, .author = *author};
		memcpy(slot->key, info->key, sizeof slot->key);
	}
	pthread_mutex_unlock(&t->job->lock);
	return info ? slot->key : NULL;
}

/* The author card of a record that the replay has parsed: the first line that begins so. */
static bool author_of(struct annot_bytes record, struct annot_hash *ret)
{
	static const char line[] = "\nauthor ";
	const uint8_t *at = memmem(record.data, record.len, line, sizeof line - 1);
	size_t before = at ? (size_t)(at - record.data) + sizeof line - 1 : record.len;
	return record.len - before >= ANNOT_HASH_HEX &&
	       annot_unhex((const char *)record.data + before, ANNOT_HASH_HEX, ret->b,
			   sizeof ret->b);
}

/* The last time, a key that is not known is a finding; before, it is put off. */
static enum annot_status check_one(struct thread *t, uint64_t index, bool last_time,
				   struct annot_error *err)
{
	const struct job *job = t->job;
	struct store_log_row row;
	const struct store_record *stored = &row.stored;
	struct annot_hash author;
	struct annot_error why;
	TRY(reader_log(t->reader, index, &row, err));
	if (!stored->record.data || !author_of(stored->record, &author))
		return ANNOT_OK; /* withheld; or said already */
	const uint8_t *key = find_key(t, &author);
	if (!key) {
		job->later[index] = !last_time;
		if (last_time && job->effects[index] != ANNOT_VOID)
			finding(job->findings, index, "its author's key is not enrolled");
	} else if (annot_sshsig_verify(key, ANNOT_NAMESPACE_RECORD, stored->record,
				       stored->signature, &why) != ANNOT_OK) {
		finding(job->findings, index, "%s", why.text);
	}
	return ANNOT_OK;
}

/* Waits for records to check; false: there are no more. */
static bool take(struct job *job, uint64_t *ret_from, uint64_t *ret_to)
{
	pthread_mutex_lock(&job->lock);
	while (!job->last && job->replayed < job->next + CHUNK)
		pthread_cond_wait(&job->changed, &job->lock);
	*ret_from = job->next;
	*ret_to = job->replayed - job->next < CHUNK ? job->replayed : job->next + CHUNK;
	job->next = *ret_to;
	pthread_mutex_unlock(&job->lock);
	/* Signatures take nearly all of the time. */
	pthread_mutex_lock(&job->findings->lock);
	progress_show(&job->findings->progress, *ret_from, job->size);
	pthread_mutex_unlock(&job->findings->lock);
	return *ret_from < *ret_to;
}

static enum annot_status check_all(struct thread *t, struct annot_error *err)
{
	uint64_t from, to;
	TRY(reader_open_log(t->job->dir, &t->reader, err));
	TRY(reader_begin(t->reader, err));
	while (take(t->job, &from, &to)) {
		for (uint64_t i = from; i < to; i++)
			TRY(check_one(t, i, false, err));
	}
	return ANNOT_OK;
}

static void *check(void *arg)
{
	struct thread *t = arg;
	t->status = check_all(t, &t->err);
	return NULL;
}

enum annot_status fsck_signatures_begin(const char *dir, uint64_t size, unsigned threads,
					const struct annot_authority *authority,
					const uint8_t *effects, struct findings *findings,
					struct fsck_signatures **ret, struct annot_error *err)
{
	struct fsck_signatures *s = calloc(1, sizeof *s + threads * sizeof s->threads[0]);
	uint8_t *later = calloc(size + 1, 1);
	if (!s || !later) {
		free(s);
		free(later);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	s->job = (struct job){.dir = dir,
			      .authority = authority,
			      .effects = effects,
			      .findings = findings,
			      .size = size,
			      .later = later};
	pthread_mutex_init(&s->job.lock, NULL);
	pthread_cond_init(&s->job.changed, NULL);
	*ret = s;
	while (s->n_threads < threads) {
		struct thread *t = &s->threads[s->n_threads];
		t->job = &s->job;
		if (pthread_create(&t->id, NULL, check, t) != 0)
			break;
		s->n_threads++;
	}
	return s->n_threads > 0 ? ANNOT_OK
				: annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
}

void fsck_signatures_lock(struct fsck_signatures *s)
{
	pthread_mutex_lock(&s->job.lock);
}

void fsck_signatures_unlock(struct fsck_signatures *s)
{
	pthread_mutex_unlock(&s->job.lock);
}

void fsck_signatures_replayed(struct fsck_signatures *s, uint64_t n, bool last)
{
	if (!last && n % CHUNK != 0)
		return;
	pthread_mutex_lock(&s->job.lock);
	s->job.replayed = n;
	s->job.last = last;
	pthread_cond_broadcast(&s->job.changed);
	pthread_mutex_unlock(&s->job.lock);
}

/* Those whose key was enrolled later, or never; with the first thread's reader. */
static enum annot_status check_later(struct fsck_signatures *s, struct annot_error *err)
{
	for (uint64_t i = 0; i < s->job.replayed; i++) {
		if (s->job.later[i])
			TRY(check_one(&s->threads[0], i, true, err));
	}
	return ANNOT_OK;
}

enum annot_status fsck_signatures_end(struct fsck_signatures *s, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	if (!s)
		return ANNOT_OK;
	for (unsigned i = 0; i < s->n_threads; i++) {
		pthread_join(s->threads[i].id, NULL);
		if (status == ANNOT_OK && s->threads[i].status != ANNOT_OK)
			status =
				annot_fail(err, s->threads[i].status, "%s", s->threads[i].err.text);
	}
	if (status == ANNOT_OK && s->n_threads > 0)
		status = check_later(s, err);
	for (unsigned i = 0; i < s->n_threads; i++)
		reader_close(s->threads[i].reader);
	pthread_mutex_destroy(&s->job.lock);
	pthread_cond_destroy(&s->job.changed);
	free(s->job.later);
	free(s);
	return status;
}
