/* When records are answered: before the index is committed, but for nobody to notice. */
#include "folder.h"

#include <pthread.h>
#include <stdlib.h>

#include "annotd/corpus.h"
#include "annotd/log.h"

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	corpus_close(f->corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static bool is_indexed(const struct fixture *f, const struct annot_hash *record)
{
	struct reader *reader;
	uint64_t index;
	assert_ok(reader_open(f->dir, &reader, &test_error));
	assert_ok(reader_begin(reader, &test_error));
	enum annot_status status = reader_find(reader, record, &index, &test_error);
	reader_close(reader);
	return status == ANNOT_OK;
}

struct seen {
	struct fixture *f;
	const struct test_entry *entry;
	bool answered, at_once, later; /* whether it was in the index: when it was answered, … */
	bool waits;                    /* … and for one who asks then */
	pthread_t reader;
};

static void *ask(void *arg)
{
	struct seen *s = arg;
	corpus_await_index(s->f->corpus);
	s->later = is_indexed(s->f, &s->entry->id);
	return NULL;
}

static void on_answer(void *arg, struct annot_bytes note)
{
	struct seen *s = arg;
	struct annot_checkpoint checkpoint;
	assert_false(s->answered);
	s->answered = true;
	assert_ok(annot_checkpoint_open(note, &s->f->test->log.vkey, &checkpoint, &test_error));
	assert_int_equal(checkpoint.size, s->entry->index + 1);
	s->at_once = is_indexed(s->f, &s->entry->id);
	if (s->waits)
		assert_int_equal(pthread_create(&s->reader, NULL, ask, s), 0);
}

static struct seen admit(struct fixture *f, const struct test_entry *entry, bool waits)
{
	struct seen seen = {.f = f, .entry = entry, .waits = waits};
	struct corpus_item item = {.record = entry->record}, *pointer = &item;
	memcpy(item.signature, entry->signature, sizeof item.signature);
	assert_ok(corpus_admit_all(f->corpus, &pointer, 1, on_answer, &seen, &test_error));
	assert_int_equal(item.status, ANNOT_OK);
	assert_true(seen.answered);
	if (waits)
		assert_int_equal(pthread_join(seen.reader, NULL), 0);
	return seen;
}

/* Who asks as soon as a record was answered finds it. */
static void test_claim_is_found(void **state)
{
	struct fixture *f = *state;
	enum { ROUNDS = 20 };
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	admit(f, f->test->entries[1], false);
	for (size_t i = 0; i < ROUNDS; i++) {
		struct seen seen =
			admit(f, test_put(f->test, &bob, test_claim("It rained.")), true);
		assert_false(seen.at_once);
		assert_true(seen.later);
	}
}

/* What changes keys or rules is answered when all of it is done. */
static void test_keys_come_first(void **state)
{
	struct fixture *f = *state;
	test_reviewer(f->test, "bob", 9);
	assert_true(admit(f, f->test->entries[1], false).at_once);
}

/* A record that is there already is answered too, once. */
static void test_duplicate(void **state)
{
	struct fixture *f = *state;
	test_reviewer(f->test, "bob", 9);
	admit(f, f->test->entries[1], false);
	assert_true(admit(f, f->test->entries[1], false).at_once);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_claim_is_found),
		TEST(test_keys_come_first),
		TEST(test_duplicate),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/answer", tests, NULL, NULL);
}
