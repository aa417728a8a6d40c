#include "annotd/anchor_pair.h"

#include <stdlib.h>

#include "anchor/anchor.h"
#include "base/auto.h"
#include "record/record.h"
#include "text/places.h"
#include "text/utf8.h"

struct anchor_pair {
	bool used;
	uint64_t old, new;
	bool unfit;                      /* too large, and not read; or not texts */
	struct annot_buf texts[2];       /* old, new */
	struct annot_anchorer *anchorer; /* NULL: not prepared yet */
	struct annot_places *places;     /* of the new text */
};

struct anchor_pair *anchor_pair_new(void)
{
	return calloc(1, sizeof(struct anchor_pair));
}

void anchor_pair_forget(struct anchor_pair *p)
{
	annot_anchorer_free(p->anchorer);
	annot_places_free(p->places);
	annot_buf_free(&p->texts[0]);
	annot_buf_free(&p->texts[1]);
	*p = (struct anchor_pair){0};
}

struct anchor_pair *anchor_pair_free(struct anchor_pair *p)
{
	if (p)
		anchor_pair_forget(p);
	free(p);
	return NULL;
}

static enum annot_status read_text(struct reader *reader, uint64_t index, uint64_t length,
				   struct annot_buf *ret, struct annot_error *err)
{
	*ret = ANNOT_BUF_INIT(ANCHOR_TEXTS_MAX);
	TRY(reader_content(reader, index, 0, (size_t)length, ret, err));
	return annot_buf_check(ret, "text", err);
}

static enum annot_status read_texts(struct anchor_pair *p, struct reader *reader,
				    const uint64_t lengths[2], struct annot_error *err)
{
	p->unfit = lengths[0] + lengths[1] > ANCHOR_TEXTS_MAX;
	if (p->unfit)
		return ANNOT_OK;
	TRY(read_text(reader, p->old, lengths[0], &p->texts[0], err));
	return read_text(reader, p->new, lengths[1], &p->texts[1], err);
}

enum annot_status anchor_pair_read(struct anchor_pair *p, struct reader *reader, uint64_t old,
				   uint64_t new, struct annot_error *err)
{
	uint64_t lengths[2];
	enum annot_status status = reader_content_length(reader, old, &lengths[0], err);

	if (status == ANNOT_OK)
		status = reader_content_length(reader, new, &lengths[1], err);
	/* Contents never change, but may have been withheld. */
	if (status == ANNOT_OK && p->used && p->old == old && p->new == new)
		return ANNOT_OK;
	anchor_pair_forget(p);
	TRY(status);
	p->old = old;
	p->new = new;
	status = read_texts(p, reader, lengths, err);
	if (status != ANNOT_OK)
		anchor_pair_forget(p);
	else
		p->used = true;
	return status;
}

static enum annot_status prepare(struct anchor_pair *p, struct annot_error *err)
{
	struct annot_bytes new = annot_buf_bytes(&p->texts[1]);

	if (!p->places)
		TRY(annot_places_new(new, &p->places, err));
	if (!p->anchorer)
		TRY(annot_anchorer_new(new, annot_buf_bytes(&p->texts[0]), &p->anchorer, err));
	return ANNOT_OK;
}

/* What the record's cards say as well: they were compared with the text when it came. */
static struct annot_selector selector(const struct annot_buf *old, const struct store_todo *todo)
{
	const uint8_t *text = (const uint8_t *)old->data;
	size_t start = (size_t)todo->start, end = (size_t)todo->end;
	size_t from = annot_utf8_back(old->data, old->len, start, ANNOT_CONTEXT_CHARS);
	size_t to = annot_utf8_forward(old->data, old->len, end, ANNOT_CONTEXT_CHARS);

	return (struct annot_selector){
		.exact = annot_bytes(text + start, end - start),
		.prefix = annot_bytes(text + from, start - from),
		.suffix = annot_bytes(text + end, to - end),
		.placed = true,
		.start = start,
		.end = end,
	};
}

static void keep(const struct anchor_pair *p, const struct annot_anchor *found,
		 struct store_anchor *ret)
{
	const struct annot_anchor_place *place = &found->places[0];

	ret->status = (int)found->status;
	ret->cut = found->cut;
	ret->score = found->n_places > 0 ? place->score : 0;
	ret->placed = found->status == ANNOT_ANCHOR_EXACT || found->status == ANNOT_ANCHOR_MOVED ||
		      found->status == ANNOT_ANCHOR_CHANGED;
	if (!ret->placed)
		return;
	ret->start = place->start;
	ret->end = place->end;
	ret->chars.start = annot_places_chars(p->places, place->start);
	ret->chars.end = annot_places_chars(p->places, place->end);
}

enum annot_status anchor_pair_find(struct anchor_pair *p, const struct store_todo *todo,
				   struct store_anchor *ret, struct annot_error *err)
{
	const struct annot_buf *old = &p->texts[0];
	struct annot_error why = {0};
	struct annot_anchor found;

	*ret = (struct store_anchor){.document = p->new, .status = STORE_UNSEARCHED};
	/* Words that do not stand there are of void records, or too long to be looked for. */
	if (p->unfit || todo->start >= todo->end || todo->end > old->len)
		return ANNOT_OK;
	enum annot_status status = prepare(p, &why);

	if (status == ANNOT_OK) {
		struct annot_selector s = selector(old, todo);

		status = annot_anchor_find(p->anchorer, &s, false, &found, &why);
	}
	p->unfit = !p->anchorer && (status == ANNOT_INVALID || status == ANNOT_TOO_LARGE);
	if (p->unfit || status == ANNOT_INVALID)
		return ANNOT_OK;
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	keep(p, &found, ret);
	return ANNOT_OK;
}
