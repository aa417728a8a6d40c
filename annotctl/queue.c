#include "queue.h"

#include <stdlib.h>
#include <string.h>

#include "out/out.h"
#include "out/record.h"
#include "rows.h"

enum { SIGNERS_MAX = 64, DOCUMENTS_MAX = 16, QUEUE_ARENA_MAX = 1 << 30 };

struct item {
	size_t line;
	bool waits, quiet;
	/* of one that waits: a draft to sign, or what was signed for it earlier */
	struct annot_draft *draft;
	const struct annot_signer *signer;
	struct annot_signed record;
	struct annot_request_key key;
	/* of one that is done */
	int code;
	json_t *output;
	char *error;
};

struct kept_signer {
	char *key;
	struct annot_signer *signer;
};

struct kept_document {
	const char *id;
	struct document document;
};

struct queue {
	struct ctl *ctl;
	struct annot_arena *arena; /* until the next flush */
	struct item items[QUEUE_MAX];
	size_t n, n_waiting;
	struct item now; /* the line that is being run */
	struct kept_signer signers[SIGNERS_MAX];
	size_t n_signers;
	struct kept_document documents[DOCUMENTS_MAX];
	size_t n_documents;
};

struct queue *queue_new(struct ctl *ctl)
{
	struct queue *q = calloc(1, sizeof *q);
	if (!q)
		return NULL;
	q->ctl = ctl;
	q->arena = annot_arena_new(QUEUE_ARENA_MAX);
	if (!q->arena) {
		free(q);
		return NULL;
	}
	return q;
}

static void close_signers(struct queue *q)
{
	for (size_t i = 0; i < q->n_signers; i++) {
		free(q->signers[i].key);
		annot_signer_close(q->signers[i].signer);
	}
	q->n_signers = 0;
}

struct queue *queue_free(struct queue *q)
{
	if (!q)
		return NULL;
	close_signers(q);
	annot_arena_free(q->arena);
	free(q);
	return NULL;
}

struct annot_arena *queue_arena(struct queue *q)
{
	return q->arena;
}

/* --- what lines share --- */

struct annot_signer *queue_signer(struct queue *q, const char *key)
{
	for (size_t i = 0; i < q->n_signers; i++)
		if (q->signers[i].key && strcmp(q->signers[i].key, key ? key : "") == 0)
			return q->signers[i].signer;
	return NULL;
}

void queue_keep_signer(struct queue *q, const char *key, struct annot_signer *signer)
{
	if (!signer || queue_signer(q, key) == signer)
		return;
	/* There is room: queue_is_full says so as well. Without memory for the key it is opened
	 * again, but what waits still needs this one. */
	q->signers[q->n_signers++] = (struct kept_signer){strdup(key ? key : ""), signer};
}

const struct document *queue_document(struct queue *q, const char *id)
{
	for (size_t i = 0; i < q->n_documents; i++)
		if (strcmp(q->documents[i].id, id) == 0)
			return &q->documents[i].document;
	return NULL;
}

void queue_keep_document(struct queue *q, const char *id, const struct document *doc)
{
	const char *copy = annot_arena_copy(q->arena, id, strlen(id));
	if (copy && q->n_documents < DOCUMENTS_MAX)
		q->documents[q->n_documents++] = (struct kept_document){copy, *doc};
}

/* --- one line --- */

void queue_begin(struct queue *q, size_t line, const struct annot_request_key *key)
{
	q->now = (struct item){.line = line};
	if (key->key)
		q->now.key = (struct annot_request_key){
			annot_arena_copy(q->arena, key->key, strlen(key->key)), key->request};
}

int queue_draft(struct ctl *line, struct annot_draft *draft)
{
	struct item *now = &line->queue->now;
	enum annot_status status = ctl_signer(line, &now->signer);
	if (status != ANNOT_OK) {
		annot_draft_free(draft);
		return ctl_fail(line, status);
	}
	now->draft = draft;
	now->quiet = line->quiet;
	now->waits = true;
	return 0;
}

enum annot_status queue_signed(struct ctl *line, const struct annot_signed *record)
{
	struct item *now = &line->queue->now;
	if (!now->key.key)
		return ANNOT_OK;
	TRY(annot_keyed_save(line->annot, &now->key, record, 1, &line->err));
	now->key.key = NULL; /* one record a key */
	return ANNOT_OK;
}

enum annot_status queue_again(struct queue *q, struct ctl *line, const struct annot_signed *record)
{
	struct item *now = &q->now;
	/* Parsed again, where it lives until it was sent. */
	TRY(annot_record_parse(q->arena, record->record->bytes, &now->record.record, &line->err));
	memcpy(now->record.signature, record->signature, sizeof now->record.signature);
	now->record.expect_heads = record->expect_heads;
	now->key.key = NULL; /* kept already */
	now->quiet = line->quiet;
	now->waits = true;
	return ANNOT_OK;
}

void queue_end(struct queue *q, int code, json_t *output, const char *error)
{
	struct item *item = &q->items[q->n++];
	*item = q->now;
	if (item->waits && code == 0) {
		q->n_waiting++;
		json_decref(output);
		return;
	}
	annot_draft_free(item->draft);
	item->draft = NULL;
	item->waits = false;
	item->code = code;
	item->output = output;
	item->error = error && *error ? strdup(error) : NULL;
}

bool queue_waits(const struct queue *q)
{
	return q->n_waiting > 0;
}

bool queue_has_results(const struct queue *q)
{
	return q->n > 0;
}

bool queue_is_full(const struct queue *q)
{
	return q->n == QUEUE_MAX || q->n_signers == SIGNERS_MAX;
}

/* --- sending --- */

/* The items that wait, in order. */
struct sending {
	struct item *items[QUEUE_MAX];
	struct annot_signed records[QUEUE_MAX];
	struct annot_request_key keys[QUEUE_MAX];
	size_t n;
};

static void done(struct item *item, enum annot_status status, const char *text)
{
	item->waits = false;
	item->code = status == ANNOT_NOT_FOUND ? annot_exit_code(ANNOT_REFUSED)
					       : annot_exit_code(status);
	item->error = status == ANNOT_OK ? NULL : strdup(text ? text : annot_strerror(status));
	annot_draft_free(item->draft);
	item->draft = NULL;
}

/* Signs the drafts; what cannot be signed is done, and not sent. */
static enum annot_status sign(struct queue *q, struct sending *s)
{
	struct annot_signing signing[QUEUE_MAX];
	struct item *drafts[QUEUE_MAX];
	size_t n = 0;
	for (size_t i = 0; i < q->n; i++) {
		struct item *item = &q->items[i];
		if (!item->waits || !item->draft)
			continue;
		signing[n] = (struct annot_signing){.signer = item->signer, .draft = item->draft};
		drafts[n++] = item;
	}
	if (n > 0)
		TRY(annot_sign_many(q->ctl->annot, signing, n, q->arena, &q->ctl->err));
	for (size_t i = 0; i < n; i++) {
		if (signing[i].status == ANNOT_OK)
			drafts[i]->record = signing[i].made;
		else
			done(drafts[i], signing[i].status, signing[i].err.text);
	}
	for (size_t i = 0; i < q->n; i++) {
		if (!q->items[i].waits)
			continue;
		s->items[s->n] = &q->items[i];
		s->keys[s->n] = q->items[i].key;
		s->records[s->n++] = q->items[i].record;
	}
	return ANNOT_OK;
}

/* The rows of records that were sent, in order. */
struct rows_back {
	const struct annot_row *rows[QUEUE_MAX]; /* NULL: did not come, or is withheld already */
	size_t n;
};

static enum annot_status row_back(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	struct rows_back *back = arg;
	(void)ctl;
	back->rows[back->n++] = record ? row : NULL;
	return ANNOT_OK;
}

static enum annot_status read_back(struct queue *q, struct item *const *items, size_t n,
				   struct rows_back *ret)
{
	struct annot_hash records[QUEUE_MAX];
	for (size_t i = 0; i < n; i++)
		records[i] = items[i]->record.record->id;
	return rows_each(q->ctl,
			 &(struct rows_request){.records = records, .n_records = n, .keep = true},
			 row_back, ret, NULL);
}

/* What a line of its own would have printed: the record as the daemon now shows it, or its id
 * alone. */
static void outputs(struct queue *q, struct item *const *items, size_t n)
{
	struct rows_back back = {0};
	struct item *loud[QUEUE_MAX];
	size_t n_loud = 0;
	for (size_t i = 0; i < n; i++) {
		const struct annot_record *r = items[i]->record.record;
		if (items[i]->quiet)
			items[i]->output = json_string(annot_hash_hex(&r->annotation).text);
		else
			loud[n_loud++] = items[i];
	}
	if (n_loud > 0 && read_back(q, loud, n_loud, &back) != ANNOT_OK)
		out_warning(q->ctl, "records are in the log, but could not be read back: %s",
			    out_safe(q->ctl, q->ctl->err.text));
	for (size_t i = 0; i < n_loud; i++) {
		const struct annot_record *r = loud[i]->record.record;
		loud[i]->output = back.rows[i] ? record_json(q->ctl, back.rows[i], r, true)
					       : annot_record_json(r);
	}
}

static enum annot_status send_records(struct queue *q, struct sending *s)
{
	struct annot_receipt receipts[QUEUE_MAX] = {0};
	struct item *committed[QUEUE_MAX];
	size_t n = 0;
	TRY(sign(q, s));
	TRY(annot_keyed_save(q->ctl->annot, s->keys, s->records, s->n, &q->ctl->err));
	TRY(annot_submit(q->ctl->annot, s->records, s->n, q->arena, receipts, &q->ctl->err));
	if (annot_outbox_report(q->ctl->annot))
		out_warning(q->ctl, "from the outbox: %s",
			    out_safe(q->ctl, annot_outbox_report(q->ctl->annot)));
	for (size_t i = 0; i < s->n; i++) {
		done(s->items[i], receipts[i].status, receipts[i].message);
		if (receipts[i].status == ANNOT_OK)
			committed[n++] = s->items[i];
	}
	outputs(q, committed, n);
	return ANNOT_OK;
}

static void print(struct queue *q, struct item *item)
{
	json_t *result =
		json_pack("{s:I, s:i}", "line", (json_int_t)item->line, "exit", item->code);
	if (item->output)
		json_object_set_new(result, "output", item->output);
	if (item->error)
		json_object_set_new(result, "error", json_string(item->error));
	free(item->error);
	out_json(q->ctl, result);
}

bool queue_flush(struct queue *q)
{
	bool failed = false;
	if (q->n_waiting > 0 && out_whole()) {
		struct sending s = {0};
		struct annot_arena *own = q->ctl->arena;
		q->ctl->arena = q->arena;
		enum annot_status status = send_records(q, &s);
		for (size_t i = 0; i < q->n; i++)
			if (q->items[i].waits) /* only where nothing could be sent */
				done(&q->items[i], status, q->ctl->err.text);
		q->ctl->arena = own;
	}
	for (size_t i = 0; i < q->n; i++) {
		if (q->items[i].waits) /* its result could not be printed: it is not signed */
			done(&q->items[i], ANNOT_NO_MEMORY, NULL);
		failed = failed || q->items[i].code != 0;
		print(q, &q->items[i]);
	}
	q->n = q->n_waiting = q->n_documents = 0;
	if (q->n_signers == SIGNERS_MAX)
		close_signers(q);
	annot_arena_reset(q->arena);
	return failed;
}
