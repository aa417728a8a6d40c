/* The tables of annot_memory. */
#ifndef ANNOT_STATE_MEMORY_PRIVATE_H
#define ANNOT_STATE_MEMORY_PRIVATE_H

#include "base/arena.h"
#include "state/memory.h"
#include "state/table.h"

/* Elements live in the arena, a few hundred bytes a record: enough for some ten million records. */
#define ANNOT_MEMORY_MAX ((size_t)8 << 30)

struct memory_annotation;

struct memory_record {
	struct annot_hash record;
	uint64_t index;
	enum annot_kind kind;
	struct annot_hash author;
	struct annot_hash on;     /* zero if it has none */
	enum annot_effect effect; /* as judged at its own index */
	bool replaced;
	const struct annot_hash *parents;
	size_t n_parents;
	const char *name; /* of a document; NULL once withheld */
	struct memory_annotation *annotation;
	struct memory_record *next; /* version of the annotation, in log order */
	UT_hash_handle hh;
};

struct memory_annotation {
	struct annot_hash id;
	struct memory_record *first, *last;
	int64_t retracted;
	uint64_t walked, heads; /* versions and heads that a walk has counted */
	UT_hash_handle hh;
};

/* A seal, or a first version of a verdict, which opens one. */
struct memory_seal {
	const struct memory_record *record;
	const struct annot_hash *commitment; /* NULL: of a verdict, or not known */
	struct memory_seal *next;            /* on the same record, in log order */
};

struct memory_seals {
	struct annot_hash on;
	struct memory_seal *first, *last;
	UT_hash_handle hh;
};

/* The document that has a name now. */
struct memory_name {
	const char *name;
	struct memory_annotation *document; /* NULL: free again */
	UT_hash_handle hh;
};

struct annot_memory {
	struct annot_arena *arena;
	struct annot_authority *authority;
	struct annot_view view;
	uint64_t size;
	struct memory_record *records;
	struct memory_annotation *annotations;
	struct memory_seals *seals;
	struct memory_name *names;
};

void annot_memory_set_view(struct annot_memory *m);
struct memory_record *annot_memory_find(const struct annot_memory *m,
					const struct annot_hash *record);
/* Whether a version counts: not void at its own index nor voided by a quorum since. */
bool annot_memory_counts(const struct annot_memory *m, const struct memory_record *r);

#endif
