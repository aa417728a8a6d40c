/* Who rated before anybody else had shown a rating. */
#include <stdlib.h>

#include "assert.h"
#include "state/blind.h"

static const struct annot_hash ann = {{1}}, ben = {{2}}, cem = {{3}};

/* Tells of verdicts "INDEX PERSON", a + behind later versions: "7a 9b+". */
static struct annot_blind told(uint64_t seal, const char *verdicts)
{
	struct annot_blind b;
	char *at = (char *)verdicts;
	annot_blind_begin(&b, seal, &ann);
	while (*at) {
		struct annot_rated r = {.index = strtoull(at, &at, 10)};
		r.person = *at == 'a' ? ann : *at == 'b' ? ben : cem;
		at++;
		r.first = *at != '+';
		at += strspn(at, "+ ");
		annot_blind_next(&b, &r);
	}
	return b;
}

#define BLIND(seal, verdicts, expected)                                                            \
	do {                                                                                       \
		struct annot_blind b_ = told(seal, verdicts);                                      \
		assert_int_equal(annot_blind(&b_), expected);                                      \
	} while (0)

static void test_first_open_verdict(void **state)
{
	(void)state;
	BLIND(5, "", true);
	BLIND(5, "8a", true);
	BLIND(5, "6b 8a", true);
	BLIND(5, "4b 8a", false);
	BLIND(5, "4b", false);
	BLIND(5, "6b 7c 8a", true);
	BLIND(5, "2c 6b 8a", false);
	BLIND(0, "1b", true);
}

static void test_only_others_count(void **state)
{
	(void)state;
	/* An earlier verdict of one's own is no secret to oneself. */
	BLIND(5, "3a 8a", true);
	BLIND(5, "3a 4a+ 6b 8a", true);
	BLIND(5, "3a 4b 8a", false);
	/* A later version is a verdict that was open too. */
	BLIND(5, "4b+ 8a", false);
}

#define SETTLED(seal, verdicts, expected)                                                          \
	do {                                                                                       \
		struct annot_blind b_ = told(seal, verdicts);                                      \
		assert_int_equal(b_.settled, expected);                                            \
	} while (0)

static void test_settled(void **state)
{
	(void)state;
	SETTLED(5, "", ANNOT_NEVER);
	SETTLED(5, "3a 6b 7c", ANNOT_NEVER);
	SETTLED(5, "3a 7a+", ANNOT_NEVER); /* a new version of an old verdict opens nothing */
	SETTLED(5, "3a 7a 9a", 7);
	SETTLED(5, "4b 7a+ 8a", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_open_verdict),
		cmocka_unit_test(test_only_others_count),
		cmocka_unit_test(test_settled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
