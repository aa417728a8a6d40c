/*
 * The elements and texts of a page, as libxml2's HTML parser reports them. It keeps no tree of its
 * own here, so that what a page can make us hold has the bounds of page.h.
 */
#include <stdlib.h>

#include <libxml/HTMLparser.h>

#include <libxml/parserInternals.h>

#include "page.h"

struct parse {
	struct page *page;
	xmlParserCtxtPtr parser;
	uint32_t open;   /* the element that text goes to */
	uint32_t beyond; /* elements open within it that are deeper than PAGE_DEPTH_MAX */
	uint32_t n_open;
	uint64_t steps;
	bool in_title;
	enum annot_status status;
	struct annot_error *err;
};

static void stop(struct parse *p, enum annot_status status, const char *text)
{
	if (p->status == ANNOT_OK)
		p->status = annot_fail(p->err, status, "%s", text);
	xmlStopParser(p->parser);
}

static struct node *add_node(struct parse *p)
{
	struct page *page = p->page;
	if (p->status != ANNOT_OK)
		return NULL;
	if (page->n == PAGE_NODES_MAX) {
		stop(p, ANNOT_TOO_LARGE, "it has more elements than any page should: 2,097,152");
		return NULL;
	}
	if (page->n == page->cap) {
		size_t cap = page->cap ? page->cap * 2 : 1024;
		struct node *grown = realloc(page->nodes, cap * sizeof *grown);
		if (!grown) {
			stop(p, ANNOT_NO_MEMORY, "out of memory");
			return NULL;
		}
		page->nodes = grown;
		page->cap = cap;
	}
	uint32_t at = (uint32_t)page->n++;
	struct node *node = &page->nodes[at];
	*node = (struct node){.parent = p->open, .tag = TAG_other};
	if (at == 0)
		return node;
	struct node *parent = &page->nodes[p->open];
	node->depth = (uint16_t)(parent->depth + 1);
	if (parent->last)
		page->nodes[parent->last].next = at;
	else
		parent->first = at;
	parent->last = at;
	return node;
}

static enum page_tag find_tag(const char *name, uint32_t *ret_roles)
{
	static const struct {
		const char *name;
		uint32_t roles;
	} tags[] = {
#define TAG(name, roles) {#name, roles},
#include "tags.def"
	};
	size_t low = 0, high = sizeof tags / sizeof *tags;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, tags[middle].name);
		if (order == 0) {
			*ret_roles = tags[middle].roles;
			return (enum page_tag)middle;
		}
		*(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
	}
	*ret_roles = 0;
	return TAG_other;
}

/* --- what the head says --- */

static void keep(char *ret, size_t max, const char *text)
{
	size_t len = strlen(text);
	if (*ret)
		return; /* the first counts */
	if (len > max)
		len = annot_utf8_back(text, len, max, 0);
	while (!annot_utf8_boundary(text, strlen(text), len))
		len--;
	memcpy(ret, text, len);
	ret[len] = '\0';
}

static bool is_web_address(const char *text)
{
	return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = list; at && *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (strncasecmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
			return true;
	}
	return false;
}

static void see_head(struct page *page, const char *name, const xmlChar **attributes)
{
	if (strcmp(name, "link") == 0) {
		const char *rel = page_attribute(attributes, "rel");
		const char *href = page_attribute(attributes, "href");
		if (href && has_word(rel, "canonical") && is_web_address(href) &&
		    strlen(href) <= HTML_SOURCE_MAX)
			keep(page->canonical, HTML_SOURCE_MAX, href);
	} else if (strcmp(name, "meta") == 0) {
		const char *property = page_attribute(attributes, "property");
		const char *content = page_attribute(attributes, "content");
		if (!property || !content)
			return;
		if (strcmp(property, "og:title") == 0)
			keep(page->og_title, HTML_TITLE_MAX, content);
		else if (strcmp(property, "og:url") == 0 && is_web_address(content) &&
			 strlen(content) <= HTML_SOURCE_MAX)
			keep(page->og_url, HTML_SOURCE_MAX, content);
	} else if (strcmp(name, "html") == 0) {
		const char *lang = page_attribute(attributes, "lang");
		if (!lang)
			lang = page_attribute(attributes, "xml:lang");
		if (lang && strlen(lang) <= HTML_LANGUAGE_MAX)
			keep(page->language, HTML_LANGUAGE_MAX, lang);
	}
}

/* --- what libxml2 calls --- */

static void on_start(void *arg, const xmlChar *xml_name, const xmlChar **attributes)
{
	struct parse *p = arg;
	const char *name = (const char *)xml_name;
	uint32_t roles;
	if (++p->n_open > PAGE_OPEN_MAX)
		stop(p, ANNOT_TOO_LARGE, "it has more than 16,384 elements within each other");
	if (p->status != ANNOT_OK)
		return;
	see_head(p->page, name, attributes);
	if (p->beyond > 0 || p->page->nodes[p->open].depth == PAGE_DEPTH_MAX) {
		p->beyond++;
		return;
	}
	enum page_tag tag = find_tag(name, &roles);
	struct node *node = add_node(p);
	if (!node)
		return;
	node->tag = (uint16_t)tag;
	node->roles = roles | page_attribute_roles(attributes);
	p->in_title = tag == TAG_title && !*p->page->title;
	p->open = (uint32_t)(node - p->page->nodes);
}

static void on_end(void *arg, const xmlChar *name)
{
	struct parse *p = arg;
	(void)name;
	p->steps++;
	if (p->n_open > 0)
		p->n_open--;
	if (p->beyond > 0)
		p->beyond--;
	else if (p->open != 0)
		p->open = p->page->nodes[p->open].parent;
	p->in_title = false;
}

static void on_text(void *arg, const xmlChar *text, int len)
{
	struct parse *p = arg;
	struct page *page = p->page;
	if (len <= 0 || p->status != ANNOT_OK)
		return;
	uint32_t last = page->nodes[p->open].last;
	struct node *node = last ? &page->nodes[last] : NULL;
	/* libxml2 hands long texts out in pieces. */
	if (!node || node->text_len == 0 || node->text_at + node->text_len != page->text.len)
		node = add_node(p);
	if (!node)
		return;
	if (node->text_len == 0)
		node->text_at = (uint32_t)page->text.len;
	annot_buf_add(&page->text, text, (size_t)len);
	node->text_len += (uint32_t)len;
	if (page->text.failed)
		stop(p, page->text.no_memory ? ANNOT_NO_MEMORY : ANNOT_TOO_LARGE,
		     page->text.no_memory ? "out of memory" : "it has more than 64 MiB of text");
	if (p->in_title && p->status == ANNOT_OK)
		keep(page->title, HTML_TITLE_MAX, page->text.data + node->text_at);
}

/* An end tag that ends nothing: libxml2 looked for it in all that is open. */
static void on_error(void *arg, const char *format, ...)
{
	struct parse *p = arg;
	(void)format;
	p->steps += p->n_open + 1;
	if (p->steps > PAGE_STEPS_MAX)
		stop(p, ANNOT_TOO_LARGE, "its end tags are more wrong than any page's should be");
}

static xmlSAXHandler handler = {
	.startElement = on_start,
	.endElement = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.error = on_error,
	.initialized = 1,
};

enum annot_status page_parse(struct annot_bytes utf8, struct page *ret, struct annot_error *err)
{
	struct parse p = {.page = ret, .err = err};
	ret->text = ANNOT_BUF_INIT(HTML_TEXT_MAX);
	annot_buf_puts(&ret->text, "");
	if (!add_node(&p)) /* the page itself; there is no parser to stop yet */
		return ANNOT_NO_MEMORY;
	if (utf8.len == 0)
		return ANNOT_OK; /* libxml2 makes no parser for nothing */
	p.parser = htmlCreateMemoryParserCtxt((const char *)utf8.data, (int)utf8.len);
	if (!p.parser)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	xmlSAXHandler *own = p.parser->sax;
	p.parser->sax = &handler;
	p.parser->userData = &p;
	htmlCtxtUseOptions(p.parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC |
					     HTML_PARSE_NODEFDTD | HTML_PARSE_NOIMPLIED);
	xmlSwitchEncoding(p.parser, XML_CHAR_ENCODING_UTF8);
	htmlParseDocument(p.parser);
	p.parser->sax = own;
	htmlFreeParserCtxt(p.parser);
	return p.status;
}

void page_free(struct page *page)
{
	free(page->nodes);
	annot_buf_free(&page->text);
}

/* --- walking --- */

uint32_t page_next(const struct page *page, uint32_t root, uint32_t node, bool inside)
{
	if (inside && page->nodes[node].first)
		return page->nodes[node].first;
	while (node != root) {
		if (page->nodes[node].next)
			return page->nodes[node].next;
		node = page->nodes[node].parent;
	}
	return 0;
}

bool page_within(const struct page *page, uint32_t node, uint32_t other)
{
	while (node != other && node != 0)
		node = page->nodes[node].parent;
	return node == other;
}
