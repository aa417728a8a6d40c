/* Records that are well formed: what is read from them, and that they are written again as they
 * were. */
#include "assert.h"
#include "base/encode.h"
#include "base/hash.h"
#include "examples.h"

static const struct annot_record *parse(struct annot_arena *arena, struct annot_bytes bytes)
{
	const struct annot_record *r = NULL;
	assert_ok(annot_record_parse(arena, bytes, &r, &test_error));
	return r;
}

static void check_round_trip(enum annot_kind kind, bool later)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 22);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	example(kind, later, &text);
	const struct annot_record *r = parse(arena, annot_buf_bytes(&text)), *built;
	struct annot_hash id = annot_sha256(text.data, text.len);
	assert_int_equal(r->kind->kind, kind);
	assert_memory_equal(r->id.b, id.b, sizeof(id.b));
	assert_int_equal(r->bytes.len, text.len);
	assert_memory_equal(r->bytes.data, text.data, text.len);

	struct annot_draft *d = example_draft(r);
	struct annot_draft_header header = example_header(r);
	assert_non_null(d);
	assert_ok(annot_draft_build(d, &header, arena, &again, &built, &test_error));
	assert_int_equal(built->n_cards, r->n_cards);
	if (later) { /* a version that replaces the example */
		assert_memory_equal(built->annotation.b, r->annotation.b, sizeof(id.b));
		assert_int_equal(built->n_parents, 1);
		assert_memory_equal(built->parents[0].b, r->id.b, sizeof(id.b));
	} else {
		assert_string_equal(again.data, text.data);
		assert_memory_equal(built->id.b, r->id.b, sizeof(id.b));
	}
	annot_draft_free(d);
}

static void every_kind_round_trips(void **state)
{
	(void)state;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		check_round_trip((enum annot_kind)kind, false);
		check_round_trip((enum annot_kind)kind, true);
	}
}

/* The examples hold every card, so that the tests that walk over them leave none out. */
static void examples_hold_every_card(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 22);
	(void)state;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		example((enum annot_kind)kind, false, &text);
		const struct annot_record *r = parse(arena, annot_buf_bytes(&text));
		for (size_t i = 0; i < r->kind->n_cards; i++)
			if (!annot_record_card(r, r->kind->cards[i].name))
				fail_msg("the example of %s lacks %s", r->kind->name,
					 r->kind->cards[i].name);
	}
}

static void header_is_read(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_BUF struct annot_buf genesis = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	(void)state;
	example(ANNOT_KIND_quote, true, &text);
	const struct annot_record *r = parse(arena, annot_buf_bytes(&text));
	assert_false(r->genesis || r->first);
	assert_string_equal(annot_hash_hex(&r->corpus).text, HEX("9"));
	assert_string_equal(annot_hash_hex(&r->annotation).text, HEX("8"));
	assert_int_equal(r->n_parents, 2);
	assert_string_equal(annot_hash_hex(&r->parents[1]).text, HEX("5"));
	assert_string_equal(annot_hash_hex(&r->author).text, AUTHOR_HEX);
	assert_string_equal(r->time, "2026-11-22T23:59:59Z");
	assert_int_equal(r->time_s, 1795391999);
	assert_int_equal(r->seen.size, 12);
	assert_string_equal(annot_hash_hex(&r->seen.root).text, HEX("6"));
	assert_string_equal(annot_hash_hex(&r->seen.note).text, HEX("7"));
	assert_int_equal(r->nonce[15], 15);

	example(ANNOT_KIND_corpus, false, &genesis);
	r = parse(arena, annot_buf_bytes(&genesis));
	assert_true(r->genesis && r->first);
	assert_memory_equal(r->corpus.b, r->id.b, ANNOT_HASH_SIZE);
	assert_memory_equal(r->annotation.b, r->id.b, ANNOT_HASH_SIZE);
	assert_int_equal(r->seen.size, 0);
	assert_true(annot_hash_is_zero(&r->seen.root));
}

static void cards_are_read(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_BUF struct annot_buf corpus = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_target t;
	(void)state;
	example(ANNOT_KIND_quote, false, &text);
	const struct annot_record *r = parse(arena, annot_buf_bytes(&text));
	const struct annot_card *c = annot_record_card(r, "speaker");
	assert_string_equal(c->text, "A. Speaker");
	c = annot_record_card_next(r, c);
	assert_string_equal(c->text, "B. Speaker");
	assert_null(annot_record_card_next(r, c));
	assert_null(annot_record_card(r, "rating"));
	assert_null(annot_record_text(r, "rating"));
	assert_null(annot_record_on(r));
	assert_string_equal(annot_record_text(r, "imported-author"), "Someone\u200b Else");
	assert_int_equal(annot_record_targets(r), 2);
	assert_true(annot_record_target(r, 0, &t));
	assert_int_equal(t.start, 3);
	assert_int_equal(t.end, 11);
	assert_string_equal(t.exact->text, "Cafe\u0301 a");
	assert_string_equal(t.suffix->text, ", he said.\n");
	assert_true(annot_record_target(r, 1, &t));
	assert_string_equal(annot_hash_hex(&t.document).text, HEX("d"));
	assert_string_equal(t.prefix->text, "");
	assert_int_equal(t.suffix->len, 0);
	assert_false(annot_record_target(r, 2, &t));

	example(ANNOT_KIND_corpus, false, &corpus);
	r = parse(arena, annot_buf_bytes(&corpus));
	c = annot_record_card(r, "admin");
	assert_string_equal(annot_hash_hex(&c->hash).text, AUTHOR_HEX);
	assert_int_equal(c->key[0], 0x03);
	assert_int_equal(annot_record_card(r, "log")->key[0], 0x29);
	assert_int_equal(annot_record_card(r, "threshold")->start, 1);
	c = annot_record_card_next(r, annot_record_card(r, "approvals"));
	assert_string_equal(c->text, "verdict 2");
	assert_int_equal(c->start, 2);
}

static void on_is_on_or_from(void **state)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	(void)state;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		example((enum annot_kind)kind, false, &text);
		const struct annot_record *r = parse(arena, annot_buf_bytes(&text));
		const struct annot_hash *on = annot_record_on(r);
		bool has = strstr(text.data, "\non ") || strstr(text.data, "\nfrom ");
		assert_int_equal(on != NULL, has);
		if (on)
			assert_string_equal(annot_hash_hex(on).text, HEX("a"));
	}
}

/* What is accepted has one spelling: any change of a byte is refused, or is written again as it is.
 */
static void no_byte_can_be_changed_unseen(void **state)
{
	static const char changes[] = {0x00, 0x01, 0x20, 0x40};
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		example((enum annot_kind)kind, false, &text);
		for (size_t i = 0; i < text.len * COUNT(changes); i++) {
			const struct annot_record *r, *built;
			char *byte = &text.data[i / COUNT(changes)], kept = *byte;
			*byte = changes[i % COUNT(changes)] ? (char)(kept ^ changes[i % 4]) : '\0';
			annot_arena_reset(arena);
			if (annot_record_parse(arena, annot_buf_bytes(&text), &r, NULL) ==
				    ANNOT_OK &&
			    r->first) {
				AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
				struct annot_draft *d = example_draft(r);
				struct annot_draft_header header = example_header(r);
				assert_non_null(d);
				assert_ok(annot_draft_build(d, &header, arena, &again, &built,
							    &test_error));
				assert_int_equal(again.len, text.len);
				assert_memory_equal(again.data, text.data, text.len);
				annot_draft_free(d);
			}
			*byte = kept;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_round_trips),
		cmocka_unit_test(examples_hold_every_card),
		cmocka_unit_test(header_is_read),
		cmocka_unit_test(cards_are_read),
		cmocka_unit_test(on_is_on_or_from),
		cmocka_unit_test(no_byte_can_be_changed_unseen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
