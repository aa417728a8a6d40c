#include "annotd/serve.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "annotd/anchors.h"
#include "annotd/certify.h"
#include "annotd/cosigned.h"
#include "annotd/indexer.h"
#include "annotd/limits.h"
#include "annotd/log.h"
#include "annotd/notify.h"
#include "annotd/worker.h"
#include "base/auto.h"
#include "base/encode.h"

enum {
	DRAIN_MS = 5000, /* replies under way get this long when stopping */
	STOP_S = 10,     /* and all of stopping this long */
	US_PER_S = 1000000,
	NS_PER_US = 1000,
	STATUS_MAX = 1024,
	EXIT_INTERNAL = 5,
};

struct daemon {
	struct dispatch dispatch; /* corpus, writer, uploads */
	struct workers *workers;
	struct server *server;
	struct annot_tls_server *tls; /* NULL: nothing listens at tls+tcp:// */
	struct indexer *indexer;
	struct anchors *anchors;
	struct cosigned *cosigned;
	uint64_t records; /* when it started */
};

/* What was answered is durable, so that nothing is lost when stopping hangs. */
static void give_up(int signal)
{
	static const char line[] = "annotd: stopping took too long, leaving at once\n";
	(void)signal;
	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		_exit(EXIT_INTERNAL);
	_exit(EXIT_INTERNAL);
}

/* Before any thread starts, so that all inherit the mask and only sigwait sees them. */
static void block_signals(sigset_t *ret)
{
	struct sigaction action = {.sa_handler = give_up};
	sigemptyset(ret);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGINT);
	pthread_sigmask(SIG_BLOCK, ret, NULL);
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a full disk */
}

static bool admit(void *arg, const struct server_peer *from)
{
	return limits_take(arg, LIMIT_ADDRESS, from->address, sizeof from->address);
}

static enum annot_status read_certificate(struct daemon *d, const struct config *config,
					  struct annot_error *err)
{
	for (size_t i = 0; i < config->n_listen && !d->tls; i++)
		if (strncmp(config->listen[i], "tls+", 4) == 0)
			TRY(corpus_certificate(config->corpus, &d->tls, err));
	if (d->tls)
		d->dispatch.certificate = annot_tls_server_certificate(d->tls);
	d->dispatch.limits = limits_new(config->key_rate, config->address_rate);
	return d->dispatch.limits ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

static enum annot_status start_server(struct daemon *d, const struct config *config,
				      struct annot_error *err)
{
	struct server_options options = {
		.n_urls = config->n_listen,
		.socket_group = config->socket_group,
		.insecure_tcp = config->insecure_tcp,
		.tls = d->tls,
		.admit = admit,
		.admit_arg = d->dispatch.limits,
		.payload_max = ANNOT_FRAME_MAX,
		.handler = workers_put,
		.arg = d->workers,
	};
	memcpy(options.urls, config->listen, sizeof options.urls);
	return server_start(&options, &d->server, err);
}

static enum annot_status start(struct daemon *d, const struct config *config,
			       struct annot_error *err)
{
	notify("STATUS=Opening the corpus; an index that cannot be trusted is made again first");
	TRY(corpus_open(config->corpus, &d->dispatch.corpus, err));
	d->records = corpus_size(d->dispatch.corpus);
	TRY(cosigned_open(config->corpus, config->witnesses, &d->cosigned, err));
	corpus_set_cosigned(d->dispatch.corpus, d->cosigned);
	TRY(uploads_open(config->corpus, &d->dispatch.uploads, err));
	uploads_withheld(d->dispatch.uploads, corpus_withheld(d->dispatch.corpus));
	TRY(writer_start(d->dispatch.corpus, &d->dispatch.writer, err));
	TRY(watch_start(d->dispatch.corpus, 0, &d->dispatch.watch, err));
	writer_on_commit(d->dispatch.writer, watch_tell, d->dispatch.watch);
	TRY(indexer_start(d->dispatch.corpus, &d->indexer, err));
	writer_on_commit(d->dispatch.writer, indexer_committed, d->indexer);
	writer_on_content(d->dispatch.writer, indexer_stored, d->indexer);
	TRY(segments_start(d->dispatch.corpus, &d->dispatch.segments, err));
	writer_on_commit(d->dispatch.writer, segments_committed, d->dispatch.segments);
	writer_on_content(d->dispatch.writer, segments_stored, d->dispatch.segments);
	TRY(anchors_start(d->dispatch.corpus, d->dispatch.writer, &d->anchors, err));
	TRY(read_certificate(d, config, err));
	TRY(workers_start(&d->dispatch, config->workers, &d->workers, err));
	return start_server(d, config, err);
}

/* What systemctl status shows as well. Every text here is one line: an origin has no line ends, an
 * error neither. */
static void notify_ready(struct daemon *d)
{
	const char *read_only = corpus_read_only(d->dispatch.corpus);
	AUTO_BUF struct annot_buf state = ANNOT_BUF_INIT(STATUS_MAX);
	annot_buf_printf(&state, "READY=1\nSTATUS=Serving %s, %llu record%s when it started%s%s",
			 corpus_origin(d->dispatch.corpus), (unsigned long long)d->records,
			 annot_plural(d->records), read_only ? "; READ-ONLY: " : "",
			 read_only ? read_only : "");
	notify(state.failed ? "READY=1" : state.data);
}

/* With the port that it listens on, if that was left to the system (port 0). */
static void add_url(struct annot_buf *ret, const char *before, const char *url, int port)
{
	const char *colon = port ? strrchr(url, ':') : NULL;
	annot_buf_puts(ret, before);
	if (colon)
		annot_buf_printf(ret, "%.*s:%d", (int)(colon - url), url, port);
	else
		annot_buf_puts(ret, url);
}

/* The line that says that it serves; whoever started it may wait for it. */
static void say_ready(struct daemon *d, const struct config *config)
{
	struct annot_buf urls = ANNOT_BUF_INIT(4096);
	for (size_t i = 0; i < config->n_listen; i++)
		add_url(&urls, i ? ", " : "", config->listen[i], server_port(d->server, i));
	if (d->tls) {
		char fingerprint[ANNOT_FINGERPRINT_SIZE];
		annot_fingerprint(annot_tls_server_certificate(d->tls), fingerprint);
		log_notice("tls+tcp:// shows the certificate %s", fingerprint);
	}
	log_notice("serving %s (%s) on %s, %llu record%s",
		   annot_hash_hex(corpus_id(d->dispatch.corpus)).text,
		   corpus_origin(d->dispatch.corpus), urls.failed ? "many addresses" : urls.data,
		   (unsigned long long)d->records, annot_plural(d->records));
	annot_buf_free(&urls);
	notify_ready(d);
}

/* With a watchdog, half of its time passes between two signs of life, and there is none while
 * requests wait and are not taken. */
static void wait_for_signal(struct daemon *d, const sigset_t *signals)
{
	uint64_t every_us = notify_watchdog_us() / 2;
	struct timespec every = {.tv_sec = (time_t)(every_us / US_PER_S),
				 .tv_nsec = (long)(every_us % US_PER_S * NS_PER_US)};
	int got = -1;
	if (every_us == 0)
		sigwait(signals, &got);
	while (every_us > 0 && got < 0) {
		got = sigtimedwait(signals, NULL, &every);
		if (got < 0 && workers_move(d->workers))
			notify("WATCHDOG=1");
	}
}

static void stop(struct daemon *d)
{
	if (d->server) {
		notify("STOPPING=1\nSTATUS=Answering what was begun");
		alarm(STOP_S);
		server_stop(d->server);
		watch_stop(d->dispatch.watch);
		if (!server_drain(d->server, DRAIN_MS))
			log_warning("some replies could not be sent before stopping");
	}
	workers_stop(d->workers);
	anchors_stop(d->anchors);
	writer_stop(d->dispatch.writer);
	indexer_stop(d->indexer);
	segments_stop(d->dispatch.segments);
	server_free(d->server);
	annot_tls_server_free(d->tls);
	limits_free(d->dispatch.limits);
	watch_free(d->dispatch.watch);
	uploads_close(d->dispatch.uploads);
	corpus_close(d->dispatch.corpus);
	cosigned_close(d->cosigned);
	alarm(0);
}

enum annot_status serve(const struct config *config, struct annot_error *err)
{
	struct daemon d = {0};
	sigset_t signals;
	block_signals(&signals);
	enum annot_status status = start(&d, config, err);
	if (status == ANNOT_OK) {
		say_ready(&d, config);
		wait_for_signal(&d, &signals);
		log_info("stopping");
	}
	stop(&d);
	return status;
}
