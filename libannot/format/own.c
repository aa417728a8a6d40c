#include "format/own.h"

#include "base/encode.h"

bool own_hash(const char *text, struct annot_hash *ret)
{
	size_t len = text ? strlen(text) : 0;
	return len >= ANNOT_HASH_HEX &&
	       annot_hash_unhex(text + len - ANNOT_HASH_HEX, ANNOT_HASH_HEX, ret);
}

enum annot_status own_get(struct annot_import *m, const struct annot_hash *record,
			  const struct annot_entry **ret, struct annot_error *err)
{
	char id[ANNOT_HASH_HEX + 2];
	struct annot_error why;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(record).text);
	*ret = NULL;
	enum annot_status status = m->host.own(m->host.arg, id, ret, &why);
	if (status != ANNOT_OK && status != ANNOT_NOT_FOUND)
		return annot_fail(err, status, "%s", why.text);
	return ANNOT_OK;
}

enum annot_status own_find(struct annot_import *m, const char *corpus, const char *record,
			   const char *field, const struct annot_entry **ret, enum own_is *ret_is,
			   struct annot_error *err)
{
	struct annot_hash hash;
	const struct annot_entry *found = NULL;
	*ret_is = OWN_NOT;
	if (corpus && strcmp(corpus, annot_hash_hex(&m->host.corpus).text) != 0)
		return ANNOT_OK;
	if (own_hash(record, &hash))
		TRY(own_get(m, &hash, &found, err));
	if (found && found->record) {
		*ret = found;
		*ret_is = OWN_HERE;
		return ANNOT_OK;
	}
	if (!corpus)
		return ANNOT_OK;
	*ret_is = OWN_GONE;
	json_t *value = record ? json_string(record) : NULL;
	enum annot_status status = annot_import_leave_out(
		m, field, value,
		found ? "the record of this corpus that it is, is withheld"
		      : "it says that it is of this corpus, which has no such record",
		err);
	json_decref(value);
	return status;
}

static size_t count_in(const char *const *values, size_t n, const char *value)
{
	size_t ret = 0;
	for (size_t i = 0; i < n; i++)
		ret += strcmp(values[i], value) == 0;
	return ret;
}

static size_t count_of(const struct annot_record *record, const char *name, const char *value)
{
	size_t ret = 0;
	const struct annot_card *card = annot_record_card(record, name);
	for (; card; card = annot_record_card_next(record, card))
		ret += !value || strcmp(card->text, value) == 0;
	return ret;
}

bool own_differs(const struct annot_record *record, const char *card, const char *const *values,
		 size_t n)
{
	if (count_of(record, card, NULL) != n)
		return true;
	for (size_t i = 0; i < n; i++)
		if (count_in(values, n, values[i]) != count_of(record, card, values[i]))
			return true;
	return false;
}

enum annot_status own_replace(struct annot_import *m, struct annot_draft *draft, const char *card,
			      const char *field, const char *const *values, size_t n,
			      struct annot_error *err)
{
	annot_draft_unset(draft, card);
	for (size_t i = 0; i < n; i++)
		TRY(annot_import_card(m, draft, card, field, values[i], NULL, err));
	return ANNOT_OK;
}

enum annot_status own_add_targets(struct annot_draft *draft, const struct annot_record *record,
				  size_t from, struct annot_error *err)
{
	size_t n = 0;
	for (size_t i = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		n += card->def->type == ANNOT_CARD_TARGET;
		if (n > from && (card->def->type == ANNOT_CARD_TARGET || card->def->in_group))
			TRY(annot_draft_add(draft, card->def->name, card->text, err));
	}
	return ANNOT_OK;
}

enum annot_status own_lose_members(struct annot_import *m, json_t *item, const char *held,
				   const json_t *kept, struct annot_error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach(item, name, value)
	{
		json_t *before = json_object_get(kept, name);
		if (!annot_word_in(held, name, strlen(name)) &&
		    !(before && json_equal(before, value)))
			TRY(annot_import_lose(m, name, value,
					      "an annotation of this corpus has no place for it",
					      err));
	}
	return ANNOT_OK;
}
