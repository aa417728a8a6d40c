/* Each MUST of the Web Annotation Data Model that JSON can break, broken alone: the rule is named
 * by its section. */
#include "assert.h"

#include "base/auto.h"
#include "format/w3c_rules.h"

#define CONTEXT "\"@context\":\"http://www.w3.org/ns/anno.jsonld\""
#define HEAD    CONTEXT ",\"id\":\"https://a.example/1\",\"type\":\"Annotation\""
#define TARGET  "\"target\":\"https://a.example/page\""

static enum annot_status check(const char *text, bool within)
{
	json_error_t where;
	json_t *json = json_loads(text, 0, &where);
	if (!json)
		fail_msg("%s: %s", where.text, text);
	enum annot_status status = w3c_check_annotation(json, within, &test_error);
	json_decref(json);
	return status;
}

static void test_valid(void **state)
{
	static const char *const good[] = {
		"{" HEAD "," TARGET "}",
		"{\"@context\":[\"http://www.w3.org/ns/anno.jsonld\",{\"x\":\"https://x.example/"
		"\"}],"
		"\"id\":\"urn:uuid:dbfb1861-0ecf-41ad-be94-a584e5c4f1df\",\"type\":[\"Annotation\","
		"\"x:Y\"],"
		"\"x:unknown\":{\"deep\":[1,2]}," TARGET "}",
		"{" HEAD ",\"bodyValue\":\"words\"," TARGET "}",
		"{" HEAD
		",\"body\":[\"https://a.example/b\",{\"type\":\"TextualBody\",\"value\":\"w\","
		"\"textDirection\":\"rtl\"},{\"type\":\"Choice\",\"items\":[{\"type\":"
		"\"TextualBody\","
		"\"value\":\"w\"}]}],\"target\":[\"https://a.example/p#char=0,1\",{\"id\":\"https:/"
		"/a.example/q\"}]}",
		"{" HEAD
		",\"created\":\"2015-10-13T13:00:00.25Z\",\"modified\":\"2016-01-01T00:00:00Z\","
		"\"creator\":[\"https://a.example/me\",{\"name\":\"Me\"}],\"rights\":\"https://"
		"a.example/r\","
		"\"canonical\":\"urn:x:1\",\"via\":[\"urn:x:2\",\"urn:x:3\"],"
		"\"audience\":{\"type\":\"schema:EducationalAudience\",\"schema:educationalRole\":"
		"\"teacher\"}," TARGET "}",
		"{" HEAD ",\"target\":{\"source\":\"https://a.example/"
		"p\",\"selector\":[{\"type\":\"TextQuoteSelector\","
		"\"exact\":\"a\"},{\"type\":\"TextPositionSelector\",\"start\":0,\"end\":1},{"
		"\"type\":"
		"\"x:Selector\"},{\"type\":\"FragmentSelector\",\"value\":\"char=0,1\","
		"\"refinedBy\":{\"type\":"
		"\"XPathSelector\",\"value\":\"/"
		"p\"}},{\"type\":\"RangeSelector\",\"startSelector\":{\"type\":"
		"\"CssSelector\",\"value\":\"p\"},\"endSelector\":{\"type\":\"CssSelector\","
		"\"value\":\"p\"}}],"
		"\"state\":{\"type\":\"TimeState\",\"sourceDate\":\"2015-07-20T13:30:00Z\"}}}",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_ok(check(good[i], false));
	assert_ok(check("{\"id\":\"urn:x:1\",\"type\":\"Annotation\"," TARGET "}", true));
}

static void test_broken(void **state)
{
#define SELECTOR(text)                                                                             \
	"{" HEAD ",\"target\":{\"source\":\"https://a.example/p\",\"selector\":{" text "}}}"
#define STATE(text)                                                                                \
	"{" HEAD                                                                                   \
	",\"target\":{\"source\":\"https://a.example/p\",\"state\":{\"type\":\"TimeState\"," text  \
	"}}}"
	static const struct {
		const char *section, *text;
	} bad[] = {
		{"3.1: @context", "{\"id\":\"urn:x:1\",\"type\":\"Annotation\"," TARGET "}"},
		{"3.1: a single @context",
		 "{\"@context\":[\"http://www.w3.org/ns/"
		 "anno.jsonld\"],\"id\":\"urn:x:1\",\"type\":\"Annotation\"," TARGET "}"},
		{"3.1: exactly one id", "{" CONTEXT ",\"type\":\"Annotation\"," TARGET "}"},
		{"3.1: exactly one id",
		 "{" CONTEXT ",\"id\":[\"urn:x:1\",\"urn:x:2\"],\"type\":\"Annotation\"," TARGET
		 "}"},
		{"3.1: exactly one id",
		 "{" CONTEXT ",\"id\":\"_:b0\",\"type\":\"Annotation\"," TARGET "}"},
		{"3.1: exactly one id",
		 "{" CONTEXT ",\"id\":\"https://a.example/ x\",\"type\":\"Annotation\"," TARGET
		 "}"},
		{"3.1: type", "{" CONTEXT ",\"id\":\"urn:x:1\",\"type\":\"Note\"," TARGET "}"},
		{"3.1: at least one target", "{" HEAD "}"},
		{"3.1: at least one target", "{" HEAD ",\"target\":[]}"},
		{"3.2.1", "{" HEAD ",\"target\":{\"type\":\"Text\"}}"},
		{"3.2.1", "{" HEAD ",\"target\":17}"},
		{"3.2.1",
		 "{" HEAD "," TARGET
		 ",\"body\":{\"type\":\"TextualBody\",\"value\":\"w\",\"textDirection\":\"up\"}}"},
		{"3.2.4", "{" HEAD "," TARGET ",\"body\":{\"type\":\"TextualBody\"}}"},
		{"3.2.4", "{" HEAD "," TARGET
			  ",\"body\":{\"type\":\"TextualBody\",\"value\":[\"a\",\"b\"]}}"},
		{"3.2.5",
		 "{" HEAD "," TARGET ",\"bodyValue\":\"a\",\"body\":\"https://a.example/b\"}"},
		{"3.2.5",
		 "{" HEAD "," TARGET ",\"bodyValue\":{\"@value\":\"a\",\"@language\":\"en\"}}"},
		{"3.2.7",
		 "{" HEAD "," TARGET ",\"body\":{\"type\":[\"Choice\",\"x:Y\"],\"items\":[]}}"},
		{"3.3.1: created",
		 "{" HEAD "," TARGET ",\"created\":\"2015-10-13T13:00:00+02:00\"}"},
		{"3.3.1: created", "{" HEAD "," TARGET ",\"created\":\"2015-10-13\"}"},
		{"3.3.1: modified",
		 "{" HEAD "," TARGET
		 ",\"modified\":[\"2015-10-13T13:00:00Z\",\"2015-10-14T13:00:00Z\"]}"},
		{"3.3.2", "{" HEAD "," TARGET ",\"creator\":{\"id\":[\"urn:x:1\",\"urn:x:2\"]}}"},
		{"3.3.3", "{" HEAD "," TARGET ",\"audience\":{\"educationalRole\":\"teacher\"}}"},
		{"3.3.6", "{" HEAD "," TARGET ",\"rights\":\"all of them\"}"},
		{"3.3.7: canonical",
		 "{" HEAD "," TARGET ",\"canonical\":[\"urn:x:1\",\"urn:x:2\"]}"},
		{"3.3.7: via", "{" HEAD "," TARGET ",\"via\":\"somewhere\"}"},
		{"4:", "{" HEAD ",\"target\":{\"type\":\"SpecificResource\"}}"},
		{"4:", "{" HEAD ",\"target\":{\"source\":[\"urn:x:1\",\"urn:x:2\"]}}"},
		{"4.2:", SELECTOR("\"exact\":\"a\"")},
		{"4.2.1: value", SELECTOR("\"type\":\"FragmentSelector\"")},
		{"4.2.1: conformsTo", SELECTOR("\"type\":\"FragmentSelector\",\"value\":\"a\","
					       "\"conformsTo\":[\"urn:x:1\",\"urn:x:2\"]")},
		{"4.2.2", SELECTOR("\"type\":\"CssSelector\"")},
		{"4.2.3", SELECTOR("\"type\":\"XPathSelector\",\"value\":1")},
		{"4.2.4: exact", SELECTOR("\"type\":\"TextQuoteSelector\",\"prefix\":\"a\"")},
		{"4.2.4: prefix", SELECTOR("\"type\":\"TextQuoteSelector\",\"exact\":\"a\","
					   "\"prefix\":[\"a\",\"b\"]")},
		{"4.2.4", SELECTOR("\"type\":[\"TextQuoteSelector\",\"x:Y\"],\"exact\":\"a\"")},
		{"4.2.5: end", SELECTOR("\"type\":\"TextPositionSelector\",\"start\":1")},
		{"4.2.5: start",
		 SELECTOR("\"type\":\"TextPositionSelector\",\"start\":-1,\"end\":2")},
		{"4.2.5: end",
		 SELECTOR("\"type\":\"TextPositionSelector\",\"start\":1,\"end\":2.5")},
		{"4.2.6", SELECTOR("\"type\":\"DataPositionSelector\",\"end\":2")},
		{"4.2.8: endSelector", SELECTOR("\"type\":\"RangeSelector\",\"startSelector\":{"
						"\"type\":\"CssSelector\",\"value\":\"p\"}")},
		{"4.2.2",
		 SELECTOR("\"type\":\"RangeSelector\",\"startSelector\":{\"type\":\"CssSelector\"},"
			  "\"endSelector\":{\"type\":\"CssSelector\",\"value\":\"p\"}")},
		{"4.2.3", SELECTOR("\"type\":\"CssSelector\",\"value\":\"p\",\"refinedBy\":{"
				   "\"type\":\"XPathSelector\"}")},
		{"4.3.1: sourceDate of", STATE("\"sourceDate\":\"2015-07-20\"")},
		{"4.3.1", STATE("\"sourceDate\":\"2015-07-20T13:30:00Z\",\"sourceDateStart\":"
				"\"2015-07-20T13:30:00Z\"")},
		{"4.3.1", STATE("\"sourceDateEnd\":\"2015-07-20T13:30:00Z\"")},
		{"4.4",
		 "{" HEAD "," TARGET ",\"stylesheet\":{\"type\":\"Css\",\"value\":\".a{}\"}}"},
		{"4.4", "{" HEAD "," TARGET ",\"stylesheet\":[\"urn:x:1\",\"urn:x:2\"]}"},
		{"4.4", "{" HEAD ",\"target\":{\"source\":\"urn:x:1\",\"styleClass\":1}}"},
		{"4.5", "{" HEAD ",\"target\":{\"source\":\"urn:x:1\",\"renderedVia\":\"a b\"}}"},
		{"4.6", "{" HEAD ",\"target\":{\"source\":\"urn:x:1\",\"scope\":[2]}}"},
		{"3.2.1: processingLanguage",
		 "{" HEAD "," TARGET
		 ",\"body\":{\"id\":\"urn:x:1\",\"processingLanguage\":[\"en\",\"de\"]}}"},
		{"3.2.1: format",
		 "{" HEAD "," TARGET ",\"body\":{\"id\":\"urn:x:1\",\"format\":{}}}"},
		{"3.2.1: language",
		 "{" HEAD "," TARGET ",\"body\":{\"id\":\"urn:x:1\",\"language\":[\"en\",1]}}"},
		{"3.2.7", "{" HEAD "," TARGET ",\"body\":{\"type\":\"Choice\"}}"},
		{"3.3.5: motivation", "{" HEAD "," TARGET ",\"motivation\":[\"tagging\",7]}"},
		{"3.3.5: purpose",
		 "{" HEAD "," TARGET
		 ",\"body\":{\"type\":\"TextualBody\",\"value\":\"w\",\"purpose\":true}}"},
		{"3.3.1: created", "{" HEAD "," TARGET ",\"created\":\"2015-13-13T13:00:00Z\"}"},
		{"3.3.1: created", "{" HEAD "," TARGET ",\"created\":\"2015-10-13T24:00:01Z\"}"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char section[64];
		snprintf(section, sizeof section, "model %s", bad[i].section);
		if (check(bad[i].text, false) != ANNOT_INVALID)
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(test_error.text, section))
			fail_msg("\"%s\" does not name %s: %s", test_error.text, section,
				 bad[i].text);
	}
}

static void test_depth(void **state)
{
	(void)state;
	json_t *selector = json_pack("{s:s, s:s}", "type", "CssSelector", "value", "p");
	for (int i = 0; i < W3C_DEPTH_MAX + 1; i++)
		selector = json_pack("{s:s, s:s, s:o}", "type", "CssSelector", "value", "p",
				     "refinedBy", selector);
	json_t *annotation = json_pack("{s:s, s:s, s:s, s:{s:s, s:o}}", "@context", W3C_CONTEXT,
				       "id", "urn:x:1", "type", "Annotation", "target", "source",
				       "urn:x:2", "selector", selector);
	assert_non_null(annotation);
	assert_status(w3c_check_annotation(annotation, false, &test_error), ANNOT_INVALID);
	assert_error_says("within each other");
	json_decref(annotation);
}

static void check_container(const char *text, bool page, const char *section)
{
	json_t *json = json_loads(text, 0, NULL);
	assert_non_null(json);
	enum annot_status status = page ? w3c_check_page(json, false, &test_error)
					: w3c_check_collection(json, false, &test_error);
	json_decref(json);
	if (!section) {
		assert_int_equal(status, ANNOT_OK);
		return;
	}
	assert_int_equal(status, ANNOT_INVALID);
	assert_error_says(section);
}

static void test_containers(void **state)
{
#define PAGE       "{" CONTEXT ",\"id\":\"urn:x:p\",\"type\":\"AnnotationPage\","
#define COLLECTION "{" CONTEXT ",\"id\":\"urn:x:c\",\"type\":\"AnnotationCollection\""
	(void)state;
	check_container(PAGE "\"items\":[{}],\"startIndex\":0}", true, NULL);
	check_container(PAGE "\"items\":[]}", true, "model 5.2: items");
	check_container(PAGE "\"items\":[{}],\"startIndex\":-1}", true, "model 5.2: startIndex");
	check_container("{\"id\":\"urn:x:p\",\"type\":\"AnnotationPage\",\"items\":[{}]}", true,
			"model 5.2: @context");
	check_container(PAGE "\"items\":[{}],\"next\":{}}", true, "model 5.2: next");
	check_container(PAGE "\"items\":[{}],\"partOf\":7}", true, "model 5.2: partOf");
	check_container(PAGE "\"items\":[{}],\"next\":\"urn:x:q\",\"partOf\":{\"id\":\"urn:x:c\"}}",
			true, NULL);
	check_container(COLLECTION ",\"label\":[\"a\",7]}", false, "model 5.1: a label");
	check_container(COLLECTION "}", false, NULL);
	check_container(COLLECTION ",\"total\":3,\"first\":\"urn:x:p\"}", false, NULL);
	check_container(COLLECTION ",\"total\":3}", false, "model 5.1: a collection");
	check_container(COLLECTION ",\"total\":\"3\"}", false, "model 5.1: total");
	check_container(COLLECTION ",\"total\":1,\"first\":{\"id\":\"urn:x:p\",\"type\":"
				   "\"AnnotationPage\",\"items\":[{}]}}",
			false, NULL);
	check_container(COLLECTION
			",\"total\":1,\"first\":{\"type\":\"AnnotationPage\",\"items\":[{}]}}",
			false, "model 5.2: exactly one id");
	check_container("{" CONTEXT ",\"type\":\"AnnotationCollection\"}", false,
			"model 5.1: exactly one id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_containers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
