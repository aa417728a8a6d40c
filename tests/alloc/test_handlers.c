/* The reading calls of annotd when memory runs out, SQLite's included: refused, and then answered
 * as before. */
#include "alloc.h"

#include <stdio.h>

#include "base/auto.h"
#include "base/encode.h"
#include "stored.h"

struct work {
	struct stored *s;
	enum annot_call_id call;
	const void *in;
	struct annot_buf expected; /* the reply's frame */
};

static enum annot_status answer(struct stored *s, enum annot_call_id call, const void *in,
				void *reply)
{
	switch (call) {
#define ANSWER_READ(name)                                                                          \
	case ANNOT_CALL_##name:                                                                    \
		return on_##name(&s->call, in, reply);
#define ANSWER_OPEN ANSWER_READ
#define ANSWER_WRITE(name)
#define CALL(name, request, reply, access, doc) ANSWER_##access(name)
#include "proto/calls.def"
	default:
		fail_msg("not a reading call");
		return ANNOT_INTERNAL;
	}
}

/* As a worker does it: snapshot, handler, frame. */
static enum annot_status reply_to(struct work *w, struct annot_buf *ret)
{
	const struct annot_call_def *call = annot_call_def(w->call);
	void *reply = annot_arena_alloc(w->s->call.arena, call->reply->size);
	if (!reply)
		return ANNOT_NO_MEMORY;
	TRY(reader_begin(w->s->reader, &w->s->call.err));
	TRY(answer(w->s, w->call, w->in, reply));
	return annot_reply_encode(call, ANNOT_OK, NULL, reply, ret, &w->s->call.err);
}

static enum annot_status run(void *ctx)
{
	struct work *w = ctx;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	annot_arena_reset(w->s->call.arena);
	enum annot_status status = ALLOC(reply_to(w, &b));
	test_error = w->s->call.err;
	if (status == ANNOT_OK) {
		assert_int_equal(b.len, w->expected.len);
		assert_memory_equal(b.data, w->expected.data, b.len);
	}
	/* SQLite does without a cache or a statistic where it must: the same answer is good, too.
	 */
	return alloc_failed() && status == ANNOT_OK ? ANNOT_NO_MEMORY : status;
}

static unsigned each(struct stored *s, enum annot_call_id call, const void *in)
{
	struct work w = {
		.s = s, .call = call, .in = in, .expected = ANNOT_BUF_INIT(ANNOT_FRAME_MAX)};
	const char *name = annot_call_def(call)->name;
	annot_arena_reset(s->call.arena);
	if (reply_to(&w, &w.expected) != ANNOT_OK)
		fail_msg("%s: %s", name, s->call.err.text);
	unsigned failures = alloc_each(name, run, &w);
	annot_buf_free(&w.expected);
	return failures;
}

/* 1 anna, 2 document, 3 quote, 4 amended, 5 verdict, 6 review */
static struct stored *corpus(void)
{
	struct stored *s = stored_new(2, 1);
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	test_see(s->c);
	const struct test_entry *doc = test_put_document(
		s->c, &admin, "speech", "Nobody has the intention to build a wall.");
	struct annot_draft *d = test_quote(doc, 0, 10);
	test_card(d, "tag", "berlin");
	const struct test_entry *quote = test_put_as(s->c, &anna, d, ANNOT_EFFECTIVE);
	d = annot_draft_amend(quote->record);
	test_card(d, "tag", "1961");
	const struct test_entry *second = test_put_as(s->c, &anna, d, ANNOT_EFFECTIVE);
	test_put_as(s->c, &anna, test_verdict(&second->id, "false"), ANNOT_EFFECTIVE);
	test_put_as(s->c, &admin, test_review(&second->id, "approve"), ANNOT_EFFECTIVE);
	stored_sync(s);
	assert_ok(store_put_content(s->store, doc->index, doc->content, &test_error));
	s->corpus.id = s->c->id;
	snprintf(s->corpus.origin, sizeof s->corpus.origin, "%s", TEST_ORIGIN);
	s->corpus.checkpoint = (struct annot_checkpoint){
		.origin = TEST_ORIGIN, .size = s->c->n, .root = stored_root(s)};
	annot_checkpoint_sign(&s->corpus.checkpoint, &s->c->log, &s->corpus.note);
	return s;
}

static void test_records(void **state)
{
	struct stored *s = *state;
	const struct test_entry *quote = s->c->entries[3];
	struct annot_hex id = annot_hash_hex(&quote->id);
	char version[80], prefix[16];
	snprintf(version, sizeof version, "%s@2", id.text);
	snprintf(prefix, sizeof prefix, "%.12s", id.text);
	const char *ids[] = {version, prefix, "speech", "speech@1"};
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct annot_get_request get = {.ids = &ids[i], .n_ids = 1};
		assert_true(each(s, ANNOT_CALL_get, &get) > 10);
	}
	struct annot_history_request history = {.id = id.text};
	assert_true(each(s, ANNOT_CALL_history, &history) > 10);
}

static void test_lists(void **state)
{
	static const char *const queries[] = {
		NULL, "kind:quote author:anna doc:speech tag:berlin state:approved",
		"speaker:\"The Minister\" rating:false nobody since:#1", "as-of:#5 kind:any",
		"anchor:exact state:draft state:moved"};
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct annot_list_request list = {.query = queries[i], .limit = 10};
		assert_true(each(*state, ANNOT_CALL_list, &list) > 10);
	}
	struct annot_events_request events = {.query = "author:anna doc:speech", .from = 1};
	assert_true(each(*state, ANNOT_CALL_events, &events) > 10);
}

static void test_log(void **state)
{
	struct stored *s = *state;
	struct annot_hello_request hello = {.version = 1};
	struct annot_checkpoint_request checkpoint = {};
	struct annot_proof_request proof = {.index = 3, .size = s->c->n};
	struct annot_consistency_request consistency = {.from = 3, .to = s->c->n};
	struct annot_leaves_request leaves = {.from = 0, .limit = 5};
	static const uint64_t indexes[] = {0, 3, 5};
	struct annot_raw_request raw = {.indexes = indexes, .n_indexes = COUNT(indexes)};
	struct annot_authority_request authority = {.from = 0};
	struct annot_keys_request keys = {};
	assert_true(each(s, ANNOT_CALL_hello, &hello) > 1);
	assert_true(each(s, ANNOT_CALL_checkpoint, &checkpoint) > 1);
	assert_true(each(s, ANNOT_CALL_proof, &proof) > 5);
	assert_true(each(s, ANNOT_CALL_consistency, &consistency) > 5);
	assert_true(each(s, ANNOT_CALL_leaves, &leaves) > 5);
	assert_true(each(s, ANNOT_CALL_raw, &raw) > 5);
	assert_true(each(s, ANNOT_CALL_authority, &authority) > 5);
	assert_true(each(s, ANNOT_CALL_keys, &keys) > 5);
}

static void test_text(void **state)
{
	struct stored *s = *state;
	struct annot_text_request text = {.document = s->c->entries[2]->id, .length = 20};
	assert_true(each(s, ANNOT_CALL_text, &text) > 5);
}

/* What was not changed, and what was: with the words as they are, and with the scanner. */
static void test_locate(void **state)
{
	struct annot_locate_request in = {.words = "the intention to build a wall"};
	assert_true(each(*state, ANNOT_CALL_locate, &in) > 10);
	in = (struct annot_locate_request){.words = "has no intention to build a wall",
					   .max_edits = 300};
	assert_true(each(*state, ANNOT_CALL_locate, &in) > 10);
}

static int setup(void **state)
{
	*state = corpus();
	return 0;
}

static int teardown(void **state)
{
	stored_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records), cmocka_unit_test(test_lists),
		cmocka_unit_test(test_log),     cmocka_unit_test(test_text),
		cmocka_unit_test(test_locate),
	};
	alloc_sqlite();
	return cmocka_run_group_tests(tests, setup, teardown);
}
