#include "record/compare.h"

#include "record/internal.h"

struct item {
	struct annot_compared at;
	bool matched;
};

static bool same_card(const struct annot_card *a, const struct annot_card *b)
{
	return a == b || (a && b && a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

static bool same(const struct annot_compared *a, const struct annot_compared *b)
{
	return a->card->def == b->card->def && same_card(a->card, b->card) &&
	       same_card(a->exact, b->exact) && same_card(a->prefix, b->prefix) &&
	       same_card(a->suffix, b->suffix);
}

/* The cards of a record, those of a target as one item; how many. */
static size_t list_items(const struct annot_record *r, struct item *items)
{
	size_t n = 0, n_targets = 0;
	for (size_t i = 0; i < r->n_cards; i++) {
		const struct annot_card *card = &r->cards[i];
		struct annot_target target = {0};
		if (card->def->in_group)
			continue;
		if (card->def->type == ANNOT_CARD_TARGET)
			annot_record_target(r, n_targets++, &target);
		items[n++] = (struct item){
			.at = {card, target.exact, target.prefix, target.suffix},
		};
	}
	return n;
}

static void match_equal(struct item *a, size_t n_a, struct item *b, size_t n_b)
{
	for (size_t i = 0; i < n_a; i++) {
		for (size_t k = 0; k < n_b && !a[i].matched; k++) {
			if (!b[k].matched && same(&a[i].at, &b[k].at))
				a[i].matched = b[k].matched = true;
		}
	}
}

/* The first unmatched item of that name, which is matched now; an item without card if there is
 * none. */
static struct annot_compared take(struct item *items, size_t n, const struct annot_card_def *def)
{
	for (size_t i = 0; i < n; i++) {
		if (!items[i].matched && items[i].at.card->def == def) {
			items[i].matched = true;
			return items[i].at;
		}
	}
	return (struct annot_compared){0};
}

enum annot_status annot_record_compare(struct annot_arena *arena, const struct annot_record *a,
				       const struct annot_record *b,
				       const struct annot_change **ret, size_t *ret_n,
				       struct annot_error *err)
{
	struct item *items = annot_arena_array(arena, a->n_cards + b->n_cards + 1, sizeof *items);
	struct annot_change *changes =
		annot_arena_array(arena, a->n_cards + b->n_cards + 1, sizeof *changes);
	size_t n = 0;
	if (a->kind != b->kind)
		return annot_fail(err, ANNOT_INVALID, "a %s and a %s cannot be compared",
				  a->kind->name, b->kind->name);
	if (!items || !changes)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	size_t n_a = list_items(a, items), n_b = list_items(b, items + n_a);
	match_equal(items, n_a, items + n_a, n_b);
	for (size_t i = 0; i < n_a; i++) {
		if (!items[i].matched)
			changes[n++] = (struct annot_change){
				.from = items[i].at,
				.to = take(items + n_a, n_b, items[i].at.card->def),
			};
	}
	for (size_t i = n_a; i < n_a + n_b; i++) {
		if (!items[i].matched)
			changes[n++] = (struct annot_change){.to = items[i].at};
	}
	*ret = changes;
	*ret_n = n;
	return ANNOT_OK;
}
