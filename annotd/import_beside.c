/* Texts, originals, cosigned checkpoints and hashes of what was withheld: each checked, and kept.
 */
#include "annotd/import_private.h"

#include "base/encode.h"
#include "base/hash.h"
#include "text/utf8.h"

static const char *const part_names[] = {[STORE_TEXT] = "text", [STORE_ORIGINAL] = "original"};

static struct import_part part_of(const struct annot_record *record, const char *sha256,
				  const char *length)
{
	const struct annot_card *hash = annot_record_card(record, sha256);
	const struct annot_card *size = annot_record_card(record, length);
	if (!hash || !size)
		return (struct import_part){.wanted = false};
	return (struct import_part){.wanted = true, .sha256 = hash->hash, .length = size->start};
}

void import_expect(struct importing *i, const struct annot_record *record)
{
	annot_buf_truncate(&i->content, 0);
	memset(i->parts, 0, sizeof i->parts);
	if (!record || record->kind->kind != ANNOT_KIND_document)
		return;
	i->document_index = i->frontier.size - 1;
	i->document = record->id;
	i->parts[STORE_TEXT] = part_of(record, "sha256", "length");
	i->parts[STORE_TEXT].chunks = annot_record_card(record, "chunks")->hash;
	i->parts[STORE_ORIGINAL] = part_of(record, "original-sha256", "original-length");
}

enum annot_status import_part_is_over(const struct importing *i, struct annot_error *err)
{
	if (i->content.len == 0)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "the %s before it ends at byte %zu of %llu",
			  part_names[i->coming], i->content.len,
			  (unsigned long long)i->parts[i->coming].length);
}

static enum annot_status check_text(const struct import_part *part, struct annot_bytes text,
				    uint64_t index, struct annot_error *err)
{
	struct annot_hash chunks = annot_chunk_root(text);
	if (!annot_hash_equal(&chunks, &part->chunks))
		return annot_fail(
			err, ANNOT_MISMATCH,
			"the text of document #%llu has other chunks than its record names",
			(unsigned long long)index);
	if (annot_utf8_valid(text.data, text.len) != text.len)
		return annot_fail(err, ANNOT_INVALID, "the text of document #%llu is not UTF-8",
				  (unsigned long long)index);
	return ANNOT_OK;
}

static enum annot_status keep_part(struct importing *i, struct annot_error *err)
{
	struct import_part *part = &i->parts[i->coming];
	struct annot_bytes bytes = annot_buf_bytes(&i->content);
	struct annot_hash sha256 = annot_sha256(bytes.data, bytes.len);
	if (!annot_hash_equal(&sha256, &part->sha256))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the %s of document #%llu is not the one that its record names",
				  part_names[i->coming], (unsigned long long)i->document_index);
	if (i->coming == STORE_TEXT)
		TRY(check_text(part, bytes, i->document_index, err));
	TRY(import_commit(i, err));
	TRY(i->coming == STORE_TEXT ? store_put_content(i->store, i->document_index, bytes, err)
				    : store_put_original(i->store, i->document_index, bytes, err));
	part->wanted = false;
	annot_buf_truncate(&i->content, 0);
	return ANNOT_OK;
}

enum annot_status import_piece(struct importing *i, enum store_part part,
			       const struct annot_ndjson *line, struct annot_error *err)
{
	uint64_t length = i->parts[part].length;
	if (!i->parts[part].wanted || !annot_hash_equal(&line->document, &i->document))
		return annot_fail(err, ANNOT_INVALID,
				  "a piece of a%s %s that does not follow its document's record",
				  part == STORE_ORIGINAL ? "n" : "", part_names[part]);
	if (i->coming != part)
		TRY(import_part_is_over(i, err));
	i->coming = part;
	if (line->length != length || line->offset != i->content.len ||
	    line->piece.len > length - i->content.len)
		return annot_fail(err, ANNOT_INVALID,
				  "expected byte %zu of %llu, found %zu bytes at %llu of %llu",
				  i->content.len, (unsigned long long)length, line->piece.len,
				  (unsigned long long)line->offset,
				  (unsigned long long)line->length);
	annot_buf_add(&i->content, line->piece.data, line->piece.len);
	TRY(annot_buf_check(&i->content, part_names[part], err));
	return i->content.len == length ? keep_part(i, err) : ANNOT_OK;
}

/* The log's line and root are checked; whose cosignatures count is for those who ask for them. */
enum annot_status import_cosigned(struct importing *i, const struct annot_ndjson *line,
				  struct annot_error *err)
{
	struct annot_tree_reader tree = store_tree(i->store);
	struct annot_checkpoint checkpoint;
	struct annot_hash root;
	TRY(import_part_is_over(i, err));
	if (line->size <= i->cosigned_size || line->size > i->frontier.size)
		return annot_fail(err, ANNOT_INVALID,
				  "\"cosigned\": expected a size behind %llu, and at most %llu "
				  "records, found %llu",
				  (unsigned long long)i->cosigned_size,
				  (unsigned long long)i->frontier.size,
				  (unsigned long long)line->size);
	TRY(import_note(i, "note", line->checkpoint, &checkpoint, err));
	TRY(annot_tree_root(&tree, line->size, &root, err));
	if (checkpoint.size != line->size || !annot_hash_equal(&checkpoint.root, &root))
		return annot_fail(err, ANNOT_MISMATCH,
				  "\"note\" is not of the first %llu records of this log",
				  (unsigned long long)line->size);
	i->cosigned_size = line->size;
	return cosigned_put_copy(i->cosigned, line->size, line->checkpoint, err);
}

/* Nothing but the export says which text a withheld document had. */
enum annot_status import_withheld(struct importing *i, const struct annot_ndjson *line,
				  struct annot_error *err)
{
	struct store_record stored = {.index = line->index};
	struct annot_leaf leaf;
	TRY(import_part_is_over(i, err));
	if (memcmp(line->sha256.b, i->withheld.b, sizeof line->sha256.b) <= 0)
		return annot_fail(err, ANNOT_INVALID,
				  "\"withheld\": hashes come in their order, and once");
	if (line->index < i->frontier.size)
		TRY(store_record(i->store, line->index, i->arena, &stored, err));
	if (!stored.leaf.data || annot_leaf_parse(stored.leaf, &leaf, err) != ANNOT_OK ||
	    leaf.kind != ANNOT_KIND_document)
		return annot_fail(
			err, ANNOT_MISMATCH,
			"\"document_index\": record #%llu is no document that was withheld",
			(unsigned long long)line->index);
	i->withheld = line->sha256;
	TRY(import_begin(i, err));
	return store_put_withheld_content(i->store, line->index, &line->sha256, err);
}
