/*
 * tls+tcp://: whom the connection leads to, known by its certificate as ssh knows hosts, and
 * proving there whose key is here. Both ends sign for nothing but this connection: what is signed
 * names the channel binding, which somebody between cannot have the same of to both sides.
 */
#include "client/internal.h"

#include "base/auto.h"
#include "client/signer.h"
#include "record/sshsig.h"

enum { LOGIN_TEXT_MAX = 1024 };

static const struct annot_hash *certificate_of(const struct annot *a)
{
	const struct annot_connection_tls *tls = annot_connection_tls(a->connection);
	return tls ? &tls->certificate : NULL;
}

static enum annot_status another(const struct annot *a, const struct annot_hash *shown,
				 const struct annot_hash *expected, const char *why,
				 struct annot_error *err)
{
	char is[ANNOT_FINGERPRINT_SIZE], was[ANNOT_FINGERPRINT_SIZE];
	annot_fingerprint(shown, is);
	annot_fingerprint(expected, was);
	return annot_fail(err, ANNOT_REFUSED, "%.200s: it shows the certificate %s; %s %s",
			  a->socket, is, why, was);
}

enum annot_status annot_client_recognise(struct annot *a, struct annot_error *err)
{
	const struct annot_hash *shown = certificate_of(a);
	if (!shown)
		return ANNOT_OK;
	if (a->greeted && !annot_hash_equal(shown, &a->certificate))
		return another(a, shown, &a->certificate, "a moment ago it was", err);
	if (a->remote.given && !annot_hash_equal(shown, &a->remote.fingerprint))
		return another(a, shown, &a->remote.fingerprint, "the fingerprint given is", err);
	TRY(annot_known_certificate(a->socket, shown, &a->certificate_known, err));
	a->certificate = *shown;
	return ANNOT_OK;
}

/* Nobody has seen this certificate before. */
static enum annot_status confirm(struct annot *a, struct annot_error *err)
{
	char fingerprint[ANNOT_FINGERPRINT_SIZE];
	struct annot_contact contact = {
		.socket = a->socket,
		.certificate = a->certificate,
		.corpus = a->hello.corpus,
		.origin = a->hello.origin,
	};
	if (a->remote.given || (a->remote.confirm && a->remote.confirm(a->remote.arg, &contact)))
		return ANNOT_OK;
	annot_fingerprint(&a->certificate, fingerprint);
	return annot_fail(
		err, ANNOT_REFUSED,
		"%.200s is not known here yet: it shows the certificate %s and says that it "
		"serves corpus %s; if its owner says the same, give --fingerprint %s",
		a->socket, fingerprint, annot_hash_hex(&a->hello.corpus).text, fingerprint);
}

enum annot_status annot_client_meet(struct annot *a, struct annot_error *err)
{
	const struct annot_hash *shown = certificate_of(a);
	if (shown && !a->certificate_known)
		TRY(confirm(a, err));
	return annot_known_check(a->socket, &a->hello.corpus, shown, &a->first_contact, err);
}

static enum annot_status sign(struct annot *a, const struct annot_signer *signer,
			      struct annot_bytes nonce, uint8_t ret[ANNOT_SIGNATURE_SIZE],
			      struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(LOGIN_TEXT_MAX);
	const struct annot_connection_tls *tls = annot_connection_tls(a->connection);
	annot_login_request(&a->hello.corpus, tls->binding, nonce.data, &text);
	TRY(annot_buf_check(&text, "a login", err));
	return annot_signer_sign(signer, ANNOT_NAMESPACE_LOGIN, annot_buf_bytes(&text), ret, err);
}

enum annot_status annot_client_login(struct annot *a, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	const struct annot_challenge_request ask = {};
	const struct annot_signer *signer;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	const void *got;
	if (!certificate_of(a))
		return ANNOT_OK;
	if (!a->remote.signer && !a->remote.proves_next)
		return annot_fail(err, ANNOT_USAGE,
				  "%.200s: a key is to be proved there, and there is none",
				  a->socket);
	if (a->remote.proves_next)
		signer = a->remote.next;
	else
		TRY(a->remote.signer(a->remote.arg, &signer, err));
	TRY(annot_client_arena(&arena, err));
	TRY(annot_client_call_until(a, ANNOT_CALL_challenge, &ask, annot_now_ms() + a->timeout_ms,
				    arena, &got, err));
	const struct annot_challenge_reply *challenge = got;
	/* A person may have to confirm it: the time for the login begins anew. */
	TRY(sign(a, signer, challenge->nonce, signature, err));
	const struct annot_login_request in = {
		.key = annot_bytes(annot_signer_key(signer)->key, ANNOT_KEY_SIZE),
		.signature = annot_bytes(signature, sizeof(signature)),
	};
	TRY(annot_client_call_until(a, ANNOT_CALL_login, &in, annot_now_ms() + a->timeout_ms, arena,
				    &got, err));
	a->hello.size = ((const struct annot_login_reply *)got)->size;
	const struct annot_hash author = annot_key_author(annot_signer_key(signer)->key);
	/* A convenience for the next time, when there may be several: no reason to fail now. */
	enum annot_status kept = annot_own_key_keep(&a->hello.corpus, &author, NULL);
	(void)kept;
	return ANNOT_OK;
}
