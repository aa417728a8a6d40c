/* What the cards of one record must agree on; what needs other records is judged in state/. */
#include <inttypes.h>

#include "record/internal.h"
#include "text/utf8.h"

static enum annot_status check_targets(const struct annot_record *r, struct annot_error *err)
{
	struct annot_target t;
	for (size_t i = 0; annot_record_target(r, i, &t); i++) {
		if (t.end - t.start != t.exact->len)
			return annot_fail(err, ANNOT_INVALID,
					  "card \"exact\" of target %zu: expected %" PRIu64
					  " bytes (end - start), found %zu",
					  i + 1, t.end - t.start, t.exact->len);
		const struct annot_card *context[] = {t.prefix, t.suffix};
		for (size_t j = 0; j < 2; j++) {
			size_t n = annot_utf8_chars(context[j]->text, context[j]->len);
			if (n > ANNOT_CONTEXT_CHARS)
				return annot_fail(err, ANNOT_INVALID,
						  "card \"%s\" of target %zu: expected at most %d "
						  "code points, found %zu",
						  context[j]->def->name, i + 1, ANNOT_CONTEXT_CHARS,
						  n);
		}
		if (t.prefix->len > t.start)
			return annot_fail(err, ANNOT_INVALID,
					  "card \"prefix\" of target %zu: expected at most the "
					  "%" PRIu64 " bytes before its start, found %zu",
					  i + 1, t.start, t.prefix->len);
	}
	return ANNOT_OK;
}

/* Length of what two cards of a name may not share: all of it, or the first word. */
static size_t identity_len(const struct annot_card *c)
{
	bool first_word = c->def->type == ANNOT_CARD_APPROVALS || c->def->type == ANNOT_CARD_SCALE;
	return first_word ? strcspn(c->text, " ") : c->len;
}

static enum annot_status check_distinct(const struct annot_record *r, const char *name,
					struct annot_error *err)
{
	for (const struct annot_card *a = annot_record_card(r, name); a;
	     a = annot_record_card_next(r, a)) {
		size_t len = identity_len(a);
		for (const struct annot_card *b = annot_record_card_next(r, a); b;
		     b = annot_record_card_next(r, b))
			if (identity_len(b) == len && memcmp(a->text, b->text, len) == 0)
				return annot_fail(err, ANNOT_INVALID,
						  "card \"%s\": \"%s\" stands twice", name,
						  annot_excerpt(a->text, len).text);
	}
	return ANNOT_OK;
}

/* Cards that stand together or not at all. */
static enum annot_status check_together(const struct annot_record *r, const char *const *names,
					size_t n, struct annot_error *err)
{
	const char *present = NULL, *absent = NULL;
	for (size_t i = 0; i < n; i++) {
		if (annot_record_card(r, names[i]))
			present = names[i];
		else
			absent = names[i];
	}
	if (present && absent)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"%s\" is missing: it goes together with \"%s\"", absent,
				  present);
	return ANNOT_OK;
}

static enum annot_status check_corpus(const struct annot_record *r, struct annot_error *err)
{
	const struct annot_card *origin = annot_record_card(r, "origin");
	const struct annot_card *log = annot_record_card(r, "log");
	size_t len = strcspn(log->text, "+");
	if (origin->len != len || memcmp(origin->text, log->text, len) != 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"card \"origin\": expected the name of the log key, \"%s\", found "
			"\"%s\"",
			annot_excerpt(log->text, len).text,
			annot_excerpt(origin->text, origin->len).text);
	if (annot_record_card(r, "threshold")->start == 0)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"threshold\": expected at least 1, found 0");
	return ANNOT_OK;
}

static enum annot_status check_revoke(const struct annot_record *r, struct annot_error *err)
{
	const char *reason = annot_record_text(r, "reason");
	if (annot_record_card(r, "from-index") && strcmp(reason, "compromised") != 0)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"from-index\": expected only with reason compromised, "
				  "found reason %s",
				  reason);
	return ANNOT_OK;
}

enum annot_status annot_rules_check(const struct annot_record *r, struct annot_error *err)
{
	static const char *const original[] = {"extractor", "original-sha256", "original-length",
					       "original-type"};
	static const char *const opening[] = {"opens", "salt"};
	TRY(check_targets(r, err));
	switch (r->kind->kind) {
	case ANNOT_KIND_corpus:
		TRY(check_corpus(r, err));
		TRY(check_distinct(r, "approvals", err));
		return check_distinct(r, "scale", err);
	case ANNOT_KIND_policy:
		TRY(check_distinct(r, "approvals", err));
		return check_distinct(r, "scale", err);
	case ANNOT_KIND_key_revoke:
		return check_revoke(r, err);
	case ANNOT_KIND_document:
		return check_together(r, original, 4, err);
	case ANNOT_KIND_verdict:
		TRY(check_together(r, opening, 2, err));
		TRY(check_distinct(r, "evidence", err));
		break;
	default:
		break;
	}
	if (annot_record_card(r, "imported-data") && !annot_record_card(r, "imported-from"))
		return annot_fail(err, ANNOT_INVALID,
				  "card \"imported-from\" is missing: \"imported-data\" needs it");
	return ANNOT_OK;
}
