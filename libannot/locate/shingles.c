#include "locate/shingles.h"

#include <stdlib.h>

enum { BITS_LEAST = 8, BITS_MAX = 24 };

/* In folded text: what is beyond ASCII counts, whatever it is, and what is not known (0); of ASCII
 * 0 to 9 and a to z. */
static bool counts(annot_letter letter)
{
	static const uint64_t ascii[2] = {UINT64_C(0x03FF000000000001),
					  UINT64_C(0x07FFFFFE00000000)};
	return letter >= 0x80 || (ascii[letter >> 6] >> (letter & 63) & 1);
}

enum annot_status annot_sifted_read(struct annot_sifted *p, const struct annot_letters *l, size_t n,
				    struct annot_error *err)
{
	if (n > p->cap) {
		annot_sifted_free(p);
		p->letters = reallocarray(NULL, n, sizeof(*p->letters));
		p->places = reallocarray(NULL, n, sizeof(*p->places));
		if (!p->letters || !p->places) {
			annot_sifted_free(p);
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu letters", n);
		}
		p->cap = n;
	}
	p->n = 0;
	for (size_t i = 0; i < n; i++) {
		p->letters[p->n] = l->letters[i];
		p->places[p->n] = (uint32_t)i;
		p->n += counts(l->letters[i]);
	}
	return ANNOT_OK;
}

void annot_sifted_free(struct annot_sifted *p)
{
	free(p->letters);
	free(p->places);
	*p = (struct annot_sifted){0};
}

size_t annot_sifted_before(const struct annot_sifted *p, size_t letter)
{
	size_t low = 0, high = p->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->places[middle] < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void annot_sifted_source(const struct annot_sifted *p, const struct annot_letters *l, size_t from,
			 size_t to, size_t *start, size_t *end)
{
	annot_letters_source(l, p->places[from], (size_t)p->places[to - 1] + 1, start, end);
}

enum annot_status annot_shingles_read(const struct annot_letters *l, struct annot_shingles *ret,
				      struct annot_error *err)
{
	struct annot_shingles g = {.bits = BITS_LEAST};
	TRY(annot_sifted_read(&g.plain, l, l->n, err));
	size_t n = g.plain.n;
	while (g.bits < BITS_MAX && (size_t)1 << g.bits < n)
		g.bits++;
	g.heads = calloc((size_t)1 << g.bits, sizeof(*g.heads));
	g.next = calloc(n + 1, sizeof(*g.next));
	g.there = calloc((size_t)1 << (g.bits + ANNOT_SHINGLES_FILTER - 6), sizeof(*g.there));
	if (!g.heads || !g.next || !g.there) {
		annot_shingles_free(&g);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu letters", n);
	}
	struct annot_rolling r = {0};
	for (size_t i = 0; i < n; i++) {
		annot_rolling_add(&r, &g.plain.letters[i]);
		if (r.n < ANNOT_COPIES_GRAM)
			continue;
		size_t place = i + 1 - ANNOT_COPIES_GRAM;
		uint32_t *head = annot_shingles_head(&g, r.hash);
		g.next[place] = *head;
		*head = (uint32_t)place + 1;
		uint64_t bit =
			annot_shingles_mixed(r.hash) >> (64 - g.bits - ANNOT_SHINGLES_FILTER);
		g.there[bit / 64] |= UINT64_C(1) << (bit % 64);
	}
	*ret = g;
	return ANNOT_OK;
}

void annot_shingles_free(struct annot_shingles *g)
{
	annot_sifted_free(&g->plain);
	free(g->heads);
	free(g->next);
	free(g->there);
	*g = (struct annot_shingles){0};
}
