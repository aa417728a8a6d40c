#include "annotd/fsck_private.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/auto.h"
#include "record/sshsig.h"

enum { CHUNK = 256 };

struct job {
	const char *dir;
	uint64_t size;
	const struct annot_authority *authority; /* does not change meanwhile */
	const uint8_t *effects;
	struct findings *findings;
	_Atomic uint64_t next;
};

struct thread {
	struct job *job;
	pthread_t id;
	enum annot_status status;
	struct annot_error err;
};

struct fsck_signatures {
	struct job job;
	unsigned n_threads;
	struct thread threads[];
};

static enum annot_status check_one(const struct job *job, struct reader *reader,
				   struct annot_arena *arena, uint64_t index,
				   struct annot_error *err)
{
	struct store_record stored;
	const struct annot_record *r;
	struct annot_error why = {0};
	annot_arena_reset(arena);
	TRY(reader_record(reader, index, arena, &stored, err));
	if (!stored.record.data || annot_record_parse(arena, stored.record, &r, NULL) != ANNOT_OK)
		return ANNOT_OK; /* withheld; or said already */
	const struct annot_key_info *key = annot_authority_key(job->authority, &r->author);
	if (!key) {
		if (job->effects[index] != ANNOT_VOID)
			finding(job->findings, index, "its author's key is not enrolled");
	} else if (annot_sshsig_verify(key->key, ANNOT_NAMESPACE_RECORD, r->bytes, stored.signature,
				       &why) != ANNOT_OK) {
		finding(job->findings, index, "%s", why.text);
	}
	return ANNOT_OK;
}

static enum annot_status check_chunks(struct job *job, struct reader *reader,
				      struct annot_arena *arena, struct annot_error *err)
{
	for (;;) {
		uint64_t from = atomic_fetch_add(&job->next, CHUNK);
		for (uint64_t i = from; i < job->size && i < from + CHUNK; i++)
			TRY(check_one(job, reader, arena, i, err));
		if (from >= job->size || job->size - from <= CHUNK)
			return ANNOT_OK;
	}
}

static void *check(void *arg)
{
	struct thread *t = arg;
	struct reader *reader;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(FSCK_ARENA_MAX);
	if (!arena) {
		t->status = annot_fail(&t->err, ANNOT_NO_MEMORY, "out of memory");
		return NULL;
	}
	t->status = reader_open(t->job->dir, &reader, &t->err);
	if (t->status != ANNOT_OK)
		return NULL;
	t->status = reader_begin(reader, &t->err);
	if (t->status == ANNOT_OK)
		t->status = check_chunks(t->job, reader, arena, &t->err);
	reader_close(reader);
	return NULL;
}

enum annot_status fsck_signatures_begin(const char *dir, uint64_t size, unsigned threads,
					const struct annot_authority *authority,
					const uint8_t *effects, struct findings *findings,
					struct fsck_signatures **ret, struct annot_error *err)
{
	struct fsck_signatures *s = calloc(1, sizeof *s + threads * sizeof s->threads[0]);
	if (!s)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	s->job.dir = dir;
	s->job.size = size;
	s->job.authority = authority;
	s->job.effects = effects;
	s->job.findings = findings;
	while (s->n_threads < threads) {
		struct thread *t = &s->threads[s->n_threads];
		t->job = &s->job;
		if (pthread_create(&t->id, NULL, check, t) != 0)
			break;
		s->n_threads++;
	}
	if (s->n_threads == 0) {
		free(s);
		return annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
	}
	*ret = s;
	return ANNOT_OK;
}

enum annot_status fsck_signatures_end(struct fsck_signatures *s, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	for (unsigned i = 0; i < s->n_threads; i++) {
		pthread_join(s->threads[i].id, NULL);
		if (status == ANNOT_OK && s->threads[i].status != ANNOT_OK)
			status =
				annot_fail(err, s->threads[i].status, "%s", s->threads[i].err.text);
	}
	free(s);
	return status;
}
