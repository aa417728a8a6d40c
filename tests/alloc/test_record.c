/* Records and what is made of them when memory runs out: parsing, drafts, merging, JSON, judging,
 * words. */
#include "alloc.h"

#include <jansson.h>

#include "base/auto.h"
#include "corpus.h"
#include "record/merge.h"
#include "record/versions.h"
#include "text/diff.h"
#include "text/find.h"

struct work {
	struct test_corpus *c;
	const struct test_entry *entry;
};

/* What is refused is refused with the same words, however little memory there is. */
static void void_ones(struct test_corpus *c, const struct test_key *left)
{
	struct test_key stranger = test_key(90), admin = test_key(1), other = test_key(91);
	test_put_as(c, &stranger, test_claim("by a stranger"), ANNOT_VOID);
	test_put_as(c, left, test_claim("by one who left"), ANNOT_VOID);
	test_put_as(c, &stranger, test_policy(2), ANNOT_VOID);
	test_put_as(c, &admin, test_key_add(c, "anna", &other), ANNOT_VOID);
	test_put_as(c, &admin, test_verdict(&c->entries[4]->id, "purple"), ANNOT_VOID);
	test_put_as(c, &admin, test_about(ANNOT_KIND_retract, &c->entries[5]->id), ANNOT_VOID);
}

/* One of most kinds. */
static struct test_corpus *corpus(void)
{
	struct test_corpus *c = test_corpus_new(2, 1);
	struct test_key admin = test_key(1), anna = test_reviewer(c, "anna", 20),
			ben = test_reviewer(c, "ben", 21), ben2 = test_key(22);
	const struct test_entry *enrolled = c->entries[2];
	test_see(c);
	const struct test_entry *doc =
		test_put_document(c, &admin, "speech", "Nobody has the intention to build a wall.");
	const struct test_entry *quote =
		test_put_as(c, &anna, test_quote(doc, 0, 10), ANNOT_EFFECTIVE);
	const struct test_entry *claim =
		test_put_as(c, &ben, test_claim("A wall is built."), ANNOT_EFFECTIVE);
	test_put_as(c, &anna, test_verdict(&quote->id, "false"), ANNOT_EFFECTIVE);
	test_put_as(c, &ben, test_review(&quote->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &ben, test_about(ANNOT_KIND_comment, &quote->id), ANNOT_EFFECTIVE);
	test_put_as(c, &admin, test_policy(1), ANNOT_EFFECTIVE);
	test_put_as(c, &ben, test_key_rotate(c, "ben", &enrolled->id, &ben2), ANNOT_EFFECTIVE);
	struct annot_draft *amended = annot_draft_amend(claim->record);
	test_set(amended, "text", "A wall was built.");
	test_put_as(c, &ben2, amended, ANNOT_EFFECTIVE);
	test_put_as(c, &ben2, test_about(ANNOT_KIND_retract, &claim->id), ANNOT_EFFECTIVE);
	test_put_as(c, &admin, test_key_revoke(&c->entries[1]->id, "left", ANNOT_NEVER),
		    ANNOT_EFFECTIVE);
	void_ones(c, &anna);
	return c;
}

static enum annot_status parse(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	const struct annot_record *r = NULL;
	enum annot_status status =
		ALLOC(annot_record_parse(arena, w->entry->record->bytes, &r, &test_error));
	assert_true((status == ANNOT_OK) == (r != NULL));
	return status;
}

static enum annot_status json(void *ctx)
{
	struct work *w = ctx;
	json_t *ret = ALLOC(annot_record_json(w->entry->record));
	enum annot_status status = ret ? ANNOT_OK : ANNOT_NO_MEMORY;
	json_decref(ret);
	return status;
}

/* A later version, with a card and a parent more. */
static enum annot_status redraft(struct annot_draft *d, const struct work *w)
{
	const struct annot_draft_header header = {
		.corpus = &w->c->id, .author = w->entry->record->author, .time_s = 1795305600};
	const struct annot_hash other = {{1}};
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *r = NULL;
	TRY(ALLOC(annot_draft_parent(d, &other, &test_error)));
	enum annot_status status = ALLOC(annot_draft_build(d, &header, arena, &b, &r, &test_error));
	assert_true((status == ANNOT_OK) == (r != NULL));
	assert_true(status == ANNOT_OK || b.len == 0);
	return status;
}

static enum annot_status amend(void *ctx)
{
	struct work *w = ctx;
	struct annot_draft *d = ALLOC(annot_draft_amend(w->entry->record));
	enum annot_status status = d ? redraft(d, w) : ANNOT_NO_MEMORY;
	annot_draft_free(d);
	return status;
}

static enum annot_status cards(struct annot_draft *d, const struct work *w)
{
	const struct annot_bytes text = annot_bytes_of("Nobody has the intention.");
	char many[16];
	TRY(ALLOC(annot_draft_add_target(d, &w->entry->id, text, 7, 10, &test_error)));
	TRY(ALLOC(annot_draft_add_target(d, &w->entry->id, text, 0, 6, &test_error)));
	for (int i = 0; i < 20; i++) {
		snprintf(many, sizeof many, "tag %d", i);
		TRY(ALLOC(annot_draft_add(d, "tag", many, &test_error)));
	}
	return ALLOC(annot_draft_add_hash(d, "via", &w->entry->id, &test_error));
}

static enum annot_status draft(void *ctx)
{
	struct annot_draft *d = ALLOC(annot_draft_new(ANNOT_KIND_quote));
	enum annot_status status = d ? cards(d, ctx) : ANNOT_NO_MEMORY;
	annot_draft_free(d);
	return status;
}

/* Two changes of the same record, merged over it and drafted again. */
static enum annot_status merge(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_merge_cards base, ours, theirs;
	struct annot_merged merged = {.n_clashes = 99};
	struct annot_draft *draft = NULL;
	struct annot_merge_value a = {.text = "changed here"}, b = {.text = "and there"};
	TRY(ALLOC(annot_merge_cards(arena, w->entry->record, &base, &test_error)));
	TRY(ALLOC(annot_merge_cards(arena, w->entry->record, &ours, &test_error)));
	TRY(ALLOC(annot_merge_cards(arena, w->entry->record, &theirs, &test_error)));
	for (size_t i = 0; i < base.kind->n_cards; i++) {
		if (base.kind->cards[i].type != ANNOT_CARD_TEXT || base.kind->cards[i].in_group)
			continue;
		ours.lists[i] = (struct annot_merge_list){&a, 1};
		theirs.lists[i] = (struct annot_merge_list){&b, 1};
	}
	enum annot_status status =
		ALLOC(annot_merge_versions(arena, &base, 1, &ours, &theirs, &merged, &test_error));
	assert_true((status == ANNOT_OK) == (merged.n_clashes != 99));
	TRY(status);
	status = ALLOC(annot_merge_draft(&merged.cards, &w->entry->id, &w->entry->id, 1, &draft,
					 &test_error));
	assert_true((status == ANNOT_OK) == (draft != NULL));
	annot_draft_free(draft);
	return status;
}

static enum annot_status bases(void *ctx)
{
	static const size_t parent;
	static const struct annot_version_node nodes[] = {{NULL, 0}, {&parent, 1}, {&parent, 1}};
	const size_t merged = 1;
	size_t ret = 9, n = 9;
	(void)ctx;
	enum annot_status status =
		ALLOC(annot_version_bases(nodes, &merged, 1, 2, &ret, 1, &n, &test_error));
	assert_true(status == ANNOT_OK ? n == 1 && ret == 0 : n == 9);
	return status;
}

/* The whole log from its beginning. A fact that was not judged is judged again and then counts. */
static enum annot_status judge(void *ctx)
{
	struct work *w = ctx;
	struct annot_memory *m = ALLOC(annot_memory_new());
	enum annot_status status = m ? ANNOT_OK : ANNOT_NO_MEMORY;
	for (uint64_t i = 0; m && i < w->c->n; i++) {
		const struct test_entry *e = w->c->entries[i];
		const struct annot_fact fact = {.index = i, .leaf = e->leaf, .record = e->record};
		struct annot_judgement j = {.effect = ANNOT_VOID};
		status = ALLOC(annot_memory_next(m, &fact, &j, &test_error));
		if (status != ANNOT_OK)
			break;
		assert_int_equal(j.effect, e->judgement.effect);
		assert_string_equal(j.reason, e->judgement.reason);
	}
	annot_memory_free(m);
	return status;
}

static void test_records(void **state)
{
	struct work w = {.c = *state};
	for (uint64_t i = 0; i < w.c->n; i++) {
		w.entry = w.c->entries[i];
		unsigned failures = alloc_each("parse", parse, &w);
		failures += alloc_each("json", json, &w);
		if (w.entry->record->kind->amend != ANNOT_AMEND_NEVER)
			failures += alloc_each("amend", amend, &w) + alloc_each("merge", merge, &w);
		assert_true(failures > 10);
	}
	assert_true(alloc_each("draft", draft, &w) > 10);
	assert_true(alloc_each("bases", bases, &w) > 0);
}

static void test_judged(void **state)
{
	struct work w = {.c = *state};
	assert_true(alloc_each("judge", judge, &w) > 10);
}

static const char speech[] =
	"Nobody has the \xe2\x80\x9eintention\xe2\x80\x9c to build a wall here.";

static enum annot_status find(void *ctx)
{
	const char *words = ctx;
	struct annot_found found[4];
	size_t n = 99;
	enum annot_status status = ALLOC(annot_find(speech, sizeof speech - 1, words, strlen(words),
						    found, 4, &n, &test_error));
	assert_true(status == ANNOT_OK ? n == 1 : n == 99);
	return status;
}

static enum annot_status diff(void *ctx)
{
	const char *words = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	const struct annot_diff_part *parts = NULL;
	size_t n = 0;
	enum annot_status status = ALLOC(annot_diff_words(
		arena, annot_bytes_of(speech), annot_bytes_of(words), &parts, &n, &test_error));
	assert_true((status == ANNOT_OK) == (parts != NULL));
	return status;
}

static void test_words(void **state)
{
	(void)state;
	char folded[] = "THE \"intention\"", nearest[] = "no intention to build the wall";
	assert_true(alloc_each("find folded", find, folded) > 2);
	assert_true(alloc_each("find nearest", find, nearest) > 2);
	assert_true(alloc_each("diff", diff, nearest) > 2);
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
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_judged),
		cmocka_unit_test(test_words),
	};
	alloc_json();
	return cmocka_run_group_tests(tests, setup, teardown);
}
