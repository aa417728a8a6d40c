/*
 * Two points of the log: what was added, amended, retracted and rated anew in between. All
 * questions to the daemon are as of the later point, so that what happens meanwhile is no part of
 * the answer.
 */
#include <string.h>

#include "diff.h"
#include "../list.h"
#include "../rows.h"

enum { EVENT_ARENA_MAX = 256 << 20 };

enum event { ADDED, AMENDED, RETRACTED, RERATED, EVENTS };
static const char *const names[] = {"added", "amended", "retracted", "rerated"};
static const char signs[] = "+~-!";

/* What is asked for where the query names no kind. */
#define KINDS "kind:document kind:quote kind:claim kind:span kind:link kind:comment kind:verdict"

struct log_diff {
	uint64_t since, until;
	const char *query; /* with kinds; "" for none */
	bool selective;    /* the query was given */
	bool stat;
	json_t *lists[EVENTS]; /* json: an array for each; else NULL */
	size_t n[EVENTS];
	struct annot_buf
		retracted; /* struct numbered: annotations of the query that are retracted */
};

/* A version as it stood before. */
struct version {
	const struct annot_row *row;
	const struct annot_record *record;
};

/* --- printing --- */

static void event_text(struct ctl *ctl, enum event event, const struct version *v, const char *more)
{
	static const enum out_style styles[] = {STYLE_ADDED, STYLE_WARN, STYLE_REMOVED, STYLE_WARN};
	out_text(ctl, "%s%c%s #%llu %-8s %s by %s: %s%s%s\n", out_style(ctl, styles[event]),
		 signs[event], out_style(ctl, STYLE_PLAIN), (unsigned long long)v->row->index,
		 v->record->kind->name, record_short(ctl, &v->record->annotation, v->row->version),
		 out_safe(ctl, v->row->author_name), record_words(ctl, v->record),
		 record_about(ctl, v->row), more);
}

/* Counts an event and, unless only counts are wanted, prints it; takes the reference to `more`,
 * members for JSON. */
static void emit(struct ctl *ctl, struct log_diff *d, enum event event, const struct version *v,
		 const char *text, json_t *more)
{
	d->n[event]++;
	if (d->stat) {
		json_decref(more);
	} else if (ctl->format == FORMAT_TEXT) {
		event_text(ctl, event, v, text);
		json_decref(more);
	} else {
		json_t *object = record_json(ctl, v->row, v->record, false);
		json_object_update_new(object, more ? more : json_object());
		if (d->lists[event]) {
			json_array_append_new(d->lists[event], object);
		} else {
			json_object_set_new(object, "event", json_string(names[event]));
			out_json(ctl, object);
		}
	}
}

/* --- what was there before --- */

struct before {
	struct log_diff *d;
	const struct annot_hash *annotation;
	struct version
		found[ANNOT_PARENTS_MAX]; /* versions below since that none of these replaces */
	size_t n;
};

static void replace_parents(struct before *b, const struct annot_record *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < b->n; i++) {
		bool replaced = false;
		for (size_t p = 0; p < r->n_parents; p++)
			replaced = replaced ||
				   annot_hash_equal(&r->parents[p], &b->found[i].record->id);
		if (!replaced)
			b->found[kept++] = b->found[i];
	}
	b->n = kept;
}

static enum annot_status before_each(struct ctl *ctl, const struct annot_row *row,
				     const struct annot_record *record, void *arg)
{
	struct before *b = arg;
	(void)ctl;
	if (!record || row->index >= b->d->since || strcmp(row->effect, "void") == 0 ||
	    !annot_hash_equal(&record->annotation, b->annotation))
		return ANNOT_OK;
	replace_parents(b, record);
	if (b->n == ANNOT_PARENTS_MAX) /* the newest heads are enough to compare with */
		memmove(b->found, b->found + 1, --b->n * sizeof b->found[0]);
	b->found[b->n++] = (struct version){row, record};
	return ANNOT_OK;
}

/* The newest head of an annotation below since; record NULL: there was none. */
static enum annot_status head_before(struct ctl *ctl, struct log_diff *d,
				     const struct annot_hash *annotation, struct version *ret)
{
	struct before b = {.d = d, .annotation = annotation};
	const char *id = annot_arena_printf(ctl->arena, "%s", annot_hash_hex(annotation).text);
	TRY(rows_each(ctl, &(struct rows_request){.history_of = id, .keep = true}, before_each, &b,
		      NULL));
	*ret = b.n > 0 ? b.found[b.n - 1] : (struct version){0};
	return ANNOT_OK;
}

/* --- ratings --- */

struct rating {
	struct log_diff *d;
	const struct version *now;
	struct version was;
};

/* Earlier verdicts of the same person on any version of the same annotation. */
static enum annot_status rating_each(struct ctl *ctl, const struct annot_row *row,
				     const struct annot_record *record, void *arg)
{
	struct rating *r = arg;
	(void)ctl;
	if (record && record->kind->kind == ANNOT_KIND_verdict && row->index < r->d->since &&
	    strcmp(row->effect, "void") != 0 && row->author_name && r->now->row->author_name &&
	    strcmp(row->author_name, r->now->row->author_name) == 0 &&
	    strcmp(annot_record_text(record, "scale"),
		   annot_record_text(r->now->record, "scale")) == 0)
		r->was = (struct version){row, record};
	return ANNOT_OK;
}

static enum annot_status verdict_event(struct ctl *ctl, struct log_diff *d,
				       const struct version *now)
{
	struct rating r = {.d = d, .now = now};
	const char *subject =
		annot_arena_printf(ctl->arena, "=%s", annot_record_text(now->record, "on"));
	TRY(rows_each(ctl, &(struct rows_request){.history_of = subject, .keep = true}, rating_each,
		      &r, NULL));
	if (!r.was.record) {
		emit(ctl, d, ADDED, now, "", NULL);
		return ANNOT_OK;
	}
	const char *rating = annot_record_text(r.was.record, "rating");
	if (strcmp(rating, annot_record_text(now->record, "rating")) == 0) {
		emit(ctl, d, AMENDED, now, "", NULL);
		return ANNOT_OK;
	}
	const char *text =
		annot_arena_printf(ctl->arena, " (was %s at #%llu)", out_safe(ctl, rating),
				   (unsigned long long)r.was.row->index);
	emit(ctl, d, RERATED, now, text ? text : "",
	     json_pack("{s:{s:s, s:s, s:I}}", "was", "record",
		       annot_hash_hex(&r.was.record->id).text, "rating", rating, "index",
		       (json_int_t)r.was.row->index));
	return ANNOT_OK;
}

/* --- added and amended --- */

static enum annot_status amended(struct ctl *ctl, struct log_diff *d, const struct version *was,
				 const struct version *now)
{
	bool text = ctl->format == FORMAT_TEXT;
	struct diff_cards cards = {.a = was->record,
				   .b = now->record,
				   .indent = "    ",
				   .print = text && !d->stat,
				   .list = text || d->stat ? NULL : json_array()};
	json_t *more = NULL;
	if (!text)
		more = json_pack("{s:s, s:I}", "from", annot_hash_hex(&was->record->id).text,
				 "from_version", (json_int_t)was->row->version);
	if (text)
		emit(ctl, d, AMENDED, now, "", NULL);
	enum annot_status status = diff_cards(ctl, &cards);
	if (text)
		return status;
	if (status != ANNOT_OK) {
		json_decref(cards.list);
		json_decref(more);
		return status;
	}
	if (cards.list)
		json_object_set_new(more, "changes", cards.list);
	emit(ctl, d, AMENDED, now, "", more);
	return ANNOT_OK;
}

static enum annot_status version_event(struct ctl *ctl, struct log_diff *d,
				       const struct version *now)
{
	struct version was = {0};
	if (now->record->kind->kind == ANNOT_KIND_verdict)
		return verdict_event(ctl, d, now);
	if (!now->record->first)
		TRY(head_before(ctl, d, &now->record->annotation, &was));
	if (was.record)
		return amended(ctl, d, &was, now);
	emit(ctl, d, ADDED, now, "", NULL);
	return ANNOT_OK;
}

/* With an arena of its own: a history may be long. */
static enum annot_status version_each(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, void *arg)
{
	struct version now = {row, record};
	struct annot_arena *page = ctl->arena;
	if (!record || strcmp(row->effect, "void") == 0)
		return ANNOT_OK;
	ctl->arena = annot_arena_new(EVENT_ARENA_MAX);
	enum annot_status status =
		ctl->arena ? version_event(ctl, arg, &now)
			   : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	annot_arena_free(ctl->arena);
	ctl->arena = page;
	return status;
}

/* --- retracted --- */

static enum annot_status retracted_each(struct ctl *ctl, const struct annot_row *row,
					const struct annot_record *record, void *arg)
{
	struct log_diff *d = arg;
	(void)row;
	return record ? numbered_add(ctl, &d->retracted, &record->annotation, 0) : ANNOT_OK;
}

static enum annot_status retract_each(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, void *arg)
{
	struct log_diff *d = arg;
	struct annot_fetched on;
	if (!record || record->kind->kind != ANNOT_KIND_retract || strcmp(row->effect, "void") == 0)
		return ANNOT_OK;
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_record_text(record, "on"));
	TRY(annot_fetch(ctl->annot, id ? id : "", ctl->arena, &on, &ctl->err));
	if (!on.record || (d->selective && !numbered_find(&d->retracted, &on.record->annotation)))
		return ANNOT_OK;
	struct version v = {on.row, on.record};
	const char *reason = annot_record_text(record, "reason");
	const char *text = annot_arena_printf(
		ctl->arena, " (retracted at #%llu by %s: %s)", (unsigned long long)row->index,
		out_safe(ctl, row->author_name), out_safe_flat(ctl, reason));
	emit(ctl, d, RETRACTED, &v, text ? text : "",
	     json_pack("{s:{s:s, s:I, s:s?, s:s}}", "retraction", "record",
		       annot_hash_hex(&record->id).text, "index", (json_int_t)row->index, "author",
		       row->author_name, "reason", reason));
	return ANNOT_OK;
}

/* --- all of it --- */

static enum annot_status ask(struct ctl *ctl, struct log_diff *d, const char *terms, bool window,
			     rows_take each)
{
	const char *query = annot_arena_printf(ctl->arena, "%s %s as-of:#%llu", d->query, terms,
					       (unsigned long long)d->until);
	if (query && window)
		query = annot_arena_printf(ctl->arena, "%s since:#%llu", query,
					   (unsigned long long)d->since);
	if (!query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return rows_each(ctl, &(struct rows_request){.query = query}, each, d, NULL);
}

static enum annot_status compare(struct ctl *ctl, struct log_diff *d)
{
	const char *query = d->query;
	TRY(ask(ctl, d, "state:any", true, version_each));
	if (d->selective)
		TRY(ask(ctl, d, "state:retracted", false, retracted_each));
	numbered_sort(&d->retracted);
	d->query = "kind:retract";
	enum annot_status status = ask(ctl, d, "state:any", true, retract_each);
	d->query = query;
	return status;
}

/* The end that was given, or that of the log as its newest checkpoint says, which is verified. */
static enum annot_status find_end(struct ctl *ctl, struct log_diff *d)
{
	struct annot_checkpoint newest;
	TRY(annot_pin_refresh(ctl->annot, &newest, &ctl->err));
	if (d->until > newest.size)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--until #%llu lies in the future: the log has %llu record%s",
				  (unsigned long long)d->until, (unsigned long long)newest.size,
				  annot_plural(newest.size));
	if (d->until == 0)
		d->until = newest.size;
	if (d->since > d->until)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--since #%llu lies in the future: the log has %llu record%s",
				  (unsigned long long)d->since, (unsigned long long)newest.size,
				  annot_plural(newest.size));
	return ANNOT_OK;
}

static void summary(struct ctl *ctl, struct log_diff *d)
{
	if (ctl->format == FORMAT_TEXT) {
		if (d->stat || !ctl->quiet)
			out_text(ctl,
				 "#%llu to #%llu: %zu added, %zu amended, %zu retracted, %zu rated "
				 "anew\n",
				 (unsigned long long)d->since, (unsigned long long)d->until,
				 d->n[ADDED], d->n[AMENDED], d->n[RETRACTED], d->n[RERATED]);
		return;
	}
	json_t *stat = json_object();
	for (size_t i = 0; i < EVENTS; i++)
		json_object_set_new(stat, names[i], json_integer((json_int_t)d->n[i]));
	json_t *object = json_pack("{s:I, s:I, s:o}", "since", (json_int_t)d->since, "until",
				   (json_int_t)d->until, "stat", stat);
	for (size_t i = 0; i < EVENTS; i++)
		if (d->lists[i])
			json_object_set(object, names[i], d->lists[i]);
	out_json(ctl, object);
}

/* Whether a term of the query is one of kind:, and not only words in quotes that look like it. */
static bool names_kinds(const char *query)
{
	bool in_quotes = false, at_start = true;
	for (const char *p = query; *p; p++) {
		if (at_start && strncmp(p, "kind:", strlen("kind:")) == 0)
			return true;
		if (in_quotes && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			in_quotes = !in_quotes;
		at_start = !in_quotes && strchr(" \t\r\n", *p);
	}
	return false;
}

int diff_log(struct ctl *ctl, uint64_t since, uint64_t until, const char *query, bool stat)
{
	struct log_diff d = {.since = since,
			     .until = until,
			     .selective = query && *query,
			     .retracted = LIST_INIT};
	bool kinds = query && names_kinds(query);
	d.stat = stat;
	d.query = annot_arena_printf(ctl->arena, "%s%s%s", query ? query : "", kinds ? "" : " ",
				     kinds ? "" : KINDS);
	if (!d.query)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory"));
	CTL_TRY(ctl, find_end(ctl, &d));
	for (size_t i = 0; i < EVENTS && ctl->format == FORMAT_JSON && !stat; i++)
		d.lists[i] = json_array();
	enum annot_status status = compare(ctl, &d);
	if (status == ANNOT_OK && (ctl->format != FORMAT_NDJSON || stat))
		summary(ctl, &d);
	for (size_t i = 0; i < EVENTS; i++)
		json_decref(d.lists[i]);
	annot_buf_free(&d.retracted);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return d.n[ADDED] + d.n[AMENDED] + d.n[RETRACTED] + d.n[RERATED] > 0
		       ? annot_exit_code(ANNOT_NO)
		       : 0;
}
