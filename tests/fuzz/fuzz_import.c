/*
 * Items of other programs: the first line names a format, what follows is read as annotctl import
 * reads it. What is handed over are records, on words that stand in the text; each can be exported
 * again, as JSON that is read again where the format is JSON; and what was exported says what its
 * record says when it comes back.
 */
#include "fuzz.h"

#include <jansson.h>

#include "base/encode.h"
#include "base/hash.h"
#include "format/format.h"
#include "format/items.h"
#include "record/compare.h"

enum { TAKEN_MAX = 64, ARENA_MAX = 8 << 20, OUT_MAX = 8 << 20 };

#define TEXT                                                                                       \
	"\xF0\x9F\x8C\x8A The dam holds.\r\nNobody asked \xC3\xA9ngineers about the dam,\nand "    \
	"the dam "                                                                                 \
	"held on.\n"

struct host {
	struct annot_arena *arena;
	struct annot_source source;
	const struct annot_record *taken[TAKEN_MAX];
	size_t n;
	struct annot_buf out;
	uint8_t nonce;
	/* A record of the corpus that an item says it is. */
	struct annot_source *sources[ANNOT_CARDS_MAX];
	struct annot_entry own;
	const struct annot_record *claim;     /* what records refer to, whatever its hash */
	const struct annot_record *returning; /* what was exported and comes back; NULL: nothing */
	size_t n_returned;
};

static const struct annot_scale scales[] = {{"google5", 2, {{"false", '-'}, {"true", '+'}}}};

static const struct annot_record *build(struct host *h, const struct annot_draft *draft)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(2 * ANNOT_RECORD_MAX);
	const struct annot_record *record = NULL;
	struct annot_hash corpus = annot_sha256("corpus", 6);
	struct annot_draft_header header = {.corpus = &corpus, .time_s = 1900000000};
	header.nonce[0] = h->nonce++;
	struct annot_error err = {0};
	enum annot_status status =
		annot_draft_build(draft, &header, h->arena, &bytes, &record, &err);
	return status == ANNOT_OK ? record : NULL;
}

static void make_source(struct host *h)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_document);
	struct annot_hash hash = annot_sha256(TEXT, strlen(TEXT));
	char length[24];
	snprintf(length, sizeof length, "%zu", strlen(TEXT));
	REQUIRE(annot_draft_add(d, "name", "lake", NULL) == ANNOT_OK);
	REQUIRE(annot_draft_add(d, "media-type", "text/plain", NULL) == ANNOT_OK);
	REQUIRE(annot_draft_add(d, "source", "https://news.example/lake", NULL) == ANNOT_OK);
	REQUIRE(annot_draft_add_hash(d, "sha256", &hash, NULL) == ANNOT_OK);
	REQUIRE(annot_draft_add(d, "length", length, NULL) == ANNOT_OK);
	REQUIRE(annot_draft_add_hash(d, "chunks", &hash, NULL) == ANNOT_OK);
	h->source = (struct annot_source){
		.record = build(h, d), .name = "lake", .version = 1, .text = annot_bytes_of(TEXT)};
	REQUIRE(h->source.record);
	annot_draft_free(d);
	d = annot_draft_new(ANNOT_KIND_claim);
	REQUIRE(annot_draft_add(d, "text", "The dam held.", NULL) == ANNOT_OK);
	REQUIRE(annot_draft_add_target(d, &h->source.record->id, h->source.text, 5, 8, NULL) ==
		ANNOT_OK);
	h->claim = build(h, d);
	REQUIRE(h->claim);
	annot_draft_free(d);
}

static enum annot_status find(void *arg, const struct annot_source_wanted *wanted,
			      struct annot_source **ret, struct annot_error *err)
{
	struct host *h = arg;
	const char *sum = annot_record_text(h->source.record, "sha256");
	if ((wanted->name && strcmp(wanted->name, "lake") != 0) ||
	    (wanted->url && strcmp(wanted->url, "https://news.example/lake") != 0) ||
	    (wanted->sha256 && strcmp(wanted->sha256, sum) != 0))
		return annot_fail(err, ANNOT_NOT_FOUND, "no such document");
	*ret = &h->source;
	return ANNOT_OK;
}

static struct annot_entry entry_of(struct host *h, const struct annot_record *record)
{
	size_t n = annot_record_targets(record);
	for (size_t i = 0; i < n; i++)
		h->sources[i] = &h->source;
	return (struct annot_entry){.record = record,
				    .id = record->id,
				    .annotation = record->annotation,
				    .kind = record->kind->kind,
				    .version = 1,
				    .versions = 1,
				    .author_name = "boris",
				    .effect = "effective",
				    .review = "draft",
				    .sources = h->sources,
				    .n_sources = n};
}

/* What comes back, or any of the records that were made, by whatever name. */
static enum annot_status own(void *arg, const char *id, const struct annot_entry **ret,
			     struct annot_error *err)
{
	struct host *h = arg;
	bool known = h->returning && strcmp(id + 1, annot_hash_hex(&h->returning->id).text) == 0;
	if (!h->returning && h->n == 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "no such record");
	h->own = entry_of(h, known          ? h->returning
			     : h->returning ? h->claim
					    : h->taken[(size_t)id[1] % h->n]);
	*ret = &h->own;
	return ANNOT_OK;
}

static void same_cards(const struct host *h, const struct annot_record *a,
		       const struct annot_record *b)
{
	const struct annot_change *changes;
	size_t n = 1;
	REQUIRE(b && annot_record_compare(h->arena, a, b, &changes, &n, NULL) == ANNOT_OK);
	REQUIRE(n == 0);
}

/* Whatever is handed over is a record once what it refers to is filled in, unless it is too long.
 */
static enum annot_status take(void *arg, const char *id, const struct annot_import_draft *drafts,
			      size_t n, struct annot_error *err)
{
	struct host *h = arg;
	struct annot_hash elsewhere = annot_sha256(id, strlen(id));
	(void)err;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < drafts[i].n_refs; k++) {
			const struct annot_import_ref *ref = &drafts[i].refs[k];
			REQUIRE(ref->record || ref->item || ref->draft < i);
			elsewhere.b[0]++;
			(void)annot_draft_add_hash(drafts[i].draft, ref->card,
						   ref->record ? ref->record : &elsewhere, NULL);
		}
		const struct annot_record *record = build(h, drafts[i].draft);
		struct annot_target target;
		for (size_t k = 0; record && annot_record_target(record, k, &target); k++)
			REQUIRE(annot_target_check(&target, h->source.text, NULL) == ANNOT_OK);
		if (h->returning) {
			REQUIRE(drafts[i].amends);
			same_cards(h, h->returning, record);
			h->n_returned++;
		} else if (record && h->n < TAKEN_MAX) {
			h->taken[h->n++] = record;
		}
		annot_draft_free(drafts[i].draft);
	}
	return ANNOT_OK;
}

static enum annot_status lost(void *arg, const struct annot_loss *loss, struct annot_error *err)
{
	(void)arg, (void)err;
	REQUIRE(loss->item && loss->field && loss->reason);
	return ANNOT_OK;
}

static enum annot_status put(void *arg, const char *file, struct annot_bytes data,
			     struct annot_error *err)
{
	struct host *h = arg;
	(void)err;
	if (!file || strstr(file, ".ann"))
		annot_buf_add(&h->out, data.data, data.len);
	return ANNOT_OK;
}

static enum annot_status read_on(void *arg, void *ret, size_t max, size_t *ret_n,
				 struct annot_error *err)
{
	struct annot_bytes *left = arg;
	(void)err;
	*ret_n = left->len < max ? left->len : max;
	if (*ret_n > 0)
		memcpy(ret, left->data, *ret_n);
	left->data += *ret_n;
	left->len -= *ret_n;
	return ANNOT_OK;
}

static void import_all(struct host *h, const struct annot_format *format, struct annot_bytes input)
{
	const struct annot_import_host host = {.arg = h,
					       .source = find,
					       .own = own,
					       .origin = "test.example/desk",
					       .take = take,
					       .lost = lost,
					       .corpus = annot_sha256("corpus", 6),
					       .scales = scales,
					       .n_scales = COUNT(scales)};
	struct annot_import_item item;
	struct annot_items *items;
	struct annot_import *m;
	enum annot_status status;
	struct annot_error err = {0};
	REQUIRE(annot_import_new(format, &host, &m, &err) == ANNOT_OK);
	REQUIRE(annot_items_new(format, "in", read_on, &input, &items, &err) == ANNOT_OK);
	for (int i = 0; i < TAKEN_MAX; i++) {
		status = annot_items_next(items, &item, &err);
		if (format->flags & ANNOT_FORMAT_FOLDER) {
			item.name = "lake";
			item.text = h->source.text;
		}
		if (status == ANNOT_OK)
			status = annot_import_item(m, &item, &err);
		REQUIRE(status == ANNOT_OK || err.text[0]);
		REQUIRE(status == ANNOT_OK || status == ANNOT_INVALID ||
			status == ANNOT_NOT_FOUND || status == ANNOT_TOO_LARGE);
		if (status == ANNOT_NOT_FOUND || status == ANNOT_TOO_LARGE)
			break;
	}
	status = annot_import_end(m, &err);
	REQUIRE(status == ANNOT_OK || (status == ANNOT_INVALID && err.text[0]));
	annot_items_free(items);
	annot_import_free(m);
}

static void export_one(struct host *h, const struct annot_format *format,
		       const struct annot_record *record)
{
	const struct annot_export_host host = {.arg = h,
					       .put = put,
					       .lost = lost,
					       .corpus = annot_sha256("corpus", 6),
					       .origin = "test.example/desk",
					       .base = "https://desk.example/",
					       .generated = "2026-11-22T00:00:00Z",
					       .one_a_line = true,
					       .scales = scales,
					       .n_scales = COUNT(scales)};
	struct annot_export *x;
	struct annot_entry referred[ANNOT_CARDS_MAX];
	struct annot_export_item item = {.entry = entry_of(h, record), .referred = referred};
	for (size_t i = 0; i < record->n_cards; i++)
		if (record->cards[i].def->type == ANNOT_CARD_REF) {
			referred[item.n_referred] = entry_of(h, h->claim);
			referred[item.n_referred++].id = record->cards[i].hash;
		}
	if (!(format->kinds & 1u << record->kind->kind))
		return;
	h->out = ANNOT_BUF_INIT(OUT_MAX);
	REQUIRE(annot_export_new(format, &host, &x, NULL) == ANNOT_OK);
	REQUIRE(annot_export_item(x, &item, NULL) == ANNOT_OK);
	REQUIRE(annot_export_end(x, NULL) == ANNOT_OK);
	annot_export_free(x);
	json_t *json = format->flags & ANNOT_FORMAT_LINES || h->out.len == 0
			       ? json_object()
			       : json_loadb(h->out.data, h->out.len, JSON_REJECT_DUPLICATES, NULL);
	REQUIRE(json);
	json_decref(json);
	h->returning = record;
	h->n_returned = 0;
	if (h->out.len > 0) {
		import_all(h, format, annot_buf_bytes(&h->out));
		REQUIRE(h->n_returned == 1);
	}
	h->returning = NULL;
	annot_buf_free(&h->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
	char name[32];
	if (!line || (size_t)(line - data) >= sizeof name)
		return 0;
	snprintf(name, sizeof name, "%.*s", (int)(line - data), (const char *)data);
	const struct annot_format *format = annot_format_find(name);
	if (!format || !format->import_item)
		return 0;
	struct host h = {.arena = annot_arena_new(ARENA_MAX)};
	REQUIRE(h.arena);
	make_source(&h);
	import_all(&h, format, annot_bytes(line + 1, size - (size_t)(line + 1 - data)));
	for (size_t i = 0; i < h.n; i++)
		export_one(&h, format, h.taken[i]);
	annot_source_clear(&h.source);
	annot_arena_free(h.arena);
	return 0;
}
