/* Parents and who may amend, for each amend rule. */
#include "corpus.h"

struct fixture {
	struct test_corpus *c;
	struct test_key admin, bob, carol;
};

static int setup(void **state)
{
	static struct fixture f;

	f.c = test_corpus_new(1, 1);
	f.admin = test_key(1);
	f.bob = test_reviewer(f.c, "bob", 50);
	f.carol = test_reviewer(f.c, "carol", 51);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	test_corpus_free(f->c);
	return 0;
}

static struct annot_draft *amend(const struct test_entry *e)
{
	return annot_draft_amend(e->record);
}

static void test_anyone_amends(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *v2 = test_put_as(f->c, &f->carol, amend(v1), ANNOT_EFFECTIVE);
	struct annot_hash heads[2];

	assert_int_equal(annot_memory_heads(f->c->memory, &v1->id, heads, 2), 1);
	assert_true(annot_hash_equal(&heads[0], &v2->id));
	assert_int_equal(annot_memory_version(f->c->memory, &v2->id), 2);
}

static void test_concurrent_amendments_and_merge(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *a = test_put_as(f->c, &f->bob, amend(v1), ANNOT_EFFECTIVE);
	struct test_entry *b = test_put_as(f->c, &f->carol, amend(v1), ANNOT_EFFECTIVE);
	struct annot_hash heads[3];
	struct annot_draft *merge = amend(a);

	assert_int_equal(annot_memory_heads(f->c->memory, &v1->id, heads, 3), 2);
	assert_true(annot_hash_equal(&heads[0], &a->id));
	assert_true(annot_hash_equal(&heads[1], &b->id));
	assert_ok(annot_draft_parent(merge, &b->id, &test_error));
	test_put_as(f->c, &f->bob, merge, ANNOT_EFFECTIVE);
	assert_int_equal(annot_memory_heads(f->c->memory, &v1->id, heads, 3), 1);
}

static void test_unknown_parent(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct annot_draft *d = amend(v1);
	struct annot_hash nobody = {.b = {1}};

	assert_ok(annot_draft_parent(d, &nobody, &test_error));
	assert_void(test_put(f->c, &f->bob, d), ANNOT_NOT_FOUND,
		    "parent 01000000: no such record");
}

static void test_void_parent(void **state)
{
	struct fixture *f = *state;
	struct test_key stranger = test_key(99);
	struct test_entry *v1 = test_put(f->c, &stranger, test_claim("x"));

	assert_void(test_put(f->c, &f->bob, amend(v1)), ANNOT_REFUSED, "#3 is void");
}

static void test_parent_of_another_annotation(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *other = test_put_as(f->c, &f->bob, test_claim("y"), ANNOT_EFFECTIVE);
	struct annot_draft *d = amend(v1);

	assert_ok(annot_draft_parent(d, &other->id, &test_error));
	assert_void(test_put(f->c, &f->bob, d), ANNOT_REFUSED, "is a version of annotation");
}

static void test_parent_of_another_kind(void **state)
{
	struct fixture *f = *state;
	struct test_entry *claim = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *comment = test_put_as(
		f->c, &f->bob, test_about(ANNOT_KIND_comment, &claim->id), ANNOT_EFFECTIVE);
	struct annot_draft *d = amend(comment);

	assert_ok(annot_draft_parent(d, &claim->id, &test_error));
	assert_void(test_put(f->c, &f->bob, d), ANNOT_REFUSED, "is a claim, expected a comment");
}

static void test_person_amends(void **state)
{
	struct fixture *f = *state;
	struct test_key next = test_key(60);
	struct test_entry *claim = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct annot_draft *drafts[] = {test_verdict(&claim->id, "true"),
					test_review(&claim->id, "approve"),
					test_about(ANNOT_KIND_comment, &claim->id)};
	struct test_entry *first[3];

	for (size_t i = 0; i < 3; i++) {
		first[i] = test_put_as(f->c, &f->bob, drafts[i], ANNOT_EFFECTIVE);
		assert_void(test_put(f->c, &f->carol, amend(first[i])), ANNOT_DENIED,
			    "by its author only: bob, not carol");
		assert_void(test_put(f->c, &f->admin, amend(first[i])), ANNOT_DENIED,
			    "by its author only: bob, not admin1");
		test_put_as(f->c, &f->bob, amend(first[i]), ANNOT_EFFECTIVE);
	}
	/* The person counts, not the key. */
	test_put_as(f->c, &f->bob, test_key_rotate(f->c, "bob", &f->c->entries[1]->id, &next),
		    ANNOT_EFFECTIVE);
	for (size_t i = 0; i < 3; i++)
		test_put_as(f->c, &next, amend(first[i]), ANNOT_EFFECTIVE);
}

static void test_linear_documents(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_document(f->c, &f->bob, "doc", "one");
	struct test_entry *v2 = test_put_as(f->c, &f->carol, amend(v1), ANNOT_EFFECTIVE);
	struct annot_draft *two = amend(v2);

	assert_void(test_put(f->c, &f->bob, amend(v1)), ANNOT_CONFLICT,
		    "superseded by a newer version");
	assert_ok(annot_draft_parent(two, &v1->id, &test_error));
	assert_void(test_put(f->c, &f->bob, two), ANNOT_REFUSED,
		    "one parent, its newest version, found 2");
	test_put_as(f->c, &f->bob, amend(v2), ANNOT_EFFECTIVE);
}

/* Kinds of one version: a draft of a second one is judged, whatever the builder thinks of it. */
static void test_never_amended(void **state)
{
	struct fixture *f = *state;
	struct test_entry *claim = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	static const enum annot_kind kinds[] = {
		ANNOT_KIND_key_add, ANNOT_KIND_key_rotate, ANNOT_KIND_key_revoke, ANNOT_KIND_seal,
		ANNOT_KIND_retract, ANNOT_KIND_reaffirm,   ANNOT_KIND_withhold};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct annot_leaf leaf = {.kind = kinds[i],
					  .annotation = claim->id,
					  .parents = {claim->id},
					  .n_parents = 1,
					  .has_on = true,
					  .on = claim->id,
					  .author = f->bob.author,
					  .record = {.b = {(uint8_t)(i + 1)}}};
		struct annot_judgement j = test_put_leaf(f->c, &leaf);

		assert_int_equal(j.effect, ANNOT_VOID);
		assert_non_null(strstr(j.reason, "has one version"));
	}
}

static void test_quorum_amends_policy(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_as(f->c, &f->admin, test_policy(2), ANNOT_EFFECTIVE);

	assert_void(test_put(f->c, &f->bob, amend(v1)), ANNOT_DENIED, "bob is not an admin");
	test_put_as(f->c, &f->admin, amend(v1), ANNOT_EFFECTIVE);
}

static void test_retracted(void **state)
{
	struct fixture *f = *state;
	struct test_entry *v1 = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);

	test_put_as(f->c, &f->bob, test_about(ANNOT_KIND_retract, &v1->id), ANNOT_EFFECTIVE);
	assert_void(test_put(f->c, &f->bob, amend(v1)), ANNOT_REFUSED,
		    "was retracted at #4, for good");
}

static void test_withheld_later_version_without_parent(void **state)
{
	struct fixture *f = *state;
	struct annot_leaf leaf = {.kind = ANNOT_KIND_claim,
				  .annotation = {.b = {1}},
				  .author = f->bob.author,
				  .record = {.b = {2}}};
	struct annot_judgement j = test_put_leaf(f->c, &leaf);

	assert_int_equal(j.effect, ANNOT_VOID);
	assert_non_null(strstr(j.reason, "names at least one parent"));
	leaf.annotation = leaf.record = (struct annot_hash){.b = {3}};
	assert_int_equal(test_put_leaf(f->c, &leaf).effect, ANNOT_EFFECTIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_anyone_amends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_concurrent_amendments_and_merge, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_unknown_parent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_void_parent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parent_of_another_annotation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parent_of_another_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_person_amends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_linear_documents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_amended, setup, teardown),
		cmocka_unit_test_setup_teardown(test_quorum_amends_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retracted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_withheld_later_version_without_parent, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
