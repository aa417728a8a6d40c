/* What the files of client/ share and no other layer sees. */
#ifndef ANNOT_CLIENT_INTERNAL_H
#define ANNOT_CLIENT_INTERNAL_H

#include <limits.h>

#include "base/encode.h"
#include "client/client.h"
#include "client/connection.h"
#include "client/held.h"
#include "locate/wanted.h"
#include "proto/proto.h"
#include "state/memory.h"

enum {
	ANNOT_TEXTS_MAX = 8 << 20, /* bytes of texts that a handle keeps in memory, not in files */
	ANNOT_CALL_ARENA_MAX = 32 << 20, /* memory of one reply */
	ANNOT_SEEN_NOTES_MAX = 64,       /* notes of seen cards that a handle remembers */
	ANNOT_LOG_KEYS_MAX = 2,          /* the one in force, and the one before */
};

/* A text that was fetched and hashed. */
struct annot_kept_text {
	struct annot_kept_text *next;
	struct annot_hash sha256;
	struct annot_held text;
};

/* A note that a seen card names. */
struct annot_kept_note {
	struct annot_kept_note *next;
	struct annot_hash hash;
	size_t len;
	uint8_t data[];
};

/* A key of the registry, once it was needed. */
struct annot_parsed_key {
	bool parsed;
	struct annot_public_key key;
};

struct annot {
	char *socket;
	int timeout_ms;
	struct annot_connection *connection; /* NULL after a failure; the next call dials again */
	struct annot_arena *arena;           /* hello and genesis */
	struct annot_hello_reply hello;
	bool greeted, first_contact;
	struct {            /* of the options */
		bool given; /* the fingerprint */
		struct annot_hash fingerprint;
		bool (*confirm)(void *arg, const struct annot_contact *contact);
		enum annot_status (*signer)(void *arg, const struct annot_signer **ret,
					    struct annot_error *err);
		void *arg;
		const struct annot_signer *next; /* annot_prove_next; NULL */
		bool proves_next;
	} remote;
	struct annot_hash certificate; /* of tls+tcp:// */
	bool certificate_known;        /* from before */
	struct annot_arena *keys_arena;
	const struct annot_keys_reply *keys;
	struct annot_parsed_key *parsed_keys; /* one for each of keys */
	struct annot_memory *authority; /* of annot_authority_now; NULL before its first use */
	uint64_t authority_next;        /* log index that it goes on from */
	const struct annot_record *genesis;
	struct annot_vkey log_keys[ANNOT_LOG_KEYS_MAX]; /* that may sign checkpoints, the one in
							   force first */
	size_t n_log_keys;
	struct annot_kept_text *texts;
	size_t texts_len; /* of those in memory */
	struct annot_kept_note *notes;
	uint64_t last_order; /* of a file in the outbox */
	char outbox_report[ANNOT_ERROR_TEXT_MAX];
	annot_steps steps; /* NULL: nobody hears */
	void *steps_arg;
};

/* Tells whoever hears; what NULL: the call is over. */
void annot_client_step(const struct annot *a, const char *what, bool bytes, uint64_t done,
		       uint64_t of);

/* An arena for the replies of one task; NO_MEMORY. */
enum annot_status annot_client_arena(struct annot_arena **ret, struct annot_error *err);

/* One call with retries on busy; what the stubs of calls.def are made of. */
enum annot_status annot_client_call(struct annot *a, enum annot_call_id id, const void *in,
				    struct annot_arena *arena, const void **ret,
				    struct annot_error *err);

/* The same over the connection that is there, with another limit. */
enum annot_status annot_client_call_until(struct annot *a, enum annot_call_id id, const void *in,
					  int64_t deadline_ms, struct annot_arena *arena,
					  const void **ret, struct annot_error *err);

/* Opens a connection and says hello; checks that corpus and certificate are still the same; proves
 * the key. */
enum annot_status annot_client_connect(struct annot *a, int64_t deadline_ms,
				       struct annot_error *err);

/* --- places (place.c, known.c) --- */

/* Appends "<state>/corpora/<hex>/<name>"; make: the folder is made if it is missing. */
enum annot_status annot_corpus_path(const struct annot_hash *corpus, const char *name, bool make,
				    struct annot_buf *ret, struct annot_error *err);
/* Opens PATH for locking (made with mode 0600) and takes the lock; closing *ret gives it back. */
enum annot_status annot_lock(const char *path, int *ret, struct annot_error *err);
/* Compares the corpus of the hello and the certificate (NULL: none) with known, or adds them.
 * REFUSED: the socket had others. */
enum annot_status annot_known_check(const char *socket, const struct annot_hash *corpus,
				    const struct annot_hash *certificate, bool *ret_first,
				    struct annot_error *err);
/* Compares a certificate alone; *ret_known: it is there. REFUSED. */
enum annot_status annot_known_certificate(const char *socket, const struct annot_hash *certificate,
					  bool *ret_known, struct annot_error *err);

/* --- tls+tcp:// (login.c); all of it does nothing for others --- */

/* Before anything is said: the certificate is the one that is expected here, if any is. REFUSED. */
enum annot_status annot_client_recognise(struct annot *a, struct annot_error *err);
/* After the first hello, for any socket: it may be trusted to serve that corpus. REFUSED. */
enum annot_status annot_client_meet(struct annot *a, struct annot_error *err);
/* Proves the key. DENIED; statuses of the signer. */
enum annot_status annot_client_login(struct annot *a, struct annot_error *err);

/* --- trust (logkey.c, pin.c) --- */

/* Reads a pin's file; size 0 where there is none. note may be NULL. */
enum annot_status annot_pin_read(const struct annot_hash *corpus, struct annot_checkpoint *ret,
				 struct annot_buf *note, struct annot_error *err);
/* Checks a note under the log keys, replaying authority when none of those known has signed it. */
enum annot_status annot_client_open_note(struct annot *a, struct annot_bytes note,
					 struct annot_checkpoint *ret, struct annot_error *err);
/* Two notes that contradict each other. */
struct annot_clash {
	enum annot_verdict what; /* FORKED_LOG or ROLLED_BACK */
	const struct annot_checkpoint *pin, *theirs;
	struct annot_bytes pin_note, their_note;
};
/* Keeps both as evidence and says so: MISMATCH. That they could not be kept is said, too. */
enum annot_status annot_contradicted(struct annot *a, const struct annot_clash *c,
				     struct annot_error *err);
/* As annot_pin_advance; shown is a tree that the note's log was proved to go on from: if that is
 * the pin, nothing is asked for. Size 0: none. */
enum annot_status annot_pin_advance_from(struct annot *a, const struct annot_checkpoint *shown,
					 struct annot_bytes note, struct annot_error *err);
/* As annot_pin_refresh, with the note; both are the newest checkpoint, or the pin where that is
 * newer. */
enum annot_status annot_pin_newest(struct annot *a, struct annot_checkpoint *ret,
				   struct annot_buf *note, struct annot_error *err);

/* --- seen notes (sign.c) --- */

enum annot_status annot_note_keep(struct annot *a, struct annot_bytes note,
				  struct annot_error *err);
/* NULL data if the handle has not got it. */
struct annot_bytes annot_note_kept(const struct annot *a, const struct annot_hash *hash);

/* --- keys (keys.c) --- */

/* The key of an author card, from the registry; fetched again once if it is not there. NOT_FOUND.
 */
enum annot_status annot_author_key(struct annot *a, const struct annot_hash *author,
				   struct annot_public_key *ret, struct annot_error *err);
/* Forgets the registry, so that the next use fetches it. */
void annot_keys_forget(struct annot *a);

/* --- records by index (raw.c) --- */

/* Calls back with the records of n indexes, in their order, fetched many at a time. PROTOCOL:
 * others came. */
typedef enum annot_status (*annot_raw_take)(void *arg, const struct annot_raw *raw,
					    struct annot_error *err);
enum annot_status annot_raw_each(struct annot *a, const uint64_t *indexes, size_t n,
				 annot_raw_take take, void *arg, struct annot_error *err);

/* --- authority (authority.c) --- */

/*
 * The record of a raw row, which must be what the leaf line says and well signed by a key that the
 * authority of memory knows; *ret stays as it is where the bytes were withheld. MISMATCH, PROTOCOL.
 */
enum annot_status annot_authority_record(const struct annot_memory *memory,
					 const struct annot_raw *raw, struct annot_bytes line,
					 struct annot_arena *arena, const struct annot_record **ret,
					 struct annot_error *err);
void annot_authority_forget(struct annot *a);

/* --- outbox (outbox.c) --- */

/* A record that waits, as its file has it. */
struct annot_waiting {
	struct annot_hash corpus, id;
	uint64_t order;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	bool expect_heads;
	struct annot_bytes note, record; /* note: data NULL if none */
};
enum annot_status annot_outbox_put(struct annot *a, const struct annot_waiting *records, size_t n,
				   struct annot_error *err);
void annot_outbox_drop(const struct annot_hash *record);
/* Ids of what waits for this corpus, oldest first; lives in arena. */
enum annot_status annot_outbox_list(struct annot *a, struct annot_arena *arena,
				    const struct annot_hash **ret, size_t *ret_n,
				    struct annot_error *err);
/* NOT_FOUND: it is gone (another process had it sent); INVALID: not a file of the outbox. */
enum annot_status annot_outbox_load(const struct annot_hash *record, struct annot_arena *arena,
				    struct annot_waiting *ret, struct annot_error *err);

/* --- agent (agent.c) --- */

/* Whether $SSH_AUTH_SOCK's agent holds the key. REFUSED: it does not, or no agent answers. */
enum annot_status annot_agent_has(const uint8_t key[ANNOT_KEY_SIZE], struct annot_error *err);
/* Has the agent sign bytes. REFUSED as in signer.h; the signature is not checked here. */
enum annot_status annot_agent_sign(const uint8_t key[ANNOT_KEY_SIZE], struct annot_bytes bytes,
				   uint8_t ret[ANNOT_SIGNATURE_SIZE], struct annot_error *err);

#endif
