/* The verifier on sound bundles: words, sources, references, leaves, corpora. */
#include "corpus.h"

struct fixture {
	struct test_corpus *c;
	struct test_key bob, carol;
	struct test_entry *document, *quote;
};

static int setup(void **state)
{
	static struct fixture f;

	f.c = test_corpus_new(1, 1);
	f.bob = test_reviewer(f.c, "bob", 50);
	f.carol = test_reviewer(f.c, "carol", 51);
	f.document =
		test_put_document(f.c, &f.bob, "speech",
				  "Caf\xc3\xa9: \"We will plant a million trees\", she said.\n");
	f.quote = test_put_as(f.c, &f.carol, test_quote(f.document, 8, 35), ANNOT_EFFECTIVE);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	test_corpus_free(f->c);
	return 0;
}

static void test_quote_is_valid(void **state)
{
	struct fixture *f = *state;
	const struct annot_report *r;

	test_put_as(f->c, &f->carol, test_review(&f->document->id, "approve"), ANNOT_EFFECTIVE);
	r = test_verify(f->c, f->quote);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_int_equal(annot_verdict_exit(r->verdict), 0);
	assert_says(r, "corpus", "");
	assert_says(r, "signature", "good, by key SHA256:");
	assert_says(r, "author", "carol (SHA256:");
	assert_says(r, "author", "enrolled at #2 by admin1");
	assert_says(r, "key", "in force at #4, not revoked as of #6");
	assert_says(r, "words", "1 of 1 targets stand in the source, byte for byte");
	assert_says(r, "source",
		    "speech, as stated by bob, approved by 1: Example Gazette, "
		    "https://example.org/article");
	assert_says(r, "logged", "example.org/test, record #4 of 6, inclusion proved");
	assert_says(r, "checkpoint", "signed by the log key");
	assert_says(r, "latest", "version 1, the newest as of #6");
	assert_says(r, "retraction", "not retracted as of #6");
	assert_says(r, "references", "1 record referred to");
	assert_says(r, "time", "claimed: 2026-");
	assert_says(r, "pin", "no earlier checkpoint");
	assert_says(r, "seen", "had seen no checkpoint");
	assert_says(r, "witnesses", "none asked for");
	assert_string_equal(r->checks[r->n_checks - 1].text,
			    "not shown here: whether the claim is true");
	assert_int_equal(r->index, 4);
	assert_int_equal(r->size, 6);
	assert_true(annot_hash_equal(&r->record->id, &f->quote->id));
	assert_string_equal(r->checkpoint.origin, TEST_ORIGIN);
	assert_non_null(r->note.data);
}

static void test_approvals_count_persons(void **state)
{
	struct fixture *f = *state;
	struct annot_trust trust = {.corpus = f->c->id};
	struct annot_bundle b;
	struct test_entry *first, *review;

	first = test_put_as(f->c, &f->carol, test_review(&f->document->id, "approve"),
			    ANNOT_EFFECTIVE);
	review = test_put_as(f->c, &f->carol, test_review(&f->document->id, "approve"),
			     ANNOT_EFFECTIVE);
	assert_says(test_verify(f->c, f->quote), "source", "approved by 1:");
	test_bundle(f->c, f->quote, &b);
	b.n_references = 1; /* the document alone */
	assert_says(test_verify_bundle(f->c, &b, &trust), "source",
		    "approved by 0 (2 more reviews are not in the bundle):");
	test_put_as(f->c, &f->bob, test_review(&f->document->id, "approve"), ANNOT_EFFECTIVE);
	assert_says(test_verify(f->c, f->quote), "source", "approved by 2");
	test_put_as(f->c, &f->bob, test_review(&f->document->id, "reject"), ANNOT_EFFECTIVE);
	assert_says(test_verify(f->c, f->quote), "source", "approved by 1");
	/* What is left of hers stands again, as in the daemon's views. */
	test_put_as(f->c, &f->carol, test_about(ANNOT_KIND_retract, &review->id), ANNOT_EFFECTIVE);
	assert_says(test_verify(f->c, f->quote), "source", "approved by 1");
	test_put_as(f->c, &f->carol, test_about(ANNOT_KIND_retract, &first->id), ANNOT_EFFECTIVE);
	assert_says(test_verify(f->c, f->quote), "source", "approved by 0");
}

static void test_every_kind(void **state)
{
	struct fixture *f = *state;
	struct test_entry *claim = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct annot_draft *link = annot_draft_new(ANNOT_KIND_link);
	struct annot_draft *verdict = test_verdict(&f->quote->id, "true");

	test_ref(link, "from", &claim->id);
	test_card(link, "relation", "supports");
	test_ref(link, "to", &f->quote->id);
	test_put_as(f->c, &f->bob, link, ANNOT_EFFECTIVE);
	test_ref(verdict, "evidence", &claim->id);
	test_ref(verdict, "evidence", &f->document->id);
	test_put_as(f->c, &f->bob, verdict, ANNOT_EFFECTIVE);
	test_put_as(f->c, &f->bob, test_about(ANNOT_KIND_comment, &f->quote->id), ANNOT_EFFECTIVE);
	test_put_as(f->c, &f->bob, test_review(&f->quote->id, "approve"), ANNOT_EFFECTIVE);
	for (size_t i = 0; i < f->c->n; i++)
		assert_verdict(test_verify(f->c, f->c->entries[i]), ANNOT_VALID_UNWITNESSED);
	/* The words under a verdict are compared too. */
	assert_says(test_verify(f->c, f->c->entries[f->c->n - 3]), "words",
		    "of record #4, referred to: 1 of 1 targets compared");
}

static void test_without_leaves(void **state)
{
	struct fixture *f = *state;
	struct annot_trust trust = {.corpus = f->c->id};
	struct annot_bundle b;
	const struct annot_report *r;

	test_bundle(f->c, f->quote, &b);
	b.leaves = (struct annot_bytes){0};
	r = test_verify_bundle(f->c, &b, &trust);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_int_equal(annot_verdict_exit(r->verdict), 1);
	assert_says(r, "signature", "good");
	assert_says(r, "checkpoint", "signed by the log key");
	assert_says(r, "words", "1 of 1 targets");
	assert_says(r, "latest", "not checked");
}

static void drop(struct annot_bundle *b, struct annot_bytes record)
{
	struct annot_bundle_record *lists[] = {
		(struct annot_bundle_record *)(uintptr_t)b->chain,
		(struct annot_bundle_record *)(uintptr_t)b->references};
	size_t *counts[] = {&b->n_chain, &b->n_references};

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < *counts[l]; i++)
			if (lists[l][i].record.data == record.data) {
				memmove(&lists[l][i], &lists[l][i + 1],
					(*counts[l] - i - 1) * sizeof(lists[l][0]));
				--*counts[l];
				return;
			}
	fail_msg("not in the bundle");
}

static void test_missing_records(void **state)
{
	struct fixture *f = *state;
	struct annot_trust trust = {.corpus = f->c->id};
	struct annot_bundle b;
	const struct annot_report *r;

	/* The document: neither the words nor the reference can be checked. */
	test_bundle(f->c, f->quote, &b);
	drop(&b, f->document->record->bytes);
	b.n_sources = 0;
	r = test_verify_bundle(f->c, &b, &trust);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_says(r, "references", "target: the record that it names is not in the bundle");
	assert_says(r, "words", "the document's record is not in the bundle");
	/* Its text. */
	test_bundle(f->c, f->quote, &b);
	b.n_sources = 0;
	r = test_verify_bundle(f->c, &b, &trust);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_says(r, "words", "the document's text is not in the bundle");
	r = test_verify(f->c, f->document);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	/* Any record of the key chain, even of another person. */
	for (size_t i = 0; i < 3; i++) {
		test_bundle(f->c, f->quote, &b);
		drop(&b, f->c->entries[i]->record->bytes);
		r = test_verify_bundle(f->c, &b, &trust);
		assert_verdict(r, ANNOT_CANNOT_CHECK);
		assert_says(r, "key chain",
			    "is not in the bundle; who may sign what cannot be shown");
	}
}

static void test_other_corpus(void **state)
{
	struct fixture *f = *state;
	struct annot_trust trust = {.corpus = {.b = {1}}};
	struct annot_bundle b;
	const struct annot_report *r;

	test_bundle(f->c, f->quote, &b);
	r = test_verify_bundle(f->c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "corpus", "the record is of corpus");
	assert_null(r->note.data);
}

static void test_text_for_terminals(void **state)
{
	struct fixture *f = *state;
	struct annot_draft *d = annot_draft_amend(f->document->record);
	struct test_entry *v2;
	const struct annot_report *r;

	test_set(d, "publisher", "\x1b[31mRed\xe2\x80\xae desk\n");
	v2 = test_put_as(f->c, &f->bob, d, ANNOT_EFFECTIVE);
	v2->content = f->document->content;
	r = test_verify(f->c, v2);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "source", "\\u{1b}[31mRed\\u{202e} desk\\n");
	for (size_t i = 0; i < r->n_checks; i++)
		assert_null(strpbrk(r->checks[i].text, "\x1b\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_quote_is_valid, setup, teardown),
		cmocka_unit_test_setup_teardown(test_approvals_count_persons, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_leaves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing_records, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_corpus, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text_for_terminals, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
