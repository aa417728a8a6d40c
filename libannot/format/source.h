/*
 * A text of the corpus as formats see it: its offsets in every unit, and where words of another
 * program's annotation stand in it.
 */
#ifndef ANNOT_FORMAT_SOURCE_H
#define ANNOT_FORMAT_SOURCE_H

#include "anchor/anchor.h"
#include "record/record.h"

/*
 * The host fills what comes before marks; the rest is made when it is needed and kept (an index of
 * offsets: 24 bytes for each 4 KiB; for placing four to eight times the text), until
 * annot_source_clear.
 */
struct annot_source {
	const struct annot_record *record; /* the document record */
	const char *name;
	uint64_t version, index; /* index: of the record, in the log */
	struct annot_bytes text; /* data NULL: withheld or not uploaded */
	struct annot_source_marks *marks;
	struct annot_anchorer *anchorer;
};

ANNOT_API void annot_source_clear(struct annot_source *s);

enum annot_unit { ANNOT_UNIT_BYTES, ANNOT_UNIT_CHARS, ANNOT_UNIT_UTF16 };

/* Offset of a byte on a boundary, at most the text's length, in a unit. NO_MEMORY. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_source_offset(struct annot_source *s, size_t byte,
							      enum annot_unit unit, uint64_t *ret,
							      struct annot_error *err);
/* The reverse. INVALID: past the end, or in the middle of a character (bytes, UTF-16). */
ANNOT_API ANNOT_CHECKED enum annot_status annot_source_byte(struct annot_source *s, uint64_t offset,
							    enum annot_unit unit, size_t *ret,
							    struct annot_error *err);

/* What an item says of the place of its words. */
struct annot_source_selector {
	struct annot_bytes exact, prefix, suffix; /* data NULL: not said */
	bool hints; /* prefix and suffix are not the item's own words: no loss if others stand there
		     */
	bool placed; /* start and end are said, in unit */
	enum annot_unit unit;
	uint64_t start, end;
};

enum annot_source_how {
	ANNOT_SOURCE_STATED, /* where the item says, and the words (if it says any) are those */
	ANNOT_SOURCE_QUOTED, /* found by its words; it says no position */
	ANNOT_SOURCE_MOVED,  /* found by its words, elsewhere than it says */
	ANNOT_SOURCE_FOLDED, /* the words differ in case, white space, quote marks, dashes or normal
				form alone */
};

struct annot_source_place {
	size_t start, end; /* bytes */
	enum annot_source_how how;
	unsigned score; /* per mille, of anchoring; 1000 for STATED */
	bool prefix_stands,
		suffix_stands; /* what is said of before and behind it; true: nothing is */
};

/*
 * Where the words stand: at the stated position if they stand there, unless prefix or suffix do not
 * and there is just one place where all three stand; else at the one place where they stand with
 * prefix and suffix, byte for byte; else found by quote, prefix, suffix and the stated position as
 * a hint (anchor/anchor.h, cautious). Of QUOTED, MOVED and FOLDED the caller reports what was said
 * and does not hold: see annot_import_place (format/internal.h), which does.
 *
 * NOT_FOUND: nowhere, or only with other words (the text says the nearest place); AMBIGUOUS: in
 * several (the text lists them); INVALID: neither words nor position, or start not before end, or
 * not UTF-8; MISMATCH: a position without words that the text does not have; NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_source_place(struct annot_source *s, const struct annot_source_selector *selector,
		   struct annot_source_place *ret, struct annot_error *err);

#endif
