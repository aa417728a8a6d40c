#include "quote/lexicon.h"

#include "assert.h"

#include "base/auto.h"
#include "text/fold.h"

/* Found by halving, so: ascending. Compared with folded text, so: folded. */
static void test_table(void **state)
{
	(void)state;
	size_t n, per_language[ANNOT_LANGUAGES] = {0};
	const struct annot_lexeme *all = annot_lexicon_all(&n);
	for (size_t i = 0; i < n; i++) {
		struct annot_folded folded;
		assert_ok(annot_fold(all[i].word, strlen(all[i].word), &folded, &test_error));
		if (strcmp(folded.text, all[i].word) != 0)
			fail_msg("\"%s\" folds to \"%s\"", all[i].word, folded.text);
		annot_folded_free(&folded);
		assert_true(all[i].meanings != 0);
		per_language[all[i].language]++;
		if (i == 0)
			continue;
		int order = strcmp(all[i - 1].word, all[i].word);
		if (order > 0 || (order == 0 && all[i - 1].language >= all[i].language))
			fail_msg("\"%s\" stands before \"%s\"", all[i - 1].word, all[i].word);
	}
	for (size_t i = 0; i < ANNOT_LANGUAGES; i++)
		assert_true(per_language[i] > 5);
}

static void test_find(void **state)
{
	(void)state;
	size_t n, total;
	const struct annot_lexeme *all = annot_lexicon_all(&total), *rows;
	for (size_t i = 0; i < total; i++) {
		rows = annot_lexicon_find(annot_bytes_of(all[i].word), &n);
		assert_true(rows <= &all[i] && &all[i] < rows + n);
	}
	rows = annot_lexicon_find(annot_bytes_of("no"), &n);
	assert_true(n >= 3); /* English, Spanish, Italian */
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rows[i].meanings, ANNOT_MEANS_NEGATION);
	annot_lexicon_find(annot_bytes_of("annotation"), &n);
	assert_int_equal(n, 0);
	annot_lexicon_find(annot_bytes_of(""), &n);
	assert_int_equal(n, 0);
	annot_lexicon_find(annot_bytes_of("zzzz"), &n);
	assert_int_equal(n, 0);
}

static void assert_compound(const char *word, uint64_t expected)
{
	uint64_t value = 0;
	bool number = annot_lexicon_compound(annot_bytes_of(word), &value);
	if (number != (expected != 0) || value != expected)
		fail_msg("%s: %llu", word, (unsigned long long)value);
}

static void test_compound(void **state)
{
	(void)state;
	assert_compound("einundzwanzig", 21);
	assert_compound("zweihundert", 200);
	assert_compound("zweihundertdreiundvierzig", 243);
	assert_compound("fünftausend", 5000);
	assert_compound("dreihunderttausend", 300000);
	assert_compound("zweitausendsiebzehn", 2017);
	assert_compound("sechsundsechzig", 66);
	assert_compound("achtung", 0);
	assert_compound("einfach", 0);
	assert_compound("undzwei", 0);
	assert_compound("", 0);
	assert_compound("drei", 0); /* one part: the table has it */
	assert_compound("zweizweizweizweizweizweizweizweizweizweizweizweizwei", 0);
	assert_compound("hunderthunderthunderthunderthunderthunderthundert", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_compound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
