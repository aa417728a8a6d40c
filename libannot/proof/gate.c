/* What the gate asks of a record and of what it stands on. */
#include "proof/gate_private.h"

#include <stdio.h>

#include "base/encode.h"

bool annot_gate_missing(const struct annot_check *line)
{
	return line->result == ANNOT_CHECK_FAILED || line->result == ANNOT_CHECK_MISSING;
}

struct annot_label annot_label(const struct annot_verify *v, const struct annot_supplied *s)
{
	const char *name = s->record && s->leaf.kind == ANNOT_KIND_document
				   ? annot_record_text(s->record, "name")
				   : NULL;
	struct annot_who by = annot_who(v, &s->leaf.author);
	struct annot_label ret;

	snprintf(ret.text, sizeof(ret.text), "%s %s@%llu%s%s%s by %s, #%llu",
		 annot_kind_def(s->leaf.kind)->name, annot_short_id(&s->leaf.annotation).text,
		 (unsigned long long)annot_memory_version(v->memory, &s->id), name ? " (" : "",
		 name ? name : "", name ? ")" : "", by.text, (unsigned long long)s->index);
	return ret;
}

/* --- what the verifier said --- */

static void judge_report(struct annot_verify *v, const struct annot_report *r)
{
	size_t bad = 0;

	for (size_t i = 0; i < r->n_checks; i++) {
		const struct annot_check *c = &r->checks[i];

		if (annot_verdict_exit(c->verdict) == 0)
			continue;
		bad++;
		annot_check_add(v, c->name,
				c->result < ANNOT_CHECK_WARNING ? c->result : ANNOT_CHECK_FAILED,
				ANNOT_VALID, "%s: %s", annot_verdict_name(c->verdict), c->text);
	}
	if (!bad)
		CHECK_PASSED(v, "verify", "%s: %zu lines, none of them against it",
			     annot_verdict_name(r->verdict), r->n_checks);
}

/* A verifier may look at an old bundle; what is to be published is judged as of now. */
static void judge_age(struct annot_verify *v)
{
	unsigned long long size = v->checkpoint.size, pinned = v->trust->pin.size;

	if (v->loaded && pinned > size)
		LINE_FAILED(v, "pin",
			    "judged as of #%llu, but your checkpoint is of #%llu: a later version, "
			    "rejection or rule may have come in between",
			    size, pinned);
}

/* --- what it stands on --- */

static bool stands_on(const struct annot_record *r, const struct annot_card *card)
{
	static const char *const cards[] = {"target",   "translation-of", "via",
					    "evidence", "from",           "to"};

	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
		if (strcmp(card->def->name, cards[i]) == 0)
			return true;
	return r->kind->kind == ANNOT_KIND_verdict && strcmp(card->def->name, "on") == 0;
}

/* Whether it still says what it said. */
static void judge_current(struct annot_verify *v, const char *card, const struct annot_supplied *s)
{
	struct annot_label label = annot_label(v, s);
	const struct annot_view *view = annot_memory_view(v->memory);
	size_t heads = annot_memory_heads(v->memory, &s->leaf.annotation, NULL, 0);
	int64_t retracted = ANNOT_NEVER;

	if (view->retracted(view->ctx, &s->leaf.annotation, &retracted, NULL) == ANNOT_OK &&
	    retracted != ANNOT_NEVER)
		LINE_FAILED(v, card, "%s: retracted at #%lld", label.text, (long long)retracted);
	if (annot_key_disputed(v, s))
		LINE_FAILED(v, card,
			    "%s: signed with a key that is revoked as compromised from before "
			    "that, and nobody stood by it since",
			    label.text);
	if (!annot_is_head(v, &s->id) && s->leaf.kind == ANNOT_KIND_document)
		CHECK_WARNING(v, card,
			      "%s: a later version of the document is in the corpus; whether the "
			      "words still stand there is not judged",
			      label.text);
	else if (!annot_is_head(v, &s->id))
		LINE_FAILED(v, card, "%s: a later version replaced it", label.text);
	else if (heads > 1)
		LINE_FAILED(v, card, "%s: in conflict, %zu versions stand beside each other",
			    label.text, heads);
}

/* Whether all its words were compared with the texts that they are from. */
static void judge_words(struct annot_verify *v, const char *card, const struct annot_supplied *s)
{
	struct annot_label label = annot_label(v, s);
	uint64_t withheld;

	if (annot_is_withheld(v, &s->id, &withheld)) {
		LINE_FAILED(v, card, "%s: withheld by the admins at #%llu", label.text,
			    (unsigned long long)withheld);
	} else if (!s->record) {
		LINE_MISSING(v, card, "%s: its bytes are not in the bundle", label.text);
	} else if (s->leaf.kind == ANNOT_KIND_document) {
		if (!annot_text_find(v, &annot_record_card(s->record, "sha256")->hash))
			LINE_MISSING(v, card, "%s: its text is not in the bundle", label.text);
	} else if (s->compared < annot_record_targets(s->record)) {
		LINE_MISSING(v, card, "%s: %zu of %zu targets could be compared with their source",
			     label.text, s->compared, annot_record_targets(s->record));
	}
}

static void judge_foundations(struct annot_verify *v)
{
	struct annot_reach reach;

	if (!annot_reach(v, v->subject, stands_on, &reach))
		return;
	for (size_t i = 0; i < reach.n; i++) {
		struct annot_supplied *s = reach.list[i].record;
		const char *card = reach.list[i].card;

		if (!s) {
			LINE_MISSING(v, card, "record %s is not in the bundle",
				     annot_hash_hex(&reach.list[i].id).text);
			continue;
		}
		judge_current(v, card, s);
		judge_words(v, card, s);
		annot_gate_review(v, card, s);
	}
}

/* --- dissent --- */

/* Other people's verdicts on what a verdict is on: to be known, not obeyed. */
static void tell_dissent(struct annot_verify *v)
{
	const struct annot_authority *a = annot_memory_authority(v->memory);
	const struct annot_key_info *own = annot_authority_key(a, &v->subject->leaf.author);
	const struct annot_supplied *on = annot_supplied_find(v, &v->subject->leaf.on);
	size_t n = 0;

	if (v->subject->leaf.kind != ANNOT_KIND_verdict || !on)
		return;
	for (const struct annot_said *said = on->said; said; said = said->next) {
		const struct annot_key_info *key = annot_authority_key(a, &said->author);

		n += said->kind == ANNOT_KIND_verdict && annot_said_stands(v, said) && key && own &&
		     !annot_hash_equal(&key->person, &own->person);
	}
	if (n)
		CHECK_INFO(v, "verdicts",
			   "%zu more on the same record by others; whether they agree is not "
			   "judged, dissent does not close the gate",
			   n);
}

/* --- all of it --- */

static enum annot_status judge(struct annot_verify *v, size_t n, struct annot_gated *ret,
			       struct annot_error *err)
{
	struct annot_check *common = v->checks;
	size_t n_common = v->n_checks;

	TRY(annot_verify_subject(v, n, err));
	ret->report = v->report;
	v->checks = annot_arena_array(v->arena, ANNOT_CHECKS_MAX, sizeof(*v->checks));
	v->n_checks = 0;
	if (!v->checks)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the gate");
	judge_report(v, ret->report);
	judge_age(v);
	if (v->subject) {
		ret->record = v->subject->id;
		ret->version = v->memory ? annot_memory_version(v->memory, &v->subject->id) : 0;
	}
	if (v->replayed && v->subject) {
		annot_gate_review(v, "review", v->subject);
		judge_foundations(v);
		tell_dissent(v);
	}
	ret->lines = v->checks;
	ret->n_lines = v->n_checks;
	ret->passed = true;
	for (size_t i = 0; i < ret->n_lines; i++)
		ret->passed &= !annot_gate_missing(&ret->lines[i]);
	v->checks = common;
	v->n_checks = n_common;
	return v->failed ? annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the gate")
			 : ANNOT_OK;
}

static enum annot_status judge_all(struct annot_verify *v, struct annot_bytes file,
				   const struct annot_hash *records, size_t n,
				   struct annot_gate *ret, struct annot_error *err)
{
	struct annot_gated *list;

	TRY(annot_verify_open(v, file, n ? records : NULL, n, err));
	list = annot_arena_array(v->arena, v->n_wanted, sizeof(*list));
	if (!list)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the gate");
	ret->records = list;
	ret->n_records = v->n_wanted;
	ret->passed = v->n_wanted > 0;
	for (size_t i = 0; i < v->n_wanted; i++) {
		if (n)
			list[i].record = records[i];
		TRY(judge(v, i, &list[i], err));
		ret->passed &= list[i].passed;
		if (list[i].report->note.data)
			ret->checkpoint = v->checkpoint;
	}
	if (v->replayed)
		ret->rules = annot_rules_of(v);
	return v->failed ? annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the gate")
			 : ANNOT_OK;
}

enum annot_status annot_gate_bundle(struct annot_arena *arena, struct annot_bytes file,
				    const struct annot_trust *trust,
				    const struct annot_hash *records, size_t n,
				    const struct annot_gate **ret, struct annot_error *err)
{
	struct annot_verify v = {.arena = arena, .trust = trust};
	struct annot_gate *gate = annot_arena_alloc(arena, sizeof(*gate));
	enum annot_status status;

	if (!gate)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the gate");
	status = judge_all(&v, file, records, n, gate, err);
	annot_verify_close(&v);
	if (status == ANNOT_OK)
		*ret = gate;
	return status;
}
