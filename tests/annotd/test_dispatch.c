/* What is answered and logged, without a server: its requests are made up here. */
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "annotd/dispatch.h"
#include "annotd/log.h"
#include "base/encode.h"

struct server_request {
	struct annot_buf frame, reply;
	struct server_account account;
	bool dropped;
};

struct server_account *__wrap_server_account(struct server_request *request);
struct server_account *__wrap_server_account(struct server_request *request)
{
	return &request->account;
}

struct annot_bytes __wrap_server_payload(const struct server_request *request);
struct annot_bytes __wrap_server_payload(const struct server_request *request)
{
	return annot_buf_bytes(&request->frame);
}

int64_t __wrap_server_peer_uid(const struct server_request *request);
int64_t __wrap_server_peer_uid(const struct server_request *request)
{
	(void)request;
	return 7;
}

uint64_t __wrap_server_connection(const struct server_request *request);
uint64_t __wrap_server_connection(const struct server_request *request)
{
	(void)request;
	return 1;
}

void __wrap_server_reply(struct server_request *request, struct annot_buf *payload);
void __wrap_server_reply(struct server_request *request, struct annot_buf *payload)
{
	request->reply = *payload;
	*payload = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
}

void __wrap_server_drop(struct server_request *request);
void __wrap_server_drop(struct server_request *request)
{
	request->dropped = true;
}

static int fail_encode, fail_index;

enum annot_status __real_annot_reply_encode(const struct annot_call_def *call,
					    enum annot_status status, const char *error,
					    const void *reply, struct annot_buf *ret,
					    struct annot_error *err);
enum annot_status __wrap_annot_reply_encode(const struct annot_call_def *call,
					    enum annot_status status, const char *error,
					    const void *reply, struct annot_buf *ret,
					    struct annot_error *err);
enum annot_status __wrap_annot_reply_encode(const struct annot_call_def *call,
					    enum annot_status status, const char *error,
					    const void *reply, struct annot_buf *ret,
					    struct annot_error *err)
{
	if (fail_encode > 0 && fail_encode--) {
		annot_buf_puts(ret, "half a reply");
		return annot_fail(err, ANNOT_TOO_LARGE, "too large in this test");
	}
	return __real_annot_reply_encode(call, status, error, reply, ret, err);
}

enum annot_status __real_store_commit_index(struct store *s, struct annot_error *err);
enum annot_status __wrap_store_commit_index(struct store *s, struct annot_error *err);
enum annot_status __wrap_store_commit_index(struct store *s, struct annot_error *err)
{
	if (fail_index > 0 && fail_index--)
		return annot_fail(err, ANNOT_NO_SPACE, "index.db: no space in this test");
	return __real_store_commit_index(s, err);
}

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct dispatch shared;
	struct dispatch_worker worker;
	struct annot_arena *arena;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(8 << 20);
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->shared.corpus, &test_error));
	assert_ok(uploads_open(f->dir, &f->shared.uploads, &test_error));
	assert_ok(reader_open(f->dir, &f->worker.reader, &test_error));
	f->worker.shared = &f->shared;
	fail_encode = fail_index = 0;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	reader_close(f->worker.reader);
	annot_arena_free(f->worker.arena);
	uploads_close(f->shared.uploads);
	corpus_close(f->shared.corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	annot_arena_free(f->arena);
	free(f);
	return 0;
}

/* The status of the reply, its text in test_error; what was logged in *ret_log, in the arena. */
static enum annot_status ask(struct fixture *f, enum annot_call_id id, const void *request,
			     const char **ret_log)
{
	const struct annot_call_def *call = annot_call_def(id);
	struct server_request r = {.frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX)};
	char said[4096] = "";
	void *reply;
	FILE *log = tmpfile();
	int kept = dup(STDERR_FILENO);
	assert_non_null(log);
	assert_ok(annot_request_encode(call, request, &r.frame, &test_error));
	assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
	if (dispatch_request(&f->worker, &r, false))
		writer_run(f->shared.writer);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	rewind(log);
	size_t len = fread(said, 1, sizeof said - 1, log);
	fclose(log);
	*ret_log = annot_arena_copy(f->arena, said, len);
	assert_false(r.dropped);
	enum annot_status status =
		annot_reply_decode(call, annot_buf_bytes(&r.reply), f->arena, &reply, &test_error);
	annot_buf_free(&r.reply);
	annot_buf_free(&r.frame);
	return status;
}

/* The log says what the peer was told. */
static void test_reply_over_its_limits(void **state)
{
	struct fixture *f = *state;
	struct annot_checkpoint_request in;
	const char *log;
	assert_ok(ask(f, ANNOT_CALL_checkpoint, &in, &log));
	assert_non_null(strstr(log, "checkpoint uid=7 OK"));
	fail_encode = 1;
	assert_status(ask(f, ANNOT_CALL_checkpoint, &in, &log), ANNOT_TOO_LARGE);
	assert_error_says("too large in this test");
	assert_null(strstr(log, " OK "));
	assert_non_null(strstr(log, "checkpoint uid=7 TOO_LARGE"));
	assert_non_null(strstr(log, "too large in this test"));
}

static void admit(struct fixture *f, const struct test_entry *e)
{
	struct corpus_item item = {.record = e->record}, *pointer = &item;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	memcpy(item.signature, e->signature, sizeof item.signature);
	assert_ok(corpus_admit(f->shared.corpus, &pointer, 1, &note, &test_error));
	assert_int_equal(item.status, ANNOT_OK);
	annot_buf_free(&note);
}

/* A committed record is never said to be absent because the index lacks it. */
static void test_index_behind(void **state)
{
	struct fixture *f = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *claim = test_put(f->test, &admin, test_claim("It rained."));
	struct annot_hex hex = annot_hash_hex(&claim->id);
	const char *id = hex.text, *log;
	struct annot_get_request get = {.ids = &id, .n_ids = 1};
	struct annot_checkpoint_request checkpoint;
	assert_status(ask(f, ANNOT_CALL_get, &get, &log), ANNOT_NOT_FOUND);
	fail_index = 3;
	admit(f, claim);
	/* What the log alone answers is answered. */
	assert_ok(ask(f, ANNOT_CALL_checkpoint, &checkpoint, &log));
	assert_int_equal(fail_index, 1);
	assert_status(ask(f, ANNOT_CALL_get, &get, &log), ANNOT_NO_SPACE);
	assert_ok(ask(f, ANNOT_CALL_get, &get, &log));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reply_over_its_limits),
		TEST(test_index_behind),
	};
	log_start(LOG_LEVEL_DEBUG);
	return cmocka_run_group_tests_name("annotd/dispatch", tests, NULL, NULL);
}
