/* Anchors as people and scripts see them. */
#include "anchors.h"

#include <string.h>

#include "../diff/diff.h"
#include "../key.h"
#include "../out/record.h"

enum { CONTEXT_CHARS = 40, PLACE_BYTES_MAX = 1 << 22 };

/* Text with line ends and tabs as spaces. */
static void add_flat(struct annot_buf *b, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		annot_buf_putc(b, text[i] && strchr("\n\r\t", text[i]) ? ' ' : text[i]);
}

const char *anchors_place(struct ctl *ctl, const struct anchors_text *t, size_t start, size_t end)
{
	const char *text = (const char *)t->text.data;
	size_t from = annot_utf8_back(text, t->text.len, start, CONTEXT_CHARS);
	size_t to = annot_utf8_forward(text, t->text.len, end, CONTEXT_CHARS);
	struct annot_place_at at = annot_places_at(t->places, start);
	struct annot_buf b = ANNOT_BUF_INIT(PLACE_BYTES_MAX);
	annot_buf_printf(&b, "line %zu, column %zu: %s", at.line, at.column, from ? "…" : "");
	add_flat(&b, text + from, start - from);
	annot_buf_puts(&b, "«");
	add_flat(&b, text + start, end - start);
	annot_buf_puts(&b, "»");
	add_flat(&b, text + end, to - end);
	annot_buf_puts(&b, to < t->text.len ? "…" : "");
	const char *copy = out_safe(ctl, b.data);
	annot_buf_free(&b);
	return copy;
}

static struct annot_bytes words_at(const struct anchored *f, const struct annot_anchor_place *p)
{
	return annot_bytes(f->to->text.data + p->start, p->end - p->start);
}

/* The words of the target beside those of a place. */
static enum annot_status differences(struct ctl *ctl, const struct anchored *f,
				     const struct annot_anchor_place *p,
				     const struct annot_diff_part **ret, size_t *ret_n)
{
	return annot_diff_words(ctl->arena,
				annot_bytes(f->target.exact->text, f->target.exact->len),
				words_at(f, p), ret, ret_n, &ctl->err);
}

static bool is_placed(const struct anchored *f)
{
	return !f->missing && (1u << f->anchor.status & ANCHORS_PLACED);
}

/* --- text */

static void print_places(struct ctl *ctl, const struct anchored *f)
{
	bool guess = f->anchor.status == ANNOT_ANCHOR_ORPHAN;
	for (size_t i = 0; i < f->anchor.n_places; i++) {
		const struct annot_anchor_place *p = &f->anchor.places[i];
		const char *which =
			guess ? "best guess" : annot_arena_printf(ctl->arena, "place %zu", i + 1);
		out_text(ctl, "           %s (%u), %s\n", which ? which : "", p->score,
			 anchors_place(ctl, f->to, p->start, p->end));
	}
}

static void print_changed(struct ctl *ctl, const struct anchored *f)
{
	const struct annot_diff_part *parts;
	size_t n;
	if (differences(ctl, f, &f->anchor.places[0], &parts, &n) != ANNOT_OK)
		return; /* the places are there without it */
	out_text(ctl, "           ");
	diff_words_print(ctl, parts, n);
	out_text(ctl, "\n");
}

void anchored_text(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record,
		   const struct anchored *f)
{
	const char *name = anchored_name(f);
	bool bad = !is_placed(f);
	out_text(ctl, "%s%-9s%s", out_style(ctl, bad ? STYLE_BAD : STYLE_GOOD), name,
		 out_style(ctl, STYLE_PLAIN));
	out_text(ctl, "  %s  %-8s %-12s ", record_short(ctl, &record->annotation, row->version),
		 record->kind->name, row->author_name ? out_safe(ctl, row->author_name) : "?");
	out_text(ctl, "%s@%llu", out_safe(ctl, f->from->name),
		 (unsigned long long)f->from->fetched.row->version);
	if (!f->from->missing) {
		struct annot_place_at at =
			annot_places_at(f->from->places, (size_t)f->target.start);
		out_text(ctl, ":%zu:%zu", at.line, at.column);
	}
	if (is_placed(f)) {
		struct annot_place_at at =
			annot_places_at(f->to->places, f->anchor.places[0].start);
		out_text(ctl, " -> @%llu:%zu:%zu (%u)",
			 (unsigned long long)f->to->fetched.row->version, at.line, at.column,
			 f->anchor.places[0].score);
	}
	out_text(ctl, "  “%s”%s\n", out_safe_flat(ctl, f->target.exact->text),
		 !f->missing && f->anchor.cut ? " (not all of the text was searched)" : "");
	if (f->missing)
		return;
	if (f->anchor.status == ANNOT_ANCHOR_CHANGED)
		print_changed(ctl, f);
	else if (!is_placed(f))
		print_places(ctl, f);
}

/* --- JSON */

static json_t *place_json(struct ctl *ctl, const struct anchored *f,
			  const struct annot_anchor_place *p)
{
	struct annot_bytes words = words_at(f, p);
	const struct annot_diff_part *parts;
	size_t n = 0;
	json_t *place = json_pack("{s:[I,I], s:[I,I], s:s%, s:i, s:i}", "bytes",
				  (json_int_t)p->start, (json_int_t)p->end, "chars",
				  (json_int_t)annot_places_chars(f->to->places, p->start),
				  (json_int_t)annot_places_chars(f->to->places, p->end), "text",
				  (const char *)words.data, words.len, "score", (int)p->score,
				  "likeness", (int)p->likeness);
	if (place && differences(ctl, f, p, &parts, &n) == ANNOT_OK)
		json_object_set_new(place, "differences", diff_words_json(parts, n));
	return place;
}

static json_t *version_json(const struct anchors_text *t)
{
	const struct annot_record *record = t->fetched.record;
	return json_pack("{s:s?, s:s?, s:I}", "document",
			 record ? annot_hash_hex(&record->id).text : NULL, "name",
			 *t->name ? t->name : NULL, "document_version",
			 (json_int_t)t->fetched.row->version);
}

/* What was signed; its document is named even where that was withheld. */
static json_t *target_json(const struct anchored *f)
{
	json_t *target = version_json(f->from);
	json_object_set_new(target, "document",
			    json_string(annot_hash_hex(&f->target.document).text));
	json_object_set_new(
		target, "bytes",
		json_pack("[I,I]", (json_int_t)f->target.start, (json_int_t)f->target.end));
	json_object_set_new(target, "exact", json_string(f->target.exact->text));
	if (f->from->missing)
		return target;
	json_object_set_new(
		target, "chars",
		json_pack("[I,I]",
			  (json_int_t)annot_places_chars(f->from->places, (size_t)f->target.start),
			  (json_int_t)annot_places_chars(f->from->places, (size_t)f->target.end)));
	return target;
}

json_t *anchored_json(struct ctl *ctl, const struct annot_row *row,
		      const struct annot_record *record, const struct anchored *f)
{
	json_t *object = json_pack(
		"{s:s, s:s, s:I, s:s, s:I, s:{s:s?, s:s}, s:I, s:o?, s:o?, s:s, s:i}", "annotation",
		annot_hash_hex(&record->annotation).text, "record",
		annot_hash_hex(&record->id).text, "version", (json_int_t)row->version, "kind",
		record->kind->name, "index", (json_int_t)row->index, "author", "name",
		row->author_name, "key", key_fingerprint(ctl, &record->author), "target",
		(json_int_t)f->n, "from", target_json(f), "to", version_json(f->to), "anchor",
		anchored_name(f), "algorithm", ANNOT_ANCHOR_VERSION);
	bool orphan = !f->missing && f->anchor.status == ANNOT_ANCHOR_ORPHAN;
	json_t *places = json_array();
	if (!object)
		return NULL;
	json_object_set_new(object, "cut", json_boolean(!f->missing && f->anchor.cut));
	json_object_set_new(object, "place",
			    is_placed(f) ? place_json(ctl, f, &f->anchor.places[0]) : json_null());
	for (size_t i = 0;
	     !f->missing && f->anchor.status == ANNOT_ANCHOR_AMBIGUOUS && i < f->anchor.n_places;
	     i++)
		json_array_append_new(places, place_json(ctl, f, &f->anchor.places[i]));
	json_object_set_new(object, "places", places);
	json_object_set_new(object, "guess",
			    orphan && f->anchor.n_places > 0
				    ? place_json(ctl, f, &f->anchor.places[0])
				    : json_null());
	return object;
}
