/* Who signed, by whose leave, and what became of the key. */
#include "proof/verify_private.h"

#include <stdio.h>

#include "base/auto.h"
#include "record/sshsig.h"
#include "state/standing.h"

enum { ENROLMENT_MAX = 1024 };

static const struct annot_key_info *key_of(const struct annot_verify *v,
					   const struct annot_hash *author)
{
	return annot_authority_key(annot_memory_authority(v->memory), author);
}

struct annot_who annot_who(const struct annot_verify *v, const struct annot_hash *author)
{
	const struct annot_key_info *key = v->memory ? key_of(v, author) : NULL;
	struct annot_who ret;

	if (key)
		snprintf(ret.text, sizeof(ret.text), "%s", key->name);
	else
		snprintf(ret.text, sizeof(ret.text), "an unknown key");
	return ret;
}

void annot_check_signature(struct annot_verify *v)
{
	const struct annot_supplied *s = v->subject;
	struct annot_hash author = annot_key_author(s->key);
	char fingerprint[51];
	struct annot_error why = {0};

	annot_key_fingerprint(s->key, fingerprint);
	if (!s->record) {
		if (v->complete)
			CHECK_INFO(
				v, "signature",
				"by key %s; the log has its hash, the record's bytes are not here",
				fingerprint);
		return;
	}
	if (!annot_hash_equal(&author, &s->record->author)) {
		CHECK_INVALID(v, "signature", "by key %s, which is not the key of the author card",
			      fingerprint);
		return;
	}
	if (annot_key_check(s->key, &why) != ANNOT_OK ||
	    annot_sshsig_verify(s->key, ANNOT_NAMESPACE_RECORD, s->record->bytes, s->signature,
				&why) != ANNOT_OK)
		CHECK_INVALID(v, "signature", "forged: not a signature by key %s over these bytes",
			      fingerprint);
	else
		CHECK_PASSED(v, "signature", "good, by key %s", fingerprint);
}

/* --- enrolment
 * ----------------------------------------------------------------------------------------- */

/* How a key came that no rotation brought. */
static void describe_first(const struct annot_verify *v, const struct annot_key_info *key,
			   struct annot_buf *ret)
{
	struct annot_leaf event = annot_replay_leaf(v, key->index);
	struct annot_who by = annot_who(v, &event.author);

	if (event.kind == ANNOT_KIND_corpus)
		annot_buf_printf(ret, "admin since corpus record #%llu",
				 (unsigned long long)key->effective);
	else if (key->effective == (int64_t)key->index)
		annot_buf_printf(ret, "enrolled at #%llu by %s", (unsigned long long)key->index,
				 by.text);
	else
		annot_buf_printf(ret,
				 "enrolled at #%llu by %s, in force since #%llu with more admins",
				 (unsigned long long)key->index, by.text,
				 (unsigned long long)key->effective);
}

/* The chain of keys that leads to one that a rotation brought. */
static void describe_chain(const struct annot_verify *v, const struct annot_key_info *key,
			   struct annot_buf *ret)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	const char *between = ", rotated at ";

	annot_buf_printf(ret, "key put in place by an earlier key of %s at #%llu (", key->name,
			 (unsigned long long)key->effective);
	for (size_t i = 0; i < annot_authority_keys(a); i++) {
		const struct annot_key_info *k = annot_authority_key_at(a, i);

		if (!annot_hash_equal(&k->person, &key->person) || k->effective == ANNOT_NEVER ||
		    k->effective > key->effective)
			continue;
		if (annot_replay_leaf(v, k->index).kind != ANNOT_KIND_key_rotate) {
			describe_first(v, k, ret);
			continue;
		}
		annot_buf_printf(ret, "%s#%llu", between, (unsigned long long)k->effective);
		between = ", ";
	}
	annot_buf_putc(ret, ')');
}

static const char *describe_enrolment(struct annot_verify *v, const struct annot_key_info *key,
				      struct annot_buf *ret)
{
	if (annot_replay_leaf(v, key->index).kind == ANNOT_KIND_key_rotate)
		describe_chain(v, key, ret);
	else
		describe_first(v, key, ret);
	if (ret->no_memory)
		v->failed = true;
	return ret->failed ? "by a chain of keys that is too long to show" : ret->data;
}

/* A record by the last admin in force of a genesis has no key before it: the genesis brings it. */
static const struct annot_key_info *key_at_its_index(const struct annot_verify *v)
{
	const struct annot_key_info *key;

	if (v->noted->has_author)
		return &v->noted->author;
	key = v->subject->index == 0 ? key_of(v, &v->subject->leaf.author) : NULL;
	return key;
}

/* A key whose predecessor is known to have been stolen may have been put in place by the thief. */
static void warn_of_predecessor(struct annot_verify *v, const struct annot_key_info *key)
{
	struct annot_leaf event = annot_replay_leaf(v, key->index);
	const struct annot_key_info *old;

	if (event.kind != ANNOT_KIND_key_rotate)
		return;
	old = key_of(v, &event.author);
	if (old && old->compromised_from != ANNOT_NEVER &&
	    old->compromised_from <= (int64_t)key->index)
		CHECK_WARNING(v, "author",
			      "the key was put in place at #%llu by a key of %s that is revoked as "
			      "compromised from #%lld on; admins left this one in force",
			      (unsigned long long)key->index, key->name,
			      (long long)old->compromised_from);
}

/* Whether somebody stood by what a stolen key may have signed. */
static void check_reaffirmed(struct annot_verify *v, const struct annot_key_info *now)
{
	uint64_t elsewhere = annot_reaffirmed_elsewhere(v, v->subject);
	long long from = (long long)now->compromised_from;

	if (!annot_key_disputed(v, v->subject))
		CHECK_PASSED(
			v, "key",
			"revoked as compromised from #%lld on, but a later key of %s reaffirmed "
			"this record",
			from, now->name);
	else if (elsewhere)
		CHECK_FAILED(
			v, "key", ANNOT_DISPUTED,
			"revoked as compromised from #%lld on; a reaffirmation at #%llu does not "
			"count, for it is not in the bundle",
			from, (unsigned long long)elsewhere);
	else
		CHECK_FAILED(v, "key", ANNOT_DISPUTED,
			     "revoked as compromised from #%lld on, so that anyone may have signed "
			     "this at #%llu; nobody stood by it since (reaffirm)",
			     from, (unsigned long long)v->subject->index);
}

/* standing.def, in words and verdicts. */
static void check_key_life(struct annot_verify *v)
{
	const struct annot_key_info *now = &v->noted->author_now;
	unsigned long long index = v->subject->index;

	switch (annot_key_standing(now, index)) {
	case ANNOT_STANDING_GOOD:
		CHECK_PASSED(v, "key", "in force at #%llu, not revoked as of #%llu", index,
			     (unsigned long long)v->checkpoint.size);
		break;
	case ANNOT_STANDING_GOOD_ENDED:
		CHECK_PASSED(v, "key", "in force at #%llu; %s later, at #%lld", index,
			     annot_key_state_name(now->state), (long long)now->ended - 1);
		break;
	case ANNOT_STANDING_GOOD_STOLEN:
		CHECK_PASSED(v, "key", "in force at #%llu; compromised later, from #%lld on", index,
			     (long long)now->compromised_from);
		break;
	case ANNOT_STANDING_DISPUTED:
		check_reaffirmed(v, now);
		break;
	case ANNOT_STANDING_UNAUTHORISED:
	case ANNOT_STANDING_NEVER:
		CHECK_INVALID(v, "key", "not in force at #%llu", index);
		break;
	}
}

void annot_check_author(struct annot_verify *v)
{
	const struct annot_key_info *key = key_at_its_index(v);
	AUTO_BUF struct annot_buf enrolment = ANNOT_BUF_INIT(ENROLMENT_MAX);
	char fingerprint[51];

	annot_key_fingerprint(v->subject->key, fingerprint);
	if (v->noted->judgement.effect == ANNOT_VOID || !key) {
		CHECK_INVALID(v, "author", "the record is in the log but void: %s",
			      v->noted->judgement.reason);
		return;
	}
	CHECK_PASSED(v, "author", "%s%s%s%s (%s), %s", key->name, key->display ? ", " : "",
		     key->display ? key->display : "", key->bot ? ", a bot" : "", fingerprint,
		     describe_enrolment(v, key, &enrolment));
	v->failed = v->failed || enrolment.no_memory;
	warn_of_predecessor(v, key);
	if (v->noted->has_author)
		check_key_life(v);
}

/* --- disputes
 * ------------------------------------------------------------------------------------------ */

/* Whether a reaffirmation counts, if its own bytes and signature are (here) in the bundle. */
static bool reaffirms(const struct annot_verify *v, const struct annot_said *said, bool here)
{
	const struct annot_supplied *s = annot_supplied_find(v, &said->record);

	return said->kind == ANNOT_KIND_reaffirm && (s && s->record) == here &&
	       annot_said_stands(v, said) &&
	       !annot_key_stolen(annot_memory_authority(v->memory), &said->author, said->index);
}

bool annot_key_disputed(const struct annot_verify *v, const struct annot_supplied *s)
{
	if (!annot_key_stolen(annot_memory_authority(v->memory), &s->leaf.author, s->index))
		return false;
	for (const struct annot_said *r = s->said; r; r = r->next)
		if (reaffirms(v, r, true))
			return false;
	return true;
}

uint64_t annot_reaffirmed_elsewhere(const struct annot_verify *v, const struct annot_supplied *s)
{
	for (const struct annot_said *r = s->said; r; r = r->next)
		if (reaffirms(v, r, false))
			return r->index;
	return 0;
}
