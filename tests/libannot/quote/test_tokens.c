#include "quote/tokens.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

enum { ARENA = 16 << 20 };

static void read_tokens(struct annot_arena *arena, const char *text, size_t len,
			struct annot_tokens *ret)
{
	assert_ok(annot_tokens_read(arena, annot_bytes(text, len), ret, &test_error));
	assert_ok(annot_tokens_weigh(arena, ret, annot_tokens_languages(ret, ret), &test_error));
}

/* Keys, each followed by |; those of the editor by !. */
static void assert_keys(const char *text, const char *expected)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
	struct annot_tokens t;
	read_tokens(arena, text, strlen(text), &t);
	annot_buf_puts(&shown, "");
	for (size_t i = 0; i < t.n; i++) {
		annot_buf_add(&shown, t.tokens[i].key, t.tokens[i].key_len);
		annot_buf_putc(&shown, t.tokens[i].editor ? '!' : '|');
	}
	if (strcmp(shown.data, expected) != 0)
		fail_msg("%s\n  is \"%s\"\n not \"%s\"", text, shown.data, expected);
	annot_tokens_free(&t);
}

static void test_words(void **state)
{
	(void)state;
	assert_keys("", "");
	assert_keys("The Draft is ready.", "the|draft|is|ready|.|");
	assert_keys("well-known", "well|-|known|");
	assert_keys("ef\xC2\xAD"
		    "fort, \xEF\xAC\x81nal",
		    "effort|,|final|");
	assert_keys("l\xE2\x80\x99"
		    "accord qu\xE2\x80\x99il",
		    "l'|accord|qu'|il|");
	assert_keys("the minister\xE2\x80\x99s", "the|minister's|");
	/* contractions, written out */
	assert_keys("don't can't won't shan't cannot",
		    "do|not|can|not|will|not|shall|not|can|not|");
	assert_keys("I'm we'll they're I've", "i|am|we|will|they|are|i|have|");
	/* signs */
	assert_keys("\xE6\x88\x91\xE4\xB8\x8D\xE5\x8E\xBB",
		    "\xE6\x88\x91|\xE4\xB8\x8D|\xE5\x8E\xBB|");
}

static void test_marks(void **state)
{
	(void)state;
	assert_keys("a \xE2\x80\xA6 b", "a|...|b|");
	assert_keys("a ... b [...] c (\xE2\x80\xA6) d . . . e", "a|...|b|...|c|...|d|...|e|");
	assert_keys("a.. b", "a|.|.|b|");
	assert_keys("[the minister] said", "[!the!minister!]!said|");
	assert_keys("[T]he win[ning] side", "the|winning|side|");
	assert_keys("[unclosed words", "[|unclosed|words|");
	assert_keys("closed] words", "closed|]|words|");
	assert_keys("5% of \xE2\x82\xAC"
		    "3",
		    "5|%|of|\xE2\x82\xAC|3|");
	assert_keys("[sic]", "[!sic!]!");
}

static void test_numbers(void **state)
{
	(void)state;
	assert_keys("1,000 and 1 000 and 1.000 and 1'000", "1000|and|1000|and|1000|and|1000|");
	assert_keys("1,000.5 and 1.000,5 and 0.500 and 2.5",
		    "1000.5|and|1000.5|and|0.500|and|2.5|");
	assert_keys("in 2015 300 people", "in|2015|300|people|");
	assert_keys("1.2.2019", "1.2.2019|");
	assert_keys("three million, 3 million and 3,000,000", "3000000|,|3000000|and|3000000|");
	assert_keys("the 2.5 billion", "the|2500000000|");
	assert_keys("the two hundred and forty-three people", "the|243|people|");
	assert_keys("of two and three", "of|2|and|3|");
	assert_keys("the nineteen hundred", "the|1900|");
	assert_keys("twenty-one of the thousand", "21|of|the|1000|");
	assert_keys("the 1st and the second", "the|1.|and|the|2.|");
	assert_keys("5 percent of 6 per cent", "5|%|of|6|%|");
	assert_keys("und die zweihundertdrei nicht", "und|die|203|nicht|");
	assert_keys("la quatre-vingt-dix et le soixante-dix de", "la|90|et|le|70|de|");
	assert_keys("los treinta y uno de la", "los|31|de|la|");
	assert_keys("los treinta y dos de la", "los|32|de|la|");
	/* neither overflow nor a number */
	assert_keys("the million million", "the|1000000|1000000|");
	assert_keys("99999999999999999999 million of the", "99999999999999999999|1000000|of|the|");
	assert_keys("999999999999999999 trillion of the",
		    "999999999999999999|1000000000000|of|the|");
}

static const struct annot_token *token_of(const struct annot_tokens *t, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (annot_token_is(&t->tokens[i], key))
			return &t->tokens[i];
	fail_msg("no word %s", key);
	return NULL;
}

static void test_meanings(void **state)
{
	(void)state;
	const char *text = "The minister, Mr. Smith, said Anna could not.\nAll of it. Berlin is";
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	struct annot_tokens t;
	read_tokens(arena, text, strlen(text), &t);
	assert_int_equal(token_of(&t, "the")->meanings, ANNOT_MEANS_LIGHT);
	assert_int_equal(token_of(&t, "could")->meanings, ANNOT_MEANS_MODAL);
	assert_int_equal(token_of(&t, "not")->meanings, ANNOT_MEANS_NEGATION);
	assert_int_equal(token_of(&t, "all")->meanings, ANNOT_MEANS_AMOUNT);
	assert_int_equal(token_of(&t, "minister")->meanings, 0);
	assert_true(token_of(&t, "smith")->name);
	assert_true(token_of(&t, "anna")->name);
	assert_false(token_of(&t, "the")->name);
	assert_false(token_of(&t, "berlin")->name); /* begins a sentence */
	assert_true(token_of(&t, "berlin")->capital);
	assert_true(token_of(&t, "all")->breaks);
	assert_false(token_of(&t, "minister")->breaks);
	assert_true(token_of(&t, ",")->glued);
	annot_tokens_free(&t);
	/* A headline. */
	text = "Anna Smith Goes To Berlin";
	read_tokens(arena, text, strlen(text), &t);
	assert_false(token_of(&t, "berlin")->name);
	annot_tokens_free(&t);
	/* Signs, one and two at a time. */
	text = "\xE6\x88\x91\xE4\xB8\x8D \xE0\xB9\x84\xE0\xB8\xA1\xE0\xB9\x88";
	read_tokens(arena, text, strlen(text), &t);
	assert_int_equal(t.tokens[0].meanings, 0);
	assert_int_equal(t.tokens[1].meanings, ANNOT_MEANS_NEGATION);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.tokens[3].meanings, ANNOT_MEANS_NEGATION);
	annot_tokens_free(&t);
}

/* Of any text: tokens in order, not empty, inside of the text and on boundaries; nothing but white
 * space and what is invisible between them. */
static void test_random(void **state)
{
	(void)state;
	static const uint32_t list[] = {'a',    'n',    't',  '\'', '[',    ']',    '(',    ')',
					'.',    ',',    ' ',  ' ',  '1',    '0',    '-',    '%',
					0x2019, 0x2026, 0xAD, 0xE9, 0x0301, 0x4E0D, 0xFB01, '\n',
					0x660,  0xB9,   '?',  0,    0x0E44};
	uint64_t seed = 17;
	for (int round = 0; round < 5000; round++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
		char text[4 * 40];
		size_t len = random_text(&seed, list, COUNT(list), 40, text), last = 0;
		struct annot_tokens t;
		read_tokens(arena, text, len, &t);
		for (size_t i = 0; i < t.n; i++) {
			const struct annot_token *token = &t.tokens[i];
			assert_true(token->start < token->end && token->end <= len);
			assert_true(token->key_len > 0);
			assert_true(annot_utf8_boundary(text, len, token->start));
			assert_true(annot_utf8_boundary(text, len, token->end));
			assert_true(i == 0 || token->folded >= last);
			last = token->folded + token->folded_len;
			assert_true(last <= t.folded.len);
		}
		annot_tokens_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),   cmocka_unit_test(test_marks),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
