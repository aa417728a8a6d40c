/* cosign, cosigned: what witnesses hand in of this log's checkpoints, and who asks for it. */
#include "annotd/call.h"
#include "annotd/cosigned.h"
#include "annotd/handlers/cosign.h"
#include "annotd/log.h"

#include "base/auto.h"

enum { NOTES_MAX = 2 };

static enum annot_status no_memory(struct call *c)
{
	return annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory for a note");
}

/* The line of one of the log's keys, verified. MISMATCH: there is none. */
static enum annot_status log_line(struct call *c, const struct annot_note *note,
				  const struct annot_note_line **ret)
{
	const struct annot_vkey *keys;
	enum annot_status status =
		annot_fail(&c->err, ANNOT_MISMATCH, "no line of the note is by this log's key");
	const struct annot_authority *authority = corpus_authority_lock(c->corpus);
	size_t n = annot_authority_log_keys(authority, &keys);

	for (size_t i = 0; i < n && status != ANNOT_OK; i++) {
		status = annot_note_verify(note, &keys[i], NULL, &c->err);
		*ret = annot_note_line_by(note, &keys[i]);
	}
	corpus_authority_unlock(c->corpus);
	return status == ANNOT_OK ? ANNOT_OK : c->err.status;
}

/* A checkpoint that is signed and not of this log's history is the worst that can be handed in. */
static enum annot_status check_history(struct call *c, const struct annot_checkpoint *said)
{
	struct annot_tree_reader tree = reader_tree(c->reader);
	struct annot_hash root;

	if (strcmp(said->origin, corpus_origin(c->corpus)) != 0)
		return annot_fail(&c->err, ANNOT_MISMATCH,
				  "the checkpoint is of log %s, this is %s", said->origin,
				  corpus_origin(c->corpus));
	if (said->size == 0)
		return annot_fail(&c->err, ANNOT_INVALID, "an empty log needs no witness");
	TRY(call_snapshot(c, said->size));
	tree = reader_tree(c->reader);
	TRY(annot_tree_root(&tree, said->size, &root, &c->err));
	if (annot_hash_equal(&root, &said->root))
		return ANNOT_OK;
	log_error(
		"a witness handed in a checkpoint of size %llu that this log's key signed and that "
		"is not of this log's history",
		(unsigned long long)said->size);
	return annot_fail(
		&c->err, ANNOT_MISMATCH,
		"the checkpoint of size %llu is signed by this log's key, but its root is "
		"not that of the log here: keep it, it shows that the log forked",
		(unsigned long long)said->size);
}

/* The lines of witnesses that are taken; a forged one refuses the note. */
static enum annot_status witness_lines(struct call *c, const struct annot_note *note,
				       const struct annot_tlogpolicy *policy,
				       const struct annot_note_line **lines, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < policy->n_names; i++) {
		const struct annot_vkey *key = &policy->names[i].key;
		enum annot_status status;

		if (!policy->names[i].is_witness)
			continue;
		status = annot_note_verify(note, key, NULL, &c->err);
		if (status == ANNOT_OK)
			lines[(*n)++] = annot_note_line_by(note, key);
		else if (status != ANNOT_NOT_FOUND)
			return status;
	}
	if (*n == 0)
		return annot_fail(
			&c->err, ANNOT_REFUSED,
			"no line of the note is by a witness that this daemon takes (annotd "
			"--witnesses)");
	return ANNOT_OK;
}

enum annot_status on_cosign(struct call *c, const struct annot_cosign_request *in,
			    struct annot_cosign_reply *ret)
{
	struct cosigned *cosigned = corpus_cosigned(c->corpus);
	const struct annot_tlogpolicy *policy = cosigned ? cosigned_policy(cosigned) : NULL;
	const struct annot_note_line *log = NULL, *lines[ANNOT_TLOGPOLICY_NAMES_MAX];
	struct annot_note *note = annot_arena_alloc(c->arena, sizeof *note);
	struct annot_checkpoint said;
	size_t n, fresh;

	if (!note)
		return no_memory(c);
	if (!policy)
		return annot_fail(
			&c->err, ANNOT_REFUSED,
			"this daemon takes no cosignatures; annotd --witnesses FILE names "
			"whose it takes");
	TRY(annot_note_parse(in->note, note, &c->err));
	TRY(annot_checkpoint_parse(note->text, &said, &c->err));
	TRY(log_line(c, note, &log));
	TRY(check_history(c, &said));
	TRY(witness_lines(c, note, policy, lines, &n));
	TRY(cosigned_add(cosigned, said.size, note->text, log, lines, n, &fresh, &c->err));
	ret->size = said.size;
	ret->taken = fresh;
	return ANNOT_OK;
}

static enum annot_status keep_note(struct call *c, uint64_t size, struct annot_cosigned_note *ret)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	char *copy;

	TRY(cosigned_note(corpus_cosigned(c->corpus), size, &note, &c->err));
	copy = annot_arena_copy(c->arena, note.data, note.len);
	if (!copy)
		return no_memory(c);
	*ret = (struct annot_cosigned_note){.size = size, .note = annot_bytes(copy, note.len)};
	return ANNOT_OK;
}

enum annot_status on_cosigned(struct call *c, const struct annot_cosigned_request *in,
			      struct annot_cosigned_reply *ret)
{
	struct cosigned *cosigned = corpus_cosigned(c->corpus);
	struct annot_cosigned_note *notes = annot_arena_array(c->arena, NOTES_MAX, sizeof *notes);
	uint64_t sizes[NOTES_MAX];
	size_t n = cosigned ? cosigned_sizes(cosigned, in->index, in->size ? in->size : INT64_MAX,
					     sizes)
			    : 0;

	if (!notes)
		return no_memory(c);
	for (size_t i = 0; i < n; i++) {
		enum annot_status status = keep_note(c, sizes[i], &notes[ret->n_notes]);

		/* It may have been thinned out, or be gone from the disk: others are still good. */
		if (status == ANNOT_NO_MEMORY)
			return status;
		ret->n_notes += status == ANNOT_OK;
	}
	ret->notes = notes;
	return ANNOT_OK;
}

enum annot_status cosign_merge(struct call *c, uint64_t size, struct annot_buf *note)
{
	struct cosigned *cosigned = corpus_cosigned(c->corpus);
	AUTO_BUF struct annot_buf kept = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_note *ours = annot_arena_alloc(c->arena, sizeof *ours);
	struct annot_note *theirs = annot_arena_alloc(c->arena, sizeof *theirs);
	struct annot_error why;

	if (!ours || !theirs)
		return no_memory(c);
	if (!cosigned || cosigned_note(cosigned, size, &kept, &why) != ANNOT_OK ||
	    annot_note_parse(annot_buf_bytes(&kept), theirs, &why) != ANNOT_OK)
		return ANNOT_OK;
	TRY(annot_note_parse(annot_buf_bytes(note), ours, &c->err));
	if (ours->text.len != theirs->text.len ||
	    memcmp(ours->text.data, theirs->text.data, ours->text.len) != 0)
		return ANNOT_OK;
	for (size_t i = 0; i < theirs->n_lines; i++)
		if (theirs->lines[i].signature_len > ANNOT_SIGNATURE_SIZE &&
		    !cosigned_has_line(ours, &theirs->lines[i]) &&
		    note->len + theirs->lines[i].name.len + 128 < note->max)
			annot_note_add_line(&theirs->lines[i], note);
	return annot_buf_check(note, "a note", &c->err);
}
