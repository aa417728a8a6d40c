/* Offsets in every unit, and places of words. */
#include "format/source.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "text/utf8.h"

enum { STEP = 4096, EXCERPT = 60 };

/* What stands before the text's byte number STEP * i, or the next boundary after it. */
struct mark {
	size_t byte, chars, utf16;
};

struct annot_source_marks {
	size_t n;
	struct mark marks[];
};

void annot_source_clear(struct annot_source *s)
{
	free(s->marks);
	annot_anchorer_free(s->anchorer);
	s->marks = NULL;
	s->anchorer = NULL;
}

static const char *text_of(const struct annot_source *s)
{
	return (const char *)s->text.data;
}

/* Makes the index; an empty text has one mark. */
static enum annot_status need_marks(struct annot_source *s, struct annot_error *err)
{
	if (s->marks)
		return ANNOT_OK;
	size_t n = s->text.len / STEP + 1;
	struct annot_source_marks *m = malloc(sizeof *m + n * sizeof m->marks[0]);
	struct mark at = {0};
	if (!m)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the offsets of a text");
	m->n = n;
	for (size_t i = 0; i < n; i++) {
		size_t to = i * STEP;
		while (!annot_utf8_boundary(text_of(s), s->text.len, to))
			to++;
		at.chars += annot_utf8_chars(text_of(s) + at.byte, to - at.byte);
		at.utf16 += annot_utf8_utf16(text_of(s) + at.byte, to - at.byte);
		at.byte = to;
		m->marks[i] = at;
	}
	s->marks = m;
	return ANNOT_OK;
}

static size_t in_unit(const struct mark *mark, enum annot_unit unit)
{
	return unit == ANNOT_UNIT_BYTES   ? mark->byte
	       : unit == ANNOT_UNIT_CHARS ? mark->chars
					  : mark->utf16;
}

/* The last mark at or before an offset. */
static const struct mark *mark_before(const struct annot_source_marks *m, enum annot_unit unit,
				      uint64_t offset)
{
	size_t low = 0, high = m->n; /* marks[low] is at or before it */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (in_unit(&m->marks[middle], unit) <= offset)
			low = middle;
		else
			high = middle;
	}
	return &m->marks[low];
}

enum annot_status annot_source_offset(struct annot_source *s, size_t byte, enum annot_unit unit,
				      uint64_t *ret, struct annot_error *err)
{
	if (unit == ANNOT_UNIT_BYTES) {
		*ret = byte;
		return ANNOT_OK;
	}
	TRY(need_marks(s, err));
	const struct mark *mark = mark_before(s->marks, ANNOT_UNIT_BYTES, byte);
	const char *from = text_of(s) + mark->byte;
	size_t len = byte - mark->byte;
	*ret = unit == ANNOT_UNIT_CHARS ? mark->chars + annot_utf8_chars(from, len)
					: mark->utf16 + annot_utf8_utf16(from, len);
	return ANNOT_OK;
}

static enum annot_status no_place(uint64_t offset, enum annot_unit unit, const char *why,
				  struct annot_error *err)
{
	static const char *const names[] = {"byte", "code point", "UTF-16 unit"};
	return annot_fail(err, ANNOT_INVALID, "%s %" PRIu64 " %s", names[unit], offset, why);
}

enum annot_status annot_source_byte(struct annot_source *s, uint64_t offset, enum annot_unit unit,
				    size_t *ret, struct annot_error *err)
{
	if (offset > s->text.len)
		return no_place(offset, unit, "is behind the end of the text", err);
	if (unit == ANNOT_UNIT_BYTES) {
		if (!annot_utf8_boundary(text_of(s), s->text.len, (size_t)offset))
			return no_place(offset, unit, "stands inside a character", err);
		*ret = (size_t)offset;
		return ANNOT_OK;
	}
	TRY(need_marks(s, err));
	const struct mark *mark = mark_before(s->marks, unit, offset);
	size_t at = mark->byte;
	uint64_t done = in_unit(mark, unit);
	while (done < offset && at < s->text.len) {
		uint32_t c = annot_utf8_next(text_of(s), s->text.len, &at);
		done += unit == ANNOT_UNIT_UTF16 && c > 0xffff ? 2 : 1;
	}
	if (done < offset)
		return no_place(offset, unit, "is behind the end of the text", err);
	if (done > offset)
		return no_place(offset, unit, "stands inside a character", err);
	*ret = at;
	return ANNOT_OK;
}

/* --- places --- */

static bool words_at(const struct annot_source *s, const struct annot_source_selector *selector,
		     size_t start, size_t end)
{
	return end - start == selector->exact.len &&
	       memcmp(s->text.data + start, selector->exact.data, selector->exact.len) == 0;
}

/* The stated position in bytes; false: it has none, or not in this text. */
static bool stated(struct annot_source *s, const struct annot_source_selector *selector,
		   size_t *ret_start, size_t *ret_end, struct annot_error *err)
{
	return annot_source_byte(s, selector->start, selector->unit, ret_start, err) == ANNOT_OK &&
	       annot_source_byte(s, selector->end, selector->unit, ret_end, err) == ANNOT_OK &&
	       *ret_start < *ret_end;
}

/* "places 10-20, 30-40": in code points. */
static void list_places(struct annot_source *s, const struct annot_anchor *anchor,
			struct annot_buf *ret)
{
	for (size_t i = 0; i < anchor->n_places; i++) {
		uint64_t start = 0, end = 0;
		if (annot_source_offset(s, anchor->places[i].start, ANNOT_UNIT_CHARS, &start,
					NULL) != ANNOT_OK ||
		    annot_source_offset(s, anchor->places[i].end, ANNOT_UNIT_CHARS, &end, NULL) !=
			    ANNOT_OK)
			return;
		annot_buf_printf(ret, "%s%" PRIu64 "-%" PRIu64, i ? ", " : "", start, end);
	}
}

static enum annot_status not_clear(struct annot_source *s, const struct annot_anchor *anchor,
				   struct annot_error *err)
{
	char text[256];
	struct annot_buf places = ANNOT_BUF_IN(text);
	list_places(s, anchor, &places);
	if (anchor->status == ANNOT_ANCHOR_AMBIGUOUS)
		return annot_fail(err, ANNOT_AMBIGUOUS,
				  "the words stand in several places of %s (characters %s), and "
				  "nothing decides which is meant",
				  s->name, text);
	if (anchor->n_places == 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "the words do not stand in %s%s", s->name,
				  anchor->cut ? ", as far as it was searched" : "");
	const struct annot_anchor_place *best = &anchor->places[0];
	size_t len = best->end - best->start,
	       shown = annot_utf8_forward(text_of(s), s->text.len, best->start, EXCERPT);
	bool cut = shown < best->start + len;
	return annot_fail(
		err, ANNOT_NOT_FOUND,
		"the words do not stand in %s; nearest (score %u) at characters %s: %.*s%s",
		s->name, best->score, text, (int)(cut ? shown - best->start : len),
		text_of(s) + best->start, cut ? "…" : "");
}

/* Whether an anchor is one that may be taken: the words as they are, or but for typography. */
static bool acceptable(const struct annot_anchor *anchor, const struct annot_source_place *ret)
{
	return ret->how != ANNOT_SOURCE_FOLDED ||
	       (anchor->status == ANNOT_ANCHOR_CHANGED &&
		anchor->places[0].how != ANNOT_FIND_NEAREST && anchor->places[0].likeness == 1000);
}

/* Whether what is said to stand before and behind a place does, as it is. */
static bool prefix_stands(const struct annot_source *s,
			  const struct annot_source_selector *selector, size_t start)
{
	const struct annot_bytes *before = &selector->prefix;
	return before->len == 0 ||
	       (before->len <= start &&
		memcmp(s->text.data + start - before->len, before->data, before->len) == 0);
}

static bool suffix_stands(const struct annot_source *s,
			  const struct annot_source_selector *selector, size_t end)
{
	const struct annot_bytes *behind = &selector->suffix;
	return behind->len == 0 || (behind->len <= s->text.len - end &&
				    memcmp(s->text.data + end, behind->data, behind->len) == 0);
}

static bool context_stands(const struct annot_source *s,
			   const struct annot_source_selector *selector, size_t start, size_t end)
{
	return prefix_stands(s, selector, start) && suffix_stands(s, selector, end);
}

/* The one place at which the words stand, with their context, byte for byte: nothing is to be
 * weighed. */
static bool one_place(const struct annot_source *s, const struct annot_source_selector *selector,
		      size_t *ret)
{
	const uint8_t *at = s->text.data, *end = at + s->text.len;
	size_t n = 0;
	while (n < 2 &&
	       (at = memmem(at, (size_t)(end - at), selector->exact.data, selector->exact.len))) {
		size_t start = (size_t)(at - s->text.data);
		at++;
		if (!context_stands(s, selector, start, start + selector->exact.len))
			continue;
		*ret = start;
		n++;
	}
	return n == 1 && annot_utf8_boundary(text_of(s), s->text.len, *ret);
}

static enum annot_status by_quote(struct annot_source *s,
				  const struct annot_source_selector *selector,
				  struct annot_source_place *ret, struct annot_error *err)
{
	struct annot_selector wanted = {
		.exact = selector->exact, .prefix = selector->prefix, .suffix = selector->suffix};
	struct annot_anchor anchor;
	size_t only;
	if (one_place(s, selector, &only)) {
		*ret = (struct annot_source_place){.start = only,
						   .end = only + selector->exact.len,
						   .how = selector->placed ? ANNOT_SOURCE_MOVED
									   : ANNOT_SOURCE_QUOTED,
						   .score = 1000};
		return ANNOT_OK;
	}
	if (selector->placed)
		wanted.placed = stated(s, selector, &wanted.start, &wanted.end, NULL);
	if (!s->anchorer)
		TRY(annot_anchorer_new(s->text, (struct annot_bytes){0}, &s->anchorer, err));
	TRY(annot_anchor_find(s->anchorer, &wanted, true, &anchor, err));
	if (anchor.status == ANNOT_ANCHOR_AMBIGUOUS || anchor.status == ANNOT_ANCHOR_ORPHAN)
		return not_clear(s, &anchor, err);
	struct annot_source_place place = {
		.start = anchor.places[0].start,
		.end = anchor.places[0].end,
		.score = anchor.places[0].score,
	};
	place.how = !words_at(s, selector, place.start, place.end) ? ANNOT_SOURCE_FOLDED
		    : selector->placed                             ? ANNOT_SOURCE_MOVED
								   : ANNOT_SOURCE_QUOTED;
	if (!acceptable(&anchor, &place))
		return not_clear(s, &anchor, err);
	*ret = place;
	return ANNOT_OK;
}

static enum annot_status find_place(struct annot_source *s,
				    const struct annot_source_selector *selector,
				    struct annot_source_place *ret, struct annot_error *err)
{
	size_t start, end, other;
	struct annot_error why;
	bool words = selector->exact.len > 0;
	if (!words && !selector->placed)
		return annot_fail(err, ANNOT_INVALID, "neither words nor a position are given");
	if (selector->placed && selector->start == selector->end)
		return annot_fail(err, ANNOT_INVALID,
				  "it is a place between characters, not words");
	if (selector->placed && selector->start > selector->end)
		return annot_fail(err, ANNOT_INVALID,
				  "the start %" PRIu64 " is not before the end %" PRIu64,
				  selector->start, selector->end);
	bool inside = selector->placed && stated(s, selector, &start, &end, &why);
	if (!words && !inside)
		return annot_fail(err, ANNOT_MISMATCH, "%s: %s", s->name, why.text);
	bool here = inside && (!words || words_at(s, selector, start, end));
	/* Where two of three agree: words and context before words and position. */
	bool elsewhere = here && words && !context_stands(s, selector, start, end) &&
			 one_place(s, selector, &other);
	if (!here || elsewhere)
		return by_quote(s, selector, ret, err);
	*ret = (struct annot_source_place){
		.start = start, .end = end, .how = ANNOT_SOURCE_STATED, .score = 1000};
	return ANNOT_OK;
}

enum annot_status annot_source_place(struct annot_source *s,
				     const struct annot_source_selector *selector,
				     struct annot_source_place *ret, struct annot_error *err)
{
	TRY(find_place(s, selector, ret, err));
	ret->prefix_stands = selector->hints || prefix_stands(s, selector, ret->start);
	ret->suffix_stands = selector->hints || suffix_stands(s, selector, ret->end);
	return ANNOT_OK;
}
