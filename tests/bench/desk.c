/* A corpus folder, its keys and its document. */
#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"
#include "log/note.h"
#include "log/tree.h"
#include "record/draft.h"
#include "record/sshsig.h"

#include <sodium.h>
#include <stdlib.h>

#include "bench.h"

enum { TEXT_BYTES = 16384, DESK_MEMORY_MAX = 64 << 20 };
#define TIME_S 1767225600 /* 2026-01-01T00:00:00Z */

static void check(enum annot_status status, const char *what, const struct annot_error *err)
{
	if (status != ANNOT_OK)
		die("%s: %s", what, err->text);
}

static void card(struct annot_draft *d, const char *name, const char *value)
{
	struct annot_error err = {0};
	check(annot_draft_add(d, name, value, &err), name, &err);
}

static void hash_card(struct annot_draft *d, const char *name, const struct annot_hash *value)
{
	struct annot_error err = {0};
	check(annot_draft_add_hash(d, name, value, &err), name, &err);
}

struct annot_submit_item desk_sign(struct desk *d, const struct annot_secret_key *key,
				   struct annot_draft *draft, struct annot_arena *arena,
				   struct annot_hash *ret_id)
{
	struct annot_buf bytes = ANNOT_BUF_INIT(1 << 17);
	struct annot_error err = {0};
	const struct annot_record *record;
	uint8_t *signature = annot_arena_alloc(arena, ANNOT_SIGNATURE_SIZE);
	struct annot_draft_header header = {
		.corpus = annot_hash_is_zero(&d->corpus) ? NULL : &d->corpus,
		.author = annot_key_author(key->public_key.key),
		.time_s = TIME_S + (int64_t)d->counter,
	};
	d->counter++;
	memcpy(header.nonce, &d->counter, sizeof d->counter);
	check(annot_draft_build(draft, &header, arena, &bytes, &record, &err), "record", &err);
	struct annot_submit_item ret = {.signature = annot_bytes(signature, ANNOT_SIGNATURE_SIZE)};
	ret.record = annot_bytes(annot_arena_copy(arena, bytes.data, bytes.len), bytes.len);
	if (!signature || !ret.record.data)
		die("out of memory");
	annot_sshsig_sign(key, ANNOT_NAMESPACE_RECORD, ret.record, signature);
	if (ret_id)
		*ret_id = record->id;
	annot_buf_free(&bytes);
	annot_draft_free(draft);
	return ret;
}

/* --- the folder --- */

static struct annot_secret_key new_key(void)
{
	struct annot_secret_key ret = {0};
	crypto_sign_keypair(ret.public_key.key, ret.secret);
	return ret;
}

static void write_file(const char *dir, const char *name, struct annot_bytes content)
{
	char path[BENCH_PATH_MAX];
	struct annot_error err = {0};
	snprintf(path, sizeof path, "%s/%s", dir, name);
	check(annot_file_create(path, content, 0600, &err), "corpus folder", &err);
}

static struct annot_draft *genesis(const struct desk *d, const struct annot_skey *log)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_corpus);
	AUTO_BUF struct annot_buf vkey = ANNOT_BUF_INIT(1024);
	AUTO_BUF struct annot_buf admin = ANNOT_BUF_INIT(1024);
	char line[96];
	annot_vkey_write(&log->vkey, &vkey);
	annot_key_line(d->admin.public_key.key, line);
	annot_buf_printf(&admin, "admin %s", line);
	card(draft, "origin", log->vkey.name);
	card(draft, "log", vkey.data);
	card(draft, "admin", admin.data);
	card(draft, "threshold", "1");
	card(draft, "approvals", "default 1");
	card(draft, "self-approval", "no");
	card(draft, "bots-count", "no");
	card(draft, "scale", "truth false:- mixture:0 true:+");
	return draft;
}

static void write_folder(struct desk *d, const char *dir)
{
	AUTO_BUF struct annot_buf key = ANNOT_BUF_INIT(1024);
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(4096);
	struct annot_error err = {0};
	struct annot_skey log;
	check(annot_skey_new("bench.example.org/desk", ANNOT_NOTE_ED25519, &log, &err), "log key",
	      &err);
	struct annot_hash id;
	struct annot_submit_item item = desk_sign(d, &d->admin, genesis(d, &log), d->arena, &id);
	d->corpus = id;
	annot_skey_write(&log, &key);
	annot_buf_putc(&key, '\n');
	annot_sshsig_armor(d->admin.public_key.key, ANNOT_NAMESPACE_RECORD, item.signature.data,
			   &armor);
	check(annot_dir_make(dir, &err), dir, &err);
	write_file(dir, "log.key", annot_buf_bytes(&key));
	write_file(dir, "genesis", item.record);
	write_file(dir, "genesis.sig", annot_buf_bytes(&armor));
	write_file(dir, "first-start", annot_bytes_of("bench\n"));
}

/* Sentences of words that repeat seldom enough. */
static struct annot_bytes article(struct annot_arena *arena)
{
	static const char *const words[] = {
		"the",   "minister", "said",   "that", "prices",  "of",   "bread",  "rose",
		"by",    "forty",    "two",    "per",  "cent",    "last", "year",   "which",
		"a",     "report",   "denied", "in",   "council", "and",  "nobody", "asked",
		"again", "before",   "budget", "was",  "read",    "out",  "loud",   "twice",
	};
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_BYTES + 64);
	uint64_t x = 1;
	for (size_t n = 1; text.len < TEXT_BYTES; n++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		annot_buf_puts(&text, words[(x >> 33) % COUNT(words)]);
		annot_buf_puts(&text, n % 12 == 0 ? ".\n" : " ");
	}
	const char *copy = annot_arena_copy(arena, text.data, text.len);
	if (!copy)
		die("out of memory");
	return annot_bytes(copy, text.len);
}

struct desk *desk_new(const char *dir)
{
	struct desk *d = calloc(1, sizeof *d);
	struct annot_error err = {0};
	if (!d || !(d->arena = annot_arena_new(DESK_MEMORY_MAX)))
		die("out of memory");
	check(annot_crypto_init(&err), "libsodium", &err);
	d->admin = new_key();
	for (size_t i = 0; i < BENCH_REVIEWERS; i++)
		d->reviewers[i] = new_key();
	d->text = article(d->arena);
	write_folder(d, dir);
	return d;
}

void desk_free(struct desk *d)
{
	annot_arena_free(d->arena);
	free(d->ids);
	free(d);
}

/* --- its first records --- */

static struct annot_draft *key_add(const struct desk *d, const struct annot_secret_key *key,
				   const char *name)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_key_add);
	AUTO_BUF struct annot_buf request = ANNOT_BUF_INIT(1024);
	AUTO_BUF struct annot_buf proof = ANNOT_BUF_INIT(1024);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	char line[96];
	annot_key_line(key->public_key.key, line);
	annot_enrolment_request(&d->corpus, name, key->public_key.key, &request);
	annot_sshsig_sign(key, ANNOT_NAMESPACE_ENROL, annot_buf_bytes(&request), signature);
	annot_buf_base64(&proof, signature, sizeof signature);
	card(draft, "name", name);
	card(draft, "role", "reviewer");
	card(draft, "key", line);
	card(draft, "proof", proof.data);
	return draft;
}

static struct annot_draft *document(const struct desk *d)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_document);
	struct annot_hash sha256 = annot_sha256(d->text.data, d->text.len);
	struct annot_hash chunks = annot_chunk_root(d->text);
	char length[24];
	snprintf(length, sizeof length, "%zu", d->text.len);
	card(draft, "name", "article");
	card(draft, "language", "en");
	card(draft, "media-type", "text/plain");
	card(draft, "source", "https://news.example.org/article");
	hash_card(draft, "sha256", &sha256);
	card(draft, "length", length);
	hash_card(draft, "chunks", &chunks);
	return draft;
}

static void submit(const char *socket, struct annot_submit_item *items, size_t n,
		   struct annot_arena *arena)
{
	struct annot_submit_request request = {.items = items, .n_items = n};
	const struct annot_submit_reply *reply =
		call_once(socket, ANNOT_CALL_submit, &request, arena);
	for (size_t i = 0; i < reply->n_results; i++) {
		if (reply->results[i].status != ANNOT_OK)
			die("record %zu: %s", i, reply->results[i].message);
	}
}

void desk_seed(struct desk *d, const char *socket)
{
	struct annot_submit_item items[BENCH_REVIEWERS + 1];
	struct annot_hash id;
	for (size_t i = 0; i < BENCH_REVIEWERS; i++) {
		const char *name = annot_arena_printf(d->arena, "reviewer%zu", i);
		items[i] =
			desk_sign(d, &d->admin, key_add(d, &d->reviewers[i], name), d->arena, NULL);
	}
	items[BENCH_REVIEWERS] = desk_sign(d, &d->admin, document(d), d->arena, &id);
	submit(socket, items, BENCH_REVIEWERS + 1, d->arena);
	d->document = id;
	struct annot_upload_request upload = {.document = id, .data = d->text};
	const struct annot_upload_reply *reply =
		call_once(socket, ANNOT_CALL_upload, &upload, d->arena);
	if (!reply->complete)
		die("the document's text is not complete");
}
