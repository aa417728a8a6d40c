/* SSHSIG: what is signed, and the armor in its one form. */
#include <sodium.h>

#include "assert.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/sshsig.h"
#include "sshsig_vector.h"

static int setup(void **state)
{
	(void)state;
	return annot_crypto_init(&test_error) == ANNOT_OK ? 0 : -1;
}

static struct annot_secret_key secret(uint8_t first)
{
	struct annot_secret_key ret = {.public_key = {.comment = ""}};
	uint8_t seed[32];
	for (uint8_t i = 0; i < 32; i++)
		seed[i] = (uint8_t)(first + i);
	crypto_sign_seed_keypair(ret.public_key.key, ret.secret, seed);
	return ret;
}

static void published_vector_holds(void **state)
{
	struct annot_public_key key;
	uint8_t tbs[92 + ANNOT_NAMESPACE_MAX], expected[100], read_key[32], signature[64];
	struct annot_bytes message = annot_bytes_of(VECTOR_MESSAGE);
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(4096);
	(void)state;
	assert_ok(annot_key_parse(VECTOR_KEY, strlen(VECTOR_KEY), &key, &test_error));
	assert_true(annot_unhex(VECTOR_SIGNED, 200, expected, 100));
	assert_int_equal(annot_sshsig_signed(VECTOR_NAMESPACE, message, tbs), 100);
	assert_memory_equal(tbs, expected, 100);
	assert_ok(annot_sshsig_unarmor(annot_bytes_of(VECTOR_ARMOR), VECTOR_NAMESPACE, read_key,
				       signature, &test_error));
	assert_memory_equal(read_key, key.key, 32);
	assert_ok(annot_sshsig_verify(key.key, VECTOR_NAMESPACE, message, signature, &test_error));
	annot_sshsig_armor(key.key, VECTOR_NAMESPACE, signature, &armor);
	assert_string_equal(armor.data, VECTOR_ARMOR);
}

/* The worked vector of the project's own format notes: an earlier form of a record, byte for byte.
 */
static void worked_vector_holds(void **state)
{
	static const char record[] =
		"annot-record/v1\norigin annot.example.org/press\n"
		"corpus sha256:aeebad4a796fcc2e15dc4c6061b45ed9b373f26adfc798ca7d2d8cc58182718e\n"
		"first -\nversion 1\nparent -\nkind quote\n"
		"author sha256:95b9aca00d322047048950d19cc5aece6fa757edd9104a5521446a168792b298\n"
		"doc sha256:896368e0178a3ad32a5888a39888f1cdbe7d5160d3d58c2d1379956f08ec8c16 43\n"
		"span 22 35\nquote 10% of voters\nseen 0 - -\ntime 2026-11-22T00:00:00Z\n"
		"nonce 101112131415161718191a1b1c1d1e1f\n";
	static const char expected[] =
		"f67591d3835f0c84a6a49558bd22a1c65176900d08d70d809094ebf96ec29528"
		"dbcc1bf71cc3ae8585c839bd7e1a852980d52adadee4a3b2175e7c80d6025101";
	static const char name_space[] = "annot-record-v1@example.org";
	struct annot_secret_key key = secret(0);
	struct annot_hash hash = annot_sha256(record, strlen(record));
	uint8_t signature[64];
	char hex[129];
	(void)state;
	assert_string_equal(annot_hash_hex(&hash).text,
			    "8022c1e6ddc73f4ea0ea3f1fd4166c32f97d675cc8e0aee076e01d4a8330497f");
	annot_sshsig_sign(&key, name_space, annot_bytes_of(record), signature);
	annot_hex(signature, 64, hex);
	assert_string_equal(hex, expected);
	assert_ok(annot_sshsig_verify(key.public_key.key, name_space, annot_bytes_of(record),
				      signature, &test_error));
}

static void signatures_bind_all(void **state)
{
	struct annot_secret_key key = secret(0), other = secret(1);
	struct annot_bytes message = annot_bytes_of("message");
	uint8_t signature[64];
	(void)state;
	annot_sshsig_sign(&key, ANNOT_NAMESPACE_RECORD, message, signature);
	const uint8_t *pk = key.public_key.key;
	assert_ok(annot_sshsig_verify(pk, ANNOT_NAMESPACE_RECORD, message, signature, &test_error));
	assert_status(
		annot_sshsig_verify(pk, ANNOT_NAMESPACE_ENROL, message, signature, &test_error),
		ANNOT_MISMATCH);
	assert_status(annot_sshsig_verify(pk, ANNOT_NAMESPACE_RECORD, annot_bytes_of("messag"),
					  signature, &test_error),
		      ANNOT_MISMATCH);
	assert_status(annot_sshsig_verify(pk, ANNOT_NAMESPACE_RECORD, annot_bytes_of(""), signature,
					  &test_error),
		      ANNOT_MISMATCH);
	assert_status(annot_sshsig_verify(other.public_key.key, ANNOT_NAMESPACE_RECORD, message,
					  signature, &test_error),
		      ANNOT_MISMATCH);
	for (size_t bit = 0; bit < 512; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_status(annot_sshsig_verify(pk, ANNOT_NAMESPACE_RECORD, message, signature,
						  &test_error),
			      ANNOT_MISMATCH);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void unarmor_reverses_armor(void **state)
{
	static const char *const name_spaces[] = {ANNOT_NAMESPACE_RECORD, ANNOT_NAMESPACE_ENROL,
						  "a", "unittest"};
	(void)state;
	for (uint8_t i = 0; i < 40; i++) {
		AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(4096);
		const char *name_space = name_spaces[i % COUNT(name_spaces)];
		struct annot_secret_key key = secret(i);
		uint8_t signature[64], read_key[32], read_signature[64];
		annot_sshsig_sign(&key, name_space, annot_bytes(&i, 1), signature);
		annot_sshsig_armor(key.public_key.key, name_space, signature, &armor);
		assert_ok(annot_sshsig_unarmor(annot_buf_bytes(&armor), name_space, read_key,
					       read_signature, &test_error));
		assert_memory_equal(read_key, key.public_key.key, 32);
		assert_memory_equal(read_signature, signature, 64);
	}
}

static enum annot_status unarmor(const char *text, size_t len)
{
	uint8_t key[32], signature[64];
	memset(key, 0xaa, sizeof(key));
	enum annot_status status = annot_sshsig_unarmor(annot_bytes(text, len), VECTOR_NAMESPACE,
							key, signature, &test_error);
	if (status != ANNOT_OK)
		assert_int_equal(key[0], 0xaa);
	return status;
}

/* The blob of the vector with bytes [at, at + cut) replaced, in armor of lines that long. */
static enum annot_status changed(size_t at, size_t cut, const char *put, size_t put_len,
				 size_t line)
{
	uint8_t blob[300], signature[64], key[32];
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(4096);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	size_t len = 178;
	struct annot_public_key pk;
	assert_ok(annot_key_parse(VECTOR_KEY, strlen(VECTOR_KEY), &pk, &test_error));
	assert_ok(annot_sshsig_unarmor(annot_bytes_of(VECTOR_ARMOR), VECTOR_NAMESPACE, key,
				       signature, &test_error));
	/* the blob of PROTOCOL.sshsig, written out */
	static const char head[] = "SSHSIG\0\0\0\1\0\0\0\x33\0\0\0\x0bssh-ed25519\0\0\0\x20";
	static const char middle[] =
		"\0\0\0\10unittest\0\0\0\0\0\0\0\6sha512\0\0\0\x53\0\0\0\x0bssh-"
		"ed25519\0\0\0\x40";
	memcpy(blob, head, 33);
	memcpy(blob + 33, pk.key, 32);
	memcpy(blob + 65, middle, 49);
	memcpy(blob + 114, signature, 64);
	memmove(blob + at + put_len, blob + at + cut, len - at - cut);
	memcpy(blob + at, put, put_len);
	len = len + put_len - cut;
	annot_buf_base64(&text, blob, len);
	annot_buf_puts(&armor, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t i = 0; i < text.len; i += line) {
		annot_buf_add(&armor, text.data + i, text.len - i < line ? text.len - i : line);
		annot_buf_puts(&armor, "\n");
	}
	annot_buf_puts(&armor, "-----END SSH SIGNATURE-----\n");
	return unarmor(armor.data, armor.len);
}

/* ssh-keygen 9.2 accepts the first four; only one form may pass here. */
static void malleated_signatures_are_refused(void **state)
{
	(void)state;
	assert_ok(changed(0, 0, "", 0, 70));                           /* the unchanged one */
	assert_status(changed(80, 1, "\4EVIL", 5, 70), ANNOT_INVALID); /* reserved */
	assert_status(changed(9, 1, "\0", 1, 70), ANNOT_INVALID);      /* version 0 */
	assert_error_says("version 1");
	assert_status(changed(0, 0, "", 0, 1000), ANNOT_INVALID); /* one line */
	assert_error_says("lines of 70");
	assert_status(unarmor(VECTOR_ARMOR "junk\n", strlen(VECTOR_ARMOR) + 5), ANNOT_INVALID);
	assert_status(changed(178, 0, "x", 1, 70), ANNOT_INVALID); /* behind the blob */
	assert_status(changed(0, 0, "", 0, 76), ANNOT_INVALID);    /* another width */
	assert_status(changed(90, 1, "5", 1, 70), ANNOT_INVALID);  /* hash sha552 */
	assert_status(changed(69, 1, "U", 1, 70), ANNOT_INVALID);  /* namespace */
	assert_error_says("found \"Unittest\"");
	assert_status(changed(29, 4, "\0\0\0\x1f", 4, 70), ANNOT_INVALID); /* a key of 31 bytes */
	assert_status(changed(177, 1, "", 0, 70), ANNOT_INVALID);          /* too short */
	assert_status(changed(0, 1, "s", 1, 70), ANNOT_INVALID);           /* no SSHSIG */
	assert_status(changed(20, 1, "x", 1, 70), ANNOT_INVALID);          /* another key type */
	assert_error_says("ssh-ed25519");
}

static void malleated_armors_are_refused(void **state)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	(void)state;
	for (const char *c = VECTOR_ARMOR; *c; c++) { /* CRLF */
		if (*c == '\n')
			annot_buf_putc(&text, '\r');
		annot_buf_putc(&text, *c);
	}
	assert_status(unarmor(text.data, text.len), ANNOT_INVALID);
	assert_status(unarmor(VECTOR_ARMOR, strlen(VECTOR_ARMOR) - 1), ANNOT_INVALID);
	assert_status(unarmor(VECTOR_ARMOR "\n", strlen(VECTOR_ARMOR) + 1), ANNOT_INVALID);
	assert_status(unarmor("\n" VECTOR_ARMOR, strlen(VECTOR_ARMOR) + 1), ANNOT_INVALID);
	assert_status(unarmor(VECTOR_ARMOR VECTOR_ARMOR, 2 * strlen(VECTOR_ARMOR)), ANNOT_INVALID);
	assert_status(unarmor("", 0), ANNOT_INVALID);
	assert_status(unarmor(VECTOR_KEY, strlen(VECTOR_KEY)), ANNOT_INVALID);
	/* every byte changed, and every prefix */
	for (size_t i = 0; i < strlen(VECTOR_ARMOR); i++) {
		annot_buf_truncate(&text, 0);
		annot_buf_puts(&text, VECTOR_ARMOR);
		assert_status(unarmor(text.data, i), ANNOT_INVALID);
		text.data[i] ^= 0x20;
		/* letters of the key and the signature give others: not the same, but well formed
		 */
		uint8_t key[32], signature[64];
		struct annot_bytes armor = annot_buf_bytes(&text);
		if (annot_sshsig_unarmor(armor, VECTOR_NAMESPACE, key, signature, NULL) ==
		    ANNOT_OK) {
			AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(4096);
			annot_sshsig_armor(key, VECTOR_NAMESPACE, signature, &again);
			assert_string_equal(again.data, text.data);
		}
	}
	annot_buf_truncate(&text, 0);
	while (text.len < 5000 && !text.failed)
		annot_buf_puts(&text, "-----BEGIN SSH SIGNATURE-----\n");
	assert_status(unarmor(text.data, text.len), ANNOT_INVALID);
}

static void enrolment_request_is_exact(void **state)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	struct annot_secret_key key = secret(0);
	struct annot_hash corpus = {.b = {0xab}};
	(void)state;
	annot_enrolment_request(&corpus, "ann", key.public_key.key, &text);
	assert_string_equal(
		text.data,
		"annot-enrol/v1\n"
		"corpus ab00000000000000000000000000000000000000000000000000000000000000\n"
		"name ann\n"
		"key ssh-ed25519 "
		"AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vector_holds),
		cmocka_unit_test(worked_vector_holds),
		cmocka_unit_test(signatures_bind_all),
		cmocka_unit_test(unarmor_reverses_armor),
		cmocka_unit_test(malleated_signatures_are_refused),
		cmocka_unit_test(malleated_armors_are_refused),
		cmocka_unit_test(enrolment_request_is_exact),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
