#include "assert.h"

#include "base/auto.h"
#include "quote/extract.h"

enum { ARENA = 1 << 24 };

/* Speakers of the quotes with their verbs, "speaker/verb", each ended by |; ~ before those
 * inferred.
 */
static void assert_speakers(const char *text, const char *expected)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
	struct annot_extracted all;
	assert_ok(
		annot_extract(arena, annot_bytes_of(text), ANNOT_ARTICLE_TEXT, &all, &test_error));
	annot_buf_puts(&shown, "");
	for (size_t i = 0; i < all.n; i++) {
		const struct annot_quoted *q = &all.quotes[i];
		if (q->depth > 0)
			continue;
		if (q->inferred && q->speaker[0] < q->speaker[1])
			annot_buf_putc(&shown, '~');
		annot_buf_add(&shown, text + q->speaker[0], q->speaker[1] - q->speaker[0]);
		annot_buf_putc(&shown, '/');
		annot_buf_add(&shown, text + q->verb[0], q->verb[1] - q->verb[0]);
		annot_buf_putc(&shown, '|');
	}
	if (strcmp(shown.data, expected) != 0)
		fail_msg("%s\n  is \"%s\"\n not \"%s\"", text, shown.data, expected);
}

static void test_english(void **state)
{
	(void)state;
	assert_speakers("“We will win,” said Anna Smith on Monday.", "Anna Smith/said|");
	assert_speakers("“We will win,” Anna Smith said.", "Anna Smith/said|");
	assert_speakers("Anna Smith said: “We will win.”", "Anna Smith/said|");
	assert_speakers("Anna Smith: “We will win.”", "Anna Smith/|");
	assert_speakers("The plan: “We will win.”", "/|");
	assert_speakers("Anna Smith told the Post that “we will win”.", "Anna Smith/told|");
	assert_speakers("According to Anna Smith, “we will win”.", "Anna Smith/According|");
	assert_speakers("“We will win,” according to Mr. Smith.", "Mr. Smith/according|");
	assert_speakers("“We will win,” the Western official said.", "the Western official/said|");
	assert_speakers("“We will win,” as Anna Smith, a fellow at the Hall, previously told us.",
			"Anna Smith/told|");
	assert_speakers("“We will win,” said the minister of finance, who left.",
			"the minister of finance/said|");
	assert_speakers("“We will win.” It rained.", "/|");
}

static void test_inferred(void **state)
{
	(void)state;
	assert_speakers("“We will win,” said Anna Smith. “It is ready,” she added.",
			"Anna Smith/said|~Anna Smith/added|");
	assert_speakers("“We will win,” said Anna Smith. “It is ready.”",
			"Anna Smith/said|~Anna Smith/|");
	assert_speakers("Anna Smith told us all. \n\n“We will win,” she said.",
			"~Anna Smith/said|");
	/* a paragraph of its own that names nobody */
	assert_speakers("“We will win,” said Anna Smith.\n\nA sign reads “no entry here”.",
			"Anna Smith/said|/|");
}

static void test_others(void **state)
{
	(void)state;
	assert_speakers("„Wir gewinnen“, sagte Anna Schmidt am Montag.", "Anna Schmidt/sagte|");
	assert_speakers("Anna Schmidt sagte: „Wir gewinnen.“", "Anna Schmidt/sagte|");
	assert_speakers("Anna Schmidt zufolge sind „wir bereit“.", "Anna Schmidt/zufolge|");
	assert_speakers("Laut Anna Schmidt ist „alles bereit“.", "Anna Schmidt ist/Laut|");
	assert_speakers("« Nous gagnons », a dit Anne Dupont lundi.", "Anne Dupont lundi/dit|");
	assert_speakers("« Nous gagnons », déclare Anne Dupont.", "Anne Dupont/déclare|");
	assert_speakers("Selon Anne Dupont, « nous gagnons ».", "Anne Dupont/Selon|");
	assert_speakers("«Ganamos», dijo Ana Pérez en Madrid.", "Ana Pérez/dijo|");
	assert_speakers("«Мы готовы», — сказал Иван Петров.", "Иван Петров/сказал|");
	assert_speakers("王毅说：“我们同意这个。”", "王毅/说|");
}

static enum annot_same_speaker compare(const char *a, const char *b)
{
	return annot_speaker_compare(annot_bytes_of(a), annot_bytes_of(b));
}

static void test_compare(void **state)
{
	(void)state;
	assert_int_equal(compare("Ilya Rogachev", "Rogachev"), ANNOT_SPEAKER_AGREES);
	assert_int_equal(compare("Director Ilya Rogachev", "Mr. Rogachev"), ANNOT_SPEAKER_AGREES);
	assert_int_equal(compare("Anna Smith", "Anna Jones"), ANNOT_SPEAKER_DIFFERS);
	assert_int_equal(compare("Anna Smith", "the minister"), ANNOT_SPEAKER_UNCLEAR);
	assert_int_equal(compare("", "Smith"), ANNOT_SPEAKER_UNCLEAR);
	assert_int_equal(compare("he", "She"), ANNOT_SPEAKER_UNCLEAR);
}

static void test_around(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	struct annot_quoted q;
	bool found;
	for (int i = 0; i < 1000; i++)
		annot_buf_puts(&b, "Words of no weight stand here.\n");
	size_t at = b.len;
	annot_buf_puts(&b, "“We will win,” said Anna Smith. But that is all.\n");
	for (int i = 0; i < 1000; i++)
		annot_buf_puts(&b, "Words of no weight stand here.\n");
	assert_ok(annot_extract_around(arena, annot_buf_bytes(&b), at + 6, at + 10, &found, &q,
				       &test_error));
	assert_true(found);
	assert_memory_equal(b.data + q.speaker[0], "Anna Smith", q.speaker[1] - q.speaker[0]);
	assert_int_equal(q.outer[0], at);
	assert_ok(annot_extract_around(arena, annot_buf_bytes(&b), at + 40, at + 44, &found, &q,
				       &test_error));
	assert_false(found);
	assert_status(
		annot_extract_around(arena, annot_buf_bytes(&b), 5, 4, &found, &q, &test_error),
		ANNOT_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english), cmocka_unit_test(test_inferred),
		cmocka_unit_test(test_others),  cmocka_unit_test(test_compare),
		cmocka_unit_test(test_around),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
