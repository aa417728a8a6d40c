/* Selectors of Web Annotations for text: several of one target, and those that refine another. */
#include "format/build.h"
#include "format/fragment.h"
#include "format/w3c_import.h"
#include "text/utf8.h"

bool w3c_is_rfc5147(const json_t *selector)
{
	const char *to = json_string_value(json_object_get(selector, "conformsTo"));
	const char *value = json_string_value(json_object_get(selector, "value"));
	if (to)
		return strstr(to, "rfc5147") != NULL;
	return value && (strncmp(value, "char=", 5) == 0 || strncmp(value, "line=", 5) == 0);
}

static struct annot_bytes text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!value)
		return annot_bytes(NULL, 0);
	return annot_bytes(json_string_value(value), json_string_length(value));
}

/* --- refinement: each selector works within what the one before it selected (4.2.9) --- */

struct segment {
	struct annot_bytes text; /* all of it */
	size_t start, end;
};

static struct annot_bytes slice(const struct segment *s)
{
	return annot_bytes(s->text.data + s->start, s->end - s->start);
}

static enum annot_status refine_position(const json_t *selector, struct segment *s,
					 struct annot_error *err)
{
	struct annot_bytes within = slice(s);
	const char *text = (const char *)within.data;
	json_int_t start = json_integer_value(json_object_get(selector, "start"));
	json_int_t end = json_integer_value(json_object_get(selector, "end"));
	if (start >= end || (uint64_t)end > annot_utf8_chars(text, within.len))
		return annot_fail(err, ANNOT_INVALID,
				  "positions %" JSON_INTEGER_FORMAT "-%" JSON_INTEGER_FORMAT
				  " are not within what they refine",
				  start, end);
	s->end = s->start + annot_utf8_from_chars(text, within.len, (size_t)end);
	s->start += annot_utf8_from_chars(text, within.len, (size_t)start);
	return ANNOT_OK;
}

static enum annot_status refine_fragment(const json_t *selector, struct segment *s,
					 struct annot_error *err)
{
	struct fragment f;
	struct annot_bytes value = text_of(selector, "value");
	size_t start, end;
	TRY(fragment_parse((const char *)value.data, value.len, &f, err));
	if (!fragment_fits(&f, s->text))
		return annot_fail(err, ANNOT_NOT_FOUND, "\"%.80s\" is of another text",
				  (const char *)value.data);
	fragment_bytes(&f, slice(s), &start, &end);
	if (start == end)
		return annot_fail(err, ANNOT_INVALID, "\"%.80s\" selects nothing",
				  (const char *)value.data);
	s->end = s->start + end;
	s->start += start;
	return ANNOT_OK;
}

static bool stands_at(struct annot_bytes text, size_t at, struct annot_bytes words)
{
	return words.len <= text.len - at && memcmp(text.data + at, words.data, words.len) == 0;
}

/* Whether the words are at that byte of the text, between prefix and suffix. */
static bool quoted_at(struct annot_bytes text, size_t at, const struct annot_bytes part[3])
{
	struct annot_bytes exact = part[0], prefix = part[1], suffix = part[2];
	if (!stands_at(text, at, exact))
		return false;
	if (prefix.len > 0 && (at < prefix.len || !stands_at(text, at - prefix.len, prefix)))
		return false;
	return suffix.len == 0 || stands_at(text, at + exact.len, suffix);
}

static enum annot_status refine_quote(const json_t *selector, struct segment *s,
				      struct annot_error *err)
{
	const struct annot_bytes part[3] = {text_of(selector, "exact"), text_of(selector, "prefix"),
					    text_of(selector, "suffix")};
	size_t found = 0, at = 0;
	if (part[0].len == 0)
		return annot_fail(err, ANNOT_INVALID, "exact is empty");
	for (size_t i = s->start; i + part[0].len <= s->end; i++)
		if (quoted_at(s->text, i, part)) {
			at = i;
			found++;
		}
	if (found != 1)
		return annot_fail(err, found ? ANNOT_AMBIGUOUS : ANNOT_NOT_FOUND,
				  "the words stand %zu times in what they refine", found);
	s->start = at;
	s->end = at + part[0].len;
	return ANNOT_OK;
}

static enum annot_status refine_by(const json_t *selector, struct segment *s,
				   struct annot_error *err)
{
	if (w3c_has_type(selector, "TextPositionSelector"))
		return refine_position(selector, s, err);
	if (w3c_has_type(selector, "TextQuoteSelector"))
		return refine_quote(selector, s, err);
	if (w3c_has_type(selector, "FragmentSelector") && w3c_is_rfc5147(selector))
		return refine_fragment(selector, s, err);
	return annot_fail(err, ANNOT_INVALID, "a selector of a kind that plain text has not");
}

enum annot_status w3c_refine(const json_t *selector, struct annot_source *source,
			     struct annot_source_selector *ret, struct annot_error *err)
{
	struct segment s = {source->text, 0, source->text.len};
	while (selector) {
		const json_t *next = json_object_get(selector, "refinedBy");
		if (json_is_array(next) && json_array_size(next) == 1)
			next = json_array_get(next, 0);
		if (next && !json_is_object(next))
			return annot_fail(err, ANNOT_INVALID, "several refinements");
		TRY(refine_by(selector, &s, err));
		selector = next;
	}
	*ret = (struct annot_source_selector){.exact = slice(&s),
					      .placed = true,
					      .unit = ANNOT_UNIT_BYTES,
					      .start = s.start,
					      .end = s.end};
	return ANNOT_OK;
}

/* --- several selectors of one target --- */

/* The first of each kind, and what became of the rest. */
struct choice {
	struct annot_import *m;
	struct annot_source *source;
	const char *field;
	json_t **others;
	const json_t *quote, *position, *refined;
	bool ranged; /* by a fragment: these bytes */
	size_t start, end;
};

static enum annot_status take_fragment(struct choice *c, const char *value, size_t len,
				       struct annot_error *err)
{
	struct fragment f;
	struct annot_error why;
	if (fragment_parse(value, len, &f, &why) != ANNOT_OK)
		return annot_import_lose_text(c->m, c->field, value, why.text, err);
	if (!fragment_fits(&f, c->source->text))
		return annot_import_lose_text(c->m, c->field, value,
					      "its integrity check is that of another text", err);
	if (c->ranged)
		return annot_import_lose_text(c->m, c->field, value, "a second fragment", err);
	c->ranged = true;
	fragment_bytes(&f, c->source->text, &c->start, &c->end);
	return ANNOT_OK;
}

static enum annot_status take_selector(struct choice *c, const json_t *selector,
				       struct annot_error *err)
{
	const json_t **slot = NULL;
	if (json_object_get(selector, "refinedBy")) {
		slot = &c->refined;
		build_append(c->others, json_incref((json_t *)selector));
	} else if (w3c_has_type(selector, "TextQuoteSelector")) {
		slot = &c->quote;
	} else if (w3c_has_type(selector, "TextPositionSelector")) {
		slot = &c->position;
	} else if (w3c_has_type(selector, "FragmentSelector") && w3c_is_rfc5147(selector)) {
		const json_t *value = json_object_get(selector, "value");
		return take_fragment(c, json_string_value(value), json_string_length(value), err);
	} else {
		build_append(c->others, json_incref((json_t *)selector));
		return ANNOT_OK;
	}
	if (*slot)
		return annot_import_lose(c->m, c->field, selector, "a second selector of its kind",
					 err);
	*slot = selector;
	return ANNOT_OK;
}

/* Bytes of the TextPositionSelector; false: the text has no such place. */
static bool position_bytes(const struct choice *c, size_t *ret_start, size_t *ret_end)
{
	json_int_t start = json_integer_value(json_object_get(c->position, "start"));
	json_int_t end = json_integer_value(json_object_get(c->position, "end"));
	return start <= end &&
	       annot_source_byte(c->source, (uint64_t)start, ANNOT_UNIT_CHARS, ret_start, NULL) ==
		       ANNOT_OK &&
	       annot_source_byte(c->source, (uint64_t)end, ANNOT_UNIT_CHARS, ret_end, NULL) ==
		       ANNOT_OK;
}

/*
 * Position and fragment that disagree: of the two counts that at which the quoted words stand.
 * *ret_clear false: nothing decides.
 */
static enum annot_status settle(struct choice *c, bool *ret_clear, struct annot_error *err)
{
	struct annot_bytes text = c->source->text, exact = text_of(c->quote, "exact");
	size_t start = 0, end = 0;
	bool there = position_bytes(c, &start, &end);
	*ret_clear = true;
	if (there && start == c->start && end == c->end)
		return ANNOT_OK;
	if (!c->quote) {
		*ret_clear = false;
		return annot_import_leave_out(c->m, c->field, c->position,
					      "position and fragment select different words", err);
	}
	if (c->end - c->start == exact.len && stands_at(text, c->start, exact)) {
		TRY(annot_import_lose(c->m, c->field, c->position,
				      "the words stand where the fragment says", err));
		c->position = NULL;
		return ANNOT_OK;
	}
	c->ranged = false;
	return annot_import_lose_text(c->m, c->field, "FragmentSelector",
				      "it selects other words than the position", err);
}

static enum annot_status refined_alone(struct choice *c, struct annot_source_selector *ret,
				       bool *ret_usable, struct annot_error *err)
{
	struct annot_error why;
	enum annot_status status = w3c_refine(c->refined, c->source, ret, &why);
	*ret_usable = status == ANNOT_OK;
	return *ret_usable ? ANNOT_OK
			   : annot_import_leave_out(c->m, c->field, c->refined, why.text, err);
}

static void say(const struct choice *c, struct annot_source_selector *ret)
{
	*ret = (struct annot_source_selector){.exact = text_of(c->quote, "exact"),
					      .prefix = text_of(c->quote, "prefix"),
					      .suffix = text_of(c->quote, "suffix"),
					      .placed = c->position || c->ranged};
	if (c->position) {
		ret->unit = ANNOT_UNIT_CHARS;
		ret->start = (uint64_t)json_integer_value(json_object_get(c->position, "start"));
		ret->end = (uint64_t)json_integer_value(json_object_get(c->position, "end"));
	} else if (c->ranged) {
		ret->unit = ANNOT_UNIT_BYTES;
		ret->start = c->start;
		ret->end = c->end;
	}
}

enum annot_status w3c_select(struct annot_import *m, struct annot_source *source,
			     const struct w3c_target *t, const char *field,
			     struct annot_source_selector *ret, json_t **others, bool *ret_usable,
			     struct annot_error *err)
{
	struct choice c = {.m = m, .source = source, .field = field, .others = others};
	size_t n = json_is_array(t->selector) ? json_array_size(t->selector) : t->selector != NULL;
	*ret_usable = false;
	if (t->fragment)
		TRY(take_fragment(&c, t->fragment, strlen(t->fragment), err));
	for (size_t i = 0; i < n; i++)
		TRY(take_selector(&c,
				  json_is_array(t->selector) ? json_array_get(t->selector, i)
							     : t->selector,
				  err));
	if (c.position && c.ranged) {
		bool clear;
		TRY(settle(&c, &clear, err));
		if (!clear)
			return ANNOT_OK;
	}
	if (c.quote || c.position || c.ranged) {
		say(&c, ret);
		*ret_usable = true;
		return ANNOT_OK;
	}
	if (c.refined)
		return refined_alone(&c, ret, ret_usable, err);
	return annot_import_leave_out(m, field, t->selector,
				      "no selector that plain text has (quote, position, fragment)",
				      err);
}
