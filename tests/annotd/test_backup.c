/* annotd backup of a corpus that is served, and what becomes of a backup that is put back. */
#include "daemon.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

enum { BEFORE = 20, MEANWHILE = 200 };

static const char article[] = "It rained. \"We shall rebuild the bridge\", the minister said.\n";

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX], copy[TEST_PATH_MAX + 8];
	struct test_daemon daemon;
	struct test_client client;
	struct test_key bob;
	char said[4096];
};

static void start(struct fixture *f)
{
	test_daemon_start(f->dir, &f->daemon);
	test_client_open(f->daemon.url, &f->client);
}

static void stop(struct fixture *f)
{
	test_client_close(&f->client);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
}

static void submit(struct fixture *f, size_t from)
{
	size_t n = f->test->n - from;
	const struct annot_submit_reply *reply =
		test_submit(&f->client, f->test, f->test->entries + from, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(reply->results[i].status, ANNOT_OK);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	snprintf(f->copy, sizeof f->copy, "%s.copy", f->dir);
	start(f);
	f->bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *d = test_put_document(f->test, &f->bob, "article", article);
	submit(f, 1);
	assert_ok(test_upload(&f->client, &d->id, annot_bytes_of(article), 1000));
	size_t from = f->test->n;
	test_put(f->test, &f->bob, test_quote(d, 12, 39));
	while (f->test->n < BEFORE)
		test_put(f->test, &f->bob, test_claim("It rained."));
	submit(f, from);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	test_folder_remove(f->dir);
	if (access(f->copy, F_OK) == 0)
		test_folder_remove(f->copy);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static int backup(struct fixture *f)
{
	const char *const args[] = {"backup", "--corpus", f->dir, "--to", f->copy, NULL};
	return test_annotd(args, f->said, sizeof f->said);
}

static void assert_said(const struct fixture *f, const char *words)
{
	if (!strstr(f->said, words))
		fail_msg("annotd said \"%s\", not \"%s\"", f->said, words);
}

static void has_the_records_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char words[64];
	if (backup(f) != 0)
		fail_msg("backup: %s", f->said);
	snprintf(words, sizeof words, "%d records copied", BEFORE);
	assert_said(f, words);
	assert_int_equal(stat(f->copy, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	size_t n = 0;
	DIR *d = opendir(f->copy);
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		assert_true(strcmp(e->d_name, "truth.db") == 0 ||
			    strcmp(e->d_name, "genesis") == 0 ||
			    strcmp(e->d_name, "genesis.sig") == 0);
		assert_int_equal(stat(test_path(f->copy, e->d_name), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		n++;
	}
	closedir(d);
	assert_int_equal(n, 3);

	/* It never overwrites. */
	assert_int_equal(backup(f), 4);
	assert_said(f, "is there already");
	stop(f);

	/* The copy is sound but for what was left out on purpose. */
	const char *const rebuild[] = {"rebuild", "--corpus", f->copy, NULL};
	const char *const fsck[] = {"fsck", "--corpus", f->copy, NULL};
	assert_int_equal(test_annotd(rebuild, f->said, sizeof f->said), 0);
	assert_int_equal(test_annotd(fsck, f->said, sizeof f->said), 1);
	assert_said(f, "1 finding\n");
	assert_said(f, "checkpoint: the file is absent");
}

static void refuses_what_makes_no_sense(void **state)
{
	struct fixture *f = *state;
	stop(f);
	const char *const lone[] = {"backup", "--corpus", f->dir, NULL};
	assert_int_equal(test_annotd(lone, f->said, sizeof f->said), 2);
	assert_said(f, "--to");
	const char *const wrong[] = {"fsck", "--corpus", f->dir, "--to", f->copy, NULL};
	assert_int_equal(test_annotd(wrong, f->said, sizeof f->said), 2);
	const char *const nowhere[] = {"backup", "--corpus", "/tmp", "--to", f->copy, NULL};
	assert_int_equal(test_annotd(nowhere, f->said, sizeof f->said), 4);
	assert_said(f, "no truth.db");
	assert_int_equal(access(f->copy, F_OK), -1);
	const char *const deep[] = {"backup", "--corpus", f->dir, "--to", "/nonexistent/a", NULL};
	assert_int_not_equal(test_annotd(deep, f->said, sizeof f->said), 0);
	assert_said(f, "/nonexistent/a");
	/* What fails half-way leaves nothing: the database is no database. */
	test_write_file(f->dir, "truth.db", "nonsense", 8, 0600);
	assert_int_not_equal(backup(f), 0);
	assert_int_equal(access(f->copy, F_OK), -1);
}

/* --- while records come in --- */

struct sender {
	struct fixture *f;
	atomic_bool stop;
	size_t sent;
};

static void *send_on(void *arg)
{
	struct sender *s = arg;
	struct test_client client;
	test_client_open(s->f->daemon.url, &client);
	for (size_t i = BEFORE; i < s->f->test->n && !atomic_load(&s->stop); i++, s->sent++)
		test_submit(&client, s->f->test, &s->f->test->entries[i], 1);
	test_client_close(&client);
	return NULL;
}

static void is_of_one_moment(void **state)
{
	struct fixture *f = *state;
	struct sender s = {.f = f};
	pthread_t thread;
	for (size_t i = 0; i < MEANWHILE; i++)
		test_put(f->test, &f->bob, test_claim("It rained."));
	pthread_create(&thread, NULL, send_on, &s);
	int code = backup(f);
	atomic_store(&s.stop, true);
	pthread_join(thread, NULL);
	if (code != 0)
		fail_msg("backup: %s", f->said);
	const char *number = strstr(f->said, ".copy: ");
	assert_non_null(number);
	unsigned long n = strtoul(number + 7, NULL, 10);
	assert_true(n >= BEFORE && n <= BEFORE + s.sent);
	stop(f);
	const char *const rebuild[] = {"rebuild", "--corpus", f->copy, NULL};
	const char *const fsck[] = {"fsck", "--corpus", f->copy, NULL};
	assert_int_equal(test_annotd(rebuild, f->said, sizeof f->said), 0);
	char words[64];
	snprintf(words, sizeof words, "from %lu records", n);
	assert_said(f, words);
	assert_int_equal(test_annotd(fsck, f->said, sizeof f->said), 1);
	assert_said(f, "1 finding\n");
}

/* --- put back --- */

static void put_back(struct fixture *f)
{
	static const char *const gone[] = {"truth.db-wal", "truth.db-shm", "index.db",
					   "index.db-wal", "index.db-shm"};
	stop(f);
	for (size_t i = 0; i < COUNT(gone); i++)
		unlink(test_path(f->dir, gone[i]));
	test_copy_file(f->copy, f->dir, "truth.db");
}

/* NULL: all is well. */
static const char *read_only(struct fixture *f)
{
	struct annot_hello_request request = {.version = 1, .client = "test"};
	void *reply;
	assert_ok(test_call(&f->client, ANNOT_CALL_hello, &request, &reply));
	return ((struct annot_hello_reply *)reply)->read_only;
}

static enum annot_status add_one(struct fixture *f)
{
	struct test_entry *e = test_put(f->test, &f->bob, test_claim("It snowed."));
	struct annot_submit_item item = {.record = e->record->bytes,
					 .signature =
						 annot_bytes(e->signature, ANNOT_SIGNATURE_SIZE)};
	struct annot_submit_request request = {.items = &item, .n_items = 1};
	void *reply;
	enum annot_status status = test_call(&f->client, ANNOT_CALL_submit, &request, &reply);
	return status != ANNOT_OK ? status
				  : ((struct annot_submit_reply *)reply)->results[0].status;
}

static void goes_on_where_nothing_is_missing(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(backup(f), 0);
	put_back(f);
	start(f);
	assert_null(read_only(f));
	assert_int_equal(add_one(f), ANNOT_OK);
	stop(f);
	const char *const fsck[] = {"fsck", "--corpus", f->dir, NULL};
	if (test_annotd(fsck, f->said, sizeof f->said) != 0)
		fail_msg("fsck: %s", f->said);
}

/* The checkpoint file is still there and tells. */
static void does_not_sign_over_what_is_missing(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(backup(f), 0);
	test_put(f->test, &f->bob, test_claim("It hailed."));
	submit(f, BEFORE);
	put_back(f);
	start(f);
	assert_non_null(strstr(read_only(f), "put back the truth.db that has them all"));
	assert_int_equal(add_one(f), ANNOT_READ_ONLY);
	stop(f);
	char size[16];
	snprintf(size, sizeof size, "%d", BEFORE);
	const char *const vouch[] = {"vouch", "--corpus", f->dir, "--size", size, NULL};
	assert_int_equal(test_annotd(vouch, f->said, sizeof f->said), 4);
	assert_said(f, "would fork the log");
}

/* Nothing tells: it must not go on by itself, and says how to. */
static void asks_where_nothing_tells(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(backup(f), 0);
	put_back(f);
	assert_int_equal(unlink(test_path(f->dir, "checkpoint")), 0);
	start(f);
	const char *why = read_only(f);
	assert_non_null(strstr(why, "restored backup"));
	assert_non_null(strstr(why, "annotd vouch --corpus"));
	assert_int_equal(add_one(f), ANNOT_READ_ONLY);
	stop(f);
	char size[16];
	snprintf(size, sizeof size, "%d", BEFORE);
	const char *const vouch[] = {"vouch", "--corpus", f->dir, "--size", size, NULL};
	if (test_annotd(vouch, f->said, sizeof f->said) != 0)
		fail_msg("vouch: %s", f->said);
	start(f);
	assert_null(read_only(f));
	assert_int_equal(add_one(f), ANNOT_OK);
	stop(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(has_the_records_and_no_more),
		TEST(refuses_what_makes_no_sense),
		TEST(is_of_one_moment),
		TEST(goes_on_where_nothing_is_missing),
		TEST(does_not_sign_over_what_is_missing),
		TEST(asks_where_nothing_tells),
	};
	return cmocka_run_group_tests_name("annotd/backup", tests, NULL, NULL);
}
