/* Records as people and scripts see them. */
#ifndef ANNOTCTL_OUT_RECORD_H
#define ANNOTCTL_OUT_RECORD_H

#include "out.h"

/*
 * The object that stands for a record in JSON (design 9): record, annotation, version, kind, index,
 * author, time, review, flags, cards by name, targets. record is NULL for a withheld one. verified
 * says whether hash and signature were checked here. NULL when out of memory.
 */
json_t *record_json(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record,
		    bool verified);

/* One line for a listing: short id, version, kind, author, state, words. In the arena. */
const char *record_summary(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record);
/* Makes its columns, from now on, as wide as this row takes. */
void record_widen(struct ctl *ctl, const struct annot_row *row);
/* The same, printed; its words as long as a terminal leaves room for. */
void record_line(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record);

/* All of it, card by card. */
void record_text(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record);

/* The card that says most about a record of its kind, as it was signed; in the arena, or NULL. */
const char *record_telling(struct ctl *ctl, const struct annot_record *record);
/* The words that stand for a record in a line: exact words, text, rating, name …; escaped, in the
 * arena. */
const char *record_words(struct ctl *ctl, const struct annot_record *record);

/* "1a2b3c4d@2": the id that a person types. */
const char *record_short(struct ctl *ctl, const struct annot_hash *annotation, uint64_t version);

/* The same, with how many versions are newer if it was replaced: "1a2b3c4d@2, 1 newer". */
const char *record_version(struct ctl *ctl, const struct annot_hash *annotation, uint64_t version,
			   uint64_t versions, bool head);

/* "draft,conflict": where a record stands. In the arena. */
const char *record_state(struct ctl *ctl, const struct annot_row *row);

/* ", blind (on 7067a6a2@1, 2 newer)": what a verdict, review or comment is about; "" for what is
 * about nothing. In the arena. */
const char *record_about(struct ctl *ctl, const struct annot_row *row);

/* The leaf of a withheld row; false: it has none that can be read. */
bool record_leaf(const struct annot_row *row, struct annot_leaf *ret);

/* Whether a row has a flag: disputed, unopened … */
bool record_has_flag(const struct annot_row *row, const char *flag);

/* A row's record parsed, without checking hash or signature; NULL if withheld. */
enum annot_status record_of_row(struct ctl *ctl, const struct annot_row *row,
				const struct annot_record **ret);

#endif
