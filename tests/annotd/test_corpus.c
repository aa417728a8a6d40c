/* Opening a corpus folder in every state that it may be found in, and admitting records to it. */
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotd/corpus.h"
#include "annotd/log.h"
#include "annotd/fsck.h"
#include "annotd/rebuild.h"
#include "annotd/vouch.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct annot_buf note;
	struct annot_checkpoint checkpoint; /* the last one that was checked */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(2, 1);
	f->note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
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
	annot_buf_free(&f->note);
	free(f);
	return 0;
}

static void reopen(struct fixture *f)
{
	f->corpus = corpus_close(f->corpus);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
}

static struct corpus_item item_of(const struct test_entry *e)
{
	struct corpus_item item = {.record = e->record};
	memcpy(item.signature, e->signature, sizeof item.signature);
	return item;
}

static enum annot_status admit(struct fixture *f, struct corpus_item *items, size_t n)
{
	struct corpus_item *pointers[CORPUS_BATCH_MAX];
	for (size_t i = 0; i < n; i++)
		pointers[i] = &items[i];
	annot_buf_truncate(&f->note, 0);
	return corpus_admit(f->corpus, pointers, n, &f->note, &test_error);
}

/* The note is signed by the log, and the proof of each admitted item holds under it. */
static void check_proofs(struct fixture *f, const struct corpus_item *items, size_t n)
{
	assert_ok(annot_checkpoint_open(annot_buf_bytes(&f->note), &f->test->log.vkey,
					&f->checkpoint, &test_error));
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		struct annot_leaf leaf;
		if (items[i].status != ANNOT_OK)
			continue;
		annot_leaf_of(items[i].record, items[i].signature, &leaf);
		annot_leaf_write(&leaf, &line);
		struct annot_hash hash = annot_leaf_hash(line.data, line.len);
		assert_ok(annot_verify_inclusion(items[i].index, f->checkpoint.size, &hash,
						 items[i].path, items[i].n_path,
						 &f->checkpoint.root, &test_error));
	}
}

static void admit_all(struct fixture *f, size_t from)
{
	struct corpus_item items[CORPUS_BATCH_MAX];
	size_t n = f->test->n - from;
	for (size_t i = 0; i < n; i++)
		items[i] = item_of(f->test->entries[from + i]);
	assert_ok(admit(f, items, n));
	for (size_t i = 0; i < n; i++) {
		if (items[i].status != ANNOT_OK)
			fail_msg("#%zu: %s", from + i, items[i].message);
		assert_int_equal(items[i].index, from + i);
	}
	check_proofs(f, items, n);
	struct annot_hash root = annot_frontier_root(&f->test->frontier);
	assert_int_equal(f->checkpoint.size, f->test->n);
	assert_memory_equal(&f->checkpoint.root, &root, sizeof root);
}

static void assert_no_findings(const char *dir)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t findings = 0;
	FILE *to = open_memstream(&text, &len);
	assert_ok(corpus_fsck(dir, 2, false, to, &findings, &test_error));
	fclose(to);
	if (findings)
		fail_msg("fsck: %s", text);
	free(text);
}

/* --- opening
 * ---------------------------------------------------------------------------------------------------------------
 */

static void test_first_start(void **state)
{
	struct fixture *f = *state;
	assert_null(corpus_read_only(f->corpus));
	assert_string_equal(corpus_origin(f->corpus), TEST_ORIGIN);
	assert_memory_equal(corpus_id(f->corpus), &f->test->id, sizeof f->test->id);
	assert_int_equal(corpus_size(f->corpus), 1);
	assert_int_equal(access(test_path(f->dir, "first-start"), F_OK), -1);
	assert_int_equal(access(test_path(f->dir, "checkpoint"), F_OK), 0);
	struct annot_checkpoint checkpoint, opened;
	assert_ok(corpus_checkpoint(f->corpus, &checkpoint, &f->note, &test_error));
	assert_ok(annot_checkpoint_open(annot_buf_bytes(&f->note), &f->test->log.vkey, &opened,
					&test_error));
	assert_int_equal(opened.size, 1);
	struct annot_hash root = annot_frontier_root(&f->test->frontier);
	assert_memory_equal(&opened.root, &root, sizeof root);
	reopen(f);
	assert_null(corpus_read_only(f->corpus));
}

/* Each state that a crash during the first start may leave starts again. */
static void test_first_start_cut_short(void **state)
{
	struct fixture *f = *state;
	f->corpus = corpus_close(f->corpus);
	test_write_file(f->dir, "first-start", "", 0, 0600);
	reopen(f); /* marker not yet removed */
	assert_null(corpus_read_only(f->corpus));
	f->corpus = corpus_close(f->corpus);
	test_write_file(f->dir, "first-start", "", 0, 0600);
	assert_int_equal(unlink(test_path(f->dir, "checkpoint")), 0);
	reopen(f); /* and no checkpoint file yet */
	assert_null(corpus_read_only(f->corpus));
	f->corpus = corpus_close(f->corpus);
	test_write_file(f->dir, "first-start", "", 0, 0600);
	assert_int_equal(unlink(test_path(f->dir, "checkpoint")), 0);
	test_write_file(f->dir, "truth.db", "", 0, 0600);
	unlink(test_path(f->dir, "truth.db-wal"));
	unlink(test_path(f->dir, "truth.db-shm"));
	reopen(f); /* and truth.db empty */
	assert_null(corpus_read_only(f->corpus));
	assert_int_equal(corpus_size(f->corpus), 1);
}

static void test_marker_in_old_corpus(void **state)
{
	struct fixture *f = *state;
	test_reviewer(f->test, "bob", 9);
	admit_all(f, 1);
	f->corpus = corpus_close(f->corpus);
	test_write_file(f->dir, "first-start", "", 0, 0600);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_REFUSED);
	assert_error_says("first-start");
	assert_int_equal(unlink(test_path(f->dir, "first-start")), 0);
	reopen(f);
}

static void test_not_a_corpus(void **state)
{
	struct fixture *f = *state;
	struct corpus *c;
	assert_status(corpus_open("/nonexistent/corpus", &c, &test_error), ANNOT_INVALID);
	assert_error_says("annotctl corpus init");
	assert_status(corpus_open(f->dir, &c, &test_error), ANNOT_REFUSED);
	assert_error_says("another"); /* annotd has it */
}

static void test_log_key(void **state)
{
	struct fixture *f = *state;
	f->corpus = corpus_close(f->corpus);
	assert_int_equal(chmod(test_path(f->dir, "log.key"), 0640), 0);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_REFUSED);
	assert_error_says("read by others");
	test_write_file(f->dir, "log.key", "nonsense\n", 9, 0600);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_INVALID);
	assert_error_says("log.key");
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	struct annot_skey other;
	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &other, &test_error));
	annot_skey_write(&other, &text);
	test_write_file(f->dir, "log.key", text.data, text.len, 0600);
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_REFUSED);
	assert_error_says("not the key");
	assert_int_equal(unlink(test_path(f->dir, "log.key")), 0);
	assert_int_equal(symlink("log.key", test_path(f->dir, "log.key")), 0); /* to itself */
	assert_status(corpus_open(f->dir, &f->corpus, &test_error), ANNOT_UNREADABLE);
	assert_error_says("log.key: Too many levels");
	assert_int_equal(unlink(test_path(f->dir, "log.key")), 0);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	assert_non_null(corpus_read_only(f->corpus));
	test_reviewer(f->test, "bob", 9);
	struct corpus_item item = item_of(f->test->entries[1]);
	assert_status(admit(f, &item, 1), ANNOT_READ_ONLY);
	assert_int_equal(item.status, ANNOT_READ_ONLY);
}

static void test_file_behind(void **state)
{
	struct fixture *f = *state;
	char old[TEST_PATH_MAX] = "/tmp/annot-test-XXXXXX";
	assert_non_null(mkdtemp(old));
	test_copy_file(f->dir, old, "checkpoint");
	test_reviewer(f->test, "bob", 9);
	admit_all(f, 1);
	f->corpus = corpus_close(f->corpus);
	test_copy_file(old, f->dir, "checkpoint");
	reopen(f);
	assert_null(corpus_read_only(f->corpus));
	struct annot_checkpoint checkpoint;
	annot_buf_truncate(&f->note, 0);
	assert_ok(corpus_checkpoint(f->corpus, &checkpoint, &f->note, &test_error));
	assert_int_equal(checkpoint.size, 2);
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	test_folder_remove(old);
	reopen(f);
}

/* A restored database must not be signed over. */
static void test_file_ahead(void **state)
{
	struct fixture *f = *state;
	char old[TEST_PATH_MAX] = "/tmp/annot-test-XXXXXX";
	assert_non_null(mkdtemp(old));
	f->corpus = corpus_close(f->corpus);
	test_copy_file(f->dir, old, "truth.db");
	reopen(f);
	test_reviewer(f->test, "bob", 9);
	admit_all(f, 1);
	f->corpus = corpus_close(f->corpus);
	unlink(test_path(f->dir, "truth.db-wal"));
	unlink(test_path(f->dir, "truth.db-shm"));
	test_copy_file(old, f->dir, "truth.db");
	reopen(f);
	assert_non_null(strstr(corpus_read_only(f->corpus), "2 records was signed"));
	struct annot_checkpoint checkpoint;
	assert_status(corpus_checkpoint(f->corpus, &checkpoint, &f->note, &test_error),
		      ANNOT_READ_ONLY);
	f->corpus = corpus_close(f->corpus);
	assert_status(corpus_vouch(f->dir, 1, &test_error), ANNOT_REFUSED);
	assert_error_says("fork");
	uint64_t findings = 0;
	FILE *to = fopen("/dev/null", "w");
	assert_ok(corpus_fsck(f->dir, 2, false, to, &findings, &test_error));
	fclose(to);
	assert_true(findings > 0);
	test_folder_remove(old);
}

static void test_file_absent(void **state)
{
	struct fixture *f = *state;
	f->corpus = corpus_close(f->corpus);
	assert_int_equal(unlink(test_path(f->dir, "checkpoint")), 0);
	reopen(f);
	assert_non_null(strstr(corpus_read_only(f->corpus), "annotd vouch"));
	f->corpus = corpus_close(f->corpus);
	assert_status(corpus_vouch(f->dir, 2, &test_error), ANNOT_REFUSED);
	assert_ok(corpus_vouch(f->dir, 1, &test_error));
	assert_status(corpus_vouch(f->dir, 1, &test_error), ANNOT_REFUSED);
	reopen(f);
	assert_null(corpus_read_only(f->corpus));
}

static void test_file_damaged(void **state)
{
	struct fixture *f = *state;
	f->corpus = corpus_close(f->corpus);
	test_write_file(f->dir, "checkpoint", "xx", 2, 0600);
	reopen(f);
	assert_non_null(strstr(corpus_read_only(f->corpus), "damaged"));
}

/* A slot that can be read says what was signed, also in a file that is damaged otherwise. */
static void test_vouch_over_damage(void **state)
{
	struct fixture *f = *state;
	char old[TEST_PATH_MAX], twin[TEST_PATH_MAX];
	struct corpus *c;
	test_folder(f->test, NULL, old);
	test_folder(f->test, NULL, twin);
	test_reviewer(f->test, "bob", 9);
	struct test_entry *bob = f->test->entries[1];
	test_reviewer(f->test, "carol", 10);
	struct corpus_item item = item_of(bob), second = item_of(f->test->entries[2]);
	struct corpus_item *pointer = &second;
	assert_ok(corpus_open(old, &c, &test_error)); /* with the genesis record only */
	corpus_close(c);
	assert_ok(corpus_open(twin, &c, &test_error));
	assert_ok(corpus_admit(c, &pointer, 1, &f->note, &test_error));
	corpus_close(c);
	assert_ok(admit(f, &item, 1));
	f->corpus = corpus_close(f->corpus);
	FILE *file = fopen(test_path(f->dir, "checkpoint"), "a");
	assert_non_null(file);
	assert_int_equal(fputc('x', file), 'x');
	fclose(file);
	test_copy_file(f->dir, old, "checkpoint");
	assert_status(corpus_vouch(old, 1, &test_error), ANNOT_REFUSED);
	assert_error_says("a checkpoint of 2 records was signed");
	test_copy_file(f->dir, twin, "checkpoint");
	assert_status(corpus_vouch(twin, 2, &test_error), ANNOT_REFUSED);
	assert_error_says("another root");
	assert_ok(corpus_vouch(f->dir, 2, &test_error)); /* truth.db has it all */
	reopen(f);
	assert_null(corpus_read_only(f->corpus));
	test_folder_remove(old);
	test_folder_remove(twin);
}

/* Another corpus's file, and another history of the same length. */
static void test_file_different(void **state)
{
	struct fixture *f = *state;
	struct test_corpus *other = test_corpus_new(1, 1);
	char dir[TEST_PATH_MAX];
	struct corpus *c;
	test_folder(other, NULL, dir);
	assert_ok(corpus_open(dir, &c, &test_error));
	corpus_close(c);
	f->corpus = corpus_close(f->corpus);
	test_copy_file(dir, f->dir, "checkpoint");
	reopen(f);
	assert_non_null(strstr(corpus_read_only(f->corpus), "another corpus"));
	test_folder_remove(dir);
	test_corpus_free(other);
}

static void test_other_history(void **state)
{
	struct fixture *f = *state;
	char twin[TEST_PATH_MAX];
	struct corpus *c;
	test_folder(f->test, NULL, twin);
	test_reviewer(f->test, "bob", 9);
	struct test_entry *bob = f->test->entries[1];
	test_reviewer(f->test, "carol", 10);
	struct corpus_item item = item_of(bob);
	assert_ok(admit(f, &item, 1));
	assert_int_equal(item.status, ANNOT_OK);
	assert_ok(corpus_open(twin, &c, &test_error));
	struct corpus_item second = item_of(f->test->entries[2]), *pointer = &second;
	assert_ok(corpus_admit(c, &pointer, 1, &f->note, &test_error));
	assert_int_equal(second.status, ANNOT_OK);
	corpus_close(c);
	f->corpus = corpus_close(f->corpus);
	test_copy_file(twin, f->dir, "checkpoint");
	reopen(f);
	assert_non_null(strstr(corpus_read_only(f->corpus), "another history"));
	test_folder_remove(twin);
}

static void test_index_lost(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *claim = test_put(f->test, &bob, test_claim("It rained."));
	struct test_key admin = test_key(1);
	test_put(f->test, &admin, test_review(&claim->id, "approve"));
	admit_all(f, 1);
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	unlink(test_path(f->dir, "index.db"));
	unlink(test_path(f->dir, "index.db-wal"));
	unlink(test_path(f->dir, "index.db-shm"));
	reopen(f);
	assert_null(corpus_read_only(f->corpus));
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	uint64_t n = 0;
	assert_ok(corpus_rebuild(f->dir, NULL, &n, &test_error));
	assert_int_equal(n, f->test->n);
	assert_no_findings(f->dir);
	reopen(f);
}

/* --- admitting
 * --------------------------------------------------------------------------------------------------------------
 */

static void test_batch_with_dependencies(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *claim = test_put(f->test, &bob, test_claim("It rained."));
	test_put(f->test, &bob, test_verdict(&claim->id, "true"));
	admit_all(f, 1); /* the key, its first record and a record on that, at once */
	struct test_key carol = test_reviewer(f->test, "carol", 10);
	test_put(f->test, &carol, test_review(&claim->id, "approve"));
	admit_all(f, 4);
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	reopen(f);
	struct test_key dora = test_reviewer(f->test, "dora", 11);
	test_put(f->test, &dora, test_claim("It snowed."));
	admit_all(f, 6);
}

static void test_many_batches(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	admit_all(f, 1);
	/* Sizes around powers of two, so that every shape of the growing edge proves its leaves. */
	for (size_t batch = 1; batch <= 20; batch++) {
		size_t from = f->test->n;
		for (size_t i = 0; i < batch; i++)
			test_put(f->test, &bob, test_claim("It rained."));
		admit_all(f, from);
	}
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	reopen(f);
}

static void test_duplicates(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	test_put(f->test, &bob, test_claim("It rained."));
	struct corpus_item items[4] = {item_of(f->test->entries[1]), item_of(f->test->entries[2]),
				       item_of(f->test->entries[2]), item_of(f->test->entries[0])};
	assert_ok(admit(f, items, 4));
	check_proofs(f, items, 4);
	assert_false(items[1].duplicate);
	assert_true(items[2].duplicate && items[3].duplicate);
	assert_int_equal(items[2].index, 2);
	assert_int_equal(items[3].index, 0);
	/* A resend, with another (even a wrong) signature: the first one stands. */
	struct corpus_item again = item_of(f->test->entries[2]);
	memset(again.signature, 7, sizeof again.signature);
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_OK);
	assert_true(again.duplicate);
	struct annot_hash first =
		annot_sha256(f->test->entries[2]->signature, ANNOT_SIGNATURE_SIZE);
	assert_memory_equal(&again.signature_hash, &first, sizeof first);
	assert_int_equal(corpus_size(f->corpus), 3);
}

/* Of two amendments that do not know of each other, one that wants to know is refused with the new
 * head; one that does not makes a conflict; one that is in the log already stays. */
static void test_expect_heads(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	struct test_entry *first = test_put(f->test, &bob, test_claim("It rained."));
	admit_all(f, 1);
	struct test_entry *one = test_put(f->test, &bob, annot_draft_amend(first->record));
	struct test_entry *late = test_put(f->test, &bob, annot_draft_amend(first->record));
	struct corpus_item items[2] = {item_of(one), item_of(late)};
	/* Both in one batch: the first counts for the second. */
	items[0].expect_heads = items[1].expect_heads = true;
	assert_ok(admit(f, items, 2));
	assert_int_equal(items[0].status, ANNOT_OK);
	assert_int_equal(items[1].status, ANNOT_CONFLICT);
	assert_non_null(strstr(items[1].message, annot_hash_hex(&one->id).text));
	assert_non_null(strstr(items[1].message, "@2, record"));
	assert_null(strstr(items[1].message, "others"));
	/* And later; nothing of it was kept. */
	struct corpus_item again = item_of(late);
	again.expect_heads = true;
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_CONFLICT);
	assert_int_equal(corpus_size(f->corpus), 4);
	/* A resend of what was admitted is a duplicate, outdated or not. */
	struct test_entry *second = test_put(f->test, &bob, annot_draft_amend(one->record));
	again = item_of(second);
	again.expect_heads = true;
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_OK);
	again = item_of(one);
	again.expect_heads = true;
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_OK);
	assert_true(again.duplicate);
	/* Without the wish it is a second head; then that is said too. */
	again = item_of(late);
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_OK);
	assert_int_equal(again.index, 5);
	again = item_of(test_put(f->test, &bob, annot_draft_amend(one->record)));
	again.expect_heads = true;
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_CONFLICT);
	assert_non_null(strstr(again.message, annot_hash_hex(&late->id).text));
	assert_non_null(strstr(again.message, "others"));
	/* A merge of both heads is on heads. */
	struct annot_draft *merge = annot_draft_amend(second->record);
	assert_ok(annot_draft_parent(merge, &late->id, &test_error));
	again = item_of(test_put(f->test, &bob, merge));
	again.expect_heads = true;
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_OK);
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
}

static void test_refused_ones_do_not_stop_the_batch(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9), mallory = test_key(66);
	struct test_entry *claim = test_put(f->test, &bob, test_claim("It rained."));
	struct test_entry *bad = test_put_as(f->test, &mallory, test_claim("No."), ANNOT_VOID);
	struct test_entry *self = test_put(f->test, &bob, test_verdict(&claim->id, "true"));
	struct corpus_item items[4] = {item_of(f->test->entries[1]), item_of(claim), item_of(bad),
				       item_of(self)};
	items[1].signature[3] ^= 1;
	assert_ok(admit(f, items, 4));
	assert_int_equal(items[0].status, ANNOT_OK);
	assert_int_equal(items[1].status, ANNOT_MISMATCH);  /* its signature */
	assert_int_equal(items[2].status, ANNOT_DENIED);    /* its author */
	assert_int_equal(items[3].status, ANNOT_NOT_FOUND); /* what it is on */
	for (size_t i = 1; i < 4; i++)
		assert_true(items[i].message[0]);
	assert_int_equal(corpus_size(f->corpus), 2);
	check_proofs(f, items, 4);
	/* What was refused before is left alone. */
	struct corpus_item kept = item_of(claim);
	kept.status = ANNOT_INVALID;
	assert_ok(admit(f, &kept, 1));
	assert_int_equal(kept.status, ANNOT_INVALID);
	assert_int_equal(corpus_size(f->corpus), 2);
}

static void test_quorum_settles_later(void **state)
{
	struct fixture *f = *state;
	corpus_close(f->corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	f->test = test_corpus_new(3, 2);
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	struct test_key one = test_key(1), two = test_key(2), bob = test_key(9),
			carol = test_key(10);
	struct test_entry *b =
		test_put_as(f->test, &one, test_key_add(f->test, "bob", &bob), ANNOT_PENDING);
	struct test_entry *c =
		test_put_as(f->test, &one, test_key_add(f->test, "carol", &carol), ANNOT_PENDING);
	struct corpus_item items[2] = {item_of(b), item_of(c)};
	assert_ok(admit(f, items, 2));
	assert_true(items[0].pending && items[1].pending);
	reopen(f);
	test_put(f->test, &two, test_review(&b->id, "approve"));
	test_put(f->test, &two, test_review(&c->id, "reject"));
	test_put(f->test, &bob, test_claim("It rained."));
	admit_all(f, 3);
	reopen(f); /* authority is loaded from the index now */
	test_put(f->test, &bob, test_claim("It snowed."));
	admit_all(f, 6);
	struct test_entry *late = test_put_as(f->test, &carol, test_claim("No."), ANNOT_VOID);
	struct corpus_item item = item_of(late);
	assert_ok(admit(f, &item, 1));
	assert_int_equal(item.status, ANNOT_DENIED);
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	uint64_t n;
	assert_ok(corpus_rebuild(f->dir, NULL, &n, &test_error));
	assert_no_findings(f->dir);
	reopen(f);
}

static void test_withhold(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "The minister said that it rained.";
	struct test_key bob = test_reviewer(f->test, "bob", 9), admin = test_key(1);
	struct test_entry *d = test_put_document(f->test, &bob, "article", text);
	admit_all(f, 1);
	assert_ok(corpus_content(f->corpus, d->index, annot_bytes_of(text), &test_error));
	struct reader *r;
	uint64_t length;
	assert_ok(reader_open(f->dir, &r, &test_error));
	assert_ok(reader_begin(r, &test_error));
	assert_ok(reader_content_length(r, d->index, &length, &test_error));
	assert_int_equal(length, sizeof text - 1);
	reader_end(r);
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &d->id));
	admit_all(f, 3);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct store_record stored;
	assert_ok(reader_begin(r, &test_error));
	assert_ok(reader_record(r, d->index, arena, &stored, &test_error));
	assert_null(stored.record.data);
	assert_status(reader_content_length(r, d->index, &length, &test_error), ANNOT_NOT_FOUND);
	reader_end(r);
	reader_close(r);
	assert_status(corpus_content(f->corpus, d->index, annot_bytes_of(text), &test_error),
		      ANNOT_REFUSED);
	/* Nor the record itself, nor its text by way of another record. */
	struct corpus_item again = item_of(f->test->entries[2]);
	assert_ok(admit(f, &again, 1));
	assert_int_equal(again.status, ANNOT_REFUSED);
	assert_non_null(strstr(again.message, "record #2 was withheld"));
	struct test_entry *twin = test_put_document(f->test, &bob, "twin", text);
	admit_all(f, 4);
	assert_status(corpus_content(f->corpus, twin->index, annot_bytes_of(text), &test_error),
		      ANNOT_REFUSED);
	assert_error_says("withheld with document #2");
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(f->dir);
	uint64_t n;
	assert_ok(corpus_rebuild(f->dir, NULL, &n, &test_error));
	assert_no_findings(f->dir);
	reopen(f);
	assert_null(corpus_read_only(f->corpus));
	assert_status(corpus_content(f->corpus, twin->index, annot_bytes_of(text), &test_error),
		      ANNOT_REFUSED);
}

/* A quorum that is completed takes nothing away but what a withhold record names. */
static void test_quorum_withholds_nothing_else(void **state)
{
	struct fixture *f = *state;
	struct test_corpus *two = test_corpus_new(2, 2);
	char dir[TEST_PATH_MAX];
	struct test_key one = test_key(1), other = test_key(2), bob = test_key(9);
	struct test_entry *add, *revoke;
	struct test_corpus *kept = f->test;
	f->corpus = corpus_close(f->corpus);
	f->test = two;
	test_folder(two, NULL, dir);
	assert_ok(corpus_open(dir, &f->corpus, &test_error));
	add = test_put(two, &one, test_key_add(two, "bob", &bob));
	test_put(two, &other, test_review(&add->id, "approve"));
	revoke = test_put(two, &one, test_key_revoke(&add->id, "left", ANNOT_NEVER));
	test_put(two, &other, test_review(&revoke->id, "approve"));
	admit_all(f, 1);
	f->corpus = corpus_close(f->corpus);
	assert_no_findings(dir);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct store_record stored;
	struct reader *r;
	assert_ok(reader_open(dir, &r, &test_error));
	assert_ok(reader_begin(r, &test_error));
	for (size_t i = 0; i < two->n; i++) {
		assert_ok(reader_record(r, i, arena, &stored, &test_error));
		assert_non_null(stored.record.data);
	}
	reader_end(r);
	reader_close(r);
	test_folder_remove(dir);
	test_corpus_free(two);
	f->test = kept;
}

/* A full disk: nothing of the batch is there afterwards, and all of it goes in once there is room.
 */
static void test_disk_full(void **state)
{
	struct fixture *f = *state;
	char mount_at[TEST_PATH_MAX] = "/tmp/annot-test-XXXXXX", dir[TEST_PATH_MAX];
	assert_non_null(mkdtemp(mount_at));
	if (mount("tmpfs", mount_at, "tmpfs", 0, "size=1m") != 0) {
		rmdir(mount_at);
		print_message("skipped: a small tmpfs cannot be mounted here\n");
		return;
	}
	struct corpus *c, *kept = f->corpus;
	test_folder(f->test, mount_at, dir);
	assert_ok(corpus_open(dir, &c, &test_error));
	f->corpus = c;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	admit_all(f, 1);
	size_t from = f->test->n, room = 0;
	char *filler = calloc(1, 1 << 20);
	FILE *fill = fopen(test_path(dir, "fill"), "w");
	setvbuf(fill, NULL, _IONBF, 0);
	while (fwrite(filler, 4096, 1, fill) == 1)
		room++;
	fclose(fill);
	free(filler);
	assert_true(room > 0);
	/* Truncated logs may still have room for a record or two; batches come until it is gone. */
	enum annot_status status = ANNOT_OK;
	struct corpus_item items[32];
	size_t committed = f->test->n;
	for (size_t round = 0; status == ANNOT_OK && round < 64; round++) {
		committed = f->test->n;
		/* A key too, since authority must not keep what the disk did not. */
		char name[16];
		snprintf(name, sizeof name, "r%zu", round);
		test_reviewer(f->test, name, (uint8_t)(100 + round));
		items[0] = item_of(f->test->entries[f->test->n - 1]);
		for (size_t i = 1; i < 32; i++)
			items[i] = item_of(test_put(f->test, &bob, test_claim("It rained.")));
		status = admit(f, items, 32);
		if (status == ANNOT_OK)
			check_proofs(f, items, 32);
	}
	assert_int_equal(status, ANNOT_NO_SPACE);
	assert_true(committed >= from);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(items[i].status, ANNOT_NO_SPACE);
	const struct annot_authority *a = corpus_authority_lock(f->corpus);
	assert_null(annot_authority_key(a, &annot_record_card(items[0].record, "key")->hash));
	corpus_authority_unlock(f->corpus);
	assert_int_equal(unlink(test_path(dir, "fill")), 0);
	assert_null(corpus_read_only(f->corpus));
	admit_all(f, committed); /* the same records, resent */
	c = corpus_close(f->corpus);
	f->corpus = NULL;
	assert_no_findings(dir);
	assert_ok(corpus_open(dir, &c, &test_error));
	assert_null(corpus_read_only(c));
	corpus_close(c);
	f->corpus = kept;
	assert_int_equal(umount(mount_at), 0);
	rmdir(mount_at);
}

/* Somebody takes the checkpoint file away while annotd runs: what was stored is not called
 * committed. */
static void test_file_lost_meanwhile(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(unlink(test_path(f->dir, "checkpoint")), 0);
	test_reviewer(f->test, "bob", 9);
	struct corpus_item item = item_of(f->test->entries[1]);
	enum annot_status status = admit(f, &item, 1);
	assert_true(status == ANNOT_CONFLICT || status == ANNOT_STORE);
	assert_int_equal(item.status, status);
	assert_int_equal(f->note.len, 0);
	assert_non_null(corpus_read_only(f->corpus));
	struct corpus_item again = item_of(f->test->entries[1]);
	assert_status(admit(f, &again, 1), ANNOT_READ_ONLY);
	reopen(f);
	assert_non_null(strstr(corpus_read_only(f->corpus), "not there"));
	f->corpus = corpus_close(f->corpus);
	assert_ok(corpus_vouch(f->dir, 2, &test_error));
	reopen(f);
	/* A resend is answered from the log. */
	again = item_of(f->test->entries[1]);
	assert_ok(admit(f, &again, 1));
	assert_true(again.duplicate);
	check_proofs(f, &again, 1);
}

static void test_fsck_finds(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9);
	test_put(f->test, &bob, test_claim("It rained on that day."));
	admit_all(f, 1);
	f->corpus = corpus_close(f->corpus);
	/* One letter of a record's text, where it lies in the file. */
	AUTO_FILE FILE *db = fopen(test_path(f->dir, "truth.db"), "r+");
	assert_non_null(db);
	AUTO_FREE char *data = malloc(1 << 20);
	size_t len = fread(data, 1, 1 << 20, db);
	char *at = memmem(data, len, "on that day", 11);
	assert_non_null(at);
	assert_int_equal(fseek(db, at - data, SEEK_SET), 0);
	assert_int_equal(fputc('i', db), 'i');
	assert_int_equal(fflush(db), 0);
	char *text = NULL;
	size_t text_len = 0;
	uint64_t findings = 0;
	FILE *to = open_memstream(&text, &text_len);
	assert_ok(corpus_fsck(f->dir, 2, false, to, &findings, &test_error));
	fclose(to);
	assert_true(findings >= 2); /* signature and node at least */
	assert_non_null(strstr(text, "#2: "));
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_start),
		TEST(test_first_start_cut_short),
		TEST(test_marker_in_old_corpus),
		TEST(test_not_a_corpus),
		TEST(test_log_key),
		TEST(test_file_behind),
		TEST(test_file_ahead),
		TEST(test_file_absent),
		TEST(test_file_damaged),
		TEST(test_vouch_over_damage),
		TEST(test_file_different),
		TEST(test_other_history),
		TEST(test_index_lost),
		TEST(test_batch_with_dependencies),
		TEST(test_many_batches),
		TEST(test_duplicates),
		TEST(test_expect_heads),
		TEST(test_refused_ones_do_not_stop_the_batch),
		TEST(test_quorum_settles_later),
		TEST(test_withhold),
		TEST(test_quorum_withholds_nothing_else),
		TEST(test_disk_full),
		TEST(test_file_lost_meanwhile),
		TEST(test_fsck_finds),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/corpus", tests, NULL, NULL);
}
