/*
 * Records: the header, then the cards of the kind in the order of its table (proto/records.def).
 * Each line is name SP value LF. An empty value, which only prefix and suffix may have, leaves the
 * space: "prefix " LF.
 */
#include "base/hash.h"
#include "record/internal.h"
#include "text/escape.h"
#include "text/utf8.h"

enum { EXCERPT_BYTES = 48, CARD_NAME_MAX = 32 };

struct annot_excerpt annot_excerpt(const void *text, size_t len)
{
	struct annot_excerpt ret = {""};
	char escaped[EXCERPT_BYTES * 12 + 1] = "";
	struct annot_buf b = ANNOT_BUF_IN(escaped); /* reasons are the same when memory is short */
	size_t n = len < EXCERPT_BYTES ? len : EXCERPT_BYTES;
	while (n && n < len && (((const uint8_t *)text)[n] & 0xc0) == 0x80)
		n--;
	annot_escape_terminal(text, n, false, &b);
	if (b.failed)
		return ret;
	size_t room = sizeof(ret.text) - sizeof("…");
	size_t kept = b.len < room ? b.len : room;
	while (kept && kept < b.len && ((uint8_t)b.data[kept] & 0xc0) == 0x80)
		kept--;
	memcpy(ret.text, b.data, kept);
	if (n < len || kept < b.len)
		memcpy(ret.text + kept, "…", sizeof("…"));
	return ret;
}

/* Where parsing stands in the table: a card, how often it was found, and how much of its group is
 * due. */
struct place {
	const struct annot_kind_def *kind;
	size_t at;
	unsigned found;
	size_t due;
};

static size_t group_size(const struct annot_kind_def *kind, size_t at)
{
	size_t n = 0;
	while (at + n + 1 < kind->n_cards && kind->cards[at + n + 1].in_group)
		n++;
	return n;
}

/* The first card that must still come before table entry `to`; NULL if none is missing. */
static const struct annot_card_def *missing_before(const struct place *p, size_t to)
{
	const struct annot_card_def *cards = p->kind->cards;
	if (p->due)
		return &cards[p->at + group_size(p->kind, p->at) - p->due + 1];
	if (p->at < to && p->found < cards[p->at].min)
		return &cards[p->at];
	for (size_t i = p->at + 1; i < to; i++)
		if (!cards[i].in_group && cards[i].min)
			return &cards[i];
	return NULL;
}

static enum annot_status unknown_card(const struct place *p, const struct annot_line *line,
				      struct annot_error *err)
{
	const struct annot_card_def *missing = missing_before(p, p->kind->n_cards);
	return annot_fail(err, ANNOT_INVALID,
			  "line %u: kind %s has no card \"%s\" here; expected %s%s%s", line->number,
			  p->kind->name, annot_excerpt(line->name, line->name_len).text,
			  missing ? "card \"" : "a card of its table, or the end",
			  missing ? missing->name : "", missing ? "\"" : "");
}

/* Moves on to the card that a line names; *ret is its definition. */
static enum annot_status place_card(struct place *p, const struct annot_line *line,
				    const struct annot_card_def **ret, struct annot_error *err)
{
	const struct annot_card_def *def = annot_card_def_find(p->kind, line->name, line->name_len);
	if (!def)
		return unknown_card(p, line, err);
	size_t to = (size_t)(def - p->kind->cards);
	const struct annot_card_def *missing = missing_before(p, to);
	if (missing && missing != def)
		return annot_fail(err, ANNOT_INVALID,
				  "line %u: card \"%s\" is missing: expected it here, found \"%s\"",
				  line->number, missing->name, def->name);
	if (def->in_group) {
		if (!p->due)
			return annot_fail(
				err, ANNOT_INVALID,
				"line %u: card \"%s\" is misplaced: it stands once in each "
				"target group",
				line->number, def->name);
		p->due--;
	} else {
		if (to < p->at)
			return annot_fail(
				err, ANNOT_INVALID,
				"line %u: card \"%s\" is misplaced: expected it before \"%s\"",
				line->number, def->name, p->kind->cards[p->at].name);
		p->found = to == p->at ? p->found + 1 : 1;
		if (p->found > def->max)
			return annot_fail(
				err, ANNOT_INVALID,
				"line %u: card \"%s\" is repeated: at most %u, found more",
				line->number, def->name, def->max);
		p->at = to;
		p->due = group_size(p->kind, to);
	}
	*ret = def;
	return ANNOT_OK;
}

static enum annot_status parse_card(struct annot_arena *arena, const struct annot_line *line,
				    struct annot_card *card, struct annot_error *err)
{
	struct annot_error why;
	if (!line->value)
		return annot_fail(err, ANNOT_INVALID,
				  "line %u: card \"%s\": expected a space and a value, found "
				  "neither",
				  line->number, card->def->name);
	enum annot_status status =
		annot_value_parse(arena, annot_bytes(line->value, line->value_len), card, &why);
	if (status == ANNOT_OK)
		return ANNOT_OK;
	return annot_fail(err, status, "line %u: card \"%s\": %s", line->number, card->def->name,
			  why.text);
}

static enum annot_status parse_cards(struct annot_arena *arena, struct annot_reader *r,
				     struct annot_record *rec, struct annot_error *err)
{
	struct place p = {.kind = rec->kind};
	struct annot_line line;
	size_t n_lines = 0;
	for (const char *at = r->at; at < r->end; n_lines++)
		at = (const char *)memchr(at, '\n', (size_t)(r->end - at)) + 1;
	if (n_lines > ANNOT_CARDS_MAX)
		return annot_fail(
			err, ANNOT_INVALID,
			"the record has %zu cards behind its header, at most %d are allowed",
			n_lines, ANNOT_CARDS_MAX);
	struct annot_card *cards = annot_arena_array(arena, n_lines ? n_lines : 1, sizeof(*cards));
	if (!cards)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a record");

	while (annot_reader_peek(r, &line)) {
		struct annot_card *card = &cards[rec->n_cards];
		TRY(place_card(&p, &line, &card->def, err));
		TRY(parse_card(arena, &line, card, err));
		annot_reader_skip(r, &line);
		rec->n_cards++;
	}
	const struct annot_card_def *missing = missing_before(&p, p.kind->n_cards);
	if (missing)
		return annot_fail(err, ANNOT_INVALID,
				  "line %u: the record ends where card \"%s\" of kind %s should "
				  "stand",
				  r->line, missing->name, p.kind->name);
	rec->cards = cards;
	return ANNOT_OK;
}

static enum annot_status check_bytes(struct annot_bytes bytes, struct annot_error *err)
{
	if (bytes.len > ANNOT_RECORD_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a record has at most %d bytes, found %zu",
				  ANNOT_RECORD_MAX, bytes.len);
	if (bytes.len == 0 || bytes.data[bytes.len - 1] != '\n')
		return annot_fail(err, ANNOT_INVALID, "a record ends with a line feed, found %s",
				  bytes.len ? "another byte" : "no bytes");
	size_t valid = annot_utf8_valid(bytes.data, bytes.len);
	if (valid != bytes.len)
		return annot_fail(err, ANNOT_INVALID, "byte %zu of the record is not UTF-8", valid);
	return ANNOT_OK;
}

enum annot_status annot_record_parse(struct annot_arena *arena, struct annot_bytes bytes,
				     const struct annot_record **ret, struct annot_error *err)
{
	TRY(check_bytes(bytes, err));
	struct annot_record *rec = annot_arena_alloc(arena, sizeof(*rec));
	char *copy = annot_arena_copy(arena, bytes.data, bytes.len);
	if (!rec || !copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a record");
	rec->bytes = annot_bytes(copy, bytes.len);
	rec->id = annot_sha256(copy, bytes.len);
	struct annot_reader r = {.at = copy, .end = copy + bytes.len, .line = 1};
	TRY(annot_header_parse(&r, rec, err));
	TRY(parse_cards(arena, &r, rec, err));
	if (rec->genesis)
		rec->corpus = rec->id;
	if (rec->first)
		rec->annotation = rec->id;
	TRY(annot_rules_check(rec, err));
	*ret = rec;
	return ANNOT_OK;
}

const struct annot_card *annot_record_card(const struct annot_record *r, const char *name)
{
	for (size_t i = 0; i < r->n_cards; i++)
		if (strcmp(r->cards[i].def->name, name) == 0)
			return &r->cards[i];
	return NULL;
}

const struct annot_card *annot_record_card_next(const struct annot_record *r,
						const struct annot_card *card)
{
	for (const struct annot_card *c = card + 1; c < r->cards + r->n_cards; c++)
		if (c->def == card->def)
			return c;
	return NULL;
}

const char *annot_record_text(const struct annot_record *r, const char *name)
{
	const struct annot_card *card = annot_record_card(r, name);
	return card ? card->text : NULL;
}

const struct annot_hash *annot_record_on(const struct annot_record *r)
{
	const struct annot_card *card =
		annot_record_card(r, r->kind->kind == ANNOT_KIND_link ? "from" : "on");
	return card ? &card->hash : NULL;
}
