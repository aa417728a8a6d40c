#include "export_beside.h"

enum {
	IN_MEMORY_MAX = 1 << 20, /* of an original; longer ones are in a file (held.h) */
	REPLY_ARENA_MAX = 4 << 20,
};

static enum annot_status put_pieces(const struct annot_hash *document, struct annot_bytes original,
				    const struct export_lines *to)
{
	struct annot_ndjson line = {
		.kind = ANNOT_NDJSON_ORIGINAL, .document = *document, .length = original.len};
	do {
		size_t at = (size_t)line.offset, left = original.len - at;
		line.piece = annot_bytes(original.data + at,
					 left < ANNOT_NDJSON_PIECE ? left : ANNOT_NDJSON_PIECE);
		TRY(to->put(to->arg, &line));
		line.offset += line.piece.len;
	} while (line.offset < original.len);
	return ANNOT_OK;
}

enum annot_status export_original(struct ctl *ctl, const struct annot_record *document,
				  const struct export_lines *to)
{
	struct annot_held file = ANNOT_HELD_INIT(IN_MEMORY_MAX);
	struct annot_bytes bytes;
	if (!annot_record_card(document, "original-sha256"))
		return ANNOT_OK;
	enum annot_status status = annot_fetch_original(ctl->annot, document, &file, &ctl->err);
	bool there = status == ANNOT_OK;
	if (there)
		status = annot_held_bytes(&file, &bytes, &ctl->err);
	if (status == ANNOT_OK)
		status = put_pieces(&document->id, bytes, to);
	annot_held_free(&file);
	/* It was not uploaded, or is withheld by now. */
	return !there && status == ANNOT_NOT_FOUND ? ANNOT_OK : status;
}

/* --- what follows the records --- */

/* The next cosigned checkpoint behind a size; *ret is at where there is none. */
static enum annot_status next_cosigned(struct ctl *ctl, uint64_t at, uint64_t size,
				       struct annot_arena *arena, const struct export_lines *to,
				       uint64_t *ret)
{
	const struct annot_cosigned_request in = {.index = at, .size = size};
	const struct annot_cosigned_reply *reply;
	*ret = at;
	TRY(annot_call_cosigned(ctl->annot, &in, arena, &reply, &ctl->err));
	if (reply->n_notes == 0)
		return ANNOT_OK;
	*ret = reply->notes[0].size;
	if (*ret <= at || *ret > size)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL,
				  "asked for a cosigned checkpoint of more than %llu records, got "
				  "one of %llu",
				  (unsigned long long)at, (unsigned long long)*ret);
	const struct annot_ndjson line = {
		.kind = ANNOT_NDJSON_COSIGNED, .size = *ret, .checkpoint = reply->notes[0].note};
	return to->put(to->arg, &line);
}

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

enum annot_status export_cosigned(struct ctl *ctl, uint64_t size, const struct export_lines *to)
{
	struct annot_arena *arena = annot_arena_new(REPLY_ARENA_MAX);
	enum annot_status status = arena ? ANNOT_OK : no_memory(ctl);
	bool more = true;
	for (uint64_t at = 0, next = 0; status == ANNOT_OK && more && at < size; at = next) {
		annot_arena_reset(arena);
		status = next_cosigned(ctl, at, size, arena, to, &next);
		more = next > at;
	}
	annot_arena_free(arena);
	return status;
}

static enum annot_status put_withheld(const struct annot_withheld_reply *reply,
				      const uint8_t *marks, uint64_t n,
				      const struct export_lines *to)
{
	for (size_t i = 0; i < reply->n_texts; i++) {
		uint64_t index = reply->texts[i].index;
		const struct annot_ndjson line = {.kind = ANNOT_NDJSON_WITHHELD,
						  .sha256 = reply->texts[i].sha256,
						  .index = index};
		if (index < n && marks[index / 8] & 1u << index % 8)
			TRY(to->put(to->arg, &line));
	}
	return ANNOT_OK;
}

static enum annot_status withheld(struct ctl *ctl, const uint8_t *marks, uint64_t n,
				  struct annot_arena *arena, const struct export_lines *to)
{
	const struct annot_withheld_reply *reply;
	struct annot_withheld_request in = {0};
	do {
		annot_arena_reset(arena);
		TRY(annot_call_withheld(ctl->annot, &in, arena, &reply, &ctl->err));
		TRY(put_withheld(reply, marks, n, to));
		if (reply->n_texts == 0)
			break;
		const struct annot_hash *last = &reply->texts[reply->n_texts - 1].sha256;
		if (memcmp(last->b, in.after.b, sizeof last->b) <= 0)
			return annot_fail(&ctl->err, ANNOT_PROTOCOL,
					  "hashes of withheld texts come in no order");
		in.after = *last;
	} while (reply->more);
	return ANNOT_OK;
}

enum annot_status export_withheld(struct ctl *ctl, const uint8_t *marks, uint64_t n,
				  const struct export_lines *to)
{
	struct annot_arena *arena = annot_arena_new(REPLY_ARENA_MAX);
	enum annot_status status = arena ? withheld(ctl, marks, n, arena, to) : no_memory(ctl);
	annot_arena_free(arena);
	return status;
}
