/* The rules in force, copied out of a replay. */
#include "proof/verify_private.h"

#include <jansson.h>

#include "proof/gate_private.h"

static bool is_zero(const struct annot_hash *h)
{
	static const struct annot_hash zero;

	return annot_hash_equal(h, &zero);
}

static const char *name_of(struct annot_verify *v, const struct annot_hash *author)
{
	struct annot_who who = annot_who(v, author);

	return annot_arena_copy(v->arena, who.text, strlen(who.text));
}

/* --- who there is --- */

static bool count_people(struct annot_verify *v, struct annot_rules *r)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	const char **admins =
		annot_arena_array(v->arena, annot_authority_keys(a) + 1, sizeof(*admins));

	for (size_t i = 0; admins && i < annot_authority_keys(a); i++) {
		const struct annot_key_info *key = annot_authority_key_at(a, i);

		if (key->state != ANNOT_KEY_ACTIVE)
			continue; /* a person has one active key */
		r->bots += key->bot;
		r->people += !key->bot;
		if (!key->admin)
			continue;
		admins[r->n_admins] = annot_arena_copy(v->arena, key->name, strlen(key->name));
		if (!admins[r->n_admins++])
			return false;
	}
	r->admins = admins;
	r->threshold = annot_authority_threshold(a);
	return admins != NULL;
}

static bool list_pending(struct annot_verify *v, struct annot_rules *r)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	struct annot_rules_pending *list =
		annot_arena_array(v->arena, v->n_supplied + 1, sizeof(*list));

	for (size_t i = 0; list && i < v->n_supplied; i++) {
		const struct annot_supplied *s = &v->supplied[i];

		if (s->leaf.kind != ANNOT_KIND_policy || s->effect == ANNOT_VOID ||
		    annot_authority_effect(a, &s->id, NULL) != ANNOT_PENDING)
			continue;
		list[r->n_pending++] = (struct annot_rules_pending){
			.record = s->id,
			.annotation = s->leaf.annotation,
			.version = annot_memory_version(v->memory, &s->id),
			.index = s->index,
			.by = name_of(v, &s->leaf.author),
			.approvals = annot_authority_approvals(a, &s->id)};
	}
	r->pending = list;
	return list != NULL;
}

/* --- what is in force --- */

static bool copy_scales(struct annot_verify *v, struct annot_rules *r)
{
	size_t n = r->policy.n_scales;
	struct annot_scale *scales = annot_arena_array(v->arena, n + 1, sizeof(*scales));

	if (scales && n)
		memcpy(scales, r->policy.scales, n * sizeof(*scales));
	r->policy.scales = scales;
	return scales != NULL;
}

static bool list_heads(struct annot_verify *v, struct annot_rules *r)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	size_t n = annot_memory_heads(v->memory, &r->annotation, NULL, 0);
	struct annot_hash *heads = annot_arena_array(v->arena, n + 1, sizeof(*heads));

	if (!heads)
		return false;
	n = annot_memory_heads(v->memory, &r->annotation, heads, n);
	for (size_t i = 0; i < n; i++)
		if (annot_authority_effect(a, &heads[i], NULL) == ANNOT_EFFECTIVE)
			heads[r->n_heads++] = heads[i];
	r->heads = heads;
	return true;
}

static bool describe_record(struct annot_verify *v, struct annot_rules *r)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	struct annot_known known;

	if (is_zero(&r->policy.record) ||
	    view->record(view->ctx, &r->policy.record, &known, NULL) != ANNOT_OK)
		return true;
	r->annotation = known.annotation;
	r->kind = known.kind;
	r->index = known.index;
	r->version = annot_memory_version(v->memory, &r->policy.record);
	r->by = name_of(v, &known.author);
	return r->by && (r->kind != ANNOT_KIND_policy || list_heads(v, r));
}

const struct annot_rules *annot_rules_of(struct annot_verify *v)
{
	struct annot_rules *r = annot_arena_alloc(v->arena, sizeof(*r));

	if (!r) {
		v->failed = true;
		return NULL;
	}
	r->policy = *annot_authority_policy(annot_memory_authority(v->memory));
	r->checkpoint = v->checkpoint;
	if (copy_scales(v, r) && describe_record(v, r) && count_people(v, r) && list_pending(v, r))
		return r;
	v->failed = true;
	return NULL;
}

/* --- from a bundle --- */

/* The bundle's own record may be replaced by now; everything about the log must hold. */
static enum annot_status check_proved(const struct annot_verify *v, struct annot_error *err)
{
	const struct annot_report *r = v->report;

	if (v->trust->pin.size > v->checkpoint.size)
		return annot_fail(err, ANNOT_REFUSED,
				  "the rules shown are as of #%llu, older than your checkpoint of "
				  "#%llu",
				  (unsigned long long)v->checkpoint.size,
				  (unsigned long long)v->trust->pin.size);
	if (v->replayed && r->verdict >= ANNOT_CONFLICT_HEADS)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_REFUSED, "the rules in force are not proved: %s: %s: %s",
			  annot_verdict_name(r->verdict), r->checks[0].name, r->checks[0].text);
}

static enum annot_status read_rules(struct annot_verify *v, struct annot_bytes file,
				    const struct annot_rules **ret, struct annot_error *err)
{
	const struct annot_rules *rules;

	TRY(annot_verify_open(v, file, NULL, 0, err));
	TRY(annot_verify_subject(v, 0, err));
	TRY(check_proved(v, err));
	rules = annot_rules_of(v);
	if (!rules)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the rules");
	*ret = rules;
	return ANNOT_OK;
}

enum annot_status annot_rules_bundle(struct annot_arena *arena, struct annot_bytes file,
				     const struct annot_trust *trust,
				     const struct annot_rules **ret, struct annot_error *err)
{
	struct annot_verify v = {.arena = arena, .trust = trust};
	enum annot_status status = read_rules(&v, file, ret, err);

	annot_verify_close(&v);
	return status;
}
