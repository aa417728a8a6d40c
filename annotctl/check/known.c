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

static void mark_range(struct annot_sha256 *s, const struct range *r)
{
	char text[ANNOT_HASH_HEX + 64];
	int len = snprintf(text, sizeof text, "%s %llu-%llu\n", annot_hash_hex(&r->document).text,
			   (unsigned long long)r->start, (unsigned long long)r->end);
	annot_sha256_add(s, text, (size_t)len);
}

static struct annot_hash mark_end(struct annot_sha256 *s, const char *checked)
{
	annot_sha256_add(s, checked, strlen(checked));
	return annot_sha256_final(s);
}

static void mark_judged(struct annot_sha256 *s, const struct judged *j)
{
	mark_range(s, &(struct range){j->place.document, j->place.start, j->place.end});
}

static struct annot_hash mark_of_checked(const struct checked *c, const char *checked)
{
	struct annot_sha256 s;
	annot_sha256_init(&s);
	if (c->whole.placed)
		mark_judged(&s, &c->whole);
	for (size_t i = 0; i < c->n_pieces && !c->whole.placed; i++)
		mark_judged(&s, &c->pieces[i]);
	return mark_end(&s, checked);
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

static void marks_of_record(const struct annot_row *row, const struct annot_record *record,
			    const char *checked, struct annot_hash ret[2])
{
	struct annot_sha256 s[2];
	struct annot_target target;
	annot_sha256_init(&s[0]);
	annot_sha256_init(&s[1]);
	for (size_t i = 0; annot_record_target(record, i, &target); i++) {
		const struct range is = {target.document, target.start, target.end};
		const struct range now = newest(row, i, &is);
		mark_range(&s[0], &is);
		mark_range(&s[1], &now);
	}
	ret[0] = mark_end(&s[0], checked);
	ret[1] = mark_end(&s[1], checked);
}

/* --- asking --- */

static enum annot_status add(struct ctl *ctl, struct known_quotes *k,
			     const struct annot_record *record, uint64_t index,
			     const struct annot_hash *mark)
{
	const struct known_quote one = {*mark, record->annotation, index};
	return LIST_ADD(ctl, &k->quotes, &one);
}

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct known_quotes *k = arg;
	const char *checked = record ? annot_record_text(record, "checked") : NULL;
	struct annot_hash marks[2];
	if (!checked || strcmp(row->effect, "void") == 0)
		return ANNOT_OK;
	marks_of_record(row, record, checked, marks);
	TRY(add(ctl, k, record, row->index, &marks[0]));
	return annot_hash_equal(&marks[0], &marks[1]) ? ANNOT_OK
						      : add(ctl, k, record, row->index, &marks[1]);
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

static enum annot_status ask(struct ctl *ctl, struct known_quotes *k,
			     const struct annot_hash *document)
{
	const struct annot_hash *asked = LIST_ITEMS(struct annot_hash, &k->documents);
	for (size_t i = 0; i < LIST_COUNT(struct annot_hash, &k->documents); i++)
		if (annot_hash_equal(&asked[i], document))
			return ANNOT_OK;
	if (!k->begun)
		TRY(begin(ctl, k));
	if (!k->enrolled)
		return ANNOT_OK;
	const char *query =
		annot_arena_printf(ctl->arena, "kind:quote state:any author:%s doc:%s",
				   annot_hash_hex(&k->person).text, annot_hash_hex(document).text);
	if (!query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(rows_each(ctl, &(struct rows_request){.query = query}, take, k, NULL));
	return LIST_ADD(ctl, &k->documents, document);
}

enum annot_status known_find(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			     const char *checked, const struct known_quote **ret)
{
	const struct judged *first = c->whole.placed ? &c->whole : &c->pieces[0];
	struct annot_hash mark = mark_of_checked(c, checked);
	*ret = NULL;
	TRY(ask(ctl, k, &first->place.document));
	const struct known_quote *list = LIST_ITEMS(struct known_quote, &k->quotes);
	for (size_t i = 0; i < LIST_COUNT(struct known_quote, &k->quotes) && !*ret; i++)
		if (annot_hash_equal(&list[i].mark, &mark))
			*ret = &list[i];
	return ANNOT_OK;
}

enum annot_status known_add(struct ctl *ctl, struct known_quotes *k, const struct checked *c,
			    const char *checked, const struct written *w)
{
	struct annot_hash mark = mark_of_checked(c, checked);
	return add(ctl, k, w->record, w->index, &mark);
}

void known_free(struct known_quotes *k)
{
	annot_buf_free(&k->quotes);
	annot_buf_free(&k->documents);
}
