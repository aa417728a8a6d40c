/* Records that are not well formed: every card of every kind left out, repeated, swapped, unknown.
 */
#include "assert.h"
#include "examples.h"

enum { LINES_MAX = 64, HEADER_LINES = 8 };

struct lines {
	const char *at[LINES_MAX];
	size_t len[LINES_MAX]; /* with LF */
	size_t n;
};

static void split(const struct annot_buf *text, struct lines *ret)
{
	ret->n = 0;
	for (const char *at = text->data; at < text->data + text->len; ret->n++) {
		assert_true(ret->n < LINES_MAX);
		ret->at[ret->n] = at;
		ret->len[ret->n] = strcspn(at, "\n") + 1;
		at += ret->len[ret->n];
	}
}

static void put_line(struct annot_buf *b, const struct lines *lines, size_t i)
{
	annot_buf_add(b, lines->at[i], lines->len[i]);
}

static void name_of(const struct lines *lines, size_t i, char ret[64])
{
	size_t n = strcspn(lines->at[i], " \n");
	memcpy(ret, lines->at[i], n);
	ret[n] = '\0';
}

static enum annot_status parse(const struct annot_buf *text)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 22);
	const struct annot_record *r;
	test_error.text[0] = '\0';
	return annot_record_parse(arena, annot_buf_bytes(text), &r, &test_error);
}

static enum annot_status parse_text(const char *text)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	annot_buf_puts(&b, text);
	return parse(&b);
}

/* Calls test on the lines of each kind's example, both as a first version and as a later one. */
static void each_example(void (*test)(const struct annot_kind_def *, const struct lines *))
{
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		for (int later = 0; later < 2; later++) {
			AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
			struct lines lines;
			example((enum annot_kind)kind, later, &text);
			split(&text, &lines);
			test(annot_kind_def((enum annot_kind)kind), &lines);
		}
	}
}

static size_t count_name(const struct lines *lines, const char *name)
{
	size_t n = 0;
	char other[64];
	for (size_t i = 0; i < lines->n; i++) {
		name_of(lines, i, other);
		n += strcmp(name, other) == 0;
	}
	return n;
}

static void expect_fault(const char *what, const char *card)
{
	if (!strstr(test_error.text, card))
		fail_msg("%s: error \"%s\" does not name \"%s\"", what, test_error.text, card);
}

static void drop_each(const struct annot_kind_def *kind, const struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		char name[64];
		name_of(lines, i, name);
		for (size_t j = 0; j < lines->n; j++)
			if (j != i)
				put_line(&text, lines, j);
		const struct annot_card_def *def = annot_card_def_find(kind, name, strlen(name));
		bool needed = def ? def->in_group || def->type == ANNOT_CARD_TARGET ||
					      (def->min && count_name(lines, name) == def->min)
				  : strcmp(name, "parent") != 0;
		enum annot_status status = parse(&text);
		if (needed && status != ANNOT_INVALID)
			fail_msg("%s without %s gave %s", kind->name, name,
				 annot_status_name(status));
		if (status != ANNOT_OK)
			expect_fault("dropped", name);
	}
}

static void a_missing_card_is_named(void **state)
{
	(void)state;
	each_example(drop_each);
}

static void repeat_each(const struct annot_kind_def *kind, const struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		char name[64];
		name_of(lines, i, name);
		for (size_t j = 0; j < lines->n; j++) {
			put_line(&text, lines, j);
			if (j == i)
				put_line(&text, lines, j);
		}
		const struct annot_card_def *def = annot_card_def_find(kind, name, strlen(name));
		bool may = def && def->max > 1 && def->type != ANNOT_CARD_TARGET;
		enum annot_status status = parse(&text);
		if (!may && status != ANNOT_INVALID)
			fail_msg("%s with two %s gave %s", kind->name, name,
				 annot_status_name(status));
		if (status != ANNOT_OK)
			expect_fault("repeated", name);
	}
}

static void a_repeated_card_is_named(void **state)
{
	(void)state;
	each_example(repeat_each);
}

static void swap_each(const struct annot_kind_def *kind, const struct lines *lines)
{
	for (size_t i = 0; i + 1 < lines->n; i++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		char name[64], other[64];
		name_of(lines, i, name);
		name_of(lines, i + 1, other);
		if (strcmp(name, other) == 0 && strcmp(name, "parent") != 0)
			continue;
		for (size_t j = 0; j < lines->n; j++)
			put_line(&text, lines, j == i ? i + 1 : j == i + 1 ? i : j);
		if (parse(&text) != ANNOT_INVALID)
			fail_msg("%s with %s before %s was accepted", kind->name, other, name);
		if (!strstr(test_error.text, name) && !strstr(test_error.text, other))
			fail_msg("error \"%s\" names neither %s nor %s", test_error.text, name,
				 other);
	}
}

static void a_misplaced_card_is_named(void **state)
{
	(void)state;
	each_example(swap_each);
}

static void insert_each(const struct annot_kind_def *kind, const struct lines *lines)
{
	for (size_t i = 0; i <= lines->n; i++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		char line[32];
		for (size_t j = 0; j < lines->n; j++) {
			if (j == i)
				annot_buf_puts(&text, "unheard-of x\n");
			put_line(&text, lines, j);
		}
		if (i == lines->n)
			annot_buf_puts(&text, "unheard-of x\n");
		if (parse(&text) != ANNOT_INVALID)
			fail_msg("an unknown card in %s was accepted", kind->name);
		snprintf(line, sizeof(line), "line %zu:", i + 1);
		expect_fault("inserted", "unheard-of");
		expect_fault("inserted", line);
	}
}

static void an_unknown_card_is_named(void **state)
{
	(void)state;
	each_example(insert_each);
}

static void without_value(const struct annot_kind_def *kind, const struct lines *lines)
{
	for (size_t i = 1; i < lines->n; i++) {
		char name[64];
		name_of(lines, i, name);
		for (int space = 0; space < 2; space++) {
			AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
			bool context = !strcmp(name, "prefix") || !strcmp(name, "suffix");
			for (size_t j = 0; j < lines->n; j++) {
				if (j == i)
					annot_buf_printf(&text, "%s%s\n", name, space ? " " : "");
				else
					put_line(&text, lines, j);
			}
			enum annot_status status = parse(&text);
			if (status != (context && space ? ANNOT_OK : ANNOT_INVALID))
				fail_msg("%s with an empty %s gave %s", kind->name, name,
					 annot_status_name(status));
			if (status)
				expect_fault("empty", name);
		}
	}
}

static void only_prefix_and_suffix_may_be_empty(void **state)
{
	(void)state;
	each_example(without_value);
}

static enum annot_status replaced(enum annot_kind kind, const char *from, const char *to)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	example_replaced(kind, false, from, to, &text);
	return parse(&text);
}

static void bytes_are_checked(void **state)
{
	(void)state;
	assert_status(parse_text(""), ANNOT_INVALID);
	assert_status(parse_text("\n"), ANNOT_INVALID);
	assert_status(parse_text("annot-record/v1"), ANNOT_INVALID);
	assert_error_says("line feed");
	assert_status(parse_text("annot-record/v1\n"), ANNOT_INVALID);
	assert_error_says("\"corpus\"");
	assert_status(parse_text("annot-record/v1\r\ncorpus -\r\n"), ANNOT_INVALID);
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong", "reason wr\xff"), ANNOT_INVALID);
	assert_error_says("UTF-8");
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong", "reason wrong\r"),
		      ANNOT_INVALID);
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong", "reason a\\u{0}b"),
		      ANNOT_INVALID);
	assert_error_says("U+0000");
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong", "reason  wrong"), ANNOT_INVALID);
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong", "reason \xe2\x80\xae"),
		      ANNOT_INVALID);
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong", "reason \\u{61}"),
		      ANNOT_INVALID);
	assert_error_says("line 10: card \"reason\"");
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong\n", "reason wrong\n\n"),
		      ANNOT_INVALID);
}

/* A message never carries what would move a terminal's cursor. */
static void messages_are_escaped(void **state)
{
	(void)state;
	assert_status(replaced(ANNOT_KIND_retract, "reason", "re\x1b[31mason"), ANNOT_INVALID);
	assert_null(strchr(test_error.text, '\x1b'));
	assert_error_says("\\u{1b}");
	assert_status(replaced(ANNOT_KIND_quote, "form direct", "form \xe2\x80\xae\x1b"),
		      ANNOT_INVALID);
	assert_null(strchr(test_error.text, '\x1b'));
	assert_null(strstr(test_error.text, "\xe2\x80\xae"));
}

/* 64 KiB exactly: a value that is long only by its escapes fills the rest. */
static void size_limit_is_exact(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
		example_with(ANNOT_KIND_comment, false, "on " HEX("a") "\ntext ", &text);
		size_t rest = ANNOT_RECORD_MAX + over - text.len - 1;
		for (size_t i = 0; i < rest / 5; i++)
			annot_buf_puts(&text, "\\u{7}");
		for (size_t i = 0; i < rest % 5; i++)
			annot_buf_putc(&text, 'x');
		annot_buf_putc(&text, '\n');
		assert_int_equal(text.len, ANNOT_RECORD_MAX + over);
		assert_status(parse(&text), over ? ANNOT_TOO_LARGE : ANNOT_OK);
	}
}

static void repetition_has_a_limit(void **state)
{
	static const struct {
		enum annot_kind kind;
		const char *line;
		unsigned max, there;
	} cards[] = {
		{ANNOT_KIND_quote, "tag b\n", 64, 2},
		{ANNOT_KIND_quote, "speaker A. Speaker\n", 16, 2},
		{ANNOT_KIND_key_add, "language en\n", 32, 2},
		{ANNOT_KIND_corpus, "admin ann " KEY_LINE "\n", 64, 2},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cards); i++) {
		AUTO_BUF struct annot_buf lines = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		for (unsigned n = cards[i].there - 1; n < cards[i].max; n++)
			annot_buf_puts(&lines, cards[i].line);
		assert_ok(replaced(cards[i].kind, cards[i].line, lines.data));
		annot_buf_puts(&lines, cards[i].line);
		assert_status(replaced(cards[i].kind, cards[i].line, lines.data), ANNOT_INVALID);
		assert_error_says("at most");
	}
}

/* More lines than any kind can have are refused before anything is allocated for them. */
static void lines_have_a_limit(void **state)
{
	AUTO_BUF struct annot_buf lines = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	(void)state;
	for (int i = 0; i < 20000; i++)
		annot_buf_puts(&lines, "\n");
	assert_status(replaced(ANNOT_KIND_retract, "reason wrong\n", lines.data), ANNOT_INVALID);
	assert_error_says("512");
}

static void a_small_arena_is_no_memory(void **state)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	(void)state;
	example(ANNOT_KIND_claim, false, &text);
	for (size_t max = 0; max < 4096; max += 64) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(max);
		const struct annot_record *r;
		assert_status(annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error),
			      ANNOT_NO_MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_card_is_named),
		cmocka_unit_test(a_repeated_card_is_named),
		cmocka_unit_test(a_misplaced_card_is_named),
		cmocka_unit_test(an_unknown_card_is_named),
		cmocka_unit_test(only_prefix_and_suffix_may_be_empty),
		cmocka_unit_test(bytes_are_checked),
		cmocka_unit_test(messages_are_escaped),
		cmocka_unit_test(size_limit_is_exact),
		cmocka_unit_test(repetition_has_a_limit),
		cmocka_unit_test(lines_have_a_limit),
		cmocka_unit_test(a_small_arena_is_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
