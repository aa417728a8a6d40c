/*
 * check as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for editors and CI systems: a rule for each
 * result, a result for each quote.
 */
#include <stdlib.h>
#include <string.h>

#include "../out/out.h"
#include "check.h"

/* A path as the path of a URI (RFC 3986, 2.1). */
static const char *uri_of(struct ctl *ctl, const char *path)
{
	struct annot_buf b = ANNOT_BUF_INIT(1 << 16);
	annot_buf_puts(&b, "");
	for (const char *c = strcmp(path, "-") == 0 ? "stdin" : path; *c; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || strchr("-._~/", *c);
		if (plain)
			annot_buf_putc(&b, *c);
		else
			annot_buf_printf(&b, "%%%02X", (unsigned char)*c);
	}
	const char *uri = annot_arena_copy(ctl->arena, b.data, b.len);
	annot_buf_free(&b);
	return uri ? uri : "";
}

static json_t *region(size_t chars_start, size_t chars_end, size_t start, size_t end)
{
	return json_pack("{sI sI sI sI}", "charOffset", (json_int_t)chars_start, "charLength",
			 (json_int_t)(chars_end - chars_start), "byteOffset", (json_int_t)start,
			 "byteLength", (json_int_t)(end - start));
}

static json_t *location(const char *uri, json_t *region_json)
{
	return json_pack("{s{s{ss} so}}", "physicalLocation", "artifactLocation", "uri", uri,
			 "region", region_json);
}

static json_t *related(struct ctl *ctl, const struct judged *j)
{
	const char *uri = annot_arena_printf(ctl->arena, "annot:%s@%llu", j->place.name,
					     (unsigned long long)j->place.version);
	json_t *there = location(uri ? uri : "", region(j->place.chars_start, j->place.chars_end,
							j->place.start, j->place.end));
	json_object_set_new(there, "message", json_pack("{ss}", "text", "the words of the source"));
	return there;
}

static const char *level_of(const struct checked *c)
{
	if (check_fails(c))
		return "error";
	if (c->whole.result == ANNOT_ALTER_TOO_SHORT || c->whole.result < ANNOT_ALTER_ALTERED)
		return "none";
	return "warning";
}

static const char *kind_of(const struct checked *c)
{
	if (c->whole.result == ANNOT_ALTER_TOO_SHORT)
		return "notApplicable";
	return strcmp(level_of(c), "none") == 0 ? "pass" : "fail";
}

void check_sarif_begin(struct ctl *ctl)
{
	json_t *rules = json_array();
	for (unsigned i = 0; i < ANNOT_ALTER_RESULTS; i++)
		json_array_append_new(
			rules, json_pack("{ss s{ss}}", "id", annot_alter_result_name(i),
					 "shortDescription", "text", annot_alter_result_text(i)));
	json_t *driver = json_pack("{ss ss so}", "name", "annotctl check", "version",
				   annot_version(), "rules", rules);
	char *text = json_dumps(driver, JSON_INDENT(2));
	json_decref(driver);
	out_text(ctl,
		 "{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
		 "\"version\": \"2.1.0\",\n\"runs\": [{\"columnKind\": \"unicodeCodePoints\", "
		 "\"tool\": {\"driver\": %s},\n\"results\":\n",
		 text ? text : "{}");
	free(text);
	out_list_begin(ctl);
}

void check_sarif_item(struct ctl *ctl, const struct article *a, const struct checked *c)
{
	const struct annot_quoted *q = c->quote;
	json_t *place = region(c->chars[0], c->chars[1], q->bytes[0], q->bytes[1]);
	json_t *others = json_array();
	json_object_set_new(place, "startLine", json_integer((json_int_t)c->line));
	json_object_set_new(place, "startColumn", json_integer((json_int_t)c->column));
	if (c->whole.placed)
		json_array_append_new(others, related(ctl, &c->whole));
	for (size_t i = 0; i < c->n_pieces; i++)
		if (c->pieces[i].placed)
			json_array_append_new(others, related(ctl, &c->pieces[i]));
	out_list_item(ctl,
		      json_pack("{ss ss ss s{ss} s[o] so so}", "ruleId",
				annot_alter_result_name(c->whole.result), "level", level_of(c),
				"kind", kind_of(c), "message", "text", check_message(ctl, c),
				"locations", location(uri_of(ctl, a->path), place),
				"relatedLocations", others, "properties", check_json(ctl, a, c)));
}

void check_sarif_end(struct ctl *ctl, const struct article *a, const struct summary *s)
{
	out_list_end(ctl);
	out_text(ctl, ", \"properties\":\n");
	out_json(ctl, json_pack("{so}", "summary", check_summary_json(a, s)));
	out_text(ctl, "}]}\n");
}
