/*
 * The strict Ed25519 rule. A key is a canonical point of the prime-order group. libsodium up
 * to 1.0.22 checks signatures with the cofactorless equation, under which R then is such a point
 * too; a later one may use the cofactored equation, which also holds for R with a low-order
 * residue. A self-test finds out which one is linked, and where it is the latter, R is checked as
 * well: all machines agree.
 */
#include <pthread.h>
#include <sodium.h>

#include "record/ed25519.h"
#include "record/sshkey.h"
#include "record/sshsig.h"

/* Published vectors: C2SP/CCTV, ed25519/ed25519vectors.json, with one key of prime order. */
static const uint8_t KEY[ANNOT_KEY_SIZE] = {0xef, 0x75, 0xb2, 0x0e, 0x75, 0x40, 0xe3, 0xdf,
					    0xf7, 0x74, 0x04, 0x19, 0x36, 0x52, 0xba, 0x2b,
					    0xd1, 0x3d, 0xf9, 0x9c, 0x15, 0x08, 0xee, 0xe1,
					    0x51, 0x5e, 0x27, 0xae, 0x25, 0xf2, 0x80, 0x76};
/* number 305: a good signature */
static const char GOOD_MESSAGE[] = "ed25519vectors 5";
static const uint8_t GOOD[ANNOT_SIGNATURE_SIZE] = {
	0xb6, 0x2c, 0xf8, 0x90, 0xde, 0x42, 0xc4, 0x13, 0xb1, 0x1b, 0x14, 0x11, 0xc9,
	0xf0, 0x1f, 0x1c, 0x4d, 0x77, 0xaa, 0x87, 0xef, 0x18, 0x22, 0x58, 0xd1, 0x25,
	0x1f, 0x69, 0xaf, 0x2a, 0x35, 0x06, 0x40, 0x65, 0x7f, 0x1c, 0xb0, 0x30, 0xf1,
	0x25, 0x43, 0x54, 0x9b, 0xba, 0xbd, 0x84, 0x8d, 0xc6, 0x40, 0x3d, 0x35, 0x4e,
	0x7c, 0x99, 0xc4, 0xd0, 0xdc, 0xee, 0x9f, 0x63, 0xc9, 0x03, 0x3b, 0x00};
/* number 267: holds only after multiplication by the cofactor */
static const char RESIDUE_MESSAGE[] = "ed25519vectors 3";
static const uint8_t RESIDUE[ANNOT_SIGNATURE_SIZE] = {
	0x36, 0x68, 0x4e, 0xa9, 0x10, 0x32, 0xba, 0x5b, 0x1d, 0xba, 0xb2, 0xd0, 0x2f,
	0x4d, 0xeb, 0xc7, 0x4c, 0x33, 0x27, 0xf2, 0xb3, 0x80, 0x2e, 0x2e, 0x4d, 0x37,
	0x1a, 0xa4, 0x2b, 0x12, 0xb5, 0x6b, 0x2d, 0x47, 0x18, 0x82, 0x77, 0x3a, 0x67,
	0x7a, 0xf1, 0xe3, 0x82, 0x4e, 0x77, 0x7a, 0x33, 0xf8, 0xdd, 0xf7, 0xbb, 0xea,
	0xf3, 0xd2, 0x8a, 0x09, 0x59, 0x5e, 0xb8, 0xda, 0xa0, 0xd7, 0x4a, 0x03};
/* key of numbers 4 to 7: of prime order but for a low-order component */
static const uint8_t MIXED[ANNOT_KEY_SIZE] = {0x10, 0xeb, 0x7c, 0x3a, 0xcf, 0xb2, 0xbe, 0xd3,
					      0xe0, 0xd6, 0xab, 0x89, 0xbf, 0x5a, 0x3d, 0x6a,
					      0xfd, 0xdd, 0x11, 0x76, 0xce, 0x48, 0x12, 0xe3,
					      0x8d, 0x9f, 0xd4, 0x85, 0x05, 0x8f, 0xdb, 0x1f};

/* The result of the self-test, written once. */
static struct {
	pthread_once_t once;
	enum annot_status status;
	bool check_r;
	struct annot_error err;
} library = {.once = PTHREAD_ONCE_INIT};

enum annot_status annot_ed25519_probe(annot_ed25519_fn *verify, bool *ret_check_r,
				      struct annot_error *err)
{
	if (!verify(GOOD, annot_bytes_of(GOOD_MESSAGE), KEY))
		return annot_fail(err, ANNOT_INTERNAL,
				  "self-test: libsodium refuses a good Ed25519 signature");
	uint8_t bad[ANNOT_SIGNATURE_SIZE];
	memcpy(bad, GOOD, sizeof(bad));
	bad[0] ^= 1;
	if (verify(bad, annot_bytes_of(GOOD_MESSAGE), KEY))
		return annot_fail(err, ANNOT_INTERNAL,
				  "self-test: libsodium accepts a wrong Ed25519 signature");
	if (!crypto_core_ed25519_is_valid_point(KEY) || crypto_core_ed25519_is_valid_point(MIXED))
		return annot_fail(err, ANNOT_INTERNAL,
				  "self-test: libsodium's check of Ed25519 points is incomplete "
				  "(CVE-2025-69277): install a corrected libsodium");
	*ret_check_r = verify(RESIDUE, annot_bytes_of(RESIDUE_MESSAGE), KEY);
	return ANNOT_OK;
}

static bool sodium_verify(const uint8_t *signature, struct annot_bytes message, const uint8_t *key)
{
	return crypto_sign_verify_detached(signature, message.data, message.len, key) == 0;
}

static void start(void)
{
	if (sodium_init() < 0)
		library.status =
			annot_fail(&library.err, ANNOT_INTERNAL, "libsodium cannot be initialised");
	else
		library.status = annot_ed25519_probe(sodium_verify, &library.check_r, &library.err);
}

enum annot_status annot_crypto_init(struct annot_error *err)
{
	pthread_once(&library.once, start);
	if (library.status != ANNOT_OK)
		return annot_fail(err, library.status, "%s", library.err.text);
	return ANNOT_OK;
}

enum annot_status annot_key_check(const uint8_t key[ANNOT_KEY_SIZE], struct annot_error *err)
{
	TRY(annot_crypto_init(err));
	if (!crypto_core_ed25519_is_valid_point(key))
		return annot_fail(
			err, ANNOT_REFUSED,
			"the key is weak: not a canonical point of the prime-order group; "
			"make a new one (ssh-keygen -t ed25519)");
	return ANNOT_OK;
}

bool annot_ed25519_good(const uint8_t *signature, struct annot_bytes message, const uint8_t *key,
			bool check_r)
{
	if (check_r && !crypto_core_ed25519_is_valid_point(signature))
		return false;
	return sodium_verify(signature, message, key);
}

enum annot_status annot_ed25519_verify(const uint8_t key[ANNOT_KEY_SIZE],
				       struct annot_bytes message,
				       const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				       struct annot_error *err)
{
	TRY(annot_crypto_init(err));
	if (!annot_ed25519_good(signature, message, key, library.check_r))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the signature is not good for these bytes and this key");
	return ANNOT_OK;
}
