/*
 * Where an annotation comes from, as a graph: records, and what each stands on. A record refers to
 * earlier ones only, so that there is no cycle, and the longest way down gives the layer: documents
 * stand on nothing.
 */
#ifndef ANNOTCTL_REPORT_GRAPH_H
#define ANNOTCTL_REPORT_GRAPH_H

#include "report.h"

enum { GRAPH_NODES_MAX = 256, GRAPH_EDGES_MAX = 4096 };

struct graph_node {
	const struct report_record *record;
	const struct report_entry *entry; /* NULL: neither the annotation nor said on it */
	const char *name;                 /* of its author; "?" */
	size_t layer;
	size_t slot; /* place in the layer, from 0 */
};

/* from refers to to, by a card of that name; "parent": replaces it. */
struct graph_edge {
	size_t from, to;
	const char *card;
};

struct graph {
	struct graph_node *nodes; /* the annotation's newest head first */
	struct graph_edge *edges;
	size_t n_nodes, n_edges;
	size_t n_layers;
	size_t left_out; /* records that found no room */
};

/* svg.c: draws it. */
void report_put_svg(struct report *r, struct html *h, const struct graph *g);

#endif
