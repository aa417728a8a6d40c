/* What a record names, and what that names. */
#include "proof/verify_private.h"

/* Adds a record that was not met on this walk; one that is not in the bundle is met by its hash. */
static bool add(struct annot_verify *v, struct annot_reach *reach, size_t *cap,
		const struct annot_card *card)
{
	struct annot_named named = {.card = card->def->name, .id = card->hash};

	HASH_FIND(hh, v->by_id, &card->hash, sizeof(card->hash), named.record);
	if (named.record && named.record->mark == v->walks)
		return true;
	for (size_t i = 0; !named.record && i < reach->n; i++)
		if (annot_hash_equal(&reach->list[i].id, &card->hash))
			return true;
	if (reach->n == *cap) {
		size_t more = *cap ? 2 * *cap : 16;
		struct annot_named *list = annot_arena_array(v->arena, more, sizeof(*list));

		if (!list) {
			v->failed = true;
			return false;
		}
		if (reach->n)
			memcpy(list, reach->list, reach->n * sizeof(*list));
		reach->list = list;
		*cap = more;
	}
	if (named.record)
		named.record->mark = v->walks;
	reach->list[reach->n++] = named;
	return true;
}

static bool add_all(struct annot_verify *v, const struct annot_record *r, annot_follow follow,
		    struct annot_reach *reach, size_t *cap)
{
	for (size_t i = 0; r && i < r->n_cards; i++) {
		const struct annot_card *card = &r->cards[i];

		if (card->def->type != ANNOT_CARD_REF && card->def->type != ANNOT_CARD_TARGET)
			continue;
		if (follow(r, card) && !add(v, reach, cap, card))
			return false;
	}
	return true;
}

bool annot_reach(struct annot_verify *v, const struct annot_supplied *from, annot_follow follow,
		 struct annot_reach *ret)
{
	size_t cap = 0;

	*ret = (struct annot_reach){0};
	v->walks++;
	if (!add_all(v, from->record, follow, ret, &cap))
		return false;
	/* Records name earlier ones only, so the list ends. */
	for (size_t i = 0; i < ret->n; i++)
		if (ret->list[i].record &&
		    !add_all(v, ret->list[i].record->record, follow, ret, &cap))
			return false;
	return true;
}
