#include "tls/session.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "tls/certificate.h"
#include "tls/internal.h"

struct annot_tls_server {
	SSL_CTX *context;
	struct annot_hash certificate;
};

struct annot_tls {
	SSL *ssl;
	BIO *in, *out; /* the SSL's own */
	size_t sent;   /* of what `out` holds */
};

/* RFC 9266 section 2 */
#define BINDING_LABEL "EXPORTER-Channel-Binding"

enum annot_status annot_tls_fail(struct annot_error *err, enum annot_status status,
				 const char *words)
{
	unsigned long code = ERR_peek_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	ERR_clear_error();
	return annot_fail(err, status, "%s%s%s", words, reason ? ": " : "", reason ? reason : "");
}

/* --- what all connections of one side share --- */

static SSL_CTX *context_new(const SSL_METHOD *method)
{
	SSL_CTX *c = SSL_CTX_new(method);
	if (!c)
		return NULL;
	/* No other groups: some of libssl's take a thousand times as long, for whoever asks. */
	if (SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set1_groups_list(c, "X25519") != 1) {
		SSL_CTX_free(c);
		return NULL;
	}
	SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(c, 0);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
	/* Certificates are compared, by whoever uses this, with what they were before. */
	SSL_CTX_set_verify(c, SSL_VERIFY_NONE, NULL);
	return c;
}

static bool use_pem(SSL_CTX *context, struct annot_bytes pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	X509 *cert = key ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool done = cert && SSL_CTX_use_certificate(context, cert) == 1 &&
		    SSL_CTX_use_PrivateKey(context, key) == 1 &&
		    SSL_CTX_check_private_key(context) == 1;
	X509_free(cert);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return done;
}

enum annot_status annot_tls_server_new(struct annot_bytes pem, struct annot_tls_server **ret,
				       struct annot_error *err)
{
	struct annot_hash certificate;
	TRY(annot_certificate_hash(pem, &certificate, err));
	struct annot_tls_server *s = calloc(1, sizeof(*s));
	if (!s)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	s->certificate = certificate;
	s->context = context_new(TLS_server_method());
	if (!s->context || !use_pem(s->context, pem)) {
		annot_tls_server_free(s);
		return annot_tls_fail(err, ANNOT_INVALID, "no key and its certificate in it");
	}
	*ret = s;
	return ANNOT_OK;
}

struct annot_tls_server *annot_tls_server_free(struct annot_tls_server *s)
{
	if (!s)
		return NULL;
	SSL_CTX_free(s->context);
	free(s);
	return NULL;
}

const struct annot_hash *annot_tls_server_certificate(const struct annot_tls_server *s)
{
	return &s->certificate;
}

/* --- one connection --- */

static struct annot_tls *session_new(SSL_CTX *context)
{
	struct annot_tls *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->ssl = SSL_new(context);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	if (!t->ssl || !t->in || !t->out) {
		BIO_free(t->in);
		BIO_free(t->out);
		SSL_free(t->ssl);
		free(t);
		ERR_clear_error();
		return NULL;
	}
	SSL_set_bio(t->ssl, t->in, t->out); /* they are the SSL's from here on */
	return t;
}

struct annot_tls *annot_tls_accept(const struct annot_tls_server *s)
{
	struct annot_tls *t = session_new(s->context);
	if (t)
		SSL_set_accept_state(t->ssl);
	return t;
}

struct annot_tls *annot_tls_connect(void)
{
	SSL_CTX *context = context_new(TLS_client_method());
	struct annot_tls *t = context ? session_new(context) : NULL;
	SSL_CTX_free(context); /* the SSL holds on to it */
	if (t)
		SSL_set_connect_state(t->ssl);
	return t;
}

struct annot_tls *annot_tls_free(struct annot_tls *t)
{
	if (!t)
		return NULL;
	SSL_free(t->ssl);
	free(t);
	return NULL;
}

bool annot_tls_put(struct annot_tls *t, const void *data, size_t len)
{
	size_t written;
	return len == 0 || (BIO_write_ex(t->in, data, len, &written) == 1 && written == len);
}

struct annot_bytes annot_tls_out(const struct annot_tls *t)
{
	char *data;
	size_t len = (size_t)BIO_get_mem_data(t->out, &data);
	return len > t->sent ? annot_bytes(data + t->sent, len - t->sent) : annot_bytes(NULL, 0);
}

void annot_tls_sent(struct annot_tls *t, size_t len)
{
	t->sent += len;
	if (annot_tls_out(t).len > 0)
		return;
	t->sent = 0;
	(void)BIO_reset(t->out);
}

static enum annot_tls_state state_of(struct annot_tls *t, int result)
{
	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_NONE:
		return ANNOT_TLS_OK;
	case SSL_ERROR_WANT_READ:
		return ANNOT_TLS_WANTS;
	case SSL_ERROR_ZERO_RETURN:
		return ANNOT_TLS_ENDED;
	default:
		return ANNOT_TLS_BROKEN;
	}
}

enum annot_tls_state annot_tls_shake(struct annot_tls *t)
{
	ERR_clear_error();
	return state_of(t, SSL_do_handshake(t->ssl));
}

enum annot_tls_state annot_tls_read(struct annot_tls *t, void *ret, size_t max, size_t *ret_len)
{
	ERR_clear_error();
	return state_of(t, SSL_read_ex(t->ssl, ret, max, ret_len));
}

enum annot_tls_state annot_tls_write(struct annot_tls *t, const void *data, size_t len)
{
	size_t written;
	ERR_clear_error();
	/* Memory takes all of it. */
	return SSL_write_ex(t->ssl, data, len, &written) == 1 && written == len ? ANNOT_TLS_OK
										: ANNOT_TLS_BROKEN;
}

bool annot_tls_peer(const struct annot_tls *t, struct annot_hash *ret)
{
	X509 *cert = SSL_get1_peer_certificate(t->ssl);
	if (!cert)
		return false;
	*ret = annot_x509_hash(cert);
	X509_free(cert);
	return true;
}

bool annot_tls_binding(struct annot_tls *t, uint8_t ret[ANNOT_TLS_BINDING_SIZE])
{
	return SSL_export_keying_material(t->ssl, ret, ANNOT_TLS_BINDING_SIZE, BINDING_LABEL,
					  strlen(BINDING_LABEL), NULL, 0, 0) == 1;
}

enum annot_status annot_tls_why(const char *who, struct annot_error *err)
{
	char words[ANNOT_ERROR_TEXT_MAX];
	snprintf(words, sizeof(words), "%.300s: no TLS connection", who);
	return annot_tls_fail(err, ANNOT_UNREACHABLE, words);
}
