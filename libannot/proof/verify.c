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

/* Marks the records that are to be verified. */
static enum annot_status want(struct annot_verify *v, const struct annot_hash *wanted, size_t n,
			      struct annot_error *err)
{
	v->n_wanted = wanted ? n : 1;
	v->wanted = annot_arena_array(v->arena, v->n_wanted + 1, sizeof(struct annot_supplied *));
	if (!v->wanted)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory to verify a bundle");
	for (size_t i = 0; v->loaded && i < v->n_wanted; i++) {
		struct annot_supplied *s = v->supplied;

		if (wanted)
			HASH_FIND(hh, v->by_id, &wanted[i], sizeof(wanted[i]), s);
		if (s && !s->noted)
			s->noted = annot_arena_alloc(v->arena, sizeof(*s->noted));
		if (s && !s->noted)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory to verify a bundle");
		v->wanted[i] = s;
	}
	return ANNOT_OK;
}

static enum annot_status load(struct annot_verify *v, struct annot_bytes file,
			      struct annot_error *err)
{
	enum annot_status status;
	struct annot_error why = {0};

	status = annot_bundle_parse(v->arena, file, &v->bundle, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK) {
		CHECK_INVALID(v, "bundle", "%s", why.text);
		return ANNOT_OK;
	}
	v->loaded = annot_supplied_load(v, &status) && annot_text_load(v, &status) &&
		    annot_shown_load(v, &status) && annot_cosigned_load(v, &status);
	return status == ANNOT_OK ? ANNOT_OK
				  : annot_fail(err, status, "out of memory for the bundle");
}

enum annot_status annot_verify_open(struct annot_verify *v, struct annot_bytes file,
				    const struct annot_hash *wanted, size_t n,
				    struct annot_error *err)
{
	TRY(annot_crypto_init(err));
	v->checks = annot_arena_array(v->arena, ANNOT_CHECKS_MAX + 1, sizeof(*v->checks));
	if (!v->checks)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory to verify a bundle");
	v->several = wanted != NULL;
	TRY(load(v, file, err));
	TRY(want(v, wanted, n, err));
	if (v->loaded)
		TRY(annot_replay(v, err));
	v->n_common = v->n_checks;
	return ANNOT_OK;
}

void annot_verify_close(struct annot_verify *v)
{
	HASH_CLEAR(hh, v->by_id); /* elements live in the arena */
	HASH_CLEAR(hh, v->texts);
	annot_memory_free(v->memory);
}

static void check_subject(struct annot_verify *v)
{
	if (!check_corpus(v))
		return;
	annot_check_signature(v);
	annot_check_logged(v);
	annot_check_checkpoint(v);
	annot_check_pin(v);
	check_replayed(v);
	annot_check_words(v);
	annot_check_references(v);
	annot_check_reviews(v);
	annot_check_blind(v);
	annot_check_seen(v);
	annot_check_cosigned(v);
	annot_check_witnesses(v);
	annot_check_time(v);
}

/* A report of its own, which begins with what all have in common. */
static bool new_report(struct annot_verify *v)
{
	struct annot_check *checks =
		annot_arena_array(v->arena, ANNOT_CHECKS_MAX + 1, sizeof(*checks));

	v->report = annot_arena_alloc(v->arena, sizeof(*v->report));
	if (!checks || !v->report)
		return false;
	memcpy(checks, v->checks, v->n_common * sizeof(*checks));
	v->checks = checks;
	v->n_checks = v->n_common;
	return true;
}

enum annot_status annot_verify_subject(struct annot_verify *v, size_t n, struct annot_error *err)
{
	struct annot_supplied *s = v->wanted[n];
	struct annot_check *common = v->checks;

	if (!new_report(v))
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the report");
	v->subject = s;
	if (v->loaded && s) {
		v->noted = s->noted;
		v->seen_good = false;
		v->seen = s == v->supplied ? v->bundle.seen : (struct annot_bytes){0};
		v->consistency = s == v->supplied ? v->bundle.consistency : (struct annot_bytes){0};
		v->report->record = s->record;
		v->report->index = s->index;
		v->report->size = v->checkpoint.size;
		check_subject(v);
	} else if (v->loaded) {
		CHECK_MISSING(v, "record", "the record is not in the bundle");
	}
	if (v->failed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the report");
	annot_report_finish(v);
	v->checks = common;
	return ANNOT_OK;
}

enum annot_status annot_verify_bundle(struct annot_arena *arena, struct annot_bytes file,
				      const struct annot_trust *trust,
				      const struct annot_report **ret, struct annot_error *err)
{
	struct annot_verify v = {.arena = arena, .trust = trust};
	enum annot_status s = annot_verify_open(&v, file, NULL, 0, err);

	if (s == ANNOT_OK)
		s = annot_verify_subject(&v, 0, err);
	annot_verify_close(&v);
	if (s == ANNOT_OK)
		*ret = v.report;
	return s;
}
