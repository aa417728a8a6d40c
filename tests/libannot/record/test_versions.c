/* Nearest common ancestors in graphs of versions. */
#include "assert.h"

#include "record/versions.h"

enum { MAX = 8 };

/* A graph in letters: "b:a c:a d:bc", each version with its parents; places follow the order. */
struct graph {
	char names[64];
	size_t n;
	size_t parents[64][MAX];
	struct annot_version_node nodes[64];
};

static size_t place(const struct graph *g, char name)
{
	const char *at = memchr(g->names, name, g->n);
	assert_non_null(at);
	return (size_t)(at - g->names);
}

static void graph(const char *text, struct graph *g)
{
	*g = (struct graph){.n = 0};
	for (const char *s = text; *s; s++) {
		size_t at = g->n;
		g->names[at] = *s++;
		struct annot_version_node *node = &g->nodes[at];
		*node = (struct annot_version_node){.parents = g->parents[at]};
		if (*s == ':')
			for (s++; *s && *s != ' '; s++)
				g->parents[at][node->n_parents++] = place(g, *s);
		g->n++;
		if (!*s)
			break;
	}
}

/* merged and other by letter; expected: the bases, newest first. */
static void assert_bases(const char *text, const char *merged, char other, const char *expected)
{
	struct graph g;
	size_t places[MAX], bases[MAX], n = 0, n_merged = strlen(merged);
	char got[MAX + 1] = "";
	graph(text, &g);
	for (size_t i = 0; i < n_merged; i++)
		places[i] = place(&g, merged[i]);
	assert_ok(annot_version_bases(g.nodes, places, n_merged, place(&g, other), bases, MAX, &n,
				      &test_error));
	assert_true(n <= MAX);
	for (size_t i = 0; i < n; i++)
		got[i] = g.names[bases[i]];
	assert_string_equal(got, expected);
}

static void test_one_base(void **state)
{
	(void)state;
	assert_bases("a b:a c:a", "b", 'c', "a");
	assert_bases("a b:a c:b d:b", "c", 'd', "b");
	assert_bases("a b:a c:b d:a", "c", 'd', "a");
	assert_bases("a b:a c:b d:a", "d", 'c', "a");
	/* past a merge */
	assert_bases("a b:a c:a d:bc e:d f:c", "e", 'f', "c");
	assert_bases("a b:a c:a d:bc e:d f:d", "e", 'f', "d");
	/* one is the other's ancestor */
	assert_bases("a b:a c:b", "b", 'c', "b");
	assert_bases("a", "a", 'a', "a");
}

static void test_criss_cross(void **state)
{
	(void)state;
	assert_bases("a b:a c:a d:bc e:bc", "d", 'e', "cb");
	assert_bases("a b:a c:a d:bc e:bc f:d g:e", "f", 'g', "cb");
	assert_bases("a b:a c:a x:a d:bcx e:bcx", "d", 'e', "xcb");
	/* a later common ancestor below which both lie */
	assert_bases("a b:a c:a d:bc e:d f:d g:ef h:ef", "g", 'h', "fe");
}

static void test_of_several(void **state)
{
	(void)state;
	/* b and c are merged already; what they have with d */
	assert_bases("a b:a c:a d:a", "bc", 'd', "a");
	assert_bases("a b:a c:b d:b e:a", "cd", 'e', "a");
	assert_bases("a b:a x:a c:b d:x e:bx", "cd", 'e', "xb");
}

static void test_more_than_asked(void **state)
{
	struct graph g;
	size_t merged = 4, bases[1] = {99}, n;
	(void)state;
	graph("a b:a c:a x:a d:bcx e:bcx", &g);
	assert_ok(annot_version_bases(g.nodes, &merged, 1, 5, bases, 1, &n, &test_error));
	assert_int_equal(n, 3);
	assert_int_equal(bases[0], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_base),
		cmocka_unit_test(test_criss_cross),
		cmocka_unit_test(test_of_several),
		cmocka_unit_test(test_more_than_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
