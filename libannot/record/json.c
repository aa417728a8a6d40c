/* Records as JSON. */
#include <jansson.h>

#include "base/encode.h"
#include "record/internal.h"

/* Sets a member; the value is consumed even on failure. */
static bool set(json_t *object, const char *name, json_t *value)
{
	return value && json_object_set_new(object, name, value) == 0;
}

static json_t *hash_json(const struct annot_hash *h)
{
	return json_string(annot_hash_hex(h).text);
}

static json_t *parents_json(const struct annot_record *r)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < r->n_parents; i++)
		if (json_array_append_new(list, hash_json(&r->parents[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *author_json(const struct annot_record *r)
{
	json_t *author = json_object();
	if (author && !set(author, "key", hash_json(&r->author))) {
		json_decref(author);
		return NULL;
	}
	return author;
}

static json_t *seen_json(const struct annot_seen *seen)
{
	if (!seen->size)
		return json_null();
	return json_pack("{s:I, s:s, s:s}", "size", (json_int_t)seen->size, "root",
			 annot_hash_hex(&seen->root).text, "note",
			 annot_hash_hex(&seen->note).text);
}

static bool put_header(const struct annot_record *r, json_t *ret)
{
	char nonce[2 * ANNOT_NONCE_SIZE + 1];
	annot_hex(r->nonce, ANNOT_NONCE_SIZE, nonce);
	return set(ret, "record", hash_json(&r->id)) && set(ret, "corpus", hash_json(&r->corpus)) &&
	       set(ret, "kind", json_string(r->kind->name)) &&
	       set(ret, "annotation", hash_json(&r->annotation)) &&
	       set(ret, "parents", parents_json(r)) && set(ret, "author", author_json(r)) &&
	       set(ret, "time", json_string(r->time)) && set(ret, "seen", seen_json(&r->seen)) &&
	       set(ret, "nonce", json_string(nonce));
}

static json_t *card_json(const struct annot_card *card)
{
	if (card->def->type == ANNOT_CARD_NUMBER)
		return json_integer((json_int_t)card->start);
	return json_stringn(card->text, card->len);
}

static json_t *target_json(const struct annot_target *t)
{
	return json_pack("{s:s, s:[I,I], s:s, s:s, s:s}", "document",
			 annot_hash_hex(&t->document).text, "bytes", (json_int_t)t->start,
			 (json_int_t)t->end, "exact", t->exact->text, "prefix", t->prefix->text,
			 "suffix", t->suffix->text);
}

static bool put_targets(const struct annot_record *r, json_t *ret)
{
	json_t *list = json_array();
	struct annot_target t;
	if (!set(ret, "targets", list))
		return false;
	for (size_t i = 0; annot_record_target(r, i, &t); i++)
		if (json_array_append_new(list, target_json(&t)) != 0)
			return false;
	return true;
}

/* A card that may be repeated: an array of all, even of none. */
static bool put_list(const struct annot_record *r, const struct annot_card_def *def, json_t *ret)
{
	json_t *list = json_array();
	if (!set(ret, def->name, list))
		return false;
	for (size_t i = 0; i < r->n_cards; i++)
		if (r->cards[i].def == def &&
		    json_array_append_new(list, card_json(&r->cards[i])) != 0)
			return false;
	return true;
}

static bool put_cards(const struct annot_record *r, json_t *ret)
{
	for (size_t i = 0; i < r->kind->n_cards; i++) {
		const struct annot_card_def *def = &r->kind->cards[i];
		const struct annot_card *card;
		if (def->in_group)
			continue;
		if (def->type == ANNOT_CARD_TARGET) {
			if (!put_targets(r, ret))
				return false;
		} else if (def->max > 1) {
			if (!put_list(r, def, ret))
				return false;
		} else if ((card = annot_record_card(r, def->name)) &&
			   !set(ret, def->name, card_json(card))) {
			return false;
		}
	}
	return true;
}

struct json_t *annot_record_json(const struct annot_record *r)
{
	json_t *ret = json_object();
	if (ret && !(put_header(r, ret) && put_cards(r, ret))) {
		json_decref(ret);
		return NULL;
	}
	return ret;
}
