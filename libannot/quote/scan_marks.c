/* Quotation marks while an article is read: what they open and close. */
#include "quote/scan_private.h"

#include <stdlib.h>

#include "base/auto.h"
#include "quote/marks.h"
#include "text/category.h"
#include "text/utf8.h"

enum { FIRST = 64, QUOTE_MAX = 1 << 20 };

void *annot_scan_grow(struct annot_scanner *s, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t more = *cap ? *cap * 2 : FIRST;
	void *grown = reallocarray(items, more, size);
	if (!grown) {
		s->no_memory = true;
		return NULL;
	}
	*cap = more;
	return grown;
}

void annot_scan_add(struct annot_scanner *s, struct annot_scan_span span)
{
	struct annot_scanned *all = s->spans;
	all->cut = all->cut || all->n == ANNOT_EXTRACT_QUOTES_MAX;
	if (span.inner[1] <= span.inner[0] || span.inner[1] - span.inner[0] > QUOTE_MAX || all->cut)
		return;
	struct annot_scan_span *grown =
		annot_scan_grow(s, all->spans, all->n, &all->cap, sizeof(*grown));
	if (!grown)
		return;
	all->spans = grown;
	all->spans[all->n++] = span;
}

uint32_t annot_scan_code(const struct annot_scanner *s, size_t at, size_t *next)
{
	*next = at;
	return annot_utf8_next(s->text, s->len, next);
}

static enum annot_beside beside(uint32_t cp)
{
	switch (annot_category(cp)) {
	case ANNOT_CATEGORY_SPACE:
		return ANNOT_BESIDE_SPACE;
	case ANNOT_CATEGORY_LETTER:
	case ANNOT_CATEGORY_UPPER:
	case ANNOT_CATEGORY_MARK:
		return ANNOT_BESIDE_LETTER;
	case ANNOT_CATEGORY_DIGIT:
		return ANNOT_BESIDE_DIGIT;
	default:
		return ANNOT_BESIDE_MARK;
	}
}

static struct annot_mark mark_at(const struct annot_scanner *s, size_t at, size_t *next)
{
	struct annot_mark m = {.code_point = annot_scan_code(s, at, next)};
	size_t end;
	if (at > 0)
		m.before =
			beside(annot_scan_code(s, annot_utf8_back(s->text, s->len, at, 1), &end));
	if (*next < s->len)
		m.after = beside(annot_scan_code(s, *next, &end));
	return m;
}

static bool is_twofold(uint32_t cp)
{
	return cp == '"' || (cp >= 0x201C && cp <= 0x201F);
}

/* Whether the next mark of the same kind on the line closes a quotation (and does not open one). */
static bool next_closes(struct annot_scanner *s, struct annot_scan_ahead *a, size_t from)
{
	if (a->known && a->at >= from)
		return a->closes;
	*a = (struct annot_scan_ahead){.at = s->line_end, .known = true};
	for (size_t at = from, next; at < s->line_end; at = next) {
		if ((uint8_t)s->text[at] < 0x80 && s->text[at] != '"' && s->text[at] != '\'') {
			next = at + 1;
			continue;
		}
		uint32_t cp = annot_scan_code(s, at, &next);
		bool ours = a == &s->twofold ? is_twofold(cp)
					     : annot_mark_is_apostrophe(cp) || cp == 0x2018;
		if (!ours)
			continue;
		struct annot_mark m = mark_at(s, at, &next);
		bool inside = m.before == ANNOT_BESIDE_LETTER && m.after == ANNOT_BESIDE_LETTER;
		if (inside)
			continue;
		a->at = at;
		a->closes = m.before != ANNOT_BESIDE_SPACE && !annot_mark_opens(&m) && cp != 0x2018;
		break;
	}
	return a->closes;
}

/* Words that begin with an apostrophe. */
static bool is_clipped(const struct annot_scanner *s, size_t at)
{
	static const char *const words[] = {"tis",  "twas",  "em",   "til",
					    "till", "cause", "bout", "n"};
	size_t end = at;
	while (end < s->len && ((s->text[end] | 0x20) >= 'a' && (s->text[end] | 0x20) <= 'z'))
		end++;
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t len = strlen(words[i]);
		if (end - at == len && memcmp(s->text + at + 1, words[i] + 1, len - 1) == 0 &&
		    (s->text[at] | 0x20) == words[i][0])
			return true;
	}
	return false;
}

/* "the ministers' plan": an apostrophe, if what is open is closed behind it. */
static bool is_possessive(struct annot_scanner *s, const struct annot_mark *m, size_t at,
			  size_t next)
{
	if (m->after != ANNOT_BESIDE_SPACE || at == 0 || (s->text[at - 1] | 0x20) != 's')
		return false;
	bool lower = next + 1 < s->len && s->text[next + 1] >= 'a' && s->text[next + 1] <= 'z';
	return lower && next_closes(s, &s->single, next);
}

/* `a 12" pipe`: inches, if what is open is closed behind it. */
static bool is_inches(struct annot_scanner *s, const struct annot_mark *m, size_t next)
{
	return m->code_point == '"' && m->before == ANNOT_BESIDE_DIGIT &&
	       m->after == ANNOT_BESIDE_SPACE && next_closes(s, &s->twofold, next);
}

static void push(struct annot_scanner *s, uint32_t mark, size_t outer, size_t inner)
{
	if (s->depth == ANNOT_EXTRACT_DEPTH_MAX) { /* the oldest will not be closed any more */
		memmove(s->stack, s->stack + 1, sizeof(s->stack) - sizeof(s->stack[0]));
		s->depth--;
	}
	s->stack[s->depth++] = (struct annot_scan_open){mark, outer, inner, s->line};
}

void annot_scan_mark(struct annot_scanner *s)
{
	size_t at = s->at, next;
	struct annot_mark m = mark_at(s, at, &next);
	s->at = next;
	bool apostrophe = annot_mark_is_apostrophe(m.code_point);
	bool joins = m.before == ANNOT_BESIDE_LETTER || m.before == ANNOT_BESIDE_DIGIT;
	if (apostrophe && joins &&
	    (m.after == ANNOT_BESIDE_LETTER || m.after == ANNOT_BESIDE_DIGIT))
		return;
	for (size_t i = s->depth; i-- > 0;) {
		if (!annot_mark_closes(s->stack[i].mark, &m))
			continue;
		if (apostrophe ? is_possessive(s, &m, at, next) : is_inches(s, &m, next))
			return;
		annot_scan_add(s, (struct annot_scan_span){.outer = {s->stack[i].outer, next},
							   .inner = {s->stack[i].inner, at}});
		s->depth = i;
		return;
	}
	/* ’ is an apostrophe far more often than it opens a quotation. */
	if (annot_mark_opens(&m) && m.code_point != 0x2019 && !(apostrophe && is_clipped(s, next)))
		push(s, m.code_point, at, next);
}
