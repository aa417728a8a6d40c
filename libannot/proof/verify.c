/* The order of verification. */
#include "proof/verify_private.h"

#include "base/encode.h"
#include "record/sshsig.h"

/* Whether the record is of the corpus that the reader trusts. */
static bool check_corpus(struct annot_verify *v)
{
	const struct annot_record *r = v->subject->record;
	const struct annot_hash *genesis = NULL;

	if (r && !annot_hash_equal(&r->corpus, &v->trust->corpus)) {
		CHECK_INVALID(v, "corpus", "the record is of corpus %s, you trust %s",
			      annot_hash_hex(&r->corpus).text,
			      annot_hash_hex(&v->trust->corpus).text);
		return false;
	}
	if (v->memory)
		genesis = annot_authority_corpus(annot_memory_authority(v->memory));
	if (v->replayed && (!genesis || !annot_hash_equal(genesis, &v->trust->corpus))) {
		CHECK_INVALID(v, "corpus", "the log's genesis record is %s, you trust %s",
			      genesis ? annot_hash_hex(genesis).text : "void",
			      annot_hash_hex(&v->trust->corpus).text);
		return false;
	}
	if (r || v->replayed)
		CHECK_PASSED(v, "corpus", "%s", annot_hash_hex(&v->trust->corpus).text);
	return true;
}

static void check_replayed(struct annot_verify *v)
{
	if (!v->replayed) {
		/* Why was said where the replay stopped. */
		CHECK_MISSING(v, "latest",
			      "not checked: a later version or a retraction may exist");
		return;
	}
	annot_check_author(v);
	annot_check_effect(v);
	annot_check_latest(v);
	annot_check_retraction(v);
	annot_check_withheld(v);
}

static void check_time(struct annot_verify *v)
{
	if (v->subject->record)
		CHECK_INFO(v, "time", "claimed: %s; only the order of the log is proved",
			   v->subject->record->time);
}

static enum annot_status verify_parsed(struct annot_verify *v, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;

	if (!annot_supplied_load(v, &status) || !annot_text_load(v, &status))
		return status == ANNOT_OK ? ANNOT_OK
					  : annot_fail(err, status, "out of memory for the bundle");
	v->report->record = v->subject->record;
	v->report->index = v->subject->index;
	v->report->size = v->checkpoint.size;
	TRY(annot_replay(v, err));
	if (!check_corpus(v))
		return ANNOT_OK;
	annot_check_signature(v);
	annot_check_logged(v);
	annot_check_checkpoint(v);
	annot_check_pin(v);
	check_replayed(v);
	annot_check_words(v);
	annot_check_references(v);
	annot_check_reviews(v);
	annot_check_seen(v);
	check_time(v);
	annot_check_witnesses(v);
	return ANNOT_OK;
}

static enum annot_status run(struct annot_verify *v, struct annot_bytes file,
			     struct annot_error *err)
{
	struct annot_error why = {0};
	enum annot_status s = annot_bundle_parse(v->arena, file, &v->bundle, &why);

	if (s == ANNOT_NO_MEMORY)
		return annot_fail(err, s, "%s", why.text);
	if (s != ANNOT_OK)
		CHECK_INVALID(v, "bundle", "%s", why.text);
	else
		TRY(verify_parsed(v, err));
	if (v->failed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the report");
	annot_report_finish(v);
	return ANNOT_OK;
}

enum annot_status annot_verify_bundle(struct annot_arena *arena, struct annot_bytes file,
				      const struct annot_trust *trust,
				      const struct annot_report **ret, struct annot_error *err)
{
	struct annot_verify *v = annot_arena_alloc(arena, sizeof(*v));
	enum annot_status s;

	TRY(annot_crypto_init(err));
	if (!v)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory to verify a bundle");
	v->arena = arena;
	v->trust = trust;
	v->report = annot_arena_alloc(arena, sizeof(*v->report));
	v->checks = annot_arena_array(arena, ANNOT_CHECKS_MAX + 1, sizeof(*v->checks));
	if (!v->report || !v->checks)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory to verify a bundle");
	s = run(v, file, err);
	HASH_CLEAR(hh, v->by_id); /* elements live in the arena */
	HASH_CLEAR(hh, v->texts);
	HASH_CLEAR(hh, v->latest);
	annot_memory_free(v->memory);
	if (s == ANNOT_OK)
		*ret = v->report;
	return s;
}
