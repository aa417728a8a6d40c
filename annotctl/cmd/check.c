/* The quotes of articles against the corpus: annotctl/check/. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../check/known.h"
#include "../out/out.h"
#include "../out/progress.h"

static char **arg_documents, **arg_excluded;
static int arg_markdown, arg_sarif, arg_add;
static struct intake_options arg_intake;

static const struct poptOption options[] = {
	{"document", '\0', POPT_ARG_ARGV, &arg_documents, 0,
	 "Only this one is a source; may be repeated", "DOC"},
	{"exclude", '\0', POPT_ARG_ARGV, &arg_excluded, 0, "This one is none; may be repeated",
	 "DOC"},
	{"markdown", '\0', POPT_ARG_NONE, &arg_markdown, 0,
	 "The article is Markdown, whatever its name", NULL},
	{"sarif", '\0', POPT_ARG_NONE, &arg_sarif, 0, "Print SARIF 2.1.0", NULL},
	{"add", '\0', POPT_ARG_NONE, &arg_add, 0,
	 "Sign each quote that was found and is not there, with what the check says", NULL},
	INTAKE_OPTIONS(arg_intake),
	POPT_TABLEEND,
};

enum { ARTICLE_ARENA = 1 << 30 };

struct run {
	bool several;
	size_t done, of; /* articles */
	const struct article *article;
	struct summary summary; /* of this article */
	struct summary total;
	struct known_quotes known; /* with --add */
	struct progress progress;
};

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

static enum annot_status take(struct ctl *ctl, const struct checked *c, void *arg)
{
	struct run *run = arg;
	struct summary *s = &run->summary;
	progress_pause(&run->progress); /* where both are a terminal */
	print_one(ctl, run->article, c);
	if (arg_add)
		TRY(check_add(ctl, run->article, c, &run->known, s));
	s->quotes++;
	s->failed += check_fails(c);
	s->results[c->whole.result]++;
	if (run->several)
		progress_show(&run->progress, run->done, run->of);
	else
		progress_show(&run->progress, s->quotes, run->article->quotes.n);
	return ANNOT_OK;
}

/* --- what stands around the quotes of an article, and around several articles --- */

static void begin_all(struct ctl *ctl, const struct run *run)
{
	out_page(ctl);
	if (ctl->quiet || ctl->format != FORMAT_JSON)
		return;
	if (arg_sarif)
		check_sarif_begin(ctl);
	else if (run->several)
		out_text(ctl, "{\"articles\": [\n");
}

static void begin_article(struct ctl *ctl, const struct run *run)
{
	if (ctl->quiet || arg_sarif)
		return;
	if (ctl->format == FORMAT_TEXT && run->several)
		out_text(ctl, "%s%s%s%s\n", run->done > 0 ? "\n" : "", out_style(ctl, STYLE_BOLD),
			 out_safe(ctl, run->article->path), out_style(ctl, STYLE_PLAIN));
	if (ctl->format == FORMAT_JSON)
		out_text(ctl, "%s{\"quotes\":\n", run->done > 0 ? ",\n" : "");
	if (ctl->format != FORMAT_TEXT)
		out_list_begin(ctl);
}

static void end_summary(struct ctl *ctl, const struct article *a, const struct summary *s)
{
	if (ctl->format == FORMAT_JSON) {
		out_text(ctl, ",\"summary\":\n");
		out_json(ctl, check_summary_json(a, s));
		out_text(ctl, "}\n");
	} else if (ctl->format == FORMAT_NDJSON) {
		out_json(ctl, json_pack("{so}", "summary", check_summary_json(a, s)));
	} else {
		check_print_summary(ctl, a, s);
	}
}

static void end_article(struct ctl *ctl, const struct run *run)
{
	if (ctl->quiet || arg_sarif)
		return;
	if (ctl->format != FORMAT_TEXT)
		out_list_end(ctl);
	end_summary(ctl, run->article, &run->summary);
}

static void end_all(struct ctl *ctl, const struct run *run, const struct article *last)
{
	if (ctl->quiet)
		return;
	if (arg_sarif)
		check_sarif_end(ctl, run->several ? NULL : last, &run->total);
	else if (run->several) {
		if (ctl->format == FORMAT_JSON)
			out_text(ctl, "]\n");
		else if (ctl->format == FORMAT_TEXT)
			out_text(ctl, "\n");
		end_summary(ctl, NULL, &run->total);
	}
}

static void add_up(struct summary *total, const struct summary *s)
{
	total->articles++;
	total->quotes += s->quotes;
	total->failed += s->failed;
	total->added += s->added;
	total->there += s->there;
	for (size_t i = 0; i < ANNOT_ALTER_RESULTS; i++)
		total->results[i] += s->results[i];
}

static enum annot_status check_article(struct ctl *ctl, const struct article *a, struct run *run)
{
	const struct sources sources = {.only = arg_documents,
					.excluded = arg_excluded,
					.article = annot_sha256(a->text.data, a->text.len)};
	run->article = a;
	run->summary = (struct summary){0};
	begin_article(ctl, run);
	if (!run->several)
		progress_begin(&run->progress);
	TRY(check_each(ctl, &sources, a, take, run));
	progress_pause(&run->progress);
	end_article(ctl, run);
	add_up(&run->total, &run->summary);
	run->done++;
	return ANNOT_OK;
}

static enum annot_status check_files(struct ctl *ctl, const char **paths, struct run *run)
{
	struct intake_options as = arg_intake;
	char markdown[] = "markdown";
	enum annot_status status = ANNOT_OK;
	if (arg_markdown && !as.type)
		as.type = markdown;
	if (run->several)
		progress_begin(&run->progress);
	for (; *paths && status == ANNOT_OK; paths++) {
		struct article article = {0};
		struct annot_arena *arena = annot_arena_new(ARTICLE_ARENA);
		status = arena ? check_read(ctl, *paths, &as, arena, &article)
			       : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
		if (status == ANNOT_OK && run->done == 0)
			begin_all(ctl, run);
		if (status == ANNOT_OK)
			status = check_article(ctl, &article, run);
		if (status == ANNOT_OK && run->done == run->of)
			end_all(ctl, run, &article);
		annot_buf_free(&article.text);
		annot_arena_free(arena);
	}
	progress_end(&run->progress);
	return status;
}

/* Before anything is printed: a file that is not there is a mistake of the command line. */
static int find_files(struct ctl *ctl, int n, const char **paths)
{
	for (int i = 0; i < n; i++) {
		bool input = strcmp(paths[i], "-") == 0;
		if (input && ctl->in_batch)
			return ctl_usage(ctl, "it reads standard input, which is the batch's own");
		if (!input && n > 1 && access(paths[i], R_OK) != 0)
			return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_UNREADABLE, "%s: %s",
							paths[i], strerror(errno)));
	}
	return 0;
}

/* Also of an article without quotes, for which nothing is looked for. */
static enum annot_status find_sources(struct ctl *ctl, char *const *documents)
{
	struct annot_fetched found;
	for (; documents && *documents; documents++) {
		TRY(annot_fetch(ctl->annot, *documents, ctl->arena, &found, &ctl->err));
		if (found.record && found.record->kind->kind != ANNOT_KIND_document)
			return annot_fail(&ctl->err, ANNOT_USAGE, "%s is a %s, not a document",
					  *documents, found.record->kind->name);
	}
	return ANNOT_OK;
}

static int run_check(struct ctl *ctl, int argc, const char **args)
{
	struct run run = {.several = argc > 1,
			  .of = (size_t)argc,
			  .known = KNOWN_QUOTES_INIT,
			  .progress = {.ctl = ctl, .what = argc > 1 ? "checked" : "quotes"}};
	enum format asked = ctl->format;
	int code = find_files(ctl, argc, args);
	if (code != 0)
		return code;
	CTL_TRY(ctl, find_sources(ctl, arg_documents));
	CTL_TRY(ctl, find_sources(ctl, arg_excluded));
	if (arg_sarif)
		ctl->format = FORMAT_JSON;
	enum annot_status status = check_files(ctl, args, &run);
	ctl->format = asked; /* that of an error */
	known_free(&run.known);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return run.total.failed > 0 ? annot_exit_code(ANNOT_NO) : 0;
}

const struct command cmd_check = {
	"check", "ARTICLE…", "Say how articles' quotes differ from what stands in the corpus",
	options, run_check,  NEEDS_DAEMON | LISTS,
	1,       -1,
};
