/*
 * For languages that call C without its headers (ctypes, FFI): texts in, JSON out, and of structs only struct
 * annot_error, which is a number and 512 bytes of text.
 */
#ifndef ANNOT_CLIENT_FLAT_H
#define ANNOT_CLIENT_FLAT_H

#include "base/error.h"

/*
 * Verifies a bundle in a file (at most 1 GiB), for a reader who trusts the corpus with that id (64 hex digits) and, if
 * this machine has one, the checkpoint that it pinned. *ret gets one object, as annotctl --json verify prints it, with
 * two members more: exit (0, or 1 for whatever is not VALID or VALID-UNWITNESSED) and cards, the record (annot_record_json),
 * if it could be read: its words are cards.targets[].exact. The caller frees it with annot_flat_free. A bad
 * bundle is a report and not a failure. USAGE: corpus is no id; UNREADABLE, TOO_LARGE: path; NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_flat_verify(const char *path, const char *corpus,
							     char **ret, struct annot_error *err);

/* Frees what a function of this header returned; takes NULL. */
ANNOT_API void annot_flat_free(char *text);

#endif
