#include "admission.h"

#include "../key.h"

/* A log index that is past all that has happened. */
static const uint64_t LATER = INT64_MAX;

/* What one record names; for annot_judge. */
struct naming {
	const struct annot_record *record; /* NULL: nothing is looked up */
	const struct admission_known *known;
	size_t n;
	const struct annot_record *amends; /* NULL: it is a first version */
};

static bool is_target(const struct annot_record *record, const struct annot_hash *id)
{
	struct annot_target target;
	for (size_t i = 0; record && annot_record_target(record, i, &target); i++)
		if (annot_hash_equal(&target.document, id))
			return true;
	return false;
}

/* A kind that a card of the amended version names with that record: it was admitted with it. */
static bool is_named(const struct annot_record *record, const struct annot_hash *id,
		     enum annot_kind *ret)
{
	for (size_t i = 0; record && i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		if (card->def->type != ANNOT_CARD_REF || !annot_hash_equal(&card->hash, id))
			continue;
		const struct annot_kind_def *def =
			annot_kind_find(card->def->values, strcspn(card->def->values, "|"));
		*ret = def ? def->kind : ANNOT_KIND_COUNT;
		return def != NULL;
	}
	return false;
}

static enum annot_status find(void *ctx, const struct annot_hash *record, struct annot_known *ret,
			      struct annot_error *err)
{
	const struct naming *naming = ctx;
	*ret = (struct annot_known){.annotation = *record, .head = true};
	if (naming->amends && annot_hash_equal(&naming->amends->id, record)) {
		ret->annotation = naming->amends->annotation;
		ret->kind = naming->amends->kind->kind;
		ret->author = naming->amends->author;
		return ANNOT_OK;
	}
	if (is_named(naming->amends, record, &ret->kind))
		return ANNOT_OK;
	for (size_t i = 0; i < naming->n; i++)
		if (annot_hash_equal(&naming->known[i].record, record)) {
			ret->kind = naming->known[i].kind;
			return ANNOT_OK;
		}
	ret->kind = ANNOT_KIND_document; /* it was read to look for the words */
	if (is_target(naming->record, record))
		return ANNOT_OK;
	return annot_fail(err, ANNOT_NOT_FOUND, "no record %.12s", annot_hash_hex(record).text);
}

/* Nobody opens a seal or retracts with an import. */

static enum annot_status not_retracted(void *ctx, const struct annot_hash *annotation, int64_t *ret,
				       struct annot_error *err)
{
	(void)ctx, (void)annotation, (void)err;
	*ret = ANNOT_NEVER;
	return ANNOT_OK;
}

static enum annot_status no_authors(void *ctx, const struct annot_hash *annotation,
				    void (*each)(void *arg, const struct annot_hash *author),
				    void *arg, struct annot_error *err)
{
	(void)ctx, (void)annotation, (void)each, (void)arg, (void)err;
	return ANNOT_OK;
}

static enum annot_status no_document(void *ctx, const char *name, struct annot_hash *ret,
				     struct annot_error *err)
{
	(void)ctx, (void)ret;
	return annot_fail(err, ANNOT_NOT_FOUND, "no document %s", name);
}

static enum annot_status no_seals(void *ctx, const struct annot_hash *on,
				  void (*each)(void *arg, const struct annot_sealed *item),
				  void *arg, struct annot_error *err)
{
	(void)ctx, (void)on, (void)each, (void)arg, (void)err;
	return ANNOT_OK;
}

static enum annot_status no_commitment(void *ctx, const struct annot_hash *seal,
				       struct annot_hash *ret, struct annot_error *err)
{
	(void)ctx, (void)ret;
	return annot_fail(err, ANNOT_NOT_FOUND, "no seal %.12s", annot_hash_hex(seal).text);
}

static enum annot_status judge(const struct admission *a, const struct annot_fact *fact,
			       struct naming *naming, struct annot_error *err)
{
	const struct annot_view view = {.ctx = naming,
					.record = find,
					.retracted = not_retracted,
					.authors = no_authors,
					.document = no_document,
					.seals = no_seals,
					.commitment = no_commitment};
	struct annot_judgement judgement;
	TRY(annot_judge(a->authority, &view, fact, &judgement, err));
	if (judgement.effect == ANNOT_VOID)
		return annot_fail(err, judgement.status, "%s", judgement.reason);
	return ANNOT_OK;
}

enum annot_status admission_begin(struct ctl *ctl, struct admission *ret)
{
	const char *read_only = annot_hello(ctl->annot)->read_only;
	if (read_only)
		return annot_fail(&ctl->err, ANNOT_READ_ONLY, "%s", read_only);
	TRY(key_own(ctl, &ret->author));
	TRY(annot_authority_now(ctl->annot, &ret->authority, &ctl->err));
	/* The rules about who signs come before those about what is said: a comment on nothing gets
	 * through the former alone. */
	const struct annot_fact fact = {
		.index = LATER, .leaf = {.kind = ANNOT_KIND_comment, .author = ret->author}};
	struct naming nothing = {0};
	enum annot_status status = judge(ret, &fact, &nothing, &ctl->err);
	return status == ANNOT_REFUSED ? ANNOT_OK : status;
}

enum annot_status admission_judge(const struct admission *a, const struct annot_record *record,
				  const struct admission_known *known, size_t n,
				  const struct annot_record *amends, struct annot_error *err)
{
	static const uint8_t unsigned_yet[ANNOT_SIGNATURE_SIZE];
	struct naming naming = {.record = record, .known = known, .n = n, .amends = amends};
	struct annot_fact fact = {.index = LATER, .record = record};
	annot_leaf_of(record, unsigned_yet, &fact.leaf);
	return judge(a, &fact, &naming, err);
}
