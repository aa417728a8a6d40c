#include "locate/grams.h"

#include <stdlib.h>

#include "text/bare.h"
#include "text/utf8.h"

enum {
	BATCH = 8192, /* letters that are worked on together */
	K = ANNOT_GRAM_LETTERS,
	W = ANNOT_GRAM_WINDOW,
	BMP = 0x10000,
	FIRST_WIDE = 0x2E80, /* scripts without spaces between words begin here */
	LIST_FIRST = 1024,
};

/* What a code point stands for, as up to three letters of one byte each: known, how many, they. */
enum { SPELT_KNOWN = 1 << 31, SPELT_WIDE = 1 << 30, SPELT_COUNT_SHIFT = 24, SPELT_MAX = 3 };

/* Of a letter that is the second or third byte of a wide one: no fingerprint begins there. */
#define NO_OFFSET UINT32_MAX

struct annot_grams {
	uint32_t spelt[BMP]; /* by code point; 0: not yet known */
	uint64_t random[256];
	char ascii[128]; /* how ASCII is spelt; 0: not at all */

	bool all;
	uint32_t read;    /* bytes of the text */
	uint64_t letters; /* of the text, in bytes of ours */
	uint64_t n_chosen;
	/* Letters that are not done with; fingerprint i begins at letter i. */
	uint8_t letter[BATCH + 8];
	uint32_t offset[BATCH + 8];
	size_t n;
	uint64_t rolling; /* of the K letters that end at letter n_hashed + K - 2 */
	uint64_t hash[BATCH + 8];
	size_t n_hashed;  /* fingerprints that have one */
	size_t n_windows; /* windows that are done, the first of which begins at 0 */
	size_t last;      /* what was chosen last, + 1; 0: it is out of sight */
};

/* --- tables --- */

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return z ^ (z >> 31);
}

enum annot_status annot_grams_new(struct annot_grams **ret, struct annot_error *err)
{
	uint64_t state = ANNOT_GRAM_VERSION;
	struct annot_grams *g = calloc(1, sizeof *g);
	if (!g)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for fingerprints");
	for (size_t i = 0; i < 256; i++)
		g->random[i] = next_random(&state);
	for (char c = '0'; c <= '9'; c++)
		g->ascii[(int)c] = c;
	for (char c = 'a'; c <= 'z'; c++)
		g->ascii[(int)c] = g->ascii[c - 'a' + 'A'] = c;
	*ret = g;
	return ANNOT_OK;
}

struct annot_grams *annot_grams_free(struct annot_grams *g)
{
	free(g);
	return NULL;
}

/* Other letters than ASCII's by the low bits, which are distinct within a script. */
static uint32_t spell(uint32_t cp)
{
	uint32_t letters[ANNOT_BARE_MAX], spelt = 0, n = 0;
	size_t n_letters = annot_bare_letters(cp, letters);
	if (n_letters > 0 && letters[0] >= FIRST_WIDE) {
		cp = letters[0];
		return (uint32_t)SPELT_KNOWN | SPELT_WIDE | 3U << SPELT_COUNT_SHIFT |
		       (0x80 | (cp >> 14 & 0x7F)) << 16 | (0x80 | (cp >> 7 & 0x7F)) << 8 |
		       (0x80 | (cp & 0x7F));
	}
	for (; n < n_letters && n < SPELT_MAX; n++)
		spelt = spelt << 8 | (letters[n] < 0x80 ? letters[n] : 0x80 | (letters[n] & 0x7F));
	return (uint32_t)SPELT_KNOWN | n << SPELT_COUNT_SHIFT | spelt;
}

static void add_letters(struct annot_grams *g, uint32_t cp, uint32_t offset)
{
	uint32_t spelt = cp < BMP ? g->spelt[cp] : 0;
	if (!spelt) {
		spelt = spell(cp);
		if (cp < BMP)
			g->spelt[cp] = spelt;
	}
	unsigned n = spelt >> SPELT_COUNT_SHIFT & 3;
	for (unsigned i = 0; i < n; i++) {
		g->letter[g->n] = (uint8_t)(spelt >> 8 * (n - 1 - i));
		g->offset[g->n++] = i > 0 && (spelt & SPELT_WIDE) ? NO_OFFSET : offset;
	}
}

/* --- choosing --- */

static enum annot_status put(struct annot_gram_list *list, uint64_t hash, uint32_t offset,
			     struct annot_error *err)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : LIST_FIRST;
		struct annot_gram *items = reallocarray(list->items, cap, sizeof *items);
		if (!items)
			return annot_fail(err, ANNOT_NO_MEMORY,
					  "out of memory for %zu fingerprints", cap);
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = (struct annot_gram){
		.hash = (uint32_t)(hash * 0xD6E8FEB86659FD93 >> (64 - ANNOT_GRAM_BITS)),
		.offset = offset,
	};
	return ANNOT_OK;
}

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

/* Copies of what the loops below need: to the compiler each letter that is written could be any of
 * it. */
static void compute_hashes(struct annot_grams *g)
{
	const uint8_t *letter = g->letter;
	const uint32_t *offset = g->offset;
	const uint64_t *random = g->random;
	uint64_t *hash = g->hash, h = g->rolling;
	size_t i = g->n_hashed, n = g->n;
	if (n < K)
		return;
	if (i == 0 && g->letters == n) { /* the first of the text */
		h = 0;
		for (size_t j = 0; j < K - 1; j++)
			h = rotate(h, 1) ^ random[letter[j]];
	}
	for (; i + K <= n; i++) {
		h = rotate(h, 1) ^ random[letter[i + K - 1]];
		hash[i] = offset[i] == NO_OFFSET ? UINT64_MAX : h * 0x9E3779B97F4A7C15;
		h ^= rotate(random[letter[i]], K - 1);
	}
	g->rolling = h;
	g->n_hashed = i;
}

static enum annot_status choose(struct annot_grams *g, size_t i, struct annot_gram_list *ret,
				struct annot_error *err)
{
	if (g->offset[i] == NO_OFFSET ||
	    g->n_chosen * ANNOT_GRAM_SPARSE > g->letters + ANNOT_GRAM_SPARSE * W)
		return ANNOT_OK;
	g->n_chosen++;
	return put(ret, g->hash[i], g->offset[i], err);
}

/* The last of the least in [from, to). What decides is not the hash that is kept: else those that
 * are kept would all be small ones. */
static size_t least(const uint64_t *hash, size_t from, size_t to)
{
	size_t best = from;
	uint64_t value = hash[from];
	for (size_t i = from + 1; i < to; i++) {
		best = hash[i] <= value ? i : best;
		value = hash[i] <= value ? hash[i] : value;
	}
	return best;
}

/* Each window has one that is least; as long as that of the one before is, nothing is chosen. */
static enum annot_status winnow(struct annot_grams *g, struct annot_gram_list *ret,
				struct annot_error *err)
{
	const uint64_t *hash = g->hash;
	size_t from = g->n_windows, end = g->n_hashed, last = g->last;
	uint64_t value = last > 0 ? hash[last - 1] : 0;
	for (; from + W <= end; from++) {
		size_t new = from + W - 1;
		if (last > from && hash[new] >= value)
			continue;
		last = (last > from ? new : least(hash, from, from + W)) + 1;
		value = hash[last - 1];
		TRY(choose(g, last - 1, ret, err));
	}
	g->n_windows = from;
	g->last = last;
	return ANNOT_OK;
}

static enum annot_status take_all(struct annot_grams *g, struct annot_gram_list *ret,
				  struct annot_error *err)
{
	for (; g->n_windows < g->n_hashed; g->n_windows++)
		if (g->offset[g->n_windows] != NO_OFFSET)
			TRY(put(ret, g->hash[g->n_windows], g->offset[g->n_windows], err));
	return ANNOT_OK;
}

static enum annot_status work(struct annot_grams *g, struct annot_gram_list *ret,
			      struct annot_error *err)
{
	compute_hashes(g);
	return g->all ? take_all(g, ret, err) : winnow(g, ret, err);
}

/* Forgets the letters before the next window. */
static void forget(struct annot_grams *g)
{
	size_t done = g->n_windows;
	memmove(g->letter, g->letter + done, g->n - done);
	memmove(g->offset, g->offset + done, (g->n - done) * sizeof g->offset[0]);
	memmove(g->hash, g->hash + done, (g->n_hashed - done) * sizeof g->hash[0]);
	g->n -= done;
	g->n_hashed -= done;
	g->n_windows = 0;
	g->last = g->last > done ? g->last - done : 0;
}

/* --- texts --- */

void annot_grams_begin(struct annot_grams *g, bool all)
{
	g->all = all;
	g->read = 0;
	g->letters = g->n_chosen = 0;
	g->n = g->n_hashed = g->n_windows = g->last = 0;
}

/* Letters of the piece from *at on, until there are BATCH of them. */
static void read_letters(struct annot_grams *g, struct annot_bytes piece, size_t *at)
{
	const uint8_t *text = piece.data;
	const char *ascii = g->ascii;
	uint8_t *letter = g->letter;
	uint32_t *offset = g->offset, read = g->read;
	size_t i = *at, n = g->n, before = n, len = piece.len;
	while (i < len && n < BATCH) {
		uint8_t c = text[i];
		if (c < 0x80) {
			letter[n] = (uint8_t)ascii[c];
			offset[n] = read + (uint32_t)i;
			n += ascii[c] != 0;
			i++;
			continue;
		}
		uint32_t from = read + (uint32_t)i;
		g->n = n;
		add_letters(g, annot_utf8_next((const char *)text, len, &i), from);
		n = g->n;
	}
	g->n = n;
	g->letters += n - before;
	*at = i;
}

enum annot_status annot_grams_add(struct annot_grams *g, struct annot_bytes piece,
				  struct annot_gram_list *ret, struct annot_error *err)
{
	for (size_t at = 0; at < piece.len;) {
		read_letters(g, piece, &at);
		TRY(work(g, ret, err));
		forget(g);
	}
	g->read += (uint32_t)piece.len;
	return ANNOT_OK;
}

enum annot_status annot_grams_end(struct annot_grams *g, struct annot_gram_list *ret,
				  struct annot_error *err)
{
	/* Too short for a window: one of what there is. */
	if (!g->all && g->n_chosen == 0 && g->last == 0 && g->n_hashed > 0)
		TRY(choose(g, least(g->hash, 0, g->n_hashed), ret, err));
	return ANNOT_OK;
}

uint64_t annot_grams_letters(const struct annot_grams *g)
{
	return g->letters;
}
