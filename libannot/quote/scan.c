#include "quote/scan_private.h"

#include <stdlib.h>

#include "quote/marks.h"
#include "text/utf8.h"

enum { FENCE_MIN = 3, INDENT = 4 };

static void add_hole(struct annot_scanner *s, size_t start, size_t end)
{
	struct annot_scanned *all = s->spans;
	struct annot_scan_hole *grown =
		annot_scan_grow(s, all->holes, all->n_holes, &all->holes_cap, sizeof(*grown));
	if (!grown)
		return;
	all->holes = grown;
	all->holes[all->n_holes++] = (struct annot_scan_hole){start, end};
}

/* Skips code between backticks; a run that is not closed on the line is text. */
static void take_ticks(struct annot_scanner *s)
{
	size_t n = 0;
	while (s->at + n < s->line_end && s->text[s->at + n] == '`')
		n++;
	size_t kind = n < ANNOT_SCAN_TICKS_MAX ? n : ANNOT_SCAN_TICKS_MAX, run = 0;
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
static void skip_to(struct annot_scanner *s, char close, size_t *none)
{
	if (*none >= s->line_end)
		return;
	const char *end = memchr(s->text + s->at, close, s->line_end - s->at);
	if (end)
		s->at = (size_t)(end - s->text) + 1;
	else
		*none = s->line_end;
}

static void take_one(struct annot_scanner *s)
{
	unsigned char c = (unsigned char)s->text[s->at];
	bool markdown = s->format == ANNOT_ARTICLE_MARKDOWN;
	if (c == '"' || c == '\'') {
		annot_scan_mark(s);
	} else if (c >= 0x80) {
		size_t next;
		if (annot_mark_is(annot_scan_code(s, s->at, &next)))
			annot_scan_mark(s);
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

static size_t skip_blanks(const struct annot_scanner *s, size_t at)
{
	while (at < s->line_end && (s->text[at] == ' ' || s->text[at] == '\t' ||
				    s->text[at] == '\r' || s->text[at] == '\f'))
		at++;
	return at;
}

/* Whatever is open will not be closed any more. */
static void end_block(struct annot_scanner *s)
{
	if (s->block)
		annot_scan_add(s, (struct annot_scan_span){.outer = {s->block_outer, s->block_end},
							   .inner = {s->block_start, s->block_end},
							   .block = true});
	s->block = false;
	s->depth = 0;
}

/* Behind the "> " markers of a line; the start of the line if there are none. */
static size_t skip_markers(const struct annot_scanner *s)
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
static void reopen(struct annot_scanner *s)
{
	size_t at = skip_blanks(s, s->at), matched = 0, last = s->at;
	while (last > 0 && (s->text[last - 1] == '\n' || s->text[last - 1] == '\r'))
		last--;
	bool stopped = last > 0 && strchr(".!?:", s->text[last - 1]);
	while (matched < s->depth && at < s->line_end && (s->blank || stopped)) {
		size_t next;
		const struct annot_scan_open *open = &s->stack[matched];
		bool again = annot_mark_reopens(open->mark, annot_scan_code(s, at, &next));
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
static bool is_fenced(struct annot_scanner *s, size_t content)
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
static bool begin_line(struct annot_scanner *s)
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
static bool begin_text(struct annot_scanner *s)
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
			     struct annot_scanned *ret, struct annot_error *err)
{
	struct annot_scanned spans = {0};
	struct annot_scanner s = {.text = (const char *)text.data,
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
		annot_scan_free(&spans);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for quotes");
	}
	*ret = spans;
	return ANNOT_OK;
}

void annot_scan_free(struct annot_scanned *s)
{
	free(s->spans);
	free(s->holes);
	*s = (struct annot_scanned){0};
}
