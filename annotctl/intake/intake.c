#include "intake.h"

#include "../out/out.h"

enum { SHOWN_CHARS = 60, LITTLE_PER_CENT = 30 };

static enum annot_status check_text(struct annot_bytes text, struct annot_error *err)
{
	size_t valid = annot_utf8_valid(text.data, text.len);
	const uint8_t *nul = text.len ? memchr(text.data, 0, text.len) : NULL;
	if (text.len == 0)
		return annot_fail(err, ANNOT_INVALID, "is empty");
	if (nul)
		return annot_fail(err, ANNOT_INVALID, "holds a NUL at byte %zu; it is not a text",
				  (size_t)(nul - text.data));
	if (valid != text.len)
		return annot_fail(
			err, ANNOT_INVALID,
			"is not UTF-8: byte %zu (0x%02x); convert it first, for example with iconv",
			valid, text.data[valid]);
	return ANNOT_OK;
}

static enum annot_status extract(struct annot_arena *arena, struct annot_bytes file,
				 const struct intake_options *options, struct intake *ret,
				 struct annot_error *err)
{
	if (ret->type == INTAKE_html)
		TRY(intake_html(arena, file, options, ret, err));
	else if (ret->type == INTAKE_pdf)
		TRY(intake_pdf(arena, file, ret, err));
	if (ret->extractor) {
		size_t valid = annot_utf8_valid(ret->text.data, ret->text.len);
		return valid == ret->text.len
			       ? ANNOT_OK
			       : annot_fail(err, ANNOT_INTERNAL, "%s made what is not UTF-8",
					    ret->extractor);
	}
	if (options->whole || options->charset)
		return annot_fail(err, ANNOT_USAGE,
				  "is no web page: --whole and --charset are for these");
	ret->media_type = intake_media_type(ret->type);
	ret->text = file;
	return check_text(file, err);
}

enum annot_status intake_read(struct annot_arena *arena, const char *path, struct annot_bytes file,
			      const struct intake_options *options, struct intake *ret,
			      struct annot_error *err)
{
	struct annot_error why = {0};
	*ret = (struct intake){0};
	TRY(intake_type_of(path, file, options->type, &ret->type, err));
	enum annot_status status = extract(arena, file, options, ret, &why);
	if (status == ANNOT_TIMEOUT)
		status = ANNOT_INVALID; /* of the file; TIMEOUT is the daemon's */
	bool own = ret->type == INTAKE_html || ret->type == INTAKE_pdf;
	return status == ANNOT_OK
		       ? ANNOT_OK
		       : annot_fail(err, status, "%s%s %s", path, own ? ":" : "", why.text);
}

void intake_free(struct intake *in)
{
	annot_buf_free(&in->made);
}

/* --- what a person sees --- */

static size_t count_paragraphs(struct annot_bytes text)
{
	size_t n = text.len > 0;
	for (size_t i = 0; i + 2 < text.len; i++)
		n += text.data[i] == '\n' && text.data[i + 1] == '\n' && text.data[i + 2] != '\n';
	return n;
}

static const char *piece(struct ctl *ctl, struct annot_bytes text, bool end)
{
	const char *all = (const char *)text.data;
	size_t len = text.len;
	while (len > 0 && all[len - 1] == '\n')
		len--;
	size_t from = end ? annot_utf8_back(all, len, len, SHOWN_CHARS) : 0;
	size_t to = end ? len : annot_utf8_forward(all, len, 0, SHOWN_CHARS);
	char *copy = annot_arena_copy(ctl->arena, all + from, to - from);
	return out_safe_flat(ctl, copy);
}

static void show_charset(struct ctl *ctl, const char *path, const struct intake *in)
{
	if (in->replaced > 0)
		out_warning(ctl, "%s: %llu byte%s no %s, the first at byte %llu; read as U+FFFD",
			    path, (unsigned long long)in->replaced,
			    in->replaced == 1 ? " is" : "s are", in->charset,
			    (unsigned long long)in->first_replaced);
	if (in->charset_from && strcmp(in->charset_from, "guessed") == 0 &&
	    strcmp(in->charset, "utf-8") != 0)
		out_warning(ctl,
			    "%s does not say its charset; read as %s; --charset NAME says another",
			    path, in->charset);
}

void intake_show(struct ctl *ctl, const char *path, const struct intake *in)
{
	if (!in->extractor)
		return;
	path = out_safe(ctl, path);
	show_charset(ctl, path, in);
	if (in->letters > 0 && in->kept * 100 < in->letters * LITTLE_PER_CENT)
		out_warning(ctl,
			    "%s: the text has %llu %% of the page's letters; see it with doc "
			    "extract, take all of it with --whole",
			    path, (unsigned long long)(in->kept * 100 / in->letters));
	size_t paragraphs = count_paragraphs(in->text);
	out_note(ctl, "%s: %zu byte%s of text in %zu paragraph%s by %s, from “%s…” to “…%s”", path,
		 in->text.len, annot_plural(in->text.len), paragraphs, annot_plural(paragraphs),
		 in->extractor, piece(ctl, in->text, false), piece(ctl, in->text, true));
}
