/*
 * What authority records must meet, both when they are judged and, after a quorum has been
 * collected, when they take effect: names, keys, proofs, admins and thresholds.
 */
#include "state/authority_private.h"

#include "record/sshsig.h"

enum { ENROLMENT_REQUEST_MAX = 1024 };

static enum annot_status check_proof(const struct annot_authority *a, const struct annot_record *r,
				     const char *name, struct annot_error *err)
{
	const struct annot_card *key = annot_record_card(r, "key");
	const struct annot_card *proof = annot_record_card(r, "proof");
	struct annot_buf request = ANNOT_BUF_INIT(ENROLMENT_REQUEST_MAX);
	enum annot_status s;

	TRY(annot_key_check(key->key, err));
	annot_enrolment_request(&a->corpus, name, key->key, &request);
	s = annot_buf_check(&request, "enrolment request", err);
	if (s == ANNOT_OK &&
	    annot_sshsig_verify(key->key, ANNOT_NAMESPACE_ENROL, annot_buf_bytes(&request),
				proof->signature, NULL) != ANNOT_OK)
		s = annot_fail(err, ANNOT_MISMATCH,
			       "proof: not a signature by key %s over the enrolment of %s in this "
			       "corpus; make a new request with annotctl key request --name %s",
			       annot_author_fingerprint(&key->hash).text, name, name);
	annot_buf_free(&request);
	return s;
}

static enum annot_status refuse_enrolled(const struct annot_key *key, struct annot_error *err)
{
	return annot_fail(err, ANNOT_REFUSED,
			  "key %s: already enrolled for %s by record #%llu (%s); use another key",
			  annot_author_fingerprint(&key->info.author).text, key->info.name,
			  (unsigned long long)key->info.index,
			  annot_key_state_name(key->info.state));
}

enum annot_status annot_rule_key_add(const struct annot_authority *a, const struct annot_record *r,
				     struct annot_error *err)
{
	const struct annot_card *name = annot_record_card(r, "name");
	const struct annot_key *key = annot_keys_find(a, &annot_record_card(r, "key")->hash);
	const struct annot_person *taken = annot_person_find(a, name->text, name->len);

	if (!annot_name_valid(name->text, name->len))
		return annot_fail(
			err, ANNOT_REFUSED,
			"name %s: names have 1 to 63 of a-z 0-9 . _ -, begin with a letter or "
			"digit and do not look like an id",
			name->text);
	if (key && key->info.state == ANNOT_KEY_PENDING)
		key = NULL;
	if (key && key->info.state != ANNOT_KEY_REMOVED)
		return refuse_enrolled(key, err);
	if (key && taken != key->person)
		return annot_fail(
			err, ANNOT_REFUSED,
			"name %s: the key was enrolled for %s before and comes back under that "
			"name only",
			name->text, key->info.name);
	if (taken && !key)
		return annot_fail(
			err, ANNOT_REFUSED,
			"name %s: is taken, names are never given twice; choose another name",
			name->text);
	return check_proof(a, r, name->text, err);
}

enum annot_status annot_rule_key_rotate(const struct annot_authority *a,
					const struct annot_record *r, const struct annot_key *old,
					struct annot_error *err)
{
	const struct annot_card *card = annot_record_card(r, "key");
	const struct annot_key *key = annot_keys_find(a, &card->hash);

	if (key && key->info.state != ANNOT_KEY_PENDING)
		return refuse_enrolled(key, err);
	return check_proof(a, r, old->person->name, err);
}

/* --- key-revoke
 * --------------------------------------------------------------------------------------- */

bool annot_revokes_itself(const struct annot_record *r, const struct annot_key *own)
{
	return own && annot_hash_equal(annot_record_on(r), &own->info.event) &&
	       !annot_record_card(r, "from-index");
}

/* Whether a key that is no longer active can be called compromised (from an earlier index). */
static enum annot_status check_again(const struct annot_key *key, bool compromised,
				     const struct annot_card *from, struct annot_error *err)
{
	if (key->info.state == ANNOT_KEY_PENDING)
		return annot_fail(
			err, ANNOT_REFUSED,
			"on: the key of %s is not enrolled yet; reject its key-add instead",
			key->info.name);
	if (key->info.state == ANNOT_KEY_ACTIVE)
		return ANNOT_OK;
	if (!compromised)
		return annot_fail(err, ANNOT_REFUSED,
				  "on: the key of %s has ended before record #%lld (%s); nothing "
				  "is left to end",
				  key->info.name, (long long)key->info.ended,
				  annot_key_state_name(key->info.state));
	if (key->info.state == ANNOT_KEY_COMPROMISED &&
	    (!from || (int64_t)from->start >= key->info.compromised_from))
		return annot_fail(err, ANNOT_REFUSED,
				  "on: the key of %s is revoked as compromised from #%lld already; "
				  "only an earlier from-index changes that",
				  key->info.name, (long long)key->info.compromised_from);
	return ANNOT_OK;
}

/* The only key that a corpus record took away; NULL: it took none, or several. */
static struct annot_key *removed_by(const struct annot_authority *a, const struct annot_hash *on)
{
	struct annot_key *found = NULL;

	for (size_t i = 0; i < a->n_keys; i++) {
		if (!annot_hash_equal(&a->keys[i]->info.removal, on))
			continue;
		if (found)
			return NULL;
		found = a->keys[i];
	}
	return found;
}

/*
 * Which key `on` means. A corpus record brings several, so that there it is that of the signer's
 * person, now in force or rotated since, or else the only one that the record brought; one that
 * brought none means the only one that it took away. A compromise is of the key, not of one
 * enrolment: the newest is meant.
 */
static struct annot_key *key_of_revocation(const struct annot_authority *a,
					   const struct annot_record *r, bool compromised)
{
	const struct annot_hash *on = annot_record_on(r);
	const struct annot_key *signer = annot_keys_find(a, &r->author);
	struct annot_key *found = NULL, *of_signer = NULL;
	size_t n = 0;

	for (size_t i = 0; i < a->n_keys; i++) {
		if (!annot_hash_equal(&a->keys[i]->info.event, on))
			continue;
		found = a->keys[i];
		n++;
		if (signer && found->person == signer->person)
			of_signer = found;
	}
	if (n == 0)
		found = removed_by(a, on);
	else if (n > 1)
		found = of_signer;
	return found && compromised ? annot_keys_find(a, &found->info.author) : found;
}

enum annot_status annot_rule_key_revoke(const struct annot_authority *a,
					const struct annot_record *r, uint64_t index,
					struct annot_key **ret, struct annot_error *err)
{
	const struct annot_card *from = annot_record_card(r, "from-index");
	bool compromised = strcmp(annot_record_text(r, "reason"), "compromised") == 0;
	struct annot_key *key;

	if (from && from->start > index)
		return annot_fail(err, ANNOT_REFUSED,
				  "from-index: %llu is after this record (#%llu); name the first "
				  "one that may be "
				  "forged",
				  (unsigned long long)from->start, (unsigned long long)index);
	key = key_of_revocation(a, r, compromised);
	if (!key)
		return annot_fail(
			err, ANNOT_REFUSED,
			"on: names no record that brought one key, or took one admin away; another "
			"admin among several that a corpus record named is removed first, alone "
			"(annotctl corpus set --remove-admin), and what removed them is named "
			"then");
	TRY(check_again(key, compromised, from, err));
	if (key->info.state == ANNOT_KEY_ACTIVE && key->person->admin &&
	    annot_authority_admins(a) <= a->threshold)
		return annot_fail(
			err, ANNOT_REFUSED,
			"on: without %s there would be %u admins, and a quorum takes %u; rotate "
			"the key, or change the corpus record first",
			key->info.name, annot_authority_admins(a) - 1, a->threshold);
	*ret = key;
	return ANNOT_OK;
}

/* --- corpus
 * ------------------------------------------------------------------------------------------- */

static enum annot_status resolve_admin(const struct annot_authority *a,
				       const struct annot_card *card, struct annot_admin *ret,
				       struct annot_error *err)
{
	const char *space = memchr(card->text, ' ', card->len);
	size_t len = space ? (size_t)(space - card->text) : card->len;
	const struct annot_key *key = annot_keys_find(a, &card->hash);
	struct annot_person *named = annot_person_find(a, card->text, len);

	TRY(annot_key_check(card->key, err));
	if (!annot_name_valid(card->text, len))
		return annot_fail(err, ANNOT_REFUSED, "admin %.*s: not a name (a-z 0-9 . _ -)",
				  (int)len, card->text);
	*ret = (struct annot_admin){.card = card, .name_len = len};
	if (!key || key->info.state == ANNOT_KEY_PENDING) {
		if (named)
			return annot_fail(
				err, ANNOT_REFUSED,
				"admin %.*s: the name is enrolled with another key; give that "
				"person's key in force, or choose another name",
				(int)len, card->text);
		return ANNOT_OK;
	}
	if (named != key->person)
		return annot_fail(err, ANNOT_REFUSED,
				  "admin %.*s: key %s is enrolled for %s; use that name", (int)len,
				  card->text, annot_author_fingerprint(&card->hash).text,
				  key->info.name);
	if (key->info.state != ANNOT_KEY_REMOVED && key->info.state != ANNOT_KEY_ACTIVE &&
	    !(key->info.state == ANNOT_KEY_ROTATED && named->active))
		return annot_fail(err, ANNOT_REFUSED,
				  "admin %.*s: key %s is %s; give a key in force", (int)len,
				  card->text, annot_author_fingerprint(&card->hash).text,
				  annot_key_state_name(key->info.state));
	ret->person = named;
	return ANNOT_OK;
}

static enum annot_status check_distinct(const struct annot_admin *admins, size_t n,
					struct annot_error *err)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			const struct annot_admin *x = &admins[i], *y = &admins[k];
			bool same_name = x->name_len == y->name_len &&
					 memcmp(x->card->text, y->card->text, x->name_len) == 0;

			if (same_name || annot_hash_equal(&x->card->hash, &y->card->hash) ||
			    (x->person && x->person == y->person))
				return annot_fail(err, ANNOT_REFUSED,
						  "admin %.*s: name, key or person stands twice",
						  (int)x->name_len, x->card->text);
		}
	return ANNOT_OK;
}

static enum annot_status check_log(const struct annot_authority *a, const struct annot_record *r,
				   struct annot_error *err)
{
	const struct annot_card *log = annot_record_card(r, "log");
	const char *origin = annot_record_text(r, "origin");
	struct annot_vkey vkey;

	if (a->started && strcmp(origin, a->origin) != 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "origin %s: the log's origin is %s and stays it", origin,
				  a->origin);
	TRY(annot_vkey_parse(log->text, log->len, &vkey, err));
	if (vkey.type != ANNOT_NOTE_ED25519)
		return annot_fail(
			err, ANNOT_REFUSED,
			"log: key type 0x%02x, expected 0x01 (Ed25519, signs checkpoints)",
			vkey.type);
	return ANNOT_OK;
}

static enum annot_status check_successor(const struct annot_authority *a,
					 const struct annot_record *r, struct annot_error *err)
{
	if (r->n_parents != 1 || !annot_hash_equal(&r->parents[0], &a->corpus_record))
		return annot_fail(
			err, ANNOT_REFUSED,
			"parent: the only parent must be the corpus record in force; amend "
			"that one (annotctl corpus info)");
	return ANNOT_OK;
}

enum annot_status annot_rule_corpus(const struct annot_authority *a, const struct annot_record *r,
				    struct annot_admin ret[ANNOT_ADMINS_MAX], size_t *ret_n,
				    struct annot_error *err)
{
	const struct annot_card *card = annot_record_card(r, "admin");
	uint64_t threshold = annot_record_card(r, "threshold")->start;
	size_t n = 0, in_force = 0;

	if (a->started)
		TRY(check_successor(a, r, err));
	TRY(check_log(a, r, err));
	for (; card; card = annot_record_card_next(r, card)) {
		if (n == ANNOT_ADMINS_MAX)
			return annot_fail(err, ANNOT_REFUSED, "admin: more than %d",
					  ANNOT_ADMINS_MAX);
		TRY(resolve_admin(a, card, &ret[n], err));
		if (!a->started || (ret[n].person && ret[n].person->active))
			in_force++;
		n++;
	}
	TRY(check_distinct(ret, n, err));
	if (threshold > n)
		return annot_fail(err, ANNOT_REFUSED,
				  "threshold %llu: expected at most %zu, the number of admins",
				  (unsigned long long)threshold, n);
	/* Only keys in force can sign the new quorum's approvals: otherwise it could never be met.
	 */
	if (threshold > in_force)
		return annot_fail(
			err, ANNOT_REFUSED,
			"threshold %llu: only %zu of the new admins have a key in force and can "
			"approve; enrol the others first (annotctl reviewer add)",
			(unsigned long long)threshold, in_force);
	*ret_n = n;
	return ANNOT_OK;
}
