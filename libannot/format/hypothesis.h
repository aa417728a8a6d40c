/*
 * Annotations of Hypothesis, as its API gives them and its client exports them (hypothesis/h,
 * docs/_extra/api-reference, and hypothesis/client, of July 2026). docs/formats.md has the mapping
 * in words.
 *
 * Offsets there are UTF-16 code units (client, src/types/api.ts). Replies have references: the ids
 * of all that they answer, the first annotation first, their parent last. Of targets only the first
 * counts.
 */
#ifndef ANNOT_FORMAT_HYPOTHESIS_H
#define ANNOT_FORMAT_HYPOTHESIS_H

#include "format/keep.h"

/* Member of imported-data. */
#define HYPOTHESIS_KEPT "hypothesis"

/* Member of an exported annotation: {"corpus": …, "record": …, "kind": …}, hashes in hex. A server
 * of Hypothesis keeps members that it does not know. */
#define HYPOTHESIS_OWN "annot"

/* Where annotations of the public service stand; those of another authority at
 * https://AUTHORITY/a/. */
#define HYPOTHESIS_SERVICE "hypothes.is"

enum {
	HYPOTHESIS_ID_LEN = 22,
	HYPOTHESIS_ID_BYTES = 16
}; /* URL-safe base64 of 16 bytes, without padding */

enum annot_status hypothesis_import_item(struct annot_import *m,
					 const struct annot_import_item *item,
					 struct annot_error *err);

/* An annotation on its way to a draft. */
struct hypothesis_work {
	struct annot_import *m;
	json_t *json;
	const json_t *target;   /* the first; NULL: none */
	const json_t *selector; /* of it, a list; NULL: none */
	struct annot_draft *draft;
	json_t *kept;
	bool own; /* it is of this corpus: what a browser added to it is none of ours */
	struct annot_import_ref refs[2];
	size_t n_refs;
};

static inline const char *hypothesis_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static inline enum annot_status hypothesis_no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
}

/* "hypothes.is" of "acct:ada@hypothes.is". (hypothesis_import.c) */
const char *hypothesis_authority(const json_t *json);

/* --- hypothesis_place.c */

/* The text at its address, or at one that Hypothesis knows as another of the same document. *ret
 * NULL: reported. */
enum annot_status hypothesis_source(struct hypothesis_work *w, struct annot_source **ret,
				    struct annot_error *err);
/* What the selectors say; those of other media are kept. A RangeSelector is a path through one
 * browser's page. */
enum annot_status hypothesis_selectors(struct hypothesis_work *w, struct annot_source_selector *ret,
				       struct annot_error *err);
/* Adds the target; *ret_placed false: reported as left out. */
enum annot_status hypothesis_place(struct hypothesis_work *w, bool *ret_placed,
				   struct annot_error *err);

/* --- hypothesis_own.c */

/* The record of this corpus that an annotation was exported from; *ret NULL: it is none, or, with
 * *ret_left_out, it says so and is not. */
enum annot_status hypothesis_find_own(struct annot_import *m, const json_t *json,
				      const struct annot_entry **ret, bool *ret_left_out,
				      struct annot_error *err);
/* The annotation as the next version of that record. */
enum annot_status hypothesis_import_own(struct hypothesis_work *w, const struct annot_entry *own,
					struct annot_error *err);

enum annot_status hypothesis_begin(struct annot_export *x, struct annot_error *err);
enum annot_status hypothesis_export_item(struct annot_export *x,
					 const struct annot_export_item *item,
					 struct annot_error *err);
enum annot_status hypothesis_end(struct annot_export *x, struct annot_error *err);

#endif
