/* The genesis record, and where a record may stand. */
#include "corpus.h"

static void test_first_record_is_genesis(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	const struct annot_vkey *log;
	(void)state;

	assert_true(annot_hash_equal(annot_authority_corpus(a), &c->id));
	assert_true(annot_hash_equal(annot_authority_corpus_record(a), &c->id));
	assert_int_equal(annot_authority_threshold(a), 2);
	assert_int_equal(annot_authority_admins(a), 2);
	assert_int_equal(annot_authority_keys(a), 2);
	assert_int_equal(annot_authority_log_keys(a, &log), 1);
	assert_memory_equal(log[0].key, c->log.vkey.key, ANNOT_KEY_SIZE);
	assert_string_equal(annot_authority_name(a, "admin2")->name, "admin2");
	assert_null(annot_authority_name(a, "admin3"));
	test_corpus_free(c);
}

static void refuse_genesis(unsigned admins, unsigned threshold, uint8_t signer,
			   enum annot_status status, const char *words)
{
	struct test_corpus *c = test_corpus_empty();
	struct test_key key = test_key(signer);

	assert_void(test_put(c, &key, test_genesis(c, admins, threshold)), status, words);
	assert_null(annot_authority_corpus(annot_memory_authority(c->memory)));
	/* Nothing has an effect in a log without genesis. */
	assert_void(test_put(c, &key, test_claim("x")), ANNOT_REFUSED, "no valid genesis");
	test_corpus_free(c);
}

static void test_bad_genesis(void **state)
{
	(void)state;
	refuse_genesis(2, 3, 1, ANNOT_REFUSED, "threshold 3: expected at most 2");
	refuse_genesis(2, 1, 3, ANNOT_DENIED, "is not among the admins");
}

static void test_admin_twice(void **state)
{
	struct test_key one = test_key(1), two = test_key(2);
	struct test_corpus *c = test_corpus_empty();
	struct annot_draft *d = test_genesis(c, 1, 1);
	(void)state;

	test_admin(d, "other", &one);
	assert_void(test_put(c, &one, d), ANNOT_REFUSED, "stands twice");
	test_corpus_free(c);
	c = test_corpus_empty();
	d = test_genesis(c, 1, 1);
	test_admin(d, "admin1", &two);
	assert_void(test_put(c, &one, d), ANNOT_REFUSED, "stands twice");
	test_corpus_free(c);
}

static void test_genesis_of_another_kind(void **state)
{
	struct test_corpus *c = test_corpus_empty();
	struct test_key key = test_key(1);
	struct annot_leaf leaf = {.kind = ANNOT_KIND_claim, .author = key.author};
	struct annot_judgement j = test_put_leaf(c, &leaf);
	(void)state;

	assert_int_equal(j.effect, ANNOT_VOID);
	assert_non_null(strstr(j.reason, "the first record of a log is the genesis record"));
	test_corpus_free(c);
}

static void test_second_genesis(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1), *other = test_corpus_new(2, 1);
	struct annot_leaf leaf = {.kind = ANNOT_KIND_corpus};
	const struct test_entry *genesis = other->entries[0];
	struct annot_fact fact = {.index = 1, .leaf = genesis->leaf, .record = genesis->record};
	struct annot_judgement j;
	(void)state;

	assert_ok(annot_memory_next(c->memory, &fact, &j, &test_error));
	assert_int_equal(j.effect, ANNOT_VOID);
	assert_non_null(strstr(j.reason, "only the genesis record"));
	fact.index = 5;
	assert_status(annot_memory_next(c->memory, &fact, &j, &test_error), ANNOT_INVALID);
	assert_error_says("expected the next one, #2");
	test_corpus_free(c);
	/* Not by a leaf alone either. */
	c = test_corpus_new(1, 1);
	leaf.author = test_key(1).author;
	j = test_put_leaf(c, &leaf);
	assert_int_equal(j.effect, ANNOT_VOID);
	assert_non_null(strstr(j.reason, "amend that one"));
	test_corpus_free(c);
	test_corpus_free(other);
}

static void test_other_corpus(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1), *other = test_corpus_new(2, 1);
	struct test_key key = test_key(1);
	(void)state;

	c->id = other->id;
	assert_void(test_put(c, &key, test_claim("x")), ANNOT_MISMATCH, "this corpus is");
	test_corpus_free(c);
	test_corpus_free(other);
}

static void test_record_twice(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key key = test_key(1);
	struct test_entry *e = test_put_as(c, &key, test_claim("x"), ANNOT_EFFECTIVE);
	struct annot_judgement j = test_put_leaf(c, &e->leaf);
	(void)state;

	assert_int_equal(j.effect, ANNOT_VOID);
	assert_non_null(strstr(j.reason, "in the log already, at #1"));
	/* The first one keeps its place. */
	assert_int_equal(annot_memory_version(c->memory, &e->id), 1);
	assert_int_equal(annot_memory_heads(c->memory, &e->id, NULL, 0), 1);
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_record_is_genesis),
		cmocka_unit_test(test_bad_genesis),
		cmocka_unit_test(test_admin_twice),
		cmocka_unit_test(test_genesis_of_another_kind),
		cmocka_unit_test(test_second_genesis),
		cmocka_unit_test(test_other_corpus),
		cmocka_unit_test(test_record_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
