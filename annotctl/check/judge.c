/* One quote: its pieces are located, compared with what stands there, and so are the speakers. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

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

/* Bytes [from, to) of a document, or less at its end. */
static enum annot_status fetch_bytes(struct ctl *ctl, const struct annot_hash *document,
				     uint64_t from, uint64_t to, struct annot_bytes *ret)
{
	enum { PIECE = 1 << 19 };
	char *data = annot_arena_alloc(ctl->arena, (size_t)(to - from) + 1);
	size_t len = 0;
	if (!data)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory for %llu bytes",
				  (unsigned long long)(to - from));
	while (from + len < to) {
		struct annot_text_request in = {.document = *document, .offset = from + len};
		const struct annot_text_reply *reply;
		in.length = to - in.offset < PIECE ? to - in.offset : PIECE;
		TRY(annot_call_text(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
		if (reply->data.len == 0 || reply->data.len > in.length)
			break;
		memcpy(data + len, reply->data.data, reply->data.len);
		len += reply->data.len;
	}
	*ret = annot_bytes(data, len);
	return ANNOT_OK;
}

/* The place and what is around it. */
static enum annot_status fetch(struct ctl *ctl, const struct place *p, struct judged *ret)
{
	uint64_t from = p->start > CHECK_AROUND ? p->start - CHECK_AROUND : 0;
	struct annot_bytes part;
	TRY(fetch_bytes(ctl, &p->document, from, p->end + CHECK_AROUND, &part));
	/* It may begin and end in the middle of a character. */
	size_t skip = 0;
	while (skip < part.len && (part.data[skip] & 0xC0) == 0x80)
		skip++;
	size_t len = annot_utf8_valid(part.data + skip, part.len - skip);
	ret->source = annot_bytes(part.data + skip, len);
	ret->source_at = from + skip;
	if (p->start < ret->source_at || p->end > ret->source_at + len)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL,
				  "the text of %s does not have the place that locate gave",
				  p->name);
	return ANNOT_OK;
}

/* Where the words themselves stand, as bytes and code points of the document. */
static void move_place(struct judged *j)
{
	const char *text = (const char *)j->source.data;
	size_t old = (size_t)(j->place.start - j->source_at), new = j->alteration.source[0];
	size_t between =
		annot_utf8_chars(text + (old < new ? old : new), old < new ? new - old : old - new);
	j->place.chars_start += new > old ? between : 0;
	j->place.chars_start -= new < old ? between : 0;
	j->place.chars_end =
		j->place.chars_start + annot_utf8_chars(text + new, j->alteration.source[1] - new);
	j->place.start = j->source_at + new;
	j->place.end = j->source_at + j->alteration.source[1];
}

/* Bytes of the words that the source does not have. */
static size_t count_foreign(const struct annot_alteration *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n; i++)
		if (a->differences[i].class_ == ANNOT_DIFFERENCE_INSERTION ||
		    a->differences[i].class_ == ANNOT_DIFFERENCE_SUBSTITUTION)
			n += a->differences[i].quote[1] - a->differences[i].quote[0];
	return n;
}

static enum annot_status compare(struct ctl *ctl, struct annot_bytes words, const struct place *p,
				 struct judged *ret)
{
	*ret = (struct judged){.words = words, .place = *p, .result = ANNOT_ALTER_NOT_FOUND};
	TRY(fetch(ctl, p, ret));
	TRY(annot_alter(ctl->arena, words, ret->source, (size_t)(p->start - ret->source_at),
			(size_t)(p->end - ret->source_at), &ret->alteration, &ctl->err));
	/* Where most of the words are others, these are not the quoted ones. */
	if (count_foreign(&ret->alteration) * 2 > words.len)
		return ANNOT_OK;
	ret->placed = true;
	ret->result = ret->alteration.result;
	ret->flags = ret->alteration.flags;
	move_place(ret);
	return ANNOT_OK;
}

/* How bad a judgement is, for choosing between places. */
static unsigned badness(const struct judged *j)
{
	unsigned n = j->placed ? (unsigned)j->result : ANNOT_ALTER_NOT_FOUND;
	return n * 4096 + (j->flags ? 2048 : 0) +
	       (unsigned)(j->alteration.n < 2047 ? j->alteration.n : 2047);
}

static bool same_source(const struct judged *a, const struct judged *b)
{
	struct annot_bytes x = annot_bytes(a->source.data + a->alteration.source[0],
					   a->alteration.source[1] - a->alteration.source[0]);
	struct annot_bytes y = annot_bytes(b->source.data + b->alteration.source[0],
					   b->alteration.source[1] - b->alteration.source[0]);
	return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

/* The best of the places, by comparing the most likely ones word by word. */
static enum annot_status judge_words(struct ctl *ctl, struct annot_bytes words,
				     const struct places *places, struct judged *ret)
{
	enum { LESS = 100 }; /* per mille; of places that are so much less alike none is the best */
	size_t best_alike = 0;
	bool rival = false;
	*ret = (struct judged){.words = words, .result = ANNOT_ALTER_NOT_FOUND};
	for (size_t i = 0; i < places->n && i < CHECK_COMPARED_MAX; i++) {
		struct judged j;
		if (places->places[i].score + LESS < places->places[0].score)
			break;
		TRY(compare(ctl, words, &places->places[i], &j));
		if (!j.placed)
			continue;
		if (!ret->placed || badness(&j) < badness(ret)) {
			rival = false;
			*ret = j;
			best_alike = i;
		} else if (badness(&j) == badness(ret)) {
			rival = rival || !same_source(&j, ret);
		}
	}
	if (!ret->placed)
		return ANNOT_OK;
	for (size_t i = 0; i < places->n; i++)
		ret->others += i != best_alike &&
			       places->places[i].score == places->places[best_alike].score;
	if (rival && ret->result >= ANNOT_ALTER_ALTERED) {
		ret->result = ANNOT_ALTER_AMBIGUOUS;
		ret->flags = 0;
	}
	return ANNOT_OK;
}

/* Who speaks at bytes [start, end) of the source; empty if nobody is named. */
static enum annot_status speaker_at(struct ctl *ctl, const struct judged *j, size_t start,
				    size_t end, bool *ret_quoted, struct annot_bytes *ret)
{
	struct annot_quoted there;
	TRY(annot_extract_around(ctl->arena, j->source, start, end, ret_quoted, &there, &ctl->err));
	if (*ret_quoted && there.speaker[0] < there.speaker[1])
		*ret = annot_bytes(j->source.data + there.speaker[0],
				   there.speaker[1] - there.speaker[0]);
	return ANNOT_OK;
}

/* Who speaks where the words stand, and whether that is whom the article names. */
static enum annot_status compare_speakers(struct ctl *ctl, const struct article *a,
					  const struct annot_quoted *quote, struct judged *j)
{
	if (!j->placed)
		return ANNOT_OK;
	TRY(speaker_at(ctl, j, j->alteration.source[0], j->alteration.source[1], &j->quoted,
		       &j->source_speaker));
	const char *here = check_article_text(ctl, a, quote->speaker);
	j->speaker = annot_speaker_compare(annot_bytes_of(here), j->source_speaker);
	return ANNOT_OK;
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
	TRY(speaker_at(ctl, j, at[0], at[0], &quoted, &first));
	TRY(speaker_at(ctl, j, at[1] - 1, at[1] - 1, &quoted, &last));
	c->across_speakers = annot_speaker_compare(first, last) == ANNOT_SPEAKER_DIFFERS;
	if (c->across_speakers)
		c->whole.result = ANNOT_ALTER_SPLICED;
	return ANNOT_OK;
}

/* --- pieces --- */

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

/* Whether all pieces stand in one document, in order and near; if so, from where to where. The
 * narrowest of such places. */
static bool stand_together(const struct pieces *p, struct place *ret)
{
	bool any = false;
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
		if (k < p->n || (any && all.end - all.start >= ret->end - ret->start))
			continue;
		*ret = all;
		any = true;
	}
	return any;
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
		TRY(judge_words(ctl, p->words[i], &p->found[i], j));
		TRY(compare_speakers(ctl, a, ret->quote, j));
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

static enum annot_status judge_together(struct ctl *ctl, const struct article *a,
					const struct place *place, struct checked *ret)
{
	TRY(compare(ctl, ret->quote->text, place, &ret->whole));
	ret->apart = ret->whole.alteration.apart;
	TRY(compare_ends(ctl, ret));
	return compare_speakers(ctl, a, ret->quote, &ret->whole);
}

/* A quote with ellipses: together if its pieces stand near each other, else apart. */
static enum annot_status judge_pieces(struct ctl *ctl, const struct article *a,
				      const struct pieces *p, struct checked *ret)
{
	struct place place;
	if (stand_together(p, &place)) {
		TRY(judge_together(ctl, a, &place, ret));
		if (ret->whole.placed)
			return ANNOT_OK;
	}
	return judge_apart(ctl, a, p, ret);
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
	struct annot_bytes words = p->n == 1 ? p->words[0] : q->text;
	struct places found;
	TRY(check_locate(ctl, sources, words, &found));
	ret->cut = found.cut;
	TRY(judge_words(ctl, q->text, &found, &ret->whole));
	ret->apart = ret->whole.alteration.apart;
	TRY(compare_ends(ctl, ret));
	if (ret->whole.placed)
		return compare_speakers(ctl, article, q, &ret->whole);
	divide_at_sentences(q->text, p);
	if (p->n < 2)
		return ANNOT_OK;
	TRY(locate_pieces(ctl, sources, p, ret));
	return judge_pieces(ctl, article, p, ret);
}
