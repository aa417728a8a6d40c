#include "text/diff.h"

#include <stdlib.h>

#include <utf8proc.h>

#include "base/auto.h"
#include "text/category.h"
#include "text/utf8.h"

/* Above this many words, spaces and marks a text, the difference is one delete and one insert. */
enum { TOKENS_MAX = 1 << 24, TOKENS_FIRST = 256, TOKEN_LONGEST = 1 << 30 };

struct token {
	const uint8_t *text;
	uint32_t len;
	uint32_t id; /* equal for equal bytes, in both texts */
};

struct side {
	struct token *tokens;
	size_t n, cap;
	bool *changed; /* per token: not in the other text */
};

enum kind { WORD, SPACE, SINGLE };

static enum kind kind_of(uint32_t cp)
{
	if (cp < 0x80) {
		uint32_t lower = cp | 0x20;
		if ((lower >= 'a' && lower <= 'z') || (cp >= '0' && cp <= '9') || cp == '_')
			return WORD;
		return cp == ' ' || (cp >= 0x09 && cp <= 0x0D) ? SPACE : SINGLE;
	}
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
	if (category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP)
		return SPACE;
	if (annot_is_unspaced(cp) || category < UTF8PROC_CATEGORY_LU ||
	    category > UTF8PROC_CATEGORY_NO)
		return SINGLE;
	return WORD;
}

/*
 * Length of the word, space or mark at the start of text: what the eye sees as one character (a
 * grapheme cluster, UAX #29) is never divided.
 */
static size_t token_length(struct annot_bytes text)
{
	const char *s = (const char *)text.data;
	size_t at = 0;
	utf8proc_int32_t state = 0;
	uint32_t before = annot_utf8_next(s, text.len, &at);
	enum kind kind = kind_of(before);
	while (at < text.len && at < TOKEN_LONGEST) {
		size_t next = at;
		uint32_t cp = annot_utf8_next(s, text.len, &next);
		bool apart = utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
							      (utf8proc_int32_t)cp, &state);
		if (apart && (kind == SINGLE || kind_of(cp) != kind))
			break;
		before = cp;
		at = next;
	}
	return at;
}

/* Divides a text; false when out of memory. */
static bool divide(struct annot_bytes text, struct side *s)
{
	while (text.len > 0) {
		if (s->n == s->cap) {
			size_t cap = s->cap ? s->cap * 2 : TOKENS_FIRST;
			struct token *tokens = reallocarray(s->tokens, cap, sizeof(*tokens));
			if (!tokens)
				return false;
			s->tokens = tokens;
			s->cap = cap;
		}
		size_t len = token_length(text);
		s->tokens[s->n++] = (struct token){.text = text.data, .len = (uint32_t)len};
		text = annot_bytes(text.data + len, text.len - len);
	}
	s->changed = malloc(s->n + 1);
	if (s->changed)
		memset(s->changed, true, s->n);
	return s->changed;
}

static int compare_tokens(const void *a, const void *b)
{
	const struct token *x = *(const struct token *const *)a;
	const struct token *y = *(const struct token *const *)b;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, x->len);
}

/* Gives equal tokens equal ids. By sorting, as no choice of words makes that slow. */
static bool number_tokens(struct side *a, struct side *b)
{
	size_t n = a->n + b->n;
	AUTO_FREE struct token **sorted = calloc(n + 1, sizeof(*sorted));
	if (!sorted)
		return false;
	for (size_t i = 0; i < n; i++)
		sorted[i] = i < a->n ? &a->tokens[i] : &b->tokens[i - a->n];
	qsort(sorted, n, sizeof(*sorted), compare_tokens);
	uint32_t id = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && compare_tokens(&sorted[i - 1], &sorted[i]) != 0)
			id++;
		sorted[i]->id = id;
	}
	return true;
}

/* A rectangle of the edit graph: tokens [a0, a1) against [b0, b1). */
struct box {
	int a0, a1, b0, b1;
};

struct search {
	struct side *a, *b;
	int *forward, *backward; /* furthest x on each diagonal, indexed by diagonal + middle */
	int middle;
	int64_t effort; /* steps left */
};

/* Where the paths from both corners meet: a snake from (x, y) to (u, v). */
struct snake {
	int x, y, u, v;
};

static bool same(const struct search *s, int x, int y)
{
	return s->a->tokens[x].id == s->b->tokens[y].id;
}

/* One round of paths with d edits from the upper left corner; true if one met a path from below. */
static bool step_forward(struct search *s, const struct box *box, int d, struct snake *ret)
{
	const int n = box->a1 - box->a0, m = box->b1 - box->b0, delta = n - m;
	int *f = s->forward + s->middle;
	const int *r = s->backward + s->middle;
	for (int k = -d; k <= d; k += 2) {
		int x = k == -d || (k != d && f[k - 1] < f[k + 1]) ? f[k + 1] : f[k - 1] + 1;
		int start = x;
		while (x < n && x - k < m && same(s, box->a0 + x, box->b0 + x - k))
			x++;
		f[k] = x;
		s->effort -= 1 + x - start;
		/* Backward paths of d - 1 edits are on the diagonals delta - (d - 1) to delta + (d
		 * - 1). */
		if (delta % 2 != 0 && k >= delta - (d - 1) && k <= delta + (d - 1) && x >= r[k]) {
			*ret = (struct snake){start, start - k, x, x - k};
			return true;
		}
	}
	return false;
}

/* The same from the lower right corner, whose diagonal is delta. */
static bool step_backward(struct search *s, const struct box *box, int d, struct snake *ret)
{
	const int n = box->a1 - box->a0, m = box->b1 - box->b0, delta = n - m;
	const int *f = s->forward + s->middle;
	int *r = s->backward + s->middle;
	for (int k = delta - d; k <= delta + d; k += 2) {
		bool up = k == delta + d || (k != delta - d && r[k - 1] < r[k + 1]);
		int x = up ? r[k - 1] : r[k + 1] - 1;
		int end = x;
		while (x > 0 && x - k > 0 && same(s, box->a0 + x - 1, box->b0 + x - k - 1))
			x--;
		r[k] = x;
		s->effort -= 1 + end - x;
		if (delta % 2 == 0 && k >= -d && k <= d && f[k] >= x) {
			*ret = (struct snake){x, x - k, end, end - k};
			return true;
		}
	}
	return false;
}

/* Finds the middle snake of a box whose corners differ; false when the effort is used up. */
static bool find_middle(struct search *s, const struct box *box, struct snake *ret)
{
	const int n = box->a1 - box->a0, m = box->b1 - box->b0, delta = n - m;
	s->forward[s->middle + 1] = 0;
	s->backward[s->middle + delta - 1] = n;
	for (int d = 0; d <= (n + m + 1) / 2 && s->effort > 0; d++)
		if (step_forward(s, box, d, ret) || step_backward(s, box, d, ret))
			return true;
	return false;
}

static void keep(struct search *s, int x, int y)
{
	s->a->changed[x] = false;
	s->b->changed[y] = false;
}

/* Marks what both have in common. The number of edits halves with each level, so levels are few. */
static void compare(struct search *s, struct box box)
{
	while (box.a0 < box.a1 && box.b0 < box.b1 && same(s, box.a0, box.b0))
		keep(s, box.a0++, box.b0++);
	while (box.a0 < box.a1 && box.b0 < box.b1 && same(s, box.a1 - 1, box.b1 - 1))
		keep(s, --box.a1, --box.b1);
	struct snake snake;
	if (box.a0 == box.a1 || box.b0 == box.b1 || !find_middle(s, &box, &snake))
		return;
	for (int x = snake.x, y = snake.y; x < snake.u; x++, y++)
		keep(s, box.a0 + x, box.b0 + y);
	compare(s, (struct box){box.a0, box.a0 + snake.x, box.b0, box.b0 + snake.y});
	compare(s, (struct box){box.a0 + snake.u, box.a1, box.b0 + snake.v, box.b1});
}

static bool search_all(struct side *a, struct side *b)
{
	/* Backward diagonals lie up to n + m either side of that of the corner, which is as far
	 * from 0. */
	size_t reach = 2 * (a->n + b->n) + 2, diagonals = 2 * reach + 1;
	AUTO_FREE int *memory = calloc(2 * diagonals, sizeof(*memory));
	if (!memory)
		return false;
	struct search s = {
		.a = a,
		.b = b,
		.forward = memory,
		.backward = memory + diagonals,
		.middle = (int)reach,
		.effort = ANNOT_DIFF_EFFORT_MAX,
	};
	compare(&s, (struct box){0, (int)a->n, 0, (int)b->n});
	return true;
}

/* Appends a token to the last part if that has the same op; counts only where parts is NULL. */
static void add_token(struct annot_diff_part *parts, size_t *n, enum annot_diff_op *last,
		      enum annot_diff_op op, const struct token *token)
{
	if (*n == 0 || *last != op)
		++*n;
	*last = op;
	if (!parts)
		return;
	struct annot_diff_part *part = &parts[*n - 1];
	if (!part->text)
		*part = (struct annot_diff_part){.op = op, .text = (const char *)token->text};
	part->len += token->len;
}

/* Writes the parts, or counts them where parts is NULL. */
static size_t make_parts(const struct side *a, const struct side *b, struct annot_diff_part *parts)
{
	size_t n = 0, x = 0, y = 0;
	enum annot_diff_op last = ANNOT_DIFF_SAME;
	while (x < a->n || y < b->n) {
		while (x < a->n && a->changed[x])
			add_token(parts, &n, &last, ANNOT_DIFF_DELETE, &a->tokens[x++]);
		while (y < b->n && b->changed[y])
			add_token(parts, &n, &last, ANNOT_DIFF_INSERT, &b->tokens[y++]);
		while (x < a->n && y < b->n && !a->changed[x] && !b->changed[y]) {
			add_token(parts, &n, &last, ANNOT_DIFF_SAME, &a->tokens[x++]);
			y++;
		}
	}
	return n;
}

enum annot_status annot_diff_words(struct annot_arena *arena, struct annot_bytes a,
				   struct annot_bytes b, const struct annot_diff_part **ret,
				   size_t *ret_n, struct annot_error *err)
{
	struct side x = {0}, y = {0};
	struct annot_diff_part *parts = NULL;
	size_t n = 0;
	bool done = divide(a, &x) && divide(b, &y);
	if (done && x.n <= TOKENS_MAX && y.n <= TOKENS_MAX)
		done = number_tokens(&x, &y) && search_all(&x, &y);
	if (done) {
		n = make_parts(&x, &y, NULL);
		parts = annot_arena_array(arena, n, sizeof(*parts));
	}
	if (parts)
		make_parts(&x, &y, parts);
	free(x.tokens);
	free(x.changed);
	free(y.tokens);
	free(y.changed);
	if (!parts)
		return annot_fail(err, ANNOT_NO_MEMORY,
				  "out of memory for the difference of %zu and %zu bytes", a.len,
				  b.len);
	*ret = parts;
	*ret_n = n;
	return ANNOT_OK;
}
