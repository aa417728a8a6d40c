/* Segments: what was put in comes out, merged or not; nothing damaged is believed. */
#include "index.h"

enum { DOCUMENTS = 12, WORDS = 300 };

struct text {
	struct annot_buf buf;
	struct annot_gram_list list;
};

static void new_texts(struct text texts[DOCUMENTS])
{
	uint64_t seed = 99;
	struct annot_grams *grams;
	assert_ok(annot_grams_new(&grams, &test_error));
	for (size_t i = 0; i < DOCUMENTS; i++) {
		texts[i] = (struct text){.buf = ANNOT_BUF_INIT(1 << 24)};
		/* One is empty, one too short for a fingerprint, some have marks. */
		if (i > 0)
			random_prose(&seed, i == 1 ? 1 : random_below(&seed, 40000), WORDS,
				     &texts[i].buf);
		annot_grams_begin(grams, false);
		assert_ok(annot_grams_add(grams, annot_buf_bytes(&texts[i].buf), &texts[i].list,
					  &test_error));
		assert_ok(annot_grams_end(grams, &texts[i].list, &test_error));
	}
	annot_grams_free(grams);
}

static void free_texts(struct text texts[DOCUMENTS])
{
	for (size_t i = 0; i < DOCUMENTS; i++) {
		annot_buf_free(&texts[i].buf);
		free(texts[i].list.items);
	}
}

static struct annot_segment build(const struct text *texts, size_t from, size_t to,
				  struct annot_buf *ret)
{
	struct annot_segment_builder *b = new_builder();
	for (size_t i = from; i < to; i++)
		add_text(b, 100 + i, annot_buf_bytes(&texts[i].buf), 777);
	struct annot_segment s = write_segment(b, ret);
	annot_segment_builder_free(b);
	assert_int_equal(s.n_documents, to - from);
	return s;
}

/* Whether the segment has that fingerprint of that document. */
static bool finds(const struct annot_segment *s, uint64_t index, const struct annot_gram *gram)
{
	static uint32_t positions[ANNOT_SEGMENT_FREQUENT];
	struct annot_segment_group group = {.positions = positions};
	assert_ok(annot_segment_find(s, gram->hash, &group, &test_error));
	for (uint64_t i = 0; i < group.count; i++) {
		size_t n = annot_segment_document_at(s, positions[i]);
		assert_true(i == 0 || positions[i] > positions[i - 1]);
		if (n == s->n_documents)
			continue;
		struct annot_segment_document d = annot_segment_document(s, n);
		if (d.index == index &&
		    positions[i] == d.base + gram->offset / ANNOT_SEGMENT_GRANULE)
			return true;
	}
	return false;
}

static void assert_has(const struct annot_segment *s, const struct text *texts, size_t which,
		       bool all)
{
	for (size_t i = 0; i < texts[which].list.n; i++)
		if (finds(s, 100 + which, &texts[which].list.items[i]) != all)
			fail_msg("fingerprint %zu of text %zu is %s", i, which,
				 all ? "missing" : "there");
}

static void assert_marks(const struct annot_segment *s, const struct text *texts)
{
	for (size_t n = 0; n < s->n_documents; n++) {
		struct annot_segment_document d = annot_segment_document(s, n);
		const struct annot_buf *text = &texts[d.index - 100].buf;
		assert_int_equal(d.length, text->len);
		assert_int_equal(d.record[0], (uint8_t)d.index);
		for (uint64_t at = 0; at <= text->len; at += 5000) {
			uint64_t mark, chars = annot_segment_chars(s, &d, at, &mark);
			assert_true(mark <= at && at - mark < ANNOT_SEGMENT_MARK);
			assert_int_equal(chars, annot_utf8_chars(text->data, mark));
		}
	}
}

static void test_round_trip(void **state)
{
	(void)state;
	struct text texts[DOCUMENTS];
	struct annot_buf buf;
	new_texts(texts);
	struct annot_segment s = build(texts, 0, DOCUMENTS, &buf);
	assert_ok(annot_segment_check(&s, &test_error));
	for (size_t i = 0; i < DOCUMENTS; i++)
		assert_has(&s, texts, i, true);
	assert_marks(&s, texts);
	struct annot_segment_group group = {.positions = (uint32_t[ANNOT_SEGMENT_FREQUENT]){0}};
	size_t absent = 0;
	for (uint32_t hash = 0; hash < 1000; hash++) {
		assert_ok(annot_segment_find(&s, hash << 18 | 4711, &group, &test_error));
		absent += group.count == 0;
	}
	assert_true(absent > 900);
	annot_buf_free(&buf);
	free_texts(texts);
}

static bool is_dropped(void *arg, uint64_t index)
{
	return index == *(const uint64_t *)arg;
}

static void test_merge(void **state)
{
	(void)state;
	struct text texts[DOCUMENTS];
	struct annot_buf parts[3], whole = ANNOT_BUF_INIT(64 << 20), again = whole;
	struct annot_segment s[3], merged, less;
	const struct annot_segment *inputs[] = {&s[0], &s[1], &s[2]}, *one[] = {&merged};
	uint64_t dropped = 105;
	new_texts(texts);
	for (size_t i = 0; i < 3; i++)
		s[i] = build(texts, i * 4, i * 4 + 4, &parts[i]);
	struct annot_segment_sink sink = annot_segment_in(&whole);
	assert_ok(annot_segment_merge(inputs, 3, NULL, NULL, &sink, &test_error));
	assert_ok(
		annot_segment_open(annot_buf_bytes(&whole), &test_corpus_id, &merged, &test_error));
	assert_ok(annot_segment_check(&merged, &test_error));
	assert_int_equal(merged.text, s[0].text + s[1].text + s[2].text);
	for (size_t i = 0; i < DOCUMENTS; i++)
		assert_has(&merged, texts, i, true);
	assert_marks(&merged, texts);
	/* What is taken away is gone; the rest is there. */
	sink = annot_segment_in(&again);
	assert_ok(annot_segment_merge(one, 1, is_dropped, &dropped, &sink, &test_error));
	assert_ok(annot_segment_open(annot_buf_bytes(&again), &test_corpus_id, &less, &test_error));
	assert_int_equal(less.n_documents, DOCUMENTS - 1);
	assert_true(less.n_postings < merged.n_postings);
	for (size_t i = 0; i < DOCUMENTS; i++)
		assert_has(&less, texts, i, i != 5);
	assert_marks(&less, texts);
	for (size_t i = 0; i < 3; i++)
		annot_buf_free(&parts[i]);
	annot_buf_free(&whole);
	annot_buf_free(&again);
	free_texts(texts);
}

/* A fingerprint that is everywhere finds nothing, and its positions take no room. */
static void test_frequent(void **state)
{
	(void)state;
	enum { LEN = 3 << 20 };
	struct annot_buf one, two, both = ANNOT_BUF_INIT(64 << 20);
	AUTO_FREE char *text = malloc(LEN);
	struct annot_segment_builder *b = new_builder();
	struct annot_grams *grams;
	struct annot_gram_list list = {0};
	struct annot_segment merged;
	assert_non_null(text);
	memset(text, 'a', LEN);
	add_text(b, 1, annot_bytes(text, LEN), 1 << 20);
	struct annot_segment s = write_segment(b, &one);
	add_text(b, 2, annot_bytes(text, 1000), 1000);
	struct annot_segment t = write_segment(b, &two);
	const struct annot_segment *inputs[] = {&s, &t};
	struct annot_segment_sink sink = annot_segment_in(&both);
	assert_ok(annot_segment_merge(inputs, 2, NULL, NULL, &sink, &test_error));
	assert_ok(
		annot_segment_open(annot_buf_bytes(&both), &test_corpus_id, &merged, &test_error));
	assert_ok(annot_grams_new(&grams, &test_error));
	annot_grams_begin(grams, true);
	assert_ok(annot_grams_add(grams, annot_bytes(text, 12), &list, &test_error));
	struct annot_segment_group group = {.positions = (uint32_t[ANNOT_SEGMENT_FREQUENT]){0}};
	assert_ok(annot_segment_find(&s, list.items[0].hash, &group, &test_error));
	assert_true(group.count > ANNOT_SEGMENT_FREQUENT);
	assert_ok(annot_segment_find(&merged, list.items[0].hash, &group, &test_error));
	assert_true(group.count > ANNOT_SEGMENT_FREQUENT);
	assert_ok(annot_segment_find(&t, list.items[0].hash, &group, &test_error));
	assert_in_range(group.count, 15, 17); /* one a granule */
	assert_true(one.len < LEN / 50);
	annot_buf_free(&one);
	annot_buf_free(&two);
	annot_buf_free(&both);
	free(list.items);
	annot_grams_free(grams);
	annot_segment_builder_free(b);
}

/* Opened, checked and asked for everything: either refused, or as before. */
static bool survives(struct annot_bytes bytes, const struct text *texts)
{
	static uint32_t positions[ANNOT_SEGMENT_FREQUENT];
	struct annot_segment s;
	struct annot_segment_group group = {.positions = positions};
	if (annot_segment_open(bytes, &test_corpus_id, &s, &test_error) != ANNOT_OK)
		return false;
	bool good = annot_segment_check(&s, &test_error) == ANNOT_OK;
	for (size_t i = 0; i < texts[2].list.n; i += 50)
		if (annot_segment_find(&s, texts[2].list.items[i].hash, &group, &test_error) !=
		    ANNOT_OK)
			assert_false(good);
	struct annot_segment_cursor cursor;
	annot_segment_walk(&s, &cursor);
	for (bool there = true; there;)
		if (annot_segment_next(&cursor, &group, &there, &test_error) != ANNOT_OK) {
			assert_false(good);
			break;
		}
	return good;
}

static void test_damage(void **state)
{
	(void)state;
	struct text texts[DOCUMENTS];
	struct annot_buf buf;
	uint64_t seed = 5;
	new_texts(texts);
	build(texts, 2, 4, &buf);
	assert_true(survives(annot_buf_bytes(&buf), texts));
	/* Any bit, somewhere */
	for (int i = 0; i < 400; i++) {
		size_t bit = random_below(&seed, (buf.len - 8) * 8);
		buf.data[bit / 8] = (char)(buf.data[bit / 8] ^ 1 << bit % 8);
		if (survives(annot_buf_bytes(&buf), texts))
			fail_msg("bit %zu of %zu bytes does not matter", bit, buf.len);
		buf.data[bit / 8] = (char)(buf.data[bit / 8] ^ 1 << bit % 8);
	}
	/* Cut off, or longer */
	for (size_t len = 0; len < buf.len; len += 1 + buf.len / 300) {
		AUTO_FREE char *torn = malloc(len + 1);
		assert_non_null(torn);
		memcpy(torn, buf.data, len);
		assert_false(survives(annot_bytes(torn, len), texts));
	}
	/* Of another corpus */
	struct annot_segment s;
	struct annot_hash other = {{7}};
	assert_status(annot_segment_open(annot_buf_bytes(&buf), &other, &s, &test_error),
		      ANNOT_INVALID);
	assert_error_says("of another corpus");
	annot_buf_free(&buf);
	free_texts(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_frequent),
		cmocka_unit_test(test_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
