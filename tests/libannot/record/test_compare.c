/* What differs between two records. */
#include "record/compare.h"

#include "examples.h"

static const struct annot_record *parse(struct annot_arena *arena, enum annot_kind kind,
					const char *body)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	example_with(kind, false, body, &text);
	assert_ok(annot_record_parse(arena, annot_buf_bytes(&text), &record, &test_error));
	return record;
}

/* "-name=value" of what went, "+…" of what came, "~name=from>to" of what was replaced, each with a
 * space behind it. */
static void assert_changes(enum annot_kind kind, const char *a, const char *b, const char *expected)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 22);
	AUTO_BUF struct annot_buf said = ANNOT_BUF_INIT(4096);
	const struct annot_change *changes;
	size_t n;
	assert_ok(annot_record_compare(arena, parse(arena, kind, a), parse(arena, kind, b),
				       &changes, &n, &test_error));
	for (size_t i = 0; i < n; i++) {
		const struct annot_compared *from = &changes[i].from, *to = &changes[i].to;
		const char *name = (from->card ? from : to)->card->def->name;
		const char *old = from->exact  ? from->exact->text
				  : from->card ? from->card->text
					       : NULL;
		const char *new = to->exact ? to->exact->text : to->card ? to->card->text : NULL;
		annot_buf_printf(&said, "%s%s=%s%s%s ",
				 old && new ? "~"
				 : old      ? "-"
					    : "+",
				 name, old ? old : "", old && new ? ">" : "", new ? new : "");
	}
	annot_buf_putc(&said, '\0');
	assert_string_equal(said.data, expected);
}

static void cards_that_stand_once(void **state)
{
	(void)state;
	assert_changes(ANNOT_KIND_claim, "text a\nlanguage en\n", "text a\nlanguage en\n", "");
	assert_changes(ANNOT_KIND_claim, "text a\nlanguage en\n", "text b\ndate 1848\n",
		       "~text=a>b -language=en +date=1848 ");
}

static void cards_that_repeat(void **state)
{
	(void)state;
	assert_changes(ANNOT_KIND_claim, "text a\ntag x\ntag y\n", "text a\ntag y\ntag x\n", "");
	assert_changes(ANNOT_KIND_claim, "text a\ntag x\ntag x\n", "text a\ntag x\n", "-tag=x ");
	assert_changes(ANNOT_KIND_claim, "text a\ntag x\ntag y\ntag z\n", "text a\ntag z\ntag v\n",
		       "~tag=x>v -tag=y ");
}

#define TARGET(places, words) "target " HEX("c") " " places "\nexact " words "\nprefix \nsuffix \n"

static void a_target_is_one_with_its_words(void **state)
{
	(void)state;
	assert_changes(ANNOT_KIND_span, TARGET("0 5", "words"), TARGET("0 5", "words"), "");
	assert_changes(ANNOT_KIND_span, TARGET("0 5", "words"), TARGET("0 4", "word"),
		       "~target=words>word ");
	assert_changes(ANNOT_KIND_span, TARGET("0 5", "words"),
		       TARGET("0 5", "words") TARGET("7 9", "of"), "+target=of ");
	/* The same place with other words in front is another target. */
	assert_changes(ANNOT_KIND_span, TARGET("2 4", "of"),
		       "target " HEX("c") " 2 4\nexact of\nprefix a\nsuffix \n", "~target=of>of ");
}

static void of_each_kind_nothing_differs_from_itself(void **state)
{
	(void)state;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++)
		assert_changes((enum annot_kind)kind, example_bodies[kind], example_bodies[kind],
			       "");
}

static void two_kinds_are_refused(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 22);
	const struct annot_change *changes = NULL;
	size_t n = 7;
	(void)state;
	assert_int_equal(annot_record_compare(arena, parse(arena, ANNOT_KIND_claim, "text a\n"),
					      parse(arena, ANNOT_KIND_span, TARGET("0 1", "a")),
					      &changes, &n, &test_error),
			 ANNOT_INVALID);
	assert_non_null(strstr(test_error.text, "claim"));
	assert_int_equal(n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cards_that_stand_once),
		cmocka_unit_test(cards_that_repeat),
		cmocka_unit_test(a_target_is_one_with_its_words),
		cmocka_unit_test(of_each_kind_nothing_differs_from_itself),
		cmocka_unit_test(two_kinds_are_refused),
	};
	return cmocka_run_group_tests_name("libannot/record/compare", tests, NULL, NULL);
}
