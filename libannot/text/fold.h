/*
 * The folded view of a text: what is left when typography is taken away, with a map back to the
 * source. Folded are: case (full case folding), normal form (NFC), runs of white space to one
 * space, quotation marks to " and ', dashes and runs of them to -, ligatures and the ellipsis to
 * their letters; left out are soft hyphens, other invisible code points (Default_Ignorable), and a
 * hyphen with the line break behind it between a letter and a lower-case letter. Unicode data are
 * those of the utf8proc in use; no rule of the log depends on them.
 */
#ifndef ANNOT_TEXT_FOLD_H
#define ANNOT_TEXT_FOLD_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * A stretch of the folded text, up to the next run. Where unit is 0, bytes correspond one to one
 * from source on; else the whole stretch stands for the unit bytes at source and is not split.
 */
struct annot_fold_run {
	uint32_t folded, source, unit;
};

/* Source bytes between runs were left out. */
struct annot_folded {
	char *text; /* valid UTF-8, NUL-terminated */
	size_t len;
	struct annot_fold_run *runs; /* ascending in folded and source */
	size_t n_runs;
	size_t cap, runs_cap; /* room, for annot_fold_again */
};

/* The longest text that is folded (offsets are 32 bits, and folding may make it three times
 * longer). */
#define ANNOT_FOLD_TEXT_MAX ((size_t)1 << 30)

/* Folds valid UTF-8; free ret with annot_folded_free. TOO_LARGE (above the maximum), NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_fold(const char *text, size_t len, struct annot_folded *ret,
					   struct annot_error *err);
void annot_folded_free(struct annot_folded *f);

/* The same, in the memory of what ret held before (which may be all zero); after a failure that is
 * free. */
ANNOT_CHECKED enum annot_status annot_fold_again(const char *text, size_t len,
						 struct annot_folded *ret, struct annot_error *err);

/*
 * Source bytes [*start, *end) that the folded bytes [from, to) stand for, from < to <= len, both on
 * code point boundaries: whole code points, and all of a unit of which a part is in the range.
 */
void annot_folded_source(const struct annot_folded *f, size_t from, size_t to, size_t *start,
			 size_t *end);

#endif
