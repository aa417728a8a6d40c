#include "annotd/handlers/upload.h"

#include <time.h>

#include "base/encode.h"

static enum annot_status describe(const struct annot_record *r, bool original,
				  struct upload_document *ret, struct annot_error *err)
{
	const struct annot_card *sha256, *length;
	if (r->kind->kind != ANNOT_KIND_document)
		return annot_fail(err, ANNOT_REFUSED, "record %s is a %s, not a document",
				  annot_short_id(&r->id).text, r->kind->name);
	sha256 = annot_record_card(r, original ? "original-sha256" : "sha256");
	length = annot_record_card(r, original ? "original-length" : "length");
	if (!sha256 || !length)
		return annot_fail(err, ANNOT_REFUSED,
				  "document %s does not say hash and length of an original",
				  annot_short_id(&r->id).text);
	ret->record = r->id;
	ret->original = original;
	ret->sha256 = sha256->hash;
	ret->chunks = annot_record_card(r, "chunks")->hash;
	ret->length = length->start;
	return ANNOT_OK;
}

/* Uploads are counted by person, and a key that was rotated is still the same one's. */
static void find_person(struct call *c, const struct annot_hash *author, struct annot_hash *ret)
{
	const struct annot_authority *a = corpus_authority_lock(c->corpus);
	const struct annot_key_info *key = annot_authority_key(a, author);
	*ret = key ? key->person : *author;
	corpus_authority_unlock(c->corpus);
}

static struct upload_source source_of(const struct call *c)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (struct upload_source){
		.connection = c->connection,
		.now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000,
	};
}

enum annot_status upload_take(struct call *c, struct uploads *uploads,
			      const struct annot_upload_request *in, struct upload_step *ret)
{
	struct upload_step step = {0};
	struct upload_source from = source_of(c);
	struct store_record stored;
	const struct annot_record *r;
	uint64_t length;
	if (corpus_read_only(c->corpus))
		return annot_fail(&c->err, ANNOT_READ_ONLY, "%s", corpus_read_only(c->corpus));
	TRY(reader_find(c->reader, &in->document, &step.index, &c->err));
	TRY(reader_record(c->reader, step.index, c->arena, &stored, &c->err));
	if (!stored.record.data)
		return annot_fail(&c->err, ANNOT_REFUSED, "document %s was withheld",
				  annot_short_id(&in->document).text);
	TRY(annot_record_parse(c->arena, stored.record, &r, &c->err));
	TRY(describe(r, in->original, &step.document, &c->err));
	find_person(c, &r->author, &step.document.person);
	enum annot_status status =
		in->original ? reader_original_length(c->reader, step.index, &length, &c->err)
			     : reader_content_length(c->reader, step.index, &length, &c->err);
	if (status == ANNOT_OK) {
		step.reply = (struct annot_upload_reply){.received = length, .complete = true};
	} else if (status == ANNOT_NOT_FOUND) {
		TRY(uploads_piece(uploads, &step.document, &from, in->offset, in->data,
				  &step.reply.received, &step.content, &c->err));
		step.reply.complete = step.content.data;
	} else {
		return status;
	}
	*ret = step;
	return ANNOT_OK;
}
