#include "locate/lookup.h"

#include <stdlib.h>

#include "base/auto.h"

enum {
	FEW = 64, /* places of a fingerprint in a segment that vote at once */
	RUN = 64, /* fingerprints in a row that are taken of words that have too many */
};

/* A place of a fingerprint: where the words would begin if it is that of theirs. */
struct hit {
	uint64_t place; /* segment << PLACE_BITS | byte of its texts, + BEFORE */
	uint32_t position;
	uint32_t votes;
};
enum { PLACE_BITS = 40 };
/* Words may begin before the first text, as far as the fingerprint is inside of them. */
#define BEFORE (UINT64_C(1) << 21)

/* A fingerprint of the words in a segment where it has many places. */
struct later {
	size_t gram, segment;
	uint64_t count;
};

struct cluster {
	size_t first, end; /* hits */
	unsigned votes;
};

struct asking {
	const struct annot_segment *const *segments;
	size_t n_segments;
	uint64_t slack;
	annot_lookup_wants wants;
	void *arg;
	struct annot_gram_list grams;
	uint8_t *blind;   /* of each: some segment could say nothing of it */
	struct hit *hits; /* room for HITS_MAX */
	size_t n_hits;
	struct later *later;
	size_t n_later, later_cap;
	struct cluster *clusters;
	size_t n_clusters;
	uint32_t *positions;
	struct annot_lookup *ret;
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for asking the index");
}

/* --- the words --- */

/* Of too many fingerprints runs of neighbours, evenly spread. */
static void thin(struct annot_gram_list *grams)
{
	size_t runs = ANNOT_LOOKUP_GRAMS_MAX / RUN, n = 0;
	if (grams->n <= ANNOT_LOOKUP_GRAMS_MAX)
		return;
	for (size_t run = 0; run < runs; run++) {
		size_t from = (grams->n - RUN) * run / (runs - 1);
		memmove(grams->items + n, grams->items + from, RUN * sizeof *grams->items);
		n += RUN;
	}
	grams->n = n;
}

static enum annot_status read_words(struct asking *a, struct annot_bytes words,
				    struct annot_error *err)
{
	struct annot_grams *grams;
	TRY(annot_grams_new(&grams, err));
	annot_grams_begin(grams, true);
	enum annot_status status = annot_grams_add(grams, words, &a->grams, err);
	if (status == ANNOT_OK)
		status = annot_grams_end(grams, &a->grams, err);
	a->ret->letters = annot_grams_letters(grams);
	annot_grams_free(grams);
	thin(&a->grams);
	return status;
}

/* --- hits --- */

static unsigned votes_of(uint64_t count)
{
	unsigned votes = ANNOT_LOOKUP_VOTE;
	for (; count > 1; count /= 2)
		votes--;
	return votes;
}

static void add_hits(struct asking *a, size_t segment, const struct annot_gram *gram,
		     const struct annot_segment_group *group)
{
	for (uint64_t i = 0; i < group->count && a->n_hits < ANNOT_LOOKUP_HITS_MAX; i++) {
		uint64_t at = (uint64_t)group->positions[i] * ANNOT_SEGMENT_GRANULE + BEFORE;
		a->hits[a->n_hits++] = (struct hit){
			.place = (uint64_t)segment << PLACE_BITS | (at - gram->offset),
			.position = group->positions[i],
			.votes = votes_of(group->count),
		};
	}
}

static enum annot_status put_off(struct asking *a, size_t segment, size_t gram, uint64_t count,
				 struct annot_error *err)
{
	if (a->n_later == a->later_cap) {
		size_t cap = a->later_cap ? a->later_cap * 2 : 256;
		struct later *later = reallocarray(a->later, cap, sizeof *later);
		if (!later)
			return no_memory(err);
		a->later = later;
		a->later_cap = cap;
	}
	a->later[a->n_later++] = (struct later){gram, segment, count};
	return ANNOT_OK;
}

/* Rare ones at once, the others once it is known how many there are. */
static enum annot_status ask_for(struct asking *a, size_t number, size_t *ret_damaged,
				 struct annot_error *err)
{
	const struct annot_gram *gram = &a->grams.items[number];
	for (size_t i = 0; i < a->n_segments; i++) {
		struct annot_segment_group group = {.positions = a->positions};
		enum annot_status status =
			annot_segment_find(a->segments[i], gram->hash, &group, err);
		if (status != ANNOT_OK) {
			*ret_damaged = i;
			return status;
		}
		if (group.count > ANNOT_SEGMENT_FREQUENT)
			a->blind[number] = 1;
		else if (group.count > FEW)
			TRY(put_off(a, i, number, group.count, err));
		else
			add_hits(a, i, gram, &group);
	}
	return ANNOT_OK;
}

static int by_count(const void *a, const void *b)
{
	const struct later *x = a, *y = b;
	if (x->count != y->count)
		return x->count > y->count ? 1 : -1;
	if (x->segment != y->segment)
		return x->segment > y->segment ? 1 : -1;
	return (x->gram > y->gram) - (x->gram < y->gram);
}

static enum annot_status ask_later(struct asking *a, struct annot_error *err)
{
	if (a->n_later > 0)
		qsort(a->later, a->n_later, sizeof *a->later, by_count);
	for (size_t i = 0; i < a->n_later; i++) {
		const struct later *l = &a->later[i];
		const struct annot_gram *gram = &a->grams.items[l->gram];
		struct annot_segment_group group = {.positions = a->positions};
		if (a->n_hits + l->count > ANNOT_LOOKUP_HITS_MAX) {
			a->blind[l->gram] = 1;
			continue;
		}
		TRY(annot_segment_find(a->segments[l->segment], gram->hash, &group, err));
		add_hits(a, l->segment, gram, &group);
	}
	return ANNOT_OK;
}

static enum annot_status ask(struct asking *a, size_t *ret_damaged, struct annot_error *err)
{
	a->ret->n_asked = a->grams.n;
	a->blind = calloc(a->grams.n, 1);
	if (!a->blind)
		return no_memory(err);
	for (size_t i = 0; i < a->grams.n; i++)
		TRY(ask_for(a, i, ret_damaged, err));
	TRY(ask_later(a, err));
	for (size_t i = 0; i < a->grams.n; i++)
		a->ret->n_blind += a->blind[i];
	return ANNOT_OK;
}

/* --- clusters --- */

static int by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	if (x->place != y->place)
		return x->place > y->place ? 1 : -1;
	return (x->position > y->position) - (x->position < y->position);
}

/* Hits that say nearly the same place, in the order of the places. */
static enum annot_status gather(struct asking *a, struct annot_error *err)
{
	uint64_t width = a->slack + ANNOT_SEGMENT_GRANULE;
	a->clusters = reallocarray(NULL, a->n_hits + 1, sizeof *a->clusters);
	if (!a->clusters)
		return no_memory(err);
	qsort(a->hits, a->n_hits, sizeof *a->hits, by_place);
	for (size_t i = 0; i < a->n_hits;) {
		size_t first = i;
		unsigned votes = 0;
		for (; i < a->n_hits && a->hits[i].place - a->hits[first].place <= width; i++)
			votes += a->hits[i].votes;
		a->clusters[a->n_clusters++] = (struct cluster){first, i, votes};
	}
	return ANNOT_OK;
}

static int by_votes(const void *a, const void *b)
{
	const struct cluster *x = a, *y = b;
	if (x->votes != y->votes)
		return x->votes < y->votes ? 1 : -1;
	return (x->first > y->first) - (x->first < y->first);
}

/* --- candidates --- */

/* The part of a cluster that is in one document; *first moves behind it. */
static void add_candidate(struct asking *a, size_t *first, size_t end)
{
	struct annot_lookup *l = a->ret;
	size_t segment = (size_t)(a->hits[*first].place >> PLACE_BITS), i = *first;
	const struct annot_segment *s = a->segments[segment];
	size_t number = annot_segment_document_at(s, a->hits[i].position);
	if (number == s->n_documents) { /* withheld meanwhile */
		++*first;
		return;
	}
	struct annot_segment_document d = annot_segment_document(s, number);
	uint64_t base = (uint64_t)d.base * ANNOT_SEGMENT_GRANULE + BEFORE;
	uint64_t mask = (UINT64_C(1) << PLACE_BITS) - 1, least = UINT64_MAX, most = 0;
	unsigned votes = 0;
	for (; i < end && a->hits[i].position - d.base <= d.length / ANNOT_SEGMENT_GRANULE; i++) {
		uint64_t place = a->hits[i].place & mask;
		least = place < least ? place : least;
		most = place > most ? place : most;
		votes += a->hits[i].votes;
	}
	*first = i;
	if (!a->wants(a->arg, d.index))
		return;
	if (l->n == ANNOT_LOOKUP_CANDIDATES_MAX) {
		l->more = true;
		return;
	}
	least = least > base + a->slack ? least - base - a->slack : 0;
	most = most + a->slack > base ? most + a->slack - base + ANNOT_SEGMENT_GRANULE : 0;
	l->candidates[l->n++] = (struct annot_candidate){
		.segment = segment,
		.document = d.index,
		.number = number,
		.from = least < d.length ? least : d.length,
		.to = most < d.length ? most : d.length,
		.votes = votes,
	};
}

static int by_document(const void *a, const void *b)
{
	const struct annot_candidate *x = a, *y = b;
	if (x->document != y->document)
		return x->document > y->document ? 1 : -1;
	return (x->from > y->from) - (x->from < y->from);
}

static int by_promise(const void *a, const void *b)
{
	const struct annot_candidate *x = a, *y = b;
	if (x->votes != y->votes)
		return x->votes < y->votes ? 1 : -1;
	return by_document(a, b);
}

/* Stretches that overlap become one. */
static void join(struct annot_lookup *l)
{
	size_t n = 0;
	qsort(l->candidates, l->n, sizeof l->candidates[0], by_document);
	for (size_t i = 0; i < l->n; i++) {
		struct annot_candidate *c = &l->candidates[i];
		struct annot_candidate *last = n > 0 ? &l->candidates[n - 1] : NULL;
		if (!last || last->document != c->document || last->to < c->from) {
			l->candidates[n++] = *c;
			continue;
		}
		last->to = c->to > last->to ? c->to : last->to;
		last->votes = c->votes > last->votes ? c->votes : last->votes;
	}
	l->n = n;
	qsort(l->candidates, l->n, sizeof l->candidates[0], by_promise);
}

static void choose(struct asking *a)
{
	qsort(a->clusters, a->n_clusters, sizeof *a->clusters, by_votes);
	for (size_t i = 0; i < a->n_clusters && !a->ret->more; i++)
		for (size_t first = a->clusters[i].first; first < a->clusters[i].end;)
			add_candidate(a, &first, a->clusters[i].end);
	join(a->ret);
}

/* --- the whole --- */

static enum annot_status prepare(struct asking *a, struct annot_error *err)
{
	a->hits = reallocarray(NULL, ANNOT_LOOKUP_HITS_MAX, sizeof *a->hits);
	a->positions = reallocarray(NULL, ANNOT_SEGMENT_FREQUENT, sizeof *a->positions);
	return a->hits && a->positions ? ANNOT_OK : no_memory(err);
}

enum annot_status annot_lookup(const struct annot_segment *const *segments, size_t n_segments,
			       struct annot_bytes words, uint64_t slack, annot_lookup_wants wants,
			       void *arg, struct annot_lookup *ret, size_t *ret_damaged,
			       struct annot_error *err)
{
	struct asking a = {.segments = segments,
			   .n_segments = n_segments,
			   .slack = slack,
			   .wants = wants,
			   .arg = arg,
			   .ret = ret};
	*ret = (struct annot_lookup){0};
	*ret_damaged = n_segments;
	enum annot_status status = prepare(&a, err);
	if (status == ANNOT_OK)
		status = read_words(&a, words, err);
	if (status == ANNOT_OK && a.grams.n > 0)
		status = ask(&a, ret_damaged, err);
	if (status == ANNOT_OK && a.n_hits > 0)
		status = gather(&a, err);
	if (status == ANNOT_OK && a.n_hits > 0)
		choose(&a);
	free(a.grams.items);
	free(a.blind);
	free(a.hits);
	free(a.later);
	free(a.clusters);
	free(a.positions);
	return status;
}

bool annot_lookup_suffices(const struct annot_lookup *l)
{
	size_t telling = l->n_asked - l->n_blind;
	return l->letters >= ANNOT_GRAM_SURE &&
	       (telling * 2 >= l->n_asked || telling >= ANNOT_LOOKUP_ENOUGH);
}
