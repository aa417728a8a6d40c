/* Writing the lossless form. */
#include "format/ndjson.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "text/utf8.h"

size_t annot_ndjson_piece(struct annot_bytes rest)
{
	size_t n = rest.len < ANNOT_NDJSON_PIECE ? rest.len : ANNOT_NDJSON_PIECE;
	while (!annot_utf8_boundary((const char *)rest.data, rest.len, n))
		n--;
	return n;
}

/* Sets a member; the value is consumed even on failure. */
static bool set(json_t *object, const char *name, json_t *value)
{
	return value && json_object_set_new(object, name, value) == 0;
}

static json_t *text_json(struct annot_bytes text)
{
	return json_stringn((const char *)text.data, text.len);
}

static json_t *base64_json(const void *data, size_t len)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT((size_t)ANNOT_NDJSON_PIECE * 2);
	annot_buf_base64(&b, data, len);
	return b.failed ? NULL : json_stringn(b.data, b.len);
}

/* [start, end] in a unit. */
static json_t *range_json(struct annot_source *s, const struct annot_target *t,
			  enum annot_unit unit)
{
	uint64_t start, end;
	if (annot_source_offset(s, (size_t)t->start, unit, &start, NULL) != ANNOT_OK ||
	    annot_source_offset(s, (size_t)t->end, unit, &end, NULL) != ANNOT_OK)
		return NULL;
	return json_pack("[I,I]", (json_int_t)start, (json_int_t)end);
}

/* What annot_record_json says of a target, and what takes the text to say. */
static bool put_target(json_t *target, struct annot_source *s, const struct annot_target *t)
{
	const char *sha256 = s->record ? annot_record_text(s->record, "sha256") : NULL;
	if ((s->name && !set(target, "name", json_string(s->name))) ||
	    (s->version && !set(target, "version", json_integer((json_int_t)s->version))) ||
	    (sha256 && !set(target, "doc_sha256", json_string(sha256))))
		return false;
	if (!s->text.data || t->end > s->text.len)
		return true;
	return set(target, "chars", range_json(s, t, ANNOT_UNIT_CHARS)) &&
	       set(target, "utf16", range_json(s, t, ANNOT_UNIT_UTF16));
}

static json_t *readers_json(const struct annot_record *parsed, struct annot_source *const *sources)
{
	json_t *ret = annot_record_json(parsed);
	const json_t *targets = json_object_get(ret, "targets");
	struct annot_target t;
	for (size_t i = 0; ret && sources && annot_record_target(parsed, i, &t); i++)
		if (sources[i] && !put_target(json_array_get(targets, i), sources[i], &t)) {
			json_decref(ret);
			return NULL;
		}
	return ret;
}

static bool put_head(json_t *o, const struct annot_ndjson *line)
{
	return set(o, "annot", json_string("ndjson/2")) &&
	       set(o, "corpus", json_string(annot_hash_hex(&line->corpus).text)) &&
	       set(o, "origin", json_string(line->origin)) &&
	       (!line->partial || set(o, "partial", json_true())) &&
	       set(o, "size", json_integer((json_int_t)line->size)) &&
	       set(o, "root", json_string(annot_hash_hex(&line->root).text)) &&
	       set(o, "checkpoint", text_json(line->checkpoint));
}

static bool put_record(json_t *o, const struct annot_ndjson *line,
		       const struct annot_record *parsed, struct annot_source *const *sources)
{
	return set(o, "index", json_integer((json_int_t)line->index)) &&
	       set(o, "id", json_string(annot_hash_hex(&line->id).text)) &&
	       set(o, "leaf", json_string(line->leaf)) &&
	       set(o, "record", line->record.data ? text_json(line->record) : json_null()) &&
	       set(o, "signature", base64_json(line->signature, ANNOT_SIGNATURE_SIZE)) &&
	       (!line->key || set(o, "key", json_string(line->key))) &&
	       (!line->note.data || set(o, "note", text_json(line->note))) &&
	       (!parsed || set(o, "json", readers_json(parsed, sources)));
}

/* owner names the document: text_of, original_of. */
static bool put_piece(json_t *o, const char *owner, const struct annot_ndjson *line, bool as_text)
{
	return set(o, owner, json_string(annot_hash_hex(&line->document).text)) &&
	       set(o, "offset", json_integer((json_int_t)line->offset)) &&
	       set(o, "length", json_integer((json_int_t)line->length)) &&
	       (as_text ? set(o, "text", text_json(line->piece))
			: set(o, "base64", base64_json(line->piece.data, line->piece.len)));
}

static bool put_text(json_t *o, const struct annot_ndjson *line)
{
	bool nul = memchr(line->piece.data, '\0', line->piece.len) != NULL;
	return put_piece(o, "text_of", line, !nul);
}

static bool put_cosigned(json_t *o, const struct annot_ndjson *line)
{
	return set(o, "cosigned", json_integer((json_int_t)line->size)) &&
	       set(o, "note", text_json(line->checkpoint));
}

static bool put_withheld(json_t *o, const struct annot_ndjson *line)
{
	return set(o, "withheld", json_string(annot_hash_hex(&line->sha256).text)) &&
	       set(o, "document_index", json_integer((json_int_t)line->index));
}

static bool put_end(json_t *o, const struct annot_ndjson *line)
{
	return set(o, "end", json_true()) &&
	       set(o, "records", json_integer((json_int_t)line->size)) &&
	       set(o, "root", json_string(annot_hash_hex(&line->root).text));
}

static bool put(json_t *o, const struct annot_ndjson *line, const struct annot_record *parsed,
		struct annot_source *const *sources)
{
	switch (line->kind) {
	case ANNOT_NDJSON_HEAD:
		return put_head(o, line);
	case ANNOT_NDJSON_RECORD:
		return put_record(o, line, parsed, sources);
	case ANNOT_NDJSON_TEXT:
		return put_text(o, line);
	case ANNOT_NDJSON_ORIGINAL:
		return put_piece(o, "original_of", line, false);
	case ANNOT_NDJSON_COSIGNED:
		return put_cosigned(o, line);
	case ANNOT_NDJSON_WITHHELD:
		return put_withheld(o, line);
	case ANNOT_NDJSON_END:
		return put_end(o, line);
	}
	return false;
}

enum annot_status annot_ndjson_write(const struct annot_ndjson *line,
				     const struct annot_record *parsed,
				     struct annot_source *const *sources, struct annot_buf *ret,
				     struct annot_error *err)
{
	json_t *o = json_object();
	bool good = o && put(o, line, parsed, sources);
	AUTO_FREE char *text = good ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a line");
	annot_buf_puts(ret, text);
	annot_buf_putc(ret, '\n');
	return annot_buf_check(ret, "a line", err);
}
