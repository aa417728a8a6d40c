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

/* "en" and "en-GB" are one language to a reader; what is not known is read by nobody. */
static bool reads(const struct annot_key_info *key, const char *language)
{
	size_t len = language ? strcspn(language, "-") : 0;

	for (size_t i = 0; language && i < key->n_languages; i++)
		if (strcspn(key->languages[i], "-") == len &&
		    strncmp(key->languages[i], language, len) == 0)
			return true;
	return false;
}

size_t annot_review_last(struct annot_review_vote *votes, size_t n)
{
	return last_votes(votes, n, false);
}

bool annot_review_concerns(enum annot_kind kind)
{
	const struct annot_card_def *on =
		annot_card_def_find(annot_kind_def(ANNOT_KIND_review), "on", 2);
	const char *name = annot_kind_def(kind)->name;

	return annot_word_in(on->values, name, strlen(name));
}

static bool is_author(const struct annot_review_vote *vote, const struct annot_review_rules *rules)
{
	for (size_t i = 0; i < rules->n_authors; i++)
		if (annot_hash_equal(&vote->key->person, &rules->authors[i]))
			return true;
	return false;
}

enum annot_review_weight annot_review_weigh(const struct annot_review_vote *vote,
					    const struct annot_review_rules *rules)
{
	if (vote->key->bot && !rules->policy->bots_count)
		return ANNOT_REVIEW_BOT;
	if (strcmp(vote->decision, "approve") != 0)
		return ANNOT_REVIEW_COUNTS;
	if (rules->uncounted)
		return ANNOT_REVIEW_UNCOUNTED;
	return rules->policy->self_approval || !is_author(vote, rules) ? ANNOT_REVIEW_COUNTS
								       : ANNOT_REVIEW_OWN;
}

static enum annot_review_state state_of(const struct annot_review_count *count, bool rejected,
					bool changes)
{
	if (rejected)
		return ANNOT_REVIEW_REJECTED;
	if (changes)
		return ANNOT_REVIEW_CHANGES_REQUESTED;
	if (count->approvals >= count->needed && !count->second_reader_missing)
		return ANNOT_REVIEW_APPROVED;
	return count->n > 0 ? ANNOT_REVIEW_IN_REVIEW : ANNOT_REVIEW_DRAFT;
}

struct annot_review_count annot_review_count(struct annot_review_vote *votes, size_t n,
					     const struct annot_review_rules *rules)
{
	struct annot_review_count ret = {.needed = rules->policy->approvals[rules->kind],
					 .second_reader_missing = rules->second_reader};
	bool rejected = false, changes = false;

	ret.n = last_votes(votes, n, false);
	for (size_t i = 0; i < ret.n; i++) {
		const struct annot_review_vote *vote = &votes[i];

		if (annot_review_weigh(vote, rules) != ANNOT_REVIEW_COUNTS)
			continue;
		rejected |= strcmp(vote->decision, "reject") == 0;
		changes |= strcmp(vote->decision, "request-changes") == 0;
		if (strcmp(vote->decision, "approve") != 0)
			continue;
		ret.approvals++;
		if (reads(vote->key, rules->languages[0]) && reads(vote->key, rules->languages[1]))
			ret.second_reader_missing = false;
	}
	ret.state = state_of(&ret, rejected, changes);
	return ret;
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

static void add_version(struct annot_review_authors *a, const struct annot_hash *record)
{
	for (size_t i = 0; i < a->n_records; i++)
		if (annot_hash_equal(&a->records[i], record))
			return;
	if (a->n_records == ANNOT_REVIEW_ANCESTORS_MAX)
		a->incomplete = true;
	else
		a->records[a->n_records++] = *record;
}

enum annot_status annot_review_authors(const struct annot_authority *authority,
				       const struct annot_hash *record, annot_review_leaf leaf,
				       void *ctx, struct annot_review_authors *ret,
				       struct annot_error *err)
{
	ret->n_records = ret->n_persons = 0;
	ret->incomplete = false;
	add_version(ret, record);
	for (size_t i = 0; i < ret->n_records; i++) {
		const struct annot_key_info *key;
		struct annot_leaf found;

		TRY(leaf(ctx, &ret->records[i], &found, err));
		key = annot_authority_key(authority, &found.author);
		if (key)
			ret->persons[ret->n_persons++] = key->person;
		for (size_t p = 0; p < found.n_parents; p++)
			add_version(ret, &found.parents[p]);
	}
	return ANNOT_OK;
}
