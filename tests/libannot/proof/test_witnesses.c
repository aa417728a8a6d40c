/* Witnesses in a bundle: the quorum of the reader's policy, the bounds on time, and what liars try.
 */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

enum { WITNESSES = 3, NOON = 1795305600 }; /* 2026-11-22T00:00:00Z */

struct story {
	struct test_corpus *c;
	struct annot_skey witness[WITNESSES];
	struct annot_trust trust;
	struct test_key admin;
};

static struct annot_bytes keep(struct story *s, struct annot_buf *b)
{
	struct annot_bytes ret;

	assert_false(b->failed);
	ret = annot_bytes(annot_arena_copy(s->c->arena, b->data, b->len), b->len);
	annot_buf_free(b);
	return ret;
}

/* Witnesses w0, w1, w2; the quorum line says which are asked for. */
static void set_policy(struct story *s, const char *quorum)
{
	struct annot_tlogpolicy *policy = annot_arena_alloc(s->c->arena, sizeof(*policy));
	struct annot_buf b = ANNOT_BUF_INIT(1 << 16);

	for (int i = 0; i < WITNESSES; i++) {
		annot_buf_printf(&b, "witness w%d ", i);
		annot_vkey_write(&s->witness[i].vkey, &b);
		annot_buf_putc(&b, '\n');
	}
	annot_buf_puts(&b, quorum);
	assert_ok(annot_tlogpolicy_parse(s->c->arena, keep(s, &b), policy, &test_error));
	s->trust.policy = policy;
}

static struct story begin(void)
{
	struct story s = {.c = test_corpus_new(1, 1), .admin = test_key(1)};

	s.trust.corpus = s.c->id;
	for (int i = 0; i < WITNESSES; i++) {
		char name[32];

		snprintf(name, sizeof(name), "example.org/w%d", i);
		assert_ok(annot_skey_new(name, ANNOT_NOTE_COSIGNATURE, &s.witness[i], &test_error));
	}
	set_policy(&s, "group g 2 w0 w1 w2\nquorum g\n");
	return s;
}

static void end(struct story *s)
{
	test_corpus_free(s->c);
}

/* The checkpoint now, cosigned by those whose time is not 0. */
static struct annot_bytes cosigned(struct story *s, const uint64_t times[WITNESSES])
{
	struct annot_bytes plain = test_checkpoint(s->c, NULL);
	struct annot_note *note = annot_arena_alloc(s->c->arena, sizeof(*note));
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);

	assert_ok(annot_note_parse(plain, note, &test_error));
	annot_buf_add(&b, plain.data, plain.len);
	for (int i = 0; i < WITNESSES; i++)
		if (times[i])
			annot_note_cosign(&s->witness[i], times[i], note->text, &b);
	return keep(s, &b);
}

static struct test_entry *claim(struct story *s, const char *text)
{
	return test_put_as(s->c, &s->admin, test_claim(text), ANNOT_EFFECTIVE);
}

static const struct annot_report *verify(struct story *s, const struct test_entry *e,
					 const struct annot_bytes *notes, size_t n)
{
	struct annot_bundle b;

	test_bundle(s->c, e, &b);
	for (size_t i = 0; i < n; i++)
		b.cosigned[i] = notes[i];
	b.n_cosigned = n;
	return test_verify_bundle(s->c, &b, &s->trust);
}

static void test_quorum(void **state)
{
	struct story s = begin();
	struct test_entry *e = claim(&s, "it rains");
	struct annot_bytes two = cosigned(&s, (uint64_t[]){NOON, NOON + 9, 0});
	struct annot_bytes one = cosigned(&s, (uint64_t[]){0, NOON, 0});
	const struct annot_report *r;

	(void)state;
	r = verify(&s, e, &two, 1);
	assert_verdict(r, ANNOT_VALID);
	assert_int_equal(annot_report_exit(r), 0);
	assert_says(r, "witnesses", "2 of 3 cosigned");
	assert_true(r->witnessed);
	assert_int_equal(r->not_after_s, NOON + 9);
	assert_int_equal(r->not_before_s, 0);
	r = verify(&s, e, &one, 1);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_int_equal(annot_report_exit(r), 1);
	assert_says(r, "witnesses", "1 of 3 cosigned");
	assert_says(r, "witnesses", "not the quorum");
	assert_int_equal(r->not_after_s, 0);
	r = verify(&s, e, NULL, 0);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_int_equal(annot_report_exit(r), 1);
	set_policy(&s, "quorum none\n");
	r = verify(&s, e, &one, 1);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_int_equal(annot_report_exit(r), 0);
	s.trust.policy = NULL;
	r = verify(&s, e, &two, 1);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_int_equal(annot_report_exit(r), 0);
	end(&s);
}

/* What covers the record, and only that, from whichever of the checkpoints each witness saw. */
static void test_coverage(void **state)
{
	struct story s = begin();
	struct test_entry *first = claim(&s, "one"), *second;
	struct annot_bytes notes[2], before;
	const struct annot_report *r;

	(void)state;
	notes[0] = cosigned(&s, (uint64_t[]){NOON, 0, NOON + 5});
	before = notes[0];
	second = claim(&s, "two");
	claim(&s, "three");
	notes[1] = cosigned(&s, (uint64_t[]){NOON + 100, NOON + 200, 0});
	claim(&s, "four");
	r = verify(&s, first, notes, 2);
	assert_verdict(r, ANNOT_VALID);
	assert_says(r, "witnesses", "3 of 3");
	assert_int_equal(r->not_after_s, NOON + 5);
	/* The first checkpoint says nothing about the second record. */
	r = verify(&s, second, notes, 2);
	assert_verdict(r, ANNOT_VALID);
	assert_says(r, "witnesses", "2 of 3");
	assert_int_equal(r->not_after_s, NOON + 200);
	r = verify(&s, second, &before, 1);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "witnesses", "0 of 3");
	/* Not by size, the same twice. */
	struct annot_bytes turned[2] = {notes[1], notes[0]}, twice[2] = {notes[0], notes[0]};
	assert_verdict(verify(&s, first, turned, 2), ANNOT_INVALID_BUNDLE);
	assert_verdict(verify(&s, first, twice, 2), ANNOT_INVALID_BUNDLE);
	end(&s);
}

/* Two-sided: witnesses of what the author had seen, and of the log with the record in it. */
static void test_interval(void **state)
{
	struct story s = begin();
	struct annot_bytes seen, after;
	struct annot_bundle b;
	const struct annot_report *r;
	struct test_entry *e;
	struct annot_checkpoint cp;

	(void)state;
	seen = cosigned(&s, (uint64_t[]){NOON - 50, NOON - 30, NOON - 1000});
	test_checkpoint(s.c, &cp);
	s.c->seen_note = seen;
	s.c->seen = (struct annot_seen){
		.size = cp.size, .root = cp.root, .note = annot_sha256(seen.data, seen.len)};
	e = claim(&s, "between");
	after = cosigned(&s, (uint64_t[]){NOON + 40, 0, NOON + 60});
	test_bundle(s.c, e, &b);
	b.cosigned[b.n_cosigned++] = after;
	r = test_verify_bundle(s.c, &b, &s.trust);
	assert_verdict(r, ANNOT_VALID);
	assert_int_equal(r->not_before_s, NOON - 50); /* the second latest */
	assert_int_equal(r->not_after_s, NOON + 60);  /* the second earliest */
	assert_says(r, "time", "not before 2026-11-21T23:59:10Z, not after 2026-11-22T00:01:00Z");
	/* A note of which one byte was changed is not the one that the author named. */
	b.seen = annot_bytes(seen.data, seen.len - 1);
	r = test_verify_bundle(s.c, &b, &s.trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	end(&s);
}

/* The claimed time is outside of what the witnesses say: a warning, and no more. */
static void test_claimed(void **state)
{
	struct story s = begin();
	struct test_entry *e = claim(&s, "late");
	struct annot_bytes notes[1] = {cosigned(&s, (uint64_t[]){NOON - 90000, NOON - 90000, 0})};
	const struct annot_report *r = verify(&s, e, notes, 1);

	(void)state;
	assert_verdict(r, ANNOT_VALID);
	assert_says(r, "time", "which cannot be");
	/* One cosigner a year ahead says nothing, if the reader knows what time it is. */
	s.trust.now_s = NOON;
	notes[0] = cosigned(&s, (uint64_t[]){NOON, NOON + 31536000, 0});
	r = verify(&s, e, notes, 1);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "witnesses", "1 of 3");
	end(&s);
}

static struct annot_bytes changed(struct story *s, struct annot_bytes note, const char *at,
				  size_t off)
{
	char *copy = annot_arena_copy(s->c->arena, note.data, note.len);
	char *place = strstr(copy, at);

	assert_non_null(place);
	place[off] = place[off] == 'A' ? 'B' : 'A';
	return annot_bytes(copy, note.len);
}

static void test_forged(void **state)
{
	struct story s = begin();
	struct test_entry *e = claim(&s, "it rains");
	struct annot_bytes good = cosigned(&s, (uint64_t[]){NOON, NOON, 0}), note;
	const struct annot_report *r;

	(void)state;
	/* A witness's line that its key did not make; a time that was changed. */
	note = changed(&s, good, "example.org/w0 ", 60);
	r = verify(&s, e, &note, 1);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "witnesses", "example.org/w0 is forged");
	note = changed(&s, good, "example.org/w1 ", strlen("example.org/w1 ") + 14);
	assert_verdict(verify(&s, e, &note, 1), ANNOT_INVALID_BUNDLE);
	/* The log's own line. */
	note = changed(&s, good, "\xE2\x80\x94 " TEST_ORIGIN, 50);
	/* It adds nothing to what the leaves show and the witnesses say; of another history it
	 * would be a lie. */
	assert_verdict(verify(&s, e, &note, 1), ANNOT_VALID);
	note = changed(&s, note, "\n2\n", 5);
	r = verify(&s, e, &note, 1);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "cosigned", "not signed by a log key");
	/* Not a note; a checkpoint larger than the bundle's. */
	note = annot_bytes_of("nonsense\n");
	assert_verdict(verify(&s, e, &note, 1), ANNOT_INVALID_BUNDLE);
	struct annot_bundle b;
	test_bundle(s.c, e, &b);
	claim(&s, "more");
	b.cosigned[0] = cosigned(&s, (uint64_t[]){NOON, NOON, 0});
	b.n_cosigned = 1;
	r = test_verify_bundle(s.c, &b, &s.trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "cosigned", "none larger than the checkpoint");
	end(&s);
}

/* The log signed another history, and witnesses saw that one. */
static void test_fork(void **state)
{
	struct story s = begin(), other = begin();
	struct test_entry *e = claim(&s, "shown to you");
	struct annot_bytes note;
	const struct annot_report *r;

	(void)state;
	claim(&other, "shown to witnesses");
	memcpy(other.witness, s.witness, sizeof(s.witness));
	other.c->log = s.c->log;
	note = cosigned(&other, (uint64_t[]){NOON, NOON, NOON});
	r = verify(&s, e, &note, 1);
	assert_verdict(r, ANNOT_FORKED_LOG);
	assert_says(r, "cosigned", "another history");
	assert_says(r, "witnesses", "0 of 3");
	end(&other);
	end(&s);
}

/* A policy may name logs; then it must be one of them. */
static void test_policy_log(void **state)
{
	struct story s = begin();
	struct test_entry *e = claim(&s, "it rains");
	struct annot_tlogpolicy p = *s.trust.policy;
	struct annot_vkey logs[2] = {s.c->log.vkey, s.c->log.vkey};
	struct annot_skey foreign;

	(void)state;
	p.quorum = -1;
	p.logs = logs;
	p.n_logs = 1;
	s.trust.policy = &p;
	assert_verdict(verify(&s, e, NULL, 0), ANNOT_VALID_UNWITNESSED);
	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &foreign, &test_error));
	logs[0] = foreign.vkey;
	const struct annot_report *r = verify(&s, e, NULL, 0);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "policy", "not signed by a log of your policy");
	p.n_logs = 2;
	assert_verdict(verify(&s, e, NULL, 0), ANNOT_VALID_UNWITNESSED);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quorum),     cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_interval),   cmocka_unit_test(test_claimed),
		cmocka_unit_test(test_forged),     cmocka_unit_test(test_fork),
		cmocka_unit_test(test_policy_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
