/* One quote: its pieces are located, compared with what stands there, and so are the speakers. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Sentences are looked for one by one where more than one part of so many is not in the source. */
enum { FOREIGN_PART = 8 };

/* The pieces of a quote that are looked for: what its ellipses divide, or sentences, or halves. */
struct pieces {
	struct annot_bytes words[CHECK_PIECES_MAX];
	struct places found[CHECK_PIECES_MAX];
	size_t n;
};

bool check_fails(const struct checked *c)
{
	return c->whole.flags != 0 || c->whole.result == ANNOT_ALTER_NOT_FOUND ||
	       c->across_speakers;
}

/* Whether words that were put together begin and end with different speakers. */
static enum annot_status compare_ends(struct ctl *ctl, struct checked *c)
{
	const struct judged *j = &c->whole;
	struct annot_bytes first = {0}, last = {0};
	bool quoted;
	const size_t *at = j->alteration.source;
	if (!j->placed || j->alteration.apart == 0 || at[1] <= at[0])
		return ANNOT_OK;
	TRY(check_speaker_at(ctl, j, at[0], at[0], &quoted, &first));
	TRY(check_speaker_at(ctl, j, at[1] - 1, at[1] - 1, &quoted, &last));
	c->across_speakers = annot_speaker_compare(first, last) == ANNOT_SPEAKER_DIFFERS;
	if (c->across_speakers)
		c->whole.result = ANNOT_ALTER_SPLICED;
	return ANNOT_OK;
}

static size_t count_letters(struct annot_bytes b)
{
	size_t n = 0;
	for (size_t i = 0; i < b.len; i++)
		n += b.data[i] >= 0xC0 || (b.data[i] >= '0' && b.data[i] <= '9') ||
		     ((b.data[i] | 0x20) >= 'a' && (b.data[i] | 0x20) <= 'z');
	return n;
}

static void add_piece(struct pieces *p, struct annot_bytes words)
{
	if (p->n < CHECK_PIECES_MAX && count_letters(words) >= ANNOT_EXTRACT_LETTERS_MIN)
		p->words[p->n++] = words;
}

static struct annot_bytes slice(struct annot_bytes b, size_t from, size_t to)
{
	return annot_bytes(b.data + from, to - from);
}

/* What the quote's ellipses divide. */
static void divide_at_ellipses(const struct annot_quoted *q, struct pieces *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < q->n_parts; i++)
		add_piece(ret, slice(q->text, q->parts[i][0], q->parts[i][1]));
}

/* Sentences; a single one is halved. */
static void divide_at_sentences(struct annot_bytes text, struct pieces *ret)
{
	size_t from = 0;
	ret->n = 0;
	for (size_t i = 0; i + 1 < text.len; i++)
		if (strchr(".!?", text.data[i]) && text.data[i] &&
		    (text.data[i + 1] == ' ' || text.data[i + 1] == '\n')) {
			add_piece(ret, slice(text, from, i + 1));
			from = i + 1;
		}
	if (from > 0) {
		add_piece(ret, slice(text, from, text.len));
		return;
	}
	size_t middle = text.len / 2;
	while (middle < text.len && text.data[middle] != ' ' && text.data[middle] != '\n')
		middle++;
	if (middle == text.len) /* without spaces: at a character */
		for (middle = text.len / 2; middle > 0 && (text.data[middle] & 0xC0) == 0x80;)
			middle--;
	add_piece(ret, slice(text, 0, middle));
	add_piece(ret, slice(text, middle, text.len));
}

static enum annot_status locate_pieces(struct ctl *ctl, struct sources *sources, struct pieces *p,
				       struct checked *ret)
{
	for (size_t i = 0; i < p->n; i++) {
		TRY(check_locate(ctl, sources, p->words[i], &p->found[i]));
		ret->cut = ret->cut || p->found[i].cut;
	}
	return ANNOT_OK;
}

/* The first place of a piece in a document from a byte on; NULL if there is none near. */
static const struct place *next_place(const struct places *found, const struct annot_hash *document,
				      uint64_t from)
{
	const struct place *next = NULL;
	for (size_t i = 0; i < found->n; i++) {
		const struct place *p = &found->places[i];
		if (annot_hash_equal(&p->document, document) && p->start >= from &&
		    p->start - from <= CHECK_NEAR && (!next || p->start < next->start))
			next = p;
	}
	return next;
}

/* Places from the first piece on where all pieces stand in one document, in order and near. */
static size_t stand_together(const struct pieces *p, struct place ret[CHECK_PLACES_MAX])
{
	size_t n = 0;
	for (size_t i = 0; p->n > 0 && i < p->found[0].n; i++) {
		struct place all = p->found[0].places[i];
		size_t k = 1;
		for (; k < p->n; k++) {
			const struct place *next = next_place(&p->found[k], &all.document, all.end);
			if (!next)
				break;
			all.end = next->end;
			all.chars_end = next->chars_end;
		}
		if (k == p->n)
			ret[n++] = all;
	}
	return n;
}

/* Each piece by itself, and together: where they stand apart, the quote is spliced. */
static enum annot_status judge_apart(struct ctl *ctl, const struct article *a,
				     const struct pieces *p, struct checked *ret)
{
	size_t missing = 0;
	ret->pieces = annot_arena_array(ctl->arena, p->n + 1, sizeof(*ret->pieces));
	if (!ret->pieces)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	ret->n_pieces = p->n;
	ret->whole.result = ANNOT_ALTER_SPLICED;
	for (size_t i = 0; i < p->n; i++) {
		struct judged *j = &ret->pieces[i];
		TRY(check_words(ctl, a, ret->quote, p->words[i], &p->found[i], j));
		TRY(check_speakers(ctl, a, ret->quote, j));
		missing += !j->placed;
		ret->whole.flags |= j->flags;
		for (size_t k = 0; k < i; k++) {
			const struct judged *b = &ret->pieces[k];
			if (!j->placed || !b->placed)
				continue;
			ret->across_speakers =
				ret->across_speakers ||
				annot_speaker_compare(b->source_speaker, j->source_speaker) ==
					ANNOT_SPEAKER_DIFFERS;
			uint64_t gap = j->place.start > b->place.end ? j->place.start - b->place.end
				       : b->place.start > j->place.end
					       ? b->place.start - j->place.end
					       : 0;
			bool one = annot_hash_equal(&j->place.document, &b->place.document);
			if (one && k + 1 == i && gap > ret->apart)
				ret->apart = gap;
		}
	}
	if (missing == p->n)
		ret->n_pieces = 0;
	if (missing > 0)
		ret->whole.result = ANNOT_ALTER_NOT_FOUND;
	return ANNOT_OK;
}

/* A quote whose pieces are looked for one by one: together if they stand near each other, else
 * apart. */
static enum annot_status judge_pieces(struct ctl *ctl, const struct article *a,
				      const struct pieces *p, struct checked *ret)
{
	struct place together[CHECK_PLACES_MAX];
	size_t n = stand_together(p, together);
	for (size_t i = 0; i < n && i < CHECK_COMPARED_MAX; i++) {
		struct judged j;
		TRY(check_compare(ctl, ret->quote->text, &together[i], &j));
		if (j.placed &&
		    (!ret->whole.placed || check_badness(&j) < check_badness(&ret->whole)))
			ret->whole = j;
	}
	if (!ret->whole.placed)
		return judge_apart(ctl, a, p, ret);
	ret->apart = ret->whole.alteration.apart;
	TRY(compare_ends(ctl, ret));
	return check_speakers(ctl, a, ret->quote, &ret->whole);
}

/* Without ellipses: the words as they are. */
static enum annot_status judge_plain(struct ctl *ctl, struct sources *sources,
				     const struct article *article, struct annot_bytes words,
				     struct checked *ret)
{
	struct places found;
	TRY(check_locate(ctl, sources, words, &found));
	ret->cut = found.cut;
	TRY(check_words(ctl, article, ret->quote, ret->quote->text, &found, &ret->whole));
	ret->apart = ret->whole.alteration.apart;
	TRY(compare_ends(ctl, ret));
	return check_speakers(ctl, article, ret->quote, &ret->whole);
}

/* Sentence by sentence, where the words as they are were not found or have many others among them:
 * parts may have been put together. It counts if it finds more. */
static enum annot_status judge_sentences(struct ctl *ctl, struct sources *sources,
					 const struct article *article, struct pieces *p,
					 struct checked *ret)
{
	struct checked other = *ret;
	bool all = true;
	divide_at_sentences(ret->quote->text, p);
	if (p->n < 2)
		return ANNOT_OK;
	other.whole = (struct judged){.words = ret->quote->text};
	TRY(locate_pieces(ctl, sources, p, &other));
	TRY(judge_pieces(ctl, article, p, &other));
	for (size_t i = 0; i < other.n_pieces; i++)
		all = all && other.pieces[i].placed && other.pieces[i].flags == 0;
	bool better = other.whole.placed
			      ? check_badness(&other.whole) < check_badness(&ret->whole) ||
					other.whole.result == ANNOT_ALTER_SPLICED
			      : all && other.n_pieces > 0;
	if (!ret->whole.placed || better)
		*ret = other;
	return ANNOT_OK;
}

enum annot_status check_judge(struct ctl *ctl, struct sources *sources,
			      const struct article *article, struct checked *ret)
{
	const struct annot_quoted *q = ret->quote;
	struct pieces *p = annot_arena_alloc(ctl->arena, sizeof(*p));
	if (!p)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	ret->whole = (struct judged){.words = q->text, .result = ANNOT_ALTER_TOO_SHORT};
	if (q->letters < ANNOT_EXTRACT_LETTERS_MIN)
		return ANNOT_OK;
	divide_at_ellipses(q, p);
	if (q->n_parts > 1 && p->n > 1) {
		TRY(locate_pieces(ctl, sources, p, ret));
		return judge_pieces(ctl, article, p, ret);
	}
	/* All of it, or with ellipses the one piece that is long enough. */
	TRY(judge_plain(ctl, sources, article, p->n == 1 ? p->words[0] : q->text, ret));
	bool foreign = check_foreign(&ret->whole.alteration) * FOREIGN_PART > q->text.len;
	if (ret->whole.placed && !foreign)
		return ANNOT_OK;
	return judge_sentences(ctl, sources, article, p, ret);
}
