/* Where bytes of one text stand, asked many times: in code points, lines and columns. */
#ifndef ANNOT_TEXT_PLACES_H
#define ANNOT_TEXT_PLACES_H

#include "base/bytes.h"
#include "base/error.h"

/* A text that was gone through once. */
struct annot_places;

/*
 * The text, valid UTF-8, stays the caller's and must stay where it is. Takes a 256th of it (16
 * bytes for each 4 KiB). NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_places_new(struct annot_bytes text, struct annot_places **ret, struct annot_error *err);
/* Takes NULL, returns NULL. */
ANNOT_API struct annot_places *annot_places_free(struct annot_places *p);

/* Code points before a byte, which is at most the text's length and on a boundary. */
ANNOT_API size_t annot_places_chars(const struct annot_places *p, size_t byte);

/* chars from 0; line (ended by LF) and column (in code points) from 1. */
struct annot_place_at {
	size_t chars, line, column;
};
ANNOT_API struct annot_place_at annot_places_at(const struct annot_places *p, size_t byte);

#endif
