#include "annotd/copies.h"

#include "base/auto.h"
#include "text/utf8.h"

enum {
	CONTENT_PIECE = 1 << 20,
	/* Between the words of targets: letters of the private use area, too many for a gap. */
	APART = 64,
};

/* --- what is asked about --- */

static enum annot_status add_part(struct copies *s, const struct copies_part *part)
{
	struct call *c = s->call;
	struct store_row row;
	TRY(reader_row(c->reader, part->document, &row, &c->err));
	s->annotations[s->n_parts] = row.annotation;
	s->parts[s->n_parts++] = *part;
	return ANNOT_OK;
}

/* The text of a document, or its beginning. */
static enum annot_status add_document(struct copies *s, uint64_t index)
{
	struct call *c = s->call;
	uint64_t length;
	TRY(reader_content_length(c->reader, index, &length, &c->err));
	s->partial = length > ANNOT_COPIES_TEXT_MAX;
	size_t len = s->partial ? ANNOT_COPIES_TEXT_MAX : (size_t)length;
	TRY(reader_content(c->reader, index, 0, len, &s->text, &c->err));
	TRY(annot_buf_check(&s->text, "text", &c->err));
	if (s->partial)
		annot_buf_truncate(&s->text, annot_utf8_valid(s->text.data, s->text.len));
	return add_part(s, &(struct copies_part){.document = index, .len = s->text.len});
}

/* The words of a record's targets. */
static enum annot_status add_targets(struct copies *s, uint64_t index)
{
	struct call *c = s->call;
	struct store_chars chars[COPIES_PARTS_MAX];
	const struct annot_record *record;
	struct annot_target target;
	struct store_record stored;
	size_t n = 0;
	TRY(reader_record(c->reader, index, c->arena, &stored, &c->err));
	if (!stored.record.data)
		return annot_fail(&c->err, ANNOT_NOT_FOUND,
				  "record #%llu was withheld: its words are gone, there is nothing "
				  "to compare",
				  (unsigned long long)index);
	TRY(annot_record_parse(c->arena, stored.record, &record, &c->err));
	TRY(reader_chars(c->reader, index, chars, COPIES_PARTS_MAX, &n, &c->err));
	for (size_t i = 0; i < n && annot_record_target(record, i, &target); i++) {
		struct copies_part part = {.start = target.start, .chars = chars[i].start};
		for (size_t k = 0; i > 0 && k < APART; k++)
			annot_buf_puts(&s->text, "\xEE\x80\x80");
		part.at = s->text.len;
		part.len = target.exact->len;
		annot_buf_add(&s->text, target.exact->text, target.exact->len);
		TRY(reader_find(c->reader, &target.document, &part.document, &c->err));
		TRY(add_part(s, &part));
	}
	if (n == 0)
		return annot_fail(&c->err, ANNOT_INVALID,
				  "%.80s is a %s without words in a document", s->in->id,
				  record->kind->name);
	return annot_buf_check(&s->text, "words", &c->err);
}

static enum annot_status add_text(struct copies *s)
{
	struct call *c = s->call;
	struct store_row row;
	uint64_t index;
	TRY(reader_resolve(c->reader, s->in->id, &index, &c->err));
	TRY(reader_row(c->reader, index, &row, &c->err));
	s->record = row.record;
	s->is_document = row.kind == ANNOT_KIND_document;
	TRY(s->is_document ? add_document(s, index) : add_targets(s, index));
	TRY(annot_copies_new(annot_buf_bytes(&s->text), (size_t)s->in->min_letters, &s->engine,
			     &c->err));
	size_t letters = annot_copies_letters(s->engine) - (s->n_parts - 1) * APART;
	if (letters < ANNOT_COPIES_LENGTH_LEAST)
		return annot_fail(&c->err, ANNOT_INVALID,
				  "%.80s has %zu letters and digits; passages of at least %d are "
				  "looked for",
				  s->in->id, letters, ANNOT_COPIES_LENGTH_LEAST);
	return ANNOT_OK;
}

enum annot_status copies_begin(struct copies *s, struct call *c,
			       const struct annot_copies_request *in)
{
	*s = (struct copies){
		.call = c,
		.in = in,
		.scope = {.documents = in->documents,
			  .n_documents = in->n_documents,
			  .versions = in->versions},
		.text = ANNOT_BUF_INIT(ANNOT_COPIES_TEXT_MAX),
		.max = in->limit ? (size_t)in->limit : ANNOT_COPIES_LIMIT,
	};
	TRY(add_text(s));
	s->places = annot_arena_array(c->arena, s->max, sizeof *s->places);
	if (!s->places)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu passages", s->max);
	return locate_scope(&s->documents, c, &s->scope);
}

void copies_finish(struct copies *s)
{
	s->engine = annot_copies_free(s->engine);
	annot_buf_free(&s->text);
	locate_end(&s->documents);
}

/* --- passages --- */

/* The part that most of a passage is in; cuts off what is between parts. */
static const struct copies_part *part_of(const struct copies *s, struct annot_copy *copy)
{
	const struct copies_part *best = NULL;
	struct annot_copy inside = *copy;
	for (size_t i = 0; i < s->n_parts; i++) {
		const struct copies_part *p = &s->parts[i];
		uint64_t from = copy->start > p->at ? copy->start : p->at;
		uint64_t to = copy->end < p->at + p->len ? copy->end : p->at + p->len;
		if (from < to && (!best || to - from > inside.end - inside.start)) {
			best = p;
			inside.start = from;
			inside.end = to;
		}
	}
	*copy = inside;
	return best;
}

/* Documents come in log order, and their passages best first. */
static void keep(struct copies *s, uint64_t document, const struct annot_copy *copy)
{
	struct copies_place new = {.document = document, .copy = *copy};
	size_t at = s->n;
	new.part = part_of(s, &new.copy);
	if (!new.part)
		return;
	while (at > 0 && annot_copy_compare(&s->places[at - 1].copy, copy) > 0)
		at--;
	if (s->n == s->max) {
		s->more = true;
		if (at == s->n)
			return;
		s->n--;
	}
	memmove(s->places + at + 1, s->places + at, (s->n - at) * sizeof new);
	s->places[at] = new;
	s->n++;
}

static bool is_asked_about(const struct copies *s, uint64_t document,
			   const struct annot_hash *annotation)
{
	for (size_t i = 0; i < s->n_parts; i++)
		if (s->parts[i].document == document ||
		    (!s->in->versions && annot_hash_equal(&s->annotations[i], annotation)))
			return true;
	return false;
}

static enum annot_status read_through(struct copies *s, uint64_t document, uint64_t length)
{
	AUTO_BUF struct annot_buf piece = ANNOT_BUF_INIT(CONTENT_PIECE);
	struct call *c = s->call;
	annot_copies_begin(s->engine);
	for (uint64_t at = 0; at < length; at += CONTENT_PIECE) {
		annot_buf_truncate(&piece, 0);
		TRY(reader_content(c->reader, document, at, CONTENT_PIECE, &piece, &c->err));
		TRY(annot_buf_check(&piece, "content", &c->err));
		TRY(annot_copies_feed(s->engine, annot_buf_bytes(&piece), &c->err));
	}
	return annot_copies_end(s->engine, &c->err);
}

enum annot_status copies_compare(struct copies *s, uint64_t document)
{
	struct call *c = s->call;
	const struct annot_copy *found;
	struct store_row row;
	uint64_t length;
	bool cut;
	size_t n;
	TRY(reader_row(c->reader, document, &row, &c->err));
	if (is_asked_about(s, document, &row.annotation))
		return ANNOT_OK;
	enum annot_status status = reader_content_length(c->reader, document, &length, &c->err);
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	TRY(read_through(s, document, length));
	found = annot_copies_found(s->engine, &n, &cut);
	for (size_t i = 0; i < n; i++)
		keep(s, document, &found[i]);
	s->compared += length;
	s->cut = s->cut || cut;
	return ANNOT_OK;
}
