/* copies: passages in the contents of many documents; what cannot be compared, and how much is. */
#include "stored.h"

#include <stdio.h>

#include "annotd/copies.h"
#include "base/auto.h"
#include "text/utf8.h"

#define call_ok(what)                                                                              \
	do {                                                                                       \
		if ((what) != ANNOT_OK)                                                            \
			fail_msg("%s: %s", #what, s->call.err.text);                               \
	} while (0)

static const char lake[] = "The draft is ready, said the envoy, and it is fair to all three shores "
			   "of the lake";
static const char rain[] = "nobody had expected rain in the week before the harvest festival began";

static struct test_entry *record_of(struct stored *s, const char *name, const char *text)
{
	struct test_key admin = test_key(1);
	struct test_entry *doc = test_put_document(s->c, &admin, name, text);
	stored_sync(s);
	return doc;
}

static struct test_entry *document(struct stored *s, const char *name, const char *text)
{
	struct test_entry *doc = record_of(s, name, text);
	reader_end(s->reader);
	assert_ok(store_put_content(s->store, doc->index, doc->content, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	return doc;
}

static struct annot_copies_reply copies(struct stored *s, const struct annot_copies_request *in)
{
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_copies_reply ret = {0};
	call_ok(on_copies(&s->call, in, &ret));
	assert_ok(annot_reply_encode(annot_call_def(ANNOT_CALL_copies), ANNOT_OK, NULL, &ret,
				     &frame, &test_error));
	return ret;
}

static char *repeated(const char *words, size_t len)
{
	char *text = malloc(len + 1);
	size_t n = strlen(words);
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = words[i % n];
	text[len] = '\0';
	return text;
}

static void test_order(void **state)
{
	struct stored *s = *state;
	char text[400];
	snprintf(text, sizeof text, "Größe: %s. %s!", lake, rain);
	struct test_entry *own = document(s, "own", text);
	snprintf(text, sizeof text, "%s — so it was said.", rain);
	document(s, "first", text);
	record_of(s, "nothing", lake); /* its content did not come */
	snprintf(text, sizeof text, "Ähnlich: %s.", lake);
	struct test_entry *second = document(s, "second", text);
	struct annot_copies_request in = {.id = "own"};
	struct annot_copies_reply ret = copies(s, &in);
	assert_int_equal(ret.n_copies, 2);
	assert_true(annot_hash_equal(&ret.record, &own->record->id));
	assert_int_equal(ret.next, 0);
	assert_false(ret.more || ret.cut || ret.partial);
	const struct annot_passage *p = ret.copies[0].passages;
	assert_string_equal(p[0].name, "own");
	assert_string_equal(p[1].name, "second");
	assert_int_equal(p[0].start, 9);
	assert_int_equal(p[0].chars_start, 7);
	assert_int_equal(p[1].start, 10);
	assert_int_equal(p[1].chars_start, 9);
	assert_int_equal(p[1].chars_end - p[1].chars_start, strlen(lake));
	assert_string_equal(p[0].text, lake);
	assert_string_equal(p[1].text, lake);
	assert_string_equal(ret.copies[1].passages[1].name, "first");
	assert_string_equal(ret.copies[1].relation, "derived-from");
	assert_int_equal(ret.copies[1].from, 1);
	/* From a document on; the best alone; only in one. */
	in.from = second->index;
	ret = copies(s, &in);
	assert_int_equal(ret.n_copies, 1);
	assert_string_equal(ret.copies[0].passages[1].name, "second");
	in.from = 0;
	in.limit = 1;
	ret = copies(s, &in);
	assert_int_equal(ret.n_copies, 1);
	assert_true(ret.more);
	assert_string_equal(ret.copies[0].passages[1].name, "second");
	const char *const only[] = {"first"};
	in = (struct annot_copies_request){.id = "own", .documents = only, .n_documents = 1};
	ret = copies(s, &in);
	assert_int_equal(ret.n_copies, 1);
	assert_string_equal(ret.copies[0].passages[1].name, "first");
	in.min_letters = 100;
	assert_int_equal(copies(s, &in).n_copies, 0);
}

/* Of a text that is too long the beginning, and it says so; passages are shown as far as they fit.
 */
static void test_long(void **state)
{
	struct stored *s = *state;
	AUTO_FREE char *text = repeated(" ", ANNOT_COPIES_TEXT_MAX + 100);
	size_t len = strlen(text);
	uint64_t seed = 1;
	/* Nothing in it repeats itself; its bound is in the midst of a letter. */
	for (size_t i = 0; i < len; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		if (i % 7)
			text[i] = (char)('a' + (seed >> 40) % 26);
	}
	memcpy(text + 90, rain, strlen(rain));
	memcpy(text + ANNOT_COPIES_TEXT_MAX - 1, "\xC3\xA9", 2);
	memcpy(text + len - strlen(lake), lake, strlen(lake));
	document(s, "own", text);
	char part[200];
	snprintf(part, sizeof part, "%s; %s", rain, lake);
	document(s, "short", part);
	document(s, "again", text);
	struct annot_copies_request in = {.id = "own"};
	struct annot_copies_reply ret = copies(s, &in);
	assert_true(ret.partial);
	assert_int_equal(ret.n_copies, 2);
	assert_string_equal(ret.copies[0].passages[1].name, "again");
	assert_true(strlen(ret.copies[0].passages[0].text) <= 16384);
	assert_true(ret.copies[0].passages[0].end - ret.copies[0].passages[0].start > 1 << 20);
	assert_string_equal(ret.copies[1].passages[1].text, rain);
}

/* One letter over and over, on one line: work stays below its bound, and the answer says that it
 * was reached. */
static void test_repetition(void **state)
{
	struct stored *s = *state;
	AUTO_FREE char *own = repeated("a", 50000), *other = repeated("a", 4 << 20);
	document(s, "own", own);
	document(s, "other", other);
	struct annot_copies_request in = {.id = "own"};
	struct annot_copies_reply ret = copies(s, &in);
	assert_true(ret.cut);
	assert_true(ret.n_copies > 0);
	assert_int_equal(ret.compared, 4 << 20);
	struct copies c;
	call_ok(copies_begin(&c, &s->call, &in));
	call_ok(copies_compare(&c, 2));
	/* Letters of the text that were read before, and those of one gram's places. */
	assert_true(annot_copies_steps(c.engine) <
		    ANNOT_COPIES_WORK_MAX + (4 << 20) + ANNOT_COPIES_OFTEN * 50000);
	copies_finish(&c);
}

static void test_refused(void **state)
{
	struct stored *s = *state;
	struct annot_copies_reply ret;
	document(s, "short", "a few words");
	document(s, "spaces", "   \n   ");
	struct annot_copies_request in = {.id = "short"};
	assert_int_equal(on_copies(&s->call, &in, &ret), ANNOT_INVALID);
	in.id = "spaces";
	assert_int_equal(on_copies(&s->call, &in, &ret), ANNOT_INVALID);
	in.id = "nowhere";
	assert_int_equal(on_copies(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	record_of(s, "absent", lake);
	in.id = "absent";
	assert_int_equal(on_copies(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	document(s, "own", lake);
	in = (struct annot_copies_request){.id = "own", .min_letters = 3};
	assert_int_equal(on_copies(&s->call, &in, &ret), ANNOT_TOO_LARGE);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, stored_setup, stored_teardown)
	const struct CMUnitTest tests[] = {T(test_order), T(test_long), T(test_repetition),
					   T(test_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
