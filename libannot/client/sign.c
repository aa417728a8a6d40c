/* Filling in a record's header and signing it. */
#include "client/internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/auto.h"
#include "base/hash.h"
#include "client/signer.h"
#include "record/sshsig.h"

enum {
	SIGN_THREADS_MAX = 8,
	SIGN_THREADS_FROM = 16, /* fewer are signed faster than a thread is started */
};

struct annot_bytes annot_note_kept(const struct annot *a, const struct annot_hash *hash)
{
	for (const struct annot_kept_note *note = a->notes; note; note = note->next)
		if (annot_hash_equal(&note->hash, hash))
			return annot_bytes(note->data, note->len);
	return annot_bytes(NULL, 0);
}

/* Drops the oldest notes beyond ANNOT_SEEN_NOTES_MAX; the outbox has what still needs them. */
static void forget_old_notes(struct annot *a)
{
	struct annot_kept_note **at = &a->notes;
	for (unsigned n = 0; *at && n < ANNOT_SEEN_NOTES_MAX; n++)
		at = &(*at)->next;
	while (*at) {
		struct annot_kept_note *old = *at;
		*at = old->next;
		free(old);
	}
}

enum annot_status annot_note_keep(struct annot *a, struct annot_bytes note, struct annot_error *err)
{
	struct annot_hash hash = annot_sha256(note.data, note.len);
	if (annot_note_kept(a, &hash).data)
		return ANNOT_OK;
	struct annot_kept_note *kept = malloc(sizeof(*kept) + note.len);
	if (!kept)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	kept->hash = hash;
	kept->len = note.len;
	memcpy(kept->data, note.data, note.len);
	kept->next = a->notes;
	a->notes = kept;
	forget_old_notes(a);
	return ANNOT_OK;
}

/* The pin as a seen card; on the first use of a corpus the pin is made first. */
static enum annot_status seen_of(struct annot *a, struct annot_seen *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint pin;
	TRY(annot_pin(a, &pin, &note, err));
	if (pin.size == 0)
		TRY(annot_pin_newest(a, &pin, &note, err));
	if (pin.size == 0)
		return ANNOT_OK;
	TRY(annot_note_keep(a, annot_buf_bytes(&note), err));
	ret->size = pin.size;
	ret->root = pin.root;
	ret->note = annot_sha256(note.data, note.len);
	return ANNOT_OK;
}

/* All of a header but author and nonce, which differ from record to record. */
static enum annot_status begin_header(struct annot *a, struct annot_draft_header *ret,
				      struct annot_error *err)
{
	*ret = (struct annot_draft_header){
		.corpus = a ? &a->hello.corpus : NULL,
		.time_s = (int64_t)time(NULL),
	};
	TRY(annot_crypto_init(err));
	return a ? seen_of(a, &ret->seen, err) : ANNOT_OK;
}

static enum annot_status build(const struct annot_signer *signer, const struct annot_draft *draft,
			       struct annot_draft_header header, struct annot_arena *arena,
			       const struct annot_record **ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	header.author = annot_key_author(annot_signer_key(signer)->key);
	randombytes_buf(header.nonce, sizeof(header.nonce));
	return annot_draft_build(draft, &header, arena, &bytes, ret, err);
}

enum annot_status annot_sign(struct annot *a, const struct annot_signer *signer,
			     const struct annot_draft *draft, struct annot_arena *arena,
			     struct annot_signed *ret, struct annot_error *err)
{
	struct annot_draft_header header;
	struct annot_signed made = {.expect_heads = false};
	TRY(begin_header(a, &header, err));
	TRY(build(signer, draft, header, arena, &made.record, err));
	TRY(annot_signer_sign(signer, ANNOT_NAMESPACE_RECORD, made.record->bytes, made.signature,
			      err));
	*ret = made;
	return ANNOT_OK;
}

/* --- many at once --- */

struct sign_job {
	struct annot_signing *items;
	size_t n;
	atomic_size_t next;
};

static void sign_one(struct annot_signing *item)
{
	if (item->status == ANNOT_OK)
		item->status = annot_signer_sign(item->signer, ANNOT_NAMESPACE_RECORD,
						 item->made.record->bytes, item->made.signature,
						 &item->err);
}

static void *sign_on(void *arg)
{
	struct sign_job *job = arg;
	for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < job->n;)
		if (annot_signer_is_local(job->items[i].signer))
			sign_one(&job->items[i]);
	return NULL;
}

/* An agent answers one question at a time, and may ask a person: that is left to this thread. */
static void sign_all(struct annot_signing *items, size_t n)
{
	struct sign_job job = {.items = items, .n = n};
	pthread_t threads[SIGN_THREADS_MAX];
	size_t n_threads = 0;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	while (n >= SIGN_THREADS_FROM && n_threads < SIGN_THREADS_MAX &&
	       (long)n_threads + 1 < cores &&
	       pthread_create(&threads[n_threads], NULL, sign_on, &job) == 0)
		n_threads++;
	sign_on(&job);
	for (size_t i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < n; i++)
		if (!annot_signer_is_local(items[i].signer))
			sign_one(&items[i]);
}

enum annot_status annot_sign_many(struct annot *a, struct annot_signing *items, size_t n,
				  struct annot_arena *arena, struct annot_error *err)
{
	struct annot_draft_header header;
	TRY(begin_header(a, &header, err));
	for (size_t i = 0; i < n; i++) {
		items[i].made.expect_heads = false;
		items[i].status = build(items[i].signer, items[i].draft, header, arena,
					&items[i].made.record, &items[i].err);
	}
	sign_all(items, n);
	return ANNOT_OK;
}
