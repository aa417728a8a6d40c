/* Words of a quote compared with a place where they may stand, and the speakers with each other. */
#include <string.h>

#include "check.h"

enum { SHORT_WORDS = 80 };

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

size_t check_foreign(const struct annot_alteration *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n; i++)
		if (a->differences[i].class_ == ANNOT_DIFFERENCE_INSERTION ||
		    a->differences[i].class_ == ANNOT_DIFFERENCE_SUBSTITUTION)
			n += a->differences[i].quote[1] - a->differences[i].quote[0];
	return n;
}

enum annot_status check_compare(struct ctl *ctl, struct annot_bytes words, const struct place *p,
				struct judged *ret)
{
	*ret = (struct judged){.words = words, .place = *p, .result = ANNOT_ALTER_NOT_FOUND};
	TRY(fetch(ctl, p, ret));
	TRY(annot_alter(ctl->arena, words, ret->source, (size_t)(p->start - ret->source_at),
			(size_t)(p->end - ret->source_at), &ret->alteration, &ctl->err));
	/* Where so many of the words are others, these are not the quoted ones. */
	size_t part = words.len < SHORT_WORDS ? 3 : 2;
	if (check_foreign(&ret->alteration) * part > words.len)
		return ANNOT_OK;
	ret->placed = true;
	ret->result = ret->alteration.result;
	ret->flags = ret->alteration.flags;
	move_place(ret);
	return ANNOT_OK;
}

unsigned check_badness(const struct judged *j)
{
	unsigned n = j->placed ? (unsigned)j->result : ANNOT_ALTER_NOT_FOUND;
	return n * 4096 + (j->flags ? 2048 : 0) +
	       (unsigned)(j->alteration.n < 2047 ? j->alteration.n : 2047);
}

/* Whether the same words stand at both places, but for typography. */
static bool same_source(struct ctl *ctl, const struct judged *a, const struct judged *b)
{
	struct annot_bytes x = annot_bytes(a->source.data + a->alteration.source[0],
					   a->alteration.source[1] - a->alteration.source[0]);
	struct annot_alteration between;
	return annot_alter(ctl->arena, x, b->source, b->alteration.source[0],
			   b->alteration.source[1], &between, &ctl->err) == ANNOT_OK &&
	       between.result <= ANNOT_ALTER_TYPOGRAPHIC;
}

/* Who speaks at bytes [start, end) of the source; empty if nobody is named. */
enum annot_status check_speaker_at(struct ctl *ctl, const struct judged *j, size_t start,
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
enum annot_status check_speakers(struct ctl *ctl, const struct article *a,
				 const struct annot_quoted *quote, struct judged *j)
{
	if (!j->placed || j->source_speaker.data)
		return ANNOT_OK;
	TRY(check_speaker_at(ctl, j, j->alteration.source[0], j->alteration.source[1], &j->quoted,
			     &j->source_speaker));
	const char *here = check_article_text(ctl, a, quote->speaker);
	j->speaker = annot_speaker_compare(annot_bytes_of(here), j->source_speaker);
	return ANNOT_OK;
}

/* How much is known of who speaks there. */
static unsigned speaker_rank(const struct judged *j)
{
	/* A speaker without a name agrees with nobody, not even with itself. */
	bool named =
		annot_speaker_compare(j->source_speaker, j->source_speaker) == ANNOT_SPEAKER_AGREES;
	return j->speaker == ANNOT_SPEAKER_AGREES ? 3 : named ? 2 : j->quoted;
}

/* What decides between places: first how the words differ, then how much is known of who speaks. */
struct best {
	size_t at;    /* number of the place */
	bool rival;   /* another place is as good, and has other words */
	size_t agree; /* places as good where the speaker is the same */
};

static enum annot_status weigh(struct ctl *ctl, const struct article *a,
			       const struct annot_quoted *quote, struct judged *j, size_t at,
			       struct judged *ret, struct best *best)
{
	unsigned bad = check_badness(j), least = ret->placed ? check_badness(ret) : bad + 1;
	if (bad > least)
		return ANNOT_OK;
	bool better = bad < least;
	if (better)
		*best = (struct best){.at = at};
	TRY(check_speakers(ctl, a, quote, j));
	best->agree += j->speaker == ANNOT_SPEAKER_AGREES;
	if (!better) {
		best->rival = best->rival || !same_source(ctl, j, ret);
		better = speaker_rank(j) > speaker_rank(ret);
	}
	if (better) {
		*ret = *j;
		best->at = at;
	}
	return ANNOT_OK;
}

/* Counts the other places that have the words letter by letter; *ret_here: in the same document. */
static size_t count_others(const struct places *places, size_t best, size_t *ret_here)
{
	enum { ALL = 1000 };
	size_t n = 0;
	*ret_here = 0;
	for (size_t i = 0; i < places->n; i++) {
		bool same = i != best && places->places[i].score == ALL &&
			    places->places[best].score == ALL;
		n += same;
		*ret_here += same && annot_hash_equal(&places->places[i].document,
						      &places->places[best].document);
	}
	return n;
}

enum annot_status check_words(struct ctl *ctl, const struct article *a,
			      const struct annot_quoted *quote, struct annot_bytes words,
			      const struct places *places, struct judged *ret)
{
	enum { LESS = 100 }; /* per mille; of places that are so much less alike none is the best */
	struct best best = {0};
	size_t here;
	*ret = (struct judged){.words = words, .result = ANNOT_ALTER_NOT_FOUND};
	for (size_t i = 0; i < places->n && i < CHECK_COMPARED_MAX; i++) {
		struct judged j;
		if (places->places[i].score + LESS < places->places[0].score)
			break;
		TRY(check_compare(ctl, words, &places->places[i], &j));
		if (j.placed)
			TRY(weigh(ctl, a, quote, &j, i, ret, &best));
	}
	if (!ret->placed)
		return ANNOT_OK;
	ret->others = count_others(places, best.at, &here);
	/* The source has the words twice: which of the places is meant, it does not say, unless by
	 * who speaks there. */
	bool told = ret->speaker == ANNOT_SPEAKER_AGREES && best.agree == 1;
	bool twice = here > 0 && ret->result <= ANNOT_ALTER_TYPOGRAPHIC && !told;
	bool rivals = best.rival && ret->result >= ANNOT_ALTER_ALTERED;
	if (twice || rivals)
		ret->result = ANNOT_ALTER_AMBIGUOUS;
	if (rivals)
		ret->flags = 0;
	return ANNOT_OK;
}
