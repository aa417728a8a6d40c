/* Gathering a bundle: the record, what it refers to, and everything that shows that it stands. */
#include "client/collect.h"

#include <stdlib.h>

#include "base/auto.h"

enum {
	COLLECT_ARENA_MAX = 512 << 20,
	COLLECT_LEAVES_MAX = 1 << 30,
	COLLECT_ATTEMPTS = 3,
	GET_BATCH = 16, /* rows with records of 64 KiB fit one frame */
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

/* Takes over what was fetched and checked; its record lives in the collection's arena. */
static enum annot_status take_fetched(struct annot_collection *c, const struct annot_fetched *got,
				      struct annot_collected *ret, struct annot_error *err)
{
	struct annot_collected made = {.index = got->row->index, .record = got->record};
	struct annot_leaf leaf;
	if (got->record) {
		made.id = got->record->id;
	} else {
		TRY(annot_leaf_parse(annot_bytes_of(got->row->leaf), &leaf, err));
		made.id = leaf.record;
		made.leaf = annot_arena_copy(c->arena, got->row->leaf, strlen(got->row->leaf));
		if (!made.leaf)
			return no_memory(err);
	}
	memcpy(made.signature, got->row->signature.data, ANNOT_SIGNATURE_SIZE);
	memcpy(made.key, got->author_key.key, ANNOT_KEY_SIZE);
	*ret = made;
	return ANNOT_OK;
}

bool annot_collect_has(const struct annot_collection *c, const struct annot_hash *id)
{
	struct annot_collected_id *found = NULL;
	HASH_FIND(hh, c->ids, id, sizeof(*id), found);
	return found != NULL;
}

enum annot_status annot_collect_note(struct annot_collection *c, const struct annot_hash *id,
				     struct annot_error *err)
{
	if (annot_collect_has(c, id))
		return ANNOT_OK;
	struct annot_collected_id *note = annot_arena_alloc(c->arena, sizeof(*note));
	if (!note)
		return no_memory(err);
	note->id = *id;
	HASH_ADD(hh, c->ids, id, sizeof(note->id), note);
	return annot_table_failed(note) ? no_memory(err) : ANNOT_OK;
}

enum annot_status annot_collect_add(struct annot_collection *c, const struct annot_collected *one,
				    struct annot_error *err)
{
	if (c->n_references == ANNOT_BUNDLE_RECORDS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "more than %d records are referred to",
				  ANNOT_BUNDLE_RECORDS_MAX);
	if (c->n_references == c->cap_references) {
		size_t cap = c->cap_references ? 2 * c->cap_references : 32;
		struct annot_collected *more = realloc(c->references, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		c->references = more;
		c->cap_references = cap;
	}
	c->references[c->n_references++] = *one;
	return annot_collect_note(c, &one->id, err);
}

/* --- what records refer to --- */

/* Hashes that are still to be fetched. */
struct wanted {
	size_t n;
	struct annot_hash ids[GET_BATCH];
};

static bool is_wanted(const struct wanted *w, const struct annot_hash *id)
{
	for (size_t i = 0; i < w->n; i++)
		if (annot_hash_equal(&w->ids[i], id))
			return true;
	return false;
}

/* Takes the rows that were asked for, each once; a reply may hold fewer than were asked, never
 * none. */
static enum annot_status take_rows(struct annot_collection *c, const struct annot_rows_reply *reply,
				   const struct wanted *w, struct annot_error *err)
{
	for (size_t i = 0; i < reply->n_rows; i++) {
		struct annot_fetched got;
		struct annot_collected one;
		TRY(annot_check_row(c->a, &reply->rows[i], c->arena, &got, err));
		TRY(take_fetched(c, &got, &one, err));
		if (is_wanted(w, &one.id) && !annot_collect_has(c, &one.id))
			TRY(annot_collect_add(c, &one, err));
	}
	return ANNOT_OK;
}

/* Forgets what has come; MISMATCH when nothing of it has. */
static enum annot_status drop_taken(struct annot_collection *c, struct wanted *w,
				    struct annot_error *err)
{
	size_t left = 0;
	for (size_t i = 0; i < w->n; i++)
		if (!annot_collect_has(c, &w->ids[i]))
			w->ids[left++] = w->ids[i];
	if (left == w->n)
		return annot_fail(err, ANNOT_MISMATCH,
				  "record %s is referred to, but the daemon does not show it",
				  annot_hash_hex(&w->ids[0]).text);
	w->n = left;
	return ANNOT_OK;
}

static enum annot_status fetch_wanted(struct annot_collection *c, struct wanted *w,
				      struct annot_error *err)
{
	while (w->n > 0) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		const char *ids[GET_BATCH];
		const struct annot_rows_reply *reply;
		TRY(annot_client_arena(&arena, err));
		for (size_t i = 0; i < w->n; i++) {
			ids[i] = annot_arena_printf(arena, "=%s", annot_hash_hex(&w->ids[i]).text);
			if (!ids[i])
				return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
		}
		struct annot_get_request in = {.ids = ids, .n_ids = w->n};
		TRY(annot_call_get(c->a, &in, arena, &reply, err));
		TRY(take_rows(c, reply, w, err));
		TRY(drop_taken(c, w, err));
	}
	return ANNOT_OK;
}

/* Fetches what one record refers to and the collection has not got. */
static enum annot_status follow(struct annot_collection *c, const struct annot_record *record,
				struct annot_error *err)
{
	struct wanted w = {0};
	for (size_t i = 0; record && i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		if (card->def->type != ANNOT_CARD_REF && card->def->type != ANNOT_CARD_TARGET)
			continue;
		if (annot_collect_has(c, &card->hash) || is_wanted(&w, &card->hash))
			continue;
		w.ids[w.n++] = card->hash;
		if (w.n == GET_BATCH)
			TRY(fetch_wanted(c, &w, err));
	}
	return fetch_wanted(c, &w, err);
}

static enum annot_status collect_references(struct annot_collection *c, struct annot_error *err)
{
	TRY(follow(c, c->subject.record, err));
	/* The list grows while it is walked; records refer to earlier ones only, so it ends. */
	for (size_t i = 0; i < c->n_references; i++)
		TRY(follow(c, c->references[i].record, err));
	return ANNOT_OK;
}

/* --- all of it --- */

static enum annot_status collect_subject(struct annot_collection *c, const char *id,
					 struct annot_error *err)
{
	struct annot_fetched got;
	TRY(annot_fetch(c->a, id, c->arena, &got, err));
	TRY(take_fetched(c, &got, &c->subject, err));
	return annot_collect_note(c, &c->subject.id, err);
}

static enum annot_status collect_more(struct annot_collection *c, const struct annot_hash *records,
				      size_t n, struct annot_error *err)
{
	for (size_t i = 0; i < n;) {
		struct wanted w = {0};
		for (; i < n && w.n < GET_BATCH; i++)
			if (!annot_collect_has(c, &records[i]) && !is_wanted(&w, &records[i]))
				w.ids[w.n++] = records[i];
		TRY(fetch_wanted(c, &w, err));
	}
	return ANNOT_OK;
}

/* The newest checkpoint, which covers what is collected. */
static enum annot_status collect_checkpoint(struct annot_collection *c, struct annot_error *err)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	const struct annot_collected *newest = &c->subject;
	for (size_t i = 0; i < c->n_references; i++)
		if (c->references[i].index > newest->index)
			newest = &c->references[i];
	for (unsigned n = 0; n < COLLECT_ATTEMPTS; n++) {
		annot_buf_truncate(&note, 0);
		TRY(annot_pin_newest(c->a, &c->checkpoint, &note, err));
		if (newest->index >= c->checkpoint.size)
			continue;
		char *copy = annot_arena_copy(c->arena, note.data, note.len);
		if (!copy)
			return no_memory(err);
		c->note = annot_bytes(copy, note.len);
		return ANNOT_OK;
	}
	return annot_fail(err, ANNOT_MISMATCH,
			  "record %s is said to be #%llu, but the newest checkpoint has size %llu",
			  annot_hash_hex(&newest->id).text, (unsigned long long)newest->index,
			  (unsigned long long)c->checkpoint.size);
}

static int by_index(const void *a, const void *b)
{
	const struct annot_collected *x = a, *y = b;
	return x->index < y->index ? -1 : x->index > y->index;
}

static enum annot_status prove_all(struct annot_collection *c, const struct annot_collected *list,
				   size_t n, const struct annot_bundle_record **ret,
				   struct annot_error *err)
{
	struct annot_bundle_record *records =
		annot_arena_array(c->arena, n ? n : 1, sizeof(*records));
	if (!records)
		return no_memory(err);
	for (size_t i = 0; i < n; i++)
		TRY(annot_collect_proved(c, &list[i], &records[i], err));
	*ret = records;
	return ANNOT_OK;
}

/* A record of authority that the bundle is about stands in it once. */
static enum annot_status note_chain(struct annot_collection *c, struct annot_error *err)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_chain; i++) {
		if (annot_collect_has(c, &c->chain[i].id))
			continue;
		TRY(annot_collect_note(c, &c->chain[i].id, err));
		c->chain[n++] = c->chain[i];
	}
	c->n_chain = n;
	return ANNOT_OK;
}

/* All that belongs to the subject and the references. */
static enum annot_status collect(struct annot_collection *c, struct annot_sink to,
				 struct annot_error *err)
{
	struct annot_bundle bundle = {0};
	TRY(collect_checkpoint(c, err));
	TRY(annot_collect_chain(c, err));
	TRY(note_chain(c, err));
	TRY(collect_references(c, err));
	TRY(annot_collect_leaves(c, err));
	TRY(annot_collect_reviews(c, annot_buf_bytes(&c->leaves), err));
	if (!(c->options & ANNOT_COLLECT_NO_LEAVES) && c->leaves.len <= ANNOT_BUNDLE_LEAVES_MAX)
		bundle.leaves = annot_buf_bytes(&c->leaves);
	if (c->n_references > 0)
		qsort(c->references, c->n_references, sizeof(*c->references), by_index);
	TRY(annot_collect_proved(c, &c->subject, &bundle.subject, err));
	TRY(annot_collect_seen(c, &bundle, err));
	TRY(annot_collect_cosigned(c, &bundle, err));
	TRY(prove_all(c, c->chain, c->n_chain, &bundle.chain, err));
	TRY(prove_all(c, c->references, c->n_references, &bundle.references, err));
	bundle.n_chain = c->n_chain;
	bundle.n_references = c->n_references;
	TRY(annot_collect_sources(c, &bundle, err));
	return annot_bundle_write(&bundle, to, err);
}

static enum annot_status collect_all(struct annot_collection *c, const char *id,
				     const struct annot_hash *more, size_t n, struct annot_sink to,
				     struct annot_error *err)
{
	TRY(collect_subject(c, id, err));
	TRY(collect_more(c, more, n, err));
	return collect(c, to, err);
}

static enum annot_status run(struct annot *a, const char *id, const struct annot_hash *more,
			     size_t n, unsigned options, struct annot_sink to,
			     struct annot_error *err)
{
	struct annot_collection c = {.a = a,
				     .arena = annot_arena_new(COLLECT_ARENA_MAX),
				     .options = options,
				     .leaves = ANNOT_BUF_INIT(COLLECT_LEAVES_MAX)};
	if (!c.arena)
		return no_memory(err);
	enum annot_status status = collect_all(&c, id, more, n, to, err);
	free(c.references);
	HASH_CLEAR(hh, c.ids); /* elements live in the arena */
	annot_buf_free(&c.leaves);
	annot_arena_free(c.arena);
	return status;
}

enum annot_status annot_bundle_collect_as(struct annot *a, const char *id, unsigned options,
					  struct annot_sink to, struct annot_error *err)
{
	return run(a, id, NULL, 0, options, to, err);
}

enum annot_status annot_bundle_collect(struct annot *a, const char *id, struct annot_sink to,
				       struct annot_error *err)
{
	return run(a, id, NULL, 0, 0, to, err);
}

enum annot_status annot_bundle_collect_records(struct annot *a, const struct annot_hash *records,
					       size_t n, struct annot_sink to,
					       struct annot_error *err)
{
	char id[ANNOT_HASH_HEX + 2];
	snprintf(id, sizeof(id), "=%s", annot_hash_hex(&records[0]).text);
	return run(a, id, records + 1, n - 1, 0, to, err);
}
