/* Excerpts: what a bundle shows of texts that it does not hold as a whole. */
#include "proof/verify_private.h"

#include <stdlib.h>

static int by_place(const void *a, const void *b)
{
	const struct annot_shown *x = a, *y = b;

	if (x->document != y->document)
		return x->document < y->document ? -1 : 1;
	return x->chunk.number < y->chunk.number ? -1 : x->chunk.number > y->chunk.number;
}

static enum annot_status load_one(struct annot_verify *v, struct annot_bytes section,
				  struct annot_shown *ret, struct annot_error *err)
{
	TRY(annot_chunk_parse(section, &ret->chunk, err));
	ret->document = annot_supplied_find(v, &ret->chunk.document);
	if (!ret->document || !ret->document->record ||
	    ret->document->record->kind->kind != ANNOT_KIND_document)
		return annot_fail(err, ANNOT_INVALID, "it is of no document in the bundle");
	return annot_chunk_check(&ret->chunk, ret->document->record, err);
}

bool annot_shown_load(struct annot_verify *v, enum annot_status *status)
{
	size_t n = v->bundle.n_excerpts;
	struct annot_error why = {0};

	v->shown = annot_arena_array(v->arena, n + 1, sizeof(*v->shown));
	if (!v->shown) {
		*status = ANNOT_NO_MEMORY;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (load_one(v, v->bundle.excerpts[i], &v->shown[i], &why) != ANNOT_OK) {
			CHECK_INVALID(v, "excerpt", "excerpt %zu: %s", i + 1, why.text);
			return false;
		}
	if (n)
		qsort(v->shown, n, sizeof(*v->shown), by_place);
	for (size_t i = 1; i < n; i++)
		if (by_place(&v->shown[i - 1], &v->shown[i]) == 0) {
			CHECK_INVALID(v, "excerpt",
				      "chunk %llu of document #%llu stands in the bundle twice",
				      (unsigned long long)v->shown[i].chunk.number,
				      (unsigned long long)v->shown[i].document->index);
			return false;
		}
	v->n_shown = n;
	return true;
}

/* Cuts off what is left of characters that begin before or end behind the chunks. */
static void trim(struct annot_bytes *text, uint64_t *base, bool whole_end)
{
	enum { CHARACTER_MAX = 4 };
	size_t cut = 0;

	for (; *base && cut < CHARACTER_MAX && cut < text->len && (text->data[cut] & 0xC0) == 0x80;
	     cut++)
		;
	*text = annot_bytes(text->data + cut, text->len - cut);
	*base += cut;
	for (cut = 1; !whole_end && cut < CHARACTER_MAX && cut <= text->len; cut++) {
		uint8_t byte = text->data[text->len - cut];
		size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;

		if ((byte & 0xC0) == 0x80)
			continue;
		if (need > cut)
			text->len -= cut;
		return;
	}
}

bool annot_shown_text(struct annot_verify *v, const struct annot_supplied *document, uint64_t start,
		      uint64_t end, struct annot_bytes *ret, uint64_t *base)
{
	uint64_t length = annot_record_card(document->record, "length")->start, first, last;
	struct annot_shown key = {.document = document};
	const struct annot_shown *at;
	uint8_t *joined;
	size_t len = 0;

	if (!v->n_shown || start >= end || end > length)
		return false;
	annot_chunk_range(start, end, length, &first, &last);
	key.chunk.number = first;
	at = bsearch(&key, v->shown, v->n_shown, sizeof(*v->shown), by_place);
	for (uint64_t i = first; i <= last; i++) {
		const struct annot_shown *one = at ? at + (i - first) : NULL;

		if (!one || one >= v->shown + v->n_shown || one->document != document ||
		    one->chunk.number != i)
			return false;
		len += one->chunk.text.len;
	}
	joined = annot_arena_alloc(v->arena, len);
	if (!joined) {
		v->failed = true;
		return false;
	}
	*base = first * ANNOT_CHUNK_SIZE;
	*ret = annot_bytes(joined, len);
	for (uint64_t i = first; i <= last; i++, at++) {
		memcpy(joined, at->chunk.text.data, at->chunk.text.len);
		joined += at->chunk.text.len;
	}
	trim(ret, base, last + 1 == annot_chunk_count(length));
	return true;
}
