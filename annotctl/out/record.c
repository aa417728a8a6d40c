#include "record.h"

#include <string.h>

#include "../key.h"

const char *record_short(struct ctl *ctl, const struct annot_hash *annotation, uint64_t version)
{
	const char *text =
		annot_arena_printf(ctl->arena, "%s@%llu", annot_short_id(annotation).text,
				   (unsigned long long)version);
	return text ? text : "";
}

enum annot_status record_of_row(struct ctl *ctl, const struct annot_row *row,
				const struct annot_record **ret)
{
	*ret = NULL;
	if (!row->record.data)
		return ANNOT_OK;
	return annot_record_parse(ctl->arena, row->record, ret, &ctl->err);
}

/* Where its words stand in the newest version, as the daemon worked it out. */
static json_t *anchor_json(const struct annot_anchor_view *a)
{
	json_t *object = json_pack("{s:s, s:I, s:I, s:b, s:I}", "document",
				   annot_hash_hex(&a->document).text, "document_version",
				   (json_int_t)a->version, "score", (json_int_t)a->score, "cut",
				   (int)a->cut, "algorithm", (json_int_t)a->algorithm);
	if (a->end == 0)
		return object;
	json_object_set_new(object, "bytes",
			    json_pack("[I,I]", (json_int_t)a->start, (json_int_t)a->end));
	json_object_set_new(
		object, "chars",
		json_pack("[I,I]", (json_int_t)a->chars_start, (json_int_t)a->chars_end));
	return object;
}

/* The targets that the record signs, with what the daemon says of their places. */
static void add_target_views(json_t *object, const struct annot_row *row)
{
	json_t *targets = json_object_get(object, "targets");
	for (size_t i = 0; i < json_array_size(targets) && i < row->n_targets; i++) {
		const struct annot_target_view *view = &row->targets[i];
		json_t *target = json_array_get(targets, i);
		json_object_set_new(target, "name",
				    view->name ? json_string(view->name) : json_null());
		json_object_set_new(target, "document_version",
				    json_integer((json_int_t)view->version));
		json_object_set_new(target, "chars",
				    json_pack("[I,I]", (json_int_t)view->chars_start,
					      (json_int_t)view->chars_end));
		if (view->anchor)
			json_object_set_new(target, "anchor", json_string(view->anchor));
	}
	for (size_t i = 0; i < row->n_anchors; i++)
		json_object_set_new(json_array_get(targets, row->anchors[i].target), "anchored",
				    anchor_json(&row->anchors[i]));
}

bool record_leaf(const struct annot_row *row, struct annot_leaf *ret)
{
	return row->leaf && annot_leaf_parse(annot_bytes_of(row->leaf), ret, NULL) == ANNOT_OK;
}

static json_t *withheld_json(struct ctl *ctl, const struct annot_row *row)
{
	struct annot_leaf leaf;
	json_t *object = json_object();
	if (!record_leaf(row, &leaf))
		return object;
	json_object_set_new(object, "author",
			    json_pack("{s:s?, s:s}", "name", row->author_name, "key",
				      key_fingerprint(ctl, &leaf.author)));
	json_object_set_new(object, "record", json_string(annot_hash_hex(&leaf.record).text));
	json_object_set_new(object, "annotation",
			    json_string(annot_hash_hex(&leaf.annotation).text));
	json_object_set_new(object, "kind", json_string(annot_kind_def(leaf.kind)->name));
	json_t *parents = json_array();
	for (size_t i = 0; i < leaf.n_parents; i++)
		json_array_append_new(parents, json_string(annot_hash_hex(&leaf.parents[i]).text));
	json_object_set_new(object, "parents", parents);
	return object;
}

json_t *record_json(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record,
		    bool verified)
{
	json_t *object = record ? annot_record_json(record) : withheld_json(ctl, row);
	if (!object)
		return NULL;
	json_object_set_new(object, "version", json_integer((json_int_t)row->version));
	json_object_set_new(object, "versions", json_integer((json_int_t)row->versions));
	json_object_set_new(object, "head", json_boolean(row->head));
	json_object_set_new(object, "index", json_integer((json_int_t)row->index));
	if (record)
		json_object_set_new(object, "author",
				    json_pack("{s:s?, s:s}", "name", row->author_name, "key",
					      key_fingerprint(ctl, &record->author)));
	json_object_set_new(object, "review", json_string(row->review));
	json_object_set_new(object, "effect", json_string(row->effect));
	if (row->reason)
		json_object_set_new(object, "void_reason", json_string(row->reason));
	json_t *flags = json_array();
	for (size_t i = 0; i < row->n_flags; i++)
		json_array_append_new(flags, json_string(row->flags[i]));
	json_object_set_new(object, "flags", flags);
	add_target_views(object, row);
	if (row->on_version) {
		json_object_set_new(object, "on_annotation",
				    json_string(annot_hash_hex(&row->on_annotation).text));
		json_object_set_new(object, "on_version",
				    json_integer((json_int_t)row->on_version));
		json_object_set_new(object, "on_latest", json_boolean(row->on_head));
	}
	if (record && record->kind->kind == ANNOT_KIND_verdict)
		json_object_set_new(object, "blind", json_boolean(row->blind));
	json_object_set_new(object, "verified", json_boolean(verified));
	return object;
}

const char *record_telling(struct ctl *ctl, const struct annot_record *r)
{
	struct annot_target target;
	switch (r->kind->kind) {
	case ANNOT_KIND_quote:
	case ANNOT_KIND_span:
		if (annot_record_target(r, 0, &target))
			return annot_arena_printf(ctl->arena, "“%s”", target.exact->text);
		return "";
	case ANNOT_KIND_verdict:
		return annot_arena_printf(ctl->arena, "%s %s", annot_record_text(r, "scale"),
					  annot_record_text(r, "rating"));
	case ANNOT_KIND_seal:
		return "a verdict";
	case ANNOT_KIND_document: /* by the name all commands take it */
		return annot_record_text(r, "title")
			       ? annot_arena_printf(ctl->arena, "%s: %s",
						    annot_record_text(r, "name"),
						    annot_record_text(r, "title"))
			       : annot_record_text(r, "name");
	case ANNOT_KIND_link:
		return annot_record_text(r, "relation");
	case ANNOT_KIND_review:
		return annot_record_text(r, "decision");
	default: {
		static const char *const names[] = {"text",   "title",  "name",
						    "reason", "origin", NULL};
		for (size_t i = 0; names[i]; i++)
			if (annot_record_text(r, names[i]))
				return annot_record_text(r, names[i]);
		return "";
	}
	}
}

const char *record_words(struct ctl *ctl, const struct annot_record *record)
{
	const char *text = record_telling(ctl, record);
	return out_safe_flat(ctl, text ? text : "");
}

/* Of its targets' anchors the one that a person should see to first; "exact" if there is nothing to
 * see to. */
static const char *worst_anchor(const struct annot_row *row)
{
	static const char *const names[] = {"orphan",  "ambiguous", "changed",   "moved",
					    "pending", "absent",    "unsearched"};
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		for (size_t i = 0; i < row->n_targets; i++)
			if (row->targets[i].anchor && strcmp(row->targets[i].anchor, names[k]) == 0)
				return names[k];
	return "exact";
}

const char *record_state(struct ctl *ctl, const struct annot_row *row)
{
	struct annot_buf b = ANNOT_BUF_INIT(512);
	annot_buf_puts(&b, strcmp(row->effect, "effective") == 0 ? row->review : row->effect);
	for (size_t i = 0; i < row->n_flags; i++)
		annot_buf_printf(&b, "%s%s", b.len ? "," : "", row->flags[i]);
	if (strcmp(worst_anchor(row), "exact") != 0)
		annot_buf_printf(&b, "%s%s", b.len ? "," : "", worst_anchor(row));
	const char *copy = out_safe(ctl, b.data);
	annot_buf_free(&b);
	return copy;
}

bool record_has_flag(const struct annot_row *row, const char *flag)
{
	for (size_t i = 0; i < row->n_flags; i++)
		if (strcmp(row->flags[i], flag) == 0)
			return true;
	return false;
}

const char *record_version(struct ctl *ctl, const struct annot_hash *annotation, uint64_t version,
			   uint64_t versions, bool head)
{
	const char *id = record_short(ctl, annotation, version), *text = id;
	if (!head && versions > version)
		text = annot_arena_printf(ctl->arena, "%s, %llu newer", id,
					  (unsigned long long)(versions - version));
	return text ? text : id;
}

const char *record_about(struct ctl *ctl, const struct annot_row *row)
{
	if (!row->on_version)
		return "";
	const char *text =
		annot_arena_printf(ctl->arena, "%s (on %s)", row->blind ? ", blind" : "",
				   record_version(ctl, &row->on_annotation, row->on_version,
						  row->on_versions, row->on_head));
	return text ? text : "";
}

/* What became of its words, where they are not as they were. */
static void print_anchor(struct ctl *ctl, const struct annot_row *row, size_t n)
{
	const char *anchor = n < row->n_targets ? row->targets[n].anchor : NULL;
	if (!anchor || strcmp(anchor, "exact") == 0)
		return;
	out_text(ctl, "  anchor       %s", out_safe(ctl, anchor));
	for (size_t i = 0; i < row->n_anchors; i++) {
		const struct annot_anchor_view *a = &row->anchors[i];
		if (a->target != n)
			continue;
		out_text(ctl, " in version %llu", (unsigned long long)a->version);
		if (a->end)
			out_text(ctl, ", bytes %llu..%llu, %llu", (unsigned long long)a->start,
				 (unsigned long long)a->end, (unsigned long long)a->score);
	}
	out_text(ctl, "\n");
}

static void print_target(struct ctl *ctl, const struct annot_target_view *view,
			 const struct annot_target *target)
{
	out_text(ctl, "  target       %s@%llu  bytes %llu..%llu",
		 view && view->name ? out_safe(ctl, view->name) : "?",
		 view ? (unsigned long long)view->version : 0, (unsigned long long)target->start,
		 (unsigned long long)target->end);
	if (view)
		out_text(ctl, "  chars %llu..%llu", (unsigned long long)view->chars_start,
			 (unsigned long long)view->chars_end);
	const char *dim = out_style(ctl, STYLE_DIM), *plain = out_style(ctl, STYLE_PLAIN);
	out_text(ctl, "\n               %s%s%s%s%s%s%s%s%s\n", dim,
		 out_safe_flat(ctl, target->prefix->text), plain, out_style(ctl, STYLE_BOLD),
		 out_safe_flat(ctl, target->exact->text), plain, dim,
		 out_safe_flat(ctl, target->suffix->text), plain);
}

static void print_cards(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_cards; i++) {
		const struct annot_card *card = &r->cards[i];
		struct annot_target target;
		if (card->def->in_group)
			continue;
		if (card->def->type == ANNOT_CARD_TARGET) {
			if (annot_record_target(r, n, &target))
				print_target(ctl, n < row->n_targets ? &row->targets[n] : NULL,
					     &target);
			print_anchor(ctl, row, n++);
			continue;
		}
		out_text(ctl, "  %-12s %s\n", card->def->name,
			 out_safe_lines(ctl, card->text, card->len));
		if (card->def->type == ANNOT_CARD_KEY || card->def->type == ANNOT_CARD_ADMIN)
			out_text(ctl, "               %s\n", key_fingerprint(ctl, &card->hash));
	}
}

static void print_about(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r)
{
	if (row->on_version)
		out_text(ctl, "  about        %s%s\n",
			 record_version(ctl, &row->on_annotation, row->on_version, row->on_versions,
					row->on_head),
			 row->on_head ? ", the latest" : "");
	if (r->kind->kind == ANNOT_KIND_verdict)
		out_text(ctl, "  blind        %s\n",
			 row->blind ? "yes: sealed before anybody else's verdict on it was open"
			 : annot_record_card(r, "opens")
				 ? "no: somebody's verdict on it was open before it was sealed"
				 : "no: not sealed");
}

/* What bytes and leaf line both say. */
static void print_leaf(struct ctl *ctl, const struct annot_row *row, const struct annot_leaf *leaf)
{
	out_text(ctl, "%s%s %s%s  version %llu of %llu%s\n", out_style(ctl, STYLE_BOLD),
		 annot_kind_def(leaf->kind)->name,
		 record_short(ctl, &leaf->annotation, row->version), out_style(ctl, STYLE_PLAIN),
		 (unsigned long long)row->version, (unsigned long long)row->versions,
		 row->head ? "" : " (not the latest)");
	out_text(ctl, "  annotation   %s\n  record       %s\n",
		 annot_hash_hex(&leaf->annotation).text, annot_hash_hex(&leaf->record).text);
	out_text(ctl, "  author       %s (%s)\n",
		 row->author_name ? out_safe(ctl, row->author_name) : "?",
		 key_fingerprint(ctl, &leaf->author));
}

static void print_withheld(struct ctl *ctl, const struct annot_row *row)
{
	struct annot_leaf leaf;
	if (!record_leaf(row, &leaf)) {
		out_text(ctl, "#%llu WITHHELD\n", (unsigned long long)row->index);
		return;
	}
	print_leaf(ctl, row, &leaf);
	out_text(ctl, "  log index    #%llu\n", (unsigned long long)row->index);
	out_text(ctl, "  state        %s\n", record_state(ctl, row));
	if (row->reason)
		out_text(ctl, "  void         %s\n", out_safe(ctl, row->reason));
	out_text(ctl,
		 "  WITHHELD     its bytes were taken away; its leaf stays in the log:\n"
		 "               %s",
		 out_safe_lines(ctl, row->leaf, strlen(row->leaf)));
}

void record_text(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r)
{
	struct annot_leaf leaf;
	if (!r) {
		print_withheld(ctl, row);
		return;
	}
	annot_leaf_of(r, row->signature.data, &leaf);
	print_leaf(ctl, row, &leaf);
	out_text(ctl, "  claimed time %s, log index #%llu\n", r->time,
		 (unsigned long long)row->index);
	out_text(ctl, "  state        %s\n", record_state(ctl, row));
	if (row->reason)
		out_text(ctl, "  void         %s\n", out_safe(ctl, row->reason));
	print_about(ctl, row, r);
	print_cards(ctl, row, r);
}
