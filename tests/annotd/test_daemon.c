/* annotd as a process, from an empty corpus folder to fsck, over plain nng REQ sockets. */
#include "daemon.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"

static const char article[] = "It rained. \"We shall rebuild the bridge\", the minister said.\n";
static const char quoted[] = "We shall rebuild the bridge";

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct test_client client;
	struct test_key bob;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	test_daemon_start(f->dir, &f->daemon);
	test_client_open(f->daemon.url, &f->client);
	return 0;
}

static void stop(struct fixture *f)
{
	test_client_close(&f->client);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
}

static void start(struct fixture *f)
{
	test_daemon_start(f->dir, &f->daemon);
	test_client_open(f->daemon.url, &f->client);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char said[4096];
	stop(f);
	const char *const args[] = {"fsck", "--corpus", f->dir, NULL};
	int code = test_annotd(args, said, sizeof said);
	if (code != 0)
		fail_msg("fsck: %s", said);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* Submits all entries from `from` on: each must be admitted where the corpus in memory has it. */
static const struct annot_submit_reply *submit_all(struct fixture *f, size_t from)
{
	size_t n = f->test->n - from;
	const struct annot_submit_reply *reply =
		test_submit(&f->client, f->test, f->test->entries + from, n);
	assert_int_equal(reply->n_results, n);
	for (size_t i = 0; i < n; i++) {
		const struct annot_submit_result *r = &reply->results[i];
		if (r->status != ANNOT_OK)
			fail_msg("#%zu: %s", from + i, r->message);
		assert_int_equal(r->index, from + i);
		assert_memory_equal(&r->record, &f->test->entries[from + i]->id, sizeof r->record);
	}
	return reply;
}

static const struct annot_row *get_one(struct fixture *f, const char *id)
{
	const char *ids[] = {id};
	struct annot_get_request request = {.ids = ids, .n_ids = 1};
	void *reply;
	assert_ok(test_call(&f->client, ANNOT_CALL_get, &request, &reply));
	const struct annot_rows_reply *rows = reply;
	assert_int_equal(rows->n_rows, 1);
	return &rows->rows[0];
}

static void test_hello(void **state)
{
	struct fixture *f = *state;
	struct annot_hello_request request = {.version = 7, .client = "test"};
	void *reply;
	assert_ok(test_call(&f->client, ANNOT_CALL_hello, &request, &reply));
	const struct annot_hello_reply *hello = reply;
	assert_int_equal(hello->version, 1);
	assert_string_equal(hello->origin, TEST_ORIGIN);
	assert_memory_equal(&hello->corpus, &f->test->id, sizeof hello->corpus);
	assert_int_equal(hello->size, 1);
	assert_int_equal(hello->frame_max, ANNOT_FRAME_MAX);
	assert_null(hello->read_only);
	assert_non_null(strstr(f->daemon.said, annot_hash_hex(&f->test->id).text));
	struct stat st;
	assert_int_equal(stat(f->daemon.url + strlen("ipc://"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_life(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *d = test_put_document(f->test, &f->bob, "article", article);
	submit_all(f, 1);
	/* Before its text is there, nothing can be said about words in it. */
	size_t at = (size_t)(strstr(article, quoted) - article);
	struct test_entry *quote =
		test_put(f->test, &f->bob, test_quote(d, at, at + strlen(quoted)));
	const struct annot_submit_reply *reply = test_submit(&f->client, f->test, &quote, 1);
	assert_int_equal(reply->results[0].status, ANNOT_REFUSED);
	assert_non_null(strstr(reply->results[0].message, "upload"));
	assert_null(reply->note.data);
	assert_ok(test_upload(&f->client, &d->id, annot_bytes_of(article), 16));
	reply = submit_all(f, 3);

	/* What the reply carries proves itself. */
	struct annot_checkpoint checkpoint;
	assert_ok(annot_checkpoint_open(reply->note, &f->test->log.vkey, &checkpoint, &test_error));
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	annot_leaf_write(&quote->leaf, &line);
	struct annot_hash leaf = annot_leaf_hash(line.data, line.len);
	const struct annot_submit_result *r = &reply->results[0];
	assert_ok(annot_verify_inclusion(r->index, checkpoint.size, &leaf, r->path, r->n_path,
					 &checkpoint.root, &test_error));

	const struct annot_row *row = get_one(f, annot_hash_hex(&quote->id).text);
	assert_int_equal(row->index, 3);
	assert_int_equal(row->record.len, quote->record->bytes.len);
	assert_string_equal(row->author_name, "bob");
	assert_int_equal(row->n_targets, 1);
	assert_int_equal(row->targets[0].chars_start, at);

	stop(f);
	start(f);
	row = get_one(f, "article");
	assert_int_equal(row->index, 2);
	struct annot_text_request text = {.document = d->id, .length = 1000};
	void *got;
	assert_ok(test_call(&f->client, ANNOT_CALL_text, &text, &got));
	assert_int_equal(((struct annot_text_reply *)got)->total, strlen(article));

	stop(f);
	char said[4096];
	const char *const rebuild[] = {"rebuild", "--corpus", f->dir, NULL};
	if (test_annotd(rebuild, said, sizeof said) != 0)
		fail_msg("rebuild: %s", said);
	start(f);
	row = get_one(f, annot_hash_hex(&quote->id).text);
	assert_int_equal(row->targets[0].chars_start, at);
}

static void test_wrong_words(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *d = test_put_document(f->test, &f->bob, "article", article);
	submit_all(f, 1);
	assert_ok(test_upload(&f->client, &d->id, annot_bytes_of(article), 1000));
	/* Words of another text, under this document's name. */
	struct test_entry fake = *d;
	fake.content = annot_bytes_of("It snowed. \"We shall burn down the bridge\", she said.\n");
	struct test_entry *quote = test_put(f->test, &f->bob, test_quote(&fake, 12, 30));
	const struct annot_submit_reply *reply = test_submit(&f->client, f->test, &quote, 1);
	assert_int_equal(reply->results[0].status, ANNOT_MISMATCH);
}

/* What the workers remember of a document does not outlive its text. */
static void test_withheld(void **state)
{
	struct fixture *f = *state;
	enum { N = 6 };
	struct test_key admin = test_key(1);
	struct test_entry *quotes[N];
	f->bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *d = test_put_document(f->test, &f->bob, "article", article);
	submit_all(f, 1);
	assert_ok(test_upload(&f->client, &d->id, annot_bytes_of(article), 1000));
	for (size_t i = 0; i < N; i++) {
		quotes[i] = test_put(f->test, &f->bob, test_quote(d, 12 + i, 30));
		const struct annot_submit_reply *reply = submit_all(f, 3 + i);
		assert_false(reply->results[0].duplicate);
	}
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &d->id));
	submit_all(f, 3 + N);
	for (size_t i = 0; i < N; i++) {
		struct test_entry *late = test_put(f->test, &f->bob, test_quote(d, 12, 31 + i));
		const struct annot_submit_reply *reply = test_submit(&f->client, f->test, &late, 1);
		assert_int_equal(reply->results[0].status, ANNOT_REFUSED);
		assert_non_null(strstr(reply->results[0].message, "withheld"));
		/* What went in before is still known. */
		reply = test_submit(&f->client, f->test, &quotes[i], 1);
		assert_int_equal(reply->results[0].status, ANNOT_OK);
		assert_true(reply->results[0].duplicate);
		assert_int_equal(reply->results[0].index, 3 + i);
	}
}

static void test_refusals_each_their_own(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	submit_all(f, 1);
	struct test_key mallory = test_key(66);
	struct test_entry *good = test_put(f->test, &f->bob, test_claim("It rained."));
	struct test_entry *alien = test_put_as(f->test, &mallory, test_claim("No."), ANNOT_VOID);
	struct annot_submit_item items[4] = {
		{.record = annot_bytes_of("not a record\n"),
		 .signature = annot_bytes(good->signature, ANNOT_SIGNATURE_SIZE)},
		{.record = good->record->bytes,
		 .signature = annot_bytes(alien->signature, ANNOT_SIGNATURE_SIZE)},
		{.record = alien->record->bytes,
		 .signature = annot_bytes(alien->signature, ANNOT_SIGNATURE_SIZE)},
		{.record = good->record->bytes,
		 .signature = annot_bytes(good->signature, ANNOT_SIGNATURE_SIZE)},
	};
	struct annot_submit_request request = {.items = items, .n_items = 4};
	void *got;
	assert_ok(test_call(&f->client, ANNOT_CALL_submit, &request, &got));
	const struct annot_submit_reply *reply = got;
	assert_int_equal(reply->results[0].status, ANNOT_INVALID);
	assert_int_equal(reply->results[1].status, ANNOT_MISMATCH);
	assert_int_equal(reply->results[2].status, ANNOT_DENIED);
	assert_int_equal(reply->results[3].status, ANNOT_OK);
	for (size_t i = 0; i < 3; i++)
		assert_non_null(reply->results[i].message);
	/* A resend is harmless. */
	reply = test_submit(&f->client, f->test, &good, 1);
	assert_int_equal(reply->results[0].status, ANNOT_OK);
	assert_true(reply->results[0].duplicate);
	assert_int_equal(reply->results[0].index, 2);
}

static void test_another_corpus(void **state)
{
	struct fixture *f = *state;
	struct test_corpus *other = test_corpus_new(2, 1);
	struct test_key admin = test_key(1);
	struct test_entry *e = test_put(other, &admin, test_claim("It rained."));
	const struct annot_submit_reply *reply = test_submit(&f->client, other, &e, 1);
	assert_int_equal(reply->results[0].status, ANNOT_MISMATCH);
	assert_non_null(strstr(reply->results[0].message, "corpus"));
	test_corpus_free(other);
}

static void test_seen(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	submit_all(f, 1);
	test_see(f->test);
	test_put(f->test, &f->bob, test_claim("It rained."));
	test_put(f->test, &f->bob, test_claim("It snowed."));
	submit_all(f, 2);
	struct annot_note_request ask = {.hash = f->test->seen.note};
	void *got;
	assert_ok(test_call(&f->client, ANNOT_CALL_note, &ask, &got));
	assert_int_equal(((struct annot_note_reply *)got)->note.len, f->test->seen_note.len);

	/* Known here by now: it need not come along again. */
	struct test_entry *e = test_put(f->test, &f->bob, test_claim("It hailed."));
	struct annot_bytes note = f->test->seen_note;
	struct annot_submit_item item = {.record = e->record->bytes,
					 .signature =
						 annot_bytes(e->signature, ANNOT_SIGNATURE_SIZE)};
	struct annot_submit_request request = {.items = &item, .n_items = 1};
	assert_ok(test_call(&f->client, ANNOT_CALL_submit, &request, &got));
	assert_int_equal(((struct annot_submit_reply *)got)->results[0].status, ANNOT_OK);

	/* Another note than the card names. */
	f->test->seen_note = annot_bytes_of("something else\n");
	e = test_put(f->test, &f->bob, test_claim("It thawed."));
	const struct annot_submit_reply *reply = test_submit(&f->client, f->test, &e, 1);
	assert_int_equal(reply->results[0].status, ANNOT_MISMATCH);
	f->test->seen_note = note;

	/* A checkpoint that our log signed, of a log that is not ours: a fork, which is said. */
	test_see(f->test); /* one record that annotd does not have: refused above */
	e = test_put(f->test, &f->bob, test_claim("It froze."));
	reply = test_submit(&f->client, f->test, &e, 1);
	assert_int_equal(reply->results[0].status, ANNOT_REFUSED);
	assert_non_null(strstr(reply->results[0].message, "evidence"));
}

static void test_uploads(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *d = test_put_document(f->test, &f->bob, "one", article);
	struct test_entry *e = test_put_document(f->test, &f->bob, "empty", "");
	submit_all(f, 1);
	struct annot_upload_request request = {.document = f->test->id};
	void *got;
	assert_status(test_call(&f->client, ANNOT_CALL_upload, &request, &got), ANNOT_REFUSED);
	memset(&request.document, 5, sizeof request.document);
	assert_status(test_call(&f->client, ANNOT_CALL_upload, &request, &got), ANNOT_NOT_FOUND);

	request = (struct annot_upload_request){
		.document = d->id, .offset = 5, .data = annot_bytes_of("later")};
	assert_status(test_call(&f->client, ANNOT_CALL_upload, &request, &got), ANNOT_CONFLICT);
	request.offset = 0;
	request.data = annot_bytes_of(article);
	request.data.len = 20;
	assert_ok(test_call(&f->client, ANNOT_CALL_upload, &request, &got));
	request.data = annot_bytes("", 0);
	assert_ok(test_call(&f->client, ANNOT_CALL_upload, &request, &got));
	assert_int_equal(((struct annot_upload_reply *)got)->received, 20);
	request.offset = 20;
	request.data = annot_bytes(article, sizeof article);
	assert_status(test_call(&f->client, ANNOT_CALL_upload, &request, &got), ANNOT_TOO_LARGE);

	/* Complete, but other words. */
	char wrong[sizeof article];
	memcpy(wrong, article, sizeof article);
	wrong[3] = 'x';
	assert_status(test_upload(&f->client, &d->id, annot_bytes_of(wrong), 7), ANNOT_MISMATCH);
	assert_ok(test_upload(&f->client, &d->id, annot_bytes_of(article), 7));
	/* Again: it is there. */
	request.offset = 0;
	request.data = annot_bytes_of("x");
	assert_ok(test_call(&f->client, ANNOT_CALL_upload, &request, &got));
	assert_true(((struct annot_upload_reply *)got)->complete);
	assert_ok(test_upload(&f->client, &e->id, annot_bytes("", 0), 7));
}

static void test_broken_frames(void **state)
{
	struct fixture *f = *state;
	static const char *const frames[] = {"", "x", "\x80", "\xdf\xff\xff\xff\xff"};
	for (size_t i = 0; i < COUNT(frames); i++) {
		nng_msg *reply;
		void *got;
		assert_int_equal(nng_send(f->client.socket, (void *)(uintptr_t)frames[i],
					  strlen(frames[i]), 0),
				 0);
		assert_int_equal(nng_recvmsg(f->client.socket, &reply, 0), 0);
		enum annot_status status =
			annot_reply_decode(annot_call_def(ANNOT_CALL_hello),
					   annot_bytes(nng_msg_body(reply), nng_msg_len(reply)),
					   f->client.arena, &got, &test_error);
		assert_true(status == ANNOT_PROTOCOL || status == ANNOT_INVALID);
		nng_msg_free(reply);
	}
	test_hello(state);
}

/* What was answered is there after kill -9. */
static void test_killed(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	submit_all(f, 1);
	for (size_t i = 0; i < 20; i++) {
		test_put(f->test, &f->bob, test_claim("It rained."));
		submit_all(f, f->test->n - 1);
	}
	nng_close(f->client.socket);
	annot_arena_free(f->client.arena);
	test_daemon_kill(&f->daemon);
	start(f);
	assert_non_null(strstr(f->daemon.said, "22 records"));
	const struct annot_submit_reply *reply =
		test_submit(&f->client, f->test, f->test->entries + 1, 21);
	for (size_t i = 0; i < 21; i++)
		assert_true(reply->results[i].duplicate);
}

/* --- many at once --- */

enum { CLIENTS = 8, EACH = 40 };

struct sender {
	const struct fixture *f;
	size_t number;
	size_t committed;
	bool failed;         /* the daemon went away */
	_Atomic size_t *all; /* committed by all senders; NULL: not counted */
};

static void *send_each(void *arg)
{
	struct sender *s = arg;
	const struct annot_call_def *call = annot_call_def(ANNOT_CALL_submit);
	struct test_client client;
	test_client_open(s->f->daemon.url, &client);
	if (s->all) { /* the daemon will stop meanwhile */
		nng_socket_set_ms(client.socket, NNG_OPT_RECVTIMEO, 1000);
		nng_socket_set_ms(client.socket, NNG_OPT_SENDTIMEO, 1000);
	}
	for (size_t i = 0; i < EACH; i++) {
		const struct test_entry *e = s->f->test->entries[2 + s->number * EACH + i];
		struct annot_submit_item item = {
			.record = e->record->bytes,
			.signature = annot_bytes(e->signature, ANNOT_SIGNATURE_SIZE)};
		struct annot_submit_request request = {.items = &item, .n_items = 1};
		struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		nng_msg *msg = NULL;
		void *got = NULL;
		s->failed = s->failed || annot_request_encode(call, &request, &frame, NULL) ||
			    nng_send(client.socket, frame.data, frame.len, 0) ||
			    nng_recvmsg(client.socket, &msg, 0);
		annot_buf_free(&frame);
		if (s->failed)
			break;
		s->failed =
			annot_reply_decode(call, annot_bytes(nng_msg_body(msg), nng_msg_len(msg)),
					   client.arena, &got, NULL) != ANNOT_OK;
		nng_msg_free(msg);
		if (s->failed)
			break;
		if (((struct annot_submit_reply *)got)->results[0].status != ANNOT_OK)
			continue;
		s->committed++;
		if (s->all)
			atomic_fetch_add(s->all, 1);
	}
	test_client_close(&client);
	return NULL;
}

static void test_clients_at_once(void **state)
{
	struct fixture *f = *state;
	f->bob = test_reviewer(f->test, "bob", 9);
	submit_all(f, 1);
	for (size_t i = 0; i < CLIENTS * EACH; i++)
		test_put(f->test, &f->bob, test_claim("It rained."));
	struct sender senders[CLIENTS];
	pthread_t threads[CLIENTS];
	for (size_t i = 0; i < CLIENTS; i++) {
		senders[i] = (struct sender){.f = f, .number = i};
		assert_int_equal(pthread_create(&threads[i], NULL, send_each, &senders[i]), 0);
	}
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(senders[i].failed);
		assert_int_equal(senders[i].committed, EACH);
	}
	struct annot_checkpoint_request none = {};
	void *got;
	assert_ok(test_call(&f->client, ANNOT_CALL_checkpoint, &none, &got));
	assert_int_equal(((struct annot_checkpoint_reply *)got)->size, 2 + CLIENTS * EACH);
}

/* SIGTERM under load: it ends in order, and whatever was answered is there. */
static void test_stopped_under_load(void **state)
{
	struct fixture *f = *state;
	_Atomic size_t all = 0;
	size_t answered = 0;
	f->bob = test_reviewer(f->test, "bob", 9);
	submit_all(f, 1);
	for (size_t i = 0; i < CLIENTS * EACH; i++)
		test_put(f->test, &f->bob, test_claim("It rained."));
	struct sender senders[CLIENTS];
	pthread_t threads[CLIENTS];
	for (size_t i = 0; i < CLIENTS; i++) {
		senders[i] = (struct sender){.f = f, .number = i, .all = &all};
		assert_int_equal(pthread_create(&threads[i], NULL, send_each, &senders[i]), 0);
	}
	while (atomic_load(&all) < CLIENTS)
		sched_yield();
	stop(f);
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], NULL);
		answered += senders[i].committed;
	}
	start(f);
	struct annot_checkpoint_request none = {};
	void *got;
	assert_ok(test_call(&f->client, ANNOT_CALL_checkpoint, &none, &got));
	assert_true(((struct annot_checkpoint_reply *)got)->size >= 2 + answered);
	for (size_t i = 0; i < CLIENTS; i++) {
		if (senders[i].committed == 0)
			continue;
		const struct annot_submit_reply *reply = test_submit(
			&f->client, f->test, f->test->entries + 2 + i * EACH, senders[i].committed);
		for (size_t k = 0; k < senders[i].committed; k++)
			assert_true(reply->results[k].duplicate);
	}
}

/* --- the program --- */

static void test_second_daemon(void **state)
{
	struct fixture *f = *state;
	char said[4096], url[TEST_PATH_MAX + 16];
	snprintf(url, sizeof url, "ipc://%s/other", f->dir);
	const char *const again[] = {"--corpus", f->dir, "--listen", url, NULL};
	assert_int_equal(test_annotd(again, said, sizeof said), 4);
	assert_non_null(strstr(said, "annotd: "));
	assert_non_null(strstr(said, "another"));
	const char *const rebuild[] = {"rebuild", "--corpus", f->dir, NULL};
	assert_int_equal(test_annotd(rebuild, said, sizeof said), 4);
	const char *const fsck[] = {"fsck", "--corpus", f->dir, NULL}; /* may run beside it */
	assert_int_equal(test_annotd(fsck, said, sizeof said), 0);
}

static void test_arguments(void **state)
{
	struct fixture *f = *state;
	char said[8192];
	const char *const none[] = {NULL};
	assert_int_equal(test_annotd(none, said, sizeof said), 2);
	assert_non_null(strstr(said, "--corpus"));
	const char *const unknown[] = {"--frob", NULL};
	assert_int_equal(test_annotd(unknown, said, sizeof said), 2);
	assert_non_null(strstr(said, "--frob"));
	const char *const command[] = {"frob", "--corpus", f->dir, NULL};
	assert_int_equal(test_annotd(command, said, sizeof said), 2);
	const char *const tcp[] = {"--corpus", "/nonexistent", "--listen", "tcp://127.0.0.1:0",
				   NULL};
	assert_int_equal(test_annotd(tcp, said, sizeof said), 4);
	assert_non_null(strstr(said, "not a corpus"));
	const char *const help[] = {"--help", NULL};
	assert_int_equal(test_annotd(help, said, sizeof said), 0);
	assert_non_null(strstr(said, "--socket-group"));
	const char *const version[] = {"--version", NULL};
	assert_int_equal(test_annotd(version, said, sizeof said), 0);
	assert_non_null(strstr(said, "annotd "));
}

/* A limit on the size of files is no signal that ends the daemon. */
static void test_file_size_limit(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, limit;
	struct test_key admin = test_key(1);
	struct stat wal;
	assert_int_equal(stat(test_path(f->dir, "truth.db-wal"), &wal), 0);
	assert_int_equal(prlimit(f->daemon.pid, RLIMIT_FSIZE, NULL, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)wal.st_size;
	assert_int_equal(prlimit(f->daemon.pid, RLIMIT_FSIZE, &limit, NULL), 0);
	test_put(f->test, &admin, test_claim("It rained."));
	const struct annot_submit_reply *reply =
		test_submit(&f->client, f->test, f->test->entries + 1, 1);
	assert_int_equal(reply->results[0].status, ANNOT_NO_SPACE);
	assert_int_equal(prlimit(f->daemon.pid, RLIMIT_FSIZE, &before, NULL), 0);
	submit_all(f, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hello),
		TEST(test_life),
		TEST(test_wrong_words),
		TEST(test_withheld),
		TEST(test_refusals_each_their_own),
		TEST(test_another_corpus),
		TEST(test_seen),
		TEST(test_uploads),
		TEST(test_broken_frames),
		TEST(test_killed),
		TEST(test_clients_at_once),
		TEST(test_stopped_under_load),
		TEST(test_second_daemon),
		TEST(test_arguments),
		TEST(test_file_size_limit),
	};
	return cmocka_run_group_tests_name("annotd/daemon", tests, NULL, NULL);
}
