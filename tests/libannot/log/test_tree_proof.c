/* Proofs against their recursive definition, and every kind of change to them. */
#include "assert.h"

#include "tests/libannot/log/forest.h"

/* PATH and SUBPROOF of RFC 6962 sections 2.1.1 and 2.1.2, word for word. */
static void naive_path(struct forest *f, unsigned index, unsigned begin, unsigned end,
		       struct annot_hash *ret, size_t *n)
{
	unsigned k = 1;
	if (end - begin == 1)
		return;
	while (k * 2 < end - begin)
		k *= 2;
	bool left = index < begin + k;
	naive_path(f, index, left ? begin : begin + k, left ? begin + k : end, ret, n);
	ret[(*n)++] = left ? *naive(f, begin + k, end) : *naive(f, begin, begin + k);
}

static void naive_subproof(struct forest *f, unsigned m, unsigned begin, unsigned end, bool whole,
			   struct annot_hash *ret, size_t *n)
{
	unsigned k = 1;
	if (m == end) {
		if (!whole)
			ret[(*n)++] = *naive(f, begin, end);
		return;
	}
	while (k * 2 < end - begin)
		k *= 2;
	if (m <= begin + k) {
		naive_subproof(f, m, begin, begin + k, whole, ret, n);
		ret[(*n)++] = *naive(f, begin + k, end);
	} else {
		naive_subproof(f, m, begin + k, end, false, ret, n);
		ret[(*n)++] = *naive(f, begin, begin + k);
	}
}

static void every_inclusion_proof_verifies(void **state)
{
	struct forest *f = *state;
	for (unsigned size = 1; size <= MOST; size++) {
		struct annot_tree_reader r = reader_of(f, size);
		for (unsigned index = 0; index < size; index++) {
			struct annot_hash path[ANNOT_PATH_MAX], expected[ANNOT_PATH_MAX];
			size_t n, n_expected = 0;
			assert_ok(annot_tree_inclusion(&r, index, size, path, &n, &test_error));
			naive_path(f, index, 0, size, expected, &n_expected);
			assert_int_equal(n, n_expected);
			assert_memory_equal(path, expected, n * sizeof path[0]);
			assert_ok(annot_verify_inclusion(index, size, &f->leaf[index], path, n,
							 naive(f, 0, size), &test_error));
		}
	}
}

/* What an inclusion proof says of the leaves before its own. */
static void every_prefix_has_its_root(void **state)
{
	struct forest *f = *state;
	for (unsigned size = 1; size <= MOST; size++) {
		struct annot_tree_reader r = reader_of(f, size);
		for (unsigned index = 0; index < size; index++) {
			struct annot_hash path[ANNOT_PATH_MAX], root;
			size_t n;
			assert_ok(annot_tree_inclusion(&r, index, size, path, &n, &test_error));
			enum annot_status status =
				annot_verify_prefix(index, size, &f->leaf[index], path, n,
						    naive(f, 0, size), &root, &test_error);
			if (index == 0) {
				assert_int_equal(status, ANNOT_MISMATCH);
				continue;
			}
			assert_int_equal(status, ANNOT_OK);
			assert_memory_equal(&root, naive(f, 0, index), sizeof root);
			path[n - 1].b[3] ^= 1;
			assert_status(annot_verify_prefix(index, size, &f->leaf[index], path, n,
							  naive(f, 0, size), &root, &test_error),
				      ANNOT_MISMATCH);
		}
	}
}

static void every_consistency_proof_verifies(void **state)
{
	struct forest *f = *state;
	for (unsigned to = 1; to <= MOST; to++) {
		struct annot_tree_reader r = reader_of(f, to);
		for (unsigned from = 1; from <= to; from++) {
			struct annot_hash path[ANNOT_CONSISTENCY_MAX];
			struct annot_hash expected[ANNOT_CONSISTENCY_MAX];
			size_t n, n_expected = 0;
			assert_ok(annot_tree_consistency(&r, from, to, path, &n, &test_error));
			naive_subproof(f, from, 0, to, true, expected, &n_expected);
			assert_int_equal(n, n_expected);
			assert_memory_equal(path, expected, n * sizeof path[0]);
			assert_ok(annot_verify_consistency(from, to, path, n, naive(f, 0, from),
							   naive(f, 0, to), &test_error));
		}
	}
}

/* A proof with room for one hash more. */
struct proof {
	struct annot_hash path[ANNOT_CONSISTENCY_MAX + 1];
	size_t n;
};

static struct proof inserted(const struct proof *p, size_t at, const struct annot_hash *hash)
{
	struct proof ret = *p;
	memmove(&ret.path[at + 1], &ret.path[at], (p->n - at) * sizeof ret.path[0]);
	ret.path[at] = *hash;
	ret.n++;
	return ret;
}

static struct proof removed(const struct proof *p, size_t at)
{
	struct proof ret = *p;
	ret.n--;
	memmove(&ret.path[at], &ret.path[at + 1], (ret.n - at) * sizeof ret.path[0]);
	return ret;
}

static struct proof flipped(const struct proof *p, size_t at, unsigned bit)
{
	struct proof ret = *p;
	ret.path[at].b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return ret;
}

static void refuse_inclusion(uint64_t index, uint64_t size, const struct annot_hash *leaf,
			     const struct proof *p, const struct annot_hash *root)
{
	assert_status(annot_verify_inclusion(index, size, leaf, p->path, p->n, root, &test_error),
		      ANNOT_MISMATCH);
}

/* The kinds of change are those of transparency-dev/merkle testdata/inclusion, on proofs of our
 * own. */
static void refuses_changed_inclusion_proofs(void **state)
{
	struct forest *f = *state;
	const struct annot_hash zero = {{0}};
	for (unsigned size = 1; size <= 40; size++) {
		struct annot_tree_reader r = reader_of(f, size);
		for (unsigned i = 0; i < size; i++) {
			const struct annot_hash *root = naive(f, 0, size), *leaf = &f->leaf[i];
			struct proof p = {.n = 0}, q;
			assert_ok(annot_tree_inclusion(&r, i, size, p.path, &p.n, &test_error));
			for (size_t at = 0; at <= p.n; at++) {
				q = inserted(&p, at, &zero);
				refuse_inclusion(i, size, leaf, &q, root);
				q = inserted(&p, at, root);
				refuse_inclusion(i, size, leaf, &q, root);
			}
			for (size_t at = 0; at < p.n; at++) {
				q = removed(&p, at);
				refuse_inclusion(i, size, leaf, &q, root);
				q = flipped(&p, at, (i * 37 + (unsigned)at * 11) % 256);
				refuse_inclusion(i, size, leaf, &q, root);
			}
			refuse_inclusion(i, size, &zero, &p, root);
			refuse_inclusion(i, size, root, &p, p.n ? root : &zero);
			refuse_inclusion(i, size, leaf, &p, &zero);
			refuse_inclusion(i, size * 2, leaf, &p, root);
			refuse_inclusion(i, size / 2, leaf, &p, root);
			refuse_inclusion(i + 1, size, leaf, &p, root);
			refuse_inclusion((uint64_t)i - 1, size, leaf, &p, root);
			refuse_inclusion(i ^ 2, size, leaf, &p, root);
		}
	}
}

static void refuse_consistency(uint64_t from, uint64_t to, const struct proof *p,
			       const struct annot_hash *from_root, const struct annot_hash *to_root)
{
	assert_status(
		annot_verify_consistency(from, to, p->path, p->n, from_root, to_root, &test_error),
		ANNOT_MISMATCH);
}

/* The kinds of change are those of transparency-dev/merkle testdata/consistency. */
static void refuses_changed_consistency_proofs(void **state)
{
	struct forest *f = *state;
	const struct annot_hash zero = {{0}};
	for (unsigned to = 1; to <= 40; to++) {
		struct annot_tree_reader r = reader_of(f, to);
		for (unsigned from = 1; from <= to; from++) {
			const struct annot_hash *a = naive(f, 0, from), *b = naive(f, 0, to);
			struct proof p = {.n = 0}, q;
			assert_ok(annot_tree_consistency(&r, from, to, p.path, &p.n, &test_error));
			for (size_t at = 0; at <= p.n; at++) {
				q = inserted(&p, at, &zero);
				refuse_consistency(from, to, &q, a, b);
				q = inserted(&p, at, a);
				refuse_consistency(from, to, &q, a, b);
				q = inserted(&p, at, b);
				refuse_consistency(from, to, &q, a, b);
			}
			for (size_t at = 0; at < p.n; at++) {
				q = removed(&p, at);
				refuse_consistency(from, to, &q, a, b);
				q = flipped(&p, at, (from * 41 + (unsigned)at * 13) % 256);
				refuse_consistency(from, to, &q, a, b);
			}
			refuse_consistency(from, to, &p, &zero, b);
			refuse_consistency(from, to, &p, a, &zero);
			refuse_consistency(0, to, &p, a, b);
			refuse_consistency(from - 1, to, &p, a, b);
			refuse_consistency(from + 1, to, &p, a, b);
			refuse_consistency(from, to * 2, &p, a, b);
			refuse_consistency(from, to / 2, &p, a, b);
			if (from < to) {
				q.n = 0;
				refuse_consistency(from, to, &q, a, b);
				refuse_consistency(from, to, &p, b, a);
				refuse_consistency(to, from, &p, b, a);
			}
		}
	}
}

static void refuses_numbers_out_of_range(void **state)
{
	struct forest *f = *state;
	struct annot_tree_reader r = reader_of(f, 8);
	struct annot_hash path[ANNOT_CONSISTENCY_MAX + 1] = {0};
	size_t n = 99;
	const uint64_t too_large = (uint64_t)INT64_MAX + 1;
	static const uint64_t inclusion[][2] = {{0, 0}, {8, 8}, {9, 8}, {UINT64_MAX, 8}};
	for (size_t i = 0; i < COUNT(inclusion); i++)
		assert_status(annot_tree_inclusion(&r, inclusion[i][0], inclusion[i][1], path, &n,
						   &test_error),
			      ANNOT_INVALID);
	assert_status(annot_tree_inclusion(&r, 0, too_large, path, &n, &test_error), ANNOT_INVALID);
	static const uint64_t consistency[][2] = {{0, 0}, {0, 8}, {8, 7}};
	for (size_t i = 0; i < COUNT(consistency); i++)
		assert_status(annot_tree_consistency(&r, consistency[i][0], consistency[i][1], path,
						     &n, &test_error),
			      ANNOT_INVALID);
	assert_status(annot_tree_consistency(&r, 1, too_large, path, &n, &test_error),
		      ANNOT_INVALID);
	assert_int_equal(n, 99);

	/* The longest proofs, and one hash more. */
	assert_status(annot_verify_inclusion(0, UINT64_MAX, path, path, 63, path, &test_error),
		      ANNOT_MISMATCH);
	assert_status(annot_verify_inclusion(0, UINT64_MAX, path, path, 64, path, &test_error),
		      ANNOT_MISMATCH);
	assert_status(annot_verify_consistency(1, UINT64_MAX, path, 127, path, path, &test_error),
		      ANNOT_MISMATCH);
	assert_status(annot_verify_consistency(0, 0, path, 0, path, path, &test_error),
		      ANNOT_MISMATCH);
	assert_status(annot_verify_inclusion(0, 0, path, path, 0, path, &test_error),
		      ANNOT_MISMATCH);
}

static void passes_up_failures_of_the_reader(void **state)
{
	struct forest *f = *state;
	struct annot_tree_reader r = reader_of(f, 7);
	struct annot_hash path[ANNOT_CONSISTENCY_MAX], root;
	struct annot_frontier frontier = {.size = 42};
	size_t n = 99;
	/* Size 8 needs nodes that a tree of 7 leaves does not have. */
	assert_status(annot_tree_inclusion(&r, 0, 8, path, &n, &test_error), ANNOT_NOT_FOUND);
	for (unsigned reads = 0; reads < 3; reads++) {
		f->reads_left = reads;
		assert_status(annot_tree_inclusion(&r, 0, 7, path, &n, &test_error), ANNOT_STORE);
		f->reads_left = reads;
		assert_status(annot_tree_consistency(&r, 3, 7, path, &n, &test_error), ANNOT_STORE);
		f->reads_left = reads;
		assert_status(annot_tree_frontier(&r, 7, &frontier, &test_error), ANNOT_STORE);
		f->reads_left = reads;
		assert_status(annot_tree_root(&r, 7, &root, &test_error), ANNOT_STORE);
	}
	assert_int_equal(n, 99);
	assert_int_equal(frontier.size, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_inclusion_proof_verifies),
		cmocka_unit_test(every_prefix_has_its_root),
		cmocka_unit_test(every_consistency_proof_verifies),
		cmocka_unit_test(refuses_changed_inclusion_proofs),
		cmocka_unit_test(refuses_changed_consistency_proofs),
		cmocka_unit_test(refuses_numbers_out_of_range),
		cmocka_unit_test(passes_up_failures_of_the_reader),
	};
	return cmocka_run_group_tests(tests, forest_setup, forest_teardown);
}
