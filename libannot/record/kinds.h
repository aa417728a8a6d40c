/* The tables of proto/records.def as data. */
#ifndef ANNOT_RECORD_KINDS_H
#define ANNOT_RECORD_KINDS_H

#include "base/bytes.h"
#include "base/error.h"

enum annot_kind {
#define KIND(id, ...) ANNOT_KIND_##id,
#define CARD(...)
#define GROUP_TARGET(...)
#define END_KIND(id)
#include "proto/records.def"
	ANNOT_KIND_COUNT
};

enum annot_card_type {
	ANNOT_CARD_TEXT,
	ANNOT_CARD_NAME,
	ANNOT_CARD_WORD,
	ANNOT_CARD_REF,
	ANNOT_CARD_HASH,
	ANNOT_CARD_NUMBER,
	ANNOT_CARD_LANGUAGE,
	ANNOT_CARD_DATE,
	ANNOT_CARD_KEY,
	ANNOT_CARD_ADMIN,
	ANNOT_CARD_VKEY,
	ANNOT_CARD_SIGNATURE,
	ANNOT_CARD_APPROVALS,
	ANNOT_CARD_SCALE,
	ANNOT_CARD_TARGET, /* opens a target group: exact, prefix and suffix follow */
};

enum annot_author_rule {
	ANNOT_AUTHOR_REVIEWER,
	ANNOT_AUTHOR_ADMIN,
	ANNOT_AUTHOR_REPLACED,
	ANNOT_AUTHOR_ADMIN_OR_SELF,
};

enum annot_amend_rule {
	ANNOT_AMEND_ANYONE,
	ANNOT_AMEND_PERSON,
	ANNOT_AMEND_QUORUM,
	ANNOT_AMEND_LINEAR,
	ANNOT_AMEND_NEVER,
};

struct annot_card_def {
	const char *name;
	enum annot_card_type type;
	unsigned min, max;   /* how often it stands */
	unsigned longest;    /* bytes of the unescaped value; 0: fixed by the type */
	const char *values;  /* WORD: words, REF: kinds; separated by '|' */
	bool in_group;       /* exact, prefix, suffix: once in each target group */
	const char *doc;
};

struct annot_kind_def {
	enum annot_kind kind;
	const char *name;
	enum annot_author_rule author;
	enum annot_amend_rule amend;
	const char *doc;
	const struct annot_card_def *cards;
	size_t n_cards;
};

/* The definition of a kind; never NULL for kind < ANNOT_KIND_COUNT. */
ANNOT_API const struct annot_kind_def *annot_kind_def(enum annot_kind kind);

/* By name ("key-add"); NULL if there is none. */
ANNOT_API const struct annot_kind_def *annot_kind_find(const char *name, size_t len);

/* The card of that name in a kind; NULL if it has none. */
ANNOT_API const struct annot_card_def *annot_card_def_find(const struct annot_kind_def *kind,
							   const char *name, size_t len);

/* Whether the '|'-separated list holds the word. */
ANNOT_API bool annot_word_in(const char *values, const char *word, size_t len);

#endif
