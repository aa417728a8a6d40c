#include "quote/scan.h"

#include <stdlib.h>

#include "base/auto.h"
#include "quote/marks.h"
#include "text/category.h"
#include "text/utf8.h"

enum { FIRST = 64, QUOTE_MAX = 1 << 20, TICKS_MAX = 8, FENCE_MIN = 3, INDENT = 4 };

/* A quotation that was opened and not closed yet. */
struct open {
	uint32_t mark;
	size_t outer, inner;
	size_t line; /* number of the line in which it was opened, or opened again, last */
};

/* The next mark of a kind behind a place, remembered so that no byte is looked at twice. */
struct ahead {
	size_t at; /* where it stands, or the end of the line */
	bool known, closes;
};

struct scanner {
	const char *text;
	size_t len, at, line_end;
	size_t line; /* its number */
	enum annot_article_format format;
	struct annot_spans *spans;
	struct open stack[ANNOT_EXTRACT_DEPTH_MAX];
	size_t depth;
	struct ahead single, twofold;
	size_t no_ticks[TICKS_MAX + 1], no_tag, no_link; /* not found up to this byte */
	bool blank, fence, block, no_memory;
	char fence_mark;
	size_t block_start, block_outer, block_end;
};

static void *grow(struct scanner *s, void *items, size_t n, size_t *cap, size_t size)
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

static void add_span(struct scanner *s, struct annot_span span)
{
	struct annot_spans *all = s->spans;
	all->cut = all->cut || all->n == ANNOT_EXTRACT_QUOTES_MAX;
	if (span.inner[1] <= span.inner[0] || span.inner[1] - span.inner[0] > QUOTE_MAX || all->cut)
		return;
	struct annot_span *grown = grow(s, all->spans, all->n, &all->cap, sizeof(*grown));
	if (!grown)
		return;
	all->spans = grown;
	all->spans[all->n++] = span;
}

static void add_hole(struct scanner *s, size_t start, size_t end)
{
	struct annot_spans *all = s->spans;
	struct annot_hole *grown =
		grow(s, all->holes, all->n_holes, &all->holes_cap, sizeof(*grown));
	if (!grown)
		return;
	all->holes = grown;
	all->holes[all->n_holes++] = (struct annot_hole){start, end};
}

/* --- marks --- */

static uint32_t code_at(const struct scanner *s, size_t at, size_t *next)
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

static struct annot_mark mark_at(const struct scanner *s, size_t at, size_t *next)
{
	struct annot_mark m = {.code_point = code_at(s, at, next)};
	size_t end;
	if (at > 0)
		m.before = beside(code_at(s, annot_utf8_back(s->text, s->len, at, 1), &end));
	if (*next < s->len)
		m.after = beside(code_at(s, *next, &end));
	return m;
}

static bool is_twofold(uint32_t cp)
{
	return cp == '"' || (cp >= 0x201C && cp <= 0x201F);
}

/* Whether the next mark of the same kind on the line closes a quotation (and does not open one). */
static bool next_closes(struct scanner *s, struct ahead *a, size_t from)
{
	if (a->known && a->at >= from)
		return a->closes;
	*a = (struct ahead){.at = s->line_end, .known = true};
	for (size_t at = from, next; at < s->line_end; at = next) {
		if ((uint8_t)s->text[at] < 0x80 && s->text[at] != '"' && s->text[at] != '\'') {
			next = at + 1;
			continue;
		}
		uint32_t cp = code_at(s, at, &next);
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
static bool is_clipped(const struct scanner *s, size_t at)
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
static bool is_possessive(struct scanner *s, const struct annot_mark *m, size_t at, size_t next)
{
	if (m->after != ANNOT_BESIDE_SPACE || at == 0 || (s->text[at - 1] | 0x20) != 's')
		return false;
	bool lower = next + 1 < s->len && s->text[next + 1] >= 'a' && s->text[next + 1] <= 'z';
	return lower && next_closes(s, &s->single, next);
}

/* `a 12" pipe`: inches, if what is open is closed behind it. */
static bool is_inches(struct scanner *s, const struct annot_mark *m, size_t next)
{
	return m->code_point == '"' && m->before == ANNOT_BESIDE_DIGIT &&
	       m->after == ANNOT_BESIDE_SPACE && next_closes(s, &s->twofold, next);
}

static void push(struct scanner *s, uint32_t mark, size_t outer, size_t inner)
{
	if (s->depth == ANNOT_EXTRACT_DEPTH_MAX) { /* the oldest will not be closed any more */
		memmove(s->stack, s->stack + 1, sizeof(s->stack) - sizeof(s->stack[0]));
		s->depth--;
	}
	s->stack[s->depth++] = (struct open){mark, outer, inner, s->line};
}

static void take_mark(struct scanner *s)
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
		add_span(s, (struct annot_span){.outer = {s->stack[i].outer, next},
						.inner = {s->stack[i].inner, at}});
		s->depth = i;
		return;
	}
	/* ’ is an apostrophe far more often than it opens a quotation. */
	if (annot_mark_opens(&m) && m.code_point != 0x2019 && !(apostrophe && is_clipped(s, next)))
		push(s, m.code_point, at, next);
}

/* --- what is not text --- */

/* Skips code between backticks; a run that is not closed on the line is text. */
static void take_ticks(struct scanner *s)
{
	size_t n = 0;
	while (s->at + n < s->line_end && s->text[s->at + n] == '`')
		n++;
	size_t kind = n < TICKS_MAX ? n : TICKS_MAX, run = 0;
	s->at += n;
	if (s->no_ticks[kind] >= s->line_end)
		return;
	for (size_t i = s->at; i <= s->line_end; i++) {
		if (i < s->line_end && s->text[i] == '`') {
			run++;
			continue;
		}
		if (run == n) {
			s->at = i;
			return;
		}
		run = 0;
	}
	s->no_ticks[kind] = s->line_end;
}

/* Skips up to `close` on the line, if it is there. */
static void skip_to(struct scanner *s, char close, size_t *none)
{
	if (*none >= s->line_end)
		return;
	const char *end = memchr(s->text + s->at, close, s->line_end - s->at);
	if (end)
		s->at = (size_t)(end - s->text) + 1;
	else
		*none = s->line_end;
}

static void take_one(struct scanner *s)
{
	unsigned char c = (unsigned char)s->text[s->at];
	bool markdown = s->format == ANNOT_ARTICLE_MARKDOWN;
	if (c == '"' || c == '\'') {
		take_mark(s);
	} else if (c >= 0x80) {
		size_t next;
		if (annot_mark_is(code_at(s, s->at, &next)))
			take_mark(s);
		else
			s->at = next;
	} else if (markdown && c == '`') {
		take_ticks(s);
	} else if (markdown && c == '<' && s->at + 1 < s->line_end &&
		   ((s->text[s->at + 1] | 0x20) >= 'a' || s->text[s->at + 1] == '/')) {
		s->at++;
		skip_to(s, '>', &s->no_tag);
	} else if (markdown && c == ']' && s->at + 1 < s->line_end && s->text[s->at + 1] == '(') {
		s->at += 2;
		skip_to(s, ')', &s->no_link);
	} else {
		s->at++;
	}
}

/* --- lines --- */

static size_t skip_blanks(const struct scanner *s, size_t at)
{
	while (at < s->line_end && (s->text[at] == ' ' || s->text[at] == '\t' ||
				    s->text[at] == '\r' || s->text[at] == '\f'))
		at++;
	return at;
}

/* Whatever is open will not be closed any more. */
static void end_block(struct scanner *s)
{
	if (s->block)
		add_span(s, (struct annot_span){.outer = {s->block_outer, s->block_end},
						.inner = {s->block_start, s->block_end},
						.block = true});
	s->block = false;
	s->depth = 0;
}

/* Behind the "> " markers of a line; the start of the line if there are none. */
static size_t skip_markers(const struct scanner *s)
{
	size_t at = s->at, end = s->at;
	while (at < s->line_end && s->text[at] == ' ' && at - s->at < INDENT)
		at++;
	while (at < s->line_end && s->text[at] == '>') {
		at++;
		if (at < s->line_end && s->text[at] == ' ')
			at++;
		end = at;
	}
	return end;
}

/* Marks at the start of a paragraph, or of a line behind a full stop, that open again what the last
 * one has left open. */
static void reopen(struct scanner *s)
{
	size_t at = skip_blanks(s, s->at), matched = 0, last = s->at;
	while (last > 0 && (s->text[last - 1] == '\n' || s->text[last - 1] == '\r'))
		last--;
	bool stopped = last > 0 && strchr(".!?:", s->text[last - 1]);
	while (matched < s->depth && at < s->line_end && (s->blank || stopped)) {
		size_t next;
		const struct open *open = &s->stack[matched];
		bool again = annot_mark_reopens(open->mark, code_at(s, at, &next));
		if (!again || (!s->blank && open->line + 1 != s->line))
			break;
		add_hole(s, at, next);
		s->stack[matched++].line = s->line;
		at = next;
	}
	if (matched > 0 || s->blank)
		s->depth = matched;
	if (matched > 0)
		s->at = at;
}

/* Whether a line begins or ends a block of code, or is inside of one. */
static bool is_fenced(struct scanner *s, size_t content)
{
	size_t n = 0;
	char c = content < s->line_end ? s->text[content] : 0;
	while (content + n < s->line_end && s->text[content + n] == c)
		n++;
	bool fence = (c == '`' || c == '~') && n >= FENCE_MIN;
	if (!s->fence && !fence)
		return false;
	if (!s->fence)
		s->fence_mark = c;
	s->fence = !s->fence || !fence || c != s->fence_mark;
	return true;
}

/* Begins a line; true if there is text in it. */
static bool begin_line(struct scanner *s)
{
	const char *end = memchr(s->text + s->at, '\n', s->len - s->at);
	size_t start = s->at;
	s->line_end = end ? (size_t)(end - s->text) : s->len;
	s->single.known = s->twofold.known = false;
	s->line++;
	size_t content = skip_blanks(s, start);
	if (s->format == ANNOT_ARTICLE_MARKDOWN && is_fenced(s, content)) {
		end_block(s);
		return false;
	}
	if (content == s->line_end) {
		if (s->block)
			end_block(s);
		s->blank = true; /* what is open may be opened again */
		return false;
	}
	return true;
}

/* The markers of a block quote; false if nothing stands behind them, or the line is indented code.
 */
static bool begin_text(struct scanner *s)
{
	size_t markers = skip_markers(s);
	if (markers > s->at) {
		if (!s->block) {
			end_block(s);
			s->block = true;
			s->block_outer = s->at;
			s->block_start = markers;
		} else {
			add_hole(s, s->at, markers);
		}
		s->at = markers;
		if (skip_blanks(s, markers) == s->line_end) {
			s->blank = true;
			return false;
		}
		s->block_end = s->line_end;
	} else if (s->block) {
		end_block(s);
	} else if (s->format == ANNOT_ARTICLE_MARKDOWN && s->blank &&
		   skip_blanks(s, s->at) >= s->at + INDENT) {
		return false;
	}
	return true;
}

enum annot_status annot_scan(struct annot_bytes text, enum annot_article_format format,
			     struct annot_spans *ret, struct annot_error *err)
{
	struct annot_spans spans = {0};
	struct scanner s = {.text = (const char *)text.data,
			    .len = text.len,
			    .format = format,
			    .spans = &spans,
			    .blank = true};
	while (s.at < s.len && !s.no_memory) {
		if (begin_line(&s) && begin_text(&s)) {
			reopen(&s);
			s.blank = s.at >= s.line_end;
			while (s.at < s.line_end)
				take_one(&s);
		}
		s.at = s.line_end + 1;
	}
	end_block(&s);
	if (s.no_memory) {
		annot_spans_free(&spans);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for quotes");
	}
	*ret = spans;
	return ANNOT_OK;
}

void annot_spans_free(struct annot_spans *s)
{
	free(s->spans);
	free(s->holes);
	*s = (struct annot_spans){0};
}
