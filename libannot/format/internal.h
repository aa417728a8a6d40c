/* For the files of formats: writing, losses, drafts and places as all of them need them. */
#ifndef ANNOT_FORMAT_INTERNAL_H
#define ANNOT_FORMAT_INTERNAL_H

#include <jansson.h>

#include "format/format.h"

#define FORMAT(id) extern const struct annot_format annot_format_##id;
#include "format/formats.def"

/* --- export --- */

enum { EXPORT_BUF_MAX = 64 << 20 };

/* To the one stream (file NULL) or a file of a folder. */
enum annot_status annot_export_put(struct annot_export *x, const char *file, const char *text,
				   size_t len, struct annot_error *err);
/* x->buf, which is emptied: NO_MEMORY, TOO_LARGE if an append failed. */
enum annot_status annot_export_put_buf(struct annot_export *x, const char *file,
				       struct annot_error *err);
/* A JSON value, compact, members in the order they were set; takes the reference. NULL is
 * NO_MEMORY. */
enum annot_status annot_export_put_json(struct annot_export *x, const char *file, json_t *value,
					struct annot_error *err);

/* A field of the record under way that the format does not hold. value may be NULL. */
enum annot_status annot_export_lose(struct annot_export *x, const char *field, const char *value,
				    const char *reason, struct annot_error *err);
/* All of it. */
enum annot_status annot_export_leave_out(struct annot_export *x, const char *reason,
					 struct annot_error *err);
/* Every card of the record whose name is not in the '|'-separated list, each as a loss with that
 * reason. */
enum annot_status annot_export_lose_cards(struct annot_export *x, const struct annot_record *record,
					  const char *kept, const char *reason,
					  struct annot_error *err);

/* The IRI of a record: host.base + hash, or urn:sha256:hash. */
struct annot_iri {
	char text[2048 + ANNOT_HASH_HEX + 1];
};
struct annot_iri annot_export_iri(const struct annot_export *x, const struct annot_hash *record);

/* --- import --- */

/* INVALID with "FILE:LINE: " before the text: for the rule of a format that an item breaks. */
enum annot_status annot_import_invalid(struct annot_import *m, struct annot_error *err,
				       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A field of the item under way that is not kept. value may be NULL; it is dumped. */
enum annot_status annot_import_lose(struct annot_import *m, const char *field, const json_t *value,
				    const char *reason, struct annot_error *err);
/* The same with a plain text for value. */
enum annot_status annot_import_lose_text(struct annot_import *m, const char *field,
					 const char *value, const char *reason,
					 struct annot_error *err);
/* The whole item is not imported: field is what keeps it from that. Return right after it. */
enum annot_status annot_import_leave_out(struct annot_import *m, const char *field,
					 const json_t *value, const char *reason,
					 struct annot_error *err);

/*
 * A text of the corpus (host.document before all that is wanted). *ret NULL: it is not there or not
 * clear which, and the item was reported as left out, with field and that reason.
 */
enum annot_status annot_import_source(struct annot_import *m,
				      const struct annot_source_wanted *wanted, const char *field,
				      struct annot_source **ret, struct annot_error *err);

/*
 * Adds a target group to a draft: the place by annot_source_place. What was said and does not hold
 * (a position that is elsewhere, words that differ in typography) is reported as a loss below
 * field, a path without its last part: field ".exact", ".start". *ret_placed false: no clear place;
 * the item was reported as left out.
 */
enum annot_status annot_import_place(struct annot_import *m, struct annot_draft *draft,
				     struct annot_source *source,
				     const struct annot_source_selector *selector,
				     const char *field, bool *ret_placed, struct annot_error *err);

/*
 * Adds a card from a text: TEXT, DATE, LANGUAGE … by the kind's table. What the card cannot hold
 * (too long, another form, once too often) is a loss with the reason, and not added: *ret (may be
 * NULL) says whether it was. value NULL or "": nothing, without a loss.
 */
enum annot_status annot_import_card(struct annot_import *m, struct annot_draft *draft,
				    const char *card, const char *field, const char *value,
				    bool *ret, struct annot_error *err);

/* imported-from (m->id), imported-author (NULL: none), imported-data (NULL or an empty object:
 * none; too long for the card: a loss). */
enum annot_status annot_import_origin(struct annot_import *m, struct annot_draft *draft,
				      const char *author, const json_t *data,
				      struct annot_error *err);

/* Hands over; takes the drafts over whatever it returns. */
enum annot_status annot_import_take(struct annot_import *m, const struct annot_import_draft *drafts,
				    size_t n, struct annot_error *err);
/* One draft without refs. */
enum annot_status annot_import_take_one(struct annot_import *m, struct annot_draft *draft,
					struct annot_error *err);
/* The same of a draft that amends a record of the corpus. */
enum annot_status annot_import_amend(struct annot_import *m, struct annot_draft *draft,
				     const struct annot_hash *record, struct annot_error *err);

/* An IRI of ours (host.base + hash, urn:sha256:hash): its hash. False: it is none. */
bool annot_import_own_iri(const struct annot_import *m, const char *iri, struct annot_hash *ret);

/* "2026-11-22T00:00:00Z" of an xsd:dateTime or ISO 8601 time with any offset ("+00:00", "Z"),
 * fractions dropped; false: it is none. */
bool annot_format_time(const char *text, char ret[ANNOT_TIME_LEN + 1]);

#endif
