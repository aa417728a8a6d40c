/*
 * Items are remembered by 8 bytes of a hash (16 bytes of memory each, 32 while the table grows);
 * what they refer to is remembered where it has not come yet.
 */
#include "dry.h"

#include <stdlib.h>
#include <string.h>

#include "found.h"
#include "groups.h"

enum { TABLE_FIRST = 1 << 12, WANTED_MAX = 64 << 20, ARENA_MAX = 64 << 20 };

struct dry {
	struct import_task *task;
	struct annot_arena *arena; /* of one item */
	uint64_t *table;           /* of size; 0: free */
	size_t size, n;
	struct annot_buf wanted; /* "ID NUL FILE NUL LINE NUL ITEM NUL", one after the other */
};

struct dry *dry_new(struct import_task *task)
{
	struct dry *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->task = task;
	d->size = TABLE_FIRST;
	d->table = calloc(d->size, sizeof *d->table);
	d->arena = annot_arena_new(ARENA_MAX);
	d->wanted = ANNOT_BUF_INIT(WANTED_MAX);
	return d->table && d->arena ? d : dry_free(d);
}

struct dry *dry_free(struct dry *d)
{
	if (!d)
		return NULL;
	free(d->table);
	annot_arena_free(d->arena);
	annot_buf_free(&d->wanted);
	free(d);
	return NULL;
}

/* Where a mark is, or would be. */
static size_t slot_of(const uint64_t *table, size_t size, uint64_t mark)
{
	size_t at = (size_t)(mark % size);
	while (table[at] && table[at] != mark)
		at = (at + 1) % size;
	return at;
}

static enum annot_status grow(struct dry *d)
{
	size_t size = 2 * d->size;
	uint64_t *table = calloc(size, sizeof *table);
	if (!table)
		return annot_fail(&d->task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < d->size; i++)
		if (d->table[i])
			table[slot_of(table, size, d->table[i])] = d->table[i];
	free(d->table);
	d->table = table;
	d->size = size;
	return ANNOT_OK;
}

static bool came(const struct dry *d, const char *id)
{
	return d->table[slot_of(d->table, d->size, group_mark(id))] != 0;
}

static enum annot_status remember(struct dry *d, const char *id)
{
	uint64_t mark = group_mark(id);
	if (2 * (d->n + 1) > d->size)
		TRY(grow(d));
	size_t at = slot_of(d->table, d->size, mark);
	d->n += d->table[at] == 0;
	d->table[at] = mark;
	return ANNOT_OK;
}

static enum annot_status left_out(struct dry *d, const char *id, const char *file, size_t line,
				  const char *value, const char *reason)
{
	const struct annot_loss loss = {.item = id,
					.field = "",
					.value = value,
					.reason = reason,
					.left_out = true,
					.file = file,
					.line = line};
	return losses_add(d->task->losses, &loss, &d->task->ctl->err);
}

static void want(struct dry *d, const struct annot_import_item *item, const char *id,
		 const char *other)
{
	annot_buf_add(&d->wanted, id, strlen(id) + 1);
	annot_buf_add(&d->wanted, item->file, strlen(item->file) + 1);
	annot_buf_printf(&d->wanted, "%zu", item->line);
	annot_buf_putc(&d->wanted, '\0');
	annot_buf_add(&d->wanted, other, strlen(other) + 1);
}

/* Whether it could be made, with some record for each that it refers to. */
static enum annot_status try_one(struct dry *d, const struct annot_import_item *item,
				 const char *id, const struct annot_import_draft *draft)
{
	struct ctl *ctl = d->task->ctl;
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_hash some = {{0}};
	struct annot_error why = {0};
	const struct annot_draft_header header = {.corpus = &annot_hello(ctl->annot)->corpus};
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; status == ANNOT_OK && i < draft->n_refs; i++) {
		const struct annot_import_ref *ref = &draft->refs[i];
		some.b[0] = (uint8_t)(i + 1); /* distinct, as evidence must be */
		status = annot_draft_add_hash(draft->draft, ref->card, &some, &why);
		if (ref->item && !ref->record && !came(d, ref->item))
			want(d, item, id, ref->item);
	}
	if (status == ANNOT_OK)
		status = annot_draft_build(draft->draft, &header, d->arena, &bytes, NULL, &why);
	annot_buf_free(&bytes);
	if (status == ANNOT_OK || status == ANNOT_NO_MEMORY)
		return status == ANNOT_OK ? ANNOT_OK
					  : annot_fail(&ctl->err, status, "%s", why.text);
	return left_out(d, id, item->file, item->line, NULL, why.text);
}

enum annot_status dry_there(struct dry *d, const char *id)
{
	return remember(d, id);
}

enum annot_status dry_take(struct dry *d, const struct annot_import_item *item, const char *id,
			   const struct annot_import_draft *drafts, size_t n)
{
	enum annot_status status = remember(d, id);
	for (size_t i = 0; i < n; i++) {
		if (status == ANNOT_OK)
			status = try_one(d, item, id, &drafts[i]);
		annot_draft_free(drafts[i].draft);
	}
	annot_arena_reset(d->arena);
	TRY(status);
	return annot_buf_check(&d->wanted, "what items refer to", &d->task->ctl->err);
}

/* Of what did not come, what the corpus has. */
static enum annot_status check(struct dry *d, const char *id, const char *file, const char *line,
			       const char *other)
{
	struct ctl *ctl = d->task->ctl;
	struct annot_arena *own = ctl->arena;
	struct found found = {0};
	size_t n = 0;
	ctl->arena = d->arena;
	found_want(&found, other);
	enum annot_status status = found_ask(ctl, &found);
	if (status == ANNOT_OK)
		(void)found_of(&found, other, &n);
	found_free(&found);
	annot_arena_reset(d->arena);
	ctl->arena = own;
	TRY(status);
	if (n > 0)
		return ANNOT_OK;
	return left_out(d, id, file, strtoul(line, NULL, 10), other,
			"what it refers to is neither in the corpus nor was it imported");
}

enum annot_status dry_end(struct dry *d)
{
	const char *at = d->wanted.data, *end = at + d->wanted.len;
	while (at < end) {
		const char *id = at, *file = id + strlen(id) + 1, *line = file + strlen(file) + 1,
			   *other = line + strlen(line) + 1;
		if (!came(d, other))
			TRY(check(d, id, file, line, other));
		at = other + strlen(other) + 1;
	}
	return ANNOT_OK;
}
