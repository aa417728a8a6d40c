#include "text/fold.h"

#include <stdlib.h>

#include <utf8proc.h>

#include "text/fold_ascii.h"
#include "text/fold_class.h"
#include "text/utf8.h"

/* Marks that fold as one cluster with their base: what stream-safe text (UAX #15) has, and some. */
enum { CLUSTER_MAX = 32, DECOMPOSED_MAX = CLUSTER_MAX * 18 };
enum { SLACK = 64, RUNS_FIRST = 64 };

/* Two-byte code points that fold to one two-byte code point are looked up once: 0 is not yet known.
 */
enum { CACHE_SIZE = 0x800, CACHE_NOT = 0xFFFF };

struct folder {
	const char *text;
	size_t len, at; /* the source, and how far it is folded */
	char *out;
	size_t n, cap; /* always room for what the source has left and a NUL */
	struct annot_fold_run *runs;
	size_t n_runs, runs_cap;
	uint16_t cache[CACHE_SIZE];
	bool no_memory;
};

static void push_run(struct folder *f, size_t source, size_t unit)
{
	if (f->n_runs == f->runs_cap) {
		size_t cap = f->runs_cap ? f->runs_cap * 2 : RUNS_FIRST;
		struct annot_fold_run *runs = reallocarray(f->runs, cap, sizeof(*runs));
		if (!runs) {
			f->no_memory = true;
			return;
		}
		f->runs = runs;
		f->runs_cap = cap;
	}
	f->runs[f->n_runs++] = (struct annot_fold_run){
		.folded = (uint32_t)f->n, .source = (uint32_t)source, .unit = (uint32_t)unit};
}

/* What is emitted next corresponds to source byte for byte. */
static void go_linear(struct folder *f, size_t source)
{
	if (f->n_runs > 0) {
		const struct annot_fold_run *r = &f->runs[f->n_runs - 1];
		if (r->unit == 0 && r->source + (f->n - r->folded) == source)
			return;
	}
	push_run(f, source, 0);
}

/* Emits what the source bytes from start to f->at fold to. */
static void emit(struct folder *f, const char *bytes, size_t len, size_t start, bool linear)
{
	if (len + 1 > f->cap - f->n - (f->len - f->at)) {
		size_t cap = f->cap + f->cap / 4 + len + SLACK;
		char *out = realloc(f->out, cap);
		if (!out) {
			f->no_memory = true;
			return;
		}
		f->out = out;
		f->cap = cap;
	}
	if (linear)
		go_linear(f, start);
	else
		push_run(f, start, f->at - start);
	memcpy(f->out + f->n, bytes, len);
	f->n += len;
}

static bool is_ascii_space(uint8_t c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0D);
}

static uint32_t peek(const struct folder *f, size_t at)
{
	return annot_utf8_next(f->text, f->len, &at);
}

/* Whether the ASCII white space at at is one alone, for which a space is put byte for byte. */
static bool is_single_space(const struct folder *f, const char *out, size_t at)
{
	const uint8_t *s = (const uint8_t *)f->text;
	if (!is_ascii_space(s[at]) || (out > f->out && out[-1] == ' '))
		return false;
	if (at + 1 == f->len)
		return true;
	/* White space beyond ASCII begins with these bytes. */
	uint8_t next = s[at + 1];
	return !is_ascii_space(next) && next != 0xC2 && (next < 0xE1 || next > 0xE3);
}

/*
 * Folds the code point beyond ASCII at at if that goes byte for byte and its neighbours do not
 * matter: a letter in the cache, or one of U+4000..U+9FFF, which all fold to themselves. 0 if it
 * does not.
 */
static inline size_t fold_known(const struct folder *f, size_t at, char *out)
{
	const uint8_t *s = (const uint8_t *)f->text + at;
	if (s[0] >= 0xE4 && s[0] <= 0xE9) {
		memcpy(out, s, 3);
		return 3;
	}
	if (s[0] >= 0xE0)
		return 0;
	uint16_t to = f->cache[(s[0] & 0x1F) << 6 | (s[1] & 0x3F)];
	if (to == 0 || to == CACHE_NOT)
		return 0;
	if (at + 2 < f->len && s[2] >= 0xCC && (s[2] < 0xD0 || s[2] > 0xD1) &&
	    annot_fold_joins(peek(f, at + 2)))
		return 0;
	out[0] = (char)(0xC0 | to >> 6);
	out[1] = (char)(0x80 | (to & 0x3F));
	return 2;
}

/* Folds as far as bytes need no look at their neighbours: the way that most of most texts takes. */
static void fold_plain(struct folder *f)
{
	const uint8_t *s = (const uint8_t *)f->text;
	char *out = f->out + f->n, *start = out;
	size_t at = f->at;
	while (at < f->len) {
		if (s[at] >= 0x80) {
			size_t step = fold_known(f, at, out);
			if (step == 0)
				break;
			at += step;
			out += step;
			continue;
		}
		size_t ascii = annot_fold_ascii(s, f->len, at, out);
		if (ascii > 0) {
			at += ascii;
			out += ascii;
			continue;
		}
		char to = annot_fold_byte[s[at]];
		if (!to && !is_single_space(f, out, at))
			break;
		*out++ = to ? to : ' ';
		at++;
	}
	if (out == start)
		return;
	go_linear(f, f->at);
	f->n += (size_t)(out - start);
	f->at = at;
}

/* The class of the code point at at, which moves behind it. */
static enum annot_fold_class take(const struct folder *f, size_t *at, uint32_t *cp)
{
	const char *to = NULL;
	*cp = annot_utf8_next(f->text, f->len, at);
	return annot_fold_class(*cp, &to);
}

static void fold_spaces(struct folder *f, size_t start)
{
	uint32_t cp;
	for (size_t at = f->at; at < f->len; f->at = at) {
		uint8_t c = (uint8_t)f->text[at];
		if (c < 0x80 ? !is_ascii_space((uint8_t)f->text[at++])
			     : take(f, &at, &cp) != ANNOT_FOLD_SPACE)
			break;
	}
	/* Behind a space and something that was left out, this is still the same space. */
	if (f->n == 0 || f->out[f->n - 1] != ' ')
		emit(f, " ", 1, start, f->at - start == 1);
}

/* If a line break and then a lower-case letter stand at at, where the letter is; else 0. */
static size_t next_line(const struct folder *f, size_t at)
{
	bool broken = false;
	while (at < f->len) {
		size_t next = at;
		uint32_t cp;
		if (take(f, &next, &cp) != ANNOT_FOLD_SPACE)
			return broken && utf8proc_category((utf8proc_int32_t)cp) ==
						       UTF8PROC_CATEGORY_LL
				       ? at
				       : 0;
		broken = broken || annot_fold_breaks_line(cp);
		at = next;
	}
	return 0;
}

static bool after_letter(const struct folder *f)
{
	uint8_t c = f->n > 0 ? (uint8_t)f->out[f->n - 1] : 0;
	return c >= 0x80 || (c >= 'a' && c <= 'z');
}

/* Leaves out a hyphen that divides a word at the end of a line; false if it is none. */
static bool join_lines(struct folder *f, uint32_t cp)
{
	if (cp != '-' && cp != ANNOT_HYPHEN && cp != ANNOT_SOFT_HYPHEN)
		return false;
	size_t letter = after_letter(f) ? next_line(f, f->at) : 0;
	if (letter > 0)
		f->at = letter;
	return letter > 0;
}

static void fold_dashes(struct folder *f, size_t start, uint32_t cp)
{
	if (join_lines(f, cp))
		return;
	for (size_t at = f->at; at < f->len && take(f, &at, &cp) == ANNOT_FOLD_DASH;)
		f->at = at;
	emit(f, "-", 1, start, f->at - start == 1);
}

/* The code point that a two-byte one folds to if that is two bytes long too, else CACHE_NOT. */
static uint16_t fold_two_bytes(uint32_t cp, const utf8proc_int32_t *folded, utf8proc_ssize_t n)
{
	bool fits = cp >= 0x80 && n == 1 && folded[0] >= 0x80 && folded[0] < CACHE_SIZE;
	return fits ? (uint16_t)folded[0] : CACHE_NOT;
}

/* Folds the n_source code points from start to f->at, of which cp is the first. */
static void fold_cluster(struct folder *f, size_t start, uint32_t cp, size_t n_source)
{
	utf8proc_int32_t folded[DECOMPOSED_MAX];
	char bytes[DECOMPOSED_MAX * 4];
	bool single = n_source == 1;
	if (single && cp < CACHE_SIZE && f->cache[cp] && f->cache[cp] != CACHE_NOT) {
		emit(f, bytes, annot_utf8_put(f->cache[cp], bytes), start, true);
		return;
	}
	const utf8proc_option_t nfc = UTF8PROC_COMPOSE | UTF8PROC_STABLE;
	utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)f->text + start,
						(utf8proc_ssize_t)(f->at - start), folded,
						DECOMPOSED_MAX, nfc | UTF8PROC_CASEFOLD);
	if (n > 0 && n <= DECOMPOSED_MAX)
		n = utf8proc_normalize_utf32(folded, n, nfc);
	if (n < 0 || n > DECOMPOSED_MAX) { /* not for valid UTF-8; keep what stands there */
		emit(f, f->text + start, f->at - start, start, true);
		return;
	}
	size_t len = 0;
	for (utf8proc_ssize_t i = 0; i < n; i++)
		len += annot_utf8_put((uint32_t)folded[i], bytes + len);
	if (single && cp < CACHE_SIZE && !annot_fold_joins(cp))
		f->cache[cp] = fold_two_bytes(cp, folded, n);
	bool same_shape = single && n == 1 && len == f->at - start;
	bool same = len == f->at - start && memcmp(bytes, f->text + start, len) == 0;
	emit(f, bytes, len, start, same_shape || same);
}

static void fold_letter(struct folder *f, size_t start, uint32_t cp)
{
	size_t n = 1;
	/* A mark behind ASCII belongs to the byte that fold_plain has emitted already: take that
	 * back. */
	if (start > 0 && annot_fold_joins(cp) && (uint8_t)f->text[start - 1] < 0x80 &&
	    annot_fold_byte[(uint8_t)f->text[start - 1]] != 0) {
		start--;
		f->n--;
		if (f->runs[f->n_runs - 1].folded == f->n)
			f->n_runs--;
		cp = (uint8_t)f->text[start];
		n++;
	}
	while (n < CLUSTER_MAX && f->at < f->len && annot_fold_joins(peek(f, f->at))) {
		annot_utf8_next(f->text, f->len, &f->at);
		n++;
	}
	fold_cluster(f, start, cp, n);
}

static void fold_one(struct folder *f)
{
	size_t start = f->at;
	uint32_t cp = annot_utf8_next(f->text, f->len, &f->at);
	const char *to = NULL;
	switch (annot_fold_class(cp, &to)) {
	case ANNOT_FOLD_LETTER:
		fold_letter(f, start, cp);
		break;
	case ANNOT_FOLD_SPACE:
		fold_spaces(f, start);
		break;
	case ANNOT_FOLD_DASH:
		fold_dashes(f, start, cp);
		break;
	case ANNOT_FOLD_DROPPED:
		join_lines(f, cp);
		break;
	case ANNOT_FOLD_REPLACED:
		emit(f, to, strlen(to), start, false);
		break;
	}
}

/* Takes the memory of what was folded before, or more. */
static void take_room(struct folder *f, struct annot_folded *from)
{
	f->runs = from->runs;
	f->runs_cap = from->runs_cap;
	f->out = from->text;
	f->cap = from->cap;
	*from = (struct annot_folded){0};
	if (f->cap < f->len + SLACK) {
		free(f->out);
		f->cap = f->len + SLACK;
		f->out = malloc(f->cap);
		f->no_memory = !f->out;
	}
}

enum annot_status annot_fold_again(const char *text, size_t len, struct annot_folded *ret,
				   struct annot_error *err)
{
	struct folder f = {.text = text, .len = len};
	if (len > ANNOT_FOLD_TEXT_MAX) {
		annot_folded_free(ret);
		return annot_fail(err, ANNOT_TOO_LARGE, "text of %zu bytes; at most %zu are taken",
				  len, ANNOT_FOLD_TEXT_MAX);
	}
	take_room(&f, ret);
	while (f.at < len && !f.no_memory) {
		fold_plain(&f);
		if (f.at < len && !f.no_memory)
			fold_one(&f);
	}
	if (f.no_memory) {
		free(f.out);
		free(f.runs);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu bytes of text", len);
	}
	f.out[f.n] = '\0';
	*ret = (struct annot_folded){.text = f.out,
				     .len = f.n,
				     .cap = f.cap,
				     .runs = f.runs,
				     .n_runs = f.n_runs,
				     .runs_cap = f.runs_cap};
	return ANNOT_OK;
}

enum annot_status annot_fold(const char *text, size_t len, struct annot_folded *ret,
			     struct annot_error *err)
{
	struct annot_folded new = {0};
	TRY(annot_fold_again(text, len, &new, err));
	*ret = new;
	return ANNOT_OK;
}
