/*
 * The certificate that a daemon shows at tls+tcp://. Nobody vouches for it: a client knows it by
 * its fingerprint, as ssh knows hosts. So it is made once, is signed by itself, and never expires.
 */
#ifndef ANNOT_TLS_CERTIFICATE_H
#define ANNOT_TLS_CERTIFICATE_H

#include "base/buf.h"

/* The file of a corpus folder that has certificate and key; nobody else may read it. */
#define ANNOT_CERTIFICATE_FILE "tls.pem"
enum {
	ANNOT_CERTIFICATE_FILE_MAX = 8192,
	ANNOT_CERTIFICATE_NAME_MAX = 64, /* RFC 5280, ub-common-name */
};

/*
 * Makes an Ed25519 key (RFC 8410) and a certificate of it (RFC 5280), and appends both to ret as
 * PEM (PKCS #8, X.509): the key first. ret should have room already, since growing leaves copies of
 * the key behind, and is to be wiped. The name is for people who look at it: its first
 * ANNOT_CERTIFICATE_NAME_MAX bytes are taken, and nobody checks it. It is valid from 1970 to the
 * end of 9999, which RFC 5280 section 4.1.2.5 has for "no well-defined expiration date". INTERNAL:
 * libcrypto failed.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_certificate_make(const char *name, struct annot_buf *ret, struct annot_error *err);

/*
 * SHA-256 over the DER of the certificate in such a file: its fingerprint (annot_fingerprint),
 * which is also what openssl x509 -fingerprint -sha256 shows, in other digits. INVALID: there is
 * none.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_certificate_hash(struct annot_bytes pem, struct annot_hash *ret, struct annot_error *err);

#endif
