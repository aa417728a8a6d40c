/* Cards that name other records, and cards under names of ours. */
#include "base/encode.h"
#include "format/build.h"
#include "format/w3c_import.h"

/* --- references to other records --- */

static enum annot_status refer(struct w3c_work *w, const char *card, const char *iri,
			       struct annot_error *err)
{
	const struct annot_kind_def *kind = annot_kind_def(w->kind);
	const struct annot_card_def *def = annot_card_def_find(kind, card, strlen(card));
	size_t n = 0;
	for (size_t i = 0; i < w->n_refs; i++)
		n += strcmp(w->refs[i].card, card) == 0;
	if (!def || n >= def->max || w->n_refs == ANNOT_IMPORT_REFS_MAX)
		return annot_import_lose_text(w->m, card, iri,
					      "one reference more than it may have", err);
	w->refs[w->n_refs++] = (struct annot_import_ref){.card = card, .item = iri};
	return ANNOT_OK;
}

static enum annot_status refer_record(struct w3c_work *w, const char *card,
				      const struct annot_hash *record, struct annot_error *err)
{
	struct annot_hash *copy =
		(struct annot_hash *)(void *)annot_arena_copy(w->m->arena, record, sizeof *record);
	if (!copy)
		return w3c_no_memory(err);
	size_t before = w->n_refs;
	TRY(refer(w, card, annot_hash_hex(record).text, err));
	if (w->n_refs > before)
		w->refs[before] = (struct annot_import_ref){.card = card, .record = copy};
	return ANNOT_OK;
}

/* Whether hashes in an annotation are those of records here: it was exported from this corpus, or
 * is about what was; what another corpus exported has hashes of its own. */
static bool means_ours(const struct w3c_work *w)
{
	return !w3c_member(w, W3C_PREFIX "corpus") || w3c_is_from_here(w);
}

bool w3c_is_from_here(const struct w3c_work *w)
{
	const char *corpus = w3c_text(w->annotation, W3C_PREFIX "corpus");
	return corpus && strcmp(corpus, annot_hash_hex(&w->m->host.corpus).text) == 0;
}

enum annot_status w3c_refer(struct w3c_work *w, const char *card, const json_t *resource,
			    struct annot_error *err)
{
	struct w3c_target t;
	struct annot_source *source;
	struct annot_hash hash;
	TRY(w3c_target_read(w->m, resource, &t, err));
	TRY(w3c_target_source(w->m, &t, &source, err));
	if (source)
		return refer_record(w, card, &source->record->id, err);
	const char *exact = w3c_text(t.object, W3C_PREFIX "record");
	if (means_ours(w) && annot_import_own_iri(w->m, exact ? exact : t.iri, &hash))
		return refer_record(w, card, &hash, err);
	return refer(w, card, t.iri, err);
}

/* --- what stands under names of ours --- */

static enum annot_status own_value(struct w3c_work *w, const struct annot_card_def *def,
				   const char *field, const json_t *value, struct annot_error *err)
{
	if (!json_is_string(value))
		return annot_import_lose(w->m, field, value, "expected a text", err);
	const char *text = json_string_value(value);
	struct annot_hash hash;
	if (def->type != ANNOT_CARD_REF)
		return annot_import_card(w->m, w->draft, def->name, field, text, NULL, err);
	if (means_ours(w) && annot_import_own_iri(w->m, text, &hash))
		return refer_record(w, def->name, &hash, err);
	return refer(w, def->name, text, err);
}

enum annot_status w3c_own_cards(struct w3c_work *w, struct annot_error *err)
{
	const struct annot_kind_def *kind = annot_kind_def(w->kind);
	for (size_t i = 0; w->ours && i < kind->n_cards; i++) {
		const struct annot_card_def *def = &kind->cards[i];
		char name[64];
		snprintf(name, sizeof name, W3C_PREFIX "%s", def->name);
		const json_t *value = w3c_member(w, name);
		if (def->in_group || def->type == ANNOT_CARD_TARGET ||
		    strncmp(def->name, "imported-", 9) == 0 || w3c_body_of(w->kind, def->name))
			continue;
		if (strcmp(def->name, "opens") == 0 || strcmp(def->name, "salt") == 0) {
			if (value)
				TRY(annot_import_lose(w->m, name, value,
						      "a seal is opened by who made it", err));
			continue;
		}
		for (size_t k = 0; k < w3c_count(value); k++)
			TRY(own_value(w, def, name, w3c_item(value, k), err));
	}
	return ANNOT_OK;
}
