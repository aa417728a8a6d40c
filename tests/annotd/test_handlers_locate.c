/* locate: places in the contents of many documents, the best first. */
#include "stored.h"

#include <stdio.h>

#include "annotd/locate.h"
#include "base/auto.h"
#include "base/encode.h"
#include "text/utf8.h"

#define call_ok(what)                                                                              \
	do {                                                                                       \
		if ((what) != ANNOT_OK)                                                            \
			fail_msg("%s: %s", #what, s->call.err.text);                               \
	} while (0)

static const char quoted[] = "Nobody has the intention to build a wall";

static void content(struct stored *s, const struct test_entry *doc)
{
	reader_end(s->reader);
	assert_ok(store_put_content(s->store, doc->index, doc->content, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
}

static struct test_entry *document(struct stored *s, const char *name, const char *text)
{
	struct test_key admin = test_key(1);
	struct test_entry *doc = test_put_document(s->c, &admin, name, text);
	stored_sync(s);
	content(s, doc);
	return doc;
}

static void encodes(const struct annot_locate_reply *reply)
{
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_reply_encode(annot_call_def(ANNOT_CALL_locate), ANNOT_OK, NULL, reply,
				     &frame, &test_error));
}

static struct annot_locate_reply locate(struct stored *s, const struct annot_locate_request *in)
{
	struct annot_locate_reply ret = {0};
	call_ok(on_locate(&s->call, in, &ret));
	encodes(&ret);
	return ret;
}

static void test_places(void **state)
{
	struct stored *s = *state;
	const struct test_entry *a = document(
		s, "a", "Früher: nobody HAS the intention\nto build a wall. And later on.");
	const struct test_entry *b =
		document(s, "b", "He said: Nobody has the intention to build a wall. So he said.");
	document(s, "c", "Nothing of that kind stands here.");
	document(s, "d", "Nobody had an intention to build walls, they say.");
	struct annot_locate_request in = {.words = quoted, .max_edits = 300};
	struct annot_locate_reply ret = locate(s, &in);
	assert_int_equal(ret.n_places, 3);
	const struct annot_locate_place *p = ret.places;
	assert_string_equal(p[0].name, "b");
	assert_string_equal(p[0].how, "exact");
	assert_true(annot_hash_equal(&p[0].document, &b->id));
	assert_int_equal(p[0].version, 1);
	assert_true(p[0].head);
	assert_int_equal(p[0].start, 9);
	assert_string_equal(p[0].text, quoted);
	assert_string_equal(p[0].before, "He said: ");
	assert_string_equal(p[0].after, ". So he said.");
	assert_true(annot_hash_equal(&p[1].document, &a->id));
	assert_string_equal(p[1].how, "folded");
	assert_int_equal(p[1].start, 9);
	assert_int_equal(p[1].chars_start, 8); /* ü is two bytes */
	assert_int_equal(p[1].chars_end, 8 + strlen(quoted));
	assert_string_equal(p[1].before, "Früher: ");
	assert_string_equal(p[2].name, "d");
	assert_string_equal(p[2].how, "nearest");
	assert_in_range(p[2].score, 700, 950);
	assert_false(ret.more || ret.cut);
	assert_int_equal(ret.next, 0);
	assert_true(ret.searched + ret.indexed > 100);
}

/* White space before the words, which the text has, too. */
static void test_space_before(void **state)
{
	struct stored *s = *state;
	const char *words =
		"                                                                     \n\n"
		"|     |     |\n| --- | --- |Performance Cookies";
	char text[512];
	snprintf(text, sizeof text, "Before it. |  |  |\n| --- | --- |Performance%s|  Behind.",
		 words);
	document(s, "table", text);
	for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
		struct annot_locate_request in = {
			.words = words, .max_edits = 300, .exhaustive = exhaustive};
		struct annot_locate_reply ret = locate(s, &in);
		assert_true(ret.n_places >= 1);
		assert_string_equal(ret.places[0].how, "exact");
		assert_string_equal(ret.places[0].text, words);
	}
}

static void test_limits(void **state)
{
	struct stored *s = *state;
	for (int i = 0; i < 5; i++) {
		char name[16], text[80];
		snprintf(name, sizeof name, "doc%d", i);
		snprintf(text, sizeof text, "%s: %d. Nobody %s", i % 2 ? quoted : "", i,
			 "is here.");
		document(s, name, text);
	}
	struct annot_locate_request in = {.words = quoted, .limit = 1};
	struct annot_locate_reply ret = locate(s, &in);
	assert_int_equal(ret.n_places, 1);
	assert_string_equal(ret.places[0].name, "doc1");
	assert_true(ret.more);
	in.limit = 2;
	ret = locate(s, &in);
	assert_int_equal(ret.n_places, 2);
	assert_string_equal(ret.places[1].name, "doc3");
	assert_false(ret.more);
	/* More places than fit, overall. */
	in = (struct annot_locate_request){.words = "e", .limit = 3};
	ret = locate(s, &in);
	assert_int_equal(ret.n_places, 3);
	assert_true(ret.more);
	in.words = "  ";
	assert_int_equal(on_locate(&s->call, &in, &ret), ANNOT_INVALID);
}

static void test_documents(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *one = document(s, "speech", quoted);
	document(s, "other", quoted);
	struct annot_bytes text = annot_bytes_of("Somebody else is of another mind.");
	struct annot_draft *d = annot_draft_amend(one->record);
	struct annot_draft *cards = test_document("speech", text);
	annot_draft_free(cards);
	test_set(d, "title", "second");
	struct test_entry *two = test_put_as(s->c, &admin, d, ANNOT_EFFECTIVE);
	two->content = text;
	stored_sync(s);
	content(s, two);
	struct annot_locate_request in = {.words = quoted};
	struct annot_locate_reply ret = locate(s, &in);
	assert_int_equal(ret.n_places, 1);
	assert_string_equal(ret.places[0].name, "other");
	in.versions = true;
	ret = locate(s, &in);
	assert_int_equal(ret.n_places, 2);
	assert_string_equal(ret.places[0].name, "speech");
	assert_int_equal(ret.places[0].version, 1);
	assert_false(ret.places[0].head);
	static const char *const named[] = {"speech"}, *const first[] = {"speech@1", "other"};
	in.documents = named;
	in.n_documents = 1;
	assert_int_equal(locate(s, &in).n_places, 1);
	in.versions = false;
	assert_int_equal(locate(s, &in).n_places, 0);
	in.documents = first;
	assert_int_equal(locate(s, &in).n_places, 1);
	in.n_documents = 2;
	assert_int_equal(locate(s, &in).n_places, 2);
	static const char *const absent[] = {"nothing"};
	in.documents = absent;
	in.n_documents = 1;
	assert_int_equal(on_locate(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	char claim[16];
	const struct test_entry *e =
		test_put_as(s->c, &admin, test_claim("no document"), ANNOT_EFFECTIVE);
	stored_sync(s);
	snprintf(claim, sizeof claim, "%.12s", annot_hash_hex(&e->id).text);
	const char *ids[] = {claim};
	in.documents = ids;
	assert_int_equal(on_locate(&s->call, &in, &ret), ANNOT_INVALID);
	/* Retracted documents are passed over, withheld ones have no words. */
	test_put_as(s->c, &admin, test_about(ANNOT_KIND_retract, &s->c->entries[2]->id),
		    ANNOT_EFFECTIVE);
	stored_sync(s);
	in = (struct annot_locate_request){.words = quoted};
	assert_int_equal(locate(s, &in).n_places, 0);
	in.versions = true;
	assert_int_equal(locate(s, &in).n_places, 2);
	reader_end(s->reader);
	assert_ok(store_withhold(s->store, one->index, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_int_equal(locate(s, &in).n_places, 1);
}

/* A place across the border of two pieces is found once, with the right offsets, also when the
 * search goes on in another request. */
static void test_pieces(void **state)
{
	struct stored *s = *state;
	enum { LEN = 3 * LOCATE_PIECE + 1000 };
	static const char word[] = "häufig ";
	AUTO_FREE char *text = malloc(LEN + 1);
	size_t at[] = {10, LOCATE_PIECE - 20, 2 * LOCATE_PIECE - 5, LEN - 60},
	       word_len = strlen(word);
	assert_non_null(text);
	for (size_t i = 0; i < LEN; i++)
		text[i] = word[i % word_len];
	text[LEN] = '\0';
	for (size_t i = 0; i < COUNT(at); i++) {
		while (!annot_utf8_boundary(text, LEN, at[i]))
			at[i]++;
		memcpy(text + at[i], quoted, strlen(quoted));
		/* What is left of a letter behind it */
		for (size_t j = at[i] + strlen(quoted); !annot_utf8_boundary(text, LEN, j); j++)
			text[j] = '.';
	}
	const struct test_entry *doc = document(s, "long", text);
	struct annot_locate_request in = {.words = quoted, .max_edits = 200, .exhaustive = true};
	struct annot_locate_reply ret = locate(s, &in);
	assert_int_equal(ret.n_places, COUNT(at));
	for (size_t i = 0; i < COUNT(at); i++) {
		assert_string_equal(ret.places[i].how, "exact");
		assert_int_equal(ret.places[i].start, at[i]);
		assert_int_equal(ret.places[i].chars_start, annot_utf8_chars(text, at[i]));
	}
	assert_int_equal(ret.searched, LEN);
	/* Without edits, a piece a request. */
	in.max_edits = 0;
	struct locate l;
	uint64_t next = 0;
	size_t n = 0, requests = 0;
	do {
		bool read;
		call_ok(locate_begin(&l, &s->call, &in));
		l.work = 1;
		call_ok(locate_scan(&l, doc->index, next, &next, &read));
		call_ok(locate_flush(&l));
		assert_true(read);
		for (size_t i = 0; i < l.n; i++)
			assert_int_equal(l.places[i].mark_chars,
					 annot_utf8_chars(text, l.places[i].mark));
		n += l.n;
		requests++;
		locate_end(&l);
	} while (next > 0);
	assert_int_equal(n, COUNT(at));
	assert_int_equal(requests, 4);
}

/* Documents of all sizes, more than both threads get at a time: each has its place. */
static void test_shares(void **state)
{
	struct stored *s = *state;
	enum { DOCUMENTS = 60, LEN_MAX = 900000 };
	AUTO_FREE char *text = malloc(LEN_MAX + 100);
	assert_non_null(text);
	for (size_t i = 0; i < DOCUMENTS; i++) {
		size_t len = i * i * i * 7919 % (i % 5 ? 3000 : LEN_MAX), at = len / 3;
		char name[20];
		memset(text, 'x', len + 60);
		memcpy(text + at, quoted, strlen(quoted));
		text[len + 60] = '\0';
		snprintf(name, sizeof name, "share%zu", i);
		document(s, name, text);
	}
	for (unsigned edits = 0; edits <= 400; edits += 200) {
		struct annot_locate_request in = {
			.words = quoted, .max_edits = edits, .limit = 1000, .exhaustive = true};
		struct annot_locate_reply ret = locate(s, &in);
		size_t n = 0;
		for (size_t i = 0; i < ret.n_places; i++) {
			char name[20];
			snprintf(name, sizeof name, "share%zu", n);
			n += strcmp(ret.places[i].name, name) == 0 &&
			     strcmp(ret.places[i].how, "exact") == 0;
		}
		assert_int_equal(n, DOCUMENTS);
		in.limit = 7;
		ret = locate(s, &in);
		assert_int_equal(ret.n_places, 7);
		assert_true(ret.more);
	}
}

/* One letter over and over, on one line: steps stay within what a request may take, of each thread,
 * and the answer says that they were used up. */
static void test_repetition(void **state)
{
	struct stored *s = *state;
	enum { LEN = 3 << 20 };
	AUTO_FREE char *text = malloc(LEN + 1);
	char words[151];
	struct locate l;
	uint64_t next;
	bool read;
	assert_non_null(text);
	memset(text, 'a', LEN);
	text[LEN] = '\0';
	memset(words, 'a', 150);
	words[75] = 'b';
	words[150] = '\0';
	const struct test_entry *doc = document(s, "line", text);
	struct annot_locate_request in = {.words = words, .max_edits = 400, .exhaustive = true};
	call_ok(locate_begin(&l, &s->call, &in));
	l.compare = 100000;
	call_ok(locate_scan(&l, doc->index, 0, &next, &read));
	call_ok(locate_flush(&l));
	assert_true(l.cut);
	assert_int_equal(next, 0);
	assert_int_equal(l.n, ANNOT_LOCATE_LIMIT);
	/* Each letter of the text, and of what pieces overlap by, with three words of 64 and one
	 * step for folding. */
	size_t most = 4 * (LEN + 3 * 2 * annot_wanted_reach(l.wanted));
	assert_in_range(LOCATE_WORK_MAX - l.work, 4 * LEN, most);
	locate_end(&l);
}

/* A place of a megabyte is named, and as much of it shown as a reply holds. */
static void test_long_place(void **state)
{
	struct stored *s = *state;
	enum { LEN = ANNOT_LOCATE_WORDS_MAX };
	AUTO_FREE char *text = malloc(LEN + 1);
	assert_non_null(text);
	for (size_t i = 0; i < LEN; i++)
		text[i] = (char)('a' + i * i / 7 % 23);
	text[LEN] = '\0';
	for (int i = 0; i < 4; i++) {
		char name[16];
		snprintf(name, sizeof name, "doc%d", i);
		document(s, name, text);
	}
	struct annot_locate_request in = {.words = text};
	struct annot_locate_reply ret = locate(s, &in);
	assert_int_equal(ret.n_places, 3);
	assert_true(ret.more);
	for (size_t i = 0; i < ret.n_places; i++) {
		assert_string_equal(ret.places[i].how, "exact");
		assert_int_equal(ret.places[i].chars_end, LEN);
		assert_int_equal(strlen(ret.places[i].text), 512 << 10);
	}
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, stored_setup, stored_teardown)
	const struct CMUnitTest tests[] = {T(test_places),     T(test_space_before), T(test_limits),
					   T(test_documents),  T(test_pieces),       T(test_shares),
					   T(test_repetition), T(test_long_place)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
