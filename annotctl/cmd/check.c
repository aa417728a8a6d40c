/* The quotes of an article against the corpus: annotctl/check/. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../check/check.h"
#include "../out/out.h"

static char **arg_documents, **arg_excluded;
static int arg_markdown, arg_sarif, arg_add;

static const struct poptOption options[] = {
	{"document", '\0', POPT_ARG_ARGV, &arg_documents, 0,
	 "Only this one is a source; may be repeated", "DOC"},
	{"exclude", '\0', POPT_ARG_ARGV, &arg_excluded, 0, "This one is none; may be repeated",
	 "DOC"},
	{"markdown", '\0', POPT_ARG_NONE, &arg_markdown, 0,
	 "The article is Markdown, whatever its name", NULL},
	{"sarif", '\0', POPT_ARG_NONE, &arg_sarif, 0, "Print SARIF 2.1.0", NULL},
	{"add", '\0', POPT_ARG_NONE, &arg_add, 0,
	 "Sign each quote that was found, with what the check says", NULL},
	POPT_TABLEEND,
};

enum { ARTICLE_ARENA = 1 << 30, QUOTE_ARENA = 1 << 30, PROGRESS_STEP = 16 };

static enum annot_status read_article(struct ctl *ctl, const char *path, struct article *ret)
{
	char piece[1 << 16];
	size_t n;
	ret->path = path;
	ret->text = ANNOT_BUF_INIT(ANNOT_EXTRACT_TEXT_MAX);
	if (strcmp(path, "-") != 0)
		return annot_file_read(path, ANNOT_EXTRACT_TEXT_MAX, &ret->text, &ctl->err);
	annot_buf_puts(&ret->text, "");
	while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
		annot_buf_add(&ret->text, piece, n);
	if (ferror(stdin))
		return annot_fail(&ctl->err, ANNOT_UNREADABLE, "standard input: %s",
				  strerror(errno));
	return annot_buf_check(&ret->text, "standard input", &ctl->err);
}

static enum annot_article_format format_of(const char *path)
{
	static const char *const ends[] = {".md", ".markdown", ".mkd"};
	size_t len = strlen(path);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (len > strlen(ends[i]) && strcmp(path + len - strlen(ends[i]), ends[i]) == 0)
			return ANNOT_ARTICLE_MARKDOWN;
	return arg_markdown ? ANNOT_ARTICLE_MARKDOWN : ANNOT_ARTICLE_TEXT;
}

/* Code points of bytes that need not be UTF-8: a byte that is none is one. */
static size_t count_chars(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t at = 0; at < len;) {
		size_t valid = annot_utf8_valid(text + at, len - at);
		n += annot_utf8_chars(text + at, valid);
		at += valid;
		n += at < len;
		at += at < len;
	}
	return n;
}

/* A byte of the article as line, column and code points; quotes come in the order of their starts.
 */
struct cursor {
	size_t at, chars, line, line_chars;
};

static void move(struct cursor *c, const char *text, size_t to)
{
	for (const char *end; (end = memchr(text + c->at, '\n', to - c->at));) {
		size_t next = (size_t)(end - text) + 1;
		c->chars += count_chars(text + c->at, next - c->at);
		c->at = next;
		c->line++;
		c->line_chars = c->chars;
	}
	c->chars += count_chars(text + c->at, to - c->at);
	c->at = to;
}

static void show_progress(const struct ctl *ctl, size_t done, size_t all)
{
	if (ctl->quiet || !isatty(STDERR_FILENO) || isatty(STDOUT_FILENO))
		return;
	if (done == all)
		fputs("\r\033[K", stderr);
	else if (done % PROGRESS_STEP == 0)
		fprintf(stderr, "\rannotctl: quote %zu of %zu", done, all);
}

static void print_one(struct ctl *ctl, const struct article *a, const struct checked *c)
{
	if (ctl->quiet)
		return;
	if (arg_sarif)
		check_sarif_item(ctl, a, c);
	else if (ctl->format != FORMAT_TEXT)
		out_list_item(ctl, check_json(ctl, a, c));
	else
		check_print(ctl, a, c);
}

static enum annot_status check_one(struct ctl *ctl, struct sources *sources,
				   const struct article *a, size_t i, struct cursor *cursor,
				   struct summary *s)
{
	const struct annot_quoted *q = &a->quotes.quotes[i];
	struct checked c = {.quote = q};
	bool added = false;
	move(cursor, a->text.data, q->bytes[0]);
	c.line = cursor->line;
	c.column = cursor->chars - cursor->line_chars + 1;
	c.chars[0] = cursor->chars;
	c.chars[1] =
		c.chars[0] + count_chars(a->text.data + q->bytes[0], q->bytes[1] - q->bytes[0]);
	TRY(check_judge(ctl, sources, a, &c));
	print_one(ctl, a, &c);
	if (arg_add)
		TRY(check_add(ctl, a, &c, &added));
	s->quotes++;
	s->failed += check_fails(&c);
	s->added += added;
	s->results[c.whole.result]++;
	return ANNOT_OK;
}

static void begin(struct ctl *ctl)
{
	out_page(ctl);
	if (ctl->quiet || ctl->format == FORMAT_TEXT)
		return;
	if (arg_sarif) {
		check_sarif_begin(ctl);
		return;
	}
	if (ctl->format == FORMAT_JSON)
		out_text(ctl, "{\"quotes\":\n");
	out_list_begin(ctl);
}

static void end(struct ctl *ctl, const struct article *a, const struct summary *s)
{
	if (ctl->quiet)
		return;
	if (ctl->format == FORMAT_TEXT) {
		check_print_summary(ctl, a, s);
		return;
	}
	if (arg_sarif) {
		check_sarif_end(ctl, a, s);
		return;
	}
	out_list_end(ctl);
	if (ctl->format == FORMAT_JSON) {
		out_text(ctl, ",\"summary\":\n");
		out_json(ctl, check_summary_json(a, s));
		out_text(ctl, "}\n");
	} else {
		out_json(ctl, json_pack("{so}", "summary", check_summary_json(a, s)));
	}
}

/* Where the article is not UTF-8, and whether it has more quotes than are looked at. */
static void warn(struct ctl *ctl, const struct article *a)
{
	const struct annot_extracted *all = &a->quotes;
	struct cursor cursor = {.line = 1};
	if (all->n_invalid > 0) {
		move(&cursor, a->text.data, all->invalid[0]);
		out_warning(ctl,
			    "%s: %zu byte%s not UTF-8, the first at byte %zu (line %zu); read as "
			    "U+FFFD",
			    a->path, all->n_invalid, all->n_invalid == 1 ? " is" : "s are",
			    all->invalid[0], cursor.line);
	}
	if (all->cut)
		out_warning(ctl, "%s: more than %d quotes; only these are checked", a->path,
			    ANNOT_EXTRACT_QUOTES_MAX);
}

/* All quotes, each in memory of its own. */
static enum annot_status check_all(struct ctl *ctl, const struct article *a, struct summary *s)
{
	struct sources sources = {.only = arg_documents,
				  .excluded = arg_excluded,
				  .article = annot_sha256(a->text.data, a->text.len)};
	struct annot_arena *outer = ctl->arena, *inner = annot_arena_new(QUOTE_ARENA);
	struct cursor cursor = {.line = 1};
	enum annot_status status =
		inner ? ANNOT_OK : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < a->quotes.n && status == ANNOT_OK; i++) {
		ctl->arena = inner;
		status = check_one(ctl, &sources, a, i, &cursor, s);
		ctl->arena = outer;
		annot_arena_reset(inner);
		show_progress(ctl, i + 1, a->quotes.n);
	}
	annot_arena_free(inner);
	check_sources_free(&sources);
	return status;
}

static enum annot_status check(struct ctl *ctl, const char *path, struct article *a,
			       struct annot_arena *arena, struct summary *s)
{
	if (!arena)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(read_article(ctl, path, a));
	TRY(annot_extract(arena, annot_buf_bytes(&a->text), format_of(path), &a->quotes,
			  &ctl->err));
	warn(ctl, a);
	begin(ctl);
	TRY(check_all(ctl, a, s));
	end(ctl, a, s);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct article article = {0};
	struct summary summary = {0};
	struct annot_arena *arena = annot_arena_new(ARTICLE_ARENA);
	enum format asked = ctl->format;
	if (arg_sarif)
		ctl->format = FORMAT_JSON;
	enum annot_status status = check(ctl, args[0], &article, arena, &summary);
	ctl->format = asked; /* that of an error */
	annot_buf_free(&article.text);
	annot_arena_free(arena);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return summary.failed > 0 ? annot_exit_code(ANNOT_NO) : 0;
}

const struct command cmd_check = {
	"check", "ARTICLE", "Say how an article's quotes differ from what stands in the corpus",
	options, run,       NEEDS_DAEMON | LISTS,
	1,       1,
};
