/* First versions, parents and who may amend. */
#include "state/judge_private.h"

static enum annot_status judge_first(struct judge *j)
{
	if (!annot_hash_equal(&j->leaf->annotation, &j->leaf->record))
		return annot_judge_void(j, ANNOT_REFUSED,
					"annotation %s: a later version names at least one parent",
					annot_short_id(&j->leaf->annotation).text);
	if (j->leaf->kind == ANNOT_KIND_corpus)
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"annotation -: this corpus has a genesis record; amend that one");
	return ANNOT_OK;
}

static enum annot_status judge_same_person(struct judge *j, const struct annot_short *id,
					   const struct annot_known *parent)
{
	const struct annot_person *author = annot_judge_person(j, &parent->author);

	if (author == j->key->person)
		return ANNOT_OK;
	return annot_judge_void(
		j, ANNOT_DENIED,
		"parent %s: a %s is amended by its author only: %s, not %s; add one of your own",
		id->text, annot_kind_def(j->leaf->kind)->name, author ? author->name : "unknown",
		j->key->info.name);
}

static enum annot_status judge_parent(struct judge *j, const struct annot_hash *parent)
{
	const struct annot_short id = annot_short_id(parent);
	const struct annot_kind_def *kind = annot_kind_def(j->leaf->kind);
	struct annot_known known;
	enum annot_status s = annot_judge_known(j, parent, &known);

	if (s == ANNOT_NOT_FOUND)
		return annot_judge_void(
			j, ANNOT_NOT_FOUND,
			"parent %s: no such record in this log; fetch the version that you "
			"want to replace",
			id.text);
	TRY(s);
	if (known.is_void)
		return annot_judge_void(j, ANNOT_REFUSED,
					"parent %s: #%llu is void; amend the version before it",
					id.text, (unsigned long long)known.index);
	if (known.kind != j->leaf->kind)
		return annot_judge_void(j, ANNOT_REFUSED, "parent %s: is a %s, expected a %s",
					id.text, annot_kind_def(known.kind)->name, kind->name);
	if (!annot_hash_equal(&known.annotation, &j->leaf->annotation))
		return annot_judge_void(j, ANNOT_REFUSED,
					"parent %s: is a version of annotation %s, not of %s",
					id.text, annot_short_id(&known.annotation).text,
					annot_short_id(&j->leaf->annotation).text);
	if (kind->amend == ANNOT_AMEND_PERSON)
		return judge_same_person(j, &id, &known);
	if (kind->amend == ANNOT_AMEND_LINEAR && !known.head)
		return annot_judge_void(
			j, ANNOT_CONFLICT,
			"parent %s: superseded by a newer version of the %s; amend that one",
			id.text, kind->name);
	return ANNOT_OK;
}

static enum annot_status judge_not_retracted(struct judge *j)
{
	int64_t at = ANNOT_NEVER;

	TRY(j->view->retracted(j->view->ctx, &j->leaf->annotation, &at, j->err));
	if (at == ANNOT_NEVER)
		return ANNOT_OK;
	return annot_judge_void(j, ANNOT_REFUSED,
				"annotation %s: was retracted at #%lld, for good; make a new one",
				annot_short_id(&j->leaf->annotation).text, (long long)at);
}

enum annot_status annot_judge_versions(struct judge *j)
{
	const struct annot_kind_def *kind = annot_kind_def(j->leaf->kind);

	if (j->leaf->n_parents == 0)
		return judge_first(j);
	if (kind->amend == ANNOT_AMEND_NEVER)
		return annot_judge_void(j, ANNOT_REFUSED,
					"parent %s: a %s record has one version; make a new record",
					annot_short_id(&j->leaf->parents[0]).text, kind->name);
	if (kind->amend == ANNOT_AMEND_LINEAR && j->leaf->n_parents > 1)
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"parent: a %s has one parent, its newest version, found %zu", kind->name,
			j->leaf->n_parents);
	for (size_t i = 0; i < j->leaf->n_parents; i++)
		RULE(judge_parent(j, &j->leaf->parents[i]));
	return judge_not_retracted(j);
}
