#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_FIRST = 1 << 6 };
_Static_assert(LIST_BYTES_MAX / sizeof(struct known_quote) < UINT32_MAX, "a slot holds a number");

void quote_table_free(struct quote_table *t)
{
	annot_buf_free(&t->quotes);
	free(t->slots);
	*t = (struct quote_table)QUOTE_TABLE_INIT;
}

/* Where a mark is, or would be. */
static uint32_t *slot_of(const struct quote_table *t, const struct annot_hash *mark)
{
	const struct known_quote *quotes = LIST_ITEMS(struct known_quote, &t->quotes);
	uint64_t at;
	memcpy(&at, mark->b, sizeof at);
	for (at &= t->size - 1; t->slots[at]; at = (at + 1) & (t->size - 1))
		if (annot_hash_equal(&quotes[t->slots[at] - 1].mark, mark))
			break;
	return &t->slots[at];
}

/* At most half of the slots are taken. */
static enum annot_status make_room(struct ctl *ctl, struct quote_table *t)
{
	const struct known_quote *quotes = LIST_ITEMS(struct known_quote, &t->quotes);
	const size_t n = LIST_COUNT(struct known_quote, &t->quotes);
	if (2 * (n + 1) <= t->size)
		return ANNOT_OK;
	const size_t size = t->size ? 2 * t->size : TABLE_FIRST;
	uint32_t *slots = calloc(size, sizeof *slots);
	if (!slots)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	free(t->slots);
	t->slots = slots;
	t->size = size;
	for (size_t i = 0; i < n; i++)
		*slot_of(t, &quotes[i].mark) = (uint32_t)i + 1;
	return ANNOT_OK;
}

enum annot_status quote_table_add(struct ctl *ctl, struct quote_table *t,
				  const struct known_quote *quote)
{
	TRY(make_room(ctl, t));
	uint32_t *slot = slot_of(t, &quote->mark);
	if (*slot)
		return ANNOT_OK;
	TRY(LIST_ADD(ctl, &t->quotes, quote));
	*slot = (uint32_t)LIST_COUNT(struct known_quote, &t->quotes);
	return ANNOT_OK;
}

const struct known_quote *quote_table_find(const struct quote_table *t,
					   const struct annot_hash *mark)
{
	const uint32_t number = t->size ? *slot_of(t, mark) : 0;
	return number ? &LIST_ITEMS(struct known_quote, &t->quotes)[number - 1] : NULL;
}
