/* Handing records in, and believing that they are in the log only when that is proved. */
#include "client/internal.h"

#include "base/auto.h"
#include "base/hash.h"
#include "log/tree.h"

enum {
	SUBMIT_ITEMS_MAX = 256,
	SUBMIT_ITEM_OVERHEAD = 192, /* keys, lengths and the signature of one item */
	SUBMIT_FRAME_OVERHEAD = 1024,
	FLUSH_ARENA_MAX =
		256 << 20, /* SUBMIT_ITEMS_MAX of the largest files and what they parse to */
};

struct outgoing {
	struct annot_waiting waiting;
	const struct annot_record *record;
};

/* Statuses that another attempt would not change. */
static bool is_final(enum annot_status status)
{
	switch (status) {
	case ANNOT_INVALID:
	case ANNOT_REFUSED:
	case ANNOT_DENIED:
	case ANNOT_MISMATCH:
	case ANNOT_CONFLICT:
	case ANNOT_NOT_FOUND:
	case ANNOT_TOO_LARGE:
		return true;
	default:
		return false;
	}
}

/*
 * How many of n fit one request; fills its items. At least one. Each item carries its note, even
 * where an earlier one has the same: should that one be refused, its note would not be kept.
 */
static size_t fill_request(const struct annot *a, const struct outgoing *out, size_t n,
			   struct annot_submit_item *items)
{
	uint64_t room = a->hello.frame_max < ANNOT_FRAME_MAX ? a->hello.frame_max : ANNOT_FRAME_MAX;
	uint64_t most =
		a->hello.records_max < SUBMIT_ITEMS_MAX ? a->hello.records_max : SUBMIT_ITEMS_MAX;
	uint64_t used = SUBMIT_FRAME_OVERHEAD;
	size_t k;
	for (k = 0; k < n && k < most; k++) {
		const struct annot_waiting *w = &out[k].waiting;
		items[k] = (struct annot_submit_item){
			.record = w->record,
			.signature = annot_bytes(w->signature, ANNOT_SIGNATURE_SIZE),
			.note = w->note,
			.expect_heads = w->expect_heads,
		};
		used += SUBMIT_ITEM_OVERHEAD + w->record.len + w->note.len;
		if (used > room && k > 0)
			break;
	}
	return k;
}

/* The leaf that the log should hold for a record; a duplicate may stand there with its first
 * signature. *ret: the tree of the leaves before it, as the proof shows it. */
static enum annot_status check_inclusion(const struct outgoing *out,
					 const struct annot_submit_result *result,
					 const struct annot_checkpoint *checkpoint,
					 struct annot_checkpoint *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_leaf leaf;
	annot_leaf_of(out->record, out->waiting.signature, &leaf);
	if (result->duplicate && !annot_hash_is_zero(&result->signature_hash))
		leaf.signature = result->signature_hash;
	annot_leaf_write(&leaf, &line);
	TRY(annot_buf_check(&line, "a leaf", err));
	struct annot_hash hash = annot_leaf_hash(line.data, line.len);
	const struct annot_hash *root = &checkpoint->root, *path = result->path;
	uint64_t index = result->index, size = checkpoint->size;
	*ret = (struct annot_checkpoint){.size = index};
	enum annot_status status =
		index == 0 ? annot_verify_inclusion(index, size, &hash, path, result->n_path, root,
						    NULL)
			   : annot_verify_prefix(index, size, &hash, path, result->n_path, root,
						 &ret->root, NULL);
	if (status != ANNOT_OK)
		return annot_fail(err, ANNOT_MISMATCH,
				  "the daemon says that record %s is in the log at #%llu, but does "
				  "not prove it; the record stays in the outbox",
				  annot_hash_hex(&out->record->id).text,
				  (unsigned long long)result->index);
	return ANNOT_OK;
}

/*
 * Where nothing came between the pinned checkpoint and the first of the records, its proof shows
 * that the log goes on from there; else it is asked for, which a key that one of them ended cannot.
 */
static enum annot_status advance(struct annot *a, const struct annot_checkpoint *before,
				 struct annot_bytes note, struct annot_error *err)
{
	struct annot_error why = {0};
	enum annot_status status = annot_pin_advance_from(a, before, note, &why);
	if (status == ANNOT_DENIED)
		return annot_fail(
			err, status,
			"the daemon says that it is in the log, at #%llu, but not how that log "
			"goes on from the pinned checkpoint; it stays in the outbox until a key "
			"that counts asks: %s",
			(unsigned long long)before->size, why.text);
	return status == ANNOT_OK ? status : annot_fail(err, status, "%s", why.text);
}

static enum annot_status check_reply(struct annot *a, const struct outgoing *out, size_t n,
				     const struct annot_submit_reply *reply,
				     struct annot_error *err)
{
	struct annot_checkpoint checkpoint, before = {0};
	bool any = false;
	if (reply->n_results != n)
		return annot_fail(err, ANNOT_PROTOCOL, "%zu records sent, %zu results", n,
				  reply->n_results);
	for (size_t i = 0; i < n; i++) {
		if (!annot_hash_equal(&reply->results[i].record, &out[i].record->id))
			return annot_fail(err, ANNOT_PROTOCOL, "result %zu is of another record",
					  i);
		any = any || reply->results[i].status == ANNOT_OK;
	}
	if (!any)
		return ANNOT_OK;
	if (!reply->note.data)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "records are said to be committed, but no "
				  "checkpoint came with that");
	TRY(annot_client_open_note(a, reply->note, &checkpoint, err));
	for (size_t i = n; i-- > 0;) /* before: in the end, that of the first */
		if (reply->results[i].status == ANNOT_OK)
			TRY(check_inclusion(&out[i], &reply->results[i], &checkpoint, &before,
					    err));
	return advance(a, &before, reply->note, err);
}

/*
 * A refusal may mean that the log shows others another history than the one this record's author
 * saw: the newest checkpoint is held against the pin, which keeps both notes if they disagree.
 */
static bool is_fork(struct annot *a, const struct outgoing *out, enum annot_status status,
		    struct annot_error *why)
{
	struct annot_checkpoint newest;
	return status == ANNOT_REFUSED && out->waiting.note.data &&
	       annot_pin_refresh(a, &newest, why) == ANNOT_MISMATCH;
}

/* A record that a log with another history refused is not lost: it waits for the right one. */
static void look_for_fork(struct annot *a, const struct outgoing *out, struct annot_arena *arena,
			  struct annot_receipt *receipt)
{
	struct annot_error why = {0};
	if (!is_fork(a, out, receipt->status, &why))
		return;
	const char *text = annot_arena_copy(arena, why.text, strlen(why.text));
	*receipt = (struct annot_receipt){
		.status = ANNOT_MISMATCH, .message = text ? text : receipt->message, .waits = true};
}

static void take_results(struct annot *a, const struct outgoing *out, size_t n,
			 const struct annot_submit_reply *reply, struct annot_arena *arena,
			 struct annot_receipt *receipts)
{
	for (size_t i = 0; i < n; i++) {
		const struct annot_submit_result *result = &reply->results[i];
		enum annot_status status = annot_status_from(result->status);
		receipts[i] = (struct annot_receipt){
			.status = status,
			.message = status == ANNOT_OK ? NULL
				   : result->message  ? result->message
						      : annot_strerror(status),
			.index = result->index,
			.duplicate = result->duplicate,
			.pending = result->pending,
			.waits = status != ANNOT_OK && !is_final(status),
		};
		if (is_final(status))
			look_for_fork(a, &out[i], arena, &receipts[i]);
		if (!receipts[i].waits)
			annot_outbox_drop(&out[i].waiting.id);
	}
}

/* Sends one request with the first records; *ret_n says how many of them have a receipt now. */
static enum annot_status send_some(struct annot *a, const struct outgoing *out, size_t n,
				   struct annot_arena *arena, struct annot_receipt *receipts,
				   size_t *ret_n, struct annot_error *err)
{
	struct annot_submit_item items[SUBMIT_ITEMS_MAX];
	const struct annot_submit_reply *reply;
	struct annot_error said = {0};
	size_t k = fill_request(a, out, n, items);
	struct annot_submit_request in = {.items = items, .n_items = k};
	/* Dialled here, so that a failure to connect is not taken for the daemon's word on a
	 * record. */
	if (!a->connection)
		TRY(annot_client_connect(a, annot_now_ms() + a->timeout_ms, err));
	enum annot_status status = annot_call_submit(a, &in, arena, &reply, &said);
	/* Of a whole request it is said of the key that was proved: another one may send it. */
	if (status == ANNOT_DENIED)
		return annot_fail(err, status, "%s", said.text);
	if (is_final(status) && k > 1) {
		/* The whole request was refused: find out for which record. */
		in.n_items = k = 1;
		status = annot_call_submit(a, &in, arena, &reply, &said);
	}
	if (is_final(status)) {
		receipts[0] = (struct annot_receipt){
			.status = status,
			.message = annot_arena_copy(arena, said.text, strlen(said.text)),
		};
		annot_outbox_drop(&out[0].waiting.id);
		*ret_n = 1;
		return ANNOT_OK;
	}
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", said.text);
	TRY(check_reply(a, out, k, reply, err));
	take_results(a, out, k, reply, arena, receipts);
	*ret_n = k;
	return ANNOT_OK;
}

static enum annot_status deliver(struct annot *a, const struct outgoing *out, size_t n,
				 struct annot_arena *arena, struct annot_receipt *receipts,
				 struct annot_error *err)
{
	for (size_t done = 0, k; done < n; done += k)
		TRY(send_some(a, out + done, n - done, arena, receipts + done, &k, err));
	if (n > 0)
		annot_keys_forget(a);
	return ANNOT_OK;
}

/* Loads up to SUBMIT_ITEMS_MAX waiting records; those that are gone or unusable are left out. */
static enum annot_status load_waiting(struct annot *a, const struct annot_hash *ids, size_t n,
				      struct annot_arena *arena, struct outgoing *out,
				      size_t *ret_n, struct annot_error *err)
{
	size_t loaded = 0;
	for (size_t i = 0; i < n; i++) {
		struct annot_error said;
		struct outgoing *o = &out[loaded];
		enum annot_status status = annot_outbox_load(&ids[i], arena, &o->waiting, &said);
		if (status == ANNOT_OK)
			status = annot_record_parse(arena, o->waiting.record, &o->record, &said);
		if (status == ANNOT_NO_MEMORY)
			return annot_fail(err, status, "%s", said.text);
		if (status == ANNOT_OK)
			loaded++;
		else if (status != ANNOT_NOT_FOUND)
			memcpy(a->outbox_report, said.text, sizeof(a->outbox_report));
	}
	*ret_n = loaded;
	return ANNOT_OK;
}

static enum annot_status flush(struct annot *a, const struct annot_hash *ids, size_t n,
			       size_t *ret_sent, size_t *ret_refused, struct annot_error *err)
{
	for (size_t done = 0; done < n; done += SUBMIT_ITEMS_MAX) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(FLUSH_ARENA_MAX);
		struct annot_receipt receipts[SUBMIT_ITEMS_MAX];
		size_t k = n - done < SUBMIT_ITEMS_MAX ? n - done : SUBMIT_ITEMS_MAX;
		struct outgoing *out = arena ? annot_arena_array(arena, k, sizeof(*out)) : NULL;
		if (!out)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
		TRY(load_waiting(a, ids + done, k, arena, out, &k, err));
		TRY(deliver(a, out, k, arena, receipts, err));
		for (size_t i = 0; i < k; i++) {
			if (receipts[i].status == ANNOT_OK) {
				++*ret_sent;
			} else if (!receipts[i].waits) {
				++*ret_refused;
				struct annot_error said;
				annot_fail(&said, receipts[i].status, "earlier record %s: %s",
					   annot_hash_hex(&out[i].waiting.id).text,
					   receipts[i].message);
				memcpy(a->outbox_report, said.text, sizeof(a->outbox_report));
			}
		}
	}
	return ANNOT_OK;
}

enum annot_status annot_outbox_flush(struct annot *a, size_t *ret_sent, size_t *ret_refused,
				     struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	const struct annot_hash *ids;
	size_t n, sent = 0, refused = 0;
	TRY(annot_client_arena(&arena, err));
	a->outbox_report[0] = '\0';
	TRY(annot_outbox_list(a, arena, &ids, &n, err));
	TRY(flush(a, ids, n, &sent, &refused, err));
	*ret_sent = sent;
	*ret_refused = refused;
	return ANNOT_OK;
}

const char *annot_outbox_report(const struct annot *a)
{
	return a->outbox_report[0] ? a->outbox_report : NULL;
}

/* What submit was given, with the notes that the seen cards name as far as the handle has them. */
static enum annot_status prepare(struct annot *a, const struct annot_signed *records, size_t n,
				 struct annot_arena *arena, struct outgoing **ret_out,
				 struct annot_waiting **ret_waiting, struct annot_error *err)
{
	struct outgoing *out = annot_arena_array(arena, n, sizeof(*out));
	struct annot_waiting *waiting = annot_arena_array(arena, n, sizeof(*waiting));
	if (!out || !waiting)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++) {
		waiting[i].corpus = a->hello.corpus;
		waiting[i].id = records[i].record->id;
		waiting[i].expect_heads = records[i].expect_heads;
		memcpy(waiting[i].signature, records[i].signature, ANNOT_SIGNATURE_SIZE);
		waiting[i].record = records[i].record->bytes;
		if (records[i].record->seen.size > 0)
			waiting[i].note = annot_note_kept(a, &records[i].record->seen.note);
		out[i].waiting = waiting[i];
		out[i].record = records[i].record;
	}
	*ret_out = out;
	*ret_waiting = waiting;
	return ANNOT_OK;
}

enum annot_status annot_submit(struct annot *a, const struct annot_signed *records, size_t n,
			       struct annot_arena *arena, struct annot_receipt *receipts,
			       struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *list = NULL;
	struct outgoing *out;
	struct annot_waiting *waiting;
	const struct annot_hash *earlier;
	size_t n_earlier, sent = 0, refused = 0;
	if (n == 0)
		return ANNOT_OK;
	a->outbox_report[0] = '\0';
	TRY(annot_client_arena(&list, err));
	TRY(prepare(a, records, n, arena, &out, &waiting, err));
	TRY(annot_outbox_list(a, list, &earlier, &n_earlier, err));
	TRY(annot_outbox_put(a, waiting, n, err));
	TRY(flush(a, earlier, n_earlier, &sent, &refused, err));
	return deliver(a, out, n, arena, receipts, err);
}
