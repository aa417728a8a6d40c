/* Who waits for events, and what becomes of them; without a server: its requests are made up here.
 */
#include "folder.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "annotd/call.h"
#include "annotd/watch.h"
#include "base/auto.h"

enum { PATIENCE_MS = 20000, SHORT_MS = 500 };

struct server_request {
	struct annot_buf reply;
	struct server_account account;
	bool dropped;
	server_gone gone; /* when it is parked */
	void *arg;
};

/* All that the thread does to requests, under one lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

struct server_account *__wrap_server_account(struct server_request *request);
struct server_account *__wrap_server_account(struct server_request *request)
{
	return &request->account;
}

int64_t __wrap_server_peer_uid(const struct server_request *request);
int64_t __wrap_server_peer_uid(const struct server_request *request)
{
	(void)request;
	return 7;
}

void __wrap_server_reply(struct server_request *request, struct annot_buf *payload);
void __wrap_server_reply(struct server_request *request, struct annot_buf *payload)
{
	pthread_mutex_lock(&lock);
	assert_int_equal(request->reply.len, 0);
	request->reply = *payload;
	*payload = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void __wrap_server_reply_shared(struct server_request *request, struct payload *payload);
void __wrap_server_reply_shared(struct server_request *request, struct payload *payload)
{
	struct annot_buf copy = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_bytes bytes = payload_bytes(payload);
	annot_buf_add(&copy, bytes.data, bytes.len);
	__wrap_server_reply(request, &copy);
}

void __wrap_server_drop(struct server_request *request);
void __wrap_server_drop(struct server_request *request)
{
	pthread_mutex_lock(&lock);
	assert_int_equal(request->reply.len, 0);
	assert_false(request->dropped);
	request->dropped = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void __wrap_server_park(struct server_request *request, server_gone gone, void *arg);
void __wrap_server_park(struct server_request *request, server_gone gone, void *arg)
{
	pthread_mutex_lock(&lock);
	assert_null(request->gone);
	request->gone = gone;
	request->arg = arg;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* How often the log was looked through; a look may be held up. */
static size_t looks;
static bool hold_looks;

enum annot_status __real_on_events(struct call *c, const struct annot_events_request *in,
				   struct annot_events_reply *ret);
enum annot_status __wrap_on_events(struct call *c, const struct annot_events_request *in,
				   struct annot_events_reply *ret);
enum annot_status __wrap_on_events(struct call *c, const struct annot_events_request *in,
				   struct annot_events_reply *ret)
{
	pthread_mutex_lock(&lock);
	looks++;
	pthread_cond_broadcast(&changed);
	while (hold_looks)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return __real_on_events(c, in, ret);
}

static atomic_uint_fast64_t withheld;

uint64_t __wrap_corpus_withheld(const struct corpus *c);
uint64_t __wrap_corpus_withheld(const struct corpus *c)
{
	(void)c;
	return atomic_load(&withheld);
}

static size_t count_looks(void)
{
	pthread_mutex_lock(&lock);
	size_t n = looks;
	pthread_mutex_unlock(&lock);
	return n;
}

static void set_hold(bool hold)
{
	pthread_mutex_lock(&lock);
	hold_looks = hold;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

#define WAIT_FOR(condition)                                                                        \
	do {                                                                                       \
		pthread_mutex_lock(&lock);                                                         \
		while (!(condition))                                                               \
			pthread_cond_wait(&changed, &lock);                                        \
		pthread_mutex_unlock(&lock);                                                       \
	} while (0)

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct watch *watch;
	struct annot_arena *arena;
	struct server_request requests[WATCHERS_MAX + 1];
};

static void start(struct fixture *f, int wait_ms)
{
	f->watch = watch_free(f->watch);
	assert_ok(watch_start(f->corpus, wait_ms, &f->watch, &test_error));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(64 << 20);
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	looks = 0;
	hold_looks = false;
	start(f, PATIENCE_MS);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	watch_free(f->watch);
	for (size_t i = 0; i < COUNT(f->requests); i++)
		annot_buf_free(&f->requests[i].reply);
	corpus_close(f->corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	annot_arena_free(f->arena);
	free(f);
	return 0;
}

/* One more record in the log; the watch is not told yet. */
static void commit(struct fixture *f, const char *text)
{
	struct test_key admin = test_key(1);
	const struct test_entry *e = test_put(f->test, &admin, test_claim(text));
	struct corpus_item item = {.record = e->record}, *pointer = &item;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	memcpy(item.signature, e->signature, sizeof item.signature);
	assert_ok(corpus_admit(f->corpus, &pointer, 1, &note, &test_error));
	assert_int_equal(item.status, ANNOT_OK);
	annot_buf_free(&note);
}

static void tell(struct fixture *f)
{
	watch_tell(f->watch, corpus_size(f->corpus));
}

static struct server_request *put(struct fixture *f, size_t i, const char *query, uint64_t from)
{
	struct annot_events_request in = {.query = query, .from = from, .wait = true};
	assert_ok(watch_put(f->watch, &f->requests[i], &in, &test_error));
	return &f->requests[i];
}

/* Waits for the reply; its status, with the reply itself in the arena. */
static enum annot_status reply_of(struct fixture *f, struct server_request *r,
				  const struct annot_events_reply **ret)
{
	void *got = NULL;
	WAIT_FOR(r->reply.len > 0);
	enum annot_status status =
		annot_reply_decode(annot_call_def(ANNOT_CALL_events), annot_buf_bytes(&r->reply),
				   f->arena, &got, &test_error);
	*ret = got;
	annot_buf_free(&r->reply);
	*r = (struct server_request){0};
	return status;
}

static void assert_events(struct fixture *f, struct server_request *r, uint64_t first, size_t n,
			  uint64_t next)
{
	const struct annot_events_reply *reply;
	assert_ok(reply_of(f, r, &reply));
	assert_int_equal(reply->n_rows, n);
	assert_int_equal(reply->next, next);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(reply->rows[i].index, first + i);
}

static void test_waits_for_a_commit(void **state)
{
	struct fixture *f = *state;
	struct server_request *r = put(f, 0, NULL, 1);
	WAIT_FOR(r->gone); /* looked through, and parked */
	assert_int_equal(watch_count(f->watch), 1);
	commit(f, "one");
	commit(f, "two");
	tell(f);
	assert_events(f, r, 1, 2, 3);
	assert_int_equal(watch_count(f->watch), 0);
	/* What is there already is answered at once. */
	assert_events(f, put(f, 0, NULL, 0), 0, 3, 3);
	assert_events(f, put(f, 0, "kind:claim", 0), 1, 2, 3);
}

/* Who came from elsewhere is answered as long as the key counts that was proved. */
static void test_only_keys_in_force(void **state)
{
	struct fixture *f = *state;
	struct server_request *local = &f->requests[0], *mine = &f->requests[1],
			      *nobody = &f->requests[2];
	const struct test_key admin = test_key(1), stranger = test_key(9);
	mine->account.session.known = nobody->account.session.known = true;
	memcpy(mine->account.session.key, admin.secret.public_key.key, ANNOT_KEY_SIZE);
	memcpy(nobody->account.session.key, stranger.secret.public_key.key, ANNOT_KEY_SIZE);
	for (size_t i = 0; i < 3; i++) {
		put(f, i, NULL, 1);
		WAIT_FOR(f->requests[i].gone);
	}
	commit(f, "one");
	tell(f);
	assert_events(f, local, 1, 1, 2);
	assert_events(f, mine, 1, 1, 2);
	WAIT_FOR(nobody->dropped);
	assert_int_equal(nobody->reply.len, 0);
}

static void test_one_look_for_all(void **state)
{
	struct fixture *f = *state;
	enum { MANY = 50 };
	for (size_t i = 0; i < MANY; i++)
		put(f, i, "kind:claim", 1);
	for (size_t i = 0; i < MANY; i++)
		WAIT_FOR(f->requests[i].gone);
	assert_int_equal(count_looks(), 1);
	commit(f, "one");
	tell(f);
	for (size_t i = 0; i < MANY; i++)
		assert_events(f, &f->requests[i], 1, 1, 2);
	assert_int_equal(count_looks(), 2);
	/* Those who come a little late too. */
	commit(f, "two");
	tell(f);
	assert_events(f, put(f, 0, "kind:claim", 1), 1, 1, 2);
	assert_int_equal(count_looks(), 2);
	assert_events(f, put(f, 0, "kind:claim", 2), 2, 1, 3);
	assert_events(f, put(f, 0, "", 1), 1, 2, 3);
	assert_int_equal(count_looks(), 4);
}

static void test_withheld_bytes_are_not_kept(void **state)
{
	struct fixture *f = *state;
	commit(f, "one");
	tell(f);
	assert_events(f, put(f, 0, NULL, 1), 1, 1, 2);
	assert_events(f, put(f, 0, NULL, 1), 1, 1, 2);
	assert_int_equal(count_looks(), 1);
	atomic_fetch_add(&withheld, 1);
	assert_events(f, put(f, 0, NULL, 1), 1, 1, 2);
	assert_int_equal(count_looks(), 2);
}

static void test_commits_while_it_looks(void **state)
{
	struct fixture *f = *state;
	struct server_request *r = put(f, 0, NULL, 1);
	WAIT_FOR(r->gone);
	set_hold(true);
	struct server_request *other = put(f, 1, "kind:span", 1);
	WAIT_FOR(looks == 2);
	for (int i = 0; i < 5; i++) {
		commit(f, "more");
		tell(f);
	}
	set_hold(false);
	/* One look each for all five. */
	assert_events(f, r, 1, 5, 6);
	WAIT_FOR(other->gone);
	assert_in_range(count_looks(), 3, 4);
	assert_int_equal(watch_count(f->watch), 1);
}

/* The cursor moves though nothing is said. */
static void test_what_does_not_match(void **state)
{
	struct fixture *f = *state;
	start(f, SHORT_MS);
	struct server_request *r = put(f, 0, "rained", 1);
	commit(f, "It snowed.");
	tell(f);
	assert_events(f, r, 0, 0, 2);
	start(f, PATIENCE_MS);
	put(f, 0, "rained", 1);
	WAIT_FOR(r->gone);
	commit(f, "It rained.");
	tell(f);
	assert_events(f, r, 2, 1, 3);
}

static void test_nothing_comes(void **state)
{
	struct fixture *f = *state;
	start(f, SHORT_MS);
	struct server_request *early = put(f, 0, NULL, 1), *late = put(f, 1, "kind:span", 1);
	assert_events(f, early, 0, 0, 1);
	assert_events(f, late, 0, 0, 1);
}

static void assert_refused(struct fixture *f, const char *query, uint64_t from,
			   enum annot_status expected, const char *words)
{
	const struct annot_events_reply *reply;
	assert_int_equal(reply_of(f, put(f, 0, query, from), &reply), expected);
	assert_error_says(words);
}

static void test_errors_come_at_once(void **state)
{
	struct fixture *f = *state;
	struct server_request *other = put(f, 1, NULL, 1);
	assert_refused(f, "colour:red", 1, ANNOT_INVALID, "unknown term");
	assert_refused(f, "author:nobody", 1, ANNOT_NOT_FOUND, "nobody is enrolled");
	assert_refused(f, NULL, 2, ANNOT_INVALID, "1 record");
	assert_null(strstr(test_error.text, "records"));
	WAIT_FOR(other->gone);
	assert_int_equal(watch_count(f->watch), 1);
}

static void test_full(void **state)
{
	struct fixture *f = *state;
	struct annot_events_request in = {.from = 1, .wait = true};
	for (size_t i = 0; i < WATCHERS_MAX; i++)
		put(f, i, i % 2 ? "kind:claim" : "kind:span", 1);
	assert_status(watch_put(f->watch, &f->requests[WATCHERS_MAX], &in, &test_error),
		      ANNOT_BUSY);
	assert_error_says("256 watch already");
	commit(f, "one");
	tell(f);
	for (size_t i = 1; i < WATCHERS_MAX; i += 2)
		assert_events(f, &f->requests[i], 1, 1, 2);
	assert_int_equal(watch_count(f->watch), WATCHERS_MAX / 2);
	put(f, 1, NULL, 2);
}

static void go_away(struct server_request *r)
{
	r->gone(r->arg, r);
}

static void test_peers_that_go_away(void **state)
{
	struct fixture *f = *state;
	struct server_request *a = put(f, 0, NULL, 1), *b = put(f, 1, NULL, 1),
			      *c = put(f, 2, "kind:span", 1);
	WAIT_FOR(a->gone && b->gone && c->gone);
	go_away(a);
	WAIT_FOR(a->dropped);
	assert_int_equal(watch_count(f->watch), 2);
	/* In the middle of a look: whoever looks drops it, with a reply and without one. */
	size_t before = count_looks();
	set_hold(true);
	commit(f, "one");
	tell(f);
	WAIT_FOR(looks == before + 1);
	go_away(b);
	go_away(c);
	set_hold(false);
	WAIT_FOR(b->dropped && c->dropped);
	assert_int_equal(watch_count(f->watch), 0);
	/* Once it is answered, or another has it, nothing is done. */
	struct server_gone_call {
		server_gone gone;
		void *arg;
	} call = {a->gone, a->arg};
	*a = (struct server_request){0};
	assert_events(f, put(f, 0, NULL, 1), 1, 1, 2);
	call.gone(call.arg, a);
	assert_false(a->dropped);
}

static void test_stop(void **state)
{
	struct fixture *f = *state;
	struct server_request *a = put(f, 0, NULL, 1), *b = put(f, 1, "kind:span", 1);
	WAIT_FOR(a->gone && b->gone);
	watch_stop(f->watch);
	assert_events(f, a, 0, 0, 1);
	assert_events(f, b, 0, 0, 1);
	/* Nobody waits from now on. */
	assert_events(f, put(f, 0, NULL, 1), 0, 0, 1);
	tell(f);
	watch_stop(f->watch);
}

static void test_near(void **state)
{
	struct fixture *f = *state;
	assert_true(watch_wants(f->watch, 0));
	assert_true(watch_wants(f->watch, 7));
	watch_tell(f->watch, WATCH_NEAR);
	assert_true(watch_wants(f->watch, 0));
	watch_tell(f->watch, WATCH_NEAR + 5);
	assert_false(watch_wants(f->watch, 4));
	assert_true(watch_wants(f->watch, 5));
	assert_true(watch_wants(f->watch, UINT64_MAX));
	/* The log never grows shorter. */
	watch_tell(f->watch, 1);
	assert_false(watch_wants(f->watch, 4));
}

/* --- the table by itself --- */

static void add(struct watch_table *t, struct server_request *request, const char *query,
		uint64_t from, int64_t until_ms)
{
	struct watcher new = {.request = request, .query = strdup(query), .until_ms = until_ms};
	new.key = (struct watch_key){.query = new.query, .from = from};
	assert_true(watch_table_add(t, &new));
}

static void test_table_turns(void **state)
{
	struct server_request a = {0}, b = {0}, c = {0};
	struct watch_table *t = calloc(1, sizeof *t);
	(void)state;
	assert_null(watch_table_due(t, 10, 0));
	assert_int_equal(watch_table_until(t), INT64_MAX);
	add(t, &a, "x", 10, 300);
	add(t, &b, "y", 2, 200);
	add(t, &c, "z", 11, 400);
	assert_int_equal(watch_table_until(t), 200);
	/* In turn; the new ones all, though there is nothing behind their cursors. */
	assert_ptr_equal(watch_table_due(t, 10, 0)->request, &a);
	assert_ptr_equal(watch_table_due(t, 10, 0)->request, &b);
	assert_ptr_equal(watch_table_due(t, 10, 0)->request, &c);
	assert_ptr_equal(watch_table_due(t, 10, 0)->request, &a);
	/* Those who are far behind, or past the end, which is an error to be told at once. */
	assert_ptr_equal(watch_table_due(t, 10, 8)->request, &b);
	assert_ptr_equal(watch_table_due(t, 10, 8)->request, &c);
	assert_ptr_equal(watch_table_due(t, 10, 9)->request, &c);
	assert_ptr_equal(watch_table_due(t, 10, 9)->request, &c);
	watch_table_clear(t);
	assert_int_equal(t->n, 0);
	free(t);
}

static void test_table_grasp(void **state)
{
	struct server_request a = {0}, b = {0}, c = {0}, *got[WATCHERS_MAX];
	struct watch_table *t = calloc(1, sizeof *t);
	const struct watch_key key = {.query = "x", .from = 5};
	uint64_t from[WATCHERS_MAX];
	(void)state;
	add(t, &a, "x", 5, 300);
	add(t, &b, "y", 5, 200);
	assert_int_equal(watch_table_grasp_new(t, got), 0); /* nothing is known of them yet */
	watch_table_grasp(t, &key, 9);
	watch_table_release(t, 9, 9);
	assert_ptr_equal(watch_table_due(t, 9, 0)->request, &b);
	assert_ptr_equal(watch_table_due(t, 9, 0)->request, &b);
	/* Who asks for what a waiting one asks for has nothing to be looked for. */
	add(t, &c, "x", 9, 400);
	watch_table_join(t);
	assert_ptr_equal(watch_table_due(t, 9, 0)->request, &b);
	assert_ptr_equal(watch_table_due(t, 9, 0)->request, &b);
	assert_int_equal(watch_table_grasp_new(t, got), 2);
	watch_table_let_go(t);
	assert_int_equal(watch_table_grasp_new(t, got), 0);
	assert_non_null(watch_table_due(t, 10, 0));
	/* Gone while it is grasped: left to whoever grasped it. */
	watch_table_grasp_late(t, 300);
	assert_false(watch_table_gone(t, &a));
	assert_true(watch_table_gone(t, &c));
	assert_int_equal(watch_table_take(t, got, from), 1);
	assert_ptr_equal(got[0], &b);
	assert_int_equal(from[0], 5);
	assert_true(a.dropped);
	assert_false(b.dropped || c.dropped);
	assert_int_equal(t->n, 0);
	assert_false(watch_table_gone(t, &a));
	free(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_waits_for_a_commit),
		TEST(test_only_keys_in_force),
		TEST(test_one_look_for_all),
		TEST(test_withheld_bytes_are_not_kept),
		TEST(test_commits_while_it_looks),
		TEST(test_what_does_not_match),
		TEST(test_nothing_comes),
		TEST(test_errors_come_at_once),
		TEST(test_full),
		TEST(test_peers_that_go_away),
		TEST(test_stop),
		TEST(test_near),
		cmocka_unit_test(test_table_turns),
		cmocka_unit_test(test_table_grasp),
	};
	return cmocka_run_group_tests_name("annotd/watch", tests, NULL, NULL);
}
