/* What was decided on a record, and what the policy still wants. */
#include "proof/gate_private.h"

#include "base/auto.h"

enum { LIST_MAX = 1024 }; /* bytes of names in a line */

/* One record whose reviews are counted. */
struct counted {
	struct annot_verify *v;
	const char *name;
	struct annot_label label;
	struct annot_votes votes;
	struct annot_review_rules rules;
	struct annot_review_count count;
};

/* --- the rules for it --- */

static enum annot_status leaf_of(void *ctx, const struct annot_hash *record, struct annot_leaf *ret,
				 struct annot_error *err)
{
	const struct annot_verify *v = ctx;
	const struct annot_view *view = annot_memory_view(v->memory);
	struct annot_known known;

	TRY(view->record(view->ctx, record, &known, err));
	*ret = annot_replay_leaf(v, known.index);
	return ANNOT_OK;
}

static void find_languages(struct counted *c, const struct annot_supplied *s)
{
	const struct annot_card *of =
		s->record && c->rules.policy->second_reader && s->leaf.kind == ANNOT_KIND_document
			? annot_record_card(s->record, "translation-of")
			: NULL;
	const struct annot_supplied *original = of ? annot_supplied_find(c->v, &of->hash) : NULL;

	if (!of)
		return;
	c->rules.second_reader = true;
	c->rules.languages[0] = annot_record_text(s->record, "language");
	if (original && original->record)
		c->rules.languages[1] = annot_record_text(original->record, "language");
}

static bool count(struct counted *c, const struct annot_supplied *s)
{
	const struct annot_authority *a = annot_memory_authority(c->v->memory);

	if (!c->v->authors)
		c->v->authors = annot_arena_alloc(c->v->arena, sizeof(*c->v->authors));
	c->rules = (struct annot_review_rules){.policy = annot_authority_policy(a),
					       .kind = s->leaf.kind};
	if (!c->v->authors || !annot_votes_on(c->v, s, &c->votes) ||
	    annot_review_authors(a, &s->id, leaf_of, c->v, c->v->authors, NULL) != ANNOT_OK) {
		c->v->failed = true;
		return false;
	}
	c->rules.authors = c->v->authors->persons;
	c->rules.n_authors = c->v->authors->n_persons;
	c->rules.uncounted = c->v->authors->incomplete;
	find_languages(c, s);
	c->count = annot_review_count(c->votes.list, c->votes.n, &c->rules);
	return true;
}

/* --- names --- */

static void add_name(struct annot_buf *b, const char *name)
{
	if (b->len)
		annot_buf_puts(b, ", ");
	annot_buf_puts(b, name);
}

static const char *finish(const struct counted *c, const struct annot_buf *b)
{
	c->v->failed |= b->no_memory;
	if (b->failed)
		return "many";
	return b->len ? b->data : "nobody";
}

/* "alice at #6, chloe at #9": who decided that, as far as it counts. */
static const char *deciders(const struct counted *c, const char *decision, struct annot_buf *b)
{
	for (size_t i = 0; i < c->count.n; i++) {
		const struct annot_review_vote *vote = &c->votes.list[i];

		if (strcmp(vote->decision, decision) != 0 ||
		    annot_review_weigh(vote, &c->rules) != ANNOT_REVIEW_COUNTS)
			continue;
		add_name(b, vote->key->name);
		annot_buf_printf(b, " at #%llu", (unsigned long long)vote->index);
	}
	return finish(c, b);
}

static const char *person_name(const struct counted *c, const struct annot_hash *person)
{
	const struct annot_authority *a = annot_memory_authority(c->v->memory);

	for (size_t i = 0; i < annot_authority_keys(a); i++)
		if (annot_hash_equal(&annot_authority_key_at(a, i)->person, person))
			return annot_authority_key_at(a, i)->name;
	return "an unknown person";
}

/* The authors of all its versions. */
static const char *author_names(const struct counted *c, struct annot_buf *b)
{
	const struct annot_review_authors *a = c->v->authors;

	for (size_t i = 0; i < a->n_persons; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || annot_hash_equal(&a->persons[k], &a->persons[i]);
		if (!again)
			add_name(b, person_name(c, &a->persons[i]));
	}
	return finish(c, b);
}

/* --- lines --- */

static const char *noun(const char *decision)
{
	if (strcmp(decision, "approve") == 0)
		return "approval";
	return strcmp(decision, "reject") == 0 ? "rejection" : "request for changes";
}

static void tell_uncounted(struct counted *c)
{
	static const char *const why[] = {
		[ANNOT_REVIEW_OWN] = "is an author of it",
		[ANNOT_REVIEW_BOT] = "is a bot",
		[ANNOT_REVIEW_UNCOUNTED] = "may be an author of it, which has too many versions",
	};

	for (size_t i = 0; i < c->count.n; i++) {
		const struct annot_review_vote *vote = &c->votes.list[i];
		enum annot_review_weight weight = annot_review_weigh(vote, &c->rules);

		if (weight != ANNOT_REVIEW_COUNTS)
			CHECK_INFO(c->v, c->name, "%s: the %s by %s at #%llu does not count: %s %s",
				   c->label.text, noun(vote->decision), vote->key->name,
				   (unsigned long long)vote->index, vote->key->name, why[weight]);
	}
}

static void tell_objections(struct counted *c, const char *decision, const char *said)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(LIST_MAX);
	const char *who = deciders(c, decision, &b);

	if (b.len || b.failed)
		LINE_FAILED(c->v, c->name, "%s: %s by %s", c->label.text, said, who);
}

static void tell_missing_approvals(struct counted *c)
{
	AUTO_BUF struct annot_buf approved = ANNOT_BUF_INIT(LIST_MAX);
	AUTO_BUF struct annot_buf authors = ANNOT_BUF_INIT(LIST_MAX);
	unsigned left = c->count.needed - c->count.approvals;
	bool self = c->rules.policy->self_approval;

	LINE_MISSING(c->v, c->name, "%s: needs %u more approval%s%s%s; approved by %s (%u of %u)",
		     c->label.text, left, annot_plural(left), self ? "" : " by someone other than ",
		     self ? "" : author_names(c, &authors), deciders(c, "approve", &approved),
		     c->count.approvals, c->count.needed);
}

static void tell_second_reader(struct counted *c)
{
	const char *const *languages = c->rules.languages;

	if (languages[0] && languages[1])
		LINE_MISSING(
			c->v, c->name,
			"%s: needs a second reader: an approval by someone who reads %s and %s",
			c->label.text, languages[1], languages[0]);
	else
		LINE_MISSING(c->v, c->name,
			     "%s: needs a second reader, but the language of %s is not stated, so "
			     "that nobody can be one (doc add --lang states it)",
			     c->label.text, languages[0] ? "its original" : "this translation");
}

static void tell_approved(struct counted *c)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(LIST_MAX);
	const char *who = deciders(c, "approve", &b);

	if (c->count.approvals)
		CHECK_PASSED(c->v, c->name, "%s: approved by %s (%u of %u)", c->label.text, who,
			     c->count.approvals, c->count.needed);
	else
		CHECK_PASSED(c->v, c->name, "%s: approved by the policy, which wants 0 approvals",
			     c->label.text);
}

static void tell_state(struct counted *c)
{
	if (c->votes.elsewhere)
		LINE_MISSING(c->v, c->name,
			     "%s: record #%llu, which decides on it, is not in the bundle: what it "
			     "says cannot be known",
			     c->label.text, (unsigned long long)c->votes.first_elsewhere);
	if (c->votes.too_many)
		LINE_MISSING(c->v, c->name, "%s: more than %d reviews", c->label.text,
			     (int)ANNOT_REVIEW_VOTES_MAX);
	if (c->count.state == ANNOT_REVIEW_APPROVED) {
		tell_approved(c);
	} else {
		tell_objections(c, "reject", "rejected");
		tell_objections(c, "request-changes", "changes requested");
		if (c->count.approvals < c->count.needed)
			tell_missing_approvals(c);
		if (c->count.second_reader_missing)
			tell_second_reader(c);
	}
	tell_uncounted(c);
}

/* Records of authority: their quorum decides, not the policy's quota. */
static void tell_effect(struct annot_verify *v, const char *name, const struct annot_supplied *s)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	struct annot_label label = annot_label(v, s);
	uint64_t at = s->index;
	enum annot_effect effect = annot_authority_effect(a, &s->id, &at);

	if (effect == ANNOT_EFFECTIVE)
		CHECK_PASSED(v, name, "%s: in force since #%llu", label.text,
			     (unsigned long long)at);
	else if (effect == ANNOT_PENDING)
		LINE_MISSING(v, name, "%s: %u of %u admins approve", label.text,
			     annot_authority_approvals(a, &s->id), annot_authority_threshold(a));
	else
		LINE_FAILED(v, name, "%s: void", label.text);
}

void annot_gate_review(struct annot_verify *v, const char *name, struct annot_supplied *s)
{
	struct counted c = {.v = v, .name = name, .label = annot_label(v, s)};

	if (!annot_review_concerns(s->leaf.kind))
		LINE_FAILED(v, name,
			    "%s: nobody reviews records of this kind, so none is published",
			    c.label.text);
	else if (annot_kind_def(s->leaf.kind)->author != ANNOT_AUTHOR_REVIEWER)
		tell_effect(v, name, s);
	else if (count(&c, s))
		tell_state(&c);
}
