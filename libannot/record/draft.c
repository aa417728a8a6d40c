/* Drafts: cards as added; draft_build.c writes them. */
#include <inttypes.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/encode.h"
#include "record/draft.h"
#include "record/internal.h"
#include "text/utf8.h"

enum { CARDS_FIRST = 16 };

struct annot_draft *annot_draft_new(enum annot_kind kind)
{
	struct annot_draft *d = calloc(1, sizeof(*d));
	if (d) {
		d->kind = annot_kind_def(kind);
		d->first = true;
	}
	return d;
}

enum annot_kind annot_draft_kind(const struct annot_draft *d)
{
	return d->kind->kind;
}

struct annot_draft *annot_draft_free(struct annot_draft *d)
{
	if (d) {
		for (size_t i = 0; i < d->n_cards; i++)
			free(d->cards[i].value);
		free(d->cards);
		free(d);
	}
	return NULL;
}

struct annot_draft *annot_draft_amend(const struct annot_record *parent)
{
	struct annot_draft *d = annot_draft_new(parent->kind->kind);
	if (!d)
		return NULL;
	d->first = false;
	d->annotation = parent->annotation;
	d->parents[0] = parent->id;
	d->n_parents = 1;
	for (size_t i = 0; i < parent->n_cards; i++) {
		const struct annot_card *c = &parent->cards[i];
		if (annot_draft_add(d, c->def->name, c->text, NULL) != ANNOT_OK)
			return annot_draft_free(d);
	}
	return d;
}

enum annot_status annot_draft_parent(struct annot_draft *d, const struct annot_hash *parent,
				     struct annot_error *err)
{
	size_t at = 0;
	while (at < d->n_parents && memcmp(d->parents[at].b, parent->b, ANNOT_HASH_SIZE) < 0)
		at++;
	if (at < d->n_parents && annot_hash_equal(&d->parents[at], parent))
		return ANNOT_OK;
	if (d->n_parents == ANNOT_PARENTS_MAX)
		return annot_fail(err, ANNOT_REFUSED,
				  "a version has at most %d parents: merge fewer at once",
				  ANNOT_PARENTS_MAX);
	memmove(&d->parents[at + 1], &d->parents[at], (d->n_parents - at) * sizeof(*parent));
	d->parents[at] = *parent;
	d->n_parents++;
	return ANNOT_OK;
}

/* Room for one card more. */
static enum annot_status grow(struct annot_draft *d, struct annot_error *err)
{
	if (d->n_cards == ANNOT_CARDS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a record has at most %d cards",
				  ANNOT_CARDS_MAX);
	if (d->n_cards < d->cap)
		return ANNOT_OK;
	size_t cap = d->cap ? 2 * d->cap : CARDS_FIRST;
	struct annot_draft_card *cards = reallocarray(d->cards, cap, sizeof(*cards));
	if (!cards)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a draft");
	d->cards = cards;
	d->cap = cap;
	return ANNOT_OK;
}

/* The group that a card goes to; 0: none. INVALID: words without a target before them. */
static enum annot_status group_of(struct annot_draft *d, const struct annot_card_def *def,
				  unsigned *ret, struct annot_error *err)
{
	*ret = 0;
	if (def->type == ANNOT_CARD_TARGET) {
		*ret = ++d->groups;
	} else if (def->in_group) {
		if (d->groups == 0)
			return annot_fail(err, ANNOT_INVALID,
					  "card \"%s\" belongs to a target: add card \"target\" "
					  "before it",
					  def->name);
		*ret = d->groups;
	}
	return ANNOT_OK;
}

/* Names those that there are. */
static enum annot_status no_such_card(const struct annot_kind_def *kind, const char *name,
				      struct annot_error *err)
{
	char array[ANNOT_ERROR_TEXT_MAX];
	struct annot_buf names = ANNOT_BUF_IN(array);
	for (size_t i = 0; i < kind->n_cards; i++)
		annot_buf_printf(&names, "%s%s", i ? ", " : "", kind->cards[i].name);
	return annot_fail(err, ANNOT_INVALID, "kind %s has no card \"%s\"; it has %s", kind->name,
			  annot_excerpt(name, strlen(name)).text,
			  names.failed ? "others" : names.data);
}

static enum annot_status add(struct annot_draft *d, const char *name, const char *value, size_t len,
			     struct annot_error *err)
{
	const struct annot_card_def *def = annot_card_def_find(d->kind, name, strlen(name));
	unsigned group;
	if (!def)
		return no_such_card(d->kind, name, err);
	if (len > ANNOT_RECORD_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "card \"%s\": a record has at most %d bytes, found %zu", name,
				  ANNOT_RECORD_MAX, len);
	size_t valid = annot_utf8_valid(value, len);
	if (valid != len)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"%s\": byte %zu of the value is not UTF-8", name, valid);
	if (memchr(value, '\0', len))
		return annot_fail(err, ANNOT_INVALID, "card \"%s\": a value holds no U+0000", name);
	TRY(grow(d, err));
	AUTO_FREE char *copy = malloc(len + 1);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a draft");
	memcpy(copy, value, len);
	copy[len] = '\0';
	TRY(group_of(d, def, &group, err));
	d->cards[d->n_cards++] = (struct annot_draft_card){
		.def = def, .value = TAKE(copy), .len = len, .group = group};
	return ANNOT_OK;
}

enum annot_status annot_draft_add(struct annot_draft *d, const char *card, const char *value,
				  struct annot_error *err)
{
	return add(d, card, value, strlen(value), err);
}

enum annot_status annot_draft_add_hash(struct annot_draft *d, const char *card,
				       const struct annot_hash *value, struct annot_error *err)
{
	return annot_draft_add(d, card, annot_hash_hex(value).text, err);
}

enum annot_status annot_draft_add_target(struct annot_draft *d, const struct annot_hash *document,
					 struct annot_bytes text, uint64_t start, uint64_t end,
					 struct annot_error *err)
{
	char position[ANNOT_HASH_HEX + 2 * sizeof(" 18446744073709551615")];
	const char *data = (const char *)text.data;
	if (start >= end || end > text.len)
		return annot_fail(
			err, ANNOT_INVALID,
			"a target needs start < end <= %zu (the document's length), found "
			"%" PRIu64 " and %" PRIu64,
			text.len, start, end);
	size_t from = (size_t)start, to = (size_t)end;
	if (!annot_utf8_boundary(data, text.len, from) || !annot_utf8_boundary(data, text.len, to))
		return annot_fail(err, ANNOT_INVALID,
				  "byte %zu of the document stands inside a character",
				  annot_utf8_boundary(data, text.len, from) ? to : from);
	size_t before = annot_utf8_back(data, text.len, from, ANNOT_CONTEXT_CHARS);
	size_t behind = annot_utf8_forward(data, text.len, to, ANNOT_CONTEXT_CHARS);
	snprintf(position, sizeof(position), "%s %" PRIu64 " %" PRIu64,
		 annot_hash_hex(document).text, start, end);

	size_t n_cards = d->n_cards;
	enum annot_status status = annot_draft_add(d, "target", position, err);
	if (status == ANNOT_OK)
		status = add(d, "exact", data + from, to - from, err);
	if (status == ANNOT_OK)
		status = add(d, "prefix", data + before, from - before, err);
	if (status == ANNOT_OK)
		status = add(d, "suffix", data + to, behind - to, err);
	if (status != ANNOT_OK)
		while (d->n_cards > n_cards)
			free(d->cards[--d->n_cards].value);
	return status;
}

enum annot_status annot_draft_check(const struct annot_draft *d, const char *card,
				    const char *value, struct annot_error *err)
{
	size_t len = strlen(value), n = 0;
	const struct annot_card_def *def = annot_card_def_find(d->kind, card, strlen(card));
	if (!def)
		return no_such_card(d->kind, card, err);
	if (annot_utf8_valid(value, len) != len)
		return annot_fail(err, ANNOT_INVALID, "the value is not UTF-8");
	for (size_t i = 0; i < d->n_cards; i++)
		n += d->cards[i].def == def;
	if (n >= def->max && !def->in_group)
		return annot_fail(err, ANNOT_INVALID, "a %s has at most %u of card \"%s\"",
				  d->kind->name, def->max, def->name);
	return annot_value_check(&(struct annot_card){.def = def, .text = value, .len = len}, err);
}

const char *annot_draft_value(const struct annot_draft *d, const char *card, size_t n)
{
	for (size_t i = 0; i < d->n_cards; i++)
		if (strcmp(d->cards[i].def->name, card) == 0 && n-- == 0)
			return d->cards[i].value;
	return NULL;
}

/* Takes out the cards that match; a target takes its words with it. How many matched. Without all,
 * value may be that of the card which goes: it is not looked at afterwards. */
static size_t take_out(struct annot_draft *d, const char *name, const char *value, bool all)
{
	size_t matched = 0, kept = 0;
	unsigned group = 0; /* of the target that was taken out last */
	for (size_t i = 0; i < d->n_cards; i++) {
		struct annot_draft_card *c = &d->cards[i];
		bool goes = (all || !matched) && strcmp(c->def->name, name) == 0 &&
			    (!value || strcmp(c->value, value) == 0);
		if (goes) {
			matched++;
			if (c->def->type == ANNOT_CARD_TARGET)
				group = c->group;
		}
		if (goes || (group && c->group == group))
			free(c->value);
		else
			d->cards[kept++] = *c;
	}
	d->n_cards = kept;
	return matched;
}

size_t annot_draft_unset(struct annot_draft *d, const char *card)
{
	return take_out(d, card, NULL, true);
}

bool annot_draft_remove(struct annot_draft *d, const char *card, const char *value)
{
	return take_out(d, card, value, false) > 0;
}
