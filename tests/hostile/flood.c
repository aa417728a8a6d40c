/* Peers that ask one thing after the other, each on a connection of its own. */
#include "flood.h"

#include <unistd.h>

#include "base/auto.h"

enum { REST_MS = 20 };

static void *pour(void *arg)
{
	struct flood *f = arg;
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	int fd = -1;
	while (!atomic_load(&f->stop)) {
		if (fd < 0)
			fd = peer_open(f->path);
		if (fd >= 0 && peer_write(fd, f->frame.data, f->frame.len) &&
		    peer_reply(fd, &reply)) {
			atomic_fetch_add(&f->n_replies, 1);
			continue;
		}
		if (fd >= 0)
			close(fd);
		fd = -1;
		pause_ms(REST_MS);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

void flood_start(struct hostile *h, size_t n, struct annot_bytes frame, struct flood *ret)
{
	assert_true(n <= FLOODERS_MAX);
	ret->path = h->path;
	ret->frame = frame;
	ret->n = n;
	atomic_store(&ret->stop, false);
	atomic_store(&ret->n_replies, 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_create(&ret->threads[i], NULL, pour, ret), 0);
}

size_t flood_stop(struct flood *f)
{
	size_t n = atomic_load(&f->n_replies);
	atomic_store(&f->stop, true);
	for (size_t i = 0; i < f->n; i++)
		pthread_join(f->threads[i], NULL);
	return n;
}

void flood_judge(struct hostile *h, struct flood *f, size_t replies, const char *what)
{
	long most = 0;
	while (atomic_load(&f->n_replies) < replies) {
		long now = process_rss_kib(h->daemon.pid);
		most = now > most ? now : most;
		pause_ms(1);
	}
	hostile_begin(h);
	hostile_judge(h, what);
	print_message("%s: %zu answers, %ld KiB at most\n", what, atomic_load(&f->n_replies), most);
	if (!SANITIZED && most > RSS_ANON_MAX_KIB)
		fail_msg("%s: annotd held %ld KiB", what, most);
}
