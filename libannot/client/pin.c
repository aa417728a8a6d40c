/* The pin: the newest checkpoint of a corpus that this user has verified. */
#include "client/internal.h"

#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"
#include "log/tree.h"

enum { PIN_ATTEMPTS = 16 };

enum annot_status annot_pin_read(const struct annot_hash *corpus, struct annot_checkpoint *ret,
				 struct annot_buf *note, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	struct annot_checkpoint pin;
	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_corpus_path(corpus, "checkpoint", false, &path, err));
	if (access(path.data, F_OK) != 0) {
		memset(ret, 0, sizeof(*ret));
		return ANNOT_OK;
	}
	TRY(annot_file_read(path.data, ANNOT_NOTE_MAX, &file, err));
	enum annot_status status = annot_note_parse(annot_buf_bytes(&file), parsed, err);
	if (status == ANNOT_OK)
		status = annot_checkpoint_parse(parsed->text, &pin, err);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s: not a checkpoint; remove it to pin anew",
				  path.data);
	if (note) {
		annot_buf_add(note, file.data, file.len);
		TRY(annot_buf_check(note, "the pin", err));
	}
	*ret = pin;
	return ANNOT_OK;
}

enum annot_status annot_pin_load(const struct annot_hash *corpus, struct annot_checkpoint *ret,
				 struct annot_error *err)
{
	return annot_pin_read(corpus, ret, NULL, err);
}

enum annot_status annot_pin(struct annot *a, struct annot_checkpoint *ret, struct annot_buf *note,
			    struct annot_error *err)
{
	return annot_pin_read(&a->hello.corpus, ret, note, err);
}

/* The daemon would not prove consistency: is its log shorter than what it signed before? */
static enum annot_status unproved(struct annot *a, const struct annot_checkpoint *pin,
				  struct annot_bytes pin_note,
				  const struct annot_checkpoint *theirs,
				  struct annot_bytes their_note, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_checkpoint_request in = {};
	const struct annot_checkpoint_reply *reply;
	struct annot_checkpoint newest;
	TRY(annot_client_arena(&arena, err));
	TRY(annot_call_checkpoint(a, &in, arena, &reply, err));
	TRY(annot_client_open_note(a, reply->note, &newest, err));
	struct annot_clash c = {ANNOT_FORKED_LOG, pin, theirs, pin_note, their_note};
	if (newest.size < pin->size)
		c = (struct annot_clash){ANNOT_ROLLED_BACK, pin, &newest, pin_note, reply->note};
	return annot_contradicted(a, &c, err);
}

/* Whether two checkpoints are of one log; the older one may be either. */
static enum annot_status check_consistent(struct annot *a, const struct annot_checkpoint *pin,
					  struct annot_bytes pin_note,
					  const struct annot_checkpoint *theirs,
					  struct annot_bytes their_note, struct annot_error *err)
{
	const struct annot_checkpoint *old = pin->size < theirs->size ? pin : theirs;
	const struct annot_checkpoint *new = old == pin ? theirs : pin;
	struct annot_clash clash = {ANNOT_FORKED_LOG, pin, theirs, pin_note, their_note};
	if (pin->size == 0)
		return ANNOT_OK;
	if (old->size == 0) {
		clash.what = ANNOT_ROLLED_BACK;
		return annot_contradicted(a, &clash, err);
	}
	if (old->size == new->size) {
		if (annot_hash_equal(&old->root, &new->root))
			return ANNOT_OK;
		return annot_contradicted(a, &clash, err);
	}
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_consistency_request in = {.from = old->size, .to = new->size};
	const struct annot_consistency_reply *reply;
	TRY(annot_client_arena(&arena, err));
	enum annot_status status = annot_call_consistency(a, &in, arena, &reply, err);
	if (status == ANNOT_NOT_FOUND || status == ANNOT_INVALID || status == ANNOT_REFUSED ||
	    status == ANNOT_MISMATCH)
		return unproved(a, pin, pin_note, theirs, their_note, err);
	TRY(status);
	if (annot_verify_consistency(old->size, new->size, reply->path, reply->n_path, &old->root,
				     &new->root, NULL) != ANNOT_OK)
		return annot_contradicted(a, &clash, err);
	return ANNOT_OK;
}

/* Replaces the pin if it is still the one that the new note was compared with. */
static enum annot_status replace_pin(struct annot *a, const struct annot_checkpoint *expected,
				     struct annot_bytes note, bool *ret_done,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf lock_path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_CLOSE int lock = -1;
	struct annot_checkpoint pin;
	TRY(annot_corpus_path(&a->hello.corpus, "checkpoint", true, &path, err));
	TRY(annot_corpus_path(&a->hello.corpus, "lock", true, &lock_path, err));
	TRY(annot_lock(lock_path.data, &lock, err));
	TRY(annot_pin_read(&a->hello.corpus, &pin, NULL, err));
	*ret_done = pin.size == expected->size && annot_hash_equal(&pin.root, &expected->root);
	if (!*ret_done)
		return ANNOT_OK;
	return annot_file_replace(path.data, note, 0600, err);
}

enum annot_status annot_pin_advance_from(struct annot *a, const struct annot_checkpoint *shown,
					 struct annot_bytes note, struct annot_error *err)
{
	struct annot_checkpoint theirs, pin;
	TRY(annot_client_open_note(a, note, &theirs, err));
	for (unsigned n = 0; n < PIN_ATTEMPTS; n++) {
		AUTO_BUF struct annot_buf pin_note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
		bool done = true;
		TRY(annot_pin(a, &pin, &pin_note, err));
		const struct annot_bytes ours = annot_buf_bytes(&pin_note);
		if (pin.size == 0 || pin.size != shown->size) {
			TRY(check_consistent(a, &pin, ours, &theirs, note, err));
		} else if (!annot_hash_equal(&pin.root, &shown->root)) {
			const struct annot_clash fork = {ANNOT_FORKED_LOG, &pin, &theirs, ours,
							 note};
			return annot_contradicted(a, &fork, err);
		}
		/* Of the same checkpoint the note that more have cosigned: it says more about time.
		 */
		if (theirs.size > pin.size || (theirs.size == pin.size && note.len > pin_note.len))
			TRY(replace_pin(a, &pin, note, &done, err));
		if (done)
			return ANNOT_OK;
	}
	return annot_fail(err, ANNOT_BUSY, "the pin of corpus %s is replaced all the time",
			  annot_hash_hex(&a->hello.corpus).text);
}

enum annot_status annot_pin_advance(struct annot *a, struct annot_bytes note,
				    struct annot_error *err)
{
	static const struct annot_checkpoint nothing;
	return annot_pin_advance_from(a, &nothing, note, err);
}

enum annot_status annot_pin_newest(struct annot *a, struct annot_checkpoint *ret,
				   struct annot_buf *note, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_checkpoint_request in = {};
	const struct annot_checkpoint_reply *reply;
	TRY(annot_client_arena(&arena, err));
	TRY(annot_call_checkpoint(a, &in, arena, &reply, err));
	TRY(annot_pin_advance(a, reply->note, err));
	return annot_pin(a, ret, note, err);
}

enum annot_status annot_pin_refresh(struct annot *a, struct annot_checkpoint *ret,
				    struct annot_error *err)
{
	return annot_pin_newest(a, ret, NULL, err);
}
