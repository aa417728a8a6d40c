/*
 * The MUSTs of the Web Annotation Data Model (W3C Recommendation, 23 February 2017) that JSON can
 * break: what a reader refuses. What the model leaves open (unknown properties, selectors and
 * classes of other vocabularies) is no fault.
 */
#ifndef ANNOT_FORMAT_W3C_RULES_H
#define ANNOT_FORMAT_W3C_RULES_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

/* The context that every annotation names (model, 3.1). */
#define W3C_CONTEXT "http://www.w3.org/ns/anno.jsonld"

enum {
	W3C_DEPTH_MAX = 16,  /* resources within resources: items, refinedBy, source … */
	W3C_VALUES_MAX = 256 /* values of one property */
};

/*
 * An annotation. within_page: it stands in a page, which has the context. INVALID: "model SECTION:
 * …" names the rule that it breaks and the property.
 */
ANNOT_CHECKED enum annot_status w3c_check_annotation(const json_t *annotation, bool within_page,
						     struct annot_error *err);

/* Properties of annotations, bodies and targets that have no rule but what their values are:
 * format, language, motivation, styleClass … INVALID as above. (w3c_plain.c) */
ANNOT_CHECKED enum annot_status w3c_check_plain(const json_t *object, struct annot_error *err);

/* A page or collection by itself, without its items; emptied: they were taken out. INVALID as
 * above. */
ANNOT_CHECKED enum annot_status w3c_check_page(const json_t *page, bool emptied,
					       struct annot_error *err);
ANNOT_CHECKED enum annot_status w3c_check_collection(const json_t *collection, bool emptied,
						     struct annot_error *err);

#endif
