/* Review states and flags of rows: persons are counted, on exactly this version, by the policy in
 * force. */
#include "stored.h"

#include <stdio.h>

static int setup(void **state)
{
	*state = stored_new(1, 1);
	return 0;
}

static int teardown(void **state)
{
	stored_free(*state);
	return 0;
}

static struct test_entry *put(struct stored *s, const struct test_key *key, struct annot_draft *d)
{
	return test_put_as(s->c, key, d, ANNOT_EFFECTIVE);
}

#define STATE(entry, expected)                                                                     \
	do {                                                                                       \
		stored_sync(s);                                                                    \
		assert_string_equal(stored_row(s, entry)->review, expected);                       \
	} while (0)

static void test_states(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20),
			ben = test_reviewer(s->c, "ben", 21), cem = test_reviewer(s->c, "cem", 22);

	put(s, &admin, test_policy(2));
	const struct test_entry *claim = put(s, &anna, test_claim("one"));
	STATE(claim, "draft");
	put(s, &anna, test_review(&claim->id, "approve")); /* her own does not count */
	STATE(claim, "in-review");
	const struct test_entry *first = put(s, &ben, test_review(&claim->id, "approve"));
	STATE(claim, "in-review");
	put(s, &ben,
	    test_review(&claim->id, "approve")); /* nor does a second one of the same person */
	STATE(claim, "in-review");
	put(s, &cem, test_review(&claim->id, "approve"));
	STATE(claim, "approved");
	const struct test_entry *changes = put(s, &cem, test_review(&claim->id, "request-changes"));
	STATE(claim, "changes-requested");
	const struct test_entry *reject = put(s, &ben, test_review(&claim->id, "reject"));
	STATE(claim, "rejected");
	put(s, &ben, test_about(ANNOT_KIND_retract, &reject->id));
	STATE(claim, "changes-requested");
	struct annot_draft *d = annot_draft_amend(changes->record);
	test_set(d, "decision", "approve");
	put(s, &cem, d);
	STATE(claim, "approved");
	/* Approvals of older versions never count; who authored an ancestor does not count either.
	 */
	d = annot_draft_amend(claim->record);
	test_set(d, "text", "two");
	const struct test_entry *two = put(s, &ben, d);
	STATE(two, "draft");
	STATE(claim, "approved");
	put(s, &anna, test_review(&two->id, "approve"));
	put(s, &ben, test_review(&two->id, "approve"));
	put(s, &cem, test_review(&two->id, "approve"));
	STATE(two, "in-review");
	put(s, &admin, test_review(&two->id, "approve"));
	STATE(two, "approved");
	assert_string_equal(stored_list(s, "kind:claim state:approved"), "14");
	put(s, &anna, test_about(ANNOT_KIND_retract, &claim->id));
	STATE(two, "retracted");
	STATE(claim, "retracted");
	STATE(first, "");
}

static void test_two_keys(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), ben = test_reviewer(s->c, "ben", 21),
			ben2 = test_key(31), cem = test_reviewer(s->c, "cem", 22);

	put(s, &admin, test_policy(2));
	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	const struct test_entry *mine = put(s, &ben, test_claim("mine"));
	put(s, &ben, test_review(&claim->id, "approve"));
	put(s, &ben, test_key_rotate(s->c, "ben", &s->c->entries[1]->id, &ben2));
	put(s, &ben2, test_review(&claim->id, "approve"));
	STATE(claim, "in-review"); /* one person with two keys */
	put(s, &cem, test_review(&claim->id, "approve"));
	STATE(claim, "approved");
	put(s, &ben2,
	    test_review(&claim->id, "reject")); /* and the newer key speaks for the older */
	STATE(claim, "rejected");
	put(s, &cem, test_review(&mine->id, "approve"));
	put(s, &ben2, test_review(&mine->id, "approve"));
	STATE(mine, "in-review"); /* another key does not make another author */
	assert_string_equal(stored_row(s, claim)->author_name, "admin1");
	assert_string_equal(stored_row(s, mine)->author_name, "ben");
}

static void test_bots(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), bot = test_key(40);
	struct annot_draft *d = test_key_add(s->c, "robot", &bot);

	test_set(d, "role", "bot");
	put(s, &admin, d);
	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	put(s, &bot, test_review(&claim->id, "approve"));
	STATE(claim, "in-review");
	d = test_policy(1);
	test_set(d, "bots-count", "yes");
	put(s, &admin, d);
	STATE(claim, "approved");
	d = test_policy(1);
	test_set(d, "self-approval", "yes");
	put(s, &admin, d);
	STATE(claim, "in-review");
	put(s, &admin, test_review(&claim->id, "approve"));
	STATE(claim, "approved");
}

static void test_compromised(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), ben = test_reviewer(s->c, "ben", 21),
			ben2 = test_key(31);

	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	const struct test_entry *review = put(s, &ben, test_review(&claim->id, "approve"));
	const struct test_entry *rotate =
		put(s, &ben, test_key_rotate(s->c, "ben", &s->c->entries[1]->id, &ben2));
	STATE(claim, "approved");
	put(s, &admin,
	    test_key_revoke(&s->c->entries[1]->id, "compromised", (int64_t)review->index));
	STATE(claim, "draft");
	const struct test_entry *stands =
		put(s, &ben2, test_about(ANNOT_KIND_reaffirm, &review->id));
	STATE(claim, "approved");
	/* The thief had that key, too. */
	put(s, &admin, test_key_revoke(&rotate->id, "compromised", (int64_t)stands->index));
	STATE(claim, "draft");
}

static bool has_flag(const struct annot_row *row, const char *flag)
{
	for (size_t i = 0; i < row->n_flags; i++)
		if (strcmp(row->flags[i], flag) == 0)
			return true;
	return false;
}

static void test_flags(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	const struct test_entry *claim = put(s, &admin, test_claim("one"));

	put(s, &admin, test_verdict(&claim->id, "false"));
	const struct test_entry *hers = put(s, &anna, test_verdict(&claim->id, "mixture"));
	stored_sync(s);
	assert_false(has_flag(stored_row(s, claim), "disputed"));
	struct annot_draft *d = annot_draft_amend(hers->record);
	test_set(d, "rating", "true");
	const struct test_entry *now = put(s, &anna, d);
	stored_sync(s);
	assert_true(has_flag(stored_row(s, claim), "disputed"));
	assert_string_equal(stored_list(s, "state:disputed"), "2");
	assert_string_equal(stored_list(s, "state:disputed as-of:#5"), "");
	put(s, &anna, test_about(ANNOT_KIND_retract, &now->id));
	stored_sync(s);
	assert_false(has_flag(stored_row(s, claim), "disputed"));
	for (int i = 0; i < 2; i++) {
		d = annot_draft_amend(claim->record);
		test_set(d, "text", i ? "right" : "left");
		put(s, &anna, d);
	}
	stored_sync(s);
	assert_true(has_flag(stored_row(s, claim), "conflict"));
	assert_string_equal(stored_list(s, "state:conflict kind:claim"), "7 8");
	assert_int_equal(stored_row(s, claim)->n_flags, 1);
}

/* The flags of a row: "conflict,disputed". */
static const char *flags(struct stored *s, const struct test_entry *e)
{
	static char ret[128];

	stored_sync(s);
	const struct annot_row *row = stored_row(s, e);

	ret[0] = '\0';
	for (size_t i = 0; i < row->n_flags; i++)
		snprintf(ret + strlen(ret), sizeof ret - strlen(ret), "%s%s", i ? "," : "",
			 row->flags[i]);
	return ret;
}

static bool is_blind(struct stored *s, const struct test_entry *e)
{
	stored_sync(s);
	return stored_row(s, e)->blind;
}

static void test_blind(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20),
			ben = test_reviewer(s->c, "ben", 21), cem = test_reviewer(s->c, "cem", 22);

	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	const struct annot_hash *on = &claim->id;
	const struct test_entry *hers = put(s, &anna, test_seal(s->c, &anna, on, "true"));
	const struct test_entry *his = put(s, &ben, test_seal(s->c, &ben, on, "false"));

	assert_string_equal(flags(s, hers), "unopened");
	assert_string_equal(stored_list(s, "state:unopened"), "5 6");
	assert_string_equal(stored_list(s, "state:unopened author:ben"), "6");
	const struct test_entry *opened = put(s, &anna, test_opening(on, "true", &hers->id));

	assert_true(is_blind(s, opened));
	assert_string_equal(flags(s, hers), "");
	assert_string_equal(flags(s, claim), "");
	/* Sealed after the first verdict was open: not blind, whenever it is opened. */
	const struct test_entry *late = put(s, &cem, test_seal(s->c, &cem, on, "true"));
	const struct test_entry *too_late = put(s, &cem, test_opening(on, "true", &late->id));

	assert_false(is_blind(s, too_late));
	const struct test_entry *second = put(s, &ben, test_opening(on, "false", &his->id));

	assert_true(is_blind(s, second));
	assert_string_equal(flags(s, claim), "disputed");
	assert_string_equal(stored_list(s, "state:unopened"), "");
	assert_string_equal(stored_list(s, "state:unopened as-of:#7"), "5 6");
	assert_string_equal(stored_list(s, "state:unopened as-of:#8"), "6");
	/* An open one never is; nor is a later version of a blind one. */
	assert_false(is_blind(s, put(s, &admin, test_verdict(on, "true"))));
	struct annot_draft *d = annot_draft_amend(second->record);

	annot_draft_unset(d, "opens");
	annot_draft_unset(d, "salt");
	test_set(d, "rating", "true");
	assert_false(is_blind(s, put(s, &ben, d)));
	assert_true(is_blind(s, second));
	/* What could be read was read, also where it was retracted later, or void from the start.
	 */
	const struct test_entry *other = put(s, &admin, test_claim("two"));
	const struct test_entry *gone = put(s, &anna, test_verdict(&other->id, "true"));

	put(s, &anna, test_about(ANNOT_KIND_retract, &gone->id));
	const struct test_entry *seal = put(s, &ben, test_seal(s->c, &ben, &other->id, "true"));

	assert_false(is_blind(s, put(s, &ben, test_opening(&other->id, "true", &seal->id))));
	other = put(s, &admin, test_claim("three"));
	assert_void(test_put(s->c, &cem, test_verdict(&other->id, "unheard-of")), ANNOT_REFUSED,
		    "scale truth has");
	seal = put(s, &ben, test_seal(s->c, &ben, &other->id, "true"));
	assert_false(is_blind(s, put(s, &ben, test_opening(&other->id, "true", &seal->id))));
}

static void test_given_up(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	const struct test_entry *before = put(s, &anna, test_verdict(&claim->id, "true"));
	const struct test_entry *seal = put(s, &anna, test_seal(s->c, &anna, &claim->id, "true"));
	struct annot_draft *d = annot_draft_amend(before->record);

	put(s, &anna, d); /* a new version of an old verdict leaves it as it is */
	put(s, &admin, test_verdict(&claim->id, "true"));
	assert_string_equal(flags(s, seal), "unopened");
	put(s, &anna, test_verdict(&claim->id, "false"));
	assert_string_equal(flags(s, seal), "given-up");
	assert_string_equal(stored_list(s, "state:given-up"), "4");
	assert_string_equal(stored_list(s, "state:unopened"), "");
}

/* Persons are counted, not keys: one who rotated is nobody else, and has one seal, one voice. */
static void test_blind_two_keys(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20),
			anna2 = test_key(30), ben = test_reviewer(s->c, "ben", 21);
	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	const struct annot_hash *on = &claim->id;

	put(s, &anna, test_verdict(on, "true"));
	const struct test_entry *old = put(s, &anna, test_seal(s->c, &anna, on, "false"));

	put(s, &anna, test_key_rotate(s->c, "anna", &s->c->entries[1]->id, &anna2));
	assert_string_equal(flags(s, old), "unopened");
	assert_string_equal(stored_list(s, "state:unopened author:anna"), "5");
	/* What the old key sealed, the new one cannot open (its author is in the commitment) but
	 * give up. */
	assert_void(test_put(s->c, &anna2, test_seal(s->c, &anna2, on, "false")), ANNOT_REFUSED,
		    "has an unopened seal");
	assert_void(test_put(s->c, &anna2, test_opening(on, "false", &old->id)), ANNOT_MISMATCH,
		    "signed by the same key");
	put(s, &anna2, test_verdict(on, "mixture"));
	assert_string_equal(flags(s, old), "given-up");
	/* Her own verdict by the old key does not make her new one less blind. */
	const struct test_entry *seal = put(s, &anna2, test_seal(s->c, &anna2, on, "false"));
	const struct test_entry *opened = put(s, &anna2, test_opening(on, "false", &seal->id));

	assert_true(is_blind(s, opened));
	assert_string_equal(flags(s, claim), ""); /* true, then false: one voice, the last */
	put(s, &ben, test_verdict(on, "true"));
	assert_string_equal(flags(s, claim), "disputed");
	put(s, &anna2, test_verdict(on, "true"));
	assert_string_equal(flags(s, claim), "");
}

/* Rows say which version of what they are about, and what is newer. */
static void test_about_version(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	const struct test_entry *claim = put(s, &admin, test_claim("one"));
	struct annot_draft *d = annot_draft_amend(claim->record);

	test_set(d, "text", "two");
	const struct test_entry *two = put(s, &anna, d);
	const struct test_entry *first = put(s, &anna, test_review(&claim->id, "approve"));
	const struct test_entry *second = put(s, &admin, test_review(&two->id, "approve"));

	stored_sync(s);
	const struct annot_row *row = stored_row(s, first);

	assert_int_equal(row->on_version, 1);
	assert_int_equal(row->on_versions, 2);
	assert_false(row->on_head);
	assert_true(annot_hash_equal(&row->on_annotation, &claim->id));
	row = stored_row(s, second);
	assert_int_equal(row->on_version, 2);
	assert_true(row->on_head);
	assert_true(annot_hash_equal(&row->on_annotation, &claim->id));
	row = stored_row(s, two);
	assert_int_equal(row->on_version, 0);
	assert_true(annot_hash_is_zero(&row->on_annotation));
}

static void test_second_reader(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20),
			ben = test_key(21);
	struct annot_draft *d = test_policy(1);

	test_card(d, "second-reader", "yes");
	put(s, &admin, d);
	d = test_key_add(s->c, "ben", &ben);
	test_card(d, "language", "fr-CA");
	put(s, &admin, d);
	d = test_document("original", annot_bytes_of("Bonjour."));
	test_card(d, "language", "fr");
	const struct test_entry *original = put(s, &admin, d);
	d = test_document("translated", annot_bytes_of("Guten Tag."));
	test_card(d, "language", "de-AT");
	test_ref(d, "translation-of", &original->id);
	const struct test_entry *translated = put(s, &admin, d);
	put(s, &anna, test_review(&translated->id, "approve")); /* reads German only */
	STATE(translated, "in-review");
	put(s, &ben, test_review(&translated->id, "approve"));
	STATE(translated, "approved");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_states),         T(test_two_keys),      T(test_bots),  T(test_compromised),
		T(test_flags),          T(test_second_reader), T(test_blind), T(test_given_up),
		T(test_blind_two_keys), T(test_about_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
