/*
 * A host of formats in memory: texts, what an import handed over, what was lost, what an export
 * wrote. Nothing is signed; references are not followed.
 */
#ifndef TESTS_FORMAT_DESK_H
#define TESTS_FORMAT_DESK_H

#include "assert.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "format/internal.h"
#include "format/items.h"

enum { DESK_MAX = 16, DESK_BUILT_MAX = 64, DESK_TEXT_MAX = 1 << 20 };

struct desk {
	struct annot_arena *arena;
	struct annot_source *sources[DESK_MAX];
	size_t n_sources;
	const struct annot_record *taken[DESK_MAX]; /* in the order of taking */
	struct annot_buf refs[DESK_MAX];            /* of each, "on=https://…\n" */
	const struct annot_hash *amends[DESK_MAX];  /* of each; NULL: a first version */
	size_t n_taken;
	const struct annot_record *built[DESK_BUILT_MAX]; /* all that there is; the newest last */
	size_t n_built;
	struct annot_entry own; /* what was asked for last */
	struct annot_buf
		losses; /* "target[0].start: 3-5: why\n", "! " before what left its item out */
	struct annot_buf out;
	struct annot_import_host importing;
	struct annot_export_host exporting;
	uint8_t nonce;
	const char *author; /* of what is built */
	int64_t later;      /* seconds, likewise */
};

static inline const struct annot_record *desk_build(struct desk *d, const struct annot_draft *draft)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	struct annot_draft_header header = {.corpus = &d->importing.corpus,
					    .author = annot_sha256(d->author, strlen(d->author)),
					    .time_s = 1900000000 + d->later};
	header.nonce[0] = ++d->nonce;
	assert_ok(annot_draft_build(draft, &header, d->arena, &bytes, &record, &test_error));
	d->built[d->n_built++ % DESK_BUILT_MAX] = record;
	return record;
}

static inline const struct annot_record *desk_built(struct desk *d, struct annot_draft *draft)
{
	const struct annot_record *record = desk_build(d, draft);
	annot_draft_free(draft);
	return record;
}

/* A draft of cards, "name", "value" in pairs. */
static inline struct annot_draft *desk_draft(enum annot_kind kind, const char *const *cards)
{
	struct annot_draft *draft = annot_draft_new(kind);
	for (; *cards; cards += 2)
		assert_ok(annot_draft_add(draft, cards[0], cards[1], &test_error));
	return draft;
}
#define DRAFT(kind, ...) desk_draft(ANNOT_KIND_##kind, (const char *const[]){__VA_ARGS__, NULL})

/* Adds the first place of those words in a text as target. */
static inline void desk_words(struct annot_draft *draft, const struct annot_source *s,
			      const char *words)
{
	const char *text = (const char *)s->text.data, *at = strstr(text, words);
	assert_non_null(at);
	assert_ok(annot_draft_add_target(draft, &s->record->id, s->text, (uint64_t)(at - text),
					 (uint64_t)(at - text) + strlen(words), &test_error));
}

/* A document with that source address (NULL: none). */
static inline struct annot_source *desk_document(struct desk *d, const char *name, const char *url,
						 const char *text)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_document);
	struct annot_hash hash = annot_sha256(text, strlen(text));
	char length[24];
	snprintf(length, sizeof length, "%zu", strlen(text));
	assert_ok(annot_draft_add(draft, "name", name, &test_error));
	assert_ok(annot_draft_add(draft, "media-type", "text/plain", &test_error));
	if (url)
		assert_ok(annot_draft_add(draft, "source", url, &test_error));
	assert_ok(annot_draft_add_hash(draft, "sha256", &hash, &test_error));
	assert_ok(annot_draft_add(draft, "length", length, &test_error));
	assert_ok(annot_draft_add_hash(draft, "chunks", &hash, &test_error));
	struct annot_source *source = annot_arena_alloc(d->arena, sizeof *source);
	*source = (struct annot_source){.record = desk_build(d, draft),
					.name = name,
					.version = 1,
					.text = annot_bytes_of(text)};
	annot_draft_free(draft);
	assert_true(d->n_sources < DESK_MAX);
	d->sources[d->n_sources++] = source;
	return source;
}

static inline bool desk_fits(const struct annot_source *s, const struct annot_source_wanted *wanted)
{
	const char *url = annot_record_text(s->record, "source");
	return (!wanted->name || strcmp(wanted->name, s->name) == 0) &&
	       (!wanted->url || (url && strcmp(wanted->url, url) == 0)) &&
	       (!wanted->sha256 ||
		strcmp(wanted->sha256, annot_record_text(s->record, "sha256")) == 0);
}

static inline enum annot_status desk_source(void *arg, const struct annot_source_wanted *wanted,
					    struct annot_source **ret, struct annot_error *err)
{
	struct desk *d = arg;
	for (size_t i = 0; i < d->n_sources; i++)
		if (desk_fits(d->sources[i], wanted)) {
			*ret = d->sources[i];
			return ANNOT_OK;
		}
	return annot_fail(err, ANNOT_NOT_FOUND, "no such document");
}

static inline struct annot_entry desk_entry(struct desk *d, const struct annot_record *record);

/* "=HASH", or the first digits of an annotation. */
static inline enum annot_status desk_own(void *arg, const char *id, const struct annot_entry **ret,
					 struct annot_error *err)
{
	struct desk *d = arg;
	bool exact = *id == '=';
	const char *digits = id + exact;
	for (size_t n = d->n_built; n > 0 && d->n_built - n < DESK_BUILT_MAX; n--) {
		const struct annot_record *r = d->built[(n - 1) % DESK_BUILT_MAX];
		struct annot_hex hex = annot_hash_hex(exact ? &r->id : &r->annotation);
		if (strncmp(hex.text, digits, strlen(digits)) != 0)
			continue;
		d->own = desk_entry(d, r);
		*ret = &d->own;
		return ANNOT_OK;
	}
	return annot_fail(err, ANNOT_NOT_FOUND, "no such record");
}

static inline enum annot_status desk_take(void *arg, const char *id,
					  const struct annot_import_draft *drafts, size_t n,
					  struct annot_error *err)
{
	struct desk *d = arg;
	(void)id, (void)err;
	for (size_t i = 0; i < n; i++) {
		assert_true(d->n_taken < DESK_MAX);
		struct annot_buf *refs = &d->refs[d->n_taken];
		*refs = ANNOT_BUF_INIT(DESK_TEXT_MAX);
		annot_buf_puts(refs, "");
		for (size_t k = 0; k < drafts[i].n_refs; k++) {
			const struct annot_import_ref *ref = &drafts[i].refs[k];
			struct annot_hash hash =
				ref->record ? *ref->record : annot_sha256("elsewhere", 9);
			if (ref->record)
				annot_buf_printf(refs, "%s=record %s\n", ref->card,
						 annot_hash_hex(ref->record).text);
			else if (ref->item)
				annot_buf_printf(refs, "%s=%s\n", ref->card, ref->item);
			else
				annot_buf_printf(refs, "%s=draft %zu\n", ref->card, ref->draft);
			assert_ok(annot_draft_add_hash(drafts[i].draft, ref->card, &hash,
						       &test_error));
		}
		d->amends[d->n_taken] =
			drafts[i].amends
				? (const struct annot_hash *)(const void *)annot_arena_copy(
					  d->arena, drafts[i].amends, ANNOT_HASH_SIZE)
				: NULL;
		d->taken[d->n_taken++] = desk_build(d, drafts[i].draft);
		annot_draft_free(drafts[i].draft);
	}
	return ANNOT_OK;
}

static inline enum annot_status desk_lost(void *arg, const struct annot_loss *loss,
					  struct annot_error *err)
{
	struct desk *d = arg;
	(void)err;
	annot_buf_printf(&d->losses, "%s%s: %s: %s\n", loss->left_out ? "! " : "", loss->field,
			 loss->value ? loss->value : "", loss->reason);
	return ANNOT_OK;
}

static inline enum annot_status desk_put(void *arg, const char *file, struct annot_bytes data,
					 struct annot_error *err)
{
	struct desk *d = arg;
	(void)file, (void)err;
	annot_buf_add(&d->out, data.data, data.len);
	return ANNOT_OK;
}

static inline struct desk *desk_new(void)
{
	struct desk *d = calloc(1, sizeof *d);
	d->author = "author";
	d->arena = annot_arena_new(DESK_TEXT_MAX);
	d->losses = ANNOT_BUF_INIT(DESK_TEXT_MAX);
	d->out = ANNOT_BUF_INIT(DESK_TEXT_MAX);
	annot_buf_puts(&d->losses, "");
	annot_buf_puts(&d->out, "");
	d->importing = (struct annot_import_host){.arg = d,
						  .source = desk_source,
						  .own = desk_own,
						  .take = desk_take,
						  .lost = desk_lost,
						  .corpus = annot_sha256("corpus", 6)};
	d->exporting = (struct annot_export_host){.arg = d,
						  .put = desk_put,
						  .lost = desk_lost,
						  .corpus = d->importing.corpus,
						  .origin = "test.example/desk",
						  .generated = "2026-11-22T00:00:00Z"};
	return d;
}

/* What was taken so far; its records stay. */
static inline void desk_forget(struct desk *d)
{
	while (d->n_taken > 0)
		annot_buf_free(&d->refs[--d->n_taken]);
}

static inline void desk_free(struct desk *d)
{
	for (size_t i = 0; i < d->n_sources; i++)
		annot_source_clear(d->sources[i]);
	desk_forget(d);
	annot_buf_free(&d->losses);
	annot_buf_free(&d->out);
	annot_arena_free(d->arena);
	free(d);
}

/* A cmocka teardown of what setup left in *state. */
static inline int desk_teardown(void **state)
{
	desk_free(*state);
	return 0;
}

static inline enum annot_status desk_read(void *arg, void *ret, size_t max, size_t *ret_n,
					  struct annot_error *err)
{
	struct annot_bytes *left = arg;
	(void)err;
	*ret_n = left->len < max ? left->len : max;
	memcpy(ret, left->data, *ret_n);
	left->data += *ret_n;
	left->len -= *ret_n;
	return ANNOT_OK;
}

/* Reads all items of the text; the first status that is not OK, after which the others are read on.
 */
static inline enum annot_status desk_import(struct desk *d, const char *format, const char *text)
{
	const struct annot_format *f = annot_format_find(format);
	struct annot_bytes left = annot_bytes_of(text);
	struct annot_import_item item;
	struct annot_import *m;
	struct annot_items *items;
	enum annot_status first = ANNOT_OK, status;
	assert_non_null(f);
	assert_ok(annot_import_new(f, &d->importing, &m, &test_error));
	assert_ok(annot_items_new(f, "in", desk_read, &left, &items, &test_error));
	while ((status = annot_items_next(items, &item, &test_error)) != ANNOT_NOT_FOUND) {
		if (status == ANNOT_OK)
			status = annot_import_item(m, &item, &test_error);
		if (first == ANNOT_OK && status != ANNOT_OK) {
			first = status;
			break;
		}
	}
	if (first == ANNOT_OK)
		assert_ok(annot_import_end(m, &test_error));
	annot_items_free(items);
	annot_import_free(m);
	return first;
}

/* The one record that importing the text makes. */
static inline const struct annot_record *desk_import_one(struct desk *d, const char *format,
							 const char *text)
{
	size_t before = d->n_taken;
	assert_ok(desk_import(d, format, text));
	if (d->n_taken != before + 1)
		fail_msg("%zu records; losses: %s", d->n_taken - before, d->losses.data);
	return d->taken[before];
}

#define assert_lost(d, words)                                                                      \
	do {                                                                                       \
		if (!strstr((d)->losses.data, words))                                              \
			fail_msg("no loss \"%s\" in: %s", words, (d)->losses.data);                \
	} while (0)

/* An entry as a query finds it: its sources are those of the desk. */
static inline struct annot_entry desk_entry(struct desk *d, const struct annot_record *record)
{
	struct annot_entry e = {.record = record,
				.id = record->id,
				.annotation = record->annotation,
				.kind = record->kind->kind,
				.index = 7,
				.version = record->first ? 1 : 2,
				.versions = record->first ? 1 : 2,
				.head = true,
				.author_name = "boris",
				.effect = "effective",
				.review = "draft"};
	struct annot_target target;
	e.n_sources = record->kind->kind == ANNOT_KIND_document ? 1 : annot_record_targets(record);
	struct annot_source **sources =
		annot_arena_array(d->arena, e.n_sources + 1, sizeof *sources);
	for (size_t i = 0; i < e.n_sources; i++)
		for (size_t k = 0; k < d->n_sources; k++) {
			const struct annot_hash *id = &record->id;
			if (annot_record_target(record, i, &target))
				id = &target.document;
			if (annot_hash_equal(id, &d->sources[k]->record->id))
				sources[i] = d->sources[k];
		}
	e.sources = sources;
	return e;
}

/* Exports items; what was written, until the next call. */
static inline const char *desk_export(struct desk *d, const char *format,
				      const struct annot_export_item *items, size_t n)
{
	const struct annot_format *f = annot_format_find(format);
	struct annot_export *x;
	annot_buf_truncate(&d->out, 0);
	assert_non_null(f);
	assert_ok(annot_export_new(f, &d->exporting, &x, &test_error));
	for (size_t i = 0; i < n; i++)
		assert_ok(annot_export_item(x, &items[i], &test_error));
	assert_ok(annot_export_end(x, &test_error));
	annot_export_free(x);
	return d->out.data;
}

static inline const char *desk_export_one(struct desk *d, const char *format,
					  const struct annot_record *record)
{
	const struct annot_export_item item = {.entry = desk_entry(d, record)};
	return desk_export(d, format, &item, 1);
}

/* The value at a path such as "target.selector.0.exact"; NULL: there is none. */
static inline json_t *at_path(json_t *json, const char *path)
{
	char part[64];
	while (*path && json) {
		size_t len = strcspn(path, ".");
		snprintf(part, sizeof part, "%.*s", (int)len, path);
		path += len + (path[len] == '.');
		json = json_is_array(json) ? json_array_get(json, strtoul(part, NULL, 10))
					   : json_object_get(json, part);
	}
	return json;
}

#define assert_at(json, path, text)                                                                \
	do {                                                                                       \
		const char *found_ = json_string_value(at_path(json, path));                       \
		if (!found_ || strcmp(found_, text) != 0)                                          \
			fail_msg("%s is %s, not %s", path, found_ ? found_ : "no text", text);     \
	} while (0)

#endif
