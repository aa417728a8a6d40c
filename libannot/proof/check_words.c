/* The words: every target against the text that its document record names by hash. */
#include "proof/verify_private.h"

#include <stdio.h>

#include "base/encode.h"
#include "text/utf8.h"

/* Whether a text is the one that a document record describes, beside its hash. */
static bool text_fits(struct annot_verify *v, const struct annot_supplied *document,
		      struct annot_text *text)
{
	uint64_t length = annot_record_card(document->record, "length")->start;

	if (!text->hashed) {
		text->chunks = annot_chunk_root(text->text);
		text->utf8 = annot_utf8_valid(text->text.data, text->text.len) == text->text.len;
		text->hashed = true;
	}
	if (!text->utf8) {
		CHECK_INVALID(v, "words", "document #%llu: its text is not UTF-8",
			      (unsigned long long)document->index);
		return false;
	}
	if (length == text->text.len &&
	    annot_hash_equal(&annot_record_card(document->record, "chunks")->hash, &text->chunks))
		return true;
	CHECK_INVALID(v, "words",
		      "document #%llu: length or chunks do not fit the text that sha256 names",
		      (unsigned long long)document->index);
	return false;
}

static struct annot_text *text_of(struct annot_verify *v, const struct annot_supplied *document)
{
	return annot_text_find(v, &annot_record_card(document->record, "sha256")->hash);
}

/* --- sources --- */

static void tell_source(struct annot_verify *v, const struct annot_supplied *document)
{
	const char *source = annot_record_text(document->record, "source");
	const char *publisher = annot_record_text(document->record, "publisher");
	struct annot_who by = annot_who(v, &document->leaf.author);
	struct annot_reviews reviews;

	if (!v->replayed)
		return;
	reviews = annot_count_reviews(v, document);
	CHECK_INFO(v, "source", "%s, as stated by %s, approved by %u%s: %s%s%s",
		   annot_record_text(document->record, "name"), by.text, reviews.approve,
		   annot_reviews_elsewhere(&reviews).text,
		   publisher ? publisher : "publisher not stated", source ? ", " : "",
		   source ? source : "");
}

/* --- targets
 * ------------------------------------------------------------------------------------------- */

struct targets {
	struct annot_verify *v;
	const struct annot_supplied *of;
	bool subject;
	size_t matched, missing, by_excerpt;
	const struct annot_supplied *told; /* the last document whose source was told */
};

static void target_missing(struct targets *t, const struct annot_target *target, const char *why)
{
	t->missing++;
	if (t->subject)
		CHECK_MISSING(t->v, "words", "bytes %llu..%llu: %s",
			      (unsigned long long)target->start, (unsigned long long)target->end,
			      why);
}

/* False: the words are not those of the text. */
static bool compare(struct targets *t, const struct annot_target *target, struct annot_bytes text,
		    uint64_t base)
{
	struct annot_target here = *target;
	struct annot_error why = {0};

	/* Offsets within a part of the text; annot_shown_text has put both into it. */
	here.start -= base;
	here.end -= base;
	if (annot_target_check(&here, text, &why) == ANNOT_OK) {
		t->matched++;
		return true;
	}
	CHECK_INVALID(t->v, "words", "record #%llu, bytes %llu..%llu: %s%s",
		      (unsigned long long)t->of->index, (unsigned long long)target->start,
		      (unsigned long long)target->end, why.text,
		      base ? " (bytes counted within the excerpt)" : "");
	return false;
}

static bool check_in_excerpt(struct targets *t, const struct annot_target *target,
			     const struct annot_supplied *document)
{
	struct annot_bytes text;
	uint64_t base;

	if (!annot_shown_text(t->v, document, target->start, target->end, &text, &base)) {
		target_missing(t, target,
			       t->v->n_shown
				       ? "that part of the document's text is not in the bundle"
				       : "the document's text is not in the bundle");
		return true;
	}
	if (annot_utf8_valid(text.data, text.len) != text.len) {
		CHECK_INVALID(t->v, "words", "document #%llu: its text is not UTF-8",
			      (unsigned long long)document->index);
		return false;
	}
	t->by_excerpt++;
	return compare(t, target, text, base);
}

/* False: a check was added that says what is wrong. */
static bool check_target(struct targets *t, const struct annot_target *target)
{
	const struct annot_supplied *document = annot_supplied_find(t->v, &target->document);
	struct annot_text *text;

	if (!document || !document->record) {
		target_missing(t, target,
			       document ? "the document is withheld"
					: "the document's record is not in the bundle");
		return true;
	}
	if (document->record->kind->kind != ANNOT_KIND_document) {
		CHECK_INVALID(t->v, "words", "a target names a %s, expected a document",
			      document->record->kind->name);
		return false;
	}
	if (t->subject && document != t->told)
		tell_source(t->v, document);
	t->told = document;
	text = text_of(t->v, document);
	if (!text)
		return check_in_excerpt(t, target, document);
	return text_fits(t->v, document, text) && compare(t, target, text->text, 0);
}

static void check_targets(struct annot_verify *v, struct annot_supplied *s)
{
	struct targets t = {.v = v, .of = s, .subject = s == v->subject};
	size_t n = annot_record_targets(s->record);
	struct annot_target target;

	for (size_t i = 0; i < n; i++)
		if (!annot_record_target(s->record, i, &target) || !check_target(&t, &target))
			return;
	s->compared = t.matched;
	if (t.subject && t.matched)
		CHECK_PASSED(v, "words", "%zu of %zu targets stand in the source, byte for byte%s",
			     t.matched, n,
			     t.by_excerpt ? " (excerpt: the rest of the text is not shown, its "
					    "SHA-256 was not computed)"
					  : "");
	else if (t.matched || t.missing)
		CHECK_INFO(v, "words", "of record #%llu, referred to: %zu of %zu targets compared",
			   (unsigned long long)s->index, t.matched, n);
}

static void check_document(struct annot_verify *v)
{
	struct annot_text *text = text_of(v, v->subject);

	if (!text) {
		CHECK_MISSING(v, "words", "the document's text is not in the bundle");
		return;
	}
	if (!text_fits(v, v->subject, text))
		return;
	CHECK_PASSED(v, "words", "%zu bytes with SHA-256 %s, as the record says", text->text.len,
		     annot_hash_hex(&text->sha256).text);
	tell_source(v, v->subject);
}

static bool follow_all(const struct annot_record *r, const struct annot_card *card)
{
	(void)r, (void)card;
	return true;
}

void annot_check_words(struct annot_verify *v)
{
	struct annot_supplied *s = v->subject;
	struct annot_reach reach;

	if (s->record && s->record->kind->kind == ANNOT_KIND_document)
		check_document(v);
	if (s->record && annot_record_targets(s->record))
		check_targets(v, s);
	if (!annot_reach(v, s, follow_all, &reach))
		return;
	for (size_t i = 0; i < reach.n; i++) {
		s = reach.list[i].record;
		if (s && s->record && annot_record_targets(s->record))
			check_targets(v, s);
	}
}
