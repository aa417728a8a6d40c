/* What the files of tls/ share. */
#ifndef ANNOT_TLS_INTERNAL_H
#define ANNOT_TLS_INTERNAL_H

#include <openssl/x509.h>

#include "base/bytes.h"
#include "base/error.h"

/* annot_fail with the words and what libcrypto has to say; empties its queue of errors. */
enum annot_status annot_tls_fail(struct annot_error *err, enum annot_status status,
				 const char *words);

/* SHA-256 of a certificate's DER. */
struct annot_hash annot_x509_hash(const X509 *cert);

#endif
