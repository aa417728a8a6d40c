/* The first start of a corpus folder, and its files by name. Private to corpus_open.c and
 * corpus_start.c. */
#ifndef ANNOTD_CORPUS_START_H
#define ANNOTD_CORPUS_START_H

#include "annotd/corpus_private.h"

enum { CORPUS_PATH_MAX = 4096 };

/* The marker that annotctl corpus init leaves: nothing was ever signed. */
#define FIRST_START "first-start"

/* The checkpoint that annotd import found in its file: shown, as long as the copy signs none. */
#define CORPUS_COPIED_NOTE "checkpoint.note"

/* DIR/NAME into ret[CORPUS_PATH_MAX]; USAGE if too long. */
enum annot_status corpus_path(const char *dir, const char *name, char *ret,
			      struct annot_error *err);
bool corpus_has(const char *dir, const char *name);

/*
 * Makes the databases with the genesis record as leaf 0 and the checkpoint file that covers it,
 * then removes the marker. A crash at any point leaves a folder that starts again: the marker goes
 * last, and nothing is signed before it is gone. The store is closed again.
 */
enum annot_status corpus_first_start(struct corpus *c, struct annot_error *err);

#endif
