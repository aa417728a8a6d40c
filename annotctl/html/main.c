/*
 * annot-html [--whole] [--charset NAME] <PAGE >TEXT: run by annotctl, so that what strangers wrote
 * is parsed by a process that has nothing but that page. First comes a line of JSON, of what
 * html_text says, then the text; or, with exit code 1, a line of JSON with code and message.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <jansson.h>
#include <libxml/xmlversion.h>

#include "html.h"

enum { CPU_SECONDS = 60 };

/* A page that finds a hole finds neither files nor other programs behind it. */
static void confine(void)
{
	const struct {
		int what;
		rlim_t most;
	} limits[] = {
		{RLIMIT_CORE, 0},    {RLIMIT_CPU, CPU_SECONDS},
#ifdef ANNOT_CONFINE /* sanitizers want more */
		{RLIMIT_NOFILE, 16}, {RLIMIT_NPROC, 0},         {RLIMIT_AS, (rlim_t)2 << 30},
#endif
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit limit = {limits[i].most, limits[i].most};
		setrlimit(limits[i].what, &limit);
	}
}

static int fail(const struct annot_error *err)
{
	json_t *object = json_pack("{s:i, s:s}", "code", (int)err->status, "message", err->text);
	json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
	return 1;
}

static bool print(const struct html_text *t)
{
	static const char *const from[] = {[HTML_CHARSET_GIVEN] = "given",
					   [HTML_CHARSET_BOM] = "mark",
					   [HTML_CHARSET_DECLARED] = "declared",
					   [HTML_CHARSET_GUESSED] = "guessed"};
	json_t *object =
		json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "extractor",
			  HTML_EXTRACTOR, "parser", "libxml2 " LIBXML_DOTTED_VERSION, "charset",
			  t->charset, "charset_from", from[t->charset_from], "replaced",
			  (json_int_t)t->replaced, "first_replaced", (json_int_t)t->first_replaced,
			  "letters", (json_int_t)t->letters, "kept", (json_int_t)t->kept, "title",
			  t->title, "language", t->language, "source", t->source);
	json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(object);
	fwrite(t->text.data, 1, t->text.len, stdout);
	return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
	struct html_options options = {0};
	struct annot_error err = {0};
	struct html_text text = {0};
	struct annot_buf page = ANNOT_BUF_INIT(HTML_FILE_MAX);
	char piece[1 << 16];
	size_t n;
	confine();
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--whole") == 0)
			options.whole = true;
		else if (strcmp(argv[i], "--charset") == 0 && i + 1 < argc)
			options.charset = argv[++i];
	while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
		annot_buf_add(&page, piece, n);
	enum annot_status status = annot_buf_check(&page, "the page", &err);
	if (status == ANNOT_OK)
		status = html_extract(annot_buf_bytes(&page), &options, &text, &err);
	annot_buf_free(&page);
	int code = status != ANNOT_OK ? fail(&err) : print(&text) ? 0 : 2;
	annot_buf_free(&text.text);
	return code;
}
