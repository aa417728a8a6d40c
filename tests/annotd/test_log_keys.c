/* A log that changes the key of its checkpoints: which keys sign at which record. */
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "annotd/corpus.h"
#include "base/auto.h"

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct test_key admin;
	struct test_entry *record; /* the corpus record in force */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->admin = test_key(1);
	f->record = f->test->entries[0];
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

static void write_key(struct fixture *f, const char *name, const struct annot_skey *key)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	annot_skey_write(key, &text);
	annot_buf_putc(&text, '\n');
	test_write_file(f->dir, name, text.data, text.len, 0600);
}

static struct annot_skey new_key(void)
{
	struct annot_skey key;
	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &key, &test_error));
	return key;
}

static void reopen(struct fixture *f)
{
	f->corpus = corpus_close(f->corpus);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
}

static enum annot_status admit(struct fixture *f, const struct test_entry *e)
{
	struct corpus_item item = {.record = e->record}, *items[] = {&item};
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	memcpy(item.signature, e->signature, sizeof item.signature);
	return corpus_admit(f->corpus, items, 1, &note, &test_error);
}

/* The next corpus record, which names this key. */
static enum annot_status change(struct fixture *f, const struct annot_skey *key)
{
	AUTO_BUF struct annot_buf vkey = ANNOT_BUF_INIT(1024);
	struct annot_draft *d = annot_draft_amend(f->record->record);
	annot_vkey_write(&key->vkey, &vkey);
	test_set(d, "log", vkey.data);
	f->record = test_put_as(f->test, &f->admin, d, ANNOT_EFFECTIVE);
	return admit(f, f->record);
}

static enum annot_status claim(struct fixture *f)
{
	return admit(f, test_put_as(f->test, &f->admin, test_claim("more"), ANNOT_EFFECTIVE));
}

/* Whether the newest checkpoint is signed by a key. */
static bool signed_by(struct fixture *f, const struct annot_skey *key)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint c;
	assert_ok(corpus_checkpoint(f->corpus, &c, &note, &test_error));
	assert_int_equal(c.size, f->test->n);
	return annot_checkpoint_open(annot_buf_bytes(&note), &key->vkey, &c, NULL) == ANNOT_OK;
}

static void test_both_sign(void **state)
{
	struct fixture *f = *state;
	struct annot_skey first = f->test->log, next = new_key();
	write_key(f, "log.key.next", &next);
	reopen(f);
	assert_ok(claim(f));
	assert_true(signed_by(f, &first));
	assert_false(signed_by(f, &next)); /* no record names it */
	assert_ok(change(f, &next));
	assert_true(signed_by(f, &first));
	assert_true(signed_by(f, &next));
	reopen(f);
	assert_true(signed_by(f, &first) && signed_by(f, &next));
	assert_int_equal(unlink(test_path(f->dir, "log.key.next")), 0);
	write_key(f, "log.key", &next);
	reopen(f);
	assert_ok(claim(f));
	assert_false(signed_by(f, &first));
	assert_true(signed_by(f, &next));
}

/* The next key alone, before and after it may sign. */
static void test_next_alone(void **state)
{
	struct fixture *f = *state;
	struct annot_skey next = new_key();
	assert_ok(change(f, &next));
	assert_true(signed_by(f, &f->test->log)); /* the one before, until the new one is there */
	write_key(f, "log.key.next", &next);
	assert_int_equal(unlink(test_path(f->dir, "log.key")), 0);
	reopen(f);
	assert_true(signed_by(f, &next));
	assert_false(signed_by(f, &f->test->log));
}

/* After a second change the first key is of no use: nothing is signed, and nothing lost. */
static void test_left_behind(void **state)
{
	struct fixture *f = *state;
	struct annot_skey second = new_key(), third = new_key();
	assert_ok(change(f, &second));
	assert_status(change(f, &third), ANNOT_READ_ONLY);
	assert_error_says("log.key.next");
	assert_non_null(corpus_read_only(f->corpus));
	assert_status(claim(f), ANNOT_READ_ONLY);
	f->corpus = corpus_close(f->corpus);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_REFUSED);
	assert_error_says("not the key");
	f->corpus = NULL;
	write_key(f, "log.key.next", &third);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	f->test->n--; /* the claim was not admitted */
	assert_true(signed_by(f, &third));
	assert_false(signed_by(f, &f->test->log));
	f->test->n++;
}

static void test_next_is_checked(void **state)
{
	struct fixture *f = *state;
	f->corpus = corpus_close(f->corpus);
	test_write_file(f->dir, "log.key.next", "nonsense\n", 9, 0600);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_INVALID);
	assert_error_says("log.key.next");
	test_write_file(f->dir, "log.key.next", "nonsense\n", 9, 0644);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_REFUSED);
	assert_error_says("log.key.next can be read by others");
	f->corpus = NULL;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_both_sign),
		TEST(test_next_alone),
		TEST(test_left_behind),
		TEST(test_next_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
