/* The log as facts that another thread reads ahead. */
#include "folder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "annotd/corpus.h"
#include "annotd/feed.h"
#include "annotd/log.h"

enum { CLAIMS = 3 * FEED_FACTS * FEED_BATCHES, AT_ONCE = 128 };

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
};

/* More than is read ahead. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct corpus *corpus;
	*state = f;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	for (unsigned i = 0; i < CLAIMS; i++)
		test_put(f->test, &bob, test_claim("It rained."));
	assert_ok(corpus_open(f->dir, &corpus, &test_error));
	for (size_t at = 1, n; at < f->test->n; at += n) {
		struct corpus_item items[AT_ONCE], *pointers[AT_ONCE];
		struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
		n = f->test->n - at < AT_ONCE ? f->test->n - at : AT_ONCE;
		for (size_t i = 0; i < n; i++) {
			const struct test_entry *e = f->test->entries[at + i];
			items[i] = (struct corpus_item){.record = e->record, .verified = true};
			memcpy(items[i].signature, e->signature, sizeof items[i].signature);
			pointers[i] = &items[i];
		}
		assert_ok(corpus_admit(corpus, pointers, n, &note, &test_error));
		annot_buf_free(&note);
	}
	corpus_close(corpus);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static void next_is(struct fixture *f, struct feed *feed, uint64_t i)
{
	const struct annot_fact *fact;
	assert_ok(feed_next(feed, &fact, &test_error));
	assert_int_equal(fact->index, i);
	assert_true(annot_hash_equal(&fact->leaf.record, &f->test->entries[i]->id));
	assert_true(annot_hash_equal(&fact->record->id, &f->test->entries[i]->id));
}

static void test_all_in_order(void **state)
{
	struct fixture *f = *state;
	struct feed *feed;
	assert_ok(feed_start(f->dir, f->test->n, &feed, &test_error));
	for (uint64_t i = 0; i < f->test->n; i++)
		next_is(f, feed, i);
	feed_stop(feed);
}

static void test_stopped_early(void **state)
{
	struct fixture *f = *state;
	struct feed *feed;
	for (uint64_t taken = 0; taken < 2 * FEED_FACTS; taken += FEED_FACTS - 1) {
		assert_ok(feed_start(f->dir, f->test->n, &feed, &test_error));
		for (uint64_t i = 0; i < taken; i++)
			next_is(f, feed, i);
		feed_stop(feed);
	}
	feed_stop(NULL);
}

/* What comes before a record that cannot be parsed is delivered. */
static void test_broken_record(void **state)
{
	struct fixture *f = *state;
	const struct annot_fact *fact;
	struct feed *feed;
	sqlite3 *db;
	assert_int_equal(sqlite3_open(test_path(f->dir, "truth.db"), &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "UPDATE record SET bytes=x'0a' WHERE seq=100", NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_ok(feed_start(f->dir, f->test->n, &feed, &test_error));
	for (uint64_t i = 0; i < 100; i++)
		next_is(f, feed, i);
	assert_status(feed_next(feed, &fact, &test_error), ANNOT_INVALID);
	assert_error_says("annot-record/v1");
	feed_stop(feed);
}

static void test_no_log(void **state)
{
	const struct annot_fact *fact;
	struct feed *feed;
	(void)state;
	assert_ok(feed_start("/nonexistent", 1, &feed, &test_error));
	assert_status(feed_next(feed, &fact, &test_error), ANNOT_NOT_FOUND);
	feed_stop(feed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_in_order),
		cmocka_unit_test(test_stopped_early),
		cmocka_unit_test(test_broken_record), /* the last one that reads the log */
		cmocka_unit_test(test_no_log),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/feed", tests, setup, teardown);
}
