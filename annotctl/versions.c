#include "versions.h"

#include <string.h>

#include "key.h"
#include "out/record.h"
#include "rows.h"

enum { FIRST_CAP = 16, HEADS_SHOWN = 8 };

struct loading {
	struct versions *versions;
	versions_visit visit;
	void *arg;
};

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* --- finding by hash: open addressing; hashes need no hashing --- */

static size_t *slot_of(const struct versions *v, const struct annot_hash *record)
{
	size_t at = 0;
	memcpy(&at, record->b, sizeof at);
	for (at %= v->n_slots;; at = (at + 1) % v->n_slots) {
		size_t *slot = &v->slots[at];
		if (*slot == 0 || annot_hash_equal(&v->list[*slot - 1].record, record))
			return slot;
	}
}

size_t versions_find(const struct versions *v, const struct annot_hash *record)
{
	size_t slot = v->n_slots ? *slot_of(v, record) : 0;
	return slot ? slot - 1 : VERSIONS_NONE;
}

/* Room for one more; at least half of the slots stay free. */
static enum annot_status grow(struct ctl *ctl, struct versions *v)
{
	if (v->n < v->cap)
		return ANNOT_OK;
	size_t cap = v->cap ? 2 * v->cap : FIRST_CAP;
	struct version *list = annot_arena_array(v->arena, cap, sizeof *list);
	struct annot_version_node *nodes = annot_arena_array(v->arena, cap, sizeof *nodes);
	size_t *slots = annot_arena_array(v->arena, 2 * cap, sizeof *slots);
	if (!list || !nodes || !slots)
		return no_memory(ctl);
	if (v->n > 0) {
		memcpy(list, v->list, v->n * sizeof *list);
		memcpy(nodes, v->nodes, v->n * sizeof *nodes);
	}
	v->list = list;
	v->nodes = nodes;
	v->cap = cap;
	v->slots = slots;
	v->n_slots = 2 * cap;
	for (size_t i = 0; i < v->n; i++)
		*slot_of(v, &list[i].record) = i + 1;
	return ANNOT_OK;
}

/* --- loading --- */

/* The leaf of what was fetched; that of a withheld record was parsed when it was checked. */
static struct annot_leaf leaf_of(const struct annot_fetched *f)
{
	struct annot_leaf leaf = {.n_parents = 0};
	if (f->record)
		annot_leaf_of(f->record, f->row->signature.data, &leaf);
	else if (annot_leaf_parse(annot_bytes_of(f->row->leaf), &leaf, NULL) != ANNOT_OK)
		leaf.n_parents = 0;
	return leaf;
}

struct annot_hash versions_annotation(const struct annot_fetched *f)
{
	return leaf_of(f).annotation;
}

static enum annot_status add(struct ctl *ctl, struct versions *v, const struct annot_fetched *f,
			     const struct annot_leaf *leaf)
{
	const struct annot_row *row = f->row;
	const char *name = row->author_name ? row->author_name : "?";
	const char *time = f->record ? f->record->time : "";
	struct version version = {
		.record = leaf->record,
		.author = leaf->author,
		.index = row->index,
		.number = row->version,
		.head = row->head,
		.withheld = !f->record,
		.author_name = annot_arena_copy(v->arena, name, strlen(name)),
		.time = annot_arena_copy(v->arena, time, strlen(time)),
	};
	size_t *parents = annot_arena_array(v->arena, leaf->n_parents, sizeof *parents), n = 0;
	TRY(grow(ctl, v));
	if (!parents || !version.author_name || !version.time)
		return no_memory(ctl);
	for (size_t i = 0; i < leaf->n_parents; i++) {
		size_t parent = versions_find(v, &leaf->parents[i]), at = n;
		if (parent == VERSIONS_NONE)
			continue;
		for (n++; at > 0 && parents[at - 1] > parent; at--)
			parents[at] = parents[at - 1];
		parents[at] = parent;
	}
	v->list[v->n] = version;
	v->nodes[v->n] = (struct annot_version_node){.parents = parents, .n_parents = n};
	*slot_of(v, &version.record) = ++v->n;
	return ANNOT_OK;
}

static enum annot_status load_row(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	(void)record; /* not checked yet */
	struct loading *l = arg;
	struct versions *v = l->versions;
	struct annot_fetched f;
	size_t at = VERSIONS_NONE;
	TRY(annot_check_row(ctl->annot, row, ctl->arena, &f, &ctl->err));
	struct annot_leaf leaf = leaf_of(&f);
	if (row->version > 0 && annot_hash_equal(&leaf.annotation, &v->annotation)) {
		TRY(add(ctl, v, &f, &leaf));
		at = v->n - 1;
	}
	return l->visit ? l->visit(ctl, v, at, &f, l->arg) : ANNOT_OK;
}

enum annot_status versions_load(struct ctl *ctl, const struct annot_hash *annotation,
				versions_visit visit, void *arg, struct versions *ret)
{
	struct loading loading = {ret, visit, arg};
	struct annot_hex hex = annot_hash_hex(annotation);
	struct rows_request request = {.history_of = hex.text};
	*ret = (struct versions){.annotation = *annotation, .arena = ctl->arena};
	return rows_each(ctl, &request, load_row, &loading, NULL);
}

/* --- heads --- */

bool versions_in_conflict(const struct annot_row *row)
{
	return record_has_flag(row, "conflict");
}

const char *versions_heads_text(struct ctl *ctl, const struct versions *v)
{
	const char *text = "";
	size_t n = 0;
	for (size_t i = 0; i < v->n; i++) {
		if (!v->list[i].head)
			continue;
		if (n < HEADS_SHOWN)
			text = annot_arena_printf(
				ctl->arena, "%s%s%s by %s", text, n ? ", " : "",
				record_short(ctl, &v->annotation, v->list[i].number),
				out_safe(ctl, v->list[i].author_name));
		n++;
		if (!text)
			return "";
	}
	if (n > HEADS_SHOWN)
		text = annot_arena_printf(ctl->arena, "%s and %zu more", text, n - HEADS_SHOWN);
	return text ? text : "";
}

json_t *versions_json(struct ctl *ctl, const struct version *version)
{
	return json_pack("{s:s, s:I, s:I, s:{s:s, s:s}, s:s}", "record",
			 annot_hash_hex(&version->record).text, "version",
			 (json_int_t)version->number, "index", (json_int_t)version->index, "author",
			 "name", version->author_name, "key",
			 key_fingerprint(ctl, &version->author), "time", version->time);
}

json_t *versions_heads_json(struct ctl *ctl, const struct versions *v)
{
	json_t *heads = json_array();
	for (size_t i = 0; i < v->n; i++)
		if (v->list[i].head)
			json_array_append_new(heads, versions_json(ctl, &v->list[i]));
	return heads;
}
