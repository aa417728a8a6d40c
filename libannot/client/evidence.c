/* Keeping what shows that a log lied, beside the pin of its corpus. */
#include "client/internal.h"

#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"

enum { EVIDENCE_NAME_HEX = 8, EVIDENCE_MAX = 1 << 18, BUNDLE_ARENA_MAX = 512 << 20 };

enum annot_status annot_evidence_keep(const struct annot_evidence *e, struct annot_buf *ret,
				      struct annot_error *err)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(EVIDENCE_MAX);
	AUTO_BUF struct annot_buf name = ANNOT_BUF_INIT(128);
	annot_evidence_write(e, &file);
	TRY(annot_buf_check(&file, "fork evidence", err));
	/* The same pair gives the same name: evidence does not pile up with each attempt. */
	struct annot_hash hash = annot_sha256(file.data, file.len);
	annot_buf_printf(&name, "fork-evidence-%.*s", EVIDENCE_NAME_HEX,
			 annot_hash_hex(&hash).text);
	TRY(annot_corpus_path(&e->corpus, name.data, true, ret, err));
	return annot_file_replace(ret->data, annot_buf_bytes(&file), 0600, err);
}

enum annot_status annot_evidence_keep_bundle(const struct annot_hash *corpus,
					     struct annot_bytes bundle, struct annot_buf *ret,
					     struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(BUNDLE_ARENA_MAX);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint pin;
	struct annot_evidence e;
	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_pin_read(corpus, &pin, &note, err));
	TRY(annot_evidence_of_bundle(arena, bundle, corpus,
				     pin.size ? annot_buf_bytes(&note) : annot_bytes(NULL, 0), &e,
				     err));
	return annot_evidence_keep(&e, ret, err);
}

/*
 * What the longer log was when it was as long as the pinned one: the daemon's proof of the leaf
 * that came next. One that will not give it cannot be shown to lie, only seen to.
 */
static bool fetch_prefix(struct annot *a, uint64_t pinned, uint64_t size, struct annot_arena *arena,
			 struct annot_evidence_path *ret)
{
	struct annot_proof_request in = {.index = pinned, .size = size};
	const struct annot_proof_reply *reply;
	if (pinned >= size || annot_call_proof(a, &in, arena, &reply, NULL) != ANNOT_OK ||
	    reply->n_path > ANNOT_PATH_MAX)
		return false;
	struct annot_bytes line = annot_bytes_of(reply->leaf);
	ret->leaf = annot_leaf_hash(line.data, line.len);
	ret->n = reply->n_path;
	for (size_t i = 0; i < ret->n; i++)
		ret->path[i] = reply->path[i];
	return true;
}

static enum annot_status keep(struct annot *a, const struct annot_clash *c,
			      struct annot_buf *ret_path, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	const struct annot_record *genesis;
	struct annot_evidence_path path = {.n = 0};
	struct annot_evidence e = {.what = c->what,
				   .corpus = a->hello.corpus,
				   .source = a->socket,
				   .ours = c->pin_note,
				   .theirs = c->their_note};
	TRY(annot_client_arena(&arena, err));
	TRY(annot_genesis(a, &genesis, err));
	e.genesis = genesis->bytes;
	if (fetch_prefix(a, c->pin->size, c->theirs->size, arena, &path))
		e.prefix = &path;
	return annot_evidence_keep(&e, ret_path, err);
}

enum annot_status annot_contradicted(struct annot *a, const struct annot_clash *c,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	bool kept = keep(a, c, &path, NULL) == ANNOT_OK;
	return annot_fail(err, ANNOT_MISMATCH,
			  "%s: the log of %s shows a checkpoint of size %llu that does not go "
			  "together with the pinned one of size %llu; both signed notes are in %s; "
			  "do not trust this daemon before that is explained",
			  annot_verdict_name(c->what), a->socket,
			  (unsigned long long)c->theirs->size, (unsigned long long)c->pin->size,
			  kept ? path.data : "no file");
}
