/*
 * Web Annotations of others: which place their selectors mean, what becomes of each member, what is
 * reported, and that nothing is guessed.
 */
#include "desk.h"

#define CONTEXT "\"@context\":\"http://www.w3.org/ns/anno.jsonld\""
#define HEAD    CONTEXT ",\"id\":\"https://other.example/a1\",\"type\":\"Annotation\""
#define PAGE    "https://news.example/lake"
#define QUOTE(exact, prefix, suffix)                                                               \
	"{\"type\":\"TextQuoteSelector\",\"exact\":\"" exact "\",\"prefix\":\"" prefix             \
	"\",\"suffix\":\"" suffix "\"}"
#define POSITION(start, end)                                                                       \
	"{\"type\":\"TextPositionSelector\",\"start\":" #start ",\"end\":" #end "}"
#define FRAGMENT(value)                                                                            \
	"{\"type\":\"FragmentSelector\",\"conformsTo\":\"http://tools.ietf.org/rfc/rfc5147\","     \
	"\"value\":\"" value "\"}"
#define ON(selectors) "{" HEAD ",\"target\":{\"source\":\"" PAGE "\",\"selector\":[" selectors "]}}"

/* "dam" stands three times; code points, bytes and UTF-16 units differ from the first letter on. */
#define TEXT                                                                                       \
	"\xF0\x9F\x8C\x8A The dam holds.\nNobody asked \xC3\xA9ngineers about the dam\r\nand the " \
	"dam "                                                                                     \
	"held on.\n"

static int setup(void **state)
{
	struct desk *d = desk_new();
	desk_document(d, "lake", PAGE, TEXT);
	desk_document(d, "memo", NULL, "A memo without an address.");
	*state = d;
	return 0;
}

/* The words of target n, and that there is nothing else where they stand. */
static void assert_words(const struct annot_record *r, size_t n, uint64_t start, const char *words)
{
	struct annot_target target;
	assert_true(annot_record_target(r, n, &target));
	assert_string_equal(target.exact->text, words);
	assert_int_equal(target.start, start);
}

static uint64_t byte_of(const char *words)
{
	return (uint64_t)(strstr(TEXT, words) - TEXT);
}

static void assert_left_out(struct desk *d, const char *json, const char *why)
{
	size_t before = d->n_taken;
	assert_ok(desk_import(d, "w3c", json));
	assert_int_equal(d->n_taken, before);
	assert_lost(d, why);
	assert_lost(d, "! ");
}

static void assert_invalid(struct desk *d, const char *json, const char *why)
{
	assert_status(desk_import(d, "w3c", json), ANNOT_INVALID);
	assert_error_says(why);
	assert_int_equal(d->n_taken, 0);
}

static void test_quote(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(d, "w3c", ON(QUOTE("holds", "dam ", ".")));
	assert_int_equal(r->kind->kind, ANNOT_KIND_span);
	assert_words(r, 0, byte_of("holds"), "holds");
	assert_string_equal(annot_record_text(r, "imported-from"), "https://other.example/a1");
	assert_string_equal(d->losses.data, "");
}

static void test_position_is_code_points(void **state)
{
	struct desk *d = *state;
	/* In bytes or UTF-16 units these would be other words. */
	const struct annot_record *r = desk_import_one(d, "w3c", ON(POSITION(30, 39)));
	assert_words(r, 0, byte_of("\xC3\xA9ngineers"), "\xC3\xA9ngineers");
	r = desk_import_one(d, "w3c", ON(POSITION(0, 5)));
	assert_words(r, 0, 0, "\xF0\x9F\x8C\x8A The");
	assert_string_equal(d->losses.data, "");
}

static void test_fragments(void **state)
{
	struct desk *d = *state;
	assert_words(desk_import_one(d, "w3c", ON(FRAGMENT("char=30,39"))), 0, byte_of("\xC3\xA9"),
		     "\xC3\xA9ngineers");
	/* CR LF is one character of a fragment and two of a position. */
	assert_words(desk_import_one(d, "w3c", ON(FRAGMENT("char=54,57"))), 0, byte_of("and the"),
		     "and");
	assert_words(desk_import_one(d, "w3c", ON(POSITION(55, 58))), 0, byte_of("and the"), "and");
	assert_words(desk_import_one(d, "w3c", ON(FRAGMENT("line=2,3"))), 0, byte_of("and the"),
		     "and the dam held on.\n");
	/* The same in the IRI of the target itself. */
	assert_words(desk_import_one(d, "w3c", "{" HEAD ",\"target\":\"" PAGE "#char=6,9\"}"), 0, 9,
		     "dam");
	assert_string_equal(d->losses.data, "");
}

static void test_integrity_of_fragments(void **state)
{
	struct desk *d = *state;
	assert_left_out(d, ON(FRAGMENT("char=6,9;length=3")),
			"integrity check is that of another text");
	/* With words beside it the fragment is passed over, and said to be. */
	const struct annot_record *r = desk_import_one(
		d, "w3c", ON(FRAGMENT("char=0,1;length=3") "," QUOTE("held", "", "")));
	assert_words(r, 0, byte_of("held"), "held");
}

static void test_words_before_position(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		desk_import_one(d, "w3c", ON(QUOTE("held", "dam ", " on") "," POSITION(1, 5)));
	assert_words(r, 0, byte_of("held"), "held");
	assert_lost(d, "target[0].selector.start: 1-5: the words stand at");
}

/* Words at the stated position, but with other words around them than is said. */
static void test_context_before_position(void **state)
{
	struct desk *d = *state;
	/* Words and context stand in one other place: two of three agree. */
	const struct annot_record *r =
		desk_import_one(d, "w3c", ON(QUOTE("dam", "the ", " held") "," POSITION(6, 9)));
	assert_words(r, 0, byte_of("dam held"), "dam");
	assert_lost(d, "target[0].selector.start: 6-9: ");
	/* They stand nowhere: the position counts, and what was said of around is said not to hold.
	 */
	annot_buf_truncate(&d->losses, 0);
	r = desk_import_one(d, "w3c", ON(QUOTE("dam", "one ", " dry") "," POSITION(6, 9)));
	assert_words(r, 0, 9, "dam");
	assert_lost(d, "target[0].selector.prefix: one : ");
	assert_lost(d, "target[0].selector.suffix:  dry: ");
}

static void test_several_selectors_that_agree(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		ON(QUOTE("dam", "The ", " holds") "," POSITION(6, 9) "," FRAGMENT("char=6,9")));
	assert_words(r, 0, 9, "dam");
	assert_string_equal(d->losses.data, "");
}

static void test_position_against_fragment(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c", ON(QUOTE("dam", "", "") "," POSITION(0, 3) "," FRAGMENT("char=6,9")));
	assert_words(r, 0, 9, "dam");
	assert_lost(d, "the words stand where the fragment says");
	r = desk_import_one(d, "w3c",
			    ON(QUOTE("dam", "", "") "," POSITION(6, 9) "," FRAGMENT("char=0,3")));
	assert_words(r, 0, 9, "dam");
	assert_lost(d, "it selects other words than the position");
	assert_left_out(d, ON(POSITION(0, 3) "," FRAGMENT("char=6,9")),
			"position and fragment select different words");
}

static void test_never_guessed(void **state)
{
	struct desk *d = *state;
	assert_left_out(d, ON(QUOTE("the dam", "", "")), "target[0].selector: the dam: ");
	assert_left_out(d, ON(QUOTE("flood of the century", "", "")), "flood of the century");
	assert_left_out(d, ON(POSITION(5, 5000)), "behind the end");
	assert_left_out(d, ON(POSITION(5, 5)), "");
	assert_left_out(d, ON("{\"type\":\"CssSelector\",\"value\":\"p\"}"),
			"no selector that plain text has");
	assert_left_out(d,
			"{" HEAD
			",\"target\":{\"source\":\"https://unknown.example/\",\"selector\":"
			"" QUOTE("dam", "", "") "}}",
			"https://unknown.example/");
}

/* Bytes of a file are not characters of a text: they are kept, and mean nothing here. */
static void test_byte_selector(void **state)
{
#define BYTES "{\"type\":\"DataPositionSelector\",\"start\":5,\"end\":8}"
	struct desk *d = *state;
	assert_left_out(d, ON(BYTES), "no selector that plain text has");
	const struct annot_record *r =
		desk_import_one(d, "w3c", ON(BYTES "," QUOTE("holds", "", "")));
	assert_words(r, 0, byte_of("holds"), "holds");
	json_t *out = json_loads(desk_export_one(d, "w3c", r), 0, NULL);
	assert_at(out, "target.selector.3.type", "DataPositionSelector");
	json_decref(out);
}

static void test_refinement(void **state)
{
	struct desk *d = *state;
	/* "dam" stands once in the second line. */
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		ON("{\"type\":\"FragmentSelector\",\"value\":\"line=1,2\",\"refinedBy\":" QUOTE(
			"dam", "", "") "}"));
	assert_words(r, 0, byte_of("dam\r\n"), "dam");
	/* Positions count from the beginning of what they refine. */
	r = desk_import_one(
		d, "w3c",
		ON("{\"type\":\"TextQuoteSelector\",\"exact\":\"The dam holds.\",\"refinedBy\":{"
		   "\"type\":\"TextPositionSelector\",\"start\":8,\"end\":13}}"));
	assert_words(r, 0, byte_of("holds"), "holds");
	assert_left_out(
		d,
		ON("{\"type\":\"FragmentSelector\",\"value\":\"line=1,3\",\"refinedBy\":" QUOTE(
			"dam", "", "") "}"),
		"stand 2 times in what they refine");
	assert_left_out(d,
			ON("{\"type\":\"XPathSelector\",\"value\":\"/p\",\"refinedBy\":" QUOTE(
				"held", "", "") "}"),
			"of a kind that plain text has not");
	assert_left_out(
		d,
		ON("{\"type\":\"TextQuoteSelector\",\"exact\":\"holds\",\"refinedBy\":" POSITION(
			2, 9) "}"),
		"not within what they refine");
}

static void test_sources(void **state)
{
	struct desk *d = *state;
	char json[1024];
	const char *hash = annot_record_text(d->sources[1]->record, "sha256");
	snprintf(json, sizeof json,
		 "{" HEAD ",\"target\":{\"source\":\"urn:sha256:%s\",\"selector\":" QUOTE(
			 "memo", "", "") "}}",
		 hash);
	assert_words(desk_import_one(d, "w3c", json), 0, 2, "memo");
	assert_words(desk_import_one(d, "w3c",
				     "{" HEAD
				     ",\"target\":{\"source\":\"memo\",\"selector\":" QUOTE(
					     "memo", "", "") "}}"),
		     0, 2, "memo");
	/* The text that it says it has been before what is at that address now. */
	snprintf(json, sizeof json,
		 "{" HEAD ",\"target\":{\"source\":\"" PAGE
		 "\",\"annot:sha256\":\"%s\",\"selector\":" QUOTE("memo", "", "") "}}",
		 hash);
	assert_words(desk_import_one(d, "w3c", json), 0, 2, "memo");
	d->importing.document = "memo";
	assert_words(
		desk_import_one(d, "w3c",
				"{" HEAD
				",\"target\":{\"source\":\"https://unknown.example/\",\"selector\":"
				"" QUOTE("memo", "", "") "}}"),
		0, 2, "memo");
}

static void test_several_targets(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		"{" HEAD ",\"target\":[{\"source\":\"" PAGE "\",\"selector\":" QUOTE(
			"holds", "", "") "},"
					 "{\"source\":\"memo\",\"selector\":" QUOTE(
						 "address", "",
						 "") "},\"https://third.example/\"]}");
	assert_int_equal(annot_record_targets(r), 2);
	assert_words(r, 0, byte_of("holds"), "holds");
	assert_words(r, 1, 18, "address");
	assert_lost(d, "target[2]: https://third.example/: beside words of texts");
}

static void test_too_many_targets(void **state)
{
	struct desk *d = *state;
	AUTO_BUF struct annot_buf json = ANNOT_BUF_INIT(1 << 16);
	annot_buf_puts(&json, "{" HEAD ",\"target\":[");
	for (int i = 0; i < 17; i++)
		annot_buf_printf(&json, "%s\"" PAGE "#char=%d,%d\"", i ? "," : "", i, i + 1);
	annot_buf_puts(&json, "]}");
	assert_int_equal(annot_record_targets(desk_import_one(d, "w3c", json.data)), 16);
	assert_lost(d, "target[16]: " PAGE "#char=16,17: a record has no room");
}

static void test_bodies(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		"{" HEAD ",\"motivation\":\"questioning\",\"creator\":[{\"name\":\"Ada\"},\"https:/"
		"/b.example/ben\"],"
		"\"created\":\"2024-02-29T12:00:00Z\",\"body\":[{\"type\":\"TextualBody\","
		"\"value\":\"Is it?\"},"
		"{\"type\":\"TextualBody\",\"value\":\"water\",\"purpose\":\"tagging\"},\"https://"
		"b.example/film\","
		"{\"type\":\"TextualBody\",\"value\":\"Really?\",\"language\":\"en\"}],\"target\":{"
		"\"source\":\"" PAGE "\",\"selector\":" QUOTE("holds", "", "") "}}");
	assert_string_equal(annot_record_text(r, "text"), "Is it?\n\nReally?");
	assert_string_equal(annot_record_text(r, "tag"), "water");
	assert_string_equal(annot_record_text(r, "imported-author"), "Ada, https://b.example/ben");
	assert_non_null(strstr(annot_record_text(r, "imported-data"), "2024-02-29T12:00:00Z"));
	assert_string_equal(d->losses.data, "");
}

/* The thirteen of the model: each stays what it was. */
static void test_motivations(void **state)
{
	static const char *const all[] = {
		"assessing",   "bookmarking",  "classifying", "commenting", "describing",
		"editing",     "highlighting", "identifying", "linking",    "moderating",
		"questioning", "replying",     "tagging"};
	struct desk *d = *state;
	for (size_t i = 0; i < COUNT(all); i++) {
		char json[512];
		desk_forget(d);
		snprintf(json, sizeof json,
			 "{" HEAD ",\"motivation\":\"%s\",\"target\":{\"source\":\"" PAGE
			 "\",\"selector\":" QUOTE("holds", "", "") "}}",
			 all[i]);
		const struct annot_record *r = desk_import_one(d, "w3c", json);
		assert_int_equal(r->kind->kind, ANNOT_KIND_span);
		json_t *out = json_loads(desk_export_one(d, "w3c", r), 0, NULL);
		assert_at(out, "motivation", all[i]);
		json_decref(out);
	}
	assert_string_equal(d->losses.data, "");
}

static void test_whole_text(void **state)
{
	struct desk *d = *state;
	char ref[128];
	const struct annot_record *r = desk_import_one(
		d, "w3c", "{" HEAD ",\"bodyValue\":\"Read this.\",\"target\":\"" PAGE "\"}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_comment);
	assert_string_equal(annot_record_text(r, "text"), "Read this.");
	snprintf(ref, sizeof ref, "on=record %s\n",
		 annot_hash_hex(&d->sources[0]->record->id).text);
	assert_string_equal(d->refs[0].data, ref);
	/* One without words has some made, which export does not take for its own. */
	r = desk_import_one(d, "w3c",
			    "{" HEAD ",\"motivation\":\"bookmarking\",\"target\":\"" PAGE "\"}");
	assert_string_equal(annot_record_text(r, "text"), "bookmarking");
	json_t *out = json_loads(desk_export_one(d, "w3c", r), 0, NULL);
	assert_null(json_object_get(out, "body"));
	json_decref(out);
}

static void test_replies(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		desk_import_one(d, "w3c",
				"{" CONTEXT ",\"id\":\"https://other.example/"
				"a2\",\"type\":\"Annotation\",\"motivation\":\"replying\","
				"\"bodyValue\":\"No.\",\"target\":\"https://other.example/a1\"}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_comment);
	assert_string_equal(d->refs[0].data, "on=https://other.example/a1\n");
}

/* What says it is a review here is a comment: nobody decides in another's name. */
static void test_review_is_no_review(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		desk_import_one(d, "w3c",
				"{" HEAD ",\"annot:kind\":\"review\",\"motivation\":\"moderating\","
				"\"body\":{\"type\":\"TextualBody\","
				"\"value\":\"approve\",\"purpose\":\"moderating\"},\"target\":"
				"\"https://other.example/q\"}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_comment);
	assert_lost(d, "a review counts from who signs it");
}

static void test_refused(void **state)
{
	struct desk *d = *state;
	assert_invalid(d, "{\"id\":\"urn:x:1\",\"type\":\"Annotation\",\"target\":\"" PAGE "\"}",
		       "in:1: item 1: urn:x:1: model 3.1: @context");
	assert_invalid(d, "[\"text\"]", "expected an object or an IRI");
	assert_invalid(d, "[7]", "expected an object");
	assert_invalid(d, "\n{" HEAD "}",
		       "in:2: item 1: https://other.example/a1: model 3.1: at least one target");
	/* In a page the page has the context. */
	assert_ok(desk_import(
		d, "w3c",
		"{" CONTEXT
		",\"id\":\"urn:x:p\",\"type\":\"AnnotationPage\",\"items\":[{\"id\":\"urn:x:1\","
		"\"type\":\"Annotation\",\"target\":\"" PAGE "#char=6,9\"}]}"));
	assert_int_equal(d->n_taken, 1);
	assert_status(desk_import(d, "w3c",
				  "{" CONTEXT
				  ",\"type\":\"AnnotationPage\",\"items\":[{\"id\":\"urn:x:1\","
				  "\"type\":\"Annotation\",\"target\":\"" PAGE "#char=6,9\"}]}"),
		      ANNOT_INVALID);
	assert_error_says("model 5.2: exactly one id");
}

/* What the model does not know, and what text has no use for, comes out again as it went in. */
static void test_round_trip(void **state)
{
	static const char in[] =
		"{\"@context\":[\"http://www.w3.org/ns/anno.jsonld\",{\"ex\":\"https://ex.example/"
		"ns#\"}],"
		"\"id\":\"https://other.example/"
		"a1\",\"type\":\"Annotation\",\"canonical\":\"urn:x:first\","
		"\"via\":\"https://mirror.example/"
		"a1\",\"motivation\":[\"describing\",\"ex:weighing\"],"
		"\"creator\":{\"id\":\"https://other.example/"
		"ada\",\"type\":\"Person\",\"name\":\"Ada\",\"ex:level\":3},"
		"\"created\":\"2024-02-29T12:00:00Z\",\"modified\":\"2024-03-01T12:00:00Z\","
		"\"rights\":"
		"\"https://r.example/by\",\"ex:unknown\":{\"deep\":[1,null,\"x\"]},"
		"\"body\":[{\"type\":\"TextualBody\",\"value\":\"Heavy.\",\"language\":\"en\",\"ex:"
		"weight\":7},"
		"{\"type\":\"TextualBody\",\"value\":\"water\",\"purpose\":\"tagging\"},"
		"{\"type\":\"SpecificResource\",\"source\":\"https://b.example/"
		"film\",\"purpose\":\"linking\"}],"
		"\"target\":{\"type\":\"SpecificResource\",\"source\":\"" PAGE
		"\",\"styleClass\":\"red\","
		"\"state\":{\"type\":\"TimeState\",\"sourceDate\":\"2024-01-01T00:00:00Z\"},"
		"\"selector\":[" QUOTE("holds", "dam ",
				       ".") ",{\"type\":\"CssSelector\",\"value\":\"p > b\"}]}}";
	static const char *const same[] = {"canonical",    "motivation",   "creator",
					   "created",      "modified",     "rights",
					   "ex:unknown",   "body",         "target.styleClass",
					   "target.state", "target.source"};
	struct desk *d = *state;
	json_t *before = json_loads(in, 0, NULL);
	const struct annot_record *r = desk_import_one(d, "w3c", in);
	assert_string_equal(d->losses.data, "");
	json_t *after = json_loads(desk_export_one(d, "w3c", r), 0, NULL);
	for (size_t i = 0; i < COUNT(same); i++)
		if (!json_equal(at_path(before, same[i]), at_path(after, same[i])))
			fail_msg("%s: %s", same[i],
				 json_dumps(at_path(after, same[i]), JSON_ENCODE_ANY));
	assert_at(after, "via.0", "https://other.example/a1");
	assert_at(after, "via.1", "https://mirror.example/a1");
	assert_at(after, "@context.2.ex", "https://ex.example/ns#");
	assert_at(after, "target.selector.0.exact", "holds");
	assert_at(after, "target.selector.3.value", "p > b");
	json_decref(before);
	json_decref(after);
}

/* Kept bodies give way once somebody has amended the words, and who did is named beside the author.
 */
static void test_amended_after_import(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		desk_import_one(d, "w3c",
				"{" HEAD ",\"creator\":{\"name\":\"Ada\"},\"body\":{\"type\":"
				"\"TextualBody\",\"value\":\"Old.\","
				"\"language\":\"en\"},\"target\":{\"source\":\"" PAGE
				"\",\"selector\":" QUOTE("holds", "", "") "}}");
	struct annot_draft *draft = annot_draft_amend(r);
	annot_draft_unset(draft, "text");
	assert_ok(annot_draft_add(draft, "text", "New.", &test_error));
	const struct annot_record *later = desk_build(d, draft);
	annot_draft_free(draft);
	json_t *out = json_loads(desk_export_one(d, "w3c", later), 0, NULL);
	assert_at(out, "body.value", "New."); /* in the body that was there */
	assert_at(out, "body.language", "en");
	assert_at(out, "creator.0.name", "Ada");
	assert_at(out, "creator.1.name", "boris");
	assert_at(out, "modified", later->time);
	json_decref(out);
}

/* Of several notes that were amended as one text the rest of the bodies stays, and what the notes
 * had is said. */
static void test_bodies_after_amendment(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		"{" HEAD
		",\"body\":[{\"type\":\"TextualBody\",\"value\":\"Zwei.\",\"language\":\"de\"},"
		"\"https://b.example/film\",{\"type\":\"TextualBody\",\"value\":\"Two.\"},"
		"{\"value\":\"untyped\",\"purpose\":\"tagging\"},{\"value\":\"other\",\"purpose\":"
		"\"tagging\"}],"
		"\"target\":{\"source\":\"" PAGE "\",\"selector\":" QUOTE("holds", "", "") "}}");
	struct annot_draft *draft = annot_draft_amend(r);
	annot_draft_unset(draft, "text");
	assert_true(annot_draft_remove(draft, "tag", "other"));
	assert_ok(annot_draft_add(draft, "text", "New.", &test_error));
	assert_ok(annot_draft_add(draft, "tag", "added", &test_error));
	json_t *out = json_loads(desk_export_one(d, "w3c", desk_built(d, draft)), 0, NULL);
	assert_int_equal(json_array_size(at_path(out, "body")), 4);
	assert_at(out, "body.0.value", "New.");
	assert_at(out, "body.1", "https://b.example/film");
	assert_at(out, "body.2.value", "untyped");
	assert_at(out, "body.3.value", "added");
	assert_lost(d, "body: {\"type\":\"TextualBody\",\"value\":\"Zwei.\"");
	json_decref(out);
}

/* What stood around words that were amended since is about other words. */
static void test_target_after_amendment(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		"{" HEAD ",\"target\":{\"source\":\"" PAGE
		"\",\"styleClass\":\"red\",\"selector\":[" QUOTE(
			"holds", "", "") ",{\"type\":\"CssSelector\",\"value\":\"b\"}]}}");
	const struct annot_entry first = desk_entry(d, r);
	struct annot_draft *draft = annot_draft_amend(r);
	annot_draft_unset(draft, "target");
	desk_words(draft, d->sources[0], "held");
	struct annot_export_item item = {.entry = desk_entry(d, desk_built(d, draft)),
					 .first = &first};
	json_t *out = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	assert_null(at_path(out, "target.styleClass"));
	assert_int_equal(json_array_size(at_path(out, "target.selector")), 3);
	assert_lost(d, "target[0]: {\"source\"");
	json_decref(out);
	/* With another tag they are the same words. */
	draft = annot_draft_amend(r);
	assert_ok(annot_draft_add(draft, "tag", "x", &test_error));
	item.entry = desk_entry(d, desk_built(d, draft));
	out = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	assert_at(out, "target.styleClass", "red");
	assert_at(out, "target.selector.3.value", "b");
	json_decref(out);
}

/* A quote has no card for a note: it is kept, and there again beside its speaker. */
static void test_bodies_of_quotes(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = desk_import_one(
		d, "w3c",
		"{" HEAD
		",\"motivation\":\"annot:quoting\",\"bodyValue\":\"Said at noon.\",\"target\":{"
		"\"source\":\"" PAGE "\",\"selector\":" QUOTE("holds", "", "") "}}");
	assert_int_equal(r->kind->kind, ANNOT_KIND_quote);
	struct annot_draft *draft = annot_draft_amend(r);
	assert_ok(annot_draft_add(draft, "speaker", "Mara Ilves", &test_error));
	json_t *out = json_loads(desk_export_one(d, "w3c", desk_built(d, draft)), 0, NULL);
	assert_at(out, "body.0.value", "Said at noon.");
	assert_at(out, "body.1.value", "Mara Ilves");
	assert_string_equal(d->losses.data, "");
	json_decref(out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_quote),
		TEST(test_position_is_code_points),
		TEST(test_fragments),
		TEST(test_integrity_of_fragments),
		TEST(test_words_before_position),
		TEST(test_context_before_position),
		TEST(test_several_selectors_that_agree),
		TEST(test_position_against_fragment),
		TEST(test_never_guessed),
		TEST(test_byte_selector),
		TEST(test_refinement),
		TEST(test_sources),
		TEST(test_several_targets),
		TEST(test_too_many_targets),
		TEST(test_bodies),
		TEST(test_motivations),
		TEST(test_whole_text),
		TEST(test_replies),
		TEST(test_review_is_no_review),
		TEST(test_refused),
		TEST(test_round_trip),
		TEST(test_amended_after_import),
		TEST(test_bodies_after_amendment),
		TEST(test_bodies_of_quotes),
		TEST(test_target_after_amendment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
