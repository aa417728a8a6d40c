#include "annotd/handlers/submit.h"

#include <stdio.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/sshsig.h"

enum { LOG_KEYS_MAX = 2 };

/* One submit_check under way. */
struct check {
	struct call *c;
	struct submit_cache *cache;
	bool key_event;                 /* an earlier record of this request may enrol a key */
	bool has_snapshot;              /* of the reader */
	uint64_t withheld;              /* corpus_withheld before that */
	struct kept_document *document; /* that of the target at hand */
};

/* Snapshots cost as much as a quarter of a signature's check: only where something is not known. */
static enum annot_status snapshot(struct check *k, struct annot_error *err)
{
	if (k->has_snapshot)
		return ANNOT_OK;
	k->withheld = corpus_withheld(k->c->corpus);
	corpus_await_index(k->c->corpus);
	TRY(reader_begin(k->c->reader, err));
	k->has_snapshot = true;
	return ANNOT_OK;
}

/* --- who signed --- */

static bool find_key(struct call *c, const struct annot_hash *author, uint8_t ret[ANNOT_KEY_SIZE])
{
	const struct annot_authority *a = corpus_authority_lock(c->corpus);
	const struct annot_key_info *key = annot_authority_key(a, author);
	if (key)
		memcpy(ret, key->key, ANNOT_KEY_SIZE);
	corpus_authority_unlock(c->corpus);
	return key;
}

static bool is_key_event(enum annot_kind kind)
{
	/* A review may complete the quorum of an enrolment that waits. */
	return kind == ANNOT_KIND_key_add || kind == ANNOT_KIND_key_rotate ||
	       kind == ANNOT_KIND_corpus || kind == ANNOT_KIND_review;
}

static enum annot_status check_signature(struct check *k, struct corpus_item *item,
					 struct annot_error *err)
{
	uint8_t key[ANNOT_KEY_SIZE];
	const struct annot_record *r = item->record;
	if (!find_key(k->c, &r->author, key)) {
		if (k->key_event)
			return ANNOT_OK; /* the writer looks again */
		return annot_fail_not_enrolled(&r->author, err);
	}
	TRY(annot_sshsig_verify(key, ANNOT_NAMESPACE_RECORD, r->bytes, item->signature, err));
	item->verified = true;
	return ANNOT_OK;
}

/* --- what the author had seen --- */

static enum annot_status open_under(const struct annot_vkey *keys, size_t n,
				    struct annot_bytes note, struct annot_checkpoint *ret,
				    struct annot_error *err)
{
	enum annot_status status = annot_fail(err, ANNOT_INTERNAL, "the corpus has no log key");
	for (size_t i = 0; i < n; i++) {
		status = annot_checkpoint_open(note, &keys[i], ret, err);
		if (status == ANNOT_OK)
			break;
	}
	return status;
}

/*
 * Of an author who was away while the log changed its key twice, the note is by a key that no
 * client believes any more. Here it is compared with the log itself, so that it can say nothing
 * false.
 */
static enum annot_status open_note(struct call *c, struct annot_bytes note,
				   struct annot_checkpoint *ret, struct annot_error *err)
{
	struct annot_vkey keys[LOG_KEYS_MAX];
	const struct annot_vkey *have;
	const struct annot_authority *a = corpus_authority_lock(c->corpus);
	size_t n = annot_authority_log_keys(a, &have);
	n = n < LOG_KEYS_MAX ? n : LOG_KEYS_MAX;
	memcpy(keys, have, n * sizeof keys[0]);
	corpus_authority_unlock(c->corpus);
	enum annot_status status = open_under(keys, n, note, ret, err);
	if (status != ANNOT_NOT_FOUND)
		return status;
	a = corpus_authority_lock(c->corpus);
	n = annot_authority_log_keys_ever(a, &have);
	status = open_under(have, n, note, ret, err);
	corpus_authority_unlock(c->corpus);
	if (status == ANNOT_NOT_FOUND)
		return annot_fail(err, ANNOT_INVALID,
				  "card seen names a note by a key that this log never had");
	return status;
}

/* The note that came along or, from an earlier record, is in the store. */
static enum annot_status find_note(struct call *c, const struct annot_seen *seen,
				   struct annot_bytes sent, struct annot_buf *ret,
				   struct annot_error *err)
{
	if (!sent.data) {
		if (reader_note(c->reader, &seen->note, ret, err) == ANNOT_NOT_FOUND)
			return annot_fail(err, ANNOT_INVALID,
					  "card seen names note %s, which must be sent along",
					  annot_hash_hex(&seen->note).text);
		return annot_buf_check(ret, "note", err);
	}
	struct annot_hash hash = annot_sha256(sent.data, sent.len);
	if (!annot_hash_equal(&hash, &seen->note))
		return annot_fail(err, ANNOT_MISMATCH, "card seen names note %s, but %s was sent",
				  annot_hash_hex(&seen->note).text, annot_hash_hex(&hash).text);
	annot_buf_add(ret, sent.data, sent.len);
	return annot_buf_check(ret, "note", err);
}

#define KEEP_EVIDENCE "keep its note, it is evidence that "

static enum annot_status compare_seen(struct call *c, const struct annot_seen *seen,
				      const struct annot_checkpoint *checkpoint,
				      struct annot_error *err)
{
	struct annot_tree_reader tree = reader_tree(c->reader);
	struct annot_hash root;
	if (checkpoint->size != seen->size || !annot_hash_equal(&checkpoint->root, &seen->root))
		return annot_fail(
			err, ANNOT_MISMATCH,
			"card seen says size %llu and root %.16s…, its note says %llu and %.16s…",
			(unsigned long long)seen->size, annot_hash_hex(&seen->root).text,
			(unsigned long long)checkpoint->size,
			annot_hash_hex(&checkpoint->root).text);
	/* Checkpoints are signed over truth.db, which the index may be behind for a moment. */
	enum annot_status status = call_snapshot(c, seen->size);
	if (status == ANNOT_NOT_FOUND)
		return annot_fail(err, ANNOT_REFUSED,
				  "the author saw a checkpoint of %llu record%s, this log has "
				  "%llu: " KEEP_EVIDENCE "the log was rolled back",
				  (unsigned long long)seen->size, annot_plural(seen->size),
				  (unsigned long long)reader_truth_size(c->reader));
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", c->err.text);
	TRY(annot_tree_root(&tree, seen->size, &root, err));
	if (!annot_hash_equal(&root, &seen->root))
		return annot_fail(
			err, ANNOT_REFUSED,
			"the author saw another log of %llu record%s than this one: " KEEP_EVIDENCE
			"the log was forked",
			(unsigned long long)seen->size, annot_plural(seen->size));
	return ANNOT_OK;
}

static enum annot_status check_seen(struct check *k, struct corpus_item *item,
				    struct annot_bytes sent, struct annot_error *err)
{
	const struct annot_seen *seen = &item->record->seen;
	struct submit_cache *cache = k->cache;
	if (seen->size == 0)
		return ANNOT_OK;
	if (cache->valid && cache->seen.size == seen->size &&
	    annot_hash_equal(&cache->seen.note, &seen->note) &&
	    annot_hash_equal(&cache->seen.root, &seen->root)) {
		/* It may be that the record that brought it was refused, so that it is not stored.
		 */
		struct annot_hash hash = sent.data ? annot_sha256(sent.data, sent.len) : seen->note;
		if (sent.data && annot_hash_equal(&hash, &seen->note)) {
			item->note = sent;
			return ANNOT_OK;
		}
	}
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint checkpoint;
	TRY(snapshot(k, err));
	TRY(find_note(k->c, seen, sent, &note, err));
	TRY(open_note(k->c, annot_buf_bytes(&note), &checkpoint, err));
	TRY(compare_seen(k->c, seen, &checkpoint, err));
	cache->valid = true;
	cache->seen = *seen;
	item->note = sent;
	return ANNOT_OK;
}

/* --- the words of targets --- */

/* Says of a failure which target it is about, and what to do. */
static enum annot_status target_failed(enum annot_status status, bool has_record,
				       const struct annot_target *target, size_t n,
				       const struct annot_error *why, struct annot_error *err)
{
	if (status != ANNOT_NOT_FOUND)
		return annot_fail(err, status, "%s", why->text);
	if (!has_record)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "target %zu: no document record %s in this corpus", n + 1,
				  annot_hash_hex(&target->document).text);
	return annot_fail(err, ANNOT_REFUSED,
			  "target %zu: the text of document %s is not there: upload it first, "
			  "unless it was withheld",
			  n + 1, annot_short_id(&target->document).text);
}

static enum annot_status find_document(struct check *k, const struct annot_hash *record,
				       struct annot_error *err)
{
	struct kept_document *kept = &k->cache->documents[record->b[0] % DOCUMENTS_KEPT];
	uint64_t index;
	k->document = kept;
	if (kept->used && annot_hash_equal(&kept->record, record))
		return ANNOT_OK;
	TRY(snapshot(k, err));
	TRY(reader_find(k->c->reader, record, &index, err));
	*kept = (struct kept_document){.used = true, .record = *record, .index = index};
	return ANNOT_OK;
}

/* A text_source of the document at hand. */
static enum annot_status text_length(void *ctx, uint64_t index, uint64_t *ret,
				     struct annot_error *err)
{
	struct check *k = ctx;
	struct kept_document *kept = k->document;
	if (!kept->has_length || kept->withheld != corpus_withheld(k->c->corpus)) {
		TRY(snapshot(k, err));
		TRY(reader_content_length(k->c->reader, index, &kept->length, err));
		kept->has_length = true;
		kept->withheld = k->withheld;
	}
	*ret = kept->length;
	return ANNOT_OK;
}

static enum annot_status text_read(void *ctx, uint64_t index, uint64_t offset, size_t len,
				   struct annot_buf *ret, struct annot_error *err)
{
	struct check *k = ctx;
	TRY(snapshot(k, err));
	return reader_content(k->c->reader, index, offset, len, ret, err);
}

static enum annot_status check_targets(struct check *k, struct corpus_item *item,
				       struct annot_error *err)
{
	size_t n = annot_record_targets(item->record);
	struct text_source source = {.ctx = k, .length = text_length, .read = text_read};
	if (n == 0)
		return ANNOT_OK;
	struct store_chars *chars = annot_arena_array(k->c->arena, n, sizeof chars[0]);
	if (!k->cache->texts)
		k->cache->texts = texts_new();
	if (!chars || !k->cache->texts)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct annot_target target;
		struct annot_error why = {0};
		annot_record_target(item->record, i, &target);
		enum annot_status status = find_document(k, &target.document, &why);
		bool has_record = status == ANNOT_OK;
		if (has_record)
			status = texts_target(k->cache->texts, &source, k->document->index, &target,
					      true, &chars[i], &why);
		if (status != ANNOT_OK)
			return target_failed(status, has_record, &target, i, &why, err);
	}
	item->chars = chars;
	return ANNOT_OK;
}

/* --- all of it --- */

/* A document of bytes that were withheld would bring them back. */
static enum annot_status check_withheld(struct check *k, const struct annot_record *r,
					struct annot_error *err)
{
	static const char *const cards[] = {"sha256", "original-sha256"};
	if (r->kind->kind != ANNOT_KIND_document)
		return ANNOT_OK;
	TRY(snapshot(k, err));
	for (size_t i = 0; i < COUNT(cards); i++) {
		const struct annot_card *card = annot_record_card(r, cards[i]);
		struct annot_error why = {0};
		uint64_t index;
		enum annot_status status =
			card ? reader_withheld_content(k->c->reader, &card->hash, &index, &why)
			     : ANNOT_NOT_FOUND;
		if (status == ANNOT_OK)
			return annot_fail(err, ANNOT_REFUSED,
					  "card %s: these bytes were withheld with document #%llu; "
					  "they are not taken in again",
					  cards[i], (unsigned long long)index);
		if (status != ANNOT_NOT_FOUND)
			return annot_fail(err, status, "%s", why.text);
	}
	return ANNOT_OK;
}

static enum annot_status check_content(struct check *k, const struct annot_submit_item *in,
				       struct corpus_item *item, struct annot_error *err)
{
	if (!annot_hash_equal(&item->record->corpus, corpus_id(k->c->corpus)))
		return annot_fail(err, ANNOT_MISMATCH, "card corpus: this is corpus %s, not %s",
				  annot_hash_hex(corpus_id(k->c->corpus)).text,
				  annot_hash_hex(&item->record->corpus).text);
	TRY(check_signature(k, item, err));
	TRY(check_seen(k, item, in->note, err));
	TRY(check_withheld(k, item->record, err));
	return check_targets(k, item, err);
}

static enum annot_status check_record(struct check *k, const struct annot_submit_item *in,
				      struct corpus_item *item, struct annot_error *err)
{
	uint64_t index;
	TRY(annot_record_parse(k->c->arena, in->record, &item->record, err));
	memcpy(item->signature, in->signature.data, ANNOT_SIGNATURE_SIZE);
	item->expect_heads = in->expect_heads;
	enum annot_status status = check_content(k, in, item, err);
	if (status == ANNOT_OK) {
		k->key_event = k->key_event || is_key_event(item->record->kind->kind);
		return ANNOT_OK;
	}
	/* A resend of what is in the log is answered, whatever has changed since: the writer, which
	 * looks for it first of all, does that. */
	if (snapshot(k, NULL) == ANNOT_OK &&
	    reader_find(k->c->reader, &item->record->id, &index, NULL) == ANNOT_OK)
		return ANNOT_OK;
	return status;
}

enum annot_status submit_check(struct call *c, struct submit_cache *cache,
			       const struct annot_submit_request *in, struct submission *ret)
{
	struct check k = {.c = c, .cache = cache};
	struct submission s = {.n_items = in->n_items};
	s.items = annot_arena_array(c->arena, s.n_items, sizeof s.items[0]);
	s.todo = annot_arena_array(c->arena, s.n_items, sizeof(struct corpus_item *));
	s.ids = annot_arena_array(c->arena, s.n_items, sizeof s.ids[0]);
	if (!s.items || !s.todo || !s.ids)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < s.n_items; i++) {
		struct annot_error why = {0};
		struct corpus_item *item = &s.items[i];
		item->status = check_record(&k, &in->items[i], item, &why);
		if (item->status == ANNOT_OK)
			s.todo[s.n_todo++] = item;
		else
			snprintf(item->message, sizeof item->message, "%s", why.text);
		s.ids[i] = item->record ? item->record->id
					: annot_sha256(in->items[i].record.data,
						       in->items[i].record.len);
	}
	*ret = s;
	return ANNOT_OK;
}

enum annot_status submit_reply(const struct submission *s, struct annot_bytes note,
			       struct annot_arena *arena, struct annot_submit_reply *ret,
			       struct annot_error *err)
{
	struct annot_submit_result *results =
		annot_arena_array(arena, s->n_items, sizeof results[0]);
	bool admitted = false;
	if (!results)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < s->n_items; i++) {
		const struct corpus_item *item = &s->items[i];
		results[i].status = item->status;
		results[i].record = s->ids[i];
		if (item->status != ANNOT_OK) {
			results[i].message = item->message;
			continue;
		}
		admitted = true;
		results[i].index = item->index;
		results[i].duplicate = item->duplicate;
		results[i].pending = item->pending;
		results[i].signature_hash = item->signature_hash;
		results[i].path = item->path;
		results[i].n_path = item->n_path;
	}
	ret->results = results;
	ret->n_results = s->n_items;
	if (admitted)
		ret->note = note;
	return ANNOT_OK;
}
