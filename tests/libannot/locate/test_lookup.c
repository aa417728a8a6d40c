/* The index against reading through all texts: what is guaranteed is found, and where. */
#include "index.h"
#include "locate/lookup.h"
#include "locate/wanted.h"

enum { TEXTS = 40, SEGMENTS = 3, WORK = 1 << 28 };

struct corpus {
	struct annot_buf texts[TEXTS], files[SEGMENTS];
	struct annot_segment segments[SEGMENTS];
	const struct annot_segment *list[SEGMENTS];
};

static struct corpus *new_corpus(uint64_t *seed)
{
	struct corpus *c = calloc(1, sizeof *c);
	struct annot_segment_builder *b = new_builder();
	assert_non_null(c);
	for (size_t i = 0; i < TEXTS; i++) {
		c->texts[i] = ANNOT_BUF_INIT(1 << 20);
		random_prose(seed, 200 + random_below(seed, 20000), 3000, &c->texts[i]);
	}
	for (size_t k = 0; k < SEGMENTS; k++) {
		for (size_t i = k; i < TEXTS; i += SEGMENTS)
			add_text(b, i, annot_buf_bytes(&c->texts[i]), 5000);
		c->segments[k] = write_segment(b, &c->files[k]);
		c->list[k] = &c->segments[k];
	}
	annot_segment_builder_free(b);
	return c;
}

static void free_corpus(struct corpus *c)
{
	for (size_t i = 0; i < TEXTS; i++)
		annot_buf_free(&c->texts[i]);
	for (size_t k = 0; k < SEGMENTS; k++)
		annot_buf_free(&c->files[k]);
	free(c);
}

static bool want_all(void *arg, uint64_t document)
{
	(void)arg;
	(void)document;
	return true;
}

static bool want_other(void *arg, uint64_t document)
{
	return document != *(const uint64_t *)arg;
}

static void look_up(struct corpus *c, struct annot_bytes words, uint64_t slack,
		    annot_lookup_wants wants, void *arg, struct annot_lookup *ret)
{
	size_t damaged;
	assert_ok(annot_lookup(c->list, SEGMENTS, words, slack, wants, arg, ret, &damaged,
			       &test_error));
	for (size_t i = 0; i < ret->n; i++) {
		const struct annot_candidate *a = &ret->candidates[i];
		assert_true(a->document < TEXTS && a->segment == a->document % SEGMENTS);
		assert_true(a->from <= a->to && a->to <= c->texts[a->document].len);
		assert_true(i == 0 || a->votes <= a[-1].votes);
	}
}

static bool names(const struct annot_lookup *l, uint64_t document, uint64_t at)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->candidates[i].document == document && l->candidates[i].from <= at &&
		    at < l->candidates[i].to)
			return true;
	return false;
}

/* Words cut out of a text, at least as long as is needed. */
static struct annot_bytes cut_out(struct corpus *c, uint64_t *seed, size_t *which, size_t *at,
				  size_t len)
{
	do
		*which = random_below(seed, TEXTS);
	while (c->texts[*which].len < len + 100);
	const struct annot_buf *text = &c->texts[*which];
	*at = random_below(seed, text->len - len);
	while (!annot_utf8_boundary(text->data, text->len, *at))
		++*at;
	size_t end = *at + len;
	while (!annot_utf8_boundary(text->data, text->len, end))
		end--;
	return annot_bytes(text->data + *at, end - *at);
}

static void test_verbatim(void **state)
{
	(void)state;
	uint64_t seed = 1234;
	struct corpus *c = new_corpus(&seed);
	AUTO_FREE struct annot_lookup *l = malloc(sizeof *l);
	assert_non_null(l);
	for (int i = 0; i < 400; i++) {
		size_t which, at;
		struct annot_bytes words =
			cut_out(c, &seed, &which, &at, 60 + random_below(&seed, 400));
		look_up(c, words, 50, want_all, NULL, l);
		assert_true(annot_lookup_suffices(l));
		assert_true(names(l, which, at));
		assert_int_equal(l->candidates[0].document, which);
		uint64_t other = which;
		look_up(c, words, 50, want_other, &other, l);
		assert_false(names(l, which, at));
	}
	look_up(c, annot_bytes_of("too short to be sure"), 50, want_all, NULL, l);
	assert_false(annot_lookup_suffices(l));
	look_up(c, annot_bytes_of("...  !!"), 50, want_all, NULL, l);
	assert_int_equal(l->n, 0);
	free_corpus(c);
}

/* One word in five replaced, put in or left out. */
static void alter(uint64_t *seed, struct annot_bytes words, struct annot_buf *ret)
{
	for (size_t at = 0, end; at < words.len; at = end) {
		const uint8_t *space = memchr(words.data + at, ' ', words.len - at);
		end = space ? (size_t)(space - words.data) + 1 : words.len;
		size_t how = random_below(seed, 15);
		if (how == 0 || how == 1)
			random_prose(seed, ret->len + 4, 3000, ret);
		if (how != 1 && how != 2)
			annot_buf_add(ret, words.data + at, end - at);
	}
}

struct best {
	size_t n, start;
	unsigned score;
};

static bool take_best(void *data, const struct annot_found *place)
{
	struct best *b = data;
	b->n++;
	if (place->score > b->score) {
		b->score = place->score;
		b->start = place->start;
	}
	return true;
}

/* Altered words: nearly always the index names a stretch in which the best place of all texts
 * begins. */
static void test_altered(void **state)
{
	(void)state;
	enum { QUOTES = 150 };
	uint64_t seed = 4321;
	struct corpus *c = new_corpus(&seed);
	AUTO_FREE struct annot_lookup *l = malloc(sizeof *l);
	size_t found = 0;
	assert_non_null(l);
	for (int i = 0; i < QUOTES; i++) {
		AUTO_BUF struct annot_buf altered = ANNOT_BUF_INIT(1 << 16);
		struct annot_wanted *w;
		size_t which, at, work = WORK;
		struct best best = {0};
		bool cut;
		alter(&seed, cut_out(c, &seed, &which, &at, 220), &altered);
		assert_ok(annot_wanted_new(annot_buf_bytes(&altered), 400, &w, &test_error));
		assert_ok(annot_wanted_find(w, annot_buf_bytes(&c->texts[which]), &work, &cut,
					    take_best, &best, &test_error));
		look_up(c, annot_buf_bytes(&altered), annot_wanted_slack(w), want_all, NULL, l);
		found += best.n == 0 || names(l, which, best.start);
		annot_wanted_free(w);
	}
	if (found < QUOTES * 97 / 100)
		fail_msg("%zu of %d found", found, QUOTES);
	free_corpus(c);
}

/* Words that are nearly everywhere are known to be so. */
static void test_everywhere(void **state)
{
	(void)state;
	enum { LEN = 1 << 20 };
	struct annot_segment_builder *b = new_builder();
	struct annot_buf file;
	AUTO_FREE char *text = malloc(LEN);
	AUTO_FREE struct annot_lookup *l = malloc(sizeof *l);
	size_t damaged;
	assert_true(text && l);
	memset(text, 'a', LEN);
	for (uint64_t i = 0; i < 3; i++)
		add_text(b, i, annot_bytes(text, LEN), LEN);
	struct annot_segment s = write_segment(b, &file);
	const struct annot_segment *list[] = {&s};
	assert_ok(annot_lookup(list, 1, annot_bytes(text, 200), 80, want_all, NULL, l, &damaged,
			       &test_error));
	assert_false(annot_lookup_suffices(l));
	annot_buf_free(&file);
	annot_segment_builder_free(b);
}

static void test_damaged(void **state)
{
	(void)state;
	uint64_t seed = 77;
	struct corpus *c = new_corpus(&seed);
	AUTO_FREE struct annot_lookup *l = malloc(sizeof *l);
	size_t which, at, damaged = 0;
	assert_non_null(l);
	struct annot_bytes words = cut_out(c, &seed, &which, &at, 300);
	struct annot_buf *file = &c->files[1];
	memset(file->data + (c->segments[1].buckets - c->segments[1].bytes.data), 0x55,
	       c->segments[1].buckets_len);
	assert_status(annot_lookup(c->list, SEGMENTS, words, 50, want_all, NULL, l, &damaged,
				   &test_error),
		      ANNOT_INVALID);
	assert_int_equal(damaged, 1);
	free_corpus(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verbatim),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
