/* The gate and the rules in force as JSON. */
#include "proof/gate_private.h"

#include <jansson.h>

#include "base/encode.h"

/* Sets a member and takes the value; false: out of memory. */
static bool set(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value) == 0;
}

static json_t *hash_json(const struct annot_hash *h)
{
	static const struct annot_hash zero;

	return annot_hash_equal(h, &zero) ? json_null() : json_string(annot_hash_hex(h).text);
}

static json_t *checkpoint_json(const struct annot_checkpoint *c)
{
	if (!c->size)
		return json_null();
	return json_pack("{s:s, s:I, s:s}", "origin", c->origin, "size", (json_int_t)c->size,
			 "root", annot_hash_hex(&c->root).text);
}

/* --- rules --- */

static json_t *approvals_json(const struct annot_policy *p)
{
	json_t *ret = json_object();
	bool good = ret != NULL;

	for (size_t i = 0; good && i < ANNOT_KIND_COUNT; i++)
		if (annot_review_concerns((enum annot_kind)i) &&
		    annot_kind_def((enum annot_kind)i)->author == ANNOT_AUTHOR_REVIEWER)
			good = set(ret, annot_kind_def((enum annot_kind)i)->name,
				   json_integer(p->approvals[i]));
	if (good)
		return ret;
	json_decref(ret);
	return NULL;
}

/* A list of n items; a NULL item is want of memory. */
static json_t *list_json(json_t *(*item)(const void *all, size_t i), const void *all, size_t n)
{
	json_t *ret = json_array();

	for (size_t i = 0; ret && i < n; i++)
		if (json_array_append_new(ret, item(all, i)) != 0) {
			json_decref(ret);
			return NULL;
		}
	return ret;
}

static json_t *rating_item(const void *all, size_t i)
{
	const struct annot_scale *scale = all;

	return json_pack("{s:s, s:s%}", "name", scale->ratings[i].name, "pole",
			 &scale->ratings[i].pole, (size_t)1);
}

static json_t *scale_item(const void *all, size_t i)
{
	const struct annot_scale *scale = (const struct annot_scale *)all + i;

	return json_pack("{s:s, s:o}", "name", scale->name, "ratings",
			 list_json(rating_item, scale, scale->n));
}

static json_t *pending_item(const void *all, size_t i)
{
	const struct annot_rules_pending *p = (const struct annot_rules_pending *)all + i;

	return json_pack("{s:o, s:o, s:I, s:I, s:s, s:i}", "record", hash_json(&p->record),
			 "annotation", hash_json(&p->annotation), "version", (json_int_t)p->version,
			 "index", (json_int_t)p->index, "by", p->by, "approvals",
			 (int)p->approvals);
}

static json_t *admin_item(const void *all, size_t i)
{
	return json_string(((const char *const *)all)[i]);
}

struct json_t *annot_rules_json(const struct annot_rules *r)
{
	const struct annot_policy *p = &r->policy;
	json_t *ret = json_object();
	bool set_by_record = r->by != NULL;
	bool good = ret && set(ret, "record", hash_json(&p->record)) &&
		    set(ret, "annotation", hash_json(&r->annotation)) &&
		    set(ret, "version",
			set_by_record ? json_integer((json_int_t)r->version) : json_null()) &&
		    set(ret, "kind",
			set_by_record ? json_string(annot_kind_def(r->kind)->name) : json_null()) &&
		    set(ret, "index",
			set_by_record ? json_integer((json_int_t)r->index) : json_null()) &&
		    set(ret, "since", json_integer((json_int_t)p->effective)) &&
		    set(ret, "by", set_by_record ? json_string(r->by) : json_null()) &&
		    set(ret, "approvals", approvals_json(p)) &&
		    set(ret, "self-approval", json_boolean(p->self_approval)) &&
		    set(ret, "bots-count", json_boolean(p->bots_count)) &&
		    set(ret, "second-reader", json_boolean(p->second_reader)) &&
		    set(ret, "scales", list_json(scale_item, p->scales, p->n_scales)) &&
		    set(ret, "threshold", json_integer(r->threshold)) &&
		    set(ret, "admins", list_json(admin_item, r->admins, r->n_admins)) &&
		    set(ret, "pending", list_json(pending_item, r->pending, r->n_pending)) &&
		    set(ret, "checkpoint", checkpoint_json(&r->checkpoint));

	if (good)
		return ret;
	json_decref(ret);
	return NULL;
}

/* --- gate --- */

static json_t *missing_json(const struct annot_gated *g)
{
	json_t *ret = json_array();

	for (size_t i = 0; ret && i < g->n_lines; i++)
		if (annot_gate_missing(&g->lines[i]) &&
		    json_array_append_new(ret, json_pack("{s:s, s:s}", "what", g->lines[i].name,
							 "text", g->lines[i].text)) != 0) {
			json_decref(ret);
			return NULL;
		}
	return ret;
}

static bool line_ok(const struct annot_check *line)
{
	return !annot_gate_missing(line);
}

static json_t *record_item(const void *all, size_t i)
{
	const struct annot_gated *g = (const struct annot_gated *)all + i;
	const struct annot_record *r = g->report->record;
	json_t *ret = json_object();
	bool good = ret && set(ret, "record", hash_json(&g->record)) &&
		    set(ret, "annotation", r ? hash_json(&r->annotation) : json_null()) &&
		    set(ret, "version",
			g->version ? json_integer((json_int_t)g->version) : json_null()) &&
		    set(ret, "kind", r ? json_string(r->kind->name) : json_null()) &&
		    set(ret, "passed", json_boolean(g->passed)) &&
		    set(ret, "verdict", json_string(annot_verdict_name(g->report->verdict))) &&
		    set(ret, "missing", missing_json(g)) &&
		    set(ret, "checks", annot_checks_json(g->lines, g->n_lines, line_ok));

	if (good)
		return ret;
	json_decref(ret);
	return NULL;
}

struct json_t *annot_gate_json(const struct annot_gate *gate)
{
	json_t *ret = json_object();
	bool good = ret && set(ret, "passed", json_boolean(gate->passed)) &&
		    set(ret, "checkpoint", checkpoint_json(&gate->checkpoint)) &&
		    set(ret, "policy", gate->rules ? annot_rules_json(gate->rules) : json_null()) &&
		    set(ret, "records", list_json(record_item, gate->records, gate->n_records));

	if (good)
		return ret;
	json_decref(ret);
	return NULL;
}
