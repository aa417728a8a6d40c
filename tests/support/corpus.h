/*
 * Small corpora in memory with real keys, for tests: records are drafted, signed, judged and logged
 * as annotd would, void ones too. Everything is deterministic. A step that cannot fail in a sound
 * library fails the test. Link with test_corpus.
 */
#ifndef TESTS_SUPPORT_CORPUS_H
#define TESTS_SUPPORT_CORPUS_H

#include "assert.h"

#include "log/note.h"
#include "log/tlogproof.h"
#include "proof/bundle.h"
#include "proof/verify.h"
#include "record/draft.h"
#include "record/seal.h"
#include "record/sshsig.h"
#include "state/memory.h"

#define TEST_ORIGIN "example.org/test"

struct test_key {
	struct annot_secret_key secret;
	struct annot_hash author;
};

/* A record in the log. */
struct test_entry {
	uint64_t index;
	const struct annot_record *record;
	struct annot_hash id;
	uint8_t key[ANNOT_KEY_SIZE];
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_leaf leaf;
	struct annot_judgement judgement;
	bool chain;                 /* authority concerned it */
	bool withheld;              /* bundles leave its bytes out */
	struct annot_bytes content; /* of a document */
};

struct test_corpus {
	struct annot_arena *arena;
	struct annot_memory *memory;
	struct annot_skey log;
	struct annot_frontier frontier;
	struct test_entry **entries;
	size_t n;
	struct annot_hash *leaf_hashes;
	struct annot_hash id;
	struct annot_seen seen; /* what the next records have seen */
	struct annot_bytes seen_note;
	uint64_t counter; /* of nonces */
};

/* The key of a seed; the same number gives the same key. Admins of test_corpus_new are keys 1, 2 …
 */
struct test_key test_key(uint8_t seed);

/*
 * A corpus whose admins admin1, admin2 … have keys 1, 2 … Its policy: one approval, scale
 * "truth false:- mixture:0 true:+".
 */
struct test_corpus *test_corpus_new(unsigned admins, unsigned threshold);
/* Without a genesis record. */
struct test_corpus *test_corpus_empty(void);
struct test_corpus *test_corpus_free(struct test_corpus *c);
/* A genesis draft as of test_corpus_new. */
struct annot_draft *test_genesis(const struct test_corpus *c, unsigned admins, unsigned threshold);

/* Builds, signs, judges and logs a draft, and frees it. */
struct test_entry *test_put(struct test_corpus *c, const struct test_key *key,
			    struct annot_draft *draft);
/* The same, and the judgement must be `effect`. */
struct test_entry *test_put_as(struct test_corpus *c, const struct test_key *key,
			       struct annot_draft *draft, enum annot_effect effect);
/* Logs a fact whose record bytes are gone. */
struct annot_judgement test_put_leaf(struct test_corpus *c, const struct annot_leaf *leaf);

/* The judgement is void with that status and its reason holds the words. */
#define assert_void(entry, expected, words)                                                        \
	do {                                                                                       \
		const struct annot_judgement *j_ = &(entry)->judgement;                            \
		if (j_->effect != ANNOT_VOID || j_->status != (expected) ||                        \
		    !strstr(j_->reason, words))                                                    \
			fail_msg("judged %s, %s: \"%s\"; expected void, %s: \"%s\"",               \
				 annot_effect_name(j_->effect), annot_status_name(j_->status),     \
				 j_->reason, annot_status_name(expected), words);                  \
	} while (0)
#define assert_effect(entry, expected)                                                             \
	do {                                                                                       \
		const struct annot_judgement *j_ = &(entry)->judgement;                            \
		if (j_->effect != (expected))                                                      \
			fail_msg("judged %s: \"%s\"; expected %s", annot_effect_name(j_->effect),  \
				 j_->reason, annot_effect_name(expected));                         \
	} while (0)

/* --- corpus_records.c: drafts; the caller puts (and so frees) them
 * --------------------------------------- */

/* A card of a draft; must fit the kind. */
void test_card(struct annot_draft *d, const char *card, const char *value);
void test_ref(struct annot_draft *d, const char *card, const struct annot_hash *value);
/* Replaces the card. */
void test_set(struct annot_draft *d, const char *card, const char *value);

struct annot_draft *test_key_add(const struct test_corpus *c, const char *name,
				 const struct test_key *key);
struct annot_draft *test_key_rotate(const struct test_corpus *c, const char *name,
				    const struct annot_hash *on, const struct test_key *key);
/* from_index ANNOT_NEVER: without. */
struct annot_draft *test_key_revoke(const struct annot_hash *on, const char *reason,
				    int64_t from_index);
struct annot_draft *test_policy(unsigned approvals);
struct annot_draft *test_document(const char *name, struct annot_bytes text);
/* A quote of bytes [start, end) of a document. */
struct annot_draft *test_quote(const struct test_entry *document, uint64_t start, uint64_t end);
struct annot_draft *test_claim(const char *text);
struct annot_draft *test_review(const struct annot_hash *on, const char *decision);
struct annot_draft *test_verdict(const struct annot_hash *on, const char *rating);
/* The seal of a verdict on `on`, and the verdict that opens it. */
struct annot_draft *test_seal(const struct test_corpus *c, const struct test_key *key,
			      const struct annot_hash *on, const char *rating);
struct annot_draft *test_opening(const struct annot_hash *on, const char *rating,
				 const struct annot_hash *seal);
/* A comment, retract, reaffirm or withhold record. */
struct annot_draft *test_about(enum annot_kind kind, const struct annot_hash *on);
/* The cards `admin` of a corpus draft: name and key. */
void test_admin(struct annot_draft *d, const char *name, const struct test_key *key);

/* Enrols a reviewer by admin 1 of a corpus with threshold 1; the key is that of the seed. */
struct test_key test_reviewer(struct test_corpus *c, const char *name, uint8_t seed);
/* Puts a document and keeps its text for bundles. */
struct test_entry *test_put_document(struct test_corpus *c, const struct test_key *key,
				     const char *name, const char *text);

/* The same, as the next version of a document. */
struct test_entry *test_put_version(struct test_corpus *c, const struct test_key *key,
				    const struct test_entry *document, const char *text);

/* --- corpus_bundle.c
 * ---------------------------------------------------------------------------------------- */

/* The log's checkpoint now, as a signed note in c's arena. */
struct annot_bytes test_checkpoint(const struct test_corpus *c, struct annot_checkpoint *ret);
/* Makes the next records say that they have seen the checkpoint as it is now. */
void test_see(struct test_corpus *c);
/* The inclusion proof of an entry under the checkpoint now (a tlog-proof file). */
struct annot_bytes test_proof(const struct test_corpus *c, uint64_t index);
/* One record of a bundle. */
struct annot_bundle_record test_bundle_record(const struct test_corpus *c,
					      const struct test_entry *e);
/*
 * The bundle of an entry as annotctl would collect it: all that concerns authority, what the
 * subject refers to, what that refers to and so on, every review and reaffirmation of these,
 * sources, leaves. The arrays live in c's arena and may be changed.
 */
void test_bundle(const struct test_corpus *c, const struct test_entry *subject,
		 struct annot_bundle *ret);
/* Written, in c's arena. */
struct annot_bytes test_bundle_file(const struct test_corpus *c, const struct annot_bundle *b);
/* test_bundle, written and verified by a reader that trusts c and has no pin. */
const struct annot_report *test_verify(const struct test_corpus *c,
				       const struct test_entry *subject);
const struct annot_report *test_verify_bundle(const struct test_corpus *c,
					      const struct annot_bundle *b,
					      const struct annot_trust *trust);
/* Prints a report, for messages of failed tests. */
void test_print_report(const struct annot_report *r);
/* Whether a line of that name holds the words. */
bool test_report_says(const struct annot_report *r, const char *name, const char *words);

#define assert_verdict(report, expected)                                                           \
	do {                                                                                       \
		const struct annot_report *r_ = (report);                                          \
		if (r_->verdict != (expected)) {                                                   \
			test_print_report(r_);                                                     \
			fail_msg("verdict %s, expected %s", annot_verdict_name(r_->verdict),       \
				 annot_verdict_name(expected));                                    \
		}                                                                                  \
	} while (0)
#define assert_says(report, name, words)                                                           \
	do {                                                                                       \
		if (!test_report_says(report, name, words)) {                                      \
			test_print_report(report);                                                 \
			fail_msg("no line %s says \"%s\"", name, words);                           \
		}                                                                                  \
	} while (0)

#endif
