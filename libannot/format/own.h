/*
 * Items that were exported from the corpus that they are imported into. Each format carries in a
 * way of its own which corpus and which record that was; an item that says so and says what the
 * record says is there already. One that says otherwise was edited by another program: it becomes
 * the next version of that record, which the importer signs, as with amend.
 */
#ifndef ANNOT_FORMAT_OWN_H
#define ANNOT_FORMAT_OWN_H

#include "format/internal.h"

enum own_is {
	OWN_NOT,  /* it says nothing of this corpus: an item like any other */
	OWN_HERE, /* it is of this record */
	OWN_GONE, /* it says that it is, and that cannot be: it was reported as left out */
};

/* The hash that a text ends with: of an IRI of ours, whatever stands before it. */
bool own_hash(const char *text, struct annot_hash *ret);

/* A record of the corpus; *ret NULL: there is none. */
enum annot_status own_get(struct annot_import *m, const struct annot_hash *record,
			  const struct annot_entry **ret, struct annot_error *err);

/*
 * Of what an item says: corpus as 64 hex digits, record as a text that ends with as many (NULL: it
 * says none). Without corpus it is of this one if the record is here: nobody else has one of that
 * hash. *ret as host.own has it.
 */
enum annot_status own_find(struct annot_import *m, const char *corpus, const char *record,
			   const char *field, const struct annot_entry **ret, enum own_is *ret_is,
			   struct annot_error *err);

/* Whether the n values that an item has of a card are others than those of the record, whatever
 * their order. */
bool own_differs(const struct annot_record *record, const char *card, const char *const *values,
		 size_t n);

/* Puts them in the place of the record's in a draft that amends it; what the card cannot hold is a
 * loss below field. */
enum annot_status own_replace(struct annot_import *m, struct annot_draft *draft, const char *card,
			      const char *field, const char *const *values, size_t n,
			      struct annot_error *err);

/* The targets of the record from number `from` on, behind those that the draft has. */
enum annot_status own_add_targets(struct annot_draft *draft, const struct annot_record *record,
				  size_t from, struct annot_error *err);

/* Members of an item that neither stand in the '|'-separated list nor were kept of it: another
 * program's additions to what is ours, which no card holds. kept may be NULL. */
enum annot_status own_lose_members(struct annot_import *m, json_t *item, const char *held,
				   const json_t *kept, struct annot_error *err);

#endif
