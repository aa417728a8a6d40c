#include "annotd/session.h"

#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/limits.h"
#include "annotd/server.h"
#include "base/encode.h"

enum annot_status session_key(struct call *c, const uint8_t key[ANNOT_KEY_SIZE],
			      const char **ret_name)
{
	struct annot_hash author = annot_key_author(key);
	const struct annot_authority *authority = corpus_authority_lock(c->corpus);
	const struct annot_key_info *info = annot_authority_key(authority, &author);
	enum annot_status status = ANNOT_OK;
	char fingerprint[ANNOT_FINGERPRINT_SIZE];
	annot_fingerprint(&author, fingerprint);
	if (!info)
		status = annot_fail_not_enrolled(&author, &c->err);
	else if (info->state != ANNOT_KEY_ACTIVE)
		status = annot_fail(
			&c->err, ANNOT_DENIED,
			"key %s of %s does not count here any more (%s): log in with one that "
			"does (annotctl --key)",
			fingerprint, info->name, annot_key_state_name(info->state));
	else if (ret_name &&
		 !(*ret_name = annot_arena_copy(c->arena, info->name, strlen(info->name))))
		status = annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory");
	corpus_authority_unlock(c->corpus);
	return status;
}

enum annot_status session_allows(struct call *c, const struct annot_call_def *call)
{
	if (!c->session)
		return ANNOT_OK;
	bool known = c->session->known;
	if (!limits_take(c->limits, known ? LIMIT_KEY : LIMIT_ADDRESS,
			 known ? c->session->key : c->peer->address,
			 known ? sizeof c->session->key : sizeof c->peer->address))
		return annot_fail(&c->err, ANNOT_BUSY, "too many requests from this %s: try again",
				  known ? "key" : "address");
	if (known)
		return session_key(c, c->session->key, NULL);
	if (call->access == ANNOT_OPEN)
		return ANNOT_OK;
	return annot_fail(
		&c->err, ANNOT_DENIED,
		"%s is for those who have proved an enrolled key: annotctl does that with "
		"--key",
		call->name);
}

bool session_stands(struct corpus *corpus, const struct session *s)
{
	if (!s->known)
		return true;
	struct annot_hash author = annot_key_author(s->key);
	const struct annot_key_info *info =
		annot_authority_key(corpus_authority_lock(corpus), &author);
	bool stands = info && info->state == ANNOT_KEY_ACTIVE;
	corpus_authority_unlock(corpus);
	return stands;
}
