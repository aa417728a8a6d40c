/* What is no part of the text: by element, by attribute, and by what class and id call it. */
#include <ctype.h>

#include "page.h"

enum { WORD_LETTERS = 16 };

const char *page_attribute(const unsigned char **attributes, const char *name)
{
	for (; attributes && attributes[0]; attributes += 2)
		if (strcmp((const char *)attributes[0], name) == 0)
			return attributes[1] ? (const char *)attributes[1] : "";
	return NULL;
}

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(value, *words) == 0)
			return true;
	return false;
}

/* A style attribute without its spaces has one of these. */
static bool has_style(const char *style, const char *const *rules)
{
	for (; *rules; rules++) {
		const char *rule = *rules, *from = style;
		for (; *from; from++) {
			const char *a = from, *b = rule;
			while (*b && *a) {
				if (isspace((unsigned char)*a)) {
					a++;
					continue;
				}
				if (tolower((unsigned char)*a) != *b)
					break;
				a++, b++;
			}
			if (!*b)
				return true;
		}
	}
	return false;
}

static bool is_suspect(const char *word)
{
	static const char *const words[] = {
#define WORD(word) word,
#include "words.def"
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* class="cookieBanner-top ad" has the words cookie, banner, top, ad. */
static bool has_suspect_word(const char *value)
{
	char word[WORD_LETTERS + 1];
	size_t n = 0;
	for (const char *at = value;; at++) {
		unsigned char c = (unsigned char)*at;
		bool begins = isupper(c) && at > value && islower((unsigned char)at[-1]);
		if (!isalpha(c) || begins) {
			word[n < WORD_LETTERS ? n : 0] = '\0';
			if (n > 0 && is_suspect(word))
				return true;
			n = 0;
		}
		if (!c)
			return false;
		if (isalpha(c) && n < WORD_LETTERS)
			word[n++] = (char)tolower(c);
		else if (isalpha(c))
			word[0] = '?'; /* longer than any of them */
	}
}

uint32_t page_attribute_roles(const unsigned char **attributes)
{
	static const char *const hidden[] = {"display:none", "visibility:hidden", NULL};
	static const char *const fixed[] = {"position:fixed", "position:sticky", NULL};
	static const char *const dropped[] = {
		"navigation",  "banner", "contentinfo", "complementary", "search",  "dialog",
		"alertdialog", "menu",   "menubar",     "toolbar",       "tablist", "alert",
		"status",      NULL};
	uint32_t roles = 0;
	for (; attributes && attributes[0]; attributes += 2) {
		const char *name = (const char *)attributes[0];
		const char *value = attributes[1] ? (const char *)attributes[1] : "";
		if (strcmp(name, "hidden") == 0)
			roles |= strcasecmp(value, "until-found") == 0 ? 0 : ROLE_HIDDEN;
		else if (strcmp(name, "style") == 0)
			roles |= has_style(value, hidden)  ? ROLE_HIDDEN
				 : has_style(value, fixed) ? ROLE_ASIDE
							   : 0;
		else if (strcmp(name, "role") == 0)
			roles |= is_one_of(value, dropped)           ? ROLE_ASIDE
				 : strcasecmp(value, "main") == 0    ? ROLE_MAIN
				 : strcasecmp(value, "article") == 0 ? ROLE_ARTICLE
								     : 0;
		else if (strcmp(name, "aria-modal") == 0 && strcasecmp(value, "true") == 0)
			roles |= ROLE_ASIDE;
		else if (strcmp(name, "aria-hidden") == 0 && strcasecmp(value, "true") == 0)
			roles |= ROLE_ASIDE;
		else if (strcmp(name, "class") == 0 || strcmp(name, "id") == 0)
			roles |= has_suspect_word(value) ? ROLE_SUSPECT : 0;
	}
	return roles;
}

/* Whether one of the elements that it is in has a role. */
static bool is_in(const struct page *page, uint32_t node, uint32_t roles)
{
	while ((node = page->nodes[node].parent) != 0)
		if (page->nodes[node].roles & roles)
			return true;
	return false;
}

/* A header is the page's unless it is an article's; a footer is no text but where it names whom a
 * block quotation is by. */
static bool is_margin(const struct page *page, uint32_t node)
{
	uint32_t roles = page->nodes[node].roles;
	return (roles & ROLE_HEADER && !is_in(page, node, ROLE_ARTICLE | ROLE_MAIN)) ||
	       (roles & ROLE_FOOTER && !is_in(page, node, ROLE_QUOTE));
}

void page_hide(struct page *page)
{
	for (uint32_t i = 1; i < page->n; i++)
		if (page->nodes[i].roles & ROLE_HIDDEN)
			page->nodes[i].roles |= ROLE_DROP;
}

void page_prune(struct page *page)
{
	for (uint32_t i = 1; i < page->n; i++)
		if (page->nodes[i].roles & ROLE_ASIDE || is_margin(page, i))
			page->nodes[i].roles |= ROLE_DROP;
	page_measure(page);
	for (uint32_t i = 1; i < page->n; i++) {
		struct node *node = &page->nodes[i];
		bool most = (uint64_t)node->letters * 2 >= page->nodes[0].letters;
		if (node->roles & ROLE_SUSPECT && !most)
			node->roles |= ROLE_DROP;
	}
}
