/* What the files of fuzz_seeds share. */
#ifndef TESTS_FUZZ_SEEDS_H
#define TESTS_FUZZ_SEEDS_H

#include "fuzz.h"
#include "log/note.h"

/* Writes one seed of a target; a failure ends the program. */
void seeds_save(const char *target, const char *name, const void *data, size_t len);
void seeds_save_text(const char *target, const char *name, const char *content);

/* Fork evidence of a corpus (seeds_evidence.c). */
void seeds_evidence(struct annot_bytes genesis, const struct annot_skey *log);
/* Bodies of every message (seeds_message.c). */
void seeds_messages(void);
/* All that people write: escapes, queries, settings, words (seeds_text.c). */
void seeds_texts(void);

/* The index over texts (seeds_segments.c). */
void seeds_segments(void);

/* Items of other programs (seeds_formats.c). */
void seeds_formats(void);

/* A copied log of records, signed by the key. */
struct annot_record;
struct annot_secret_key;
void seeds_tiles(const struct annot_record *const *records, size_t n,
		 const struct annot_secret_key *key);
void seeds_policies(void);
/* A bundle with the text of the document `of` as an excerpt, and with its checkpoint cosigned. */
struct annot_bytes;
void seeds_excerpt(struct annot_bytes bundle, const struct annot_record *of);

#endif
