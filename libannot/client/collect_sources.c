/* The texts that a bundle's words stand in: whole, or the parts that the words take. */
#include "client/collect.h"

#include <stdlib.h>

#include "base/auto.h"
#include "proof/excerpt.h"

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

static const struct annot_record *document_of(const struct annot_collected *one)
{
	return one->record && one->record->kind->kind == ANNOT_KIND_document ? one->record : NULL;
}

/* False: it was withheld or never uploaded, and has no text. */
static enum annot_status fetch(struct annot_collection *c, const struct annot_record *document,
			       struct annot_bytes *ret, bool *ret_there, struct annot_error *err)
{
	enum annot_status status = annot_fetch_text(c->a, document, ret, err);
	*ret_there = status == ANNOT_OK;
	return status == ANNOT_NOT_FOUND || status == ANNOT_REFUSED ? ANNOT_OK : status;
}

/* --- whole --- */

static enum annot_status add_source(struct annot_collection *c, const struct annot_record *document,
				    struct annot_bundle_source *sources, size_t *n,
				    struct annot_error *err)
{
	struct annot_bytes text;
	bool there = false;
	if (document)
		TRY(fetch(c, document, &text, &there, err));
	if (!there)
		return ANNOT_OK;
	for (size_t i = 0; i < *n; i++)
		if (sources[i].text.data == text.data)
			return ANNOT_OK; /* two versions with one text */
	sources[(*n)++] = (struct annot_bundle_source){
		.sha256 = annot_record_card(document, "sha256")->hash,
		.text = text,
	};
	return ANNOT_OK;
}

static enum annot_status collect_whole(struct annot_collection *c, struct annot_bundle *ret,
				       struct annot_error *err)
{
	struct annot_bundle_source *sources =
		annot_arena_array(c->arena, c->n_references + 1, sizeof(*sources));
	size_t n = 0;
	if (!sources)
		return no_memory(err);
	TRY(add_source(c, document_of(&c->subject), sources, &n, err));
	for (size_t i = 0; i < c->n_references; i++)
		TRY(add_source(c, document_of(&c->references[i]), sources, &n, err));
	ret->sources = sources;
	ret->n_sources = n;
	return ANNOT_OK;
}

/* --- excerpts --- */

/* Marks the chunks that a record's words in a document take; how many of its targets are there. */
static size_t mark(const struct annot_record *record, const struct annot_record *document,
		   uint64_t length, bool *wanted)
{
	struct annot_target target;
	size_t n = 0;
	for (size_t i = 0; record && annot_record_target(record, i, &target); i++) {
		uint64_t first, last;
		if (!annot_hash_equal(&target.document, &document->id) || target.end > length ||
		    target.start >= target.end)
			continue;
		annot_chunk_range(target.start, target.end, length, &first, &last);
		memset(wanted + first, true, (size_t)(last - first + 1));
		n++;
	}
	return n;
}

static enum annot_status add_excerpts(struct annot_collection *c,
				      const struct annot_record *document, struct annot_buf *list,
				      struct annot_error *err)
{
	struct annot_bytes text;
	bool there;
	size_t n = 0, words;
	TRY(fetch(c, document, &text, &there, err));
	if (!there || text.len == 0)
		return ANNOT_OK;
	size_t count = (size_t)annot_chunk_count(text.len);
	AUTO_FREE bool *wanted = calloc(count, sizeof(*wanted));
	AUTO_FREE struct annot_bytes *sections = calloc(count, sizeof(*sections));
	if (!wanted || !sections)
		return no_memory(err);
	words = mark(c->subject.record, document, text.len, wanted);
	for (size_t i = 0; i < c->n_references; i++)
		words += mark(c->references[i].record, document, text.len, wanted);
	if (words == 0)
		return ANNOT_OK;
	TRY(annot_chunk_sections(c->arena, &document->id, text, wanted, sections, &n, err));
	annot_buf_add(list, sections, n * sizeof(*sections));
	return annot_buf_check(list, "the excerpts", err);
}

static enum annot_status collect_excerpts(struct annot_collection *c, struct annot_bundle *ret,
					  struct annot_error *err)
{
	AUTO_BUF struct annot_buf list =
		ANNOT_BUF_INIT(ANNOT_BUNDLE_RECORDS_MAX * sizeof(struct annot_bytes));
	struct annot_bytes *kept;
	for (size_t i = 0; i < c->n_references; i++)
		if (document_of(&c->references[i]))
			TRY(add_excerpts(c, c->references[i].record, &list, err));
	if (list.len == 0)
		return ANNOT_OK;
	kept = annot_arena_array(c->arena, list.len / sizeof(*kept), sizeof(*kept));
	if (!kept)
		return no_memory(err);
	memcpy(kept, list.data, list.len);
	ret->excerpts = kept;
	ret->n_excerpts = list.len / sizeof(*kept);
	return ANNOT_OK;
}

enum annot_status annot_collect_sources(struct annot_collection *c, struct annot_bundle *ret,
					struct annot_error *err)
{
	if (!(c->options & ANNOT_COLLECT_EXCERPT))
		return collect_whole(c, ret, err);
	if (document_of(&c->subject))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s is a document: no excerpt shows what it says; make an excerpt of "
			"a quote, span or claim",
			annot_record_text(c->subject.record, "name"));
	return collect_excerpts(c, ret, err);
}
