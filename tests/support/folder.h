/* Corpus folders on disk for tests of the daemon, from corpora in memory (corpus.h). Link with
 * test_folder. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include "corpus.h"

enum { TEST_PATH_MAX = 256 };

/* A new folder below base (NULL: /tmp) as annotctl corpus init leaves it, with entry 0 of c as
 * genesis. */
void test_folder(const struct test_corpus *c, const char *base, char ret[TEST_PATH_MAX]);
/* Removes it with all that is in it. */
void test_folder_remove(const char *dir);

/* DIR/NAME in a static buffer, good until the next call. */
const char *test_path(const char *dir, const char *name);
void test_write_file(const char *dir, const char *name, const void *data, size_t len,
		     unsigned mode);
void test_copy_file(const char *from_dir, const char *to_dir, const char *name);

#endif
