#include "html.h"

#include <stdarg.h>

void html_put(struct html *h, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vfprintf(h->f, format, ap);
	va_end(ap);
}

/* The reference for a character of markup; NULL: it stands for itself. */
static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Whether a byte stands for itself in text. */
static bool is_plain(char c)
{
	return (c == '\n' || c == '\t' || (c >= ' ' && c < 0x7F)) && !reference(c);
}

static void put_hidden(struct html *h, uint32_t cp, const char *at, size_t len)
{
	if (cp == '\r') {
		fputs("<span class=\"cr\">&#13;</span>", h->f);
		return;
	}
	html_put(h, "<span class=\"x\" data-u=\"U+%04X\"><span>", (unsigned)cp);
	fwrite(at, 1, len, h->f);
	fputs("</span></span>", h->f);
}

void html_text(struct html *h, const char *text, size_t len)
{
	size_t at = 0;
	while (at < len) {
		size_t start = at;
		while (at < len && is_plain(text[at]))
			at++;
		fwrite(text + start, 1, at - start, h->f);
		if (at == len)
			break;
		start = at;
		uint32_t cp = annot_utf8_next(text, len, &at);
		const char *ref = at - start == 1 ? reference(text[start]) : NULL;
		if (ref)
			fputs(ref, h->f);
		else if (cp != '\\' && annot_escape_needed(cp))
			put_hidden(h, cp, text + start, at - start);
		else
			fwrite(text + start, 1, at - start, h->f);
	}
}

void html_textz(struct html *h, const char *text)
{
	if (text)
		html_text(h, text, strlen(text));
}

void html_attr(struct html *h, const char *text, size_t len)
{
	struct annot_buf safe = ANNOT_BUF_INIT(8 * len + 64);
	annot_escape_terminal(text, len, false, &safe);
	for (size_t i = 0; i < safe.len; i++) {
		const char *ref = reference(safe.data[i]);
		if (ref)
			fputs(ref, h->f);
		else
			fputc(safe.data[i], h->f);
	}
	h->no_memory |= safe.failed;
	annot_buf_free(&safe);
}

void html_attrz(struct html *h, const char *text)
{
	if (text)
		html_attr(h, text, strlen(text));
}

void html_base64(struct html *h, const void *data, size_t len)
{
	struct annot_buf b = ANNOT_BUF_INIT(2 * len + 8);
	annot_buf_base64(&b, data, len);
	if (b.failed)
		h->no_memory = true;
	else
		fwrite(b.data, 1, b.len, h->f);
	annot_buf_free(&b);
}
