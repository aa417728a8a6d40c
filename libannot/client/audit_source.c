#include "client/audit_source.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/file.h"
#include "log/leaf.h"

enum annot_status annot_audit_source_open(struct annot_audit_source *s, struct annot_error *err)
{
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	struct annot_error why;
	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (s->dir)
		TRY(annot_log_note(s->dir, &s->note, err));
	else
		TRY(annot_pin_newest(s->a, &s->claimed, &s->note, err));
	enum annot_status status = annot_note_parse(annot_buf_bytes(&s->note), parsed, &why);
	if (status == ANNOT_OK)
		status = annot_checkpoint_parse(parsed->text, &s->claimed, &why);
	if (status == ANNOT_OK)
		return ANNOT_OK;
	return s->dir ? annot_fail(err, status, "%s/checkpoint: %s", s->dir, why.text)
		      : annot_fail(err, status, "%s", why.text);
}

/* --- a daemon --- */

struct fetch {
	const struct annot_audit_source *source;
	struct annot_audit_batch *batch;
};

static enum annot_status take(void *arg, const struct annot_raw *raw, struct annot_error *err)
{
	const struct fetch *f = arg;
	struct annot_tile_record stored = {.signature = raw->signature.data, .record = raw->record};
	struct annot_public_key key;
	struct annot_leaf leaf;
	if (raw->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_PROTOCOL, "record #%" PRIu64 " has no signature",
				  raw->index);
	if (annot_leaf_parse(annot_bytes_of(raw->leaf), &leaf, NULL) == ANNOT_OK) {
		enum annot_status status = annot_author_key(f->source->a, &leaf.author, &key, err);
		if (status != ANNOT_OK && status != ANNOT_NOT_FOUND)
			return status;
		stored.key = status == ANNOT_OK ? key.key : NULL;
	}
	annot_entry_write(annot_bytes_of(raw->leaf), &f->batch->entries);
	annot_tile_record_write(&stored, &f->batch->records);
	return ANNOT_OK;
}

static enum annot_status fetch(const struct annot_audit_source *s, struct annot_audit_batch *b,
			       struct annot_error *err)
{
	struct fetch f = {s, b};
	uint64_t indexes[ANNOT_TILE_WIDTH];
	for (unsigned i = 0; i < b->width; i++)
		indexes[i] = b->n * ANNOT_TILE_WIDTH + i;
	return annot_raw_each(s->a, indexes, b->width, take, &f, err);
}

/* --- both --- */

static enum annot_status read_files(const struct annot_audit_source *s, struct annot_audit_batch *b,
				    struct annot_error *err)
{
	TRY(annot_log_dir_read(s->dir, ANNOT_DIR_ENTRIES, b->n, b->width, ANNOT_TILE_ENTRIES_MAX,
			       &b->entries, err));
	return annot_log_dir_read(s->dir, ANNOT_DIR_RECORDS, b->n, b->width, ANNOT_TILE_RECORDS_MAX,
				  &b->records, err);
}

enum annot_status annot_audit_source_read(const struct annot_audit_source *s,
					  struct annot_audit_batch *b, struct annot_error *err)
{
	annot_arena_reset(b->arena);
	annot_buf_truncate(&b->entries, 0);
	annot_buf_truncate(&b->records, 0);
	TRY(s->dir ? read_files(s, b, err) : fetch(s, b, err));
	TRY(annot_buf_check(&b->entries, "entries", err));
	TRY(annot_buf_check(&b->records, "records", err));
	struct annot_bytes entries = annot_buf_bytes(&b->entries);
	struct annot_bytes records = annot_buf_bytes(&b->records);
	for (unsigned i = 0; i < b->width; i++) {
		struct annot_audit_item *item = &b->items[i];
		if (!annot_entry_next(&entries, &item->line))
			return annot_fail(err, ANNOT_INVALID,
					  "%s: tile %" PRIu64 " of entries ends after %u of %u",
					  s->dir ? s->dir : "the daemon", b->n, i, b->width);
		if (!annot_tile_record_next(&records, &item->stored))
			return annot_fail(err, ANNOT_INVALID,
					  "%s: tile %" PRIu64 " of records ends after %u of %u",
					  s->dir ? s->dir : "the daemon", b->n, i, b->width);
	}
	return ANNOT_OK;
}
