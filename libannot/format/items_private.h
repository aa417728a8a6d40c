/* What items.c and items_json.c share. */
#ifndef ANNOT_FORMAT_ITEMS_PRIVATE_H
#define ANNOT_FORMAT_ITEMS_PRIVATE_H

#include <jansson.h>

#include "format/items.h"

enum { ITEMS_PATH_MAX = 256, ITEMS_NESTED_MAX = 4 };

enum items_mode {
	ITEMS_TOP,      /* between values at the top level */
	ITEMS_ELEMENTS, /* in an array of items */
};

struct annot_items {
	const struct annot_format *format;
	const char *file;
	annot_items_read read;
	void *arg;
	/* Bytes from start on are kept; at is how far they were looked through. */
	char *data;
	size_t start, at, end, cap;
	bool over; /* nothing more comes */
	uint64_t bytes;
	size_t number; /* of items given */
	size_t line;   /* of data[start], from 1 */
	json_t *json;  /* of the item that was given last */

	enum items_mode mode;
	bool first; /* of the elements: no comma before it */
	bool looked_for_mark;
	bool damaged; /* nothing can be read any more */
	/* The container that the elements stand in, without them; empty of a top-level array. */
	struct annot_buf envelope;
	size_t envelope_line;
	char path[ITEMS_PATH_MAX]; /* of the object that is under way: "first." */
	unsigned nested;           /* objects that are open, beside the outermost */
};

/* TOO_LARGE: an item of that many bytes. */
enum annot_status items_check_length(const struct annot_items *it, size_t len,
				     struct annot_error *err);
/* Reads on behind end. *ret false: nothing more comes. TOO_LARGE, NO_MEMORY, the reader's. */
enum annot_status items_more(struct annot_items *it, bool *ret, struct annot_error *err);
/* Forgets what was looked through. */
void items_drop(struct annot_items *it);

enum annot_status items_next_json(struct annot_items *it, struct annot_import_item *ret,
				  struct annot_error *err);

#endif
