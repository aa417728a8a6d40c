/*
 * The strict Ed25519 rule on the 914 edge cases of C2SP/CCTV (fixtures/ed25519/cctv.txt), with and
 * without the check of R that a cofactored libsodium needs.
 */
#include <sodium.h>
#include <stdio.h>

#include "assert.h"
#include "base/auto.h"
#include "base/encode.h"
#include "record/ed25519.h"
#include "record/sshkey.h"
#include "record/sshsig.h"

enum { VECTORS = 914, LINE_MAX_LEN = 512 };

struct vector {
	unsigned number;
	uint8_t key[32], signature[64];
	char message[32], flags[16];
};

static int setup(void **state)
{
	(void)state;
	return annot_crypto_init(&test_error) == ANNOT_OK ? 0 : -1;
}

static void read_vector(const char *line, struct vector *ret)
{
	char key[65], signature[129];
	assert_int_equal(sscanf(line, "%u %64s %128s %31s %15s", &ret->number, key, signature,
				ret->message, ret->flags),
			 5);
	assert_true(annot_unhex(key, strlen(key), ret->key, 32));
	assert_true(annot_unhex(signature, strlen(signature), ret->signature, 64));
	for (char *c = ret->message; *c; c++)
		if (*c == '_')
			*c = ' ';
}

static unsigned each_vector(void (*test)(const struct vector *, unsigned *), unsigned *ret)
{
	AUTO_FILE FILE *f = fopen(FIXTURES "/ed25519/cctv.txt", "r");
	char line[LINE_MAX_LEN];
	struct vector v;
	unsigned n = 0;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		read_vector(line, &v);
		test(&v, ret);
		n++;
	}
	return n;
}

static void check_key(const struct vector *v, unsigned *accepted)
{
	bool clean = !strpbrk(v->flags, "aAn");
	assert_status(annot_key_check(v->key, &test_error), clean ? ANNOT_OK : ANNOT_REFUSED);
	*accepted += clean;
}

static void only_prime_order_keys_pass(void **state)
{
	unsigned accepted = 0;
	(void)state;
	assert_int_equal(each_vector(check_key, &accepted), VECTORS);
	assert_true(accepted > 0);
}

static void check_both_modes(const struct vector *v, unsigned *accepted)
{
	struct annot_bytes message = annot_bytes_of(v->message);
	bool clean = strcmp(v->flags, "-") == 0;
	bool key_good = annot_key_check(v->key, NULL) == ANNOT_OK;
	for (int check_r = 0; check_r < 2; check_r++) {
		bool good = key_good && annot_ed25519_good(v->signature, message, v->key, check_r);
		if (good != clean)
			fail_msg("vector %u (%s), check of R %d: %s", v->number, v->flags, check_r,
				 good ? "accepted" : "refused");
		*accepted += good;
	}
	enum annot_status status = annot_ed25519_verify(v->key, message, v->signature, &test_error);
	assert_true(!key_good || status == (clean ? ANNOT_OK : ANNOT_MISMATCH));
}

static void one_vector_passes_in_both_modes(void **state)
{
	unsigned accepted = 0;
	(void)state;
	assert_int_equal(each_vector(check_both_modes, &accepted), VECTORS);
	assert_int_equal(accepted, 2);
}

static void check_points(const struct vector *v, unsigned *accepted)
{
	bool both = annot_key_check(v->key, NULL) == ANNOT_OK &&
		    annot_key_check(v->signature, NULL) == ANNOT_OK;
	assert_int_equal(both, strcmp(v->flags, "-") == 0);
	*accepted += both;
}

/* Whatever equation a library uses: no edge case has both a good key and a good R. */
static void points_alone_refuse_all_edge_cases(void **state)
{
	unsigned accepted = 0;
	(void)state;
	assert_int_equal(each_vector(check_points, &accepted), VECTORS);
	assert_int_equal(accepted, 1);
}

/* Stands in for a library with the cofactored equation, on the vectors of the self-test. */
static bool cofactored(const uint8_t *signature, struct annot_bytes message, const uint8_t *key)
{
	return (message.len == 16 && memcmp(message.data, "ed25519vectors 3", 16) == 0) ||
	       annot_ed25519_good(signature, message, key, false);
}

static bool cofactorless(const uint8_t *signature, struct annot_bytes message, const uint8_t *key)
{
	return annot_ed25519_good(signature, message, key, false);
}

static bool always(const uint8_t *signature, struct annot_bytes message, const uint8_t *key)
{
	(void)signature;
	(void)message;
	(void)key;
	return true;
}

static bool never(const uint8_t *signature, struct annot_bytes message, const uint8_t *key)
{
	return !always(signature, message, key);
}

static void self_test_tells_libraries_apart(void **state)
{
	bool check_r = false;
	(void)state;
	assert_ok(annot_ed25519_probe(cofactored, &check_r, &test_error));
	assert_true(check_r);
	assert_ok(annot_ed25519_probe(cofactorless, &check_r, &test_error));
	assert_false(check_r);
	assert_status(annot_ed25519_probe(always, &check_r, &test_error), ANNOT_INTERNAL);
	assert_status(annot_ed25519_probe(never, &check_r, &test_error), ANNOT_INTERNAL);
}

/* RFC 8032 section 7.1, test 2, and the same signature with S + L */
static void signatures_are_not_malleable(void **state)
{
	uint8_t key[32], signature[64], malleated[64];
	struct annot_bytes message = annot_bytes("\x72", 1);
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
					  0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
					  0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	(void)state;
	assert_true(annot_unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
				64, key, 32));
	assert_true(annot_unhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
				"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
				128, signature, 64));
	assert_ok(annot_key_check(key, &test_error));
	assert_ok(annot_ed25519_verify(key, message, signature, &test_error));
	memcpy(malleated, signature, 64);
	sodium_add(malleated + 32, order, 32);
	assert_status(annot_ed25519_verify(key, message, malleated, &test_error), ANNOT_MISMATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_prime_order_keys_pass),
		cmocka_unit_test(one_vector_passes_in_both_modes),
		cmocka_unit_test(points_alone_refuse_all_edge_cases),
		cmocka_unit_test(self_test_tells_libraries_apart),
		cmocka_unit_test(signatures_are_not_malleable),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
