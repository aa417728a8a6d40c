/* Text in lines of a given width: broken at spaces, between characters that take two columns, and
 * within words that are longer than a line. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

enum { WORD_MAX = 1 << 20, TAB_COLUMNS = 8, PUT_MAX = 256 };

struct lines {
	struct ctl *ctl;
	size_t columns, column; /* column: filled of this line */
	const char *first, *rest;
	bool begun;            /* the first line has begun */
	bool open;             /* this line has begun */
	bool failed;           /* out of memory: something is missing in what was printed */
	size_t spaces;         /* wanted before the next word */
	struct annot_buf word; /* with its styles */
	size_t word_columns;
	enum out_style style, line_style; /* of what is added; of what was printed */
};

struct lines *lines_begin(struct ctl *ctl, size_t columns, const char *first, const char *rest)
{
	struct lines *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->ctl = ctl;
	l->columns = columns > 1 ? columns : 1;
	l->first = first;
	l->rest = rest;
	l->word = ANNOT_BUF_INIT(WORD_MAX);
	return l;
}

static void open_line(struct lines *l)
{
	out_text(l->ctl, "%s", l->begun ? l->rest : l->first);
	if (l->line_style != STYLE_PLAIN)
		out_text(l->ctl, "%s", out_style(l->ctl, l->line_style));
	l->begun = l->open = true;
	l->column = 0;
}

static void close_line(struct lines *l)
{
	if (!l->open)
		open_line(l); /* an empty one */
	if (l->line_style != STYLE_PLAIN)
		out_text(l->ctl, "%s", out_style(l->ctl, STYLE_PLAIN));
	out_text(l->ctl, "\n");
	l->open = false;
	l->spaces = 0;
}

static void flush_word(struct lines *l)
{
	l->failed |= l->word.failed;
	if (l->word.len == 0)
		return;
	if (l->open && l->column > 0 && l->column + l->spaces + l->word_columns > l->columns)
		close_line(l);
	if (!l->open)
		open_line(l);
	for (; l->spaces > 0 && l->column < l->columns; l->spaces--, l->column++)
		out_text(l->ctl, " ");
	out_text(l->ctl, "%s", l->word.data ? l->word.data : "");
	l->column += l->word_columns;
	l->spaces = 0;
	l->line_style = l->style;
	annot_buf_truncate(&l->word, 0);
	l->word_columns = 0;
}

/* A character of a word, of so many columns. */
static void add_cluster(struct lines *l, const char *text, size_t len, unsigned columns)
{
	if (l->word_columns + columns > l->columns)
		flush_word(l);
	annot_buf_add(&l->word, text, len);
	l->word_columns += columns;
	if (columns > 1) /* a script without spaces */
		flush_word(l);
}

static void add_escaped(struct lines *l, const char *text, size_t len)
{
	struct annot_buf safe = ANNOT_BUF_INIT(WORD_MAX);
	annot_escape_terminal(text, len, false, &safe);
	l->failed |= safe.failed;
	for (size_t at = 0; at < safe.len;) {
		size_t from = at;
		unsigned columns = annot_cluster_next(safe.data, safe.len, &at);
		add_cluster(l, safe.data + from, at - from, columns);
	}
	annot_buf_free(&safe);
}

void lines_add(struct lines *l, const char *text, size_t len)
{
	for (size_t at = 0; l && at < len;) {
		size_t from = at;
		char c = text[at];
		if (c == '\n') {
			flush_word(l);
			close_line(l);
			at++;
		} else if (c == ' ' || c == '\t') {
			flush_word(l);
			l->spaces +=
				c == ' ' ? 1 : TAB_COLUMNS - (l->column + l->spaces) % TAB_COLUMNS;
			at++;
		} else if (c == '\r' && at + 1 < len && text[at + 1] == '\n') {
			at++;
		} else {
			unsigned columns = annot_cluster_next(text, len, &at);
			bool plain = at - from == 1 && c > ' ' && c < 0x7F && c != '\\';
			if (plain)
				add_cluster(l, text + from, 1, columns);
			else
				add_escaped(l, text + from, at - from);
		}
	}
}

static void put_safe(struct lines *l, const char *text, size_t len)
{
	for (size_t at = 0; l && at < len;) {
		size_t from = at;
		unsigned columns = annot_cluster_next(text, len, &at);
		if (text[from] == ' ') {
			flush_word(l);
			l->spaces++;
		} else {
			add_cluster(l, text + from, at - from, columns);
		}
	}
}

void lines_put(struct lines *l, const char *format, ...)
{
	char text[PUT_MAX];
	va_list ap;
	va_start(ap, format);
	int len = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	put_safe(l, text, len < PUT_MAX ? (size_t)len : PUT_MAX - 1);
}

void lines_flat(struct lines *l, const char *text)
{
	while (l && *text) {
		size_t len = strcspn(text, "\n\r\t");
		struct annot_buf safe = ANNOT_BUF_INIT(SIZE_MAX / 2);
		annot_escape_terminal(text, len, false, &safe);
		l->failed |= safe.failed;
		put_safe(l, safe.data, safe.len);
		annot_buf_free(&safe);
		text += len;
		if (*text) {
			put_safe(l, " ", 1);
			text++;
		}
	}
}

void lines_style(struct lines *l, enum out_style style)
{
	if (!l || l->style == style)
		return;
	annot_buf_puts(&l->word, out_style(l->ctl, STYLE_PLAIN));
	if (style != STYLE_PLAIN)
		annot_buf_puts(&l->word, out_style(l->ctl, style));
	l->style = style;
}

enum annot_status lines_end(struct ctl *ctl, struct lines *l)
{
	if (!l)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	l->style = STYLE_PLAIN;
	flush_word(l);
	l->line_style = STYLE_PLAIN;
	if (l->open)
		close_line(l);
	bool failed = l->failed;
	annot_buf_free(&l->word);
	free(l);
	return failed ? annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory") : ANNOT_OK;
}
