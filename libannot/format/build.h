/*
 * Building JSON whose parts may fail: after a failure the whole is NULL and stays so, and is looked
 * at once (annot_export_put_json, annot_import_origin take NULL for want of memory).
 */
#ifndef ANNOT_FORMAT_BUILD_H
#define ANNOT_FORMAT_BUILD_H

#include <jansson.h>

/* Takes value over; a NULL value is a failure. */
static inline void build_set(json_t **object, const char *name, json_t *value)
{
	if (!*object) {
		json_decref(value);
	} else if (json_object_set_new(*object, name, value) != 0) {
		json_decref(*object);
		*object = NULL;
	}
}

static inline void build_append(json_t **array, json_t *value)
{
	if (!*array) {
		json_decref(value);
	} else if (json_array_append_new(*array, value) != 0) {
		json_decref(*array);
		*array = NULL;
	}
}

/* Sets a text; nothing where it is NULL. */
static inline void build_text(json_t **object, const char *name, const char *text)
{
	if (text)
		build_set(object, name, json_string(text));
}

/* Sets a list: nothing where it is empty, its item alone where it has one. Takes the list over. */
static inline void build_list(json_t **object, const char *name, json_t *list)
{
	if (!list)
		build_set(object, name, NULL);
	else if (json_array_size(list) == 1)
		build_set(object, name, json_incref(json_array_get(list, 0)));
	else if (json_array_size(list) > 1)
		build_set(object, name, json_incref(list));
	json_decref(list);
}

#endif
