/* check as JSON. */
#include "check.h"

#include "../out/alteration.h"

static json_t *pair(uint64_t from, uint64_t to)
{
	return json_pack("[II]", (json_int_t)from, (json_int_t)to);
}

static json_t *text(struct annot_bytes bytes)
{
	json_t *value = bytes.data ? json_stringn((const char *)bytes.data, bytes.len) : NULL;
	return value ? value : json_string("");
}

/* null for "". */
static json_t *maybe(const char *words)
{
	return *words ? json_string(words) : json_null();
}

static json_t *source_json(const struct judged *j)
{
	if (!j->placed)
		return json_null();
	struct annot_bytes words = annot_bytes(j->source.data + j->alteration.source[0],
					       j->alteration.source[1] - j->alteration.source[0]);
	return json_pack("{ss ss sI so so so}", "document", annot_hash_hex(&j->place.document).text,
			 "name", j->place.name, "document_version", (json_int_t)j->place.version,
			 "bytes", pair(j->place.start, j->place.end), "chars",
			 pair(j->place.chars_start, j->place.chars_end), "text", text(words));
}

static json_t *differences_json(const struct judged *j)
{
	return j->placed ? alteration_differences(&j->alteration, j->words, j->source, j->source_at)
			 : json_array();
}

static json_t *speaker_json(struct ctl *ctl, const struct article *a, const struct annot_quoted *q,
			    const struct judged *j)
{
	return json_pack("{so so sb so sb ss}", "name",
			 maybe(check_article_text(ctl, a, q->speaker)), "verb",
			 maybe(check_article_text(ctl, a, q->verb)), "inferred", q->inferred,
			 "source", maybe(check_text(ctl, j->source_speaker)), "quoted", j->quoted,
			 "result", check_speaker_name(j->speaker));
}

/* What a quote and a piece of one have in common. */
static json_t *judged_json(struct ctl *ctl, const struct article *a, const struct annot_quoted *q,
			   const struct judged *j)
{
	return json_pack("{so ss so so so so sI}", "text", text(j->words), "result",
			 annot_alter_result_name(j->result), "flags", alteration_flags(j->flags),
			 "source", source_json(j), "speaker", speaker_json(ctl, a, q, j),
			 "differences", differences_json(j), "other_places", (json_int_t)j->others);
}

json_t *check_json(struct ctl *ctl, const struct article *a, const struct checked *c)
{
	const struct annot_quoted *q = c->quote;
	json_t *object = json_pack("{so so sI sI}", "bytes", pair(q->bytes[0], q->bytes[1]),
				   "chars", pair(c->chars[0], c->chars[1]), "line",
				   (json_int_t)c->line, "column", (json_int_t)c->column);
	json_t *judged = judged_json(ctl, a, q, &c->whole), *pieces = json_array();
	json_object_update(object, judged);
	json_decref(judged);
	for (size_t i = 0; i < c->n_pieces; i++)
		json_array_append_new(pieces, judged_json(ctl, a, q, &c->pieces[i]));
	json_object_set_new(object, "parts", pieces);
	json_object_set_new(object, "apart", json_integer((json_int_t)c->apart));
	json_object_set_new(object, "across_speakers", json_boolean(c->across_speakers));
	json_object_set_new(object, "depth", json_integer(q->depth));
	json_object_set_new(object, "block", json_boolean(q->block));
	json_object_set_new(object, "fails", json_boolean(check_fails(c)));
	json_object_set_new(object, "cut", json_boolean(c->cut || c->whole.alteration.cut));
	return object;
}

json_t *check_summary_json(const struct article *a, const struct summary *s)
{
	json_t *results = json_object(), *invalid = json_array();
	for (unsigned i = 0; i < ANNOT_ALTER_RESULTS; i++)
		json_object_set_new(results, annot_alter_result_name(i),
				    json_integer((json_int_t)s->results[i]));
	json_t *object =
		json_pack("{sI sI so sI sI si}", "quotes", (json_int_t)s->quotes, "failed",
			  (json_int_t)s->failed, "results", results, "added", (json_int_t)s->added,
			  "there", (json_int_t)s->there, "algorithm", ANNOT_ALTER_VERSION);
	if (!a) {
		json_decref(invalid);
		json_object_set_new(object, "articles", json_integer((json_int_t)s->articles));
		return object;
	}
	for (size_t i = 0; i < a->quotes.n_invalid && i < ANNOT_EXTRACT_INVALID_MAX; i++)
		json_array_append_new(invalid, json_integer((json_int_t)a->quotes.invalid[i]));
	json_object_set_new(object, "article", json_string(a->path));
	json_object_set_new(object, "invalid_bytes", json_integer((json_int_t)a->quotes.n_invalid));
	json_object_set_new(object, "invalid_at", invalid);
	json_object_set_new(object, "cut", json_boolean(a->quotes.cut));
	return object;
}
