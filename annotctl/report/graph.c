#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "../key.h"
#include "../list.h"

enum { SWEEPS = 4 }; /* of ordering the layers by their neighbours */

/* --- nodes --- */

static size_t find_node(const struct graph *g, const struct annot_hash *id)
{
	for (size_t i = 0; i < g->n_nodes; i++)
		if (annot_hash_equal(&g->nodes[i].record->id, id))
			return i;
	return SIZE_MAX;
}

/* The node of a record, added if it is new; SIZE_MAX: no room, or the bundle does not have it. */
static size_t add_node(struct report *r, struct graph *g, const struct annot_hash *id,
		       const struct report_entry *entry)
{
	const struct report_record *record = report_record_of(r, id);
	size_t at = find_node(g, id);
	if (at != SIZE_MAX || !record)
		return at;
	if (g->n_nodes == GRAPH_NODES_MAX) {
		g->left_out++;
		return SIZE_MAX;
	}
	struct graph_node *node = &g->nodes[g->n_nodes];
	struct annot_hash author = annot_key_author(record->key);
	const struct annot_key_view *key = key_enrolled(r->ctl, &author);
	*node = (struct graph_node){
		.record = record, .entry = entry, .name = key ? key->name : "?"};
	return g->n_nodes++;
}

static void add_edge(struct graph *g, size_t from, size_t to, const char *card)
{
	if (to == SIZE_MAX || g->n_edges == GRAPH_EDGES_MAX)
		return;
	g->edges[g->n_edges++] = (struct graph_edge){from, to, card};
}

/* What a record names, by its cards; the list of nodes grows while it is walked. */
static void follow(struct report *r, struct graph *g, size_t at)
{
	const struct annot_record *record = g->nodes[at].record->record;
	for (size_t i = 0; record && i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		if (card->def->type == ANNOT_CARD_REF || card->def->type == ANNOT_CARD_TARGET)
			add_edge(g, at, add_node(r, g, &card->hash, NULL), card->def->name);
	}
	for (size_t i = 0; record && i < record->n_parents; i++)
		add_edge(g, at, add_node(r, g, &record->parents[i], NULL), "parent");
}

static void add_all(struct report *r, struct graph *g, const struct report_item *item)
{
	add_node(r, g, &item->head->id, item->head);
	for (size_t i = 0; i < item->n_entries; i++)
		if (item->entries[i].row->head)
			add_node(r, g, &item->entries[i].id, &item->entries[i]);
	for (size_t i = 0; i < g->n_nodes; i++)
		follow(r, g, i);
}

/* --- layers --- */

static int by_log(const void *a, const void *b)
{
	const struct graph_node *const *x = a, *const *y = b;
	return (*x)->record->index < (*y)->record->index
		       ? -1
		       : (*x)->record->index > (*y)->record->index;
}

/* In log order each node's layer is known before that of any that refers to it. */
static void set_layers(struct graph *g, struct graph_node **order)
{
	for (size_t i = 0; i < g->n_nodes; i++)
		order[i] = &g->nodes[i];
	qsort(order, g->n_nodes, sizeof *order, by_log);
	for (size_t i = 0; i < g->n_nodes; i++) {
		struct graph_node *node = order[i];
		size_t self = (size_t)(node - g->nodes);
		for (size_t e = 0; e < g->n_edges; e++)
			if (g->edges[e].from == self &&
			    g->nodes[g->edges[e].to].layer >= node->layer)
				node->layer = g->nodes[g->edges[e].to].layer + 1;
		if (node->layer >= g->n_layers)
			g->n_layers = node->layer + 1;
	}
}

/* The mean slot of a node's neighbours, times 1000; of one without any its own. */
static size_t mean_slot(const struct graph *g, size_t node)
{
	size_t sum = 0, n = 0;
	for (size_t e = 0; e < g->n_edges; e++) {
		const struct graph_edge *edge = &g->edges[e];
		size_t other = edge->from == node ? edge->to : edge->to == node ? edge->from : node;
		if (other == node)
			continue;
		sum += 1000 * g->nodes[other].slot;
		n++;
	}
	return n ? sum / n : 1000 * g->nodes[node].slot;
}

/* Sorts one layer by the neighbours' places: few, and stable, so that the log's order decides among
 * equals. */
static void order_layer(struct graph *g, struct graph_node **order, size_t layer, size_t *means)
{
	struct graph_node *list[GRAPH_NODES_MAX];
	size_t n = 0;
	for (size_t i = 0; i < g->n_nodes; i++) {
		struct graph_node *node = order[i];
		size_t at = n;
		if (node->layer != layer)
			continue;
		size_t mean = mean_slot(g, (size_t)(node - g->nodes));
		for (; at > 0 && means[at - 1] > mean; at--) {
			list[at] = list[at - 1];
			means[at] = means[at - 1];
		}
		list[at] = node;
		means[at] = mean;
		n++;
	}
	for (size_t i = 0; i < n; i++)
		list[i]->slot = i;
}

static void set_slots(struct graph *g, struct graph_node **order)
{
	size_t means[GRAPH_NODES_MAX], used[GRAPH_NODES_MAX + 1] = {0};
	for (size_t i = 0; i < g->n_nodes; i++)
		order[i]->slot = used[order[i]->layer]++;
	for (unsigned sweep = 0; sweep < SWEEPS; sweep++)
		for (size_t layer = 0; layer < g->n_layers; layer++)
			order_layer(g, order, layer, means);
}

enum annot_status report_graph(struct report *r, struct html *h)
{
	struct annot_arena *arena = r->ctl->arena;
	struct graph g = {.nodes = annot_arena_array(arena, GRAPH_NODES_MAX, sizeof *g.nodes),
			  .edges = annot_arena_array(arena, GRAPH_EDGES_MAX, sizeof *g.edges)};
	struct graph_node *order[GRAPH_NODES_MAX];
	if (!g.nodes || !g.edges)
		return annot_fail(&r->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	add_all(r, &g, LIST_ITEMS(struct report_item, &r->items));
	set_layers(&g, order);
	set_slots(&g, order);
	report_put_svg(r, h, &g);
	return h->no_memory ? annot_fail(&r->ctl->err, ANNOT_NO_MEMORY, "out of memory") : ANNOT_OK;
}
