/*
 * The lossless form of another corpus as foreign annotations: signed by the importer, with the
 * original's author as data. Only quotes, claims, spans, verdicts, comments and links can be; what
 * they are on must be a text of this corpus, by its SHA-256, or a record that was imported with
 * them. Whoever wants the records themselves makes a corpus of the file: annotd import.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "format/internal.h"
#include "format/ndjson.h"

struct foreign {
	struct annot_hash corpus;
	bool known; /* the head came */
	bool open;  /* the line that ends the file did not come yet */
	bool partial;
};

/* Cards that speak of a record of the other corpus; each becomes a ref. */
struct making {
	struct annot_import *m;
	const struct annot_record *record;
	struct annot_draft *draft;
	struct annot_import_ref refs[ANNOT_IMPORT_REFS_MAX];
	size_t n_refs;
	bool left_out;
};

static const char *item_id(struct annot_import *m, const struct annot_hash *id)
{
	const struct foreign *f = m->own;
	return annot_arena_printf(m->arena, "annot:%s/%s", annot_hash_hex(&f->corpus).text,
				  annot_hash_hex(id).text);
}

static enum annot_status put_reference(struct making *k, const struct annot_card *card,
				       struct annot_error *err)
{
	const char *item = item_id(k->m, &card->hash);
	if (!item)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a reference");
	if (k->n_refs < COUNT(k->refs))
		k->refs[k->n_refs++] =
			(struct annot_import_ref){.card = card->def->name, .item = item};
	return ANNOT_OK;
}

/* The text by its hash as the line for readers says it; the words must be those of the record. */
static enum annot_status put_target(struct making *k, const json_t *json, size_t n,
				    struct annot_error *err)
{
	struct annot_target t;
	struct annot_source *source;
	char field[32];
	bool placed = false;
	const json_t *said = json_array_get(json_object_get(json, "targets"), n);
	struct annot_source_wanted wanted = {
		.sha256 = json_string_value(json_object_get(said, "doc_sha256"))};
	snprintf(field, sizeof field, "targets[%zu]", n);
	if (!annot_record_target(k->record, n, &t))
		return ANNOT_OK;
	if (!wanted.sha256 && !k->m->host.document) {
		k->left_out = true;
		return annot_import_leave_out(k->m, field, said,
					      "it does not say the SHA-256 of its text", err);
	}
	TRY(annot_import_source(k->m, &wanted, field, &source, err));
	if (source) {
		const struct annot_source_selector selector = {
			.exact = annot_bytes(t.exact->text, t.exact->len),
			.prefix = annot_bytes(t.prefix->text, t.prefix->len),
			.suffix = annot_bytes(t.suffix->text, t.suffix->len),
			.placed = true,
			.unit = ANNOT_UNIT_BYTES,
			.start = t.start,
			.end = t.end};
		TRY(annot_import_place(k->m, k->draft, source, &selector, field, &placed, err));
	}
	k->left_out = !placed;
	return ANNOT_OK;
}

/* A seal's secret proves nothing about a record that somebody else signs. */
static bool cannot_go(const struct annot_card *card)
{
	static const char *const names[] = {"opens", "salt", "imported-from", "imported-author",
					    "imported-data"};
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(card->def->name, names[i]) == 0)
			return true;
	return false;
}

static enum annot_status put_cards(struct making *k, const json_t *json, struct annot_error *err)
{
	size_t n_targets = 0;
	for (size_t i = 0; i < k->record->n_cards && !k->left_out; i++) {
		const struct annot_card *card = &k->record->cards[i];
		if (card->def->type == ANNOT_CARD_TARGET)
			TRY(put_target(k, json, n_targets++, err));
		else if (card->def->in_group)
			continue;
		else if (cannot_go(card))
			TRY(annot_import_lose_text(k->m, card->def->name, card->text,
						   "is about the original record", err));
		else if (card->def->type == ANNOT_CARD_REF)
			TRY(put_reference(k, card, err));
		else
			TRY(annot_draft_add(k->draft, card->def->name, card->text, err));
	}
	return ANNOT_OK;
}

/* What proves the original: kept as data, so that anybody can check who signed it. */
static json_t *origin_data(const struct annot_ndjson *line, const struct annot_record *record)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_SIGNATURE_SIZE);
	annot_buf_base64(&b, line->signature, ANNOT_SIGNATURE_SIZE);
	json_t *data = b.failed
			       ? NULL
			       : json_pack("{s:I, s:s, s:s, s:s}", "index", (json_int_t)line->index,
					   "record", annot_hash_hex(&record->id).text, "time",
					   record->time, "signature", b.data);
	if (data && line->key)
		json_object_set_new(data, "key", json_string(line->key));
	return data;
}

static bool may_carry(enum annot_kind kind)
{
	return annot_card_def_find(annot_kind_def(kind), "imported-from", strlen("imported-from"));
}

static enum annot_status make(struct making *k, const struct annot_import_item *item,
			      const struct annot_ndjson *line, struct annot_error *err)
{
	k->draft = annot_draft_new(k->record->kind->kind);
	if (!k->draft)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a draft");
	TRY(put_cards(k, json_object_get(item->json, "json"), err));
	if (k->left_out)
		return ANNOT_OK;
	if (may_carry(k->record->kind->kind)) {
		json_t *data = origin_data(line, k->record);
		enum annot_status status = annot_import_origin(
			k->m, k->draft,
			line->key ? line->key : annot_hash_hex(&k->record->author).text, data, err);
		json_decref(data);
		TRY(status);
	} else {
		TRY(annot_import_lose_text(k->m, "author", annot_hash_hex(&k->record->author).text,
					   "a link has no card for who made the original", err));
	}
	const struct annot_import_draft one = {
		.draft = TAKE(k->draft), .refs = k->refs, .n_refs = k->n_refs};
	return annot_import_take(k->m, &one, 1, err);
}

/* Kinds whose meaning is not bound to the corpus that they were said in. */
enum {
	FOREIGN_KINDS = 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_span |
			1u << ANNOT_KIND_link | 1u << ANNOT_KIND_verdict | 1u << ANNOT_KIND_comment,
};

static enum annot_status import_record(struct annot_import *m, const struct annot_import_item *item,
				       const struct annot_ndjson *line, struct annot_error *err)
{
	struct making k = {.m = m};
	struct annot_error why;
	if (!line->record.data)
		return annot_import_leave_out(m, "record", NULL, "it was withheld", err);
	enum annot_status status = annot_record_parse(m->arena, line->record, &k.record, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK)
		return annot_import_invalid(m, err, "\"record\": %s", why.text);
	m->id = item_id(m, &k.record->id);
	if (!m->id)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an item");
	if (annot_hash_equal(&((const struct foreign *)m->own)->corpus, &m->host.corpus))
		return annot_import_leave_out(m, "corpus", NULL, "it is of this corpus", err);
	if (!(FOREIGN_KINDS & 1u << k.record->kind->kind))
		return annot_import_leave_out(
			m, "kind", json_object_get(json_object_get(item->json, "json"), "kind"),
			"it is of the other corpus alone", err);
	if (!k.record->first && !((const struct foreign *)m->own)->partial)
		return annot_import_leave_out(m, "parents", NULL,
					      "a later version: of a whole log the first ones are "
					      "imported, of an export with a query what it found",
					      err);
	status = make(&k, item, line, err);
	annot_draft_free(k.draft);
	return status;
}

static enum annot_status import_item(struct annot_import *m, const struct annot_import_item *item,
				     struct annot_error *err)
{
	struct foreign *f = m->own;
	struct annot_ndjson line;
	struct annot_error why;
	enum annot_status status = annot_ndjson_read(m->arena, item->json, &line, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK)
		return annot_import_invalid(m, err, "%s", why.text);
	if (line.kind == ANNOT_NDJSON_HEAD) {
		f->corpus = line.corpus;
		f->known = f->open = true;
		f->partial = line.partial;
	}
	if (line.kind == ANNOT_NDJSON_END)
		f->open = false;
	if (line.kind != ANNOT_NDJSON_RECORD)
		return ANNOT_OK;
	if (!f->known)
		return annot_import_invalid(m, err,
					    "expected the line with \"annot\" before records");
	return import_record(m, item, &line, err);
}

/* Of each file. */
static enum annot_status import_end(struct annot_import *m, struct annot_error *err)
{
	struct foreign *f = m->own;
	bool cut = f->open;
	f->open = false;
	return cut ? annot_fail(err, ANNOT_INVALID,
				"cut short: the last line is not the one with \"end\"")
		   : ANNOT_OK;
}

const struct annot_format annot_format_ndjson = {
	.name = "ndjson",
	.doc = "the whole log, without loss; of another corpus, its annotations",
	.flags = ANNOT_FORMAT_LOG,
	.import_size = sizeof(struct foreign),
	.import_item = import_item,
	.import_end = import_end,
};
