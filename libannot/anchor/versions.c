#include "anchor/versions.h"

#include <stdlib.h>

#include "base/auto.h"

/* Words that must stand once in each text; what a gap, and all gaps together, may cost in cells. */
enum { RUN = 4, GAP_CELLS_MAX = 1 << 14, GAPS_CELLS_MAX = 1 << 20, WORDS_FIRST = 256, AHEAD = 12 };

/* A cluster of words may have so many words between neighbours that were not there before. */
enum { CLUSTER_GAP = 40, CLUSTER_STRETCH = 3 };

static bool add_word(struct annot_words *w, size_t *cap, struct annot_word word)
{
	if (w->n == *cap) {
		size_t more = *cap ? *cap * 2 : WORDS_FIRST;
		struct annot_word *words = reallocarray(w->words, more, sizeof(*words));
		if (!words)
			return false;
		w->words = words;
		*cap = more;
	}
	w->words[w->n++] = word;
	return true;
}

static uint32_t mix(uint32_t hash, uint32_t value)
{
	hash = (hash ^ value) * UINT32_C(0x9E3779B1);
	return hash ^ hash >> 15;
}

static bool split(const struct annot_alphabet *a, const struct annot_letters *l,
		  struct annot_words *ret)
{
	size_t cap = 0;
	for (size_t i = 0; i < l->n;) {
		uint8_t kind = a->kinds[l->letters[i]];
		struct annot_word word = {.start = (uint32_t)i, .other = ANNOT_VERSIONS_NONE};
		do {
			word.hash = mix(word.hash, l->letters[i++]);
		} while (kind == ANNOT_LETTER_WORD && i < l->n &&
			 a->kinds[l->letters[i]] == ANNOT_LETTER_WORD);
		word.end = (uint32_t)i;
		if (kind != ANNOT_LETTER_SPACE && !add_word(ret, &cap, word))
			return false;
	}
	return true;
}

/* Runs of words by hash; where each stands in the old and the new text, counted from 1. */
struct run {
	uint32_t hash, old, new;
};
enum { REPEATED = UINT32_MAX };

static uint32_t run_hash(const struct annot_words *w, size_t at)
{
	uint32_t hash = 0;
	for (size_t i = 0; i < RUN; i++)
		hash = mix(hash, w->words[at + i].hash);
	return hash ? hash : 1;
}

static struct run *find_run(struct run *table, size_t mask, uint32_t hash)
{
	size_t at = hash & mask;
	while (table[at].hash && table[at].hash != hash)
		at = (at + 1) & mask;
	table[at].hash = hash;
	return &table[at];
}

static bool same_words(const struct annot_versions *v, size_t i, size_t j, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (v->old.words[i + k].hash != v->new.words[j + k].hash)
			return false;
	return true;
}

static void pair(struct annot_versions *v, size_t i, size_t j)
{
	v->old.words[i].other = (int32_t)j;
	v->new.words[j].other = (int32_t)i;
}

static bool are_free(const struct annot_versions *v, size_t i, size_t j)
{
	return v->old.words[i].other < 0 && v->new.words[j].other < 0;
}

/* What the table will be asked for soon is fetched meanwhile: waiting for it is most of the work.
 */
static struct run *next_run(struct run *table, size_t mask, const uint32_t *hashes, size_t at,
			    size_t n)
{
	if (at + AHEAD < n)
		__builtin_prefetch(&table[hashes[at + AHEAD] & mask], 1);
	return find_run(table, mask, hashes[at]);
}

static void pair_runs(struct annot_versions *v, struct run *table, size_t mask, const uint32_t *old,
		      size_t n_old, const uint32_t *new, size_t n_new)
{
	for (size_t i = 0; i < n_old; i++) {
		struct run *r = next_run(table, mask, old, i, n_old);
		r->old = r->old ? REPEATED : (uint32_t)i + 1;
	}
	for (size_t j = 0; j < n_new; j++) {
		struct run *r = next_run(table, mask, new, j, n_new);
		r->new = r->new ? REPEATED : (uint32_t)j + 1;
	}
	for (size_t j = 0; j < n_new; j++) {
		const struct run *r = next_run(table, mask, new, j, n_new);
		if (r->new != j + 1 || r->old == 0 || r->old == REPEATED ||
		    !same_words(v, r->old - 1, j, RUN))
			continue;
		for (size_t k = 0; k < RUN; k++)
			if (are_free(v, r->old - 1 + k, j + k))
				pair(v, r->old - 1 + k, j + k);
	}
}

static bool pair_unique(struct annot_versions *v)
{
	size_t n_old = v->old.n < RUN ? 0 : v->old.n - RUN + 1;
	size_t n_new = v->new.n < RUN ? 0 : v->new.n - RUN + 1;
	size_t size = 16, n = n_old + n_new;
	while (size < n + n / 2)
		size *= 2;
	AUTO_FREE struct run *table = calloc(size, sizeof(*table));
	AUTO_FREE uint32_t *hashes = malloc((n + 1) * sizeof(*hashes));
	if (!table || !hashes)
		return false;
	for (size_t i = 0; i < n_old; i++)
		hashes[i] = run_hash(&v->old, i);
	for (size_t j = 0; j < n_new; j++)
		hashes[n_old + j] = run_hash(&v->new, j);
	pair_runs(v, table, size - 1, hashes, n_old, hashes + n_old, n_new);
	return true;
}

static void pair_neighbours(struct annot_versions *v)
{
	for (size_t i = 0; i + 1 < v->old.n; i++) {
		size_t j = (size_t)v->old.words[i].other + 1;
		if (v->old.words[i].other >= 0 && j < v->new.n && are_free(v, i + 1, j) &&
		    same_words(v, i + 1, j, 1))
			pair(v, i + 1, j);
	}
	for (size_t i = v->old.n; i-- > 1;) {
		int32_t j = v->old.words[i].other - 1;
		if (j >= 0 && are_free(v, i - 1, (size_t)j) && same_words(v, i - 1, (size_t)j, 1))
			pair(v, i - 1, (size_t)j);
	}
}

/* Pairs the heaviest common subsequence of old words [i, i + a) and new ones [j, j + b). */
static void fill_gap(struct annot_versions *v, size_t i, size_t a, size_t j, size_t b,
		     uint32_t *cells)
{
	size_t width = b + 1;
	memset(cells, 0, (a + 1) * width * sizeof(*cells));
	for (size_t x = a; x-- > 0;)
		for (size_t y = b; y-- > 0;) {
			const struct annot_word *word = &v->old.words[i + x];
			uint32_t down = cells[(x + 1) * width + y],
				 right = cells[x * width + y + 1];
			uint32_t best = down > right ? down : right;
			uint32_t both = cells[(x + 1) * width + y + 1] + word->end - word->start;
			if (word->hash == v->new.words[j + y].hash && both > best)
				best = both;
			cells[x * width + y] = best;
		}
	for (size_t x = 0, y = 0; x < a && y < b;) {
		uint32_t here = cells[x * width + y];
		if (here == cells[(x + 1) * width + y]) {
			x++;
		} else if (here == cells[x * width + y + 1]) {
			y++;
		} else {
			pair(v, i + x, j + y);
			x++;
			y++;
		}
	}
}

/* Words from at on that correspond to none; more than a gap may have are not counted. */
static size_t free_run(const struct annot_words *w, size_t at)
{
	size_t n = 0;
	while (n < GAP_CELLS_MAX && at + n < w->n && w->words[at + n].other < 0)
		n++;
	return n;
}

static bool fill_gaps(struct annot_versions *v)
{
	AUTO_FREE uint32_t *cells = malloc(GAP_CELLS_MAX * sizeof(*cells));
	size_t budget = GAPS_CELLS_MAX, i = 0;
	if (!cells)
		return false;
	while (i < v->old.n) {
		size_t a = free_run(&v->old, i);
		size_t j = i > 0 ? (size_t)v->old.words[i - 1].other + 1 : 0;
		size_t b = a > 0 ? free_run(&v->new, j) : 0;
		bool closed = i + a == v->old.n ? j + b == v->new.n
						: v->old.words[i + a].other == (int32_t)(j + b);
		size_t cost = (a + 1) * (b + 1);
		if (b > 0 && closed && cost <= GAP_CELLS_MAX && cost <= budget) {
			fill_gap(v, i, a, j, b, cells);
			budget -= cost;
		}
		i += a + 1;
	}
	return true;
}

enum annot_status annot_versions_compare(const struct annot_alphabet *alphabet,
					 const struct annot_letters *old,
					 const struct annot_letters *new,
					 struct annot_versions *ret, struct annot_error *err)
{
	struct annot_versions v = {0};
	bool good = split(alphabet, old, &v.old) && split(alphabet, new, &v.new) && pair_unique(&v);
	if (good) {
		pair_neighbours(&v);
		good = fill_gaps(&v);
	}
	if (!good) {
		annot_versions_free(&v);
		return annot_fail(err, ANNOT_NO_MEMORY,
				  "out of memory for comparing texts of %zu and %zu bytes",
				  old->len, new->len);
	}
	*ret = v;
	return ANNOT_OK;
}

void annot_versions_free(struct annot_versions *v)
{
	free(v->old.words);
	free(v->new.words);
	*v = (struct annot_versions){0};
}

void annot_words_in(const struct annot_words *w, size_t from, size_t to, size_t *first,
		    size_t *last)
{
	size_t low = 0, high = w->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->words[middle].end <= from)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low;
	while (low < w->n && w->words[low].start < to)
		low++;
	*last = low;
}

/* Words [first, last) of the old text of which the new ones are in order and close together. */
struct cluster {
	size_t first, last, weight;
};

static bool continues(const struct annot_words *old, size_t i, size_t next)
{
	int64_t step = (int64_t)old->words[next].other - old->words[i].other;
	return step > 0 && step <= CLUSTER_GAP + CLUSTER_STRETCH * (int64_t)(next - i);
}

static struct cluster heaviest(const struct annot_words *old, size_t first, size_t last)
{
	struct cluster best = {0}, now = {0};
	size_t before = first;
	for (size_t i = first; i < last; i++) {
		const struct annot_word *word = &old->words[i];
		if (word->other < 0)
			continue;
		if (now.weight == 0 || !continues(old, before, i))
			now = (struct cluster){.first = i};
		now.weight += word->end - word->start;
		now.last = i + 1;
		before = i;
		if (now.weight > best.weight)
			best = now;
	}
	return best;
}

/* The new word behind the one that old word i became, if that is what stands before word next. */
static size_t behind(const struct annot_versions *v, size_t i, size_t next)
{
	int64_t other = v->old.words[i].other;
	bool near = other >= 0 && (int64_t)next > other && (int64_t)next - other <= CLUSTER_GAP;
	return near ? (size_t)other + 1 : next;
}

bool annot_versions_follow(const struct annot_versions *v, size_t from, size_t to, size_t *ret_from,
			   size_t *ret_to)
{
	size_t first, last, n_new = v->new.n;
	annot_words_in(&v->old, from, to, &first, &last);
	const struct annot_word *old = v->old.words, *new = v->new.words;
	struct cluster c = heaviest(&v->old, first, last);
	size_t begin, end; /* words of the new text */
	if (c.weight > 0) {
		begin = (size_t)old[c.first].other;
		end = (size_t)old[c.last - 1].other + 1;
		if (c.first > first && first > 0)
			begin = behind(v, first - 1, begin);
		if (c.last < last && last < v->old.n && old[last].other >= (int32_t)end &&
		    old[last].other <= (int32_t)end + CLUSTER_GAP)
			end = (size_t)old[last].other;
	} else {
		begin = first > 0 ? (size_t)old[first - 1].other + 1 : 0;
		end = last < v->old.n ? (size_t)old[last].other : n_new;
		if ((first > 0 && old[first - 1].other < 0) ||
		    (last < v->old.n && old[last].other < 0) || begin >= end)
			return false;
	}
	*ret_from = new[begin].start;
	*ret_to = new[end - 1].end;
	/* A word of which only a part is wanted, where it is still the same. */
	if (c.weight > 0 && c.first == first && from > old[first].start)
		*ret_from += from - old[first].start;
	if (c.weight > 0 && c.last == last && to < old[last - 1].end)
		*ret_to -= old[last - 1].end - to;
	return *ret_from < *ret_to;
}

/* Letters of a word that are in [from, to). */
static size_t inside(const struct annot_word *word, size_t from, size_t to)
{
	size_t start = word->start > from ? word->start : from;
	size_t end = word->end < to ? word->end : to;
	return start < end ? end - start : 0;
}

/* Of the letters of w in [from, to): those that correspond to ones in [from2, to2) of the other
 * text, and to others. */
static void shares(const struct annot_words *w, const struct annot_words *others, size_t from,
		   size_t to, size_t from2, size_t to2, size_t *ret_in, size_t *ret_out)
{
	size_t first, last;
	annot_words_in(w, from, to, &first, &last);
	*ret_in = *ret_out = 0;
	for (size_t i = first; i < last; i++) {
		const struct annot_word *word = &w->words[i];
		if (word->other < 0)
			continue;
		bool in = inside(&others->words[word->other], from2, to2) > 0;
		*(in ? ret_in : ret_out) += inside(word, from, to);
	}
}

void annot_versions_origin(const struct annot_versions *v, size_t from, size_t to, size_t old_from,
			   size_t old_to, size_t *ret_own, size_t *ret_foreign)
{
	shares(&v->new, &v->old, from, to, old_from, old_to, ret_own, ret_foreign);
}

void annot_versions_fate(const struct annot_versions *v, size_t old_from, size_t old_to,
			 size_t from, size_t to, size_t *ret_here, size_t *ret_elsewhere)
{
	shares(&v->old, &v->new, old_from, old_to, from, to, ret_here, ret_elsewhere);
}
