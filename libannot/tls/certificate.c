#include "tls/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "base/hash.h"
#include "tls/internal.h"

enum { SERIAL_SIZE = 16, X509_V3 = 2 };

/* A positive number that no two certificates share (RFC 5280, 4.1.2.2: at most 20 bytes). */
static bool set_serial(X509 *cert)
{
	uint8_t serial[SERIAL_SIZE];
	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return false;
	BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
	bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return done;
}

static bool set_name(X509 *cert, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(cert);
	size_t len = strlen(name);
	if (len > ANNOT_CERTIFICATE_NAME_MAX)
		len = ANNOT_CERTIFICATE_NAME_MAX;
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const uint8_t *)name,
					  (int)len, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, subject) == 1;
}

static bool fill(X509 *cert, EVP_PKEY *key, const char *name)
{
	return X509_set_version(cert, X509_V3) == 1 && set_serial(cert) &&
	       ASN1_TIME_set_string_X509(X509_getm_notBefore(cert), "19700101000000Z") == 1 &&
	       ASN1_TIME_set_string_X509(X509_getm_notAfter(cert), "99991231235959Z") == 1 &&
	       set_name(cert, name) && X509_set_pubkey(cert, key) == 1 &&
	       X509_sign(cert, key, NULL) > 0;
}

static bool write_pem(X509 *cert, EVP_PKEY *key, struct annot_buf *ret)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text;
	bool done = bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		    PEM_write_bio_X509(bio, cert) == 1;
	if (done) {
		long len = BIO_get_mem_data(bio, &text);
		annot_buf_add(ret, text, (size_t)len);
	}
	BIO_free(bio);
	return done;
}

enum annot_status annot_certificate_make(const char *name, struct annot_buf *ret,
					 struct annot_error *err)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	X509 *cert = X509_new();
	bool done = key && cert && fill(cert, key, name) && write_pem(cert, key, ret);
	X509_free(cert);
	EVP_PKEY_free(key);
	if (!done)
		return annot_tls_fail(err, ANNOT_INTERNAL, "a certificate cannot be made");
	return annot_buf_check(ret, "a certificate", err);
}

struct annot_hash annot_x509_hash(const X509 *cert)
{
	struct annot_hash ret = {{0}};
	unsigned len = sizeof(ret.b);
	X509_digest(cert, EVP_sha256(), ret.b, &len);
	return ret;
}

enum annot_status annot_certificate_hash(struct annot_bytes pem, struct annot_hash *ret,
					 struct annot_error *err)
{
	BIO *bio = pem.len <= ANNOT_CERTIFICATE_FILE_MAX ? BIO_new_mem_buf(pem.data, (int)pem.len)
							 : NULL;
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	if (!cert)
		return annot_tls_fail(err, ANNOT_INVALID, "there is no certificate in it");
	*ret = annot_x509_hash(cert);
	X509_free(cert);
	return ANNOT_OK;
}
