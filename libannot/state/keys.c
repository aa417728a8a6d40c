/* Persons and their keys. */
#include "state/authority_private.h"

#include <stdlib.h>

#include "base/encode.h"
#include "state/standing.h"

struct annot_fingerprint annot_author_fingerprint(const struct annot_hash *author)
{
	struct annot_fingerprint ret = {.text = "SHA256:"};
	char text[45] = "";
	struct annot_buf b = ANNOT_BUF_IN(text); /* reasons are the same when memory is short */

	annot_buf_base64(&b, author->b, ANNOT_HASH_SIZE);
	memcpy(ret.text + 7, text, 43); /* without the padding, as ssh-keygen -l */
	return ret;
}

enum annot_status annot_fail_not_enrolled(const struct annot_hash *author, struct annot_error *err)
{
	return annot_fail(err, ANNOT_DENIED,
			  "author %s: this key is not enrolled in this corpus; an admin enrols it "
			  "with annotctl reviewer add FILE (made by annotctl key request, with "
			  "--corpus over tls+tcp://)",
			  annot_author_fingerprint(author).text);
}

/* An author is a hash already. */
static unsigned author_hash(const struct annot_hash *author)
{
	unsigned ret;

	memcpy(&ret, author->b, sizeof(ret));
	return ret;
}

static struct annot_author *author_find(const struct annot_authority *a,
					const struct annot_hash *author)
{
	struct annot_author *entry = NULL;

	HASH_FIND_BYHASHVALUE(hh, a->authors, author, sizeof(*author), author_hash(author), entry);
	return entry;
}

struct annot_key *annot_keys_find(const struct annot_authority *a, const struct annot_hash *author)
{
	struct annot_author *entry = author_find(a, author);
	struct annot_key *key;

	if (!entry)
		return NULL;
	for (key = entry->newest; key; key = key->before)
		if (key->info.state != ANNOT_KEY_PENDING)
			return key;
	return entry->newest;
}

struct annot_person *annot_person_find(const struct annot_authority *a, const char *name,
				       size_t len)
{
	struct annot_person *p = NULL;

	HASH_FIND(hh, a->persons, name, len, p);
	return p;
}

struct annot_person *annot_person_new(struct annot_authority *a, const struct annot_hash *id,
				      const char *name, size_t len)
{
	struct annot_person *p = annot_arena_alloc(a->arena, sizeof(*p));

	if (!p)
		return NULL;
	p->id = *id;
	p->name = annot_arena_copy(a->arena, name, len);
	return p->name ? p : NULL;
}

enum annot_status annot_person_register(struct annot_authority *a, struct annot_person *p,
					struct annot_error *err)
{
	HASH_ADD_KEYPTR(hh, a->persons, p->name, strlen(p->name), p);
	if (annot_table_failed(p))
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for person %s", p->name);
	return ANNOT_OK;
}

static bool keys_append(struct annot_authority *a, struct annot_key *key)
{
	if (a->n_keys == a->cap_keys) {
		size_t cap = a->cap_keys ? 2 * a->cap_keys : 64;
		struct annot_key **more = realloc(a->keys, cap * sizeof(struct annot_key *));

		if (!more)
			return false;
		a->keys = more;
		a->cap_keys = cap;
	}
	a->keys[a->n_keys++] = key;
	return true;
}

static void person_to_info(struct annot_key *key)
{
	const struct annot_person *p = key->person;

	key->info.name = p->name;
	key->info.display = p->display;
	key->info.admin = p->admin;
	key->info.bot = p->bot;
	key->info.person = p->id;
	key->info.languages = p->languages;
	key->info.n_languages = p->n_languages;
}

struct annot_key *annot_keys_add(struct annot_authority *a, struct annot_person *person,
				 const struct annot_card *card, const struct annot_key_event *event)
{
	struct annot_key *key = annot_arena_alloc(a->arena, sizeof(*key));
	struct annot_author *entry = NULL;

	if (!key)
		return NULL;
	memcpy(key->info.key, card->key, sizeof(key->info.key));
	key->info.author = card->hash;
	key->info.event = event->record;
	key->info.index = event->index;
	key->info.by = event->author;
	key->info.state = ANNOT_KEY_PENDING;
	key->info.effective = ANNOT_NEVER;
	key->info.ended = ANNOT_NEVER;
	key->info.compromised_from = ANNOT_NEVER;
	key->info.revoked = ANNOT_NEVER;
	key->person = person;
	person_to_info(key);
	entry = author_find(a, &card->hash);
	if (!entry) {
		entry = annot_arena_alloc(a->arena, sizeof(*entry));
		if (!entry)
			return NULL;
		entry->author = card->hash;
		HASH_ADD_BYHASHVALUE(hh, a->authors, author, sizeof(entry->author),
				     author_hash(&entry->author), entry);
		if (annot_table_failed(entry))
			return NULL;
	}
	if (!keys_append(a, key))
		return NULL;
	key->before = entry->newest;
	entry->newest = key;
	return key;
}

void annot_keys_activate(struct annot_key *key, struct annot_person *person, uint64_t index)
{
	key->person = person;
	key->info.state = ANNOT_KEY_ACTIVE;
	key->info.effective = (int64_t)index;
	person->active = key;
	person_to_info(key);
}

void annot_keys_end(struct annot_key *key, enum annot_key_state state, uint64_t index,
		    const struct annot_hash *by)
{
	key->info.state = state;
	if (key->info.ended == ANNOT_NEVER) {
		key->info.ended = (int64_t)index + 1;
		key->info.ended_by = *by;
	}
	if (key->person->active == key)
		key->person->active = NULL;
}

void annot_keys_taint(struct annot_key *key, int64_t from)
{
	for (struct annot_key *k = key; k; k = k->before)
		if (k->info.effective != ANNOT_NEVER)
			k->info.compromised_from = from;
}

void annot_keys_drop(struct annot_authority *a, struct annot_key *key)
{
	struct annot_author *entry = NULL;
	size_t n = 0;

	for (size_t i = 0; i < a->n_keys; i++)
		if (a->keys[i] != key)
			a->keys[n++] = a->keys[i];
	a->n_keys = n;
	entry = author_find(a, &key->info.author);
	for (struct annot_key **at = entry ? &entry->newest : NULL; at && *at; at = &(*at)->before)
		if (*at == key) {
			*at = key->before;
			break;
		}
	if (entry && !entry->newest)
		HASH_DEL(a->authors, entry);
}

void annot_keys_refresh(struct annot_authority *a)
{
	for (size_t i = 0; i < a->n_keys; i++)
		person_to_info(a->keys[i]);
}

void annot_keys_free(struct annot_authority *a)
{
	/* Elements live in the arena; only the tables' own memory is freed here. */
	HASH_CLEAR(hh, a->authors);
	HASH_CLEAR(hh, a->persons);
	free(a->keys);
}

/* --- what others ask
 * ------------------------------------------------------------------------------------- */

const char *annot_key_state_name(enum annot_key_state state)
{
	static const char *const names[] = {
		[ANNOT_KEY_PENDING] = "pending",         [ANNOT_KEY_ACTIVE] = "active",
		[ANNOT_KEY_ROTATED] = "rotated",         [ANNOT_KEY_RETIRED] = "retired",
		[ANNOT_KEY_COMPROMISED] = "compromised", [ANNOT_KEY_LEFT] = "left",
		[ANNOT_KEY_REMOVED] = "removed",
	};
	return names[state];
}

const struct annot_key_info *annot_authority_key(const struct annot_authority *a,
						 const struct annot_hash *author)
{
	const struct annot_key *key = annot_keys_find(a, author);

	return key ? &key->info : NULL;
}

size_t annot_authority_keys(const struct annot_authority *a)
{
	return a->n_keys;
}

const struct annot_key_info *annot_authority_key_at(const struct annot_authority *a, size_t n)
{
	return n < a->n_keys ? &a->keys[n]->info : NULL;
}

const struct annot_key_info *annot_authority_name(const struct annot_authority *a, const char *name)
{
	const struct annot_person *p = annot_person_find(a, name, strlen(name));

	return p && p->active ? &p->active->info : NULL;
}

bool annot_key_in_force(const struct annot_key_info *key, uint64_t index)
{
	return key->effective != ANNOT_NEVER && (uint64_t)key->effective <= index &&
	       (key->ended == ANNOT_NEVER || index < (uint64_t)key->ended);
}

bool annot_key_stolen(const struct annot_authority *a, const struct annot_hash *author,
		      uint64_t index)
{
	const struct annot_key *key = annot_keys_find(a, author);

	while (key && !annot_key_in_force(&key->info, index))
		key = key->before;
	return key && annot_key_standing(&key->info, index) == ANNOT_STANDING_DISPUTED;
}
