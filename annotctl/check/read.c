/* Articles from files: text as it is, of web pages and PDFs what intake/ makes of them. */
#include <errno.h>
#include <string.h>

#include "../out/out.h"
#include "check.h"

static enum annot_status read_file(struct ctl *ctl, const char *path, struct annot_buf *ret)
{
	char piece[1 << 16];
	size_t n;
	if (strcmp(path, "-") != 0)
		return annot_file_read(path, ANNOT_EXTRACT_TEXT_MAX, ret, &ctl->err);
	annot_buf_puts(ret, "");
	while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
		annot_buf_add(ret, piece, n);
	if (ferror(stdin))
		return annot_fail(&ctl->err, ANNOT_UNREADABLE, "standard input: %s",
				  strerror(errno));
	return annot_buf_check(ret, "standard input", &ctl->err);
}

/* Puts the text in place of the file. */
static enum annot_status convert(struct ctl *ctl, const char *path,
				 const struct intake_options *options, struct annot_buf *file)
{
	struct intake in = {0};
	struct annot_buf text = ANNOT_BUF_INIT(ANNOT_EXTRACT_TEXT_MAX);
	enum annot_status status =
		intake_read(ctl->arena, path, annot_buf_bytes(file), options, &in, &ctl->err);
	if (status == ANNOT_OK) {
		intake_show(ctl, path, &in);
		annot_buf_add(&text, in.text.data, in.text.len);
		status = annot_buf_check(&text, path, &ctl->err);
	}
	intake_free(&in);
	annot_buf_free(file);
	*file = text;
	return status;
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

enum annot_status check_read(struct ctl *ctl, const char *path,
			     const struct intake_options *options, struct annot_arena *arena,
			     struct article *ret)
{
	enum intake_type type;
	ret->path = path;
	ret->text = ANNOT_BUF_INIT(ANNOT_EXTRACT_TEXT_MAX);
	TRY(read_file(ctl, path, &ret->text));
	TRY(intake_type_of(path, annot_buf_bytes(&ret->text), options->type, &type, &ctl->err));
	if (type == INTAKE_html || type == INTAKE_pdf)
		TRY(convert(ctl, path, options, &ret->text));
	else if (options->whole || options->charset)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "%s is no web page: --whole and --charset are for these", path);
	TRY(annot_extract(arena, annot_buf_bytes(&ret->text),
			  type == INTAKE_markdown ? ANNOT_ARTICLE_MARKDOWN : ANNOT_ARTICLE_TEXT,
			  &ret->quotes, &ctl->err));
	warn(ctl, ret);
	return ANNOT_OK;
}
