/* What a record names, and what that names. */
#include "proof/verify_private.h"

/* Whether a record that is not in the bundle needs no entry of its own: a report has so many lines,
 * and the targets of a document follow each other. */
static bool told(const struct annot_reach *reach, const struct annot_hash *id)
{
	const struct annot_named *last = reach->n ? &reach->list[reach->n - 1] : NULL;

	return reach->n_missing == ANNOT_CHECKS_MAX ||
	       (last && !last->record && annot_hash_equal(&last->id, id));
}

/* Adds a record that was not met on this walk. */
static bool add(struct annot_verify *v, struct annot_reach *reach, size_t *cap,
		const struct annot_card *card)
{
	struct annot_named named = {.card = card->def->name, .id = card->hash};

	HASH_FIND(hh, v->by_id, &card->hash, sizeof(card->hash), named.record);
	if (named.record && named.record->mark == v->walks)
		return true;
	if (!named.record && told(reach, &card->hash))
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
	else
		reach->n_missing++;
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
