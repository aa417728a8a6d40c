/* The reading view's lines: what could not be printed for want of memory is told, not left out. */
#include "alloc.h"

#include <stdarg.h>

#include "annotctl/reading/reading.h"

enum { PRINTED_MAX = 1024 };

static char printed[PRINTED_MAX];

/* What lines.c prints with. */
void out_text(struct ctl *ctl, const char *format, ...)
{
	size_t len = strlen(printed);
	va_list ap;
	(void)ctl;
	va_start(ap, format);
	vsnprintf(printed + len, sizeof printed - len, format, ap);
	va_end(ap);
}

const char *out_style(const struct ctl *ctl, enum out_style style)
{
	(void)ctl;
	return style == STYLE_BOLD ? "*" : "_";
}

static enum annot_status show(struct ctl *ctl)
{
	static const char text[] = "Words of a text \033 that\nhas two lines.";
	struct lines *l = lines_begin(ctl, 16, "1 ", "  ");
	lines_add(l, text, sizeof text - 1);
	lines_put(l, "; %s ", "tag");
	lines_style(l, STYLE_BOLD);
	lines_flat(l, "one\ntwo");
	lines_style(l, STYLE_PLAIN);
	return lines_end(ctl, l);
}

static enum annot_status run(void *ctx)
{
	struct ctl ctl = {.format = FORMAT_TEXT};
	(void)ctx;
	printed[0] = '\0';
	return ALLOC(show(&ctl));
}

static void test_lines(void **state)
{
	(void)state;
	assert_true(alloc_each("lines", run, NULL) > 3);
	assert_string_equal(printed, "1 Words of a text\n  \\u{1b} that\n  has two lines.;\n"
				     "  tag _*one two_\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
