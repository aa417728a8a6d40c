/* The order of the rules, authorship and the author rule of the kind. */
#include "state/judge_private.h"

#include <stdarg.h>
#include <stdio.h>

enum annot_status annot_judge_void(struct judge *j, enum annot_status status, const char *format,
				   ...)
{
	va_list args;

	j->ret->effect = ANNOT_VOID;
	j->ret->status = status;
	va_start(args, format);
	vsnprintf(j->ret->reason, sizeof(j->ret->reason), format, args);
	va_end(args);
	return ANNOT_OK;
}

enum annot_status annot_judge_take(struct judge *j, enum annot_status status,
				   const struct annot_error *why)
{
	if (status == ANNOT_OK)
		return ANNOT_OK;
	if (status == ANNOT_NO_MEMORY || status == ANNOT_INTERNAL || status == ANNOT_STORE)
		return annot_fail(j->err, status, "%s", why->text);
	return annot_judge_void(j, status == ANNOT_INVALID ? ANNOT_REFUSED : status, "%s",
				why->text);
}

enum annot_status annot_judge_known(struct judge *j, const struct annot_hash *record,
				    struct annot_known *ret)
{
	TRY(j->view->record(j->view->ctx, record, ret, j->err));
	switch (ret->kind) {
	case ANNOT_KIND_corpus:
	case ANNOT_KIND_policy:
	case ANNOT_KIND_key_add:
	case ANNOT_KIND_key_rotate:
	case ANNOT_KIND_key_revoke:
	case ANNOT_KIND_withhold:
		if (annot_authority_effect(j->a, record, NULL) == ANNOT_VOID)
			ret->is_void = true;
		break;
	default:
		break;
	}
	return ANNOT_OK;
}

const struct annot_person *annot_judge_person(const struct judge *j,
					      const struct annot_hash *author)
{
	const struct annot_key *key = annot_keys_find(j->a, author);

	return key && key->info.state != ANNOT_KEY_PENDING ? key->person : NULL;
}

/* --- genesis
 * ------------------------------------------------------------------------------------------ */

static enum annot_status judge_genesis(struct judge *j)
{
	struct annot_admin admins[ANNOT_ADMINS_MAX];
	struct annot_error why = {0};
	size_t n = 0;

	if (!j->record || j->leaf->kind != ANNOT_KIND_corpus || !j->record->genesis)
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"kind %s: the first record of a log is the genesis record, kind "
			"corpus with corpus -",
			annot_kind_def(j->leaf->kind)->name);
	RULE(annot_judge_take(j, annot_rule_corpus(j->a, j->record, admins, &n, &why), &why));
	for (size_t i = 0; i < n; i++)
		if (annot_hash_equal(&admins[i].card->hash, &j->leaf->author))
			return ANNOT_OK;
	return annot_judge_void(j, ANNOT_DENIED,
				"author %s: is not among the admins that the genesis record names",
				annot_author_fingerprint(&j->leaf->author).text);
}

static enum annot_status judge_place(struct judge *j)
{
	struct annot_known earlier;
	enum annot_status s;

	if (!j->a->started)
		return annot_judge_void(j, ANNOT_REFUSED,
					"index %llu: the log has no valid genesis record",
					(unsigned long long)j->fact->index);
	if (j->record && j->record->genesis)
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"corpus -: only the genesis record says so, and this corpus %s has "
			"one",
			annot_short_id(&j->a->corpus).text);
	if (j->record && !annot_hash_equal(&j->record->corpus, &j->a->corpus))
		return annot_judge_void(j, ANNOT_MISMATCH, "corpus %s: this corpus is %s",
					annot_hash_hex(&j->record->corpus).text,
					annot_hash_hex(&j->a->corpus).text);
	s = j->view->record(j->view->ctx, &j->leaf->record, &earlier, j->err);
	if (s == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(s);
	return annot_judge_void(j, ANNOT_REFUSED, "record %s: is in the log already, at #%llu",
				annot_short_id(&j->leaf->record).text,
				(unsigned long long)earlier.index);
}

/* --- authorship
 * --------------------------------------------------------------------------------------- */

static enum annot_status unknown_author(struct judge *j)
{
	struct annot_error why;

	annot_fail_not_enrolled(&j->leaf->author, &why);
	return annot_judge_void(j, why.status, "%s", why.text);
}

static enum annot_status judge_author(struct judge *j)
{
	const struct annot_key_info *info;

	j->key = annot_keys_find(j->a, &j->leaf->author);
	if (!j->key)
		return unknown_author(j);
	info = &j->key->info;
	if (annot_key_in_force(info, j->fact->index))
		return ANNOT_OK;
	const struct annot_fingerprint fingerprint = annot_author_fingerprint(&j->leaf->author);
	if (info->state == ANNOT_KEY_PENDING)
		return annot_judge_void(
			j, ANNOT_DENIED,
			"author %s: the enrolment of %s waits for more admins; they approve "
			"record %s (annotctl list kind:any state:pending)",
			fingerprint.text, info->name, annot_short_id(&info->event).text);
	return annot_judge_void(
		j, ANNOT_DENIED,
		"author %s: this key of %s is %s since #%lld; sign with a key in force",
		fingerprint.text, info->name, annot_key_state_name(info->state),
		(long long)info->ended);
}

static enum annot_status judge_quorum(struct judge *j)
{
	struct annot_error why = {0};
	bool alone = false;

	if (!j->key->person->admin)
		return annot_judge_void(
			j, ANNOT_DENIED,
			"author %s: %s is not an admin; a %s record takes %u of the "
			"corpus's admins",
			annot_author_fingerprint(&j->leaf->author).text, j->key->info.name,
			annot_kind_def(j->leaf->kind)->name, j->a->threshold);
	RULE(annot_judge_take(j, annot_quorum_alone(j->a, j->record, j->key->person, &alone, &why),
			      &why));
	j->ret->effect = alone ? ANNOT_EFFECTIVE : ANNOT_PENDING;
	return ANNOT_OK;
}

static enum annot_status judge_author_rule(struct judge *j)
{
	enum annot_author_rule rule = annot_kind_def(j->leaf->kind)->author;

	if (rule == ANNOT_AUTHOR_REVIEWER)
		return ANNOT_OK;
	if (!j->record) /* never withheld, so that whoever replays the log has it */
		return annot_judge_void(j, ANNOT_REFUSED,
					"record %s: a %s record cannot be judged without its bytes",
					annot_short_id(&j->leaf->record).text,
					annot_kind_def(j->leaf->kind)->name);
	switch (rule) {
	case ANNOT_AUTHOR_REPLACED:
		if (j->leaf->has_on && annot_hash_equal(&j->leaf->on, &j->key->info.event))
			return ANNOT_OK;
		return annot_judge_void(
			j, ANNOT_DENIED,
			"on: must be %s, the record that brought the key that signs; each "
			"key is replaced by itself",
			annot_short_id(&j->key->info.event).text);
	case ANNOT_AUTHOR_ADMIN_OR_SELF:
		if (annot_revokes_itself(j->record, j->key))
			return ANNOT_OK;
		return judge_quorum(j);
	default:
		return judge_quorum(j);
	}
}

enum annot_status annot_judge(const struct annot_authority *authority,
			      const struct annot_view *view, const struct annot_fact *fact,
			      struct annot_judgement *ret, struct annot_error *err)
{
	struct annot_judgement judgement = {.effect = ANNOT_EFFECTIVE, .status = ANNOT_OK};
	struct judge judge = {.a = authority,
			      .view = view,
			      .fact = fact,
			      .leaf = &fact->leaf,
			      .record = fact->record,
			      .ret = &judgement,
			      .err = err};
	enum annot_status (*const rules[])(struct judge *) = {
		judge_place,       judge_author,     annot_judge_versions, annot_judge_references,
		judge_author_rule, annot_judge_kind,
	};

	if (fact->index == 0) {
		TRY(judge_genesis(&judge));
		*ret = judgement;
		return ANNOT_OK;
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		TRY(rules[i](&judge));
		if (judgement.effect == ANNOT_VOID)
			break;
	}
	*ret = judgement;
	return ANNOT_OK;
}
