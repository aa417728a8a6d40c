/* What stood at a size is listed alike then, from rows that say what stands now, and later, as of
 * that size, by SQL. */
#include "stored.h"

#include <stdio.h>

#include "base/auto.h"

enum { STEPS = 90, COMBINATIONS = 32, LIST_MAX = 1 << 16 };

static void add_seq(struct annot_buf *to, uint64_t seq)
{
	annot_buf_printf(to, " %llu", (unsigned long long)seq);
}

static bool each(void *arg, uint64_t seq)
{
	add_seq(arg, seq);
	return true;
}

/* The nth of all ways to ask; what it lists, in the arena. */
static const char *list(struct stored *s, unsigned nth)
{
	struct annot_buf text = ANNOT_BUF_INIT(LIST_MAX);
	struct store_query query = STORE_QUERY_INIT;
	query.kinds = nth & 1 ? UINT32_MAX >> (32 - ANNOT_KIND_COUNT)
			      : 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_policy;
	query.with_void = nth & 2;
	query.with_pending = nth & 4;
	query.with_retracted = nth & 8;
	query.likely = nth & 16 ? 1 : 0;
	annot_buf_puts(&text, "");
	assert_ok(reader_list(s->reader, &query, 0, each, &text, &test_error));
	assert_false(text.failed);
	const char *ret = annot_arena_copy(s->call.arena, text.data, text.len);
	annot_buf_free(&text);
	assert_non_null(ret);
	return ret;
}

/* Steps that are the same each time: a linear congruential generator (Numerical Recipes, 2nd
 * ed., 7.1). */
static unsigned next(uint32_t *state, unsigned below)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 16) % below;
}

/* One of the records of that kind so far; NULL: there is none. */
static const struct test_entry *one_of(const struct stored *s, enum annot_kind kind,
				       uint32_t *state)
{
	size_t from = next(state, (unsigned)s->c->n);
	for (size_t i = 0; i < s->c->n; i++) {
		const struct test_entry *e = s->c->entries[(from + i) % s->c->n];
		if (e->record->kind->kind == kind)
			return e;
	}
	return NULL;
}

static void step(struct stored *s, unsigned i, uint32_t *state)
{
	struct test_key admin = test_key(1), other = test_key(2), stranger = test_key(77),
			new = test_key((uint8_t)(100 + i));
	const struct test_entry *claim = one_of(s, ANNOT_KIND_claim, state);
	const struct test_entry *waits =
		one_of(s, next(state, 2) ? ANNOT_KIND_key_add : ANNOT_KIND_policy, state);
	const struct test_entry *policy = one_of(s, ANNOT_KIND_policy, state);
	char name[16];
	snprintf(name, sizeof name, "person%u", i);
	switch (next(state, 8)) {
	case 0: /* waits for the other admin */
		test_put(s->c, &admin, test_key_add(s->c, name, &new));
		break;
	case 1: /* and is made to count, late */
		if (waits)
			test_put(s->c, &other, test_review(&waits->id, "approve"));
		break;
	case 2: /* a new version, or a second head */
	case 3:
		if (claim)
			test_put(s->c, &admin, annot_draft_amend(claim->record));
		break;
	case 4:
		if (claim && next(state, 3) == 0)
			test_put(s->c, &admin, test_about(ANNOT_KIND_retract, &claim->id));
		break;
	case 5: /* a version that waits */
		test_put(s->c, &admin, policy ? annot_draft_amend(policy->record) : test_policy(1));
		break;
	case 6: /* void */
		test_put(s->c, &stranger, test_claim("It rained."));
		break;
	default:
		test_put(s->c, &admin, test_claim("The bridge is older than the town."));
	}
}

static void count_effects(const struct stored *s, size_t ret[3])
{
	for (size_t i = 0; i < s->c->n; i++)
		ret[s->c->entries[i]->judgement.effect]++;
}

static void test_then_and_later(void **state)
{
	struct stored *s = *state;
	static const char *then[STEPS + 8][COMBINATIONS];
	size_t effects[3] = {0}, differ = 0;
	uint32_t random = 7;
	for (unsigned i = 0; i < STEPS; i++) {
		step(s, i, &random);
		stored_sync(s);
		assert_true(s->c->n < COUNT(then));
		for (unsigned k = 0; k < COMBINATIONS; k++)
			then[s->c->n][k] = list(s, k);
	}
	/* Nothing of it was left out. */
	count_effects(s, effects);
	assert_true(effects[ANNOT_EFFECTIVE] > 10 && effects[ANNOT_PENDING] > 3 &&
		    effects[ANNOT_VOID] > 3);
	for (size_t size = 1; size < s->c->n; size++) {
		if (!then[size][0])
			continue;
		assert_ok(reader_begin(s->reader, &test_error));
		assert_ok(reader_as_of(s->reader, size, &test_error));
		for (unsigned k = 0; k < COMBINATIONS; k++) {
			if (strcmp(list(s, k), then[size][k]) != 0)
				fail_msg("as of %zu, way %u:%s; then:%s", size, k, list(s, k),
					 then[size][k]);
			differ += strcmp(then[size][k], then[size][k ^ 4]) != 0;
		}
	}
	assert_true(differ > 0);
}

static int setup(void **state)
{
	*state = stored_new(2, 2);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_then_and_later, setup, stored_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
