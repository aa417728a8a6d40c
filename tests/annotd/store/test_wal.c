/* The write-ahead logs: begun anew, waiting for readers, and when the index vouches for itself. */
#include "../stored.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotd/store/store_private.h"
#include "base/hash.h"

static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;

static void put_some(struct stored *s, int n)
{
	stored_put_claims(s, n);
	stored_sync(s);
}

/* Nobody then keeps a log from starting over. */
static void close_reader(struct stored *s)
{
	s->reader = reader_close(s->reader);
	s->call.reader = NULL;
}

static void open_reader(struct stored *s)
{
	assert_ok(reader_open(s->dir, &s->reader, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	s->call.reader = s->reader;
}

static int pages(const struct stored *s)
{
	return atomic_load(&s->store->truth_wal.pages) + atomic_load(&s->store->index_wal.pages);
}

static void test_begun_anew(void **state)
{
	struct stored *s = *state;

	put_some(s, 40);
	put_some(s, 40);
	int before = pages(s);
	close_reader(s);
	assert_false(store_wal_has_grown(s->store));
	assert_ok(store_wal_tend(s->store, false, &writer, &test_error));
	assert_int_equal(pages(s), before); /* they were short */
	assert_ok(store_wal_tend(s->store, true, &writer, &test_error));
	open_reader(s);
	put_some(s, 1);
	assert_in_range(pages(s), 1, before / 2);
	assert_false(stored_reopen(s));
	assert_int_equal(store_index_size(s->store), 82);
}

static void test_grown(void **state)
{
	struct stored *s = *state;

	put_some(s, 1);
	close_reader(s);
	atomic_store(&s->store->index_wal.max, 1);
	assert_true(store_wal_has_grown(s->store));
	assert_ok(store_wal_tend(s->store, false, &writer, &test_error));
	assert_false(store_wal_has_grown(s->store));
	open_reader(s);
	put_some(s, 1);
	assert_int_equal(atomic_load(&s->store->index_wal.max), STORE_WAL_GROWN);
}

/* A reader that looks at the log keeps it from starting over, and nobody from writing. */
static void test_long_reader(void **state)
{
	struct stored *s = *state;

	put_some(s, 4); /* and the snapshot is open */
	atomic_store(&s->store->truth_wal.max, 1);
	assert_ok(store_wal_tend(s->store, false, &writer, &test_error));
	assert_true(atomic_load(&s->store->truth_wal.max) > STORE_WAL_TRUTH_GROWN);
	assert_false(store_wal_has_grown(s->store));
	put_some(s, 4); /* nobody else was kept from writing */
	assert_int_equal(store_size(s->store), 9);
	assert_false(stored_reopen(s));
}

static off_t file_size(const struct stored *s)
{
	char path[128];
	struct stat wal;

	snprintf(path, sizeof path, "%s/truth.db-wal", s->dir);
	assert_int_equal(stat(path, &wal), 0);
	return wal.st_size;
}

/* Notes that fill so many bytes, each other than all before. */
static void put_notes(struct stored *s, size_t bytes)
{
	static unsigned counter;
	char text[8000] = "";

	assert_ok(store_begin(s->store, &test_error));
	for (size_t done = 0; done < bytes; done += sizeof text) {
		memcpy(text, &counter, sizeof counter);
		counter++;
		struct annot_hash hash = annot_sha256(text, sizeof text);
		assert_ok(store_put_note(s->store, &hash, annot_bytes(text, sizeof text),
					 &test_error));
	}
	assert_ok(store_commit_truth(s->store, NULL, &test_error));
}

/* truth.db's is written over, again and again, and its file grows no more. */
static void test_written_over(void **state)
{
	struct stored *s = *state;
	enum { MUCH = STORE_WAL_TRUTH_GROWN + (1 << 20), LITTLE = 1 << 20, ROUNDS = 3 };
	off_t size = 0;

	reader_rest(s->reader);
	for (int i = 0; i < ROUNDS; i++) {
		put_notes(s, LITTLE);
		assert_false(store_wal_has_grown(s->store));
		put_notes(s, MUCH);
		assert_true(store_wal_has_grown(s->store));
		assert_ok(store_wal_tend(s->store, false, &writer, &test_error));
		assert_false(store_wal_has_grown(s->store));
		/* Some pages of the tree more or less; begun anew at its end it would have grown by
		 * all of it. */
		if (i > 0)
			assert_in_range(file_size(s), 0, size + LITTLE / 2);
		else
			size = file_size(s);
	}
}

/* What the file alone says, as after a crash that took all that was never synced from its log. */
static int mark_in_file(const struct stored *s)
{
	static const char alone[] = "alone.db", mark[] = "SELECT value FROM meta WHERE key=2";
	char path[128];
	sqlite3_stmt *st;
	sqlite3 *sq;

	snprintf(path, sizeof path, "%s/%s", s->dir, alone);
	FILE *to = fopen(path, "w");
	snprintf(path, sizeof path, "%s/index.db", s->dir);
	FILE *from = fopen(path, "r");
	assert_non_null(to);
	assert_non_null(from);
	for (int c; (c = getc(from)) != EOF;)
		putc(c, to);
	fclose(from);
	fclose(to);
	snprintf(path, sizeof path, "%s/%s", s->dir, alone);
	assert_int_equal(sqlite3_open(path, &sq), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(sq, mark, -1, &st, NULL), SQLITE_OK);
	int ret = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int(st, 0) : -1;
	sqlite3_finalize(st);
	sqlite3_close(sq);
	unlink(path);
	return ret;
}

static void test_mark(void **state)
{
	struct stored *s = *state;

	assert_int_not_equal(mark_in_file(s), 1);
	put_some(s, 1);
	close_reader(s);
	s->store = store_close(s->store);
	assert_int_equal(mark_in_file(s), 1);
	bool rebuild = true;
	assert_ok(store_open(s->dir, &s->store, &rebuild, &test_error));
	assert_false(rebuild);
	assert_int_not_equal(mark_in_file(s), 1);
	open_reader(s);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, stored_setup, stored_teardown)
	const struct CMUnitTest tests[] = {
		T(test_begun_anew),
		T(test_grown),
		T(test_long_reader),
		T(test_written_over),
		T(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
