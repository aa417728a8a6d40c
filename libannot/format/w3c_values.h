/* Values of JSON-LD properties: none, one, or a list; IRIs and times. */
#ifndef ANNOT_FORMAT_W3C_VALUES_H
#define ANNOT_FORMAT_W3C_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* How many values a property has (absent and null: none), and value i of them, which must be there.
 */
static inline size_t w3c_count(const json_t *value)
{
	return json_is_array(value) ? json_array_size(value) : value && !json_is_null(value);
}

static inline const json_t *w3c_item(const json_t *value, size_t i)
{
	return json_is_array(value) ? json_array_get(value, i) : value;
}

static inline const char *w3c_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Whether a text is the value, or one of the list. */
bool w3c_has(const json_t *value, const char *text);

/* Whether a resource has a class. */
bool w3c_has_type(const json_t *object, const char *type);

/* Whether it is an absolute IRI (RFC 3987): a scheme, and no white space or other characters that
 * no IRI has. */
bool w3c_is_iri(const json_t *value);
/* The same, or relative: what JSON-LD makes absolute by the address of the document. */
bool w3c_is_reference(const json_t *value);

/* xsd:dateTime (XML Schema 1.1 part 2, 3.3.7) with the time zone Z; whether the month has that day
 * is not looked at. */
bool w3c_is_utc(const json_t *value);

/* An integer from 0 on. */
bool w3c_is_position(const json_t *value);

#endif
