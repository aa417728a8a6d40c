/* A graph as SVG: one column a layer, what is stood on at the left. */
#include <string.h>

#include "../out/record.h"
#include "graph.h"

enum {
	BOX_WIDTH = 232,
	BOX_HEIGHT = 62,
	GAP_X = 96,
	GAP_Y = 22,
	MARGIN = 24,
	HEADER = 56,
	LINE_CHARS = 32, /* code points that fit a box at its font size */
};

static const char style[] =
	"<style>"
	"svg{background:#fdfcf9;color:#1c1b19;font-family:system-ui,'Liberation "
	"Sans',sans-serif;font-size:12px}"
	"text{fill:currentColor}.box{fill:#fff;stroke:#5b5851}.subject "
	".box{stroke-width:3}.head{font-weight:bold}"
	".document .box{fill:#eeeae0}.quote .box{fill:#ffe9a8}.claim .box{fill:#cfe6ff}.span "
	".box{fill:#d8efd3}"
	".verdict .box{fill:#f3e3ff}.review .box{fill:#e8f4f0}.withheld .box{stroke-dasharray:4 3}"
	".edge{fill:none;stroke:#5b5851;stroke-width:1.4}.evidence{stroke-width:2.4}.parent{stroke-"
	"dasharray:5 4}"
	".from,.to{stroke-dasharray:2 3}.label{font-size:10px;fill:#5b5851}"
	"@media "
	"(prefers-color-scheme:dark){svg{background:#191817;color:#ece8df}.box{fill:#2a2826;stroke:"
	"#aaa498}"
	".document .box{fill:#35322c}.quote .box{fill:#574610}.claim .box{fill:#173f66}.span "
	".box{fill:#24472a}"
	".verdict .box{fill:#43245c}.review "
	".box{fill:#1e443a}.edge{stroke:#aaa498}.label{fill:#aaa498}}"
	"</style>\n";

struct box {
	int x, y;
};

static struct box box_of(const struct graph_node *node)
{
	return (struct box){MARGIN + (int)node->layer * (BOX_WIDTH + GAP_X),
			    HEADER + (int)node->slot * (BOX_HEIGHT + GAP_Y)};
}

static const char *kind_of(const struct graph_node *node)
{
	struct annot_leaf leaf;
	if (node->record->record)
		return node->record->record->kind->name;
	if (annot_leaf_parse(annot_bytes_of(node->record->leaf), &leaf, NULL) == ANNOT_OK)
		return annot_kind_def(leaf.kind)->name;
	return "record";
}

static const char *words_of(struct report *r, const struct graph_node *node)
{
	return node->record->record ? record_words(r->ctl, node->record->record) : "WITHHELD";
}

/* What a card says of an edge. */
static const char *label_of(const char *card)
{
	static const char *const names[][2] = {
		{"target", "words in"}, {"on", "on"}, {"parent", "replaces"}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(card, names[i][0]) == 0)
			return names[i][1];
	return card;
}

/* As much of a text as fits a line. */
static void put_cut(struct html *h, const char *text)
{
	size_t len = strlen(text), cut = annot_utf8_from_chars(text, len, LINE_CHARS);
	html_attr(h, text, cut);
	html_put(h, "%s", cut < len ? "…" : "");
}

/* "claim 6a0cf2b6@1 by chloe"; the version only where it is known. In the arena. */
static const char *id_of(struct report *r, const struct graph_node *node)
{
	const struct annot_record *record = node->record->record;
	const char *id = node->entry
				 ? report_short(r, node->entry)
				 : annot_arena_printf(r->ctl->arena, "%.8s",
						      annot_hash_hex(record ? &record->annotation
									    : &node->record->id)
							      .text);
	const char *text = annot_arena_printf(r->ctl->arena, "%s %s by %s", kind_of(node),
					      id ? id : "?", node->name);
	return text ? text : "?";
}

static void put_states(struct html *h, const struct graph_node *node)
{
	const struct annot_row *row = node->entry ? node->entry->row : NULL;
	html_put(h, "#%llu", (unsigned long long)node->record->index);
	if (!row)
		return;
	html_put(h, "  ");
	html_attrz(h, row->review);
	for (size_t i = 0; i < row->n_flags; i++) {
		html_put(h, ", ");
		html_attrz(h, row->flags[i]);
	}
}

static void put_node(struct report *r, struct html *h, const struct graph *g,
		     const struct graph_node *node)
{
	struct box b = box_of(node);
	html_put(h, "<g class=\"%s%s%s\"><title>", kind_of(node),
		 node == g->nodes ? " subject" : "", node->record->record ? "" : " withheld");
	html_attrz(h, id_of(r, node));
	html_put(h, ": ");
	html_attrz(h, words_of(r, node));
	html_put(h,
		 "</title><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		 "rx=\"4\"/>"
		 "<text class=\"head\" x=\"%d\" y=\"%d\">",
		 b.x, b.y, BOX_WIDTH, BOX_HEIGHT, b.x + 8, b.y + 17);
	put_cut(h, id_of(r, node));
	html_put(h, "</text><text x=\"%d\" y=\"%d\">", b.x + 8, b.y + 35);
	put_cut(h, words_of(r, node));
	html_put(h, "</text><text class=\"label\" x=\"%d\" y=\"%d\">", b.x + 8, b.y + 52);
	put_states(h, node);
	html_put(h, "</text></g>\n");
}

/* From the left side of who refers to the right side of what is referred to. */
static void put_edge(struct html *h, const struct graph *g, const struct graph_edge *e)
{
	struct box from = box_of(&g->nodes[e->from]), to = box_of(&g->nodes[e->to]);
	int x1 = from.x, y1 = from.y + BOX_HEIGHT / 2, x2 = to.x + BOX_WIDTH,
	    y2 = to.y + BOX_HEIGHT / 2;
	html_put(h,
		 "<path class=\"edge %s\" marker-end=\"url(#arrow)\" d=\"M%d %dC%d %d %d %d %d "
		 "%d\"/>"
		 "<text class=\"label\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%s</text>\n",
		 e->card, x1, y1, x1 - GAP_X / 2, y1, x2 + GAP_X / 2, y2, x2 + 3, y2,
		 x1 - GAP_X / 2, y1 + (y2 - y1) / 4 - 4, label_of(e->card));
}

/* The same in words, for who cannot see it. */
static void put_description(struct report *r, struct html *h, const struct graph *g)
{
	html_put(h, "<desc id=\"desc\">");
	for (size_t i = 0; i < g->n_edges; i++) {
		html_attrz(h, id_of(r, &g->nodes[g->edges[i].from]));
		html_put(h, " (");
		html_attrz(h, words_of(r, &g->nodes[g->edges[i].from]));
		html_put(h, "), %s ", label_of(g->edges[i].card));
		html_attrz(h, id_of(r, &g->nodes[g->edges[i].to]));
		html_put(h, ". ");
	}
	html_put(h, "</desc>\n");
}

static void put_heading(struct report *r, struct html *h, const struct graph *g)
{
	html_put(h, "<text class=\"head\" x=\"%d\" y=\"22\">", MARGIN);
	html_attrz(h, r->gate->checkpoint.origin);
	html_put(h,
		 ", as of record #%llu</text><text class=\"label\" x=\"%d\" y=\"40\">An arrow "
		 "leads to what a record "
		 "refers to. States are the word of the desk's server",
		 (unsigned long long)r->gate->checkpoint.size - 1, MARGIN);
	if (g->left_out)
		html_put(h, "; %zu more references are not drawn", g->left_out);
	html_put(h, ".</text>\n");
}

void report_put_svg(struct report *r, struct html *h, const struct graph *g)
{
	size_t slots = 0;
	for (size_t i = 0; i < g->n_nodes; i++)
		if (g->nodes[i].slot >= slots)
			slots = g->nodes[i].slot + 1;
	int width = 2 * MARGIN + (int)g->n_layers * (BOX_WIDTH + GAP_X) - GAP_X;
	int height = HEADER + (int)slots * (BOX_HEIGHT + GAP_Y) + MARGIN;
	if (width < 560)
		width = 560; /* the heading */
	html_put(h,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		 "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title "
		 "desc\" "
		 "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title id=\"title\">Where ",
		 width, height, width, height);
	html_attrz(h, id_of(r, g->nodes));
	html_put(h, " comes from</title>\n");
	put_description(r, h, g);
	html_put(h,
		 "%s<defs><marker id=\"arrow\" markerUnits=\"userSpaceOnUse\" markerWidth=\"8\" "
		 "markerHeight=\"8\" refX=\"6\" refY=\"4\" orient=\"auto\">"
		 "<path d=\"M0 0L8 4L0 8z\" fill=\"#5b5851\"/></marker></defs>\n",
		 style);
	put_heading(r, h, g);
	for (size_t i = 0; i < g->n_edges; i++)
		put_edge(h, g, &g->edges[i]);
	for (size_t i = 0; i < g->n_nodes; i++)
		put_node(r, h, g, &g->nodes[i]);
	html_put(h, "</svg>\n");
}
