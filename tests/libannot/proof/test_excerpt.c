/* Bundles with excerpts: words on every side of a chunk's border, and chunks that are not the
 * document's. */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "proof/excerpt.h"

enum { CHUNK = ANNOT_CHUNK_SIZE, LENGTH = 3 * CHUNK + 100 };

/* Characters of one to four bytes, so that borders of chunks cut through some. */
static char *long_text(void)
{
	static const char *const characters[] = {"a", "é", "“", "𝄞", "z", "\n", "日"};
	char *text = calloc(1, LENGTH + 8);
	size_t len = 0;

	for (size_t i = 0; len < LENGTH; i++) {
		const char *one = characters[(i * i + i / 3) % COUNT(characters)];

		memcpy(text + len, one, strlen(one));
		len += strlen(one);
	}
	return text;
}

static bool boundary(const char *text, size_t at)
{
	return ((uint8_t)text[at] & 0xC0) != 0x80;
}

static uint64_t next_boundary(const char *text, uint64_t at)
{
	while (!boundary(text, at))
		at++;
	return at;
}

/* Puts excerpts of a document in place of its source: the chunks first to last. */
static void show(struct test_corpus *c, struct annot_bundle *b, const struct test_entry *document,
		 uint64_t first, uint64_t last)
{
	uint64_t count = annot_chunk_count(document->content.len);
	bool *wanted = annot_arena_array(c->arena, count, sizeof(*wanted));
	struct annot_bytes *sections = annot_arena_array(c->arena, count, sizeof(*sections));

	memset(wanted, false, count);
	for (uint64_t i = first; i <= last; i++)
		wanted[i] = true;
	assert_ok(annot_chunk_sections(c->arena, &document->id, document->content, wanted, sections,
				       &b->n_excerpts, &test_error));
	b->excerpts = sections;
	b->n_sources = 0;
}

struct story {
	struct test_corpus *c;
	struct test_entry *document;
	struct annot_trust trust;
	char *text;
};

static struct story begin(void)
{
	struct story s = {.c = test_corpus_new(1, 1), .text = long_text()};
	struct test_key admin = test_key(1);

	s.document = test_put_document(s.c, &admin, "long", s.text);
	s.trust.corpus = s.c->id;
	return s;
}

static void end(struct story *s)
{
	free(s->text);
	test_corpus_free(s->c);
}

static struct test_entry *quote(struct story *s, uint64_t start, uint64_t stop)
{
	struct test_key admin = test_key(1);

	return test_put_as(s->c, &admin, test_quote(s->document, start, stop), ANNOT_EFFECTIVE);
}

static void test_borders(void **state)
{
	static const int64_t places[][2] = {
		{0, 1},
		{0, 40},
		{CHUNK - 40, CHUNK},
		{CHUNK, CHUNK + 40},
		{CHUNK - 5, CHUNK + 5},
		{CHUNK - 129, CHUNK - 127},
		{CHUNK + 127, 2 * CHUNK - 120},
		{10, 3 * CHUNK + 10},
		{3 * CHUNK + 1, LENGTH - 1},
		{3 * CHUNK - 3, 3 * CHUNK + 3},
		{2 * CHUNK + 500, 2 * CHUNK + 520},
	};
	struct story s = begin();

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		uint64_t start = next_boundary(s.text, (uint64_t)places[i][0]);
		uint64_t stop = next_boundary(s.text, (uint64_t)places[i][1]);
		struct test_entry *q = quote(&s, start, stop == start ? start + 1 : stop);
		struct annot_bundle b;
		const struct annot_report *r;
		uint64_t first, last;

		test_bundle(s.c, q, &b);
		annot_chunk_range(start, stop, s.document->content.len, &first, &last);
		show(s.c, &b, s.document, first, last);
		r = test_verify_bundle(s.c, &b, &s.trust);
		assert_verdict(r, ANNOT_VALID_UNWITNESSED);
		assert_says(r, "words", "1 of 1 targets stand in the source");
		assert_says(r, "words", "SHA-256 was not computed");
		/* One chunk too few on either side cannot be told from what was not sent. */
		for (int side = 0; side < 2 && last > first; side++) {
			show(s.c, &b, s.document, first + !side, last - side);
			r = test_verify_bundle(s.c, &b, &s.trust);
			assert_verdict(r, ANNOT_CANNOT_CHECK);
			assert_says(r, "words", "that part of the document's text");
		}
	}
	end(&s);
}

static void test_all_chunks(void **state)
{
	struct story s = begin();
	struct test_entry *q = quote(&s, 0, next_boundary(s.text, 40));
	struct annot_bundle b, again;
	struct annot_bytes file;

	(void)state;
	test_bundle(s.c, q, &b);
	show(s.c, &b, s.document, 0, annot_chunk_count(s.document->content.len) - 1);
	assert_verdict(test_verify_bundle(s.c, &b, &s.trust), ANNOT_VALID_UNWITNESSED);
	file = test_bundle_file(s.c, &b);
	assert_ok(annot_bundle_parse(s.c->arena, file, &again, &test_error));
	assert_int_equal(again.n_excerpts, 4);
	assert_int_equal(again.n_sources, 0);
	/* The document itself is not verified by pieces. */
	test_bundle(s.c, s.document, &b);
	show(s.c, &b, s.document, 0, 3);
	assert_verdict(test_verify_bundle(s.c, &b, &s.trust), ANNOT_CANNOT_CHECK);
	end(&s);
}

static void assert_refused(struct story *s, struct annot_bundle *b, struct annot_bytes section,
			   const char *words)
{
	const struct annot_report *r;

	b->excerpts = &section;
	b->n_excerpts = 1;
	r = test_verify_bundle(s->c, b, &s->trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "excerpt", words);
}

static struct annot_bytes edited(struct story *s, struct annot_bytes section, size_t at, char to)
{
	char *copy = annot_arena_copy(s->c->arena, section.data, section.len);

	assert_int_not_equal(copy[at], to);
	copy[at] = to;
	return annot_bytes(copy, section.len);
}

static void test_bad(void **state)
{
	struct story s = begin();
	struct annot_bundle b;
	struct annot_bytes good, twice[2];
	size_t head = strlen("document ") + ANNOT_HASH_HEX + 1;
	const struct annot_report *r;

	(void)state;
	test_bundle(s.c, quote(&s, CHUNK, next_boundary(s.text, CHUNK + 20)), &b);
	show(s.c, &b, s.document, 1, 1);
	good = b.excerpts[0];
	assert_refused(&s, &b, annot_bytes(good.data, 20), "expected a line \"document");
	assert_refused(&s, &b, annot_bytes(good.data, head), "expected a line \"chunk");
	assert_refused(&s, &b, annot_bytes(good.data, head + 8), "empty line behind the hashes");
	assert_refused(&s, &b, edited(&s, good, 9, 'x'), "expected a line \"document");
	assert_refused(&s, &b, edited(&s, good, 9, good.data[9] == 'a' ? 'b' : 'a'),
		       "no document in the bundle");
	assert_refused(&s, &b, edited(&s, good, head + 6, '0'), "");
	assert_refused(&s, &b, edited(&s, good, head + 6, '3'), "bytes, expected");
	assert_refused(&s, &b, edited(&s, good, head + 6, '9'), "no chunk 9");
	assert_refused(&s, &b, edited(&s, good, head + 20, good.data[head + 20] == 'A' ? 'B' : 'A'),
		       "");
	assert_refused(&s, &b, edited(&s, good, head + 20, '!'), "base64");
	assert_refused(&s, &b, edited(&s, good, head + 8 + 44, 'A'), "44 characters");
	assert_refused(&s, &b, edited(&s, good, good.len - 1, 1), "");
	assert_refused(&s, &b, annot_bytes(good.data, good.len - 1), "4095 bytes, expected 4096");
	/* A path that is too short, and the same chunk twice. */
	twice[0] = twice[1] = good;
	b.excerpts = twice;
	b.n_excerpts = 2;
	r = test_verify_bundle(s.c, &b, &s.trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "excerpt", "stands in the bundle twice");
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_all_chunks),
		cmocka_unit_test(test_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
