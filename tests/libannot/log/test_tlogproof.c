/* Inclusion proofs as files: c2sp.org/tlog-proof@v1. */
#include "assert.h"

#include "base/auto.h"
#include "base/hash.h"
#include "log/tlogproof.h"

#define HEADER "c2sp.org/tlog-proof@v1\n"
#define HASH   "lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n"

static enum annot_status parse(const char *text, struct annot_tlogproof *ret)
{
	return annot_tlogproof_parse(annot_bytes_of(text), ret, &test_error);
}

/* The shapes of transparency-dev/formats proof/tlog_proof_test.go: with and without extra data and
 * hashes. */
static void round_trips(void **state)
{
	(void)state;
	static const char *const files[] = {
		HEADER "index 5\n" HASH HASH "\ntest checkpoint\n",
		HEADER "extra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n" HASH "\ncheckpoint data\n",
		HEADER "index 0\n\ncheckpoint\n",
		HEADER "extra \nindex 0\n\ncheckpoint\n",
		HEADER "index 9223372036854775807\n\na\n\nb\n\n",
	};
	for (size_t i = 0; i < COUNT(files); i++) {
		struct annot_tlogproof p;
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1024);
		assert_ok(parse(files[i], &p));
		annot_tlogproof_write(&p, &b);
		assert_string_equal(b.data, files[i]);
	}
	struct annot_tlogproof p;
	assert_ok(parse(files[1], &p));
	assert_int_equal(p.index, 10);
	assert_int_equal(p.n_path, 1);
	assert_int_equal(p.path[0].b[31], 0xFD);
	assert_memory_equal(p.extra.data, "ZXh0cmEgaW5mb3JtYXRpb24=", p.extra.len);
	assert_memory_equal(p.note.data, "checkpoint data\n", p.note.len);
	assert_ok(parse(files[2], &p));
	assert_null(p.extra.data);
	assert_int_equal(p.n_path, 0);
	assert_ok(parse(files[3], &p));
	assert_non_null(p.extra.data);
	assert_int_equal(p.extra.len, 0);
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		const char *says;
	} cases[] = {
		/* the error cases of transparency-dev/formats proof/tlog_proof_test.go */
		{"wrong-header\nindex 0\n\ncheckpoint\n", "line 1"},
		{HEADER "extra !!notbase64!!\nindex 0\n\ncheckpoint\n", "extra data"},
		{HEADER "\n\ncheckpoint\n", "line 2: expected \"index\""},
		{HEADER "index notanumber\n\ncheckpoint\n", "line 2: expected \"index\""},
		{HEADER "index -5\n\ncheckpoint\n", "line 2: expected \"index\""},
		{HEADER "index 0\n!!notbase64!!\n\ncheckpoint\n", "line 3: expected a hash"},
		{HEADER "index 0\n"
			"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			"AAAAAAAA"
			"AAAA==\n\ncheckpoint\n",
		 "line 3: expected a hash"},
		/* and more */
		{"", "line 1"},
		{"c2sp.org/tlog-proof@v1", "line 1"},
		{"c2sp.org/tlog-proof@v1 \nindex 0\n\nc\n", "line 1"},
		{"c2sp.org/tlog-proof@v12\nindex 0\n\nc\n", "line 1"},
		{"c2sp.org/tlog-proof@v1\r\nindex 0\n\nc\n", "line 1"},
		{HEADER, "index line"},
		{HEADER "extra AAAA\n", "index line"},
		{HEADER "extra AAAA\nextra AAAA\nindex 0\n\nc\n", "line 3"},
		{HEADER "extra AA\nindex 0\n\nc\n", "extra data"},
		{HEADER "index 0\nextra AAAA\n\nc\n", "line 3"},
		{HEADER "index 00\n\nc\n", "line 2"},
		{HEADER "index 0 \n\nc\n", "line 2"},
		{HEADER "index\n\nc\n", "line 2"},
		{HEADER "index 9223372036854775808\n\nc\n", "line 2"},
		{HEADER "index 0\n", "empty line"},
		{HEADER "index 0\n" HASH, "empty line"},
		{HEADER "index 0\n" HASH "\n", "a checkpoint"},
		{HEADER "index 0\n\n", "a checkpoint"},
		{HEADER "index 0\n\nno line feed", "a checkpoint"},
		{HEADER "index 0\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v1=\n\nc\n", "a hash"},
	};
	struct annot_tlogproof p = {.n_path = 77};
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(parse(cases[i].file, &p), ANNOT_INVALID);
		assert_error_says(cases[i].says);
		assert_int_equal(p.n_path, 77);
	}
	assert_status(annot_tlogproof_parse(annot_bytes(NULL, 0), &p, &test_error), ANNOT_INVALID);
}

static void bounds_everything(void **state)
{
	(void)state;
	static uint8_t data[ANNOT_TLOGPROOF_EXTRA_MAX + 1];
	struct annot_tlogproof p;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(4 * ANNOT_TLOGPROOF_MAX);
	annot_buf_puts(&b, HEADER "index 1\n");
	for (size_t i = 0; i < ANNOT_PATH_MAX; i++)
		annot_buf_puts(&b, HASH);
	size_t at = b.len;
	annot_buf_puts(&b, "\nc\n");
	assert_ok(parse(b.data, &p));
	assert_int_equal(p.n_path, ANNOT_PATH_MAX);
	annot_buf_truncate(&b, at);
	annot_buf_puts(&b, HASH "\nc\n");
	assert_status(parse(b.data, &p), ANNOT_INVALID);
	assert_error_says("at most 63");

	for (size_t extra = ANNOT_TLOGPROOF_EXTRA_MAX; extra <= sizeof data; extra++) {
		annot_buf_truncate(&b, 0);
		annot_buf_puts(&b, HEADER "extra ");
		annot_buf_base64(&b, data, extra);
		annot_buf_puts(&b, "\nindex 1\n\nc\n");
		assert_status(parse(b.data, &p), extra == sizeof data ? ANNOT_INVALID : ANNOT_OK);
	}

	for (size_t len = ANNOT_NOTE_MAX; len <= ANNOT_NOTE_MAX + 1; len++) {
		annot_buf_truncate(&b, 0);
		annot_buf_puts(&b, HEADER "index 1\n\n");
		for (size_t i = 1; i < len; i++)
			annot_buf_putc(&b, 'c');
		annot_buf_putc(&b, '\n');
		assert_status(parse(b.data, &p), len > ANNOT_NOTE_MAX ? ANNOT_INVALID : ANNOT_OK);
	}

	/* transparency-dev/formats has a line of 65 KiB */
	annot_buf_truncate(&b, 0);
	annot_buf_puts(&b, HEADER "index 0\n");
	for (size_t i = 0; i < 65 * 1024; i++)
		annot_buf_putc(&b, 'a');
	annot_buf_puts(&b, "\n");
	assert_status(parse(b.data, &p), ANNOT_TOO_LARGE);
}

/* All together: a proof that is written, read, and leads from the leaf to the signed root. */
static void proves_a_leaf(void **state)
{
	(void)state;
	struct annot_hash a = annot_leaf_hash("a", 1), b = annot_leaf_hash("b", 1);
	struct annot_checkpoint c = {.origin = "log.example", .size = 2}, found;
	struct annot_skey log;
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(ANNOT_TLOGPROOF_MAX);
	c.root = annot_node_hash(&a, &b);
	assert_ok(annot_skey_new("log.example", ANNOT_NOTE_ED25519, &log, &test_error));
	annot_checkpoint_sign(&c, &log, &note);
	struct annot_tlogproof p = {.index = 1, .n_path = 1, .path = {a}}, q;
	p.note = annot_buf_bytes(&note);
	annot_tlogproof_write(&p, &file);
	assert_ok(annot_tlogproof_parse(annot_buf_bytes(&file), &q, &test_error));
	assert_ok(annot_checkpoint_open(q.note, &log.vkey, &found, &test_error));
	assert_ok(annot_verify_inclusion(q.index, found.size, &b, q.path, q.n_path, &found.root,
					 &test_error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(bounds_everything),
		cmocka_unit_test(proves_a_leaf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
