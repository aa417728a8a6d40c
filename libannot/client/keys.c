/* The registry of keys, and the genesis record that everything starts from. */
#include "client/internal.h"

#include "base/auto.h"
#include "base/hash.h"
#include "record/sshsig.h"

enum { KEYS_ARENA_MAX = 64 << 20 };

void annot_keys_forget(struct annot *a)
{
	a->keys = NULL;
	a->parsed_keys = NULL;
	a->keys_arena = annot_arena_free(a->keys_arena);
}

static enum annot_status fetch_keys(struct annot *a, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(KEYS_ARENA_MAX);
	struct annot_keys_request in = {};
	const struct annot_keys_reply *keys;
	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_call_keys(a, &in, arena, &keys, err));
	struct annot_parsed_key *parsed = annot_arena_array(arena, keys->n_keys, sizeof(*parsed));
	if (!parsed && keys->n_keys > 0)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	annot_keys_forget(a);
	a->keys_arena = TAKE(arena);
	a->keys = keys;
	a->parsed_keys = parsed;
	return ANNOT_OK;
}

enum annot_status annot_keys(struct annot *a, const struct annot_keys_reply **ret,
			     struct annot_error *err)
{
	if (!a->keys)
		TRY(fetch_keys(a, err));
	*ret = a->keys;
	return ANNOT_OK;
}

/* Whether the registry has it. What it says of the key itself is held against the author hash. */
static enum annot_status find_key(struct annot *a, const struct annot_hash *author,
				  const struct annot_public_key **ret, struct annot_error *err)
{
	for (size_t i = 0; i < a->keys->n_keys; i++) {
		const struct annot_key_view *view = &a->keys->keys[i];
		struct annot_parsed_key *parsed = &a->parsed_keys[i];
		if (!annot_hash_equal(&view->author, author))
			continue;
		if (!parsed->parsed) {
			struct annot_public_key key;
			TRY(annot_key_parse(view->key, strlen(view->key), &key, err));
			struct annot_hash hash = annot_key_author(key.key);
			if (!annot_hash_equal(&hash, author))
				return annot_fail(err, ANNOT_MISMATCH,
						  "the daemon names a key for author %s that has "
						  "another hash: %s",
						  annot_hash_hex(author).text,
						  annot_hash_hex(&hash).text);
			parsed->key = key;
			parsed->parsed = true;
		}
		*ret = &parsed->key;
		return ANNOT_OK;
	}
	return annot_fail(err, ANNOT_NOT_FOUND, "author %s is not in the registry of keys",
			  annot_hash_hex(author).text);
}

enum annot_status annot_author_key(struct annot *a, const struct annot_hash *author,
				   struct annot_public_key *ret, struct annot_error *err)
{
	const struct annot_keys_reply *keys;
	const struct annot_public_key *key;
	bool cached = a->keys != NULL;
	TRY(annot_keys(a, &keys, err));
	enum annot_status status = find_key(a, author, &key, err);
	if (status == ANNOT_NOT_FOUND && cached) {
		TRY(fetch_keys(a, err)); /* enrolled since */
		status = find_key(a, author, &key, err);
	}
	if (status == ANNOT_OK)
		*ret = *key;
	return status;
}

/* The genesis record is signed by one of the admins that it names. */
static enum annot_status check_genesis(const struct annot_record *genesis,
				       struct annot_bytes signature, struct annot_error *err)
{
	const struct annot_card *admin = annot_record_card(genesis, "admin");
	while (admin && !annot_hash_equal(&admin->hash, &genesis->author))
		admin = annot_record_card_next(genesis, admin);
	if (!admin || signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_MISMATCH,
				  "the genesis record is not signed by an admin that it names");
	return annot_sshsig_verify(admin->key, ANNOT_NAMESPACE_RECORD, genesis->bytes,
				   signature.data, err);
}

enum annot_status annot_genesis(struct annot *a, const struct annot_record **ret,
				struct annot_error *err)
{
	if (a->genesis) {
		*ret = a->genesis;
		return ANNOT_OK;
	}
	AUTO_ARENA struct annot_arena *arena = NULL;
	TRY(annot_client_arena(&arena, err));
	const uint64_t index = 0;
	struct annot_raw_request in = {.indexes = &index, .n_indexes = 1};
	const struct annot_raw_reply *reply;
	TRY(annot_call_raw(a, &in, arena, &reply, err));
	if (reply->n_records != 1 || !reply->records[0].record.data)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "the daemon does not show the genesis record");
	struct annot_bytes bytes = reply->records[0].record;
	struct annot_hash id = annot_sha256(bytes.data, bytes.len);
	if (!annot_hash_equal(&id, &a->hello.corpus))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the genesis record has the hash %s; the corpus is %s",
				  annot_hash_hex(&id).text, annot_hash_hex(&a->hello.corpus).text);
	const struct annot_record *genesis;
	TRY(annot_record_parse(a->arena, bytes, &genesis, err));
	if (!genesis->genesis)
		return annot_fail(err, ANNOT_MISMATCH, "leaf 0 is not a genesis record");
	TRY(check_genesis(genesis, reply->records[0].signature, err));
	a->genesis = genesis;
	*ret = genesis;
	return ANNOT_OK;
}
