/* Signed notes: published ones, the grammar, and which signatures count. */
#include "assert.h"

#include "base/auto.h"
#include "log/note.h"

#define DASH "\xE2\x80\x94 "

/* golang/mod sumdb/note/note_test.go */
static const char peter_key[] =
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char peter_private[] =
	"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char enoch_key[] = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
#define TEXT                                                                                       \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define PETER                                                                                      \
	DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd" \
	     "ngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH                                                                                      \
	DASH "EnochRoot "                                                                          \
	     "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwn"          \
	     "WLox33WWd1RvMc+QQ=\n"

/* C2SP signed-note.md */
static const char c2sp_key[] =
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
#define C2SP                                                                                       \
	"This is an example message.\n\n" DASH "example.com/foo "                                  \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72Iney" \
	"a"                                                                                        \
	"QM=\n"

/* FiloSottile/sunlight cmd/skylight/testdata/witness */
static const char witness_key[] =
	"witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
#define SUNLIGHT                                                                                   \
	"rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n" DASH       \
	"witness.example.org "                                                                     \
	"uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGT" \
	"L"                                                                                        \
	"IqAVusneCBmBw==\n"
enum { SUNLIGHT_TIME = 1767139200 };

static struct annot_vkey vkey(const char *text)
{
	struct annot_vkey v;
	assert_ok(annot_vkey_parse(text, strlen(text), &v, &test_error));
	return v;
}

static enum annot_status verify(const char *note, const char *key, uint64_t *ret_time_s)
{
	struct annot_note n;
	struct annot_vkey v = vkey(key);
	assert_ok(annot_note_parse(annot_bytes_of(note), &n, &test_error));
	return annot_note_verify(&n, &v, ret_time_s, &test_error);
}

static void verifies_published_notes(void **state)
{
	(void)state;
	struct annot_note n;
	assert_ok(annot_note_parse(annot_bytes_of(TEXT "\n" PETER ENOCH), &n, &test_error));
	assert_int_equal(n.n_lines, 2);
	assert_int_equal(n.text.len, strlen(TEXT));
	assert_memory_equal(n.text.data, TEXT, n.text.len);
	assert_int_equal(n.lines[0].signature_len, 64);
	assert_memory_equal(n.lines[1].name.data, "EnochRoot", n.lines[1].name.len);

	uint64_t time_s = 7;
	assert_ok(verify(TEXT "\n" PETER ENOCH, peter_key, &time_s));
	assert_ok(verify(TEXT "\n" PETER ENOCH, enoch_key, NULL));
	assert_ok(verify(TEXT "\n" ENOCH PETER, peter_key, NULL));
	assert_ok(verify(C2SP, c2sp_key, NULL));
	assert_int_equal(time_s, 7); /* logs sign no time */
	assert_ok(verify(SUNLIGHT, witness_key, &time_s));
	assert_int_equal(time_s, SUNLIGHT_TIME);
	assert_ok(verify(SUNLIGHT, witness_key, NULL));
	assert_status(verify(TEXT "\n" PETER, enoch_key, NULL), ANNOT_NOT_FOUND);
	assert_error_says("EnochRoot+af0cfe78");
}

static void tells_wrong_from_missing(void **state)
{
	(void)state;
	uint64_t time_s = 7;
	/* the text changed */
	assert_status(verify("X" TEXT "\n" PETER, peter_key, NULL), ANNOT_MISMATCH);
	assert_error_says("PeterNeumann+c74f20a3");
	/* the signature changed, or its length: note_test.go puts ABCD into it */
	assert_status(verify(TEXT "\n" DASH
				  "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZI"
				  "ABCDnNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
			     peter_key, NULL),
		      ANNOT_MISMATCH);
	assert_status(verify(TEXT "\n" DASH
				  "PeterNeumann x08go/YJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZI"
				  "nNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
			     peter_key, NULL),
		      ANNOT_MISMATCH);
	/* an id of the key alone with one byte */
	assert_status(verify(TEXT "\n" DASH "PeterNeumann x08gowA=\n", peter_key, NULL),
		      ANNOT_MISMATCH);
	/* the same name with another id is another key; so is the same id with another name */
	assert_status(verify(TEXT "\n" DASH
				  "PeterNeumann yE8go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZI"
				  "nNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
			     peter_key, NULL),
		      ANNOT_NOT_FOUND);
	assert_status(verify(TEXT "\n" DASH
				  "PeterNeumanx x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZI"
				  "nNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
			     peter_key, NULL),
		      ANNOT_NOT_FOUND);
	/* a cosignature's time is signed: 0 in place of 0x6954... */
	assert_status(
		verify("rome2026h1.example.org\n300\n"
		       "lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n" DASH
		       "witness.example.org "
		       "uKLPIAAAAAAAVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqK"
		       "qLX8jWlwLKasxEGTLIqAVusneCBmBw==\n",
		       witness_key, &time_s),
		ANNOT_MISMATCH);
	/* a time over INT64_MAX */
	assert_status(
		verify("rome2026h1.example.org\n300\n"
		       "lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n\n" DASH
		       "witness.example.org "
		       "uKLPIP///////2eAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqK"
		       "qLX8jWlwLKasxEGTLIqAVusneCBmBw==\n",
		       witness_key, &time_s),
		ANNOT_MISMATCH);
	assert_int_equal(time_s, 7);
}

static void counts_the_first_line_of_a_key(void **state)
{
	(void)state;
	static const char bad[] = DASH "PeterNeumann x08gowA=\n";
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	annot_buf_printf(&b, TEXT "\n" PETER "%s", bad);
	assert_ok(verify(b.data, peter_key, NULL));
	annot_buf_truncate(&b, 0);
	annot_buf_printf(&b, TEXT "\n%s" PETER, bad);
	assert_status(verify(b.data, peter_key, NULL), ANNOT_MISMATCH);
}

static void signs_what_others_published(void **state)
{
	(void)state;
	struct annot_skey s;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	assert_ok(annot_skey_parse(peter_private, strlen(peter_private), &s, &test_error));
	annot_buf_puts(&b, TEXT "\n");
	annot_note_sign(&s, annot_bytes(b.data, strlen(TEXT)), &b);
	assert_ok(annot_buf_check(&b, "note", &test_error));
	assert_string_equal(b.data, TEXT "\n" PETER);
}

static void signs_and_cosigns(void **state)
{
	(void)state;
	struct annot_skey log, witness;
	struct annot_note n;
	uint64_t time_s = 0;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	assert_ok(annot_skey_new("log.example", ANNOT_NOTE_ED25519, &log, &test_error));
	assert_ok(annot_skey_new("log.example", ANNOT_NOTE_COSIGNATURE, &witness, &test_error));
	annot_buf_puts(&b, "a\n\nb\n\n"); /* an empty line within the text: the last one divides */
	const struct annot_bytes text = annot_bytes_of("a\n\nb\n");
	annot_note_sign(&log, text, &b);
	annot_note_cosign(&witness, (uint64_t)INT64_MAX, text, &b);
	assert_ok(annot_buf_check(&b, "note", &test_error));
	assert_ok(annot_note_parse(annot_buf_bytes(&b), &n, &test_error));
	assert_int_equal(n.text.len, text.len);
	assert_ok(annot_note_verify(&n, &log.vkey, NULL, &test_error));
	assert_ok(annot_note_verify(&n, &witness.vkey, &time_s, &test_error));
	assert_true(time_s == (uint64_t)INT64_MAX);

	struct annot_buf small = ANNOT_BUF_INIT(20);
	annot_note_sign(&log, text, &small);
	assert_status(annot_buf_check(&small, "note", &test_error), ANNOT_TOO_LARGE);
	annot_buf_free(&small);
}

static void refuses_what_is_no_note(void **state)
{
	(void)state;
	static const struct {
		const char *note;
		const char *says;
	} cases[] = {
		/* golang/mod sumdb/note/note_test.go */
		{TEXT, "empty line"},
		{TEXT "\n", "no signature"},
		{TEXT "\n" DASH "PeterNeumann x08goAA=", "end with a line feed"},
		{"\x01" TEXT "\n" PETER, "byte 0 is the control character 01"},
		{"\xFF" TEXT "\n" PETER, "byte 0 is not UTF-8"},
		{TEXT "\n" DASH "Bad Name x08goAA=\n", "base64"},
		{TEXT "\n" PETER "Unexpected line.\n", "line 2 does not begin"},
		/* and more */
		{"", "0 bytes"},
		{"\n", "empty line"},
		{"\n\n", "no signature"},
		{"a\tb\n\n" PETER, "byte 1"},
		{"a\r\n\n" PETER, "byte 1"},
		{TEXT PETER, "empty line"},
		{TEXT "\n" PETER "\n", "no signature"},
		{TEXT "\n" PETER "\n" DASH "\n", "line 1: bad name"},
		{TEXT "\n-- PeterNeumann x08goAA=\n", "line 1"},
		{TEXT "\n" DASH "\n", "line 1: bad name"},
		{TEXT "\n" DASH " x08goAA=\n", "bad name"},
		{TEXT "\n" DASH "PeterNeumann\n", "bad name"},
		{TEXT "\n" DASH "Peter+Neumann x08goAA=\n", "bad name"},
		{TEXT "\n" DASH "Peter\xE2\x80\xA8Neumann x08goAA=\n", "bad name"},
		{TEXT "\n" DASH "PeterNeumann  x08goAA=\n", "base64"},
		{TEXT "\n" DASH "PeterNeumann x08goAA= \n", "base64"},
		{TEXT "\n" DASH "PeterNeumann x08goAA\n", "base64"},
		{TEXT "\n" DASH "PeterNeumann x08goAB=\n", "base64"}, /* bits behind the end */
		{TEXT "\n" DASH "PeterNeumann x08goAA=x\n", "base64"},
		{TEXT "\n" DASH "PeterNeumann \n", "a key id alone takes 4"},
		{TEXT "\n" DASH "PeterNeumann x08gow==\n", "a key id alone takes 4"},
	};
	struct annot_note *n = calloc(1, sizeof *n);
	assert_non_null(n);
	n->n_lines = 77;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(annot_note_parse(annot_bytes_of(cases[i].note), n, &test_error),
			      ANNOT_INVALID);
		assert_error_says(cases[i].says);
		assert_int_equal(n->n_lines, 77);
	}
	assert_status(annot_note_parse(annot_bytes(TEXT "\n" PETER, strlen(TEXT "\n" PETER) + 1), n,
				       &test_error),
		      ANNOT_INVALID); /* a NUL behind it */
	free(n);
}

static void bounds_lines_and_bytes(void **state)
{
	(void)state;
	struct annot_note *n = calloc(1, sizeof *n);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_NOTE_MAX);
	assert_non_null(n);
	annot_buf_puts(&b, TEXT "\n");
	for (size_t i = 0; i < ANNOT_NOTE_SIGNATURES_MAX; i++)
		annot_buf_puts(&b, PETER);
	assert_ok(annot_note_parse(annot_buf_bytes(&b), n, &test_error));
	assert_int_equal(n->n_lines, ANNOT_NOTE_SIGNATURES_MAX);
	annot_buf_puts(&b, PETER);
	assert_status(annot_note_parse(annot_buf_bytes(&b), n, &test_error), ANNOT_INVALID);
	assert_error_says("more than 100");

	/* Signatures longer than ours, such as ML-DSA-44 with 2420 bytes, are kept by name and id.
	 */
	uint8_t raw[4 + 8 + 2420] = {0xC7, 0x4F, 0x20, 0xA3};
	annot_buf_truncate(&b, 0);
	annot_buf_puts(&b, TEXT "\n" DASH "future.example ");
	annot_buf_base64(&b, raw, sizeof raw);
	annot_buf_puts(&b, "\n" PETER);
	assert_ok(annot_note_parse(annot_buf_bytes(&b), n, &test_error));
	assert_int_equal(n->n_lines, 2);
	assert_int_equal(n->lines[0].signature_len, 0);
	assert_memory_equal(n->lines[0].id, raw, 4);
	struct annot_vkey peter = vkey(peter_key);
	assert_ok(annot_note_verify(n, &peter, NULL, &test_error));

	/* 80 bytes behind the id are kept, 81 are not. */
	for (size_t extra = 80; extra <= 81; extra++) {
		annot_buf_truncate(&b, 0);
		annot_buf_puts(&b, TEXT "\n" DASH "x ");
		annot_buf_base64(&b, raw, 4 + extra);
		annot_buf_puts(&b, "\n");
		assert_ok(annot_note_parse(annot_buf_bytes(&b), n, &test_error));
		assert_int_equal(n->lines[0].signature_len, extra == 80 ? 80 : 0);
	}

	annot_buf_truncate(&b, 0);
	for (size_t i = 0; i < ANNOT_NOTE_MAX - strlen("\n\n" PETER); i++)
		annot_buf_putc(&b, 'a');
	annot_buf_puts(&b, "\n\n" PETER);
	assert_int_equal(b.len, ANNOT_NOTE_MAX);
	assert_ok(annot_note_parse(annot_buf_bytes(&b), n, &test_error));
	annot_buf_puts(&b, PETER);
	assert_status(annot_note_parse(annot_buf_bytes(&b), n, &test_error), ANNOT_INVALID);
	free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_published_notes),
		cmocka_unit_test(tells_wrong_from_missing),
		cmocka_unit_test(counts_the_first_line_of_a_key),
		cmocka_unit_test(signs_what_others_published),
		cmocka_unit_test(signs_and_cosigns),
		cmocka_unit_test(refuses_what_is_no_note),
		cmocka_unit_test(bounds_lines_and_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
