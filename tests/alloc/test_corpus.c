/*
 * A corpus on disk when memory runs out, SQLite's included: opening, admitting, rebuilding and
 * fsck. Nothing is half applied: what was not said to be in the log can be sent again, and stands
 * there once, with a proof that holds.
 */
#include "alloc.h"

#include <stdio.h>
#include <unistd.h>

#include "annotd/corpus.h"
#include "annotd/log.h"
#include "annotd/fsck.h"
#include "annotd/rebuild.h"
#include "base/auto.h"
#include "folder.h"

enum { SAMPLED = 211 }; /* of SQLite's thousands of allocations where it opens databases */

struct work {
	struct test_corpus *c;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct test_key anna;
	const struct test_entry *document;
	struct annot_buf note;
};

/* What does not survive a crash of the machine is not what this is about. */
static const char *memory_disk(void)
{
	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;
}

static struct corpus_item item_of(const struct test_entry *e)
{
	struct corpus_item item = {.record = e->record};
	memcpy(item.signature, e->signature, sizeof item.signature);
	return item;
}

static enum annot_status admit(struct work *w, struct corpus_item *item)
{
	annot_buf_free(&w->note);
	return corpus_admit(w->corpus, &item, 1, &w->note, &test_error);
}

static void check_proof(struct work *w, const struct test_entry *e, const struct corpus_item *item)
{
	struct annot_checkpoint checkpoint;
	struct annot_hash root = annot_frontier_root(&w->c->frontier);
	assert_ok(annot_checkpoint_open(annot_buf_bytes(&w->note), &w->c->log.vkey, &checkpoint,
					&test_error));
	assert_int_equal(checkpoint.size, w->c->n);
	assert_memory_equal(&checkpoint.root, &root, sizeof root);
	assert_int_equal(item->index, e->index);
	assert_ok(annot_verify_inclusion(item->index, checkpoint.size, &w->c->leaf_hashes[e->index],
					 item->path, item->n_path, &checkpoint.root, &test_error));
}

/* Admits a new entry while memory runs out, then, if that failed, again. */
static enum annot_status put(struct work *w, const struct test_entry *e)
{
	struct corpus_item item = item_of(e);
	enum annot_status status = ALLOC(admit(w, &item));
	bool refused = status == ANNOT_OK && item.status == ANNOT_NO_MEMORY;
	assert_int_equal(item.status, refused ? ANNOT_NO_MEMORY : status);
	if (status != ANNOT_OK || refused) {
		struct annot_error why = test_error;
		assert_null(corpus_read_only(w->corpus));
		item = item_of(e);
		assert_ok(admit(w, &item));
		assert_int_equal(item.status, ANNOT_OK);
		test_error = why;
	}
	check_proof(w, e, &item);
	/* An index that could not be written is caught up: admitted is admitted. */
	return alloc_failed() && status == ANNOT_OK ? ANNOT_NO_MEMORY : status;
}

static enum annot_status put_quote(void *ctx)
{
	struct work *w = ctx;
	struct annot_draft *d = test_quote(w->document, 0, 10);
	test_card(d, "tag", "berlin");
	return put(w, test_put_as(w->c, &w->anna, d, ANNOT_EFFECTIVE));
}

static enum annot_status put_policy(void *ctx)
{
	struct work *w = ctx;
	struct test_key admin = test_key(1);
	return put(w, test_put_as(w->c, &admin, test_policy(1), ANNOT_EFFECTIVE));
}

static void assert_sound(const char *dir)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t findings = 0;
	FILE *to = open_memstream(&text, &len);
	assert_ok(corpus_fsck(dir, 1, false, to, &findings, &test_error));
	fclose(to);
	if (findings)
		fail_msg("fsck: %s", text);
	free(text);
}

static void test_admitted(void **state)
{
	struct work *w = *state;
	alloc_stride(1);
	assert_true(alloc_each("admit quote", put_quote, w) > 20);
	assert_true(alloc_each("admit policy", put_policy, w) > 20);
	assert_int_equal(corpus_size(w->corpus), w->c->n);
	assert_sound(w->dir);
	w->corpus = corpus_close(w->corpus);
	assert_ok(corpus_open(w->dir, &w->corpus, &test_error));
	assert_null(corpus_read_only(w->corpus));
	assert_int_equal(corpus_size(w->corpus), w->c->n);
}

static enum annot_status open_again(void *ctx)
{
	struct work *w = ctx;
	struct corpus *corpus = NULL;
	enum annot_status status = ALLOC(corpus_open(w->dir, &corpus, &test_error));
	assert_true((status == ANNOT_OK) == (corpus != NULL));
	if (!corpus)
		return status;
	assert_null(corpus_read_only(corpus));
	assert_int_equal(corpus_size(corpus), w->c->n);
	corpus_close(corpus);
	return alloc_failed() ? ANNOT_NO_MEMORY : ANNOT_OK;
}

static enum annot_status open_first(void *ctx)
{
	struct work *w = ctx;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus = NULL;
	test_folder(w->c, memory_disk(), dir);
	enum annot_status status = ALLOC(corpus_open(dir, &corpus, &test_error));
	struct annot_error why = test_error;
	if (!corpus)
		assert_ok(corpus_open(dir, &corpus, &test_error));
	test_error = why;
	assert_null(corpus_read_only(corpus));
	assert_int_equal(corpus_size(corpus), 1);
	corpus_close(corpus);
	test_folder_remove(dir);
	return alloc_failed() && status == ANNOT_OK ? ANNOT_NO_MEMORY : status;
}

static void test_opened(void **state)
{
	struct work *w = *state;
	w->corpus = corpus_close(w->corpus);
	alloc_stride(SAMPLED);
	assert_true(alloc_each("open", open_again, w) > 20);
	assert_true(alloc_each("first start", open_first, w) > 20);
	assert_sound(w->dir);
}

static enum annot_status rebuild(void *ctx)
{
	struct work *w = ctx;
	uint64_t records = 99;
	enum annot_status status = ALLOC(corpus_rebuild(w->dir, NULL, &records, &test_error));
	assert_int_equal(records, status == ANNOT_OK ? w->c->n : 99);
	return alloc_failed() && status == ANNOT_OK ? ANNOT_NO_MEMORY : status;
}

/* Out of memory is no finding. */
static enum annot_status fsck(void *ctx)
{
	struct work *w = ctx;
	uint64_t findings = 0;
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	enum annot_status status = ALLOC(corpus_fsck(w->dir, 1, false, to, &findings, &test_error));
	fclose(to);
	if (len > 0)
		fail_msg("fsck: %s", text);
	free(text);
	return alloc_failed() && status == ANNOT_OK ? ANNOT_NO_MEMORY : status;
}

static void test_maintained(void **state)
{
	struct work *w = *state;
	w->corpus = corpus_close(w->corpus);
	alloc_stride(SAMPLED);
	assert_true(alloc_each("rebuild", rebuild, w) > 20);
	assert_ok(corpus_open(w->dir, &w->corpus, &test_error));
	w->corpus = corpus_close(w->corpus);
	assert_sound(w->dir);
	assert_true(alloc_each("fsck", fsck, w) > 20);
}

static int setup(void **state)
{
	struct work *w = calloc(1, sizeof *w);
	struct test_key admin = test_key(1);
	*state = w;
	w->c = test_corpus_new(2, 1);
	w->note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	test_folder(w->c, memory_disk(), w->dir);
	assert_ok(corpus_open(w->dir, &w->corpus, &test_error));
	w->anna = test_reviewer(w->c, "anna", 20);
	w->document = test_put_document(w->c, &admin, "speech",
					"Nobody has the intention to build a wall.");
	for (uint64_t i = 1; i < w->c->n; i++) {
		struct corpus_item item = item_of(w->c->entries[i]);
		assert_ok(admit(w, &item));
		assert_int_equal(item.status, ANNOT_OK);
	}
	assert_ok(corpus_content(w->corpus, w->document->index, w->document->content, &test_error));
	return 0;
}

static int teardown(void **state)
{
	struct work *w = *state;
	corpus_close(w->corpus);
	test_folder_remove(w->dir);
	test_corpus_free(w->c);
	annot_buf_free(&w->note);
	free(w);
	return 0;
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_admitted),
		T(test_opened),
		T(test_maintained),
	};
	alloc_sqlite();
	log_start(0); /* nothing: each turn says the same */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
