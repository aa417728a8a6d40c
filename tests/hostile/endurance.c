/*
 * Mixed load for ANNOT_ENDURANCE_S seconds (script/endurance): an honest client, a writer, readers,
 * and peers that vanish, never read, or send garbage. Samples of annotd's memory, descriptors,
 * write-ahead logs and of the honest client's latency go to standard output; after warm-up none of
 * them may grow.
 */
#include "hostile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	SECONDS_LEAST = 20,
	SECONDS_MOST = 24 * 3600,
	SAMPLES = 120,
	SAMPLE_LEAST_MS = 250,
	WARM_UP_PERCENT = 25,
	READERS = 4,
	STUCK = 4,
	WRITE_PAUSE_MS = 40,
	READ_PAUSE_MS = 5,
	PEST_PAUSE_MS = 20,
	/* What may be more at the end than after warm-up. */
	GROWTH_PERCENT = 15,
	RSS_SLACK_KIB = 8 << 10,
	DESCRIPTORS_SLACK = 4,
	/* Each of the two logs is written from its start again once it has 64 MiB. */
	WAL_MAX_KIB = 2 * (64 + 16) << 10,
	P99_FACTOR = 4,
};

struct sample {
	double rss_kib, descriptors, wal_kib, p99_us;
};

struct load {
	struct hostile *h;
	atomic_bool stop;
	atomic_size_t n_reads, n_pests;
};

/* --- what works on annotd --- */

static void *read_all(void *arg)
{
	struct load *l = arg;
	AUTO_BUF struct annot_buf get = ANNOT_BUF_INIT(4096), list = ANNOT_BUF_INIT(4096);
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	int fd = -1;
	request_get(l->h->corpus->entries[1], &get);
	request_list("kind:claim", 100, &list);
	for (size_t i = 0; !atomic_load(&l->stop); i++) {
		const struct annot_buf *frame = i % 10 == 0 ? &list : &get;
		if (fd < 0)
			fd = peer_open(l->h->path);
		if (fd >= 0 && peer_write(fd, frame->data, frame->len) && peer_reply(fd, &reply)) {
			atomic_fetch_add(&l->n_reads, 1);
		} else if (fd >= 0) {
			close(fd);
			fd = -1;
		}
		pause_ms(READ_PAUSE_MS);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* Vanishes with requests in flight, cuts frames, says nothing, sends what is no frame. */
static void *pester(void *arg)
{
	struct load *l = arg;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096), all = ANNOT_BUF_INIT(4096);
	int stuck[STUCK] = {-1, -1, -1, -1};
	request_get(l->h->corpus->entries[1], &frame);
	request_list("", 0, &all);
	for (size_t i = 0; !atomic_load(&l->stop); i++) {
		int fd = i % 5 ? peer_open(l->h->path) : peer_connect(l->h->path);
		for (size_t k = 0; fd >= 0 && i % 5 == 1 && k < 8; k++)
			peer_write_some(fd, frame.data, frame.len);
		if (fd >= 0 && i % 5 == 2)
			peer_write_some(fd, frame.data, 1 + i % frame.len);
		if (fd >= 0 && i % 5 == 3)
			peer_write_some(fd, "senseless", 9);
		if (fd >= 0 && i % 100 == 4) {
			int *slot = &stuck[i / 100 % STUCK];
			peer_close_all(slot, 1);
			for (size_t k = 0; k < 20; k++)
				peer_write_some(fd, all.data, all.len);
			*slot = fd;
		} else if (fd >= 0) {
			close(fd);
		}
		atomic_fetch_add(&l->n_pests, 1);
		pause_ms(PEST_PAUSE_MS);
	}
	peer_close_all(stuck, STUCK);
	return NULL;
}

/* --- what is measured --- */

static double wal_kib(const struct hostile *h)
{
	double kib = 0;
	struct stat st;
	static const char *const names[] = {"truth.db-wal", "index.db-wal"};
	for (size_t i = 0; i < COUNT(names); i++) {
		if (stat(test_path(h->dir, names[i]), &st) == 0)
			kib += (double)st.st_size / 1024;
	}
	return kib;
}

static struct sample take_sample(struct hostile *h, uint64_t n_written, double at)
{
	double p50, p99, max;
	size_t n = honest_quantiles(&h->honest, &p50, &p99, &max);
	honest_mark(&h->honest);
	struct sample s = {
		.rss_kib = (double)process_rss_kib(h->daemon.pid),
		.descriptors = process_descriptors(h->daemon.pid).all,
		.wal_kib = wal_kib(h),
		.p99_us = p99,
	};
	printf("%.1f s: %zu written, RssAnon %.0f KiB, %.0f descriptors, WAL %.0f KiB, "
	       "p50 %.2f ms, p99 %.2f ms of %zu calls\n",
	       at, (size_t)n_written, s.rss_kib, s.descriptors, s.wal_kib, p50 / 1e3, p99 / 1e3, n);
	fflush(stdout);
	return s;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Median of one member, `at` bytes into each sample. */
static double median(const struct sample *s, size_t n, size_t at)
{
	double values[SAMPLES + 1];
	for (size_t i = 0; i < n; i++)
		memcpy(&values[i], (const char *)&s[i] + at, sizeof values[i]);
	qsort(values, n, sizeof values[0], by_size);
	return values[n / 2];
}

static void compare(const char *what, const struct sample *s, size_t n, size_t at, double factor,
		    double slack)
{
	size_t third = n / 3;
	double early = median(s, third, at), late = median(s + n - third, third, at);
	print_message("%s: %.0f after warm-up, %.0f at the end\n", what, early, late);
	if (late > early * factor + slack)
		fail_msg("%s grew from %.0f to %.0f", what, early, late);
}

/* --- the run --- */

static size_t run(struct load *l, int seconds, struct sample *ret)
{
	struct hostile *h = l->h;
	struct honest_writer w;
	double start = now_s(), step = (double)seconds / SAMPLES, next;
	size_t n = 0;
	if (step < SAMPLE_LEAST_MS / 1e3)
		step = SAMPLE_LEAST_MS / 1e3;
	next = start + step;
	honest_writer_open(h, 0, &w);
	honest_mark(&h->honest);
	while (n < SAMPLES && now_s() - start < seconds) {
		honest_write(&w);
		if (now_s() >= next) {
			ret[n++] = take_sample(h, w.n, now_s() - start);
			next += step;
		}
		pause_ms(WRITE_PAUSE_MS);
	}
	honest_writer_close(&w);
	return n;
}

static void test_endurance(void **state)
{
	struct load l = {.h = *state};
	struct sample samples[SAMPLES];
	pthread_t readers[READERS], pest;
	const char *said = getenv("ANNOT_ENDURANCE_S");
	long seconds = said ? strtol(said, NULL, 10) : SECONDS_LEAST;
	assert_in_range(seconds, SECONDS_LEAST, SECONDS_MOST);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_all, &l), 0);
	assert_int_equal(pthread_create(&pest, NULL, pester, &l), 0);
	size_t n = run(&l, (int)seconds, samples), from = n * WARM_UP_PERCENT / 100;
	atomic_store(&l.stop, true);
	for (size_t i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	pthread_join(pest, NULL);
	print_message("%zu honest calls, %zu reads, %zu hostile connections\n",
		      atomic_load(&l.h->honest.n_calls), atomic_load(&l.n_reads),
		      atomic_load(&l.n_pests));
	assert_true(n - from >= 9);
	const struct sample *s = samples + from;
	n -= from;
	compare("RssAnon (KiB)", s, n, offsetof(struct sample, rss_kib), 1 + GROWTH_PERCENT / 1e2,
		RSS_SLACK_KIB);
	compare("descriptors", s, n, offsetof(struct sample, descriptors), 1, DESCRIPTORS_SLACK);
	double wal = median(s + n - n / 3, n / 3, offsetof(struct sample, wal_kib));
	print_message("WAL (KiB): %.0f at the end, at most %d\n", wal, WAL_MAX_KIB);
	assert_true(wal <= WAL_MAX_KIB);
	compare("p99 (us)", s, n, offsetof(struct sample, p99_us), P99_FACTOR, SLOW_FLOOR_MS * 1e3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_endurance, hostile_setup, hostile_teardown),
	};
	return cmocka_run_group_tests_name("hostile/endurance", tests, NULL, NULL);
}
