/*
 * Items are remembered by marks, with the kinds of records that they become; what they refer to is
 * remembered where it has not come yet.
 */
#include "dry.h"

#include <stdlib.h>
#include <string.h>

#include "../out/out.h"
#include "admission.h"
#include "found.h"
#include "came.h"
#include "resolve.h"

enum { WANTED_MAX = 64 << 20, ARENA_MAX = 64 << 20, ASKED_AT_ONCE = 256 };

struct dry {
	struct import_task *task;
	struct admission admission;
	bool judges;               /* whether annotd would admit it */
	struct annot_arena *arena; /* of one item */
	struct came items;         /* that came */
	struct annot_buf wanted;   /* struct wanted and its texts, one after the other */
};

/* An item that refers to another one; behind it "ID NUL FILE NUL ITEM NUL". */
struct wanted {
	uint32_t kinds;   /* that may be meant */
	size_t line, len; /* len: of the texts */
};

static enum annot_status begin(struct dry *d)
{
	struct ctl *ctl = d->task->ctl;
	if (!d->arena)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(came_begin(&d->items, CAME_MAX, &ctl->err));
	enum annot_status status = admission_begin(ctl, &d->admission);
	d->judges = status == ANNOT_OK;
	if (status == ANNOT_OK || d->task->losses->strict)
		return status;
	out_warning(ctl, "whether annotd would admit it is not checked: %s",
		    out_safe(ctl, ctl->err.text));
	return ANNOT_OK;
}

enum annot_status dry_new(struct import_task *task, struct dry **ret)
{
	struct dry *d = calloc(1, sizeof *d);
	if (!d)
		return annot_fail(&task->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	d->task = task;
	d->arena = annot_arena_new(ARENA_MAX);
	d->wanted = ANNOT_BUF_INIT(WANTED_MAX);
	enum annot_status status = begin(d);
	if (status != ANNOT_OK)
		dry_free(d);
	else
		*ret = d;
	return status;
}

struct dry *dry_free(struct dry *d)
{
	if (!d)
		return NULL;
	came_free(&d->items);
	annot_arena_free(d->arena);
	annot_buf_free(&d->wanted);
	free(d);
	return NULL;
}

/* --- an item --- */

/* One that is tried. */
struct trying {
	const struct annot_import_item *item;
	const char *id;
	const struct annot_import_draft *drafts;
	bool failed[ANNOT_IMPORT_DRAFTS_MAX];
	/* What the draft under way names. */
	struct admission_known known[ANNOT_IMPORT_REFS_MAX];
	size_t n_known;
};

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

static void want(struct dry *d, const struct trying *t, const char *other, uint32_t kinds)
{
	const char *const texts[] = {t->id, t->item->file, other};
	struct wanted w = {.kinds = kinds, .line = t->item->line};
	for (size_t i = 0; i < 3; i++)
		w.len += strlen(texts[i]) + 1;
	annot_buf_add(&d->wanted, &w, sizeof w);
	for (size_t i = 0; i < 3; i++)
		annot_buf_add(&d->wanted, texts[i], strlen(texts[i]) + 1);
}

static uint32_t kinds_of(const struct annot_draft *draft, const char *card)
{
	uint32_t ret = 0;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++)
		if (resolve_may_name(draft, card, (enum annot_kind)kind))
			ret |= 1u << kind;
	return ret;
}

/* The record that an item will be, or was, by a hash that is as good as its own: the same for the
 * same record. */
static struct admission_known stand_in(const char *item, uint32_t kinds)
{
	struct admission_known ret = {.kind = ANNOT_KIND_COUNT};
	for (int kind = 0; kind < ANNOT_KIND_COUNT && ret.kind == ANNOT_KIND_COUNT; kind++)
		if (kinds & 1u << kind)
			ret.kind = (enum annot_kind)kind;
	ret.record = annot_sha256(item, strlen(item));
	ret.record.b[0] = (uint8_t)ret.kind;
	return ret;
}

/* A record of the corpus, by its hash. NOT_FOUND. */
static enum annot_status look_up(struct dry *d, const struct annot_hash *record,
				 struct admission_known *ret)
{
	struct ctl *ctl = d->task->ctl;
	char id[ANNOT_HASH_HEX + 2];
	struct annot_fetched fetched;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(record).text);
	TRY(annot_fetch(ctl->annot, id, d->arena, &fetched, &ctl->err));
	if (!fetched.record)
		return annot_fail(&ctl->err, ANNOT_NOT_FOUND, "%s is withheld", id);
	*ret = (struct admission_known){*record, fetched.record->kind->kind};
	return ANNOT_OK;
}

static const char absent[] = "what it refers to is neither in the corpus nor was it imported";

/* *ret: why the record that a ref names cannot be named; NULL: it can. */
static enum annot_status try_ref(struct dry *d, struct trying *t,
				 const struct annot_import_draft *draft,
				 const struct annot_import_ref *ref, const char **ret)
{
	struct admission_known *known = &t->known[t->n_known];
	uint32_t kinds = kinds_of(draft->draft, ref->card);
	*ret = NULL;
	if (ref->record) {
		enum annot_status status = look_up(d, ref->record, known);
		*ret = status == ANNOT_NOT_FOUND ? absent : NULL;
		TRY(*ret ? ANNOT_OK : status);
	} else if (ref->item) {
		uint32_t there = came_kinds(&d->items, ref->item) & kinds;
		if (!there)
			want(d, t, ref->item, kinds);
		*known = stand_in(ref->item, there ? there : kinds);
	} else {
		bool before = ref->draft < (size_t)(draft - t->drafts);
		if (!before || t->failed[ref->draft])
			*ret = "what it refers to could not be imported";
		else
			*known = stand_in(t->id,
					  1u << annot_draft_kind(t->drafts[ref->draft].draft));
	}
	if (*ret)
		return ANNOT_OK;
	t->n_known++;
	return annot_draft_add_hash(draft->draft, ref->card, &known->record, &d->task->ctl->err);
}

/* The version that a draft amends; *ret NULL: it is a first version. */
static enum annot_status amended(struct dry *d, const struct annot_import_draft *draft,
				 const struct annot_record **ret)
{
	struct ctl *ctl = d->task->ctl;
	char id[ANNOT_HASH_HEX + 2];
	struct annot_fetched fetched;
	*ret = NULL;
	if (!draft->amends)
		return ANNOT_OK;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(draft->amends).text);
	TRY(annot_fetch(ctl->annot, id, d->arena, &fetched, &ctl->err));
	*ret = fetched.record;
	return ANNOT_OK;
}

/* Whether it could be made, with some record for each that has not been signed, and admitted. An
 * amendment of a verdict that opened a seal is not judged: the seal was when it was opened. */
static enum annot_status build(struct dry *d, const struct trying *t,
			       const struct annot_import_draft *draft,
			       const struct annot_record *old, struct annot_error *err)
{
	struct ctl *ctl = d->task->ctl;
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_draft_header header = {.corpus = &annot_hello(ctl->annot)->corpus,
						  .author = d->admission.author};
	const struct annot_record *record;
	enum annot_status status =
		annot_draft_build(draft->draft, &header, d->arena, &bytes, &record, err);
	if (status == ANNOT_OK && d->judges && !(old && annot_record_card(old, "opens")))
		status = admission_judge(&d->admission, record, t->known, t->n_known, old, err);
	annot_buf_free(&bytes);
	return status;
}

static enum annot_status try_one(struct dry *d, struct trying *t, size_t k)
{
	const struct annot_import_draft *draft = &t->drafts[k];
	struct annot_error why = {0};
	const char *reason = NULL;
	const struct annot_record *old;
	t->n_known = 0;
	TRY(amended(d, draft, &old));
	for (size_t i = 0; i < draft->n_refs && !reason; i++)
		TRY(try_ref(d, t, draft, &draft->refs[i], &reason));
	enum annot_status status = reason ? ANNOT_OK : build(d, t, draft, old, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(&d->task->ctl->err, status, "%s", why.text);
	if (status != ANNOT_OK)
		reason = why.text;
	t->failed[k] = reason != NULL;
	d->task->counts.amended += !reason && draft->amends;
	return reason ? left_out(d, t->id, t->item->file, t->item->line, NULL, reason)
		      : came_add(&d->items, t->id, annot_draft_kind(draft->draft),
				 &d->task->ctl->err);
}

enum annot_status dry_there(struct dry *d, const char *id, enum annot_kind kind)
{
	return came_add(&d->items, id, kind, &d->task->ctl->err);
}

enum annot_status dry_take(struct dry *d, const struct annot_import_item *item, const char *id,
			   const struct annot_import_draft *drafts, size_t n)
{
	struct trying t = {.item = item, .id = id, .drafts = drafts};
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; i < n && status == ANNOT_OK; i++)
		status = try_one(d, &t, i);
	for (size_t i = 0; i < n; i++)
		annot_draft_free(drafts[i].draft);
	annot_arena_reset(d->arena);
	TRY(status);
	return annot_buf_check(&d->wanted, "what items refer to", &d->task->ctl->err);
}

/* --- what did not come --- */

/* The next one; texts: ID, FILE, ITEM. */
static bool next_wanted(const struct dry *d, size_t *at, struct wanted *ret, const char *texts[3])
{
	if (*at == d->wanted.len)
		return false;
	memcpy(ret, d->wanted.data + *at, sizeof *ret);
	texts[0] = d->wanted.data + *at + sizeof *ret;
	texts[1] = texts[0] + strlen(texts[0]) + 1;
	texts[2] = texts[1] + strlen(texts[1]) + 1;
	*at += sizeof *ret + ret->len;
	return true;
}

static bool corpus_has(const struct found *found, const char *item, uint32_t kinds)
{
	size_t n;
	const struct found_record *list = found_of(found, item, &n);
	for (size_t i = 0; i < n; i++)
		if (kinds & 1u << list[i].first->kind->kind)
			return true;
	return false;
}

/* Those from one on, as many as are asked for at once, of what did not come: what the corpus has.
 */
static enum annot_status check_some(struct dry *d, size_t *at, struct found *found)
{
	struct wanted w;
	const char *texts[3];
	size_t end = *at;
	while (found->n_ids < ASKED_AT_ONCE && next_wanted(d, &end, &w, texts))
		if (!(came_kinds(&d->items, texts[2]) & w.kinds))
			found_want(found, texts[2]);
	TRY(found_ask(d->task->ctl, found));
	while (*at < end && next_wanted(d, at, &w, texts))
		if (!(came_kinds(&d->items, texts[2]) & w.kinds) &&
		    !corpus_has(found, texts[2], w.kinds))
			TRY(left_out(d, texts[0], texts[1], w.line, texts[2], absent));
	return ANNOT_OK;
}

enum annot_status dry_end(struct dry *d)
{
	struct ctl *ctl = d->task->ctl;
	struct annot_arena *own = ctl->arena;
	enum annot_status status = ANNOT_OK;
	ctl->arena = d->arena;
	for (size_t at = 0; status == ANNOT_OK && at < d->wanted.len;) {
		struct found found = {0};
		status = check_some(d, &at, &found);
		found_free(&found);
		annot_arena_reset(d->arena);
	}
	ctl->arena = own;
	return status;
}
