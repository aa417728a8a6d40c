#include "quote/alter.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

enum { ARENA = 64 << 20 };

static void show_flags(struct annot_buf *b, unsigned flags)
{
	for (unsigned i = 0; i < ANNOT_ALTER_FLAGS; i++)
		if (flags & 1U << i)
			annot_buf_printf(b, " %s", annot_alter_flag_name(i));
}

/* "result flags; class flags: quote > source; …" */
static void show(const struct annot_alteration *a, const char *quote, const char *source,
		 struct annot_buf *b)
{
	annot_buf_puts(b, annot_alter_result_name(a->result));
	show_flags(b, a->flags);
	for (size_t i = 0; i < a->n; i++) {
		const struct annot_difference *d = &a->differences[i];
		annot_buf_printf(b, "; %s", annot_difference_name(d->class_));
		show_flags(b, d->flags);
		annot_buf_puts(b, ": ");
		annot_buf_add(b, quote + d->quote[0], d->quote[1] - d->quote[0]);
		annot_buf_puts(b, " > ");
		annot_buf_add(b, source + d->source[0], d->source[1] - d->source[0]);
	}
}

/* The place is what stands between the bars in the source. */
static void assert_altered(const char *quote, const char *marked, const char *expected)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf source = ANNOT_BUF_INIT(1 << 16), shown = ANNOT_BUF_INIT(1 << 16);
	size_t place[2] = {0}, n = 0;
	struct annot_alteration a;
	annot_buf_puts(&source, "");
	for (const char *p = marked; *p; p++) {
		if (*p != '|')
			annot_buf_putc(&source, *p);
		else
			place[n++] = source.len;
	}
	if (n == 0)
		place[1] = source.len;
	assert_ok(annot_alter(arena, annot_bytes_of(quote), annot_buf_bytes(&source), place[0],
			      place[1], &a, &test_error));
	show(&a, quote, source.data, &shown);
	if (strcmp(shown.data, expected) != 0)
		fail_msg("%s\n  %s\n  is \"%s\"\n not \"%s\"", quote, marked, shown.data, expected);
}

static void test_same(void **state)
{
	(void)state;
	assert_altered("The draft is ready", "He said: |The draft is ready|, and left.", "exact");
	assert_altered("  The draft is ready ", "The draft is ready", "exact");
	assert_altered("The draft is ready,", "|The draft is ready|. Then", "exact");
	assert_altered("The draft is ready.", "|The draft is ready|, he said", "exact");
	assert_altered("The draft is ready.", "|The draft is ready.| Then", "exact");
	/* white space, quotation marks, dashes, capitals, the comma of who quotes */
	assert_altered("the draft is ready", "the draft\n   is ready", "typographic");
	assert_altered("the \"new\" draft", "the \xE2\x80\x9Cnew\xE2\x80\x9D draft",
		       "typographic; typography: \" > \xE2\x80\x9C; typography: \" > \xE2\x80\x9D");
	assert_altered("The draft is ready,", "He said |the draft is ready|. Then",
		       "typographic; case: The > the");
	assert_altered("of 1,000 people", "of 1000 people",
		       "typographic; typography: 1,000 > 1000");
	assert_altered("the three million people", "the 3 million people",
		       "typographic; typography: three million > 3 million");
	assert_altered("some 5 percent of it", "some 5% of it",
		       "typographic; typography: percent > %");
	assert_altered("the inter-\nnational treaty", "the international treaty",
		       "typographic; typography: inter-\nnational > international");
}

static void test_altered(void **state)
{
	(void)state;
	assert_altered("we will support it", "that |we will not support it|.",
		       "altered negation; omission negation:  > not");
	assert_altered("we will not support it", "we will support it",
		       "altered negation; insertion negation: not > ");
	assert_altered("they can't win", "they can win",
		       "altered negation; insertion negation: n't > ");
	assert_altered("this is legal now", "this is illegal now",
		       "altered negation wording; substitution negation wording: legal > illegal");
	assert_altered("it will rise", "it may rise",
		       "altered modal; substitution modal: will > may");
	assert_altered("in 2017 it rose", "in 2018 it rose",
		       "altered number; substitution number: 2017 > 2018");
	assert_altered("some three million people", "some 3 billion people",
		       "altered number; substitution number: three million > 3 billion");
	assert_altered("all of them agree", "some of them agree",
		       "altered number; substitution number: all > some");
	assert_altered("that Anna Smith left", "that Anna Jones left",
		       "altered name; substitution name: Smith > Jones");
	assert_altered("the good plan", "the bad plan",
		       "altered wording; substitution wording: good > bad");
	assert_altered("the plan is good", "the plan is very good",
		       "altered wording; omission wording:  > very");
	assert_altered("is it ready.", "is it ready?",
		       "altered wording; substitution wording: . > ?");
	assert_altered("the dog bites the man", "the man bites the dog",
		       "altered order wording; substitution order wording: dog > man; "
		       "substitution order wording: man > dog");
	/* no flag: articles, another spelling, contractions */
	assert_altered("we have plan", "we have a plan", "altered; omission:  > a");
	assert_altered("to organise labour", "to organize labor",
		       "altered; substitution: organise > organize; substitution: labour > labor");
	assert_altered("we don't agree", "we do not agree", "altered; substitution: n't > not");
}

static void test_editor(void **state)
{
	(void)state;
	assert_altered("we will \xE2\x80\xA6 win", "we will fight on and win",
		       "elided; ellipsis: \xE2\x80\xA6 > fight on and");
	assert_altered("we will [...] support it", "we will not support it",
		       "elided negation; ellipsis negation: [...] > not");
	assert_altered("[The minister] is ready", "|He is ready| now",
		       "bracketed; bracket: [The minister] > He");
	assert_altered("[T]he draft is ready", "and |the draft is ready|",
		       "bracketed; bracket: [T]he > the");
	assert_altered("it is ready [sic]", "it is ready", "bracketed; bracket: [sic] > ");
	assert_altered("it (the treaty) is ready", "it is ready",
		       "bracketed; bracket: (the treaty) > ");
	/* brackets do not hide what they take away */
	assert_altered(
		"they [will support] it", "they will not support it",
		"bracketed negation; bracket: [ > ; bracket negation:  > not; bracket: ] > ");
	/* both have them */
	assert_altered("it [the treaty] is ready", "it [the treaty] is ready", "exact");
}

static void test_interleaved(void **state)
{
	(void)state;
	assert_altered("the economy grew last year", "the economy12 grew last year",
		       "interleaved; interleaved:  > 12");
	assert_altered("the economy grew last year", "the economy [12] grew last year",
		       "interleaved; interleaved:  > [12]");
	assert_altered("the economy grew last year", "the economy grew\n- 12 -\nlast year",
		       "interleaved; interleaved:  > - 12 -");
	assert_altered("the economy grew last year",
		       "the economy grew\n\nAnnual Report 12\n\nlast year",
		       "interleaved; interleaved:  > Annual Report 12");
	assert_altered("We will win and soon", "\"|We will win,\" he told us, \"and soon|.\"",
		       "interleaved; interleaved:  > ,\" he told us, \"");
	/* words of the text in quotation marks are none of that; nor is a number in a sentence */
	assert_altered("We have the plan here", "We have the \"good\" plan here",
		       "altered wording; omission wording:  > good");
	assert_altered("the economy grew last year", "the economy grew 12 last year",
		       "altered number; omission number:  > 12");
}

static void test_spliced(void **state)
{
	(void)state;
	assert_altered("we want peace we want bread",
		       "|we want peace and I say it here before all of you who came so far today "
		       "we want bread|",
		       "spliced number wording; omission number wording:  > and I say it here "
		       "before all of you "
		       "who came so far today");
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf source = ANNOT_BUF_INIT(1 << 16);
	struct annot_alteration a;
	annot_buf_puts(&source, "we want peace ");
	for (int i = 0; i < 300; i++)
		annot_buf_puts(&source, "and this ");
	annot_buf_puts(&source, "we want bread");
	assert_ok(annot_alter(arena, annot_bytes_of("we want peace ... we want bread"),
			      annot_buf_bytes(&source), 0, source.len, &a, &test_error));
	assert_int_equal(a.result, ANNOT_ALTER_SPLICED);
	assert_int_equal(a.apart, 300 * 9 - 1);
	assert_int_equal(a.flags, 0);
}

/* The search may have cut the place short. */
static void test_context(void **state)
{
	(void)state;
	assert_altered("but the draft is ready", "and |but the draft| is ready today", "exact");
	assert_altered("But the draft is ready.", "and but |the draft is| ready today",
		       "typographic; case: But > but");
}

static void test_languages(void **state)
{
	(void)state;
	assert_altered("der Plan ist fertig", "der Plan ist nicht fertig",
		       "altered negation; omission negation:  > nicht");
	assert_altered("wir haben einen Plan", "wir haben keinen Plan",
		       "altered negation; substitution negation: einen > keinen");
	assert_altered("es soll steigen, und das", "es wird steigen, und das",
		       "altered modal; substitution modal: soll > wird");
	assert_altered("die zweihundert Leute und der", "die 200 Leute und der",
		       "typographic; typography: zweihundert > 200");
	assert_altered("le projet est pr\xC3\xAAt et la loi",
		       "le projet n'est pas pr\xC3\xAAt et la loi",
		       "altered negation; omission negation:  > n'; omission negation:  > pas");
	assert_altered("la loi peut changer et le pays", "la loi doit changer et le pays",
		       "altered modal; substitution modal: peut > doit");
	assert_altered("el plan y la ley est\xC3\xA1n listos",
		       "el plan y la ley no est\xC3\xA1n listos",
		       "altered negation; omission negation:  > no");
	/* compared by characters */
	assert_altered("\xE6\x88\x91\xE4\xBB\xAC\xE5\x90\x8C\xE6\x84\x8F\xE8\xBF\x99\xE4\xB8\xAA",
		       "\xE6\x88\x91\xE4\xBB\xAC\xE4\xB8\x8D\xE5\x90\x8C\xE6\x84\x8F\xE8\xBF\x99"
		       "\xE4\xB8\xAA",
		       "altered negation; omission negation:  > \xE4\xB8\x8D");
	assert_altered("\xE0\xB9\x80\xE0\xB8\x82\xE0\xB8\xB2\xE0\xB8\x94\xE0\xB8\xB5",
		       "\xE0\xB9\x80\xE0\xB8\x82\xE0\xB8\xB2\xE0\xB9\x84\xE0\xB8\xA1\xE0\xB9\x88"
		       "\xE0\xB8\x94\xE0\xB8\xB5",
		       "altered negation wording; omission negation wording:  > "
		       "\xE0\xB9\x84\xE0\xB8\xA1\xE0\xB9\x88");
}

static void test_refused(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	struct annot_alteration a = {.n = 77};
	struct annot_bytes source = annot_bytes_of("some w\xC3\xB6rds");
	assert_status(annot_alter(arena, annot_bytes_of(""), source, 0, 4, &a, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_alter(arena, annot_bytes_of(" \n"), source, 0, 4, &a, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_alter(arena, annot_bytes_of("?!"), source, 0, 4, &a, &test_error),
		      ANNOT_INVALID);
	assert_error_says("no word");
	assert_status(annot_alter(arena, annot_bytes_of("\xFF"), source, 0, 4, &a, &test_error),
		      ANNOT_INVALID);
	assert_error_says("UTF-8 at byte 0");
	assert_status(annot_alter(arena, annot_bytes_of("a"), source, 4, 2, &a, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_alter(arena, annot_bytes_of("a"), source, 0, 99, &a, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_alter(arena, annot_bytes_of("a"), source, 0, 7, &a, &test_error),
		      ANNOT_INVALID);
	assert_error_says("inside of a character");
	assert_status(annot_alter(arena, annot_bytes_of("b"), annot_bytes("a \xFF b", 5), 0, 1, &a,
				  &test_error),
		      ANNOT_INVALID);
	assert_error_says("UTF-8 at byte 2");
	AUTO_FREE char *large = calloc(1, ANNOT_ALTER_WORDS_MAX + 1);
	assert_status(annot_alter(arena, annot_bytes(large, ANNOT_ALTER_WORDS_MAX + 1), source, 0,
				  4, &a, &test_error),
		      ANNOT_TOO_LARGE);
	assert_int_equal(a.n, 77);
	AUTO_ARENA struct annot_arena *small = annot_arena_new(100);
	assert_status(
		annot_alter(small, annot_bytes_of("other words"), source, 0, 4, &a, &test_error),
		ANNOT_NO_MEMORY);
}

/* What holds for any words and any place. */
static void test_random(void **state)
{
	(void)state;
	static const uint32_t list[] = {'a', 'n', 'o', 't',  ' ',  ' ',    ' ',    '.',
					'[', ']', '1', '"',  '\'', 0x2026, 0x4E0D, 0x0301,
					'A', 'N', '?', '\n', '-',  0xAD};
	uint64_t seed = 41;
	size_t results[ANNOT_ALTER_RESULTS] = {0};
	for (int round = 0; round < 5000; round++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
		char quote[4 * 30], source[4 * 40];
		size_t n = random_text(&seed, list, COUNT(list), 30, quote);
		size_t m = random_text(&seed, list, COUNT(list), 40, source);
		size_t start = 0, end = m;
		struct annot_alteration a;
		if (annot_alter(arena, annot_bytes(quote, n), annot_bytes(source, m), start, end,
				&a, &test_error) != ANNOT_OK)
			continue;
		results[a.result]++;
		assert_true(a.source[0] <= a.source[1] && a.source[1] <= m);
		unsigned flags = 0;
		for (size_t i = 0; i < a.n; i++) {
			const struct annot_difference *d = &a.differences[i];
			flags |= d->flags;
			assert_true(d->quote[0] <= d->quote[1] && d->quote[1] <= n);
			assert_true(d->source[0] <= d->source[1] && d->source[1] <= m);
			assert_true(d->quote[0] < d->quote[1] || d->source[0] < d->source[1]);
			assert_true(i == 0 || d[-1].quote[1] <= d->quote[0]);
			assert_true(i == 0 || d[-1].source[1] <= d->source[0]);
			assert_true(annot_utf8_boundary(quote, n, d->quote[0]));
			assert_true(annot_utf8_boundary(source, m, d->source[1]));
		}
		assert_int_equal(flags, a.flags);
		/* The same words are the same. */
		assert_ok(annot_alter(arena, annot_bytes(quote, n), annot_bytes(quote, n), 0, n, &a,
				      &test_error));
		assert_int_equal(a.result, ANNOT_ALTER_EXACT);
	}
	assert_true(results[ANNOT_ALTER_ALTERED] > 1000);
}

/* Words of a plain sentence taken out, put in or exchanged are found wherever they stand. */
static void test_every_place(void **state)
{
	(void)state;
	static const char *const words[] = {"when",  "ministers", "met",   "here", "they", "agreed",
					    "about", "lake",      "water", "for",  "towns"};
	for (size_t at = 1; at < COUNT(words); at++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
		AUTO_BUF struct annot_buf plain = ANNOT_BUF_INIT(1000);
		AUTO_BUF struct annot_buf with = ANNOT_BUF_INIT(1000);
		struct annot_alteration a;
		for (size_t i = 0; i < COUNT(words); i++) {
			annot_buf_printf(&plain, "%s ", words[i]);
			annot_buf_printf(&with, "%s%s ", i == at ? "never " : "", words[i]);
		}
		assert_ok(annot_alter(arena, annot_buf_bytes(&plain), annot_buf_bytes(&with), 0,
				      with.len, &a, &test_error));
		assert_int_equal(a.result, ANNOT_ALTER_ALTERED);
		assert_int_equal(a.flags, 1U << ANNOT_FLAG_NEGATION);
		assert_int_equal(a.n, 1);
		assert_int_equal(a.differences[0].class_, ANNOT_DIFFERENCE_OMISSION);
		assert_memory_equal(with.data + a.differences[0].source[0], "never", 5);
		assert_ok(annot_alter(arena, annot_buf_bytes(&with), annot_buf_bytes(&plain), 0,
				      plain.len, &a, &test_error));
		assert_int_equal(a.flags, 1U << ANNOT_FLAG_NEGATION);
		assert_int_equal(a.differences[0].class_, ANNOT_DIFFERENCE_INSERTION);
	}
}

/* A quote of a megabyte with one word changed. */
static void test_large(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new((size_t)1 << 30);
	AUTO_BUF struct annot_buf quote = ANNOT_BUF_INIT(1 << 21), source = ANNOT_BUF_INIT(1 << 21);
	for (int i = 0; quote.len < ANNOT_ALTER_WORDS_MAX - 100; i++) {
		annot_buf_printf(&quote, "word%x ", i * 7919);
		annot_buf_printf(&source, "word%x %s", i * 7919, i == 50000 ? "not " : "");
	}
	struct annot_alteration a;
	assert_ok(annot_alter(arena, annot_buf_bytes(&quote), annot_buf_bytes(&source), 0,
			      source.len, &a, &test_error));
	assert_int_equal(a.n, 1);
	assert_int_equal(a.flags, 1U << ANNOT_FLAG_NEGATION);
	assert_false(a.cut);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ANNOT_ALTER_RESULTS; i++)
		assert_true(strlen(annot_alter_result_name(i)) > 0 &&
			    strlen(annot_alter_result_text(i)) > 0);
	for (unsigned i = 0; i < ANNOT_DIFFERENCE_CLASSES; i++)
		assert_true(strlen(annot_difference_name(i)) > 0);
	assert_string_equal(annot_alter_flag_name(ANNOT_FLAG_NEGATION), "negation");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),      cmocka_unit_test(test_altered),
		cmocka_unit_test(test_editor),    cmocka_unit_test(test_interleaved),
		cmocka_unit_test(test_spliced),   cmocka_unit_test(test_context),
		cmocka_unit_test(test_languages), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_random),    cmocka_unit_test(test_every_place),
		cmocka_unit_test(test_large),     cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
