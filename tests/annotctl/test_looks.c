/* What the beginning of a file looks like, for an import that was told another format. */
#include "assert.h"

#include <stdlib.h>

#include "annotctl/formats/looks.h"

/* said: of the error; NULL: it is left to the format. */
static const struct {
	const char *as, *head, *said;
} rows[] = {
	/* as they are */
	{"ndjson", "{\"annot\":\"ndjson/2\",\"corpus\":\"", NULL},
	{"ndjson", "{\"index\":4,\"id\":\"0\",\"leaf\":\"annot-leaf/v1", NULL},
	{"w3c", "{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"type\":\"Annotation\"}",
	 NULL},
	{"w3c", " [\n{\"type\":\"Annotation\",\"annotations\":[]", NULL},
	{"hypothesis", "{\"rows\":[{\"uri\":\"x\",\"@context\":\"/anno\"}],\"total\":1}", NULL},
	{"hypothesis", "{\"id\":\"a\",\"user\":\"acct:a@b\",\"text\":\"@context\"}", NULL},
	{"claimreview", "{\"@context\":\"https://schema.org\",\"@type\":\"ClaimReview\"}", NULL},
	{"claimreview", "[{\"@type\":[\"ClaimReview\"],\"claimReviewed\":\"x\"}]", NULL},
	{"brat", "T1\tQuote 0 3\tabc\n", NULL},
	{"brat", "", NULL},
	{"w3c", "", NULL},
	{"w3c", " \n\t", NULL},
	{"w3c", "\xEF\xBB\xBF{\"type\":\"Annotation\"}", NULL},
	/* nothing that is known, so the format's own words */
	{"w3c", "{\"name\":\"package\",\"version\":\"1\"}", NULL},
	{"w3c", "{\"a\":\"", NULL},
	{"w3c", "{\"a", NULL},
	{"w3c", "[", NULL},
	{"w3c", "[1,2]", NULL},
	{"w3c", "{}", NULL},
	{"w3c", "broken\n{\"type\":\"Annotation\"}", NULL},
	/* members of the item itself count, not those of what is within it */
	{"w3c", "{\"body\":{\"annot\":\"ndjson/2\",\"user\":\"acct:x\"},\"x\":[{\"leaf\":1}]}",
	 NULL},
	{"w3c", "{\"value\":\"\\\"annot\\\":\\\"ndjson/2\\\"\"}", NULL},
	/* another format of ours */
	{"hypothesis", "{\"annot\":\"ndjson/1\",\"corpus\":",
	 "looks like ndjson, not like hypothesis: say --as ndjson"},
	{"claimreview", "{\"text_of\":\"0\"", "say --as ndjson"},
	{"brat", "{\"@context\":[\"http://www.w3.org/ns/anno.jsonld\",{}],\"id\":1}",
	 "say --as w3c"},
	{"hypothesis", "{\"type\":[\"Annotation\"],\"target\":\"x\"}", "say --as w3c"},
	{"ndjson", "{\"total\":7,\"rows\":[]}", "say --as hypothesis"},
	{"w3c", "{\"export_date\":\"2026\",\"export_userid\":\"acct:a@b\"}", "say --as hypothesis"},
	{"w3c", "[ {\"a\":[{\"b\":\"]\\\"}\"}],\"user\":\"acct:a@b\"}", "say --as hypothesis"},
	{"w3c", "{\"@context\":\"http://schema.org\",\"@type\":\"ClaimReview\"}",
	 "say --as claimreview"},
	{"ndjson", "R1\tquotes Arg1:T1 Arg2:T2\n", "say --as brat"},
	{"ndjson", "#1\tAnnotatorNotes T1\tx\n", "say --as brat"},
	/* no format of ours */
	{"brat", "{\"name\":\"package\"}", "looks like JSON; --as brat takes lines of text"},
	{"brat", "<!DOCTYPE html>\n<p>", "looks like a web page"},
	{"w3c", "<?xml version=\"1.0\"?><rss/>", "looks like XML; --as w3c takes JSON"},
	{"w3c", "\x89PNG\r\n\x1a\n", "looks like a PNG image; --as w3c takes JSON"},
	{"brat", "%PDF-1.4\n", "looks like a PDF"},
	{"ndjson", "PK\3\4zip", "a ZIP archive"},
	{"ndjson", "The lake is full.\n", "looks like plain text"},
	{"hypothesis", "Title: x\n", "looks like plain text"},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct annot_format *format = annot_format_find(rows[i].as);
		struct annot_error err = {0};
		assert_non_null(format);
		enum annot_status status =
			looks_check(format, "a.file", annot_bytes_of(rows[i].head), &err);
		if (!rows[i].said && status != ANNOT_OK)
			fail_msg("%s as %s: %s", rows[i].head, rows[i].as, err.text);
		if (!rows[i].said)
			continue;
		if (status != ANNOT_REFUSED || !strstr(err.text, rows[i].said) ||
		    strncmp(err.text, "a.file looks like ", 18) != 0)
			fail_msg("%s as %s: %d %s", rows[i].head, rows[i].as, (int)status,
				 err.text);
	}
}

static void test_nul(void **state)
{
	struct annot_error err;
	(void)state;
	assert_int_equal(looks_check(annot_format_find("brat"), "x", annot_bytes("T1\0", 3), &err),
			 ANNOT_REFUSED);
	assert_non_null(strstr(err.text, "a binary file"));
}

/* A beginning may end anywhere: every one of each row is looked at, from memory of its own. */
static void test_every_beginning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t len = 0; len <= strlen(rows[i].head); len++) {
			char *head = malloc(len ? len : 1);
			struct annot_error err;
			assert_non_null(head);
			memcpy(head, rows[i].head, len);
			(void)looks_check(annot_format_find(rows[i].as), "x",
					  annot_bytes(head, len), &err);
			free(head);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_every_beginning),
	};
	return cmocka_run_group_tests_name("annotctl/looks", tests, NULL, NULL);
}
