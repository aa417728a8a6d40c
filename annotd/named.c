#include "annotd/named.h"

#include <stdlib.h>

enum { SCRATCH_MAX = 1 << 20 };

enum annot_status named_begin(struct named_list *l, struct call *c, size_t max)
{
	*l = (struct named_list){
		.call = c,
		.scratch = annot_arena_new(SCRATCH_MAX),
		.items = annot_arena_array(c->arena, max + 1, sizeof *l->items),
		.max = max + 1,
	};
	if (!l->scratch || !l->items)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu documents", max);
	return ANNOT_OK;
}

void named_end(struct named_list *l)
{
	l->scratch = annot_arena_free(l->scratch);
}

static const char *keep(struct named_list *l, const char *text)
{
	return text ? annot_arena_copy(l->call->arena, text, strlen(text)) : NULL;
}

enum annot_status named_find(struct named_list *l, uint64_t index, const struct named **ret)
{
	struct call *c = l->call;
	const struct annot_record *parsed;
	struct store_record stored;
	struct store_row row;
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].index == index) {
			*ret = &l->items[i];
			return ANNOT_OK;
		}
	}
	if (l->n == l->max)
		return annot_fail(&c->err, ANNOT_INTERNAL, "more than %zu documents", l->max);
	annot_arena_reset(l->scratch);
	TRY(reader_row(c->reader, index, &row, &c->err));
	TRY(reader_record(c->reader, index, l->scratch, &stored, &c->err));
	TRY(annot_record_parse(l->scratch, stored.record, &parsed, &c->err));
	const char *published = annot_record_text(parsed, "published");
	struct named *named = &l->items[l->n];
	*named = (struct named){.index = index,
				.record = row.record,
				.name = keep(l, annot_record_text(parsed, "name")),
				.version = row.version,
				.head = row.head,
				.length = strtoull(annot_record_text(parsed, "length"), NULL, 10),
				.published = keep(l, published)};
	if (!named->name || (published && !named->published))
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for a name");
	l->n++;
	*ret = named;
	return ANNOT_OK;
}
