#include "verdicts.h"

#include <string.h>

#include "key.h"
#include "out/out.h"
#include "out/record.h"
#include "rows.h"

/* --- gathering --- */

struct gathered {
	struct annot_arena *arena; /* that outlives the page */
	struct annot_hash annotation;
	struct verdicts *ret;
};

static bool is_rated(const struct annot_record *record)
{
	return annot_word_in("document|quote|claim|span|link", record->kind->name,
			     strlen(record->kind->name));
}

static bool stands(const struct annot_row *row, const struct annot_record *record)
{
	if (strcmp(row->effect, "effective") != 0)
		return false;
	if (record->kind->kind == ANNOT_KIND_seal)
		return record_has_flag(row, "unopened");
	return record->kind->kind == ANNOT_KIND_verdict && row->head &&
	       strcmp(row->review, "retracted") != 0;
}

static enum annot_status room(struct ctl *ctl, struct gathered *g)
{
	struct verdicts *v = g->ret;
	if (v->n == VERDICTS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE, "more than %d verdicts on %s",
				  VERDICTS_MAX, annot_short_id(&g->annotation).text);
	if (v->n < v->cap)
		return ANNOT_OK;
	size_t cap = v->cap ? 2 * v->cap : 16;
	struct verdict *list = annot_arena_array(g->arena, cap, sizeof *list);
	if (!list)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (v->n > 0)
		memcpy(list, v->list, v->n * sizeof *list);
	v->list = list;
	v->cap = cap;
	return ANNOT_OK;
}

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct gathered *g = arg;
	struct annot_fetched f;
	/* A history also has what names the annotation as evidence. */
	if (!record || !stands(row, record) ||
	    !annot_hash_equal(&row->on_annotation, &g->annotation))
		return ANNOT_OK;
	TRY(room(ctl, g));
	TRY(annot_check_row(ctl->annot, row, g->arena, &f, &ctl->err));
	const struct annot_record *r = f.record;
	const char *id = record_short(ctl, &r->annotation, row->version);
	struct verdict *v = &g->ret->list[g->ret->n++];
	*v = (struct verdict){
		.kind = r->kind->kind,
		.index = row->index,
		.id = annot_arena_copy(g->arena, id, strlen(id)),
		.record = r->id,
		.annotation = r->annotation,
		.author = r->author,
		.on = *annot_record_on(r),
		.name = row->author_name ? annot_arena_copy(g->arena, row->author_name,
							    strlen(row->author_name))
					 : NULL,
		.time = r->time,
		.scale = annot_record_text(r, "scale"),
		.rating = annot_record_text(r, "rating"),
		.rationale = annot_record_text(r, "rationale"),
		.blind = row->blind,
		.sealed = annot_record_card(r, "opens") != NULL,
		.on_version = row->on_version,
		.on_versions = row->on_versions,
		.on_head = row->on_head,
	};
	return v->id ? ANNOT_OK : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* --- who counts --- */

/* Whether somebody stood by a record with a key that is not known to be stolen itself. */
struct stood_by {
	const struct annot_authority *authority;
	const struct annot_hash *record;
	bool yes;
};

static enum annot_status find_reaffirm(struct ctl *ctl, const struct annot_row *row,
				       const struct annot_record *record, void *arg)
{
	struct stood_by *s = arg;
	(void)ctl;
	if (record && record->kind->kind == ANNOT_KIND_reaffirm &&
	    annot_hash_equal(annot_record_on(record), s->record) &&
	    strcmp(row->effect, "effective") == 0 &&
	    !annot_key_stolen(s->authority, &record->author, row->index))
		s->yes = true;
	return ANNOT_OK;
}

/* What a stolen key may have signed counts only if its owner stood by it. */
static enum annot_status is_trusted(struct ctl *ctl, const struct annot_authority *authority,
				    const struct verdict *v, bool *ret)
{
	struct stood_by s = {.authority = authority,
			     .record = &v->record,
			     .yes = !annot_key_stolen(authority, &v->author, v->index)};
	struct annot_hex id = annot_hash_hex(&v->annotation);
	struct rows_request request = {.history_of = id.text};
	if (!s.yes)
		TRY(rows_each(ctl, &request, find_reaffirm, &s, NULL));
	*ret = s.yes;
	return ANNOT_OK;
}

static bool same_say(const struct verdict *a, const struct verdict *b)
{
	return a->kind == ANNOT_KIND_verdict && b->kind == ANNOT_KIND_verdict &&
	       annot_hash_equal(&a->person, &b->person) && annot_hash_equal(&a->on, &b->on) &&
	       strcmp(a->scale, b->scale) == 0;
}

static enum annot_status count(struct ctl *ctl, struct verdicts *all)
{
	const struct annot_authority *authority;
	if (all->n == 0)
		return ANNOT_OK;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	for (size_t i = 0; i < all->n; i++) {
		struct verdict *v = &all->list[i];
		const struct annot_key_info *key = annot_authority_key(authority, &v->author);
		v->person = key ? key->person : v->author;
		TRY(is_trusted(ctl, authority, v, &v->counts));
		for (size_t j = 0; v->counts && j < i; j++)
			if (same_say(&all->list[j], v))
				all->list[j].counts = false;
	}
	return ANNOT_OK;
}

enum annot_status verdicts_fetch(struct ctl *ctl, const struct annot_fetched *of,
				 struct verdicts *ret)
{
	*ret = (struct verdicts){0};
	if (!of->record || !is_rated(of->record))
		return ANNOT_OK;
	struct gathered g = {.arena = ctl->arena, .annotation = of->record->annotation, .ret = ret};
	struct annot_hex id = annot_hash_hex(&of->record->annotation);
	struct rows_request request = {.history_of = id.text};
	TRY(rows_each(ctl, &request, take, &g, NULL));
	return count(ctl, ret);
}

/* --- ratings --- */

/* One rating and how many persons gave it to this version. */
struct rating {
	const char *scale, *name;
	size_t persons;
};

static bool is_of(const struct rating *r, const struct verdict *v)
{
	return strcmp(r->scale, v->scale) == 0 && strcmp(r->name, v->rating) == 0;
}

static bool is_counted(const struct annot_fetched *of, const struct verdict *v)
{
	return v->kind == ANNOT_KIND_verdict && v->counts &&
	       annot_hash_equal(&v->on, &of->record->id);
}

/* Scale by scale, those of most persons first; *ret has room for all verdicts. */
static size_t ratings_of(const struct annot_fetched *of, const struct verdicts *all,
			 struct rating *ret)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct verdict *v = &all->list[i];
		size_t at = 0;
		if (!is_counted(of, v))
			continue;
		while (at < n && !is_of(&ret[at], v))
			at++;
		if (at == n)
			ret[n++] = (struct rating){.scale = v->scale, .name = v->rating};
		ret[at].persons++;
	}
	for (size_t i = 1; i < n; i++) /* few, and in the log's order where they are equal */
		for (size_t j = i; j > 0; j--) {
			struct rating *a = &ret[j - 1], *b = &ret[j], swap = *a;
			int scale = strcmp(a->scale, b->scale);
			if (scale < 0 || (scale == 0 && a->persons >= b->persons))
				break;
			*a = *b;
			*b = swap;
		}
	return n;
}

static struct rating *ratings(struct ctl *ctl, const struct annot_fetched *of,
			      const struct verdicts *all, size_t *ret_n)
{
	struct rating *list = annot_arena_array(ctl->arena, all->n + 1, sizeof *list);
	*ret_n = list ? ratings_of(of, all, list) : 0;
	return list;
}

/* --- printing --- */

static json_t *verdict_json(struct ctl *ctl, const struct verdict *v)
{
	json_t *object =
		json_pack("{s:s, s:s, s:I, s:{s:s?, s:s}, s:s, s:s, s:I, s:b}", "record",
			  annot_hash_hex(&v->record).text, "annotation",
			  annot_hash_hex(&v->annotation).text, "index", (json_int_t)v->index,
			  "author", "name", v->name, "key", key_fingerprint(ctl, &v->author),
			  "time", v->time, "on", annot_hash_hex(&v->on).text, "on_version",
			  (json_int_t)v->on_version, "latest", v->on_head);
	if (v->kind != ANNOT_KIND_verdict)
		return object;
	json_object_set_new(object, "scale", json_string(v->scale));
	json_object_set_new(object, "rating", json_string(v->rating));
	json_object_set_new(object, "rationale",
			    v->rationale ? json_string(v->rationale) : json_null());
	json_object_set_new(object, "blind", json_boolean(v->blind));
	json_object_set_new(object, "counts", json_boolean(v->counts));
	return object;
}

void verdicts_json(struct ctl *ctl, const struct annot_fetched *of, const struct verdicts *v,
		   json_t *object)
{
	size_t n;
	const struct rating *list = ratings(ctl, of, v, &n);
	if (!of->record || !is_rated(of->record))
		return;
	json_t *verdicts = json_array(), *counted = json_array(), *seals = json_array();
	for (size_t i = 0; i < v->n; i++)
		json_array_append_new(v->list[i].kind == ANNOT_KIND_verdict ? verdicts : seals,
				      verdict_json(ctl, &v->list[i]));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(counted, json_pack("{s:s, s:s, s:I}", "scale", list[i].scale,
							 "rating", list[i].name, "persons",
							 (json_int_t)list[i].persons));
	json_object_set_new(object, "verdicts", verdicts);
	json_object_set_new(object, "ratings", counted);
	json_object_set_new(object, "seals", seals);
}

static const char *name_of(struct ctl *ctl, const struct verdict *v)
{
	return v->name ? out_safe(ctl, v->name) : "?";
}

static void print_verdict(struct ctl *ctl, const struct annot_fetched *of, const struct verdict *v)
{
	bool here = annot_hash_equal(&v->on, &of->record->id);
	out_text(ctl, "    %-14s %s, %s%s", out_safe(ctl, v->rating), name_of(ctl, v), v->id,
		 v->blind    ? ", blind"
		 : v->sealed ? ", sealed too late: not blind"
			     : "");
	if (!here)
		out_text(ctl, ", %s on %s", out_safe(ctl, v->scale),
			 record_version(ctl, &of->record->annotation, v->on_version, v->on_versions,
					v->on_head));
	else if (!v->counts)
		out_text(ctl, ", not counted");
	out_text(ctl, "\n");
	if (v->rationale)
		out_text(ctl, "                   %s\n", out_safe_flat(ctl, v->rationale));
}

/* One scale: its counts in a line, then each verdict with its reasons, the minority's too. */
static size_t print_scale(struct ctl *ctl, const struct annot_fetched *of, const struct verdicts *v,
			  const struct rating *list, size_t n)
{
	size_t k = 1;
	while (k < n && strcmp(list[k].scale, list[0].scale) == 0)
		k++;
	out_text(ctl, "  %-12s", out_safe(ctl, list[0].scale));
	for (size_t i = 0; i < k; i++)
		out_text(ctl, "%s %s %zu", i ? "," : "", out_safe(ctl, list[i].name),
			 list[i].persons);
	out_text(ctl, "\n");
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < v->n; j++)
			if (is_counted(of, &v->list[j]) && is_of(&list[i], &v->list[j]))
				print_verdict(ctl, of, &v->list[j]);
	return k;
}

static void print_seals(struct ctl *ctl, const struct annot_fetched *of, const struct verdicts *v)
{
	size_t n = 0;
	for (size_t i = 0; i < v->n; i++)
		n += v->list[i].kind == ANNOT_KIND_seal;
	if (n == 0)
		return;
	out_text(ctl, "  sealed       %zu unopened\n", n);
	for (size_t i = 0; i < v->n; i++) {
		const struct verdict *s = &v->list[i];
		if (s->kind == ANNOT_KIND_seal)
			out_text(ctl, "    %-14s since #%llu, on %s\n", name_of(ctl, s),
				 (unsigned long long)s->index,
				 record_version(ctl, &of->record->annotation, s->on_version,
						s->on_versions, s->on_head));
	}
}

void verdicts_text(struct ctl *ctl, const struct annot_fetched *of, const struct verdicts *v)
{
	bool others = false;
	size_t n;
	const struct rating *list = ratings(ctl, of, v, &n);
	if (v->n == 0)
		return;
	if (record_has_flag(of->row, "disputed"))
		out_text(ctl, "  disputed     yes: opposed verdicts on this version\n");
	while (n > 0) {
		size_t k = print_scale(ctl, of, v, list, n);
		list += k;
		n -= k;
	}
	for (size_t i = 0; i < v->n; i++) {
		if (v->list[i].kind != ANNOT_KIND_verdict || is_counted(of, &v->list[i]))
			continue;
		if (!others)
			out_text(ctl, "  other verdicts\n");
		others = true;
		print_verdict(ctl, of, &v->list[i]);
	}
	print_seals(ctl, of, v);
}
