#include "anchor/lanes.h"

enum { LANES = 4, STRIP = 64, WORD_BITS = 64, BLOCKS_MAX = ANNOT_PATTERN_MAX / WORD_BITS };
enum { KEPT_MAX = 3 };     /* words of a column in registers */
enum { NARROW_EVERY = 4 }; /* strips, after which it is seen whether fewer words are enough */

_Static_assert(STRIP + LANES <= ANNOT_LETTERS_ROOM, "segments end in the room behind the text");

/* GNU C's vectors, which gcc and clang make of what the processor has. They are handed on by
 * address: how they are passed by value depends on the processor. */
typedef uint64_t lanes __attribute__((vector_size(LANES * sizeof(uint64_t))));
typedef uint64_t half __attribute__((vector_size(LANES / 2 * sizeof(uint64_t))));
#define INLINE static inline __attribute__((always_inline))

struct text {
	const struct annot_pattern *p;
	const annot_letter *from[LANES]; /* where each lane's segment begins */
	size_t len;                      /* of all of them, a multiple of STRIP */
	size_t limit;
};

/*
 * A column of the table in each lane: differences between neighbouring rows, and the distance in
 * the last row that is computed. Rows below it are more than the limit in all lanes.
 */
struct column {
	lanes up[BLOCKS_MAX], down[BLOCKS_MAX];
	lanes over; /* that distance - limit - 1: the top bit is set if it is within */
	size_t active;
};

static size_t rows(const struct annot_pattern *p, size_t block)
{
	return block + 1 < p->blocks ? WORD_BITS : p->n - block * WORD_BITS;
}

/* One more word: what is in it is more than the limit, so any distances that are will do. */
static void widen(const struct text *t, struct column *c)
{
	lanes none = {0};
	c->up[c->active] = ~none;
	c->down[c->active] = none;
	c->over += (uint64_t)rows(t->p, c->active);
	c->active++;
}

static void begin(const struct text *t, struct column *c)
{
	lanes none = {0};
	c->over = none - (uint64_t)(t->limit + 1);
	c->active = 0;
	do
		widen(t, c);
	while (c->active < t->p->blocks && c->over[0] >> (WORD_BITS - 1));
}

/* Bit `last` of each lane, as 0 or 1. */
INLINE void take_bit(const lanes *bits, unsigned last, lanes *ret)
{
	*ret = last == WORD_BITS - 1 ? *bits >> last : *bits >> last & 1;
}

/*
 * As `advance` in pattern.c, for all lanes; level and minus are what comes in from above, and what
 * goes out at bit `last`. Where the distance does not grow is kept, not where it does (level is 0
 * for +1): with that no complement is left but in "and not", which is one instruction.
 */
INLINE void advance(lanes *up, lanes *down, const lanes *row, unsigned last, lanes *level,
		    lanes *minus)
{
	lanes equal = *row, vertical = equal | *down;
	equal |= *minus;
	lanes diagonal = (((equal & *up) + *up) ^ *up) | equal;
	lanes stays = (diagonal | *up) & ~*down, falls = *up & diagonal;
	lanes shifted = stays << 1 | *level;
	*up = (falls << 1 | *minus) | (shifted & ~vertical);
	*down = vertical & ~shifted;
	take_bit(&stays, last, level);
	take_bit(&falls, last, minus);
}

/* The first two words of four rows, a lane a row. */
INLINE void load(const uint64_t *const from[LANES], lanes *first, lanes *second)
{
	half rows[LANES];
	for (size_t l = 0; l < LANES; l++)
		memcpy(&rows[l], from[l], sizeof(rows[l]));
	lanes even = __builtin_shufflevector(rows[0], rows[2], 0, 1, 2, 3);
	lanes odd = __builtin_shufflevector(rows[1], rows[3], 0, 1, 2, 3);
	*first = __builtin_shufflevector(even, odd, 0, 4, 2, 6);
	*second = __builtin_shufflevector(even, odd, 1, 5, 3, 7);
}

/* The next STRIP columns: over[i] of each, and what they have in any bit. `kept` of the words, 1 to
 * 3 and known when this is compiled, are kept in registers. */
INLINE void strip(const struct text *t, size_t at, struct column *c, lanes *over, lanes *any,
		  size_t kept)
{
	const lanes none = {0};
	const unsigned last = (unsigned)rows(t->p, c->active - 1) - 1, full = WORD_BITS - 1;
	size_t active = kept < KEPT_MAX ? kept : c->active;
	lanes up = c->up[0], down = c->down[0], up1 = none, down1 = none, up2 = none, down2 = none;
	lanes sum = c->over;
	if (kept > 1) {
		up1 = c->up[1];
		down1 = c->down[1];
	}
	if (kept > 2) {
		up2 = c->up[2];
		down2 = c->down[2];
	}
	*any = none;
	for (size_t i = 0; i < STRIP; i++) {
		const uint64_t *const r[LANES] = {annot_pattern_row(t->p, t->from[0][at + i]),
						  annot_pattern_row(t->p, t->from[1][at + i]),
						  annot_pattern_row(t->p, t->from[2][at + i]),
						  annot_pattern_row(t->p, t->from[3][at + i])};
		lanes row, row1 = none, level = none + 1, minus = none;
		if (kept > 1)
			load(r, &row, &row1);
		else
			row = (lanes){*r[0], *r[1], *r[2], *r[3]};
		advance(&up, &down, &row, kept > 1 ? full : last, &level, &minus);
		if (kept > 1)
			advance(&up1, &down1, &row1, kept > 2 ? full : last, &level, &minus);
		if (kept > 2) {
			row = (lanes){r[0][2], r[1][2], r[2][2], r[3][2]};
			advance(&up2, &down2, &row, active > 3 ? full : last, &level, &minus);
		}
		for (size_t b = kept; b < active; b++) {
			row = (lanes){r[0][b], r[1][b], r[2][b], r[3][b]};
			advance(&c->up[b], &c->down[b], &row, b + 1 < active ? full : last, &level,
				&minus);
		}
		sum += 1 - level - minus;
		over[i] = sum;
		*any |= sum;
	}
	c->up[0] = up;
	c->down[0] = down;
	if (kept > 1) {
		c->up[1] = up1;
		c->down[1] = down1;
	}
	if (kept > 2) {
		c->up[2] = up2;
		c->down[2] = down2;
	}
	c->over = sum;
}

INLINE void strip_any(const struct text *t, size_t at, struct column *c, lanes *over, lanes *any)
{
	if (c->active == 1)
		strip(t, at, c, over, any, 1);
	else if (c->active == 2)
		strip(t, at, c, over, any, 2);
	else
		strip(t, at, c, over, any, KEPT_MAX);
}

INLINE bool within(const lanes *over)
{
	return ((*over)[0] | (*over)[1] | (*over)[2] | (*over)[3]) >> (WORD_BITS - 1);
}

/* Whether a lane's last word is all above the limit, as far as the distances of every eighth row
 * show: between two of them it falls by half of what they leave open at most. */
static bool above(const struct text *t, const struct column *c, size_t lane)
{
	enum { STEP = 8 };
	size_t n = rows(t->p, c->active - 1);
	uint64_t up = c->up[c->active - 1][lane], down = c->down[c->active - 1][lane];
	int64_t below = (int64_t)c->over[lane];
	for (size_t end = n; end > 0;) {
		size_t from = (end - 1) / STEP * STEP, len = end - from;
		uint64_t mask = ((UINT64_C(1) << len) - 1) << from;
		int64_t here =
			below - __builtin_popcountll(up & mask) + __builtin_popcountll(down & mask);
		if (here + below + 2 <= (int64_t)len)
			return false;
		below = here;
		end = from;
	}
	return true;
}

/* Leaves out the last words that are above the limit in all lanes. */
static void narrow(const struct text *t, struct column *c)
{
	while (c->active > 1) {
		for (size_t l = 0; l < LANES; l++)
			if (!above(t, c, l))
				return;
		size_t b = --c->active, n = rows(t->p, b);
		uint64_t mask = n < WORD_BITS ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0);
		for (size_t l = 0; l < LANES; l++)
			c->over[l] += (uint64_t)__builtin_popcountll(c->down[b][l] & mask) -
				      (uint64_t)__builtin_popcountll(c->up[b][l] & mask);
	}
}

struct found {
	const annot_letter *text;
	size_t n, from[LANES + 1]; /* the letters at which what each lane answers for begins */
	bool any;
	uint16_t *ret;
};

static void note(const struct text *t, size_t at, const lanes *over, struct found *f)
{
	for (size_t l = 0; l < LANES; l++) {
		size_t shift = (size_t)(t->from[l] - f->text) + at;
		for (size_t i = 0; i < STRIP; i++) {
			size_t end = shift + i;
			if (!(over[i][l] >> (WORD_BITS - 1)) || end < f->from[l] ||
			    end >= f->from[l + 1])
				continue;
			if (!f->any)
				memset(f->ret, 0xFF, f->n * sizeof(*f->ret));
			f->any = true;
			f->ret[end] = (uint16_t)(over[i][l] + t->limit + 1);
		}
	}
}

INLINE void scan(const struct text *t, struct found *f)
{
	struct column c, saved;
	lanes over[STRIP], any;
	begin(t, &c);
	for (size_t at = 0; at < t->len; at += STRIP) {
		bool all = c.active == t->p->blocks;
		if (!all) {
			memcpy(saved.up, c.up, c.active * sizeof(c.up[0]));
			memcpy(saved.down, c.down, c.active * sizeof(c.down[0]));
			saved.over = c.over;
		}
		strip_any(t, at, &c, over, &any);
		while (within(&any) && c.active < t->p->blocks) {
			/* Again, with one more word. */
			memcpy(c.up, saved.up, c.active * sizeof(c.up[0]));
			memcpy(c.down, saved.down, c.active * sizeof(c.down[0]));
			c.over = saved.over;
			widen(t, &c);
			memcpy(saved.up, c.up, c.active * sizeof(c.up[0]));
			memcpy(saved.down, c.down, c.active * sizeof(c.down[0]));
			saved.over = c.over;
			strip_any(t, at, &c, over, &any);
		}
		if (within(&any))
			note(t, at, over, f);
		else if (at / STRIP % NARROW_EVERY == NARROW_EVERY - 1)
			narrow(t, &c);
	}
}

static void scan_portable(const struct text *t, struct found *f)
{
	scan(t, f);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void scan_avx2(const struct text *t, struct found *f)
{
	scan(t, f);
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
#define scan_avx2 scan_portable
static bool has_avx2(void)
{
	return false;
}
#endif

bool annot_lanes_scan(const struct annot_pattern *p, const annot_letter *text, size_t n,
		      size_t limit, enum annot_lanes_path path, uint16_t *ret)
{
	size_t lead = p->n + limit < n ? p->n + limit : n; /* what a segment must begin earlier */
	size_t segment = (n - lead + LANES - 1) / LANES;
	struct text t = {
		.p = p, .len = (lead + segment + STRIP - 1) / STRIP * STRIP, .limit = limit};
	struct found f = {.text = text, .n = n, .ret = ret};
	for (size_t l = 0; l < LANES; l++) {
		t.from[l] = text + l * segment;
		f.from[l + 1] = lead + (l + 1) * segment < n ? lead + (l + 1) * segment : n;
	}
	if (path == ANNOT_LANES_BEST && has_avx2())
		scan_avx2(&t, &f);
	else
		scan_portable(&t, &f);
	return f.any;
}
