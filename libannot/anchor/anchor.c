#include "anchor/anchor.h"

#include <stdlib.h>

#include "anchor/search.h"
#include "base/auto.h"
#include "text/utf8.h"

enum { FULL = 1000 };

const char *annot_anchor_name(enum annot_anchor_status status)
{
	static const char *const names[] = {"exact", "moved", "changed", "ambiguous", "orphan"};
	return (size_t)status < COUNT(names) ? names[status] : "unknown";
}

static enum annot_status check_utf8(const char *what, struct annot_bytes text,
				    struct annot_error *err)
{
	size_t valid = annot_utf8_valid(text.data, text.len);
	if (valid == text.len)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "%s: not UTF-8 at byte %zu", what, valid);
}

static void forget(struct annot_anchorer *a)
{
	annot_versions_free(&a->versions);
	annot_letters_free(&a->old);
	annot_letters_free(&a->text);
	annot_alphabet_free(&a->alphabet);
	a->text = a->old = (struct annot_letters){0};
	a->alphabet = (struct annot_alphabet){0};
	a->versions = (struct annot_versions){0};
}

static enum annot_status read_both(struct annot_anchorer *a, struct annot_error *err)
{
	struct annot_bytes text = a->source, old = a->old_source;
	TRY(annot_alphabet_new(&a->alphabet, err));
	TRY(annot_letters_read(&a->alphabet, (const char *)text.data, text.len, &a->text, err));
	if (!old.data)
		return ANNOT_OK;
	TRY(annot_letters_read(&a->alphabet, (const char *)old.data, old.len, &a->old, err));
	return annot_versions_compare(&a->alphabet, &a->old, &a->text, &a->versions, err);
}

static enum annot_status read_texts(struct annot_anchorer *a, struct annot_error *err)
{
	enum annot_status status = read_both(a, err);
	if (status != ANNOT_OK)
		forget(a);
	return status;
}

static enum annot_status prepare(struct annot_anchorer *a, struct annot_bytes text,
				 struct annot_bytes old, struct annot_error *err)
{
	TRY(check_utf8("text", text, err));
	if (old.data)
		TRY(check_utf8("old text", old, err));
	a->source = text;
	a->old_source = old;
	a->same = old.data && old.len == text.len && memcmp(old.data, text.data, text.len) == 0;
	return a->same ? ANNOT_OK : read_texts(a, err);
}

enum annot_status annot_anchorer_new(struct annot_bytes text, struct annot_bytes old,
				     struct annot_anchorer **ret, struct annot_error *err)
{
	struct annot_anchorer *a = calloc(1, sizeof(*a));
	if (!a)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for anchoring");
	enum annot_status status = prepare(a, text, old, err);
	if (status != ANNOT_OK) {
		annot_anchorer_free(a);
		return status;
	}
	*ret = a;
	return ANNOT_OK;
}

void annot_anchorer_free(struct annot_anchorer *a)
{
	if (!a)
		return;
	forget(a);
	free(a);
}

static enum annot_status check(const struct annot_anchorer *a, const struct annot_selector *s,
			       struct annot_error *err)
{
	if (s->exact.len == 0)
		return annot_fail(err, ANNOT_INVALID, "exact is empty");
	if (s->exact.len > ANNOT_ANCHOR_EXACT_MAX)
		return annot_fail(err, ANNOT_INVALID, "exact: %zu bytes; at most %d are taken",
				  s->exact.len, ANNOT_ANCHOR_EXACT_MAX);
	TRY(check_utf8("exact", s->exact, err));
	TRY(check_utf8("prefix", s->prefix, err));
	TRY(check_utf8("suffix", s->suffix, err));
	if (s->placed && s->start >= s->end)
		return annot_fail(err, ANNOT_INVALID, "start %zu is not before end %zu", s->start,
				  s->end);
	if (!s->placed || !a->old_source.data)
		return ANNOT_OK;
	if (s->end > a->old_source.len)
		return annot_fail(err, ANNOT_INVALID, "end %zu is behind the old text's %zu bytes",
				  s->end, a->old_source.len);
	if (s->end - s->start != s->exact.len ||
	    memcmp(a->old_source.data + s->start, s->exact.data, s->exact.len) != 0)
		return annot_fail(err, ANNOT_INVALID,
				  "exact is not what stands at bytes %zu to %zu of the old text",
				  s->start, s->end);
	return ANNOT_OK;
}

/* If the very bytes are at the place, with spaces and marks at their ends that the letters say
 * nothing of, takes exactly those. */
static void take_bytes(const struct annot_anchorer *a, const struct annot_selector *s,
		       struct annot_anchor_place *place)
{
	size_t len = s->exact.len;
	size_t from = place->end > len ? place->end - len : 0;
	size_t to = place->start + len < a->text.len ? place->start + len : a->text.len;
	if (from > place->start)
		from = place->start;
	if (to < place->end)
		to = place->end;
	const char *found = memmem(a->text.text + from, to - from, s->exact.data, len);
	if (!found)
		return;
	place->start = (size_t)(found - a->text.text);
	place->end = place->start + len;
	place->how = ANNOT_FIND_EXACT;
}

static void fill_place(const struct annot_search *search, const struct annot_selector *s,
		       size_t which, struct annot_anchor_place *ret)
{
	const struct annot_candidate *c = &search->found[which];
	*ret = (struct annot_anchor_place){
		.how = ANNOT_FIND_NEAREST,
		.score = annot_candidate_score(search, which),
		.likeness = (unsigned)c->features[ANNOT_FEATURE_QUOTE],
	};
	annot_letters_source(&search->a->text, c->from, c->to, &ret->start, &ret->end);
	if (ret->likeness < FULL)
		return;
	ret->how = ANNOT_FIND_FOLDED;
	take_bytes(search->a, s, ret);
}

static enum annot_anchor_status placed_status(const struct annot_search *search,
					      const struct annot_selector *s,
					      const struct annot_anchor_place *place)
{
	(void)search;
	if (place->how != ANNOT_FIND_EXACT)
		return ANNOT_ANCHOR_CHANGED;
	return s->placed && s->start == place->start ? ANNOT_ANCHOR_EXACT : ANNOT_ANCHOR_MOVED;
}

static void decide(const struct annot_search *search, const struct annot_selector *s, bool cautious,
		   struct annot_anchor *ret)
{
	*ret = (struct annot_anchor){.status = ANNOT_ANCHOR_ORPHAN, .cut = search->cut};
	size_t n = search->n_found;
	if (n > ANNOT_ANCHOR_PLACES_MAX)
		n = ANNOT_ANCHOR_PLACES_MAX;
	for (size_t i = 0; i < n; i++)
		fill_place(search, s, i, &ret->places[i]);
	ret->n_places = n > 0;
	enum annot_verdict verdict = n > 0 ? annot_search_verdict(search, cautious, &ret->n_places)
					   : ANNOT_VERDICT_ORPHAN;
	if (verdict == ANNOT_VERDICT_PLACE)
		ret->status = placed_status(search, s, &ret->places[0]);
	else if (verdict == ANNOT_VERDICT_AMBIGUOUS)
		ret->status = ANNOT_ANCHOR_AMBIGUOUS;
}

/* In a text that did not change. */
static struct annot_anchor stayed(const struct annot_selector *s)
{
	return (struct annot_anchor){
		.status = ANNOT_ANCHOR_EXACT,
		.places[0] = {.start = s->start,
			      .end = s->end,
			      .score = FULL,
			      .likeness = FULL,
			      .how = ANNOT_FIND_EXACT},
		.n_places = 1,
	};
}

enum annot_status annot_anchor_find(struct annot_anchorer *a, const struct annot_selector *selector,
				    bool cautious, struct annot_anchor *ret,
				    struct annot_error *err)
{
	struct annot_search search;
	TRY(check(a, selector, err));
	if (a->same && selector->placed) {
		*ret = stayed(selector);
		return ANNOT_OK;
	}
	if (a->same && !a->text.text)
		TRY(read_texts(a, err));
	enum annot_status status = annot_search_begin(a, selector, &search, err);
	if (status == ANNOT_OK)
		status = annot_search_run(&search, err);
	if (status == ANNOT_OK)
		decide(&search, selector, cautious, ret);
	annot_search_end(&search);
	return status;
}
