#include "record/merge.h"

#include "base/auto.h"
#include "record/merge_private.h"

/* Texts that may be longer are written in sentences, and merged by words; shorter ones are names.
 */
enum { PROSE_MIN = 4096 };

/* --- what is compared how --- */

static bool is_prose(const struct annot_card_def *def)
{
	return def->type == ANNOT_CARD_TEXT && def->max == 1 && def->longest > PROSE_MIN &&
	       strcmp(def->name, "imported-data") != 0; /* JSON, of which half is none */
}

static bool is_set(const struct annot_card_def *def)
{
	return def->max > 1 && (def->type == ANNOT_CARD_TEXT || def->type == ANNOT_CARD_REF ||
				def->type == ANNOT_CARD_TARGET);
}

/* Cards that mean something only together; NULL: the card stands for itself. */
static const char *unit_of(const struct annot_kind_def *kind, const char *card)
{
	static const struct {
		enum annot_kind kind;
		const char *cards;
	} units[] = {
		{ANNOT_KIND_verdict, "scale|rating"},
		{ANNOT_KIND_link, "from|relation|to"},
	};
	for (size_t i = 0; i < COUNT(units); i++)
		if (units[i].kind == kind->kind &&
		    annot_word_in(units[i].cards, card, strlen(card)))
			return units[i].cards;
	return NULL;
}

/* --- comparing --- */

static bool same_list(const struct annot_merge_list *a, const struct annot_merge_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!annot_merge_same(&a->values[i], &b->values[i]))
			return false;
	return true;
}

/* Whether two versions agree in a card, or in all cards of its unit. */
static bool agree(const struct annot_merge_cards *a, const struct annot_merge_cards *b, size_t card)
{
	const struct annot_kind_def *kind = a->kind;
	const char *unit = unit_of(kind, kind->cards[card].name);
	if (!unit)
		return same_list(&a->lists[card], &b->lists[card]);
	for (size_t i = 0; i < kind->n_cards; i++)
		if (annot_word_in(unit, kind->cards[i].name, strlen(kind->cards[i].name)) &&
		    !same_list(&a->lists[i], &b->lists[i]))
			return false;
	return true;
}

/* The base where all bases agree in a card; NULL: it is not known. */
static const struct annot_merge_cards *base_of(const struct merge *m, size_t card)
{
	for (size_t i = 1; i < m->n_bases; i++)
		if (!agree(&m->bases[0], &m->bases[i], card))
			return NULL;
	return m->n_bases > 0 ? m->bases : NULL;
}

/* --- values and texts --- */

/* A list with one text in it. */
static enum annot_status list_of_text(struct merge *m, const struct annot_merge_clash *c,
				      enum annot_merge_side side, struct annot_merge_list *ret)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(3 * ANNOT_RECORD_MAX);
	struct annot_merge_value *value = annot_arena_alloc(m->arena, sizeof(*value));
	annot_merge_text(c->words, c->n_words, side, &text);
	TRY(annot_buf_check(&text, "a merged text", m->err));
	if (value)
		value->text = annot_arena_copy(m->arena, text.data, text.len);
	if (!value || !value->text)
		return annot_merge_no_memory(m->err);
	*ret = (struct annot_merge_list){.values = value, .n = text.len > 0};
	return ANNOT_OK;
}

static enum annot_status merge_prose(struct merge *m, size_t card, struct annot_merge_clash *c)
{
	size_t clashes;
	TRY(annot_merge_words(m->arena, annot_bytes_of(c->base.values[0].text),
			      annot_bytes_of(c->ours.values[0].text),
			      annot_bytes_of(c->theirs.values[0].text), &c->words, &c->n_words,
			      &clashes, m->err));
	TRY(list_of_text(m, c, ANNOT_MERGE_OURS, &c->with_ours));
	TRY(list_of_text(m, c, ANNOT_MERGE_THEIRS, &c->with_theirs));
	if (clashes > 0)
		annot_merge_clash(m, card, c);
	else
		m->ret->cards.lists[card] = c->with_ours;
	return ANNOT_OK;
}

/* --- all cards --- */

static enum annot_status merge_card(struct merge *m, size_t card)
{
	const struct annot_card_def *def = &m->ours->kind->cards[card];
	const struct annot_merge_cards *base = base_of(m, card);
	const struct annot_merge_list *ours = &m->ours->lists[card];
	const struct annot_merge_list *theirs = &m->theirs->lists[card];
	struct annot_merge_list *to = &m->ret->cards.lists[card];
	*to = *ours;
	if (same_list(ours, theirs) || (base && agree(base, m->theirs, card)))
		return ANNOT_OK;
	if (base && agree(base, m->ours, card)) {
		*to = *theirs;
		return ANNOT_OK;
	}
	if (is_set(def))
		return annot_merge_set(m, card);
	struct annot_merge_clash c = {
		.def = def,
		.ours = *ours,
		.theirs = *theirs,
		.with_ours = *ours,
		.with_theirs = *theirs,
	};
	if (base)
		c.base = base->lists[card];
	if (is_prose(def) && c.base.n == 1 && ours->n == 1 && theirs->n == 1)
		return merge_prose(m, card, &c);
	annot_merge_clash(m, card, &c);
	return ANNOT_OK;
}

enum annot_status annot_merge_versions(struct annot_arena *arena,
				       const struct annot_merge_cards *bases, size_t n_bases,
				       const struct annot_merge_cards *ours,
				       const struct annot_merge_cards *theirs,
				       struct annot_merged *ret, struct annot_error *err)
{
	size_t n = ours->kind->n_cards;
	struct annot_merged merged = {.cards.kind = ours->kind};
	struct merge m = {
		.arena = arena,
		.bases = bases,
		.n_bases = n_bases,
		.ours = ours,
		.theirs = theirs,
		.ret = &merged,
		.err = err,
	};
	merged.cards.lists = annot_arena_array(arena, n, sizeof(*merged.cards.lists));
	m.clashes = annot_arena_array(arena, n, sizeof(*m.clashes));
	if (!merged.cards.lists || !m.clashes)
		return annot_merge_no_memory(err);
	merged.clashes = m.clashes;
	for (size_t i = 0; i < n; i++)
		TRY(merge_card(&m, i));
	*ret = merged;
	return ANNOT_OK;
}
