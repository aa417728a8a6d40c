/* The daemon's view of a review state and the gate's, over random stories: they must agree. */
#include "stored.h"

#include "gate.h"
#include <stdlib.h>

enum { STORIES = 16, STEPS = 40, PEOPLE = 5, SUBJECTS = 24 };

struct story {
	struct stored *s;
	uint64_t seed;
	struct test_key admin,
		keys[PEOPLE]; /* the key that each signs with now; the last is a bot */
	const struct test_entry *events[PEOPLE]; /* that brought it */
	bool gone[PEOPLE];
	uint8_t next_key;
	const struct test_entry
		*subjects[SUBJECTS]; /* claims, quotes, documents, verdicts, versions */
	size_t n;
	unsigned approved, compared;
};

/* xorshift64 of Marsaglia, "Xorshift RNGs", 2003. */
static unsigned draw(struct story *t, unsigned n)
{
	t->seed ^= t->seed << 13;
	t->seed ^= t->seed >> 7;
	t->seed ^= t->seed << 17;
	return (unsigned)(t->seed % n);
}

static const struct test_entry *put(struct story *t, const struct test_key *key,
				    struct annot_draft *d)
{
	return test_put(t->s->c, key, d);
}

/* Keeps what is not void. */
static void add(struct story *t, const struct test_entry *e)
{
	if (t->n < SUBJECTS && e->judgement.effect == ANNOT_EFFECTIVE)
		t->subjects[t->n++] = e;
}

static const struct test_entry *any(struct story *t)
{
	return t->subjects[draw(t, (unsigned)t->n)];
}

static void set_policy(struct story *t)
{
	static const char *const words[] = {"no", "yes"};
	struct annot_draft *d = test_policy(draw(t, 3));

	test_set(d, "self-approval", words[draw(t, 4) == 0]);
	test_set(d, "bots-count", words[draw(t, 2)]);
	test_card(d, "second-reader", words[draw(t, 2)]);
	put(t, &t->admin, d);
}

static void review(struct story *t, unsigned who)
{
	static const char *const decisions[] = {"approve", "approve", "approve",        "approve",
						"approve", "reject",  "request-changes"};

	put(t, &t->keys[who], test_review(&any(t)->id, decisions[draw(t, 7)]));
}

static void rotate(struct story *t, unsigned who, bool stolen)
{
	struct test_key next = test_key(t->next_key++);
	static const char *const names[PEOPLE] = {"p0", "p1", "p2", "p3", "p4"};
	const struct annot_hash *event = &t->events[who]->id;
	uint64_t since = t->events[who]->index;
	const struct test_entry *e =
		put(t, &t->keys[who], test_key_rotate(t->s->c, names[who], event, &next));

	if (e->judgement.effect != ANNOT_EFFECTIVE)
		return;
	if (stolen)
		put(t, &t->admin,
		    test_key_revoke(event, "compromised",
				    (int64_t)(since + draw(t, (unsigned)(e->index - since)))));
	t->keys[who] = next;
	t->events[who] = e;
}

/* Retracts or stands by some record, whoever wrote it: mostly in vain. */
static void about(struct story *t, unsigned who, enum annot_kind kind)
{
	const struct test_entry *on = t->s->c->entries[draw(t, (unsigned)t->s->c->n)];

	if (on->leaf.kind == ANNOT_KIND_review ||
	    (on->leaf.kind == ANNOT_KIND_claim && draw(t, 4) == 0))
		put(t, &t->keys[who], test_about(kind, &on->id));
}

static void amend(struct story *t, unsigned who)
{
	const struct test_entry *e = any(t);

	if (e->leaf.kind == ANNOT_KIND_claim || e->leaf.kind == ANNOT_KIND_quote ||
	    e->leaf.kind == ANNOT_KIND_verdict)
		add(t, put(t, &t->keys[who], annot_draft_amend(e->record)));
}

static void amend_review(struct story *t, unsigned who)
{
	const struct test_entry *e = t->s->c->entries[draw(t, (unsigned)t->s->c->n)];
	struct annot_draft *d;

	if (e->leaf.kind != ANNOT_KIND_review)
		return;
	d = annot_draft_amend(e->record);
	test_set(d, "decision", draw(t, 2) ? "approve" : "reject");
	put(t, &t->keys[who], d);
}

static void step(struct story *t)
{
	unsigned who = draw(t, PEOPLE);

	switch (draw(t, 16)) {
	case 0:
		add(t, put(t, &t->keys[who], test_claim("one")));
		break;
	case 1:
		add(t, put(t, &t->keys[who], test_verdict(&any(t)->id, "true")));
		break;
	case 2:
		rotate(t, who, draw(t, 2));
		break;
	case 3:
		about(t, who, ANNOT_KIND_retract);
		break;
	case 4:
	case 5:
		about(t, who, ANNOT_KIND_reaffirm);
		break;
	case 6:
		amend(t, who);
		break;
	case 7:
		amend_review(t, who);
		break;
	case 8:
		if (draw(t, 3) == 0)
			set_policy(t);
		break;
	default:
		review(t, who);
	}
}

static void enrol(struct story *t)
{
	static const char *const names[PEOPLE] = {"p0", "p1", "p2", "p3", "p4"};

	t->admin = test_key(1);
	t->next_key = 100;
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct annot_draft *d;

		t->keys[i] = test_key((uint8_t)(20 + i));
		d = test_key_add(t->s->c, names[i], &t->keys[i]);
		if (i == PEOPLE - 1)
			test_set(d, "role", "bot");
		if (i % 2 == 0) {
			test_card(d, "language", "fr");
			test_card(d, "language", "de");
		}
		t->events[i] = put(t, &t->admin, d);
	}
}

/* A document, its translation (sometimes without a language), a quote of it and a claim. */
static void begin(struct story *t)
{
	static const char text[] = "Bonjour a tous.";
	struct annot_draft *d = test_document("original", annot_bytes_of(text));
	struct test_entry *e;

	test_card(d, "language", "fr");
	e = test_put(t->s->c, &t->keys[0], d);
	e->content = annot_bytes_of(text);
	add(t, e);
	add(t, put(t, &t->keys[1], test_quote(e, 0, 7)));
	d = test_document("translated", annot_bytes_of(text));
	if (draw(t, 2))
		test_card(d, "language", "de");
	test_ref(d, "translation-of", &e->id);
	e = test_put(t->s->c, &t->keys[2], d);
	e->content = annot_bytes_of(text);
	add(t, e);
	add(t, put(t, &t->keys[3], test_claim("zero")));
}

/* Whether the gate finds nothing to miss about the record's own reviews. */
static bool own_reviews_pass(const struct annot_gated *g)
{
	for (size_t i = 0; i < g->n_lines; i++)
		if (strcmp(g->lines[i].name, "review") == 0 && annot_gate_missing(&g->lines[i]))
			return false;
	return true;
}

static void compare(struct story *t)
{
	stored_sync(t->s);
	for (size_t i = 0; i < t->n; i++) {
		const struct test_entry *e = t->subjects[i];
		const struct annot_row *row = stored_row(t->s, e);
		const struct annot_gated *g = test_gate(t->s->c, e);
		bool approved = strcmp(row->review, "approved") == 0;
		bool retracted = strcmp(row->review, "retracted") == 0;

		t->compared++;
		t->approved += approved;
		if (retracted ? g->passed || !test_gated_says(g, "retraction", true, "RETRACTED")
			      : approved != own_reviews_pass(g)) {
			test_print_gated(g);
			fail_msg("record #%llu: the daemon says %s", (unsigned long long)e->index,
				 row->review);
		}
		/* What the gate lets through, the daemon calls approved. */
		if (g->passed && (!approved || !row->head))
			fail_msg("record #%llu passes, but is %s", (unsigned long long)e->index,
				 row->review);
		if (strcmp(row->review, "rejected") == 0 &&
		    !test_gated_says(g, "review", true, "rejected by"))
			fail_msg("record #%llu is rejected", (unsigned long long)e->index);
		if (strcmp(row->review, "changes-requested") == 0 &&
		    !test_gated_says(g, "review", true, "changes requested by"))
			fail_msg("changes to record #%llu were asked for",
				 (unsigned long long)e->index);
	}
}

static void test_random_stories(void **state)
{
	unsigned approved = 0, compared = 0;
	(void)state;

	for (unsigned i = 0; i < STORIES; i++) {
		struct story t = {.s = stored_new(1, 1), .seed = 0x9e3779b97f4a7c15u + i};

		enrol(&t);
		begin(&t);
		for (unsigned n = 0; n < STEPS; n++)
			step(&t);
		compare(&t);
		approved += t.approved;
		compared += t.compared;
		stored_free(t.s);
	}
	/* The stories are worth telling: both answers come up often. */
	assert_true(approved > compared / 20);
	assert_true(approved < compared * 3 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_stories)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
