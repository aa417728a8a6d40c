#include "locate/stretch.h"

enum {
	SAME = 1,
	EDIT = 2,
	FALL = 16, /* below the best so far: then it is given up */
	BAND = 16, /* letters that one side may be ahead of the other */
	NEVER = -4 * ANNOT_STRETCH_REACH,
};

size_t annot_stretch_edits(const annot_letter *a, size_t na, const annot_letter *b, size_t nb)
{
	size_t row[ANNOT_STRETCH_GAP + 1];
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[nb];
}

/* How good it is to go on so far, and with how many edits. */
struct cell {
	int score;
	unsigned edits;
};

static void edit(struct cell *c, const struct cell *from)
{
	if (from->score - EDIT > c->score)
		*c = (struct cell){from->score - EDIT, from->edits + 1};
}

/* Cells beyond the band are never. */
struct rows {
	struct cell cells[2][ANNOT_STRETCH_REACH + BAND + 2];
};

static void begin(struct rows *r, size_t nb)
{
	for (size_t j = 0; j <= nb; j++) {
		r->cells[0][j] = (struct cell){-(int)j * EDIT, (unsigned)j};
		if (j > BAND)
			r->cells[0][j].score = NEVER;
		r->cells[1][j] = (struct cell){NEVER, 0};
	}
}

struct annot_stretch annot_stretch_on(const annot_letter *a, size_t na, const annot_letter *b,
				      size_t nb, bool backwards)
{
	struct rows r;
	struct annot_stretch best = {0};
	int best_score = 0, row_best = 0;
	if (na > ANNOT_STRETCH_REACH)
		na = ANNOT_STRETCH_REACH;
	if (nb > ANNOT_STRETCH_REACH)
		nb = ANNOT_STRETCH_REACH;
	begin(&r, nb);
	for (size_t i = 1; i <= na && row_best > best_score - FALL; i++) {
		struct cell *here = r.cells[i & 1];
		const struct cell *above = r.cells[(i - 1) & 1];
		size_t from = i > BAND ? i - BAND : 0, to = i + BAND < nb ? i + BAND : nb;
		annot_letter letter = backwards ? *(a - i) : a[i - 1];
		row_best = NEVER;
		if (from > 0)
			here[from - 1].score = NEVER;
		for (size_t j = from; j <= to; j++) {
			struct cell c = {NEVER, 0};
			if (j > 0 && letter == (backwards ? *(b - j) : b[j - 1]))
				c = (struct cell){above[j - 1].score + SAME, above[j - 1].edits};
			else if (j > 0)
				edit(&c, &above[j - 1]);
			edit(&c, &above[j]);
			if (j > 0)
				edit(&c, &here[j - 1]);
			here[j] = c;
			if (c.score > row_best)
				row_best = c.score;
			if (c.score > best_score) {
				best_score = c.score;
				best.a = i;
				best.b = j;
				best.edits = c.edits;
			}
		}
		if (to < nb)
			here[to + 1].score = NEVER;
		best.steps += to + 1 - from;
	}
	return best;
}
