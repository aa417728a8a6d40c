/* What the files of this layer share and no other layer sees. */
#ifndef ANNOT_RECORD_INTERNAL_H
#define ANNOT_RECORD_INTERNAL_H

#include "base/buf.h"
#include "record/record.h"

/* A piece of text from outside, escaped and shortened so that an error message may hold it. */
struct annot_excerpt {
	char text[96];
};
struct annot_excerpt annot_excerpt(const void *text, size_t len);

/* Walks over the lines of a record. data ends with LF. */
struct annot_reader {
	const char *at, *end;
	unsigned line; /* number of the next line, from 1 */
};

/* name SP value; value is NULL (and name the whole line) when there is no space. */
struct annot_line {
	const char *name, *value;
	size_t name_len, value_len;
	unsigned number;
};

/* Looks at the next line; false at the end. */
bool annot_reader_peek(const struct annot_reader *r, struct annot_line *ret);
/* Goes behind a line that peek gave. */
void annot_reader_skip(struct annot_reader *r, const struct annot_line *line);
bool annot_line_is(const struct annot_line *line, const char *name);

/* Parses the header cards into ret. INVALID names line and card. */
enum annot_status annot_header_parse(struct annot_reader *r, struct annot_record *ret,
				     struct annot_error *err);

/*
 * Parses the value of a card whose def is set; the value goes to the arena.
 * INVALID says what was expected and found, without line and card. NO_MEMORY.
 */
enum annot_status annot_value_parse(struct annot_arena *arena, struct annot_bytes raw,
				    struct annot_card *card, struct annot_error *err);

/* The same for a card whose def, text and len (unescaped) are set. */
enum annot_status annot_value_check(struct annot_card *card, struct annot_error *err);

/* Rules that bind several cards of one record. INVALID. */
enum annot_status annot_rules_check(const struct annot_record *r, struct annot_error *err);

/* "approvals KIND|default COUNT". INVALID. */
enum annot_status annot_approvals_parse(const char *text, size_t len, uint64_t *ret,
					struct annot_error *err);

/* YYYY, YYYY-MM, YYYY-MM-DD or a full time, of years 0001 to 9999. */
bool annot_date_valid(const char *text, size_t len);

struct annot_draft_card {
	const struct annot_card_def *def;
	char *value; /* unescaped, NUL-terminated, owned */
	size_t len;
	unsigned group; /* number of the target that it belongs to; 0: none */
};

struct annot_draft {
	const struct annot_kind_def *kind;
	bool first;
	struct annot_hash annotation;
	struct annot_hash parents[ANNOT_PARENTS_MAX]; /* ascending */
	size_t n_parents;
	struct annot_draft_card *cards; /* as added */
	size_t n_cards, cap;
	unsigned groups; /* last number given */
};

#endif
