/* Sending a document's content, or the file that it was made from. */
#include "client/internal.h"

#include "base/auto.h"

enum { UPLOAD_PIECE = 1 << 20, UPLOAD_FRAME_OVERHEAD = 1024 };

/* Sends one piece (or none, which asks how far the content is). */
static enum annot_status send_piece(struct annot *a, const struct annot_hash *document,
				    bool original, struct annot_bytes text, uint64_t offset,
				    size_t len, uint64_t *ret_received, bool *ret_complete,
				    struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_upload_request in = {
		.document = *document, .offset = offset, .original = original};
	const struct annot_upload_reply *reply;
	if (len > 0)
		in.data = annot_bytes(text.data + offset, len);
	TRY(annot_client_arena(&arena, err));
	TRY(annot_call_upload(a, &in, arena, &reply, err));
	if (reply->received > text.len)
		return annot_fail(err, ANNOT_CONFLICT,
				  "document %s: the daemon has %llu bytes already; this text has "
				  "%zu",
				  annot_hash_hex(document).text,
				  (unsigned long long)reply->received, text.len);
	*ret_received = reply->received;
	*ret_complete = reply->complete;
	return ANNOT_OK;
}

static enum annot_status send_all(struct annot *a, const struct annot_hash *document, bool original,
				  struct annot_bytes text, struct annot_error *err)
{
	uint64_t received, most = UPLOAD_PIECE;
	bool complete;
	if (a->hello.frame_max > UPLOAD_FRAME_OVERHEAD &&
	    a->hello.frame_max - UPLOAD_FRAME_OVERHEAD < most)
		most = a->hello.frame_max - UPLOAD_FRAME_OVERHEAD;
	TRY(send_piece(a, document, original, text, 0, 0, &received, &complete, err));
	while (!complete) {
		uint64_t left = text.len - received, before = received;
		if (left == 0)
			break;
		TRY(send_piece(a, document, original, text, received,
			       (size_t)(left < most ? left : most), &received, &complete, err));
		annot_client_step(a, "sent", true, received, text.len);
		if (!complete && received <= before)
			return annot_fail(
				err, ANNOT_CONFLICT,
				"document %s: another upload is under way; try again later",
				annot_hash_hex(document).text);
	}
	if (complete)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_MISMATCH,
			  "document %s: the daemon took %llu bytes, but they are not its %s",
			  annot_hash_hex(document).text, (unsigned long long)received,
			  original ? "original" : "content");
}

static enum annot_status upload(struct annot *a, const struct annot_hash *document, bool original,
				struct annot_bytes text, struct annot_error *err)
{
	enum annot_status status = send_all(a, document, original, text, err);
	annot_client_step(a, NULL, true, 0, 0);
	return status;
}

enum annot_status annot_upload(struct annot *a, const struct annot_hash *document,
			       struct annot_bytes text, struct annot_error *err)
{
	return upload(a, document, false, text, err);
}

enum annot_status annot_upload_original(struct annot *a, const struct annot_hash *document,
					struct annot_bytes original, struct annot_error *err)
{
	return upload(a, document, true, original, err);
}
