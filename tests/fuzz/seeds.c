/*
 * Writes the first seeds of each fuzz target to FOLDER/<target>/: valid examples of every form, all
 * made from fixed keys and nonces, so that running it again changes nothing. Seeds that fuzzing
 * found stay.
 */
#include "seeds.h"

#include <sodium.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"
#include "log/leaf.h"
#include "log/note.h"
#include "log/tlogproof.h"
#include "record/draft.h"
#include "record/sshsig.h"
#include "sample.h"

enum { MEMORY = 64 << 20, LARGEST = 1 << 20 };

static const char text[] =
	"Der Minister sagte: \xe2\x80\x9eWir zahlen nicht.\xe2\x80\x9c Dann ging er.\n";

static const char *root;

static void ok(enum annot_status status, const struct annot_error *err)
{
	if (status == ANNOT_OK)
		return;
	fprintf(stderr, "seeds: %s\n", err->text);
	exit(EXIT_FAILURE);
}

void seeds_save(const char *target, const char *name, const void *data, size_t len)
{
	char path[4096];
	struct annot_error err;
	snprintf(path, sizeof path, "%s/%s", root, target);
	ok(annot_dir_make(path, &err), &err);
	snprintf(path, sizeof path, "%s/%s/%s", root, target, name);
	ok(annot_file_replace(path, annot_bytes(data, len), 0644, &err), &err);
}

static void save_buf(const char *target, const char *name, const struct annot_buf *b)
{
	REQUIRE(!b->failed);
	seeds_save(target, name, b->data, b->len);
}

void seeds_save_text(const char *target, const char *name, const char *content)
{
	seeds_save(target, name, content, strlen(content));
}

static struct annot_secret_key secret(uint8_t number)
{
	struct annot_secret_key k = {.public_key = {.comment = "alice@example"}};
	uint8_t seed[crypto_sign_SEEDBYTES];
	memset(seed, number, sizeof seed);
	crypto_sign_seed_keypair(k.public_key.key, k.secret, seed);
	return k;
}

static struct annot_skey log_key(void)
{
	struct annot_skey s;
	struct annot_secret_key k = secret(9);
	struct annot_error err;
	ok(annot_vkey_make("example.org/log", ANNOT_NOTE_ED25519, k.public_key.key, &s.vkey, &err),
	   &err);
	memcpy(s.secret, k.secret, sizeof s.secret);
	return s;
}

static void frames(void)
{
	for (int i = 0; i < ANNOT_CALL_COUNT; i++) {
		const struct annot_call_def *call = annot_call_def(i);
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(MEMORY);
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		struct annot_error err;
		char name[64];
		ok(annot_request_encode(call, sample_message(call->request, SAMPLE_SMALL, arena),
					&b, &err),
		   &err);
		snprintf(name, sizeof name, "request-%s", call->name);
		save_buf("frame", name, &b);
		if (call->access == ANNOT_READ)
			save_buf("request", call->name, &b);
		annot_buf_truncate(&b, 0);
		ok(annot_reply_encode(call, ANNOT_OK, NULL,
				      sample_message(call->reply, SAMPLE_SMALL, arena), &b, &err),
		   &err);
		snprintf(name, sizeof name, "reply-%s", call->name);
		save_buf("frame", name, &b);
	}
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_error err;
	ok(annot_reply_encode(annot_call_def(ANNOT_CALL_get), ANNOT_BUSY, "busy: try again", NULL,
			      &b, &err),
	   &err);
	save_buf("frame", "reply-failure", &b);
}

/* A value that a card of that type may have. */
static const char *value_of(const struct annot_kind_def *kind, const struct annot_card_def *card)
{
	static char key[96], admin[128], vkey[512], word[32];
	struct annot_secret_key k = secret(1);
	struct annot_skey log = log_key();
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(sizeof vkey - 1);
	annot_key_line(k.public_key.key, key);
	snprintf(admin, sizeof admin, "alice %s", key);
	annot_vkey_write(&log.vkey, &b);
	memcpy(vkey, b.data, b.len + 1);
	snprintf(word, sizeof word, "%.*s", card->values ? (int)strcspn(card->values, "|") : 0,
		 card->values ? card->values : "");
	if (strcmp(card->name, "origin") == 0)
		return "example.org/log";
	if (kind->kind == ANNOT_KIND_key_revoke && strcmp(card->name, "reason") == 0)
		return "compromised";
	const char *values[] = {
		[ANNOT_CARD_TEXT] = "W\xc3\xb6rter,\nzwei Zeilen",
		[ANNOT_CARD_NAME] = "some-name",
		[ANNOT_CARD_WORD] = word,
		[ANNOT_CARD_REF] =
			"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		[ANNOT_CARD_HASH] =
			"ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
		[ANNOT_CARD_NUMBER] = "1",
		[ANNOT_CARD_LANGUAGE] = "de-AT",
		[ANNOT_CARD_DATE] = "2026-11-22",
		[ANNOT_CARD_KEY] = key,
		[ANNOT_CARD_ADMIN] = admin,
		[ANNOT_CARD_VKEY] = vkey,
		[ANNOT_CARD_SIGNATURE] =
			"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			"AAAAAAAAAAAAAAAAAAAAAA==",
		[ANNOT_CARD_APPROVALS] = "quote 2",
		[ANNOT_CARD_SCALE] = "truth false:- mixture:0 true:+ unproven:?",
	};
	return values[card->type];
}

/* A record of that kind with every card it may have, once. */
static const struct annot_record *build(enum annot_kind kind, const struct annot_hash *corpus,
					const struct annot_hash *document,
					struct annot_arena *arena)
{
	const struct annot_kind_def *def = annot_kind_def(kind);
	struct annot_draft *d = annot_draft_new(kind);
	struct annot_secret_key k = secret(1);
	struct annot_draft_header header = {.corpus = corpus,
					    .author = annot_key_author(k.public_key.key),
					    .time_s = 1795305600,
					    .nonce = {(uint8_t)kind}};
	struct annot_error err;
	for (size_t i = 0; i < def->n_cards; i++) {
		const struct annot_card_def *c = &def->cards[i];
		if (c->type == ANNOT_CARD_TARGET)
			ok(annot_draft_add_target(d, document, annot_bytes(text, sizeof text - 1),
						  23, 39, &err),
			   &err);
		else if (!c->in_group)
			ok(annot_draft_add(d, c->name, value_of(def, c), &err), &err);
	}
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *r;
	ok(annot_draft_build(d, &header, arena, &b, &r, &err), &err);
	annot_draft_free(d);
	return r;
}

static void sign(const struct annot_record *r, uint8_t ret[ANNOT_SIGNATURE_SIZE])
{
	struct annot_secret_key k = secret(1);
	annot_sshsig_sign(&k, ANNOT_NAMESPACE_RECORD, r->bytes, ret);
}

static void add_leaf(const struct annot_record *r, struct annot_buf *ret)
{
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_leaf leaf;
	sign(r, signature);
	annot_leaf_of(r, signature, &leaf);
	annot_leaf_write(&leaf, ret);
}

static void records(struct annot_arena *arena)
{
	struct annot_hash some = annot_sha256("some", 4);
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		const struct annot_record *r =
			build(kind, kind == ANNOT_KIND_corpus ? NULL : &some, &some, arena);
		AUTO_BUF struct annot_buf leaf = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		add_leaf(r, &leaf);
		seeds_save("record", r->kind->name, r->bytes.data, r->bytes.len);
		save_buf("leaf", r->kind->name, &leaf);
	}
	seeds_save_text("leaf", "version",
			"annot-leaf/v1 quote "
			"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff "
			"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,"
			"11112233445566778899aabbccddeeff00112233445566778899aabbccddeeff - "
			"22112233445566778899aabbccddeeff00112233445566778899aabbccddeeff "
			"33112233445566778899aabbccddeeff00112233445566778899aabbccddeeff "
			"44112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
}

static void checkpoint(uint64_t size, const struct annot_hash *root_hash, struct annot_buf *ret)
{
	struct annot_skey key = log_key();
	struct annot_checkpoint c = {.origin = "example.org/log", .size = size, .root = *root_hash};
	annot_checkpoint_sign(&c, &key, ret);
}

static void notes(void)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf body = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf proof = ANNOT_BUF_INIT(ANNOT_TLOGPROOF_MAX);
	struct annot_skey key = log_key();
	struct annot_hash h = annot_sha256("root", 4);
	struct annot_checkpoint c = {.origin = "example.org/log", .size = 7, .root = h};
	checkpoint(7, &h, &b);
	annot_checkpoint_write(&c, &body);
	annot_note_cosign(&key, 1795305600, annot_buf_bytes(&body), &b);
	save_buf("note", "note", &b);
	save_buf("note", "checkpoint", &body);
	struct annot_tlogproof p = {.extra = annot_bytes("ZXh0cmE=", 8),
				    .index = 5,
				    .n_path = 3,
				    .path = {h, h, h},
				    .note = annot_buf_bytes(&b)};
	annot_tlogproof_write(&p, &proof);
	save_buf("note", "proof", &proof);
	save_buf("proof", "file", &proof);
	annot_buf_truncate(&b, 0);
	annot_vkey_write(&key.vkey, &b);
	save_buf("note", "vkey", &b);
	annot_buf_truncate(&b, 0);
	annot_skey_write(&key, &b);
	save_buf("note", "skey", &b);
}

static void section(struct annot_buf *b, const char *name, struct annot_bytes content)
{
	annot_buf_printf(b, "section %s %zu\n", name, content.len);
	annot_buf_add(b, content.data, content.len);
	annot_buf_putc(b, '\n');
}

/* The three sections of a record at its place in a log of three. */
static void entry(struct annot_buf *b, const char *prefix, const struct annot_record *const r[3],
		  size_t index)
{
	struct annot_secret_key k = secret(1);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_frontier f = {0};
	struct annot_hash leaf[3], done[ANNOT_LEVELS], pair;
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(LARGEST);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(LARGEST);
	AUTO_BUF struct annot_buf proof = ANNOT_BUF_INIT(LARGEST);
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		add_leaf(r[i], &line);
		leaf[i] = annot_leaf_hash(line.data, line.len);
		annot_frontier_append(&f, &leaf[i], done);
	}
	struct annot_hash top = annot_frontier_root(&f);
	pair = annot_node_hash(&leaf[0], &leaf[1]);
	checkpoint(3, &top, &note);
	struct annot_tlogproof p = {.index = index, .n_path = 2, .note = annot_buf_bytes(&note)};
	p.path[0] = leaf[index < 2 ? 1 - index : 0];
	p.path[1] = leaf[2];
	if (index == 2) {
		p.n_path = 1;
		p.path[0] = pair;
	}
	annot_tlogproof_write(&p, &proof);
	sign(r[index], signature);
	annot_sshsig_armor(k.public_key.key, ANNOT_NAMESPACE_RECORD, signature, &armor);
	const char *dash = prefix ? "-" : "";
	char name[64];
	section(b, prefix ? prefix : "record", r[index]->bytes);
	snprintf(name, sizeof name, "%s%ssignature", prefix ? prefix : "", dash);
	section(b, name, annot_buf_bytes(&armor));
	snprintf(name, sizeof name, "%s%sproof", prefix ? prefix : "", dash);
	section(b, name, annot_buf_bytes(&proof));
}

/* A document record that its text agrees with. */
static const struct annot_record *document(const struct annot_hash *corpus,
					   struct annot_arena *arena)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_document);
	struct annot_secret_key k = secret(1);
	struct annot_draft_header header = {.corpus = corpus,
					    .author = annot_key_author(k.public_key.key),
					    .time_s = 1795305600};
	struct annot_hash sum = annot_sha256(text, sizeof text - 1);
	struct annot_hash chunks = annot_chunk_root(annot_bytes(text, sizeof text - 1));
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	char length[32];
	const struct annot_record *r;
	struct annot_error err;
	snprintf(length, sizeof length, "%zu", sizeof text - 1);
	ok(annot_draft_add(d, "name", "minister", &err), &err);
	ok(annot_draft_add(d, "media-type", "text/plain", &err), &err);
	ok(annot_draft_add_hash(d, "sha256", &sum, &err), &err);
	ok(annot_draft_add(d, "length", length, &err), &err);
	ok(annot_draft_add_hash(d, "chunks", &chunks, &err), &err);
	ok(annot_draft_build(d, &header, arena, &b, &r, &err), &err);
	annot_draft_free(d);
	return r;
}

/* Genesis, a document, words of it. */
static void bundles(struct annot_arena *arena)
{
	struct annot_secret_key k = secret(1);
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_span);
	const struct annot_record *r[3];
	struct annot_error err;
	AUTO_BUF struct annot_buf span = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(LARGEST);
	AUTO_BUF struct annot_buf leaves = ANNOT_BUF_INIT(LARGEST);
	r[0] = build(ANNOT_KIND_corpus, NULL, NULL, arena);
	r[1] = document(&r[0]->id, arena);
	struct annot_draft_header header = {.corpus = &r[0]->id,
					    .author = annot_key_author(k.public_key.key),
					    .time_s = 1795305600};
	ok(annot_draft_add_target(d, &r[1]->id, annot_bytes(text, sizeof text - 1), 23, 39, &err),
	   &err);
	ok(annot_draft_build(d, &header, arena, &span, &r[2], &err), &err);
	annot_draft_free(d);
	for (size_t i = 0; i < 3; i++)
		add_leaf(r[i], &leaves);
	annot_buf_puts(&b, "annot-bundle/v1\n");
	entry(&b, NULL, r, 2);
	entry(&b, "chain", r, 0);
	entry(&b, "reference", r, 1);
	section(&b, "source", annot_bytes(text, sizeof text - 1));
	section(&b, "leaves", annot_buf_bytes(&leaves));
	struct annot_hash h = annot_sha256(b.data, b.len);
	annot_buf_printf(&b, "end %s\n", annot_hash_hex(&h).text);
	save_buf("bundle", "span", &b);
	seeds_tiles(r, 3, &k);
	seeds_excerpt(annot_buf_bytes(&b), r[1]);
}

static void ssh(void)
{
	struct annot_secret_key k = secret(2);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	char line[96];
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(LARGEST);
	annot_key_line(k.public_key.key, line);
	seeds_save_text("sshkey", "public", line);
	annot_buf_printf(&b, "%s alice@example.org\n", line);
	save_buf("sshkey", "public-comment", &b);
	annot_buf_truncate(&b, 0);
	annot_secret_write(&k, 0x01020304, &b);
	save_buf("sshkey", "private", &b);
	static const char *const spaces[] = {ANNOT_NAMESPACE_RECORD, ANNOT_NAMESPACE_ENROL};
	for (size_t i = 0; i < COUNT(spaces); i++) {
		annot_buf_truncate(&b, 0);
		annot_sshsig_sign(&k, spaces[i], annot_bytes_of("message"), signature);
		annot_sshsig_armor(k.public_key.key, spaces[i], signature, &b);
		save_buf("sshsig", spaces[i], &b);
	}
}

int main(int argc, char **argv)
{
	struct annot_error err;
	if (argc != 2) {
		fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
		return 2;
	}
	root = argv[1];
	ok(annot_crypto_init(&err), &err);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(MEMORY);
	frames();
	records(arena);
	seeds_texts();
	seeds_segments();
	seeds_formats();
	seeds_messages();
	seeds_policies();
	notes();
	bundles(arena);
	struct annot_skey log = log_key();
	seeds_evidence(build(ANNOT_KIND_corpus, NULL, NULL, arena)->bytes, &log);
	ssh();
	return 0;
}
