/* fsck: do contents have their hashes, and targets their words? */
#include "annotd/fsck_private.h"

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "log/tree.h"
#include "text/utf8.h"

/* A document's text or original; false if it is not there. */
static enum annot_status load(struct fsck *f, uint64_t index, bool original, struct annot_buf *ret,
			      bool *ret_there, struct annot_error *err)
{
	uint64_t length;
	enum annot_status status = original ? reader_original_length(f->reader, index, &length, err)
					    : reader_content_length(f->reader, index, &length, err);
	*ret_there = status == ANNOT_OK;
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	annot_buf_add(ret, "", 0);
	if (original)
		TRY(reader_original(f->reader, index, 0, (size_t)length, ret, err));
	else
		TRY(reader_content(f->reader, index, 0, (size_t)length, ret, err));
	return annot_buf_check(ret, original ? "original" : "content", err);
}

static enum annot_status check_content(struct fsck *f, const struct annot_fact *fact,
				       struct annot_error *err)
{
	AUTO_BUF struct annot_buf content = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	bool there;
	TRY(load(f, fact->index, false, &content, &there, err));
	if (!there)
		return ANNOT_OK; /* not uploaded yet, or withheld */
	if (!fact->record) {
		finding(&f->findings, fact->index, "withheld, but its content is still there");
		return ANNOT_OK;
	}
	struct annot_bytes text = annot_buf_bytes(&content);
	struct annot_hash sha256 = annot_sha256(text.data, text.len);
	struct annot_hash chunks = annot_chunk_root(text);
	if (!annot_hash_equal(&sha256, &annot_record_card(fact->record, "sha256")->hash))
		finding(&f->findings, fact->index, "card sha256 is not that of its content, %s",
			annot_hash_hex(&sha256).text);
	if (!annot_hash_equal(&chunks, &annot_record_card(fact->record, "chunks")->hash))
		finding(&f->findings, fact->index, "card chunks is not that of its content, %s",
			annot_hash_hex(&chunks).text);
	if (annot_utf8_valid(text.data, text.len) != text.len)
		finding(&f->findings, fact->index, "its content is not UTF-8");
	return ANNOT_OK;
}

static enum annot_status check_original(struct fsck *f, const struct annot_fact *fact,
					struct annot_error *err)
{
	AUTO_BUF struct annot_buf original = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	bool there;
	TRY(load(f, fact->index, true, &original, &there, err));
	if (!there)
		return ANNOT_OK; /* the text is its own, or it was not uploaded, or was withheld */
	if (!fact->record) {
		finding(&f->findings, fact->index, "withheld, but its original is still there");
		return ANNOT_OK;
	}
	const struct annot_card *card = annot_record_card(fact->record, "original-sha256");
	struct annot_hash sha256 = annot_sha256(original.data, original.len);
	if (!card || !annot_hash_equal(&sha256, &card->hash))
		finding(&f->findings, fact->index,
			"card original-sha256 is not that of its original, %s",
			annot_hash_hex(&sha256).text);
	return ANNOT_OK;
}

static enum annot_status is_withheld(struct fsck *f, uint64_t index, bool *ret,
				     struct annot_error *err)
{
	struct store_record stored;
	TRY(reader_record(f->reader, index, f->arena, &stored, err));
	*ret = !stored.record.data;
	return ANNOT_OK;
}

/* Where the index has the targets; none where it has no such record, which is said elsewhere. */
static enum annot_status indexed_chars(struct fsck *f, uint64_t index, struct store_chars *ret,
				       size_t *ret_n, struct annot_error *err)
{
	struct annot_error why = {0};
	*ret_n = 0;
	if (index >= reader_size(f->reader))
		return ANNOT_OK;
	TRY(reader_ahead(f->reader, index, err));
	enum annot_status status = reader_chars(f->reader, index, ret, TARGETS_MAX, ret_n, &why);
	if (status == ANNOT_OK || status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	return annot_fail(err, status, "%s", why.text);
}

/* One target: its words, and its place in the index, where that has one. */
static enum annot_status check_target(struct fsck *f, const struct annot_fact *fact, size_t i,
				      const struct store_chars *have, struct annot_error *err)
{
	const struct annot_view *view = annot_memory_view(f->memory);
	struct text_source source = text_source_reader(f->reader);
	struct annot_target target;
	struct annot_known document;
	struct annot_error why = {0};
	struct store_chars want;
	bool withheld = false;
	source.steady = true; /* within one snapshot */
	annot_record_target(fact->record, i, &target);
	TRY(view->record(view->ctx, &target.document, &document, err));
	enum annot_status status =
		texts_target(f->texts, &source, document.index, &target, true, &want, &why);
	if (status == ANNOT_NOT_FOUND) {
		TRY(is_withheld(f, document.index, &withheld, err));
		if (!withheld)
			finding(&f->findings, fact->index, "the text of target %zu is missing",
				i + 1);
	} else if (status == ANNOT_MISMATCH) {
		finding(&f->findings, fact->index, "%s", why.text);
	} else if (status != ANNOT_OK) {
		return annot_fail(err, status, "%s", why.text);
	} else if (have && (have->start != want.start || have->end != want.end)) {
		finding(&f->findings, fact->index,
			"the index has target %zu at other code points; run annotd rebuild", i + 1);
	}
	return ANNOT_OK;
}

static enum annot_status check_targets(struct fsck *f, const struct annot_fact *fact,
				       struct annot_error *err)
{
	static const struct store_chars nowhere = {0};
	size_t n = annot_record_targets(fact->record), n_have = 0;
	struct store_chars have[TARGETS_MAX];
	TRY(indexed_chars(f, fact->index, have, &n_have, err));
	for (size_t i = 0; i < n; i++)
		TRY(check_target(f, fact, i,
				 n_have == 0  ? NULL
				 : i < n_have ? &have[i]
					      : &nowhere,
				 err));
	return ANNOT_OK;
}

enum annot_status fsck_words(struct fsck *f, const struct annot_fact *fact, struct annot_error *err)
{
	if (fact->leaf.kind == ANNOT_KIND_document) {
		TRY(check_content(f, fact, err));
		TRY(check_original(f, fact, err));
	}
	if (fact->record && f->effects[fact->index] != ANNOT_VOID &&
	    annot_record_targets(fact->record) > 0)
		return check_targets(f, fact, err);
	return ANNOT_OK;
}
