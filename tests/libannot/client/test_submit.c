/* Submitting: proofs are demanded, and the outbox keeps what has none. */
#include "fake_daemon.h"

#include "record/draft.h"

struct fixture {
	struct fake *f;
	struct annot *a;
	struct annot_arena *arena;
	struct annot_signed made[8];
	struct annot_receipt receipts[8];
};

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	x->f = fake_new();
	x->arena = annot_arena_new(FAKE_ARENA_MAX);
	assert_ok(fake_open(x->f, 2000, &x->a));
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;
	annot_close(x->a);
	annot_arena_free(x->arena);
	fake_free(x->f);
	free(x);
	return 0;
}

static void sign(struct fixture *x, size_t i, const char *text)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_comment);
	assert_ok(annot_draft_add_hash(draft, "on", &x->f->corpus, &test_error));
	assert_ok(annot_draft_add(draft, "text", text, &test_error));
	assert_ok(annot_sign(x->a, x->f->admin, draft, x->arena, &x->made[i], &test_error));
	annot_draft_free(draft);
}

static enum annot_status submit(struct fixture *x, size_t from, size_t n)
{
	return annot_submit(x->a, x->made + from, n, x->arena, x->receipts + from, &test_error);
}

static unsigned waiting(const struct fixture *x)
{
	return fake_files(x->f, "outbox/*");
}

static void test_header(void **state)
{
	struct fixture *x = *state;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint pin;
	sign(x, 0, "one");
	sign(x, 1, "one");
	const struct annot_record *r = x->made[0].record;
	assert_ok(annot_pin(x->a, &pin, &note, &test_error));
	struct annot_hash hash = annot_sha256(note.data, note.len);
	annot_buf_free(&note);
	assert_true(annot_hash_equal(&r->corpus, &x->f->corpus));
	struct annot_hash author = annot_key_author(annot_signer_key(x->f->admin)->key);
	assert_true(annot_hash_equal(&r->author, &author));
	assert_int_equal(r->seen.size, 1);
	assert_true(annot_hash_equal(&r->seen.root, &pin.root));
	assert_true(annot_hash_equal(&r->seen.note, &hash));
	assert_memory_not_equal(r->nonce, x->made[1].record->nonce, ANNOT_NONCE_SIZE);
	assert_ok(annot_sshsig_verify(annot_signer_key(x->f->admin)->key, ANNOT_NAMESPACE_RECORD,
				      r->bytes, x->made[0].signature, &test_error));
}

static void test_submit(void **state)
{
	struct fixture *x = *state;
	struct annot_checkpoint pin;
	for (size_t i = 0; i < 6; i++)
		sign(x, i, "words");
	assert_ok(submit(x, 0, 6));
	assert_int_equal(x->f->submits, 2); /* records_max is 4 */
	assert_int_equal(x->f->notes, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(x->receipts[i].status, ANNOT_OK);
		assert_int_equal(x->receipts[i].index, i + 1);
		assert_false(x->receipts[i].duplicate);
	}
	assert_int_equal(waiting(x), 0);
	assert_ok(annot_pin(x->a, &pin, NULL, &test_error));
	assert_int_equal(pin.size, 7);
	/* Once more: the same places, said to be duplicates, and proved again. */
	assert_ok(submit(x, 2, 1));
	assert_true(x->receipts[2].duplicate);
	assert_int_equal(x->receipts[2].index, 3);
	assert_int_equal(x->f->size, 7);
	assert_null(annot_outbox_report(x->a));
}

static void test_lie_about_commit(void **state)
{
	struct fixture *x = *state;
	sign(x, 0, "words");
	x->f->bad_proofs = true;
	assert_status(submit(x, 0, 1), ANNOT_MISMATCH);
	assert_error_says("does not prove it");
	assert_int_equal(waiting(x), 1);
	x->f->bad_proofs = false;
	size_t sent, refused;
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 1);
	assert_int_equal(refused, 0);
	assert_int_equal(waiting(x), 0);
}

/* The daemon takes the records and dies before it says so: nothing is lost, nothing stands twice.
 */
static void test_lost_reply(void **state)
{
	struct fixture *x = *state;
	char path[256];
	struct stat st;
	sign(x, 0, "first");
	sign(x, 1, "second");
	x->f->deed = FAKE_HALF;
	x->f->deed_call = ANNOT_CALL_submit;
	assert_status(submit(x, 0, 2), ANNOT_UNREACHABLE);
	assert_int_equal(x->f->size, 3);
	assert_int_equal(waiting(x), 2);
	snprintf(path, sizeof(path), "%s/annot/outbox/%s", x->f->dir,
		 annot_hash_hex(&x->made[0].record->id).text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	x->f->deed = FAKE_ANSWER;
	sign(x, 2, "third");
	assert_ok(submit(x, 2, 1)); /* sends the earlier ones first */
	assert_int_equal(x->receipts[2].index, 3);
	assert_int_equal(x->f->size, 4);
	assert_int_equal(waiting(x), 0);
}

static void test_no_daemon(void **state)
{
	struct fixture *x = *state;
	size_t sent, refused;
	sign(x, 0, "first");
	sign(x, 1, "second");
	sign(x, 2, "third");
	fake_hang_up(x->f);
	assert_status(submit(x, 0, 1), ANNOT_UNREACHABLE);
	assert_status(submit(x, 1, 2), ANNOT_UNREACHABLE);
	assert_int_equal(waiting(x), 3);
	fake_listen(x->f);
	annot_close(x->a); /* another process, later: it has no notes in memory */
	assert_ok(fake_open(x->f, 2000, &x->a));
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 3);
	assert_int_equal(x->f->notes, 3);
	for (size_t i = 0; i < 3; i++) /* in the order of signing */
		assert_true(
			annot_hash_equal(&x->f->leaves[i + 1].record->id, &x->made[i].record->id));
	assert_int_equal(waiting(x), 0);
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 0);
}

/* What is to be refused if it is outdated waits in the outbox as such, and only that. */
static void test_expect_heads(void **state)
{
	struct fixture *x = *state;
	size_t sent, refused;
	sign(x, 0, "first");
	sign(x, 1, "second");
	assert_false(x->made[0].expect_heads);
	x->made[1].expect_heads = true;
	fake_hang_up(x->f);
	assert_status(submit(x, 0, 2), ANNOT_UNREACHABLE);
	fake_listen(x->f);
	annot_close(x->a);
	assert_ok(fake_open(x->f, 2000, &x->a));
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 2);
	assert_int_equal(x->f->expectations, 1);
	sign(x, 2, "third");
	x->made[2].expect_heads = true;
	assert_ok(submit(x, 2, 1));
	assert_int_equal(x->f->expectations, 2);
	assert_int_equal(waiting(x), 0);
}

static void test_refused(void **state)
{
	struct fixture *x = *state;
	sign(x, 0, "good");
	sign(x, 1, "bad");
	sign(x, 2, "good too");
	x->f->refuse = x->made[1].record;
	assert_ok(submit(x, 0, 3));
	assert_int_equal(x->receipts[0].status, ANNOT_OK);
	assert_int_equal(x->receipts[1].status, ANNOT_REFUSED);
	assert_string_equal(x->receipts[1].message,
			    "the author saw another log: keep its note, it is evidence");
	assert_int_equal(x->receipts[2].index, 2);
	assert_int_equal(waiting(x), 0);
	/* Saying so is not enough: the log does not contradict the pin, so nothing is evidence. */
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 0);
}

/* A refusal by a log that shows another history says so, and the record waits for the right one. */
static void test_refused_by_fork(void **state)
{
	struct fixture *x = *state;
	size_t sent, refused;
	sign(x, 0, "first");
	assert_ok(submit(x, 0, 1));
	sign(x, 1, "second");
	x->f->leaves[1].hash.b[0] ^= 1;
	x->f->refuse = x->made[1].record;
	assert_ok(submit(x, 1, 1));
	assert_int_equal(x->receipts[1].status, ANNOT_MISMATCH);
	assert_non_null(strstr(x->receipts[1].message, "FORKED"));
	assert_true(x->receipts[1].waits);
	assert_int_equal(waiting(x), 1);
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 1);
	x->f->leaves[1].hash.b[0] ^= 1;
	x->f->refuse = NULL;
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 1);
	assert_int_equal(refused, 0);
	assert_int_equal(waiting(x), 0);
}

/* A status that may change: the record stays, and the receipt says so. */
static void test_not_for_good(void **state)
{
	struct fixture *x = *state;
	sign(x, 0, "one");
	sign(x, 1, "two");
	x->f->refuse = x->made[1].record;
	x->f->refuse_status = ANNOT_NO_SPACE;
	assert_ok(submit(x, 0, 2));
	assert_false(x->receipts[0].waits);
	assert_int_equal(x->receipts[1].status, ANNOT_NO_SPACE);
	assert_true(x->receipts[1].waits);
	assert_int_equal(waiting(x), 1);
	x->f->refuse_status = ANNOT_REFUSED;
	assert_ok(submit(x, 1, 1));
	assert_false(x->receipts[1].waits);
	assert_int_equal(waiting(x), 0);
}

/* An earlier record that is refused when it is sent again is dropped, and told of. */
static void test_refused_later(void **state)
{
	struct fixture *x = *state;
	sign(x, 0, "bad");
	sign(x, 1, "good");
	x->f->deed = FAKE_CLOSE;
	x->f->deed_call = ANNOT_CALL_submit;
	assert_status(submit(x, 0, 1), ANNOT_UNREACHABLE);
	x->f->deed = FAKE_ANSWER;
	x->f->refuse = x->made[0].record;
	assert_ok(submit(x, 1, 1));
	assert_int_equal(x->receipts[1].status, ANNOT_OK);
	assert_int_equal(waiting(x), 0);
	assert_non_null(annot_outbox_report(x->a));
	assert_non_null(
		strstr(annot_outbox_report(x->a), annot_hash_hex(&x->made[0].record->id).text));
}

/* Statuses of the whole request: final ones are found out record by record, others leave all
 * waiting. */
static void test_whole_request(void **state)
{
	struct fixture *x = *state;
	sign(x, 0, "one");
	sign(x, 1, "two");
	x->f->deed = FAKE_STATUS;
	x->f->deed_call = ANNOT_CALL_submit;
	x->f->status = ANNOT_READ_ONLY;
	x->f->times = 1;
	assert_status(submit(x, 0, 2), ANNOT_READ_ONLY);
	assert_int_equal(waiting(x), 2);
	x->f->status = ANNOT_INVALID;
	x->f->times = 2; /* the request of two, then the first alone */
	sign(x, 2, "three");
	assert_ok(submit(x, 2, 1));
	assert_int_equal(x->receipts[2].status, ANNOT_OK);
	assert_int_equal(x->f->size, 3); /* genesis, two, three */
	assert_true(annot_hash_equal(&x->f->leaves[1].record->id, &x->made[1].record->id));
	assert_int_equal(waiting(x), 0);
	assert_non_null(annot_outbox_report(x->a));
}

static void test_damaged_file(void **state)
{
	struct fixture *x = *state;
	char path[256];
	size_t sent, refused;
	sign(x, 0, "one");
	fake_hang_up(x->f);
	assert_status(submit(x, 0, 1), ANNOT_UNREACHABLE);
	fake_listen(x->f);
	snprintf(path, sizeof(path), "%s/annot/outbox/%s", x->f->dir,
		 annot_hash_hex(&x->made[0].record->id).text);
	struct annot_buf file = ANNOT_BUF_INIT(1 << 20);
	assert_ok(annot_file_read(path, 1 << 20, &file, &test_error));
	for (size_t len = 0; len < file.len; len += 7) {
		assert_ok(annot_file_replace(path, annot_bytes(file.data, len), 0600, &test_error));
		assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
		assert_int_equal(sent, 0);
	}
	file.data[file.len - 2] ^= 1;
	assert_ok(annot_file_replace(path, annot_buf_bytes(&file), 0600, &test_error));
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 0);
	assert_non_null(strstr(annot_outbox_report(x->a), "another record"));
	file.data[file.len - 2] ^= 1;
	assert_ok(annot_file_replace(path, annot_buf_bytes(&file), 0600, &test_error));
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 1);
	annot_buf_free(&file);
}

/* Where nothing came in between, the record's own proof shows that the log goes on from the pin: a
 * key that ends with it could not ask any more. Else that is said, and the record waits. */
static void test_last_word(void **state)
{
	struct fixture *x = *state;
	struct annot_checkpoint pin;
	size_t sent, refused;
	for (size_t i = 0; i < 4; i++)
		sign(x, i, "words");
	x->f->deed_call = ANNOT_CALL_consistency;
	x->f->status = ANNOT_DENIED;
	x->f->times = 1;
	x->f->deed = FAKE_STATUS;
	assert_ok(submit(x, 0, 1));
	assert_ok(submit(x, 1, 2));
	assert_int_equal(x->f->times, 1);
	assert_ok(annot_pin(x->a, &pin, NULL, &test_error));
	assert_int_equal(pin.size, 4);
	sign(x, 4, "too late");
	fake_append(x->f, x->made[3].record, x->made[3].signature); /* somebody else's */
	x->f->times = 1;
	assert_status(submit(x, 4, 1), ANNOT_DENIED);
	assert_error_says("at #5");
	assert_error_says("stays in the outbox");
	assert_int_equal(waiting(x), 1);
	/* Nor does the same key, which counts no more, have it dropped when it comes again. */
	x->f->deed_call = ANNOT_CALL_submit;
	x->f->times = 3;
	sign(x, 5, "later still");
	sign(x, 6, "and on");
	assert_status(submit(x, 5, 2), ANNOT_DENIED);
	assert_status(submit(x, 5, 1), ANNOT_DENIED);
	assert_int_equal(x->f->times, 1);
	assert_int_equal(waiting(x), 3);
	x->f->times = 0;
	assert_ok(annot_outbox_flush(x->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 3);
	assert_int_equal(waiting(x), 0);
}

/* That proof of a log with another history leads to another root than the pin's: so the fork is in
 * hand, whatever the daemon would say of consistency. */
static void test_admitted_by_fork(void **state)
{
	struct fixture *x = *state;
	struct annot_checkpoint pin;
	sign(x, 0, "first");
	assert_ok(submit(x, 0, 1));
	sign(x, 1, "second");
	x->f->leaves[1].hash.b[0] ^= 1;
	x->f->deed_call = ANNOT_CALL_consistency;
	x->f->status = ANNOT_DENIED;
	x->f->times = 1;
	x->f->deed = FAKE_STATUS;
	assert_status(submit(x, 1, 1), ANNOT_MISMATCH);
	assert_error_says("FORKED");
	assert_int_equal(x->f->times, 1);
	assert_int_equal(waiting(x), 1);
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 1);
	assert_ok(annot_pin(x->a, &pin, NULL, &test_error));
	assert_int_equal(pin.size, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_submit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lie_about_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost_reply, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_daemon, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expect_heads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_by_fork, setup, teardown),
		cmocka_unit_test_setup_teardown(test_admitted_by_fork, setup, teardown),
		cmocka_unit_test_setup_teardown(test_last_word, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_later, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_for_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whole_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_file, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
