/* Annotations of Hypothesis in both forms that they come in, with each of the traps of the format.
 */
#include "desk.h"

#include "format/hypothesis.h"

#define PAGE "https://news.example/lake"
/* One letter of two UTF-16 units, one of two bytes: no two units agree behind them. */
#define TEXT                                                                                       \
	"\xF0\x9F\x8C\x8A The dam holds.\nNobody asked \xC3\xA9ngineers about the dam,\nand the "  \
	"dam "                                                                                     \
	"held on.\n"
#define HEAD                                                                                       \
	"\"id\":\"Hq3_hJ5yEe2example0001\",\"uri\":\"" PAGE                                        \
	"\",\"user\":\"acct:ada@hypothes.is\","                                                    \
	"\"created\":\"2024-02-29T12:00:00.123456+00:00\",\"updated\":\"2024-03-01T08:00:00."      \
	"000000+00:00\","                                                                          \
	"\"group\":\"__world__\",\"permissions\":{\"read\":[\"group:__world__\"]}"
#define QUOTE(exact)                                                                               \
	"{\"type\":\"TextQuoteSelector\",\"exact\":\"" exact "\",\"prefix\":\"\",\"suffix\":\"\"}"
#define POSITION(start, end)                                                                       \
	"{\"type\":\"TextPositionSelector\",\"start\":" #start ",\"end\":" #end "}"
#define ON(selectors) "\"target\":[{\"source\":\"" PAGE "\",\"selector\":[" selectors "]}]"

static int setup(void **state)
{
	struct desk *d = desk_new();
	desk_document(d, "lake", PAGE, TEXT);
	*state = d;
	return 0;
}

static uint64_t byte_of(const char *words)
{
	return (uint64_t)(strstr(TEXT, words) - TEXT);
}

static void assert_words(const struct annot_record *r, uint64_t start, const char *words)
{
	struct annot_target target;
	assert_true(annot_record_target(r, 0, &target));
	assert_string_equal(target.exact->text, words);
	assert_int_equal(target.start, start);
}

static void test_annotation(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		desk_import_one(d, "hypothesis",
				"{" HEAD ",\"text\":\"Does it?\",\"tags\":[\"dam\",\"water\"]," ON(
					POSITION(7, 10) "," QUOTE("dam")) "}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_span);
	assert_words(r, byte_of("dam"), "dam");
	assert_string_equal(annot_record_text(r, "text"), "Does it?");
	assert_string_equal(annot_record_text(r, "tag"), "dam");
	assert_string_equal(annot_record_text(r, "imported-from"),
			    "https://hypothes.is/a/Hq3_hJ5yEe2example0001");
	assert_string_equal(annot_record_text(r, "imported-author"), "acct:ada@hypothes.is");
	assert_non_null(
		strstr(annot_record_text(r, "imported-data"), "2024-02-29T12:00:00.123456+00:00"));
	assert_string_equal(d->losses.data, "");
}

/* Offsets are UTF-16 units; three places have the word, so that it alone would be ambiguous. */
static void test_utf16(void **state)
{
	struct desk *d = *state;
	assert_words(desk_import_one(d, "hypothesis",
				     "{" HEAD "," ON(POSITION(51, 54) "," QUOTE("dam")) "}"),
		     byte_of("dam,"), "dam");
	assert_words(desk_import_one(d, "hypothesis", "{" HEAD "," ON(POSITION(31, 40)) "}"),
		     byte_of("\xC3\xA9"), "\xC3\xA9ngineers");
	assert_string_equal(d->losses.data, "");
}

static void test_range_selector(void **state)
{
	struct desk *d = *state;
	desk_import_one(
		d, "hypothesis",
		"{" HEAD
		"," ON("{\"type\":\"RangeSelector\",\"startContainer\":\"/p[1]\",\"startOffset\":3,"
		       "\"endContainer\":\"/p[1]\",\"endOffset\":6}," QUOTE("holds")) "}");
	assert_lost(d, "target[0].selector: {\"type\":\"RangeSelector\"");
}

/* A line break is a space in what the client quotes, and a character of its own to count. */
static void test_line_breaks(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		desk_import_one(d, "hypothesis", "{" HEAD "," ON(QUOTE("holds. Nobody asked")) "}");
	assert_words(r, byte_of("holds"), "holds.\nNobody asked");
	assert_lost(d, "target[0].selector.exact: holds. Nobody asked");
}

static void test_never_guessed(void **state)
{
	static const struct {
		const char *selectors, *loss;
	} bad[] = {
		{QUOTE("the dam"), "! target[0].selector: the dam: "},
		{QUOTE("words of another page"), "! target[0].selector: words of another page"},
		{"{\"type\":\"PageSelector\",\"index\":3}", "! target[0].selector: : "},
		{POSITION(3, 4000), "! target[0].selector"},
	};
	struct desk *d = *state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char json[1024];
		snprintf(json, sizeof json, "{" HEAD ",\"target\":[{\"selector\":[%s]}]}",
			 bad[i].selectors);
		annot_buf_truncate(&d->losses, 0);
		assert_ok(desk_import(d, "hypothesis", json));
		assert_int_equal(d->n_taken, 0);
		assert_lost(d, bad[i].loss);
	}
	assert_ok(desk_import(d, "hypothesis",
			      "{\"uri\":\"https://unknown.example/\",\"text\":\"x\"}"));
	assert_int_equal(d->n_taken, 0);
	assert_lost(d, "! uri: https://unknown.example/");
}

static void test_first_target_only(void **state)
{
	struct desk *d = *state;
	desk_import_one(d, "hypothesis",
			"{" HEAD ",\"target\":[{\"selector\":[" QUOTE(
				"holds") "]},{\"selector\":[" QUOTE("held") "]}]}");
	assert_lost(d, "target[1]: {\"selector\"");
}

static void test_page_note(void **state)
{
	struct desk *d = *state;
	char ref[128];
	const struct annot_record *r = desk_import_one(
		d, "hypothesis",
		"{" HEAD
		",\"text\":\"A good page.\",\"tags\":[\"press\"],\"target\":[{\"source\":\"" PAGE
		"\"}]}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_comment);
	snprintf(ref, sizeof ref, "on=record %s\n",
		 annot_hash_hex(&d->sources[0]->record->id).text);
	assert_string_equal(d->refs[0].data, ref);
	assert_non_null(
		strstr(annot_record_text(r, "imported-data"), "press")); /* comments have no tags */
	r = desk_import_one(d, "hypothesis",
			    "{" HEAD ",\"text\":\"\",\"tags\":[\"press\",\"local\"]}");
	assert_string_equal(annot_record_text(r, "text"), "press, local");
	assert_ok(desk_import(d, "hypothesis", "{" HEAD ",\"text\":\"\",\"tags\":[]}"));
	assert_lost(d, "! text: : neither words nor tags");
}

/* References are all that a reply answers, the first first. */
static void test_replies(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "hypothesis",
		"{" HEAD ",\"text\":\"No.\",\"references\":[\"root\"]," ON(QUOTE("dam")) "}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_comment);
	assert_string_equal(d->refs[0].data, "on=https://hypothes.is/a/root\n");
	desk_import_one(d, "hypothesis",
			"{" HEAD
			",\"text\":\"Yes.\",\"references\":[\"root\",\"between\",\"parent\"]}");
	assert_string_equal(
		d->refs[1].data,
		"on=https://hypothes.is/a/root\nreply-to=https://hypothes.is/a/parent\n");
	assert_lost(d, "references: between");
}

static void test_private(void **state)
{
	struct desk *d = *state;
	desk_import_one(d, "hypothesis",
			"{\"id\":\"x\",\"uri\":\"" PAGE
			"\",\"user\":\"acct:ada@press.example\",\"permissions\":{\"read\":"
			"[\"acct:ada@press.example\"]}," ON(QUOTE("holds")) "}");
	assert_lost(
		d, "permissions: {\"read\":[\"acct:ada@press.example\"]}: who may read the corpus");
	assert_string_equal(annot_record_text(d->taken[0], "imported-from"),
			    "https://press.example/a/x");
}

static void test_other_addresses(void **state)
{
	struct desk *d = *state;
	desk_import_one(d, "hypothesis",
			"{\"uri\":\"https://amp.example/"
			"lake\",\"document\":{\"link\":[{\"href\":\"https://amp.example/lake\"},"
			"{\"href\":\"" PAGE "\"}]}," ON(QUOTE("holds")) "}");
	desk_import_one(d, "hypothesis", "{\"uri\":\"" PAGE "#section-2\"," ON(QUOTE("holds")) "}");
	assert_string_equal(annot_record_text(d->taken[1], "imported-from"), "hypothesis:in#1");
}

static void test_containers(void **state)
{
	struct desk *d = *state;
	assert_ok(desk_import(d, "hypothesis",
			      "{\"total\":2,\"rows\":[{" HEAD "," ON(QUOTE(
				      "holds")) "}],\"replies\":[{" HEAD
						",\"text\":\"No.\",\"references\":[\"root\"]}]}"));
	assert_int_equal(d->n_taken, 2);
	assert_ok(desk_import(d, "hypothesis",
			      "{\"export_date\":\"2024-03-01T00:00:00.000Z\",\"export_userid\":"
			      "\"acct:ada@hypothes.is\","
			      "\"client_version\":\"1.1\",\"annotations\":[{" HEAD
			      "," ON(QUOTE("holds")) "}]}"));
	assert_int_equal(d->n_taken, 3);
	assert_ok(desk_import(d, "hypothesis",
			      "{" HEAD "," ON(QUOTE("holds")) "}\n{" HEAD
							      "," ON(QUOTE("held")) "}\n"));
	assert_int_equal(d->n_taken, 5);
	assert_string_equal(d->losses.data, "");
}

static void test_refused(void **state)
{
	static const struct {
		const char *json, *why;
	} bad[] = {
		{"{\"text\":\"x\"}", "in:1: item 1: uri: missing"},
		{"{\"uri\":\"\"}", "uri: missing"},
		{"{\"uri\":7}", "uri: expected a text"},
		{"{\"uri\":\"" PAGE "\",\"tags\":\"dam\"}", "tags: expected a list of texts"},
		{"{\"uri\":\"" PAGE "\",\"tags\":[1]}", "tags: expected a list of texts"},
		{"{\"uri\":\"" PAGE "\",\"target\":[\"x\"]}", "target: expected a list of objects"},
		{"{\"uri\":\"" PAGE "\",\"references\":{}}", "references: expected"},
		{"{\"uri\":\"" PAGE "\",\"target\":[{\"selector\":{\"type\":\"x\"}}]}",
		 "target[0].selector: expected a list of objects"},
		{"{\"uri\":\"" PAGE "\",\"permissions\":[]}", "permissions: expected an object"},
	};
	struct desk *d = *state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_status(desk_import(d, "hypothesis", bad[i].json), ANNOT_INVALID);
		assert_error_says(bad[i].why);
	}
	assert_int_equal(d->n_taken, 0);
	desk_import_one(d, "hypothesis",
			"{\"uri\":\"" PAGE "\",\"created\":\"yesterday\"," ON(QUOTE("holds")) "}");
	assert_lost(d, "created: yesterday: not a time");
}

static const struct annot_record *make_quote(struct desk *d)
{
	struct annot_draft *draft =
		DRAFT(quote, "form", "direct", "speaker", "Mara Ilves", "tag", "dam");
	desk_words(draft, d->sources[0], "\xC3\xA9ngineers");
	desk_words(draft, d->sources[0], "held on");
	return desk_built(d, draft);
}

static void test_export(void **state)
{
	struct desk *d = *state;
	const struct annot_record *quote = make_quote(d);
	json_t *json = json_loads(desk_export_one(d, "hypothesis", quote), 0, NULL);
	assert_at(json, "export_date", "2026-11-22T00:00:00+00:00");
	assert_at(json, "annotations.0.uri", PAGE);
	assert_at(json, "annotations.0.user", "acct:boris@test.example");
	assert_at(json, "annotations.0.created", "2030-03-17T17:46:40+00:00");
	assert_at(json, "annotations.0.tags.0", "dam");
	assert_at(json, "annotations.0.target.0.selector.1.exact", "\xC3\xA9ngineers");
	/* UTF-16 units: 30 code points, of which one has two. */
	assert_int_equal(
		json_integer_value(at_path(json, "annotations.0.target.0.selector.0.start")), 31);
	assert_int_equal(strlen(json_string_value(at_path(json, "annotations.0.id"))),
			 HYPOTHESIS_ID_LEN);
	assert_lost(d, "target: held on: Hypothesis keeps the first target only");
	assert_lost(d, "speaker: Mara Ilves: ");
	assert_lost(d, "form: direct: ");
	json_decref(json);
}

static void test_export_of_replies(void **state)
{
	struct desk *d = *state;
	const struct annot_record *quote = make_quote(d);
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_comment);
	assert_ok(annot_draft_add_hash(draft, "on", &quote->id, &test_error));
	assert_ok(annot_draft_add(draft, "text", "Who?", &test_error));
	const struct annot_record *comment = desk_build(d, draft);
	annot_draft_free(draft);
	const struct annot_entry on = desk_entry(d, quote);
	const struct annot_export_item items[] = {
		{.entry = on}, {.entry = desk_entry(d, comment), .referred = &on, .n_referred = 1}};
	json_t *json = json_loads(desk_export(d, "hypothesis", items, 2), 0, NULL);
	assert_at(json, "annotations.1.text", "Who?");
	assert_at(json, "annotations.1.uri", PAGE);
	assert_at(json, "annotations.1.references.0",
		  json_string_value(at_path(json, "annotations.0.id")));
	json_decref(json);
	/* Of what is about no text nothing can be shown there. */
	desk_export_one(d, "hypothesis", comment);
	assert_lost(d, "! : : what it is about stands in no text");
}

/* What is said to have been imported does not say what an annotation is, nor what it answers. */
static void test_claimed_identity(void **state)
{
	struct desk *d = *state;
	struct annot_draft *draft = DRAFT(
		span, "imported-from", "https://hypothes.is/a/one", "imported-data",
		"{\"hypothesis\":{\"id\":\"two\",\"references\":[\"two\"],\"flagged\":true}}");
	desk_words(draft, d->sources[0], "The dam holds");
	json_t *json = json_loads(desk_export_one(d, "hypothesis", desk_built(d, draft)), 0, NULL);
	json_t *one = at_path(json, "annotations.0");
	assert_string_equal(json_string_value(at_path(one, "id")), "one");
	assert_null(at_path(one, "references"));
	assert_true(json_is_true(at_path(one, "flagged")));
	json_decref(json);
}

static void test_round_trip(void **state)
{
	static const char in[] =
		"{" HEAD ",\"text\":\"Does "
		"it?\",\"tags\":[\"dam\"],\"document\":{\"title\":[\"Lake\"]},"
		"\"moderation_status\":"
		"\"APPROVED\",\"user_info\":{\"display_name\":\"Ada\"},\"target\":[{\"source\":"
		"\"" PAGE "\",\"description\":\"odd\",\"selector\":[" POSITION(7, 10) "," QUOTE(
			"dam") ",{\"type\":\"PageSelector\",\"index\":3}]}]}";
	static const char *const same[] = {"id",
					   "uri",
					   "user",
					   "created",
					   "updated",
					   "group",
					   "permissions",
					   "document",
					   "text",
					   "tags",
					   "moderation_status",
					   "user_info",
					   "target.0.description",
					   "target.0.selector.0",
					   "target.0.selector.2"};
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(d, "hypothesis", in);
	d->exporting.one_a_line = true;
	json_t *before = json_loads(in, 0, NULL);
	json_t *after = json_loads(desk_export_one(d, "hypothesis", r), 0, NULL);
	for (size_t i = 0; i < COUNT(same); i++)
		if (!at_path(before, same[i]) ||
		    !json_equal(at_path(before, same[i]), at_path(after, same[i])))
			fail_msg("%s is another", same[i]);
	assert_string_equal(d->losses.data, "");
	json_decref(before);
	json_decref(after);
}

/* What imported-data has no room for is said, and the rest is kept. */
static void test_too_much_to_keep(void **state)
{
	struct desk *d = *state;
	AUTO_BUF struct annot_buf json = ANNOT_BUF_INIT(1 << 20);
	annot_buf_puts(&json, "{" HEAD "," ON(QUOTE("holds")) ",\"document\":{\"title\":[\"");
	for (int i = 0; i < 20000; i++)
		annot_buf_putc(&json, 'x');
	annot_buf_puts(&json, "\"]}}");
	const struct annot_record *r = desk_import_one(d, "hypothesis", json.data);
	assert_lost(d, "document: {\"title\"");
	assert_lost(d, "imported-data has no room for it");
	assert_non_null(strstr(annot_record_text(r, "imported-data"), "2024-02-29"));
}

/* Tags may be longer there, and more. */
static void test_tags(void **state)
{
	struct desk *d = *state;
	AUTO_BUF struct annot_buf json = ANNOT_BUF_INIT(1 << 16);
	annot_buf_puts(&json, "{" HEAD "," ON(QUOTE("holds")) ",\"tags\":[\"\",\"");
	for (int i = 0; i < 129; i++)
		annot_buf_putc(&json, 'x');
	for (int i = 0; i < 65; i++)
		annot_buf_printf(&json, "\",\"tag %d", i);
	annot_buf_puts(&json, "\"]}");
	desk_import_one(d, "hypothesis", json.data);
	assert_lost(d, "tags: : an empty tag");
	assert_lost(d, "tags: xxx");
	assert_lost(d, "tags: tag 64: ");
	assert_null(strstr(d->losses.data, "tags: tag 63: "));
}

/* An id that imported-from has no room for takes with it what would stand beside it, and that is
 * said. */
static void test_id_too_long(void **state)
{
	struct desk *d = *state;
	AUTO_BUF struct annot_buf json = ANNOT_BUF_INIT(1 << 16);
	annot_buf_puts(&json,
		       "{\"uri\":\"" PAGE "\",\"group\":\"g\"," ON(QUOTE("holds")) ",\"id\":\"");
	for (int i = 0; i < 3000; i++)
		annot_buf_putc(&json, 'x');
	annot_buf_puts(&json, "\"}");
	assert_null(
		annot_record_text(desk_import_one(d, "hypothesis", json.data), "imported-data"));
	assert_lost(d, "id: https://hypothes.is/a/xxx");
	assert_lost(d, "group: g: kept only beside an id");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_annotation),       TEST(test_utf16),
		TEST(test_range_selector),   TEST(test_line_breaks),
		TEST(test_never_guessed),    TEST(test_first_target_only),
		TEST(test_page_note),        TEST(test_replies),
		TEST(test_private),          TEST(test_other_addresses),
		TEST(test_containers),       TEST(test_refused),
		TEST(test_export),           TEST(test_export_of_replies),
		TEST(test_round_trip),       TEST(test_too_much_to_keep),
		TEST(test_id_too_long),      TEST(test_tags),
		TEST(test_claimed_identity),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
