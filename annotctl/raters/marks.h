/*
 * Marks: the words that quotes, claims and spans are on, each by the person who signed its latest
 * version. Words are the same only in the same version of a document.
 */
#ifndef ANNOTCTL_RATERS_MARKS_H
#define ANNOTCTL_RATERS_MARKS_H

#include "agreement.h"

struct mark {
	struct annot_hash document; /* its record */
	uint64_t start, end;        /* bytes */
	size_t coder;
	struct annot_hash annotation;
	/* For people, where disagreements are listed: */
	const char *name, *exact;
	uint64_t version, chars_start, chars_end;
	size_t tag, n_tags; /* a part of the list of tags */
	uint64_t reach;     /* spans: the last end so far of the person's in the document */
};

struct marks {
	struct agreement *a;
	struct annot_buf list; /* struct mark */
	struct annot_buf tags; /* size_t: numbers of tags that marks have */
	const char *names[AGREEMENT_TAGS_MAX];
	size_t n_names;
	size_t records, without, withheld, stolen; /* selected; and of these left out, and why */
	size_t n;                                  /* marks that the others have */
};

static inline struct mark *marks_of(const struct marks *m, size_t *ret_n)
{
	*ret_n = LIST_COUNT(struct mark, &m->list);
	return LIST_ITEMS(struct mark, &m->list);
}

#define MARKS_INIT(agreement)                                                                      \
	{                                                                                          \
		.a = (agreement), .list = LIST_INIT, .tags = LIST_INIT                             \
	}
void marks_free(struct marks *m);

/* Fetches the marks of what the query selects. */
enum annot_status marks_gather(struct marks *m);

/* By document, then start and end, then person. */
int marks_by_words(const void *a, const void *b);
bool marks_same_words(const struct mark *a, const struct mark *b);

/* Numbers those persons who have marks from 0 on, in each mark too. REFUSED: fewer than two. */
enum annot_status marks_people(struct marks *m);

/* "12 records: 3 without words of a document, 0 withheld …" */
const char *marks_text(const struct marks *m);
/* Adds the same numbers. */
void marks_json(const struct marks *m, json_t *object);
/* Where a mark is: document, name, document_version, bytes, chars, exact. */
json_t *mark_json(const struct mark *mark);

#endif
