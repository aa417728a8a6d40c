/* text: a piece of a document's text, or of the original that it was made from. */
#include "annotd/call.h"

#include "base/auto.h"

enum { PIECE_MAX = 1 << 20 }; /* as in text_reply */

enum annot_status on_text(struct call *c, const struct annot_text_request *in,
			  struct annot_text_reply *ret)
{
	AUTO_BUF struct annot_buf piece = ANNOT_BUF_INIT(PIECE_MAX);
	size_t len = in->length < PIECE_MAX ? (size_t)in->length : PIECE_MAX;
	struct store_row row;
	uint64_t index, total;

	TRY(reader_find(c->reader, &in->document, &index, &c->err));
	TRY(reader_row(c->reader, index, &row, &c->err));
	if (row.kind != ANNOT_KIND_document)
		return annot_fail(&c->err, ANNOT_INVALID, "record #%llu is a %s, not a document",
				  (unsigned long long)index, annot_kind_def(row.kind)->name);
	if (row.withheld)
		return annot_fail(&c->err, ANNOT_NOT_FOUND,
				  "document #%llu was withheld: its text is gone",
				  (unsigned long long)index);
	if (in->original) {
		TRY(reader_original_length(c->reader, index, &total, &c->err));
		TRY(reader_original(c->reader, index, in->offset, len, &piece, &c->err));
	} else {
		TRY(reader_content_length(c->reader, index, &total, &c->err));
		TRY(reader_content(c->reader, index, in->offset, len, &piece, &c->err));
	}
	if (piece.len > 0) {
		ret->data.data = (const uint8_t *)annot_arena_copy(c->arena, piece.data, piece.len);
		ret->data.len = piece.len;
		if (!ret->data.data)
			return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu bytes",
					  piece.len);
	}
	ret->total = total;
	return ANNOT_OK;
}
