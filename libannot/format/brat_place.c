/*
 * Where the pieces of a span stand in the corpus's text. What a T line says is compared with the
 * text beside it (NAME.txt) where there is one; that one may differ from the corpus's in its line
 * ends alone, and then offsets are exact, or be another version, and then the words are looked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "format/brat.h"
#include "text/utf8.h"

enum { CONTEXT = 32, SOURCE_NAME_MAX = 128 };

static bool piece_stands(struct brat_reading *r, const struct brat_span *span, size_t n,
			 enum annot_unit unit, struct brat_piece *ret)
{
	size_t len = span->pieces[n].len;
	return annot_source_byte(&r->view, span->pieces[n].start, unit, &ret->start, NULL) ==
		       ANNOT_OK &&
	       annot_source_byte(&r->view, span->pieces[n].end, unit, &ret->end, NULL) ==
		       ANNOT_OK &&
	       ret->end - ret->start == len &&
	       memcmp(r->text.data + ret->start, span->pieces[n].words, len) == 0;
}

static bool all_stand(struct brat_reading *r, const struct brat_span *span, enum annot_unit unit,
		      struct brat_piece *ret)
{
	for (size_t i = 0; i < span->n; i++)
		if (!piece_stands(r, span, i, unit, &ret[i]))
			return false;
	return true;
}

/* In UTF-16 the end is as many units after the start as the words have. */
static bool all_stand_by_browser(struct brat_reading *r, const struct brat_span *span,
				 struct brat_piece *ret)
{
	for (size_t i = 0; i < span->n; i++) {
		size_t len = span->pieces[i].len;
		if (annot_source_byte(&r->view, span->pieces[i].start, ANNOT_UNIT_UTF16,
				      &ret[i].start, NULL) != ANNOT_OK ||
		    ret[i].start + len > r->text.len ||
		    memcmp(r->text.data + ret[i].start, span->pieces[i].words, len) != 0)
			return false;
		ret[i].end = ret[i].start + len;
	}
	return true;
}

/* Whether two pieces are one span that only line ends divide, as brat writes one that goes over
 * them. */
static bool only_line_ends(const char *text, size_t from, size_t to)
{
	for (size_t at = from; at < to;)
		if (!brat_ends_line(annot_utf8_next(text, to, &at)))
			return false;
	return from < to;
}

size_t brat_join(const char *text, struct brat_piece *pieces, size_t n)
{
	size_t kept = 0;
	for (size_t i = 1; i < n; i++) {
		if (only_line_ends(text, pieces[kept].end, pieces[i].start))
			pieces[kept].end = pieces[i].end;
		else
			pieces[++kept] = pieces[i];
	}
	return n > 0 ? kept + 1 : 0;
}

/* A stretch of the text beside the file, in the corpus's text. */
static enum annot_status place_stretch(struct annot_import *m, struct brat_reading *r,
				       struct annot_source *source, struct annot_draft *draft,
				       const struct brat_piece *p, bool *ret,
				       struct annot_error *err)
{
	const char *text = r->text.data;
	size_t before = annot_utf8_back(text, r->text.len, p->start, CONTEXT),
	       behind = annot_utf8_forward(text, r->text.len, p->end, CONTEXT);
	struct annot_source_selector selector = {
		.exact = annot_bytes(text + p->start, p->end - p->start),
		.prefix = annot_bytes(text + before, p->start - before),
		.suffix = annot_bytes(text + p->end, behind - p->end),
		.hints = true,
		.placed = true,
		.unit = ANNOT_UNIT_BYTES,
		.start = p->start,
		.end = p->end,
	};
	if (!brat_is_universal(source->text)) { /* around it are other line ends */
		selector.prefix = selector.suffix = annot_bytes(NULL, 0);
		selector.start = brat_from_universal(source->text, p->start);
		selector.end = brat_from_universal(source->text, p->end);
		if (selector.end <= source->text.len && selector.start < selector.end)
			selector.exact = annot_bytes(source->text.data + selector.start,
						     (size_t)(selector.end - selector.start));
	}
	return annot_import_place(m, draft, source, &selector, "offsets", ret, err);
}

/* Without a text beside the file: by words and offsets in the corpus's. */
static enum annot_status place_words(struct annot_import *m, const struct brat_span *span,
				     struct annot_source *source, struct annot_draft *draft,
				     bool *ret, struct annot_error *err)
{
	*ret = true;
	for (size_t i = 0; i < span->n && *ret; i++) {
		const struct annot_source_selector selector = {
			.exact = annot_bytes(span->pieces[i].words, span->pieces[i].len),
			.placed = true,
			.unit = ANNOT_UNIT_CHARS,
			.start = span->pieces[i].start,
			.end = span->pieces[i].end,
		};
		TRY(annot_import_place(m, draft, source, &selector, "offsets", ret, err));
	}
	return ANNOT_OK;
}

static bool has_hash(const struct annot_source *s, const struct annot_hash *hash)
{
	return annot_hash_equal(&annot_record_card(s->record, "sha256")->hash, hash);
}

/* Of the ways in order the first that leads to the text beside the file byte for byte; else the
 * first that leads to it but for CR LF that became LF. *ret NULL: none does. */
static enum annot_status find_text(struct annot_import *m, const struct brat_reading *r,
				   const struct annot_source_wanted *const *ways, size_t n,
				   struct annot_source **ret, struct annot_error *err)
{
	const struct annot_bytes beside = annot_buf_bytes(&r->text);
	struct annot_error why;
	*ret = NULL;
	for (size_t i = 0; i < n; i++) {
		struct annot_source *found;
		enum annot_status status = m->host.source(m->host.arg, ways[i], &found, &why);
		if (status == ANNOT_NOT_FOUND || status == ANNOT_AMBIGUOUS)
			continue;
		if (status != ANNOT_OK)
			return annot_fail(err, status, "%s", why.text);
		if (!found->text.data)
			continue;
		if (has_hash(found, &r->sha256)) {
			*ret = found;
			return ANNOT_OK;
		}
		if (!*ret && brat_is_universal_of(beside, found->text))
			*ret = found;
	}
	return ANNOT_OK;
}

/* The corpus's text: by the SHA-256 of the one beside the file, else by the file's name. An export
 * calls a first version NAME alone, whatever came after it, while to the corpus that is the newest
 * one, and only newest ones are found by their hash. */
static enum annot_status find_source(struct annot_import *m, struct brat_reading *r,
				     struct annot_source **ret, struct annot_error *err)
{
	char first_name[SOURCE_NAME_MAX];
	int len = snprintf(first_name, sizeof first_name, "%s@1", r->item.name);
	bool later = strchr(r->item.name, '@') || len < 0 || (size_t)len >= sizeof first_name;
	const struct annot_hex hex = annot_hash_hex(&r->sha256);
	const struct annot_source_wanted by_hash = {.sha256 = hex.text},
					 by_name = {.name = r->item.name},
					 first = {.name = first_name};
	const struct annot_source_wanted *const ways[] = {&by_hash, &by_name, &first};
	*ret = NULL;
	if (r->item.text.data && !m->host.document)
		TRY(find_text(m, r, ways, later ? 2 : 3, ret, err));
	return *ret ? ANNOT_OK : annot_import_source(m, &by_name, "file", ret, err);
}

static enum annot_status place_all(struct annot_import *m, struct brat_reading *r,
				   struct annot_source *source, struct brat_piece *pieces, size_t n,
				   struct annot_draft *draft, bool *ret, struct annot_error *err)
{
	n = brat_join(r->text.data, pieces, n);
	*ret = true;
	for (size_t i = 0; i < n && *ret; i++)
		TRY(place_stretch(m, r, source, draft, &pieces[i], ret, err));
	return ANNOT_OK;
}

enum annot_status brat_place(struct annot_import *m, struct brat_reading *r,
			     const struct brat_span *span, struct annot_draft *draft, bool *ret,
			     struct annot_error *err)
{
	struct annot_source *source;
	*ret = false;
	TRY(find_source(m, r, &source, err));
	if (!source)
		return ANNOT_OK;
	r->text_sha256 = annot_record_card(source->record, "sha256")->hash;
	if (!r->text.data)
		return place_words(m, span, source, draft, ret, err);
	AUTO_FREE struct brat_piece *pieces = calloc(span->n, sizeof *pieces);
	if (!pieces)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a span");
	if (all_stand(r, span, ANNOT_UNIT_CHARS, pieces))
		return place_all(m, r, source, pieces, span->n, draft, ret, err);
	if (all_stand_by_browser(r, span, pieces)) {
		TRY(annot_import_lose_text(m, "offsets", span->number,
					   "they count UTF-16 units, as brat's browser does, and "
					   "were taken so",
					   err));
		return place_all(m, r, source, pieces, span->n, draft, ret, err);
	}
	return place_words(m, span, source, draft, ret, err);
}
