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

enum { ARTICLE_ARENA = 1 << 30, PROGRESS_STEP = 16 };

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

struct run {
	const struct article *article;
	struct summary summary;
};

static enum annot_status take(struct ctl *ctl, const struct checked *c, void *arg)
{
	struct run *run = arg;
	struct summary *s = &run->summary;
	bool added = false;
	print_one(ctl, run->article, c);
	if (arg_add)
		TRY(check_add(ctl, run->article, c, &added));
	s->quotes++;
	s->failed += check_fails(c);
	s->added += added;
	s->results[c->whole.result]++;
	show_progress(ctl, s->quotes, run->article->quotes.n);
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
		check_move(&cursor, a, all->invalid[0]);
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

static enum annot_status check(struct ctl *ctl, const char *path, struct article *a,
			       struct annot_arena *arena, struct run *run)
{
	if (!arena)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(read_article(ctl, path, a));
	TRY(annot_extract(arena, annot_buf_bytes(&a->text), format_of(path), &a->quotes,
			  &ctl->err));
	warn(ctl, a);
	begin(ctl);
	const struct sources sources = {.only = arg_documents,
					.excluded = arg_excluded,
					.article = annot_sha256(a->text.data, a->text.len)};
	run->article = a;
	TRY(check_each(ctl, &sources, a, take, run));
	end(ctl, a, &run->summary);
	return ANNOT_OK;
}

static int run_check(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct article article = {0};
	struct run run = {0};
	struct annot_arena *arena = annot_arena_new(ARTICLE_ARENA);
	enum format asked = ctl->format;
	if (ctl->in_batch && strcmp(args[0], "-") == 0) {
		annot_arena_free(arena);
		return ctl_usage(ctl, "it reads standard input, which is the batch's own");
	}
	if (arg_sarif)
		ctl->format = FORMAT_JSON;
	enum annot_status status = check(ctl, args[0], &article, arena, &run);
	ctl->format = asked; /* that of an error */
	annot_buf_free(&article.text);
	annot_arena_free(arena);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return run.summary.failed > 0 ? annot_exit_code(ANNOT_NO) : 0;
}

const struct command cmd_check = {
	"check", "ARTICLE", "Say how an article's quotes differ from what stands in the corpus",
	options, run_check, NEEDS_DAEMON | LISTS,
	1,       1,
};
