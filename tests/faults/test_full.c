/*
 * A full disk under a running annotd: what comes is refused with a line that says so, what is there
 * can be read, and as soon as there is space the same records go in. Once on a file system that is
 * full (where the test may mount one), once at the limit of what a file may grow to.
 */
#include "daemon.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"

enum { BATCH = 32, ROUNDS_MAX = 60, TEXT_SIZE = 300000 };

struct fixture {
	struct test_corpus *test;
	char mount_at[TEST_PATH_MAX], dir[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct test_client client;
	struct test_key bob;
	char *text;
};

static void end(struct fixture *f)
{
	char said[4096];
	const char *const args[] = {"fsck", "--corpus", f->dir, NULL};
	test_client_close(&f->client);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	if (test_annotd(args, said, sizeof said) != 0)
		fail_msg("fsck: %s", said);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f->text);
}

/* What became of the entries from `from` on; all the same. Its text is in test_error. */
static enum annot_status submit(struct fixture *f, size_t from)
{
	struct annot_submit_item items[BATCH + 1];
	size_t n = f->test->n - from;
	void *got;
	assert_true(n <= COUNT(items));
	annot_arena_reset(f->client.arena);
	for (size_t i = 0; i < n; i++) {
		const struct test_entry *e = f->test->entries[from + i];
		items[i] = (struct annot_submit_item){
			.record = e->record->bytes,
			.signature = annot_bytes(e->signature, ANNOT_SIGNATURE_SIZE)};
	}
	struct annot_submit_request request = {.items = items, .n_items = n};
	enum annot_status status = test_call(&f->client, ANNOT_CALL_submit, &request, &got);
	if (status != ANNOT_OK)
		return status;
	const struct annot_submit_reply *reply = got;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(reply->results[i].status, reply->results[0].status);
		if (reply->results[i].status == ANNOT_OK)
			assert_int_equal(reply->results[i].index, from + i);
	}
	if (reply->results[0].message)
		snprintf(test_error.text, sizeof test_error.text, "%s", reply->results[0].message);
	return (enum annot_status)reply->results[0].status;
}

static void begin(struct fixture *f, const char *base)
{
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, base, f->dir);
	test_daemon_start(f->dir, &f->daemon);
	test_client_open(f->daemon.url, &f->client);
	f->bob = test_reviewer(f->test, "bob", 9);
	assert_int_equal(submit(f, 1), ANNOT_OK);
	f->text = calloc(1, TEXT_SIZE + 1);
	memset(f->text, 'x', TEXT_SIZE);
}

/* Adds records until there is no space for them; the index of the first that was refused. */
static size_t add_until_full(struct fixture *f)
{
	enum annot_status status = ANNOT_OK;
	size_t from = f->test->n;
	for (size_t round = 0; status == ANNOT_OK && round < ROUNDS_MAX; round++) {
		from = f->test->n;
		for (size_t i = 0; i < BATCH; i++)
			test_put(f->test, &f->bob, test_claim("It rained."));
		test_error.text[0] = '\0';
		status = submit(f, from);
	}
	if (status != ANNOT_NO_SPACE)
		fail_msg("%s: %s", annot_status_name(status), test_error.text);
	assert_error_says("no space left");
	return from;
}

static void checkpoint_says(struct fixture *f, size_t size)
{
	struct annot_checkpoint_request request;
	struct annot_checkpoint checkpoint;
	void *got;
	memset(&request, 0, sizeof request);
	assert_ok(test_call(&f->client, ANNOT_CALL_checkpoint, &request, &got));
	assert_ok(annot_checkpoint_open(((struct annot_checkpoint_reply *)got)->note,
					&f->test->log.vkey, &checkpoint, &test_error));
	assert_int_equal(checkpoint.size, size);
}

/* From the log itself, as it stands. */
static void record_is_there(struct fixture *f, uint64_t index)
{
	struct annot_raw_request raw = {.indexes = &index, .n_indexes = 1};
	void *got;
	assert_ok(test_call(&f->client, ANNOT_CALL_raw, &raw, &got));
	struct annot_bytes bytes = ((struct annot_raw_reply *)got)->records[0].record;
	struct annot_hash id = annot_sha256(bytes.data, bytes.len);
	assert_true(annot_hash_equal(&id, &f->test->entries[index]->id));
}

/*
 * All is in the log, and is found by its id. `full`: what was committed when the last page was
 * taken may be waiting for the index, and then there is no answer to that rather than an old one.
 */
static void reads_go_on(struct fixture *f, size_t size, bool full)
{
	annot_arena_reset(f->client.arena);
	checkpoint_says(f, size);
	for (size_t i = 1; i < size; i += size / 4 + 1) {
		char hex[ANNOT_HASH_HEX + 1];
		const char *ids[] = {hex};
		struct annot_get_request get = {.ids = ids, .n_ids = 1};
		void *got;
		snprintf(hex, sizeof hex, "%s", annot_hash_hex(&f->test->entries[i]->id).text);
		record_is_there(f, i);
		enum annot_status status = test_call(&f->client, ANNOT_CALL_get, &get, &got);
		if (full && status == ANNOT_NO_SPACE) {
			assert_error_says("no space left");
			continue;
		}
		assert_int_equal(status, ANNOT_OK);
		assert_int_equal(((struct annot_rows_reply *)got)->rows[0].index, i);
	}
}

/* A full disk: two refusals, so that the first left nothing behind that hinders the second. */
static size_t is_full(struct fixture *f, const struct test_entry *document)
{
	size_t from = add_until_full(f);
	reads_go_on(f, from, true);
	assert_status(
		test_upload(&f->client, &document->id, annot_bytes(f->text, TEXT_SIZE), TEXT_SIZE),
		ANNOT_NO_SPACE);
	assert_int_equal(submit(f, from), ANNOT_NO_SPACE);
	reads_go_on(f, from, true);
	return from;
}

static void has_space_again(struct fixture *f, const struct test_entry *document, size_t from)
{
	assert_int_equal(submit(f, from), ANNOT_OK);
	reads_go_on(f, f->test->n, false);
	assert_ok(
		test_upload(&f->client, &document->id, annot_bytes(f->text, TEXT_SIZE), TEXT_SIZE));
}

/* A document whose text is to come. */
static const struct test_entry *add_document(struct fixture *f, const char *name)
{
	size_t from = f->test->n;
	const struct test_entry *document = test_put_document(f->test, &f->bob, name, f->text);
	assert_int_equal(submit(f, from), ANNOT_OK);
	return document;
}

static void a_full_file_system(void **state)
{
	(void)state;
	struct fixture f = {.mount_at = "/tmp/annot-test-XXXXXX"};
	char fill[TEST_PATH_MAX + 8];
	assert_non_null(mkdtemp(f.mount_at));
	if (mount("tmpfs", f.mount_at, "tmpfs", 0, "size=4m") != 0) {
		rmdir(f.mount_at);
		print_message("a small tmpfs cannot be mounted here\n");
		skip();
	}
	begin(&f, f.mount_at);
	snprintf(fill, sizeof fill, "%s/fill", f.mount_at);
	for (size_t round = 0; round < 2; round++) {
		const struct test_entry *document = add_document(&f, round ? "two" : "one");
		int fd = open(fill, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		while (write(fd, f.text, 4096) == 4096)
			;
		close(fd);
		size_t from = is_full(&f, document);
		assert_int_equal(unlink(fill), 0);
		has_space_again(&f, document, from);
	}
	end(&f);
	assert_int_equal(umount(f.mount_at), 0);
	rmdir(f.mount_at);
}

static void a_full_file(void **state)
{
	(void)state;
	struct fixture f = {0};
	struct rlimit old, limit;
	struct stat wal;
	begin(&f, NULL);
	const struct test_entry *document = add_document(&f, "one");
	assert_int_equal(stat(test_path(f.dir, "truth.db-wal"), &wal), 0);
	assert_int_equal(prlimit(f.daemon.pid, RLIMIT_FSIZE, NULL, &old), 0);
	limit = old;
	limit.rlim_cur = (rlim_t)wal.st_size + 100000;
	assert_int_equal(prlimit(f.daemon.pid, RLIMIT_FSIZE, &limit, NULL), 0);
	size_t from = is_full(&f, document);
	assert_int_equal(prlimit(f.daemon.pid, RLIMIT_FSIZE, &old, NULL), 0);
	has_space_again(&f, document, from);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_file_system),
		cmocka_unit_test(a_full_file),
	};
	return cmocka_run_group_tests_name("faults/full", tests, NULL, NULL);
}
