/* Review state and disputes of one record: what was said on exactly this version. */
#include "annotd/replay.h"
#include "annotd/view.h"

#include "base/auto.h"
#include "base/hash.h"
#include "state/review.h"

struct votes {
	struct rows *rows;
	const struct annot_authority *authority;
	struct annot_review_vote *list;
	size_t n, cap;
	enum annot_status status;
};

/* Whether somebody stood by a record with a key that is not known to be stolen itself. */
struct stood_by {
	struct votes *votes;
	enum annot_status status;
	bool yes;
};

static enum annot_status stand_by(struct stood_by *s, uint64_t index)
{
	struct rows *r = s->votes->rows;
	struct store_record stored;
	struct annot_fact fact;

	TRY(reader_record(r->call->reader, index, r->scratch, &stored, &r->call->err));
	TRY(fact_of(&stored, r->scratch, &fact, &r->call->err));
	s->yes = !annot_key_stolen(s->votes->authority, &fact.leaf.author, index);
	return ANNOT_OK;
}

static bool each_reaffirmation(void *arg, uint64_t index)
{
	struct stood_by *s = arg;

	s->status = stand_by(s, index);
	return s->status == ANNOT_OK && !s->yes;
}

/* What a stolen key may have signed counts only if its owner stood by it. */
static enum annot_status tainted(struct votes *v, const struct annot_hash *author, uint64_t index,
				 bool *ret)
{
	struct stood_by s = {.votes = v};

	*ret = annot_key_stolen(v->authority, author, index);
	if (!*ret)
		return ANNOT_OK;
	TRY(reader_about(v->rows->call->reader, index, ANNOT_KIND_reaffirm, each_reaffirmation, &s,
			 &v->rows->call->err));
	*ret = !s.yes;
	return s.status;
}

enum annot_status view_stolen(struct rows *r, const struct annot_authority *authority,
			      const struct view_subject *subject, bool *ret)
{
	struct votes v = {.rows = r, .authority = authority};

	return tainted(&v, &subject->row.author, subject->row.index, ret);
}

static enum annot_status vote_add(struct votes *v, const struct annot_review_vote *vote)
{
	struct annot_arena *scratch = v->rows->scratch;

	if (v->n == ANNOT_REVIEW_VOTES_MAX)
		return annot_fail(&v->rows->call->err, ANNOT_TOO_LARGE,
				  "more than %d reviews or verdicts on one record",
				  (int)ANNOT_REVIEW_VOTES_MAX);
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 8;
		struct annot_review_vote *list = annot_arena_array(scratch, cap, sizeof *list);

		if (!list)
			return annot_fail(&v->rows->call->err, ANNOT_NO_MEMORY,
					  "no memory for reviews");
		if (v->n > 0)
			memcpy(list, v->list, v->n * sizeof *list);
		v->list = list;
		v->cap = cap;
	}
	v->list[v->n++] = *vote;
	return ANNOT_OK;
}

static char pole_of(const struct annot_authority *authority, const char *scale_name,
		    const char *rating)
{
	const struct annot_scale *scale =
		annot_policy_scale(annot_authority_policy(authority), scale_name);

	for (size_t i = 0; scale && i < scale->n; i++)
		if (strcmp(scale->ratings[i].name, rating) == 0)
			return scale->ratings[i].pole;
	return '?';
}

static enum annot_status vote_read(struct votes *v, uint64_t index)
{
	struct annot_error *err = &v->rows->call->err;
	const struct annot_record *record;
	struct store_record stored;
	struct annot_review_vote vote;
	bool is_tainted;

	TRY(reader_record(v->rows->call->reader, index, v->rows->scratch, &stored, err));
	if (!stored.record.data)
		return ANNOT_OK;
	TRY(annot_record_parse(v->rows->scratch, stored.record, &record, err));
	vote.index = index;
	vote.key = annot_authority_key(v->authority, &record->author);
	if (!vote.key)
		return ANNOT_OK;
	TRY(tainted(v, &record->author, index, &is_tainted));
	if (is_tainted)
		return ANNOT_OK;
	if (record->kind->kind == ANNOT_KIND_review) {
		vote.decision = annot_record_text(record, "decision");
		vote.pole = '?';
	} else {
		vote.decision = annot_record_text(record, "scale");
		vote.pole =
			pole_of(v->authority, vote.decision, annot_record_text(record, "rating"));
	}
	return vote_add(v, &vote);
}

static bool each_vote(void *arg, uint64_t index)
{
	struct votes *v = arg;

	v->status = vote_read(v, index);
	return v->status == ANNOT_OK;
}

static enum annot_status votes_on(struct votes *v, uint64_t index, enum annot_kind kind)
{
	v->n = 0;
	v->status = ANNOT_OK;
	TRY(reader_about(v->rows->call->reader, index, kind, each_vote, v, &v->rows->call->err));
	return v->status;
}

/* --- who wrote it --- */

static enum annot_status leaf_of(void *ctx, const struct annot_hash *record, struct annot_leaf *ret,
				 struct annot_error *err)
{
	struct rows *r = ctx;
	struct store_record stored;
	struct annot_fact fact;
	uint64_t seq = 0;

	TRY(reader_find(r->call->reader, record, &seq, err));
	TRY(reader_record(r->call->reader, seq, r->scratch, &stored, err));
	TRY(fact_of(&stored, r->scratch, &fact, err));
	*ret = fact.leaf;
	return ANNOT_OK;
}

static enum annot_status authors_of(struct rows *r, const struct annot_authority *authority,
				    const struct view_subject *subject,
				    struct annot_review_rules *rules)
{
	struct annot_review_authors *a = annot_arena_alloc(r->scratch, sizeof *a);
	struct annot_fact fact;

	if (!a)
		return annot_fail(&r->call->err, ANNOT_NO_MEMORY, "no memory for versions");
	TRY(fact_of(&subject->stored, r->scratch, &fact, &r->call->err));
	TRY(annot_review_authors(authority, &fact.leaf.record, leaf_of, r, a, &r->call->err));
	rules->authors = a->persons;
	rules->n_authors = a->n_persons;
	rules->uncounted = a->incomplete;
	return ANNOT_OK;
}

/* A translation's two languages, where the policy wants a second reader of both. */
static enum annot_status languages_of(struct rows *r, struct view_subject *subject,
				      struct annot_review_rules *rules)
{
	const struct annot_card *original;
	const struct annot_record *translation, *record;
	struct store_record stored;
	uint64_t seq = 0;

	if (!rules->policy->second_reader || subject->row.kind != ANNOT_KIND_document)
		return ANNOT_OK;
	TRY(view_parse(r, subject, &translation));
	original = translation ? annot_record_card(translation, "translation-of") : NULL;
	if (!original)
		return ANNOT_OK;
	rules->second_reader = true;
	rules->languages[0] = annot_record_text(translation, "language");
	TRY(reader_find(r->call->reader, &original->hash, &seq, &r->call->err));
	TRY(reader_record(r->call->reader, seq, r->scratch, &stored, &r->call->err));
	if (!stored.record.data)
		return ANNOT_OK;
	TRY(annot_record_parse(r->scratch, stored.record, &record, &r->call->err));
	rules->languages[1] = annot_record_text(record, "language");
	return ANNOT_OK;
}

/* --- states --- */

static bool is_rated(enum annot_kind kind)
{
	return kind == ANNOT_KIND_document || kind == ANNOT_KIND_quote ||
	       kind == ANNOT_KIND_claim || kind == ANNOT_KIND_span || kind == ANNOT_KIND_link;
}

/* Records of authority: their quorum has decided, the policy's quota says nothing about them. */
static bool is_authority(enum annot_kind kind)
{
	return annot_kind_def(kind)->author != ANNOT_AUTHOR_REVIEWER;
}

static enum annot_status reviewed(struct rows *r, const struct annot_authority *authority,
				  struct view_subject *subject, struct votes *votes,
				  enum annot_review_state *ret)
{
	struct annot_review_rules rules = {.policy = annot_authority_policy(authority),
					   .kind = subject->row.kind};

	TRY(votes_on(votes, subject->row.index, ANNOT_KIND_review));
	if (votes->n > 0)
		TRY(authors_of(r, authority, subject, &rules));
	TRY(languages_of(r, subject, &rules));
	*ret = annot_review_count(votes->list, votes->n, &rules).state;
	return ANNOT_OK;
}

enum annot_status view_review(struct rows *r, const struct annot_authority *authority,
			      struct view_subject *subject, const char **ret_state,
			      bool *ret_disputed)
{
	const struct store_row *row = &subject->row;
	struct votes votes = {.rows = r, .authority = authority};
	enum annot_review_state state = ANNOT_REVIEW_DRAFT;
	bool disputed = false;

	if (row->effect != ANNOT_VOID && is_rated(row->kind)) {
		TRY(votes_on(&votes, row->index, ANNOT_KIND_verdict));
		disputed = annot_review_disputed(votes.list, votes.n);
	}
	if (row->retracted != ANNOT_NEVER)
		state = ANNOT_REVIEW_RETRACTED;
	else if (is_authority(row->kind))
		state = row->effect == ANNOT_EFFECTIVE ? ANNOT_REVIEW_APPROVED
			: row->effect == ANNOT_PENDING ? ANNOT_REVIEW_IN_REVIEW
						       : ANNOT_REVIEW_REJECTED;
	else if (row->effect != ANNOT_VOID && view_is_reviewed(r, row->kind))
		TRY(reviewed(r, authority, subject, &votes, &state));
	*ret_disputed = disputed;
	/* Records that nobody reviews have no state of their own. */
	*ret_state = view_is_reviewed(r, row->kind) || state == ANNOT_REVIEW_RETRACTED
			     ? annot_review_state_name(state)
			     : "";
	return ANNOT_OK;
}

/* --- authority as of a size --- */

struct replay {
	struct reader *reader;
	struct annot_authority *authority;
	struct annot_arena *arena;
	enum annot_status status;
	struct annot_error *err;
};

static enum annot_status replay_one(struct replay *p, uint64_t index)
{
	enum annot_effect effect;
	struct store_record stored;
	struct annot_fact fact;
	struct store_row row;

	annot_arena_reset(p->arena);
	TRY(reader_row(p->reader, index, &row, p->err));
	TRY(reader_record(p->reader, index, p->arena, &stored, p->err));
	TRY(fact_of(&stored, p->arena, &fact, p->err));
	effect = row.effect_at == index ? row.effect : ANNOT_PENDING;
	if (effect == ANNOT_VOID || !annot_authority_concerns(p->authority, &fact.leaf))
		return ANNOT_OK;
	return annot_authority_apply(p->authority, &fact, effect, p->err);
}

static bool replay_each(void *arg, uint64_t index)
{
	struct replay *p = arg;

	p->status = replay_one(p, index);
	return p->status == ANNOT_OK;
}

enum annot_status view_authority(struct reader *reader, struct annot_authority **ret,
				 struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct replay p = {
		.reader = reader, .authority = annot_authority_new(), .arena = arena, .err = err};
	enum annot_status status;

	if (!arena || !p.authority)
		status = annot_fail(err, ANNOT_NO_MEMORY, "no memory for the keys of that time");
	else
		status = reader_authority(reader, 0, replay_each, &p, err);
	if (status == ANNOT_OK)
		status = p.status;
	if (status != ANNOT_OK) {
		annot_authority_free(p.authority);
		return status;
	}
	*ret = p.authority;
	return ANNOT_OK;
}
