/* One bundle that proves all that a report shows, and what the verifier and the gate make of it. */
#include <stdlib.h>
#include <string.h>

#include "../bundle_arg.h"
#include "../list.h"
#include "../out/out.h"
#include "../out/record.h"
#include "report.h"

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

const struct report_item *report_item_of(const struct report *r,
					 const struct annot_hash *annotation)
{
	const struct numbered *found = numbered_find(&r->by_annotation, annotation);
	return found ? LIST_ITEMS(struct report_item, &r->items) + found->number : NULL;
}

struct report_record *report_record_of(const struct report *r, const struct annot_hash *id)
{
	const struct numbered *found = numbered_find(&r->by_record, id);
	return found ? LIST_ITEMS(struct report_record, &r->records) + found->number : NULL;
}

const char *report_short(const struct report *r, const struct report_entry *e)
{
	return record_short(r->ctl, &e->annotation, e->row->version);
}

/* --- the bundle --- */

/* The newest head of each item, then all else of the histories. */
static enum annot_status list_records(struct report *r, struct annot_buf *ret)
{
	size_t n;
	const struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++)
		TRY(LIST_ADD(r->ctl, ret, &items[i].head->id));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < items[i].n_entries; k++)
			if (&items[i].entries[k] != items[i].head)
				TRY(LIST_ADD(r->ctl, ret, &items[i].entries[k].id));
	return ANNOT_OK;
}

/* The leaf line of a record of which nothing else is left; NULL: the bundle has no leaves. */
static const char *leaf_line(struct report *r, struct annot_bytes leaves, uint64_t index)
{
	const uint8_t *at = leaves.data, *end = leaves.data + leaves.len;
	for (uint64_t i = 0; at && at < end; i++) {
		const uint8_t *next = memchr(at, '\n', (size_t)(end - at));
		if (!next)
			break;
		if (i == index)
			return annot_arena_copy(r->ctl->arena, at, (size_t)(next + 1 - at));
		at = next + 1;
	}
	return NULL;
}

/* A withheld record whose leaf is not known is left out: nothing of it could be shown. */
static enum annot_status add_record(struct report *r, const struct annot_bundle_record *from,
				    struct annot_bytes leaves, struct annot_tlogproof *proof)
{
	struct ctl *ctl = r->ctl;
	struct report_record one = {.proof = from->proof};
	struct annot_leaf leaf;
	TRY(annot_tlogproof_parse(from->proof, proof, &ctl->err));
	TRY(annot_sshsig_unarmor(from->signature, ANNOT_NAMESPACE_RECORD, one.key, one.signature,
				 &ctl->err));
	one.index = proof->index;
	r->note = proof->note;
	if (from->record.data) {
		TRY(annot_record_parse(ctl->arena, from->record, &one.record, &ctl->err));
		one.id = one.record->id;
	} else {
		one.leaf = leaf_line(r, leaves, one.index);
		if (!one.leaf)
			return ANNOT_OK;
		TRY(annot_leaf_parse(annot_bytes_of(one.leaf), &leaf, &ctl->err));
		one.id = leaf.record;
	}
	TRY(numbered_add(ctl, &r->by_record, &one.id,
			 LIST_COUNT(struct report_record, &r->records)));
	return LIST_ADD(ctl, &r->records, &one);
}

/* The chain first: who may sign what is read from the top. */
static enum annot_status add_records(struct report *r, const struct annot_bundle *b)
{
	struct annot_tlogproof *proof = annot_arena_alloc(r->ctl->arena, sizeof *proof);
	if (!proof)
		return no_memory(r->ctl);
	for (size_t i = 0; i < b->n_chain; i++)
		TRY(add_record(r, &b->chain[i], b->leaves, proof));
	TRY(add_record(r, &b->subject, b->leaves, proof));
	for (size_t i = 0; i < b->n_references; i++)
		TRY(add_record(r, &b->references[i], b->leaves, proof));
	numbered_sort(&r->by_record);
	return ANNOT_OK;
}

static void connect(struct report *r)
{
	size_t n;
	struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++) {
		items[i].gated = &r->gate->records[i];
		for (size_t k = 0; k < items[i].n_entries; k++)
			items[i].entries[k].proved = report_record_of(r, &items[i].entries[k].id);
	}
}

/* What nobody could check is not written. */
static enum annot_status check_log(struct report *r)
{
	const struct annot_report *first = r->gate->records[0].report;
	size_t n;
	const struct report_item *items = report_items(r, &n);
	if (r->gate->checkpoint.size > 0)
		return ANNOT_OK;
	if (record_has_flag(items[0].head->row, "withheld"))
		return annot_fail(&r->ctl->err, ANNOT_NO,
				  "%s is WITHHELD: there is nothing to report of it alone",
				  report_short(r, items[0].head));
	return annot_fail(&r->ctl->err, ANNOT_MISMATCH,
			  "the log cannot be shown to be the corpus's: %s: %s",
			  first->checks[0].name, first->checks[0].text);
}

/* --- all of it --- */

static enum annot_status prove(struct report *r)
{
	struct ctl *ctl = r->ctl;
	struct annot_buf hashes = LIST_INIT;
	struct annot_bundle *bundle = annot_arena_alloc(ctl->arena, sizeof *bundle);
	struct annot_bytes bytes = {0};
	size_t n_items;
	report_items(r, &n_items);
	enum annot_status status = bundle ? list_records(r, &hashes) : no_memory(ctl);
	const struct annot_hash *list = LIST_ITEMS(struct annot_hash, &hashes);
	if (status == ANNOT_OK)
		status = annot_bundle_collect_records(ctl->annot, list,
						      LIST_COUNT(struct annot_hash, &hashes),
						      annot_held_sink(&r->bundle), &ctl->err);
	if (status == ANNOT_OK)
		status = annot_held_bytes(&r->bundle, &bytes, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_gate_bundle(ctl->arena, bytes, &r->trust, list, n_items, &r->gate,
					   &ctl->err);
	annot_buf_free(&hashes);
	TRY(status);
	TRY(check_log(r));
	TRY(annot_bundle_parse(ctl->arena, bytes, bundle, &ctl->err));
	r->parsed = bundle;
	TRY(add_records(r, bundle));
	connect(r);
	return ANNOT_OK;
}

enum annot_status report_gather(struct ctl *ctl, const char *query, const char *id,
				const char *corpus, struct report *ret)
{
	*ret = (struct report){.ctl = ctl,
			       .query = id ? id : query,
			       .by_id = id != NULL,
			       .bundle = ANNOT_HELD_INIT(BUNDLE_IN_MEMORY),
			       .items = LIST_INIT,
			       .records = LIST_INIT,
			       .by_annotation = LIST_INIT,
			       .by_record = LIST_INIT,
			       .texts = LIST_INIT};
	TRY(bundle_trust_daemon(ctl, corpus, &ret->trust));
	TRY(report_select(ret, id));
	TRY(prove(ret));
	return report_place(ret);
}

void report_free(struct report *r)
{
	annot_held_free(&r->bundle);
	annot_buf_free(&r->items);
	annot_buf_free(&r->records);
	annot_buf_free(&r->by_annotation);
	annot_buf_free(&r->by_record);
	annot_buf_free(&r->texts);
}
