/* Passages as a reply has them: with names, words and code points, and the link that would say it.
 */
#include "annotd/copies.h"

#include <stdlib.h>

#include "annotd/named.h"
#include "base/auto.h"
#include "text/utf8.h"

enum {
	TEXT_MAX = 16 << 10, /* as in passage */
	COPY_BYTES = 512,    /* that a copy takes in a frame beside its texts, at most */
	REPLY_BYTES_MAX = ANNOT_FRAME_MAX - 4096,
};

/* --- code points of the other documents --- */

/* A boundary of a place whose code points are wanted. */
struct boundary {
	uint64_t document, at, *ret;
};

static int in_order(const void *a, const void *b)
{
	const struct boundary *x = a, *y = b;
	if (x->document != y->document)
		return x->document < y->document ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Each document is read once, as far as its last place. */
static enum annot_status count_chars(struct copies *s)
{
	struct call *c = s->call;
	struct boundary *all = annot_arena_array(c->arena, 2 * s->n + 1, sizeof *all);
	struct boundary last = {.document = UINT64_MAX};
	uint64_t chars = 0, more = 0;
	if (!all)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu passages", s->n);
	for (size_t i = 0; i < s->n; i++) {
		struct copies_place *p = &s->places[i];
		all[2 * i] = (struct boundary){p->document, p->copy.other_start, &p->chars_start};
		all[2 * i + 1] = (struct boundary){p->document, p->copy.other_end, &p->chars_end};
	}
	qsort(all, 2 * s->n, sizeof *all, in_order);
	for (size_t i = 0; i < 2 * s->n; i++) {
		if (all[i].document != last.document) {
			last.at = 0;
			chars = 0;
		}
		TRY(locate_count(&s->documents, all[i].document, last.at, all[i].at, &more));
		last = all[i];
		chars += more;
		*last.ret = chars;
	}
	return ANNOT_OK;
}

/* --- passages --- */

struct reply {
	struct copies *s;
	struct named_list named;
	size_t bytes;
};

/* As much of the text as a passage holds, up to the end of a code point. */
static const char *text_of(struct call *c, const char *text, size_t len)
{
	if (len > TEXT_MAX) {
		len = TEXT_MAX;
		while (!annot_utf8_boundary(text, len + 1, len))
			len--;
	}
	return annot_arena_copy(c->arena, text, len);
}

static void name(const struct named *named, struct annot_passage *ret)
{
	ret->document = named->record;
	ret->name = named->name;
	ret->version = named->version;
	ret->head = named->head;
}

static enum annot_status own_passage(struct reply *r, const struct copies_place *place,
				     struct annot_passage *ret)
{
	struct copies *s = r->s;
	const struct annot_copy *copy = &place->copy;
	const struct copies_part *part = place->part;
	const char *text = s->text.data;
	ret->start = part->start + (copy->start - part->at);
	ret->end = part->start + (copy->end - part->at);
	ret->chars_start =
		part->chars + annot_utf8_chars(text + part->at, (size_t)copy->start - part->at);
	ret->chars_end = ret->chars_start +
			 annot_utf8_chars(text + copy->start, (size_t)(copy->end - copy->start));
	ret->text = text_of(s->call, text + copy->start, (size_t)(copy->end - copy->start));
	return ret->text ? ANNOT_OK
			 : annot_fail(&s->call->err, ANNOT_NO_MEMORY, "no memory for a passage");
}

static enum annot_status other_passage(struct reply *r, const struct copies_place *place,
				       struct annot_passage *ret)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(TEXT_MAX + 1);
	struct call *c = r->s->call;
	const struct annot_copy *copy = &place->copy;
	uint64_t len = copy->other_end - copy->other_start;
	ret->start = copy->other_start;
	ret->end = copy->other_end;
	ret->chars_start = place->chars_start;
	ret->chars_end = place->chars_end;
	TRY(reader_content(c->reader, place->document, copy->other_start,
			   len < TEXT_MAX + 1 ? (size_t)len : TEXT_MAX + 1, &buf, &c->err));
	TRY(annot_buf_check(&buf, "content", &c->err));
	ret->text = text_of(c, buf.data, buf.len);
	return ret->text ? ANNOT_OK
			 : annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for a passage");
}

/* Whether the second document is the later one: by when they were published, as far as both say it,
 * else as they came. */
static bool is_later(const struct named *first, const struct named *second)
{
	if (first->published && second->published) {
		size_t a = strlen(first->published), b = strlen(second->published);
		int order = strncmp(second->published, first->published, a < b ? a : b);
		if (order != 0)
			return order > 0;
	}
	return second->index > first->index;
}

static enum annot_status add(struct reply *r, const struct copies_place *place,
			     struct annot_copy_view *ret)
{
	struct copies *s = r->s;
	const struct annot_copy *copy = &place->copy;
	const struct named *own, *other;
	struct annot_passage *passages = annot_arena_array(s->call->arena, 2, sizeof *passages);
	if (!passages)
		return annot_fail(&s->call->err, ANNOT_NO_MEMORY, "no memory for a passage");
	TRY(named_find(&r->named, place->part->document, &own));
	TRY(named_find(&r->named, place->document, &other));
	memset(passages, 0, 2 * sizeof *passages);
	name(own, &passages[0]);
	name(other, &passages[1]);
	TRY(own_passage(r, place, &passages[0]));
	TRY(other_passage(r, place, &passages[1]));
	bool half = 2 * (copy->end - copy->start) >= own->length ||
		    2 * (copy->other_end - copy->other_start) >= other->length;
	*ret = (struct annot_copy_view){
		.passages = passages,
		.n_passages = 2,
		.letters = copy->letters,
		.edits = copy->edits,
		.relation = s->is_document && half ? "derived-from" : "quotes",
		/* Words that somebody annotated are what the other document quotes. */
		.from = !s->is_document || is_later(own, other),
	};
	return ANNOT_OK;
}

static size_t bytes_of(const struct annot_copy *copy)
{
	uint64_t own = copy->end - copy->start, other = copy->other_end - copy->other_start;
	return (size_t)((own < TEXT_MAX ? own : TEXT_MAX) + (other < TEXT_MAX ? other : TEXT_MAX)) +
	       COPY_BYTES;
}

static enum annot_status fill(struct reply *r, struct annot_copies_reply *ret)
{
	struct copies *s = r->s;
	struct annot_copy_view *copies =
		annot_arena_array(s->call->arena, s->n + 1, sizeof *copies);
	if (!copies)
		return annot_fail(&s->call->err, ANNOT_NO_MEMORY, "no memory for %zu passages",
				  s->n);
	ret->copies = copies;
	for (size_t i = 0; i < s->n; i++) {
		r->bytes += bytes_of(&s->places[i].copy);
		if (r->bytes > REPLY_BYTES_MAX) {
			s->more = true;
			break;
		}
		TRY(add(r, &s->places[i], &copies[i]));
		ret->n_copies = i + 1;
	}
	return ANNOT_OK;
}

enum annot_status copies_reply(struct copies *s, struct annot_copies_reply *ret)
{
	struct reply r = {.s = s};
	TRY(count_chars(s));
	enum annot_status status = named_begin(&r.named, s->call, s->n + s->n_parts);
	if (status == ANNOT_OK)
		status = fill(&r, ret);
	named_end(&r.named);
	TRY(status);
	ret->record = s->record;
	ret->compared = s->compared;
	ret->indexed = s->indexed;
	ret->more = s->more;
	ret->cut = s->cut;
	ret->partial = s->partial;
	return ANNOT_OK;
}
