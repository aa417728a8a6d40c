/* Rules of single kinds. */
#include "state/judge_private.h"

#include "record/seal.h"

/* --- keys
 * --------------------------------------------------------------------------------------------- */

static enum annot_status judge_key_add(struct judge *j)
{
	struct annot_error why = {0};

	return annot_judge_take(j, annot_rule_key_add(j->a, j->record, &why), &why);
}

static enum annot_status judge_key_rotate(struct judge *j)
{
	struct annot_error why = {0};

	return annot_judge_take(j, annot_rule_key_rotate(j->a, j->record, j->key, &why), &why);
}

static enum annot_status judge_key_revoke(struct judge *j)
{
	struct annot_error why = {0};
	struct annot_key *key;

	return annot_judge_take(
		j, annot_rule_key_revoke(j->a, j->record, j->fact->index, &key, &why), &why);
}

/* --- documents
 * ---------------------------------------------------------------------------------------- */

static enum annot_status judge_document(struct judge *j)
{
	const char *name = annot_record_text(j->record, "name");
	struct annot_hash taken;
	enum annot_status s;

	if (!annot_name_valid(name, strlen(name)))
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"name %s: names have 1 to 63 of a-z 0-9 . _ -, begin with a letter "
			"or digit and do not look like an id",
			name);
	s = j->view->document(j->view->ctx, name, &taken, j->err);
	if (s == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(s);
	if (annot_hash_equal(&taken, &j->leaf->annotation))
		return ANNOT_OK;
	return annot_judge_void(
		j, ANNOT_REFUSED,
		"name %s: is the name of document %s; choose another name, or amend that "
		"document",
		name, annot_short_id(&taken).text);
}

/* --- verdicts and seals
 * ------------------------------------------------------------------------------- */

static enum annot_status judge_rating(struct judge *j)
{
	struct annot_error why = {0};

	return annot_judge_take(j,
				annot_policy_rating(annot_authority_policy(j->a),
						    annot_record_text(j->record, "scale"),
						    annot_record_text(j->record, "rating"), &why),
				&why);
}

/* What became of one seal: `wanted`, or the last one of the author's person. */
struct seal_search {
	const struct judge *j;
	const struct annot_hash *wanted; /* NULL: any by the author's person */
	bool found, open;
	const struct annot_person *person;
	struct annot_hash seal;
};

static void each_sealed(void *arg, const struct annot_sealed *item)
{
	struct seal_search *o = arg;
	const struct annot_person *person = annot_judge_person(o->j, &item->author);

	if (item->kind == ANNOT_KIND_verdict) {
		/* It opens the seal that its person has, or gives it up. */
		if (o->found && person == o->person)
			o->open = false;
		return;
	}
	if (o->wanted ? !annot_hash_equal(o->wanted, &item->record) : person != o->j->key->person)
		return;
	o->found = o->open = true;
	o->person = person;
	o->seal = item->record;
}

static enum annot_status judge_commitment(struct judge *j, const struct annot_hash *seal)
{
	const struct annot_short id = annot_short_id(seal);
	struct annot_hash sealed, opened;
	struct annot_error why = {0};
	enum annot_status s = j->view->commitment(j->view->ctx, seal, &sealed, j->err);

	if (s == ANNOT_NOT_FOUND)
		return annot_judge_void(j, ANNOT_NOT_FOUND, "opens %s: its commitment is not known",
					id.text);
	TRY(s);
	RULE(annot_judge_take(j, annot_seal_commitment(j->record, &opened, &why), &why));
	if (annot_hash_equal(&sealed, &opened))
		return ANNOT_OK;
	return annot_judge_void(
		j, ANNOT_MISMATCH,
		"opens %s: commitment %s expected, these cards and salt give %s; reveal "
		"exactly what was sealed, signed by the same key",
		id.text, annot_short_id(&sealed).text, annot_short_id(&opened).text);
}

static enum annot_status judge_verdict(struct judge *j)
{
	const struct annot_card *opens = annot_record_card(j->record, "opens");
	struct seal_search o = {.j = j};
	struct annot_short id;

	RULE(judge_rating(j));
	if (!opens)
		return ANNOT_OK;
	id = annot_short_id(&opens->hash);
	if (j->leaf->n_parents)
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"opens %s: a seal is opened by a first version; leave opens and "
			"salt out of later ones",
			id.text);
	o.wanted = &opens->hash;
	TRY(j->view->seals(j->view->ctx, &j->leaf->on, each_sealed, &o, j->err));
	if (!o.open)
		return annot_judge_void(
			j, ANNOT_REFUSED, "opens %s: is not an unopened seal on %s%s", id.text,
			annot_short_id(&j->leaf->on).text,
			o.found ? "; a verdict after it opened it or gave it up" : "");
	if (o.person != j->key->person)
		return annot_judge_void(j, ANNOT_DENIED, "opens %s: is the seal of %s, not of %s",
					id.text, o.person ? o.person->name : "another person",
					j->key->info.name);
	return judge_commitment(j, &opens->hash);
}

static enum annot_status judge_seal(struct judge *j)
{
	struct seal_search o = {.j = j};

	TRY(j->view->seals(j->view->ctx, &j->leaf->on, each_sealed, &o, j->err));
	if (!o.open)
		return ANNOT_OK;
	return annot_judge_void(j, ANNOT_REFUSED,
				"on %s: %s has an unopened seal on it, %s; open that one first "
				"(annotctl verdict reveal)",
				annot_short_id(&j->leaf->on).text, j->key->info.name,
				annot_short_id(&o.seal).text);
}

/* --- retract and reaffirm
 * ------------------------------------------------------------------------------ */

struct co_author {
	const struct judge *j;
	bool found;
};

static void each_author(void *arg, const struct annot_hash *author)
{
	struct co_author *c = arg;

	if (annot_judge_person(c->j, author) == c->j->key->person)
		c->found = true;
}

static enum annot_status judge_retract(struct judge *j)
{
	struct co_author c = {.j = j};
	struct annot_known on;
	int64_t at = ANNOT_NEVER;

	TRY(annot_judge_known(j, &j->leaf->on, &on));
	TRY(j->view->retracted(j->view->ctx, &on.annotation, &at, j->err));
	if (at != ANNOT_NEVER)
		return annot_judge_void(j, ANNOT_REFUSED,
					"on %s: was retracted already, at #%lld, for good",
					annot_short_id(&j->leaf->on).text, (long long)at);
	TRY(j->view->authors(j->view->ctx, &on.annotation, each_author, &c, j->err));
	if (c.found)
		return ANNOT_OK;
	return annot_judge_void(
		j, ANNOT_DENIED,
		"on %s: %s authored no version of annotation %s; only who did may retract "
		"it (say so with a review that rejects it)",
		annot_short_id(&j->leaf->on).text, j->key->info.name,
		annot_short_id(&on.annotation).text);
}

static enum annot_status judge_reaffirm(struct judge *j)
{
	struct annot_known on;
	const struct annot_key *key;

	TRY(annot_judge_known(j, &j->leaf->on, &on));
	key = annot_keys_find(j->a, &on.author);
	if (!key || key->person != j->key->person)
		return annot_judge_void(
			j, ANNOT_DENIED,
			"on %s: %s is not its author; only who signed a record stands by it",
			annot_short_id(&j->leaf->on).text, j->key->info.name);
	if (key == j->key || key->info.effective >= j->key->info.effective)
		return annot_judge_void(
			j, ANNOT_REFUSED,
			"on %s: was signed by this key or a later one; only a successor key "
			"reaffirms",
			annot_short_id(&j->leaf->on).text);
	return ANNOT_OK;
}

/* What needs cards is not applied to a withheld record; what its leaf line says is. */
enum annot_status annot_judge_kind(struct judge *j)
{
	switch (j->leaf->kind) {
	case ANNOT_KIND_seal:
		return judge_seal(j);
	case ANNOT_KIND_retract:
		return judge_retract(j);
	case ANNOT_KIND_reaffirm:
		return judge_reaffirm(j);
	default:
		break;
	}
	if (!j->record)
		return ANNOT_OK;
	switch (j->leaf->kind) {
	case ANNOT_KIND_key_add:
		return judge_key_add(j);
	case ANNOT_KIND_key_rotate:
		return judge_key_rotate(j);
	case ANNOT_KIND_key_revoke:
		return judge_key_revoke(j);
	case ANNOT_KIND_document:
		return judge_document(j);
	case ANNOT_KIND_verdict:
		return judge_verdict(j);
	default:
		return ANNOT_OK;
	}
}
