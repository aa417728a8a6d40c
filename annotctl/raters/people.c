/* Who the coders are. */
#include <stdlib.h>
#include <string.h>

#include "../key.h"
#include "../rows.h"
#include "agreement.h"

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, ANNOT_HASH_SIZE);
}

/* --- keys and persons --- */

struct key_of {
	struct annot_hash author; /* first: searched by it */
	size_t person;
	uint64_t stolen_from; /* UINT64_MAX: never */
};

static size_t person_of(struct agreement *a, const struct annot_key_view *key)
{
	for (size_t i = 0; i < a->n_people; i++)
		if (annot_hash_equal(&a->people[i].person, &key->person))
			return i;
	a->people[a->n_people] =
		(struct coder){.person = key->person, .name = out_safe(a->ctl, key->name)};
	return a->n_people++;
}

static enum annot_status read_keys(struct agreement *a, bool *ret_stolen)
{
	const struct annot_keys_reply *keys;
	TRY(annot_keys(a->ctl->annot, &keys, &a->ctl->err));
	a->people = annot_arena_array(a->arena, keys->n_keys + 1, sizeof *a->people);
	if (!a->people)
		return annot_fail(&a->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < keys->n_keys; i++) {
		const struct annot_key_view *view = &keys->keys[i];
		bool stolen = strcmp(view->state, "compromised") == 0;
		if (key_enrolled(a->ctl, &view->author) != view)
			continue; /* an enrolment of the same key that does not count */
		struct key_of key = {.author = view->author,
				     .person = person_of(a, view),
				     .stolen_from = stolen ? view->compromised_from : UINT64_MAX};
		*ret_stolen |= stolen;
		TRY(LIST_ADD(a->ctl, &a->keys, &key));
	}
	return ANNOT_OK;
}

static enum annot_status take_reaffirm(struct ctl *ctl, const struct annot_row *row,
				       const struct annot_record *record, void *arg)
{
	struct agreement *a = arg;
	(void)row;
	if (!record || record->kind->kind != ANNOT_KIND_reaffirm)
		return ANNOT_OK;
	return numbered_add(ctl, &a->reaffirmed, annot_record_on(record), 0);
}

static enum annot_status take_none(struct ctl *ctl, const struct annot_row *row,
				   const struct annot_record *record, void *arg)
{
	(void)ctl, (void)row, (void)record, (void)arg;
	return ANNOT_OK;
}

enum annot_status people_read(struct agreement *a)
{
	struct rows_request first = {.query = a->query, .limit = 1}, reaffirm = {0};
	bool stolen = false;
	TRY(rows_each(a->ctl, &first, take_none, NULL, &a->size));
	TRY(read_keys(a, &stolen));
	if (a->keys.len > 0)
		qsort(a->keys.data, LIST_COUNT(struct key_of, &a->keys), sizeof(struct key_of),
		      by_hash);
	if (!stolen)
		return ANNOT_OK;
	reaffirm.query = annot_arena_printf(a->arena, "kind:reaffirm as-of:#%llu",
					    (unsigned long long)a->size);
	TRY(rows_each(a->ctl, &reaffirm, take_reaffirm, a, NULL));
	numbered_sort(&a->reaffirmed);
	return ANNOT_OK;
}

void people_free(struct agreement *a)
{
	annot_buf_free(&a->keys);
	annot_buf_free(&a->reaffirmed);
}

bool people_find(const struct agreement *a, const struct annot_hash *author,
		 const struct annot_hash *record, uint64_t index, size_t *ret)
{
	const struct key_of *key = a->keys.len == 0 ? NULL
						    : bsearch(author, a->keys.data,
							      LIST_COUNT(struct key_of, &a->keys),
							      sizeof *key, by_hash);
	if (!key || (index >= key->stolen_from && !numbered_find(&a->reaffirmed, record)))
		return false;
	*ret = key->person;
	return true;
}

enum annot_status people_compact(struct agreement *a, size_t *columns, const char *did)
{
	size_t n = 0;
	for (size_t i = 0; i < a->n_people; i++) {
		columns[i] = n;
		if (a->people[i].n > 0)
			a->people[n++] = a->people[i];
	}
	a->n_people = n;
	if (n == 0)
		return annot_fail(&a->ctl->err, ANNOT_REFUSED,
				  "nobody has %s; agreement takes two persons", did);
	if (n == 1)
		return annot_fail(&a->ctl->err, ANNOT_REFUSED,
				  "only %s has %s; agreement takes two persons", a->people[0].name,
				  did);
	if (n > ANNOT_AGREEMENT_CODERS_MAX)
		return annot_fail(&a->ctl->err, ANNOT_TOO_LARGE,
				  "%zu persons, at most %d; a narrower query has fewer", n,
				  ANNOT_AGREEMENT_CODERS_MAX);
	return ANNOT_OK;
}

const char *people_text(const struct agreement *a)
{
	const char *text = "";
	for (size_t i = 0; text && i < a->n_people; i++)
		text = annot_arena_printf(a->ctl->arena, "%s%s%s %zu", text, i ? ", " : "",
					  a->people[i].name, a->people[i].n);
	return text ? text : "";
}

json_t *people_json(const struct agreement *a, const char *number)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_people; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", "name", a->people[i].name,
						      number, (json_int_t)a->people[i].n));
	return list;
}

/* --- disagreements --- */

void disagreements_begin(const struct agreement *a)
{
	if (!a->ctl->quiet)
		out_list_begin(a->ctl);
}

void disagreement(const struct agreement *a, const struct annot_hash *annotation, json_t *object)
{
	if (!a->ctl->quiet) {
		out_list_item(a->ctl, object);
		return;
	}
	out_text(a->ctl, "%s\n", annot_hash_hex(annotation).text);
	json_decref(object);
}

void disagreements_end(const struct agreement *a)
{
	if (!a->ctl->quiet)
		out_list_end(a->ctl);
}
