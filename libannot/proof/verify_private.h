/* What the files of the verifier share. */
#ifndef ANNOT_PROOF_VERIFY_PRIVATE_H
#define ANNOT_PROOF_VERIFY_PRIVATE_H

#include "proof/excerpt.h"
#include "proof/verify.h"
#include "state/memory.h"
#include "state/review.h"
#include "state/table.h"

enum { ANNOT_CHECKS_MAX = 128, ANNOT_CHECK_TEXT_MAX = 2048 };

enum annot_role { ANNOT_ROLE_SUBJECT, ANNOT_ROLE_CHAIN, ANNOT_ROLE_REFERENCE };

/* What the replay notes about a record that is verified. */
struct annot_noted {
	struct annot_judgement judgement;
	struct annot_key_info author, author_now; /* at its index; as of the checkpoint */
	bool has_author;
	struct annot_hash seen_root; /* of the tree that its author says to have seen */
};

/* A review, verdict or reaffirmation of a record of the bundle, not void, as the leaves tell. */
struct annot_said {
	uint64_t index;
	enum annot_kind kind;
	struct annot_hash record, annotation, author;
	struct annot_said *next; /* in log order */
};

/* A record of the bundle, once its own bytes were checked. */
struct annot_supplied {
	enum annot_role role;
	const struct annot_bundle_record *raw;
	const struct annot_record *record; /* NULL: withheld; then leaf comes from the leaves */
	uint8_t key[ANNOT_KEY_SIZE];
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	uint64_t index; /* as the inclusion proof shows */
	struct annot_leaf leaf;
	struct annot_hash id;
	bool placed; /* the leaves have it there */
	enum annot_effect effect;
	struct annot_noted *noted; /* of records that are verified; NULL */
	struct annot_said *said, *last_said;
	size_t compared;   /* targets that stand in their documents, once check_words.c looked */
	unsigned mark;     /* the walk of reach.c that met it last */
	UT_hash_handle hh; /* by id; withheld ones once the leaves gave it */
};

struct annot_text {
	struct annot_hash sha256;
	struct annot_bytes text;
	struct annot_hash chunks;
	bool hashed; /* chunks and utf8 are computed */
	bool utf8;
	bool used; /* a document of the bundle has it */
	UT_hash_handle hh;
};

/* A chunk of a document's text that was proved to be one. */
struct annot_shown {
	const struct annot_supplied *document;
	struct annot_chunk chunk;
};

/* An earlier checkpoint that witnesses may have cosigned. */
struct annot_cosigned {
	struct annot_note *parsed;
	struct annot_checkpoint checkpoint;
	struct annot_hash root; /* that the leaves give at its size */
	bool good;              /* of this history */
};

/* One verification under way. */
struct annot_verify {
	struct annot_arena *arena;
	const struct annot_trust *trust;
	struct annot_bundle bundle;
	struct annot_report *report; /* of the subject, as `checks` */
	struct annot_check *checks;
	size_t n_checks, n_common; /* the first lines are about the whole bundle */
	bool failed;               /* out of memory */
	bool several;              /* the wanted records may stand on the bundle's own */
	bool own_leaves;           /* they are the reader's, not the bundle's */
	bool loaded;               /* every record of the bundle is sound in itself */

	struct annot_supplied *supplied; /* all of them, the bundle's record first */
	size_t n_supplied;
	struct annot_supplied *subject; /* that is being verified */
	struct annot_noted *noted;      /* the subject's */
	/* What the bundle has for the subject's seen card; data NULL: nothing. */
	struct annot_bytes seen, consistency;
	bool seen_good; /* it is of this log */
	struct annot_cosigned cosigned[ANNOT_BUNDLE_COSIGNED_MAX];
	struct annot_supplied **wanted; /* all that are to be verified; NULL: not in the bundle */
	size_t n_wanted;
	struct annot_supplied *by_id;
	struct annot_text *texts;  /* by sha256 */
	struct annot_shown *shown; /* of documents whose text is not here; by document and number */
	size_t n_shown;
	struct annot_bytes note; /* of all proofs; not authenticated before check "checkpoint" */
	struct annot_checkpoint checkpoint;

	/* From here on only with leaves. */
	bool complete;     /* the leaves give the checkpoint's root */
	bool replayed;     /* and every record of authority was there */
	uint64_t *leaf_at; /* byte offset of each leaf line, and one behind the last */
	struct annot_hash pin_root;
	struct annot_memory *memory;
	unsigned walks;                       /* of reach.c */
	struct annot_review_authors *authors; /* of the record that gate_review.c is at */
};

/* --- verify.c --- */

/*
 * Reads a bundle, checks and replays all that its records have in common; wanted (n, may be NULL:
 * the bundle's own record) are those that annot_verify_subject is asked for later. NO_MEMORY,
 * INTERNAL. annot_verify_close after success and failure.
 */
enum annot_status annot_verify_open(struct annot_verify *v, struct annot_bytes file,
				    const struct annot_hash *wanted, size_t n,
				    struct annot_error *err);
/* Verifies one of the wanted records (by number); v->report is its report. */
enum annot_status annot_verify_subject(struct annot_verify *v, size_t n, struct annot_error *err);
void annot_verify_close(struct annot_verify *v);

/* --- report.c --- */

/* Adds a line; the text is made safe for a terminal. Past ANNOT_CHECKS_MAX the last line stands for
 * the rest. */
void annot_check_add(struct annot_verify *v, const char *name, enum annot_check_result result,
		     enum annot_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
#define CHECK_PASSED(v, name, ...)                                                                 \
	annot_check_add(v, name, ANNOT_CHECK_PASSED, ANNOT_VALID, __VA_ARGS__)
#define CHECK_INFO(v, name, ...)                                                                   \
	annot_check_add(v, name, ANNOT_CHECK_INFO, ANNOT_VALID, __VA_ARGS__)
#define CHECK_WARNING(v, name, ...)                                                                \
	annot_check_add(v, name, ANNOT_CHECK_WARNING, ANNOT_VALID, __VA_ARGS__)
#define CHECK_MISSING(v, name, ...)                                                                \
	annot_check_add(v, name, ANNOT_CHECK_MISSING, ANNOT_CANNOT_CHECK, __VA_ARGS__)
#define CHECK_INVALID(v, name, ...)                                                                \
	annot_check_add(v, name, ANNOT_CHECK_FAILED, ANNOT_INVALID_BUNDLE, __VA_ARGS__)
#define CHECK_FAILED(v, name, verdict, ...)                                                        \
	annot_check_add(v, name, ANNOT_CHECK_FAILED, verdict, __VA_ARGS__)
/* Sorts the checks, makes the verdict, and adds what no report shows. */
void annot_report_finish(struct annot_verify *v);

/* [{name, ok, result, text}]; the caller owns it; jansson's json_t; NULL: out of memory. */
struct json_t *annot_checks_json(const struct annot_check *checks, size_t n,
				 bool (*ok)(const struct annot_check *c));

/* --- supplied.c --- */

/*
 * Parses every record of the bundle and checks signature, leaf and inclusion proof under the
 * subject's checkpoint. False: a check was added that ends the verification. *status: NO_MEMORY,
 * INTERNAL.
 */
bool annot_supplied_load(struct annot_verify *v, enum annot_status *status);
/* Whether a record's proof shows its leaf line at its index. MISMATCH, INVALID. */
enum annot_status annot_supplied_prove(const struct annot_verify *v, const struct annot_supplied *s,
				       struct annot_bytes line, struct annot_error *err);
const struct annot_supplied *annot_supplied_find(const struct annot_verify *v,
						 const struct annot_hash *id);
bool annot_text_load(struct annot_verify *v, enum annot_status *status);
struct annot_text *annot_text_find(const struct annot_verify *v, const struct annot_hash *sha256);

/* --- check_excerpt.c --- */

/* Parses every excerpt and checks it against its document's record. Results as of
 * annot_supplied_load. */
bool annot_shown_load(struct annot_verify *v, enum annot_status *status);
/*
 * The part of a document's text that bytes start..end and their context stand in, which begins at
 * byte *base of the text: between characters. False: the bundle does not show it, or v->failed.
 */
bool annot_shown_text(struct annot_verify *v, const struct annot_supplied *document, uint64_t start,
		      uint64_t end, struct annot_bytes *ret, uint64_t *base);

/* --- reach.c --- */

/* A record that another one names. */
struct annot_named {
	const char *card; /* of that one */
	struct annot_hash id;
	struct annot_supplied *record; /* NULL: not in the bundle */
};
struct annot_reach {
	struct annot_named *list; /* nearest first; what is in the bundle once */
	size_t n, n_missing;      /* missing: at most ANNOT_CHECKS_MAX are listed */
};
/* Whether to follow a reference or target. */
typedef bool (*annot_follow)(const struct annot_record *r, const struct annot_card *card);
/* All that a record leads to, directly and indirectly. False: out of memory, v->failed. */
bool annot_reach(struct annot_verify *v, const struct annot_supplied *from, annot_follow follow,
		 struct annot_reach *ret);

/* --- check_reviews.c --- */

/* The reviews of a record that stand, in log order. */
struct annot_votes {
	struct annot_review_vote *list;
	size_t n;
	unsigned elsewhere;       /* that stand, but are not in the bundle */
	uint64_t first_elsewhere; /* index of one of them */
	bool too_many;            /* more than ANNOT_REVIEW_VOTES_MAX */
};
/* False: out of memory, v->failed. */
bool annot_votes_on(struct annot_verify *v, const struct annot_supplied *s,
		    struct annot_votes *ret);
/* Persons by their latest standing review of a record; elsewhere: as in annot_votes. */
struct annot_reviews {
	unsigned approve, reject, request_changes, elsewhere;
};
struct annot_reviews annot_count_reviews(struct annot_verify *v, const struct annot_supplied *s);
/* " (N more reviews are not in the bundle)", or nothing. */
struct annot_reviews_text {
	char text[64];
};
struct annot_reviews_text annot_reviews_elsewhere(const struct annot_reviews *reviews);
/* Whether a record of the log is a version in force: not void, not replaced, not retracted. */
bool annot_said_stands(const struct annot_verify *v, const struct annot_said *said);
/* What was decided on the subject; a rejection is a warning, not a verdict. */
void annot_check_reviews(struct annot_verify *v);

/* --- replay.c --- */

/* Walks over the leaves: root, then every fact. Statuses as annot_verify_bundle. */
enum annot_status annot_replay(struct annot_verify *v, struct annot_error *err);
/* A leaf of a complete log. */
struct annot_leaf annot_replay_leaf(const struct annot_verify *v, uint64_t index);
struct annot_bytes annot_replay_line(const struct annot_verify *v, uint64_t index);

/* --- checks; each adds its lines --- */

void annot_check_signature(struct annot_verify *v);
void annot_check_author(struct annot_verify *v);
/* Whether a record's key is known by now to have been stolen when it signed, and nobody stood by
 * it. */
bool annot_key_disputed(const struct annot_verify *v, const struct annot_supplied *s);
/* The index of a reaffirmation that would settle it but is not in the bundle; 0. */
uint64_t annot_reaffirmed_elsewhere(const struct annot_verify *v, const struct annot_supplied *s);
/* The enrolled name of an author, or the key's fingerprint. */
struct annot_who {
	char text[128];
};
struct annot_who annot_who(const struct annot_verify *v, const struct annot_hash *author);

void annot_check_logged(struct annot_verify *v);
void annot_check_checkpoint(struct annot_verify *v);
void annot_check_pin(struct annot_verify *v);
void annot_check_seen(struct annot_verify *v);

/* --- check_witnesses.c --- */

/* Reads the notes of earlier checkpoints. Results as of annot_supplied_load. */
bool annot_cosigned_load(struct annot_verify *v, enum annot_status *status);
void annot_check_cosigned(struct annot_verify *v);
void annot_check_witnesses(struct annot_verify *v);
/* After the witnesses, who bound it. */
void annot_check_time(struct annot_verify *v);

void annot_check_words(struct annot_verify *v);

/* Of a verdict that opens a seal; said, never part of the verdict on it. */
void annot_check_blind(struct annot_verify *v);

void annot_check_effect(struct annot_verify *v);
void annot_check_latest(struct annot_verify *v);
void annot_check_retraction(struct annot_verify *v);
void annot_check_withheld(struct annot_verify *v);
/* Whether no version replaces it. */
/* Where a record stands in the log; 0 too for one that is not in it. */
uint64_t annot_index_of(const struct annot_verify *v, const struct annot_hash *record);
bool annot_is_head(const struct annot_verify *v, const struct annot_hash *record);
void annot_check_references(struct annot_verify *v);
/* Whether an effective withhold record names that record; *index is where it took effect. */
bool annot_is_withheld(const struct annot_verify *v, const struct annot_hash *id, uint64_t *index);

#endif
