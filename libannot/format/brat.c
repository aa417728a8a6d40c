/* Writing brat's standoff. */
#include "format/brat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "text/utf8.h"

enum { FILE_NAME_MAX = 128, INDEXES_MAX = 1 << 28 };

struct exporting {
	struct annot_buf written; /* a bit for each log index: it has T lines, or is a document
				     whose text is there */
};

struct file_name {
	char text[FILE_NAME_MAX];
};

/* Of the first version the name, of later ones NAME@N. */
static struct file_name file_of(const struct annot_source *s, const char *ending)
{
	struct file_name ret;
	if (s->version <= 1)
		snprintf(ret.text, sizeof ret.text, "%s%s", s->name, ending);
	else
		snprintf(ret.text, sizeof ret.text, "%s@%" PRIu64 "%s", s->name, s->version,
			 ending);
	return ret;
}

static void mark(struct exporting *e, uint64_t index)
{
	while (e->written.len <= index / 8 && !e->written.failed)
		annot_buf_putc(&e->written, '\0');
	if (!e->written.failed)
		e->written.data[index / 8] =
			(char)(e->written.data[index / 8] | (1 << (index % 8)));
}

static bool is_marked(const struct exporting *e, uint64_t index)
{
	return index / 8 < e->written.len && (e->written.data[index / 8] >> (index % 8) & 1);
}

/* --- texts --- */

/* NAME.txt with LF, once. */
static enum annot_status put_text(struct annot_export *x, const struct annot_source *s,
				  struct annot_error *err)
{
	struct exporting *e = x->own;
	if (is_marked(e, s->index))
		return ANNOT_OK;
	mark(e, s->index);
	TRY(annot_buf_check(&e->written, "what was written", err));
	struct file_name file = file_of(s, ".txt");
	if (brat_is_universal(s->text))
		return annot_export_put(x, file.text, (const char *)s->text.data, s->text.len, err);
	TRY(annot_export_lose(
		x, "targets", file.text,
		"its text has carriage returns: in the export its lines end with LF, and "
		"offsets are counted so",
		err));
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(SIZE_MAX / 2);
	brat_universal(s->text, &text);
	TRY(annot_buf_check(&text, "a text", err));
	return annot_export_put(x, file.text, text.data ? text.data : "", text.len, err);
}

/* --- notes --- */

static bool is_list(const struct annot_card_def *def)
{
	return def->max > 1;
}

/* What brat has no line for, as JSON: who, when, in which state, and the cards but targets. */
static json_t *note_json(const struct annot_entry *entry)
{
	const struct annot_record *r = entry->record;
	json_t *ret = json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s}", "annot", r->kind->name, "corpus",
				annot_hash_hex(&r->corpus).text, "id", annot_hash_hex(&r->id).text,
				"time", r->time, "author", entry->author_name, "review",
				entry->review ? entry->review : "");
	for (size_t i = 0; ret && i < r->n_cards; i++) {
		const struct annot_card *card = &r->cards[i];
		if (card->def->in_group || card->def->type == ANNOT_CARD_TARGET)
			continue;
		json_t *list = json_object_get(ret, card->def->name);
		if (is_list(card->def) && !list) {
			list = json_array();
			json_object_set_new(ret, card->def->name, list);
		}
		json_t *value = json_stringn(card->text, card->len);
		if (list ? json_array_append_new(list, value) != 0
			 : json_object_set_new(ret, card->def->name, value) != 0) {
			json_decref(ret);
			return NULL;
		}
	}
	return ret;
}

static bool has_line_end(const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0; at < len;)
		if (brat_ends_line(annot_utf8_next(text, len, &at)))
			return true;
	return false;
}

/* "# N AnnotatorNotes LETTER N JSON", in the buffer. */
static enum annot_status add_note(struct annot_export *x, const struct annot_entry *entry,
				  char letter, uint64_t on, struct annot_error *err)
{
	json_t *note = note_json(entry);
	AUTO_FREE char *text = note ? json_dumps(note, JSON_COMPACT) : NULL;
	if (text && has_line_end(text)) {
		free(text);
		text = json_dumps(note, JSON_COMPACT | JSON_ENSURE_ASCII);
	}
	json_decref(note);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a note");
	annot_buf_printf(&x->buf, "#%" PRIu64 "\tAnnotatorNotes %c%" PRIu64 "\t", entry->index,
			 letter, on);
	annot_buf_puts(&x->buf, text);
	annot_buf_putc(&x->buf, '\n');
	return ANNOT_OK;
}

/* --- spans --- */

struct span {
	struct brat_piece pieces[BRAT_PIECES_MAX];
	size_t n;
};

/* The pieces of all targets in one text, without line ends, in order. */
static enum annot_status pieces_of(struct annot_export *x, const struct annot_entry *entry,
				   const struct annot_source *s, struct span *ret,
				   struct annot_error *err)
{
	size_t all;
	ret->n = brat_gather(entry, s, ret->pieces, &all);
	return all == ret->n ? ANNOT_OK
			     : annot_export_lose(x, "targets", s->name,
						 "more pieces than a span may have here", err);
}

/* Pieces of a span may not overlap in brat. */
static enum annot_status drop_overlaps(struct annot_export *x, const struct annot_source *s,
				       struct span *span, struct annot_error *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < span->n; i++) {
		struct brat_piece p = span->pieces[i];
		if (kept == 0 || p.start >= span->pieces[kept - 1].end) {
			span->pieces[kept++] = p;
			continue;
		}
		AUTO_FREE char *words =
			strndup((const char *)s->text.data + p.start, p.end - p.start);
		TRY(annot_export_lose(x, "targets", words,
				      "it overlaps another target of the same record", err));
	}
	span->n = kept;
	return ANNOT_OK;
}

/* Ours, or what another program called it, while it has that as a tag. Who signed the record may
 * have written anything there. */
static void put_type(struct annot_export *x, const struct annot_record *record)
{
	static const char *const types[ANNOT_KIND_COUNT] = {[ANNOT_KIND_quote] = "Quote",
							    [ANNOT_KIND_claim] = "Claim",
							    [ANNOT_KIND_span] = "Span"};
	const char *from = annot_record_text(record, "imported-from");
	const char *text = annot_record_text(record, "imported-data");
	bool ours = !from || strncmp(from, "brat:", 5) != 0 || !text;
	json_t *data = ours ? NULL : json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(data, BRAT_TYPE));
	const struct annot_card *tag = annot_record_card(record, "tag");
	while (type && tag && strcmp(tag->text, type) != 0)
		tag = annot_record_card_next(record, tag);
	bool others =
		type && tag && record->kind->kind == ANNOT_KIND_span && brat_is_others_type(type);
	annot_buf_puts(&x->buf, others ? type : types[record->kind->kind]);
	json_decref(data);
}

static enum annot_status add_span(struct annot_export *x, const struct annot_entry *entry,
				  struct annot_source *s, const struct span *span,
				  struct annot_error *err)
{
	bool universal = brat_is_universal(s->text);
	annot_buf_printf(&x->buf, "T%" PRIu64 "\t", entry->index);
	put_type(x, entry->record);
	for (size_t i = 0; i < span->n; i++) {
		uint64_t chars[2];
		const size_t bytes[2] = {span->pieces[i].start, span->pieces[i].end};
		for (int k = 0; k < 2; k++) {
			TRY(annot_source_offset(s, bytes[k], ANNOT_UNIT_CHARS, &chars[k], err));
			if (!universal) /* a CR that goes is one byte and one code point */
				chars[k] -= bytes[k] - brat_to_universal(s->text, bytes[k]);
		}
		annot_buf_printf(&x->buf, "%s%" PRIu64 " %" PRIu64, i ? ";" : " ", chars[0],
				 chars[1]);
	}
	for (size_t i = 0; i < span->n; i++) {
		annot_buf_putc(&x->buf, i ? ' ' : '\t');
		annot_buf_add(&x->buf, s->text.data + span->pieces[i].start,
			      span->pieces[i].end - span->pieces[i].start);
	}
	annot_buf_putc(&x->buf, '\n');
	return ANNOT_OK;
}

/* Its targets in one text. *ret: something was written. */
static enum annot_status export_in(struct annot_export *x, const struct annot_entry *entry,
				   struct annot_source *s, bool *ret, struct annot_error *err)
{
	AUTO_FREE struct span *span = malloc(sizeof *span);
	*ret = false;
	if (!span)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a span");
	if (!s->text.data)
		return annot_export_lose(x, "targets", s->name, "the text was withheld", err);
	TRY(pieces_of(x, entry, s, span, err));
	TRY(drop_overlaps(x, s, span, err));
	if (span->n == 0)
		return annot_export_lose(x, "targets", s->name,
					 "there is nothing but line ends in its words", err);
	TRY(put_text(x, s, err));
	TRY(add_span(x, entry, s, span, err));
	TRY(add_note(x, entry, 'T', entry->index, err));
	*ret = true;
	return annot_export_put_buf(x, file_of(s, ".ann").text, err);
}

static bool is_first(const struct annot_entry *entry, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (entry->sources[i] == entry->sources[n])
			return false;
	return true;
}

static enum annot_status export_targets(struct annot_export *x, const struct annot_entry *entry,
					struct annot_error *err)
{
	struct exporting *e = x->own;
	bool any = false;
	for (size_t i = 0; i < entry->n_sources; i++) {
		bool written;
		if (!is_first(entry, i))
			continue;
		TRY(export_in(x, entry, entry->sources[i], &written, err));
		any = any || written;
	}
	if (!any)
		return annot_export_leave_out(x, "it has no words in a text", err);
	mark(e, entry->index);
	return annot_buf_check(&e->written, "what was written", err);
}

/* --- what is said on spans --- */

static bool has_span(const struct annot_export *x, const struct annot_entry *entry)
{
	return entry && is_marked(x->own, entry->index);
}

static const struct annot_entry *named(const struct annot_export_item *item, const char *card)
{
	const struct annot_card *c = annot_record_card(item->entry.record, card);
	return c ? annot_export_referred(item, &c->hash) : NULL;
}

/* Calls for each text that an entry has spans in. */
static enum annot_status put_in_all(struct annot_export *x, const struct annot_entry *on,
				    struct annot_error *err)
{
	AUTO_BUF struct annot_buf lines = ANNOT_BUF_INIT(EXPORT_BUF_MAX);
	annot_buf_add(&lines, x->buf.data, x->buf.len);
	TRY(annot_buf_check(&x->buf, "lines", err));
	TRY(annot_buf_check(&lines, "lines", err));
	annot_buf_truncate(&x->buf, 0);
	for (size_t i = 0; i < on->n_sources; i++)
		if (is_first(on, i) && on->sources[i]->text.data)
			TRY(annot_export_put(x, file_of(on->sources[i], ".ann").text, lines.data,
					     lines.len, err));
	return ANNOT_OK;
}

#define NOT_HERE "what it is on has no span in this export"

static enum annot_status export_verdict(struct annot_export *x,
					const struct annot_export_item *item,
					struct annot_error *err)
{
	const struct annot_entry *on = named(item, "on");
	const struct annot_record *r = item->entry.record;
	if (!has_span(x, on))
		return annot_export_leave_out(x, NOT_HERE, err);
	annot_buf_printf(&x->buf, "A%" PRIu64 "\t" VERDICT "%s T%" PRIu64 " %s\n",
			 item->entry.index, annot_record_text(r, "scale"), on->index,
			 annot_record_text(r, "rating"));
	TRY(add_note(x, &item->entry, 'A', item->entry.index, err));
	return put_in_all(x, on, err);
}

static enum annot_status export_comment(struct annot_export *x,
					const struct annot_export_item *item,
					struct annot_error *err)
{
	const struct annot_entry *on = named(item, "on");
	if (!has_span(x, on))
		return annot_export_leave_out(x, NOT_HERE, err);
	TRY(add_note(x, &item->entry, 'T', on->index, err));
	return put_in_all(x, on, err);
}

static enum annot_status export_link(struct annot_export *x, const struct annot_export_item *item,
				     struct annot_error *err)
{
	const struct annot_entry *from = named(item, "from"), *to = named(item, "to");
	if (!has_span(x, from) || !has_span(x, to))
		return annot_export_leave_out(x, NOT_HERE, err);
	for (size_t i = 0; i < from->n_sources; i++)
		for (size_t k = 0; k < to->n_sources; k++) {
			if (from->sources[i] != to->sources[k] || !from->sources[i]->text.data)
				continue;
			annot_buf_printf(&x->buf,
					 "R%" PRIu64 "\t%s Arg1:T%" PRIu64 " Arg2:T%" PRIu64 "\n",
					 item->entry.index,
					 annot_record_text(item->entry.record, "relation"),
					 from->index, to->index);
			TRY(add_note(x, &item->entry, 'R', item->entry.index, err));
			return annot_export_put_buf(x, file_of(from->sources[i], ".ann").text, err);
		}
	return annot_export_leave_out(x, "its ends stand in different texts", err);
}

static enum annot_status export_item(struct annot_export *x, const struct annot_export_item *item,
				     struct annot_error *err)
{
	if (!item->entry.record)
		return annot_export_leave_out(x, "it was withheld", err);
	switch (item->entry.kind) {
	case ANNOT_KIND_verdict:
		return export_verdict(x, item, err);
	case ANNOT_KIND_comment:
		return export_comment(x, item, err);
	case ANNOT_KIND_link:
		return export_link(x, item, err);
	default:
		return export_targets(x, &item->entry, err);
	}
}

static enum annot_status export_begin(struct annot_export *x, struct annot_error *err)
{
	struct exporting *e = x->own;
	(void)err;
	e->written = ANNOT_BUF_INIT(INDEXES_MAX);
	return ANNOT_OK;
}

static void export_free(struct annot_export *x)
{
	struct exporting *e = x->own;
	annot_buf_free(&e->written);
}

const struct annot_format annot_format_brat = {
	.name = "brat",
	.doc = "brat standoff: NAME.txt and NAME.ann in a folder",
	.flags = ANNOT_FORMAT_FOLDER | ANNOT_FORMAT_LINES | ANNOT_EXPORT_REFERRED,
	.kinds = 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_span |
		 1u << ANNOT_KIND_link | 1u << ANNOT_KIND_verdict | 1u << ANNOT_KIND_comment,
	.export_size = sizeof(struct exporting),
	.export_begin = export_begin,
	.export_item = export_item,
	.export_free = export_free,
	.import_size = sizeof(struct brat_reading),
	.import_item = brat_import_item,
	.import_end = brat_import_end,
	.import_free = brat_import_free,
};
