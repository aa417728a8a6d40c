/* The versions of an annotation as a graph, and its heads. */
#ifndef ANNOTCTL_VERSIONS_H
#define ANNOTCTL_VERSIONS_H

#include "ctl.h"

#include <jansson.h>

/* A version; texts live in the arena that ctl had when they were loaded. */
struct version {
	struct annot_hash record, author;
	uint64_t index, number;  /* number: N of ID@N */
	const char *author_name; /* "?" if not known */
	const char *time;        /* claimed; "" if withheld */
	bool head, withheld;
};

struct versions {
	struct annot_hash annotation;
	struct version *list;             /* in log order; void ones are left out */
	struct annot_version_node *nodes; /* their parents, by place in the list, ascending */
	size_t n, cap;
	size_t *slots; /* finds places by hash */
	size_t n_slots;
	struct annot_arena *arena;
};

#define VERSIONS_NONE SIZE_MAX

/* A row of the annotation's history: a version, or (at is VERSIONS_NONE) what was said on one. Hash
 * and signature are checked. f lives until the visit returns. */
typedef enum annot_status (*versions_visit)(struct ctl *ctl, const struct versions *v, size_t at,
					    const struct annot_fetched *f, void *arg);

/* Loads the graph of an annotation; visit may be NULL. Statuses of annot_call_history and
 * annot_check_row. */
enum annot_status versions_load(struct ctl *ctl, const struct annot_hash *annotation,
				versions_visit visit, void *arg, struct versions *ret);

/* The place of a record, or VERSIONS_NONE. */
size_t versions_find(const struct versions *v, const struct annot_hash *record);

/* The annotation of a record that was fetched, withheld ones too. */
struct annot_hash versions_annotation(const struct annot_fetched *f);

/* Whether several versions stand beside each other. */
bool versions_in_conflict(const struct annot_row *row);

/* "1a2b3c4d@2 by boris, 1a2b3c4d@3 by chloe": the heads, in log order, the first few of many. */
const char *versions_heads_text(struct ctl *ctl, const struct versions *v);

/* {record, version, index, author {name, key}, time}, also of blame and merge. */
json_t *versions_json(struct ctl *ctl, const struct version *version);
/* An array of these, one for each head. */
json_t *versions_heads_json(struct ctl *ctl, const struct versions *v);

#endif
