/* Vectors: FIPS 180-4 examples of NIST (csrc.nist.gov, "Cryptographic Standards and Guidelines").
 */
#include "assert.h"

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"

static void assert_hash(struct annot_hash h, const char *hex)
{
	assert_string_equal(annot_hash_hex(&h).text, hex);
}

static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void test_sha256(void **state)
{
	(void)state;
	assert_hash(annot_sha256("abc", 3), abc);
	assert_hash(annot_sha256("", 0), empty);
	assert_hash(annot_sha256(NULL, 0), empty);
	const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	assert_hash(annot_sha256(two, strlen(two)),
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_stream(void **state)
{
	(void)state;
	/* A million letters a, in pieces of changing length. */
	struct annot_sha256 s;
	char piece[1000];
	memset(piece, 'a', sizeof(piece));
	annot_sha256_init(&s);
	for (size_t left = 1000000, len = 1; left > 0; left -= len) {
		len = (len * 7 + 3) % sizeof(piece);
		len = len < left ? len : left;
		annot_sha256_add(&s, piece, len);
	}
	annot_sha256_add(&s, NULL, 0);
	assert_hash(annot_sha256_final(&s),
		    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void test_prefixed(void **state)
{
	(void)state;
	assert_hash(annot_sha256_prefixed('a', annot_bytes("b", 1), annot_bytes("c", 1)), abc);
	assert_hash(annot_sha256_prefixed('a', annot_bytes("bc", 2), annot_bytes(NULL, 0)), abc);
	assert_hash(annot_sha256_prefixed('a', annot_bytes(NULL, 0), annot_bytes("bc", 2)), abc);
	/* The empty leaf of RFC 6962 (Certificate Transparency's merkle tree tests). */
	assert_hash(annot_sha256_prefixed(0, annot_bytes(NULL, 0), annot_bytes(NULL, 0)),
		    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void test_sha512(void **state)
{
	(void)state;
	uint8_t got[64];
	char hex[129];
	annot_sha512("abc", 3, got);
	annot_hex(got, sizeof(got), hex);
	assert_string_equal(hex,
			    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	annot_sha512(NULL, 0, got);
	annot_hex(got, sizeof(got), hex);
	assert_string_equal(hex,
			    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
			    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

/* RFC 1321, A.5. */
static void test_md5(void **state)
{
	static const struct {
		const char *text, *hex;
	} vectors[] = {
		{"", "d41d8cd98f00b204e9800998ecf8427e"},
		{"abc", "900150983cd24fb0d6963f7d28e17f72"},
		{"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		uint8_t md5[16];
		char hex[33];
		annot_md5(vectors[i].text, strlen(vectors[i].text), md5);
		annot_hex(md5, sizeof md5, hex);
		assert_string_equal(hex, vectors[i].hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),   cmocka_unit_test(test_stream),
		cmocka_unit_test(test_prefixed), cmocka_unit_test(test_sha512),
		cmocka_unit_test(test_md5),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
