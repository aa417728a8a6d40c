/* The audit of a log that somebody meddled with: each meddling is found, at its place. */
#include "corpus.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/auto.h"
#include "proof/audit.h"

/* A log as a copy has it. */
struct copy {
	struct test_corpus *c;
	struct annot_audit_item *items;
	size_t n;
	struct annot_bytes note;
	struct annot_checkpoint pin;
};

static struct copy copy_of(struct test_corpus *c)
{
	struct copy ret = {.c = c, .n = c->n, .note = test_checkpoint(c, NULL)};

	ret.items = annot_arena_array(c->arena, c->n, sizeof(*ret.items));
	memset(ret.items, 0, c->n * sizeof(*ret.items));
	for (size_t i = 0; i < c->n; i++) {
		const struct test_entry *e = c->entries[i];
		struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);

		annot_leaf_write(&e->leaf, &line);
		ret.items[i].line =
			annot_bytes(annot_arena_copy(c->arena, line.data, line.len), line.len);
		ret.items[i].stored =
			(struct annot_tile_record){.key = e->key, .signature = e->signature};
		if (!e->withheld && e->record)
			ret.items[i].stored.record = e->record->bytes;
		annot_buf_free(&line);
	}
	return ret;
}

static const struct annot_audit_report *audit(struct copy *copy)
{
	AUTO_ARENA struct annot_arena *scratch = annot_arena_new(16 << 20);
	const struct annot_audit_report *r = NULL;
	struct annot_audit *a;

	assert_ok(annot_audit_new(&copy->c->id, &a, &test_error));
	for (size_t i = 0; i < copy->n; i++) {
		assert_ok(annot_audit_check(scratch, &copy->items[i], true, &test_error));
		assert_ok(annot_audit_next(a, &copy->items[i], true, &test_error));
	}
	assert_int_equal(annot_audit_size(a), copy->n);
	assert_ok(annot_audit_finish(a, copy->note, &copy->pin, copy->c->arena, &r, &test_error));
	annot_audit_free(a);
	return r;
}

static void assert_finding(const struct annot_audit_report *r, enum annot_verdict verdict,
			   uint64_t index, const char *words)
{
	assert_int_equal(r->verdict, verdict);
	for (size_t i = 0; i < r->n_shown; i++)
		if (r->findings[i].index == index && strstr(r->findings[i].text, words))
			return;
	for (size_t i = 0; i < r->n_shown; i++)
		print_message("#%llu: %s\n", (unsigned long long)r->findings[i].index,
			      r->findings[i].text);
	fail_msg("nothing at #%llu says \"%s\"", (unsigned long long)index, words);
}

/* 0 genesis, 1 anna, 2 document, 3 quote by anna (who had seen 3), 4 verdict, 5 void: by a
 * stranger, 6 review of the quote */
static struct test_corpus *story(void)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1), anna = test_reviewer(c, "anna", 20),
			stranger = test_key(40);
	struct test_entry *d = test_put_document(c, &admin, "d", "A few words."), *q;

	test_see(c);
	q = test_put_as(c, &anna, test_quote(d, 2, 5), ANNOT_EFFECTIVE);
	test_put_as(c, &anna, test_verdict(&q->id, "true"), ANNOT_EFFECTIVE);
	test_put_as(c, &stranger, test_claim("let me in"), ANNOT_VOID);
	test_put_as(c, &admin, test_review(&q->id, "approve"), ANNOT_EFFECTIVE);
	return c;
}

static void test_sound(void **state)
{
	struct copy copy = copy_of(*state);
	const struct annot_audit_report *r = audit(&copy);
	json_t *json = annot_audit_json(r);

	assert_int_equal(r->verdict, ANNOT_VALID);
	assert_int_equal(r->n_findings, 0);
	assert_int_equal(r->signatures, 7);
	assert_int_equal(r->void_records, 1);
	assert_int_equal(r->checkpoint.size, 7);
	assert_int_equal(json_integer_value(json_object_get(json, "signatures")), 7);
	assert_int_equal(json_array_size(json_object_get(json, "findings")), 0);
	json_decref(json);
	/* A stranger's key may be unknown: the record is void, whoever signed it. */
	copy.items[5].stored.key = NULL;
	r = audit(&copy);
	assert_int_equal(r->verdict, ANNOT_VALID);
	assert_int_equal(r->signatures, 6);
}

static void test_meddled(void **state)
{
	struct test_corpus *c = *state;
	struct copy copy = copy_of(c);
	uint8_t forged[ANNOT_SIGNATURE_SIZE];
	struct annot_hash corpus = c->id;

	/* Another signature than the leaf commits to; another record. */
	memcpy(forged, c->entries[3]->signature, sizeof(forged));
	forged[7] ^= 1;
	copy.items[3].stored.signature = forged;
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 3, "not those that the leaf commits to");
	copy.items[3].stored.record = annot_bytes(NULL, 0);
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 3,
		       "not the one that the leaf commits to");
	copy = copy_of(c);
	copy.items[3].stored.record = c->entries[4]->record->bytes;
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 3, "not those that the leaf commits to");
	copy.items[3].stored.record = annot_bytes_of("annot-record/v2\n");
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 3, "");
	/* A key that is not the author's, or missing where the record counts. */
	copy = copy_of(c);
	copy.items[3].stored.key = c->entries[0]->key;
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 3, "not that of the author card");
	copy.items[3].stored.key = NULL;
	assert_finding(audit(&copy), ANNOT_CANNOT_CHECK, 3, "the key of its author is missing");
	/* Leaves: one that is none, one that is left out, two that changed places. */
	copy = copy_of(c);
	copy.items[4].line = annot_bytes_of("annot-leaf/v1 nonsense\n");
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 4, "");
	copy = copy_of(c);
	copy.n--;
	assert_finding(audit(&copy), ANNOT_CANNOT_CHECK, UINT64_MAX,
		       "covers 7 records, here are 6");
	copy = copy_of(c);
	struct annot_audit_item swapped = copy.items[5];
	copy.items[5] = copy.items[6];
	copy.items[6] = swapped;
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, UINT64_MAX,
		       "do not give the checkpoint's root");
	/* Another corpus than the reader's. */
	copy = copy_of(c);
	c->id.b[0] ^= 1;
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, 0, "you trust corpus");
	c->id = corpus;
}

static void test_withheld(void **state)
{
	struct copy copy = copy_of(*state);
	const struct annot_audit_report *r;

	copy.items[3].stored.record = annot_bytes(NULL, 0);
	r = audit(&copy);
	assert_int_equal(r->verdict, ANNOT_VALID);
	assert_int_equal(r->withheld, 1);
	assert_int_equal(r->signatures, 6);
	copy.items[1].stored.record = annot_bytes(NULL, 0);
	assert_finding(audit(&copy), ANNOT_CANNOT_CHECK, 1,
		       "keys and rules depend on it (key-add)");
}

static void test_checkpoints(void **state)
{
	struct test_corpus *c = *state;
	struct copy copy = copy_of(c);
	struct annot_checkpoint now;
	struct annot_skey foreign, own = c->log;

	test_checkpoint(c, &now);
	copy.pin = now;
	assert_int_equal(audit(&copy)->verdict, ANNOT_VALID);
	copy.pin.root.b[0] ^= 1;
	assert_finding(audit(&copy), ANNOT_FORKED_LOG, UINT64_MAX,
		       "another history than the one you");
	copy.pin.size++;
	assert_finding(audit(&copy), ANNOT_ROLLED_BACK, UINT64_MAX,
		       "you verified a checkpoint of #8");
	copy.pin.size = 0;
	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &foreign, &test_error));
	c->log = foreign;
	copy.note = test_checkpoint(c, NULL);
	assert_finding(audit(&copy), ANNOT_INVALID_BUNDLE, UINT64_MAX, "not signed by a log key");
	c->log = own;
}

/* Somebody was shown another log, and signed what they saw. */
static void test_seen(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1);
	struct copy copy;

	(void)state;
	test_put_as(c, &admin, test_claim("one"), ANNOT_EFFECTIVE);
	test_see(c);
	c->seen.root.b[5] ^= 1;
	test_put_as(c, &admin, test_claim("two"), ANNOT_EFFECTIVE);
	copy = copy_of(c);
	assert_finding(audit(&copy), ANNOT_FORKED_LOG, 2, "another history of the log up to #2");
	c->seen.size = 9;
	test_put_as(c, &admin, test_claim("three"), ANNOT_EFFECTIVE);
	copy = copy_of(c);
	assert_finding(audit(&copy), ANNOT_FORKED_LOG, 3, "had seen 9 records");
	test_corpus_free(c);
}

/* Findings are counted beyond those that are shown. */
static void test_many(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1), other;
	const struct annot_audit_report *r;
	struct copy copy;

	(void)state;
	for (int i = 0; i < ANNOT_AUDIT_SHOWN + 30; i++)
		test_put(c, &admin, test_claim("again"));
	copy = copy_of(c);
	other = test_key(77);
	for (size_t i = 1; i < copy.n; i++)
		copy.items[i].stored.key = other.secret.public_key.key;
	r = audit(&copy);
	assert_int_equal(r->n_findings, ANNOT_AUDIT_SHOWN + 30);
	assert_int_equal(r->n_shown, ANNOT_AUDIT_SHOWN);
	test_corpus_free(c);
}

/* Any of the sizes that the log had. */
static void test_roots(void **state)
{
	AUTO_ARENA struct annot_arena *scratch = annot_arena_new(16 << 20);
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1);
	struct annot_frontier f = {.size = 0};
	struct annot_hash nodes[ANNOT_LEVELS], roots[70];
	struct annot_audit *a;
	struct copy copy;

	(void)state;
	while (c->n + 1 < COUNT(roots))
		test_put(c, &admin, test_claim("again"));
	copy = copy_of(c);
	assert_ok(annot_audit_new(&c->id, &a, &test_error));
	roots[0] = annot_empty_root();
	for (size_t i = 0; i < copy.n; i++) {
		assert_ok(annot_audit_check(scratch, &copy.items[i], false, &test_error));
		assert_ok(annot_audit_next(a, &copy.items[i], false, &test_error));
		annot_frontier_append(&f, &copy.items[i].hash, nodes);
		roots[i + 1] = annot_frontier_root(&f);
	}
	for (size_t size = 0; size <= copy.n; size++) {
		struct annot_hash root = annot_audit_root(a, size);
		assert_memory_equal(root.b, roots[size].b, ANNOT_HASH_SIZE);
	}
	annot_audit_free(a);
	test_corpus_free(c);
}

static int setup(void **state)
{
	*state = story();
	return 0;
}

static int teardown(void **state)
{
	test_corpus_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),    cmocka_unit_test(test_meddled),
		cmocka_unit_test(test_withheld), cmocka_unit_test(test_checkpoints),
		cmocka_unit_test(test_seen),     cmocka_unit_test(test_many),
		cmocka_unit_test(test_roots),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
