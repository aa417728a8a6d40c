#include "state/review.h"

#include <string.h>

const char *annot_review_state_name(enum annot_review_state state)
{
	static const char *const names[] = {
		[ANNOT_REVIEW_DRAFT] = "draft",
		[ANNOT_REVIEW_IN_REVIEW] = "in-review",
		[ANNOT_REVIEW_APPROVED] = "approved",
		[ANNOT_REVIEW_CHANGES_REQUESTED] = "changes-requested",
		[ANNOT_REVIEW_REJECTED] = "rejected",
		[ANNOT_REVIEW_RETRACTED] = "retracted",
	};

	return names[state];
}

/* Keeps the last vote of each person (on each scale); returns how many. */
static size_t last_votes(struct annot_review_vote *votes, size_t n, bool by_decision)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = 0;

		while (at < kept &&
		       !(annot_hash_equal(&votes[at].key->person, &votes[i].key->person) &&
			 (!by_decision || strcmp(votes[at].decision, votes[i].decision) == 0)))
			at++;
		votes[at] = votes[i];
		if (at == kept)
			kept++;
	}
	return kept;
}

/* "en" and "en-GB" are one language to a reader. */
static bool reads(const struct annot_key_info *key, const char *language)
{
	size_t len = strcspn(language, "-");

	for (size_t i = 0; i < key->n_languages; i++)
		if (strcspn(key->languages[i], "-") == len &&
		    strncmp(key->languages[i], language, len) == 0)
			return true;
	return false;
}

static bool counts(const struct annot_review_vote *vote, const struct annot_review_rules *rules)
{
	if (rules->uncounted)
		return false;
	for (size_t i = 0; !rules->policy->self_approval && i < rules->n_authors; i++)
		if (annot_hash_equal(&vote->key->person, &rules->authors[i]))
			return false;
	return true;
}

enum annot_review_state annot_review_state(struct annot_review_vote *votes, size_t n,
					   const struct annot_review_rules *rules)
{
	const char *const *languages = rules->languages;
	bool second = !languages[0] || !languages[1], changes = false;
	unsigned approvals = 0;

	n = last_votes(votes, n, false);
	for (size_t i = 0; i < n; i++) {
		const struct annot_review_vote *vote = &votes[i];

		if (vote->key->bot && !rules->policy->bots_count)
			continue;
		if (strcmp(vote->decision, "reject") == 0)
			return ANNOT_REVIEW_REJECTED;
		if (strcmp(vote->decision, "request-changes") == 0) {
			changes = true;
		} else if (counts(vote, rules)) {
			approvals++;
			second = second ||
				 (reads(vote->key, languages[0]) && reads(vote->key, languages[1]));
		}
	}
	if (changes)
		return ANNOT_REVIEW_CHANGES_REQUESTED;
	if (approvals >= rules->policy->approvals[rules->kind] && second)
		return ANNOT_REVIEW_APPROVED;
	return n > 0 ? ANNOT_REVIEW_IN_REVIEW : ANNOT_REVIEW_DRAFT;
}

bool annot_review_disputed(struct annot_review_vote *votes, size_t n)
{
	n = last_votes(votes, n, true);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; votes[i].pole == '-' && j < n; j++)
			if (votes[j].pole == '+' &&
			    strcmp(votes[i].decision, votes[j].decision) == 0)
				return true;
	return false;
}
