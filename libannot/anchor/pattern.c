#include "anchor/pattern.h"

#include <stdlib.h>

#include "base/auto.h"

enum { WORD_BITS = 64 };

static enum annot_status no_memory(size_t n, struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for matching %zu letters", n);
}

enum annot_status annot_pattern_new(const struct annot_alphabet *alphabet,
				    const annot_letter *letters, size_t n, bool backwards,
				    struct annot_pattern *ret, struct annot_error *err)
{
	struct annot_pattern p = {.n = n,
				  .blocks = (n + WORD_BITS - 1) / WORD_BITS,
				  .alphabet = alphabet->n + 1,
				  .letters = letters,
				  .backwards = backwards};
	size_t distinct = n < alphabet->n ? n : alphabet->n;
	p.row_of = calloc(p.alphabet, sizeof(*p.row_of));
	p.rows = calloc((distinct + 1) * p.blocks, sizeof(*p.rows));
	p.up = calloc(p.blocks * 2, sizeof(*p.up));
	if (!p.row_of || !p.rows || !p.up) {
		annot_pattern_free(&p);
		return no_memory(n, err);
	}
	p.down = p.up + p.blocks;
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		annot_letter letter = letters[backwards ? n - 1 - i : i];
		if (!p.row_of[letter])
			p.row_of[letter] = (uint32_t)(++used * p.blocks);
		p.rows[p.row_of[letter] + i / WORD_BITS] |= UINT64_C(1) << (i % WORD_BITS);
	}
	*ret = p;
	return ANNOT_OK;
}

void annot_pattern_free(struct annot_pattern *p)
{
	free(p->row_of);
	free(p->rows);
	free(p->up);
	*p = (struct annot_pattern){0};
}

/*
 * One word of a column, from that of the column before: up and down say where the distance grows or
 * falls from a letter of the pattern to the next, in and the result how it changes from the column
 * before, above the word and at its bit `last`.
 */
static inline int advance(uint64_t *up, uint64_t *down, uint64_t equal, int in, unsigned last)
{
	uint64_t vertical = equal | *down;
	equal |= in < 0;
	uint64_t diagonal = (((equal & *up) + *up) ^ *up) | equal;
	uint64_t plus = *down | ~(diagonal | *up), minus = *up & diagonal;
	int out = (int)(plus >> last & 1) - (int)(minus >> last & 1);
	plus = plus << 1 | (in > 0);
	minus = minus << 1 | (in < 0);
	*up = minus | ~(vertical | plus);
	*down = plus & vertical;
	return out;
}

static void begin(const struct annot_pattern *p)
{
	memset(p->up, 0xFF, p->blocks * sizeof(*p->up));
	memset(p->down, 0, p->blocks * sizeof(*p->down));
}

/* The next column; returns how the distance of the whole pattern changes. in is 1 if the text must
 * match from its first letter on. */
static inline int column(const struct annot_pattern *p, annot_letter letter, int in)
{
	const uint64_t *equal = annot_pattern_row(p, letter);
	for (size_t b = 0; b + 1 < p->blocks; b++)
		in = advance(&p->up[b], &p->down[b], equal[b], in, WORD_BITS - 1);
	size_t b = p->blocks - 1;
	return advance(&p->up[b], &p->down[b], equal[b], in, (unsigned)((p->n - 1) % WORD_BITS));
}

void annot_pattern_scan(const struct annot_pattern *p, const annot_letter *text, size_t n,
			size_t limit, size_t (*visit)(void *data, size_t end, size_t distance),
			void *data)
{
	size_t distance = p->n;
	begin(p);
	for (size_t i = 0; i < n; i++) {
		distance += (size_t)column(p, text[i], 0);
		if (distance <= limit)
			limit = visit(data, i + 1, distance);
	}
}

void annot_pattern_distances(const struct annot_pattern *p, const annot_letter *text, size_t n,
			     uint16_t *ret)
{
	size_t distance = p->n;
	begin(p);
	ret[0] = (uint16_t)distance;
	for (size_t i = 0; i < n; i++) {
		distance += (size_t)column(p, p->backwards ? *(text - 1 - i) : text[i], 1);
		ret[i + 1] = (uint16_t)distance;
	}
}

size_t annot_pattern_nearest(const uint16_t *distances, size_t n, size_t length)
{
	size_t best = 0;
	for (size_t i = 1; i <= n; i++) {
		size_t off = i > length ? i - length : length - i;
		size_t best_off = best > length ? best - length : length - best;
		if (distances[i] < distances[best] ||
		    (distances[i] == distances[best] && off < best_off))
			best = i;
	}
	return best;
}

size_t annot_pattern_start(const struct annot_pattern *back, const annot_letter *end, size_t before,
			   size_t distance)
{
	uint16_t distances[2 * ANNOT_PATTERN_MAX + 1];
	size_t n = back->n + distance < before ? back->n + distance : before;
	if (n > 2 * ANNOT_PATTERN_MAX)
		n = 2 * ANNOT_PATTERN_MAX;
	annot_pattern_distances(back, end, n, distances);
	return annot_pattern_nearest(distances, n, back->n);
}

/* The columns of an alignment: differences within each, and the distance of the whole pattern. */
struct columns {
	const struct annot_pattern *p;
	uint64_t *up, *down;
	uint16_t *last;
};

/* The distance of the first i letters of the pattern in column j. */
static size_t cell(const struct columns *c, size_t i, size_t j)
{
	size_t distance = c->last[j], blocks = c->p->blocks;
	for (size_t b = i / WORD_BITS; b < blocks; b++) {
		uint64_t mask = b == i / WORD_BITS ? ~UINT64_C(0) << (i % WORD_BITS) : ~UINT64_C(0);
		size_t rest = c->p->n - b * WORD_BITS;
		if (rest < WORD_BITS)
			mask &= (UINT64_C(1) << rest) - 1;
		distance -= (size_t)__builtin_popcountll(c->up[j * blocks + b] & mask);
		distance += (size_t)__builtin_popcountll(c->down[j * blocks + b] & mask);
	}
	return distance;
}

static void walk_back(const struct columns *c, const annot_letter *text, size_t j,
		      const size_t *places, size_t n_places, size_t *ret)
{
	size_t i = c->p->n;
	while (n_places > 0) {
		while (n_places > 0 && places[n_places - 1] == i)
			ret[--n_places] = j;
		if (i == 0)
			break;
		size_t here = cell(c, i, j);
		if (j > 0 && c->p->letters[i - 1] == text[j - 1]) {
			i--;
			j--;
		} else if (j > 0 && cell(c, i - 1, j - 1) + 1 == here) {
			i--;
			j--;
		} else if (cell(c, i - 1, j) + 1 == here) {
			i--;
		} else {
			j--;
		}
	}
}

enum annot_status annot_pattern_align(const struct annot_pattern *p, const annot_letter *text,
				      size_t n, const size_t *places, size_t n_places, size_t *ret,
				      size_t *ret_distance, struct annot_error *err)
{
	AUTO_FREE uint64_t *up = calloc((n + 1) * p->blocks, sizeof(*up));
	AUTO_FREE uint64_t *down = calloc((n + 1) * p->blocks, sizeof(*down));
	AUTO_FREE uint16_t *last = calloc(n + 1, sizeof(*last));
	if (!up || !down || !last)
		return no_memory(n, err);
	size_t distance = p->n, best = 0, size = p->blocks * sizeof(*up);
	begin(p);
	for (size_t j = 0; j <= n; j++) {
		if (j > 0)
			distance += (size_t)column(p, text[j - 1], 0);
		memcpy(up + j * p->blocks, p->up, size);
		memcpy(down + j * p->blocks, p->down, size);
		last[j] = (uint16_t)distance;
		if (last[j] <= last[best])
			best = j;
	}
	const struct columns c = {p, up, down, last};
	*ret_distance = last[best];
	walk_back(&c, text, best, places, n_places, ret);
	return ANNOT_OK;
}
