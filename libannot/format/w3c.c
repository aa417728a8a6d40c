/* The tables of w3c.h. */
#include "format/w3c.h"

static const struct w3c_body bodies[] = {
	{ANNOT_KIND_quote, "speaker", "identifying"},
	{ANNOT_KIND_quote, "tag", "tagging"},
	{ANNOT_KIND_claim, "text", "describing"},
	{ANNOT_KIND_claim, "claimant", "identifying"},
	{ANNOT_KIND_claim, "tag", "tagging"},
	{ANNOT_KIND_span, "text", "commenting"},
	{ANNOT_KIND_span, "tag", "tagging"},
	{ANNOT_KIND_link, "to", "linking"},
	{ANNOT_KIND_link, "reason", "describing"},
	{ANNOT_KIND_verdict, "rating", "classifying"},
	{ANNOT_KIND_verdict, "rationale", "describing"},
	{ANNOT_KIND_verdict, "evidence", "linking"},
	{ANNOT_KIND_review, "decision", "moderating"},
	{ANNOT_KIND_review, "reason", "describing"},
	{ANNOT_KIND_comment, "text", "commenting"},
};

const struct w3c_body *w3c_body_at(size_t n)
{
	return n < sizeof bodies / sizeof *bodies ? &bodies[n] : NULL;
}

const struct w3c_body *w3c_body_of(enum annot_kind kind, const char *card)
{
	for (size_t i = 0; w3c_body_at(i); i++)
		if (bodies[i].kind == kind && strcmp(bodies[i].card, card) == 0)
			return &bodies[i];
	return NULL;
}

const struct w3c_body *w3c_body_for(enum annot_kind kind, const char *purpose)
{
	for (size_t i = 0; w3c_body_at(i); i++)
		if (bodies[i].kind == kind && strcmp(bodies[i].purpose, purpose) == 0)
			return &bodies[i];
	return NULL;
}

const char *w3c_target_card(enum annot_kind kind)
{
	switch (kind) {
	case ANNOT_KIND_link:
		return "from";
	case ANNOT_KIND_verdict:
	case ANNOT_KIND_review:
	case ANNOT_KIND_comment:
		return "on";
	default:
		return NULL;
	}
}

/* A span's is what it has most of: a note, tags, or nothing but the words. */
static const char *motivation_of_span(const struct annot_record *record)
{
	if (annot_record_card(record, "text"))
		return "commenting";
	return annot_record_card(record, "tag") ? "tagging" : "highlighting";
}

struct w3c_motivation w3c_motivation_of(const struct annot_record *record)
{
	switch (record->kind->kind) {
	case ANNOT_KIND_quote:
		return (struct w3c_motivation){W3C_PREFIX "quoting", "linking"};
	case ANNOT_KIND_claim:
		return (struct w3c_motivation){W3C_PREFIX "claiming", "identifying"};
	case ANNOT_KIND_span:
		return (struct w3c_motivation){NULL, motivation_of_span(record)};
	case ANNOT_KIND_link:
		return (struct w3c_motivation){NULL, "linking"};
	case ANNOT_KIND_verdict:
		return (struct w3c_motivation){NULL, "assessing"};
	case ANNOT_KIND_review:
		return (struct w3c_motivation){NULL, "moderating"};
	default:
		return (struct w3c_motivation){
			NULL, annot_record_card(record, "reply-to") ? "replying" : "commenting"};
	}
}
