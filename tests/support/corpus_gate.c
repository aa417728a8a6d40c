#include "gate.h"

const struct annot_gated *test_gate_bundle(const struct test_corpus *c,
					   const struct annot_bundle *b,
					   const struct annot_trust *trust)
{
	const struct annot_gate *gate = NULL;

	assert_ok(annot_gate_bundle(c->arena, test_bundle_file(c, b), trust, NULL, 0, &gate,
				    &test_error));
	assert_int_equal(gate->n_records, 1);
	assert_int_equal(gate->passed, gate->records[0].passed);
	return &gate->records[0];
}

const struct annot_gated *test_gate(const struct test_corpus *c, const struct test_entry *subject)
{
	struct annot_trust trust = {.corpus = c->id};
	struct annot_bundle b;

	test_bundle(c, subject, &b);
	return test_gate_bundle(c, &b, &trust);
}

void test_print_gated(const struct annot_gated *g)
{
	print_message("%s\n", g->passed ? "passed" : "not passed");
	for (size_t i = 0; i < g->n_lines; i++)
		print_message("  %d %-12s %s\n", (int)g->lines[i].result, g->lines[i].name,
			      g->lines[i].text);
}

bool test_gated_says(const struct annot_gated *g, const char *name, bool missing, const char *words)
{
	for (size_t i = 0; i < g->n_lines; i++)
		if (strcmp(g->lines[i].name, name) == 0 &&
		    annot_gate_missing(&g->lines[i]) == missing && strstr(g->lines[i].text, words))
			return true;
	return false;
}
