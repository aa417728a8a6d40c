/*
 * The index cannot be written although truth.db was: what is committed stays committed, found and
 * withheld, and nothing that an author saw is called a fork. Calls of the store are made to fail.
 */
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>

#include "annotd/corpus.h"
#include "annotd/handlers/submit.h"
#include "annotd/log.h"
#include "base/hash.h"

struct fixture {
	struct test_corpus *test;
	struct test_key bob;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct reader *reader;
	struct annot_arena *arena;
	struct annot_buf note;
};

/* --- what fails, and how often --- */

static int fail_index, fail_truth, fail_reader;
static int n_authority; /* how often it was read from the store */

enum annot_status __real_store_commit_index(struct store *s, struct annot_error *err);
enum annot_status __wrap_store_commit_index(struct store *s, struct annot_error *err);
enum annot_status __wrap_store_commit_index(struct store *s, struct annot_error *err)
{
	if (fail_index > 0 && fail_index--)
		return annot_fail(err, ANNOT_NO_SPACE, "index.db: no space in this test");
	return __real_store_commit_index(s, err);
}

enum annot_status __real_store_commit_truth(struct store *s, const struct annot_hash *root,
					    struct annot_error *err);
enum annot_status __wrap_store_commit_truth(struct store *s, const struct annot_hash *root,
					    struct annot_error *err);
enum annot_status __wrap_store_commit_truth(struct store *s, const struct annot_hash *root,
					    struct annot_error *err)
{
	if (fail_truth > 0 && fail_truth--)
		return annot_fail(err, ANNOT_NO_SPACE, "truth.db: no space in this test");
	return __real_store_commit_truth(s, root, err);
}

enum annot_status __real_reader_authority(struct reader *r, uint64_t from, reader_each each,
					  void *arg, struct annot_error *err);
enum annot_status __wrap_reader_authority(struct reader *r, uint64_t from, reader_each each,
					  void *arg, struct annot_error *err);
enum annot_status __wrap_reader_authority(struct reader *r, uint64_t from, reader_each each,
					  void *arg, struct annot_error *err)
{
	n_authority++;
	if (fail_reader > 0 && fail_reader--)
		return annot_fail(err, ANNOT_STORE, "authority cannot be read in this test");
	return __real_reader_authority(r, from, each, arg, err);
}

/* --- --- */

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	f->arena = annot_arena_new(8 << 20);
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	assert_ok(reader_open(f->dir, &f->reader, &test_error));
	f->bob = test_reviewer(f->test, "bob", 9);
	fail_index = fail_truth = fail_reader = 0;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	fail_index = fail_truth = fail_reader = 0;
	reader_close(f->reader);
	corpus_close(f->corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	annot_arena_free(f->arena);
	annot_buf_free(&f->note);
	free(f);
	return 0;
}

/* Admits all entries from `from` on; the status of each must be that of the batch. */
static enum annot_status admit(struct fixture *f, size_t from)
{
	struct corpus_item items[16] = {0}, *pointers[16];
	size_t n = f->test->n - from;
	assert_true(n <= 16);
	for (size_t i = 0; i < n; i++) {
		const struct test_entry *e = f->test->entries[from + i];
		items[i].record = e->record;
		memcpy(items[i].signature, e->signature, sizeof items[i].signature);
		pointers[i] = &items[i];
	}
	annot_buf_truncate(&f->note, 0);
	enum annot_status status = corpus_admit(f->corpus, pointers, n, &f->note, &test_error);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(items[i].status, status);
	return status;
}

static enum annot_status look_for(struct fixture *f, const struct test_entry *e)
{
	uint64_t index;
	assert_ok(reader_begin(f->reader, &test_error));
	return reader_find(f->reader, &e->id, &index, &test_error);
}

static bool is_withheld(struct fixture *f, const struct test_entry *e)
{
	struct store_record stored;
	assert_ok(reader_begin(f->reader, &test_error));
	assert_ok(reader_record(f->reader, e->index, f->arena, &stored, &test_error));
	reader_end(f->reader);
	return !stored.record.data;
}

static void test_caught_up_at_once(void **state)
{
	struct fixture *f = *state;
	const struct test_entry *claim = test_put(f->test, &f->bob, test_claim("It rained."));
	fail_index = 1;
	assert_ok(admit(f, 1));
	assert_ok(look_for(f, claim));
}

static void test_tried_again_before_answers(void **state)
{
	struct fixture *f = *state;
	const struct test_entry *claim = test_put(f->test, &f->bob, test_claim("It rained."));
	fail_index = 3;
	assert_ok(admit(f, 1)); /* it is in truth.db, and the checkpoint covers it */
	assert_true(f->note.len > 0);
	assert_int_equal(fail_index, 1);
	assert_status(corpus_catch_up(f->corpus, &test_error), ANNOT_NO_SPACE);
	/* What readers know of keys is as it was: bob is enrolled, on disk. */
	const struct annot_authority *a = corpus_authority_lock(f->corpus);
	assert_non_null(annot_authority_key(a, &f->bob.author));
	corpus_authority_unlock(f->corpus);
	assert_ok(corpus_catch_up(f->corpus, &test_error));
	assert_ok(look_for(f, claim));
	n_authority = 0;
	assert_ok(corpus_catch_up(f->corpus, &test_error));
	assert_int_equal(n_authority, 0); /* costs nothing while all is well */
}

static void test_next_batch(void **state)
{
	struct fixture *f = *state;
	fail_index = 2;
	assert_ok(admit(f, 1));
	const struct test_entry *claim = test_put(f->test, &f->bob, test_claim("It rained."));
	assert_ok(admit(f, 2));
	assert_ok(look_for(f, claim));
	assert_ok(look_for(f, f->test->entries[1]));
}

static void test_withheld_all_the_same(void **state)
{
	struct fixture *f = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *one = test_put(f->test, &f->bob, test_claim("It rained."));
	const struct test_entry *two = test_put(f->test, &f->bob, test_claim("It snowed."));
	assert_ok(admit(f, 1));
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &one->id));
	fail_index = 1;
	assert_ok(admit(f, 4));
	assert_true(is_withheld(f, one));
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &two->id));
	fail_index = 2;
	assert_ok(admit(f, 5));
	assert_false(is_withheld(f, two));
	assert_ok(corpus_catch_up(f->corpus, &test_error));
	assert_true(is_withheld(f, two));
}

/* --- what fails before anything is committed --- */

static void test_authority_read_only_where_touched(void **state)
{
	struct fixture *f = *state;
	assert_ok(admit(f, 1));
	const struct test_entry *claim = test_put(f->test, &f->bob, test_claim("It rained."));
	n_authority = 0;
	fail_truth = 1;
	assert_status(admit(f, 2), ANNOT_NO_SPACE);
	assert_int_equal(n_authority, 0);
	assert_ok(admit(f, 2));
	assert_ok(look_for(f, claim));
	struct test_key carol = test_reviewer(f->test, "carol", 10);
	fail_truth = 1;
	assert_status(admit(f, 3), ANNOT_NO_SPACE);
	assert_int_equal(n_authority, 1);
	const struct annot_authority *a = corpus_authority_lock(f->corpus);
	assert_null(annot_authority_key(a, &carol.author));
	corpus_authority_unlock(f->corpus);
	assert_ok(admit(f, 3));
}

/* Authority that cannot be read again is kept, and read before the next answer. */
static void test_authority_kept(void **state)
{
	struct fixture *f = *state;
	assert_ok(admit(f, 1));
	struct test_key carol = test_reviewer(f->test, "carol", 10);
	fail_truth = fail_reader = 1;
	assert_status(admit(f, 2), ANNOT_NO_SPACE);
	const struct annot_authority *a = corpus_authority_lock(f->corpus);
	assert_non_null(annot_authority_key(a, &f->bob.author));
	corpus_authority_unlock(f->corpus);
	assert_ok(corpus_catch_up(f->corpus, &test_error));
	a = corpus_authority_lock(f->corpus);
	assert_non_null(annot_authority_key(a, &f->bob.author));
	assert_null(annot_authority_key(a, &carol.author));
	corpus_authority_unlock(f->corpus);
	assert_ok(admit(f, 2));
}

/* --- what an author has seen --- */

static struct corpus_item check(struct fixture *f, const struct test_entry *e)
{
	struct call call = {.arena = f->arena, .reader = f->reader, .corpus = f->corpus};
	struct annot_submit_item *item = annot_arena_array(f->arena, 1, sizeof *item);
	struct submit_cache cache = {0};
	struct submission s;
	assert_non_null(item);
	item->record = e->record->bytes;
	item->signature = annot_bytes(e->signature, ANNOT_SIGNATURE_SIZE);
	item->note = f->test->seen_note;
	struct annot_submit_request in = {.items = item, .n_items = 1};
	assert_ok(submit_check(&call, &cache, &in, &s));
	texts_free(cache.texts);
	return s.items[0];
}

static void test_seen_before_the_index(void **state)
{
	struct fixture *f = *state;
	assert_ok(reader_begin(f->reader, &test_error)); /* a snapshot of before */
	fail_index = 1000;
	assert_ok(admit(f, 1));
	test_see(f->test);
	struct corpus_item item = check(f, test_put(f->test, &f->bob, test_claim("It rained.")));
	if (item.status != ANNOT_OK)
		fail_msg("%s", item.message);
	assert_int_equal(reader_size(f->reader), 1);
}

static void test_seen_more_than_there_is(void **state)
{
	struct fixture *f = *state;
	assert_ok(admit(f, 1));
	assert_ok(reader_begin(f->reader, &test_error));
	test_put(f->test, &f->bob, test_claim("Lost."));
	test_see(f->test); /* three records, of which the log has two */
	struct corpus_item item = check(f, test_put(f->test, &f->bob, test_claim("It rained.")));
	assert_int_equal(item.status, ANNOT_REFUSED);
	assert_non_null(strstr(item.message, "rolled back"));
	assert_null(strstr(item.message, "fork"));
}

static void test_seen_another_root(void **state)
{
	struct fixture *f = *state;
	test_see(f->test); /* two records; the log gets another second one */
	const struct test_entry *late = test_put(f->test, &f->bob, test_claim("It rained."));
	struct test_corpus *twin = test_corpus_new(1, 1);
	struct test_corpus *own = f->test;
	assert_memory_equal(&twin->id, &own->id, sizeof own->id);
	test_reviewer(twin, "robert", 9);
	f->test = twin;
	assert_ok(admit(f, 1));
	f->test = own;
	assert_ok(reader_begin(f->reader, &test_error));
	struct corpus_item item = check(f, late);
	assert_int_equal(item.status, ANNOT_REFUSED);
	assert_non_null(strstr(item.message, "forked"));
	test_corpus_free(twin);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_caught_up_at_once),
		TEST(test_tried_again_before_answers),
		TEST(test_next_batch),
		TEST(test_withheld_all_the_same),
		TEST(test_authority_read_only_where_touched),
		TEST(test_authority_kept),
		TEST(test_seen_before_the_index),
		TEST(test_seen_more_than_there_is),
		TEST(test_seen_another_root),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/index_behind", tests, NULL, NULL);
}
