#include "corpus.h"

#include <stdio.h>

#include "base/hash.h"

void test_card(struct annot_draft *d, const char *card, const char *value)
{
	assert_ok(annot_draft_add(d, card, value, &test_error));
}

void test_ref(struct annot_draft *d, const char *card, const struct annot_hash *value)
{
	assert_ok(annot_draft_add_hash(d, card, value, &test_error));
}

void test_set(struct annot_draft *d, const char *card, const char *value)
{
	annot_draft_unset(d, card);
	test_card(d, card, value);
}

static void key_card(struct annot_draft *d, const struct test_key *key)
{
	char line[96];

	annot_key_line(key->secret.public_key.key, line);
	test_card(d, "key", line);
}

static void proof_card(const struct test_corpus *c, struct annot_draft *d, const char *name,
		       const struct test_key *key)
{
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_buf b = ANNOT_BUF_INIT(1024);

	annot_enrolment_request(&c->id, name, key->secret.public_key.key, &b);
	annot_sshsig_sign(&key->secret, ANNOT_NAMESPACE_ENROL, annot_buf_bytes(&b), signature);
	annot_buf_free(&b);
	annot_buf_base64(&b, signature, sizeof(signature));
	test_card(d, "proof", b.data);
	annot_buf_free(&b);
}

struct annot_draft *test_key_add(const struct test_corpus *c, const char *name,
				 const struct test_key *key)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_key_add);

	test_card(d, "name", name);
	test_card(d, "role", "reviewer");
	test_card(d, "language", "de");
	key_card(d, key);
	proof_card(c, d, name, key);
	return d;
}

struct annot_draft *test_key_rotate(const struct test_corpus *c, const char *name,
				    const struct annot_hash *on, const struct test_key *key)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_key_rotate);

	test_ref(d, "on", on);
	key_card(d, key);
	proof_card(c, d, name, key);
	return d;
}

struct annot_draft *test_key_revoke(const struct annot_hash *on, const char *reason,
				    int64_t from_index)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_key_revoke);
	char number[24];

	test_ref(d, "on", on);
	test_card(d, "reason", reason);
	if (from_index != ANNOT_NEVER) {
		snprintf(number, sizeof(number), "%lld", (long long)from_index);
		test_card(d, "from-index", number);
	}
	return d;
}

struct annot_draft *test_policy(unsigned approvals)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_policy);
	char count[24];

	snprintf(count, sizeof(count), "default %u", approvals);
	test_card(d, "approvals", count);
	test_card(d, "self-approval", "no");
	test_card(d, "bots-count", "no");
	test_card(d, "scale", "truth false:- mixture:0 true:+");
	return d;
}

/* Which text a document has. */
static void text_cards(struct annot_draft *d, struct annot_bytes text)
{
	struct annot_hash sha256 = annot_sha256(text.data, text.len);
	struct annot_hash chunks = annot_chunk_root(text);
	char length[24];

	snprintf(length, sizeof(length), "%zu", text.len);
	annot_draft_unset(d, "sha256");
	annot_draft_unset(d, "chunks");
	test_ref(d, "sha256", &sha256);
	test_set(d, "length", length);
	test_ref(d, "chunks", &chunks);
}

struct annot_draft *test_document(const char *name, struct annot_bytes text)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_document);

	test_card(d, "name", name);
	test_card(d, "media-type", "text/plain");
	test_card(d, "source", "https://example.org/article");
	test_card(d, "publisher", "Example Gazette");
	text_cards(d, text);
	return d;
}

struct annot_draft *test_quote(const struct test_entry *document, uint64_t start, uint64_t end)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_quote);

	assert_ok(annot_draft_add_target(d, &document->id, document->content, start, end,
					 &test_error));
	test_card(d, "speaker", "The Minister");
	test_card(d, "form", "direct");
	return d;
}

struct annot_draft *test_claim(const char *text)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_claim);

	test_card(d, "text", text);
	return d;
}

struct annot_draft *test_review(const struct annot_hash *on, const char *decision)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_review);

	test_ref(d, "on", on);
	test_card(d, "decision", decision);
	return d;
}

struct annot_draft *test_verdict(const struct annot_hash *on, const char *rating)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_verdict);

	test_ref(d, "on", on);
	test_card(d, "scale", "truth");
	test_card(d, "rating", rating);
	return d;
}

struct annot_draft *test_about(enum annot_kind kind, const struct annot_hash *on)
{
	struct annot_draft *d = annot_draft_new(kind);

	test_ref(d, "on", on);
	test_card(d, kind == ANNOT_KIND_comment ? "text" : "reason", "because");
	return d;
}

void test_admin(struct annot_draft *d, const char *name, const struct test_key *key)
{
	struct annot_buf b = ANNOT_BUF_INIT(512);
	char line[96];

	annot_key_line(key->secret.public_key.key, line);
	annot_buf_printf(&b, "%s %s", name, line);
	test_card(d, "admin", b.data);
	annot_buf_free(&b);
}

struct test_key test_reviewer(struct test_corpus *c, const char *name, uint8_t seed)
{
	struct test_key admin = test_key(1), key = test_key(seed);

	test_put_as(c, &admin, test_key_add(c, name, &key), ANNOT_EFFECTIVE);
	return key;
}

static struct annot_bytes kept(struct test_corpus *c, const char *text)
{
	return annot_bytes(annot_arena_copy(c->arena, text, strlen(text)), strlen(text));
}

struct test_entry *test_put_document(struct test_corpus *c, const struct test_key *key,
				     const char *name, const char *text)
{
	struct annot_bytes bytes = kept(c, text);
	struct test_entry *e = test_put(c, key, test_document(name, bytes));

	e->content = bytes;
	return e;
}

struct test_entry *test_put_version(struct test_corpus *c, const struct test_key *key,
				    const struct test_entry *document, const char *text)
{
	struct annot_draft *d = annot_draft_amend(document->record);
	struct annot_bytes bytes = kept(c, text);

	text_cards(d, bytes);
	struct test_entry *e = test_put_as(c, key, d, ANNOT_EFFECTIVE);

	e->content = bytes;
	return e;
}

/* --- blind verdicts --- */

#define SEAL_SALT "00000000000000000000000000000000000000000000000000000000000000aa"

struct annot_draft *test_opening(const struct annot_hash *on, const char *rating,
				 const struct annot_hash *seal)
{
	struct annot_draft *d = test_verdict(on, rating);

	test_ref(d, "opens", seal);
	test_card(d, "salt", SEAL_SALT);
	return d;
}

struct annot_draft *test_seal(const struct test_corpus *c, const struct test_key *key,
			      const struct annot_hash *on, const char *rating)
{
	struct annot_draft *d = test_opening(on, rating, on), *ret;
	struct annot_draft_header header = {.corpus = &c->id, .author = key->author};
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	struct annot_hash commitment;

	assert_ok(annot_draft_build(d, &header, c->arena, &b, &record, &test_error));
	assert_ok(annot_seal_commitment(record, &commitment, &test_error));
	annot_buf_free(&b);
	annot_draft_free(d);
	ret = annot_draft_new(ANNOT_KIND_seal);
	test_ref(ret, "on", on);
	test_ref(ret, "commitment", &commitment);
	return ret;
}
