/*
 * How much of their throughput honest clients keep while others attack (script/bench honest): for
 * each attack a line "attack NAME rate N quiet N", in requests a second of all honest clients
 * together. The quiet rate is measured just before the attack, the attackers run at the lowest
 * priority: what they do to annotd is measured, not what their own work takes from the processor.
 */
#include "hostile.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	READERS = 12,
	WRITERS = 4,
	ATTACKERS = 16,
	MEASURE_MS = 1000,
	SETTLE_MS = 200,
	SILENT = 1000,
	STUCK = 40,
	STUCK_REQUESTS = 400,
	ENDLESS = 64,
	FORGED = 256,
};

struct attack {
	const char *name;
	void (*begin)(struct attack *a); /* NULL: nothing to prepare */
	bool (*act)(struct attack *a, int *fd, size_t turn);
	struct hostile *h;
	struct annot_buf frame; /* that act sends */
	int held[SILENT];       /* connections that stay */
	size_t n_held;
	atomic_bool stop;
};

struct honest_load {
	struct hostile *h;
	atomic_bool stop;
	atomic_size_t n_done;
	uint32_t number;
};

/* --- honest work --- */

static void *read_on(void *arg)
{
	struct honest_load *l = arg;
	AUTO_BUF struct annot_buf get = ANNOT_BUF_INIT(4096);
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	int fd = -1;
	request_get(l->h->corpus->entries[1], &get);
	while (!atomic_load(&l->stop)) {
		if (fd < 0 && (fd = peer_open(l->h->path)) < 0)
			continue;
		if (peer_write(fd, get.data, get.len) && peer_reply(fd, &reply)) {
			atomic_fetch_add(&l->n_done, 1);
			continue;
		}
		close(fd);
		fd = -1;
	}
	peer_close_all(&fd, 1);
	return NULL;
}

static void *write_on(void *arg)
{
	struct honest_load *l = arg;
	struct honest_writer w;
	honest_writer_open(l->h, l->number, &w);
	while (!atomic_load(&l->stop)) {
		honest_write(&w);
		atomic_fetch_add(&l->n_done, 1);
	}
	honest_writer_close(&w);
	return NULL;
}

/* --- attacks: one turn each; false: the connection is of no more use --- */

static bool ask(struct attack *a, int *fd, size_t turn)
{
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	(void)turn;
	return peer_write(*fd, a->frame.data, a->frame.len) && peer_reply(*fd, &reply);
}

static bool garbage(struct attack *a, int *fd, size_t turn)
{
	uint8_t bytes[512];
	(void)a;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(turn * 2654435761u >> i % 24);
	peer_write_some(*fd, bytes, sizeof bytes);
	return false;
}

/* The largest frame but for its last bytes, and away. */
static bool truncated(struct attack *a, int *fd, size_t turn)
{
	peer_write_some(*fd, a->frame.data, 1 + turn % (a->frame.len - 1));
	return false;
}

static bool come_and_go(struct attack *a, int *fd, size_t turn)
{
	(void)a, (void)fd, (void)turn;
	return false;
}

static bool wait_only(struct attack *a, int *fd, size_t turn)
{
	(void)a, (void)fd, (void)turn;
	pause_ms(5);
	return true;
}

static void hold(struct attack *a, size_t n)
{
	for (a->n_held = 0; a->n_held < n; a->n_held++)
		a->held[a->n_held] = peer_open(a->h->path);
}

static void begin_silent(struct attack *a)
{
	hold(a, SILENT);
}

static void begin_stuck(struct attack *a)
{
	request_list("", 0, &a->frame);
	hold(a, STUCK);
	for (size_t k = 0; k < STUCK_REQUESTS * STUCK; k++)
		peer_write_some(a->held[k % STUCK], a->frame.data, a->frame.len);
}

static void begin_endless(struct attack *a)
{
	static const uint8_t head[] = {1, 0, 0, 0, 0, 0, 0x1f, 0xff, 0xf0, 0x80, 0, 0, 1};
	AUTO_FREE uint8_t *body = calloc(1, ANNOT_FRAME_MAX);
	hold(a, ENDLESS);
	for (size_t i = 0; i < ENDLESS; i++) {
		peer_write_some(a->held[i], head, sizeof head);
		peer_write_some(a->held[i], body, ANNOT_FRAME_MAX / 2);
	}
}

static void begin_get(struct attack *a)
{
	request_get(a->h->corpus->entries[1], &a->frame);
}

static void begin_forged(struct attack *a)
{
	const struct test_corpus *c = a->h->corpus;
	request_submit(c->entries + c->n - FORGED, FORGED, true, &a->frame);
}

static void begin_query(struct attack *a)
{
	request_list("kind:claim author:bob since:#1", 0, &a->frame);
}

static void begin_long_query(struct attack *a)
{
	char query[4096] = "";
	for (size_t len = 0; len + 16 < sizeof query; len += strlen("state:draft "))
		memcpy(query + len, "state:draft ", sizeof "state:draft ");
	request_list(query, 0, &a->frame);
}

/* --- running --- */

static void *attack_on(void *arg)
{
	struct attack *a = arg;
	int fd = -1;
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
	for (size_t turn = 0; !atomic_load(&a->stop); turn++) {
		if (fd < 0 && (fd = peer_open(a->h->path)) < 0) {
			pause_ms(1);
		} else if (!a->act(a, &fd, turn)) {
			close(fd);
			fd = -1;
		}
	}
	peer_close_all(&fd, 1);
	return NULL;
}

static double rate(struct honest_load *loads, size_t n)
{
	size_t before = 0, after = 0;
	double start = now_s();
	for (size_t i = 0; i < n; i++)
		before += atomic_load(&loads[i].n_done);
	pause_ms(MEASURE_MS);
	for (size_t i = 0; i < n; i++)
		after += atomic_load(&loads[i].n_done);
	return (double)(after - before) / (now_s() - start);
}

static void measure(struct attack *a, struct honest_load *loads, size_t n_loads)
{
	pthread_t threads[ATTACKERS];
	double quiet = rate(loads, n_loads);
	a->frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	if (a->begin)
		a->begin(a);
	for (size_t i = 0; i < ATTACKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, attack_on, a), 0);
	pause_ms(SETTLE_MS);
	double attacked = rate(loads, n_loads);
	atomic_store(&a->stop, true);
	for (size_t i = 0; i < ATTACKERS; i++)
		pthread_join(threads[i], NULL);
	peer_close_all(a->held, a->n_held);
	annot_buf_free(&a->frame);
	printf("attack %s rate %.0f quiet %.0f\n", a->name, attacked, quiet);
	fflush(stdout);
	pause_ms(SETTLE_MS);
}

static struct attack attacks[] = {
	{.name = "garbage", .act = garbage},
	{.name = "truncated", .begin = begin_forged, .act = truncated},
	{.name = "connects", .act = come_and_go},
	{.name = "silent", .begin = begin_silent, .act = wait_only},
	{.name = "stuck", .begin = begin_stuck, .act = wait_only},
	{.name = "endless", .begin = begin_endless, .act = wait_only},
	{.name = "gets", .begin = begin_get, .act = ask},
	{.name = "forged", .begin = begin_forged, .act = ask},
	{.name = "queries", .begin = begin_query, .act = ask},
	{.name = "long-queries", .begin = begin_long_query, .act = ask},
};

static void test_throughput(void **state)
{
	struct hostile *h = *state;
	struct honest_load loads[READERS + WRITERS] = {0};
	pthread_t threads[COUNT(loads)];
	allow_descriptors(SILENT + 256);
	for (size_t i = 0; i < COUNT(loads); i++) {
		loads[i].h = h;
		loads[i].number = (uint32_t)i + 1;
		assert_int_equal(pthread_create(&threads[i], NULL, i < READERS ? read_on : write_on,
						&loads[i]),
				 0);
	}
	pause_ms(SETTLE_MS);
	for (size_t i = 0; i < COUNT(attacks); i++) {
		attacks[i].h = h;
		measure(&attacks[i], loads, COUNT(loads));
	}
	for (size_t i = 0; i < COUNT(loads); i++)
		atomic_store(&loads[i].stop, true);
	for (size_t i = 0; i < COUNT(loads); i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_throughput, hostile_setup, hostile_teardown),
	};
	return cmocka_run_group_tests_name("hostile/throughput", tests, NULL, NULL);
}
