/* fsck: is what the admins had withheld gone, and nothing else? */
#include <stdlib.h>

#include "annotd/fsck_private.h"
#include "base/auto.h"

/* A withhold record. */
struct decision {
	struct annot_hash on, record;
};

/* A record without bytes. */
struct missing {
	struct annot_hash record;
	uint64_t index;
};

enum annot_status fsck_withheld_note(struct fsck *f, const struct annot_fact *fact,
				     struct annot_error *err)
{
	if (fact->leaf.kind == ANNOT_KIND_withhold && fact->leaf.has_on) {
		struct decision d = {.on = fact->leaf.on, .record = fact->leaf.record};
		annot_buf_add(&f->decisions, &d, sizeof d);
	}
	if (!fact->record) {
		struct missing m = {.record = fact->leaf.record, .index = fact->index};
		annot_buf_add(&f->missing, &m, sizeof m);
	}
	TRY(annot_buf_check(&f->decisions, "list of withhold records", err));
	return annot_buf_check(&f->missing, "list of withheld records", err);
}

static int by_on(const void *a, const void *b)
{
	return memcmp(a, b, ANNOT_HASH_SIZE); /* on is the first member */
}

static bool in_effect(const struct fsck *f, const struct decision *d)
{
	return annot_authority_effect(annot_memory_authority(f->memory), &d->record, NULL) ==
	       ANNOT_EFFECTIVE;
}

/* Of several decisions on one record any that is in effect will do. */
static bool decided(const struct fsck *f, const struct decision *all, size_t n,
		    const struct annot_hash *record)
{
	const struct decision *first = bsearch(record, all, n, sizeof *all, by_on);
	while (first && first > all && annot_hash_equal(&first[-1].on, record))
		first--;
	for (; first && first < all + n && annot_hash_equal(&first->on, record); first++)
		if (in_effect(f, first))
			return true;
	return false;
}

/* A withhold record takes effect a moment before the bytes go: a running annotd has had that moment
 * since the log was read. */
static enum annot_status check_gone(struct fsck *f, const struct decision *d,
				    struct annot_error *err)
{
	const struct annot_view *view = annot_memory_view(f->memory);
	struct annot_known on;
	struct store_record stored;
	annot_arena_reset(f->arena);
	TRY(view->record(view->ctx, &d->on, &on, err));
	TRY(reader_record(f->reader, on.index, f->arena, &stored, err));
	if (stored.record.data)
		finding(&f->findings, on.index,
			"was withheld by record %s, but its bytes are still there",
			annot_short_id(&d->record).text);
	return ANNOT_OK;
}

enum annot_status fsck_withheld(struct fsck *f, struct annot_error *err)
{
	struct decision *all = (struct decision *)(void *)f->decisions.data;
	const struct missing *missing = (const struct missing *)(const void *)f->missing.data;
	size_t n = f->decisions.len / sizeof *all;
	if (n > 0)
		qsort(all, n, sizeof *all, by_on);
	for (size_t i = 0; i < f->missing.len / sizeof *missing; i++)
		if (n == 0 || !decided(f, all, n, &missing[i].record))
			finding(&f->findings, missing[i].index,
				"has no bytes, and no decision of the admins says why");
	reader_end(f->reader);
	TRY(reader_begin(f->reader, err));
	for (size_t i = 0; i < n; i++)
		if (in_effect(f, &all[i]))
			TRY(check_gone(f, &all[i], err));
	return ANNOT_OK;
}
