/* checkpoint, proof, consistency, leaves, raw, note, authority: what an auditor asks for, checked
 * as one would. */
#include "stored.h"

#include <stdio.h>

#include "base/hash.h"

enum { N = 37 };

static int setup(void **state)
{
	struct stored *s = stored_new(1, 1);
	struct test_key admin = test_key(1);

	for (int i = 1; i < N; i++)
		test_put_as(s->c, &admin, test_claim("one"), ANNOT_EFFECTIVE);
	stored_sync(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	stored_free(*state);
	return 0;
}

#define call_ok(what)                                                                              \
	do {                                                                                       \
		if ((what) != ANNOT_OK)                                                            \
			fail_msg("%s: %s", #what, s->call.err.text);                               \
	} while (0)

static void sign(struct stored *s)
{
	s->corpus.checkpoint = (struct annot_checkpoint){
		.origin = TEST_ORIGIN, .size = s->c->n, .root = stored_root(s)};
	annot_buf_truncate(&s->corpus.note, 0);
	annot_checkpoint_sign(&s->corpus.checkpoint, &s->c->log, &s->corpus.note);
}

static void encodes(enum annot_call_id call, const void *reply)
{
	struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);

	assert_ok(annot_reply_encode(annot_call_def(call), ANNOT_OK, NULL, reply, &frame,
				     &test_error));
	annot_buf_free(&frame);
}

static void proves(struct stored *s, const struct annot_proof_reply *ret, uint64_t index,
		   uint64_t size)
{
	struct annot_frontier f = {0};
	struct annot_hash nodes[ANNOT_LEVELS], leaf, root;

	for (uint64_t i = 0; i < size; i++)
		annot_frontier_append(&f, &s->c->leaf_hashes[i], nodes);
	root = annot_frontier_root(&f);
	leaf = annot_leaf_hash(ret->leaf, strlen(ret->leaf));
	assert_int_equal(ret->size, size);
	assert_ok(annot_verify_inclusion(index, size, &leaf, ret->path, ret->n_path, &root,
					 &test_error));
}

static void test_proof_call(void **state)
{
	struct stored *s = *state;
	struct annot_proof_request in = {.index = 11};
	struct annot_proof_reply ret = {0};
	struct annot_checkpoint_reply checkpoint = {0};

	sign(s);
	call_ok(on_checkpoint(&s->call, &(struct annot_checkpoint_request){}, &checkpoint));
	assert_int_equal(checkpoint.size, N);
	assert_memory_equal(checkpoint.note.data, s->corpus.note.data, checkpoint.note.len);
	call_ok(on_proof(&s->call, &in, &ret));
	proves(s, &ret, 11, N);
	assert_int_equal(ret.note.len, s->corpus.note.len);
	encodes(ANNOT_CALL_proof, &ret);
	for (in.size = 1; in.size <= N; in.size++)
		for (in.index = 0; in.index < in.size; in.index++) {
			ret = (struct annot_proof_reply){0};
			call_ok(on_proof(&s->call, &in, &ret));
			proves(s, &ret, in.index, in.size);
		}
	in = (struct annot_proof_request){.index = N, .size = N};
	assert_int_equal(on_proof(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	in = (struct annot_proof_request){.index = 0, .size = N + 1};
	assert_int_equal(on_proof(&s->call, &in, &ret), ANNOT_NOT_FOUND);
}

/* A checkpoint that is newer than the snapshot: the proof is for it all the same. */
static void test_newer_checkpoint(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	struct annot_proof_request in = {.index = N};
	struct annot_proof_reply ret = {0};
	struct annot_hash root;

	test_put_as(s->c, &admin, test_claim("late"), ANNOT_EFFECTIVE);
	assert_ok(store_begin(s->store, &test_error));
	stored_put_truth(s);
	stored_put_index(s);
	root = stored_root(s);
	assert_ok(store_commit_truth(s->store, &root, &test_error));
	assert_ok(store_commit_index(s->store, &test_error));
	sign(s);
	assert_int_equal(reader_size(s->reader), N);
	call_ok(on_proof(&s->call, &in, &ret));
	proves(s, &ret, N, N + 1);
}

static void test_consistency_call(void **state)
{
	struct stored *s = *state;
	struct annot_consistency_request in = {.from = 13, .to = N};
	struct annot_consistency_reply ret = {0};
	struct annot_tree_reader tree = store_tree(s->store);
	struct annot_hash a, b;

	assert_ok(annot_tree_root(&tree, 13, &a, &test_error));
	assert_ok(annot_tree_root(&tree, N, &b, &test_error));
	call_ok(on_consistency(&s->call, &in, &ret));
	assert_ok(annot_verify_consistency(13, N, ret.path, ret.n_path, &a, &b, &test_error));
	encodes(ANNOT_CALL_consistency, &ret);
	in = (struct annot_consistency_request){.from = 14, .to = 13};
	assert_int_equal(on_consistency(&s->call, &in, &ret), ANNOT_INVALID);
	in = (struct annot_consistency_request){.from = 1, .to = N + 1};
	assert_int_equal(on_consistency(&s->call, &in, &ret), ANNOT_NOT_FOUND);
}

static void test_leaves_and_raw(void **state)
{
	struct stored *s = *state;
	struct annot_leaves_request in = {.from = 5, .limit = 4096};
	struct annot_leaves_reply ret = {0};
	const uint64_t indexes[] = {7, 3};
	struct annot_raw_request raw_in = {.indexes = indexes, .n_indexes = 2};
	struct annot_raw_reply raw = {0};

	reader_end(s->reader);
	assert_ok(store_withhold(s->store, 7, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	call_ok(on_leaves(&s->call, &in, &ret));
	assert_int_equal(ret.n_leaves, N - 5);
	assert_int_equal(ret.size, N);
	for (size_t i = 0; i < ret.n_leaves; i++) {
		struct annot_hash leaf = annot_leaf_hash(ret.leaves[i], strlen(ret.leaves[i]));

		assert_true(annot_hash_equal(&leaf, &s->c->leaf_hashes[i + 5]));
	}
	encodes(ANNOT_CALL_leaves, &ret);
	in = (struct annot_leaves_request){.from = 2, .limit = 3};
	call_ok(on_leaves(&s->call, &in, &ret));
	assert_int_equal(ret.n_leaves, 3);
	in = (struct annot_leaves_request){.from = N + 9, .limit = 3};
	call_ok(on_leaves(&s->call, &in, &ret));
	assert_int_equal(ret.n_leaves, 0);
	call_ok(on_raw(&s->call, &raw_in, &raw));
	assert_int_equal(raw.n_records, 2);
	assert_int_equal(raw.records[0].index, 7);
	assert_null(raw.records[0].record.data);
	assert_int_equal(raw.records[1].index, 3);
	assert_int_equal(raw.records[1].record.len, s->c->entries[3]->record->bytes.len);
	struct annot_hash leaf = annot_leaf_hash(raw.records[0].leaf, strlen(raw.records[0].leaf));
	assert_true(annot_hash_equal(&leaf, &s->c->leaf_hashes[7]));
	encodes(ANNOT_CALL_raw, &raw);
	raw_in.indexes = (const uint64_t[]){1, N};
	assert_int_equal(on_raw(&s->call, &raw_in, &raw), ANNOT_NOT_FOUND);
}

static void test_note_and_authority(void **state)
{
	struct stored *s = *state;
	struct test_key anna = test_key(20);
	struct annot_note_request in = {.hash = annot_sha256("note\n", 5)};
	struct annot_note_reply ret = {0};
	struct annot_authority_reply authority = {0};

	assert_int_equal(on_note(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	assert_ok(store_begin(s->store, &test_error));
	assert_ok(store_put_note(s->store, &in.hash, annot_bytes_of("note\n"), &test_error));
	assert_ok(store_commit_truth(s->store, NULL, &test_error));
	test_reviewer(s->c, "anna", 20);
	test_put_as(s->c, &anna, test_claim("two"), ANNOT_EFFECTIVE);
	stored_sync(s);
	call_ok(on_note(&s->call, &in, &ret));
	assert_int_equal(ret.note.len, 5);
	assert_memory_equal(ret.note.data, "note\n", 5);
	call_ok(on_authority(&s->call, &(struct annot_authority_request){0}, &authority));
	assert_int_equal(authority.n_indexes, 2);
	assert_int_equal(authority.indexes[0], 0);
	assert_int_equal(authority.indexes[1], N);
	assert_int_equal(authority.next, 0);
	encodes(ANNOT_CALL_authority, &authority);
	call_ok(on_authority(&s->call, &(struct annot_authority_request){.from = 1}, &authority));
	assert_int_equal(authority.n_indexes, 1);
}

static void remember(struct stored *s, const char *text, uint64_t index)
{
	struct annot_hash sha256 = annot_sha256(text, strlen(text));

	assert_ok(store_put_withheld_content(s->store, index, &sha256, &test_error));
}

/* More than fit a reply: by hash, each once, with the document that was withheld first. */
static void test_withheld_texts(void **state)
{
	enum { TEXTS = 4096 + 3 };
	struct stored *s = *state;
	struct annot_withheld_request in = {0};
	struct annot_withheld_reply ret = {0};
	struct annot_hash last = {{0}};
	uint64_t index;
	size_t n = 0;

	call_ok(on_withheld(&s->call, &in, &ret));
	assert_int_equal(ret.n_texts, 0);
	assert_false(ret.more);
	reader_end(s->reader);
	assert_ok(store_begin(s->store, &test_error));
	for (uint64_t i = 0; i < TEXTS; i++) {
		char text[32];

		snprintf(text, sizeof text, "text %d", (int)i);
		remember(s, text, i);
	}
	remember(s, "text 7", 9);
	assert_ok(store_commit_truth(s->store, NULL, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	do {
		ret = (struct annot_withheld_reply){0};
		call_ok(on_withheld(&s->call, &in, &ret));
		encodes(ANNOT_CALL_withheld, &ret);
		assert_true(ret.n_texts > 0);
		for (size_t i = 0; i < ret.n_texts; i++, n++) {
			assert_true(memcmp(ret.texts[i].sha256.b, last.b, sizeof last.b) > 0);
			last = ret.texts[i].sha256;
			assert_ok(reader_withheld_content(s->reader, &last, &index, &test_error));
			assert_int_equal(index, ret.texts[i].index);
		}
		in.after = last;
	} while (ret.more);
	assert_int_equal(n, TEXTS);
	last = annot_sha256("text 7", 6);
	assert_ok(reader_withheld_content(s->reader, &last, &index, &test_error));
	assert_int_equal(index, 7);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_proof_call),     T(test_newer_checkpoint),   T(test_consistency_call),
		T(test_leaves_and_raw), T(test_note_and_authority), T(test_withheld_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
