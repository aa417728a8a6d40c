/* What a record names must be there, not void, and of an allowed kind. */
#include "state/judge_private.h"

#include <string.h>

static enum annot_status judge_reference(struct judge *j, const char *card, const char *kinds,
					 const struct annot_hash *record)
{
	const struct annot_short id = annot_short_id(record);
	struct annot_known known;
	enum annot_status s = annot_judge_known(j, record, &known);
	const char *kind;

	if (s == ANNOT_NOT_FOUND)
		return annot_judge_void(j, ANNOT_NOT_FOUND,
					"%s %s: no such record in this log before this one", card,
					id.text);
	TRY(s);
	kind = annot_kind_def(known.kind)->name;
	if (!annot_word_in(kinds, kind, strlen(kind)))
		return annot_judge_void(j, ANNOT_REFUSED, "%s %s: is a %s, expected %s", card,
					id.text, kind, kinds);
	if (known.is_void)
		return annot_judge_void(j, ANNOT_REFUSED,
					"%s %s: record #%llu is void, it has no effect", card,
					id.text, (unsigned long long)known.index);
	return ANNOT_OK;
}

/* Of a withheld record the leaf still names one. */
static enum annot_status judge_leaf_reference(struct judge *j)
{
	const struct annot_kind_def *kind = annot_kind_def(j->leaf->kind);
	const struct annot_card_def *def = annot_card_def_find(kind, "on", 2);

	if (!def)
		def = annot_card_def_find(kind, "from", 4);
	if (!def != !j->leaf->has_on)
		return annot_judge_void(j, ANNOT_REFUSED, "on: a leaf of kind %s has %s",
					kind->name, def ? "one, found none" : "none, found one");
	return def ? judge_reference(j, def->name, def->values, &j->leaf->on) : ANNOT_OK;
}

enum annot_status annot_judge_references(struct judge *j)
{
	if (!j->record)
		return judge_leaf_reference(j);
	for (size_t i = 0; i < j->record->n_cards; i++) {
		const struct annot_card *c = &j->record->cards[i];

		if (c->def->type == ANNOT_CARD_REF)
			RULE(judge_reference(j, c->def->name, c->def->values, &c->hash));
		else if (c->def->type == ANNOT_CARD_TARGET)
			RULE(judge_reference(j, c->def->name, "document", &c->hash));
	}
	return ANNOT_OK;
}
