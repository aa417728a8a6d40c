/*
 * Drafts on their way into the log. Those of a batch are signed in rounds: first what refers to
 * nothing that is still to be made, then what refers to that; and sent together, in the order in
 * which they were signed. What refers to an item that has not come waits, in memory, and is tried
 * again when many wait and at the end.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

#include "../out/out.h"
#include "../rows.h"
#include "found.h"
#include "groups.h"
#include "resolve.h"

enum {
	BATCH_MAX = 256,      /* drafts */
	BATCH_REFS_MAX = 512, /* that they refer to */
	BATCH_ARENA_MAX = 256 << 20,
	WAITING_MAX = 1 << 16,
	REFUSED_SHOWN = 20, /* records that the daemon refused are named, so many of them */
};

struct batch {
	struct import_task *task;
	struct annot_arena *arena; /* until it was sent */
	struct group *groups[BATCH_MAX];
	size_t n_groups, n_drafts, n_refs;
	const char *file; /* where the first of them stands */
	size_t line;
	struct group *waiting, **last; /* in the order in which they came */
	size_t n_waiting;
	struct resolve resolve;
};

struct batch *batch_new(struct import_task *task)
{
	struct batch *b = calloc(1, sizeof *b);
	if (!b)
		return NULL;
	b->task = task;
	b->last = &b->waiting;
	b->arena = annot_arena_new(BATCH_ARENA_MAX);
	return b->arena ? b : batch_free(b);
}

struct batch *batch_free(struct batch *b)
{
	if (!b)
		return NULL;
	for (size_t i = 0; i < b->n_groups; i++)
		group_free(b->groups[i]);
	while (b->waiting) {
		struct group *g = b->waiting;
		b->waiting = g->next;
		group_free(g);
	}
	resolve_free(&b->resolve);
	annot_arena_free(b->arena);
	free(b);
	return NULL;
}

static enum annot_status left_out(struct batch *b, const struct group *g, const char *field,
				  const char *value, const char *reason)
{
	const struct annot_loss loss = {.item = g->id,
					.field = field,
					.value = value,
					.reason = reason,
					.left_out = true,
					.file = g->file,
					.line = g->line};
	return losses_add(b->task->losses, &loss, &b->task->ctl->err);
}

/* --- signing --- */

struct sending {
	struct annot_signed records[BATCH_MAX];
	const struct group *of[BATCH_MAX];
	size_t n;
};

/* Signs what is ready. */
static enum annot_status sign_ready(struct batch *b, struct sending *s)
{
	struct ctl *ctl = b->task->ctl;
	struct annot_signing signing[BATCH_MAX];
	struct group_draft *drafts[BATCH_MAX];
	const struct group *of[BATCH_MAX];
	const struct annot_signer *signer;
	size_t n = 0;
	TRY(ctl_signer(ctl, &signer));
	for (size_t i = 0; i < b->n_groups; i++)
		for (size_t k = 0; k < b->groups[i]->n; k++) {
			struct group_draft *d = &b->groups[i]->drafts[k];
			if (d->state != GROUP_READY)
				continue;
			signing[n] = (struct annot_signing){.signer = signer, .draft = d->draft};
			of[n] = b->groups[i];
			drafts[n++] = d;
		}
	if (n > 0)
		TRY(annot_sign_many(ctl->annot, signing, n, ctl->arena, &ctl->err));
	for (size_t i = 0; i < n; i++) {
		drafts[i]->state = signing[i].status == ANNOT_OK ? GROUP_DONE : GROUP_FAILED;
		if (signing[i].status != ANNOT_OK) {
			TRY(left_out(b, of[i], "", NULL, signing[i].err.text));
			continue;
		}
		drafts[i]->id = signing[i].made.record->id;
		if (drafts[i]->amends)
			TRY(own_remember(b->task->own, of[i]->id, &drafts[i]->id));
		s->of[s->n] = of[i];
		/* Nobody amends what somebody else amended meanwhile. */
		signing[i].made.expect_heads = drafts[i]->amends;
		s->records[s->n++] = signing[i].made;
	}
	return ANNOT_OK;
}

static void count_admitted(struct import_counts *c, bool amends, uint64_t index)
{
	c->first = c->imported + c->amended == 0 || index < c->first ? index : c->first;
	c->last = index > c->last ? index : c->last;
	c->imported += !amends;
	c->amended += amends;
}

/* Each is said, and of what ends the import the first. */
static enum annot_status take_receipts(struct batch *b, const struct sending *s,
				       const struct annot_receipt *receipts)
{
	struct ctl *ctl = b->task->ctl;
	struct annot_error first = {0};
	enum annot_status ret = ANNOT_OK;
	for (size_t i = 0; i < s->n; i++) {
		if (receipts[i].status == ANNOT_OK) {
			count_admitted(&b->task->counts, s->records[i].expect_heads,
				       receipts[i].index);
			continue;
		}
		const char *why = receipts[i].message ? receipts[i].message
						      : annot_strerror(receipts[i].status);
		if (++b->task->counts.refused <= REFUSED_SHOWN)
			out_warning(ctl, "%s:%zu: refused: %s", out_safe(ctl, s->of[i]->file),
				    s->of[i]->line, out_safe(ctl, why));
		enum annot_status status = left_out(b, s->of[i], "", NULL, why);
		if (ret == ANNOT_OK && status != ANNOT_OK) {
			ret = status;
			first = ctl->err;
		}
	}
	if (ret != ANNOT_OK)
		ctl->err = first;
	return ret;
}

static enum annot_status send(struct batch *b, const struct sending *s)
{
	struct annot_receipt receipts[BATCH_MAX] = {0};
	struct ctl *ctl = b->task->ctl;
	if (s->n == 0)
		return ANNOT_OK;
	TRY(annot_submit(ctl->annot, s->records, s->n, ctl->arena, receipts, &ctl->err));
	if (annot_outbox_report(ctl->annot))
		out_warning(ctl, "from the outbox: %s",
			    out_safe(ctl, annot_outbox_report(ctl->annot)));
	return take_receipts(b, s, receipts);
}

/* What refers to something that could not be made. */
static enum annot_status report_barred(struct batch *b)
{
	for (size_t i = 0; i < b->n_groups; i++)
		for (size_t k = 0; k < b->groups[i]->n; k++) {
			struct group_draft *d = &b->groups[i]->drafts[k];
			if (d->state != GROUP_BARRED)
				continue;
			d->state = GROUP_FAILED;
			TRY(left_out(b, b->groups[i], "", NULL,
				     "what it refers to could not be imported"));
		}
	return ANNOT_OK;
}

/* --- a batch --- */

static void wait_for_others(struct batch *b, struct group *g)
{
	g->next = NULL;
	*b->last = g;
	b->last = &g->next;
	b->task->counts.waiting = ++b->n_waiting;
}

/* What is over goes; the rest waits. */
static void put_away(struct batch *b)
{
	for (size_t i = 0; i < b->n_groups; i++) {
		if (group_is_over(b->groups[i]))
			group_free(b->groups[i]);
		else
			wait_for_others(b, b->groups[i]);
	}
	b->n_groups = b->n_drafts = b->n_refs = 0;
}

static enum annot_status rounds(struct batch *b)
{
	struct sending *s = calloc(1, sizeof *s);
	enum annot_status status = ANNOT_OK;
	size_t ready;
	if (!s)
		return annot_fail(&b->task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	do {
		status = resolve_round(b->task->ctl, &b->resolve, b->groups, b->n_groups,
				       &b->task->counts.there, &ready);
		if (status == ANNOT_OK && ready > 0)
			status = sign_ready(b, s);
	} while (status == ANNOT_OK && ready > 0);
	if (status == ANNOT_OK)
		status = send(b, s);
	if (status == ANNOT_OK)
		status = report_barred(b);
	free(s);
	return status;
}

static enum annot_status flush(struct batch *b)
{
	struct ctl *ctl = b->task->ctl;
	struct annot_arena *own = ctl->arena;
	if (b->n_groups == 0)
		return ANNOT_OK;
	ctl->arena = b->arena;
	b->resolve.own = b->task->own;
	enum annot_status status = resolve_begin(ctl, &b->resolve, b->groups, b->n_groups);
	if (status == ANNOT_OK)
		status = rounds(b);
	put_away(b);
	resolve_free(&b->resolve);
	annot_arena_reset(b->arena);
	ctl->arena = own;
	return status;
}

static size_t refs_of(const struct group *g)
{
	size_t n = 0;
	for (size_t i = 0; i < g->n; i++)
		n += g->drafts[i].n_refs;
	return n;
}

/* An item that comes twice is in the corpus when it comes again. */
static bool is_in(const struct batch *b, const char *id)
{
	for (size_t i = 0; i < b->n_groups; i++)
		if (strcmp(b->groups[i]->id, id) == 0)
			return true;
	return false;
}

/* Adds a group, which is taken over, once there is room. */
static enum annot_status add(struct batch *b, struct group *g)
{
	size_t n_refs = refs_of(g);
	if (b->n_drafts + g->n > BATCH_MAX || b->n_refs + n_refs > BATCH_REFS_MAX ||
	    is_in(b, g->id)) {
		enum annot_status status = flush(b);
		if (status != ANNOT_OK) {
			group_free(g);
			return status;
		}
	}
	b->groups[b->n_groups++] = g;
	b->n_drafts += g->n;
	b->n_refs += n_refs;
	return ANNOT_OK;
}

/* --- what waits --- */

static void pop(struct batch *b, struct group **ret)
{
	*ret = b->waiting;
	b->waiting = b->waiting->next;
	if (!b->waiting)
		b->last = &b->waiting;
	b->task->counts.waiting = --b->n_waiting;
}

/* One more try for all that waits now. */
static enum annot_status try_again(struct batch *b)
{
	for (size_t n = b->n_waiting; n > 0; n--) {
		struct group *g;
		pop(b, &g);
		TRY(add(b, g));
	}
	return flush(b);
}

static enum annot_status give_up(struct batch *b, size_t keep)
{
	while (b->n_waiting > keep) {
		struct group *g;
		const char *item = "";
		pop(b, &g);
		for (size_t i = 0; i < g->n; i++)
			for (size_t k = 0; k < g->drafts[i].n_refs; k++)
				if (g->drafts[i].state == GROUP_NEW && *g->drafts[i].refs[k].item)
					item = g->drafts[i].refs[k].item;
		enum annot_status status =
			left_out(b, g, "", *item ? item : NULL,
				 "what it refers to is neither in the corpus nor was it imported");
		group_free(g);
		TRY(status);
	}
	return ANNOT_OK;
}

enum annot_status batch_take(struct batch *b, const struct annot_import_item *item, const char *id,
			     const struct annot_import_draft *drafts, size_t n)
{
	struct group *g = group_new(id, item->file, item->line, drafts, n);
	if (!g)
		return annot_fail(&b->task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = ANNOT_OK;
	if (b->n_waiting >= WAITING_MAX) {
		status = try_again(b);
		if (status == ANNOT_OK)
			status = give_up(b, WAITING_MAX / 2);
	}
	if (status != ANNOT_OK) {
		group_free(g);
		return status;
	}
	TRY(add(b, g));
	if (b->n_groups == 1) {
		b->file = item->file;
		b->line = item->line;
	}
	return ANNOT_OK;
}

void batch_unsent(const struct batch *b, struct import_counts *c)
{
	if (b->n_groups == 0)
		return;
	c->file = b->file;
	c->line = b->line;
}

enum annot_status batch_end(struct batch *b)
{
	size_t before;
	TRY(flush(b));
	do {
		before = b->n_waiting;
		TRY(try_again(b));
	} while (b->n_waiting > 0 && b->n_waiting < before);
	return give_up(b, 0);
}
_Static_assert((int)ANNOT_IMPORT_DRAFTS_MAX <= (int)BATCH_MAX, "an item fits a batch");
_Static_assert((int)ANNOT_IMPORT_REFS_MAX <= (int)BATCH_REFS_MAX, "an item fits a batch");
_Static_assert((int)BATCH_MAX + (int)BATCH_REFS_MAX <= (int)FOUND_IDS_MAX,
	       "a batch can be asked for");
