#include "annotd/watch_look.h"

#include <stdlib.h>

#include "annotd/dispatch.h"
#include "base/auto.h"

/* A reply that was made not long ago. */
struct kept {
	char *query; /* NULL: there is none */
	struct watch_key key;
	struct payload *reply;
	uint64_t withheld; /* as corpus_withheld when it was made */
	int64_t until_ms;
};

struct watch_look {
	struct corpus *corpus;
	struct reader *reader;
	struct annot_arena *arena;
	struct view_cache views;
	struct annot_error err;
	struct kept kept[WATCH_KEPT];
	size_t n_kept; /* so far: the next takes the place of the oldest */
};

bool watch_key_equal(const struct watch_key *a, const struct watch_key *b)
{
	return a->from == b->from && a->limit == b->limit && strcmp(a->query, b->query) == 0;
}

/* --- replies that are kept --- */

static const struct kept *find(const struct watch_look *l, const struct watch_key *key,
			       int64_t now_ms)
{
	uint64_t withheld = corpus_withheld(l->corpus);
	for (size_t i = 0; i < WATCH_KEPT; i++) {
		const struct kept *k = &l->kept[i];
		if (k->query && now_ms < k->until_ms && k->withheld == withheld &&
		    watch_key_equal(&k->key, key))
			return k;
	}
	return NULL;
}

static void forget(struct kept *k)
{
	free(k->query);
	payload_drop(k->reply);
	*k = (struct kept){0};
}

/* Makes room for a reply; without memory for its query nobody finds it again. */
static struct kept *next_kept(struct watch_look *l, const struct watch_key *key, int64_t now_ms)
{
	struct kept *k = &l->kept[l->n_kept++ % WATCH_KEPT];
	forget(k);
	k->query = strdup(key->query);
	k->key = *key;
	k->key.query = k->query;
	k->withheld = corpus_withheld(l->corpus);
	k->until_ms = now_ms + WATCH_KEPT_MS;
	return k;
}

/* --- the log --- */

static enum annot_status events(struct watch_look *l, const struct watch_key *key,
				struct annot_events_reply *ret)
{
	struct annot_events_request in = {
		.query = key->query, .from = key->from, .limit = key->limit};
	struct call c = {
		.arena = l->arena,
		.reader = l->reader,
		.cache = &l->views,
		.corpus = l->corpus,
		.peer_uid = -1,
	};
	TRY(corpus_catch_up(l->corpus, &l->err));
	corpus_await_index(l->corpus); /* a cursor may come from the reply to a submit */
	TRY(reader_begin(l->reader, &l->err));
	enum annot_status status = on_events(&c, &in, ret);
	reader_end(l->reader);
	l->err = c.err;
	return status;
}

static void look(struct watch_look *l, const struct watch_key *key, int64_t now_ms,
		 struct watch_answer *ret)
{
	struct kept *k = next_kept(l, key, now_ms);
	struct annot_events_reply reply = {0};
	struct annot_buf out = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	ret->error = l->err.text;
	ret->status = events(l, key, &reply);
	ret->next = reply.next;
	ret->complete = reply.next >= reply.size;
	if (ret->status != ANNOT_OK || reply.n_rows > 0)
		ret->status = dispatch_encode(annot_call_def(ANNOT_CALL_events), ret->status,
					      &ret->error, &reply, &out, &l->err);
	if (out.len > 0 && !(k->reply = payload_new(&out))) {
		ret->status = ANNOT_NO_MEMORY;
		ret->error = "out of memory";
		annot_buf_free(&out);
	}
	ret->reply = k->reply;
	annot_arena_reset(l->arena);
	if (ret->status != ANNOT_OK || !k->reply) {
		k->until_ms = 0; /* for this time only */
		l->n_kept--;
	}
}

void watch_look_up(struct watch_look *l, const struct watch_key *key, int64_t now_ms,
		   struct watch_answer *ret)
{
	const struct kept *k = find(l, key, now_ms);
	*ret = (struct watch_answer){0};
	if (k)
		ret->reply = k->reply;
	else
		look(l, key, now_ms, ret);
}

void watch_look_rest(struct watch_look *l)
{
	reader_rest(l->reader);
}

/* --- its life --- */

static enum annot_status open_parts(struct watch_look *l, struct annot_error *err)
{
	l->arena = annot_arena_new(DISPATCH_ARENA_MAX);
	if (!l->arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(reader_open(corpus_dir(l->corpus), &l->reader, err));
	reader_follow(l->reader, corpus_commits(l->corpus));
	return ANNOT_OK;
}

enum annot_status watch_look_open(struct corpus *corpus, struct watch_look **ret,
				  struct annot_error *err)
{
	struct watch_look *l = calloc(1, sizeof *l);
	if (!l)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	l->corpus = corpus;
	enum annot_status status = open_parts(l, err);
	if (status != ANNOT_OK) {
		watch_look_close(l);
		return status;
	}
	*ret = l;
	return ANNOT_OK;
}

struct watch_look *watch_look_close(struct watch_look *l)
{
	if (!l)
		return NULL;
	for (size_t i = 0; i < WATCH_KEPT; i++)
		forget(&l->kept[i]);
	reader_close(l->reader);
	annot_arena_free(l->arena);
	free(l);
	return NULL;
}
