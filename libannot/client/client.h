/*
 * A connection to annotd and what a client must remember about it. One thread at a time uses a
 * handle. Nothing that comes over the connection is trusted but bytes that verify: records by hash
 * and signature, texts by hash, checkpoints by the log's signature and consistency with the pin.
 *
 * Local state: $XDG_STATE_HOME/annot/ (default ~/.local/state/annot): known (socket TAB corpus hex,
 * with tls+tcp:// TAB fingerprint of the certificate; one a line), corpora/<corpus hex>/checkpoint
 * (the pin: newest verified note, replaced under flock, never lowered), corpora/<corpus hex>/key
 * (the user's own that counts there), corpora/<corpus hex>/fork-evidence-* , outbox/<record hex>
 * (signed records without a proof yet), corpora/<corpus hex>/keyed/<SHA-256 of the key> (records
 * under keys).
 */
#ifndef ANNOT_CLIENT_CLIENT_H
#define ANNOT_CLIENT_CLIENT_H

#include "base/arena.h"
#include "client/held.h"
#include "log/note.h"
#include "log/leaf.h"
#include "proof/evidence.h"
#include "proto/messages.h"
#include "record/draft.h"
#include "record/sshkey.h"
#include "state/authority.h"

struct annot;
struct annot_signer; /* signer.h */

/* A daemon at tls+tcp:// that was never met before, and what it says of itself; good during the call. */
struct annot_contact {
	const char *socket;
	struct annot_hash certificate; /* SHA-256 of it; annot_fingerprint shows it */
	struct annot_hash corpus;
	const char *origin;
};

struct annot_options {
	int version;        /* 2; or 1, for a struct that ends after timeout_ms */
	const char *socket; /* ipc://PATH, tls+tcp://HOST:PORT, tcp://HOST:PORT; NULL: the default socket of
			       the user */
	int timeout_ms;     /* for one call, retries on busy included */

	/* For tls+tcp:// alone. */
	const char *fingerprint; /* the certificate must have it ("SHA256:…"); NULL: it must be known from
				    before, or be confirmed: */
	bool (*confirm)(void *arg, const struct annot_contact *contact); /* at first contact; NULL: no */
	/* The key that is proved there, at each connection; good as long as the handle. Statuses pass through. */
	enum annot_status (*signer)(void *arg, const struct annot_signer **ret,
				    struct annot_error *err);
	void *arg;
};
#define ANNOT_OPTIONS_INIT ((struct annot_options){.version = 2, .timeout_ms = 30000})

/*
 * Connects and says hello; with tls+tcp:// proves a key, too. UNREACHABLE (no daemon; the text says how
 * to start one), TIMEOUT, PROTOCOL (speaks another version), REFUSED: the socket answered for another
 * corpus or with another certificate before (known), or it is not known yet and nobody confirmed it;
 * DENIED: the key does not count there; BUSY: too many connections from here.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_open(const struct annot_options *options,
						     struct annot **ret, struct annot_error *err);
ANNOT_API struct annot *annot_close(struct annot *a);

/* The daemon's answer to hello. */
ANNOT_API const struct annot_hello_reply *annot_hello(const struct annot *a);
/* Whether this was the first contact with that socket: the caller shows the corpus hash. */
ANNOT_API bool annot_first_contact(const struct annot *a);

/*
 * One function for each call of proto/calls.def: annot_call_submit and so on. The reply lives in
 * arena. Statuses of the daemon pass through with its text; UNREACHABLE when the daemon went away
 * in the middle, TIMEOUT, BUSY after retrying until the timeout, PROTOCOL.
 */
#define CALL(name, request, reply, access, doc)                                                    \
	ANNOT_API ANNOT_CHECKED enum annot_status annot_call_##name(                               \
		struct annot *a, const struct annot_##request *in, struct annot_arena *arena,      \
		const struct annot_##reply **ret, struct annot_error *err);
#include "proto/calls.def"

/*
 * annot_call_events for requests that wait: as long as annotd may let them, whatever the handle's
 * timeout, which is for connecting alone. PROTOCOL too for a reply that does not go on
 * from the cursor: rows in log order, none before it, the next one after them. After UNREACHABLE,
 * TIMEOUT or BUSY the same request may be made again: nothing is lost.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_events(struct annot *a, const struct annot_events_request *in, struct annot_arena *arena,
	     const struct annot_events_reply **ret, struct annot_error *err);

/*
 * Every place where words stand in the corpus, the best first: annot_call_locate as often as it
 * takes to get through, from request->from on (0: all of the corpus). The limit of the request
 * (0: ANNOT_LOCATE_LIMIT) is that of the whole answer; next is 0 in it. Each call is one of the
 * handle's timeout. It is the daemon's word: who relies on a place looks at the document
 * (annot_fetch_text). Statuses of annot_call_locate (INVALID: words that cannot be located;
 * NOT_FOUND, AMBIGUOUS: a document); PROTOCOL for a reply that does not go on, or whose places are
 * out of order; NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_locate(struct annot *a, const struct annot_locate_request *request, struct annot_arena *arena,
	     const struct annot_locate_reply **ret, struct annot_error *err);

/*
 * Passages that a document, or the words of an annotation, share with other documents, the best
 * first: annot_call_copies as often as it takes to get through, from request->from on. The limit of
 * the request (0: ANNOT_COPIES_LIMIT) is that of the whole answer; next is 0 in it. It is the
 * daemon's word. Statuses of annot_call_copies (INVALID: nothing that can be compared; NOT_FOUND,
 * AMBIGUOUS); PROTOCOL for a reply that does not go on, or whose passages are out of order;
 * NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_copies_of(struct annot *a, const struct annot_copies_request *request,
		struct annot_arena *arena, const struct annot_copies_reply **ret,
		struct annot_error *err);

/* --- pin --- */

/* The pinned checkpoint; size 0 if there is none yet. note (may be NULL) gets the whole note
 * appended. */
ANNOT_API enum annot_status annot_pin(struct annot *a, struct annot_checkpoint *ret,
				      struct annot_buf *note, struct annot_error *err);
/*
 * Takes a newer checkpoint note: log signature, then consistency with the pin (asked for), then the
 * pin is replaced. An older consistent one changes nothing. MISMATCH: FORKED or ROLLED-BACK; both
 * notes are then kept as fork-evidence and the text names the file.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_pin_advance(struct annot *a, struct annot_bytes note, struct annot_error *err);
/* Fetches the newest checkpoint and advances the pin to it. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_pin_refresh(struct annot *a, struct annot_checkpoint *ret, struct annot_error *err);
/* The pin of a corpus without a connection; size 0 if there is none. */
ANNOT_API enum annot_status annot_pin_load(const struct annot_hash *corpus,
					   struct annot_checkpoint *ret, struct annot_error *err);
/* Log keys of a corpus beside the genesis record's that were believed before; how many, at most
 * max. */
ANNOT_API size_t annot_known_log_keys(const struct annot_hash *corpus, struct annot_vkey *ret,
				      size_t max);
/* Keeps evidence beside the pin of its corpus, as fork-evidence-HEX; appends the path to ret. The
 * same evidence again gives the same file. */
ANNOT_API enum annot_status annot_evidence_keep(const struct annot_evidence *e,
						struct annot_buf *ret, struct annot_error *err);
/* The same of what a bundle shows beside the pin of its corpus, or beside what its author had seen.
 * NOT_FOUND: no fork. */
ANNOT_API enum annot_status annot_evidence_keep_bundle(const struct annot_hash *corpus,
						       struct annot_bytes bundle,
						       struct annot_buf *ret,
						       struct annot_error *err);
/* Corpora that have a pin or are known; how many, at most max. */
ANNOT_API size_t annot_known_corpora(struct annot_hash *ret, size_t max);

/* --- seeing before signing --- */

/* A record that was fetched, hashed, parsed, and whose signature is good under its author card's
 * key. */
struct annot_fetched {
	const struct annot_row *row;        /* the daemon's word */
	const struct annot_record *record;  /* NULL: withheld */
	struct annot_public_key author_key; /* as enrolled; matches the author card */
};
/* By id (as in get; the hash of a first version means its annotation, and so the newest version:
 * =HASH is the record itself). NOT_FOUND, AMBIGUOUS; MISMATCH: what came is not what was asked for
 * or not well signed. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_fetch(struct annot *a, const char *id,
						      struct annot_arena *arena,
						      struct annot_fetched *ret,
						      struct annot_error *err);
/* Checks a row that came with a list in the same way. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_check_row(struct annot *a, const struct annot_row *row, struct annot_arena *arena,
		struct annot_fetched *ret, struct annot_error *err);
/*
 * Hears from calls that take many requests how far they are: what was done ("fetched", "sent", "searched"; NULL: the call
 * is over), in bytes or in things, of how many (0: not known). On the thread that called. NULL: nobody hears.
 */
typedef void (*annot_steps)(void *arg, const char *what, bool bytes, uint64_t done, uint64_t of);
ANNOT_API void annot_on_steps(struct annot *a, annot_steps steps, void *arg);

/* A document's whole text, hashed to its record's sha256. Kept for the life of the handle: 8 MiB of
 * texts in memory, others in files (held.h, whose statuses are returned). */
ANNOT_API ANNOT_CHECKED enum annot_status annot_fetch_text(struct annot *a,
							   const struct annot_record *document,
							   struct annot_bytes *ret,
							   struct annot_error *err);
/* The same into what is held by the caller, empty before; the handle keeps nothing. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_fetch_text_apart(struct annot *a, const struct annot_record *document, struct annot_held *ret,
		       struct annot_error *err);
/* The same of the file that the text was made from. NOT_FOUND: the document names none, or it is not
 * there. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_fetch_original(struct annot *a,
							       const struct annot_record *document,
							       struct annot_held *ret,
							       struct annot_error *err);
/* The registry of keys, fetched once a handle and again after a submit. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_keys(struct annot *a, const struct annot_keys_reply **ret, struct annot_error *err);
/*
 * Keys, persons and the policy in force, replayed here by the rules that the daemon applies, from
 * the records that they follow from: each as its leaf says and well signed. That these are all is
 * the daemon's word. Good until it is called again. Statuses of the calls authority and raw;
 * MISMATCH: something in it is not as it should be.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_authority_now(struct annot *a, const struct annot_authority **ret, struct annot_error *err);
/* The genesis record, hashed to the corpus id. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_genesis(struct annot *a, const struct annot_record **ret, struct annot_error *err);

/*
 * The policy in force when the log had that size (at least 1; more than there are: now), in arena.
 * Every corpus, policy and key record and the reviews of these are fetched, checked against their
 * signatures and judged here; that none is kept back is the daemon's word. MISMATCH, PROTOCOL.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_fetch_policy(struct annot *a, uint64_t size,
							     struct annot_arena *arena,
							     struct annot_policy *ret,
							     struct annot_error *err);

/* --- signing and submitting --- */

/* A signed record on its way. */
struct annot_signed {
	const struct annot_record *record; /* in the arena it was signed into */
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	/*
	 * Refuse it (CONFLICT, naming the new head) if a parent was replaced before it gets into
	 * the log; annot_sign says false: it then makes a second head. Kept in the outbox with it.
	 */
	bool expect_heads;
};

/*
 * Fills the header (corpus, author, time now, seen = pin, random nonce), builds, signs. Statuses of
 * annot_draft_build and annot_signer_sign. a may be NULL for a genesis record.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_sign(struct annot *a, const struct annot_signer *signer, const struct annot_draft *draft,
	   struct annot_arena *arena, struct annot_signed *ret, struct annot_error *err);

/* One of several records to sign at once. */
struct annot_signing {
	const struct annot_signer *signer;
	const struct annot_draft *draft;
	enum annot_status status; /* out: as of annot_sign */
	struct annot_error err;   /* out, where status is not OK */
	struct annot_signed made; /* out, where it is */
};
/* Builds n records, all of which have seen the same checkpoint, and signs them on all cores. Other
 * than OK: nothing was signed. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_sign_many(struct annot *a,
							  struct annot_signing *items, size_t n,
							  struct annot_arena *arena,
							  struct annot_error *err);

struct annot_receipt {
	enum annot_status status;
	const char *message; /* when status is not OK */
	uint64_t index;
	bool duplicate, pending;
	bool waits; /* not OK, but not for good: it stays in the outbox and is sent again */
};
/*
 * Keeps the records in the outbox, sends them with the note that their seen cards name, checks each
 * inclusion proof against the returned checkpoint and that against the pin, advances the pin, and
 * takes out of the outbox what was proved or refused for good. receipts has n items. OK: every
 * record has a receipt (look at each status). UNREACHABLE, TIMEOUT, BUSY, and DENIED, of the key
 * that is logged in: records stay in the outbox and are sent again first by the next annot_submit
 * (or annot_outbox_flush) on that corpus.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_submit(struct annot *a, const struct annot_signed *records, size_t n,
	     struct annot_arena *arena, struct annot_receipt *receipts, struct annot_error *err);
/* Sends what the outbox holds for this corpus; how many went through and how many were refused. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_outbox_flush(struct annot *a, size_t *ret_sent, size_t *ret_refused, struct annot_error *err);
/* What the last submit or flush found out about earlier records that were refused; NULL: nothing to
 * tell. */
ANNOT_API const char *annot_outbox_report(const struct annot *a);
/* Uploads the content of an admitted document, from where an earlier upload stopped. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_upload(struct annot *a,
						       const struct annot_hash *document,
						       struct annot_bytes text,
						       struct annot_error *err);
/* The same of the file that its text was made from: the bytes that its cards original-sha256 and
 * original-length name. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_upload_original(struct annot *a,
								const struct annot_hash *document,
								struct annot_bytes original,
								struct annot_error *err);

/* --- records under keys of the caller's own, so that the same request twice makes one record ---
 */

enum { ANNOT_REQUEST_KEY_MAX = 256 };
struct annot_request_key {
	const char *key;           /* 1 to ANNOT_REQUEST_KEY_MAX bytes */
	struct annot_hash request; /* of what was asked for */
};
/* What was signed under the key for this corpus, in arena. NOT_FOUND; CONFLICT: the key was used
 * for another request. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_keyed_load(struct annot *a, const struct annot_request_key *key, struct annot_arena *arena,
		 struct annot_signed *ret, struct annot_error *err);
/* Keeps n signed records under their keys, for good; durable when it returns OK. An item whose key
 * is NULL is passed over.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_keyed_save(struct annot *a,
							   const struct annot_request_key *keys,
							   const struct annot_signed *records,
							   size_t n, struct annot_error *err);

/* --- which key counts --- */

/*
 * The key of this user's that counted last in a corpus, by its author hash: the one that annot_open
 * proved at tls+tcp:// or that annot_own_key_keep was told of. NOT_FOUND: none is known; INVALID:
 * the file is none; UNREADABLE.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_own_key(const struct annot_hash *corpus, struct annot_hash *ret, struct annot_error *err);
/* Keeps it, in the place of the one before: after a rotation. Statuses of annot_file_replace. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_own_key_keep(const struct annot_hash *corpus,
							     const struct annot_hash *author,
							     struct annot_error *err);
/*
 * The key to prove at tls+tcp:// as soon as the daemon no longer takes the one that was proved: the
 * new one of a rotation that is about to be submitted, whose proof can only be asked for with it.
 * NULL: none any more. It must live until then.
 */
ANNOT_API void annot_prove_next(struct annot *a, const struct annot_signer *next);
/* The corpus that a socket at tls+tcp:// is known to serve, which it is when its key is asked for
 * (options.signer). False: it is not known. */
ANNOT_API bool annot_known_corpus(const char *socket, struct annot_hash *ret);

/* --- bundles --- */

/* Fetches all that verifying a record offline takes, then writes the bundle (docs/records.md).
 * Memory is bounded: large texts are kept in files (held.h). Statuses of the calls, of held.h and
 * the sink. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_bundle_collect(struct annot *a, const char *id,
							       struct annot_sink to,
							       struct annot_error *err);
/* The same in parts. REFUSED: an excerpt of a document, which has no words to show but all of it.
 */
enum {
	ANNOT_COLLECT_EXCERPT = 1 << 0,   /* of texts only the chunks that words stand in */
	ANNOT_COLLECT_NO_LEAVES = 1 << 1, /* for readers who have the log (struct annot_trust) */
};
ANNOT_API ANNOT_CHECKED enum annot_status annot_bundle_collect_as(struct annot *a, const char *id,
								  unsigned options,
								  struct annot_sink to,
								  struct annot_error *err);
/* The same for n (at least 1) records, named by their hashes, in one bundle: it is about the first,
 * and has all that the others take, under one checkpoint (annot_gate_bundle judges them). */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_bundle_collect_records(struct annot *a, const struct annot_hash *records, size_t n,
			     struct annot_sink to, struct annot_error *err);

/* --- places --- */

/* "ipc://$XDG_RUNTIME_DIR/annot/annotd.sock", or /tmp/annot-UID/annotd.sock without
 * XDG_RUNTIME_DIR. */
ANNOT_API enum annot_status annot_default_socket(struct annot_buf *ret, struct annot_error *err);
enum annot_place { ANNOT_PLACE_STATE, ANNOT_PLACE_CONFIG, ANNOT_PLACE_CACHE };
/* The folder of that kind for annot ($XDG_… or its default below $HOME), not made. */
ANNOT_API enum annot_status annot_place(enum annot_place place, struct annot_buf *ret,
					struct annot_error *err);

#endif
