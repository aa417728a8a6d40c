#include "stale.h"

#include <stdlib.h>
#include <string.h>

#include "../out/record.h"
#include "../rows.h"

enum { NAMED_MAX = 80, DOCUMENTS_KEPT = 256, TRIES = 3 };

static const char *const names[STALE_WHYS] = {
	[STALE_REPLACED] = "replaced",     [STALE_RETRACTED] = "retracted",
	[STALE_WITHHELD] = "withheld",     [STALE_MOVED] = "moved",
	[STALE_CHANGED] = "changed",       [STALE_AMBIGUOUS] = "ambiguous",
	[STALE_ORPHAN] = "orphan",         [STALE_ABSENT] = "absent",
	[STALE_UNSEARCHED] = "unsearched",
};

/* By the last byte of its hash. */
struct stale_document {
	bool known, retracted;
	struct annot_hash record;
};

const char *stale_name(enum stale_why why)
{
	return names[why];
}

void stale_free(struct stale *s)
{
	annot_buf_free(&s->reasons);
	free(s->documents);
	s->documents = NULL;
}

/* --- the records that a judgement names */

struct named {
	const char *card;
	const struct annot_row *row;
	struct row_ids ids;
	const struct annot_record *record; /* NULL: withheld */
};

struct all_named {
	struct annot_hash hashes[NAMED_MAX];
	struct named list[NAMED_MAX];
	size_t n, n_got;
};

static enum annot_status take_named(struct ctl *ctl, const struct annot_row *row,
				    const struct annot_record *record, void *arg)
{
	struct all_named *all = arg;
	struct named *n = &all->list[all->n_got++];
	n->row = row;
	n->record = record;
	return rows_ids(ctl, row, record, &n->ids);
}

static enum annot_status fetch_named(struct ctl *ctl, struct all_named *all)
{
	all->n_got = 0;
	return rows_each(
		ctl,
		&(struct rows_request){.records = all->hashes, .n_records = all->n, .keep = true},
		take_named, all, NULL);
}

static bool is_pending(const struct annot_row *row)
{
	for (size_t i = 0; i < row->n_targets; i++)
		if (row->targets[i].anchor && strcmp(row->targets[i].anchor, "pending") == 0)
			return true;
	return false;
}

static bool any_pending(const struct all_named *all)
{
	for (size_t i = 0; i < all->n_got; i++)
		if (is_pending(all->list[i].row))
			return true;
	return false;
}

/* Until the daemon has looked for all words: a question about anchors is answered with BUSY until
 * then. */
static enum annot_status wait_for_anchors(struct ctl *ctl)
{
	struct annot_list_request request = {.query = "kind:any anchor:orphan", .count = true};
	do {
		const struct annot_rows_reply *reply;
		TRY(annot_call_list(ctl->annot, &request, ctl->arena, &reply, &ctl->err));
		request.from = reply->next;
	} while (request.from != 0);
	return ANNOT_OK;
}

static enum annot_status find_named(struct ctl *ctl, const struct annot_record *record,
				    struct all_named *ret)
{
	static const char *const cards[] = {"on", "from", "to", "evidence"};
	ret->n = 0;
	for (size_t i = 0; i < record->n_cards && ret->n < NAMED_MAX; i++) {
		const struct annot_card *card = &record->cards[i];
		for (size_t k = 0; k < sizeof cards / sizeof *cards; k++)
			if (strcmp(card->def->name, cards[k]) == 0) {
				ret->list[ret->n].card = cards[k];
				ret->hashes[ret->n++] = card->hash;
				break;
			}
	}
	TRY(fetch_named(ctl, ret));
	for (int i = 0; any_pending(ret); i++) {
		if (i == TRIES)
			return annot_fail(
				&ctl->err, ANNOT_BUSY,
				"the daemon is still looking for words in newer versions: "
				"try again");
		TRY(wait_for_anchors(ctl));
		TRY(fetch_named(ctl, ret));
	}
	return ANNOT_OK;
}

/* --- the documents of their targets */

static enum annot_status take_document(struct ctl *ctl, const struct annot_row *row,
				       const struct annot_record *record, void *arg)
{
	struct stale_document *d = arg;
	(void)ctl, (void)record;
	d->retracted = strcmp(row->review, "retracted") == 0;
	return ANNOT_OK;
}

static enum annot_status is_retracted(struct ctl *ctl, struct stale *s,
				      const struct annot_hash *document, bool *ret)
{
	if (!s->documents && !(s->documents = calloc(DOCUMENTS_KEPT, sizeof *s->documents)))
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	struct stale_document *d = &s->documents[document->b[ANNOT_HASH_SIZE - 1]];
	if (!d->known || !annot_hash_equal(&d->record, document)) {
		d->known = false;
		TRY(rows_each(ctl, &(struct rows_request){.records = document, .n_records = 1},
			      take_document, d, NULL));
		d->known = true;
		d->record = *document;
	}
	*ret = d->retracted;
	return ANNOT_OK;
}

/* --- reasons */

static enum annot_status add(struct ctl *ctl, struct stale *s, const struct named *n,
			     enum stale_why why, const struct annot_target_view *target,
			     uint64_t newest)
{
	struct stale_reason reason = {
		.why = why,
		.card = n->card,
		.record = n->ids.record,
		.annotation = n->ids.annotation,
		.version = n->row->version,
		.target = target,
		.newest = newest,
	};
	return s->ignored >> why & 1 ? ANNOT_OK : LIST_ADD(ctl, &s->reasons, &reason);
}

static enum annot_status look_at_target(struct ctl *ctl, struct stale *s, const struct named *n,
					size_t i)
{
	const struct annot_target_view *target = &n->row->targets[i];
	uint64_t newest = 0;
	bool retracted = false;
	TRY(is_retracted(ctl, s, &target->document, &retracted));
	if (retracted)
		return add(ctl, s, n, STALE_RETRACTED, target, 0);
	for (size_t k = 0; k < n->row->n_anchors; k++)
		if (n->row->anchors[k].target == i)
			newest = n->row->anchors[k].version;
	for (enum stale_why why = STALE_WITHHELD; target->anchor && why < STALE_WHYS; why++)
		if (strcmp(target->anchor, names[why]) == 0)
			return add(ctl, s, n, why, target, newest);
	return ANNOT_OK;
}

static enum annot_status look_at(struct ctl *ctl, struct stale *s, const struct named *n)
{
	if (!n->record)
		return add(ctl, s, n, STALE_WITHHELD, NULL, 0);
	if (strcmp(n->row->review, "retracted") == 0)
		return add(ctl, s, n, STALE_RETRACTED, NULL, 0);
	/* What became of the words is said of the version that stands. */
	if (!n->row->head)
		return add(ctl, s, n, STALE_REPLACED, NULL, 0);
	for (size_t i = 0; i < n->row->n_targets; i++)
		TRY(look_at_target(ctl, s, n, i));
	return ANNOT_OK;
}

/* --- judged again since */

struct again {
	const struct annot_row *row;
	const struct annot_record *record;
	bool found;
};

static bool same_scale(const struct annot_record *a, const struct annot_record *b)
{
	const char *scale = annot_record_text(a, "scale"), *other = annot_record_text(b, "scale");
	return !scale || !other || strcmp(scale, other) == 0;
}

static enum annot_status look_for_newer(struct ctl *ctl, const struct annot_row *row,
					const struct annot_record *record, void *arg)
{
	struct again *a = arg;
	(void)ctl;
	if (record && record->kind == a->record->kind && row->head && row->author_name &&
	    strcmp(row->effect, "effective") == 0 && strcmp(row->review, "retracted") != 0 &&
	    a->row->author_name && strcmp(row->author_name, a->row->author_name) == 0 &&
	    annot_hash_equal(&row->on_annotation, &a->row->on_annotation) &&
	    row->on_version > a->row->on_version && same_scale(record, a->record))
		a->found = true;
	return ANNOT_OK;
}

static enum annot_status judged_again(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, bool *ret)
{
	struct again again = {row, record, false};
	*ret = false;
	if (row->on_head || !row->on_version)
		return ANNOT_OK;
	const char *id = annot_arena_copy(ctl->arena, annot_hash_hex(&row->on_annotation).text,
					  ANNOT_HASH_HEX);
	TRY(rows_each(ctl, &(struct rows_request){.history_of = id ? id : ""}, look_for_newer,
		      &again, NULL));
	*ret = again.found;
	return ANNOT_OK;
}

enum annot_status stale_judge(struct ctl *ctl, struct stale *s, const struct annot_row *row,
			      const struct annot_record *record)
{
	struct all_named *all = annot_arena_alloc(ctl->arena, sizeof *all);
	bool again;
	annot_buf_truncate(&s->reasons, 0);
	if (!all)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(judged_again(ctl, row, record, &again));
	if (again)
		return ANNOT_OK;
	TRY(find_named(ctl, record, all));
	for (size_t i = 0; i < all->n_got; i++)
		TRY(look_at(ctl, s, &all->list[i]));
	return ANNOT_OK;
}
