#include "anchor/anchor.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

static const char speech[] =
	"The minister opened the session with a long report. Nobody has the intention of building "
	"a wall, he "
	"said, and sat down. After a pause the chair asked for questions from the floor. A member "
	"wanted to know what the bridge would cost this year and the next. The minister did not "
	"answer. The session closed at five.";

struct asked {
	const char *exact, *prefix, *suffix;
	const char *old; /* NULL: not at hand */
	bool unplaced, cautious;
};

/* Anchors words of the speech in another text, with 32 characters of context and the position. */
static struct annot_anchor ask(struct asked q, const char *text)
{
	struct annot_anchorer *a;
	struct annot_anchor ret;
	const char *from = q.old ? q.old : speech, *at = strstr(from, q.exact);
	size_t start = at ? (size_t)(at - from) : 0, before = start < 32 ? start : 32;
	struct annot_selector s = {.exact = annot_bytes_of(q.exact),
				   .prefix = annot_bytes(from + start - before, before),
				   .suffix = annot_bytes_of(""),
				   .placed = !q.unplaced,
				   .start = start,
				   .end = start + strlen(q.exact)};
	if (at) {
		size_t rest = strlen(from + s.end);
		s.suffix = annot_bytes(from + s.end, rest < 32 ? rest : 32);
	}
	if (q.prefix)
		s.prefix = annot_bytes_of(q.prefix);
	if (q.suffix)
		s.suffix = annot_bytes_of(q.suffix);
	assert_ok(annot_anchorer_new(annot_bytes_of(text),
				     q.old ? annot_bytes_of(q.old) : (struct annot_bytes){0}, &a,
				     &test_error));
	assert_ok(annot_anchor_find(a, &s, q.cautious, &ret, &test_error));
	annot_anchorer_free(a);
	for (size_t i = 0; i < ret.n_places; i++) {
		const struct annot_anchor_place *p = &ret.places[i];
		assert_true(p->start < p->end && p->end <= strlen(text));
		assert_true(annot_utf8_boundary(text, strlen(text), p->start));
		assert_true(annot_utf8_boundary(text, strlen(text), p->end));
		assert_true(p->score <= 1000 && p->likeness <= 1000);
	}
	return ret;
}

static void assert_place(struct annot_anchor a, enum annot_anchor_status status, const char *text,
			 const char *there)
{
	if (a.status != status)
		fail_msg("%s, score %u", annot_anchor_name(a.status), a.places[0].score);
	assert_int_equal(a.n_places, 1);
	size_t len = a.places[0].end - a.places[0].start;
	if (len != strlen(there) || memcmp(text + a.places[0].start, there, len) != 0)
		fail_msg("at \"%.*s\"", (int)len, text + a.places[0].start);
}

static void test_unchanged(void **state)
{
	(void)state;
	const char *words = "the bridge would cost this year";
	struct annot_anchor a = ask((struct asked){.exact = words}, speech);
	assert_place(a, ANNOT_ANCHOR_EXACT, speech, words);
	assert_int_equal(a.places[0].likeness, 1000);
	assert_int_equal(a.places[0].how, ANNOT_FIND_EXACT);
	assert_false(a.cut);
	assert_place(ask((struct asked){.exact = words, .old = speech}, speech), ANNOT_ANCHOR_EXACT,
		     speech, words);
	assert_place(ask((struct asked){.exact = words, .cautious = true}, speech),
		     ANNOT_ANCHOR_EXACT, speech, words);
	/* Without a position nothing can be said to be where it was. */
	assert_place(ask((struct asked){.exact = words, .unplaced = true}, speech),
		     ANNOT_ANCHOR_MOVED, speech, words);
	/* All of the text. */
	assert_place(ask((struct asked){.exact = speech}, speech), ANNOT_ANCHOR_EXACT, speech,
		     speech);
}

static void with_speech(const char *before, const char *change, const char *to,
			struct annot_buf *ret)
{
	const char *at = strstr(speech, change);
	assert_non_null(at);
	annot_buf_puts(ret, before);
	annot_buf_add(ret, speech, (size_t)(at - speech));
	annot_buf_puts(ret, to);
	annot_buf_puts(ret, at + strlen(change));
}

static void test_moved_and_changed(void **state)
{
	(void)state;
	const char *words = "Nobody has the intention of building a wall";
	const char *olds[] = {NULL, speech};
	for (size_t i = 0; i < COUNT(olds); i++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 16);
		struct asked q = {.exact = words, .old = olds[i]};
		with_speech("A new first sentence. ", "", "", &text);
		assert_place(ask(q, text.data), ANNOT_ANCHOR_MOVED, text.data, words);
		annot_buf_truncate(&text, 0);
		with_speech("", words, "Nobody has the\nintention of\nbuilding a wall", &text);
		struct annot_anchor a = ask(q, text.data);
		assert_place(a, ANNOT_ANCHOR_CHANGED, text.data,
			     "Nobody has the\nintention of\nbuilding a wall");
		assert_int_equal(a.places[0].how, ANNOT_FIND_FOLDED);
		annot_buf_truncate(&text, 0);
		with_speech("Again: ", words, "Nobody had any intention to build that wall", &text);
		a = ask(q, text.data);
		assert_place(a, ANNOT_ANCHOR_CHANGED, text.data,
			     "Nobody had any intention to build that wall");
		assert_int_equal(a.places[0].how, ANNOT_FIND_NEAREST);
		assert_true(a.places[0].likeness < 1000);
	}
}

/* The quoted sentence is gone, and one very like it, which was there before, has stayed. */
static void test_lookalike(void **state)
{
	(void)state;
	static const char old[] =
		"Section 1. The tenant pays the rent on the first day of each month in advance. "
		"Section 2. The house is cleaned by a firm that the landlord chooses every spring. "
		"Section 3. The tenant pays the fees on the first day of each month in advance. "
		"Section 4. Pets are welcome as long as the neighbours do not complain of them.";
	static const char new[] =
		"Section 2. The house is cleaned by a firm that the landlord chooses every spring. "
		"Section 3. The tenant pays the fees on the first day of each month in advance. "
		"Section 4. Pets are welcome as long as the neighbours do not complain of them.";
	const char *words = "The tenant pays the rent on the first day of each month in advance.";
	struct annot_anchor a = ask((struct asked){.exact = words, .old = old}, new);
	assert_int_equal(a.status, ANNOT_ANCHOR_ORPHAN);
	/* The lookalike is the guess, for a person to judge. */
	assert_int_equal(a.n_places, 1);
	assert_memory_equal(new + a.places[0].start, "The tenant pays the fees", 24);
}

static void test_orphan(void **state)
{
	(void)state;
	struct annot_anchor a = ask((struct asked){.exact = "what the bridge would cost"}, "");
	assert_int_equal(a.status, ANNOT_ANCHOR_ORPHAN);
	assert_int_equal(a.n_places, 0);
	a = ask((struct asked){.exact = "what the bridge would cost"},
		"Entirely other words about gardens, flowers and the rain in spring.");
	assert_int_equal(a.status, ANNOT_ANCHOR_ORPHAN);
	/* Short words match noise: "Linus" in "machines" is none. */
	a = ask((struct asked){.exact = "Linus", .prefix = "he wrote to ", .suffix = " that night"},
		"all the machines stood still in the large hall");
	assert_int_equal(a.status, ANNOT_ANCHOR_ORPHAN);
}

/* The same words in the same context, twice, and no position to tell them apart. */
static void test_ambiguous(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 16);
	for (int i = 0; i < 2; i++)
		annot_buf_puts(&text,
			       "And after the verse comes the refrain, la la la, as before in "
			       "every verse of the song. ");
	struct annot_anchor a = ask((struct asked){.exact = "the refrain, la la la",
						   .prefix = "And after the verse comes ",
						   .suffix = ", as before in every verse",
						   .unplaced = true},
				    text.data);
	assert_int_equal(a.status, ANNOT_ANCHOR_AMBIGUOUS);
	assert_int_equal(a.n_places, 2);
	assert_int_not_equal(a.places[0].start, a.places[1].start);
}

/* Quotes of one letter, of only spaces, and of nothing that folding leaves. */
static void test_tiny(void **state)
{
	(void)state;
	struct annot_anchor a = ask((struct asked){.exact = "x",
						   .prefix = "the unknown value is ",
						   .suffix = " in this equation"},
				    "here the unknown value is x in this equation, and y is not");
	assert_int_equal(a.places[0].start, 26);
	assert_int_equal(a.status, ANNOT_ANCHOR_MOVED);
	ask((struct asked){.exact = "   ", .prefix = "session with", .suffix = "a long"}, speech);
	ask((struct asked){.exact = " ", .prefix = "", .suffix = ""}, speech);
	a = ask((struct asked){.exact = "\xC2\xAD"}, speech);
	assert_int_equal(a.status, ANNOT_ANCHOR_ORPHAN);
	assert_int_equal(a.n_places, 0);
	/* Spaces at its ends belong to a quote. */
	a = ask((struct asked){.exact = " he said, and "}, speech);
	assert_place(a, ANNOT_ANCHOR_EXACT, speech, " he said, and ");
}

static void assert_refused(struct annot_selector s, const char *old, const char *words)
{
	struct annot_anchorer *a;
	struct annot_anchor found = {.n_places = 77};
	assert_ok(annot_anchorer_new(annot_bytes_of(speech),
				     old ? annot_bytes_of(old) : (struct annot_bytes){0}, &a,
				     &test_error));
	assert_status(annot_anchor_find(a, &s, false, &found, &test_error), ANNOT_INVALID);
	assert_error_says(words);
	assert_int_equal(found.n_places, 77);
	annot_anchorer_free(a);
}

static void test_refused(void **state)
{
	(void)state;
	struct annot_anchorer *a = NULL;
	struct annot_selector s = {.exact = annot_bytes_of("minister")};
	assert_status(annot_anchorer_new(annot_bytes_of("a\xFF"), (struct annot_bytes){0}, &a,
					 &test_error),
		      ANNOT_INVALID);
	assert_error_says("text: not UTF-8 at byte 1");
	assert_status(
		annot_anchorer_new(annot_bytes_of("a"), annot_bytes_of("\xC3"), &a, &test_error),
		ANNOT_INVALID);
	assert_error_says("old text");
	assert_null(a);
	s.exact = annot_bytes_of("");
	assert_refused(s, NULL, "exact is empty");
	s.exact = annot_bytes_of("a\xFFz");
	assert_refused(s, NULL, "exact: not UTF-8 at byte 1");
	s.exact = annot_bytes_of("a");
	s.prefix = annot_bytes_of("\xFF");
	assert_refused(s, NULL, "prefix");
	s.prefix = (struct annot_bytes){0};
	s.suffix = annot_bytes_of("\xFF");
	assert_refused(s, NULL, "suffix");
	s = (struct annot_selector){
		.exact = annot_bytes_of("minister"), .placed = true, .start = 9, .end = 9};
	assert_refused(s, NULL, "not before end");
	s.end = 5000;
	assert_refused(s, speech, "behind the old text");
	s.end = 17;
	assert_refused(s, speech, "bytes 9 to 17");
	AUTO_FREE char *long_words = calloc(1, ANNOT_ANCHOR_EXACT_MAX + 2);
	assert_non_null(long_words);
	memset(long_words, 'w', ANNOT_ANCHOR_EXACT_MAX + 1);
	s.exact = annot_bytes_of(long_words);
	assert_refused(s, NULL, "at most 1048576");
}

/* Repeats without end: within the budget, and it is said. */
static void test_repeats(void **state)
{
	(void)state;
	enum { SIZE = 200000 };
	AUTO_FREE char *text = calloc(1, SIZE + 1);
	assert_non_null(text);
	memset(text, 'a', SIZE);
	struct annot_anchor a = ask((struct asked){.exact = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
						   .prefix = "aaaaaaaa",
						   .suffix = "aaaaaaaa",
						   .unplaced = true},
				    text);
	assert_true(a.cut);
	assert_int_equal(a.status, ANNOT_ANCHOR_AMBIGUOUS);
	/* Longer than what is compared as a whole, and near the longest. */
	AUTO_FREE char *quote = strndup(text, 100000);
	a = ask((struct asked){.exact = quote, .prefix = "b", .suffix = "c"}, text);
	assert_true(a.cut);
	quote[50000] = 'b';
	a = ask((struct asked){.exact = quote, .prefix = "b", .suffix = "c"}, text);
	assert_true(a.cut);
}

/* A long quote that was changed in its middle is found by its ends. */
static void test_long(void **state)
{
	(void)state;
	uint64_t seed = 41;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20), quote = ANNOT_BUF_INIT(1 << 20);
	while (text.len < 60000)
		annot_buf_printf(&text, "%c%s", (char)('a' + random_below(&seed, 26)),
				 random_below(&seed, 6) ? "" : " ");
	annot_buf_add(&quote, text.data + 20000, 15000);
	memcpy(quote.data + 7000, "something else", 14);
	struct annot_anchor a =
		ask((struct asked){.exact = quote.data, .unplaced = true}, text.data);
	assert_int_equal(a.status, ANNOT_ANCHOR_CHANGED);
	assert_true(a.cut);
	assert_in_range(a.places[0].start, 19998, 20002);
	assert_in_range(a.places[0].end, 34998, 35002);
}

/* The same question has the same answer, whatever was asked before. */
static void test_same_again(void **state)
{
	(void)state;
	struct annot_anchorer *a;
	struct annot_anchor first, again;
	struct annot_selector s = {.exact = annot_bytes_of("the chair asked for a question"),
				   .prefix = annot_bytes_of("After a pause "),
				   .suffix = annot_bytes_of(" from the floor")};
	struct annot_selector other = {.exact = annot_bytes_of("\xD0\x96\xD0\xB4\xD1\x83 answers")};
	assert_ok(annot_anchorer_new(annot_bytes_of(speech), (struct annot_bytes){0}, &a,
				     &test_error));
	memset(&first, 0, sizeof(first));
	memset(&again, 0, sizeof(again));
	assert_ok(annot_anchor_find(a, &s, false, &first, &test_error));
	assert_ok(annot_anchor_find(a, &other, false, &again, &test_error));
	assert_ok(annot_anchor_find(a, &s, false, &again, &test_error));
	assert_int_equal(first.status, ANNOT_ANCHOR_CHANGED);
	assert_int_equal(first.status, again.status);
	assert_int_equal(first.places[0].start, again.places[0].start);
	assert_int_equal(first.places[0].end, again.places[0].end);
	assert_int_equal(first.places[0].score, again.places[0].score);
	annot_anchorer_free(a);
}

/* In a text that did not change words stay, however often they stand there; without a position they are looked for. */
static void test_same_text(void **state)
{
	(void)state;
	static const char text[] = "La la, says he. La la, says he. ";
	struct annot_anchorer *a;
	struct annot_anchor found;
	struct annot_selector s = {.exact = annot_bytes_of("La la"),
				   .suffix = annot_bytes_of(", says he. "),
				   .placed = true,
				   .start = 16,
				   .end = 21};
	assert_ok(annot_anchorer_new(annot_bytes_of(text), annot_bytes_of(text), &a, &test_error));
	assert_ok(annot_anchor_find(a, &s, true, &found, &test_error));
	assert_int_equal(found.status, ANNOT_ANCHOR_EXACT);
	assert_int_equal(found.n_places, 1);
	assert_int_equal(found.places[0].start, 16);
	assert_int_equal(found.places[0].end, 21);
	assert_int_equal(found.places[0].score, 1000);
	s.start = 15;
	s.end = 20;
	assert_int_equal(annot_anchor_find(a, &s, false, &found, &test_error), ANNOT_INVALID);
	s.placed = false;
	assert_ok(annot_anchor_find(a, &s, false, &found, &test_error));
	assert_int_equal(found.status, ANNOT_ANCHOR_AMBIGUOUS);
	assert_int_equal(found.n_places, 2);
	annot_anchorer_free(a);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(annot_anchor_name(ANNOT_ANCHOR_EXACT), "exact");
	assert_string_equal(annot_anchor_name(ANNOT_ANCHOR_ORPHAN), "orphan");
	assert_string_equal(annot_anchor_name((enum annot_anchor_status)99), "unknown");
	annot_anchorer_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unchanged), cmocka_unit_test(test_moved_and_changed),
		cmocka_unit_test(test_lookalike), cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_ambiguous), cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_refused),   cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_long),      cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_same_text), cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
