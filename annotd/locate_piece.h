/* Pieces of contents: reading and searching them, between locate_read.c and locate_batch.c. */
#ifndef ANNOTD_LOCATE_PIECE_H
#define ANNOTD_LOCATE_PIECE_H

#include "annotd/locate.h"

/* A piece of a content: places that begin in [from, to) of it are its own. */
struct locate_piece {
	struct locate *l;
	uint64_t document, total;
	size_t lead, tail; /* bytes that are read before and behind it */
	struct annot_bytes text;
	uint64_t offset; /* of the text in the content */
	size_t from, to;
	uint64_t mark, mark_chars; /* as in a place, of those that are found */
	size_t counted; /* byte of the text from which on code points are counted; SIZE_MAX: they
			   are not */
	size_t at;      /* where the text begins in what it was read into */
};

/* Reads bytes [at, end) of the content, with what is before and behind them, to the end of buf;
 * ends lie between code points. text is good until more is read into buf. */
enum annot_status locate_piece_read(struct locate_piece *p, uint64_t at, uint64_t end,
				    struct annot_buf *buf);

/* Steps of comparing are counted by p->l, those of reading through are not. */
enum annot_status locate_piece_search(struct locate_piece *p);

/* Of the request, whose steps of reading through and bytes are counted too. */
void locate_piece_count(struct locate *l, const struct locate_piece *p);

#endif
