/*
 * Runs of three code points: the terms of search.db. They are made here and handed to FTS5 with a
 * separator between them, which its tokenizer takes apart again; so each stands in a text once, and
 * nothing that anybody wrote is read as FTS5's syntax.
 */
#include "annotd/store/search_private.h"

#include <stdlib.h>

#include "text/plain.h"
#include "text/utf8.h"

enum {
	RUN = 3,        /* code points */
	RUNS_ASKED = 8, /* of a long word */
	CODE_BITS = 21, /* of a code point */
	SET_FIRST = 1 << 12,
	SEPARATOR = 0x1F,
};

void grams_free(struct grams *g)
{
	free(g->seen);
	annot_buf_free(&g->text);
	*g = GRAMS_INIT;
}

void grams_clear(struct grams *g)
{
	if (g->n_seen > 0)
		memset(g->seen, 0, g->cap * sizeof *g->seen);
	g->n_seen = 0;
	annot_buf_truncate(&g->text, 0);
}

/* The slot of a key in a set of cap slots, a power of two: its own or a free one. */
static uint64_t *slot_of(uint64_t *set, size_t cap, uint64_t key)
{
	/* Fibonacci hashing (Knuth, TAOCP 3, 6.4). */
	size_t at = (size_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (cap - 1);

	while (set[at] && set[at] != key)
		at = (at + 1) & (cap - 1);
	return &set[at];
}

static enum annot_status grow(struct grams *g, struct annot_error *err)
{
	size_t cap = g->cap ? g->cap * 2 : SET_FIRST;
	uint64_t *set = calloc(cap, sizeof *set);

	if (!set)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for words to index");
	for (size_t i = 0; i < g->cap; i++)
		if (g->seen[i])
			*slot_of(set, cap, g->seen[i]) = g->seen[i];
	free(g->seen);
	g->seen = set;
	g->cap = cap;
	return ANNOT_OK;
}

/* Control characters, of which one is the separator, count as spaces. */
static uint32_t letter(uint32_t cp)
{
	return cp < 0x20 ? ' ' : cp;
}

/* Up to RUN code points from *at on, which moves by one: their bytes into ret, their key. 0: the
 * end. */
static uint64_t next_run(const char *text, size_t len, size_t *at, char ret[RUN * 4], size_t *ret_n)
{
	uint64_t key = 0;
	size_t to = *at, n = 0;

	for (int i = 0; i < RUN && to < len; i++) {
		uint32_t cp = letter(annot_utf8_next(text, len, &to));

		key = key << CODE_BITS | cp;
		n += annot_utf8_put(cp, ret + n);
		if (i == 0)
			*at = to;
	}
	*ret_n = n;
	return key;
}

static enum annot_status add_plain(struct grams *g, const char *text, size_t len,
				   struct annot_error *err)
{
	char run[RUN * 4 + 1];
	size_t n;

	for (size_t at = 0; at < len;) {
		uint64_t key = next_run(text, len, &at, run, &n), *slot;

		if (2 * g->n_seen >= g->cap)
			TRY(grow(g, err));
		slot = slot_of(g->seen, g->cap, key);
		if (*slot)
			continue;
		*slot = key;
		g->n_seen++;
		run[n++] = SEPARATOR;
		annot_buf_add(&g->text, run, n);
	}
	return annot_buf_check(&g->text, "words to index", err);
}

enum annot_status grams_add(struct grams *g, const char *text, size_t len, struct annot_error *err)
{
	struct annot_plain plain;

	TRY(annot_plain(text, len, &plain, err));
	enum annot_status status = add_plain(g, annot_plain_text(&plain), plain.len, err);

	annot_plain_free(&plain);
	return status;
}

bool grams_next(const struct grams *g, size_t *at, struct annot_bytes *ret)
{
	if (*at >= g->text.len)
		return false;
	const char *run = g->text.data + *at;
	const char *end = memchr(run, SEPARATOR, g->text.len - *at);

	*ret = annot_bytes(run, (size_t)(end - run)); /* each has a separator behind it */
	*at += ret->len + 1;
	return true;
}

static void quoted(const char *run, size_t n, struct annot_buf *ret)
{
	annot_buf_putc(ret, '"');
	for (size_t i = 0; i < n; i++) {
		if (run[i] == '"')
			annot_buf_putc(ret, '"');
		annot_buf_putc(ret, run[i]);
	}
	annot_buf_puts(ret, "\" ");
}

void grams_match(const char *word, struct annot_buf *ret)
{
	size_t len = annot_utf8_forward(word, strlen(word), 0, SEARCH_LETTERS), n;
	size_t runs = annot_utf8_chars(word, len), step;
	char run[RUN * 4];

	if (runs < RUN) { /* all runs that begin with it */
		size_t at = 0;

		next_run(word, len, &at, run, &n);
		quoted(run, n, ret);
		annot_buf_putc(ret, '*');
		return;
	}
	runs -= RUN - 1;
	step = (runs + RUNS_ASKED - 1) / RUNS_ASKED;
	for (size_t i = 0, at = 0; i < runs; i++) {
		next_run(word, len, &at, run, &n);
		if (i % step == 0 || i == runs - 1)
			quoted(run, n, ret);
	}
}

/* --- the tokenizer --- */

static int runs_create(void *ctx, const char **args, int n, Fts5Tokenizer **ret)
{
	static char nothing;

	(void)ctx, (void)args, (void)n;
	*ret = (Fts5Tokenizer *)&nothing;
	return SQLITE_OK;
}

static void runs_delete(Fts5Tokenizer *t)
{
	(void)t;
}

typedef int (*take_token)(void *ctx, int flags, const char *token, int n, int start, int end);

static int runs_tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int len,
			 take_token take)
{
	int code = SQLITE_OK;

	(void)t, (void)flags;
	for (int at = 0; code == SQLITE_OK && at < len;) {
		const char *end = memchr(text + at, SEPARATOR, (size_t)(len - at));
		int n = end ? (int)(end - text) - at : len - at;

		code = take(ctx, 0, text + at, n, at, at + n);
		at += n + 1;
	}
	return code;
}

enum annot_status grams_register(struct db *db, struct annot_error *err)
{
	static fts5_tokenizer runs = {runs_create, runs_delete, runs_tokenize};
	sqlite3_stmt *st = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(db->sq, "SELECT fts5(?1)", -1, &st, NULL) != SQLITE_OK)
		return db_fail(db, "FTS5", err);
	sqlite3_bind_pointer(st, 1, (void *)&api, "fts5_api_ptr", NULL);
	sqlite3_step(st);
	sqlite3_finalize(st);
	if (!api || api->xCreateTokenizer(api, "runs", NULL, &runs, NULL) != SQLITE_OK)
		return annot_fail(err, ANNOT_STORE, "search.db: this SQLite has no FTS5");
	return ANNOT_OK;
}
