/* Publication rules: read from policy records and from the policy cards of corpus records. */
#include "state/authority_private.h"

#include <stdio.h>

void annot_policy_default(struct annot_policy *p)
{
	*p = (struct annot_policy){0};
	for (size_t i = 0; i < ANNOT_KIND_COUNT; i++)
		p->approvals[i] = 1;
}

bool annot_policy_cards(const struct annot_record *r)
{
	static const char *const names[] = {"approvals", "self-approval", "bots-count",
					    "second-reader", "scale"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (annot_record_card(r, names[i]))
			return true;
	return false;
}

static bool says_yes(const struct annot_record *r, const char *card)
{
	const char *text = annot_record_text(r, card);

	return text && strcmp(text, "yes") == 0;
}

static unsigned clamp(uint64_t n)
{
	return n > UINT16_MAX ? UINT16_MAX : (unsigned)n;
}

/* The default counts for kinds that have no card of their own, wherever it stands. */
static void read_approvals(const struct annot_record *r, struct annot_policy *p)
{
	for (int named = 0; named <= 1; named++) {
		const struct annot_card *c = annot_record_card(r, "approvals");

		for (; c; c = annot_record_card_next(r, c)) {
			const char *space = memchr(c->text, ' ', c->len);
			size_t len = space ? (size_t)(space - c->text) : c->len;
			const struct annot_kind_def *kind = annot_kind_find(c->text, len);

			if (named && kind)
				p->approvals[kind->kind] = clamp(c->start);
			for (size_t i = 0; !named && !kind && i < ANNOT_KIND_COUNT; i++)
				p->approvals[i] = clamp(c->start);
		}
	}
}

static size_t count_cards(const struct annot_record *r, const char *name)
{
	const struct annot_card *c = annot_record_card(r, name);
	size_t n = 0;

	for (; c; c = annot_record_card_next(r, c))
		n++;
	return n;
}

enum annot_status annot_policy_read(struct annot_arena *arena, const struct annot_record *r,
				    uint64_t index, struct annot_policy *ret,
				    struct annot_error *err)
{
	const struct annot_card *c = annot_record_card(r, "scale");
	size_t n = count_cards(r, "scale"), i = 0;
	struct annot_scale *scales = annot_arena_array(arena, n ? n : 1, sizeof(*scales));
	struct annot_policy p;

	if (!scales)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the policy's scales");
	for (; c; c = annot_record_card_next(r, c))
		TRY(annot_scale_parse(c->text, c->len, &scales[i++], err));
	annot_policy_default(&p);
	p.record = r->id;
	p.effective = index;
	p.self_approval = says_yes(r, "self-approval");
	p.bots_count = says_yes(r, "bots-count");
	p.second_reader = says_yes(r, "second-reader");
	read_approvals(r, &p);
	p.scales = scales;
	p.n_scales = n;
	*ret = p;
	return ANNOT_OK;
}

const struct annot_scale *annot_policy_scale(const struct annot_policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_scales; i++)
		if (strcmp(p->scales[i].name, name) == 0)
			return &p->scales[i];
	return NULL;
}

/* " a b c", as much as fits. */
static void add_name(char *text, size_t size, const char *name)
{
	size_t at = strlen(text);

	snprintf(text + at, size - at, " %s", name);
}

enum annot_status annot_policy_rating(const struct annot_policy *p, const char *scale,
				      const char *rating, struct annot_error *err)
{
	const struct annot_scale *found = annot_policy_scale(p, scale);
	char known[ANNOT_ERROR_TEXT_MAX / 2] = "";

	if (!found) {
		for (size_t i = 0; i < p->n_scales; i++)
			add_name(known, sizeof(known), p->scales[i].name);
		return annot_fail(err, ANNOT_REFUSED,
				  "scale %s: is not in the policy in force, which has:%s; an admin "
				  "adds scales with annotctl policy set --scale",
				  scale, known[0] ? known : " none");
	}
	for (size_t i = 0; i < found->n; i++)
		if (strcmp(found->ratings[i].name, rating) == 0)
			return ANNOT_OK;
	for (size_t i = 0; i < found->n; i++)
		add_name(known, sizeof(known), found->ratings[i].name);
	return annot_fail(err, ANNOT_REFUSED, "rating %s: scale %s has:%s", rating, scale, known);
}
