/* Merging versions card by card. Versions are written as their cards, one a line. */
#include "assert.h"
#include "base/encode.h"
#include "examples.h"
#include "record/merge.h"
#include "../text/random.h"

enum { ARENA = 4 << 20 };

struct fixture {
	struct annot_arena *arena;
	enum annot_kind kind;
};

static int setup(void **state)
{
	static struct fixture f;
	f = (struct fixture){.arena = annot_arena_new(ARENA), .kind = ANNOT_KIND_quote};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	annot_arena_free(f->arena);
	return 0;
}

#define DIRECT "form direct\n"
/* A target on words at a place. */
#define TARGET(start, end, words)                                                                  \
	"target " HEX("c") " " #start " " #end "\nexact " words "\nprefix \nsuffix \n"
#define WORDS TARGET(0, 5, "words")

static struct annot_merge_cards version(struct fixture *f, const char *body)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	struct annot_merge_cards cards;
	example_with(f->kind, false, body, &text);
	assert_ok(annot_record_parse(f->arena, annot_buf_bytes(&text), &record, &test_error));
	assert_ok(annot_merge_cards(f->arena, record, &cards, &test_error));
	return cards;
}

/* The cards as the body of a record. */
static void write_body(struct fixture *f, const struct annot_merge_cards *cards,
		       struct annot_buf *ret)
{
	const struct annot_hash annotation = {{8}}, heads[2] = {{{1}}, {{2}}};
	const struct annot_draft_header header = {.corpus = &annotation, .time_s = 1795305600};
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	struct annot_draft *draft;
	assert_ok(annot_merge_draft(cards, &annotation, heads, 2, &draft, &test_error));
	assert_ok(annot_draft_build(draft, &header, f->arena, &bytes, &record, &test_error));
	annot_draft_free(draft);
	assert_int_equal(record->n_parents, 2);
	assert_true(annot_hash_equal(&record->annotation, &annotation));
	annot_buf_puts(ret, strchr(strstr(bytes.data, "\nnonce ") + 1, '\n') + 1);
}

static struct annot_merged merge_over(struct fixture *f, const char *const *bases, size_t n,
				      const char *ours, const char *theirs)
{
	struct annot_merge_cards base[4], a = version(f, ours), b = version(f, theirs);
	struct annot_merged merged;
	for (size_t i = 0; i < n; i++)
		base[i] = version(f, bases[i]);
	assert_ok(annot_merge_versions(f->arena, base, n, &a, &b, &merged, &test_error));
	return merged;
}

static void assert_body(struct fixture *f, const struct annot_merged *m, const char *expected)
{
	AUTO_BUF struct annot_buf got = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	write_body(f, &m->cards, &got);
	assert_string_equal(got.data, expected);
}

static void assert_merged(struct fixture *f, const char *base, const char *ours, const char *theirs,
			  const char *expected)
{
	struct annot_merged m = merge_over(f, &base, 1, ours, theirs);
	assert_int_equal(m.n_clashes, 0);
	assert_body(f, &m, expected);
}

static void show_list(const struct annot_merge_list *list, struct annot_buf *ret)
{
	for (size_t i = 0; i < list->n; i++)
		annot_buf_printf(ret, "%s%s", i ? "," : "",
				 list->values[i].exact ? list->values[i].exact
						       : list->values[i].text);
}

/* Clashes as "card base|ours|theirs" one a line. */
static void assert_clashes(const struct annot_merged *m, const char *expected)
{
	AUTO_BUF struct annot_buf got = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	annot_buf_puts(&got, "");
	for (size_t i = 0; i < m->n_clashes; i++) {
		const struct annot_merge_clash *c = &m->clashes[i];
		annot_buf_printf(&got, "%s ", c->def->name);
		show_list(&c->base, &got);
		annot_buf_putc(&got, '|');
		show_list(&c->ours, &got);
		annot_buf_putc(&got, '|');
		show_list(&c->theirs, &got);
		annot_buf_putc(&got, '\n');
	}
	assert_string_equal(got.data, expected);
}

/* All clashes settled for one side. */
static struct annot_merged settled(struct annot_merged m, enum annot_merge_side side)
{
	for (size_t i = 0; i < m.n_clashes; i++) {
		const struct annot_merge_clash *c = &m.clashes[i];
		m.cards.lists[c->def - m.cards.kind->cards] =
			side == ANNOT_MERGE_OURS ? c->with_ours : c->with_theirs;
	}
	return m;
}

static void assert_settled(struct fixture *f, struct annot_merged m, const char *ours,
			   const char *theirs)
{
	struct annot_merged side = settled(m, ANNOT_MERGE_OURS);
	assert_body(f, &side, ours);
	side = settled(m, ANNOT_MERGE_THEIRS);
	assert_body(f, &side, theirs);
}

/* --- single cards --- */

static void test_values(void **state)
{
	struct fixture *f = *state;
	/* each changes another card */
	assert_merged(f, WORDS "role old\n" DIRECT, WORDS "role new\n" DIRECT,
		      WORDS "role old\nform mixed\n", WORDS "role new\nform mixed\n");
	/* one adds, one takes away */
	assert_merged(f, WORDS "role old\n" DIRECT, WORDS DIRECT,
		      WORDS "role old\nsaid 2026\n" DIRECT, WORDS "said 2026\n" DIRECT);
	/* both the same */
	assert_merged(f, WORDS "role old\n" DIRECT, WORDS "role new\n" DIRECT,
		      WORDS "role new\n" DIRECT, WORDS "role new\n" DIRECT);
	assert_merged(f, WORDS "role old\n" DIRECT, WORDS DIRECT, WORDS DIRECT, WORDS DIRECT);
}

static void test_values_clash(void **state)
{
	struct fixture *f = *state;
	const char *base = WORDS "role old\nsaid 2020\n" DIRECT;
	struct annot_merged m = merge_over(f, &base, 1, WORDS "role a\nsaid 2020\n" DIRECT,
					   WORDS "role b\nsaid 2021\n" DIRECT);
	assert_clashes(&m, "role old|a|b\n");
	assert_null(m.clashes[0].words);
	assert_body(f, &m, WORDS "role a\nsaid 2021\n" DIRECT);
	assert_settled(f, m, WORDS "role a\nsaid 2021\n" DIRECT,
		       WORDS "role b\nsaid 2021\n" DIRECT);
	/* one takes away what the other changes; both add */
	base = WORDS "role old\n" DIRECT;
	m = merge_over(f, &base, 1, WORDS "said 2020\n" DIRECT, WORDS "role b\nsaid 2021\n" DIRECT);
	assert_clashes(&m, "role old||b\nsaid |2020|2021\n");
	assert_settled(f, m, WORDS "said 2020\n" DIRECT, WORDS "role b\nsaid 2021\n" DIRECT);
}

static void test_texts(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	assert_merged(f, "text The tax will rise in May.\n", "text The levy will rise in May.\n",
		      "text The tax will rise in June.\n", "text The levy will rise in June.\n");
	const char *base = "text The tax will rise in May.\n";
	struct annot_merged m = merge_over(f, &base, 1, "text The levy will fall in May.\n",
					   "text The tax will double in June.\n");
	assert_clashes(&m, "text The tax will rise in May.|The levy will fall in May.|"
			   "The tax will double in June.\n");
	assert_int_equal(m.clashes[0].n_words, 7);
	assert_true(m.clashes[0].words[3].clash);
	assert_settled(f, m, "text The levy will fall in June.\n",
		       "text The levy will double in June.\n");
	/* The speaker of a quote, or a tag, is a name and not merged by words. */
	f->kind = ANNOT_KIND_quote;
	base = WORDS "role minister of trade\n" DIRECT;
	m = merge_over(f, &base, 1, WORDS "role former minister of trade\n" DIRECT,
		       WORDS "role minister of labour\n" DIRECT);
	assert_int_equal(m.n_clashes, 1);
	/* Nor is JSON. */
	f->kind = ANNOT_KIND_span;
	base = WORDS "imported-from x\nimported-data {a b}\n";
	m = merge_over(f, &base, 1, WORDS "imported-from x\nimported-data {z b}\n",
		       WORDS "imported-from x\nimported-data {a y}\n");
	assert_clashes(&m, "imported-data {a b}|{z b}|{a y}\n");
}

#define VERDICT(scale, rating) "on " HEX("a") "\nscale " scale "\nrating " rating "\n"

static void test_units(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_verdict;
	/* A scale of one and a rating of the other is what nobody said. */
	const char *base = VERDICT("google5", "false");
	struct annot_merged m = merge_over(f, &base, 1, VERDICT("truth", "false"),
					   VERDICT("google5", "true") "rationale why\n");
	assert_clashes(&m, "scale google5|truth|google5\nrating false|false|true\n");
	assert_settled(f, m, VERDICT("truth", "false") "rationale why\n",
		       VERDICT("google5", "true") "rationale why\n");
	assert_merged(f, VERDICT("google5", "false"), VERDICT("truth", "true"),
		      VERDICT("google5", "false") "rationale why\n",
		      VERDICT("truth", "true") "rationale why\n");
	/* Both chose the scale, and other ratings on it. */
	m = merge_over(f, &base, 1, VERDICT("truth", "true"), VERDICT("truth", "mixture"));
	assert_clashes(&m, "rating false|true|mixture\n");
}

/* --- sets --- */

static void test_sets(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	/* both add */
	assert_merged(f, "text x\ntag a\n", "text x\ntag a\ntag b\n", "text x\ntag a\ntag c\n",
		      "text x\ntag a\ntag b\ntag c\n");
	assert_merged(f, "text x\n", "text x\ntag b\ntag a\n", "text x\ntag a\n",
		      "text x\ntag b\ntag a\n");
	/* one adds, one takes away */
	assert_merged(f, "text x\ntag a\ntag b\n", "text x\ntag b\n",
		      "text x\ntag a\ntag b\ntag c\n", "text x\ntag b\ntag c\n");
	/* each takes another away, or both the same */
	assert_merged(f, "text x\ntag a\ntag b\ntag c\n", "text x\ntag a\ntag b\n",
		      "text x\ntag b\ntag c\n", "text x\ntag b\n");
	assert_merged(f, "text x\ntag a\ntag b\n", "text x\ntag a\n", "text x\ntag a\ntag c\n",
		      "text x\ntag a\ntag c\n");
	/* one replaces, the other adds or changes nothing */
	assert_merged(f, "text x\nclaimant A\n", "text x\nclaimant B\n",
		      "text x\nclaimant A\nclaimant C\n", "text x\nclaimant B\nclaimant C\n");
	assert_merged(f, "text x\nclaimant A\n", "text x\nclaimant A\n", "text x\nclaimant B\n",
		      "text x\nclaimant B\n");
	/* equal values are told apart by their turn */
	assert_merged(f, "text x\ntag a\ntag a\n", "text x\ntag a\n",
		      "text x\ntag a\ntag a\ntag b\n", "text x\ntag a\ntag b\n");
}

static void test_order(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	assert_merged(f, "text x\ntag a\ntag b\n", "text x\ntag b\ntag a\n",
		      "text x\ntag a\ntag b\ntag c\n", "text x\ntag b\ntag a\ntag c\n");
	assert_merged(f, "text x\ntag a\ntag b\n", "text x\ntag a\ntag b\ntag c\n",
		      "text x\ntag b\ntag a\n", "text x\ntag b\ntag a\ntag c\n");
	assert_merged(f, "text x\ntag a\ntag b\n", "text x\ntag a\ntag b\n",
		      "text x\ntag b\ntag a\n", "text x\ntag b\ntag a\n");
}

/* Both replaced the same value, each by another one. */
static void test_sets_clash(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	const char *base = "text x\nclaimant A. Smith\nclaimant Z\n";
	struct annot_merged m = merge_over(f, &base, 1, "text x\nclaimant Anna Smith\nclaimant Z\n",
					   "text x\nclaimant Ana Smith\nclaimant Z\ntag new\n");
	assert_clashes(&m, "claimant A. Smith|Anna Smith|Ana Smith\n");
	assert_settled(f, m, "text x\nclaimant Anna Smith\nclaimant Z\ntag new\n",
		       "text x\nclaimant Z\nclaimant Ana Smith\ntag new\n");
}

static void test_targets(void **state)
{
	struct fixture *f = *state;
	/* one adds a place, the other moves the one that was there */
	assert_merged(f, WORDS DIRECT, WORDS TARGET(9, 13, "more") DIRECT,
		      TARGET(1, 6, "words") DIRECT,
		      TARGET(9, 13, "more") TARGET(1, 6, "words") DIRECT);
	/* both move it, to different places */
	const char *base = WORDS DIRECT;
	struct annot_merged m =
		merge_over(f, &base, 1, TARGET(1, 6, "wordS") DIRECT, TARGET(2, 7, "Words") DIRECT);
	assert_clashes(&m, "target words|wordS|Words\n");
	assert_settled(f, m, TARGET(1, 6, "wordS") DIRECT, TARGET(2, 7, "Words") DIRECT);
}

/* --- several bases, none, several heads --- */

static void test_criss_cross(void **state)
{
	struct fixture *f = *state;
	/* A clash was settled one way by one merge and the other way by another. Whichever base is
	 * taken, one of the two decisions would look like "nothing changed". */
	const char *bases[] = {WORDS "role a\n" DIRECT, WORDS "role b\n" DIRECT};
	struct annot_merged m =
		merge_over(f, bases, 2, WORDS "role a\n" DIRECT, WORDS "role b\n" DIRECT);
	assert_clashes(&m, "role |a|b\n");
	m = merge_over(f, bases, 2, WORDS "role a\n" DIRECT, WORDS "role a\nsaid 2020\n" DIRECT);
	assert_clashes(&m, "");
	assert_body(f, &m, WORDS "role a\nsaid 2020\n" DIRECT);
	f->kind = ANNOT_KIND_claim;
	const char *tags[] = {"text x\ntag all\ntag a\n", "text x\ntag all\ntag b\n"};
	/* Both took both additions over, and all is well; or one of them left one out. */
	m = merge_over(f, tags, 2, "text x\ntag all\ntag a\ntag b\n",
		       "text x\ntag a\ntag b\ntag new\n");
	assert_clashes(&m, "");
	assert_body(f, &m, "text x\ntag a\ntag b\ntag new\n");
	m = merge_over(f, tags, 2, "text x\ntag all\ntag a\ntag b\n", "text x\ntag all\ntag b\n");
	assert_clashes(&m, "tag |a|\n");
	assert_settled(f, m, "text x\ntag all\ntag a\ntag b\n", "text x\ntag all\ntag b\n");
	/* Texts of which the base is not known are not merged by words. */
	const char *texts[] = {"text one\n", "text two\n"};
	m = merge_over(f, texts, 2, "text one a\n", "text one b\n");
	assert_clashes(&m, "text |one a|one b\n");
	assert_null(m.clashes[0].words);
}

static void test_unknown_base(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	struct annot_merged m = merge_over(f, NULL, 0, "text x\ntag a\n", "text x\ntag a\n");
	assert_clashes(&m, "");
	m = merge_over(f, NULL, 0, "text x\ntag a\ntag b\n", "text y\ntag b\ntag c\n");
	assert_clashes(&m, "text |x|y\ntag |a|c\n");
	assert_settled(f, m, "text x\ntag a\ntag b\n", "text y\ntag b\ntag c\n");
}

/* A third head is merged into what the first two gave. */
static void test_three_heads(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	struct annot_merge_cards base = version(f, "text One two three.\ntag a\n");
	struct annot_merge_cards heads[] = {version(f, "text Uno two three.\ntag a\n"),
					    version(f, "text One due three.\ntag a\ntag b\n"),
					    version(f, "text One two tre.\n")};
	struct annot_merged m;
	assert_ok(annot_merge_versions(f->arena, &base, 1, &heads[0], &heads[1], &m, &test_error));
	assert_int_equal(m.n_clashes, 0);
	struct annot_merge_cards two = m.cards;
	assert_ok(annot_merge_versions(f->arena, &base, 1, &two, &heads[2], &m, &test_error));
	assert_int_equal(m.n_clashes, 0);
	assert_body(f, &m, "text Uno due tre.\ntag b\n");
}

/* A claim with some of the tags a … e, in any order, some twice. */
static const char *random_claim(struct fixture *f, uint64_t *seed)
{
	AUTO_BUF struct annot_buf body = ANNOT_BUF_INIT(4096);
	size_t n = random_below(seed, 6);
	annot_buf_puts(&body, "text x\n");
	for (size_t i = 0; i < n; i++)
		annot_buf_printf(&body, "tag %c\n", (char)('a' + random_below(seed, 5)));
	const char *copy = annot_arena_copy(f->arena, body.data, body.len);
	assert_non_null(copy);
	return copy;
}

/* A side that changed nothing gives way, equal sides stand; no tag is made up, and each that both
 * have is kept. */
static void test_random_sets(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 12;
	f->kind = ANNOT_KIND_claim;
	for (int round = 0; round < 1000; round++) {
		const char *base = random_claim(f, &seed), *a = random_claim(f, &seed),
			   *b = random_claim(f, &seed);
		assert_merged(f, base, a, base, a);
		assert_merged(f, base, base, b, b);
		assert_merged(f, base, a, a, a);
		struct annot_merged m = merge_over(f, &base, 1, a, b);
		for (int side = 0; side < 2; side++) {
			struct annot_merged s =
				settled(m, side ? ANNOT_MERGE_THEIRS : ANNOT_MERGE_OURS);
			AUTO_BUF struct annot_buf got = ANNOT_BUF_INIT(4096);
			write_body(f, &s.cards, &got);
			for (char tag = 'a'; tag <= 'e'; tag++) {
				const char line[] = {'\n', 't', 'a', 'g', ' ', tag, '\n', '\0'};
				bool in_a = strstr(a, line), in_b = strstr(b, line);
				bool in = strstr(got.data, line);
				assert_true(in_a || in_b || !in);
				assert_true(!in_a || !in_b || in);
			}
		}
		annot_arena_reset(f->arena);
	}
}

/* Every kind: with itself it is itself, and a side that changed gives its own cards. */
static void test_every_kind(void **state)
{
	struct fixture *f = *state;
	for (f->kind = 0; f->kind < ANNOT_KIND_COUNT; f->kind++) {
		const char *body = example_bodies[f->kind];
		struct annot_merged m = merge_over(f, &body, 1, body, body);
		struct annot_merge_cards cards = version(f, body);
		assert_int_equal(m.n_clashes, 0);
		for (size_t i = 0; i < cards.kind->n_cards; i++)
			assert_int_equal(m.cards.lists[i].n, cards.lists[i].n);
		annot_arena_reset(f->arena);
	}
}

/* --- bounds --- */

static void test_draft_bounds(void **state)
{
	struct fixture *f = *state;
	struct annot_merge_cards cards = version(f, WORDS DIRECT);
	struct annot_hash heads[ANNOT_PARENTS_MAX + 1] = {{{0}}};
	struct annot_draft *draft = NULL;
	for (size_t i = 0; i <= ANNOT_PARENTS_MAX; i++)
		heads[i].b[0] = (uint8_t)i;
	assert_status(annot_merge_draft(&cards, &heads[0], heads, ANNOT_PARENTS_MAX + 1, &draft,
					&test_error),
		      ANNOT_REFUSED);
	assert_null(draft);
	assert_ok(annot_merge_draft(&cards, &heads[0], heads, ANNOT_PARENTS_MAX, &draft,
				    &test_error));
	annot_draft_free(draft);
}

static void test_no_memory(void **state)
{
	struct fixture *f = *state;
	f->kind = ANNOT_KIND_claim;
	struct annot_merge_cards base = version(f, "text One two.\ntag a\n"),
				 ours = version(f, "text Uno two.\ntag b\n"),
				 theirs = version(f, "text Eins two.\ntag c\n");
	struct annot_merged m = {.n_clashes = 9};
	size_t max = 0;
	for (;; max += 64) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(max);
		if (annot_merge_versions(arena, &base, 1, &ours, &theirs, &m, &test_error) ==
		    ANNOT_OK)
			break;
		assert_int_equal(test_error.status, ANNOT_NO_MEMORY);
		assert_int_equal(m.n_clashes, 9);
	}
	assert_true(max > 512);
	assert_int_equal(m.n_clashes, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_values),       TEST(test_values_clash), TEST(test_texts),
		TEST(test_units),        TEST(test_sets),         TEST(test_order),
		TEST(test_sets_clash),   TEST(test_targets),      TEST(test_criss_cross),
		TEST(test_unknown_base), TEST(test_three_heads),  TEST(test_random_sets),
		TEST(test_every_kind),   TEST(test_draft_bounds), TEST(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
