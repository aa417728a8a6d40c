/* Leaf lines: their bytes, and that nothing else is one. */
#include "assert.h"

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "log/leaf.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define E "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"

static enum annot_status parse(const char *line, struct annot_leaf *ret)
{
	return annot_leaf_parse(annot_bytes_of(line), ret, &test_error);
}

static struct annot_hash filled(uint8_t byte)
{
	struct annot_hash h;
	memset(h.b, byte, sizeof h.b);
	return h;
}

static void round_trips(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"annot-leaf/v1 claim " A " - - " B " " A " " C "\n",
		"annot-leaf/v1 claim " A " " B " - " C " " D " " E "\n",
		"annot-leaf/v1 quote " A " " A "," B " - " C " " D " " E "\n",
		"annot-leaf/v1 review " A " - " B " " C " " A " " E "\n",
		"annot-leaf/v1 link " A " " B " " C " " C " " D " " E "\n",
		"annot-leaf/v1 key-revoke " A " - " B " " C " " A " " E "\n",
		"annot-leaf/v1 corpus " A " - - " C " " A " " E "\n",
	};
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct annot_leaf leaf;
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		assert_ok(parse(lines[i], &leaf));
		annot_leaf_write(&leaf, &b);
		assert_string_equal(b.data, lines[i]);
	}
	struct annot_leaf leaf;
	assert_ok(parse(lines[4], &leaf));
	struct annot_hash expected[] = {filled(0xaa), filled(0xbb), filled(0xcc), filled(0xdd),
					filled(0xee)};
	assert_int_equal(leaf.kind, ANNOT_KIND_link);
	assert_true(annot_hash_equal(&leaf.annotation, &expected[0]));
	assert_int_equal(leaf.n_parents, 1);
	assert_true(annot_hash_equal(&leaf.parents[0], &expected[1]));
	assert_true(leaf.has_on);
	assert_true(annot_hash_equal(&leaf.on, &expected[2]));
	assert_true(annot_hash_equal(&leaf.author, &expected[2]));
	assert_true(annot_hash_equal(&leaf.record, &expected[3]));
	assert_true(annot_hash_equal(&leaf.signature, &expected[4]));
}

/* Every kind says whether it is about a record, and a leaf of it takes only that. */
static void knows_each_kind(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		const struct annot_kind_def *def = annot_kind_def(kind);
		bool has_on = annot_card_def_find(def, "on", 2) || kind == ANNOT_KIND_link;
		struct annot_leaf leaf;
		char line[ANNOT_LEAF_MAX];
		for (int on = 0; on <= 1; on++) {
			snprintf(line, sizeof line,
				 "annot-leaf/v1 %s " A " - %s " B " " A " " C "\n", def->name,
				 on ? D : "-");
			assert_status(parse(line, &leaf), has_on == on ? ANNOT_OK : ANNOT_INVALID);
		}
	}
}

static void says_which_field_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *says;
	} cases[] = {
		{"", "0 bytes"},
		{"\n", "kind"},
		{"annot-leaf/v1 claim " A " - - " B " " A " " C, "line feed"},
		{"annot-leaf/v2 claim " A " - - " B " " A " " C "\n", "header"},
		{"annot-leaf/v1  claim " A " - - " B " " A " " C "\n", "kind"},
		{" annot-leaf/v1 claim " A " - - " B " " A " " C "\n", "header"},
		{"annot-leaf/v1 claims " A " - - " B " " A " " C "\n", "kind"},
		{"annot-leaf/v1 Claim " A " - - " B " " A " " C "\n", "kind"},
		{"annot-leaf/v1 key_add " A " - - " B " " A " " C "\n", "kind"},
		{"annot-leaf/v1 claim - - - " B " " A " " C "\n", "annotation"},
		{"annot-leaf/v1 claim A" A " - - " B " " A " " C "\n", "annotation"},
		{"annot-leaf/v1 claim "
		 "AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
		 "- - " B " " A " " C "\n",
		 "annotation"},
		{"annot-leaf/v1 claim " A "  - " B " " A " " C "\n", "parents"},
		{"annot-leaf/v1 claim " A " -, - " B " " D " " C "\n", "parents"},
		{"annot-leaf/v1 claim " A " " B ", - " C " " D " " E "\n", "parents"},
		{"annot-leaf/v1 claim " A " ," B " - " C " " D " " E "\n", "parents"},
		{"annot-leaf/v1 claim " A " " B ";" C " - " C " " D " " E "\n", "parents"},
		{"annot-leaf/v1 claim " A " " B "b - " C " " D " " E "\n", "parents"},
		{"annot-leaf/v1 claim " A " " B "," B " - " C " " D " " E "\n", "ascending"},
		{"annot-leaf/v1 claim " A " " C "," B " - " C " " D " " E "\n", "ascending"},
		{"annot-leaf/v1 claim " A " - " D " " B " " A " " C "\n", "on: expected -"},
		{"annot-leaf/v1 review " A " - - " B " " A " " C "\n", "on: expected a hash"},
		{"annot-leaf/v1 review " A " - x " B " " A " " C "\n", "on: expected 64"},
		{"annot-leaf/v1 claim " A " - - - " A " " C "\n", "author"},
		{"annot-leaf/v1 claim " A " - - " B " - " C "\n", "record"},
		{"annot-leaf/v1 claim " A " - - " B " " A "\n", "signature"},
		{"annot-leaf/v1 claim " A " - - " B " " A " \n", "signature"},
		{"annot-leaf/v1 claim " A " - - " B " " A " " C " \n", "signature"},
		{"annot-leaf/v1 claim " A " - - " B " " A " " C "\n\n", "signature"},
		{"annot-leaf/v1 claim " A " - - " B " " A " " C " " D "\n", "signature"},
		{"annot-leaf/v1 claim " A " - - " B " " A " " C "\r\n", "signature"},
		/* a later version without parents, a first one with them */
		{"annot-leaf/v1 claim " A " - - " B " " D " " C "\n", "first version"},
		{"annot-leaf/v1 claim " A " " B " - " C " " A " " E "\n", "first version"},
	};
	struct annot_leaf leaf = {.n_parents = 77};
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(parse(cases[i].line, &leaf), ANNOT_INVALID);
		assert_error_says(cases[i].says);
		assert_int_equal(leaf.n_parents, 77);
	}
	assert_status(annot_leaf_parse(annot_bytes(NULL, 0), &leaf, &test_error), ANNOT_INVALID);
}

static void bounds_parents(void **state)
{
	(void)state;
	for (size_t n = ANNOT_PARENTS_MAX; n <= ANNOT_PARENTS_MAX + 1; n++) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_LEAF_MAX);
		AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		struct annot_leaf leaf;
		annot_buf_puts(&b, "annot-leaf/v1 claim " A " ");
		for (size_t i = 0; i < n; i++) {
			struct annot_hash parent = filled((uint8_t)(0x10 + i));
			annot_buf_puts(&b, i ? "," : "");
			annot_buf_hex(&b, parent.b, sizeof parent.b);
		}
		annot_buf_puts(&b, " - " C " " D " " E "\n");
		if (n > ANNOT_PARENTS_MAX) {
			assert_status(parse(b.data, &leaf), ANNOT_INVALID);
			assert_error_says("at most 8");
			continue;
		}
		assert_ok(parse(b.data, &leaf));
		assert_int_equal(leaf.n_parents, n);
		annot_leaf_write(&leaf, &again);
		assert_ok(annot_buf_check(&again, "leaf", &test_error));
		assert_string_equal(again.data, b.data);
	}
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_LEAF_MAX);
	struct annot_leaf leaf;
	for (size_t i = 0; i < ANNOT_LEAF_MAX; i++)
		annot_buf_putc(&b, 'a');
	annot_buf_putc(&b, '\n');
	assert_status(parse(b.data, &leaf), ANNOT_INVALID);
	assert_error_says("2049 bytes");
}

static void is_made_of_a_record(void **state)
{
	(void)state;
	const struct annot_kind_def *review = annot_kind_def(ANNOT_KIND_review);
	struct annot_card on = {.def = annot_card_def_find(review, "on", 2),
				.text = B,
				.len = 64,
				.hash = filled(0xbb)};
	struct annot_record r = {
		.id = filled(0xaa),
		.kind = review,
		.first = true,
		.annotation = filled(0xaa),
		.author = filled(0xcc),
		.cards = &on,
		.n_cards = 1,
	};
	uint8_t signature[ANNOT_SIGNATURE_SIZE] = {1, 2, 3};
	struct annot_hash sum = annot_sha256(signature, sizeof signature);
	struct annot_leaf leaf;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	AUTO_BUF struct annot_buf expected = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	assert_non_null(on.def);
	annot_leaf_of(&r, signature, &leaf);
	annot_leaf_write(&leaf, &b);
	annot_buf_printf(&expected, "annot-leaf/v1 review " A " - " B " " C " " A " %s\n",
			 annot_hash_hex(&sum).text);
	assert_string_equal(b.data, expected.data);

	r.kind = annot_kind_def(ANNOT_KIND_claim);
	r.n_cards = 0;
	r.first = false;
	r.id = filled(0xee);
	r.n_parents = 2;
	r.parents[0] = filled(0xaa);
	r.parents[1] = filled(0xdd);
	annot_leaf_of(&r, signature, &leaf);
	annot_buf_truncate(&b, 0);
	annot_leaf_write(&leaf, &b);
	annot_buf_truncate(&expected, 0);
	annot_buf_printf(&expected, "annot-leaf/v1 claim " A " " A "," D " - " C " " E " %s\n",
			 annot_hash_hex(&sum).text);
	assert_string_equal(b.data, expected.data);
	assert_ok(annot_leaf_parse(annot_buf_bytes(&b), &leaf, &test_error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(knows_each_kind),
		cmocka_unit_test(says_which_field_is_wrong),
		cmocka_unit_test(bounds_parents),
		cmocka_unit_test(is_made_of_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
