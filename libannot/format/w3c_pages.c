/*
 * Export as Web Annotations: one is written as it is; several that fit in a page as an
 * AnnotationCollection with the page within; more as AnnotationPages, each on a line of its own and
 * known by its IRI, and their AnnotationCollection on the last line. With one_a_line an annotation
 * a line.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "format/w3c.h"

/* Items of a page; it is full with whichever comes first. */
enum { PAGE_ITEMS = 1000, PAGE_BYTES = 1 << 20 };

struct pages {
	struct annot_hash id;  /* of the collection */
	struct annot_buf page; /* annotations of the page that is under way, with commas between */
	uint64_t items;        /* of that page */
	uint64_t before;       /* in pages that were written */
	uint64_t number;       /* of that page, from 1 */
};

static struct pages *pages_of(struct annot_export *x)
{
	return x->own;
}

static enum annot_status begin(struct annot_export *x, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	struct annot_sha256 hash;
	(void)err;
	annot_sha256_init(&hash);
	annot_sha256_add(&hash, x->host.corpus.b, sizeof x->host.corpus.b);
	annot_sha256_add(&hash, x->host.generated, strlen(x->host.generated));
	p->id = annot_sha256_final(&hash);
	p->page = ANNOT_BUF_INIT(EXPORT_BUF_MAX);
	p->number = 1;
	return ANNOT_OK;
}

static void end_free(struct annot_export *x)
{
	annot_buf_free(&pages_of(x)->page);
}

/* Pages have no hash of their own, since they are not known before they are full: that of
 * collection and number. */
static struct annot_iri page_iri(struct annot_export *x, uint64_t number)
{
	uint8_t name[ANNOT_HASH_SIZE + 8];
	memcpy(name, pages_of(x)->id.b, ANNOT_HASH_SIZE);
	annot_put_be(name + ANNOT_HASH_SIZE, 8, number);
	struct annot_hash hash = annot_sha256(name, sizeof name);
	return annot_export_iri(x, &hash);
}

/* A JSON text for printing between others. */
static void put_string(struct annot_buf *b, const char *text)
{
	json_t *value = json_string(text);
	char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	if (quoted)
		annot_buf_puts(b, quoted);
	else
		b->failed = b->no_memory = true;
	free(quoted);
	json_decref(value);
}

static void put_member(struct annot_buf *b, const char *name, const char *value)
{
	annot_buf_printf(b, ",\"%s\":", name);
	put_string(b, value);
}

/* The page that is under way. within: a collection has it; else it has a context and is part of
 * one. */
static void put_page(struct annot_export *x, bool within, bool more)
{
	struct pages *p = pages_of(x);
	struct annot_buf *b = &x->buf;
	annot_buf_puts(b, within ? "{" : "{\"@context\":\"" W3C_CONTEXT "\",");
	annot_buf_puts(b, "\"type\":\"AnnotationPage\"");
	put_member(b, "id", page_iri(x, p->number).text);
	if (!within)
		put_member(b, "partOf", annot_export_iri(x, &p->id).text);
	if (p->number > 1)
		put_member(b, "prev", page_iri(x, p->number - 1).text);
	annot_buf_printf(b, ",\"startIndex\":%llu,\"items\":[", (unsigned long long)p->before);
	annot_buf_add(b, p->page.data, p->page.len);
	annot_buf_puts(b, "]");
	if (more)
		put_member(b, "next", page_iri(x, p->number + 1).text);
	annot_buf_puts(b, "}");
}

static enum annot_status flush_page(struct annot_export *x, bool more, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	TRY(annot_buf_check(&p->page, "a page", err));
	put_page(x, false, more);
	annot_buf_puts(&x->buf, "\n");
	p->before += p->items;
	p->items = 0;
	p->number += more;
	annot_buf_truncate(&p->page, 0);
	return annot_export_put_buf(x, NULL, err);
}

static enum annot_status put_collection(struct annot_export *x, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	struct annot_buf *b = &x->buf;
	bool within = p->number == 1 && p->before == 0;
	uint64_t total = p->before + p->items;
	annot_buf_puts(b, "{\"@context\":\"" W3C_CONTEXT "\",\"type\":\"AnnotationCollection\"");
	put_member(b, "id", annot_export_iri(x, &p->id).text);
	annot_buf_puts(b, ",\"label\":");
	put_string(b, x->host.origin);
	annot_buf_printf(b, ",\"total\":%llu", (unsigned long long)total);
	if (total > 0 && within) {
		annot_buf_puts(b, ",\"first\":");
		put_page(x, true, false);
	} else if (total > 0) {
		put_member(b, "first", page_iri(x, 1).text);
	}
	if (total > 0)
		put_member(b, "last", page_iri(x, p->number).text);
	put_member(b, "created", x->host.generated);
	annot_buf_puts(b, "}\n");
	return annot_export_put_buf(x, NULL, err);
}

/* Keeps the annotation, which has come after those of the page. */
static enum annot_status add(struct annot_export *x, const char *text, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	size_t len = strlen(text);
	if (p->items >= PAGE_ITEMS || (p->items > 0 && p->page.len + len > PAGE_BYTES))
		TRY(flush_page(x, true, err));
	if (p->items > 0)
		annot_buf_puts(&p->page, ",");
	annot_buf_add(&p->page, text, len);
	p->items++;
	return annot_buf_check(&p->page, "a page", err);
}

static enum annot_status export_item(struct annot_export *x, const struct annot_export_item *item,
				     struct annot_error *err)
{
	json_t *object = NULL;
	if (!item->entry.record)
		return annot_export_leave_out(x, "the record is withheld", err);
	TRY(w3c_annotation(x, item, &object, err));
	AUTO_FREE char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an exported item");
	if (!x->host.one_a_line)
		return add(x, text, err);
	annot_buf_puts(&x->buf, text);
	annot_buf_puts(&x->buf, "\n");
	return annot_export_put_buf(x, NULL, err);
}

static enum annot_status end(struct annot_export *x, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	if (x->host.one_a_line)
		return ANNOT_OK;
	if (p->before == 0 && p->items == 1) {
		annot_buf_add(&x->buf, p->page.data, p->page.len);
		annot_buf_puts(&x->buf, "\n");
		return annot_export_put_buf(x, NULL, err);
	}
	if (p->before > 0)
		TRY(flush_page(x, false, err));
	return put_collection(x, err);
}

const struct annot_format annot_format_w3c = {
	.name = "w3c",
	.doc = "Web Annotations in JSON-LD, single or in collections (W3C, 2017)",
	.flags = ANNOT_FORMAT_NAMES | ANNOT_EXPORT_REFERRED | ANNOT_EXPORT_FIRST,
	.kinds = 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_span |
		 1u << ANNOT_KIND_link | 1u << ANNOT_KIND_verdict | 1u << ANNOT_KIND_review |
		 1u << ANNOT_KIND_comment,
	.containers = "items|first.items",
	.export_size = sizeof(struct pages),
	.export_begin = begin,
	.export_item = export_item,
	.export_end = end,
	.export_free = end_free,
	.import_item = w3c_import_item,
};
