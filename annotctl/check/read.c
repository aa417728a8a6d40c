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

/* By the rule that doc add has, in its words; what was made of a page or PDF takes the file's
 * place. */
static enum annot_status convert(struct ctl *ctl, const char *path,
				 const struct intake_options *options, struct annot_buf *file,
				 enum intake_type *ret_type)
{
	struct intake in = {0};
	enum annot_status status =
		intake_read(ctl->arena, path, annot_buf_bytes(file), options, &in, &ctl->err);
	if (status == ANNOT_OK && in.extractor) {
		struct annot_buf text = ANNOT_BUF_INIT(ANNOT_EXTRACT_TEXT_MAX);
		intake_show(ctl, path, &in);
		annot_buf_add(&text, in.text.data, in.text.len);
		status = annot_buf_check(&text, path, &ctl->err);
		annot_buf_free(file);
		*file = text;
	}
	*ret_type = in.type;
	intake_free(&in);
	return status;
}

enum annot_status check_read(struct ctl *ctl, const char *path,
			     const struct intake_options *options, struct annot_arena *arena,
			     struct article *ret)
{
	enum intake_type type;
	ret->path = path;
	ret->text = ANNOT_BUF_INIT(ANNOT_EXTRACT_TEXT_MAX);
	TRY(read_file(ctl, path, &ret->text));
	TRY(convert(ctl, path, options, &ret->text, &type));
	TRY(annot_extract(arena, annot_buf_bytes(&ret->text),
			  type == INTAKE_markdown ? ANNOT_ARTICLE_MARKDOWN : ANNOT_ARTICLE_TEXT,
			  &ret->quotes, &ctl->err));
	if (ret->quotes.cut)
		out_warning(ctl, "%s: more than %d quotes; only these are checked",
			    out_safe(ctl, path), ANNOT_EXTRACT_QUOTES_MAX);
	return ANNOT_OK;
}
