/*
 * Reading brat's standoff line by line. A span waits for the lines behind it that are about it (our
 * exports write them so): notes of ours bring back cards, attributes and normalisations become tags
 * and data; all that comes later, or is about other lines, becomes a record of its own that refers
 * to the span.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/hash.h"
#include "format/brat.h"
#include "text/utf8.h"

enum { SPAN_ARENA_MAX = 32 << 20 };

static const char *id_of(struct annot_arena *arena, const char *name, const char *number)
{
	return annot_arena_printf(arena, "brat:%s#%s", name, number);
}

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a line");
}

/* --- what waits --- */

void brat_forget(struct brat_reading *r)
{
	annot_draft_free(r->draft);
	json_decref(r->data);
	r->draft = NULL;
	r->data = NULL;
	r->n_refs = 0;
	r->id = r->number = r->words = r->author = r->type = NULL;
	r->annotated = r->own = false;
	if (r->arena)
		annot_arena_reset(r->arena);
}

/* What no note has brought back. */
static enum annot_status complete(struct annot_import *m, struct brat_reading *r,
				  struct annot_error *err)
{
	enum annot_kind kind = annot_draft_kind(r->draft);
	json_t *references = json_object_get(r->data, "references");
	if (r->own)
		return references ? annot_import_lose(m, "references", references,
						      "an annotation of this corpus has no place "
						      "for it",
						      err)
				  : ANNOT_OK;
	if (kind == ANNOT_KIND_quote && !annot_draft_value(r->draft, "form", 0))
		TRY(annot_draft_add(r->draft, "form", "direct", err));
	if (kind == ANNOT_KIND_claim && !annot_draft_value(r->draft, "text", 0))
		TRY(annot_import_card(m, r->draft, "text", "text", r->words, NULL, err));
	if (kind == ANNOT_KIND_link)
		return ANNOT_OK;
	return annot_import_origin(m, r->draft, r->author, r->data, err);
}

/* Hands it over, as the item that it was. */
static enum annot_status flush(struct annot_import *m, struct brat_reading *r,
			       struct annot_error *err)
{
	const struct annot_import_item *now = m->item;
	const char *id = m->id;
	if (!r->draft)
		return ANNOT_OK;
	m->item = &r->item;
	m->id = r->id;
	enum annot_status status = complete(m, r, err);
	if (status == ANNOT_OK) {
		const struct annot_import_draft one = {.draft = TAKE(r->draft),
						       .refs = r->refs,
						       .n_refs = r->n_refs,
						       .amends = r->own ? &r->amends : NULL};
		status = annot_import_take(m, &one, 1, err);
	}
	brat_forget(r);
	m->item = now;
	m->id = id;
	return status;
}

/* A draft that waits from now on; what waited goes first. */
static enum annot_status begin(struct annot_import *m, struct brat_reading *r, const char *number,
			       enum annot_kind kind, struct annot_error *err)
{
	TRY(flush(m, r, err));
	if (!r->arena)
		r->arena = annot_arena_new(SPAN_ARENA_MAX);
	if (!r->arena)
		return no_memory(err);
	r->item = *m->item;
	r->item.bytes = (struct annot_bytes){0};
	r->number = annot_arena_copy(r->arena, number, strlen(number));
	r->id = r->number ? id_of(r->arena, r->item.name, r->number) : NULL;
	r->draft = annot_draft_new(kind);
	r->data = json_object();
	if (r->id && r->draft && r->data) {
		m->id = r->id;
		return ANNOT_OK;
	}
	brat_forget(r);
	return no_memory(err);
}

static enum annot_status refer(struct brat_reading *r, const char *card, const char *number,
			       struct annot_error *err)
{
	const char *item = id_of(r->arena, r->item.name, number);
	if (!item)
		return no_memory(err);
	r->refs[r->n_refs++] = (struct annot_import_ref){.card = card, .item = item};
	return ANNOT_OK;
}

/* --- spans --- */

/* Quote, Claim and Span are ours; any other type is a tag of a span. */
static enum annot_kind kind_of(const char *type)
{
	return strcmp(type, "Quote") == 0   ? ANNOT_KIND_quote
	       : strcmp(type, "Claim") == 0 ? ANNOT_KIND_claim
					    : ANNOT_KIND_span;
}

/* Of all pieces, with spaces between them. */
static const char *words_of(struct annot_arena *arena, const struct brat_span *span)
{
	AUTO_BUF struct annot_buf words = ANNOT_BUF_INIT(SPAN_ARENA_MAX);
	for (size_t i = 0; i < span->n; i++) {
		annot_buf_puts(&words, i ? " " : "");
		annot_buf_add(&words, span->pieces[i].words, span->pieces[i].len);
	}
	return words.failed ? NULL : annot_arena_copy(arena, words.data, words.len);
}

/* Its type is a tag where it is none of ours. */
static enum annot_status place_span(struct annot_import *m, struct brat_reading *r,
				    const struct brat_span *span, struct annot_error *err)
{
	bool placed;
	TRY(brat_place(m, r, span, r->draft, &placed, err));
	if (!placed) {
		brat_forget(r);
		return ANNOT_OK;
	}
	if (!(r->words = words_of(r->arena, span)))
		return no_memory(err);
	bool is_tag =
		annot_draft_kind(r->draft) == ANNOT_KIND_span && strcmp(span->type, "Span") != 0;
	if (is_tag && (!(r->type = annot_arena_copy(r->arena, span->type, strlen(span->type))) ||
		       json_object_set_new(r->data, BRAT_TYPE, json_string(span->type)) != 0))
		return no_memory(err);
	return annot_import_card(m, r->draft, "tag", "type", r->type, NULL, err);
}

static enum annot_status read_span(struct annot_import *m, struct brat_reading *r,
				   const struct annot_import_item *item, struct annot_error *err)
{
	struct annot_error why;
	AUTO_FREE struct brat_span *span = malloc(sizeof *span);
	if (!span)
		return no_memory(err);
	enum annot_status status = brat_span_read(m->arena, (const char *)item->bytes.data,
						  item->bytes.len, span, &why);
	if (status == ANNOT_INVALID)
		return annot_import_invalid(m, err, "%s", why.text);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	TRY(begin(m, r, span->number, kind_of(span->type), err));
	status = place_span(m, r, span, err);
	if (status != ANNOT_OK)
		brat_forget(r);
	m->id = "";
	return status;
}

/* --- lines about others --- */

enum annot_status brat_comment(struct annot_import *m, struct brat_reading *r,
			       const struct brat_line *l, const char *on, const char *text,
			       bool as_data, struct annot_error *err)
{
	bool has_text;
	TRY(begin(m, r, l->number, ANNOT_KIND_comment, err));
	TRY(refer(r, "on", on, err));
	if (as_data)
		json_object_set_new(
			r->data, "brat",
			json_stringn((const char *)m->item->bytes.data, m->item->bytes.len));
	TRY(annot_import_card(m, r->draft, "text", "text", text, &has_text, err));
	r->annotated = true;
	if (has_text)
		return ANNOT_OK;
	brat_forget(r);
	return annot_import_leave_out(m, l->number, NULL, "there is nothing in it", err);
}

/* --- attributes, relations, normalisations --- */

static enum annot_status read_verdict(struct annot_import *m, struct brat_reading *r,
				      const struct brat_line *l, const char *on, const char *rating,
				      struct annot_error *err)
{
	bool has_scale = false, has_rating = false;
	const char *scale = l->type + strlen(VERDICT);
	TRY(begin(m, r, l->number, ANNOT_KIND_verdict, err));
	TRY(refer(r, "on", on, err));
	TRY(annot_import_card(m, r->draft, "scale", "type", scale, &has_scale, err));
	TRY(annot_import_card(m, r->draft, "rating", "value", rating, &has_rating, err));
	if (!has_scale || !has_rating)
		brat_forget(r);
	return ANNOT_OK;
}

/* "T1" or "T1 value" */
static enum annot_status read_attribute(struct annot_import *m, struct brat_reading *r,
					const struct brat_line *l, struct annot_error *err)
{
	const char *space = strchr(l->args, ' '), *value = space ? space + 1 : "";
	const char *on = annot_arena_copy(m->arena, l->args,
					  space ? (size_t)(space - l->args) : strlen(l->args));
	const char *text =
		annot_arena_printf(m->arena, "%s%s%s", l->type, *value ? ": " : "", value);
	if (!on || !text)
		return no_memory(err);
	if (*on != 'T')
		return annot_import_leave_out(m, l->number, NULL,
					      "an attribute of a line that is no span", err);
	if (strncmp(l->type, VERDICT, strlen(VERDICT)) == 0 && *value)
		return read_verdict(m, r, l, on, value, err);
	if (r->draft && strcmp(on, r->number) == 0 &&
	    annot_draft_check(r->draft, "tag", text, NULL) == ANNOT_OK)
		return annot_draft_add(r->draft, "tag", text, err);
	return brat_comment(m, r, l, on, text, true, err);
}

/* "Arg1:T1 Arg2:T2": exactly two, of different roles. */
static enum annot_status read_relation(struct annot_import *m, struct brat_reading *r,
				       const struct brat_line *l, struct annot_error *err)
{
	char role[2][64], on[2][64];
	int end = 0;
	bool has = false;
	if (sscanf(l->args, "%63[^: ]:%63[^ ] %63[^: ]:%63[^ ]%n", role[0], on[0], role[1], on[1],
		   &end) != 4 ||
	    l->args[end] != '\0' || strcmp(role[0], role[1]) == 0)
		return annot_import_invalid(m, err,
					    "expected Arg1:T1 Arg2:T2, two different roles");
	if (on[0][0] != 'T' || on[1][0] != 'T')
		return annot_import_leave_out(m, l->number, NULL,
					      "a relation of lines that are no spans", err);
	TRY(begin(m, r, l->number, ANNOT_KIND_link, err));
	TRY(annot_import_card(m, r->draft, "relation", "type", l->type, &has, err));
	if (!has) {
		brat_forget(r);
		return annot_import_leave_out(m, l->number, NULL,
					      "a relation that annot has no word for", err);
	}
	TRY(refer(r, "from", on[0], err));
	return refer(r, "to", on[1], err);
}

/* "T1 DB:ID" */
static enum annot_status read_normalisation(struct annot_import *m, struct brat_reading *r,
					    const struct brat_line *l, struct annot_error *err)
{
	const char *space = strchr(l->args, ' ');
	size_t len = space ? (size_t)(space - l->args) : 0;
	if (!space || *l->args != 'T')
		return annot_import_invalid(m, err, "expected Reference T1 DB:ID TAB text");
	if (r->draft && strlen(r->number) == len && memcmp(r->number, l->args, len) == 0) {
		json_t *list = json_object_get(r->data, "references");
		if (!list && json_object_set_new(r->data, "references", list = json_array()) != 0)
			return no_memory(err);
		json_t *one = json_pack("{s:s, s:s}", "id", space + 1, "text", l->text);
		return json_array_append_new(list, one) == 0 ? ANNOT_OK : no_memory(err);
	}
	const char *on = annot_arena_copy(m->arena, l->args, len);
	const char *text = annot_arena_printf(m->arena, "%s %s", space + 1, l->text);
	return on && text ? brat_comment(m, r, l, on, text, true, err) : no_memory(err);
}

/* --- lines --- */

static enum annot_status cut(struct annot_import *m, const struct annot_import_item *item,
			     struct brat_line *ret, struct annot_error *err)
{
	char *copy = annot_arena_copy(m->arena, item->bytes.data, item->bytes.len);
	if (!copy)
		return no_memory(err);
	char *tab = strchr(copy, '\t'), *text = tab ? strchr(tab + 1, '\t') : NULL;
	if (!tab || strlen(copy) != item->bytes.len)
		return annot_import_invalid(m, err, "expected a number, TAB and a type");
	*tab = '\0';
	if (text)
		*text = '\0';
	char *space = strchr(tab + 1, ' ');
	if (space)
		*space = '\0';
	*ret = (struct brat_line){.number = copy,
				  .type = tab + 1,
				  .args = space ? space + 1 : "",
				  .text = text ? text + 1 : ""};
	m->id = id_of(m->arena, item->name, copy);
	return m->id ? ANNOT_OK : no_memory(err);
}

/* The first line of another file: its text with LF. */
static enum annot_status turn_to(struct brat_reading *r, const struct annot_import_item *item,
				 struct annot_error *err)
{
	if (strcmp(r->name, item->name) == 0 && r->item.text.data == item->text.data)
		return ANNOT_OK;
	annot_source_clear(&r->view);
	annot_buf_free(&r->text);
	r->text = ANNOT_BUF_INIT(SIZE_MAX / 2);
	snprintf(r->name, sizeof r->name, "%s", item->name);
	r->item = (struct annot_import_item){.text = item->text, .name = item->name};
	if (item->text.data) {
		size_t valid = annot_utf8_valid(item->text.data, item->text.len);
		if (valid != item->text.len) {
			r->name[0] = '\0'; /* each line of it fails */
			return annot_fail(err, ANNOT_INVALID, "%s.txt: not UTF-8 at byte %zu",
					  item->name, valid);
		}
		r->sha256 = annot_sha256(item->text.data, item->text.len);
		annot_buf_add(&r->text, "", 0);
		brat_universal(item->text, &r->text);
	}
	r->view = (struct annot_source){.name = r->name, .text = annot_buf_bytes(&r->text)};
	return item->text.data ? annot_buf_check(&r->text, "a text", err) : ANNOT_OK;
}

enum annot_status brat_import_item(struct annot_import *m, const struct annot_import_item *item,
				   struct annot_error *err)
{
	struct brat_reading *r = m->own;
	struct brat_line l;
	if (item->bytes.len == 0)
		return ANNOT_OK;
	TRY(turn_to(r, item, err));
	if (item->bytes.data[0] == 'T')
		return read_span(m, r, item, err);
	TRY(cut(m, item, &l, err));
	switch (l.number[0]) {
	case '#':
		return brat_note(m, r, &l, err);
	case 'A':
	case 'M':
		return read_attribute(m, r, &l, err);
	case 'R':
		return read_relation(m, r, &l, err);
	case 'N':
		return read_normalisation(m, r, &l, err);
	case 'E':
		return annot_import_leave_out(m, l.number, NULL,
					      "an event: annot has no record for it", err);
	case '*':
		return annot_import_leave_out(m, l.type, NULL,
					      "an equivalence of spans: annot has no record for it",
					      err);
	default:
		return annot_import_invalid(m, err,
					    "expected a line that begins with T, R, E, A, M, N, # "
					    "or *");
	}
}

enum annot_status brat_import_end(struct annot_import *m, struct annot_error *err)
{
	struct brat_reading *r = m->own;
	enum annot_status status = flush(m, r, err);
	/* What the next file has beside it may stand at the same address. */
	annot_source_clear(&r->view);
	annot_buf_free(&r->text);
	r->name[0] = '\0';
	r->item = (struct annot_import_item){0};
	return status;
}

void brat_import_free(struct annot_import *m)
{
	struct brat_reading *r = m->own;
	brat_forget(r);
	annot_arena_free(r->arena);
	annot_source_clear(&r->view);
	annot_buf_free(&r->text);
}
