/* Targets of rows: their documents and places, and what became of their words in the newest
 * version. */
#include "annotd/view.h"

#include "anchor/anchor.h"
#include "annotd/store/anchor.h"
#include "annotd/texts.h"
#include "base/auto.h"
#include "base/encode.h"

/* --- documents --- */

/* The version that targets in it are looked for in. */
static enum annot_status newest_look_up(struct rows *r, uint64_t index, struct view_document *ret)
{
	struct call *c = r->call;
	struct store_row row;
	uint64_t length;

	ret->index = ret->newest = index;
	TRY(reader_newest(c->reader, index, &ret->newest, &c->err));
	if (ret->newest == index)
		return ANNOT_OK;
	TRY(reader_row(c->reader, ret->newest, &row, &c->err));
	ret->newest_record = row.record;
	ret->newest_version = row.version;
	if (row.withheld)
		ret->unanchored = "withheld";
	if (ret->unanchored)
		return ANNOT_OK;
	enum annot_status status = reader_content_length(c->reader, ret->newest, &length, &c->err);

	if (status == ANNOT_OK)
		status = reader_content_length(c->reader, index, &length, &c->err);
	if (status != ANNOT_NOT_FOUND)
		return status;
	ret->unanchored = "absent";
	return ANNOT_OK;
}

static enum annot_status document_look_up(struct rows *r, const char *hex,
					  struct view_document *ret)
{
	struct call *c = r->call;
	const struct annot_record *parsed;
	struct store_record stored;
	struct store_row row;
	uint64_t seq = 0;

	*ret = (struct view_document){.used = true};
	memcpy(ret->hex, hex, sizeof ret->hex);
	if (!annot_hash_unhex(hex, ANNOT_HASH_HEX, &ret->record))
		return annot_fail(&c->err, ANNOT_STORE,
				  "truth.db: a target names no hash; run annotd fsck");
	enum annot_status status = reader_find(c->reader, &ret->record, &seq, &c->err);

	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK; /* a void record may name what is not there */
	TRY(status);
	TRY(reader_glance(c->reader, seq, &row, &c->err));
	ret->version = row.version;
	TRY(reader_record(c->reader, seq, r->scratch, &stored, &c->err));
	if (row.kind != ANNOT_KIND_document)
		return ANNOT_OK;
	if (!stored.record.data)
		ret->unanchored = "withheld";
	TRY(newest_look_up(r, seq, ret));
	if (!stored.record.data)
		return ANNOT_OK;
	TRY(annot_record_parse(r->scratch, stored.record, &parsed, &c->err));
	snprintf(ret->name, sizeof ret->name, "%s", annot_record_text(parsed, "name"));
	return ANNOT_OK;
}

/* By the hash as the record spells it: the same document need not be decoded for each target. *ret
 * is good until the next one is looked up. */
static enum annot_status document_of(struct rows *r, const char *hex,
				     const struct view_document **ret)
{
	unsigned at = (unsigned char)hex[0] + 3u * (unsigned char)hex[1];
	struct view_document *slot = &r->cache->documents[at % VIEW_DOCUMENTS];

	if (!slot->used || memcmp(slot->hex, hex, sizeof slot->hex) != 0) {
		struct view_document found;

		TRY(document_look_up(r, hex, &found));
		*slot = found;
	}
	*ret = slot;
	return ANNOT_OK;
}

static enum annot_status document_view(struct rows *r, const struct view_document *document,
				       struct annot_target_view *ret)
{
	ret->document = document->record;
	ret->version = document->version;
	if (!document->name[0])
		return ANNOT_OK;
	return rows_name(r, &r->document, &document->record, document->name, &ret->name);
}

/*
 * The documents of a record's targets, in hex. What is in the log was parsed when it came, and
 * values hold no line feed: lines that begin with the card's name are its targets.
 */
static size_t target_documents(struct annot_bytes record, const char *ret[TARGETS_MAX])
{
	static const char card[] = "target ";
	enum { CARD = sizeof card - 1 };
	const char *at = (const char *)record.data, *end = at + record.len;
	size_t n = 0;

	while (n < TARGETS_MAX && end - at > CARD + ANNOT_HASH_HEX) {
		if (memcmp(at, card, CARD) == 0)
			ret[n++] = at + CARD;
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			break;
		at++;
	}
	return n;
}

/* --- anchors --- */

/* Whether what became of its words is worked out at all: of annotations that stand. */
static bool stands(const struct rows *r, const struct store_row *row)
{
	return row->head && row->effect == ANNOT_EFFECTIVE &&
	       (row->retracted == ANNOT_NEVER ||
		row->retracted >= (int64_t)reader_size(r->call->reader));
}

static const char *anchor_name(const struct store_anchor *anchor)
{
	return anchor->status == STORE_UNSEARCHED
		       ? "unsearched"
		       : annot_anchor_name((enum annot_anchor_status)anchor->status);
}

/*
 * What became of target n; *ret_name is NULL where that is not worked out, or not of the version
 * that was the newest then. *ret_found: it was looked for, and *ret says how that went.
 */
static enum annot_status anchor_of(struct rows *r, const struct view_subject *subject, size_t n,
				   const struct view_document *document, const char **ret_name,
				   struct store_anchor *ret, bool *ret_found)
{
	struct call *c = r->call;

	*ret_found = false;
	*ret_name = document->unanchored;
	if (document->unanchored)
		return ANNOT_OK;
	if (document->newest == document->index) {
		*ret_name = "exact";
		return ANNOT_OK;
	}
	if (!stands(r, &subject->row))
		return ANNOT_OK;
	TRY(reader_anchor(c->reader, subject->row.index, n, ret, ret_found, &c->err));
	*ret_found = *ret_found && ret->document == document->newest;
	if (*ret_found)
		*ret_name = anchor_name(ret);
	else if (!reader_is_as_of(c->reader))
		*ret_name = "pending";
	return ANNOT_OK;
}

enum annot_status view_anchored(struct rows *r, struct view_subject *subject, unsigned wanted,
				bool *ret)
{
	const char *documents[TARGETS_MAX];
	size_t n = subject->stored.record.data ? target_documents(subject->stored.record, documents)
					       : 0;
	bool pending = false;

	*ret = false;
	for (size_t i = 0; i < n && !*ret; i++) {
		const struct view_document *document;
		struct store_anchor anchor;
		const char *name;
		bool found;

		TRY(document_of(r, documents[i], &document));
		if (!document->name[0] && !document->unanchored)
			continue; /* it is not there */
		TRY(anchor_of(r, subject, i, document, &name, &anchor, &found));
		unsigned bit = name ? query_anchor(name) : 0;
		*ret = bit & wanted;
		pending = pending || (bit & QUERY_ANCHOR_PENDING);
	}
	if (*ret || !pending)
		return ANNOT_OK;
	return annot_fail(
		&r->call->err, ANNOT_BUSY,
		"words of older versions are still looked for in the newest: try again, or "
		"ask for anchor:pending too");
}

/* --- outside --- */

static enum annot_status anchor_view(struct rows *r, const struct view_subject *subject, size_t n,
				     const struct view_document *document,
				     struct annot_target_view *view,
				     struct annot_anchor_view *anchors, struct annot_row *ret)
{
	struct store_anchor anchor;
	bool found;

	TRY(anchor_of(r, subject, n, document, &view->anchor, &anchor, &found));
	if (!found)
		return ANNOT_OK;
	anchors[ret->n_anchors++] = (struct annot_anchor_view){
		.target = n,
		.document = document->newest_record,
		.version = document->newest_version,
		.start = anchor.start,
		.end = anchor.end,
		.chars_start = anchor.chars.start,
		.chars_end = anchor.chars.end,
		.score = anchor.score,
		.cut = anchor.cut,
		.algorithm = ANNOT_ANCHOR_VERSION,
	};
	return ANNOT_OK;
}

enum annot_status view_targets(struct rows *r, const struct view_subject *subject,
			       struct annot_row *ret)
{
	struct call *c = r->call;
	const char *documents[TARGETS_MAX];
	struct store_chars chars[TARGETS_MAX];
	struct annot_anchor_view anchors[TARGETS_MAX];
	struct annot_target_view *views;
	size_t n = target_documents(subject->stored.record, documents), n_chars = 0;

	if (n == 0)
		return ANNOT_OK;
	views = annot_arena_array(c->arena, n, sizeof *views);
	if (!views)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu targets", n);
	TRY(reader_chars(c->reader, subject->row.index, chars, COUNT(chars), &n_chars, &c->err));
	for (size_t i = 0; i < n; i++) {
		const struct view_document *document;

		TRY(document_of(r, documents[i], &document));
		TRY(document_view(r, document, &views[i]));
		if (n_chars != n) {
			/* Its words were never looked up in the document. */
			views[i].anchor = document->unanchored;
			continue;
		}
		views[i].chars_start = chars[i].start;
		views[i].chars_end = chars[i].end;
		TRY(anchor_view(r, subject, i, document, &views[i], anchors, ret));
	}
	ret->targets = views;
	ret->n_targets = n;
	if (ret->n_anchors == 0)
		return ANNOT_OK;
	ret->anchors = (const void *)annot_arena_copy(c->arena, anchors,
						      ret->n_anchors * sizeof anchors[0]);
	return ret->anchors ? ANNOT_OK
			    : annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for anchors");
}
