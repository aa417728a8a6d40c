/*
 * An element as plain text: paragraphs with an empty line between them, list items, rows and lines
 * each on a line, cells divided by a tab, quoted blocks after "> ".
 */
#include "page.h"

enum { LISTS_MAX = 16, QUOTES_MAX = 8, INDENT_MAX = 256 };

/* What HTML reads in 0x80 to 0x9F of character references: windows-1252. */
static const uint16_t windows_1252[32] = {
	0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

uint32_t page_character(uint32_t cp)
{
	if (cp >= 0x80 && cp <= 0x9F)
		return windows_1252[cp - 0x80];
	if (cp == '\t' || cp == '\n' || cp == '\f' || cp == '\r' || cp == ' ' || cp == 0xA0 ||
	    cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
	    cp == 0x202F || cp == 0x205F || cp == 0x3000)
		return ' ';
	if (cp == 0x200C || cp == 0x200D || cp == '\\')
		return cp; /* joiners are spelling in some scripts */
	return annot_escape_needed(cp) ? 0 : cp;
}

struct list {
	uint32_t element;
	bool numbered;
	unsigned n;
};

struct prose {
	const struct page *page;
	struct annot_buf *out;
	unsigned want;  /* line ends before the next character: 1, or 2 for an empty line between */
	bool space;     /* before the next character, unless it begins a line */
	bool begun;     /* something stands in the line */
	unsigned cells; /* cells of tables that we are in: no paragraphs there */
	unsigned indent; /* spaces before the next character, in preformatted text */
	unsigned pre, quotes, marks;
	unsigned quotes_before; /* quotes of the line before */
	struct list lists[LISTS_MAX];
	unsigned n_lists; /* also those beyond LISTS_MAX */
	bool marker;      /* of a list item, before the next character */
};

static void want(struct prose *p, unsigned lines)
{
	if (p->cells > 0)
		p->space = true;
	else if (p->want < lines)
		p->want = lines;
}

static void put_marker(struct prose *p)
{
	struct list *list = &p->lists[(p->n_lists < LISTS_MAX ? p->n_lists : LISTS_MAX) - 1];
	if (list->numbered)
		annot_buf_printf(p->out, "%u. ", ++list->n);
	else
		annot_buf_puts(p->out, "- ");
	p->marker = false;
}

static void begin_line(struct prose *p)
{
	if (p->out->len > 0)
		annot_buf_putc(p->out, '\n');
	if (p->out->len > 0 && p->want > 1) {
		for (unsigned i = 0; i < p->quotes && i < p->quotes_before && i < QUOTES_MAX; i++)
			annot_buf_puts(p->out, i == 0 ? ">" : " >");
		annot_buf_putc(p->out, '\n');
	}
	for (unsigned i = 0; i < p->quotes && i < QUOTES_MAX; i++)
		annot_buf_puts(p->out, "> ");
	for (unsigned i = 1; i < p->n_lists && i < LISTS_MAX; i++)
		annot_buf_puts(p->out, "  ");
	p->quotes_before = p->quotes;
	p->want = 0;
	p->space = false;
	p->begun = false;
}

static void put_character(struct prose *p, uint32_t cp)
{
	char bytes[4];
	if (p->want > 0 || p->out->len == 0)
		begin_line(p);
	if (p->marker)
		put_marker(p);
	if (p->space && p->begun)
		annot_buf_putc(p->out, ' ');
	for (; p->indent > 0; p->indent--)
		annot_buf_putc(p->out, ' ');
	annot_buf_add(p->out, bytes, annot_utf8_put(cp, bytes));
	p->space = false;
	p->begun = true;
}

static void put_text(struct prose *p, const char *text, size_t len)
{
	for (size_t at = 0; at < len && !p->out->failed;) {
		uint32_t cp = annot_utf8_next(text, len, &at);
		uint32_t shown = page_character(cp);
		bool kept = shown == ' ' && p->pre > 0 && p->cells == 0;
		if (kept && cp == '\n') {
			want(p, p->want + 1 < 3 ? p->want + 1 : 2);
			p->indent = 0;
		} else if (kept && p->indent < INDENT_MAX)
			p->indent++;
		else if (shown == ' ')
			p->space = true;
		else if (shown != 0)
			put_character(p, shown);
	}
}

static void put_mark(struct prose *p, bool open)
{
	static const uint32_t marks[2][2] = {{0x201C, 0x201D}, {0x2018, 0x2019}};
	if (!open) {
		p->marks--;
		p->space = false;
	}
	put_character(p, marks[p->marks % 2][open ? 0 : 1]);
	if (open)
		p->marks++;
}

/* --- elements --- */

static bool in_layout(const struct page *page, uint32_t cell)
{
	while (cell != 0 && !(page->nodes[cell].roles & ROLE_TABLE))
		cell = page->nodes[cell].parent;
	return page->nodes[cell].roles & ROLE_LAYOUT;
}

/* Whether another cell of its row stands before it. */
static bool is_first_cell(const struct page *page, uint32_t cell)
{
	uint32_t i = page->nodes[page->nodes[cell].parent].first;
	while (i != cell && !(page->nodes[i].roles & ROLE_CELL))
		i = page->nodes[i].next;
	return i == cell;
}

static void enter_cell(struct prose *p, uint32_t node)
{
	if (in_layout(p->page, node)) {
		want(p, 2);
		return;
	}
	if (p->cells == 0 && !is_first_cell(p->page, node) && !p->want) {
		annot_buf_putc(p->out, '\t');
		p->space = false;
		p->begun = false; /* no space after it */
	}
	p->cells++;
}

/* Line ends before and after a block: a list in a list, and what an item begins with, stand close.
 */
static unsigned lines_of(const struct prose *p, uint32_t roles)
{
	bool close = roles & ROLE_LINE || (roles & ROLE_LIST && p->n_lists > 0) || p->marker;
	return close ? 1 : 2;
}

static void enter(struct prose *p, uint32_t at)
{
	const struct node *node = &p->page->nodes[at];
	uint32_t roles = node->roles;
	if (roles & ROLE_BREAK)
		want(p, p->want + 1 < 3 ? p->want + 1 : 2);
	if (roles & ROLE_CELL)
		enter_cell(p, at);
	else if (roles & ROLE_BLOCK)
		want(p, lines_of(p, roles));
	if (roles & ROLE_LIST && p->n_lists++ < LISTS_MAX)
		p->lists[p->n_lists - 1] =
			(struct list){.element = at, .numbered = node->tag == TAG_ol};
	if (roles & ROLE_ITEM && p->n_lists > 0 && p->cells == 0)
		p->marker = true;
	p->pre += (roles & ROLE_PRE) != 0;
	p->quotes += (roles & ROLE_QUOTE) != 0;
	if (roles & ROLE_MARKS)
		put_mark(p, true);
}

static void leave(struct prose *p, uint32_t at)
{
	uint32_t roles = p->page->nodes[at].roles;
	if (roles & ROLE_MARKS)
		put_mark(p, false);
	if (roles & ROLE_PRE) {
		p->pre--;
		p->indent = 0;
	}
	p->quotes -= (roles & ROLE_QUOTE) != 0;
	if (roles & ROLE_ITEM)
		p->marker = false;
	if (roles & ROLE_LIST)
		p->n_lists--;
	if (roles & ROLE_CELL && !in_layout(p->page, at))
		p->cells--;
	else if (roles & ROLE_BLOCK)
		want(p, lines_of(p, roles));
}

enum annot_status page_prose(const struct page *page, uint32_t root, struct annot_buf *ret,
			     struct annot_error *err)
{
	struct prose p = {.page = page, .out = ret};
	uint32_t at = root;
	bool down = true;
	annot_buf_puts(ret, "");
	for (;;) {
		const struct node *node = &page->nodes[at];
		bool dropped = node->roles & ROLE_DROP && at != root;
		if (down && !dropped && node->text_len > 0)
			put_text(&p, page->text.data + node->text_at, node->text_len);
		else if (down && !dropped)
			enter(&p, at);
		if (down && !dropped && node->first) {
			at = node->first;
			continue;
		}
		if (!dropped && node->text_len == 0)
			leave(&p, at);
		if (at == root || ret->failed)
			break;
		down = node->next != 0;
		at = node->next ? node->next : node->parent;
	}
	if (ret->len > 0)
		annot_buf_putc(ret, '\n');
	return annot_buf_check(ret, "the text of the page", err);
}
