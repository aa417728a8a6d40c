/* Copies and audits of a real annotd's log, broken off half way and gone on with. */
#include "daemon.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "client/logs.h"
#include "client/witness.h"

enum { RECORDS = 600, BATCH = 200 };

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX], copy[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct annot *a;
	struct annot_arena *arena;
	uint64_t stop_at; /* of the progress; UINT64_MAX: never */
	uint64_t told;
};

static void submit(struct fixture *f, size_t from, size_t to)
{
	struct test_client client;

	test_client_open(f->daemon.url, &client);
	for (size_t i = from; i < to; i += BATCH)
		test_submit(&client, f->test, f->test->entries + i,
			    to - i < BATCH ? to - i : BATCH);
	test_client_close(&client);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct annot_options options = ANNOT_OPTIONS_INIT;
	struct test_key admin = test_key(1);

	f->stop_at = UINT64_MAX;
	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(64 << 20);
	test_folder(f->test, NULL, f->dir);
	snprintf(f->copy, sizeof(f->copy), "%s", test_path(f->dir, "copy"));
	setenv("XDG_STATE_HOME", f->dir, 1);
	test_daemon_start_quiet(f->dir, &f->daemon);
	for (int i = 1; i < RECORDS; i++)
		test_put_as(f->test, &admin, test_claim("one of many"), ANNOT_EFFECTIVE);
	submit(f, 1, RECORDS);
	options.socket = f->daemon.url;
	assert_ok(annot_open(&options, &f->a, &test_error));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	annot_close(f->a);
	annot_arena_free(f->arena);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static bool progress(void *arg, uint64_t done, uint64_t of)
{
	struct fixture *f = arg;

	assert_true(done >= f->told && done <= of);
	f->told = done;
	return done < f->stop_at;
}

static enum annot_status copy_log(struct fixture *f, struct annot_exported *ret)
{
	f->told = 0;
	return annot_log_export(f->a, f->copy, progress, f, ret, &test_error);
}

static enum annot_status audit(struct fixture *f, bool from_copy, bool again,
			       const struct annot_audit_report **ret)
{
	struct annot_audit_options o = {.corpus = f->test->id,
					.dir = from_copy ? f->copy : NULL,
					.again = again,
					.progress = progress,
					.arg = f};

	f->told = 0;
	return annot_log_audit(from_copy ? NULL : f->a, &o, f->arena, ret, &test_error);
}

static void test_export(void **state)
{
	struct fixture *f = *state;
	struct annot_exported done;
	struct annot_buf leaves = ANNOT_BUF_INIT(1 << 20);
	struct annot_hash root = annot_frontier_root(&f->test->frontier);

	/* Broken off: there is no checkpoint, so that it is no copy yet; then gone on with. */
	f->stop_at = 256;
	assert_status(copy_log(f, &done), ANNOT_CONFLICT);
	assert_int_equal(access(test_path(f->copy, "tile/0/000"), F_OK), 0);
	assert_int_not_equal(access(test_path(f->copy, "checkpoint"), F_OK), 0);
	f->stop_at = UINT64_MAX;
	assert_ok(copy_log(f, &done));
	assert_int_equal(done.before, 0);
	assert_int_equal(done.checkpoint.size, RECORDS);
	assert_true(annot_hash_equal(&done.checkpoint.root, &root));
	assert_int_equal(f->told, RECORDS);
	assert_ok(annot_log_leaves(f->copy, RECORDS, &leaves, &test_error));
	assert_memory_equal(leaves.data, "annot-leaf/v1 corpus ", 21);
	annot_buf_truncate(&leaves, 0);
	assert_status(annot_log_leaves(f->copy, RECORDS + 1, &leaves, &test_error),
		      ANNOT_UNREADABLE);
	annot_buf_free(&leaves);
	assert_ok(copy_log(f, &done));
	assert_int_equal(done.before, RECORDS);
}

static void test_audit(void **state)
{
	struct fixture *f = *state;
	const struct annot_audit_report *r;
	struct annot_exported done;

	for (int from_copy = 0; from_copy < 2; from_copy++) {
		if (from_copy)
			assert_ok(copy_log(f, &done));
		/* Broken off after two tiles: those need not be looked at again. */
		f->stop_at = 512;
		assert_status(audit(f, from_copy, true, &r), ANNOT_CONFLICT);
		assert_error_says("goes on from there");
		f->stop_at = UINT64_MAX;
		assert_ok(audit(f, from_copy, false, &r));
		assert_int_equal(r->verdict, ANNOT_VALID);
		assert_int_equal(r->resumed, 512);
		assert_int_equal(r->resumed + r->signatures, RECORDS);
		assert_ok(audit(f, from_copy, false, &r));
		assert_int_equal(r->resumed, RECORDS);
		assert_ok(audit(f, from_copy, true, &r));
		assert_int_equal(r->signatures, RECORDS);
	}
}

/* What an earlier audit noted is not believed of another history. */
static void test_another_history(void **state)
{
	struct fixture *f = *state;
	const struct annot_audit_report *r;
	char path[TEST_PATH_MAX + 96];
	FILE *note;

	assert_ok(audit(f, false, false, &r));
	snprintf(path, sizeof(path), "%s/annot/corpora/%s/audited", f->dir,
		 annot_hash_hex(&f->test->id).text);
	note = fopen(path, "we");
	assert_non_null(note);
	fprintf(note, "size 300\nroot %064d\n", 0);
	fclose(note);
	assert_ok(audit(f, false, false, &r));
	assert_int_equal(r->verdict, ANNOT_FORKED_LOG);
	assert_ok(audit(f, false, true, &r));
	assert_int_equal(r->verdict, ANNOT_VALID);
	/* Nor is nonsense. */
	note = fopen(path, "we");
	fputs("size 9999999\nroot x\n", note);
	fclose(note);
	assert_ok(audit(f, false, false, &r));
	assert_int_equal(r->resumed, 0);
}

/* A witness of copies: each goes on from the last, or is not signed. */
static void test_witness(void **state)
{
	struct fixture *f = *state;
	struct test_key admin = test_key(1);
	struct annot_skey key;
	struct annot_vkey vkey;
	struct annot_witnessed w;
	struct annot_exported done;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	char path[TEST_PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/w.key", f->dir);
	assert_ok(annot_witness_key_make("example.org/w", path, &vkey, &test_error));
	assert_status(annot_witness_key_make("example.org/w", path, &vkey, &test_error),
		      ANNOT_REFUSED);
	assert_status(annot_witness_key_make("two words", path, &vkey, &test_error), ANNOT_INVALID);
	assert_ok(annot_witness_key_read(path, &key, &test_error));
	assert_memory_equal(key.vkey.key, vkey.key, ANNOT_KEY_SIZE);
	assert_ok(copy_log(f, &done));
	assert_ok(annot_witness_copy(f->copy, &f->test->id, &key, 1000, &w, &note, &test_error));
	assert_int_equal(w.before, 0);
	assert_int_equal(w.checkpoint.size, RECORDS);
	assert_non_null(strstr(note.data, "example.org/w "));
	for (int i = 0; i < 300; i++)
		test_put_as(f->test, &admin, test_claim("more"), ANNOT_EFFECTIVE);
	submit(f, RECORDS, RECORDS + 300);
	assert_ok(copy_log(f, &done));
	annot_buf_truncate(&note, 0);
	assert_ok(annot_witness_copy(f->copy, &f->test->id, &key, 2000, &w, &note, &test_error));
	assert_int_equal(w.before, RECORDS);
	assert_int_equal(w.checkpoint.size, RECORDS + 300);
	/* The daemon takes nobody's; the witness has its note all the same, and goes on. */
	annot_buf_truncate(&note, 0);
	assert_status(annot_witness(f->a, &key, 3000, &w, &note, &test_error), ANNOT_REFUSED);
	assert_non_null(strstr(note.data, "example.org/w "));
	annot_buf_free(&note);
}

int main(void)
{
#define GROUP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		GROUP(test_export),
		GROUP(test_audit),
		GROUP(test_another_history),
		GROUP(test_witness),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
