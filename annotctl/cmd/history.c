#include <string.h>

#include "../out/graph.h"
#include "../out/record.h"
#include "../rows.h"
#include "../versions.h"

/* --quiet: the hash of each record. */
static void print_hash(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r,
		       void *arg)
{
	struct row_ids ids;
	(void)arg;
	out_text(ctl, "%s\n",
		 rows_ids(ctl, row, r, &ids) == ANNOT_OK ? annot_hash_hex(&ids.record).text : "-");
}

/* What was said on a version, in a line. */
struct said {
	const char *text;
	struct said *next;
};

struct story {
	struct annot_arena *arena;
	const char **lines; /* of versions, by place */
	struct said **first, **last;
	struct said *apart, *apart_last; /* on no version that is drawn */
	size_t cap;
};

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory for a history");
}

static void *grown(struct story *s, const void *old, size_t n, size_t cap, size_t size)
{
	void *array = annot_arena_array(s->arena, cap, size);
	if (array && n > 0)
		memcpy(array, old, n * size);
	return array;
}

static enum annot_status make_room(struct ctl *ctl, struct story *s, size_t n)
{
	if (n < s->cap)
		return ANNOT_OK;
	size_t cap = s->cap ? 2 * s->cap : 64;
	s->lines = grown(s, s->lines, s->cap, cap, sizeof *s->lines);
	s->first = grown(s, s->first, s->cap, cap, sizeof *s->first);
	s->last = grown(s, s->last, s->cap, cap, sizeof *s->last);
	s->cap = cap;
	return s->lines && s->first && s->last ? ANNOT_OK : no_memory(ctl);
}

/* "#12    2026-11-22T00:00:00Z  9f2c41d7@2 …", in the story's arena. */
static const char *line_of(struct ctl *ctl, struct story *s, const struct annot_fetched *f)
{
	if (!f->record)
		return annot_arena_printf(s->arena, "#%-5llu %20s  %s",
					  (unsigned long long)f->row->index, "",
					  record_summary(ctl, f->row, NULL));
	return annot_arena_printf(s->arena, "#%-5llu %s  %s", (unsigned long long)f->row->index,
				  f->record->time, record_summary(ctl, f->row, f->record));
}

/* The version that a record is about: by its first card that names one. */
static size_t about(const struct versions *v, const struct annot_record *r)
{
	size_t at = VERSIONS_NONE;
	for (size_t i = 0; r && i < r->n_cards && at == VERSIONS_NONE; i++)
		if (r->cards[i].def->type == ANNOT_CARD_REF)
			at = versions_find(v, &r->cards[i].hash);
	return at;
}

static enum annot_status gather(struct ctl *ctl, const struct versions *v, size_t at,
				const struct annot_fetched *f, void *arg)
{
	struct story *s = arg;
	const char *text = line_of(ctl, s, f);
	if (!text)
		return no_memory(ctl);
	if (at != VERSIONS_NONE) {
		TRY(make_room(ctl, s, at));
		s->lines[at] = text;
		return ANNOT_OK;
	}
	size_t on = about(v, f->record);
	struct said *said = annot_arena_alloc(s->arena, sizeof *said);
	if (!said)
		return no_memory(ctl);
	said->text = text;
	struct said **first = on == VERSIONS_NONE ? &s->apart : &s->first[on];
	struct said **last = on == VERSIONS_NONE ? &s->apart_last : &s->last[on];
	if (*first)
		(*last)->next = said;
	else
		*first = said;
	*last = said;
	return ANNOT_OK;
}

/* What the graph shows less well than words: "(merge of @2 and @3, head)". */
static const char *marks(struct ctl *ctl, const struct versions *v, size_t at)
{
	const struct annot_version_node *node = &v->nodes[at];
	const char *text = "";
	for (size_t i = 0; node->n_parents > 1 && i < node->n_parents && text; i++)
		text = annot_arena_printf(ctl->arena, "%s%s@%llu", text,
					  i == 0                    ? "merge of "
					  : i + 1 < node->n_parents ? ", "
								    : " and ",
					  (unsigned long long)v->list[node->parents[i]].number);
	if (v->list[at].head && text)
		text = annot_arena_printf(ctl->arena, "%s%shead", text, *text ? ", " : "");
	if (!text || !*text)
		return "";
	text = annot_arena_printf(ctl->arena, "  (%s%s%s)", out_style(ctl, STYLE_BOLD), text,
				  out_style(ctl, STYLE_PLAIN));
	return text ? text : "";
}

static enum annot_status draw(struct ctl *ctl, const struct versions *v, const struct story *s)
{
	struct graph graph;
	TRY(graph_begin(ctl, v->nodes, v->n, &graph));
	for (size_t i = 0; i < v->n; i++) {
		const char *join, *mark, *below;
		TRY(graph_next(ctl, &graph, i, &join, &mark, &below));
		if (join)
			out_text(ctl, "%s\n", join);
		out_text(ctl, "%s %s%s\n", mark, s->lines[i], marks(ctl, v, i));
		for (const struct said *said = s->first[i]; said; said = said->next)
			out_text(ctl, "%s     %s\n", below, said->text);
	}
	for (const struct said *said = s->apart; said; said = said->next)
		out_text(ctl, "       %s\n", said->text);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct annot_fetched f;
	struct versions versions;
	struct story story = {.arena = ctl->arena};
	struct rows_request request = {.history_of = args[0]};
	if (ctl->quiet || ctl->format != FORMAT_TEXT)
		return rows_list(ctl, &request, print_hash, NULL);
	CTL_TRY(ctl, annot_fetch(ctl->annot, args[0], ctl->arena, &f, &ctl->err));
	struct annot_hash annotation = versions_annotation(&f);
	CTL_TRY(ctl, versions_load(ctl, &annotation, gather, &story, &versions));
	out_page(ctl);
	CTL_TRY(ctl, draw(ctl, &versions, &story));
	return 0;
}

const struct command cmd_history = {
	"history", "ID", "Draw all versions of an annotation, and what was said on each",
	NULL,      run,  NEEDS_DAEMON | LISTS,
	1,         1,
};
