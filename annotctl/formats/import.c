/* What a format asks of its host, and what becomes of its items. */
#include "import.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../out/out.h"
#include "../out/progress.h"
#include "admission.h"
#include "dry.h"
#include "input.h"
#include "own.h"
#include "sources.h"

enum { RULES_MAX = 1 << 20 };
enum { BROKEN_SHOWN = 20 }; /* items that break a rule are named, so many of them */

struct importing {
	struct import_task *task;
	struct annot_import *m;
	struct sources *sources;
	struct own *own;
	struct annot_arena *rules; /* the policy in force */
	struct batch *batch;       /* or */
	struct dry *dry;
	struct progress progress;
	const struct annot_import_item *item; /* under way */
	enum annot_status
		failed; /* of a callback: ends the import, whatever the format makes of it */
};

static enum annot_status source(void *arg, const struct annot_source_wanted *wanted,
				struct annot_source **ret, struct annot_error *err)
{
	struct importing *i = arg;
	return sources_find(i->sources, wanted, ret, err);
}

static enum annot_status own(void *arg, const char *id, const struct annot_entry **ret,
			     struct annot_error *err)
{
	const struct importing *i = arg;
	return own_get(i->own, id, ret, err);
}

static enum annot_status lost(void *arg, const struct annot_loss *loss, struct annot_error *err)
{
	struct importing *i = arg;
	i->failed = losses_add(i->task->losses, loss, err);
	return i->failed;
}

static void drop(const struct annot_import_draft *drafts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		annot_draft_free(drafts[i].draft);
}

static size_t count_refs(const struct annot_import_draft *drafts, size_t n)
{
	size_t ret = 0;
	for (size_t i = 0; i < n; i++)
		ret += drafts[i].n_refs;
	return ret;
}

static enum annot_status left_out(struct importing *i, const char *id, const char *reason,
				  struct annot_error *err)
{
	const struct annot_import_item *item = i->m->item ? i->m->item : i->item;
	const struct annot_loss loss = {.item = id,
					.field = "",
					.reason = reason,
					.left_out = true,
					.file = item->file,
					.line = item->line};
	return lost(i, &loss, err);
}

/* Of an item that was exported from here. *ret: it is to be signed. */
static enum annot_status look(struct importing *i, const char *id,
			      const struct annot_import_draft *draft, bool *ret,
			      struct annot_error *err)
{
	struct annot_error why;
	enum own_says says;
	struct annot_hash record;
	i->failed = own_look(i->own, draft->draft, draft->amends, &says, &record, &why);
	if (i->failed != ANNOT_OK)
		return annot_fail(err, i->failed, "%s", i->task->ctl->err.text);
	i->failed = own_remember(i->own, id, &record);
	if (i->failed == ANNOT_OK && i->dry && says != OWN_NEXT)
		i->failed = dry_there(i->dry, id, annot_draft_kind(draft->draft));
	if (i->failed != ANNOT_OK)
		return annot_fail(err, i->failed, "%s", i->task->ctl->err.text);
	*ret = says == OWN_NEXT && i->task->amend;
	i->task->counts.there += says == OWN_SAME;
	if (says == OWN_NEXT && !i->task->amend)
		return left_out(i, id,
				"it was edited since it was exported: --amend signs that as an "
				"amendment",
				err);
	if (says == OWN_STALE)
		return left_out(i, id,
				"it was edited since it was exported, and amended here since: "
				"compare the two and amend",
				err);
	return says == OWN_WRONG ? left_out(i, id, why.text, err) : ANNOT_OK;
}

static enum annot_status take(void *arg, const char *id, const struct annot_import_draft *drafts,
			      size_t n, struct annot_error *err)
{
	struct importing *i = arg;
	if (n > ANNOT_IMPORT_DRAFTS_MAX || count_refs(drafts, n) > ANNOT_IMPORT_REFS_MAX) {
		drop(drafts, n);
		return left_out(i, id, "it is more than 64 records, or refers to more than 256",
				err);
	}
	if (n > 0 && drafts[0].amends) {
		bool sign = false;
		enum annot_status status = look(i, id, &drafts[0], &sign, err);
		if (!sign) {
			drop(drafts, n);
			return status;
		}
	}
	/* A format may hand over what an earlier item was. */
	const struct annot_import_item *item = i->m->item ? i->m->item : i->item;
	i->failed = i->dry ? dry_take(i->dry, item, id, drafts, n)
			   : batch_take(i->batch, item, id, drafts, n);
	if (i->failed != ANNOT_OK)
		return annot_fail(err, i->failed, "%s", i->task->ctl->err.text);
	return ANNOT_OK;
}
_Static_assert(ANNOT_IMPORT_DRAFTS_MAX == 64 && ANNOT_IMPORT_REFS_MAX == 256,
	       "the message says how many");

/* An item that breaks a rule is named and passed over; with --strict it ends the import. */
static enum annot_status broken(struct importing *i)
{
	struct ctl *ctl = i->task->ctl;
	if (i->task->losses->strict)
		return ANNOT_INVALID;
	if (++i->task->counts.broken <= BROKEN_SHOWN)
		out_warning(ctl, "%s", out_safe(ctl, ctl->err.text));
	return ANNOT_OK;
}

static enum annot_status one(struct importing *i, const struct annot_import_item *item)
{
	struct ctl *ctl = i->task->ctl;
	struct annot_error err = {0};
	i->item = item;
	i->failed = ANNOT_OK;
	sources_next_item(i->sources);
	own_next_item(i->own);
	i->task->counts.items += !item->envelope;
	i->task->counts.file = item->file;
	i->task->counts.line = item->line;
	enum annot_status status = annot_import_item(i->m, item, &err);
	if (status == ANNOT_OK)
		return ANNOT_OK;
	ctl->err = err;
	return status == ANNOT_INVALID && i->failed == ANNOT_OK ? broken(i) : status;
}

static enum annot_status one_file(struct importing *i, struct input *in)
{
	struct ctl *ctl = i->task->ctl;
	struct annot_items *items;
	enum annot_status status;
	TRY(annot_items_new(i->task->format, in->file.shown, input_read, in, &items, &ctl->err));
	do {
		struct annot_import_item item;
		status = annot_items_next(items, &item, &ctl->err);
		item.name = in->name;
		item.text = annot_buf_bytes(&in->text);
		if (status == ANNOT_OK)
			status = one(i, &item);
		else if (status == ANNOT_INVALID || status == ANNOT_TOO_LARGE)
			status = broken(i);
		progress_show(&i->progress, annot_items_bytes(items), in->size);
	} while (status == ANNOT_OK);
	annot_items_free(items);
	if (status != ANNOT_NOT_FOUND)
		return status;
	const struct annot_import_item end = {.file = in->file.shown, .name = in->name};
	struct annot_error why;
	i->item = &end;
	status = annot_import_end(i->m, &why);
	if (status != ANNOT_OK)
		annot_fail(&ctl->err, status, "%s: %s", in->file.shown, why.text);
	return status == ANNOT_INVALID ? broken(i) : status;
}

static enum annot_status pass(struct importing *i, struct inputs *inputs)
{
	struct ctl *ctl = i->task->ctl;
	struct annot_policy policy;
	TRY(annot_fetch_policy(ctl->annot, UINT64_MAX, i->rules, &policy, &ctl->err));
	const struct annot_import_host host = {.arg = i,
					       .source = source,
					       .own = own,
					       .take = take,
					       .lost = lost,
					       .corpus = annot_hello(ctl->annot)->corpus,
					       .origin = annot_hello(ctl->annot)->origin,
					       .base = i->task->base,
					       .document = i->task->document,
					       .scales = policy.scales,
					       .n_scales = policy.n_scales};
	struct input in;
	enum annot_status status;
	TRY(annot_import_new(i->task->format, &host, &i->m, &ctl->err));
	while ((status = inputs_next(inputs, &in)) == ANNOT_OK) {
		status = one_file(i, &in);
		input_close(&in);
		TRY(status);
		i->task->counts.file = NULL;
	}
	if (status != ANNOT_NOT_FOUND)
		return status;
	return i->dry ? dry_end(i->dry) : batch_end(i->batch);
}

static enum annot_status run(struct import_task *task, struct inputs *inputs, bool dry)
{
	struct importing i = {
		.task = task,
		.sources = sources_new(task->ctl),
		.rules = annot_arena_new(RULES_MAX),
		.progress = {.ctl = task->ctl, .what = dry ? "looked through" : "imported"}};
	enum annot_status status = ANNOT_OK;
	task->counts = (struct import_counts){0};
	if (dry)
		status = dry_new(task, &i.dry);
	else
		i.batch = batch_new(task);
	i.own = i.sources ? own_new(task->ctl, i.sources) : NULL;
	task->own = i.own;
	if (status == ANNOT_OK)
		status = i.own && i.rules && (i.dry || i.batch)
				 ? pass(&i, inputs)
				 : annot_fail(&task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	progress_end(&i.progress);
	if (i.batch)
		batch_unsent(i.batch, &task->counts);
	annot_import_free(i.m);
	dry_free(i.dry);
	batch_free(i.batch);
	annot_arena_free(i.rules);
	task->own = own_free(i.own);
	sources_free(i.sources);
	return status;
}

/* What was signed before and not sent counts as there. */
static enum annot_status begin(struct import_task *task)
{
	struct admission admission;
	size_t sent, refused;
	TRY(admission_begin(task->ctl, &admission));
	return annot_outbox_flush(task->ctl->annot, &sent, &refused, &task->ctl->err);
}

/* What is in the log of an import that ended too early, and what is not: behind why it ended, which
 * is cut where both do not fit. */
static void say_how_far(struct import_task *task, enum annot_status status)
{
	const struct import_counts *c = &task->counts;
	const struct annot_error why = task->ctl->err;
	const uint64_t in = c->imported + c->amended;
	char text[ANNOT_ERROR_TEXT_MAX];
	struct annot_buf b = ANNOT_BUF_IN(text);
	if (in == 0)
		annot_buf_puts(&b, "no record of this import is in the log");
	else
		annot_buf_printf(&b, "%llu records of this import are in the log, #%llu to #%llu",
				 (unsigned long long)in, (unsigned long long)c->first,
				 (unsigned long long)c->last);
	if (c->refused > 0)
		annot_buf_printf(&b, "; %llu were refused", (unsigned long long)c->refused);
	if (c->waiting > 0)
		annot_buf_printf(&b, "; %llu items wait for others and are not in",
				 (unsigned long long)c->waiting);
	if (c->file)
		annot_buf_printf(&b, "; what stands from line %zu of %s on is not", c->line,
				 c->file);
	annot_buf_puts(&b, "; the same command again goes on, and passes over what is in");
	size_t len = strlen(why.text), taken = strlen(text) + sizeof "; ",
	       room = taken < sizeof why.text ? sizeof why.text - taken : 0,
	       n = len < room ? len : room;
	while (!annot_utf8_boundary(why.text, len, n))
		n--;
	annot_fail(&task->ctl->err, status, "%.*s; %s", (int)n, why.text, text);
}

enum annot_status import_files(struct import_task *task, const char **paths)
{
	struct inputs *inputs;
	bool first = task->dry || task->losses->strict;
	enum annot_status status;
	TRY(inputs_open(task->ctl, task->format, paths, first && !task->dry, &inputs));
	status = task->dry ? ANNOT_OK : begin(task);
	if (status == ANNOT_OK && first)
		status = run(task, inputs, true);
	inputs_again(inputs);
	if (status == ANNOT_OK && !task->dry) {
		status = run(task, inputs, false);
		if (status != ANNOT_OK &&
		    (task->losses->strict || task->counts.imported + task->counts.amended > 0))
			say_how_far(task, status);
	}
	inputs_free(inputs);
	return status;
}
