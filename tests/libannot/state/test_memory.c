/* The state of a corpus in memory, and that it is a function of its records in order. */
#include "corpus.h"

static void test_pending_versions_replace_nothing(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2);
	struct test_entry *v1 = test_put_as(c, &one, test_policy(1), ANNOT_PENDING), *v2, *v3;
	struct annot_hash heads[3];
	(void)state;

	test_put_as(c, &two, test_review(&v1->id, "approve"), ANNOT_EFFECTIVE);
	v2 = test_put_as(c, &one, annot_draft_amend(v1->record), ANNOT_PENDING);
	v3 = test_put_as(c, &one, annot_draft_amend(v1->record), ANNOT_PENDING);
	assert_int_equal(annot_memory_heads(c->memory, &v1->id, heads, 3), 3);
	test_put_as(c, &two, test_review(&v2->id, "reject"), ANNOT_EFFECTIVE);
	assert_int_equal(annot_memory_heads(c->memory, &v1->id, heads, 3), 2);
	test_put_as(c, &two, test_review(&v3->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(annot_memory_heads(c->memory, &v1->id, heads, 3), 1);
	assert_true(annot_hash_equal(&heads[0], &v3->id));
	assert_int_equal(annot_memory_version(c->memory, &v3->id), 2);
	assert_int_equal(annot_memory_version(c->memory, &v2->id), 0);
	test_corpus_free(c);
}

static void test_void_versions_do_not_count(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50), stranger = test_key(90);
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE), *v2;
	struct annot_hash heads[2];
	(void)state;

	assert_effect(test_put(c, &stranger, annot_draft_amend(v1->record)), ANNOT_VOID);
	assert_int_equal(annot_memory_heads(c->memory, &v1->id, heads, 2), 1);
	assert_true(annot_hash_equal(&heads[0], &v1->id));
	v2 = test_put_as(c, &bob, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	assert_int_equal(annot_memory_version(c->memory, &v2->id), 2);
	assert_int_equal(annot_memory_version(c->memory, &stranger.author), 0);
	assert_int_equal(annot_memory_heads(c->memory, &stranger.author, heads, 2), 0);
	test_corpus_free(c);
}

/* A walk says of each record what the other questions say, in log order; a repeated one has no
 * turn. */
static void test_walk(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2), stranger = test_key(90);
	struct test_entry *v1 = test_put_as(c, &one, test_policy(1), ANNOT_PENDING), *v2;
	struct annot_memory_row row = {0};
	struct annot_hash heads[3];
	uint64_t n = 0;
	(void)state;

	test_put_as(c, &two, test_review(&v1->id, "approve"), ANNOT_EFFECTIVE);
	test_put(c, &stranger, annot_draft_amend(v1->record));
	v2 = test_put_as(c, &one, annot_draft_amend(v1->record), ANNOT_PENDING);
	test_put_leaf(c, &v1->leaf);
	test_put_as(c, &two, test_review(&v2->id, "reject"), ANNOT_EFFECTIVE);
	test_put_as(c, &one, annot_draft_amend(v1->record), ANNOT_PENDING);
	for (; annot_memory_walk(c->memory, &row); n++) {
		const struct test_entry *e = c->entries[row.index];
		bool head = false;
		size_t n_heads = annot_memory_heads(c->memory, &e->leaf.annotation, heads, 3);

		for (size_t i = 0; i < n_heads; i++)
			head = head || annot_hash_equal(&heads[i], &e->id);
		assert_true(annot_hash_equal(row.record, &e->id));
		assert_true(annot_hash_equal(row.author, &e->leaf.author));
		assert_int_equal(row.kind, e->leaf.kind);
		assert_int_equal(row.effect,
				 e->judgement.effect != ANNOT_PENDING
					 ? e->judgement.effect
					 : annot_authority_effect(annot_memory_authority(c->memory),
								  &e->id, NULL));
		assert_int_equal(row.version, annot_memory_version(c->memory, &e->id));
		assert_int_equal(row.heads, n_heads);
		assert_int_equal(row.head, head);
	}
	assert_int_equal(n, c->n - 1);
	test_corpus_free(c);
}

/* Replayed from the log, every record gets the same judgement, and keys come out the same. */
static void test_replay(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2), bob = test_key(50),
			next = test_key(51);
	struct test_entry *add = test_put_as(c, &one, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	struct annot_memory *again = annot_memory_new();
	const struct annot_authority *a = annot_memory_authority(c->memory), *b;
	(void)state;

	test_put(c, &bob, test_claim("too early"));
	test_put(c, &two, test_review(&add->id, "approve"));
	test_put(c, &bob, test_claim("x"));
	test_put(c, &bob, test_key_rotate(c, "bob", &add->id, &next));
	test_put(c, &bob, test_claim("too late"));
	test_put(c, &one, test_policy(3));
	b = annot_memory_authority(again);
	for (size_t i = 0; i < c->n; i++) {
		struct test_entry *e = c->entries[i];
		struct annot_fact fact = {.index = i, .leaf = e->leaf, .record = e->record};
		struct annot_judgement j;

		assert_ok(annot_memory_next(again, &fact, &j, &test_error));
		assert_int_equal(j.effect, e->judgement.effect);
		assert_string_equal(j.reason, e->judgement.reason);
	}
	assert_int_equal(annot_authority_keys(a), annot_authority_keys(b));
	for (size_t i = 0; i < annot_authority_keys(a); i++) {
		const struct annot_key_info *x = annot_authority_key_at(a, i);
		const struct annot_key_info *y = annot_authority_key_at(b, i);

		assert_true(annot_hash_equal(&x->author, &y->author));
		assert_int_equal(x->state, y->state);
		assert_int_equal(x->effective, y->effective);
		assert_int_equal(x->ended, y->ended);
	}
	annot_memory_free(again);
	test_corpus_free(c);
}

/* Authority alone, fed only with what concerns it, is the same. */
static void test_authority_alone(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2), bob = test_key(50);
	struct test_entry *add = test_put_as(c, &one, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	struct annot_authority *alone = annot_authority_new();
	size_t applied = 0;
	(void)state;

	test_put(c, &one, test_claim("x"));
	test_put(c, &two, test_review(&c->entries[2]->id, "approve"));
	test_put(c, &two, test_review(&add->id, "approve"));
	test_put(c, &two, test_review(&add->id, "reject"));
	for (size_t i = 0; i < c->n; i++) {
		struct test_entry *e = c->entries[i];
		struct annot_fact fact = {.index = i, .leaf = e->leaf, .record = e->record};

		if (!annot_authority_concerns(alone, &e->leaf))
			continue;
		assert_ok(annot_authority_apply(alone, &fact, e->judgement.effect, &test_error));
		applied++;
	}
	assert_int_equal(applied, 3);
	assert_int_equal(annot_authority_key(alone, &bob.author)->effective, 4);
	annot_authority_free(alone);
	test_corpus_free(c);
}

static void test_out_of_order(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	struct test_entry *policy = test_put_as(c, &one, test_policy(1), ANNOT_EFFECTIVE);
	struct annot_authority *a = annot_authority_new();
	struct annot_fact fact = {.index = 1, .leaf = policy->leaf, .record = policy->record};
	(void)state;

	assert_status(annot_authority_apply(a, &fact, ANNOT_EFFECTIVE, &test_error), ANNOT_INVALID);
	fact = (struct annot_fact){.leaf = c->entries[0]->leaf, .record = c->entries[0]->record};
	assert_ok(annot_authority_apply(a, &fact, ANNOT_EFFECTIVE, &test_error));
	assert_status(annot_authority_apply(a, &fact, ANNOT_EFFECTIVE, &test_error), ANNOT_INVALID);
	fact = (struct annot_fact){.index = 1, .leaf = policy->leaf};
	assert_status(annot_authority_apply(a, &fact, ANNOT_EFFECTIVE, &test_error), ANNOT_INVALID);
	assert_error_says("its bytes are needed");
	annot_authority_free(a);
	test_corpus_free(c);
}

/* Who wants authority alone passes over all else, and comes to the same keys and policy. */
static void test_skip(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct annot_memory *again = annot_memory_new();
	const struct annot_authority *a = annot_memory_authority(again);
	(void)state;

	test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	test_put_as(c, &bob, test_claim("y"), ANNOT_EFFECTIVE);
	test_put_as(c, &one, test_policy(3), ANNOT_EFFECTIVE);
	for (size_t i = 0; i < c->n; i++) {
		const struct test_entry *e = c->entries[i];
		struct annot_fact fact = {.index = e->index, .leaf = e->leaf, .record = e->record};
		struct annot_judgement judgement;

		if (!annot_authority_concerns(a, &e->leaf))
			continue;
		assert_ok(annot_memory_skip(again, e->index, &test_error));
		assert_ok(annot_memory_next(again, &fact, &judgement, &test_error));
		assert_int_equal(judgement.effect, ANNOT_EFFECTIVE);
	}
	assert_int_equal(annot_authority_policy(a)->approvals[ANNOT_KIND_claim], 3);
	assert_non_null(annot_authority_key(a, &bob.author));
	assert_status(annot_memory_skip(again, 1, &test_error), ANNOT_INVALID);
	annot_memory_free(again);
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pending_versions_replace_nothing),
		cmocka_unit_test(test_void_versions_do_not_count),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_authority_alone),
		cmocka_unit_test(test_out_of_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
