/* The lossless form: all of the log, or the records that a query finds. */
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "../out/progress.h"
#include "../out/record.h"
#include "../rows.h"
#include "export_beside.h"
#include "sources.h"

enum { LINE_ARENA_MAX = 16 << 20, BATCH = 256, NOTES_MAX = 1 << 16 };

struct logging {
	struct export_task *task;
	struct sources *sources;
	struct progress progress;
	struct annot_checkpoint checkpoint;
	struct annot_frontier *tree; /* of the leaves so far; NULL with a query */
	uint8_t *withheld;           /* a bit a record: its bytes were gone; NULL with a query */
	/* Notes that were written already; of more than fit some stand twice. */
	struct annot_hash notes[NOTES_MAX];
	struct annot_buf line;
};

static enum annot_status write_line(struct logging *l, const struct annot_ndjson *line,
				    const struct annot_record *parsed,
				    struct annot_source *const *sources)
{
	struct annot_error *err = &l->task->ctl->err;
	annot_buf_truncate(&l->line, 0);
	TRY(annot_ndjson_write(line, parsed, sources, &l->line, err));
	return sink_put(l->task->sink, NULL, annot_buf_bytes(&l->line), err);
}

static enum annot_status put_line(void *arg, const struct annot_ndjson *line)
{
	return write_line(arg, line, NULL, NULL);
}

/* --- records --- */

static const char *key_of(struct ctl *ctl, const struct annot_hash *author)
{
	const struct annot_keys_reply *keys;
	struct annot_error ignored;
	if (annot_keys(ctl->annot, &keys, &ignored) != ANNOT_OK)
		return NULL;
	for (size_t i = 0; i < keys->n_keys; i++)
		if (annot_hash_equal(&keys->keys[i].author, author))
			return keys->keys[i].key;
	return NULL;
}

/* The note that the seen card names, with the first record that does. data NULL: none. */
static enum annot_status note_of(struct logging *l, const struct annot_record *record,
				 struct annot_bytes *ret)
{
	struct ctl *ctl = l->task->ctl;
	size_t slot = (record->seen.note.b[0] << 8 | record->seen.note.b[1]) % NOTES_MAX;
	const struct annot_note_request in = {.hash = record->seen.note};
	const struct annot_note_reply *reply;
	*ret = (struct annot_bytes){0};
	if (record->seen.size == 0 || annot_hash_equal(&l->notes[slot], &in.hash))
		return ANNOT_OK;
	TRY(annot_call_note(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	l->notes[slot] = in.hash;
	*ret = reply->note;
	return ANNOT_OK;
}

static enum annot_status sources_of(struct logging *l, const struct annot_record *record,
				    struct annot_source *const **ret)
{
	struct ctl *ctl = l->task->ctl;
	size_t n = annot_record_targets(record);
	struct annot_target target;
	struct annot_source **list =
		annot_arena_array(ctl->arena, n + 1, sizeof(struct annot_source *));
	if (!list)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; annot_record_target(record, i, &target); i++)
		TRY(sources_get(l->sources, &target.document, &list[i]));
	*ret = list;
	return ANNOT_OK;
}

/* Pieces of a document's text, if it is there. */
static enum annot_status write_text(struct logging *l, const struct annot_record *record)
{
	struct annot_source *source;
	TRY(sources_get(l->sources, &record->id, &source));
	if (!source->text.data)
		return ANNOT_OK;
	for (size_t at = 0; at < source->text.len || at == 0;) {
		const struct annot_bytes rest =
			annot_bytes(source->text.data + at, source->text.len - at);
		struct annot_ndjson line = {.kind = ANNOT_NDJSON_TEXT,
					    .document = record->id,
					    .offset = at,
					    .length = source->text.len,
					    .piece = {rest.data, annot_ndjson_piece(rest)}};
		TRY(write_line(l, &line, NULL, NULL));
		at += line.piece.len;
		if (source->text.len == 0)
			break;
	}
	return ANNOT_OK;
}

static enum annot_status write_record(struct logging *l, struct annot_ndjson *line,
				      const struct annot_record *record)
{
	struct annot_source *const *sources = NULL;
	if (record) {
		line->key = key_of(l->task->ctl, &record->author);
		TRY(note_of(l, record, &line->note));
		TRY(sources_of(l, record, &sources));
	}
	TRY(write_line(l, line, record, sources));
	l->task->n++;
	if (!record || record->kind->kind != ANNOT_KIND_document)
		return ANNOT_OK;
	TRY(write_text(l, record));
	return export_original(l->task->ctl, record, &(struct export_lines){put_line, l});
}

/* --- the whole log --- */

/* As it stands in the log: bytes, signature and leaf must agree, so that the root says all. */
static enum annot_status take_raw(struct logging *l, const struct annot_raw *raw)
{
	struct ctl *ctl = l->task->ctl;
	const struct annot_record *record = NULL;
	struct annot_leaf leaf, of;
	struct annot_hash nodes[ANNOT_LEVELS];
	TRY(annot_leaf_parse(annot_bytes_of(raw->leaf), &leaf, &ctl->err));
	if (raw->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "record #%llu has no signature",
				  (unsigned long long)raw->index);
	struct annot_hash signature = annot_sha256(raw->signature.data, raw->signature.len);
	bool fits = annot_hash_equal(&signature, &leaf.signature);
	if (raw->record.data) {
		char text[ANNOT_LEAF_MAX + 1];
		struct annot_buf line = ANNOT_BUF_IN(text);
		TRY(annot_record_parse(ctl->arena, raw->record, &record, &ctl->err));
		annot_leaf_of(record, raw->signature.data, &of);
		annot_leaf_write(&of, &line);
		fits = fits && strcmp(text, raw->leaf) == 0;
	}
	if (!fits)
		return annot_fail(&ctl->err, ANNOT_MISMATCH, "record #%llu does not fit its leaf",
				  (unsigned long long)raw->index);
	struct annot_hash hash = annot_leaf_hash(raw->leaf, strlen(raw->leaf));
	annot_frontier_append(l->tree, &hash, nodes);
	struct annot_ndjson line = {.kind = ANNOT_NDJSON_RECORD,
				    .index = raw->index,
				    .id = leaf.record,
				    .leaf = raw->leaf,
				    .record = raw->record};
	memcpy(line.signature, raw->signature.data, ANNOT_SIGNATURE_SIZE);
	if (!record && raw->index < l->checkpoint.size)
		l->withheld[raw->index / 8] |= (uint8_t)(1u << raw->index % 8);
	sources_next_item(l->sources);
	return write_record(l, &line, record);
}

static enum annot_status raw_batch(struct logging *l, uint64_t *at)
{
	struct ctl *ctl = l->task->ctl;
	uint64_t indexes[BATCH];
	struct annot_raw_request in = {.indexes = indexes};
	const struct annot_raw_reply *reply;
	while (in.n_indexes < BATCH && *at + in.n_indexes < l->checkpoint.size) {
		indexes[in.n_indexes] = *at + in.n_indexes;
		in.n_indexes++;
	}
	TRY(annot_call_raw(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	if (reply->n_records == 0)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "asked for records, got none");
	for (size_t i = 0; i < reply->n_records; i++) {
		if (i >= in.n_indexes || reply->records[i].index != indexes[i])
			return annot_fail(&ctl->err, ANNOT_PROTOCOL,
					  "asked for record #%llu, got another",
					  (unsigned long long)*at);
		TRY(take_raw(l, &reply->records[i]));
	}
	*at += reply->n_records;
	return ANNOT_OK;
}

/* Each batch lives in an arena of its own. */
static enum annot_status all_records(struct logging *l)
{
	struct ctl *ctl = l->task->ctl;
	struct annot_arena *outer = ctl->arena;
	enum annot_status status = ANNOT_OK;
	for (uint64_t at = 0; status == ANNOT_OK && at < l->checkpoint.size;) {
		ctl->arena = annot_arena_new(LINE_ARENA_MAX);
		status = ctl->arena ? raw_batch(l, &at)
				    : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
		annot_arena_free(ctl->arena);
		progress_show(&l->progress, at, l->checkpoint.size);
	}
	ctl->arena = outer;
	TRY(status);
	struct annot_hash root = annot_frontier_root(l->tree);
	if (!annot_hash_equal(&root, &l->checkpoint.root))
		return annot_fail(&ctl->err, ANNOT_MISMATCH,
				  "with what the daemon shows, the log does not come to its own "
				  "checkpoint of size %llu",
				  (unsigned long long)l->checkpoint.size);
	return ANNOT_OK;
}

/* A hash confirms a guess at a text that the law may have wanted gone: only who asks for it gets
 * it. */
static enum annot_status leave_withheld(struct logging *l)
{
	uint64_t size = l->checkpoint.size, i = 0;
	while (i < size && !(l->withheld[i / 8] & 1u << i % 8))
		i++;
	const struct annot_loss loss = {
		.item = "",
		.field = "withheld",
		.reason = "the hashes of withheld texts are not written without --withheld: a copy "
			  "would take the texts in again"};
	return i < size ? losses_add(l->task->losses, &loss, &l->task->ctl->err) : ANNOT_OK;
}

static enum annot_status whole(struct logging *l)
{
	struct ctl *ctl = l->task->ctl;
	const struct export_lines to = {put_line, l};
	uint64_t size = l->checkpoint.size;
	l->withheld = calloc(size / 8 + 1, 1);
	if (!l->withheld)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(all_records(l));
	TRY(export_cosigned(ctl, size, &to));
	return l->task->withheld ? export_withheld(ctl, l->withheld, size, &to) : leave_withheld(l);
}

/* --- what a query finds --- */

static enum annot_status take_row(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	struct logging *l = arg;
	struct annot_leaf leaf;
	struct annot_buf text = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	if (row->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "#%llu has no signature",
				  (unsigned long long)row->index);
	if (record)
		annot_leaf_of(record, row->signature.data, &leaf);
	else if (!record_leaf(row, &leaf))
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "#%llu has no leaf",
				  (unsigned long long)row->index);
	annot_leaf_write(&leaf, &text);
	struct annot_ndjson line = {.kind = ANNOT_NDJSON_RECORD,
				    .index = row->index,
				    .id = leaf.record,
				    .leaf = text.data ? text.data : "",
				    .record = row->record};
	memcpy(line.signature, row->signature.data, ANNOT_SIGNATURE_SIZE);
	sources_next_item(l->sources);
	enum annot_status status = write_record(l, &line, record);
	annot_buf_free(&text);
	progress_show(&l->progress, row->index + 1, l->checkpoint.size);
	return status;
}

static enum annot_status run(struct logging *l)
{
	struct ctl *ctl = l->task->ctl;
	bool partial = *l->task->query != '\0';
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	enum annot_status status = annot_pin_refresh(ctl->annot, &l->checkpoint, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_pin(ctl->annot, &l->checkpoint, &note, &ctl->err);
	const struct annot_ndjson head = {.kind = ANNOT_NDJSON_HEAD,
					  .corpus = annot_hello(ctl->annot)->corpus,
					  .origin = annot_hello(ctl->annot)->origin,
					  .size = l->checkpoint.size,
					  .root = l->checkpoint.root,
					  .checkpoint = annot_buf_bytes(&note),
					  .partial = partial};
	if (status == ANNOT_OK)
		status = write_line(l, &head, NULL, NULL);
	annot_buf_free(&note);
	TRY(status);
	struct rows_request request;
	if (partial)
		TRY(export_request(l->task, ctl->arena, &request));
	TRY(partial ? rows_each(ctl, &request, take_row, l, NULL) : whole(l));
	const struct annot_ndjson end = {
		.kind = ANNOT_NDJSON_END, .size = l->task->n, .root = l->checkpoint.root};
	return write_line(l, &end, NULL, NULL);
}

enum annot_status export_log(struct export_task *task)
{
	struct annot_frontier tree = {0};
	struct logging *l = calloc(1, sizeof *l);
	enum annot_status status = annot_fail(&task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (!l)
		return status;
	l->task = task;
	l->sources = sources_new(task->ctl);
	l->progress = (struct progress){.ctl = task->ctl, .what = "exported"};
	l->tree = &tree;
	l->line = ANNOT_BUF_INIT(ANNOT_ITEM_MAX);
	if (l->sources)
		status = run(l);
	progress_end(&l->progress);
	sources_free(l->sources);
	annot_buf_free(&l->line);
	free(l->withheld);
	free(l);
	return status;
}
