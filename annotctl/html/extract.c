#include "html.h"

#include <ctype.h>

#include "page.h"

/* A text in one line, with what the text itself would leave out left out. */
static void set_line(char *ret, size_t max, const char *text, size_t len)
{
	size_t n = 0;
	bool space = false;
	for (size_t at = 0; at < len;) {
		uint32_t cp = page_character(annot_utf8_next(text, len, &at));
		char bytes[4];
		size_t size = annot_utf8_put(cp, bytes);
		if (cp == ' ' || cp == 0) {
			space |= cp == ' ' && n > 0;
			continue;
		}
		if (n + size + space > max)
			break;
		if (space)
			ret[n++] = ' ';
		memcpy(ret + n, bytes, size);
		n += size;
		space = false;
	}
	ret[n] = '\0';
}

/* The words of the first h1 of the text; else what the head says. */
static void title_of(const struct page *page, uint32_t root, char ret[HTML_TITLE_MAX + 1])
{
	struct annot_buf heading = ANNOT_BUF_INIT(HTML_TEXT_MAX);
	uint32_t i = root;
	do {
		const struct node *node = &page->nodes[i];
		bool dropped = i != root && node->roles & ROLE_DROP;
		if (node->tag == TAG_h1 && !dropped && node->letters > 0) {
			if (page_prose(page, i, &heading, NULL) == ANNOT_OK)
				set_line(ret, HTML_TITLE_MAX, heading.data, heading.len);
			break;
		}
		i = page_next(page, root, i, !dropped);
	} while (i != 0);
	annot_buf_free(&heading);
	if (!*ret)
		set_line(ret, HTML_TITLE_MAX, page->og_title, strlen(page->og_title));
	if (!*ret)
		set_line(ret, HTML_TITLE_MAX, page->title, strlen(page->title));
}

/* Letters, then parts of letters and digits, of 1 to 8 characters each; "en_US" is meant as
 * "en-US". */
static void language_of(const struct page *page, char ret[HTML_LANGUAGE_MAX + 1])
{
	size_t part = 0;
	char tag[HTML_LANGUAGE_MAX + 1];
	const char *at = page->language;
	size_t n = 0;
	for (; *at; at++) {
		char c = *at == '_' ? '-' : *at;
		bool good = c == '-' ? part > 0
				     : isalpha((unsigned char)c) ||
					       (n > part && isdigit((unsigned char)c));
		part = c == '-' ? 0 : part + 1;
		if (!good || part > 8)
			return;
		tag[n++] = c;
	}
	if (n < 2 || part == 0)
		return;
	memcpy(ret, tag, n);
	ret[n] = '\0';
}

static void source_of(const struct page *page, char ret[HTML_SOURCE_MAX + 1])
{
	const char *from = *page->canonical ? page->canonical : page->og_url;
	for (const char *c = from; *c; c++)
		if ((unsigned char)*c <= ' ')
			return;
	if (annot_utf8_valid(from, strlen(from)) == strlen(from))
		memcpy(ret, from, strlen(from) + 1);
}

static uint32_t find_text(struct page *page, bool whole, struct html_text *ret)
{
	uint32_t root = 0;
	page_hide(page);
	page_measure(page);
	ret->letters = page->nodes[0].letters;
	if (!whole) {
		page_prune(page);
		page_measure(page);
		root = page_main(page);
		page_trim(page, root);
		page_measure(page);
	}
	ret->kept = page->nodes[root].letters;
	return root;
}

static enum annot_status extract(struct annot_bytes utf8, bool whole, struct page *page,
				 struct html_text *ret, struct annot_error *err)
{
	TRY(page_parse(utf8, page, err));
	uint32_t root = find_text(page, whole, ret);
	if (ret->kept == 0)
		return annot_fail(err, ANNOT_INVALID,
				  ret->letters > 0
					  ? "none of it reads like a text; --whole takes all of it"
					  : "it has no text");
	title_of(page, root, ret->title);
	language_of(page, ret->language);
	source_of(page, ret->source);
	return page_prose(page, root, &ret->text, err);
}

enum annot_status html_extract(struct annot_bytes file, const struct html_options *options,
			       struct html_text *ret, struct annot_error *err)
{
	/* Up to three bytes for one, in each: a page of control characters and ampersands. */
	struct annot_buf utf8 = ANNOT_BUF_INIT((size_t)HTML_FILE_MAX * 3),
			 fit = ANNOT_BUF_INIT((size_t)HTML_FILE_MAX * 4);
	struct page page = {0};
	*ret = (struct html_text){.text = ANNOT_BUF_INIT(HTML_TEXT_MAX)};
	if (file.len > HTML_FILE_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "it has %zu bytes; at most %d", file.len,
				  HTML_FILE_MAX);
	enum annot_status status = page_decode(file, options->charset, &utf8, ret, err);
	if (status == ANNOT_OK)
		status = page_references(&utf8, &fit, err);
	annot_buf_free(&utf8);
	if (status == ANNOT_OK)
		status = extract(annot_buf_bytes(&fit), options->whole, &page, ret, err);
	annot_buf_free(&fit);
	page_free(&page);
	return status;
}
