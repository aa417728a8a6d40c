/* Checkpoints: published ones, the exact grammar, and who may sign them. */
#include "assert.h"

#include <sodium.h>

#include "base/auto.h"
#include "base/encode.h"
#include "log/note.h"
#include "log/tree.h"

#define ROOT       "lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0="
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static enum annot_status parse(const char *text, struct annot_checkpoint *ret)
{
	return annot_checkpoint_parse(annot_bytes_of(text), ret, &test_error);
}

/* FiloSottile/sunlight cmd/skylight/testdata/witness */
static void reads_and_writes_a_published_one(void **state)
{
	(void)state;
	static const char text[] = "rome2026h1.example.org\n300\n" ROOT "\n";
	struct annot_checkpoint c;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
	assert_ok(parse(text, &c));
	assert_string_equal(c.origin, "rome2026h1.example.org");
	assert_int_equal(c.size, 300);
	assert_int_equal(c.root.b[0], 0x94);
	annot_checkpoint_write(&c, &b);
	assert_string_equal(b.data, text);
}

static void takes_the_exact_grammar_only(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
		{"", "line 1"},
		{"o", "line 1"},
		{"\n1\n" ROOT "\n", "line 1"},
		{"a b\n1\n" ROOT "\n", "line 1"},
		{"a+b\n1\n" ROOT "\n", "line 1"},
		{"a\x7F\n1\n" ROOT "\n", "line 1"},
		{"z\xC3\xBCrich\n1\n" ROOT "\n", "line 1"},
		{"o\n", "line 2"},
		{"o\n1", "line 2"},
		{"o\n\n" ROOT "\n", "line 2"},
		{"o\n007\n" ROOT "\n", "line 2"},
		{"o\n+7\n" ROOT "\n", "line 2"},
		{"o\n-7\n" ROOT "\n", "line 2"},
		{"o\n7 \n" ROOT "\n", "line 2"},
		{"o\n 7\n" ROOT "\n", "line 2"},
		{"o\n0x7\n" ROOT "\n", "line 2"},
		{"o\n7.0\n" ROOT "\n", "line 2"},
		{"o\n9223372036854775808\n" ROOT "\n", "line 2"},
		{"o\n99999999999999999999999\n" ROOT "\n", "line 2"},
		{"o\n7\n", "line 3"},
		{"o\n7\n" ROOT, "line 3"},
		{"o\n7\n\n", "line 3"},
		{"o\n7\n" ROOT " \n", "line 3"},
		{"o\n7\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0\n", "line 3"},
		{"o\n7\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v1=\n", "line 3"}, /* bits left */
		{"o\n7\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2g==\n", "line 3"}, /* 31 bytes */
		{"o\n7\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0A\n", "line 3"}, /* 33 bytes */
		{"o\n7\nlCkHUpkmVBEms2r2T1K6Og69-wUuuN3MIEW1_ezu2v0=\n", "line 3"}, /* base64url */
		{"o\n7\n" ROOT "\nextension\n", "extension"},
		{"o\n7\n" ROOT "\n\n", "extension"},
		{"o\n7\n" ROOT "\nx", "extension"},
		{"o\r\n7\n" ROOT "\n", "line 1"},
		{"o\n0\n" ROOT "\n", "size 0"},
	};
	struct annot_checkpoint c = {.size = 77};
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(parse(cases[i].text, &c), ANNOT_INVALID);
		assert_error_says(cases[i].says);
		assert_int_equal(c.size, 77);
	}
	assert_status(
		annot_checkpoint_parse(annot_bytes("o\0\n7\n" ROOT "\n", 6 + 44), &c, &test_error),
		ANNOT_INVALID);
	assert_ok(parse("o\n0\n" EMPTY_ROOT "\n", &c));
	assert_int_equal(c.size, 0);
	assert_ok(parse("o\n9223372036854775807\n" ROOT "\n", &c));
	assert_true(c.size == (uint64_t)INT64_MAX);
}

static void bounds_the_origin(void **state)
{
	(void)state;
	struct annot_checkpoint c;
	static const char rest[] = "\n7\n" ROOT "\n";
	char text[ANNOT_ORIGIN_MAX + 64];
	memset(text, 'o', sizeof text);
	memcpy(text + ANNOT_ORIGIN_MAX, rest, sizeof rest);
	assert_ok(parse(text, &c));
	assert_int_equal(strlen(c.origin), ANNOT_ORIGIN_MAX);
	memset(text, 'o', sizeof text);
	memcpy(text + ANNOT_ORIGIN_MAX + 1, rest, sizeof rest);
	assert_status(parse(text, &c), ANNOT_INVALID);
}

/* Keys of the worked example (reference: provenance, section 7): seeds 20..3f and 40..5f. */
static struct annot_skey seeded(const char *name, uint8_t type, uint8_t first)
{
	struct annot_skey s;
	uint8_t seed[32], key[ANNOT_KEY_SIZE];
	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)(first + i);
	crypto_sign_seed_keypair(key, s.secret, seed);
	assert_ok(annot_vkey_make(name, type, key, &s.vkey, &test_error));
	return s;
}

/* The note of that example, whose signatures other programs have made and checked. */
static void signs_the_worked_example(void **state)
{
	(void)state;
	static const char expected[] =
		"annot.example.org/press\n1\ny+FFeEN99Sl7f5Nv8pLm77WAxdrc1mQLZM4lZbFw6cw=\n\n"
		"\xE2\x80\x94 annot.example.org/press "
		"hNwgQjY0/"
		"a+aooeGT3cq5EH4PgC3YnCyyQHQUGB3TLoOggENclaOZshXxjXFSNP77b3xdBNPiwoSqT7sx6fq"
		"pdazCQA=\n"
		"\xE2\x80\x94 witness.example.org/w1 "
		"SA4spQAAAABrAjCAEGvyLGXg60ckOtMXQEiKqwnzJ+zQ9U0YbjfJs2yAc34zACz41nBuuP1x+"
		"APf4ILTV5Sb"
		"46KlizJcjwHTmXJJDQ==\n";
	struct annot_skey log = seeded("annot.example.org/press", ANNOT_NOTE_ED25519, 0x20);
	struct annot_skey witness = seeded("witness.example.org/w1", ANNOT_NOTE_COSIGNATURE, 0x40);
	struct annot_checkpoint c = {.origin = "annot.example.org/press", .size = 1}, found;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	assert_true(annot_hash_unhex(
		"cbe14578437df5297b7f936ff292e6efb580c5dadcd6640b64ce2565b170e9cc", 64, &c.root));

	annot_vkey_write(&log.vkey, &b);
	assert_string_equal(
		b.data,
		"annot.example.org/press+84dc2042+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X");
	annot_buf_truncate(&b, 0);
	annot_vkey_write(&witness.vkey, &b);
	assert_string_equal(
		b.data,
		"witness.example.org/w1+480e2ca5+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd");

	annot_buf_truncate(&b, 0);
	annot_checkpoint_sign(&c, &log, &b);
	assert_ok(annot_checkpoint_open(annot_buf_bytes(&b), &log.vkey, &found, &test_error));
	size_t body = strlen("annot.example.org/press\n1\n") + 45;
	annot_note_cosign(&witness, 1795305600, annot_bytes(expected, body), &b);
	assert_string_equal(b.data, expected);

	assert_ok(annot_checkpoint_open(annot_buf_bytes(&b), &log.vkey, &found, &test_error));
	assert_string_equal(found.origin, c.origin);
	assert_int_equal(found.size, 1);
	assert_true(annot_hash_equal(&found.root, &c.root));
}

static void signs_behind_what_stands_in_the_buffer(void **state)
{
	(void)state;
	struct annot_skey log = seeded("log.example", ANNOT_NOTE_ED25519, 1);
	struct annot_checkpoint c = {.origin = "log.example", .size = 5}, found;
	c.root.b[0] = 1;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	annot_buf_puts(&b, "before ");
	annot_checkpoint_sign(&c, &log, &b);
	assert_ok(annot_buf_check(&b, "note", &test_error));
	assert_ok(annot_checkpoint_open(annot_bytes(b.data + 7, b.len - 7), &log.vkey, &found,
					&test_error));
	assert_int_equal(found.size, 5);

	struct annot_buf small = ANNOT_BUF_INIT(30);
	annot_checkpoint_sign(&c, &log, &small);
	assert_true(small.failed);
	annot_buf_free(&small);
}

static void opens_only_what_the_log_signed(void **state)
{
	(void)state;
	struct annot_skey log = seeded("log.example", ANNOT_NOTE_ED25519, 1);
	struct annot_skey twin = seeded("log.example", ANNOT_NOTE_ED25519, 2);
	struct annot_skey witness = seeded("log.example", ANNOT_NOTE_COSIGNATURE, 1);
	struct annot_checkpoint c = {.origin = "log.example", .size = 5}, found = {.size = 77};
	c.root.b[0] = 1;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	annot_checkpoint_sign(&c, &log, &b);
	struct annot_bytes note = annot_buf_bytes(&b);
	assert_status(annot_checkpoint_open(note, &twin.vkey, &found, &test_error),
		      ANNOT_NOT_FOUND);
	assert_status(annot_checkpoint_open(note, &witness.vkey, &found, &test_error),
		      ANNOT_REFUSED);

	/* Every character of the note counts, but for the name and id of the line, which make it
	 * another's. */
	for (size_t i = 0; i < b.len; i++) {
		char was = b.data[i];
		b.data[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(annot_checkpoint_open(note, &log.vkey, &found, NULL),
				     ANNOT_OK);
		b.data[i] = was;
	}
	assert_int_equal(found.size, 77);
	assert_ok(annot_checkpoint_open(note, &log.vkey, &found, &test_error));

	/* A good signature over another log's origin, or over something else. */
	found.size = 77;
	c.origin[strlen("log.exampl")] = 0;
	annot_buf_truncate(&b, 0);
	annot_checkpoint_sign(&c, &log, &b);
	assert_status(annot_checkpoint_open(annot_buf_bytes(&b), &log.vkey, &found, &test_error),
		      ANNOT_MISMATCH);
	assert_error_says("origin log.exampl,");
	annot_buf_truncate(&b, 0);
	annot_buf_puts(&b, "log.example\n5\n" ROOT "\nmore\n\n");
	annot_note_sign(&log, annot_bytes(b.data, b.len - 1), &b);
	assert_status(annot_checkpoint_open(annot_buf_bytes(&b), &log.vkey, &found, &test_error),
		      ANNOT_INVALID);
	assert_int_equal(found.size, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_a_published_one),
		cmocka_unit_test(takes_the_exact_grammar_only),
		cmocka_unit_test(bounds_the_origin),
		cmocka_unit_test(signs_the_worked_example),
		cmocka_unit_test(signs_behind_what_stands_in_the_buffer),
		cmocka_unit_test(opens_only_what_the_log_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
