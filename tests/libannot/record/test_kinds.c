/* The tables of proto/records.def. */
#include "assert.h"
#include "base/auto.h"
#include "record/record.h"

static void kinds_are_found_by_name(void **state)
{
	(void)state;
	for (int i = 0; i < ANNOT_KIND_COUNT; i++) {
		const struct annot_kind_def *def = annot_kind_def((enum annot_kind)i);
		assert_int_equal(def->kind, i);
		assert_ptr_equal(annot_kind_find(def->name, strlen(def->name)), def);
		assert_null(annot_kind_find(def->name, strlen(def->name) - 1));
		assert_true(def->n_cards > 0);
		assert_true(strlen(def->doc) > 0);
	}
	assert_null(annot_kind_find("", 0));
	assert_null(annot_kind_find("quotes", 6));
}

/* Each card stands once in its table, groups are whole, and lists name what there is. */
static void tables_agree_in_themselves(void **state)
{
	static const char *const group[] = {"target", "exact", "prefix", "suffix"};
	(void)state;
	for (int i = 0; i < ANNOT_KIND_COUNT; i++) {
		const struct annot_kind_def *def = annot_kind_def((enum annot_kind)i);
		unsigned most = 0;
		for (size_t j = 0; j < def->n_cards; j++) {
			const struct annot_card_def *c = &def->cards[j];
			assert_ptr_equal(annot_card_def_find(def, c->name, strlen(c->name)), c);
			assert_true(c->min <= c->max && c->max > 0);
			most += c->max * (c->type == ANNOT_CARD_TARGET ? 4 : !c->in_group);
			if (c->type == ANNOT_CARD_TARGET) {
				assert_true(j + 3 < def->n_cards);
				for (size_t k = 0; k < 4; k++) {
					assert_string_equal(c[k].name, group[k]);
					assert_int_equal(c[k].in_group, k > 0);
				}
			}
			bool listed = c->type == ANNOT_CARD_WORD || c->type == ANNOT_CARD_REF;
			assert_int_equal(c->values != NULL, listed);
			if (c->type == ANNOT_CARD_TEXT)
				assert_in_range(c->longest, 1, ANNOT_RECORD_MAX - 1);
		}
		assert_in_range(most, 1, ANNOT_CARDS_MAX);
	}
}

static void references_name_kinds(void **state)
{
	(void)state;
	for (int i = 0; i < ANNOT_KIND_COUNT; i++) {
		const struct annot_kind_def *def = annot_kind_def((enum annot_kind)i);
		for (size_t j = 0; j < def->n_cards; j++) {
			if (def->cards[j].type != ANNOT_CARD_REF)
				continue;
			for (const char *at = def->cards[j].values; at;) {
				size_t len = strcspn(at, "|");
				assert_non_null(annot_kind_find(at, len));
				at = at[len] ? at + len + 1 : NULL;
			}
		}
	}
}

static void words_are_found_whole(void **state)
{
	(void)state;
	assert_true(annot_word_in("yes|no", "yes", 3));
	assert_true(annot_word_in("yes|no", "no", 2));
	assert_false(annot_word_in("yes|no", "ye", 2));
	assert_false(annot_word_in("yes|no", "yes|no", 6));
	assert_false(annot_word_in("yes|no", "", 0));
	assert_false(annot_word_in("yes|no", "n", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_found_by_name),
		cmocka_unit_test(tables_agree_in_themselves),
		cmocka_unit_test(references_name_kinds),
		cmocka_unit_test(words_are_found_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
