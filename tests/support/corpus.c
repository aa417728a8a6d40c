#include "corpus.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENTRIES_MAX = 4096 };

struct test_key test_key(uint8_t seed)
{
	uint8_t bytes[crypto_sign_SEEDBYTES];
	struct test_key ret = {0};

	memset(bytes, seed, sizeof(bytes));
	crypto_sign_seed_keypair(ret.secret.public_key.key, ret.secret.secret, bytes);
	ret.author = annot_key_author(ret.secret.public_key.key);
	return ret;
}

static struct annot_skey log_key(void)
{
	struct annot_skey ret = {0};
	uint8_t seed[crypto_sign_SEEDBYTES];
	uint8_t key[ANNOT_KEY_SIZE];

	memset(seed, 0xa0, sizeof(seed));
	crypto_sign_seed_keypair(key, ret.secret, seed);
	assert_ok(annot_vkey_make(TEST_ORIGIN, ANNOT_NOTE_ED25519, key, &ret.vkey, &test_error));
	return ret;
}

struct test_corpus *test_corpus_empty(void)
{
	struct test_corpus *c = calloc(1, sizeof(*c));

	assert_ok(annot_crypto_init(&test_error));
	assert_non_null(c);
	c->arena = annot_arena_new((size_t)1 << 30);
	c->memory = annot_memory_new();
	assert_non_null(c->arena);
	assert_non_null(c->memory);
	c->entries = annot_arena_array(c->arena, ENTRIES_MAX, sizeof(struct test_entry *));
	c->leaf_hashes = annot_arena_array(c->arena, ENTRIES_MAX, sizeof(struct annot_hash));
	c->log = log_key();
	return c;
}

struct annot_draft *test_genesis(const struct test_corpus *c, unsigned admins, unsigned threshold)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_corpus);
	struct annot_buf b = ANNOT_BUF_INIT(1024);

	test_card(d, "origin", TEST_ORIGIN);
	annot_vkey_write(&c->log.vkey, &b);
	test_card(d, "log", b.data);
	annot_buf_free(&b);
	for (unsigned i = 1; i <= admins; i++) {
		struct test_key key = test_key((uint8_t)i);
		char name[16];

		snprintf(name, sizeof(name), "admin%u", i);
		test_admin(d, name, &key);
	}
	annot_buf_printf(&b, "%u", threshold);
	test_card(d, "threshold", b.data);
	annot_buf_free(&b);
	test_card(d, "scale", "truth false:- mixture:0 true:+");
	return d;
}

struct test_corpus *test_corpus_new(unsigned admins, unsigned threshold)
{
	struct test_corpus *c = test_corpus_empty();
	struct test_key key = test_key(1);

	c->id = test_put_as(c, &key, test_genesis(c, admins, threshold), ANNOT_EFFECTIVE)->id;
	return c;
}

struct test_corpus *test_corpus_free(struct test_corpus *c)
{
	annot_memory_free(c->memory);
	annot_arena_free(c->arena);
	free(c);
	return NULL;
}

static void log_leaf(struct test_corpus *c, const struct annot_leaf *leaf)
{
	struct annot_hash nodes[ANNOT_LEVELS];
	struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);

	annot_leaf_write(leaf, &line);
	assert_false(line.failed);
	c->leaf_hashes[c->n] = annot_leaf_hash(line.data, line.len);
	annot_frontier_append(&c->frontier, &c->leaf_hashes[c->n], nodes);
	annot_buf_free(&line);
}

static struct test_entry *new_entry(struct test_corpus *c)
{
	struct test_entry *e = annot_arena_alloc(c->arena, sizeof(*e));

	assert_non_null(e);
	assert_true(c->n < ENTRIES_MAX);
	e->index = c->n;
	c->entries[c->n] = e;
	return e;
}

static void log_entry(struct test_corpus *c, struct test_entry *e)
{
	struct annot_fact fact = {.index = e->index, .leaf = e->leaf, .record = e->record};

	e->chain = annot_authority_concerns(annot_memory_authority(c->memory), &e->leaf);
	assert_ok(annot_memory_next(c->memory, &fact, &e->judgement, &test_error));
	log_leaf(c, &e->leaf);
	c->n++;
}

struct test_entry *test_put(struct test_corpus *c, const struct test_key *key,
			    struct annot_draft *draft)
{
	struct test_entry *e = new_entry(c);
	struct annot_draft_header header = {.corpus = c->n ? &c->id : NULL,
					    .author = key->author,
					    .time_s = 1795305600 + (int64_t)c->n,
					    .seen = c->seen};
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);

	c->counter++;
	memcpy(header.nonce, &c->counter, sizeof(c->counter));
	assert_non_null(draft);
	assert_ok(annot_draft_build(draft, &header, c->arena, &bytes, &e->record, &test_error));
	annot_draft_free(draft);
	annot_buf_free(&bytes);
	e->id = e->record->id;
	memcpy(e->key, key->secret.public_key.key, sizeof(e->key));
	annot_sshsig_sign(&key->secret, ANNOT_NAMESPACE_RECORD, e->record->bytes, e->signature);
	annot_leaf_of(e->record, e->signature, &e->leaf);
	log_entry(c, e);
	return e;
}

struct test_entry *test_put_as(struct test_corpus *c, const struct test_key *key,
			       struct annot_draft *draft, enum annot_effect effect)
{
	struct test_entry *e = test_put(c, key, draft);

	assert_effect(e, effect);
	return e;
}

struct annot_judgement test_put_leaf(struct test_corpus *c, const struct annot_leaf *leaf)
{
	struct test_entry *e = new_entry(c);

	e->leaf = *leaf;
	e->id = leaf->record;
	log_entry(c, e);
	return e->judgement;
}
