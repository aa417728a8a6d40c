/*
 * A long text as letters, in bounded memory: it comes in pieces of any size, cut anywhere, and is
 * read in blocks, which together have the letters that it would have if it was read at once.
 */
#ifndef ANNOT_ANCHOR_BLOCKS_H
#define ANNOT_ANCHOR_BLOCKS_H

#include "anchor/letters.h"

enum {
	/* So many bytes of a text are read at once at least. Where the letters that a block repeats
	 * are farther apart, most of the text being left out in folding, it repeats fewer. */
	ANNOT_BLOCKS_SPREAD = 32 << 10,
	/* What a byte folds to may depend on so many behind it: of white space behind a hyphen no
	 * more is looked at. */
	ANNOT_BLOCKS_AHEAD = 256,
};

struct annot_blocks {
	struct annot_alphabet *alphabet; /* the caller's */
	size_t lead;                     /* letters that blocks repeat */
	char *block;
	size_t len, cap;
	struct annot_letters letters; /* of the block */
	uint64_t offset;              /* of the block in the text, in bytes … */
	uint64_t first;               /* … and letters */
	uint64_t taken;               /* letters of the text that have been handed on */
	bool done;                    /* no more is wanted; whoever takes blocks may set it */
};

/*
 * Takes a block that begins with byte offset and letter first of the text. Letters [from, n) are
 * new; those before are the last `lead` before them, or as many as there are; those from n on, of
 * which some may be wrong, come again.
 */
typedef enum annot_status (*annot_blocks_take)(void *data, const struct annot_letters *l,
					       size_t from, size_t n, struct annot_error *err);

/* NO_MEMORY; free with annot_blocks_free. Takes 64 KiB and 32 bytes for each letter of lead, and
 * six times as much while a block is read. */
ANNOT_CHECKED enum annot_status annot_blocks_new(struct annot_alphabet *alphabet, size_t lead,
						 struct annot_blocks *ret, struct annot_error *err);
void annot_blocks_free(struct annot_blocks *b);

void annot_blocks_begin(struct annot_blocks *b);

/* The next piece of a text that is UTF-8 as a whole; its end. Statuses of take, and NO_MEMORY: then
 * the text has to be begun again. */
ANNOT_CHECKED enum annot_status annot_blocks_feed(struct annot_blocks *b, struct annot_bytes piece,
						  annot_blocks_take take, void *data,
						  struct annot_error *err);
ANNOT_CHECKED enum annot_status annot_blocks_end(struct annot_blocks *b, annot_blocks_take take,
						 void *data, struct annot_error *err);

#endif
