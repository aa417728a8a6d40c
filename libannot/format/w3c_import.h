/* What the files that read Web Annotations share. */
#ifndef ANNOT_FORMAT_W3C_IMPORT_H
#define ANNOT_FORMAT_W3C_IMPORT_H

#include "format/w3c.h"

/* A target taken apart; all of it points into the annotation or the arena. */
struct w3c_target {
	const char *iri;      /* of the source, without its fragment */
	const char *fragment; /* NULL: none */
	const json_t *object; /* NULL: it is an IRI alone */
	const json_t *selector;
	const char *sha256; /* 64 hex digits that it says the text has, or NULL */
};

/* NO_MEMORY. */
enum annot_status w3c_target_read(struct annot_import *m, const json_t *target,
				  struct w3c_target *ret, struct annot_error *err);
/* Whether it means some of its source, and not all. */
bool w3c_target_selects(const struct w3c_target *t);
/* The text that it is about: *ret NULL: we hold none. AMBIGUOUS is left to the caller, as are
 * failures. */
enum annot_status w3c_target_source(struct annot_import *m, const struct w3c_target *t,
				    struct annot_source **ret, struct annot_error *err);

/*
 * What the selectors of a target say together. *ret_usable false: nothing of them can be used, and
 * the item was reported as left out, with field. others (a list that is appended to) gets those
 * that only others can use.
 */
enum annot_status w3c_select(struct annot_import *m, struct annot_source *source,
			     const struct w3c_target *t, const char *field,
			     struct annot_source_selector *ret, json_t **others, bool *ret_usable,
			     struct annot_error *err);

/*
 * A selector that others refine (4.2.9), worked out in the text: *ret is the segment with its
 * words. NOT_FOUND, AMBIGUOUS, INVALID (of a kind that text has not; past the end).
 */
enum annot_status w3c_refine(const json_t *selector, struct annot_source *source,
			     struct annot_source_selector *ret, struct annot_error *err);

/* Whether a FragmentSelector is one of RFC 5147 by its conformsTo, or says nothing and looks like
 * one. */
bool w3c_is_rfc5147(const json_t *selector);

/* --- an annotation on its way to a draft --- */

struct w3c_work {
	struct annot_import *m;
	const json_t *annotation;
	enum annot_kind kind;
	bool ours;                     /* annot:kind says the kind */
	const struct annot_entry *own; /* the record of this corpus that it is; NULL: of none */
	struct annot_draft *draft;
	json_t *kept; /* what imported-data gets */
	struct annot_import_ref refs[ANNOT_IMPORT_REFS_MAX];
	size_t n_refs;
};

static inline const json_t *w3c_member(const struct w3c_work *w, const char *name)
{
	return json_object_get(w->annotation, name);
}

static inline enum annot_status w3c_no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
}

/* Texts with words, as targets of the draft and in kept.target; *ret_placed false: the item was
 * left out. (w3c_import.c) */
enum annot_status w3c_words_targets(struct w3c_work *w, bool *ret_placed, struct annot_error *err);

/* An annotation that was exported from here, as the next version of own. (w3c_own.c) */
enum annot_status w3c_import_own(struct w3c_work *w, struct annot_error *err);

/* --- w3c_import_refs.c */

/* Whether an annotation was exported from this very corpus. */
bool w3c_is_from_here(const struct w3c_work *w);

/* A card that names the record which a resource means: a text that we hold, a record of ours by its
 * hash, or what another item becomes. */
enum annot_status w3c_refer(struct w3c_work *w, const char *card, const json_t *resource,
			    struct annot_error *err);
/* Cards under names of ours: annot:form, annot:said … */
enum annot_status w3c_own_cards(struct w3c_work *w, struct annot_error *err);

/* --- w3c_import_bodies.c */

enum annot_status w3c_import_bodies(struct w3c_work *w, struct annot_error *err);
bool w3c_is_tag(const json_t *body);
/* Bodies as a list: bodyValue is a TextualBody too (model, 3.2.5). A new reference. */
json_t *w3c_bodies_of(const struct w3c_work *w);

#endif
