/*
 * What a report shows: annotations with their whole histories, as the daemon lists them; the
 * records themselves with signatures and proofs, all under one checkpoint, as a bundle has them;
 * and what the verifier and the gate say of each annotation, judged here. gather.c makes it, page.c
 * writes it as HTML, graph.c draws one annotation of it as SVG. Everything lives in the arena of
 * ctl, but for the bundle that records and texts point into.
 */
#ifndef ANNOTCTL_REPORT_REPORT_H
#define ANNOTCTL_REPORT_REPORT_H

#include "../ctl.h"
#include "html.h"

enum {
	REPORT_ANNOTATIONS_MAX = 4096, /* selected, and the documents that their words stand in */
	REPORT_RECORDS_MAX = 32768,    /* versions and what was said on them */
	REPORT_TEXT_MAX = 4 << 20, /* bytes of a text that is shown; of a longer one only the quoted
				      words are */
	REPORT_TEXTS_MAX = 32 << 20, /* of all texts */
};

/* A record with what proves it. */
struct report_record {
	struct annot_hash id;
	uint64_t index;
	const struct annot_record *record; /* NULL: withheld */
	const char *leaf;                  /* the line; only of a withheld one */
	uint8_t key[ANNOT_KEY_SIZE], signature[ANNOT_SIGNATURE_SIZE];
	struct annot_bytes proof; /* tlog-proof, well formed */
	bool shown;               /* its bytes stand in the page already */
};

/* A row of an annotation's history: a version, or what was said on one. */
struct report_entry {
	const struct annot_row *row; /* the daemon's word */
	struct annot_hash id, annotation;
	enum annot_kind kind;
	struct report_record *proved;
};

enum { REPORT_NONE = -1 };

struct report_item {
	struct annot_hash annotation;
	enum annot_kind kind;         /* document, quote, claim or span */
	bool selected;                /* by the query; else a document that words stand in */
	size_t number;                /* on the page, from 1 */
	struct report_entry *entries; /* in log order */
	size_t n_entries;
	const struct report_entry *head; /* its newest head */
	const struct annot_gated *gated;
	int64_t document; /* item of the document that its first target stands in, or REPORT_NONE */
};

/* Words of an annotation in a text that is shown. */
struct report_mark {
	size_t start, end;  /* bytes */
	size_t item;        /* which */
	size_t target;      /* of its targets */
	const char *anchor; /* where they were found again in a newer version: moved … ; NULL:
			       signed there */
};

/* A version of a document on the page. */
struct report_text {
	size_t item;
	const struct report_entry *version;
	struct annot_bytes text; /* data NULL: missing */
	const char *missing;     /* why: withheld, not uploaded, too long … */
	struct report_mark *marks;
	size_t n_marks;
};

struct report {
	struct ctl *ctl;
	const char *query; /* what was asked for: a query, or an id */
	bool by_id;
	const char *as_of;  /* the query, of the log as it was; of an id NULL */
	uint64_t n_matched; /* records that the query found, or that the history has */
	struct annot_trust trust;
	const struct annot_gate *gate;
	struct annot_bytes note;
	const struct annot_bundle *parsed;
	struct annot_held bundle;                                  /* freed by report_free */
	struct annot_buf items, records, by_annotation, by_record; /* lists; freed too */
	struct annot_buf texts;
	size_t n_selected, n_entries;
	uint64_t size; /* of the log that the selection is about */
};

/*
 * Everything about the annotations that a query means, or with an id about one. TOO_LARGE over the
 * bounds above; NO: nothing matches; MISMATCH: the log does not verify; else statuses of the calls,
 * as of gate. Frees nothing on failure: report_free does, on an initialised report.
 */
enum annot_status report_gather(struct ctl *ctl, const char *query, const char *id,
				const char *corpus, struct report *ret);
void report_free(struct report *r);

static inline struct report_item *report_items(const struct report *r, size_t *ret_n)
{
	*ret_n = r->items.len / sizeof(struct report_item);
	return (struct report_item *)(void *)r->items.data;
}
static inline struct report_text *report_texts(const struct report *r, size_t *ret_n)
{
	*ret_n = r->texts.len / sizeof(struct report_text);
	return (struct report_text *)(void *)r->texts.data;
}
/* The item of an annotation, the record with a hash, the entry of a record on the page; NULL. */
const struct report_item *report_item_of(const struct report *r,
					 const struct annot_hash *annotation);
struct report_record *report_record_of(const struct report *r, const struct annot_hash *id);

/* "7067a6a2@2", in the arena. */
const char *report_short(const struct report *r, const struct report_entry *e);

/* select.c: items, their histories, the documents that their words stand in. Statuses as above. */
enum annot_status report_select(struct report *r, const char *id);

/* --- texts.c: which versions of documents are shown, and where words stand in them --- */

/* Statuses of annot_fetch_text but for texts that are not there; NO_MEMORY. */
enum annot_status report_place(struct report *r);
/* The text of a document's record; data NULL: the bundle does not have it. */
struct annot_bytes report_source(const struct report *r, const struct annot_record *document);

/* --- parts of the page --- */

/* page.c: the whole page. */
enum annot_status report_page(struct report *r, struct html *h);
/* text.c: a text with its marks. */
enum annot_status report_put_text(struct report *r, struct html *h, size_t n,
				  const struct report_text *t);
/* article.c: one annotation with all that was said on it. */
enum annot_status report_put_article(struct report *r, struct html *h,
				     const struct report_item *item);
/* history.c: its versions and what changed between them. */
enum annot_status report_put_history(struct report *r, struct html *h,
				     const struct report_item *item);
/* record.c: the cards of a record as fields that the check compares; a record as signed, with proof
 * and the button that checks it. */
void report_put_cards(struct report *r, struct html *h, const struct report_entry *e);
enum annot_status report_put_record(struct report *r, struct html *h, struct report_record *p);
/* A link to what a hash means, if it is on the page, with its words. */
void report_put_reference(struct report *r, struct html *h, const struct annot_hash *id);
/* "approved, disputed, moved": what the daemon derived, as words with classes. */
void report_put_state(struct html *h, const struct report_entry *e);

/* graph.c: the provenance of the first selected annotation. */
enum annot_status report_graph(struct report *r, struct html *h);

#endif
