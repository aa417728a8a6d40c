/*
 * Records: the small signed text files of annot-record/v1 (docs/records.md). Parsing is strict and
 * complete: what parses is well formed in every card; who may say it is judged in state/.
 *
 * Each line is name SP value LF. Only prefix and suffix may be empty, and are then the name, the space
 * and LF. Values hold no U+0000. Beyond the tables of proto/records.def one record must agree in itself:
 *  - corpus is "-" exactly in the first version of kind corpus; a first version has no parent, a later one
 *    has; parents ascend;
 *  - target: start < end, exact has end - start bytes, prefix and suffix at most 32 code points;
 *  - corpus: origin is the name of the log key, threshold is at least 1; approvals name a kind once, scales
 *    have distinct names;
 *  - key-revoke: from-index only with compromised; verdict: salt with opens, evidence distinct;
 *  - document: extractor, original-sha256, original-length and original-type together or not at all;
 *  - imported-data only with imported-from.
 */
#ifndef ANNOT_RECORD_RECORD_H
#define ANNOT_RECORD_RECORD_H

#include "base/arena.h"
#include "record/kinds.h"

enum { ANNOT_RECORD_MAX = 65536, ANNOT_PARENTS_MAX = 8, ANNOT_NONCE_SIZE = 16, ANNOT_CARDS_MAX = 512 };

/* A card as parsed. Which members are set depends on def->type. */
struct annot_card {
	const struct annot_card_def *def;
	const char *text;       /* the value, unescaped, NUL-terminated, in the record's arena */
	size_t len;
	struct annot_hash hash; /* REF, HASH; TARGET: the document's record; KEY, ADMIN: the author hash */
	uint64_t start, end;    /* TARGET: bytes; NUMBER: the number in start; APPROVALS: the count in start */
	uint8_t key[ANNOT_KEY_SIZE]; /* KEY, ADMIN, VKEY: the Ed25519 public key */
	uint8_t signature[ANNOT_SIGNATURE_SIZE]; /* SIGNATURE */
};

struct annot_seen {
	uint64_t size; /* 0: had seen none; root and note are then zero */
	struct annot_hash root, note;
};

struct annot_record {
	struct annot_bytes bytes; /* as signed, copied into the arena */
	struct annot_hash id;     /* SHA-256 of bytes */
	const struct annot_kind_def *kind;
	bool genesis;                   /* corpus "-" */
	struct annot_hash corpus;       /* the genesis record's own id for the genesis record */
	bool first;                     /* annotation "-" */
	struct annot_hash annotation;   /* own id for a first version */
	struct annot_hash parents[ANNOT_PARENTS_MAX];
	size_t n_parents;
	struct annot_hash author;
	char time[sizeof "2026-11-22T00:00:00Z"];
	int64_t time_s; /* seconds since 1970, claimed */
	struct annot_seen seen;
	uint8_t nonce[ANNOT_NONCE_SIZE];
	const struct annot_card *cards;
	size_t n_cards;
};

/*
 * Parses a record; *ret lives in arena. INVALID (the text names card, position, expected, found),
 * TOO_LARGE, NO_MEMORY. An unknown header version is INVALID with the word "cannot check".
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_record_parse(struct annot_arena *arena,
							     struct annot_bytes bytes,
							     const struct annot_record **ret,
							     struct annot_error *err);

/* First card of that name, NULL if it has none; the next one of the same name. */
ANNOT_API const struct annot_card *annot_record_card(const struct annot_record *r, const char *name);
ANNOT_API const struct annot_card *annot_record_card_next(const struct annot_record *r,
							  const struct annot_card *card);

/* Value of the first card of that name; NULL if it has none. */
ANNOT_API const char *annot_record_text(const struct annot_record *r, const char *name);

/* What the record is about: `on`, or a link's `from`; NULL if its kind has neither. */
ANNOT_API const struct annot_hash *annot_record_on(const struct annot_record *r);

/* A target group by number. False past the last. exact, prefix and suffix point into the record. */
struct annot_target {
	struct annot_hash document;
	uint64_t start, end;
	const struct annot_card *exact, *prefix, *suffix;
};
ANNOT_API bool annot_record_target(const struct annot_record *r, size_t n, struct annot_target *ret);
ANNOT_API size_t annot_record_targets(const struct annot_record *r);

/* "2026-11-22T00:00:00Z", of years 1970 to 9999, as seconds since 1970; false: not one. */
enum { ANNOT_TIME_LEN = 20 };
ANNOT_API bool annot_time_parse(const char *text, size_t len, int64_t *ret_s);
/* The reverse; false outside those years. */
ANNOT_API bool annot_time_format(int64_t time_s, char ret[ANNOT_TIME_LEN + 1]);

/* A scale card taken apart: "google5 false:- mixture:0 true:+". Poles: '-' '0' '+', '?' not on the scale's order. */
enum { ANNOT_SCALE_RATINGS_MAX = 32 };
struct annot_scale_rating {
	char name[33];
	char pole;
};
struct annot_scale {
	char name[64];
	size_t n;
	struct annot_scale_rating ratings[ANNOT_SCALE_RATINGS_MAX];
};
ANNOT_API ANNOT_CHECKED enum annot_status annot_scale_parse(const char *text, size_t len,
							    struct annot_scale *ret,
							    struct annot_error *err);

/*
 * How many ratings of a scale stand in an order, which is that of the card: all but those of pole '?',
 * if there are two or more and their poles go one way, from - to + or from + to -; else 0.
 */
ANNOT_API size_t annot_scale_ordered(const struct annot_scale *scale);

/* Names of keys and documents: [a-z0-9][a-z0-9._-]{0,62}, not like an id (8 or more hex digits). */
ANNOT_API bool annot_name_valid(const char *text, size_t len);

/*
 * Whether the words of target n stand in the document's text: boundaries, exact, prefix, suffix (32
 * code points each, less at the ends). MISMATCH names card, position, expected and found.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_target_check(const struct annot_target *target,
							     struct annot_bytes text,
							     struct annot_error *err);
enum { ANNOT_CONTEXT_CHARS = 32 };

/* The header and cards as JSON (an object that the caller owns), cards by name, repeatable ones as
 * arrays, target groups as `targets`. NULL when out of memory. The type is jansson's json_t. */
struct json_t;
ANNOT_API struct json_t *annot_record_json(const struct annot_record *r);

#endif
