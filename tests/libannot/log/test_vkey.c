/* Verifier keys and private keys: published ones, and every way to mangle them. */
#include "assert.h"

#include <sodium.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "log/note.h"

/* golang/mod sumdb/note/note_test.go */
static const char peter[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char peter_private[] =
	"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char *const published[] = {
	peter,
	/* the same file */
	"EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
	/* C2SP signed-note.md */
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	/* FiloSottile/sunlight cmd/skylight/testdata/witness */
	"witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
};

static enum annot_status parse(const char *text, struct annot_vkey *ret)
{
	return annot_vkey_parse(text, strlen(text), ret, &test_error);
}

static void reads_and_writes_published_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(published); i++) {
		struct annot_vkey v, made;
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
		assert_ok(parse(published[i], &v));
		assert_int_equal(v.type, i == 3 ? ANNOT_NOTE_COSIGNATURE : ANNOT_NOTE_ED25519);
		annot_vkey_write(&v, &b);
		assert_string_equal(b.data, published[i]);
		assert_ok(annot_vkey_make(v.name, v.type, v.key, &made, &test_error));
		assert_memory_equal(made.id, v.id, sizeof v.id);
	}
}

static void reads_and_writes_the_published_private_key(void **state)
{
	(void)state;
	struct annot_skey s;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
	assert_ok(annot_skey_parse(peter_private, strlen(peter_private), &s, &test_error));
	annot_vkey_write(&s.vkey, &b);
	assert_string_equal(b.data, peter);
	annot_buf_truncate(&b, 0);
	annot_skey_write(&s, &b);
	assert_string_equal(b.data, peter_private);
}

/* As note_test.go does: no part of a key is a key, nor is one with a character changed. */
static void refuses_mangled_keys(void **state)
{
	(void)state;
	struct annot_vkey v;
	struct annot_skey s;
	size_t len = strlen(peter_private);
	char copy[sizeof peter_private];
	for (size_t i = 0; i <= len; i++)
		for (size_t j = i; j <= len; j++)
			if (i != 0 || j != len)
				assert_int_not_equal(
					annot_skey_parse(peter_private + i, j - i, &s, NULL),
					ANNOT_OK);
	len = strlen(peter);
	for (size_t i = 0; i <= len; i++)
		for (size_t j = i; j <= len; j++)
			if (i != 0 || j != len)
				assert_int_not_equal(annot_vkey_parse(peter + i, j - i, &v, NULL),
						     ANNOT_OK);
	for (size_t i = 0; i < len; i++)
		for (int step = -1; step <= 1; step += 2) {
			memcpy(copy, peter, sizeof peter);
			copy[i] = (char)(copy[i] + step);
			assert_int_not_equal(annot_vkey_parse(copy, len, &v, NULL), ANNOT_OK);
		}
	len = strlen(peter_private);
	for (size_t i = 0; i < len; i++) {
		memcpy(copy, peter_private, sizeof peter_private);
		copy[i]++;
		assert_int_not_equal(annot_skey_parse(copy, len, &s, NULL), ANNOT_OK);
	}
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		enum annot_status status;
		const char *says;
	} cases[] = {
		{"", ANNOT_INVALID, "NAME+ID+BASE64"},
		{"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ANNOT_INVALID, "NAME"},
		{"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		 ANNOT_INVALID, "NAME"},
		{"Peter\xC2\xA0Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		 ANNOT_INVALID, "NAME"},
		{"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		 ANNOT_INVALID, "hex"},
		{"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		 ANNOT_INVALID, "expected c74f20a3"},
		{"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
		 ANNOT_INVALID, "base64"},
		{"PeterNeumann+c74f20a3+", ANNOT_INVALID, "base64"},
		{"PeterNeumann+c74f20a3+AQ==", ANNOT_INVALID, "expected 33"},
		/* note_test.go: wrong length and unknown algorithm, with the right id */
		{"PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
		 ANNOT_INVALID, "PeterNeumann"},
		{"PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		 ANNOT_REFUSED, "type 65"},
	};
	struct annot_vkey v = {.type = 77};
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(parse(cases[i].key, &v), cases[i].status);
		assert_error_says(cases[i].says);
		assert_int_equal(v.type, 77);
	}
}

/* Keys on which libraries disagree, with ids that are right. */
static void refuses_weak_keys(void **state)
{
	(void)state;
	static const char *const weak[] = {
		/* neutral element; order 8 (curve25519, RFC 7748 twist points as Edwards points) */
		"0100000000000000000000000000000000000000000000000000000000000000",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		/* not canonical: y = p */
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	for (size_t i = 0; i < COUNT(weak); i++) {
		uint8_t hashed[2 + 1 + ANNOT_KEY_SIZE] = {'w', '\n', ANNOT_NOTE_ED25519};
		struct annot_vkey v;
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
		assert_true(annot_unhex(weak[i], 64, hashed + 3, ANNOT_KEY_SIZE));
		struct annot_hash id = annot_sha256(hashed, sizeof hashed);
		annot_buf_puts(&b, "w+");
		annot_buf_hex(&b, id.b, 4);
		annot_buf_putc(&b, '+');
		annot_buf_base64(&b, hashed + 2, 1 + ANNOT_KEY_SIZE);
		assert_status(parse(b.data, &v), ANNOT_REFUSED);
		assert_status(annot_vkey_make("w", ANNOT_NOTE_ED25519, hashed + 3, &v, &test_error),
			      ANNOT_REFUSED);
	}
}

static void bounds_names(void **state)
{
	(void)state;
	struct annot_vkey v, good;
	char name[ANNOT_ORIGIN_MAX + 2];
	assert_ok(parse(peter, &good));
	memset(name, 'n', sizeof name);
	name[ANNOT_ORIGIN_MAX + 1] = '\0';
	assert_status(annot_vkey_make(name, 1, good.key, &v, &test_error), ANNOT_INVALID);
	name[ANNOT_ORIGIN_MAX] = '\0';
	assert_ok(annot_vkey_make(name, 1, good.key, &v, &test_error));
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
	annot_vkey_write(&v, &b);
	assert_ok(parse(b.data, &v));

	static const char *const bad[] = {
		"",      "a b",   "a+b",           "a\tb",          "a\nb",
		"a\x7F", "a\xFF", "a\xE2\x80\x83", "a\xE3\x80\x80", "a\xC2\x85",
	};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_status(annot_vkey_make(bad[i], 1, good.key, &v, &test_error), ANNOT_INVALID);
	assert_ok(annot_vkey_make("z\xC3\xBCrich.example/log", 4, good.key, &v, &test_error));
	assert_status(annot_vkey_make("a", 2, good.key, &v, &test_error), ANNOT_REFUSED);
}

static void makes_new_keys(void **state)
{
	(void)state;
	struct annot_skey a, b, again;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1024);
	assert_ok(annot_skey_new("log.example/a", ANNOT_NOTE_ED25519, &a, &test_error));
	assert_ok(annot_skey_new("log.example/a", ANNOT_NOTE_COSIGNATURE, &b, &test_error));
	assert_memory_not_equal(a.secret, b.secret, sizeof a.secret);
	annot_skey_write(&b, &text);
	assert_ok(annot_skey_parse(text.data, text.len, &again, &test_error));
	assert_memory_equal(again.secret, b.secret, sizeof b.secret);
	assert_memory_equal(again.vkey.key, b.vkey.key, sizeof b.vkey.key);
	assert_int_equal(again.vkey.type, ANNOT_NOTE_COSIGNATURE);
	assert_status(annot_skey_new("", ANNOT_NOTE_ED25519, &a, &test_error), ANNOT_INVALID);
}

static void never_quotes_private_keys(void **state)
{
	(void)state;
	struct annot_skey s;
	char text[sizeof peter_private + 1] = "";
	memcpy(text, peter_private, sizeof peter_private);
	text[strlen("PRIVATE+KEY+PeterNeumann+")] = 'd'; /* another id */
	assert_status(annot_skey_parse(text, strlen(text), &s, &test_error), ANNOT_INVALID);
	assert_null(strstr(test_error.text, "AYEKFALV"));
	memcpy(text, peter_private, sizeof peter_private);
	text[strlen(text) - 1] = '?';
	assert_status(annot_skey_parse(text, strlen(text), &s, &test_error), ANNOT_INVALID);
	assert_null(strstr(test_error.text, "AYEKFALV"));
	assert_status(annot_skey_parse(peter, strlen(peter), &s, &test_error), ANNOT_INVALID);
	assert_error_says("PRIVATE+KEY+");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_published_keys),
		cmocka_unit_test(reads_and_writes_the_published_private_key),
		cmocka_unit_test(refuses_mangled_keys),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(refuses_weak_keys),
		cmocka_unit_test(bounds_names),
		cmocka_unit_test(makes_new_keys),
		cmocka_unit_test(never_quotes_private_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
