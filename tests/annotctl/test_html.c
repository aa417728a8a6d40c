/* The text of web pages: annotctl/html/. */
#include "annotctl/html/html.h"

#include "assert.h"

#include "base/auto.h"
#include "base/file.h"

static struct html_text page;

static int forget(void **state)
{
	(void)state;
	annot_buf_free(&page.text);
	return 0;
}

static enum annot_status extract(const char *html, size_t len, struct html_options options)
{
	annot_buf_free(&page.text);
	return html_extract(annot_bytes(html, len), &options, &page, &test_error);
}

/* The text of HTML without a line end at its end. */
#define assert_text(html, expected)                                                                \
	do {                                                                                       \
		assert_ok(extract(html, strlen(html), (struct html_options){0}));                  \
		assert_string_equal(page.text.data, expected "\n");                                \
	} while (0)

/* An article with all that a page has around it: what remains is fixtures/pages/lake.txt. */
static void test_article(void **state)
{
	AUTO_BUF struct annot_buf html = ANNOT_BUF_INIT(1 << 20), text = ANNOT_BUF_INIT(1 << 20);
	(void)state;
	assert_ok(annot_file_read(FIXTURES "/pages/lake.html", 1 << 20, &html, &test_error));
	assert_ok(annot_file_read(FIXTURES "/pages/lake.txt", 1 << 20, &text, &test_error));
	assert_ok(extract(html.data, html.len, (struct html_options){0}));
	assert_string_equal(page.text.data, text.data);
	assert_string_equal(page.title, "Lake talks end with a draft");
	assert_string_equal(page.language, "en-GB");
	assert_string_equal(page.source, "https://courier.example/2031/lake-talks?a=1&copy=2");
	assert_string_equal(page.charset, "utf-8");
	assert_int_equal(page.charset_from, HTML_CHARSET_DECLARED);
	assert_in_range(page.kept, 500, page.letters / 2 + 200);
}

/* All of the page, but for what nobody sees. */
static void test_whole(void **state)
{
	AUTO_BUF struct annot_buf html = ANNOT_BUF_INIT(1 << 20);
	(void)state;
	assert_ok(annot_file_read(FIXTURES "/pages/lake.html", 1 << 20, &html, &test_error));
	assert_ok(extract(html.data, html.len, (struct html_options){.whole = true}));
	assert_non_null(strstr(page.text.data, "We value your privacy"));
	assert_non_null(strstr(page.text.data, "- Weather\n"));
	assert_non_null(strstr(page.text.data, "2 comments"));
	assert_null(strstr(page.text.data, "Nobody sees"));
	assert_null(strstr(page.text.data, "no paragraph of the article"));
	assert_null(strstr(page.text.data, "color: red"));
	assert_int_equal(page.kept, page.letters);
}

#define PROSE                                                                                      \
	"The ministry said on Monday that the gauges of the lake will be read by all three sides " \
	"every morning, and after every storm."

/* Where nothing is marked up as the text, prose is told from furniture by its letters and links. */
static void test_unmarked(void **state)
{
	(void)state;
	assert_text(
		"<div><a href=1>News</a> <a href=2>Sport</a></div><div><div><h2>Lake</h2><p>" PROSE
		"<p>" PROSE "</div></div><div><p><a href=3>" PROSE "</a></div><div>Imprint</div>",
		"Lake\n\n" PROSE "\n\n" PROSE);
	/* a list of links within it is none of it, a list of sentences is */
	assert_text("<main><p>" PROSE "<ul><li><a href=1>Read more of this</a><li><a href=2>And "
		    "this</a></ul><ul><li>One gauge<li>One sluice</ul></main>",
		    PROSE "\n\n- One gauge\n- One sluice");
	/* two columns of a page laid out with a table */
	assert_text("<table><tr><td><a href=1>News</a><br><a href=2>Sport</a></td><td><p>" PROSE
		    "</p><p>" PROSE "</p></td></tr></table>",
		    PROSE "\n\n" PROSE);
	/* hardly any prose: all of it */
	assert_text("<p>Closed.</p><p>Open again in May.</p>", "Closed.\n\nOpen again in May.");
}

static void test_furniture(void **state)
{
	static const char *const furniture[] = {
		"<nav>%s</nav>",
		"<aside>%s</aside>",
		"<header>%s</header>",
		"<footer>%s</footer>",
		"<dialog open>%s</dialog>",
		"<div role=dialog>%s</div>",
		"<div role='Navigation'>%s</div>",
		"<div aria-modal=true>%s</div>",
		"<div style='z-index:9; Position : fixed;bottom:0'>%s</div>",
		"<div style='display: none'>%s</div>",
		"<div hidden>%s</div>",
		"<section class='site-cookieBanner'>%s</section>",
		"<section id=newsletter-signup>%s</section>",
		"<template>%s</template>",
		"<noscript>%s</noscript>",
		"<svg><text>%s</text></svg>",
		"<script>%s</script>",
		"<style>%s</style>",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(furniture); i++) {
		char part[512], html[2048];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(part, sizeof part, furniture[i],
			 "<p>Accept what we say, and all will be well.");
#pragma GCC diagnostic pop
		snprintf(html, sizeof html, "<body>%s<p>" PROSE "</p><p>" PROSE "</p>%s", part,
			 part);
		assert_ok(extract(html, strlen(html), (struct html_options){0}));
		assert_string_equal(page.text.data, PROSE "\n\n" PROSE "\n");
	}
	/* a word in class or id never takes most of the page away */
	assert_text("<body class=share><div id=comments><p>" PROSE "</div>", PROSE);
}

static void test_layout(void **state)
{
	(void)state;
	assert_text("a<br>b<br><br>c<br><br><br>d <b>e</b>f", "a\nb\n\nc\n\nd ef");
	assert_text("<p> a\n b&nbsp;c &#8203;d&shy;e\xE2\x80\xAE"
		    "f </p>",
		    "a b c def");
	assert_text("<ol><li>a<li>b<ul><li>c</ul><li><p>d</p><p>e</p></ol>",
		    "1. a\n2. b\n  - c\n3. d\n\ne");
	assert_text("<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\nb\nc\nd");
	assert_text("<table><tr><th>a<th>b<tr><td>c d<td> e<br>f </table>g", "a\tb\nc d\te f\n\ng");
	assert_text("<blockquote>a<p>b<blockquote>c</blockquote>d</blockquote>e",
		    "> a\n>\n> b\n>\n> > c\n>\n> d\n\ne");
	assert_text("<q>a <q>b</q> c</q>", "\xE2\x80\x9C"
					   "a \xE2\x80\x98"
					   "b\xE2\x80\x99 c\xE2\x80\x9D");
	assert_text("<pre>a\n  b\n\n\nc</pre>", "a\n  b\n\nc");
	assert_text("<p>a<ruby>b<rp>(</rp><rt>c</rt><rp>)</rp></ruby>", "ab");
	assert_text("<p>a<wbr>b<p>c</b></i></p></p>d", "ab\n\nc\n\nd");
}

static void test_references(void **state)
{
	(void)state;
	assert_text("<p>&lt;b&gt; &amp;amp; &quot;&apos;&#39;&#x41;", "<b> &amp; \"''A");
	assert_text("<p>&copy 2031 &AMP; &eacute&euro;&hellip;",
		    "\xC2\xA9 2031 & \xC3\xA9\xE2\x82\xAC\xE2\x80\xA6");
	assert_text("<p>&#147;a&#148; &#133;", "\xE2\x80\x9C"
					       "a\xE2\x80\x9D \xE2\x80\xA6");
	assert_text("<p>&excl;&lsqb;1&rsqb;&NewLine;&Tab;x", "![1] x");
	assert_text("<p>&nosuch; & &; a&b &#xD800;&#1114112;.", "&nosuch; & &; a&b .");
}

static void assert_charset(const char *html, size_t len, const char *given, const char *charset,
			   enum html_charset_from from, const char *expected)
{
	assert_ok(extract(html, len, (struct html_options){.charset = given}));
	assert_string_equal(page.charset, charset);
	assert_int_equal(page.charset_from, from);
	assert_string_equal(page.text.data, expected);
}
#define BYTES(text) text, sizeof(text) - 1

static void test_charsets(void **state)
{
	(void)state;
	assert_charset(BYTES("<p>caf\xC3\xA9"), NULL, "utf-8", HTML_CHARSET_GUESSED,
		       "caf\xC3\xA9\n");
	assert_charset(BYTES("<p>caf\xE9 \x93x\x94"), NULL, "windows-1252", HTML_CHARSET_GUESSED,
		       "caf\xC3\xA9 \xE2\x80\x9Cx\xE2\x80\x9D\n");
	assert_charset(
		BYTES("<!-- <meta charset=utf-8> --><META Charset = 'ISO-8859-1'><p>caf\xE9"), NULL,
		"windows-1252", HTML_CHARSET_DECLARED, "caf\xC3\xA9\n");
	assert_charset(
		BYTES("<meta http-equiv=content-type content=\"text/html; charset=koi8-r\"><p>"
		      "\xD7\xCF\xC4\xC1"),
		NULL, "koi8-r", HTML_CHARSET_DECLARED, "\xD0\xB2\xD0\xBE\xD0\xB4\xD0\xB0\n");
	assert_charset(
		BYTES("<?xml version=\"1.0\" encoding=\"windows-1251\"?><html><p>\xE2\xEE\xE4\xE0"),
		NULL, "windows-1251", HTML_CHARSET_DECLARED, "\xD0\xB2\xD0\xBE\xD0\xB4\xD0\xB0\n");
	assert_charset(BYTES("<meta charset=shift_jis><p>\x8C\xCE\x82\xCC\x90\x85"), NULL,
		       "shift_jis", HTML_CHARSET_DECLARED,
		       "\xE6\xB9\x96\xE3\x81\xAE\xE6\xB0\xB4\n");
	assert_charset(BYTES("\xEF\xBB\xBF<meta charset=koi8-r><p>caf\xC3\xA9"), NULL, "utf-8",
		       HTML_CHARSET_BOM, "caf\xC3\xA9\n");
	assert_charset(BYTES("\xFF\xFE<\0p\0>\0\xE9\0"), NULL, "utf-16le", HTML_CHARSET_BOM,
		       "\xC3\xA9\n");
	assert_charset(BYTES("<meta charset=utf-16><p>caf\xC3\xA9"), NULL, "utf-8",
		       HTML_CHARSET_DECLARED, "caf\xC3\xA9\n");
	assert_charset(BYTES("<meta charset=utf-8><p>caf\xE9"), "latin1", "windows-1252",
		       HTML_CHARSET_GIVEN, "caf\xC3\xA9\n");
}

/* What is wrong with a charset is said, with the place in the file. */
static void test_wrong_charset(void **state)
{
	static const char one_bad[] = "<meta charset=utf-8><p>" PROSE "\xE9";
	static const char all_bad[] = "<meta charset=utf-8><p>\xE9\xE9\xE9\xE9\xE9\xE9\xE9\xE9";
	static const char unknown[] = "<meta charset=x-none><p>a";
	(void)state;
	assert_ok(extract(BYTES(one_bad), (struct html_options){0}));
	assert_int_equal(page.replaced, 1);
	assert_int_equal(page.first_replaced, sizeof one_bad - 2);
	assert_string_equal(page.text.data, PROSE "\xEF\xBF\xBD\n");
	assert_status(extract(BYTES(all_bad), (struct html_options){0}), ANNOT_INVALID);
	assert_error_says(
		"it is not in utf-8: 8 bytes are not, the first at byte 23; say --charset");
	assert_status(extract(BYTES(unknown), (struct html_options){0}), ANNOT_INVALID);
	assert_error_says("\"x-none\"");
	assert_status(extract(BYTES("<p>a"), (struct html_options){.charset = "nonsense"}),
		      ANNOT_USAGE);
	assert_error_says("\"nonsense\"");
}

static void test_head(void **state)
{
	(void)state;
	assert_text("<html lang=es-419><title> A\n b </title><p>x", "x");
	assert_string_equal(page.title, "A b");
	assert_string_equal(page.language, "es-419");
	assert_string_equal(page.source, "");
	assert_text(
		"<html lang='no such language'><title>A</title><meta property=og:title content=B>"
		"<meta property=og:url content=http://a.example/b><link rel='x Canonical' "
		"href=/relative><p>x",
		"x");
	assert_string_equal(page.title, "B");
	assert_string_equal(page.language, "");
	assert_string_equal(page.source, "http://a.example/b");
	assert_text("<link rel=canonical href='https://a.example/with space'><p>x", "x");
	assert_string_equal(page.source, "");
}

static void test_nothing(void **state)
{
	(void)state;
	assert_status(extract("", 0, (struct html_options){0}), ANNOT_INVALID);
	assert_error_says("no text");
	assert_status(extract(BYTES("<script>x</script>"), (struct html_options){0}),
		      ANNOT_INVALID);
	assert_status(extract(BYTES("<nav>x</nav>"), (struct html_options){0}), ANNOT_INVALID);
	assert_error_says("--whole");
	/* A byte order mark that is not the first thing, and a soft hyphen, do not stand in the text. */
	assert_status(extract(BYTES("<p>&#xFEFF;&shy;"), (struct html_options){.whole = true}),
		      ANNOT_INVALID);
	assert_error_says("it has no text");
}

/* --- pages that mean ill --- */

static enum annot_status extract_repeated(const char *begin, const char *piece, size_t n,
					  const char *end)
{
	AUTO_BUF struct annot_buf html = ANNOT_BUF_INIT(HTML_FILE_MAX);
	annot_buf_puts(&html, begin);
	for (size_t i = 0; i < n; i++)
		annot_buf_puts(&html, piece);
	annot_buf_puts(&html, end);
	return extract(html.data, html.len, (struct html_options){0});
}

static void test_deep(void **state)
{
	(void)state;
	/* deeper than what is told apart: the text is there all the same, in order */
	assert_ok(extract_repeated("<p>a</p>", "<div>", 5000, "b<p>c</p></div>d"));
	assert_non_null(strstr(page.text.data, "a\n\nb"));
	assert_non_null(strstr(page.text.data, "c"));
	assert_ok(extract_repeated("", "<b><i>", 2000, "x"));
	assert_ok(extract_repeated("", "<blockquote>", 300, "x"));
	assert_string_equal(page.text.data, "> > > > > > > > x\n");
	assert_ok(extract_repeated("", "<ul><li>", 200, "x"));
	assert_ok(extract_repeated("", "<table><tr><td>", 150, "x"));
	assert_ok(extract_repeated("", "<q>", 400, "x"));
	assert_status(extract_repeated("", "<div>", 100000, "x"), ANNOT_TOO_LARGE);
	assert_error_says("within each other");
}

/* End tags without elements are looked for in all that is open: that is counted. */
static void test_wrong_ends(void **state)
{
	AUTO_BUF struct annot_buf begin = ANNOT_BUF_INIT(1 << 20);
	(void)state;
	for (size_t i = 0; i < 16000; i++)
		annot_buf_puts(&begin, "<div>");
	assert_status(extract_repeated(begin.data, "</p>", 100000, "x"), ANNOT_TOO_LARGE);
	assert_error_says("end tags");
}

static void test_large(void **state)
{
	(void)state;
	assert_status(extract_repeated("", "<p>a", 1 << 20, ""), ANNOT_TOO_LARGE);
	assert_error_says("more elements");
	assert_ok(extract_repeated("<p>", "never ending ", 100000, ""));
	assert_int_equal(page.text.len, 100000 * strlen("never ending "));
	assert_ok(extract_repeated("<p>x<!-- ", "never ending ", 100000, ""));
	assert_status(extract_repeated("<script>", "never ending ", 100000, ""), ANNOT_INVALID);
	assert_ok(extract_repeated("<p>x<a href=\"", "never ending ", 100000, ""));
	assert_ok(extract_repeated("<p>", "a &amp ", 100000, ""));
	assert_int_equal(page.text.len, 100000 * strlen("a & "));
	AUTO_FREE char *large = calloc(1, HTML_FILE_MAX + 1);
	assert_status(extract(large, HTML_FILE_MAX + 1, (struct html_options){0}), ANNOT_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_article, forget),
		cmocka_unit_test_teardown(test_whole, forget),
		cmocka_unit_test_teardown(test_unmarked, forget),
		cmocka_unit_test_teardown(test_furniture, forget),
		cmocka_unit_test_teardown(test_layout, forget),
		cmocka_unit_test_teardown(test_references, forget),
		cmocka_unit_test_teardown(test_charsets, forget),
		cmocka_unit_test_teardown(test_wrong_charset, forget),
		cmocka_unit_test_teardown(test_head, forget),
		cmocka_unit_test_teardown(test_nothing, forget),
		cmocka_unit_test_teardown(test_deep, forget),
		cmocka_unit_test_teardown(test_wrong_ends, forget),
		cmocka_unit_test_teardown(test_large, forget),
	};
	return cmocka_run_group_tests_name("annotctl/test_html", tests, NULL, NULL);
}
