/* The table of formats, and exports and imports from their beginning to their end. */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "format/internal.h"

enum { IMPORT_ARENA_MAX = 64 << 20 };

static const struct annot_format *const formats[] = {
#define FORMAT(id) &annot_format_##id,
#include "format/formats.def"
};

const struct annot_format *annot_format_at(size_t n)
{
	return n < COUNT(formats) ? formats[n] : NULL;
}

const struct annot_format *annot_format_find(const char *name)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

/* --- export --- */

struct annot_export *annot_export_free(struct annot_export *x)
{
	if (!x)
		return NULL;
	if (x->own && x->format->export_free)
		x->format->export_free(x);
	free(x->own);
	annot_buf_free(&x->buf);
	free(x);
	return NULL;
}

enum annot_status annot_export_new(const struct annot_format *format,
				   const struct annot_export_host *host, struct annot_export **ret,
				   struct annot_error *err)
{
	struct annot_export *x = calloc(1, sizeof *x);
	enum annot_status status = ANNOT_OK;
	if (x) {
		x->format = format;
		x->host = *host;
		x->losing = "";
		x->buf = ANNOT_BUF_INIT(EXPORT_BUF_MAX);
		x->own = calloc(1, format->export_size + 1);
	}
	if (!x || !x->own)
		status = annot_fail(err, ANNOT_NO_MEMORY, "no memory for an export");
	else if (format->export_begin)
		status = format->export_begin(x, err);
	if (status != ANNOT_OK)
		annot_export_free(x);
	else
		*ret = x;
	return status;
}

enum annot_status annot_export_item(struct annot_export *x, const struct annot_export_item *item,
				    struct annot_error *err)
{
	struct annot_hex hex = annot_hash_hex(&item->entry.id);
	if (!x->format->export_item)
		return annot_fail(err, ANNOT_USAGE, "%s is a format that is only read",
				  x->format->name);
	if (!(x->format->kinds & 1u << item->entry.kind))
		return ANNOT_OK;
	x->losing = hex.text;
	enum annot_status status = x->format->export_item(x, item, err);
	x->losing = "";
	return status;
}

enum annot_status annot_export_end(struct annot_export *x, struct annot_error *err)
{
	return x->format->export_end ? x->format->export_end(x, err) : ANNOT_OK;
}

const struct annot_entry *annot_export_referred(const struct annot_export_item *item,
						const struct annot_hash *id)
{
	for (size_t i = 0; i < item->n_referred; i++)
		if (annot_hash_equal(&item->referred[i].id, id))
			return &item->referred[i];
	return NULL;
}

/* --- import --- */

struct annot_import *annot_import_free(struct annot_import *m)
{
	if (!m)
		return NULL;
	if (m->own && m->format->import_free)
		m->format->import_free(m);
	free(m->own);
	annot_arena_free(m->arena);
	free(m);
	return NULL;
}

enum annot_status annot_import_new(const struct annot_format *format,
				   const struct annot_import_host *host, struct annot_import **ret,
				   struct annot_error *err)
{
	if (!format->import_item)
		return annot_fail(err, ANNOT_USAGE, "%s is a format that is only written",
				  format->name);
	struct annot_import *m = calloc(1, sizeof *m);
	if (m) {
		m->format = format;
		m->host = *host;
		m->id = "";
		m->own = calloc(1, format->import_size + 1);
		m->arena = annot_arena_new(IMPORT_ARENA_MAX);
	}
	if (!m || !m->own || !m->arena) {
		annot_import_free(m);
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an import");
	}
	*ret = m;
	return ANNOT_OK;
}

enum annot_status annot_import_item(struct annot_import *m, const struct annot_import_item *item,
				    struct annot_error *err)
{
	enum annot_status status;
	m->item = item;
	m->id = "";
	bool good = m->format->flags & ANNOT_FORMAT_LINES || json_is_object(item->json) ||
		    (m->format->flags & ANNOT_FORMAT_NAMES && json_is_string(item->json));
	if (!good)
		status = annot_import_invalid(m, err, "expected an object");
	else
		status = m->format->import_item(m, item, err);
	m->item = NULL;
	m->id = "";
	annot_arena_reset(m->arena);
	return status;
}

enum annot_status annot_import_end(struct annot_import *m, struct annot_error *err)
{
	enum annot_status status = m->format->import_end ? m->format->import_end(m, err) : ANNOT_OK;
	annot_arena_reset(m->arena);
	return status;
}
