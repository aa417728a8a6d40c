/* The client against a real annotd: from signing to a bundle that is verified without it. */
#include "daemon.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"
#include "client/client.h"
#include "client/signer.h"
#include "log/tree.h"
#include "proof/gate.h"

static const char speech[] = "It rained. \"We shall rebuild the bridge\", the minister said.\n";
static const char words[] = "We shall rebuild the bridge";

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct annot *a;
	struct annot_signer *admin, *bob;
	struct annot_arena *arena;
};

static struct annot_signer *signer(struct fixture *f, const struct test_key *key, const char *name)
{
	struct annot_buf file = ANNOT_BUF_INIT(1 << 16);
	struct annot_signer *ret;
	annot_secret_write(&key->secret, 1, &file);
	test_write_file(f->dir, name, file.data, file.len, 0600);
	annot_buf_free(&file);
	assert_ok(annot_signer_open(test_path(f->dir, name), &ret, &test_error));
	return ret;
}

static void open_client(struct fixture *f)
{
	struct annot_options options = ANNOT_OPTIONS_INIT;
	options.socket = f->daemon.url;
	assert_ok(annot_open(&options, &f->a, &test_error));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct test_key admin = test_key(1), bob = test_key(9);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(64 << 20);
	test_folder(f->test, NULL, f->dir);
	setenv("XDG_STATE_HOME", f->dir, 1);
	f->admin = signer(f, &admin, "admin.key");
	f->bob = signer(f, &bob, "bob.key");
	test_daemon_start(f->dir, &f->daemon);
	open_client(f);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	annot_close(f->a);
	annot_signer_close(f->admin);
	annot_signer_close(f->bob);
	annot_arena_free(f->arena);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* Signs and submits; the record. The draft is freed. */
static const struct annot_record *add(struct fixture *f, const struct annot_signer *by,
				      struct annot_draft *draft)
{
	struct annot_signed made;
	struct annot_receipt receipt;
	assert_ok(annot_sign(f->a, by, draft, f->arena, &made, &test_error));
	annot_draft_free(draft);
	assert_ok(annot_submit(f->a, &made, 1, f->arena, &receipt, &test_error));
	if (receipt.status != ANNOT_OK)
		fail_msg("refused: %s", receipt.message);
	return made.record;
}

static struct annot_draft *quote(const struct annot_record *document)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_quote);
	size_t at = (size_t)(strstr(speech, words) - speech);
	assert_ok(annot_draft_add_target(d, &document->id, annot_bytes_of(speech), at,
					 at + strlen(words), &test_error));
	test_card(d, "form", "direct");
	return d;
}

static const struct annot_report *verify(struct fixture *f, const struct annot_buf *bundle)
{
	struct annot_trust trust = {.corpus = f->test->id};
	const struct annot_report *report;
	assert_ok(annot_pin_load(&f->test->id, &trust.pin, &test_error));
	assert_true(trust.pin.size > 0);
	assert_ok(annot_verify_bundle(f->arena, annot_buf_bytes(bundle), &trust, &report,
				      &test_error));
	return report;
}

static void test_whole_way(void **state)
{
	struct fixture *f = *state;
	struct annot_buf bundle = ANNOT_BUF_INIT(16 << 20);
	struct annot_bytes text;
	struct annot_fetched got;
	struct test_key bob = test_key(9);
	add(f, f->admin, test_key_add(f->test, "bob", &bob));
	const struct annot_record *document =
		add(f, f->bob, test_document("speech", annot_bytes_of(speech)));
	assert_status(annot_fetch_text(f->a, document, &text, &test_error), ANNOT_NOT_FOUND);
	assert_ok(annot_upload(f->a, &document->id, annot_bytes_of(speech), &test_error));
	assert_ok(annot_upload(f->a, &document->id, annot_bytes_of(speech), &test_error));
	assert_ok(annot_fetch_text(f->a, document, &text, &test_error));
	assert_memory_equal(text.data, speech, strlen(speech));
	add(f, f->admin, test_review(&document->id, "approve"));
	const struct annot_record *said = add(f, f->bob, quote(document));
	const struct annot_record *verdict = add(f, f->bob, test_verdict(&said->id, "true"));
	add(f, f->admin, test_review(&verdict->id, "approve"));

	assert_ok(annot_fetch(f->a, "speech", f->arena, &got, &test_error));
	assert_true(annot_hash_equal(&got.record->id, &document->id));
	assert_ok(annot_bundle_collect(f->a, annot_hash_hex(&verdict->id).text,
				       annot_buf_sink(&bundle), &test_error));
	const struct annot_report *report = verify(f, &bundle);
	assert_verdict(report, ANNOT_VALID_UNWITNESSED);
	assert_says(report, "latest", "newest as of #7");
	annot_buf_truncate(&bundle, 0);
	assert_ok(annot_bundle_collect(f->a, annot_hash_hex(&said->id).text,
				       annot_buf_sink(&bundle), &test_error));
	report = verify(f, &bundle);
	assert_verdict(report, ANNOT_VALID_UNWITNESSED);
	assert_says(report, "source", "speech, as stated by bob, approved by 1");
	assert_says(report, "words", "1 of 1 targets");

	/* A later version of what it rates: the verdict still rests on the one that it names. */
	struct annot_draft *amended = annot_draft_amend(said);
	test_card(amended, "tag", "bridge");
	add(f, f->bob, amended);
	annot_buf_truncate(&bundle, 0);
	assert_ok(annot_bundle_collect(f->a, annot_hash_hex(&verdict->id).text,
				       annot_buf_sink(&bundle), &test_error));
	assert_verdict(verify(f, &bundle), ANNOT_VALID_UNWITNESSED);

	/* A later version of itself: a new bundle of the old one says so. */
	struct annot_draft *later = annot_draft_amend(verdict);
	test_set(later, "rating", "false");
	const struct annot_record *changed = add(f, f->bob, later);
	char first[ANNOT_HASH_HEX + 3];
	snprintf(first, sizeof(first), "=%s", annot_hash_hex(&verdict->id).text);
	assert_ok(
		annot_fetch(f->a, annot_hash_hex(&verdict->id).text, f->arena, &got, &test_error));
	assert_true(annot_hash_equal(&got.record->id, &changed->id));
	assert_ok(annot_fetch(f->a, first, f->arena, &got, &test_error));
	assert_true(annot_hash_equal(&got.record->id, &verdict->id));
	annot_buf_truncate(&bundle, 0);
	assert_ok(annot_bundle_collect(f->a, first, annot_buf_sink(&bundle), &test_error));
	assert_verdict(verify(f, &bundle), ANNOT_SUPERSEDED);
	add(f, f->bob, test_about(ANNOT_KIND_retract, &changed->id));
	annot_buf_truncate(&bundle, 0);
	assert_ok(annot_bundle_collect(f->a, annot_hash_hex(&changed->id).text,
				       annot_buf_sink(&bundle), &test_error));
	assert_verdict(verify(f, &bundle), ANNOT_RETRACTED);
	annot_buf_free(&bundle);
}

/* Several records in one bundle: with their reviews, and the reaffirmation of one of these. */
static void test_several(void **state)
{
	enum { CLAIMS = 40 };
	struct fixture *f = *state;
	struct annot_buf bundle = ANNOT_BUF_INIT(16 << 20);
	struct test_key bob = test_key(9), carol = test_key(10), carol2 = test_key(11);
	struct annot_signer *signers[] = {signer(f, &carol, "carol.key"),
					  signer(f, &carol2, "carol2.key")};
	struct annot_hash claims[CLAIMS + 1];
	struct annot_trust trust = {.corpus = f->test->id};
	const struct annot_gate *gate;
	add(f, f->admin, test_key_add(f->test, "bob", &bob));
	const struct annot_record *key = add(f, f->admin, test_key_add(f->test, "carol", &carol));
	for (unsigned i = 0; i < CLAIMS; i++) {
		claims[i] = add(f, f->bob, test_claim("It rained."))->id;
		if (i > 0)
			add(f, f->admin, test_review(&claims[i], "approve"));
	}
	claims[CLAIMS] = f->test->id; /* the genesis record is of the chain as well */
	const struct annot_record *review = add(f, signers[0], test_review(&claims[0], "approve"));
	add(f, signers[0], test_key_rotate(f->test, "carol", &key->id, &carol2));
	add(f, f->admin, test_key_revoke(&key->id, "compromised", (int64_t)CLAIMS * 2));
	assert_ok(annot_bundle_collect_records(f->a, claims, CLAIMS + 1, annot_buf_sink(&bundle),
					       &test_error));
	assert_ok(annot_pin_load(&f->test->id, &trust.pin, &test_error));
	assert_ok(annot_gate_bundle(f->arena, annot_buf_bytes(&bundle), &trust, claims, CLAIMS + 1,
				    &gate, &test_error));
	assert_int_equal(gate->n_records, CLAIMS + 1);
	assert_int_equal(gate->checkpoint.size, trust.pin.size);
	for (unsigned i = 0; i <= CLAIMS; i++)
		assert_int_equal(gate->records[i].passed, i > 0);
	add(f, signers[1], test_about(ANNOT_KIND_reaffirm, &review->id));
	annot_buf_truncate(&bundle, 0);
	assert_ok(annot_bundle_collect_records(f->a, claims, 1, annot_buf_sink(&bundle),
					       &test_error));
	assert_ok(annot_gate_bundle(f->arena, annot_buf_bytes(&bundle), &trust, claims, 1, &gate,
				    &test_error));
	assert_true(gate->passed);
	annot_buf_free(&bundle);
	annot_signer_close(signers[0]);
	annot_signer_close(signers[1]);
}

/* A text larger than a piece goes up in several, and on from where an upload stopped. */
static void test_large_text(void **state)
{
	struct fixture *f = *state;
	enum { LINES = 60000 };
	struct annot_buf text = ANNOT_BUF_INIT(64 << 20);
	struct annot_arena *arena = annot_arena_new(64 << 20);
	struct annot_bytes got;
	for (unsigned i = 0; i < LINES; i++)
		annot_buf_printf(&text, "line %u of a long protocol, in so many words\n", i);
	assert_true(text.len > 2 << 20);
	const struct annot_record *document =
		add(f, f->admin, test_document("protocol", annot_buf_bytes(&text)));
	struct annot_upload_request in = {.document = document->id,
					  .data = annot_bytes(text.data, 1000)};
	const struct annot_upload_reply *reply;
	assert_ok(annot_call_upload(f->a, &in, arena, &reply, &test_error));
	assert_int_equal(reply->received, 1000);
	assert_ok(annot_upload(f->a, &document->id, annot_buf_bytes(&text), &test_error));
	assert_ok(annot_fetch_text(f->a, document, &got, &test_error));
	assert_int_equal(got.len, text.len);
	assert_memory_equal(got.data, text.data, text.len);

	/* Other words than the record says are refused. */
	document = add(f, f->admin, test_document("other", annot_bytes_of("one two\n")));
	assert_status(annot_upload(f->a, &document->id, annot_bytes_of("one too\n"), &test_error),
		      ANNOT_MISMATCH);
	assert_ok(annot_upload(f->a, &document->id, annot_bytes_of("one two\n"), &test_error));
	document = add(f, f->admin, test_document("empty", annot_bytes_of("")));
	assert_ok(annot_upload(f->a, &document->id, annot_bytes_of(""), &test_error));
	annot_arena_free(arena);
	annot_buf_free(&text);
}

/* More records than a request takes, and one among them that the rules refuse. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	enum { MANY = 600 };
	struct annot_signed *made = calloc(MANY, sizeof(*made));
	struct annot_receipt *receipts = calloc(MANY, sizeof(*receipts));
	struct annot_checkpoint pin;
	for (unsigned i = 0; i < MANY; i++) {
		struct annot_draft *draft = test_claim("It rained on that day.");
		const struct annot_signer *by = i == 300 ? f->bob : f->admin; /* not enrolled */
		assert_ok(annot_sign(f->a, by, draft, f->arena, &made[i], &test_error));
		annot_draft_free(draft);
	}
	assert_ok(annot_submit(f->a, made, MANY, f->arena, receipts, &test_error));
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(receipts[i].status, i == 300 ? ANNOT_DENIED : ANNOT_OK);
	assert_int_equal(receipts[MANY - 1].index, MANY - 1);
	assert_ok(annot_pin(f->a, &pin, NULL, &test_error));
	assert_int_equal(pin.size, MANY);
	free(made);
	free(receipts);
}

/* The daemon is killed under the client: the record waits, and goes in when it is back. */
static void test_killed(void **state)
{
	struct fixture *f = *state;
	struct annot_signed made;
	struct annot_receipt receipt;
	size_t sent, refused;
	struct annot_checkpoint before, after;
	assert_ok(annot_pin_refresh(f->a, &before, &test_error));
	struct annot_draft *draft = test_claim("It rained.");
	assert_ok(annot_sign(f->a, f->admin, draft, f->arena, &made, &test_error));
	annot_draft_free(draft);
	test_daemon_kill(&f->daemon);
	assert_status(annot_submit(f->a, &made, 1, f->arena, &receipt, &test_error),
		      ANNOT_UNREACHABLE);
	test_daemon_start(f->dir, &f->daemon);
	assert_ok(annot_outbox_flush(f->a, &sent, &refused, &test_error));
	assert_int_equal(sent, 1);
	assert_int_equal(refused, 0);
	assert_ok(annot_pin_refresh(f->a, &after, &test_error));
	assert_int_equal(after.size, before.size + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several, setup, teardown),
		cmocka_unit_test_setup_teardown(test_large_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
