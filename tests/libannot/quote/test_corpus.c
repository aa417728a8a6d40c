/*
 * Sentences of real articles (../shared/corpus; skipped where it is not), quoted with one known
 * alteration each: what is said of every one of them must be that alteration.
 */
#include <dirent.h>

#include "assert.h"

#include "base/auto.h"
#include "base/file.h"
#include "quote/alter.h"

enum { ARENA = 64 << 20, TEXT_MAX = 1 << 20, WORDS_MIN = 6, WORDS_MAX = 60, STEP = 5 };

struct sentence {
	const char *text; /* of the whole article */
	size_t len, start, end;
	const char *words[WORDS_MAX + 1]; /* where each begins; behind the last */
	size_t n;
};

/* Divides bytes [start, end) at spaces; false if it is no plain sentence. */
static bool divide(struct sentence *s)
{
	bool between = true;
	s->n = 0;
	for (size_t i = s->start; i < s->end; i++) {
		char c = s->text[i];
		if (strchr("[]()\"'\n", c) || (unsigned char)c >= 0x80)
			return false;
		if (between && c != ' ' && s->n <= WORDS_MAX)
			s->words[s->n++] = s->text + i;
		between = c == ' ';
	}
	if (s->n < WORDS_MIN || s->n >= WORDS_MAX)
		return false;
	s->words[s->n] = s->text + s->end;
	return true;
}

/* What the alteration makes of word i; NULL: leave this place alone. */
typedef bool (*change)(const struct sentence *s, size_t i, struct annot_buf *quote);

static void add_words(const struct sentence *s, size_t from, size_t to, struct annot_buf *b)
{
	annot_buf_add(b, s->words[from], (size_t)(s->words[to] - s->words[from]));
}

static bool keep(const struct sentence *s, size_t i, struct annot_buf *b)
{
	add_words(s, 0, s->n, b);
	return i == 1;
}

static bool negate(const struct sentence *s, size_t i, struct annot_buf *b)
{
	add_words(s, 0, i, b);
	annot_buf_puts(b, "not ");
	add_words(s, i, s->n, b);
	return true;
}

static bool elide(const struct sentence *s, size_t i, struct annot_buf *b)
{
	if (i + 3 >= s->n)
		return false;
	add_words(s, 0, i, b);
	annot_buf_puts(b, "[...] ");
	add_words(s, i + 2, s->n, b);
	return true;
}

static bool replace(const struct sentence *s, size_t i, struct annot_buf *b)
{
	size_t len = (size_t)(s->words[i + 1] - s->words[i]);
	if (i + 1 >= s->n || len < 7 || strchr(s->words[i], ',') == s->words[i] + len - 2)
		return false;
	add_words(s, 0, i, b);
	annot_buf_puts(b, "otherwise ");
	add_words(s, i + 1, s->n, b);
	return true;
}

static bool bracket(const struct sentence *s, size_t i, struct annot_buf *b)
{
	if (i + 1 >= s->n)
		return false;
	add_words(s, 0, i, b);
	annot_buf_puts(b, "[as they say] ");
	add_words(s, i, s->n, b);
	return true;
}

static bool count(const struct sentence *s, size_t i, struct annot_buf *b)
{
	const char *end = s->words[i + 1];
	for (const char *c = s->words[i]; c < end && *c != ' '; c++)
		if (*c < '0' || *c > '9')
			return false;
	add_words(s, 0, i, b);
	annot_buf_printf(b, "%ld ", strtol(s->words[i], NULL, 10) + 1);
	add_words(s, i + 1, s->n, b);
	return i + 1 < s->n;
}

struct expected {
	const char *name;
	change change;
	enum annot_alter_result result;
	unsigned flags; /* at least these */
	bool no_more;   /* and no others */
	size_t tried, right;
};

static void try_one(const struct sentence *s, size_t i, struct expected *e)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf quote = ANNOT_BUF_INIT(TEXT_MAX);
	struct annot_alteration a;
	if (!e->change(s, i, &quote))
		return;
	assert_ok(annot_alter(arena, annot_buf_bytes(&quote), annot_bytes(s->text, s->len),
			      s->start, s->end, &a, &test_error));
	bool right = a.result == e->result && (a.flags & e->flags) == e->flags &&
		     (!e->no_more || a.flags == e->flags);
	e->tried++;
	e->right += right;
}

#define BIT(flag) (1U << ANNOT_FLAG_##flag)

static void test_sentences(void **state)
{
	(void)state;
	struct expected all[] = {
		{"as it is", keep, ANNOT_ALTER_EXACT, 0, true, 0, 0},
		{"a not put in", negate, ANNOT_ALTER_ALTERED, BIT(NEGATION), true, 0, 0},
		{"two words elided", elide, ANNOT_ALTER_ELIDED, 0, false, 0, 0},
		{"a word replaced", replace, ANNOT_ALTER_ALTERED, BIT(WORDING), false, 0, 0},
		{"brackets put in", bracket, ANNOT_ALTER_BRACKETED, 0, true, 0, 0},
		{"a number changed", count, ANNOT_ALTER_ALTERED, BIT(NUMBER), true, 0, 0},
	};
	DIR *folder = opendir(SHARED "/corpus");
	if (!folder) {
		print_message("skipped: no " SHARED "/corpus\n");
		skip();
	}
	for (struct dirent *entry; (entry = readdir(folder));) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
		char path[1024];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, SHARED "/corpus/%s", entry->d_name);
		assert_ok(annot_file_read(path, TEXT_MAX, &text, &test_error));
		struct sentence s = {.text = text.data, .len = text.len};
		for (size_t at = 0; at < text.len; at++) {
			if (!strchr(".!?\n", text.data[at]))
				continue;
			s.end = at;
			for (size_t k = 1; divide(&s) && k < s.n; k += STEP)
				for (size_t e = 0; e < COUNT(all); e++)
					try_one(&s, k, &all[e]);
			s.start = at + 1;
			while (s.start < text.len && text.data[s.start] == ' ')
				s.start++;
		}
	}
	closedir(folder);
	for (size_t e = 0; e < COUNT(all); e++) {
		print_message("%s: %zu of %zu\n", all[e].name, all[e].right, all[e].tried);
		assert_true(all[e].tried > 0);
		assert_true(all[e].right * 1000 >= all[e].tried * 990);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sentences)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
