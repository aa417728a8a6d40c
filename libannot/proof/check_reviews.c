/* What people decided on a record, as far as the bundle carries it: said, never part of the
 * verdict. */
#include <stdio.h>

#include "proof/verify_private.h"

/* Whether a review is still a version in force: no later version, no retraction. */
static bool stands(const struct annot_verify *v, const struct annot_supplied *review)
{
	const struct annot_view *view = annot_memory_view(v->memory);
	struct annot_known known;
	int64_t retracted;

	return view->record(view->ctx, &review->id, &known, NULL) == ANNOT_OK && known.head &&
	       view->retracted(view->ctx, &review->leaf.annotation, &retracted, NULL) == ANNOT_OK &&
	       retracted == ANNOT_NEVER;
}

static void count_one(const struct annot_verify *v, const struct annot_supplied *review,
		      struct annot_reviews *ret)
{
	const char *decision;

	if (!review || !review->record) {
		ret->elsewhere++;
		return;
	}
	if (!stands(v, review))
		return;
	decision = annot_record_text(review->record, "decision");
	ret->approve += strcmp(decision, "approve") == 0;
	ret->reject += strcmp(decision, "reject") == 0;
	ret->request_changes += strcmp(decision, "request-changes") == 0;
}

struct annot_reviews annot_count_reviews(const struct annot_verify *v, const struct annot_hash *on)
{
	struct annot_reviews ret = {0};
	struct annot_latest *l, *next;

	HASH_ITER(hh, v->latest, l, next)
	{
		if (annot_hash_equal(&l->key.on, on))
			count_one(v, l->review, &ret);
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
	const struct annot_card_def *on =
		annot_card_def_find(annot_kind_def(ANNOT_KIND_review), "on", 2);
	struct annot_reviews r;
	const char *kind;

	if (!v->replayed || !v->subject->record)
		return;
	kind = v->subject->record->kind->name;
	if (!annot_word_in(on->values, kind, strlen(kind)))
		return;
	r = annot_count_reviews(v, &v->subject->id);
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
