#include "quote/align.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/diff.h"

/* Costs. A word replaced is dearer than kept and cheaper than two gaps. */
enum {
	COST_WORD = 200,
	COST_SIGN = 100,
	COST_LIGHT = 60,
	COST_QUESTION = 60,
	COST_MARK = 15,
	COST_OTHER_MARK = 12,
	COST_BRACKET = 5,
	COST_EDITOR = 20,
	COST_BESIDE_EDITOR = 60,
	COST_ELLIPSIS = 30, /* of the source; the quote's own costs nothing */
	COST_ELIDED = 1,
	COST_SENTENCE_END = 200, /* that an editor's brackets would swallow */
	COST_AWAY = 1,           /* each word between the place that was named and the one found */
	COST_NEVER = 1 << 20,
};

static bool is_mark(const struct annot_token *t)
{
	return t->kind == ANNOT_TOKEN_PUNCTUATION || t->kind == ANNOT_TOKEN_OPEN ||
	       t->kind == ANNOT_TOKEN_CLOSE || t->kind == ANNOT_TOKEN_ELLIPSIS;
}

unsigned annot_align_gap(const struct annot_token *t)
{
	switch ((enum annot_token_kind)t->kind) {
	case ANNOT_TOKEN_ELLIPSIS:
		return COST_ELLIPSIS;
	case ANNOT_TOKEN_OPEN:
	case ANNOT_TOKEN_CLOSE:
		return COST_BRACKET;
	case ANNOT_TOKEN_PUNCTUATION:
		return t->key[0] == '?' ? COST_QUESTION : COST_MARK;
	case ANNOT_TOKEN_SIGN:
		return COST_SIGN;
	case ANNOT_TOKEN_WORD:
	case ANNOT_TOKEN_NUMBER:
	case ANNOT_TOKEN_SYMBOL:
		break;
	}
	return t->meanings & ANNOT_MEANS_LIGHT ? COST_LIGHT : COST_WORD;
}

static unsigned quote_gap(const struct annot_token *t)
{
	if (t->kind == ANNOT_TOKEN_ELLIPSIS)
		return 0;
	unsigned gap = annot_align_gap(t);
	return t->editor && gap > COST_EDITOR ? COST_EDITOR : gap;
}

unsigned annot_align_left_out(const struct annot_token *source, const struct annot_token *after,
			      const struct annot_token *before)
{
	if (after && after->kind == ANNOT_TOKEN_ELLIPSIS)
		return COST_ELIDED;
	unsigned gap = annot_align_gap(source);
	bool beside = (after && after->editor) || (before && before->editor);
	if (beside && source->kind == ANNOT_TOKEN_PUNCTUATION && strchr(".!?", source->key[0]))
		return COST_SENTENCE_END;
	return beside && gap > COST_BESIDE_EDITOR ? COST_BESIDE_EDITOR : gap;
}

/* Whether two words share at least half of the longer one, at its ends. */
static bool alike(const struct annot_token *a, const struct annot_token *b)
{
	enum { KEY_MAX = 64 };
	size_t shorter = a->key_len < b->key_len ? a->key_len : b->key_len;
	size_t longer = a->key_len < b->key_len ? b->key_len : a->key_len, head = 0, tail = 0;
	if (longer > KEY_MAX)
		return false;
	while (head < shorter && a->key[head] == b->key[head])
		head++;
	while (tail < shorter - head &&
	       a->key[a->key_len - 1 - tail] == b->key[b->key_len - 1 - tail])
		tail++;
	return head > 0 && (head + tail) * 2 >= longer;
}

unsigned annot_align_replace(const struct annot_token *quote, const struct annot_token *source)
{
	/* What the editor put in is the source's word only where that is put in there, too. */
	if (annot_token_same(quote, source))
		return quote->editor && !source->editor ? COST_EDITOR * 2 : 0;
	if (is_mark(quote) || is_mark(source)) {
		bool marks = quote->kind == ANNOT_TOKEN_PUNCTUATION &&
			     source->kind == ANNOT_TOKEN_PUNCTUATION;
		if (!marks)
			return COST_NEVER;
		bool question = quote->key[0] == '?' || source->key[0] == '?';
		return question ? COST_QUESTION : COST_OTHER_MARK;
	}
	if ((quote->kind == ANNOT_TOKEN_SIGN) != (source->kind == ANNOT_TOKEN_SIGN))
		return COST_NEVER;
	unsigned both = quote_gap(quote) + annot_align_gap(source);
	if (quote->editor)
		return both / 4;
	if (quote->edited || alike(quote, source))
		return both * 11 / 20;
	return both * 3 / 4;
}

/* Where a stretch lies, and which of its ends are open: words of the source there may be left. */
struct stretch {
	size_t q0, q1, s0, s1;
	bool open_start, open_end;
};

struct aligner {
	const struct annot_tokens *quote, *source;
	size_t from, to;
	struct annot_alignment *ret;
	size_t cells; /* left */
};

unsigned annot_align_lead(const struct annot_tokens *source, size_t from, size_t j)
{
	unsigned cost = j < from ? COST_AWAY * (unsigned)(from - j) : 0;
	for (size_t k = from; k < j; k++)
		cost += annot_align_gap(&source->tokens[k]);
	return cost;
}

unsigned annot_align_trail(const struct annot_tokens *source, size_t to, size_t j)
{
	unsigned cost = j > to ? COST_AWAY * (unsigned)(j - to) : 0;
	for (size_t k = j; k < to; k++)
		cost += annot_align_gap(&source->tokens[k]);
	return cost;
}

static void add_step(struct aligner *a, enum annot_align_op op, size_t quote, size_t source)
{
	a->ret->steps[a->ret->n++] =
		(struct annot_align_step){op, (uint32_t)quote, (uint32_t)source};
}

/* One row of the table: costs of quote words [q0, i) against source words [s0, j), for all j. */
static void fill_row(const struct aligner *a, const struct stretch *s, size_t i,
		     const unsigned *above, unsigned *row, uint8_t *moves)
{
	const struct annot_token *quote = &a->quote->tokens[s->q0 + i - 1];
	const struct annot_token *before =
		s->q0 + i < a->quote->n ? &a->quote->tokens[s->q0 + i] : NULL;
	unsigned up = quote_gap(quote);
	row[0] = above[0] + up;
	moves[0] = ANNOT_ALIGN_QUOTE;
	for (size_t j = 1; j <= s->s1 - s->s0; j++) {
		const struct annot_token *source = &a->source->tokens[s->s0 + j - 1];
		unsigned replace = annot_align_replace(quote, source);
		unsigned best = above[j - 1] + replace;
		moves[j] = annot_token_same(quote, source) ? ANNOT_ALIGN_SAME : ANNOT_ALIGN_REPLACE;
		if (above[j] + up < best) {
			best = above[j] + up;
			moves[j] = ANNOT_ALIGN_QUOTE;
		}
		unsigned left = row[j - 1] + annot_align_left_out(source, quote, before);
		if (left < best) {
			best = left;
			moves[j] = ANNOT_ALIGN_SOURCE;
		}
		row[j] = best;
	}
}

/* The row above the first word of the quote. */
static void fill_first(const struct aligner *a, const struct stretch *s, unsigned *row,
		       uint8_t *moves)
{
	const struct annot_token *after = s->q0 > 0 ? &a->quote->tokens[s->q0 - 1] : NULL;
	const struct annot_token *before = s->q0 < a->quote->n ? &a->quote->tokens[s->q0] : NULL;
	row[0] = s->open_start ? annot_align_lead(a->source, a->from, s->s0) : 0;
	moves[0] = ANNOT_ALIGN_SOURCE;
	for (size_t j = 1; j <= s->s1 - s->s0; j++) {
		const struct annot_token *source = &a->source->tokens[s->s0 + j - 1];
		moves[j] = ANNOT_ALIGN_SOURCE;
		if (!s->open_start)
			row[j] = row[j - 1] + annot_align_left_out(source, after, before);
		else if (s->s0 + j <= a->from)
			row[j] = row[j - 1] - COST_AWAY;
		else
			row[j] = row[j - 1] + annot_align_gap(source);
	}
}

/* Walks back through the table and adds the steps in order. */
static void trace(struct aligner *a, const struct stretch *s, const uint8_t *moves, size_t j)
{
	size_t width = s->s1 - s->s0 + 1, i = s->q1 - s->q0, first = a->ret->n;
	while (i > 0 || (j > 0 && !s->open_start)) {
		enum annot_align_op op = moves[i * width + j];
		i -= op != ANNOT_ALIGN_SOURCE;
		j -= op != ANNOT_ALIGN_QUOTE;
		add_step(a, op, s->q0 + i, s->s0 + j);
	}
	struct annot_align_step *steps = a->ret->steps;
	for (size_t low = first, high = a->ret->n; low + 1 < high; low++) {
		struct annot_align_step step = steps[low];
		steps[low] = steps[--high];
		steps[high] = step;
	}
}

/* A stretch that is not compared: all of it is replaced. Open ends keep to the place. */
static void replace_all(struct aligner *a, const struct stretch *s)
{
	size_t start = s->open_start && a->from > s->s0 ? a->from : s->s0;
	size_t end = s->open_end && a->to < s->s1 ? a->to : s->s1;
	for (size_t i = s->q0; i < s->q1; i++)
		add_step(a, ANNOT_ALIGN_QUOTE, i, start);
	for (size_t j = start; j < end; j++)
		add_step(a, ANNOT_ALIGN_SOURCE, s->q1, j);
	a->ret->cut = a->ret->cut || (s->q1 > s->q0 && end > start);
}

/* Where to end, of the costs in the last row. */
static size_t best_end(const struct aligner *a, const struct stretch *s, const unsigned *last)
{
	size_t end = s->s1 - s->s0, best = end;
	unsigned trail = annot_align_trail(a->source, a->to, s->s1), least = last[end] + trail;
	while (end-- > 0) {
		if (s->s0 + end >= a->to)
			trail -= COST_AWAY;
		else
			trail += annot_align_gap(&a->source->tokens[s->s0 + end]);
		if (last[end] + trail <= least) {
			least = last[end] + trail;
			best = end;
		}
	}
	return best;
}

static enum annot_status align_stretch(struct aligner *a, const struct stretch *s,
				       struct annot_error *err)
{
	size_t height = s->q1 - s->q0 + 1, width = s->s1 - s->s0 + 1;
	if (height > a->cells / width) {
		replace_all(a, s);
		return ANNOT_OK;
	}
	AUTO_FREE unsigned *rows = calloc(2 * width, sizeof(*rows));
	AUTO_FREE uint8_t *moves = malloc(height * width);
	if (!rows || !moves)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu words of a quote",
				  height - 1);
	a->cells -= height > 2 || width > 2 ? height * width : 0;
	fill_first(a, s, rows, moves);
	for (size_t i = 1; i < height; i++)
		fill_row(a, s, i, rows + (i - 1) % 2 * width, rows + i % 2 * width,
			 moves + i * width);
	size_t end = width - 1;
	if (s->open_end)
		end = best_end(a, s, rows + (height - 1) % 2 * width);
	trace(a, s, moves, end);
	return ANNOT_OK;
}

/* The token that begins at a byte of the folded text or behind it. */
static size_t token_at(const struct annot_tokens *t, size_t folded)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->tokens[middle].folded < folded)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Settles the words of a part that both texts share, and what is between it and the last one. */
static enum annot_status settle(struct aligner *a, struct stretch *open, size_t q, size_t s,
				size_t n, struct annot_error *err)
{
	while (n > 0 && !annot_token_same(&a->quote->tokens[q], &a->source->tokens[s])) {
		q++;
		s++;
		n--;
	}
	size_t same = 0;
	while (same < n &&
	       annot_token_same(&a->quote->tokens[q + same], &a->source->tokens[s + same]))
		same++;
	if (same < ANNOT_ALIGN_RUN_MIN || q < open->q0 || s < open->s0)
		return ANNOT_OK;
	struct stretch gap = {open->q0, q, open->s0, s, open->open_start, false};
	TRY(align_stretch(a, &gap, err));
	for (size_t i = 0; i < same; i++)
		add_step(a, ANNOT_ALIGN_SAME, q + i, s + i);
	*open = (struct stretch){q + same, open->q1, s + same, open->s1, false, open->open_end};
	return ANNOT_OK;
}

/* By the difference of the folded texts: long runs of words that both have, and between them. */
static enum annot_status align_long(struct annot_arena *arena, struct aligner *a,
				    struct stretch open, struct annot_error *err)
{
	const struct annot_folded *q = &a->quote->folded, *s = &a->source->folded;
	const struct annot_diff_part *parts;
	size_t n, in_q = 0, in_s = 0;
	TRY(annot_diff_words(arena, annot_bytes(q->text, q->len), annot_bytes(s->text, s->len),
			     &parts, &n, err));
	for (size_t i = 0; i < n; i++) {
		size_t q_len = parts[i].op == ANNOT_DIFF_INSERT ? 0 : parts[i].len;
		size_t s_len = parts[i].op == ANNOT_DIFF_DELETE ? 0 : parts[i].len;
		if (parts[i].op == ANNOT_DIFF_SAME) {
			size_t q0 = token_at(a->quote, in_q), s0 = token_at(a->source, in_s);
			size_t q1 = token_at(a->quote, in_q + q_len);
			size_t s1 = token_at(a->source, in_s + s_len);
			size_t common = q1 - q0 < s1 - s0 ? q1 - q0 : s1 - s0;
			TRY(settle(a, &open, q0, s0, common, err));
		}
		in_q += q_len;
		in_s += s_len;
	}
	return align_stretch(a, &open, err);
}

enum annot_status annot_align(struct annot_arena *arena, const struct annot_tokens *quote,
			      const struct annot_tokens *source, size_t from, size_t to,
			      struct annot_alignment *ret, struct annot_error *err)
{
	struct annot_alignment alignment = {.steps = annot_arena_array(arena,
								       quote->n + source->n + 1,
								       sizeof(*alignment.steps))};
	if (!alignment.steps)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu words of a quote",
				  quote->n);
	struct aligner a = {.quote = quote,
			    .source = source,
			    .from = from,
			    .to = to,
			    .ret = &alignment,
			    .cells = ANNOT_ALIGN_CELLS_MAX};
	struct stretch all = {0, quote->n, 0, source->n, true, true};
	if (quote->n + 1 > ANNOT_ALIGN_CELLS_MAX / (source->n + 1))
		TRY(align_long(arena, &a, all, err));
	else
		TRY(align_stretch(&a, &all, err));
	*ret = alignment;
	return ANNOT_OK;
}
