/* From a record to cards that can be merged, and on to a draft. */
#include "record/merge_private.h"

enum annot_status annot_merge_no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a merge");
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool annot_merge_same(const struct annot_merge_value *a, const struct annot_merge_value *b)
{
	return same_text(a->text, b->text) && same_text(a->exact, b->exact) &&
	       same_text(a->prefix, b->prefix) && same_text(a->suffix, b->suffix);
}

void annot_merge_clash(struct merge *m, size_t card, const struct annot_merge_clash *clash)
{
	m->ret->cards.lists[card] = clash->with_ours;
	m->clashes[m->ret->n_clashes++] = *clash;
}

static size_t card_number(const struct annot_record *r, const struct annot_card *card)
{
	return (size_t)(card->def - r->kind->cards);
}

enum annot_status annot_merge_cards(struct annot_arena *arena, const struct annot_record *record,
				    struct annot_merge_cards *ret, struct annot_error *err)
{
	size_t n = record->kind->n_cards, targets = 0, at = 0;
	struct annot_merge_list *lists = annot_arena_array(arena, n, sizeof(*lists));
	struct annot_merge_value *values =
		annot_arena_array(arena, record->n_cards, sizeof(*values));
	if (!lists || !values)
		return annot_merge_no_memory(err);
	/* Cards of one name stand together, but for the words of targets. */
	for (size_t i = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		struct annot_merge_list *list = &lists[card_number(record, card)];
		struct annot_target target;
		if (card->def->in_group)
			continue;
		if (list->n++ == 0)
			list->values = &values[at];
		values[at].text = card->text;
		if (card->def->type == ANNOT_CARD_TARGET &&
		    annot_record_target(record, targets++, &target)) {
			values[at].exact = target.exact->text;
			values[at].prefix = target.prefix->text;
			values[at].suffix = target.suffix->text;
		}
		at++;
	}
	*ret = (struct annot_merge_cards){.kind = record->kind, .lists = lists};
	return ANNOT_OK;
}

static enum annot_status add_value(struct annot_draft *draft, const struct annot_card_def *def,
				   const struct annot_merge_value *value, struct annot_error *err)
{
	TRY(annot_draft_add(draft, def->name, value->text, err));
	if (!value->exact)
		return ANNOT_OK;
	TRY(annot_draft_add(draft, "exact", value->exact, err));
	TRY(annot_draft_add(draft, "prefix", value->prefix, err));
	return annot_draft_add(draft, "suffix", value->suffix, err);
}

static enum annot_status fill(struct annot_draft *draft, const struct annot_merge_cards *cards,
			      const struct annot_hash *heads, size_t n, struct annot_error *err)
{
	for (size_t i = 0; i < n; i++)
		TRY(annot_draft_parent(draft, &heads[i], err));
	for (size_t i = 0; i < cards->kind->n_cards; i++)
		for (size_t k = 0; k < cards->lists[i].n; k++)
			TRY(add_value(draft, &cards->kind->cards[i], &cards->lists[i].values[k],
				      err));
	return ANNOT_OK;
}

enum annot_status annot_merge_draft(const struct annot_merge_cards *cards,
				    const struct annot_hash *annotation,
				    const struct annot_hash *heads, size_t n,
				    struct annot_draft **ret, struct annot_error *err)
{
	struct annot_draft *draft = annot_draft_new(cards->kind->kind);
	if (!draft)
		return annot_merge_no_memory(err);
	draft->first = false;
	draft->annotation = *annotation;
	enum annot_status status = fill(draft, cards, heads, n, err);
	if (status != ANNOT_OK) {
		annot_draft_free(draft);
		return status;
	}
	*ret = draft;
	return ANNOT_OK;
}
