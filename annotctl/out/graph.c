#include "graph.h"

#include <string.h>

enum { FIRST_LANES = 8 };

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory for a graph");
}

enum annot_status graph_begin(struct ctl *ctl, const struct annot_version_node *nodes, size_t n,
			      struct graph *ret)
{
	*ret = (struct graph){
		.nodes = nodes,
		.left = annot_arena_array(ctl->arena, n, sizeof(size_t)),
		.lanes = annot_arena_array(ctl->arena, FIRST_LANES, sizeof(size_t)),
		.cap = FIRST_LANES,
		.arena = ctl->arena,
	};
	if (!ret->left || !ret->lanes)
		return no_memory(ctl);
	for (size_t i = 0; i < n; i++)
		for (size_t p = 0; p < nodes[i].n_parents; p++)
			ret->left[nodes[i].parents[p]]++;
	return ANNOT_OK;
}

/* The lane of a version. It has one as long as something is left that replaces it. */
static size_t lane_of(const struct graph *g, size_t version)
{
	size_t lane = 0;
	while (lane < g->n_lanes && g->lanes[lane] != version + 1)
		lane++;
	return lane;
}

/* A free lane from `from` on. */
static enum annot_status free_lane(struct ctl *ctl, struct graph *g, size_t from, size_t *ret)
{
	while (from < g->n_lanes && g->lanes[from])
		from++;
	if (from >= g->cap) {
		size_t *lanes = annot_arena_array(g->arena, 2 * g->cap, sizeof *lanes);
		if (!lanes)
			return no_memory(ctl);
		memcpy(lanes, g->lanes, g->n_lanes * sizeof *lanes);
		g->lanes = lanes;
		g->cap *= 2;
	}
	if (from >= g->n_lanes)
		g->n_lanes = from + 1;
	*ret = from;
	return ANNOT_OK;
}

/* A blank line with a bar in each lane, as wide as the lanes are. */
static char *bars(const struct graph *g)
{
	char *line = annot_arena_alloc(g->arena, 2 * g->n_lanes + 1);
	for (size_t i = 0; line && i < g->n_lanes; i++) {
		line[2 * i] = g->lanes[i] ? '|' : ' ';
		line[2 * i + 1] = ' ';
	}
	return line;
}

static char *trimmed(char *line)
{
	size_t len = strlen(line);
	while (len > 0 && line[len - 1] == ' ')
		line[--len] = '\0';
	return line;
}

/* Between the columns, past lanes that go on. */
static void across(char *line, size_t from, size_t to)
{
	for (; from < to; from++)
		if (line[from] == ' ')
			line[from] = '-';
}

/* Leads the lane of a parent to lane `to`. */
static void lead(char *line, size_t lane, size_t to)
{
	if (lane < to) {
		across(line, 2 * lane + 1, 2 * to - 1);
		line[2 * to - 1] = '\\';
	} else if (lane > to) {
		across(line, 2 * to + 1, 2 * lane - 1);
		line[2 * lane - 1] = '/';
	}
}

/* Where the version goes: the first lane that ends with it, or a new one beside its parents'. */
static enum annot_status choose(struct ctl *ctl, struct graph *g,
				const struct annot_version_node *node, size_t *ret)
{
	size_t ends = SIZE_MAX, first = SIZE_MAX;
	for (size_t i = 0; i < node->n_parents; i++) {
		size_t lane = lane_of(g, node->parents[i]);
		first = lane < first ? lane : first;
		if (g->left[node->parents[i]] == 1 && lane < ends)
			ends = lane;
	}
	if (ends == SIZE_MAX)
		return free_lane(ctl, g, first == SIZE_MAX ? 0 : first + 1, ret);
	*ret = ends;
	return ANNOT_OK;
}

enum annot_status graph_next(struct ctl *ctl, struct graph *g, size_t at, const char **join,
			     const char **mark, const char **below)
{
	const struct annot_version_node *node = &g->nodes[at];
	size_t own;
	bool straight = true;
	TRY(choose(ctl, g, node, &own));
	char *line = bars(g);
	if (!line)
		return no_memory(ctl);
	for (size_t i = 0; i < node->n_parents; i++) {
		size_t lane = lane_of(g, node->parents[i]);
		if (--g->left[node->parents[i]] == 0) {
			g->lanes[lane] = 0;
			if (lane != own)
				line[2 * lane] = ' ';
		}
		straight = straight && lane == own;
		lead(line, lane, own);
	}
	*join = straight ? NULL : trimmed(line);
	g->lanes[own] = at + 1;
	char *star = bars(g);
	if (star)
		star[2 * own] = '*';
	*mark = star;
	if (g->left[at] == 0)
		g->lanes[own] = 0;
	*below = bars(g);
	while (g->n_lanes > 0 && !g->lanes[g->n_lanes - 1])
		g->n_lanes--;
	return *mark && *below ? ANNOT_OK : no_memory(ctl);
}
