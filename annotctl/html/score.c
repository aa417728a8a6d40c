/*
 * The part of a page that is its text. Every paragraph has a gain: its letters, less what its links
 * have three times over, less what even short prose has. The element with the greatest sum of gains
 * is the text: prose that belongs together outweighs what stands between it, lists of links do not.
 * (After maximum subsequence segmentation: Pasternack, Roth, "Extracting article text from the web
 * with maximum subsequence segmentation", WWW 2009; here over elements, with letters for the
 * weights.)
 */
#include "page.h"

enum {
	LINK_WEIGHT = 3,
	BLOCK_COST = 10,        /* letters: shorter paragraphs are likely furniture */
	LINKED_COST = 40,       /* of a paragraph with links in it */
	PREFER_PER_MILLE = 500, /* of the best gain, to be taken because its author marked it */
	LINKS_PER_MILLE = 750,  /* letters in links, for a list of links */
};

/* The characters of scripts without spaces between words say about three letters each. */
static unsigned letters_of(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
		       (cp >= '0' && cp <= '9');
	bool sign = (cp >= 0x0E00 && cp <= 0x0EFF) || (cp >= 0x3040 && cp <= 0x30FF) ||
		    (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
		    (cp >= 0x20000 && cp <= 0x3FFFF);
	bool mark = cp < 0xC0 || (cp >= 0x2000 && cp <= 0x2BFF) || (cp >= 0x3000 && cp <= 0x303F) ||
		    (cp >= 0xFE00 && cp <= 0xFE0F);
	return sign ? PAGE_LETTERS_SIGN : !mark;
}

/* Of what stands in the text: a byte order mark, say, does not. */
static uint32_t count_letters(const char *text, size_t len)
{
	uint32_t n = 0;
	for (size_t at = 0; at < len;)
		n += letters_of(page_character(annot_utf8_next(text, len, &at)));
	return n;
}

/* The paragraph that a run of text is in, and whether by way of a link. */
static uint32_t block_of(const struct page *page, uint32_t node, bool *ret_linked)
{
	*ret_linked = false;
	do {
		node = page->nodes[node].parent;
		*ret_linked |= (page->nodes[node].roles & ROLE_LINK) != 0;
	} while (node != 0 && !(page->nodes[node].roles & ROLE_BLOCK));
	return node;
}

/* Own letters of each paragraph, without what is dropped. */
static void measure_texts(struct page *page)
{
	for (uint32_t i = page_next(page, 0, 0, true); i != 0;) {
		struct node *node = &page->nodes[i];
		bool dropped = node->roles & ROLE_DROP, linked;
		if (!dropped && node->text_len > 0) {
			uint32_t n = count_letters(page->text.data + node->text_at, node->text_len);
			struct node *block = &page->nodes[block_of(page, i, &linked)];
			block->letters += n;
			block->linked += linked ? n : 0;
		}
		i = page_next(page, 0, i, !dropped);
	}
}

/* A table with a cell of several paragraphs, or with a table in it, lays a page out. */
static void see_layout(struct page *page, uint32_t cell)
{
	if (page->nodes[cell].blocks < 2)
		return;
	for (uint32_t i = page->nodes[cell].parent; i != 0; i = page->nodes[i].parent)
		if (page->nodes[i].roles & ROLE_TABLE) {
			page->nodes[i].roles |= ROLE_LAYOUT;
			return;
		}
}

void page_measure(struct page *page)
{
	for (uint32_t i = 0; i < page->n; i++)
		page->nodes[i].letters = page->nodes[i].linked = page->nodes[i].blocks = 0;
	measure_texts(page);
	for (uint32_t i = (uint32_t)page->n; i-- > 0;) {
		struct node *node = &page->nodes[i];
		/* gain: so far of what is in it */
		node->gain = 0;
		if (node->letters > 0) {
			bool is_short = node->roles & (ROLE_HEADING | ROLE_LINE | ROLE_CELL);
			int64_t cost = node->linked > 0 ? LINKED_COST : is_short ? 0 : BLOCK_COST;
			node->blocks = 1;
			node->gain =
				(int64_t)node->letters - LINK_WEIGHT * (int64_t)node->linked - cost;
		}
	}
	for (uint32_t i = (uint32_t)page->n; i-- > 1;) {
		struct node *node = &page->nodes[i], *parent = &page->nodes[node->parent];
		if (node->roles & ROLE_CELL)
			see_layout(page, i);
		parent->letters += node->letters;
		parent->linked += node->linked;
		parent->blocks += node->blocks;
		parent->gain += node->gain;
	}
}

/* Whether an element can hold a text: more than one line of it, or one table. */
static bool is_container(const struct node *node)
{
	static const uint32_t parts = ROLE_HEADING | ROLE_LINE | ROLE_LIST | ROLE_PRE | ROLE_QUOTE;
	if (!(node->roles & ROLE_BLOCK) || node->roles & parts || node->tag == TAG_p)
		return false;
	if (node->roles & ROLE_TABLE)
		return node->roles & ROLE_LAYOUT;
	return !(node->roles & ROLE_CELL) || node->blocks > 1;
}

/* The one with the greatest gain of the elements with a role (0: of all paragraphs' elements). */
static uint32_t best_of(const struct page *page, uint32_t roles)
{
	uint32_t best = 0;
	int64_t most = INT64_MIN;
	for (uint32_t i = page_next(page, 0, 0, true); i != 0;) {
		const struct node *node = &page->nodes[i];
		bool dropped = node->roles & ROLE_DROP;
		bool may = is_container(node) && (!roles || node->roles & roles);
		if (!dropped && may && node->blocks > 0 && node->gain > most) {
			most = node->gain;
			best = i;
		}
		i = page_next(page, 0, i, !dropped);
	}
	return best;
}

uint32_t page_main(const struct page *page)
{
	uint32_t best = best_of(page, 0);
	int64_t enough = page->nodes[best].gain * PREFER_PER_MILLE / 1000;
	if (page->nodes[best].gain <= 0)
		return 0; /* hardly any prose: all of it */
	uint32_t article = best_of(page, ROLE_ARTICLE), main = best_of(page, ROLE_MAIN);
	if (article && page->nodes[article].gain >= enough)
		return article;
	return main && page->nodes[main].gain >= enough ? main : best;
}

void page_trim(struct page *page, uint32_t root)
{
	for (uint32_t i = page_next(page, root, root, true); i != 0;) {
		struct node *node = &page->nodes[i];
		bool list =
			node->roles & ROLE_BLOCK && !(node->roles & (ROLE_HEADING | ROLE_CELL)) &&
			node->gain < 0 &&
			(uint64_t)node->linked * 1000 > (uint64_t)node->letters * LINKS_PER_MILLE;
		if (list)
			node->roles |= ROLE_DROP;
		i = page_next(page, root, i, !(node->roles & ROLE_DROP));
	}
}
