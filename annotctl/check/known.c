/*
 * What the person who signs has quoted already, so that an article that is checked once more is not
 * signed once more. Asked for a document at a time, when words of it are first to be signed.
 */
#include "known.h"

#include <string.h>

#include "../key.h"
#include "../out/out.h"
#include "../rows.h"

struct range {
	struct annot_hash document;
	uint64_t start, end;
};

/* --- marks --- */

/* Lengths go before what has any, so that no two quotes are written the same way. */
static void mark_bytes(struct annot_sha256 *s, struct annot_bytes bytes)
{
	const uint64_t len = bytes.len;
	annot_sha256_add(s, &len, sizeof len);
	annot_sha256_add(s, bytes.data, bytes.len);
}

static void mark_target(struct annot_sha256 *s, const struct range *r, struct annot_bytes words)
{
	annot_sha256_add(s, r->document.b, sizeof r->document.b);
	annot_sha256_add(s, &r->start, sizeof r->start);
	annot_sha256_add(s, &r->end, sizeof r->end);
	mark_bytes(s, words);
}

static struct annot_hash mark_end(struct annot_sha256 *s, const struct quote_cards *cards)
{
	mark_bytes(s, annot_bytes_of(cards->checked));
	mark_bytes(s, annot_bytes_of(cards->speaker));
	return annot_sha256_final(s);
}

static void mark_judged(struct annot_sha256 *s, const struct judged *j)
{
	const struct range is = {j->place.document, j->place.start, j->place.end};
	mark_target(s, &is,
		    annot_bytes(j->source.data + (is.start - j->source_at),
				(size_t)(is.end - is.start)));
}

static struct annot_hash mark_of_checked(const struct checked *c, const struct quote_cards *cards)
{
	struct annot_sha256 s;
	annot_sha256_init(&s);
	if (c->whole.placed)
		mark_judged(&s, &c->whole);
	for (size_t i = 0; i < c->n_pieces && !c->whole.placed; i++)
		mark_judged(&s, &c->pieces[i]);
	return mark_end(&s, cards);
}

/* The place in the newest version of the document, if the same words stand there. */
static struct range newest(const struct annot_row *row, size_t n, const struct range *signed_)
{
	const char *anchor = n < row->n_targets ? row->targets[n].anchor : NULL;
	bool same = anchor && annot_word_in("exact|moved", anchor, strlen(anchor));
	for (size_t i = 0; same && i < row->n_anchors; i++) {
		const struct annot_anchor_view *a = &row->anchors[i];
		if (a->target == n && a->end > 0)
			return (struct range){a->document, a->start, a->end};
	}
	return *signed_;
}

/* As it was signed, and as it would be in the newest version. The words are those that were signed:
 * where they stand now is the daemon's word, and counts only where the same are found. */
static void marks_of_record(const struct annot_row *row, const struct annot_record *record,
			    const struct quote_cards *cards, struct annot_hash ret[2])
{
	struct annot_sha256 s[2];
	struct annot_target target;
	annot_sha256_init(&s[0]);
	annot_sha256_init(&s[1]);
	for (size_t i = 0; annot_record_target(record, i, &target); i++) {
		const struct range is = {target.document, target.start, target.end};
		const struct range now = newest(row, i, &is);
		const struct annot_bytes words = annot_bytes(target.exact->text, target.exact->len);
		mark_target(&s[0], &is, words);
		mark_target(&s[1], &now, words);
	}
	ret[0] = mark_end(&s[0], cards);
	ret[1] = mark_end(&s[1], cards);
}

/* --- asking --- */

static enum annot_status add(struct ctl *ctl, struct known_quotes *k,
			     const struct annot_record *record, uint64_t index,
			     const struct annot_hash *mark)
{
	return quote_table_add(ctl, &k->quotes,
			       &(struct known_quote){*mark, record->annotation, index});
}

/* check signs one speaker, or none: a quote of several is another. */
static bool cards_of(const struct annot_record *record, struct quote_cards *ret)
{
	const struct annot_card *speaker = annot_record_card(record, "speaker");
	ret->checked = annot_record_text(record, "checked");
	ret->speaker = speaker ? annot_record_text(record, "speaker") : "";
	return ret->checked && !(speaker && annot_record_card_next(record, speaker));
}

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct known_quotes *k = arg;
	struct quote_cards cards;
	struct annot_hash marks[2];
	if (!record || strcmp(row->effect, "void") == 0 || !cards_of(record, &cards))
		return ANNOT_OK;
	marks_of_record(row, record, &cards, marks);
	TRY(add(ctl, k, record, row->index, &marks[0]));
	return add(ctl, k, record, row->index, &marks[1]);
}

/* Who signs. What was signed before and not sent counts as there. */
static enum annot_status begin(struct ctl *ctl, struct known_quotes *k)
{
	const struct annot_key_info *me;
	struct annot_hash author;
	size_t sent, refused;
	TRY(key_own(ctl, &author));
	TRY(annot_outbox_flush(ctl->annot, &sent, &refused, &ctl->err));
	if (annot_outbox_report(ctl->annot))
		out_warning(ctl, "from the outbox: %s",
			    out_safe(ctl, annot_outbox_report(ctl->annot)));
	TRY(key_person(ctl, &author, &me));
	k->begun = true;
	k->enrolled = me != NULL;
	if (me)
		k->person = me->person;
	return ANNOT_OK;
}

static bool was_asked(const struct known_quotes *k, const struct annot_hash *document)
{
	const struct annot_hash *asked = LIST_ITEMS(struct annot_hash, &k->documents);
	for (size_t i = 0; i < LIST_COUNT(struct annot_hash, &k->documents); i++)
		if (annot_hash_equal(&asked[i], document))
			return true;
	return false;
}

static enum annot_status list(struct ctl *ctl, struct known_quotes *k,
			      const struct annot_hash *document)
{
	const char *query =
		annot_arena_printf(ctl->arena, "kind:quote state:any author:%s doc:%s",
				   annot_hash_hex(&k->person).text, annot_hash_hex(document).text);
	if (!query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return rows_each(ctl, &(struct rows_request){.query = query}, take, k, NULL);
}

/* What is listed of one version is so of the document: all versions of it have one annotation. */
static enum annot_status ask(struct ctl *ctl, struct known_quotes *k,
			     const struct annot_hash *version)
{
	struct annot_fetched got;
	if (was_asked(k, version))
		return ANNOT_OK;
	if (!k->begun)
		TRY(begin(ctl, k));
	if (!k->enrolled)
		return ANNOT_OK;
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(version).text);
	if (!id)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &got, &ctl->err));
	const struct annot_hash *document = got.record ? &got.record->annotation : version;
	if (!was_asked(k, document)) {
		TRY(list(ctl, k, version));
		TRY(LIST_ADD(ctl, &k->documents, document));
	}
	return annot_hash_equal(document, version) ? ANNOT_OK
						   : LIST_ADD(ctl, &k->documents, version);
}

enum annot_status known_find(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			     const struct quote_cards *cards, const struct known_quote **ret)
{
	const struct judged *first = c->whole.placed ? &c->whole : &c->pieces[0];
	struct annot_hash mark = mark_of_checked(c, cards);
	TRY(ask(ctl, k, &first->place.document));
	*ret = quote_table_find(&k->quotes, &mark);
	return ANNOT_OK;
}

enum annot_status known_add(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			    const struct quote_cards *cards, const struct written *w)
{
	struct annot_hash mark = mark_of_checked(c, cards);
	return add(ctl, k, w->record, w->index, &mark);
}

void known_free(struct known_quotes *k)
{
	quote_table_free(&k->quotes);
	annot_buf_free(&k->documents);
}
