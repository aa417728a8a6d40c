/* Public key lines and private key files. */
#include <sodium.h>

#include "assert.h"
#include "base/auto.h"
#include "base/encode.h"
#include "record/sshsig.h"

/* seed 00..1f */
#define KEY_BASE64 "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define KEY_LINE   "ssh-ed25519 " KEY_BASE64

static int setup(void **state)
{
	(void)state;
	return annot_crypto_init(&test_error) == ANNOT_OK ? 0 : -1;
}

static struct annot_secret_key secret(const char *comment)
{
	struct annot_secret_key ret = {.public_key = {.comment = ""}};
	uint8_t seed[32];
	for (uint8_t i = 0; i < 32; i++)
		seed[i] = i;
	crypto_sign_seed_keypair(ret.public_key.key, ret.secret, seed);
	memcpy(ret.public_key.comment, comment, strlen(comment) + 1);
	return ret;
}

static enum annot_status parse(const char *line, struct annot_public_key *ret)
{
	return annot_key_parse(line, strlen(line), ret, &test_error);
}

static void lines_are_read_and_written(void **state)
{
	static const char *const same[] = {KEY_LINE, KEY_LINE "\n", KEY_LINE " \n",
					   KEY_LINE "\r\n"};
	struct annot_public_key key;
	char line[96], fingerprint[51];
	struct annot_hash author;
	(void)state;
	for (size_t i = 0; i < COUNT(same); i++) {
		assert_ok(parse(same[i], &key));
		assert_string_equal(key.comment, "");
		annot_key_line(key.key, line);
		assert_string_equal(line, KEY_LINE);
	}
	author = annot_key_author(key.key);
	assert_string_equal(annot_hash_hex(&author).text,
			    "95b9aca00d322047048950d19cc5aece6fa757edd9104a5521446a168792b298");
	annot_key_fingerprint(key.key, fingerprint);
	assert_string_equal(fingerprint, "SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg");
	assert_ok(parse(KEY_LINE " ann@example.org, laptop\n", &key));
	assert_string_equal(key.comment, "ann@example.org, laptop");
	assert_ok(parse(KEY_LINE " bad\x1b[31m", &key));
	assert_string_equal(key.comment, "");
}

static void long_comments_are_cut(void **state)
{
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(4096);
	struct annot_public_key key;
	(void)state;
	annot_buf_puts(&line, KEY_LINE " ");
	for (int i = 0; i < 200; i++)
		annot_buf_puts(&line, "\u00e9");
	assert_ok(parse(line.data, &key)); /* 255 bytes would end inside a character */
	assert_int_equal(strlen(key.comment), ANNOT_KEY_COMMENT_MAX - 1);
	line.data[strlen(KEY_LINE) + 1] = 'x';
	line.data[strlen(KEY_LINE) + 2] = 'x';
	assert_ok(parse(line.data, &key));
	assert_int_equal(strlen(key.comment), ANNOT_KEY_COMMENT_MAX - 1);
}

static void other_types_are_refused(void **state)
{
	static const char *const types[] = {"sk-ssh-ed25519@openssh.com",
					    "ssh-rsa",
					    "ssh-dss",
					    "ecdsa-sha2-nistp256",
					    "ssh-ed25519-cert-v01@openssh.com",
					    "sk-ecdsa-sha2-nistp256@openssh.com"};
	struct annot_public_key key;
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(4096);
		annot_buf_printf(&line, "%s AAAA x\n", types[i]);
		assert_status(parse(line.data, &key), ANNOT_REFUSED);
		assert_error_says(types[i]);
	}
}

static void malformed_lines_are_invalid(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"x",
		"ssh-ed25519",
		"ssh-ed25519 ",
		"ssh-ed25519 AAAA",
		"ssh-ed25519  " KEY_BASE64,
		" " KEY_LINE,
		"ssh-ed25519\t" KEY_BASE64,
		KEY_LINE "=",
		KEY_LINE "A",
		KEY_LINE "\n" KEY_LINE,
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE4AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		"-----BEGIN OPENSSH PRIVATE KEY-----",
		"no-pty " KEY_LINE,
	};
	struct annot_public_key key;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (parse(bad[i], &key) != ANNOT_INVALID)
			fail_msg("\"%s\": %s", bad[i], test_error.text);
	assert_status(annot_key_parse("ssh-ed25519\0", 12, &key, &test_error), ANNOT_INVALID);
}

/* Low-order and non-canonical points as listed by C2SP/CCTV, and one of mixed order from there. */
static void weak_keys_are_refused(void **state)
{
	static const char *const weak[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
		"0200000000000000000000000000000000000000000000000000000000000000",
	};
	struct annot_public_key parsed;
	(void)state;
	for (size_t i = 0; i < COUNT(weak); i++) {
		uint8_t key[32];
		char line[96];
		assert_true(annot_unhex(weak[i], 64, key, 32));
		assert_status(annot_key_check(key, &test_error), ANNOT_REFUSED);
		annot_key_line(key, line);
		assert_status(parse(line, &parsed), ANNOT_REFUSED);
		assert_error_says("weak");
	}
}

static void secrets_are_read_as_written(void **state)
{
	static const char *const comments[] = {
		"",      "a",      "ab",      "abc",      "abcd",
		"abcde", "abcdef", "abcdefg", "abcdefgh", "\u00e9 \u00e9"};
	(void)state;
	for (size_t i = 0; i < COUNT(comments); i++) {
		AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(4096);
		struct annot_secret_key key = secret(comments[i]), read;
		annot_secret_write(&key, 0x01020304, &file);
		assert_ok(annot_secret_parse(file.data, file.len, &read, &test_error));
		assert_memory_equal(read.secret, key.secret, 64);
		assert_memory_equal(read.public_key.key, key.public_key.key, 32);
		assert_string_equal(read.public_key.comment, comments[i]);
	}
}

static void a_long_comment_fits(void **state)
{
	char comment[ANNOT_KEY_COMMENT_MAX + 1];
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(4096);
	struct annot_secret_key read;
	(void)state;
	memset(comment, 'x', ANNOT_KEY_COMMENT_MAX);
	comment[ANNOT_KEY_COMMENT_MAX] = '\0';
	struct annot_secret_key key = secret(comment);
	annot_secret_write(&key, 1, &file);
	assert_ok(annot_secret_parse(file.data, file.len, &read, &test_error));
	assert_string_equal(read.public_key.comment, comment);
}

/* Every bit of the blob is bound: the key comes out as it was, or the file is refused. */
static void damaged_secrets_are_refused(void **state)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(4096);
	struct annot_secret_key key = secret("abc"), read;
	(void)state;
	annot_secret_write(&key, 7, &file);
	for (size_t i = 0; i < file.len; i++) {
		for (unsigned bit = 0; bit < 7; bit++) {
			file.data[i] ^= (char)(1u << bit);
			if (annot_secret_parse(file.data, file.len, &read, &test_error) == ANNOT_OK)
				assert_memory_equal(read.secret, key.secret, 64);
			file.data[i] ^= (char)(1u << bit);
		}
	}
	for (size_t len = 0; len < file.len - 1; len++)
		assert_true(annot_secret_parse(file.data, len, &read, &test_error) != ANNOT_OK);
	assert_ok(annot_secret_parse(file.data, file.len - 1, &read, &test_error)); /* final LF */
}

static void other_files_are_named(void **state)
{
	static const struct {
		const char *file;
		enum annot_status status;
		const char *says;
	} files[] = {
		{"", ANNOT_INVALID, "private key file"},
		{KEY_LINE "\n", ANNOT_INVALID, "public key"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
		 ANNOT_REFUSED, "ed25519"},
		{"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n", ANNOT_REFUSED, "ed25519"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\n", ANNOT_INVALID, "damaged"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		 ANNOT_INVALID, "damaged"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\n!\n-----END OPENSSH PRIVATE KEY-----\n",
		 ANNOT_INVALID, "damaged"},
	};
	struct annot_secret_key key;
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		assert_status(
			annot_secret_parse(files[i].file, strlen(files[i].file), &key, &test_error),
			files[i].status);
		assert_error_says(files[i].says);
	}
	AUTO_FREE char *big = calloc(1, 20000);
	assert_non_null(big);
	assert_status(annot_secret_parse(big, 20000, &key, &test_error), ANNOT_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_and_written),
		cmocka_unit_test(long_comments_are_cut),
		cmocka_unit_test(other_types_are_refused),
		cmocka_unit_test(malformed_lines_are_invalid),
		cmocka_unit_test(weak_keys_are_refused),
		cmocka_unit_test(secrets_are_read_as_written),
		cmocka_unit_test(a_long_comment_fits),
		cmocka_unit_test(damaged_secrets_are_refused),
		cmocka_unit_test(other_files_are_named),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
