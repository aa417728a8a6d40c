/* Bundles when memory runs out: a verdict is the right one or there is none. */
#include "alloc.h"

#include <jansson.h>

#include "base/auto.h"
#include "corpus.h"
#include "proof/excerpt.h"
#include "proof/gate.h"

struct work {
	struct test_corpus *c;
	struct annot_bytes file;
	struct annot_trust trust;
	const struct annot_report *report;
	const struct annot_gate *gate;
};

static struct test_corpus *corpus(void)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key admin = test_key(1), admin2 = test_key(2), anna = test_key(20);
	const struct test_entry *added =
		test_put_as(c, &admin, test_key_add(c, "anna", &anna), ANNOT_PENDING);
	test_put_as(c, &admin2, test_review(&added->id, "approve"), ANNOT_EFFECTIVE);
	test_see(c);
	const struct test_entry *doc =
		test_put_document(c, &admin, "speech", "Nobody has the intention to build a wall.");
	const struct test_entry *quote =
		test_put_as(c, &anna, test_quote(doc, 0, 10), ANNOT_EFFECTIVE);
	test_put_as(c, &admin, test_review(&quote->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &anna, test_verdict(&quote->id, "false"), ANNOT_EFFECTIVE);
	return c;
}

static enum annot_status parse(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(16 << 20);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(16 << 20);
	struct annot_bundle bundle = {.n_chain = 99};
	enum annot_status status = ALLOC(annot_bundle_parse(arena, w->file, &bundle, &test_error));
	if (status != ANNOT_OK) {
		assert_int_equal(bundle.n_chain, 99);
		return status;
	}
	status = ALLOC(annot_bundle_write(&bundle, annot_buf_sink(&b), &test_error));
	if (status == ANNOT_OK)
		assert_memory_equal(b.data, w->file.data, w->file.len);
	return status;
}

static enum annot_status verify(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(256 << 20);
	const struct annot_report *r = NULL;
	enum annot_status status =
		ALLOC(annot_verify_bundle(arena, w->file, &w->trust, &r, &test_error));
	assert_true((status == ANNOT_OK) == (r != NULL));
	if (!r)
		return status;
	assert_int_equal(r->verdict, w->report->verdict);
	assert_int_equal(r->n_checks, w->report->n_checks);
	for (size_t i = 0; i < r->n_checks; i++)
		assert_string_equal(r->checks[i].text, w->report->checks[i].text);
	return status;
}

static enum annot_status json(void *ctx)
{
	struct work *w = ctx;
	json_t *ret = ALLOC(annot_report_json(w->report));
	enum annot_status status = ret ? ANNOT_OK : ANNOT_NO_MEMORY;
	json_decref(ret);
	return status;
}

static enum annot_status gate(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(256 << 20);
	const struct annot_gate *g = NULL;
	enum annot_status status =
		ALLOC(annot_gate_bundle(arena, w->file, &w->trust, NULL, 0, &g, &test_error));
	assert_true((status == ANNOT_OK) == (g != NULL));
	if (!g)
		return status;
	assert_int_equal(g->passed, w->gate->passed);
	assert_int_equal(g->records[0].n_lines, w->gate->records[0].n_lines);
	for (size_t i = 0; i < g->records[0].n_lines; i++)
		assert_string_equal(g->records[0].lines[i].text, w->gate->records[0].lines[i].text);
	return status;
}

static enum annot_status gate_json(void *ctx)
{
	struct work *w = ctx;
	json_t *ret = ALLOC(annot_gate_json(w->gate));
	enum annot_status status = ret ? ANNOT_OK : ANNOT_NO_MEMORY;
	json_decref(ret);
	return status;
}

static void bundle_of(struct work *w, size_t subject)
{
	struct annot_bundle b;
	test_bundle(w->c, w->c->entries[subject], &b);
	w->file = test_bundle_file(w->c, &b);
	w->trust = (struct annot_trust){.corpus = w->c->id};
	w->report = test_verify_bundle(w->c, &b, &w->trust);
	assert_ok(
		annot_gate_bundle(w->c->arena, w->file, &w->trust, NULL, 0, &w->gate, &test_error));
}

static void test_each(void **state)
{
	struct work w = {.c = *state};
	static const size_t subjects[] = {1, 3, 4, 6};
	for (size_t i = 0; i < COUNT(subjects); i++) {
		bundle_of(&w, subjects[i]);
		assert_true(alloc_each("bundle", parse, &w) > 4);
		assert_true(alloc_each("verify", verify, &w) > 50);
		assert_true(alloc_each("report", json, &w) > 10);
	}
	assert_true(alloc_each("gate", gate, &w) > 50);
	assert_true(alloc_each("gate in JSON", gate_json, &w) > 50);
}

/* What is wrong with a bundle is said, too. */
static void test_unsound(void **state)
{
	struct work w = {.c = *state};
	bundle_of(&w, 4);
	w.trust.corpus.b[0] ^= 1;
	struct annot_bundle b;
	test_bundle(w.c, w.c->entries[4], &b);
	w.report = test_verify_bundle(w.c, &b, &w.trust);
	assert_verdict(w.report, ANNOT_INVALID_BUNDLE);
	assert_true(alloc_each("another corpus", verify, &w) > 5);
	w.trust.corpus = w.c->id;
	b.leaves = annot_bytes(NULL, 0);
	w.file = test_bundle_file(w.c, &b);
	w.report = test_verify_bundle(w.c, &b, &w.trust);
	assert_verdict(w.report, ANNOT_CANNOT_CHECK);
	assert_true(alloc_each("no leaves", verify, &w) > 5);
}

/* With an excerpt in place of the source, a cosigned checkpoint, and a policy that asks for its
 * witness. */
static void test_witnessed(void **state)
{
	struct work w = {.c = *state};
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	const struct test_entry *document = w.c->entries[3];
	struct annot_bytes plain = test_checkpoint(w.c, NULL), excerpt;
	struct annot_note *parsed = annot_arena_alloc(w.c->arena, sizeof(*parsed));
	struct annot_tlogpolicy policy;
	struct annot_bundle b;
	struct annot_skey key;
	bool wanted = true;
	assert_ok(annot_skey_new("w.example", ANNOT_NOTE_COSIGNATURE, &key, &test_error));
	assert_ok(annot_note_parse(plain, parsed, &test_error));
	annot_buf_add(&note, plain.data, plain.len);
	annot_note_cosign(&key, 1795305600, parsed->text, &note);
	annot_buf_puts(&text, "witness w ");
	annot_vkey_write(&key.vkey, &text);
	annot_buf_puts(&text, "\ngroup g any w\nquorum g\n");
	assert_ok(annot_tlogpolicy_parse(w.c->arena, annot_buf_bytes(&text), &policy, &test_error));
	test_bundle(w.c, w.c->entries[4], &b);
	assert_ok(annot_chunk_sections(w.c->arena, &document->id, document->content, &wanted,
				       &excerpt, &b.n_excerpts, &test_error));
	b.excerpts = &excerpt;
	b.n_sources = 0;
	b.cosigned[b.n_cosigned++] = annot_buf_bytes(&note);
	w.file = test_bundle_file(w.c, &b);
	w.trust = (struct annot_trust){.corpus = w.c->id, .policy = &policy};
	w.report = test_verify_bundle(w.c, &b, &w.trust);
	assert_verdict(w.report, ANNOT_VALID);
	assert_true(alloc_each("a witnessed excerpt", verify, &w) > 50);
	assert_true(alloc_each("its bundle", parse, &w) > 4);
}

static int setup(void **state)
{
	*state = corpus();
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
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_unsound),
		cmocka_unit_test(test_witnessed),
	};
	alloc_json();
	return cmocka_run_group_tests(tests, setup, teardown);
}
