/* A reviewer that writes for as long as a run lasts: records of its own, never twice the same. */
#include "hostile.h"

#include "base/auto.h"

#define TIME_S 1795305600 /* 2026-11-22T00:00:00Z */

void honest_writer_open(struct hostile *h, uint32_t number, struct honest_writer *ret)
{
	*ret = (struct honest_writer){.h = h, .number = number, .bob = test_key(9)};
	test_client_open(h->daemon.url, &ret->client);
}

void honest_writer_close(struct honest_writer *w)
{
	test_client_close(&w->client);
}

/* Drawn up here, since a corpus in memory would grow as annotd's does not. */
void honest_write(struct honest_writer *w)
{
	struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_draft *draft = test_claim("It rained, hour after hour.");
	struct annot_draft_header header = {
		.corpus = &w->h->corpus->id,
		.author = w->bob.author,
		.time_s = TIME_S,
	};
	const struct annot_record *record;
	struct test_entry e = {0}, *entries[] = {&e};
	w->n++;
	memcpy(header.nonce, &w->n, sizeof w->n);
	memcpy(header.nonce + sizeof w->n, &w->number, sizeof w->number);
	header.nonce[sizeof header.nonce - 1] = 1; /* unlike those of the corpus in memory */
	assert_ok(annot_draft_build(draft, &header, arena, &bytes, &record, &test_error));
	annot_draft_free(draft);
	annot_sshsig_sign(&w->bob.secret, ANNOT_NAMESPACE_RECORD, record->bytes, e.signature);
	e.record = record;
	const struct annot_submit_reply *reply = test_submit(&w->client, w->h->corpus, entries, 1);
	assert_int_equal(reply->results[0].status, ANNOT_OK);
	annot_arena_reset(w->client.arena);
	annot_arena_free(arena);
}
