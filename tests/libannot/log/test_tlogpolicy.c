/* Policies of c2sp.org/tlog-policy: the specification's form and example, and what must be refused.
 */
#include "assert.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "log/tlogpolicy.h"
#include "record/sshsig.h"

enum { KEYS = 8 };

/* Verifier keys: log0, witness 1 to 7. */
static char vkeys[KEYS][160];

static int make_keys(void **state)
{
	(void)state;
	assert_ok(annot_crypto_init(&test_error));
	for (int i = 0; i < KEYS; i++) {
		char name[32];
		struct annot_skey key;
		struct annot_buf b = ANNOT_BUF_IN(vkeys[i]);

		snprintf(name, sizeof(name), "example.org/k%d", i);
		assert_ok(annot_skey_new(name, i ? ANNOT_NOTE_COSIGNATURE : ANNOT_NOTE_ED25519,
					 &key, &test_error));
		annot_vkey_write(&key.vkey, &b);
		assert_false(b.failed);
	}
	return 0;
}

/* A policy with @0 … @7 for the keys. */
static enum annot_status parse(struct annot_arena *arena, const char *template,
			       struct annot_tlogpolicy *ret)
{
	struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	enum annot_status status;
	char *copy;

	for (const char *at = template; *at; at++)
		if (*at == '@')
			annot_buf_puts(&b, vkeys[*++at - '0']);
		else
			annot_buf_putc(&b, *at);
	annot_buf_add(&b, "", 0);
	copy = annot_arena_copy(arena, b.data, b.len);
	status = annot_tlogpolicy_parse(arena, annot_bytes(copy, b.len), ret, &test_error);
	annot_buf_free(&b);
	return status;
}

/* Whether the quorum is met by the witnesses whose names stand in `who`. */
static bool met(const struct annot_tlogpolicy *p, const char *who)
{
	bool cosigned[ANNOT_TLOGPOLICY_NAMES_MAX] = {false};

	for (size_t i = 0; i < p->n_names; i++) {
		char name[8];

		snprintf(name, sizeof(name), "%.*s ", (int)p->names[i].name.len,
			 (const char *)p->names[i].name.data);
		cosigned[i] = p->names[i].is_witness && strstr(who, name);
	}
	return annot_tlogpolicy_met(p, cosigned);
}

static const char example[] = "# The example of the specification\n"
			      "log @0\n"
			      "\n"
			      " \twitness X1 @1\n"
			      "witness X2\t@2 https://x2.example.org/ \n"
			      "witness X3 @3\n"
			      "group X-witnesses 2 X1 X2 X3\n"
			      "witness Y1 @4\n"
			      "witness Y2 @5\n"
			      "witness Y3 @6\n"
			      "group Y-witnesses any Y1 Y2 Y3\n"
			      "group X-and-Y all X-witnesses Y-witnesses\n"
			      "  # and a comment that is set in\n"
			      "quorum X-and-Y\n";

static void test_example(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_tlogpolicy p;

	(void)state;
	assert_ok(parse(arena, example, &p));
	assert_int_equal(p.n_logs, 1);
	assert_string_equal(p.logs[0].name, "example.org/k0");
	assert_int_equal(annot_tlogpolicy_witnesses(&p), 6);
	assert_true(met(&p, "X1 X2 Y3 "));
	assert_true(met(&p, "X1 X2 X3 Y1 Y2 Y3 "));
	assert_true(met(&p, "X3 X1 Y1 "));
	assert_false(met(&p, "X1 X2 X3 "));
	assert_false(met(&p, "X1 Y1 Y2 Y3 "));
	assert_false(met(&p, ""));
}

static void test_small(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_tlogpolicy p;

	(void)state;
	assert_ok(parse(arena, "quorum none\n", &p));
	assert_int_equal(p.quorum, -1);
	assert_true(met(&p, ""));
	assert_ok(parse(arena, "witness w @1\nquorum w\n", &p));
	assert_false(met(&p, ""));
	assert_true(met(&p, "w "));
	assert_ok(parse(arena, "witness w @1\nwitness unused @2\ngroup g all w\nquorum g\n", &p));
	assert_true(met(&p, "w "));
	assert_false(met(&p, "unused "));
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "no quorum"},
		{"witness w @1\n", "no quorum"},
		{"quorum none", "line 1: does not end"},
		{"quorum none\nquorum none\n", "line 2: a second quorum"},
		{"quorum\n", "expected: quorum"},
		{"quorum w\nwitness w @1\n", "line 1: w is not defined above"},
		{"witness none @1\nquorum none\n", "none is no name"},
		{"witness w @1\nwitness w @2\nquorum w\n", "line 2: w is defined above"},
		{"witness w @1\ngroup w any w\nquorum w\n", "line 2: w is defined above"},
		{"witness v @1\nwitness w @1\nquorum w\n", "the key of w is that of v"},
		{"witness w @0\nquorum w\n", "of type 01, expected 04"},
		{"log @1\nquorum none\n", "of type 04, expected 01"},
		{"log @0\nlog @0\nquorum none\n", "line 2"},
		{"log\nquorum none\n", "expected: log"},
		{"log @0 url more\nquorum none\n", "expected: log"},
		{"witness w\nquorum w\n", "expected: witness"},
		{"witness w nonsense\nquorum w\n", "line 1"},
		{"witness w @1 url more\nquorum w\n", "expected: witness"},
		{"witness w @1\ngroup g any\nquorum g\n", "expected: group"},
		{"witness w @1\ngroup g 0 w\nquorum g\n", "0: expected all, any"},
		{"witness w @1\ngroup g 2 w\nquorum g\n", "2: expected all, any"},
		{"witness w @1\ngroup g 01 w\nquorum g\n", "01: expected all, any"},
		{"witness w @1\ngroup g most w\nquorum g\n", "most: expected all, any"},
		{"witness w @1\ngroup g any w w\nquorum g\n", "w is a member of a group already"},
		{"witness w @1\ngroup g any w\ngroup h any w\nquorum g\n", "already"},
		{"witness w @1\ngroup g any g\nquorum g\n", "g is not defined above"},
		{"group g any h\nquorum g\n", "h is not defined above"},
		{"policy 1\nquorum none\n", "policy: expected log, witness"},
		{"quorum none\r\n", "control character 0d"},
		{"quorum none\n# \x01\n", "line 2: byte 2 is the control character"},
		{"quorum none\n# \x7f\n", "control character 7f"},
	};
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(16 << 20);
	struct annot_tlogpolicy p = {.quorum = 7};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse(arena, bad[i].text, &p) != ANNOT_INVALID)
			fail_msg("taken: %s", bad[i].text);
		assert_error_says(bad[i].says);
	}
	assert_int_equal(p.quorum, 7);
}

static void test_limits(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(16 << 20);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	struct annot_tlogpolicy p;

	(void)state;
	/* Octets with the high bit set are opaque, in names as in comments. */
	assert_ok(parse(arena, "# \xff\nwitness \xe2\x84\xaa @1\nquorum \xe2\x84\xaa\n", &p));
	assert_status(annot_tlogpolicy_parse(arena, annot_bytes("", ANNOT_TLOGPOLICY_MAX + 1), &p,
					     &test_error),
		      ANNOT_TOO_LARGE);
	annot_buf_puts(&b, "witness w @1\n");
	for (int i = 0; i < ANNOT_TLOGPOLICY_NAMES_MAX; i++)
		annot_buf_printf(&b, "group g%d any %s%d\n", i, i ? "g" : "w", i - 1);
	annot_buf_puts(&b, "quorum w\n");
	assert_int_equal(parse(arena, b.data, &p), ANNOT_INVALID);
	annot_buf_truncate(&b, 0);
	annot_buf_puts(&b, "witness w @1\ngroup g any");
	for (int i = 0; i < 200; i++)
		annot_buf_puts(&b, " w");
	annot_buf_puts(&b, "\nquorum g\n");
	assert_int_equal(parse(arena, b.data, &p), ANNOT_INVALID);
	assert_error_says("more than");
}

/* Two liars of three move neither bound. */
static void test_times(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_tlogpolicy p;
	uint64_t times[3] = {300, 100, 200}, found = 0;

	(void)state;
	assert_ok(parse(arena,
			"witness a @1\nwitness b @2\nwitness c @3\ngroup g 2 a b c\nquorum g\n",
			&p));
	uint64_t by_name[4] = {times[0], times[1], times[2], 0};
	assert_true(annot_tlogpolicy_first(&p, by_name, &found));
	assert_int_equal(found, 200); /* the second earliest */
	assert_true(annot_tlogpolicy_last(&p, by_name, &found));
	assert_int_equal(found, 200); /* the second latest */
	by_name[1] = 1;               /* one that lies about the past */
	assert_true(annot_tlogpolicy_first(&p, by_name, &found));
	assert_int_equal(found, 200);
	by_name[1] = UINT64_MAX; /* did not cosign */
	assert_true(annot_tlogpolicy_first(&p, by_name, &found));
	assert_int_equal(found, 300);
	assert_true(annot_tlogpolicy_last(&p, by_name, &found));
	assert_int_equal(found, 200);
	by_name[2] = UINT64_MAX;
	assert_false(annot_tlogpolicy_first(&p, by_name, &found));
	assert_false(annot_tlogpolicy_last(&p, by_name, &found));
	assert_ok(parse(arena, "witness a @1\nquorum none\n", &p));
	assert_false(annot_tlogpolicy_first(&p, by_name, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example), cmocka_unit_test(test_small),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_times),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
