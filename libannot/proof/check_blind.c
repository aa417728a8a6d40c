/* Whether a verdict was given blind, from the leaves: who rated what, and in which order. */
#include "proof/verify_private.h"
#include "state/blind.h"

/* A verdict on that record in the log's line; lines that are none are not taken apart. */
static bool is_verdict_on(const struct annot_verify *v, uint64_t index, const struct annot_hash *on,
			  struct annot_leaf *ret)
{
	static const char verdict[] = "annot-leaf/v1 verdict ";
	struct annot_bytes line = annot_replay_line(v, index);

	if (line.len < strlen(verdict) || memcmp(line.data, verdict, strlen(verdict)) != 0)
		return false;
	*ret = annot_replay_leaf(v, index);
	return annot_hash_equal(&ret->on, on);
}

/* Tells of what stood below the seal; *ret_by is the author of the first verdict by anyone else. */
static void tell(const struct annot_verify *v, const struct annot_hash *on, struct annot_blind *b,
		 struct annot_hash *ret_by)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	struct annot_leaf leaf;

	for (uint64_t i = 0; i < b->seal && b->first_other == ANNOT_NEVER; i++) {
		const struct annot_key_info *key;

		if (!is_verdict_on(v, i, on, &leaf))
			continue;
		key = annot_authority_key(a, &leaf.author);
		annot_blind_next(b, &(struct annot_rated){
					    .index = i,
					    .person = key ? key->person : leaf.author,
				    });
		*ret_by = leaf.author;
	}
}

void annot_check_blind(struct annot_verify *v)
{
	const struct annot_record *r = v->subject->record;
	const struct annot_noted *noted = v->subject->noted;
	const struct annot_card *opens = r ? annot_record_card(r, "opens") : NULL;
	const struct annot_view *view;
	struct annot_known seal;
	struct annot_blind b;
	struct annot_hash by;
	struct annot_who who;

	if (!opens || !v->replayed || !noted->has_author || noted->judgement.effect == ANNOT_VOID)
		return;
	view = annot_memory_view(v->memory);
	if (view->record(view->ctx, &opens->hash, &seal, NULL) != ANNOT_OK)
		return; /* then it is void */
	annot_blind_begin(&b, seal.index, &noted->author.person);
	tell(v, annot_record_on(r), &b, &by);
	if (annot_blind(&b)) {
		CHECK_INFO(v, "blind", "yes: sealed at #%llu, before anybody else's verdict on it",
			   (unsigned long long)seal.index);
		return;
	}
	who = annot_who(v, &by);
	CHECK_INFO(v, "blind", "no: sealed at #%llu, after the verdict by %s at #%lld",
		   (unsigned long long)seal.index, who.text, (long long)b.first_other);
}
