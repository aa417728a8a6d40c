/* What authority records do when they take effect. */
#include "state/authority_private.h"

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the corpus's keys");
}

static enum annot_status take_policy(struct annot_authority *a, const struct annot_record *r,
				     uint64_t index, struct annot_error *err)
{
	return annot_policy_read(a->arena, r, index, &a->policy, err);
}

/* --- corpus
 * ------------------------------------------------------------------------------------------- */

static enum annot_status enrol_admin(struct annot_authority *a, const struct annot_admin *admin,
				     const struct annot_key_event *event, struct annot_error *err)
{
	struct annot_person *p = admin->person;
	struct annot_key *key;

	if (!p) {
		p = annot_person_new(a, &admin->card->hash, admin->card->text, admin->name_len);
		if (!p)
			return no_memory(err);
		TRY(annot_person_register(a, p, err));
	}
	p->admin = true;
	if (p->active)
		return ANNOT_OK;
	key = annot_keys_add(a, p, admin->card, event);
	if (!key)
		return no_memory(err);
	annot_keys_activate(key, p, event->index);
	return ANNOT_OK;
}

static enum annot_status set_log_key(struct annot_authority *a, const struct annot_record *r,
				     struct annot_error *err)
{
	const struct annot_card *card = annot_record_card(r, "log");
	struct annot_vkey vkey, *keys;

	TRY(annot_vkey_parse(card->text, card->len, &vkey, err));
	if (a->n_log_keys && memcmp(vkey.key, a->log_keys[0].key, sizeof(vkey.key)) == 0)
		return ANNOT_OK;
	keys = annot_arena_array(a->arena, a->n_log_keys + 1, sizeof(*keys));
	if (!keys)
		return no_memory(err);
	keys[0] = vkey;
	for (size_t i = 0; i < a->n_log_keys; i++)
		keys[i + 1] = a->log_keys[i];
	a->log_keys = keys;
	a->n_log_keys++;
	return ANNOT_OK;
}

static enum annot_status take_corpus(struct annot_authority *a, const struct annot_record *r,
				     uint64_t index, struct annot_error *err)
{
	const struct annot_key_event event = {.record = r->id, .author = r->author, .index = index};
	struct annot_admin admins[ANNOT_ADMINS_MAX];
	struct annot_person *p, *next;
	size_t n = 0;

	TRY(annot_rule_corpus(a, r, admins, &n, err));
	HASH_ITER(hh, a->persons, p, next)
	p->admin = false;
	for (size_t i = 0; i < n; i++)
		if (admins[i].person)
			admins[i].person->admin = true;
	HASH_ITER(hh, a->persons, p, next)
	if (!p->admin && !p->by_key_add && p->active) {
		p->active->info.removal = r->id;
		annot_keys_end(p->active, ANNOT_KEY_REMOVED, index, &r->author);
	}
	for (size_t i = 0; i < n; i++)
		TRY(enrol_admin(a, &admins[i], &event, err));
	TRY(set_log_key(a, r, err));
	a->threshold = (unsigned)annot_record_card(r, "threshold")->start;
	a->corpus_record = r->id;
	a->origin = annot_record_text(r, "origin");
	a->started = true;
	if (annot_policy_cards(r))
		TRY(take_policy(a, r, index, err));
	annot_keys_refresh(a);
	return ANNOT_OK;
}

/* --- keys
 * --------------------------------------------------------------------------------------------- */

static enum annot_status describe_person(struct annot_authority *a, struct annot_person *p,
					 const struct annot_record *r, struct annot_error *err)
{
	const struct annot_card *c;
	size_t n = 0;

	for (c = annot_record_card(r, "language"); c; c = annot_record_card_next(r, c))
		n++;
	p->languages = annot_arena_array(a->arena, n ? n : 1, sizeof(char *));
	if (!p->languages)
		return no_memory(err);
	p->n_languages = 0;
	for (c = annot_record_card(r, "language"); c; c = annot_record_card_next(r, c))
		p->languages[p->n_languages++] = c->text;
	p->display = annot_record_text(r, "display");
	p->bot = strcmp(annot_record_text(r, "role"), "bot") == 0;
	return ANNOT_OK;
}

static enum annot_status take_key_add(struct annot_authority *a, struct annot_quorum *q,
				      uint64_t index, struct annot_error *err)
{
	const struct annot_record *r = q->copy;
	const struct annot_card *name = annot_record_card(r, "name");
	struct annot_person *p;

	TRY(annot_rule_key_add(a, r, err));
	p = annot_person_find(a, name->text,
			      name->len); /* an admin of former times who comes back */
	if (!p) {
		p = q->key->person;
		TRY(annot_person_register(a, p, err));
	} else {
		TRY(describe_person(a, p, r, err));
	}
	p->by_key_add = true;
	annot_keys_activate(q->key, p, index);
	annot_keys_refresh(a);
	return ANNOT_OK;
}

static enum annot_status take_key_rotate(struct annot_authority *a, const struct annot_record *r,
					 struct annot_key *old, uint64_t index,
					 struct annot_error *err)
{
	const struct annot_key_event event = {.record = r->id, .author = r->author, .index = index};
	struct annot_person *p = old->person;
	struct annot_key *key;

	TRY(annot_rule_key_rotate(a, r, old, err));
	key = annot_keys_add(a, p, annot_record_card(r, "key"), &event);
	if (!key)
		return no_memory(err);
	annot_keys_end(old, ANNOT_KEY_ROTATED, index, &r->author);
	annot_keys_activate(key, p, index);
	return ANNOT_OK;
}

static enum annot_status take_key_revoke(struct annot_authority *a, const struct annot_record *r,
					 uint64_t index, struct annot_error *err)
{
	const struct annot_card *from = annot_record_card(r, "from-index");
	const char *reason = annot_record_text(r, "reason");
	enum annot_key_state state = ANNOT_KEY_COMPROMISED;
	struct annot_key *key;

	TRY(annot_rule_key_revoke(a, r, index, &key, err));
	if (strcmp(reason, "retired") == 0)
		state = ANNOT_KEY_RETIRED;
	else if (strcmp(reason, "left") == 0)
		state = ANNOT_KEY_LEFT;
	annot_keys_end(key, state, index, &r->author);
	key->info.revocation = r->id;
	key->info.revoked_by = r->author;
	key->info.revoked = (int64_t)index;
	if (state == ANNOT_KEY_COMPROMISED)
		annot_keys_taint(key, from ? (int64_t)from->start : key->info.ended);
	return ANNOT_OK;
}

enum annot_status annot_effect_take(struct annot_authority *a, struct annot_quorum *q,
				    struct annot_key *own, uint64_t index, struct annot_error *err)
{
	switch (q->kind) {
	case ANNOT_KIND_corpus:
		return take_corpus(a, q->copy, index, err);
	case ANNOT_KIND_policy:
		return take_policy(a, q->copy, index, err);
	case ANNOT_KIND_key_add:
		return take_key_add(a, q, index, err);
	case ANNOT_KIND_key_rotate:
		return take_key_rotate(a, q->copy, own, index, err);
	case ANNOT_KIND_key_revoke:
		return take_key_revoke(a, q->copy, index, err);
	default: /* withhold: authority only says that it is in effect */
		return ANNOT_OK;
	}
}

/* The key of a key-add while its quorum is collected. */
enum annot_status annot_effect_prepare(struct annot_authority *a, struct annot_quorum *q,
				       uint64_t index, struct annot_error *err)
{
	const struct annot_key_event event = {
		.record = q->record, .author = q->copy->author, .index = index};
	const struct annot_card *name;
	struct annot_person *p;

	if (q->kind != ANNOT_KIND_key_add)
		return ANNOT_OK;
	name = annot_record_card(q->copy, "name");
	p = annot_person_new(a, &q->record, name->text, name->len);
	if (!p)
		return no_memory(err);
	TRY(describe_person(a, p, q->copy, err));
	q->key = annot_keys_add(a, p, annot_record_card(q->copy, "key"), &event);
	return q->key ? ANNOT_OK : no_memory(err);
}
