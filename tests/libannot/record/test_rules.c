/* What the cards of one record must agree on. */
#include "assert.h"
#include "examples.h"

static enum annot_status parse_body(enum annot_kind kind, const char *body)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	const struct annot_record *r;
	example_with(kind, false, body, &text);
	return annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error);
}

#define assert_refused(kind, body, says)                                                           \
	do {                                                                                       \
		assert_status(parse_body(kind, body), ANNOT_INVALID);                              \
		assert_error_says(says);                                                           \
	} while (0)

static void words_have_the_length_of_their_place(void **state)
{
	(void)state;
#define SPAN(place, exact) "target " HEX("a") " " place "\nexact " exact "\nprefix \nsuffix \n"
	assert_ok(parse_body(ANNOT_KIND_span, SPAN("0 2", "\u00e9")));
	assert_ok(parse_body(ANNOT_KIND_span, SPAN("0 3", "\\u{200b}")));
	assert_refused(ANNOT_KIND_span, SPAN("0 1", "\u00e9"), "\"exact\" of target 1");
	assert_refused(ANNOT_KIND_span, SPAN("0 2", "a") SPAN("0 1", "a"), "found 1");
	assert_refused(ANNOT_KIND_span, SPAN("0 1", "a") SPAN("0 8", "\\u{200b}"), "target 2");
	assert_refused(ANNOT_KIND_span, SPAN("0 9223372036854775807", "a"), "found 1");
}

static void context_is_short(void **state)
{
	static const char *const names[] = {"prefix", "suffix"};
	(void)state;
	for (size_t which = 0; which < 2; which++) {
		for (size_t n = 32; n < 34; n++) {
			AUTO_BUF struct annot_buf body = ANNOT_BUF_INIT(4096);
			annot_buf_puts(&body, "target " HEX("a") " 128 129\nexact a\nprefix ");
			for (size_t i = 0; i < n && which == 0; i++)
				annot_buf_puts(&body, "\u00e9");
			annot_buf_puts(&body, "\nsuffix ");
			for (size_t i = 0; i < n && which == 1; i++)
				annot_buf_puts(&body, "\u00e9");
			annot_buf_puts(&body, "\n");
			if (n == 32)
				assert_ok(parse_body(ANNOT_KIND_span, body.data));
			else
				assert_refused(ANNOT_KIND_span, body.data, names[which]);
		}
	}
	assert_refused(ANNOT_KIND_span, "target " HEX("a") " 1 2\nexact a\nprefix ab\nsuffix \n",
		       "before its start");
}

static void salt_goes_with_opens(void **state)
{
#define VERDICT "on " HEX("a") "\nscale truth\nrating false\n"
	(void)state;
	assert_ok(parse_body(ANNOT_KIND_verdict, VERDICT));
	assert_ok(
		parse_body(ANNOT_KIND_verdict, VERDICT "opens " HEX("b") "\nsalt " HEX("c") "\n"));
	assert_refused(ANNOT_KIND_verdict, VERDICT "opens " HEX("b") "\n", "\"salt\"");
	assert_refused(ANNOT_KIND_verdict, VERDICT "salt " HEX("b") "\n", "\"opens\"");
}

static void evidence_is_distinct(void **state)
{
	(void)state;
	assert_ok(parse_body(ANNOT_KIND_verdict,
			     VERDICT "evidence " HEX("b") "\nevidence " HEX("a") "\n"));
	assert_refused(ANNOT_KIND_verdict,
		       VERDICT
		       "evidence " HEX("b") "\nevidence " HEX("a") "\nevidence " HEX("b") "\n",
		       "\"evidence\"");
}

static void from_index_goes_with_compromised(void **state)
{
	(void)state;
	assert_ok(parse_body(ANNOT_KIND_key_revoke, "on " HEX("a") "\nreason retired\n"));
	assert_ok(parse_body(ANNOT_KIND_key_revoke, "on " HEX("a") "\nreason compromised\n"));
	assert_refused(ANNOT_KIND_key_revoke, "on " HEX("a") "\nreason retired\nfrom-index 3\n",
		       "\"from-index\"");
	assert_refused(ANNOT_KIND_key_revoke, "on " HEX("a") "\nreason left\nfrom-index 3\n",
		       "\"from-index\"");
}

static void an_original_is_described_whole(void **state)
{
#define DOCUMENT                                                                                   \
	"name a\nmedia-type text/plain\nsha256 " HEX("1") "\nlength 1\nchunks " HEX("2") "\n"
	static const char *const cards[] = {"extractor x\n", "original-sha256 " HEX("3") "\n",
					    "original-length 7\n", "original-type a/b\n"};
	(void)state;
	for (unsigned set = 0; set < 16; set++) {
		AUTO_BUF struct annot_buf body = ANNOT_BUF_INIT(4096);
		annot_buf_puts(&body, DOCUMENT);
		for (unsigned i = 0; i < 4; i++)
			if (set & 1u << i)
				annot_buf_puts(&body, cards[i]);
		if (set == 0 || set == 15)
			assert_ok(parse_body(ANNOT_KIND_document, body.data));
		else
			assert_refused(ANNOT_KIND_document, body.data, "goes together");
	}
}

static void imported_data_names_its_source(void **state)
{
	(void)state;
	assert_ok(parse_body(ANNOT_KIND_comment,
			     "on " HEX("a") "\ntext x\nimported-from y\nimported-data z\n"));
	assert_ok(parse_body(ANNOT_KIND_comment, "on " HEX("a") "\ntext x\nimported-from y\n"));
	assert_refused(ANNOT_KIND_comment, "on " HEX("a") "\ntext x\nimported-data z\n",
		       "\"imported-from\"");
}

static void policies_say_things_once(void **state)
{
#define RULES "self-approval no\nbots-count no\n"
	(void)state;
	assert_ok(parse_body(ANNOT_KIND_policy, RULES));
	assert_ok(parse_body(ANNOT_KIND_policy, "approvals quote 1\napprovals claim 1\n" RULES));
	assert_refused(ANNOT_KIND_policy, "approvals quote 1\napprovals quote 2\n" RULES,
		       "\"quote\" stands twice");
	assert_refused(ANNOT_KIND_policy, RULES "scale a x:-\nscale b x:-\nscale a y:+\n",
		       "\"a\" stands twice");
}

static void a_corpus_names_its_log(void **state)
{
#define CORPUS(origin, n)                                                                          \
	"origin " origin "\nlog " LOG_KEY "\nadmin ann " KEY_LINE "\nthreshold " n "\n"
	(void)state;
	assert_ok(parse_body(ANNOT_KIND_corpus, CORPUS(LOG_NAME, "1")));
	assert_refused(ANNOT_KIND_corpus, CORPUS(LOG_NAME "s", "1"), "\"origin\"");
	assert_refused(ANNOT_KIND_corpus, CORPUS("annot.example.org", "1"), "\"origin\"");
	assert_refused(ANNOT_KIND_corpus, CORPUS(LOG_NAME, "0"), "\"threshold\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_have_the_length_of_their_place),
		cmocka_unit_test(context_is_short),
		cmocka_unit_test(salt_goes_with_opens),
		cmocka_unit_test(evidence_is_distinct),
		cmocka_unit_test(from_index_goes_with_compromised),
		cmocka_unit_test(an_original_is_described_whole),
		cmocka_unit_test(imported_data_names_its_source),
		cmocka_unit_test(policies_say_things_once),
		cmocka_unit_test(a_corpus_names_its_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
