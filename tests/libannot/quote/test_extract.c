#include "quote/extract.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

enum { ARENA = 1 << 28 };

/* Quotes, each as depth times ">" and its text, ended by |. */
static void assert_quotes_as(const char *text, size_t len, enum annot_article_format format,
			     const char *expected)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
	struct annot_extracted all;
	assert_ok(annot_extract(arena, annot_bytes(text, len), format, &all, &test_error));
	annot_buf_puts(&shown, "");
	for (size_t i = 0; i < all.n; i++) {
		for (unsigned k = 0; k < all.quotes[i].depth; k++)
			annot_buf_putc(&shown, '>');
		annot_buf_add(&shown, all.quotes[i].text.data, all.quotes[i].text.len);
		annot_buf_putc(&shown, '|');
	}
	if (strcmp(shown.data, expected) != 0)
		fail_msg("%s\n  is \"%s\"\n not \"%s\"", text, shown.data, expected);
}

static void assert_quotes(const char *text, const char *expected)
{
	assert_quotes_as(text, strlen(text), ANNOT_ARTICLE_TEXT, expected);
}

static void test_marks(void **state)
{
	(void)state;
	assert_quotes("", "");
	assert_quotes("no quotes", "");
	assert_quotes("He said \"it is ready\" today.", "it is ready|");
	assert_quotes("“it is ready,” he said.", "it is ready,|");
	assert_quotes("„es ist fertig“, sagte er, „ja”.", "es ist fertig|ja|");
	assert_quotes("« c'est prêt », dit-il", " c'est prêt |");
	assert_quotes("»es ist fertig«, sagte", "es ist fertig|");
	assert_quotes("»se on valmis», sanoi", "se on valmis|");
	assert_quotes("”det är klart”, sade", "det är klart|");
	assert_quotes("‘it is ready’ and 'so it is'.", "it is ready|so it is|");
	assert_quotes("‚es ist fertig‘ ‹c'est› ›ja‹", "es ist fertig|c'est|ja|");
	assert_quotes("他说「我们同意」和『不』。", "我们同意|不|");
	assert_quotes("他说“我们同意”。", "我们同意|");
	assert_quotes("他说\"我们同意\"。", "我们同意|");
	assert_quotes("〝我们〞", "我们|");
	assert_quotes("\"\" and “ ”", "");
}

static void test_apostrophes(void **state)
{
	(void)state;
	assert_quotes("It's the ministers' plan, don't you see? '90s rock 'n' roll, 'tis", "");
	assert_quotes("It’s the ministers’ plan, ’tis so, the ’90s", "");
	assert_quotes("‘the ministers’ plan failed’, he said", "the ministers’ plan failed|");
	assert_quotes("'it's the ministers' plan' he said", "it's the ministers' plan|");
	assert_quotes("‘we like cats’ and then ‘we like dogs’", "we like cats|we like dogs|");
	assert_quotes("a 12\" pipe and 5'10\" tall", "");
	assert_quotes("He said \"a 12\" pipe is here\" today", "a 12\" pipe is here|");
	assert_quotes("\"in 2015\" he left \"in 2016\" again", "in 2015|in 2016|");
	assert_quotes("5′ 10″ tall", "");
	assert_quotes("l'accord, qu'il aujourd'hui", "");
}

static void test_nested(void **state)
{
	(void)state;
	assert_quotes("“He said ‘never again’ to me”", "He said ‘never again’ to me|>never again|");
	assert_quotes("\"He said 'never again' to me\"",
		      "He said 'never again' to me|>never again|");
	assert_quotes("„Er sagte ‚nie wieder‘ zu mir“",
		      "Er sagte ‚nie wieder‘ zu mir|>nie wieder|");
	assert_quotes("« Il a dit « jamais » à moi »", " Il a dit « jamais » à moi |> jamais |");
	assert_quotes("\"for ‘some hackers, criminals.' However\"",
		      "for ‘some hackers, criminals.' However|>some hackers, criminals.|");
	/* a mark that is never closed does not swallow what follows */
	assert_quotes("“never closed and\n\nthen “this is” closed", "this is|");
	assert_quotes("he said \"never closed and\n\nthen \"this is\" closed", "this is|");
	assert_quotes("a stray mark.\" And \"this is\" closed", "this is|");
}

static void test_paragraphs(void **state)
{
	(void)state;
	assert_quotes("“We will win.\n\n“And soon.” he said", "We will win.\n\nAnd soon.|");
	assert_quotes("\"We will win.\n\n\"And soon,\" he said", "We will win.\n\nAnd soon,|");
	assert_quotes("« Oui.\n\n» Et non. »", " Oui.\n\n Et non. |");
	/* paragraphs that are single lines */
	assert_quotes("“We will win.\n“And soon.” he said", "We will win.\nAnd soon.|");
	/* lines that are wrapped */
	assert_quotes("he said “we will\nwin soon” and left", "we will\nwin soon|");
	assert_quotes("“one” two\n“three” four", "one|three|");
}

static void test_blocks(void **state)
{
	(void)state;
	assert_quotes("He wrote:\n\n> We will win\n> and soon.\n\nThen he left.",
		      "We will win\nand soon.|");
	assert_quotes("> one paragraph\n>\n> and another", "one paragraph\n\nand another|");
	assert_quotes("> He said “never again” to me there",
		      "He said “never again” to me there|>never again|");
	assert_quotes("> “We will win.”\n", "We will win.|");
	assert_quotes(">> nested markers\n", "nested markers|");
	assert_quotes("a > b and c > d", "");
}

static void assert_markdown(const char *text, const char *expected)
{
	assert_quotes_as(text, strlen(text), ANNOT_ARTICLE_MARKDOWN, expected);
}

static void test_markdown(void **state)
{
	(void)state;
	assert_markdown("Run `echo \"hi there\"` or “say it”", "say it|");
	assert_markdown("Run ``a ` \"b\" `` or \"say it\"", "say it|");
	assert_markdown("an open ` tick and \"say it\"", "say it|");
	assert_markdown("```\nprintf(\"hello\");\n```\n\"say it\"", "say it|");
	assert_markdown("~~~ c\n\"hello\"\n```\n\"more\"\n~~~\n\"say it\"", "say it|");
	assert_markdown("text\n\n    puts(\"hello\")\n\n\"say it\"", "say it|");
	assert_markdown("[link](http://x \"title\") and \"say it\"", "say it|");
	assert_markdown("<a href=\"x\">\"say it\"</a>", "say it|");
	assert_markdown("a < b \"say it\"", "say it|");
	assert_markdown("**\"say it\"**", "say it|");
	/* none of this in plain text */
	assert_quotes("    indented \"say it\"", "say it|");
}

static void test_parts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *parts;
	} cases[] = {
		{"“one two”", "one two|"},
		{"“one … two”", "one | two|"},
		{"“one ... two [...] three (…) four”", "one | two | three | four|"},
		{"“… one . . . two …”", " one | two |"},
		{"“one. Two”", "one. Two|"},
		{"“[the minister] one”", "[the minister] one|"},
		{"“one (two) three”", "one (two) three|"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
		AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
		struct annot_extracted all;
		assert_ok(annot_extract(arena, annot_bytes_of(cases[i].text), ANNOT_ARTICLE_TEXT,
					&all, &test_error));
		assert_int_equal(all.n, 1);
		for (size_t k = 0; k < all.quotes->n_parts; k++) {
			annot_buf_add(&shown, all.quotes->text.data + all.quotes->parts[k][0],
				      all.quotes->parts[k][1] - all.quotes->parts[k][0]);
			annot_buf_putc(&shown, '|');
		}
		assert_string_equal(shown.data, cases[i].parts);
	}
}

static void test_bytes(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	struct annot_extracted all;
	const char *text = "Er: „zwölf Tage“ war es.";
	assert_ok(
		annot_extract(arena, annot_bytes_of(text), ANNOT_ARTICLE_TEXT, &all, &test_error));
	assert_int_equal(all.n, 1);
	assert_int_equal(all.quotes->outer[0], 4);
	assert_int_equal(all.quotes->bytes[0], 7);
	assert_int_equal(all.quotes->bytes[1], 7 + strlen("zwölf Tage"));
	assert_int_equal(all.quotes->outer[1], 7 + strlen("zwölf Tage“"));
	assert_int_equal(all.quotes->letters, 9);
	/* signs count twice */
	assert_ok(annot_extract(arena, annot_bytes_of("「我们同意」"), ANNOT_ARTICLE_TEXT, &all,
				&test_error));
	assert_int_equal(all.quotes->letters, 8);
}

/* Bytes that are not UTF-8: the rest is found, and where they stand is said. */
static void test_invalid(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	struct annot_extracted all;
	assert_quotes_as("“one” \xFF “two\xC3 three” four",
			 strlen("“one” \xFF “two\xC3 three” four"), ANNOT_ARTICLE_TEXT,
			 "one|two\xEF\xBF\xBD three|");
	const char *text = "a\xFF"
			   "b\xFE\xFE";
	assert_ok(
		annot_extract(arena, annot_bytes_of(text), ANNOT_ARTICLE_TEXT, &all, &test_error));
	assert_int_equal(all.n_invalid, 3);
	assert_int_equal(all.invalid[0], 1);
	assert_int_equal(all.invalid[2], 4);
	AUTO_FREE char *many = malloc(1000);
	memset(many, 0xFF, 1000);
	assert_ok(annot_extract(arena, annot_bytes(many, 1000), ANNOT_ARTICLE_TEXT, &all,
				&test_error));
	assert_int_equal(all.n_invalid, 1000);
	AUTO_FREE char *large = calloc(1, ANNOT_EXTRACT_TEXT_MAX + 1);
	assert_status(annot_extract(arena, annot_bytes(large, ANNOT_EXTRACT_TEXT_MAX + 1),
				    ANNOT_ARTICLE_TEXT, &all, &test_error),
		      ANNOT_TOO_LARGE);
}

/* Many quotes, and texts made to be slow, in a few moments. */
static void test_large(void **state)
{
	(void)state;
	static const char *const unfriendly[] = {
		"\"",   "'a ",    "s' a", "“",       "” ",     "`",   "](",      "<a",     "> ",
		"\" a", "‘s’ a ", "„",    "12\" a ", "\"\n\n", "...", "\"a\"\n", "> “a”\n"};
	for (size_t i = 0; i < COUNT(unfriendly); i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new((size_t)1 << 30);
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
		struct annot_extracted all;
		while (b.len < 1 << 19)
			annot_buf_puts(&b, unfriendly[i]);
		assert_ok(annot_extract(arena, annot_buf_bytes(&b), ANNOT_ARTICLE_MARKDOWN, &all,
					&test_error));
	}
	AUTO_ARENA struct annot_arena *arena = annot_arena_new((size_t)1 << 30);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 26);
	struct annot_extracted all;
	for (int i = 0; i < 30000; i++)
		annot_buf_printf(&b, "“we will win %d times,” said Anna Smith.\n\n", i);
	assert_ok(annot_extract(arena, annot_buf_bytes(&b), ANNOT_ARTICLE_TEXT, &all, &test_error));
	assert_int_equal(all.n, 30000);
	assert_false(all.cut);
}

/* What holds for any text. */
static void test_random(void **state)
{
	(void)state;
	static const uint32_t list[] = {'a',    's',    ' ',    ' ',    '\n',   '\n',   '"',
					'\'',   0x201C, 0x201D, 0x201E, 0x2018, 0x2019, 0xAB,
					0xBB,   '>',    '`',    '.',    '[',    ']',    0x2026,
					0x300C, 0x300D, '1',    0x4E2D, 'B'};
	uint64_t seed = 5;
	size_t found = 0;
	for (int round = 0; round < 6000; round++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
		char text[4 * 80];
		size_t n = random_text(&seed, list, COUNT(list), 80, text), ends[20], depth = 0;
		if (round % 3 == 0 && n > 0)
			text[random_below(&seed, n)] = '\xFF';
		struct annot_extracted all;
		assert_ok(annot_extract(arena, annot_bytes(text, n), round % 2, &all, &test_error));
		found += all.n;
		for (size_t i = 0; i < all.n; i++) {
			const struct annot_quoted *q = &all.quotes[i];
			assert_true(q->outer[0] <= q->bytes[0] && q->bytes[0] < q->bytes[1] &&
				    q->bytes[1] <= q->outer[1] && q->outer[1] <= n);
			assert_int_equal(annot_utf8_valid(q->text.data, q->text.len), q->text.len);
			assert_true(q->letters > 0 && q->n_parts > 0);
			assert_true(q->speaker[0] <= q->speaker[1] && q->speaker[1] <= n);
			for (size_t k = 0; k < q->n_parts; k++)
				assert_true(q->parts[k][0] < q->parts[k][1] &&
					    q->parts[k][1] <= q->text.len);
			while (depth > 0 && ends[depth - 1] <= q->outer[0])
				depth--;
			assert_int_equal(q->depth, depth);
			assert_true(depth == 0 || q->outer[1] <= ends[depth - 1]);
			ends[depth++] = q->outer[1];
		}
	}
	assert_true(found > 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),   cmocka_unit_test(test_apostrophes),
		cmocka_unit_test(test_nested),  cmocka_unit_test(test_paragraphs),
		cmocka_unit_test(test_blocks),  cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_parts),   cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_invalid), cmocka_unit_test(test_large),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
