#include "reanchor.h"

#include <stdlib.h>
#include <string.h>

#include "../list.h"
#include "../out/record.h"
#include "../rows.h"
#include "../versions.h"
#include "../write.h"

enum { TARGETS_MAX = 64, RECORD_ARENA_MAX = 256 << 20 };

struct run {
	struct anchors *anchors;
	unsigned accept;          /* 0: a person is asked */
	struct annot_buf records; /* hashes: a list */
	size_t amended, left, current;
	bool quit;
};

/* A record, and what is to be signed in its place. */
struct work {
	struct annot_fetched old;
	struct anchored
		found[TARGETS_MAX]; /* of each target; to == from where nothing is to be done */
	struct annot_anchor_place at[TARGETS_MAX]; /* where it is to point */
	size_t n, n_outdated;
};

/* --- which records */

static enum annot_status keep_record(struct ctl *ctl, struct run *r, const struct annot_row *row,
				     const struct annot_record *record)
{
	struct row_ids ids;
	TRY(rows_ids(ctl, row, record, &ids));
	return LIST_ADD(ctl, &r->records, &ids.record);
}

static enum annot_status keep_row(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	return record && row->n_targets > 0 ? keep_record(ctl, arg, row, record) : ANNOT_OK;
}

static enum annot_status keep_id(struct ctl *ctl, struct run *r, const char *id)
{
	struct annot_fetched f;
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &f, &ctl->err));
	if (f.record && f.record->kind->kind == ANNOT_KIND_document)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "%s is a document; what is said on its words is doc:%s", id, id);
	if (!f.row->head)
		return annot_fail(
			&ctl->err, ANNOT_CONFLICT,
			"%s is outdated: only the latest version is amended with --anchor", id);
	return keep_record(ctl, r, f.row, f.record);
}

static enum annot_status choose(struct ctl *ctl, struct run *r, const char **args)
{
	bool ids = true;
	for (const char **a = args; *a; a++)
		ids = ids && rows_is_id(*a);
	if (!ids)
		return rows_each(ctl, &(struct rows_request){.query = rows_query(ctl, args)},
				 keep_row, r, NULL);
	for (; *args; args++)
		TRY(keep_id(ctl, r, *args));
	return ANNOT_OK;
}

/* --- where its words are */

static enum annot_status find_all(struct ctl *ctl, struct run *r, struct work *w)
{
	const struct annot_record *record = w->old.record;
	w->n = annot_record_targets(record);
	w->n_outdated = 0;
	if (w->n > TARGETS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE, "%zu targets; at most %d", w->n,
				  TARGETS_MAX);
	for (size_t i = 0; i < w->n; i++) {
		struct anchored *f = &w->found[i];
		const struct anchors_text *from, *to;
		struct annot_target target;
		annot_record_target(record, i, &target);
		TRY(anchors_record(r->anchors, &target.document, &from));
		TRY(anchors_newest(r->anchors, from, &to));
		*f = (struct anchored){
			.n = i, .target = target, .from = from, .to = to, .missing = from->missing};
		w->at[i] = (struct annot_anchor_place){.start = (size_t)target.start,
						       .end = (size_t)target.end};
		if (from == to)
			continue;
		w->n_outdated++;
		TRY(anchors_find(r->anchors, record, i, from, to, f));
		if (!f->missing && f->anchor.n_places > 0)
			w->at[i] = f->anchor.places[0];
	}
	return ANNOT_OK;
}

/* --- what is asked */

static void show(struct ctl *ctl, const struct work *w, const struct anchored *f)
{
	const struct annot_record *record = w->old.record;
	if (ctl->quiet && !ctl->terminal)
		return;
	if (ctl->format != FORMAT_TEXT && !ctl->terminal)
		return; /* the result says it */
	out_note(ctl, "%s %s, target %zu of %zu, is %s in %s@%llu", record->kind->name,
		 record_short(ctl, &record->annotation, w->old.row->version), f->n + 1, w->n,
		 anchored_name(f), out_safe(ctl, f->to->name),
		 (unsigned long long)f->to->fetched.row->version);
	if (f->missing)
		return;
	ctl->to_stderr = true;
	out_text(ctl, "  was  %s\n",
		 anchors_place(ctl, f->from, (size_t)f->target.start, (size_t)f->target.end));
	for (size_t i = 0; i < f->anchor.n_places; i++) {
		const struct annot_anchor_place *p = &f->anchor.places[i];
		const char *number = annot_arena_printf(ctl->arena, "%zu. ", i + 1);
		bool guess = f->anchor.status == ANNOT_ANCHOR_ORPHAN;
		out_text(ctl, "  %s  %s%s (%u)\n", guess ? "guess" : "now",
			 f->anchor.n_places > 1 && number ? number : "",
			 anchors_place(ctl, f->to, p->start, p->end), p->score);
	}
	ctl->to_stderr = false;
}

enum answer { TAKE, LEAVE, QUIT };

/* Which place to take; *ret_which from 0. */
static enum answer ask(const struct anchored *f, size_t *ret_which)
{
	char line[32];
	size_t n = f->missing ? 0 : f->anchor.n_places;
	if (n == 0)
		return LEAVE;
	fflush(stdout);
	if (n > 1)
		fprintf(stderr, "annotctl: which place, 1 to %zu, (n)one, (q)uit? ", n);
	else
		fputs("annotctl: sign this? [y/N/q] ", stderr);
	if (!fgets(line, sizeof line, stdin) || line[0] == 'q')
		return QUIT;
	if (n == 1)
		return line[0] == 'y' || line[0] == 'Y' ? TAKE : LEAVE;
	unsigned long which = strtoul(line, NULL, 10);
	*ret_which = which - 1;
	return which >= 1 && which <= n ? TAKE : LEAVE;
}

/* Whether all outdated targets have a place that may be signed; *ret_why is the status of the first
 * that has not. */
static bool decide(struct ctl *ctl, struct run *r, struct work *w, const char **ret_why)
{
	for (size_t i = 0; i < w->n; i++) {
		struct anchored *f = &w->found[i];
		size_t which = 0;
		*ret_why = anchored_name(f);
		if (f->missing)
			return false;
		if (f->from == f->to)
			continue;
		show(ctl, w, f);
		if (r->accept && !(r->accept >> f->anchor.status & 1))
			return false;
		enum answer answer = r->accept ? TAKE : ask(f, &which);
		r->quit = answer == QUIT;
		if (answer != TAKE)
			return false;
		w->at[i] = f->anchor.places[which];
	}
	return true;
}

/* --- signing */

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const struct work *w)
{
	annot_draft_unset(draft, "target");
	for (size_t i = 0; i < w->n; i++) {
		const struct anchors_text *to = w->found[i].to;
		TRY(annot_draft_add_target(draft, &to->fetched.record->id, to->text, w->at[i].start,
					   w->at[i].end, &ctl->err));
	}
	return ANNOT_OK;
}

static json_t *amended_json(struct ctl *ctl, const struct work *w, const struct annot_fetched *new)
{
	json_t *object = record_json(ctl, new->row, new->record, true), *list = json_array();
	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].from != w->found[i].to)
			json_array_append_new(
				list, anchored_json(ctl, w->old.row, w->old.record, &w->found[i]));
	json_object_set_new(object, "reanchored", list);
	return object;
}

static enum annot_status print(struct ctl *ctl, const struct work *w, const struct written *written)
{
	if (ctl->format == FORMAT_TEXT || ctl->quiet) {
		write_print(ctl, written, "amended");
		return ANNOT_OK;
	}
	struct annot_fetched new;
	const char *id =
		annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&written->record->id).text);
	TRY(annot_fetch(ctl->annot, id ? id : "", ctl->arena, &new, &ctl->err));
	out_list_item(ctl, amended_json(ctl, w, &new));
	return ANNOT_OK;
}

static enum annot_status amend(struct ctl *ctl, const struct work *w, struct written *ret)
{
	struct annot_draft *draft = annot_draft_amend(w->old.record);
	enum annot_status status = draft ? fill(ctl, draft, w)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = write_on_heads(ctl, draft, ret);
	annot_draft_free(draft);
	return status;
}

static void leave(struct ctl *ctl, struct run *r, const struct work *w, const char *why)
{
	r->left++;
	out_note(ctl, "%s %s is left as it is: %s", w->old.record->kind->name,
		 record_short(ctl, &w->old.record->annotation, w->old.row->version), why);
}

static enum annot_status one(struct ctl *ctl, struct run *r, const struct annot_hash *record)
{
	struct work *w = annot_arena_alloc(ctl->arena, sizeof *w);
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(record).text), *why;
	struct written written;
	if (!w || !id)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &w->old, &ctl->err));
	if (!w->old.record)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s was withheld; what cannot be seen is not signed", id);
	TRY(find_all(ctl, r, w));
	if (w->n_outdated == 0) {
		r->current++;
		return ANNOT_OK;
	}
	if (versions_in_conflict(w->old.row)) {
		leave(ctl, r, w, "its versions are in conflict; merge them first");
		return ANNOT_OK;
	}
	if (!decide(ctl, r, w, &why)) {
		leave(ctl, r, w, why);
		return ANNOT_OK;
	}
	enum annot_status status = amend(ctl, w, &written);
	if (status == ANNOT_CONFLICT) {
		leave(ctl, r, w, out_safe(ctl, ctl->err.text));
		return ANNOT_OK;
	}
	TRY(status);
	r->amended++;
	return print(ctl, w, &written);
}

/* Each in an arena of its own. */
static enum annot_status all(struct ctl *ctl, struct run *r)
{
	struct annot_arena *outer = ctl->arena;
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; i < LIST_COUNT(struct annot_hash, &r->records); i++) {
		ctl->arena = annot_arena_new(RECORD_ARENA_MAX);
		if (ctl->arena)
			status = one(ctl, r, &LIST_ITEMS(struct annot_hash, &r->records)[i]);
		else
			status = annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
		annot_arena_free(ctl->arena);
		ctl->arena = outer;
		if (status != ANNOT_OK || r->quit)
			break;
	}
	return status;
}

static enum annot_status run_all(struct ctl *ctl, struct run *r, const char **args,
				 const struct reanchor_options *o)
{
	bool json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	if (ctl->queue && (args[1] || !rows_is_id(args[0])))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "a line of a batch signs one record: give one id with --anchor");
	if (o->accept)
		TRY(anchors_statuses(ctl, "--accept", o->accept, ANCHORS_PLACED, &r->accept));
	else if (!ctl->terminal)
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"nobody is there to look at the words: say --accept exact,moved, or "
			"whatever may be signed unseen");
	r->anchors = anchors_new(ctl, o->cautious);
	if (!r->anchors)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(choose(ctl, r, args));
	if (json)
		out_list_begin(ctl);
	TRY(all(ctl, r));
	if (json)
		out_list_end(ctl);
	out_note(ctl, "%zu amended, %zu left as they are, %zu on the newest version already",
		 r->amended, r->left, r->current);
	return ANNOT_OK;
}

int reanchor(struct ctl *ctl, const char **args, const struct reanchor_options *options)
{
	struct run r = {.records = LIST_INIT};
	enum annot_status status = run_all(ctl, &r, args, options);
	anchors_free(r.anchors);
	annot_buf_free(&r.records);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return r.left > 0 || r.quit;
}
