/* Filling in a record's header and signing it. */
#include "client/internal.h"

#include <stdlib.h>
#include <time.h>

#include <sodium.h>

#include "base/auto.h"
#include "base/hash.h"
#include "client/signer.h"
#include "record/sshsig.h"

struct annot_bytes annot_note_kept(const struct annot *a, const struct annot_hash *hash)
{
	for (const struct annot_kept_note *note = a->notes; note; note = note->next)
		if (annot_hash_equal(&note->hash, hash))
			return annot_bytes(note->data, note->len);
	return annot_bytes(NULL, 0);
}

/* Drops the oldest notes beyond ANNOT_SEEN_NOTES_MAX; the outbox has what still needs them. */
static void forget_old_notes(struct annot *a)
{
	struct annot_kept_note **at = &a->notes;
	for (unsigned n = 0; *at && n < ANNOT_SEEN_NOTES_MAX; n++)
		at = &(*at)->next;
	while (*at) {
		struct annot_kept_note *old = *at;
		*at = old->next;
		free(old);
	}
}

enum annot_status annot_note_keep(struct annot *a, struct annot_bytes note, struct annot_error *err)
{
	struct annot_hash hash = annot_sha256(note.data, note.len);
	if (annot_note_kept(a, &hash).data)
		return ANNOT_OK;
	struct annot_kept_note *kept = malloc(sizeof(*kept) + note.len);
	if (!kept)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	kept->hash = hash;
	kept->len = note.len;
	memcpy(kept->data, note.data, note.len);
	kept->next = a->notes;
	a->notes = kept;
	forget_old_notes(a);
	return ANNOT_OK;
}

/* The pin as a seen card; on the first use of a corpus the pin is made first. */
static enum annot_status seen_of(struct annot *a, struct annot_seen *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint pin;
	TRY(annot_pin(a, &pin, &note, err));
	if (pin.size == 0)
		TRY(annot_pin_newest(a, &pin, &note, err));
	if (pin.size == 0)
		return ANNOT_OK;
	TRY(annot_note_keep(a, annot_buf_bytes(&note), err));
	ret->size = pin.size;
	ret->root = pin.root;
	ret->note = annot_sha256(note.data, note.len);
	return ANNOT_OK;
}

enum annot_status annot_sign(struct annot *a, const struct annot_signer *signer,
			     const struct annot_draft *draft, struct annot_arena *arena,
			     struct annot_signed *ret, struct annot_error *err)
{
	struct annot_draft_header header = {
		.corpus = a ? &a->hello.corpus : NULL,
		.author = annot_key_author(annot_signer_key(signer)->key),
		.time_s = (int64_t)time(NULL),
	};
	TRY(annot_crypto_init(err));
	if (a)
		TRY(seen_of(a, &header.seen, err));
	randombytes_buf(header.nonce, sizeof(header.nonce));

	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_signed made;
	TRY(annot_draft_build(draft, &header, arena, &bytes, &made.record, err));
	TRY(annot_signer_sign(signer, ANNOT_NAMESPACE_RECORD, made.record->bytes, made.signature,
			      err));
	*ret = made;
	return ANNOT_OK;
}
