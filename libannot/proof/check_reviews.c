/* What people decided on a record, as far as the bundle carries it: said, never part of the
 * verdict. */
#include <stdio.h>

#include "proof/verify_private.h"

bool annot_said_stands(const struct annot_verify *v, const struct annot_said *said)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	int64_t retracted;

	return annot_is_head(v, &said->record) &&
	       view->retracted(view->ctx, &said->annotation, &retracted, NULL) == ANNOT_OK &&
	       retracted == ANNOT_NEVER;
}

/* What a stolen key may have decided does not count, unless its owner stood by it. */
static void add_vote(struct annot_verify *v, const struct annot_said *said, struct annot_votes *ret)
{
	const struct annot_supplied *s = annot_supplied_find(v, &said->record);
	const struct annot_key_info *key =
		annot_authority_key(annot_memory_authority(v->memory), &said->author);
	uint64_t reaffirmed = s && annot_key_disputed(v, s) ? annot_reaffirmed_elsewhere(v, s) : 0;

	if (!s || !s->record || reaffirmed) {
		ret->elsewhere++;
		ret->first_elsewhere = reaffirmed ? reaffirmed : said->index;
	} else if (key && !annot_key_disputed(v, s)) {
		ret->list[ret->n++] = (struct annot_review_vote){
			.key = key,
			.index = said->index,
			.decision = annot_record_text(s->record, "decision"),
			.pole = '?'};
	}
}

bool annot_votes_on(struct annot_verify *v, const struct annot_supplied *s, struct annot_votes *ret)
{
	size_t n = 0;

	*ret = (struct annot_votes){0};
	for (const struct annot_said *said = s->said; said; said = said->next)
		n += said->kind == ANNOT_KIND_review;
	ret->list = annot_arena_array(v->arena, n + 1, sizeof(*ret->list));
	if (!ret->list) {
		v->failed = true;
		return false;
	}
	for (const struct annot_said *said = s->said; said; said = said->next)
		if (said->kind == ANNOT_KIND_review && annot_said_stands(v, said))
			add_vote(v, said, ret);
	ret->too_many = ret->n > ANNOT_REVIEW_VOTES_MAX;
	return true;
}

struct annot_reviews annot_count_reviews(struct annot_verify *v, const struct annot_supplied *s)
{
	struct annot_reviews ret = {0};
	struct annot_votes votes;

	if (!annot_votes_on(v, s, &votes))
		return ret;
	ret.elsewhere = votes.elsewhere;
	votes.n = annot_review_last(votes.list, votes.n);
	for (size_t i = 0; i < votes.n; i++) {
		const char *decision = votes.list[i].decision;

		ret.approve += strcmp(decision, "approve") == 0;
		ret.reject += strcmp(decision, "reject") == 0;
		ret.request_changes += strcmp(decision, "request-changes") == 0;
	}
	return ret;
}

struct annot_reviews_text annot_reviews_elsewhere(const struct annot_reviews *reviews)
{
	struct annot_reviews_text ret = {.text = ""};
	unsigned n = reviews->elsewhere;

	if (n)
		snprintf(ret.text, sizeof(ret.text), " (%u more review%s not in the bundle)", n,
			 n == 1 ? " is" : "s are");
	return ret;
}

void annot_check_reviews(struct annot_verify *v)
{
	struct annot_reviews r;

	if (!v->replayed || !v->subject->record ||
	    !annot_review_concerns(v->subject->record->kind->kind))
		return;
	r = annot_count_reviews(v, v->subject);
	if (r.reject || r.request_changes)
		CHECK_WARNING(v, "reviews",
			      "rejected by %u, changes requested by %u, approved by %u%s: what is "
			      "proved is who said it, not that it may be published",
			      r.reject, r.request_changes, r.approve,
			      annot_reviews_elsewhere(&r).text);
	else
		CHECK_INFO(v, "reviews", "approved by %u%s", r.approve,
			   annot_reviews_elsewhere(&r).text);
}
