#include <string.h>

#include "../out/out.h"
#include "../out/record.h"
#include "../versions.h"

/* A value of the version that is asked about, and of equal ones of its card which. */
struct item {
	const struct annot_card_def *def;
	const struct annot_merge_value *value;
	size_t card, turn;
};

/* Where a value that a version has comes from. */
struct origin {
	size_t at;     /* VERSIONS_NONE: the version does not have it */
	bool withheld; /* a version that was withheld may have set it, or passed it on */
};

struct blame {
	struct item *items;
	size_t n;
	struct origin **origins; /* of each version, of each item */
	size_t cap;
	struct annot_arena *arena;
};

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

static bool same(const struct annot_merge_value *a, const struct annot_merge_value *b)
{
	return strcmp(a->text, b->text) == 0;
}

static enum annot_status list_items(struct ctl *ctl, const struct annot_record *record,
				    struct blame *b)
{
	struct annot_merge_cards cards;
	TRY(annot_merge_cards(ctl->arena, record, &cards, &ctl->err));
	b->items = annot_arena_array(ctl->arena, record->n_cards, sizeof *b->items);
	if (!b->items)
		return no_memory(ctl);
	for (size_t c = 0; c < cards.kind->n_cards; c++)
		for (size_t i = 0; i < cards.lists[c].n; i++) {
			struct item item = {&cards.kind->cards[c], &cards.lists[c].values[i], c, 0};
			for (size_t k = 0; k < i; k++)
				item.turn += same(&cards.lists[c].values[k], item.value);
			b->items[b->n++] = item;
		}
	return ANNOT_OK;
}

static bool has(const struct annot_merge_cards *cards, const struct item *item)
{
	const struct annot_merge_list *list = &cards->lists[item->card];
	size_t turns = 0;
	for (size_t i = 0; i < list->n; i++)
		turns += same(&list->values[i], item->value);
	return turns > item->turn;
}

/* Of the parents that have the value, the one that has it from furthest back: a side that changed
 * it and changed it back set nothing. */
static struct origin inherited(const struct blame *b, const struct annot_version_node *node,
			       size_t item)
{
	struct origin best = {.at = VERSIONS_NONE};
	for (size_t i = 0; i < node->n_parents; i++) {
		struct origin o = b->origins[node->parents[i]][item];
		if (o.at == VERSIONS_NONE)
			continue;
		if (best.at == VERSIONS_NONE || o.withheld < best.withheld ||
		    (o.withheld == best.withheld && o.at < best.at))
			best = o;
	}
	return best;
}

static enum annot_status make_room(struct ctl *ctl, struct blame *b, size_t n)
{
	if (n < b->cap)
		return ANNOT_OK;
	size_t cap = b->cap ? 2 * b->cap : 64;
	struct origin **origins = annot_arena_array(b->arena, cap, sizeof(struct origin *));
	if (!origins)
		return no_memory(ctl);
	if (b->cap > 0)
		memcpy(origins, b->origins, b->cap * sizeof(struct origin *));
	b->origins = origins;
	b->cap = cap;
	return ANNOT_OK;
}

static enum annot_status trace(struct ctl *ctl, const struct versions *v, size_t at,
			       const struct annot_fetched *f, void *arg)
{
	struct blame *b = arg;
	struct annot_merge_cards cards;
	if (at == VERSIONS_NONE)
		return ANNOT_OK;
	TRY(make_room(ctl, b, at));
	b->origins[at] = annot_arena_array(b->arena, b->n, sizeof(struct origin));
	if (!b->origins[at])
		return no_memory(ctl);
	if (f->record)
		TRY(annot_merge_cards(ctl->arena, f->record, &cards, &ctl->err));
	for (size_t i = 0; i < b->n; i++) {
		struct origin o = inherited(b, &v->nodes[at], i);
		if (f->record && !has(&cards, &b->items[i]))
			o.at = VERSIONS_NONE;
		else if (o.at == VERSIONS_NONE)
			o.at = at;
		o.withheld = o.at != VERSIONS_NONE && (o.withheld || !f->record);
		b->origins[at][i] = o;
	}
	return ANNOT_OK;
}

static void print(struct ctl *ctl, const struct versions *v, const struct item *item,
		  struct origin o)
{
	const struct version *version = &v->list[o.at];
	const char *text = item->value->exact
				   ? annot_arena_printf(ctl->arena, "“%s”", item->value->exact)
				   : item->value->text;
	out_text(ctl, "%s%s%s  #%-5llu %-20s  %-12s %-12s %s%s\n", out_style(ctl, STYLE_BOLD),
		 record_short(ctl, &v->annotation, version->number), out_style(ctl, STYLE_PLAIN),
		 (unsigned long long)version->index, version->time,
		 out_safe(ctl, version->author_name), item->def->name, out_safe_flat(ctl, text),
		 o.withheld ? "  (a WITHHELD version may have set it)" : "");
}

static json_t *item_json(struct ctl *ctl, const struct versions *v, const struct item *item,
			 struct origin o)
{
	json_t *object =
		json_pack("{s:s, s:s}", "card", item->def->name, "value", item->value->text);
	if (item->value->exact)
		json_object_set_new(object, "exact", json_string(item->value->exact));
	json_object_update_new(object, versions_json(ctl, &v->list[o.at]));
	json_object_set_new(object, "certain", json_boolean(!o.withheld));
	return object;
}

static void report(struct ctl *ctl, const struct versions *v, const struct blame *b, size_t at)
{
	const struct origin *origins = b->origins[at];
	if (ctl->format == FORMAT_TEXT) {
		for (size_t i = 0; i < b->n; i++)
			print(ctl, v, &b->items[i], origins[i]);
		return;
	}
	json_t *cards = json_array();
	for (size_t i = 0; i < b->n; i++)
		json_array_append_new(cards, item_json(ctl, v, &b->items[i], origins[i]));
	out_json(ctl, json_pack("{s:s, s:s, s:I, s:o}", "record",
				annot_hash_hex(&v->list[at].record).text, "annotation",
				annot_hash_hex(&v->annotation).text, "version",
				(json_int_t)v->list[at].number, "cards", cards));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_fetched f;
	struct versions versions;
	struct blame blame = {.arena = ctl->arena};
	(void)argc;
	CTL_TRY(ctl, annot_fetch(ctl->annot, args[0], ctl->arena, &f, &ctl->err));
	if (!f.record)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NOT_FOUND,
						"%s is WITHHELD: its cards are gone", args[0]));
	CTL_TRY(ctl, list_items(ctl, f.record, &blame));
	CTL_TRY(ctl, versions_load(ctl, &f.record->annotation, trace, &blame, &versions));
	size_t at = versions_find(&versions, &f.record->id);
	if (at == VERSIONS_NONE)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NOT_FOUND,
						"%s is void: nothing in it counts", args[0]));
	if (versions_in_conflict(f.row) && f.row->head)
		out_note(ctl, "versions stand beside each other: %s; these are the cards of %s",
			 versions_heads_text(ctl, &versions),
			 record_short(ctl, &versions.annotation, f.row->version));
	out_page(ctl);
	report(ctl, &versions, &blame, at);
	return 0;
}

const struct command cmd_blame = {
	"blame", "ID[@N]", "Say of each card of a version who last set it, and when",
	NULL,    run,      NEEDS_DAEMON | LISTS,
	1,       1,
};
