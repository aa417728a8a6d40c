#include "quote/extract.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/buf.h"
#include "quote/attribute.h"
#include "quote/scan.h"
#include "text/category.h"
#include "text/utf8.h"

enum { BEFORE_MAX = 320, BEHIND_MAX = 320, AROUND = 4096 };
enum { SUBSTITUTE = 0x1A }; /* in the place of a byte that is not UTF-8 */

#define REPLACEMENT "\xEF\xBF\xBD"

struct extractor {
	struct annot_arena *arena;
	struct annot_bytes text; /* as UTF-8 */
	struct annot_bytes given;
	struct annot_scanned spans;
	struct annot_quoted *quotes;
};

/* The text with a byte in the place of each that is not UTF-8, so that offsets stay. */
static enum annot_status make_valid(struct annot_arena *arena, struct annot_bytes text,
				    struct annot_bytes *valid, struct annot_extracted *ret,
				    struct annot_error *err)
{
	size_t at = annot_utf8_valid(text.data, text.len);
	*valid = text;
	if (at == text.len)
		return ANNOT_OK;
	char *copy = annot_arena_copy(arena, text.data, text.len);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu bytes", text.len);
	while (at < text.len) {
		if (ret->n_invalid < ANNOT_EXTRACT_INVALID_MAX)
			ret->invalid[ret->n_invalid] = at;
		ret->n_invalid++;
		copy[at++] = SUBSTITUTE;
		at += annot_utf8_valid(copy + at, text.len - at);
	}
	*valid = annot_bytes(copy, text.len);
	return ANNOT_OK;
}

/* The first hole that does not end before a byte. */
static size_t first_hole(const struct annot_scanned *s, size_t at)
{
	size_t low = 0, high = s->n_holes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->holes[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Appends bytes, with U+FFFD for each that was not UTF-8. */
static void add_words(const struct extractor *x, size_t from, size_t to, struct annot_buf *b)
{
	for (size_t at = from; at < to; at++) {
		bool invalid = x->text.data[at] == SUBSTITUTE && x->given.data[at] != SUBSTITUTE;
		if (invalid) {
			annot_buf_add(b, x->text.data + from, at - from);
			annot_buf_puts(b, REPLACEMENT);
			from = at + 1;
		}
	}
	annot_buf_add(b, x->text.data + from, to - from);
}

static bool is_plain(const struct extractor *x, const struct annot_quoted *q)
{
	size_t hole = first_hole(&x->spans, q->bytes[0]);
	bool holes = hole < x->spans.n_holes && x->spans.holes[hole].start < q->bytes[1];
	return !holes && memcmp(x->text.data + q->bytes[0], x->given.data + q->bytes[0],
				q->bytes[1] - q->bytes[0]) == 0;
}

static enum annot_status make_text(const struct extractor *x, struct annot_quoted *q,
				   struct annot_error *err)
{
	if (is_plain(x, q)) {
		q->text = annot_bytes(x->text.data + q->bytes[0], q->bytes[1] - q->bytes[0]);
		return ANNOT_OK;
	}
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(SIZE_MAX);
	size_t at = q->bytes[0];
	for (size_t i = first_hole(&x->spans, at);
	     i < x->spans.n_holes && x->spans.holes[i].start < q->bytes[1]; i++) {
		if (x->spans.holes[i].start > at)
			add_words(x, at, x->spans.holes[i].start, &b);
		at = x->spans.holes[i].end;
	}
	if (at < q->bytes[1])
		add_words(x, at, q->bytes[1], &b);
	TRY(annot_buf_check(&b, "a quote", err));
	const char *copy = annot_arena_copy(x->arena, b.data, b.len);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a quote");
	q->text = annot_bytes(copy, b.len);
	return ANNOT_OK;
}

/* Behind an ellipsis ("…", "...", ". . .", "[…]", "(...)") at a byte of a text; 0 if there is none.
 */
static size_t skip_ellipsis(struct annot_bytes text, size_t at)
{
	char open = (char)text.data[at];
	bool bracketed = open == '[' || open == '(';
	size_t dots = 0, end = at + bracketed;
	for (size_t i = end; i < text.len; i++) {
		if (text.data[i] == '.') {
			dots++;
		} else if (text.len - i >= 3 && memcmp(text.data + i, "\xE2\x80\xA6", 3) == 0) {
			dots += 3;
			i += 2;
		} else if (text.data[i] == ' ') {
			continue;
		} else {
			break;
		}
		end = i + 1;
	}
	if (dots < (bracketed ? 2U : 3U))
		return 0;
	if (!bracketed)
		return end;
	while (end < text.len && text.data[end] == ' ')
		end++;
	return end < text.len && text.data[end] == (open == '[' ? ']' : ')') ? end + 1 : 0;
}

static size_t count_letters(struct annot_bytes text, size_t from, size_t to)
{
	size_t n = 0;
	while (from < to) {
		uint32_t cp = annot_utf8_next((const char *)text.data, text.len, &from);
		enum annot_category c = annot_category(cp);
		n += c == ANNOT_CATEGORY_LETTER || c == ANNOT_CATEGORY_UPPER ||
		     c == ANNOT_CATEGORY_DIGIT || c == ANNOT_CATEGORY_NUMERAL;
		n += c == ANNOT_CATEGORY_SIGN ? 2 : 0;
	}
	return n;
}

/* Divides a quote's text at its ellipses; counts where parts is NULL. */
static size_t divide(struct annot_bytes text, size_t (*parts)[2])
{
	size_t n = 0, from = 0;
	for (size_t at = 0; at <= text.len;) {
		size_t end = 0;
		bool may = at < text.len && (text.data[at] == '.' || text.data[at] == '[' ||
					     text.data[at] == '(' || text.data[at] == 0xE2);
		if (may)
			end = skip_ellipsis(text, at);
		if (at < text.len && end == 0) {
			at++;
			continue;
		}
		if (count_letters(text, from, at) > 0) {
			if (parts) {
				parts[n][0] = from;
				parts[n][1] = at;
			}
			n++;
		}
		from = end;
		at = end > 0 ? end : at + 1;
	}
	return n;
}

static enum annot_status make_parts(const struct extractor *x, struct annot_quoted *q,
				    struct annot_error *err)
{
	q->letters = count_letters(q->text, 0, q->text.len);
	q->n_parts = divide(q->text, NULL);
	size_t(*parts)[2] = annot_arena_array(x->arena, q->n_parts + 1, sizeof(*parts));
	if (!parts)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a quote");
	divide(q->text, parts);
	q->parts = (const size_t(*)[2])parts;
	return ANNOT_OK;
}

static int compare_spans(const void *a, const void *b)
{
	const struct annot_scan_span *x = a, *y = b;
	if (x->outer[0] != y->outer[0])
		return x->outer[0] < y->outer[0] ? -1 : 1;
	return (x->outer[1] < y->outer[1]) - (x->outer[1] > y->outer[1]);
}

/* Whether a block quote is no more than a quotation in its marks, which then stands for it. */
static bool is_only_marked(const struct extractor *x, size_t i)
{
	const struct annot_scan_span *s = &x->spans.spans[i];
	if (!s->block || i + 1 == x->spans.n || s[1].outer[1] > s->outer[1])
		return false;
	enum { ATTRIBUTION_MAX = 120 };
	return count_letters(x->text, s->inner[0], s[1].outer[0]) == 0 &&
	       s->outer[1] - s[1].outer[1] <= ATTRIBUTION_MAX;
}

/* Sorts what was found, and says what is inside of what. */
static size_t arrange(struct extractor *x)
{
	size_t ends[ANNOT_EXTRACT_DEPTH_MAX + 2], depth = 0, n = 0;
	if (x->spans.n > 1)
		qsort(x->spans.spans, x->spans.n, sizeof(*x->spans.spans), compare_spans);
	for (size_t i = 0; i < x->spans.n; i++) {
		const struct annot_scan_span *s = &x->spans.spans[i];
		if (is_only_marked(x, i) || count_letters(x->text, s->inner[0], s->inner[1]) == 0)
			continue;
		while (depth > 0 && ends[depth - 1] <= s->outer[0])
			depth--;
		x->quotes[n++] = (struct annot_quoted){.bytes = {s->inner[0], s->inner[1]},
						       .outer = {s->outer[0], s->outer[1]},
						       .depth = (unsigned)depth,
						       .block = s->block};
		if (depth < COUNT(ends))
			ends[depth++] = s->outer[1];
	}
	return n;
}

/* Whether a paragraph ends at a line end: a blank line follows, or the line ends a sentence. */
static bool ends_paragraph(struct annot_bytes text, size_t at)
{
	size_t next = at + 1;
	while (next < text.len && (text.data[next] == ' ' || text.data[next] == '\r'))
		next++;
	while (at > 0 && (text.data[at - 1] == ' ' || text.data[at - 1] == '\r'))
		at--;
	return next >= text.len || text.data[next] == '\n' || at == 0 ||
	       text.data[at - 1] >= 0x80 || strchr(".!?:\"\n", text.data[at - 1]);
}

/* Back to the start of the paragraph, or as far as is looked. */
static size_t paragraph_start(struct annot_bytes text, size_t at, size_t least)
{
	while (at > least && !(text.data[at - 1] == '\n' && ends_paragraph(text, at - 1)))
		at--;
	while (!annot_utf8_boundary((const char *)text.data, text.len, at))
		at++;
	return at;
}

static size_t paragraph_end(struct annot_bytes text, size_t at, size_t most)
{
	while (at < most && !(text.data[at] == '\n' && ends_paragraph(text, at)))
		at++;
	while (!annot_utf8_boundary((const char *)text.data, text.len, at))
		at--;
	return at;
}

/* Who said each of the outer quotes; those inside are said by whom they are. */
static enum annot_status attribute_all(struct extractor *x, size_t n, struct annot_error *err)
{
	size_t last[2] = {0, 0}, last_end = 0;
	for (size_t i = 0; i < n; i++) {
		struct annot_quoted *q = &x->quotes[i];
		size_t next = x->text.len;
		if (q->depth > 0)
			continue;
		for (size_t j = i + 1; j < n && next == x->text.len; j++)
			if (x->quotes[j].outer[0] >= q->outer[1])
				next = x->quotes[j].outer[0];
		size_t least = q->outer[0] > BEFORE_MAX ? q->outer[0] - BEFORE_MAX : 0;
		size_t most = next - q->outer[1] > BEHIND_MAX ? q->outer[1] + BEHIND_MAX : next;
		struct annot_surroundings s = {
			.text = x->text, .start = q->outer[0], .end = q->outer[1]};
		s.before =
			paragraph_start(x->text, q->outer[0], last_end > least ? last_end : least);
		s.after = paragraph_end(x->text, q->outer[1], most);
		size_t paragraph = paragraph_start(x->text, q->outer[0], least);
		s.near = last_end > paragraph;
		s.last_end = last_end;
		TRY(annot_attribute(x->arena, &s, last, q, err));
		last_end = q->outer[1];
		if (q->speaker[0] < q->speaker[1]) {
			last[0] = q->speaker[0];
			last[1] = q->speaker[1];
		}
	}
	return ANNOT_OK;
}

static enum annot_status extract(struct extractor *x, enum annot_article_format format,
				 struct annot_extracted *ret, struct annot_error *err)
{
	TRY(make_valid(x->arena, x->given, &x->text, ret, err));
	TRY(annot_scan(x->text, format, &x->spans, err));
	x->quotes = annot_arena_array(x->arena, x->spans.n + 1, sizeof(*x->quotes));
	if (!x->quotes)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu quotes", x->spans.n);
	size_t n = arrange(x);
	for (size_t i = 0; i < n; i++) {
		TRY(make_text(x, &x->quotes[i], err));
		TRY(make_parts(x, &x->quotes[i], err));
	}
	TRY(attribute_all(x, n, err));
	ret->quotes = x->quotes;
	ret->n = n;
	ret->cut = x->spans.cut;
	return ANNOT_OK;
}

enum annot_status annot_extract(struct annot_arena *arena, struct annot_bytes text,
				enum annot_article_format format, struct annot_extracted *ret,
				struct annot_error *err)
{
	if (text.len > ANNOT_EXTRACT_TEXT_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "an article of %zu bytes; at most %d",
				  text.len, ANNOT_EXTRACT_TEXT_MAX);
	struct annot_extracted answer = {0};
	struct extractor x = {.arena = arena, .given = text};
	enum annot_status status = extract(&x, format, &answer, err);
	annot_scan_free(&x.spans);
	if (status == ANNOT_OK)
		*ret = answer;
	return status;
}

/* A part of the text around a place: from the start of a line to the end of one, if any are near.
 */
static struct annot_bytes window(struct annot_bytes text, size_t start, size_t end,
				 size_t *ret_from)
{
	const char *s = (const char *)text.data;
	size_t from = start > AROUND ? start - AROUND : 0;
	size_t to = text.len - end > AROUND ? end + AROUND : text.len;
	const char *line = from > 0 ? memchr(s + from, '\n', start - from) : NULL;
	from = line ? (size_t)(line - s) + 1 : from;
	while (!annot_utf8_boundary(s, text.len, from))
		from++;
	while (!annot_utf8_boundary(s, text.len, to))
		to--;
	*ret_from = from;
	return annot_bytes(text.data + from, to - from);
}

enum annot_status annot_extract_around(struct annot_arena *arena, struct annot_bytes text,
				       size_t start, size_t end, bool *ret_found,
				       struct annot_quoted *ret, struct annot_error *err)
{
	struct annot_extracted all;
	size_t from;
	if (start > end || end > text.len)
		return annot_fail(err, ANNOT_INVALID,
				  "bytes %zu to %zu are no place in a text of %zu", start, end,
				  text.len);
	struct annot_bytes part = window(text, start, end, &from);
	TRY(annot_extract(arena, part, ANNOT_ARTICLE_TEXT, &all, err));
	size_t middle = start + (end - start) / 2 - from;
	*ret_found = false;
	for (size_t i = 0; i < all.n && !*ret_found; i++) {
		struct annot_quoted q = all.quotes[i];
		if (q.depth > 0 || q.outer[0] > middle || q.outer[1] <= middle)
			continue;
		for (size_t k = 0; k < 2; k++) {
			q.bytes[k] += from;
			q.outer[k] += from;
			q.speaker[k] += from;
			q.verb[k] += from;
		}
		*ret = q;
		*ret_found = true;
	}
	return ANNOT_OK;
}
