#include "anchor/search.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/utf8.h"

/* Keeps a candidate unless it is kept already; of too many the one with the lowest rank goes. */
static enum annot_status keep(struct annot_search *s, size_t from, size_t to,
			      struct annot_error *err)
{
	struct annot_candidate c = {.from = from, .to = to};
	if (from >= to || to > s->a->text.n)
		return ANNOT_OK;
	for (size_t i = 0; i < s->n_found; i++)
		if (s->found[i].from == from && s->found[i].to == to)
			return ANNOT_OK;
	TRY(annot_candidate_measure(s, &c, err));
	if (c.features[ANNOT_FEATURE_QUOTE] < ANNOT_CANDIDATE_LEAST)
		return ANNOT_OK;
	c.rank = annot_candidate_rank(s, &c);
	if (s->n_found < ANNOT_CANDIDATES_MAX) {
		s->found[s->n_found++] = c;
		return ANNOT_OK;
	}
	size_t worst = 0;
	for (size_t i = 1; i < s->n_found; i++)
		if (s->found[i].rank < s->found[worst].rank)
			worst = i;
	if (c.rank > s->found[worst].rank)
		s->found[worst] = c;
	s->cut = true;
	return ANNOT_OK;
}

static bool spend(struct annot_search *s, size_t steps)
{
	if (steps > s->work) {
		s->cut = true;
		return false;
	}
	s->work -= steps;
	return true;
}

/* The places of the folded quote in the folded text, from a byte on, at most max. Returns where it
 * stopped. */
static enum annot_status keep_occurrences(struct annot_search *s, struct annot_bytes words,
					  size_t at, size_t end, size_t max,
					  struct annot_error *err)
{
	const struct annot_folded *f = &s->a->text.folded;
	size_t m = s->quote_to - s->quote_from;
	while (at + words.len <= end) {
		const char *p = memmem(f->text + at, end - at, words.data, words.len);
		if (!p)
			return ANNOT_OK;
		if (max-- == 0 || !spend(s, words.len)) {
			s->cut = true;
			return ANNOT_OK;
		}
		size_t letter = annot_letters_at(&s->a->text, (size_t)(p - f->text));
		TRY(keep(s, letter, letter + m, err));
		at = (size_t)(p - f->text) + 1;
	}
	return ANNOT_OK;
}

/* From a little before the old position on first, then what stands before. */
static enum annot_status find_occurrences(struct annot_search *s, struct annot_error *err)
{
	const struct annot_letters *l = s->old_to > 0 ? &s->a->old : &s->selector;
	size_t shift = s->old_to > 0 ? s->old_from : s->quote_from;
	size_t from = annot_letters_folded(l, shift);
	size_t to = annot_letters_folded(l, shift + s->quote_to - s->quote_from);
	struct annot_bytes words = annot_bytes(l->folded.text + from, to - from);
	size_t end = s->a->text.folded.len, near = 0;
	if (s->placed && s->expected > s->a->text.n / 8)
		near = annot_letters_folded(&s->a->text, s->expected - s->a->text.n / 8);
	TRY(keep_occurrences(s, words, near, end, ANNOT_ANCHOR_OCCURRENCES_MAX / 2, err));
	size_t overlap = near + words.len - 1 < end ? near + words.len - 1 : end;
	if (near > 0)
		TRY(keep_occurrences(s, words, 0, overlap, ANNOT_ANCHOR_OCCURRENCES_MAX / 2, err));
	return ANNOT_OK;
}

/* Ends of a pattern in the text: the best of each valley of distances, and of the valleys the
 * deepest. */
enum { NOTES_MAX = 24 };
struct notes {
	struct note {
		size_t end, distance;
	} notes[NOTES_MAX + 1];
	size_t n, max, apart, limit;
};

static size_t note_end(void *data, size_t end, size_t distance)
{
	struct notes *n = data;
	struct note *last = n->n > 0 ? &n->notes[n->n - 1] : NULL;
	if (last && end - last->end < n->apart) {
		if (distance < last->distance)
			*last = (struct note){end, distance};
		return n->limit;
	}
	n->notes[n->n++] = (struct note){end, distance};
	if (n->n <= n->max)
		return n->limit;
	size_t worst = 0;
	for (size_t i = 1; i < n->n; i++)
		if (n->notes[i].distance >= n->notes[worst].distance)
			worst = i;
	n->limit = n->notes[worst].distance;
	n->n--;
	memmove(&n->notes[worst], &n->notes[worst + 1], (n->n - worst) * sizeof(n->notes[0]));
	return n->limit;
}

/* Scans as much of the text around the expected position as the budget allows; ends are letters of
 * the text. */
static void scan(struct annot_search *s, const struct annot_pattern *p, size_t limit, size_t apart,
		 size_t max, struct notes *ret)
{
	const struct annot_letters *text = &s->a->text;
	size_t n = text->n, from = 0, most = s->work / p->blocks;
	if (n > most) {
		size_t middle = s->placed ? s->expected : 0;
		from = middle > most / 2 ? middle - most / 2 : 0;
		if (from > n - most)
			from = n - most;
		n = most;
		s->cut = true;
	}
	s->work -= n * p->blocks;
	*ret = (struct notes){.max = max, .apart = apart > 0 ? apart : 1, .limit = limit};
	annot_pattern_scan(p, text->letters + from, n, limit, note_end, ret);
	for (size_t i = 0; i < ret->n; i++)
		ret->notes[i].end += from;
}

static size_t start_of(const struct annot_search *s, const struct annot_pattern *back,
		       const struct note *n)
{
	return n->end - annot_pattern_start(back, s->a->text.letters + n->end, n->end, n->distance);
}

static enum annot_status find_quote(struct annot_search *s, struct annot_error *err)
{
	struct notes ends;
	size_t m = s->quote.n;
	scan(s, &s->quote, m / 2, m / 2, NOTES_MAX, &ends);
	for (size_t i = 0; i < ends.n; i++)
		TRY(keep(s, start_of(s, &s->quote_back, &ends.notes[i]), ends.notes[i].end, err));
	return ANNOT_OK;
}

/* A quote too long to be compared as a whole: places where its first letters stand and its last
 * ones behind them, at a distance between half its length and twice as much. */
static enum annot_status find_long(struct annot_search *s, struct annot_error *err)
{
	struct notes heads, tails;
	struct annot_pattern head_back = {0}, tail = {0};
	const struct annot_alphabet *alphabet = &s->a->alphabet;
	const annot_letter *quote = s->letters + s->quote_from;
	size_t m = s->quote_to - s->quote_from, piece = ANNOT_ANCHOR_PIECE, from[NOTES_MAX];
	enum annot_status status = annot_pattern_new(alphabet, quote, piece, true, &head_back, err);
	if (status == ANNOT_OK)
		status = annot_pattern_new(alphabet, quote + m - piece, piece, false, &tail, err);
	if (status == ANNOT_OK) {
		scan(s, &s->quote, piece / 2, piece / 2, NOTES_MAX, &heads);
		scan(s, &tail, piece / 2, piece / 2, NOTES_MAX, &tails);
		for (size_t i = 0; i < heads.n; i++)
			from[i] = start_of(s, &head_back, &heads.notes[i]);
		for (size_t i = 0; status == ANNOT_OK && i < heads.n * tails.n; i++) {
			size_t start = from[i / tails.n], end = tails.notes[i % tails.n].end;
			if (end >= start + m / 2 && end <= start + 2 * m)
				status = keep(s, start, end, err);
		}
	}
	annot_pattern_free(&head_back);
	annot_pattern_free(&tail);
	return status;
}

enum { WITH_CONTEXT = 32, WITH_CONTEXT_MAX = 12 };

/* Aligns context and quote with a stretch of the text, and keeps what stands for the quote. */
static enum annot_status keep_aligned(struct annot_search *s, const struct annot_pattern *p,
				      const size_t places[2], size_t from, size_t to,
				      struct annot_error *err)
{
	size_t ends[2], distance;
	if (from >= to || !spend(s, (to - from) * p->blocks))
		return ANNOT_OK;
	TRY(annot_pattern_align(p, s->a->text.letters + from, to - from, places, 2, ends, &distance,
				err));
	return keep(s, from + ends[0], from + ends[1], err);
}

/* The quote together with its context: finds what was edited heavily, and gives the right ends. */
static enum annot_status find_with_context(struct annot_search *s, bool everywhere,
					   struct annot_error *err)
{
	size_t m = s->quote_to - s->quote_from, n = s->a->text.n;
	size_t before = s->quote_from < WITH_CONTEXT ? s->quote_from : WITH_CONTEXT;
	size_t behind = s->n - s->quote_to < WITH_CONTEXT ? s->n - s->quote_to : WITH_CONTEXT;
	const size_t places[2] = {before, before + m};
	struct annot_pattern p;
	struct notes ends = {0};
	if (before + behind == 0)
		return ANNOT_OK;
	TRY(annot_pattern_new(&s->a->alphabet, s->letters + s->quote_from - before,
			      before + m + behind, false, &p, err));
	if (everywhere)
		scan(s, &p, p.n * 3 / 5, m / 2, WITH_CONTEXT_MAX, &ends);
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; status == ANNOT_OK && i < ends.n; i++) {
		size_t to = ends.notes[i].end, back = p.n + ends.notes[i].distance;
		status = keep_aligned(s, &p, places, to > back ? to - back : 0, to, err);
	}
	size_t reach = before + behind + m / 2, n_found = s->n_found;
	for (size_t i = 0; status == ANNOT_OK && i < n_found; i++) {
		const struct annot_candidate *c = &s->found[i];
		if (c->features[ANNOT_FEATURE_QUOTE] == 1000)
			continue;
		size_t from = c->from > reach ? c->from - reach : 0;
		size_t to = c->to + reach < n ? c->to + reach : n;
		status = keep_aligned(s, &p, places, from, to, err);
	}
	annot_pattern_free(&p);
	return status;
}

/* What stands beside a place must be so much like the context to be taken for it, in per mille. */
enum { CONTEXT_GOOD = 600 };

/* Looks for the suffix where it should begin behind a place with a good beginning. */
static enum annot_status keep_to_suffix(struct annot_search *s, const struct annot_candidate *c,
					struct annot_error *err)
{
	size_t m = s->quote_to - s->quote_from, zero = 0, at, distance;
	size_t from = c->from + m / 3 + 1, to = c->from + ANNOT_PLACE_LETTERS(m);
	if (to > s->a->text.n)
		to = s->a->text.n;
	if (from >= to || !spend(s, (to - from) * s->behind.blocks))
		return ANNOT_OK;
	TRY(annot_pattern_align(&s->behind, s->a->text.letters + from, to - from, &zero, 1, &at,
				&distance, err));
	if (distance * 1000 > s->behind.n * (1000 - CONTEXT_GOOD))
		return ANNOT_OK;
	return keep(s, c->from, from + at, err);
}

/* Looks for the prefix before a place with a good end. */
static enum annot_status keep_from_prefix(struct annot_search *s,
					  const struct annot_pattern *prefix,
					  const struct annot_candidate *c, struct annot_error *err)
{
	size_t m = s->quote_to - s->quote_from, at, distance, reach = ANNOT_PLACE_LETTERS(m);
	size_t from = c->to > reach ? c->to - reach : 0;
	size_t to = c->to > m / 3 + 1 ? c->to - m / 3 - 1 : 0;
	if (from >= to || !spend(s, (to - from) * prefix->blocks))
		return ANNOT_OK;
	TRY(annot_pattern_align(prefix, s->a->text.letters + from, to - from, &prefix->n, 1, &at,
				&distance, err));
	if (distance * 1000 > prefix->n * (1000 - CONTEXT_GOOD))
		return ANNOT_OK;
	return keep(s, from + at, c->to, err);
}

/* Much was inserted into the quote, so that what was found is one part of it: where one side has
 * the context and the other has not, takes all to the context of that one. */
static enum annot_status stretch(struct annot_search *s, struct annot_error *err)
{
	struct annot_pattern prefix;
	size_t n_found = s->n_found;
	if (s->before.n == 0 || s->behind.n == 0)
		return ANNOT_OK;
	TRY(annot_pattern_new(&s->a->alphabet, s->letters + s->quote_from - s->before.n,
			      s->before.n, false, &prefix, err));
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; status == ANNOT_OK && i < n_found; i++) {
		struct annot_candidate c = s->found[i];
		bool before = c.features[ANNOT_FEATURE_BEFORE] >= CONTEXT_GOOD;
		bool behind = c.features[ANNOT_FEATURE_BEHIND] >= CONTEXT_GOOD;
		if (before && !behind)
			status = keep_to_suffix(s, &c, err);
		if (behind && !before)
			status = keep_from_prefix(s, &prefix, &c, err);
	}
	annot_pattern_free(&prefix);
	return status;
}

static int by_rank(const void *a, const void *b)
{
	const struct annot_candidate *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? 1 : -1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* Sorts, and leaves one of each group that overlaps: the best. */
static void sort(struct annot_search *s)
{
	size_t n = 0;
	qsort(s->found, s->n_found, sizeof(s->found[0]), by_rank);
	for (size_t i = 0; i < s->n_found; i++) {
		bool seen = false;
		for (size_t k = 0; k < n && !seen; k++)
			seen = annot_overlap(s->found[i].from, s->found[i].to, s->found[k].from,
					     s->found[k].to) > 500;
		if (!seen)
			s->found[n++] = s->found[i];
	}
	s->n_found = n;
}

/* Gives the candidates the right ends; everywhere: finds more of them, too. */
static enum annot_status refine(struct annot_search *s, bool everywhere, struct annot_error *err)
{
	TRY(find_with_context(s, everywhere, err));
	return stretch(s, err);
}

/* So sure, in per mille, that the text is not searched further: without and with the old text. */
static const unsigned sure[2] = {980, 950};

static bool is_sure(struct annot_search *s)
{
	sort(s);
	return s->n_found > 0 && annot_candidate_score(s, 0) >= sure[s->old_to > 0];
}

/* From cheap to dear; what is nearly certain after a step needs no further one. */
enum annot_status annot_search_run(struct annot_search *s, struct annot_error *err)
{
	if (s->quote_from == s->quote_to || s->a->text.n == 0)
		return ANNOT_OK;
	bool whole = s->quote_to - s->quote_from <= ANNOT_ANCHOR_WHOLE_MAX;
	if (s->followed)
		TRY(keep(s, s->follow_from, s->follow_to, err));
	TRY(find_occurrences(s, err));
	if (s->followed && whole)
		TRY(refine(s, false, err));
	if (is_sure(s))
		return ANNOT_OK;
	if (!whole) {
		TRY(find_long(s, err));
		sort(s);
		return ANNOT_OK;
	}
	TRY(find_quote(s, err));
	TRY(refine(s, false, err));
	if (is_sure(s))
		return ANNOT_OK;
	TRY(refine(s, true, err));
	sort(s);
	return ANNOT_OK;
}
