/* What became of the record since: in force, newest, retracted, withheld, and what it refers to. */
#include "proof/verify_private.h"

void annot_check_effect(struct annot_verify *v)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	uint64_t at = v->subject->index;

	if (v->noted->judgement.effect == ANNOT_VOID ||
	    annot_kind_def(v->subject->leaf.kind)->author == ANNOT_AUTHOR_REVIEWER)
		return;
	switch (annot_authority_effect(a, &v->subject->id, &at)) {
	case ANNOT_EFFECTIVE:
		CHECK_PASSED(v, "effect", "in force since #%llu", (unsigned long long)at);
		break;
	case ANNOT_PENDING:
		CHECK_WARNING(v, "effect", "not in force: %u of %u admins approve as of #%llu",
			      annot_authority_approvals(a, &v->subject->id),
			      annot_authority_threshold(a), (unsigned long long)v->checkpoint.size);
		break;
	case ANNOT_VOID:
		CHECK_INVALID(v, "effect", "void: was rejected, or became impossible, at #%llu",
			      (unsigned long long)at);
		break;
	}
}

/* --- versions
 * ------------------------------------------------------------------------------------------ */

bool annot_is_head(const struct annot_verify *v, const struct annot_hash *record)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	struct annot_known known;

	return view->record(view->ctx, record, &known, NULL) == ANNOT_OK && known.head;
}

uint64_t annot_index_of(const struct annot_verify *v, const struct annot_hash *record)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	struct annot_known known = {0};

	return view->record(view->ctx, record, &known, NULL) == ANNOT_OK ? known.index : 0;
}

void annot_check_latest(struct annot_verify *v)
{
	const struct annot_supplied *s = v->subject;
	struct annot_hash heads[2];
	size_t n = annot_memory_heads(v->memory, &s->leaf.annotation, heads, 2);
	unsigned long long size = v->checkpoint.size;

	if (v->noted->judgement.effect == ANNOT_VOID)
		return;
	if (!annot_is_head(v, &s->id))
		CHECK_FAILED(v, "latest", ANNOT_SUPERSEDED,
			     "version %llu, replaced: the newest as of #%llu is record #%llu%s",
			     (unsigned long long)annot_memory_version(v->memory, &s->id), size,
			     n ? (unsigned long long)annot_index_of(v, &heads[n > 1]) : 0,
			     n > 1 ? " (one of several)" : "");
	else if (n > 1)
		CHECK_FAILED(v, "latest", ANNOT_CONFLICT_HEADS,
			     "%zu versions stand beside each other as of #%llu, records #%llu and "
			     "#%llu%s; nobody merged them",
			     n, size, (unsigned long long)annot_index_of(v, &heads[0]),
			     (unsigned long long)annot_index_of(v, &heads[1]), n > 2 ? " and more" : "");
	else
		CHECK_PASSED(v, "latest",
			     "version %llu, the newest as of #%llu (all leaves replayed)",
			     (unsigned long long)annot_memory_version(v->memory, &s->id), size);
}

void annot_check_retraction(struct annot_verify *v)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	int64_t at = ANNOT_NEVER;
	struct annot_leaf leaf;
	struct annot_who by;

	if (view->retracted(view->ctx, &v->subject->leaf.annotation, &at, NULL) != ANNOT_OK)
		return;
	if (at == ANNOT_NEVER) {
		CHECK_PASSED(v, "retraction", "not retracted as of #%llu",
			     (unsigned long long)v->checkpoint.size);
		return;
	}
	leaf = annot_replay_leaf(v, (uint64_t)at);
	by = annot_who(v, &leaf.author);
	CHECK_FAILED(v, "retraction", ANNOT_RETRACTED, "retracted at #%lld by %s", (long long)at,
		     by.text);
}

/* --- withholding
 * --------------------------------------------------------------------------------------- */

bool annot_is_withheld(const struct annot_verify *v, const struct annot_hash *id, uint64_t *index)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);

	/* Withhold records are part of the key chain: all of them are here. */
	for (size_t i = 0; i < v->n_supplied; i++) {
		const struct annot_supplied *s = &v->supplied[i];

		if (s->record && s->leaf.kind == ANNOT_KIND_withhold &&
		    annot_hash_equal(&s->leaf.on, id) && s->effect != ANNOT_VOID &&
		    annot_authority_effect(a, &s->id, index) == ANNOT_EFFECTIVE)
			return true;
	}
	return false;
}

void annot_check_withheld(struct annot_verify *v)
{
	uint64_t at = 0;

	if (annot_is_withheld(v, &v->subject->id, &at))
		CHECK_FAILED(v, "withheld", ANNOT_WITHHELD,
			     "withheld by the corpus's admins at #%llu", (unsigned long long)at);
	else if (!v->subject->record)
		CHECK_MISSING(
			v, "withheld",
			"the record's bytes are not in the bundle, and no decision of the admins "
			"says why");
}

/* --- what it refers to
 * --------------------------------------------------------------------------------- */

static void warn_about(struct annot_verify *v, const char *card, const struct annot_supplied *s)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	unsigned long long index = s->index;
	struct annot_hash heads[1];
	int64_t at = ANNOT_NEVER;
	uint64_t withheld = 0;
	size_t n;

	if (annot_is_withheld(v, &s->id, &withheld))
		CHECK_WARNING(v, "about", "%s: record #%llu was withheld at #%llu", card, index,
			      (unsigned long long)withheld);
	if (view->retracted(view->ctx, &s->leaf.annotation, &at, NULL) == ANNOT_OK &&
	    at != ANNOT_NEVER)
		CHECK_WARNING(v, "about", "%s: record #%llu was retracted at #%lld", card, index,
			      (long long)at);
	n = annot_memory_heads(v->memory, &s->leaf.annotation, heads, 1);
	if (!annot_is_head(v, &s->id))
		CHECK_WARNING(v, "about",
			      "%s: record #%llu is version %llu and was replaced by now%s", card,
			      index, (unsigned long long)annot_memory_version(v->memory, &s->id),
			      n > 1 ? " (and its versions are in conflict)" : "");
	if (annot_key_disputed(v, s))
		CHECK_WARNING(v, "about",
			      "%s: record #%llu is disputed, its author's key was compromised",
			      card, index);
}

/* Returns whether the record that the card names is here. */
static bool check_reference(struct annot_verify *v, const struct annot_card *c)
{
	const char *card = c->def->name;
	const struct annot_supplied *s = annot_supplied_find(v, &c->hash);

	if (!s) {
		CHECK_MISSING(v, "references", "%s: the record that it names is not in the bundle",
			      card);
		return false;
	}
	if (!s->record && v->replayed && !annot_is_withheld(v, &s->id, NULL)) {
		CHECK_MISSING(
			v, "references",
			"%s: the bytes of record #%llu are not in the bundle, and no decision of "
			"the admins says why",
			card, (unsigned long long)s->index);
		return false;
	}
	if (v->replayed)
		warn_about(v, card, s);
	return true;
}

static bool named_before(const struct annot_record *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((r->cards[i].def->type == ANNOT_CARD_REF ||
		     r->cards[i].def->type == ANNOT_CARD_TARGET) &&
		    annot_hash_equal(&r->cards[i].hash, &r->cards[n].hash))
			return true;
	return false;
}

void annot_check_references(struct annot_verify *v)
{
	const struct annot_record *r = v->subject->record;
	size_t good = 0, all = 0;

	for (size_t i = 0; r && i < r->n_cards; i++) {
		enum annot_card_type type = r->cards[i].def->type;

		if ((type != ANNOT_CARD_REF && type != ANNOT_CARD_TARGET) || named_before(r, i))
			continue;
		all++;
		good += check_reference(v, &r->cards[i]);
	}
	if (all && good == all)
		CHECK_PASSED(v, "references", "%zu record%s referred to, signatures good", all,
			     annot_plural(all));
}
