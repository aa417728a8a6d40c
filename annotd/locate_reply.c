/* Places as a reply has them: with the documents' names, and the words that stand there. */
#include "annotd/locate.h"
#include "annotd/named.h"

#include "base/auto.h"
#include "text/utf8.h"

enum {
	TEXT_MAX = 512 << 10, /* as in locate_place */
	PLACE_BYTES = 512,    /* that a place takes in a frame beside its texts, at most */
	REPLY_BYTES_MAX = ANNOT_FRAME_MAX - 4096,
	CONTEXT_BYTES = 4 * ANNOT_LOCATE_CONTEXT,
};

struct reply {
	struct locate *l;
	struct named_list named;
	size_t bytes;
};

/* The words of a place and what stands around them, in one reading. */
static enum annot_status quote(struct reply *r, const struct locate_place *place,
			       struct annot_locate_place *ret)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(TEXT_MAX + 4 * CONTEXT_BYTES);
	struct call *c = r->l->call;
	uint64_t first = place->start > CONTEXT_BYTES ? place->start - CONTEXT_BYTES : 0;
	size_t start = (size_t)(place->start - first), len = (size_t)(place->end - place->start);
	bool whole = len <= TEXT_MAX;
	if (!whole)
		len = TEXT_MAX;
	TRY(reader_content(c->reader, place->document, first, start + len + CONTEXT_BYTES, &buf,
			   &c->err));
	TRY(annot_buf_check(&buf, "content", &c->err));
	if (start + len > buf.len)
		return annot_fail(&c->err, ANNOT_INTERNAL, "a place behind the end of #%llu",
				  (unsigned long long)place->document);
	while (!annot_utf8_boundary(buf.data, buf.len, start + len))
		len--;
	size_t before = annot_utf8_back(buf.data, buf.len, start, ANNOT_LOCATE_CONTEXT);
	size_t behind = annot_utf8_forward(buf.data, buf.len, start + len, ANNOT_LOCATE_CONTEXT);
	/* Where the reading ended in the midst of a code point. */
	if (behind == buf.len)
		behind = start + len +
			 annot_utf8_valid(buf.data + start + len, behind - start - len);
	if (before == 0)
		before = locate_torn(annot_buf_bytes(&buf));
	ret->text = annot_arena_copy(c->arena, buf.data + start, len);
	ret->before = annot_arena_copy(c->arena, buf.data + before, start - before);
	ret->after =
		whole ? annot_arena_copy(c->arena, buf.data + start + len, behind - start - len)
		      : "";
	if (!ret->text || !ret->before || !ret->after)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for a place");
	return ANNOT_OK;
}

static enum annot_status add(struct reply *r, const struct locate_place *place,
			     struct annot_locate_place *ret)
{
	static const char *const how[] = {[ANNOT_FIND_EXACT] = "exact",
					  [ANNOT_FIND_FOLDED] = "folded",
					  [ANNOT_FIND_NEAREST] = "nearest"};
	const struct named *named;
	uint64_t before, chars;
	TRY(named_find(&r->named, place->document, &named));
	TRY(locate_count(r->l, place->document, place->mark, place->start, &before));
	TRY(locate_count(r->l, place->document, place->start, place->end, &chars));
	*ret = (struct annot_locate_place){
		.document = named->record,
		.name = named->name,
		.version = named->version,
		.head = named->head,
		.start = place->start,
		.end = place->end,
		.chars_start = place->mark_chars + before,
		.chars_end = place->mark_chars + before + chars,
		.how = how[place->how],
		.score = place->score,
	};
	return quote(r, place, ret);
}

static enum annot_status fill(struct reply *r, struct annot_locate_reply *ret)
{
	struct locate *l = r->l;
	for (size_t i = 0; i < l->n; i++) {
		const struct locate_place *place = &l->places[i];
		uint64_t len = place->end - place->start + 2 * CONTEXT_BYTES + PLACE_BYTES;
		if (len > TEXT_MAX + 2 * CONTEXT_BYTES + PLACE_BYTES)
			len = TEXT_MAX + 2 * CONTEXT_BYTES + PLACE_BYTES;
		if (r->bytes + len > REPLY_BYTES_MAX) {
			l->more = true;
			break;
		}
		r->bytes += (size_t)len;
		TRY(add(r, place, (struct annot_locate_place *)&ret->places[i]));
		ret->n_places = i + 1;
	}
	return ANNOT_OK;
}

enum annot_status locate_reply(struct locate *l, struct annot_locate_reply *ret)
{
	struct call *c = l->call;
	struct reply r = {.l = l};
	locate_sort(l);
	ret->places = annot_arena_array(c->arena, l->n + 1, sizeof *ret->places);
	if (!ret->places)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu places", l->n);
	enum annot_status status = named_begin(&r.named, c, l->n);
	if (status == ANNOT_OK)
		status = fill(&r, ret);
	named_end(&r.named);
	TRY(status);
	ret->searched = l->searched;
	ret->indexed = l->indexed;
	ret->more = l->more;
	ret->cut = l->cut;
	return ANNOT_OK;
}
