/* Both databases: what is committed is there, what is not is not; restarts of daemon and machine.
 */
#include "../stored.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

static void check_record(struct stored *s, uint64_t index)
{
	const struct test_entry *e = s->c->entries[index];
	struct store_record found;

	assert_ok(reader_record(s->reader, index, s->call.arena, &found, &test_error));
	assert_int_equal(found.record.len, e->record->bytes.len);
	assert_memory_equal(found.record.data, e->record->bytes.data, found.record.len);
	assert_memory_equal(found.signature, e->signature, ANNOT_SIGNATURE_SIZE);
	assert_null(found.leaf.data);
}

static void test_put_and_reopen(void **state)
{
	struct stored *s = *state;
	struct annot_tree_reader tree;
	struct annot_hash root, expected, path[ANNOT_PATH_MAX];
	size_t n;

	stored_put_claims(s, 20);
	stored_sync(s);
	assert_int_equal(store_size(s->store), 21);
	assert_int_equal(store_index_size(s->store), 21);
	assert_false(stored_reopen(s));
	assert_int_equal(store_size(s->store), 21);
	assert_int_equal(store_index_size(s->store), 21);
	assert_int_equal(reader_size(s->reader), 21);
	for (uint64_t i = 0; i < 21; i++)
		check_record(s, i);
	expected = stored_root(s);
	tree = reader_tree(s->reader);
	assert_ok(annot_tree_root(&tree, 21, &root, &test_error));
	assert_true(annot_hash_equal(&root, &expected));
	assert_ok(store_root(s->store, 21, &root, &test_error));
	assert_true(annot_hash_equal(&root, &expected));
	assert_status(store_root(s->store, 20, &root, &test_error), ANNOT_NOT_FOUND);
	assert_ok(annot_tree_inclusion(&tree, 13, 21, path, &n, &test_error));
	assert_ok(annot_verify_inclusion(13, 21, &s->c->leaf_hashes[13], path, n, &expected,
					 &test_error));
	struct store_record past;
	assert_status(reader_record(s->reader, 21, s->call.arena, &past, &test_error),
		      ANNOT_NOT_FOUND);
}

static void test_rollback(void **state)
{
	struct stored *s = *state;
	const struct annot_frontier before = s->frontier;
	uint64_t found;

	stored_put_claims(s, 3);
	assert_ok(store_begin(s->store, &test_error));
	stored_put_truth(s);
	stored_put_index(s);
	struct annot_known known;
	const struct annot_view *view = store_view(s->store);
	/* The transaction sees itself, nobody else does. */
	assert_ok(view->record(view->ctx, &s->c->entries[2]->id, &known, &test_error));
	assert_int_equal(known.index, 2);
	assert_ok(reader_begin(s->reader, &test_error));
	assert_status(reader_find(s->reader, &s->c->entries[2]->id, &found, &test_error),
		      ANNOT_NOT_FOUND);
	store_rollback(s->store);
	assert_status(view->record(view->ctx, &s->c->entries[2]->id, &known, &test_error),
		      ANNOT_NOT_FOUND);
	assert_int_equal(store_size(s->store), 1);
	s->n_put = 1;
	s->frontier = before;
	stored_sync(s);
	assert_ok(reader_find(s->reader, &s->c->entries[2]->id, &found, &test_error));
	assert_int_equal(found, 2);
}

static void test_index_behind(void **state)
{
	struct stored *s = *state;
	struct annot_hash root;
	uint64_t found;

	stored_put_claims(s, 5);
	assert_ok(store_begin(s->store, &test_error));
	stored_put_truth(s);
	root = stored_root(s);
	assert_ok(store_commit_truth(s->store, &root, &test_error));
	store_rollback(s->store);
	assert_false(stored_reopen(s));
	assert_int_equal(store_size(s->store), 6);
	assert_int_equal(store_index_size(s->store), 1);
	/* Readers answer from what the index holds; the log itself is all there. */
	assert_int_equal(reader_size(s->reader), 1);
	assert_int_equal(reader_truth_size(s->reader), 6);
	check_record(s, 5);
	struct store_record stored;
	assert_ok(store_record(s->store, 5, s->call.arena, &stored, &test_error));
	assert_ok(store_begin(s->store, &test_error));
	stored_put_index(s);
	assert_ok(store_commit_index(s->store, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_int_equal(reader_size(s->reader), 6);
	assert_ok(reader_find(s->reader, &s->c->entries[5]->id, &found, &test_error));
}

static void test_crash_of_daemon(void **state)
{
	struct stored *s = *state;

	stored_put_claims(s, 2);
	stored_sync(s);
	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	/* Not closed cleanly, but the machine did not stop: the kernel has all pages. */
	stored_sql(s, "index.db", "UPDATE meta SET value=0 WHERE key=2");
	assert_false(stored_reopen(s));
	assert_int_equal(store_index_size(s->store), 3);
}

static void test_crash_of_machine(void **state)
{
	struct stored *s = *state;

	stored_put_claims(s, 2);
	stored_sync(s);
	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	stored_sql(
		s, "index.db",
		"UPDATE meta SET value=0 WHERE key=2; UPDATE meta SET value='another' WHERE key=3");
	assert_true(stored_reopen(s));
	assert_int_equal(store_size(s->store), 3);
	assert_int_equal(store_index_size(s->store), 0);
	assert_ok(store_begin(s->store, &test_error));
	stored_put_index(s);
	assert_ok(store_commit_index(s->store, &test_error));
	assert_false(stored_reopen(s));
	assert_string_equal(stored_list(s, ""), "1 2");
	/* A clean close vouches for the index, whatever the machine did since. */
	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	stored_sql(s, "index.db", "UPDATE meta SET value='another' WHERE key=3");
	assert_false(stored_reopen(s));
}

static void test_foreign_index(void **state)
{
	struct stored *s = *state;

	stored_put_claims(s, 2);
	stored_sync(s);
	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	stored_sql(s, "index.db", "UPDATE rec SET id8=id8+1 WHERE seq=2");
	assert_true(stored_reopen(s));
}

static void test_index_missing_or_broken(void **state)
{
	struct stored *s = *state;
	char path[128];
	FILE *f;

	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	snprintf(path, sizeof path, "%s/index.db", s->dir);
	assert_int_equal(unlink(path), 0);
	assert_true(stored_reopen(s));
	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("this is not a database, but long enough to be looked at as one by its header ……… "
	      "……… ………",
	      f);
	fclose(f);
	assert_true(stored_reopen(s));
	assert_int_equal(store_size(s->store), 1);
}

static void test_versions(void **state)
{
	struct stored *s = *state;
	bool rebuild;

	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	stored_sql(s, "truth.db", "PRAGMA user_version=99");
	assert_status(store_open(s->dir, &s->store, &rebuild, &test_error), ANNOT_REFUSED);
	assert_error_says("has schema 99, this annotd knows up to ");
	assert_status(reader_open(s->dir, &s->reader, &test_error), ANNOT_REFUSED);
	stored_sql(s, "truth.db", "PRAGMA user_version=2; PRAGMA application_id=77");
	assert_status(store_open(s->dir, &s->store, &rebuild, &test_error), ANNOT_REFUSED);
	assert_error_says("not annotd's");
	stored_sql(s, "truth.db", "PRAGMA application_id=1095650900");
	stored_sql(s, "index.db", "PRAGMA user_version=99");
	assert_true(stored_reopen(s)); /* an index is made again, whatever it was */
	stored_sql(s, "index.db", "PRAGMA user_version=0");
	assert_true(stored_reopen(s));
	assert_status(store_create(s->dir, &test_error), ANNOT_REFUSED);
	assert_status(store_open("/nonexistent", &(struct store *){NULL}, &rebuild, &test_error),
		      ANNOT_NOT_FOUND);
}

static void test_order_is_kept(void **state)
{
	struct stored *s = *state;
	const struct test_entry *e = s->c->entries[0];
	struct annot_hash node = {{0}};

	assert_ok(store_begin(s->store, &test_error));
	assert_status(store_put_record(s->store, 5, e->record->bytes, e->signature, &node, 1,
				       &test_error),
		      ANNOT_INTERNAL);
	assert_status(store_put_record(s->store, 1, e->record->bytes, e->signature, &node, 0,
				       &test_error),
		      ANNOT_INTERNAL);
	struct annot_fact fact = {.index = 1, .leaf = e->leaf, .record = e->record};
	assert_status(store_index_put(s->store, &fact, &e->judgement, NULL, &test_error),
		      ANNOT_INTERNAL);
	assert_ok(store_put_record(s->store, 1, e->record->bytes, e->signature, &node, 1,
				   &test_error));
	assert_status(store_begin(s->store, &test_error), ANNOT_INTERNAL);
	assert_status(store_commit_truth(s->store, NULL, &test_error), ANNOT_INTERNAL);
	assert_int_equal(store_size(s->store), 1);
}

static void test_notes(void **state)
{
	struct stored *s = *state;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_hash hash = annot_sha256("a note", 6), other = annot_sha256("x", 1);

	for (int i = 0; i < 2; i++) {
		assert_ok(store_begin(s->store, &test_error));
		assert_ok(store_put_note(s->store, &hash, annot_bytes_of("a note"), &test_error));
		assert_ok(store_commit_truth(s->store, NULL, &test_error));
	}
	assert_ok(reader_begin(s->reader, &test_error));
	assert_ok(reader_note(s->reader, &hash, &note, &test_error));
	assert_string_equal(note.data, "a note");
	assert_status(reader_note(s->reader, &other, &note, &test_error), ANNOT_NOT_FOUND);
	annot_buf_free(&note);
}

static void test_fill(void **state)
{
	struct stored *s = *state;

	stored_put_claims(s, 4);
	stored_sync(s);
	assert_false(store_index_is_new(s->store));
	s->reader = reader_close(s->reader);
	store_index_reset(s->store);
	assert_true(store_index_is_new(s->store));
	assert_int_equal(store_index_size(s->store), 0);
	assert_ok(store_fill_begin(s->store, &test_error));
	stored_put_index(s);
	/* Nobody takes what is not finished for an index. */
	assert_status(reader_open(s->dir, &s->reader, &test_error), ANNOT_MISMATCH);
	assert_ok(store_fill_end(s->store, &test_error));
	assert_false(store_index_is_new(s->store));
	assert_ok(reader_open(s->dir, &s->reader, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	s->call.reader = s->reader;
	assert_string_equal(stored_list(s, ""), "1 2 3 4");
	assert_false(store_wal_has_grown(s->store));
	pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;
	assert_ok(store_wal_tend(s->store, true, &writer, &test_error));
}

/* A file that reached the size that its process may write is as good as a full disk. */
static void test_file_size_limit(void **state)
{
	struct stored *s = *state;
	struct rlimit before, limit;
	char path[128];
	struct stat wal;

	snprintf(path, sizeof path, "%s/truth.db-wal", s->dir);
	assert_int_equal(stat(path, &wal), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)wal.st_size;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	stored_put_claims(s, 2);
	assert_ok(store_begin(s->store, &test_error));
	stored_put_truth(s);
	struct annot_hash root = stored_root(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	enum annot_status status = store_commit_truth(s->store, &root, &test_error);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(status, ANNOT_NO_SPACE);
	store_rollback(s->store);
	assert_int_equal(store_size(s->store), 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, stored_setup, stored_teardown)
	const struct CMUnitTest tests[] = {
		T(test_put_and_reopen),
		T(test_rollback),
		T(test_index_behind),
		T(test_crash_of_daemon),
		T(test_crash_of_machine),
		T(test_foreign_index),
		T(test_index_missing_or_broken),
		T(test_versions),
		T(test_order_is_kept),
		T(test_notes),
		T(test_fill),
		T(test_file_size_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
