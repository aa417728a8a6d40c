/* Items of an export: a row with what it stands on, one after the other. */
#include "export.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../list.h"
#include "../out/progress.h"
#include "../rows.h"
#include "entry.h"

enum { ITEM_ARENA_MAX = 256 << 20, RULES_MAX = 1 << 20 };

struct exporting {
	struct export_task *task;
	struct annot_export *x;
	struct sources *sources;
	struct annot_arena *rules; /* the policy in force */
	struct progress progress;
	uint64_t size; /* of the log, as it was at first */
};

static enum annot_status put(void *arg, const char *file, struct annot_bytes data,
			     struct annot_error *err)
{
	const struct exporting *e = arg;
	return sink_put(e->task->sink, file, data, err);
}

static enum annot_status lost(void *arg, const struct annot_loss *loss, struct annot_error *err)
{
	const struct exporting *e = arg;
	return losses_add(e->task->losses, loss, err);
}

/* --- what an item refers to --- */

struct gathering {
	struct exporting *e;
	const struct annot_entry *of; /* history: the annotation */
	struct annot_buf versions, said, referred;
	struct annot_entry first;
};

static enum annot_status take_referred(struct ctl *ctl, const struct annot_row *row,
				       const struct annot_record *record, void *arg)
{
	struct gathering *g = arg;
	struct annot_entry entry;
	TRY(entry_of(ctl, row, record, g->e->sources, &entry));
	return LIST_ADD(ctl, &g->referred, &entry);
}

/* The records that REF cards name, in their order. */
static enum annot_status refer(struct ctl *ctl, struct gathering *g,
			       const struct annot_record *record)
{
	struct annot_hash ids[ANNOT_CARDS_MAX];
	size_t n = 0;
	for (size_t i = 0; record && i < record->n_cards; i++)
		if (record->cards[i].def->type == ANNOT_CARD_REF)
			ids[n++] = record->cards[i].hash;
	const struct rows_request request = {.records = ids, .n_records = n, .keep = true};
	return n > 0 ? rows_each(ctl, &request, take_referred, g, NULL) : ANNOT_OK;
}

static enum annot_status take_history(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, void *arg)
{
	struct gathering *g = arg;
	struct annot_entry entry;
	TRY(entry_of(ctl, row, record, NULL, &entry));
	if (annot_hash_equal(&entry.annotation, &g->of->annotation))
		return LIST_ADD(ctl, &g->versions, &entry);
	bool stands = row->head && strcmp(row->effect, "effective") == 0 &&
		      strcmp(row->review, "retracted") != 0;
	return stands ? LIST_ADD(ctl, &g->said, &entry) : ANNOT_OK;
}

/* The first version, where the entry is another. */
static enum annot_status find_first(struct ctl *ctl, struct gathering *g,
				    const struct annot_entry **ret)
{
	char id[ANNOT_HASH_HEX + 2];
	struct annot_fetched fetched;
	const struct annot_entry *entry = g->of;
	*ret = entry;
	if (!entry->record || entry->record->first)
		return ANNOT_OK;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(&entry->annotation).text);
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &fetched, &ctl->err));
	TRY(entry_of(ctl, fetched.row, fetched.record, NULL, &g->first));
	*ret = fetched.record ? &g->first : NULL;
	return ANNOT_OK;
}

static enum annot_status gather(struct ctl *ctl, struct gathering *g,
				struct annot_export_item *item)
{
	unsigned flags = g->e->task->format->flags;
	g->of = &item->entry;
	if (flags & ANNOT_EXPORT_REFERRED)
		TRY(refer(ctl, g, item->entry.record));
	if (flags & ANNOT_EXPORT_FIRST)
		TRY(find_first(ctl, g, &item->first));
	if (flags & ANNOT_EXPORT_HISTORY) {
		struct annot_hex hex = annot_hash_hex(&item->entry.annotation);
		const struct rows_request request = {.history_of = hex.text, .keep = true};
		TRY(rows_each(ctl, &request, take_history, g, NULL));
	}
	item->referred = LIST_ITEMS(struct annot_entry, &g->referred);
	item->n_referred = LIST_COUNT(struct annot_entry, &g->referred);
	item->versions = LIST_ITEMS(struct annot_entry, &g->versions);
	item->n_versions = LIST_COUNT(struct annot_entry, &g->versions);
	item->said = LIST_ITEMS(struct annot_entry, &g->said);
	item->n_said = LIST_COUNT(struct annot_entry, &g->said);
	return ANNOT_OK;
}

static enum annot_status export_row(struct exporting *e, const struct annot_row *row,
				    const struct annot_record *record)
{
	struct ctl *ctl = e->task->ctl;
	struct annot_export_item item = {0};
	struct gathering g = {
		.e = e, .versions = LIST_INIT, .said = LIST_INIT, .referred = LIST_INIT};
	sources_next_item(e->sources);
	enum annot_status status = entry_of(ctl, row, record, e->sources, &item.entry);
	if (status == ANNOT_OK && !(e->task->format->kinds & 1u << item.entry.kind)) {
		e->task->n_passed_over++;
		return ANNOT_OK;
	}
	e->task->n++;
	if (status == ANNOT_OK)
		status = gather(ctl, &g, &item);
	if (status == ANNOT_OK)
		status = annot_export_item(e->x, &item, &ctl->err);
	annot_buf_free(&g.versions);
	annot_buf_free(&g.said);
	annot_buf_free(&g.referred);
	return status;
}

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct exporting *e = arg;
	struct annot_arena *page = ctl->arena;
	ctl->arena = annot_arena_new(ITEM_ARENA_MAX);
	enum annot_status status =
		ctl->arena ? export_row(e, row, record)
			   : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	annot_arena_free(ctl->arena);
	ctl->arena = page;
	progress_show(&e->progress, row->index + 1, e->size);
	return status;
}

enum annot_status export_request(const struct export_task *task, struct annot_arena *arena,
				 struct rows_request *ret)
{
	struct ctl *ctl = task->ctl;
	size_t n = 0;
	*ret = (struct rows_request){.query = task->query};
	for (const char **id = task->ids; id && *id; id++)
		n++;
	struct annot_hash *records = annot_arena_array(arena, n + 1, sizeof *records);
	if (!records)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct annot_fetched found;
		struct row_ids ids;
		TRY(annot_fetch(ctl->annot, task->ids[i], ctl->arena, &found, &ctl->err));
		TRY(rows_ids(ctl, found.row, found.record, &ids));
		records[i] = ids.record;
	}
	if (n > 0)
		*ret = (struct rows_request){.records = records, .n_records = n};
	return ANNOT_OK;
}

static enum annot_status run(struct exporting *e)
{
	struct export_task *task = e->task;
	struct ctl *ctl = task->ctl;
	char now[ANNOT_TIME_LEN + 1] = "";
	struct annot_policy policy;
	annot_time_format(time(NULL), now);
	TRY(annot_fetch_policy(ctl->annot, UINT64_MAX, e->rules, &policy, &ctl->err));
	const struct annot_export_host host = {
		.arg = e,
		.put = put,
		.lost = lost,
		.corpus = annot_hello(ctl->annot)->corpus,
		.origin = annot_hello(ctl->annot)->origin,
		.base = task->base,
		.publisher = task->publisher,
		.publisher_url = task->publisher_url,
		.generated = now,
		.one_a_line = ctl->format == FORMAT_NDJSON,
		.scales = policy.scales,
		.n_scales = policy.n_scales,
	};
	struct rows_request request;
	TRY(export_request(task, e->rules, &request));
	TRY(annot_export_new(task->format, &host, &e->x, &ctl->err));
	TRY(rows_each(ctl, &request, take, e, NULL));
	return annot_export_end(e->x, &ctl->err);
}

enum annot_status export_items(struct export_task *task)
{
	struct exporting e = {.task = task,
			      .sources = sources_new(task->ctl),
			      .rules = annot_arena_new(RULES_MAX),
			      .progress = {.ctl = task->ctl, .what = "exported"},
			      .size = annot_hello(task->ctl->annot)->size};
	enum annot_status status =
		e.sources && e.rules
			? run(&e)
			: annot_fail(&task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	progress_end(&e.progress);
	annot_export_free(e.x);
	annot_arena_free(e.rules);
	sources_free(e.sources);
	return status;
}
