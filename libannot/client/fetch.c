/* Records and texts that are checked before anybody sees them. */
#include "client/internal.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/hash.h"
#include "record/sshsig.h"

enum { TEXT_PIECE = 1 << 20 };

static enum annot_status check_signature(struct annot *a, const struct annot_hash *author,
					 struct annot_bytes record, struct annot_bytes signature,
					 struct annot_public_key *ret, struct annot_error *err)
{
	struct annot_public_key key;
	enum annot_status status = annot_author_key(a, author, &key, err);
	if (status == ANNOT_NOT_FOUND)
		return annot_fail(err, ANNOT_MISMATCH,
				  "a record by author %s, whose key is not enrolled",
				  annot_hash_hex(author).text);
	TRY(status);
	if (record.data)
		TRY(annot_sshsig_verify(key.key, ANNOT_NAMESPACE_RECORD, record, signature.data,
					err));
	*ret = key;
	return ANNOT_OK;
}

/* A withheld record: its leaf line is what is left. */
static enum annot_status check_withheld(struct annot *a, const struct annot_row *row,
					struct annot_fetched *ret, struct annot_error *err)
{
	struct annot_leaf leaf;
	if (!row->leaf)
		return annot_fail(err, ANNOT_MISMATCH, "#%llu came with neither bytes nor leaf",
				  (unsigned long long)row->index);
	TRY(annot_leaf_parse(annot_bytes_of(row->leaf), &leaf, err));
	struct annot_hash hash = annot_sha256(row->signature.data, row->signature.len);
	if (!annot_hash_equal(&hash, &leaf.signature))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the signature of #%llu is not the one of its leaf",
				  (unsigned long long)row->index);
	TRY(check_signature(a, &leaf.author, annot_bytes(NULL, 0), row->signature, &ret->author_key,
			    err));
	ret->row = row;
	ret->record = NULL;
	return ANNOT_OK;
}

enum annot_status annot_check_row(struct annot *a, const struct annot_row *row,
				  struct annot_arena *arena, struct annot_fetched *ret,
				  struct annot_error *err)
{
	struct annot_fetched got;
	if (row->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_MISMATCH, "#%llu has a signature of %zu bytes",
				  (unsigned long long)row->index, row->signature.len);
	if (!row->record.data) {
		TRY(check_withheld(a, row, &got, err));
		*ret = got;
		return ANNOT_OK;
	}
	const struct annot_record *record;
	TRY(annot_record_parse(arena, row->record, &record, err));
	if (!annot_hash_equal(&record->corpus, &a->hello.corpus))
		return annot_fail(err, ANNOT_MISMATCH, "record %s is of another corpus: %s",
				  annot_hash_hex(&record->id).text,
				  annot_hash_hex(&record->corpus).text);
	TRY(check_signature(a, &record->author, record->bytes, row->signature, &got.author_key,
			    err));
	got.row = row;
	got.record = record;
	*ret = got;
	return ANNOT_OK;
}

/* Lower-case hexadecimal digits, 8 to 64 of them. */
static bool is_id(const char *text, size_t len)
{
	return len >= 8 && len <= ANNOT_HASH_HEX && strspn(text, "0123456789abcdef") >= len;
}

static bool begins(const struct annot_hash *hash, const char *digits, size_t len)
{
	return memcmp(annot_hash_hex(hash).text, digits, len) == 0;
}

/* Whether what came is what the id asks for; versions and names are the daemon's word. */
static bool fits(const char *id, const struct annot_fetched *got)
{
	bool exact = *id == '='; /* the record itself */
	id += exact;
	const char *at = strchr(id, '@');
	size_t len = at ? (size_t)(at - id) : strlen(id);
	uint64_t version;
	struct annot_leaf leaf;
	if (at &&
	    (!annot_parse_u64(at + 1, strlen(at + 1), &version) || version != got->row->version))
		return false;
	if (!is_id(id, len)) {
		if (!got->record)
			return true; /* a withheld document: no name is left to compare */
		const char *name = annot_record_text(got->record, "name");
		return got->record->kind->kind == ANNOT_KIND_document && name &&
		       (at || (strlen(name) == len && memcmp(name, id, len) == 0));
	}
	if (got->record)
		return begins(&got->record->id, id, len) ||
		       (!exact && begins(&got->record->annotation, id, len));
	return annot_leaf_parse(annot_bytes_of(got->row->leaf), &leaf, NULL) == ANNOT_OK &&
	       (begins(&leaf.record, id, len) || (!exact && begins(&leaf.annotation, id, len)));
}

enum annot_status annot_fetch(struct annot *a, const char *id, struct annot_arena *arena,
			      struct annot_fetched *ret, struct annot_error *err)
{
	struct annot_get_request in = {.ids = &id, .n_ids = 1};
	const struct annot_rows_reply *reply;
	struct annot_fetched got;
	TRY(annot_call_get(a, &in, arena, &reply, err));
	if (reply->n_rows == 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "%.80s: there is no such record", id);
	if (reply->n_rows != 1)
		return annot_fail(err, ANNOT_PROTOCOL, "%.80s: asked for one record, got %zu", id,
				  reply->n_rows);
	TRY(annot_check_row(a, &reply->rows[0], arena, &got, err));
	if (!fits(id, &got))
		return annot_fail(err, ANNOT_MISMATCH,
				  "%.80s: the daemon sent another record than was asked for", id);
	*ret = got;
	return ANNOT_OK;
}

static enum annot_status fetch_pieces(struct annot *a, const struct annot_record *document,
				      bool original, const struct annot_hash *sha256,
				      uint64_t length, struct annot_held *ret,
				      struct annot_error *err)
{
	const char *what = original ? "original" : "text";
	struct annot_sha256 hashing;
	annot_sha256_init(&hashing);
	while (ret->len < length) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		uint64_t left = length - ret->len;
		struct annot_text_request in = {.document = document->id,
						.offset = ret->len,
						.length = left < TEXT_PIECE ? left : TEXT_PIECE,
						.original = original};
		const struct annot_text_reply *reply;
		TRY(annot_client_arena(&arena, err));
		TRY(annot_call_text(a, &in, arena, &reply, err));
		if (reply->data.len == 0 || reply->data.len > left)
			return annot_fail(err, ANNOT_MISMATCH,
					  "the %s of document %s ends at %llu of %llu bytes", what,
					  annot_hash_hex(&document->id).text,
					  (unsigned long long)ret->len, (unsigned long long)length);
		annot_sha256_add(&hashing, reply->data.data, reply->data.len);
		TRY(annot_held_put(ret, reply->data, err));
		annot_client_step(a, "fetched", true, ret->len, length);
	}
	struct annot_hash hash = annot_sha256_final(&hashing);
	if (!annot_hash_equal(&hash, sha256))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the %s of document %s has the hash %s; its record says %s", what,
				  annot_hash_hex(&document->id).text, annot_hash_hex(&hash).text,
				  annot_hash_hex(sha256).text);
	return ANNOT_OK;
}

/* Fetches all pieces of a text, or of its original, which must have the hash that the record says.
 */
static enum annot_status fetch_text(struct annot *a, const struct annot_record *document,
				    bool original, const struct annot_hash *sha256, uint64_t length,
				    struct annot_held *ret, struct annot_error *err)
{
	enum annot_status status = fetch_pieces(a, document, original, sha256, length, ret, err);
	annot_client_step(a, NULL, true, 0, 0);
	return status;
}

static enum annot_status not_a_document(const struct annot_record *record, struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "record %s is not a document",
			  annot_hash_hex(&record->id).text);
}

enum annot_status annot_fetch_text_apart(struct annot *a, const struct annot_record *document,
					 struct annot_held *ret, struct annot_error *err)
{
	const struct annot_card *sha256 = annot_record_card(document, "sha256");
	const struct annot_card *length = annot_record_card(document, "length");
	if (!sha256 || !length)
		return not_a_document(document, err);
	return fetch_text(a, document, false, &sha256->hash, length->start, ret, err);
}

enum annot_status annot_fetch_text(struct annot *a, const struct annot_record *document,
				   struct annot_bytes *ret, struct annot_error *err)
{
	const struct annot_card *sha256 = annot_record_card(document, "sha256");
	const struct annot_card *length = annot_record_card(document, "length");
	if (!sha256 || !length)
		return not_a_document(document, err);
	for (struct annot_kept_text *text = a->texts; text; text = text->next)
		if (annot_hash_equal(&text->sha256, &sha256->hash))
			return annot_held_bytes(&text->text, ret, err);
	struct annot_kept_text *text = calloc(1, sizeof(*text));
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	text->text = ANNOT_HELD_INIT(ANNOT_TEXTS_MAX - a->texts_len);
	text->sha256 = sha256->hash;
	enum annot_status status =
		fetch_text(a, document, false, &sha256->hash, length->start, &text->text, err);
	if (status == ANNOT_OK)
		status = annot_held_bytes(&text->text, ret, err);
	if (status != ANNOT_OK) {
		annot_held_free(&text->text);
		free(text);
		return status;
	}
	text->next = a->texts;
	a->texts = text;
	a->texts_len += text->text.memory.len;
	return ANNOT_OK;
}

enum annot_status annot_fetch_original(struct annot *a, const struct annot_record *document,
				       struct annot_held *ret, struct annot_error *err)
{
	const struct annot_card *sha256 = annot_record_card(document, "original-sha256");
	const struct annot_card *length = annot_record_card(document, "original-length");
	if (!sha256 || !length)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "document %s is its own original: it was made from no file of "
				  "another type",
				  annot_short_id(&document->id).text);
	return fetch_text(a, document, true, &sha256->hash, length->start, ret, err);
}
