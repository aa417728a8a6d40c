#include "locate/copies.h"

#include <stdlib.h>

#include "anchor/blocks.h"
#include "base/auto.h"
#include "locate/shingles.h"
#include "locate/passages.h"
#include "locate/stretch.h"
#include "text/utf8.h"

enum {
	GAP = ANNOT_STRETCH_GAP,
	SHIFT = 24, /* letters by which one side of a gap may be longer */
	QUALIFY =
		16, /* letters that stand in both as they are, for a run to be looked at closely */
	RUNS_MAX = 64,
	COVERED = 4096, /* diagonals of which it is known how far they have been compared */
	/* Letters of the other text that its blocks repeat: those between which are marks and
	 * spaces, too. */
	LEAD = 1024,
};

/* Letters in which both texts are the same, with gaps: [a, a_end) of this text's, [b, b_end) of the
 * other one's. */
struct run {
	size_t a, a_end;
	uint64_t b, b_end;
	size_t same; /* as they are */
	size_t edits;
	bool close;                      /* QUALIFY is reached, a and b are stretched */
	uint64_t other_start, other_end; /* bytes, if close; the end as of the last block */
};

struct annot_copies {
	struct annot_alphabet alphabet;
	struct annot_letters text;
	struct annot_shingles grams;
	size_t min_letters, qualify;

	/* The other text: a block's letters, of which the first is its letter `base`. */
	struct annot_blocks blocks;
	const struct annot_letters *block;
	struct annot_sifted plain;
	uint64_t base, read;

	struct covered {
		int64_t diagonal;
		uint64_t end;
	} covered[COVERED];
	struct run runs[RUNS_MAX];
	size_t n_runs;

	struct annot_passages found;
	bool last;            /* nothing comes behind this block */
	uint64_t work, steps; /* compared, for which there is a bound; read */
};

/* --- this text --- */

static enum annot_status make(struct annot_copies *c, struct annot_bytes text,
			      struct annot_error *err)
{
	TRY(annot_alphabet_new(&c->alphabet, err));
	TRY(annot_letters_read(&c->alphabet, (const char *)text.data, text.len, &c->text, err));
	c->alphabet.closed = true;
	TRY(annot_shingles_read(&c->text, &c->grams, err));
	return annot_blocks_new(&c->alphabet, LEAD, &c->blocks, err);
}

static size_t usual_length(const struct annot_copies *c)
{
	size_t n = annot_copies_letters(c);
	if (n >= ANNOT_COPIES_LENGTH)
		return ANNOT_COPIES_LENGTH;
	return n > ANNOT_COPIES_LENGTH_LEAST ? n : ANNOT_COPIES_LENGTH_LEAST;
}

enum annot_status annot_copies_new(struct annot_bytes text, size_t min_letters,
				   struct annot_copies **ret, struct annot_error *err)
{
	if (text.len > ANNOT_COPIES_TEXT_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "text of %zu bytes; at most %d are compared with others",
				  text.len, ANNOT_COPIES_TEXT_MAX);
	if (min_letters > ANNOT_COPIES_LENGTH_MAX ||
	    (min_letters > 0 && min_letters < ANNOT_COPIES_LENGTH_LEAST))
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "passages of %zu letters; %d to %d can be asked for", min_letters,
				  ANNOT_COPIES_LENGTH_LEAST, ANNOT_COPIES_LENGTH_MAX);
	size_t valid = annot_utf8_valid(text.data, text.len);
	if (valid < text.len)
		return annot_fail(err, ANNOT_INVALID, "text: not UTF-8 at byte %zu", valid);
	struct annot_copies *c = calloc(1, sizeof(*c));
	if (!c)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for copies");
	enum annot_status status = make(c, text, err);
	if (status != ANNOT_OK) {
		annot_copies_free(c);
		return status;
	}
	c->min_letters = min_letters > 0 ? min_letters : usual_length(c);
	c->qualify = c->min_letters < 2 * QUALIFY ? c->min_letters / 2 : QUALIFY;
	annot_copies_begin(c);
	*ret = c;
	return ANNOT_OK;
}

struct annot_copies *annot_copies_free(struct annot_copies *c)
{
	if (!c)
		return NULL;
	annot_blocks_free(&c->blocks);
	annot_sifted_free(&c->plain);
	annot_shingles_free(&c->grams);
	annot_letters_free(&c->text);
	annot_alphabet_free(&c->alphabet);
	free(c);
	return NULL;
}

size_t annot_copies_letters(const struct annot_copies *c)
{
	return c->grams.plain.n;
}

/* --- runs --- */

/* The letter of the block that is letter b of the other text, which it has. */
static size_t local(const struct annot_copies *c, uint64_t b)
{
	return (size_t)(b - c->base);
}

/* Looks more closely at a run that has just become long enough, while its beginning is here. */
static void look_closely(struct annot_copies *c, struct run *r)
{
	size_t b = local(c, r->b), start, end;
	struct annot_stretch on = annot_stretch_on(c->grams.plain.letters + r->a, r->a,
						   c->plain.letters + b, b, true);
	r->a -= on.a;
	r->b -= on.b;
	r->edits += on.edits;
	r->close = true;
	annot_sifted_source(&c->plain, c->block, b - on.b, b - on.b + 1, &start, &end);
	r->other_start = c->blocks.offset + start;
	c->work += on.steps;
}

static void end_run(struct annot_copies *c, struct run *r)
{
	size_t start, end;
	if (!r->close)
		return;
	if (r->b_end > c->base) {
		size_t b = local(c, r->b_end);
		const struct annot_sifted *own = &c->grams.plain;
		struct annot_stretch on =
			annot_stretch_on(own->letters + r->a_end, own->n - r->a_end,
					 c->plain.letters + b, c->plain.n - b, false);
		r->a_end += on.a;
		r->b_end += on.b;
		r->edits += on.edits;
		c->work += on.steps;
		annot_sifted_source(&c->plain, c->block, b + on.b - 1, b + on.b, &start, &end);
		r->other_end = c->blocks.offset + end;
	}
	uint64_t len_a = r->a_end - r->a, len_b = r->b_end - r->b;
	struct annot_copy copy = {.other_start = r->other_start,
				  .other_end = r->other_end,
				  .letters = (uint32_t)(len_a > len_b ? len_a : len_b),
				  .edits = (uint32_t)r->edits};
	if (copy.letters < c->min_letters || annot_copy_score(&copy) < ANNOT_COPIES_LIKENESS)
		return;
	annot_sifted_source(&c->grams.plain, &c->text, r->a, r->a_end, &start, &end);
	copy.start = start;
	copy.end = end;
	annot_passages_add(&c->found, &copy);
}

/* Ends the runs that have nothing to come before letter b of the other text. */
static void end_runs(struct annot_copies *c, uint64_t b)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->n_runs; i++) {
		if (c->runs[i].b_end + ANNOT_STRETCH_REACH > b)
			c->runs[kept++] = c->runs[i];
		else
			end_run(c, &c->runs[i]);
	}
	c->n_runs = kept;
}

/* Letters that are the same in both. */
struct same {
	size_t a, len;
	uint64_t b;
};

/* The letters between the run and what follows are few: how many, on the side that has more;
 * SIZE_MAX: not so few, or it does not follow. */
static size_t gap(const struct annot_copies *c, const struct run *r, const struct same *s)
{
	/* Where they overlap, as much less of what follows counts. */
	size_t over_a = r->a_end > s->a ? r->a_end - s->a : 0;
	size_t over_b = r->b_end > s->b ? (size_t)(r->b_end - s->b) : 0;
	size_t over = over_a > over_b ? over_a : over_b;
	if (over >= s->len || s->a < r->a || s->b < r->b || r->b_end < c->base)
		return SIZE_MAX;
	size_t gap_a = s->a + over - r->a_end, gap_b = (size_t)(s->b + over - r->b_end);
	size_t more = gap_a > gap_b ? gap_a : gap_b, less = gap_a > gap_b ? gap_b : gap_a;
	return more <= GAP && more - less <= SHIFT ? more : SIZE_MAX;
}

static void go_on(struct annot_copies *c, struct run *r, struct same s)
{
	size_t over_a = r->a_end > s.a ? r->a_end - s.a : 0;
	size_t over_b = r->b_end > s.b ? (size_t)(r->b_end - s.b) : 0;
	size_t over = over_a > over_b ? over_a : over_b;
	s.a += over;
	s.b += over;
	s.len -= over;
	size_t gap_a = s.a - r->a_end, gap_b = (size_t)(s.b - r->b_end);
	if (gap_a > 0 || gap_b > 0) {
		r->edits += annot_stretch_edits(c->grams.plain.letters + r->a_end, gap_a,
						c->plain.letters + local(c, r->b_end), gap_b);
		c->work += (gap_a + 1) * (gap_b + 1);
	}
	r->a_end = s.a + s.len;
	r->b_end = s.b + s.len;
	r->same += s.len;
}

static void add_same(struct annot_copies *c, const struct same *s)
{
	struct run *best = NULL;
	size_t best_gap = SIZE_MAX;
	for (size_t i = 0; i < c->n_runs; i++) {
		size_t here = gap(c, &c->runs[i], s);
		if (here < best_gap) {
			best = &c->runs[i];
			best_gap = here;
		}
	}
	if (best) {
		go_on(c, best, *s);
	} else {
		if (c->n_runs == RUNS_MAX)
			end_runs(c, s->b);
		if (c->n_runs == RUNS_MAX) { /* the oldest one goes */
			end_run(c, &c->runs[0]);
			memmove(c->runs, c->runs + 1, --c->n_runs * sizeof(c->runs[0]));
		}
		best = &c->runs[c->n_runs++];
		*best = (struct run){.a = s->a,
				     .a_end = s->a + s->len,
				     .b = s->b,
				     .b_end = s->b + s->len,
				     .same = s->len};
	}
	if (!best->close && best->same >= c->qualify && best->b >= c->base)
		look_closely(c, best);
}

/* --- the other text --- */

/* A gram of the block, its letter b, may be that at letter a. */
static void compare(struct annot_copies *c, size_t a, size_t b)
{
	const struct annot_sifted *own = &c->grams.plain, *other = &c->plain;
	uint64_t at = c->base + b;
	int64_t diagonal = (int64_t)a - (int64_t)at;
	struct covered *covered = &c->covered[(uint64_t)diagonal % COVERED];
	size_t len = 0;
	if (covered->end > at && covered->diagonal == diagonal)
		return;
	while (a + len < own->n && b + len < other->n &&
	       own->letters[a + len] == other->letters[b + len])
		len++;
	c->work += len;
	if (len < ANNOT_COPIES_GRAM)
		return;
	*covered = (struct covered){diagonal, at + len};
	add_same(c, &(struct same){.a = a, .b = at, .len = len});
}

static void look_up(struct annot_copies *c, uint64_t hash, size_t b)
{
	uint32_t a = *annot_shingles_head(&c->grams, hash);
	for (int i = 0; a > 0 && i < ANNOT_COPIES_OFTEN; i++) {
		compare(c, a - 1, b);
		c->work++;
		a = c->grams.next[a - 1];
	}
}

/* What is kept of a run until the next block: where it ends. */
static void note_ends(struct annot_copies *c)
{
	size_t start, end;
	for (size_t i = 0; i < c->n_runs; i++) {
		struct run *r = &c->runs[i];
		if (!r->close || r->b_end <= c->base)
			continue;
		size_t b = local(c, r->b_end);
		annot_sifted_source(&c->plain, c->block, b - 1, b, &start, &end);
		r->other_end = c->blocks.offset + end;
	}
}

static enum annot_status take_block(void *data, const struct annot_letters *l, size_t from,
				    size_t n, struct annot_error *err)
{
	struct annot_copies *c = data;
	TRY(annot_sifted_read(&c->plain, l, n, err));
	size_t seen = annot_sifted_before(&c->plain, from);
	struct annot_rolling r = {0};
	c->block = l;
	c->base = c->read - seen;
	c->read = c->base + c->plain.n;
	c->steps += n - from;
	for (size_t i = seen < ANNOT_COPIES_GRAM ? 0 : seen - (ANNOT_COPIES_GRAM - 1);
	     i < c->plain.n && c->work <= ANNOT_COPIES_WORK_MAX; i++) {
		annot_rolling_add(&r, &c->plain.letters[i]);
		if (r.n >= ANNOT_COPIES_GRAM && annot_shingles_may(&c->grams, r.hash))
			look_up(c, r.hash, i + 1 - ANNOT_COPIES_GRAM);
	}
	c->blocks.done = c->work > ANNOT_COPIES_WORK_MAX;
	end_runs(c, c->last || c->blocks.done ? UINT64_MAX : c->read);
	note_ends(c);
	return ANNOT_OK;
}

void annot_copies_begin(struct annot_copies *c)
{
	annot_blocks_begin(&c->blocks);
	memset(c->covered, 0, sizeof(c->covered));
	c->base = c->read = c->work = c->steps = 0;
	c->n_runs = c->found.n = 0;
	c->last = c->found.more = false;
}

enum annot_status annot_copies_feed(struct annot_copies *c, struct annot_bytes piece,
				    struct annot_error *err)
{
	return annot_blocks_feed(&c->blocks, piece, take_block, c, err);
}

enum annot_status annot_copies_end(struct annot_copies *c, struct annot_error *err)
{
	c->last = true;
	TRY(annot_blocks_end(&c->blocks, take_block, c, err));
	/* If there were no more letters, the block is gone, and runs end as they are. */
	c->base = UINT64_MAX;
	end_runs(c, UINT64_MAX);
	return ANNOT_OK;
}

const struct annot_copy *annot_copies_found(const struct annot_copies *c, size_t *ret_n,
					    bool *ret_cut)
{
	*ret_n = c->found.n;
	*ret_cut = c->found.more || c->work > ANNOT_COPIES_WORK_MAX;
	return c->found.found;
}

uint64_t annot_copies_steps(const struct annot_copies *c)
{
	return c->steps + c->work;
}
