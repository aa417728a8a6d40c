/*
 * Where the words that were searched for stand in a record, and in the content of a document, with
 * what is around them. search.db says where to look (store/search.h); what it says is looked at
 * here.
 */
#ifndef ANNOTD_HITS_H
#define ANNOTD_HITS_H

#include "annotd/store/search.h"
#include "annotd/view.h"

enum {
	HITS_MAX = 4,     /* matches a record */
	HITS_MARKS = 32,  /* words marked in a snippet */
	HITS_AROUND = 80, /* code points before and behind a match */
	HITS_WORD = 160,  /* code points of a match that a snippet shows */
	HITS_ALL_MAX = ROWS_MAX * HITS_MAX,
};

struct hits {
	struct call *call;
	struct search_cursor *cursor;
	const struct search_words *words; /* its */
	struct annot_arena *scratch;      /* reset for each record */
	struct annot_buf piece;           /* of a content */
	uint64_t read;                    /* bytes looked at so far */
	struct annot_search_match *list;  /* in the call's arena */
	size_t n;
};

/* End with hits_end, also after a failure. */
enum annot_status hits_begin(struct hits *h, struct call *c, struct search_cursor *cursor);
void hits_end(struct hits *h);

/*
 * *ret: whether a record has all words. Its matches, for row number `row`, are then added: the
 * first place of each word, if it is not in a snippet that is there already. hits_drop takes the
 * last n back.
 */
enum annot_status hits_look(struct hits *h, uint64_t index, size_t row, bool *ret, size_t *ret_n);
void hits_drop(struct hits *h, size_t n);

/* Bytes that the last n matches take in a frame, at most. */
size_t hits_size(const struct hits *h, size_t n);

#endif
