/*
 * The leaves: they must give the checkpoint's root. Then every record is judged in its turn, from
 * its bytes where the bundle has them, else from its leaf line.
 */
#include "proof/verify_private.h"

#include <stdlib.h>

#include "base/hash.h"
#include "record/sshkey.h"

enum { PROGRESS_LEAVES = 4096 };

struct annot_bytes annot_replay_line(const struct annot_verify *v, uint64_t index)
{
	return annot_bytes(v->bundle.leaves.data + v->leaf_at[index],
			   (size_t)(v->leaf_at[index + 1] - v->leaf_at[index]));
}

struct annot_leaf annot_replay_leaf(const struct annot_verify *v, uint64_t index)
{
	struct annot_leaf leaf = {0};

	/* Parsed before, so that it parses. */
	if (annot_leaf_parse(annot_replay_line(v, index), &leaf, NULL) != ANNOT_OK)
		return (struct annot_leaf){0};
	return leaf;
}

/* --- the tree
 * ------------------------------------------------------------------------------------------ */

static uint64_t count_lines(struct annot_bytes text)
{
	const uint8_t *at = text.data, *end = text.data + text.len;
	uint64_t n = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		n++;
	}
	return n;
}

/* What the wanted records and the witnesses have seen, by size, so that one walk over the leaves
 * meets each root. */
struct seen {
	uint64_t size;
	struct annot_hash *root;
};

static int by_size(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->size < y->size ? -1 : x->size > y->size;
}

static struct seen *list_seen(struct annot_verify *v, size_t *ret_n)
{
	struct seen *list = annot_arena_array(v->arena, v->n_wanted + ANNOT_BUNDLE_COSIGNED_MAX + 1,
					      sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; list && i < v->n_wanted; i++)
		if (v->wanted[i] && v->wanted[i]->record)
			list[n++] = (struct seen){v->wanted[i]->record->seen.size,
						  &v->wanted[i]->noted->seen_root};
	for (size_t i = 0; list && i < v->bundle.n_cosigned; i++)
		list[n++] = (struct seen){v->cosigned[i].checkpoint.size, &v->cosigned[i].root};
	if (n)
		qsort(list, n, sizeof(*list), by_size);
	*ret_n = n;
	return list;
}

static void build_tree(struct annot_verify *v, struct annot_frontier *f, const struct seen *seen,
		       size_t n_seen)
{
	const struct annot_bytes *leaves = &v->bundle.leaves;
	struct annot_hash nodes[ANNOT_LEVELS];
	uint64_t at = 0;
	size_t next = 0;

	for (uint64_t i = 0; i < v->checkpoint.size; i++) {
		const uint8_t *line = leaves->data + at;
		const uint8_t *end = memchr(line, '\n', leaves->len - (size_t)at);
		size_t len = (size_t)(end - line) + 1;
		struct annot_hash hash = annot_leaf_hash(line, len);

		v->leaf_at[i] = at;
		annot_frontier_append(f, &hash, nodes);
		if (f->size == v->trust->pin.size)
			v->pin_root = annot_frontier_root(f);
		for (; next < n_seen && seen[next].size <= f->size; next++)
			if (seen[next].size == f->size)
				*seen[next].root = annot_frontier_root(f);
		at += len;
	}
	v->leaf_at[v->checkpoint.size] = at;
}

static enum annot_status check_tree(struct annot_verify *v, struct annot_error *err)
{
	uint64_t n = count_lines(v->bundle.leaves);
	struct annot_frontier f = {0};
	struct seen *seen;
	size_t n_seen;
	struct annot_hash root;

	if (n != v->checkpoint.size || v->bundle.leaves.data[v->bundle.leaves.len - 1] != '\n') {
		CHECK_INVALID(v, "leaves",
			      "the checkpoint covers %llu record%s, the bundle has %llu",
			      (unsigned long long)v->checkpoint.size,
			      annot_plural(v->checkpoint.size), (unsigned long long)n);
		return ANNOT_OK;
	}
	v->leaf_at = annot_arena_array(v->arena, (size_t)n + 1, sizeof(*v->leaf_at));
	seen = list_seen(v, &n_seen);
	if (!v->leaf_at || !seen)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %llu leaves",
				  (unsigned long long)n);
	build_tree(v, &f, seen, n_seen);
	root = annot_frontier_root(&f);
	if (!annot_hash_equal(&root, &v->checkpoint.root) && v->own_leaves) {
		CHECK_FAILED(
			v, "leaves", ANNOT_FORKED_LOG,
			"your copy of the log is another history than the bundle's checkpoint");
		return ANNOT_OK;
	}
	if (!annot_hash_equal(&root, &v->checkpoint.root)) {
		CHECK_INVALID(v, "leaves", "the leaves do not give the checkpoint's root");
		return ANNOT_OK;
	}
	v->complete = true;
	return ANNOT_OK;
}

/* --- the facts
 * ----------------------------------------------------------------------------------------- */

/* A withheld record of the bundle: its leaf is what the log has at its index. */
static bool place_withheld(struct annot_verify *v, struct annot_supplied *s)
{
	struct annot_hash signature = annot_sha256(s->signature, sizeof(s->signature));
	struct annot_hash author = annot_key_author(s->key);
	struct annot_supplied *other = NULL;
	struct annot_error why = {0};

	s->leaf = annot_replay_leaf(v, s->index);
	s->id = s->leaf.record;
	HASH_FIND(hh, v->by_id, &s->id, sizeof(s->id), other);
	if (other || !annot_hash_equal(&signature, &s->leaf.signature) ||
	    !annot_hash_equal(&author, &s->leaf.author)) {
		CHECK_INVALID(v, "leaves",
			      "record #%llu: the bundle's signature is not the one in the log",
			      (unsigned long long)s->index);
		return false;
	}
	if (annot_supplied_prove(v, s, annot_replay_line(v, s->index), &why) != ANNOT_OK) {
		CHECK_INVALID(v, "leaves", "record #%llu: %s", (unsigned long long)s->index,
			      why.text);
		return false;
	}
	HASH_ADD(hh, v->by_id, id, sizeof(s->id), s);
	if (annot_table_failed(s))
		v->failed = true;
	return !v->failed;
}

/* Finds the bundle's record for a leaf; false: they contradict each other. */
static bool place(struct annot_verify *v, uint64_t index, const struct annot_leaf *leaf,
		  struct annot_supplied **ret)
{
	struct annot_supplied *s = NULL;

	*ret = NULL;
	HASH_FIND(hh, v->by_id, &leaf->record, sizeof(leaf->record), s);
	if (!s || index > s->index)
		return true; /* a record logged again is void */
	if (index < s->index) {
		CHECK_INVALID(v, "leaves", "a record stands at #%llu first, its proof is for #%llu",
			      (unsigned long long)index, (unsigned long long)s->index);
		return false;
	}
	s->placed = true;
	*ret = s;
	return true;
}

static void remember_author(struct annot_verify *v, const struct annot_leaf *leaf,
			    struct annot_noted *noted)
{
	const struct annot_key_info *key =
		annot_authority_key(annot_memory_authority(v->memory), &leaf->author);

	if (!key)
		return;
	noted->author = *key;
	noted->has_author = true;
}

/* Keeps what is said about a record of the bundle. */
static void note_said(struct annot_verify *v, const struct annot_fact *fact)
{
	const struct annot_leaf *leaf = &fact->leaf;
	struct annot_supplied *on = NULL;
	struct annot_said *said;

	if (leaf->kind != ANNOT_KIND_review && leaf->kind != ANNOT_KIND_verdict &&
	    leaf->kind != ANNOT_KIND_reaffirm)
		return;
	HASH_FIND(hh, v->by_id, &leaf->on, sizeof(leaf->on), on);
	if (!on)
		return;
	said = annot_arena_alloc(v->arena, sizeof(*said));
	if (!said) {
		v->failed = true;
		return;
	}
	*said = (struct annot_said){.index = fact->index,
				    .kind = leaf->kind,
				    .record = leaf->record,
				    .annotation = leaf->annotation,
				    .author = leaf->author};
	if (on->last_said)
		on->last_said->next = said;
	else
		on->said = said;
	on->last_said = said;
}

/* *ret: whether to go on. */
static enum annot_status replay_one(struct annot_verify *v, uint64_t index, bool *ret,
				    struct annot_error *err)
{
	struct annot_fact fact = {.index = index};
	struct annot_judgement judgement;
	struct annot_error why = {0};
	struct annot_supplied *s;

	*ret = false;
	if (annot_leaf_parse(annot_replay_line(v, index), &fact.leaf, &why) != ANNOT_OK) {
		CHECK_INVALID(v, "leaves", "leaf #%llu: %s", (unsigned long long)index, why.text);
		return ANNOT_OK;
	}
	if (!place(v, index, &fact.leaf, &s))
		return ANNOT_OK;
	fact.record = s ? s->record : NULL;
	if (!fact.record &&
	    annot_authority_concerns(annot_memory_authority(v->memory), &fact.leaf)) {
		CHECK_MISSING(
			v, "key chain",
			"record #%llu (%s), on which keys and rules depend, is not in the bundle; "
			"who may sign what cannot be shown",
			(unsigned long long)index, annot_kind_def(fact.leaf.kind)->name);
		return ANNOT_OK;
	}
	if (s && s->noted)
		remember_author(v, &fact.leaf, s->noted);
	TRY(annot_memory_next(v->memory, &fact, &judgement, err));
	if (s)
		s->effect = judgement.effect;
	if (s && s->noted)
		s->noted->judgement = judgement;
	if (judgement.effect != ANNOT_VOID)
		note_said(v, &fact);
	*ret = true;
	return ANNOT_OK;
}

/* The author's key again, as it is in the end. */
static void find_author_now(const struct annot_verify *v, struct annot_noted *noted)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);

	for (size_t i = 0; noted->has_author && i < annot_authority_keys(a); i++) {
		const struct annot_key_info *key = annot_authority_key_at(a, i);

		if (annot_hash_equal(&key->event, &noted->author.event) &&
		    annot_hash_equal(&key->author, &noted->author.author))
			noted->author_now = *key;
	}
}

/* The reader's own leaves where the bundle has none; false: too few, or none at all. */
static bool have_leaves(struct annot_verify *v)
{
	const struct annot_bytes *own = &v->trust->leaves;
	const uint8_t *at, *end;
	uint64_t n = 0;

	if (v->bundle.leaves.data && v->bundle.leaves.len)
		return true;
	if (!own->data) {
		CHECK_MISSING(v, "leaves",
			      "the bundle has no leaves: later versions, retractions, revocations "
			      "and who "
			      "may sign cannot be shown; with a copy of the log (--log) they can");
		return false;
	}
	at = own->data;
	end = at + own->len;
	while (n < v->checkpoint.size && at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		n++;
	}
	if (n < v->checkpoint.size || !n) {
		CHECK_MISSING(
			v, "leaves",
			"your copy of the log has %llu of the %llu leaves; bring it up to date",
			(unsigned long long)n, (unsigned long long)v->checkpoint.size);
		return false;
	}
	v->bundle.leaves = annot_bytes(own->data, (size_t)(at - own->data));
	v->own_leaves = true;
	return true;
}

static enum annot_status tell(const struct annot_verify *v, uint64_t done, struct annot_error *err)
{
	const struct annot_trust *trust = v->trust;
	if (!trust->progress || trust->progress(trust->progress_arg, done, v->checkpoint.size))
		return ANNOT_OK;
	return annot_fail(err, ANNOT_CONFLICT, "verifying was stopped");
}

enum annot_status annot_replay(struct annot_verify *v, struct annot_error *err)
{
	bool go_on = true;

	if (!have_leaves(v))
		return ANNOT_OK;
	TRY(check_tree(v, err));
	if (!v->complete)
		return ANNOT_OK;
	for (size_t i = 0; i < v->n_supplied; i++)
		if (!v->supplied[i].record && !place_withheld(v, &v->supplied[i]))
			return ANNOT_OK;
	v->memory = annot_memory_new();
	if (!v->memory)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the log's state");
	for (uint64_t i = 0; go_on && i < v->checkpoint.size; i++) {
		TRY(replay_one(v, i, &go_on, err));
		if (i % PROGRESS_LEAVES == 0)
			TRY(tell(v, i, err));
	}
	v->replayed = go_on;
	for (size_t i = 0; i < v->n_wanted; i++)
		if (v->wanted[i])
			find_author_now(v, v->wanted[i]->noted);
	return ANNOT_OK;
}
