/* The log: inclusion, the checkpoint's signature, the reader's pin, what the author had seen,
 * witnesses. */
#include "proof/verify_private.h"

#include "base/encode.h"
#include "base/hash.h"

void annot_check_logged(struct annot_verify *v)
{
	if (v->subject->record || v->complete)
		CHECK_PASSED(v, "logged", "%s, record #%llu of %llu, inclusion proved",
			     v->checkpoint.origin, (unsigned long long)v->subject->index,
			     (unsigned long long)v->checkpoint.size);
	else
		CHECK_MISSING(v, "logged",
			      "without the record's bytes, inclusion takes the leaves");
}

/* --- checkpoint
 * ---------------------------------------------------------------------------------------- */

/* Without a replay only the genesis record can name a log key: it is known by its hash. */
static size_t genesis_keys(const struct annot_verify *v, struct annot_vkey *ret)
{
	const struct annot_supplied *s = annot_supplied_find(v, &v->trust->corpus);
	const struct annot_card *log = s && s->record ? annot_record_card(s->record, "log") : NULL;

	return log && annot_vkey_parse(log->text, log->len, ret, NULL) == ANNOT_OK ? 1 : 0;
}

static enum annot_status open_note(const struct annot_verify *v, const struct annot_vkey *keys,
				   size_t n, struct annot_error *why)
{
	enum annot_status s = ANNOT_NOT_FOUND;
	struct annot_checkpoint c;

	for (size_t i = 0; i < n; i++) {
		s = annot_checkpoint_open(v->note, &keys[i], &c, why);
		if (s == ANNOT_OK)
			return s;
	}
	return s;
}

/* Which of the keys that the log has had; in_force: the one that it has now. */
static void say_signed(struct annot_verify *v, bool in_force)
{
	const struct annot_hash *record =
		v->replayed ? annot_authority_corpus_record(annot_memory_authority(v->memory))
			    : NULL;
	uint64_t index = record ? annot_index_of(v, record) : 0;

	if (!index)
		CHECK_PASSED(v, "checkpoint", "signed by the log key that the corpus record names");
	else
		CHECK_PASSED(v, "checkpoint", "signed by the log key %s corpus record #%llu names",
			     in_force ? "that" : "before the one that",
			     (unsigned long long)index);
}

void annot_check_checkpoint(struct annot_verify *v)
{
	struct annot_vkey genesis;
	const struct annot_vkey *keys = &genesis;
	struct annot_error why = {0};
	size_t n = v->replayed ? annot_authority_log_keys(annot_memory_authority(v->memory), &keys)
			       : genesis_keys(v, &genesis);

	if (n && open_note(v, keys, n, &why) == ANNOT_OK) {
		say_signed(v, open_note(v, keys, 1, NULL) == ANNOT_OK);
		v->report->checkpoint = v->checkpoint;
		v->report->note = v->note;
		return;
	}
	if (v->replayed)
		CHECK_INVALID(v, "checkpoint", "not signed by a log key of this corpus: %s",
			      n ? why.text : "it names none");
	else
		CHECK_MISSING(v, "checkpoint",
			      "signed by a key that cannot be traced to the genesis record");
}

/* --- pin
 * ------------------------------------------------------------------------------------------------
 */

static void compare_pin(struct annot_verify *v, const struct annot_hash *root)
{
	const struct annot_checkpoint *pin = &v->trust->pin;

	if (annot_hash_equal(root, &pin->root))
		CHECK_PASSED(v, "pin", "extends your checkpoint of #%llu",
			     (unsigned long long)pin->size);
	else
		CHECK_FAILED(
			v, "pin", ANNOT_FORKED_LOG,
			"the log shows another history than the one you verified up to #%llu; keep "
			"both checkpoints, they are the evidence",
			(unsigned long long)pin->size);
}

void annot_check_pin(struct annot_verify *v)
{
	const struct annot_checkpoint *pin = &v->trust->pin;
	unsigned long long size = v->checkpoint.size, pinned = pin->size;

	if (!v->report->note.data)
		return; /* an unsigned checkpoint shows nothing about the log; that was said */
	if (!pin->size)
		CHECK_INFO(v, "pin", "no earlier checkpoint to compare with");
	else if (strcmp(pin->origin, v->checkpoint.origin) != 0)
		CHECK_INVALID(v, "pin", "the checkpoint is of log %s, yours of %s",
			      v->checkpoint.origin, pin->origin);
	else if (v->checkpoint.size == pin->size)
		compare_pin(v, &v->checkpoint.root);
	else if (v->checkpoint.size < pin->size)
		CHECK_WARNING(
			v, "pin",
			"the bundle is as of #%llu, older than your checkpoint of #%llu: what came "
			"since is not in it, and whether your log extends it is not checked",
			size, pinned);
	else if (v->complete)
		compare_pin(v, &v->pin_root);
	else
		CHECK_MISSING(
			v, "pin",
			"without leaves it cannot be shown that #%llu extends your checkpoint of "
			"#%llu",
			size, pinned);
}

/* --- seen
 * -----------------------------------------------------------------------------------------------
 */

/* False: it is not the note that the author named. */
static bool check_seen_note(struct annot_verify *v, const struct annot_seen *seen)
{
	struct annot_bytes note = v->seen;
	struct annot_note *parsed = annot_arena_alloc(v->arena, sizeof(*parsed));
	struct annot_hash hash = annot_sha256(note.data, note.len);
	struct annot_checkpoint c;

	if (!parsed) {
		v->failed = true;
		return false;
	}
	if (annot_hash_equal(&hash, &seen->note) &&
	    annot_note_parse(note, parsed, NULL) == ANNOT_OK &&
	    annot_checkpoint_parse(parsed->text, &c, NULL) == ANNOT_OK && c.size == seen->size &&
	    annot_hash_equal(&c.root, &seen->root))
		return true;
	CHECK_INVALID(v, "seen", "the note in the bundle is not the one that the author named");
	return false;
}

enum { PATH_LINE = 44 }; /* base64 of 32 bytes */

static bool check_consistency(struct annot_verify *v, const struct annot_seen *seen)
{
	const char *text = (const char *)v->consistency.data;
	size_t len = v->consistency.len, n = len / (PATH_LINE + 1);
	struct annot_hash path[ANNOT_CONSISTENCY_MAX];
	bool good = len % (PATH_LINE + 1) == 0 && n <= ANNOT_CONSISTENCY_MAX;

	for (size_t i = 0; good && i < n; i++) {
		const char *line = text + i * (PATH_LINE + 1);

		good = line[PATH_LINE] == '\n' &&
		       annot_unbase64_exact(line, PATH_LINE, path[i].b, ANNOT_HASH_SIZE);
	}
	good = good && annot_verify_consistency(seen->size, v->checkpoint.size, path, n,
						&seen->root, &v->checkpoint.root, NULL) == ANNOT_OK;
	if (!good)
		CHECK_INVALID(
			v, "seen",
			"the consistency proof does not lead from what the author had seen (#%llu) "
			"to the checkpoint",
			(unsigned long long)seen->size);
	return good;
}

static bool seen_note_signed(const struct annot_verify *v)
{
	const struct annot_vkey *keys;
	struct annot_checkpoint c;
	size_t n = v->replayed && v->seen.data
			   ? annot_authority_log_keys(annot_memory_authority(v->memory), &keys)
			   : 0;

	for (size_t i = 0; i < n; i++)
		if (annot_checkpoint_open(v->seen, &keys[i], &c, NULL) == ANNOT_OK)
			return true;
	return false;
}

void annot_check_seen(struct annot_verify *v)
{
	const struct annot_record *r = v->subject->record;

	if (!r || !v->report->note.data)
		return;
	if (!r->seen.size) {
		if (v->seen.data)
			CHECK_INVALID(v, "seen",
				      "the bundle has a note, but the author had seen none");
		else
			CHECK_INFO(v, "seen", "the author had seen no checkpoint before");
		return;
	}
	if (r->seen.size > v->subject->index) {
		CHECK_FAILED(
			v, "seen", ANNOT_FORKED_LOG,
			"the author had seen %llu record%s of this log, but the record stands at "
			"#%llu: another log was shown to the author",
			(unsigned long long)r->seen.size, annot_plural(r->seen.size),
			(unsigned long long)v->subject->index);
		return;
	}
	if (v->seen.data && !check_seen_note(v, &r->seen))
		return;
	if (v->complete && !annot_hash_equal(&v->noted->seen_root, &r->seen.root)) {
		CHECK_FAILED(
			v, "seen", ANNOT_FORKED_LOG,
			"the author had seen another history of the log up to #%llu; %s",
			(unsigned long long)r->seen.size,
			seen_note_signed(v)
				? "that note and this checkpoint, both signed by the log, are the "
				  "evidence"
				: "so the signed record says, the note is not here or not signed "
				  "by "
				  "a log key in force");
		return;
	}
	if (v->consistency.data && !check_consistency(v, &r->seen))
		return;
	v->seen_good = v->complete || v->consistency.data;
	if (v->seen_good)
		CHECK_PASSED(v, "seen", "signed after record #%llu of the same log%s",
			     (unsigned long long)r->seen.size - 1,
			     v->seen.data ? "" : " (the note itself is not in the bundle)");
	else
		CHECK_MISSING(v, "seen",
			      "without leaves, what the author had seen cannot be compared");
}
