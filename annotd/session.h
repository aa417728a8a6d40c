/*
 * Who a connection from elsewhere (tls+tcp://) belongs to. Its peer asks for a challenge, signs it
 * together with the corpus and the channel binding of this very connection (annot_login_request),
 * and is that key from then on, as long as the key is in force: that is looked up for each request
 * anew.
 */
#ifndef ANNOTD_SESSION_H
#define ANNOTD_SESSION_H

#include <stdbool.h>

#include "record/sshsig.h"

/* One of a connection; zero at first. A connection has one request in flight, so it has no lock. */
struct session {
	bool challenged; /* the nonce was given out, and not used yet */
	bool known;      /* the key was proved */
	uint8_t nonce[ANNOT_LOGIN_PART_SIZE];
	uint8_t key[ANNOT_KEY_SIZE];
};

struct annot_call_def;
struct call;
struct corpus;

/*
 * Whether a call may be made now: any by a local peer, by others the OPEN ones and, once a key was
 * proved that is in force, all. DENIED, in c->err: it may not. BUSY: it may not yet (limits.h).
 */
enum annot_status session_allows(struct call *c, const struct annot_call_def *call);

/*
 * Whether a key is enrolled and in force now; *ret_name (may be NULL) is its person's name, in the
 * request's arena. DENIED, in c->err: it is not.
 */
enum annot_status session_key(struct call *c, const uint8_t key[ANNOT_KEY_SIZE],
			      const char **ret_name);

/*
 * Whether whoever was let in may still be answered: a request that waited may have outlived its
 * key. True of those that have no key to prove. Takes the lock of the corpus's authority.
 */
bool session_stands(struct corpus *corpus, const struct session *s);

#endif
