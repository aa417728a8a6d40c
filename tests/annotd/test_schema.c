/* Versions of the databases' layout: older ones are migrated, all or not at all; newer ones
 * refused. */
#include "folder.h"

#include <stdlib.h>
#include <unistd.h>

#include "annotd/corpus.h"
#include "annotd/log.h"
#include "annotd/fsck.h"
#include "annotd/rebuild.h"
#include "annotd/store/core.h"

enum { APPLICATION = 0x74657374 };

/* A database of which there have been three layouts. */
static const char *const no_statements[1] = {"SELECT 1"};
static const struct db_step steps[] = {
	{1, "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b='b' || a;"},
	{2, "CREATE TABLE u(a INTEGER PRIMARY KEY); INSERT INTO u SELECT a FROM t;"},
};
static const struct db_file old = {
	.name = "test.db",
	.schema = "CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES(1),(2);",
	.sql = no_statements,
	.application_id = APPLICATION,
	.version = 1,
	.page_size = 4096,
	.cache_kib = 1024,
};

static struct db_file now(void)
{
	struct db_file file = old;
	file.version = 3;
	file.steps = steps;
	file.n_steps = COUNT(steps);
	return file;
}

struct fixture {
	char dir[TEST_PATH_MAX];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct db db;
	*state = f;
	snprintf(f->dir, sizeof f->dir, "/tmp/annot-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_ok(db_open(&db, f->dir, &old, DB_CREATE, &test_error));
	db_close(&db);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	test_folder_remove(f->dir);
	free(f);
	return 0;
}

/* The one number that a query gives; -1: it cannot be asked. */
static int ask(struct db *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int ret = -1;
	if (sqlite3_prepare_v2(db->sq, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		ret = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return ret;
}

static void assert_version(const char *dir, int version)
{
	struct db db;
	struct db_file file = now();
	assert_ok(db_open(&db, dir, &file, DB_COPY, &test_error));
	assert_int_equal(ask(&db, "PRAGMA user_version"), version);
	assert_int_equal(ask(&db, "SELECT count(*) FROM t"), 2);
	assert_int_equal(ask(&db, "SELECT count(*) FROM t WHERE b='b' || a"), version > 1 ? 2 : -1);
	assert_int_equal(ask(&db, "SELECT count(*) FROM u"), version > 2 ? 2 : -1);
	db_close(&db);
}

static void an_older_one_is_migrated(void **state)
{
	struct fixture *f = *state;
	struct db_file file = now(), middle = now();
	struct db db;
	assert_status(db_open(&db, f->dir, &file, DB_READ, &test_error), ANNOT_MISMATCH);
	assert_error_says("schema 1, older than 3");
	assert_version(f->dir, 1); /* reading never migrates */
	middle.version = 2;
	middle.n_steps = 1;
	assert_ok(db_open(&db, f->dir, &middle, DB_WRITE, &test_error));
	db_close(&db);
	assert_version(f->dir, 2);
	assert_ok(db_open(&db, f->dir, &file, DB_WRITE, &test_error));
	db_close(&db);
	assert_version(f->dir, 3);
	assert_ok(db_open(&db, f->dir, &file, DB_READ, &test_error));
	db_close(&db);
}

static void both_steps_at_once(void **state)
{
	struct fixture *f = *state;
	struct db_file file = now();
	struct db db;
	assert_ok(db_open(&db, f->dir, &file, DB_WRITE, &test_error));
	db_close(&db);
	assert_version(f->dir, 3);
}

/* The second step fails: the first one did not take place either. */
static void all_or_nothing(void **state)
{
	struct fixture *f = *state;
	static const struct db_step broken[] = {
		{1, "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b='b' || a;"},
		{2, "CREATE TABLE u(a INTEGER PRIMARY KEY); INSERT INTO missing VALUES(1);"},
	};
	struct db_file file = now();
	struct db db;
	file.steps = broken;
	assert_status(db_open(&db, f->dir, &file, DB_WRITE, &test_error), ANNOT_STORE);
	assert_error_says("missing");
	assert_version(f->dir, 1);
	file = now();
	assert_ok(db_open(&db, f->dir, &file, DB_WRITE, &test_error));
	db_close(&db);
	assert_version(f->dir, 3);
}

static void no_way_from_there(void **state)
{
	struct fixture *f = *state;
	struct db_file file = now();
	struct db db;
	file.steps = steps + 1;
	file.n_steps = 1;
	assert_status(db_open(&db, f->dir, &file, DB_WRITE, &test_error), ANNOT_MISMATCH);
	assert_error_says("schema 1, which this annotd cannot bring to 3");
	file.n_steps = 0;
	assert_status(db_open(&db, f->dir, &file, DB_WRITE, &test_error), ANNOT_MISMATCH);
	assert_version(f->dir, 1);
}

static void a_newer_one_is_refused(void **state)
{
	struct fixture *f = *state;
	struct db_file file = now();
	struct db db;
	assert_ok(db_open(&db, f->dir, &file, DB_WRITE, &test_error));
	db_close(&db);
	for (enum db_mode mode = DB_WRITE; mode <= DB_COPY; mode++) {
		assert_status(db_open(&db, f->dir, &old, mode, &test_error), ANNOT_REFUSED);
		assert_error_says("has schema 3, this annotd knows up to 1; use a newer annotd");
	}
	/* What can be made again is. */
	file = old;
	file.derived = true;
	assert_status(db_open(&db, f->dir, &file, DB_WRITE, &test_error), ANNOT_MISMATCH);
}

/* --- the same of a corpus --- */

static void set_version(const char *dir, const char *name, int version, int application)
{
	char sql[128];
	sqlite3 *sq;
	assert_int_equal(sqlite3_open(test_path(dir, name), &sq), SQLITE_OK);
	snprintf(sql, sizeof sql, "PRAGMA user_version=%d; PRAGMA application_id=%d", version,
		 application);
	assert_int_equal(sqlite3_exec(sq, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sq);
}

static void a_corpus_of_another_version(void **state)
{
	(void)state;
	struct test_corpus *test = test_corpus_new(1, 1);
	const int version = store_truth_file.version, id = store_truth_file.application_id;
	char dir[TEST_PATH_MAX];
	struct corpus *c;
	uint64_t n = 0;
	test_folder(test, NULL, dir);
	assert_ok(corpus_open(dir, &c, &test_error));
	corpus_close(c);

	set_version(dir, "truth.db", version + 1, id);
	assert_status(corpus_open(dir, &c, &test_error), ANNOT_REFUSED);
	assert_error_says("truth.db has schema");
	assert_error_says("use a newer annotd");
	assert_status(corpus_rebuild(dir, NULL, &n, &test_error), ANNOT_REFUSED);
	assert_status(corpus_fsck(dir, 1, false, stdout, &n, &test_error), ANNOT_REFUSED);
	set_version(dir, "truth.db", 0, id);
	assert_status(corpus_open(dir, &c, &test_error), ANNOT_MISMATCH);
	assert_error_says("cannot bring to");
	set_version(dir, "truth.db", version, 7);
	assert_status(corpus_open(dir, &c, &test_error), ANNOT_REFUSED);
	assert_error_says("not annotd's");
	set_version(dir, "truth.db", version, id);

	/* The index is made again, whichever version it has, or where it was not finished. */
	const int index_id = store_index_file.application_id;
	const int others[][2] = {{store_index_file.version + 1, index_id}, {0, index_id}, {0, 0}};
	for (size_t i = 0; i < COUNT(others); i++) {
		set_version(dir, "index.db", others[i][0], others[i][1]);
		assert_ok(corpus_open(dir, &c, &test_error));
		assert_null(corpus_read_only(c));
		corpus_close(c);
		assert_ok(corpus_fsck(dir, 1, false, stdout, &n, &test_error));
		assert_int_equal(n, 0);
	}
	set_version(dir, "index.db", store_index_file.version, 7);
	assert_status(corpus_open(dir, &c, &test_error), ANNOT_REFUSED);
	assert_error_says("not annotd's");
	test_folder_remove(dir);
	test_corpus_free(test);
}

/* truth.db as it was before originals were kept. */
static void a_corpus_of_the_first_version(void **state)
{
	(void)state;
	struct test_corpus *test = test_corpus_new(1, 1);
	char dir[TEST_PATH_MAX];
	struct store *store;
	struct corpus *c;
	sqlite3 *sq;
	test_folder(test, NULL, dir);
	assert_ok(corpus_open(dir, &c, &test_error));
	corpus_close(c);
	assert_int_equal(sqlite3_open(test_path(dir, "truth.db"), &sq), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sq, "DROP TABLE original", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sq);
	set_version(dir, "truth.db", 1, store_truth_file.application_id);
	assert_ok(corpus_open(dir, &c, &test_error));
	assert_null(corpus_read_only(c));
	corpus_close(c);
	bool rebuild;
	assert_ok(store_open(dir, &store, &rebuild, &test_error));
	assert_ok(store_put_original(store, 0, annot_bytes_of("x"), &test_error));
	store_close(store);
	test_folder_remove(dir);
	test_corpus_free(test);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_older_one_is_migrated),
		TEST(both_steps_at_once),
		TEST(all_or_nothing),
		TEST(no_way_from_there),
		TEST(a_newer_one_is_refused),
		cmocka_unit_test(a_corpus_of_another_version),
		cmocka_unit_test(a_corpus_of_the_first_version),
	};
	log_start((enum log_level)0);
	return cmocka_run_group_tests_name("annotd/schema", tests, NULL, NULL);
}
