/* The honest client: gets and submits in turn, one at a time, and times each call. */
#include "hostile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"

enum { GETS_A_SUBMIT = 7, CONNECT_TRIES = 2000 };

struct exchange {
	struct honest *honest;
	int fd; /* -1: not connected */
	struct annot_buf frame, reply;
	struct annot_arena *arena;
};

static void give_up(struct honest *h, const char *why)
{
	snprintf(h->failed, sizeof h->failed, "call %zu: %.200s", atomic_load(&h->n_calls), why);
	atomic_store(&h->stop, true);
}

/* Sends the frame until it is answered, as a REQ socket would: a lost connection is no answer. */
static bool exchange(struct exchange *x)
{
	for (int i = 0; i < CONNECT_TRIES; i++) {
		if (x->fd < 0) {
			x->fd = peer_open(x->honest->path);
			if (x->fd < 0) {
				pause_ms(5);
				continue;
			}
		}
		if (peer_write(x->fd, x->frame.data, x->frame.len) && peer_reply(x->fd, &x->reply))
			return true;
		close(x->fd);
		x->fd = -1;
		atomic_fetch_add(&x->honest->n_reconnects, 1);
	}
	give_up(x->honest, "no connection");
	return false;
}

static void keep_time(struct honest *h, double us)
{
	pthread_mutex_lock(&h->lock);
	if (h->n_us < HONEST_SAMPLES)
		h->us[h->n_us++] = (uint32_t)us;
	pthread_mutex_unlock(&h->lock);
	atomic_fetch_add(&h->n_calls, 1);
}

/* One call, timed; the reply struct or NULL. BUSY is an answer: the call is made again. */
static const void *timed(struct exchange *x, enum annot_call_id id)
{
	for (;;) {
		double start = now_s();
		struct annot_error err = {0};
		void *ret;
		if (!exchange(x))
			return NULL;
		keep_time(x->honest, (now_s() - start) * 1e6);
		annot_arena_reset(x->arena);
		enum annot_status status = annot_reply_decode(
			annot_call_def(id), annot_buf_bytes(&x->reply), x->arena, &ret, &err);
		if (status == ANNOT_OK)
			return ret;
		if (status != ANNOT_BUSY) {
			give_up(x->honest, err.text);
			return NULL;
		}
		pause_ms(1);
	}
}

static void get_one(struct exchange *x, const struct test_entry *e)
{
	annot_buf_free(&x->frame);
	request_get(e, &x->frame);
	const struct annot_rows_reply *rows = timed(x, ANNOT_CALL_get);
	if (rows && (rows->n_rows != 1 || rows->rows[0].index != e->index))
		give_up(x->honest, "got another record");
}

static void submit_next(struct exchange *x)
{
	struct honest *h = x->honest;
	size_t n = atomic_load(&h->n_committed);
	if (n == h->n_records)
		return;
	annot_buf_free(&x->frame);
	request_submit(h->corpus->entries + h->first + n, 1, false, &x->frame);
	const struct annot_submit_reply *reply = timed(x, ANNOT_CALL_submit);
	if (!reply)
		return;
	if (reply->results[0].status != ANNOT_OK)
		give_up(h, reply->results[0].message);
	else
		atomic_fetch_add(&h->n_committed, 1);
}

static void *work(void *arg)
{
	struct honest *h = arg;
	struct exchange x = {
		.honest = h,
		.fd = -1,
		.frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX),
		.reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX),
		.arena = annot_arena_new(ANNOT_DECODE_MAX),
	};
	for (size_t i = 0; !atomic_load(&h->stop); i++) {
		if (i % (GETS_A_SUBMIT + 1) == 0)
			submit_next(&x);
		else /* one that was there before */
			get_one(&x, h->corpus->entries[h->first - 1]);
		pause_ms(1); /* undisturbed it is idle most of the time, as people are */
	}
	if (x.fd >= 0)
		close(x.fd);
	annot_buf_free(&x.frame);
	annot_buf_free(&x.reply);
	annot_arena_free(x.arena);
	return NULL;
}

void honest_start(struct honest *h)
{
	pthread_mutex_init(&h->lock, NULL);
	h->us = calloc(HONEST_SAMPLES, sizeof h->us[0]);
	assert_int_equal(pthread_create(&h->thread, NULL, work, h), 0);
}

void honest_stop(struct honest *h)
{
	if (!h->us)
		return;
	atomic_store(&h->stop, true);
	pthread_join(h->thread, NULL);
	pthread_mutex_destroy(&h->lock);
	free(h->us);
	h->us = NULL;
}

void honest_mark(struct honest *h)
{
	pthread_mutex_lock(&h->lock);
	h->n_us = 0;
	pthread_mutex_unlock(&h->lock);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

size_t honest_quantiles(struct honest *h, double *ret_p50_us, double *ret_p99_us,
			double *ret_max_us)
{
	pthread_mutex_lock(&h->lock);
	size_t n = h->n_us;
	AUTO_FREE uint32_t *us = malloc((n + 1) * sizeof us[0]);
	memcpy(us, h->us, n * sizeof us[0]);
	pthread_mutex_unlock(&h->lock);
	qsort(us, n, sizeof us[0], by_size);
	*ret_p50_us = n ? us[n / 2] : 0;
	*ret_p99_us = n ? us[n - 1 - n / 100] : 0;
	*ret_max_us = n ? us[n - 1] : 0;
	return n;
}
