/* Evidence of forks: two corpora that begin with the same records and go on differently. */
#include "corpus.h"

#include "proof/evidence.h"

enum { SIZES = 12 };

static struct test_corpus *one, *two;
static struct test_key admin;
static struct annot_bytes ours[SIZES + 1], theirs[SIZES + 1]; /* notes by size */

/* Both have #0 and #1 in common. */
static int setup(void **state)
{
	(void)state;
	one = test_corpus_new(1, 1);
	two = test_corpus_new(1, 1);
	admin = test_key(1);
	for (unsigned size = 1; size <= SIZES; size++) {
		if (size > 1) {
			test_put_as(one, &admin, test_claim(size > 2 ? "here" : "same"),
				    ANNOT_EFFECTIVE);
			test_put_as(two, &admin, test_claim(size > 2 ? "there" : "same"),
				    ANNOT_EFFECTIVE);
		}
		ours[size] = test_checkpoint(one, NULL);
		theirs[size] = test_checkpoint(two, NULL);
	}
	assert_true(annot_hash_equal(&one->id, &two->id));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	one = test_corpus_free(one);
	two = test_corpus_free(two);
	return 0;
}

static struct annot_evidence evidence(struct annot_bytes a, struct annot_bytes b)
{
	return (struct annot_evidence){.what = ANNOT_FORKED_LOG,
				       .corpus = one->id,
				       .source = "ipc:///tmp/two\nlines",
				       .genesis = one->entries[0]->record->bytes,
				       .ours = a,
				       .theirs = b};
}

static struct annot_bytes written(const struct annot_evidence *e)
{
	struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	struct annot_bytes ret;

	annot_evidence_write(e, &b);
	assert_false(b.failed);
	ret = annot_bytes(annot_arena_copy(one->arena, b.data, b.len), b.len);
	annot_buf_free(&b);
	assert_true(annot_evidence_is(ret));
	return ret;
}

static const struct annot_report *judge(struct annot_bytes file)
{
	struct annot_trust trust = {.corpus = one->id};
	const struct annot_report *r;

	assert_ok(annot_evidence_verify(one->arena, file, &trust, NULL, 0, &r, &test_error));
	return r;
}

static const struct annot_report *judge_pair(struct annot_bytes a, struct annot_bytes b)
{
	struct annot_evidence e = evidence(a, b);

	return judge(written(&e));
}

/* The proof that two's log gives of its leaf number `index`. */
static struct annot_evidence_path path_of(const struct test_corpus *c, uint64_t index)
{
	struct annot_evidence_path ret = {.leaf = c->leaf_hashes[index]};
	struct annot_tlogproof proof;

	assert_ok(annot_tlogproof_parse(test_proof(c, index), &proof, &test_error));
	ret.n = proof.n_path;
	memcpy(ret.path, proof.path, sizeof(proof.path[0]) * proof.n_path);
	return ret;
}

static void test_equal_sizes(void **state)
{
	const struct annot_report *r = judge_pair(ours[5], theirs[5]);
	(void)state;

	assert_verdict(r, ANNOT_FORKED_LOG);
	assert_says(r, "fork", "two checkpoints of 5 records with different roots");
	assert_verdict(judge_pair(ours[5], ours[5]), ANNOT_INVALID_BUNDLE);
	assert_verdict(judge_pair(ours[2], theirs[2]), ANNOT_INVALID_BUNDLE);
}

static void test_roll_back(void **state)
{
	const struct annot_report *r = judge_pair(ours[9], ours[4]);
	(void)state;

	assert_verdict(r, ANNOT_ROLLED_BACK);
	assert_says(r, "not shown", "in which order");
}

/* For every size of the first: whether the longer log continues it, its own proof tells. */
static void test_longer_log(void **state)
{
	(void)state;
	for (uint64_t size = 1; size < SIZES; size++) {
		struct annot_evidence e = evidence(ours[size], theirs[SIZES]);
		struct annot_evidence_path path = path_of(two, size);
		const struct annot_report *r;

		assert_verdict(judge(written(&e)), ANNOT_CANNOT_CHECK);
		e.prefix = &path;
		r = judge(written(&e));
		assert_verdict(r, size > 2 ? ANNOT_FORKED_LOG : ANNOT_INVALID_BUNDLE);
		assert_says(r, "fork",
			    size > 2 ? "it has shown two histories" : "continues the shorter one");
		/* A proof of another place, and one that is none. */
		if (size + 1 < SIZES) {
			path = path_of(two, size + 1);
			assert_verdict(judge(written(&e)), ANNOT_INVALID_BUNDLE);
		}
		path = path_of(two, size);
		path.path[0].b[7] ^= 1;
		assert_verdict(judge(written(&e)), ANNOT_INVALID_BUNDLE);
		/* One's own log continues itself. */
		e = evidence(ours[size], ours[SIZES]);
		path = path_of(one, size);
		e.prefix = &path;
		assert_verdict(judge(written(&e)), ANNOT_INVALID_BUNDLE);
	}
}

static void test_whose_log(void **state)
{
	struct annot_evidence e = evidence(ours[5], theirs[5]);
	struct annot_trust trust = {.corpus = {{1}}};
	const struct annot_report *r;
	struct annot_skey other;
	struct annot_checkpoint cp;
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	(void)state;

	assert_ok(annot_evidence_verify(one->arena, written(&e), &trust, NULL, 0, &r, &test_error));
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	/* A genesis record of somebody's own making names any key. */
	e.genesis = one->entries[1]->record->bytes;
	assert_verdict(judge(written(&e)), ANNOT_INVALID_BUNDLE);
	/* A key that the genesis record does not name: known to the reader, or not. */
	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &other, &test_error));
	test_checkpoint(two, &cp);
	cp.size = 5;
	annot_checkpoint_sign(&cp, &other, &b);
	e = evidence(ours[5], annot_buf_bytes(&b));
	assert_verdict(judge(written(&e)), ANNOT_CANNOT_CHECK);
	trust.corpus = one->id;
	assert_ok(annot_evidence_verify(one->arena, written(&e), &trust, &other.vkey, 1, &r,
					&test_error));
	assert_verdict(r, ANNOT_FORKED_LOG);
	annot_buf_free(&b);
}

/* No byte that is changed makes evidence of what was none, and none is read past the end. */
static void test_every_byte(void **state)
{
	struct annot_evidence fork = evidence(ours[5], theirs[5]),
			      none = evidence(ours[5], ours[5]);
	struct annot_evidence_path path = path_of(one, 5);
	const struct annot_evidence *all[] = {&fork, &none};
	(void)state;

	none.theirs = ours[SIZES];
	none.prefix = &path;
	for (size_t k = 0; k < 2; k++) {
		struct annot_bytes file = written(all[k]);
		uint8_t *copy = (uint8_t *)annot_arena_copy(one->arena, file.data, file.len);

		for (size_t i = 0; i < file.len; i++) {
			const struct annot_report *r;

			copy[i] ^= 1;
			r = judge(annot_bytes(copy, file.len));
			if (k == 1)
				assert_int_not_equal(r->verdict, ANNOT_FORKED_LOG);
			copy[i] ^= 1;
			assert_int_not_equal(judge(annot_bytes(copy, i))->verdict,
					     ANNOT_FORKED_LOG);
		}
	}
}

static void test_of_bundle(void **state)
{
	struct test_entry *there = two->entries[7];
	struct annot_bundle b;
	struct annot_evidence e;
	struct annot_bytes file;
	(void)state;

	test_bundle(two, there, &b);
	file = test_bundle_file(two, &b);
	assert_status(
		annot_evidence_of_bundle(one->arena, file, &one->id, theirs[6], &e, &test_error),
		ANNOT_NOT_FOUND);
	for (uint64_t size = 3; size <= SIZES; size++) {
		assert_ok(annot_evidence_of_bundle(one->arena, file, &one->id, ours[size], &e,
						   &test_error));
		assert_verdict(judge(written(&e)), ANNOT_FORKED_LOG);
	}
	/* Without a pin, what the author had seen. */
	test_see(one);
	two->seen = one->seen;
	two->seen_note = one->seen_note;
	there = test_put_as(two, &admin, test_claim("seen elsewhere"), ANNOT_EFFECTIVE);
	test_bundle(two, there, &b);
	file = test_bundle_file(two, &b);
	assert_ok(annot_evidence_of_bundle(one->arena, file, &one->id, annot_bytes(NULL, 0), &e,
					   &test_error));
	assert_verdict(judge(written(&e)), ANNOT_FORKED_LOG);
	/* Nor that: what it says that witnesses cosigned. */
	b.seen = annot_bytes(NULL, 0);
	b.cosigned[0] = theirs[4];
	b.cosigned[1] = ours[4];
	b.n_cosigned = 2;
	file = test_bundle_file(two, &b);
	assert_ok(annot_evidence_of_bundle(one->arena, file, &one->id, annot_bytes(NULL, 0), &e,
					   &test_error));
	assert_memory_equal(e.ours.data, ours[4].data, ours[4].len);
	assert_verdict(judge(written(&e)), ANNOT_FORKED_LOG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_equal_sizes), TEST(test_roll_back),  TEST(test_longer_log),
		TEST(test_whose_log),   TEST(test_every_byte), TEST(test_of_bundle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
