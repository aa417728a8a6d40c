/* challenge, login: a connection from elsewhere proves a key. */
#include <sodium.h>

#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/server.h"
#include "base/auto.h"
#include "record/sshsig.h"

enum { LOGIN_REQUEST_MAX = 1024 };

static enum annot_status need_session(struct call *c)
{
	return c->session
		       ? ANNOT_OK
		       : annot_fail(&c->err, ANNOT_REFUSED,
				    "only tls+tcp:// asks for a key; nothing is to be proved here");
}

enum annot_status on_challenge(struct call *c, const struct annot_challenge_request *in,
			       struct annot_challenge_reply *ret)
{
	(void)in;
	TRY(need_session(c));
	randombytes_buf(c->session->nonce, sizeof c->session->nonce);
	c->session->challenged = true;
	ret->nonce = annot_bytes(c->session->nonce, sizeof c->session->nonce);
	return ANNOT_OK;
}

enum annot_status on_login(struct call *c, const struct annot_login_request *in,
			   struct annot_login_reply *ret)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(LOGIN_REQUEST_MAX);
	struct session *s = c->session;
	TRY(need_session(c));
	if (!s->challenged)
		return annot_fail(&c->err, ANNOT_DENIED,
				  "a login answers a challenge, and each challenge once");
	s->challenged = false;
	TRY(annot_key_check(in->key.data, &c->err));
	_Static_assert(sizeof c->peer->binding == (size_t)ANNOT_LOGIN_PART_SIZE,
		       "a part of a login");
	annot_login_request(corpus_id(c->corpus), c->peer->binding, s->nonce, &text);
	TRY(annot_buf_check(&text, "a login", &c->err));
	/* Before the key is looked up: who is enrolled is not for strangers to find out. */
	if (annot_sshsig_verify(in->key.data, ANNOT_NAMESPACE_LOGIN, annot_buf_bytes(&text),
				in->signature.data, NULL) != ANNOT_OK)
		return annot_fail(
			&c->err, ANNOT_DENIED,
			"the signature is not one of this key over this connection: it was "
			"passed on from another, or somebody stands between");
	TRY(session_key(c, in->key.data, &ret->name));
	memcpy(s->key, in->key.data, sizeof s->key);
	s->known = true;
	ret->size = reader_size(c->reader);
	return ANNOT_OK;
}
