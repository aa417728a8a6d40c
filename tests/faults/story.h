/*
 * What a corpus goes through, from its first start over uploads, batches, withholding, write-ahead
 * logs that are emptied and restarts, as its writer thread would do it; what of it was promised;
 * and whether a folder holds all that was promised.
 */
#ifndef TESTS_FAULTS_STORY_H
#define TESTS_FAULTS_STORY_H

#include "folder.h"

#include "annotd/corpus.h"

enum { STORY_ENTRIES_MAX = 256 };

struct story {
	struct test_corpus *test;
	struct annot_hash roots[STORY_ENTRIES_MAX + 1]; /* of the log, by size */
	size_t document, withhold;                      /* indexes of these two entries */
};

/* What a client was told. */
struct promises {
	bool acked[STORY_ENTRIES_MAX];
	bool content;
	uint64_t size;  /* of the largest checkpoint that was signed */
	size_t refused; /* calls that failed, for whatever reason */
	size_t restarts;
};

void story_make(struct story *s);
void story_free(struct story *s);
/* Every point at which a fault may be, or, unless ANNOT_FAULTS is "all", every n-th. */
uint64_t story_stride(uint64_t n);
/* A folder as annotctl corpus init leaves it, in memory where there is such a file system. */
void story_folder(const struct story *s, char dir[TEST_PATH_MAX]);

/*
 * Goes through it. What fails is tried again, then after a restart, a few times each; true when all
 * of it was done, false when it gave up.
 */
bool story_run(const struct story *s, const char *dir, struct promises *p);

/* The machine starts again after a power failure: what is left of a folder, in a new one. */
void story_power_back(const struct story *s, char dir[TEST_PATH_MAX]);

/*
 * Opens the folder on a sound disk: all that was promised is there, exactly once, nothing else is;
 * what was signed before fits; the rest can be sent again; fsck has no findings.
 */
void story_check(const struct story *s, const char *dir, const struct promises *p);

#endif
