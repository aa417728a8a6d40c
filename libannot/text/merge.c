#include "text/merge.h"

#include "text/diff.h"

/* Bytes [base_from, base_to) of the base became [from, to) of a side. */
struct hunk {
	size_t base_from, base_to, from, to;
};

/* One side and how far it was walked. */
struct side {
	struct annot_bytes text;
	const struct hunk *hunks;
	size_t n, at;
};

/* The hunks of a difference: neighbours have something that stayed between them. */
static size_t gather(const struct annot_diff_part *parts, size_t n, struct hunk *ret)
{
	size_t n_hunks = 0, base = 0, side = 0;
	bool open = false;
	for (size_t i = 0; i < n; i++) {
		const struct annot_diff_part *p = &parts[i];
		bool same = p->op == ANNOT_DIFF_SAME;
		if (!same && !open)
			ret[n_hunks++] = (struct hunk){.base_from = base, .from = side};
		open = !same;
		base += p->op == ANNOT_DIFF_INSERT ? 0 : p->len;
		side += p->op == ANNOT_DIFF_DELETE ? 0 : p->len;
		if (open) {
			ret[n_hunks - 1].base_to = base;
			ret[n_hunks - 1].to = side;
		}
	}
	return n_hunks;
}

static enum annot_status compare(struct annot_arena *arena, struct annot_bytes base,
				 struct annot_bytes text, struct side *ret, struct annot_error *err)
{
	const struct annot_diff_part *parts;
	size_t n;
	TRY(annot_diff_words(arena, base, text, &parts, &n, err));
	struct hunk *hunks = annot_arena_array(arena, n, sizeof(*hunks));
	if (!hunks)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a merge of %zu bytes",
				  text.len);
	*ret = (struct side){.text = text, .hunks = hunks, .n = gather(parts, n, hunks)};
	return ANNOT_OK;
}

/* Where the side's next hunk begins; past the base when there is none. */
static size_t next_hunk(const struct side *s, size_t past)
{
	return s->at < s->n ? s->hunks[s->at].base_from : past;
}

/* Takes the hunks that begin at or before *end, which moves to the end of the last. */
static bool take(struct side *s, size_t *end)
{
	bool any = false;
	for (; s->at < s->n && s->hunks[s->at].base_from <= *end; s->at++, any = true)
		if (s->hunks[s->at].base_to > *end)
			*end = s->hunks[s->at].base_to;
	return any;
}

/* What a side has for bytes [from, to) of the base, which hold the hunks from `first` on. */
static struct annot_bytes reading(const struct side *s, size_t first, size_t from, size_t to)
{
	const struct hunk *a = &s->hunks[first], *z = &s->hunks[s->at - 1];
	size_t start = a->from - (a->base_from - from);
	return annot_bytes(s->text.data + start, z->to + (to - z->base_to) - start);
}

static bool equal(struct annot_bytes a, struct annot_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

struct walk {
	struct annot_bytes base;
	struct side ours, theirs;
	struct annot_merge_part *parts;
	size_t n, clashes;
};

static void settle(struct walk *w, struct annot_bytes text)
{
	if (text.len > 0)
		w->parts[w->n++] = (struct annot_merge_part){.text = text};
}

/* One place of the base where a side or both have changed something; returns its end. */
static size_t place(struct walk *w, size_t from)
{
	size_t end = from, ours_first = w->ours.at, theirs_first = w->theirs.at;
	for (bool more = true; more;) {
		more = take(&w->ours, &end);
		more = take(&w->theirs, &end) || more;
	}
	bool by_us = w->ours.at > ours_first, by_them = w->theirs.at > theirs_first;
	struct annot_bytes ours = {0}, theirs = {0};
	if (by_us)
		ours = reading(&w->ours, ours_first, from, end);
	if (by_them)
		theirs = reading(&w->theirs, theirs_first, from, end);
	if (!by_them || (by_us && equal(ours, theirs))) {
		settle(w, ours);
	} else if (!by_us) {
		settle(w, theirs);
	} else {
		w->parts[w->n++] = (struct annot_merge_part){
			.clash = true,
			.base = annot_bytes(w->base.data + from, end - from),
			.ours = ours,
			.theirs = theirs,
		};
		w->clashes++;
	}
	return end;
}

static void walk(struct walk *w)
{
	size_t at = 0;
	while (w->ours.at < w->ours.n || w->theirs.at < w->theirs.n) {
		size_t a = next_hunk(&w->ours, w->base.len), b = next_hunk(&w->theirs, w->base.len);
		size_t from = a < b ? a : b;
		settle(w, annot_bytes(w->base.data + at, from - at));
		at = place(w, from);
	}
	if (at < w->base.len)
		settle(w, annot_bytes(w->base.data + at, w->base.len - at));
}

enum annot_status annot_merge_words(struct annot_arena *arena, struct annot_bytes base,
				    struct annot_bytes ours, struct annot_bytes theirs,
				    const struct annot_merge_part **ret, size_t *ret_n,
				    size_t *ret_clashes, struct annot_error *err)
{
	/* Absent bytes as an empty text, so that there is something to point into. */
	static const uint8_t nothing;
	struct walk w = {.base = base.data ? base : annot_bytes(&nothing, 0)};
	TRY(compare(arena, w.base, ours.data ? ours : annot_bytes(&nothing, 0), &w.ours, err));
	TRY(compare(arena, w.base, theirs.data ? theirs : annot_bytes(&nothing, 0), &w.theirs,
		    err));
	/* A part for each place, one before each, one behind all. */
	w.parts = annot_arena_array(arena, 2 * (w.ours.n + w.theirs.n) + 1, sizeof(*w.parts));
	if (!w.parts)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a merge of %zu bytes",
				  base.len);
	walk(&w);
	*ret = w.parts;
	*ret_n = w.n;
	*ret_clashes = w.clashes;
	return ANNOT_OK;
}

void annot_merge_text(const struct annot_merge_part *parts, size_t n, enum annot_merge_side side,
		      struct annot_buf *ret)
{
	annot_buf_add(ret, NULL, 0);
	for (size_t i = 0; i < n; i++) {
		struct annot_bytes text = !parts[i].clash            ? parts[i].text
					  : side == ANNOT_MERGE_OURS ? parts[i].ours
								     : parts[i].theirs;
		annot_buf_add(ret, text.data, text.len);
	}
}
