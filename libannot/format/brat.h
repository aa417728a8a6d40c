/*
 * brat's standoff (brat.nlplab.org/standoff.html; nlplab/brat server/src/annotation.py): NAME.txt
 * and NAME.ann.
 *
 * Offsets are code points of the text after universal newlines, end exclusive; a piece of a span
 * never goes over a line's end, and what Python takes for one ends a line of NAME.ann. Numbers of
 * T, R, A and # lines in our exports are log indexes, so that they are the same in every export.
 */
#ifndef ANNOT_FORMAT_BRAT_H
#define ANNOT_FORMAT_BRAT_H

#include "format/internal.h"

enum { BRAT_PIECES_MAX = 256 }; /* of one span */

struct brat_piece {
	size_t start, end; /* bytes */
};

/* What Python's splitlines takes for a line's end: LF VT FF CR FS GS RS NEL, U+2028, U+2029. */
bool brat_ends_line(uint32_t code_point);

/* Whether it can stand as the type of a span, as no word of ours: else it would make another line,
 * or another kind, of it. */
bool brat_is_others_type(const char *text);

/* Where the next stretch without line ends begins and ends, from *at on; false: there is none
 * before `end`. */
bool brat_next_piece(const char *text, size_t end, size_t *at, struct brat_piece *ret);

/* A text with CR LF and CR as LF, appended. */
void brat_universal(struct annot_bytes text, struct annot_buf *ret);
bool brat_is_universal(struct annot_bytes text);
/* Whether that is what brat_universal makes of the text; ends where they first differ. */
bool brat_is_universal_of(struct annot_bytes universal, struct annot_bytes text);
/* Byte of the universal text for a byte of the text itself, and the reverse (before the CR of a CR
 * LF). */
size_t brat_to_universal(struct annot_bytes text, size_t byte);
size_t brat_from_universal(struct annot_bytes text, size_t byte);

/* Of the type of an attribute that is a verdict; its scale follows. */
#define VERDICT "Verdict_"

/* Member of imported-data: the type of a span of another program's, which is a tag too. */
#define BRAT_TYPE "type"

/* --- reading (brat_import.c) --- */

enum annot_status brat_import_item(struct annot_import *m, const struct annot_import_item *item,
				   struct annot_error *err);
enum annot_status brat_import_end(struct annot_import *m, struct annot_error *err);
void brat_import_free(struct annot_import *m);

/* A span as its line says it. Texts in the arena of the reading. */
struct brat_span {
	const char *number, *type;
	size_t n;
	struct {
		uint64_t start, end; /* code points */
		const char *words;
		size_t len;
	} pieces[BRAT_PIECES_MAX];
};

/* "T1 TAB Type 0 5;16 23 TAB text1 text2": INVALID says what was expected, without file and line.
 */
enum annot_status brat_span_read(struct annot_arena *arena, const char *line, size_t len,
				 struct brat_span *ret, struct annot_error *err);

/* What waits for the notes behind its line, and the text that the file is about. */
struct brat_reading {
	struct annot_arena *arena; /* of what waits */
	struct annot_draft *draft; /* NULL: nothing waits */
	struct annot_import_ref refs[2];
	size_t n_refs;
	struct annot_import_item item; /* its line */
	const char *id;                /* its imported-from */
	const char *number;            /* "T1" */
	const char *words;             /* of a claim, for its text */
	const char *type;              /* of a span: a tag that its line says; NULL: none */
	const char *author;            /* by a note of our own */
	bool annotated;                /* such a note came */
	struct annot_hash text_sha256; /* of a span: of the corpus's text that it stands in */
	struct annot_hash amends;      /* the record of this corpus that it is */
	bool own;                      /* which it is */
	json_t *data;                  /* for imported-data */
	/* The text beside the file, with LF; made for each file. */
	char name[256];
	struct annot_buf text;
	struct annot_source view; /* of that text */
	struct annot_hash sha256; /* of the text as it is */
};

/* A line after its number: "T1 TAB type args TAB text". */
struct brat_line {
	const char *number, *type, *args;
	const char *text; /* "" without */
};

/* A comment on another line, with the line itself as data where it was no comment. (brat_import.c)
 */
enum annot_status brat_comment(struct annot_import *m, struct brat_reading *r,
			       const struct brat_line *l, const char *on, const char *text,
			       bool as_data, struct annot_error *err);
/* A # line. (brat_notes.c) */
enum annot_status brat_note(struct annot_import *m, struct brat_reading *r,
			    const struct brat_line *l, struct annot_error *err);

/* The pieces, without line ends and in order, of an entry's targets in a text; how many, at most
 * BRAT_PIECES_MAX, of *ret_all. Those of several targets may overlap. (brat_own.c) */
size_t brat_gather(const struct annot_entry *entry, const struct annot_source *s,
		   struct brat_piece pieces[BRAT_PIECES_MAX], size_t *ret_all);
/* Joins pieces that nothing but line ends divides in the text; how many are left. (brat_place.c) */
size_t brat_join(const char *text, struct brat_piece *pieces, size_t n);
/* Cards of a note of ours into a draft; those that name records are losses, but of one of this
 * corpus, which has them. (brat_notes.c) */
enum annot_status brat_restore(struct annot_import *m, struct annot_draft *draft, json_t *note,
			       bool own, struct annot_error *err);
/* What waits is the record of this corpus that its note names: makes its draft the next version of
 * that. (brat_own.c) */
enum annot_status brat_own(struct annot_import *m, struct brat_reading *r,
			   const struct annot_entry *entry, json_t *note, struct annot_error *err);
void brat_forget(struct brat_reading *r); /* what waits (brat_import.c) */

/* Finds the pieces in the corpus's text and adds targets; *ret false: reported as left out.
 * (brat_place.c) */
enum annot_status brat_place(struct annot_import *m, struct brat_reading *r,
			     const struct brat_span *span, struct annot_draft *draft, bool *ret,
			     struct annot_error *err);

#endif
