/*
 * Records as annotations of the Web Annotation Data Model (W3C Recommendation, 23 February 2017)
 * and back: the tables that both ways go by. docs/formats.md has the mapping in words.
 *
 * What the model has no words for stands under names of ours (annot:form, annot:relation …), which
 * its readers must ignore and should keep; what it has and we have not is kept in imported-data:
 *
 *     {"w3c": {"motivation": …, "creator": …, "body": [bodies without the values that cards hold],
 *              "target": [targets without what target cards hold], any other member}}
 */
#ifndef ANNOT_FORMAT_W3C_H
#define ANNOT_FORMAT_W3C_H

#include "format/keep.h"
#include "format/w3c_rules.h"
#include "format/w3c_values.h"

/* Our own names: the prefix "annot:" and what it stands for. */
#define W3C_PREFIX    "annot:"
#define W3C_NAMESPACE "urn:annot:"
/* Member of imported-data. */
#define W3C_KEPT "w3c"
/* Member of the kept: the text card of an annotation that has no words of its own. */
#define W3C_MADE "made"

/* A card that is a body, with the purpose that tells it from the others of its kind. */
struct w3c_body {
	enum annot_kind kind;
	const char *card;
	const char *purpose;
};
/* NULL past the last. */
const struct w3c_body *w3c_body_at(size_t n);
/* Of a kind's card; NULL: it is none. */
const struct w3c_body *w3c_body_of(enum annot_kind kind, const char *card);
/* The card of a kind that a body of that purpose is; NULL: none. */
const struct w3c_body *w3c_body_for(enum annot_kind kind, const char *purpose);

/* What of a record the target is: on, from; NULL: the words of its target groups. */
const char *w3c_target_card(enum annot_kind kind);

/* The motivation of a record without one of its own: our word for it (NULL: none) and one of the
 * model's. */
struct w3c_motivation {
	const char *own, *standard;
};
struct w3c_motivation w3c_motivation_of(const struct annot_record *record);

/* --- w3c_export.c */

/* A record as an annotation. *ret is the caller's, NULL for want of memory. */
enum annot_status w3c_annotation(struct annot_export *x, const struct annot_export_item *item,
				 json_t **ret, struct annot_error *err);
/* Its motivation, the one that it was imported with before ours. */
void w3c_set_motivation(json_t **object, const struct annot_record *record, const json_t *kept);
/* Whether a card is a body or the target, or is written in no member of its own. */
bool w3c_stands_elsewhere(const struct annot_record *record, const struct annot_card_def *card);

/* --- w3c_target.c */

/* The targets of a record with target groups, a list. Losses are reported. *ret is the caller's. */
enum annot_status w3c_targets(struct annot_export *x, const struct annot_export_item *item,
			      const json_t *kept, json_t **ret, struct annot_error *err);
/* A record or document that another record is about. NULL: want of memory. */
json_t *w3c_reference(const struct annot_export *x, const struct annot_export_item *item,
		      const struct annot_hash *id);
/* What an imported target had around what it is about: classes, a state, a scope … kept may be
 * NULL. */
void w3c_around_reference(json_t **target, json_t *kept);
/* "https://…" of its source card, else urn:sha256: and the hash of its text. */
const char *w3c_document_iri(const struct annot_record *document, struct annot_iri *room);

/* --- w3c_bodies.c */

/* The bodies of a record, a list: as they were imported with it, else made of its cards. Losses are
 * reported. *ret is the caller's, also after a failure; NULL: want of memory. */
enum annot_status w3c_bodies(struct annot_export *x, const struct annot_export_item *item,
			     const json_t *kept, json_t **ret, struct annot_error *err);
/* The purpose that a card of a record has as a body. */
const char *w3c_purpose_of(const struct annot_record *record, const struct w3c_body *body);
bool w3c_has_tag(const struct annot_record *record, const char *value);
/* Whether a body is words of the annotator, and no tag. */
bool w3c_is_note(const json_t *body);
/* The words of all such bodies of a list, with an empty line between two. */
void w3c_join_notes(const json_t *bodies, struct annot_buf *ret);

/* --- w3c_import.c */
enum annot_status w3c_import_item(struct annot_import *m, const struct annot_import_item *in,
				  struct annot_error *err);

#endif
