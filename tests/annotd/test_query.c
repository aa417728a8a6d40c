/* The query language: what is read, what is refused and how, what is found. */
#include "stored.h"

#include <stdio.h>

#include "annotd/query.h"
#include "base/encode.h"
#include "base/hash.h"

static int setup(void **state)
{
	*state = stored_new(1, 1);
	return 0;
}

static int teardown(void **state)
{
	stored_free(*state);
	return 0;
}

static void says(struct stored *s, const char *text, const char *part)
{
	struct query *query;

	assert_status(query_parse(s->call.arena, text, &query, &test_error), ANNOT_INVALID);
	assert_error_says(part);
}

static void test_parsed(void **state)
{
	struct stored *s = *state;
	struct query *q;

	assert_ok(query_parse(
		s->call.arena,
		"kind:quote kind:key-add author:anna tag:\"two words\" tag:x  speaker:\"A "
		"\\\"B\\\" "
		"\\\\C\" since:#7 before:2026-11-22 as-of:#99 state:any ÄRGER \"big Deal\"",
		&q, &test_error));
	assert_int_equal(q->store.kinds, 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_key_add);
	assert_int_equal(q->authors.n, 1);
	assert_string_equal(q->authors.value[0], "anna");
	assert_int_equal(q->tags.n, 2);
	assert_string_equal(q->tags.value[0], "two words");
	assert_string_equal(q->speakers.value[0], "A \"B\" \\C");
	assert_int_equal(q->store.since, 7);
	assert_int_equal(q->store.before_time, 1795305600);
	assert_true(q->has_as_of);
	assert_int_equal(q->as_of, 99);
	assert_true(q->store.with_void);
	assert_int_equal(q->words.n, 2);
	assert_string_equal(q->words.value[0], "arger");
	assert_string_equal(q->words.value[1], "big deal");
	assert_ok(query_parse(s->call.arena, NULL, &q, &test_error));
	assert_true(q->store.kinds & 1u << ANNOT_KIND_verdict);
	assert_false(q->store.kinds & 1u << ANNOT_KIND_document);
	assert_false(q->store.kinds & 1u << ANNOT_KIND_seal);
	assert_ok(query_parse(s->call.arena, "state:unopened", &q, &test_error));
	assert_true(q->store.kinds & 1u << ANNOT_KIND_seal);
	assert_ok(query_parse(s->call.arena, "state:given-up kind:claim", &q, &test_error));
	assert_int_equal(q->store.kinds, 1u << ANNOT_KIND_claim);
	assert_ok(query_parse(s->call.arena, "state:orphan state:draft anchor:pending", &q, &test_error));
	assert_int_equal(q->states, QUERY_ORPHAN | QUERY_DRAFT);
	assert_int_equal(q->anchors, QUERY_ANCHOR_PENDING);
	assert_true(q->store.outdated);
	assert_int_equal(query_anchor("withheld"), QUERY_ANCHOR_WITHHELD);
	assert_int_equal(query_anchor("draft"), 0);
	/* Words in the newest version may be exact, so all are looked at. */
	assert_ok(query_parse(s->call.arena, "anchor:exact state:draft", &q, &test_error));
	assert_false(q->store.outdated);
	assert_ok(query_parse(s->call.arena, "state:orphan state:draft", &q, &test_error));
	assert_false(q->store.outdated);
	assert_ok(query_parse(s->call.arena, " since:2026-11-22T01:00:00Z ", &q, &test_error));
	assert_int_equal(q->store.since_time, 1795305600 + 3600);
}

static void test_refused(void **state)
{
	struct stored *s = *state;
	struct query *q;
	char long_text[QUERY_TEXT_MAX + 2];

	says(s, "kind:quotes", "query, column 6: kind \"quotes\", expected any corpus policy");
	says(s, "ä kind:x", "query, column 8:");
	says(s, "anchor:gone", "query, column 8: anchor \"gone\", expected one of exact moved");
	says(s, "state:moved as-of:#1", "as-of: does not go with anchors");
	says(s, "kin:quote", "query, column 1: unknown term \"kin:\"");
	says(s, "kin:quote", "expected one of kind: author: doc:");
	says(s, "tag:", "query, column 5: nothing after \"tag:\"");
	says(s, "a \"b", "query, column 3: quotes that nothing closes");
	says(s, "a \"b\\n\"", "query, column 5: a backslash");
	says(s, "\"b\"c", "query, column 4: text right behind quotes");
	says(s, "b\"c\"", "query, column 2: quotes within a word");
	says(s, "\"\"", "query, column 1: nothing after");
	says(s, "since:yesterday",
	     "query, column 7: since \"yesterday\", expected #INDEX or a date");
	says(s, "since:#", "expected #INDEX");
	says(s, "before:2026-02-30", "expected #INDEX or a date");
	says(s, "before:2026-02-03T", "expected #INDEX or a date");
	says(s, "as-of:3", "as-of \"3\", expected #SIZE");
	says(s, "as-of:#3 as-of:#3", "query, column 16: a second as-of");
	says(s, "state:good", "state \"good\", expected one of any retracted rejected");
	says(s, "\xff", "not UTF-8");
	memset(long_text, 'a', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	assert_status(query_parse(s->call.arena, long_text, &q, &test_error), ANNOT_TOO_LARGE);
	for (size_t i = 1; i < 2 * QUERY_VALUES_MAX + 4; i += 2)
		long_text[i] = ' ';
	long_text[2 * QUERY_VALUES_MAX + 4] = '\0';
	assert_status(query_parse(s->call.arena, long_text, &q, &test_error), ANNOT_TOO_LARGE);
}

static void refused(struct stored *s, const char *text, enum annot_status expected,
		    const char *part)
{
	struct annot_list_request in = {.query = text};
	struct annot_rows_reply reply = {0};

	assert_ok(reader_begin(s->reader, &test_error));
	assert_int_equal(on_list(&s->call, &in, &reply), expected);
	if (!strstr(s->call.err.text, part))
		fail_msg("\"%s\" does not say \"%s\"", s->call.err.text, part);
}

#define LISTS(query, expected) assert_string_equal(stored_list(s, query), expected)

/* 1 anna, 2 ben, 3 doc, 4 quote, 5 claim by ben, 6 verdict on 4, 7 comment, 8 ben's key changes, 9
 * claim by it, 10 claim amended */
static void fill(struct stored *s)
{
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20),
			ben = test_reviewer(s->c, "ben", 21), ben2 = test_key(22);
	const struct test_entry *enrolled = s->c->entries[2];
	const struct test_entry *doc = test_put_document(
		s->c, &admin, "speech", "Nobody has the intention to build a wall.");
	struct annot_draft *d = test_quote(doc, 0, 10);

	test_card(d, "tag", "Berlin");
	test_card(d, "tag", "1961");
	const struct test_entry *quote = test_put_as(s->c, &anna, d, ANNOT_EFFECTIVE);
	d = test_claim("There was an INTENTION, Ärger included.");
	test_card(d, "claimant", "the press");
	test_card(d, "tag", "berlin");
	test_card(d, "imported-from", "https://a.example/x?\"1\"");
	const struct test_entry *claim = test_put_as(s->c, &ben, d, ANNOT_EFFECTIVE);
	test_put_as(s->c, &anna, test_verdict(&quote->id, "false"), ANNOT_EFFECTIVE);
	test_put_as(s->c, &ben, test_about(ANNOT_KIND_comment, &quote->id), ANNOT_EFFECTIVE);
	test_put_as(s->c, &ben, test_key_rotate(s->c, "ben", &enrolled->id, &ben2),
		    ANNOT_EFFECTIVE);
	test_put_as(s->c, &ben2, test_claim("Another one."), ANNOT_EFFECTIVE);
	d = annot_draft_amend(claim->record);
	test_set(d, "text", "It changed.");
	test_put_as(s->c, &anna, d, ANNOT_EFFECTIVE);
	stored_sync(s);
}

static void test_found(void **state)
{
	struct stored *s = *state;

	fill(s);
	LISTS("", "4 6 7 9 10");
	LISTS("kind:any", "0 1 2 3 4 6 7 8 9 10");
	LISTS("kind:document", "3");
	LISTS("kind:quote kind:comment", "4 7");
	LISTS("author:anna", "4 6 10");
	LISTS("author:ben", "7 9");
	LISTS("author:ben kind:any", "7 8 9");
	LISTS("author:ben author:anna kind:claim", "9 10");
	LISTS("doc:speech", "4");
	LISTS("doc:speech@1 kind:any", "3 4");
	LISTS("tag:berlin", "4 10");
	LISTS("tag:berlin tag:1961", "4");
	LISTS("tag:nothing", "");
	LISTS("speaker:\"The Minister\"", "4");
	LISTS("speaker:\"the press\"", "10");
	LISTS("imported-from:\"https://a.example/x?\\\"1\\\"\"", "10");
	LISTS("imported-from:https://a.example/", "");
	char sum[128];
	const char *text = "Nobody has the intention to build a wall.";
	struct annot_hash hash = annot_sha256(text, strlen(text));
	snprintf(sum, sizeof sum, "kind:document sha256:%s", annot_hash_hex(&hash).text);
	LISTS(sum, "3");
	LISTS("kind:document sha256:00", "");
	LISTS("kind:document source:https://a.example/", "");
	LISTS("rating:false", "4 6");
	LISTS("rating:false kind:quote", "4");
	LISTS("rating:true", "");
	LISTS("since:#7 before:#10", "7 9");
	LISTS("since:2026-11-22T00:00:09Z", "9 10");
	LISTS("before:2026-11-22T00:00:06Z", "4");
	LISTS("intention", "");
	LISTS("CHANGED", "10");
	LISTS("nobody has", "4");
	LISTS("\"has nobody\"", "");
	LISTS("intention as-of:#9", "5");
	LISTS("ärger as-of:#9", "5");
	LISTS("as-of:#6", "4 5");
	LISTS("rating:false as-of:#6", "");
	LISTS("as-of:#0", "");
	LISTS("tag:1961 author:anna doc:speech kind:quote rating:false state:draft nobody", "4");
	char author[80];
	snprintf(author, sizeof author, "author:%.10s",
		 annot_hash_hex(&s->c->entries[9]->record->author).text);
	LISTS(author, "9");
	refused(s, "author:nobody", ANNOT_NOT_FOUND, "query, column 8: nobody is enrolled as");
	refused(s, "doc:nothing", ANNOT_NOT_FOUND, "no document is named nothing");
	refused(s, "as-of:#12", ANNOT_INVALID,
		"as-of:#12 lies in the future: the log has 11 records");
	char doc[80];
	snprintf(doc, sizeof doc, "doc:%.10s", annot_hash_hex(&s->c->entries[4]->id).text);
	refused(s, doc, ANNOT_NOT_FOUND, "is a quote, not a document");
}

static void test_states(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), stranger = test_key(90);

	fill(s);
	const struct test_entry *claim = s->c->entries[9];
	test_put_as(s->c, &stranger, test_claim("void"), ANNOT_VOID); /* 11 */
	test_put_as(s->c, &admin, test_review(&s->c->entries[4]->id, "approve"), ANNOT_EFFECTIVE);
	struct test_key ben2 = test_key(22);
	test_put_as(s->c, &ben2, test_about(ANNOT_KIND_retract, &claim->id), ANNOT_EFFECTIVE);
	stored_sync(s);
	LISTS("", "4 6 7 10");
	LISTS("state:retracted", "9");
	LISTS("state:void", "11");
	LISTS("state:approved", "4");
	LISTS("state:draft", "6 7 10");
	LISTS("state:draft state:approved", "4 6 7 10");
	LISTS("state:any", "4 6 7 9 10 11");
	LISTS("state:effective", "4 6 7 10");
	LISTS("state:conflict", "");
	LISTS("state:retracted as-of:#13", "");
	LISTS("state:approved as-of:#12", "");
	LISTS("as-of:#12", "4 6 7 9 10");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_parsed),
		T(test_refused),
		T(test_found),
		T(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
