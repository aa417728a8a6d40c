#include <string.h>

#include "../merge.h"
#include "../out/clash.h"
#include "../out/record.h"
#include "../write.h"

static int arg_ours, arg_theirs, arg_drop;
static char **arg_set;

static const struct poptOption options[] = {
	{"ours", '\0', POPT_ARG_NONE, &arg_ours, 0, "Where they clash, take your own version",
	 NULL},
	{"theirs", '\0', POPT_ARG_NONE, &arg_theirs, 0, "Where they clash, take the other version",
	 NULL},
	{"drop-withheld", '\0', POPT_ARG_NONE, &arg_drop, 0,
	 "Also replace versions that were withheld; nothing is taken from them", NULL},
	{"set", '\0', POPT_ARG_ARGV, &arg_set, 0, "Settle a card with this value", "CARD=VALUE"},
	POPT_TABLEEND,
};

/* A clash that nothing has settled. */
struct open_clash {
	struct annot_merge_clash clash;
	size_t head; /* its theirs */
	struct open_clash *next;
};

struct work {
	struct merging merging;
	struct annot_merge_cards cards; /* so far */
	struct open_clash *open, **open_end;
	size_t n_open;
};

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* --- --set --- */

/* The card that a CARD=VALUE is about, and its value; USAGE. */
static enum annot_status split(struct ctl *ctl, const struct annot_kind_def *kind, const char *arg,
			       const struct annot_card_def **ret_card, const char **ret_value)
{
	const char *equals = strchr(arg, '=');
	if (!equals || equals == arg)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--set %s: expected CARD=VALUE", arg);
	const struct annot_card_def *def = annot_card_def_find(kind, arg, (size_t)(equals - arg));
	if (!def)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--set %s: kind %s has no such card", arg,
				  kind->name);
	if (def->in_group || def->type == ANNOT_CARD_TARGET)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--set %s: targets are taken from a version, with --ours or "
				  "--theirs",
				  arg);
	*ret_card = def;
	*ret_value = equals + 1;
	return ANNOT_OK;
}

static bool is_set_by_hand(const struct annot_card_def *def)
{
	size_t len = strlen(def->name);
	for (char **s = arg_set; s && *s; s++)
		if (strncmp(*s, def->name, len) == 0 && (*s)[len] == '=')
			return true;
	return false;
}

/* A card that may repeat gets all values that are given for it. */
static enum annot_status set_by_hand(struct ctl *ctl, struct annot_merge_cards *cards)
{
	bool begun[ANNOT_CARDS_MAX] = {false};
	for (char **s = arg_set; s && *s; s++) {
		const struct annot_card_def *def;
		const char *value;
		TRY(split(ctl, cards->kind, *s, &def, &value));
		size_t card = (size_t)(def - cards->kind->cards), n = 0;
		struct annot_merge_list *list = &cards->lists[card];
		struct annot_merge_value *values =
			annot_arena_array(ctl->arena, list->n + 1, sizeof *values);
		if (!values)
			return no_memory(ctl);
		for (; begun[card] && n < list->n; n++)
			values[n] = list->values[n];
		values[n++] = (struct annot_merge_value){.text = value};
		*list = (struct annot_merge_list){.values = values, .n = n};
		begun[card] = true;
	}
	return ANNOT_OK;
}

/* --- asking --- */

static const char *label(struct ctl *ctl, const struct work *w, size_t head)
{
	const struct versions *v = &w->merging.versions;
	const struct version *version = &v->list[w->merging.heads[head].at];
	const char *text = annot_arena_printf(ctl->arena, "%s by %s",
					      record_short(ctl, &v->annotation, version->number),
					      out_safe(ctl, version->author_name));
	return text ? text : "";
}

static void show(struct ctl *ctl, const struct work *w, const struct annot_merge_clash *clash,
		 size_t head)
{
	const char *ours = label(ctl, w, 0);
	if (head > 1)
		ours = annot_arena_printf(ctl->arena, "%s, merged with %zu other%s", ours, head - 1,
					  annot_plural(head - 1));
	clash_text(ctl, clash, ours ? ours : "", label(ctl, w, head));
}

/* The lines of an edited text as values: of a card that stands once the whole text is one. */
static enum annot_status values_of(struct ctl *ctl, const struct annot_card_def *def,
				   const char *text, struct annot_merge_list *ret)
{
	size_t most = def->max > 1 ? strlen(text) + 1 : 1;
	struct annot_merge_value *values = annot_arena_array(
		ctl->arena, most < ANNOT_CARDS_MAX ? most : ANNOT_CARDS_MAX, sizeof *values);
	if (!values)
		return no_memory(ctl);
	*ret = (struct annot_merge_list){.values = values};
	if (def->max == 1) {
		values[0].text = text;
		ret->n = *text != '\0';
		return ANNOT_OK;
	}
	for (const char *line = text; *line && ret->n < ANNOT_CARDS_MAX;) {
		size_t len = strcspn(line, "\n");
		const char *value = annot_arena_copy(ctl->arena, line, len);
		if (!value)
			return no_memory(ctl);
		if (len > 0)
			values[ret->n++].text = value;
		line += len + (line[len] == '\n');
	}
	return ANNOT_OK;
}

/* false: the text was not settled, ask again. */
static enum annot_status edit(struct ctl *ctl, const struct annot_merge_clash *clash, bool *ret,
			      struct annot_merge_list *ret_list)
{
	const char *text = clash_for_editor(ctl, clash);
	if (!text)
		return no_memory(ctl);
	TRY(ctl_edit(ctl, text, clash->def->name, &text));
	*ret = !clash_is_marked(text);
	if (!*ret)
		fputs("annotctl: there are markers left in it\n", stderr);
	return values_of(ctl, clash->def, text, ret_list);
}

/* What a person at the terminal wants of a clash. */
static enum annot_status ask(struct ctl *ctl, const struct work *w,
			     const struct annot_merge_clash *clash, size_t head,
			     struct annot_merge_list *ret)
{
	bool editable = clash_is_editable(clash), done = false;
	char answer[16];
	ctl->to_stderr = true;
	show(ctl, w, clash, head);
	ctl->to_stderr = false;
	while (!done) {
		fflush(stdout);
		fprintf(stderr, "annotctl: %s: (o)urs, (t)heirs%s, (q)uit? ", clash->def->name,
			editable ? ", (e)dit" : "");
		char c = fgets(answer, sizeof answer, stdin) ? answer[0] : 'q';
		done = c == 'o' || c == 't';
		if (done)
			*ret = c == 'o' ? clash->with_ours : clash->with_theirs;
		else if (c == 'e' && editable)
			TRY(edit(ctl, clash, &done, ret));
		else if (c == 'q')
			return annot_fail(&ctl->err, ANNOT_REFUSED,
					  "%s was not settled; nothing was signed",
					  clash->def->name);
	}
	return ANNOT_OK;
}

/* --- merging --- */

static enum annot_status leave_open(struct ctl *ctl, struct work *w,
				    const struct annot_merge_clash *clash, size_t head)
{
	struct open_clash *open = annot_arena_alloc(ctl->arena, sizeof *open);
	if (!open)
		return no_memory(ctl);
	*open = (struct open_clash){.clash = *clash, .head = head};
	*w->open_end = open;
	w->open_end = &open->next;
	w->n_open++;
	return ANNOT_OK;
}

static enum annot_status settle(struct ctl *ctl, struct work *w,
				const struct annot_merge_clash *clash, size_t head)
{
	struct annot_merge_list *card = &w->cards.lists[clash->def - w->cards.kind->cards];
	if (is_set_by_hand(clash->def) || arg_ours)
		return ANNOT_OK; /* what is set by hand is set at the end; ours is taken already */
	if (arg_theirs)
		*card = clash->with_theirs;
	else if (ctl->terminal)
		TRY(ask(ctl, w, clash, head, card));
	else
		TRY(leave_open(ctl, w, clash, head));
	return ANNOT_OK;
}

/* All heads, one after the other, into w->cards. */
static enum annot_status merge_all(struct ctl *ctl, struct work *w)
{
	w->cards = w->merging.heads[0].cards;
	for (size_t k = 1; k < w->merging.n; k++) {
		struct annot_merged merged;
		TRY(merge_head(ctl, &w->merging, k, &w->cards, &merged));
		w->cards = merged.cards;
		for (size_t i = 0; i < merged.n_clashes; i++)
			TRY(settle(ctl, w, &merged.clashes[i], k));
	}
	return set_by_hand(ctl, &w->cards);
}

/* Lists every clash as the result, and fails. */
static enum annot_status refuse(struct ctl *ctl, const struct work *w)
{
	const struct versions *v = &w->merging.versions;
	json_t *clashes = ctl->format == FORMAT_TEXT ? NULL : json_array();
	const char *names = "";
	for (const struct open_clash *o = w->open; o; o = o->next) {
		names = annot_arena_printf(ctl->arena, "%s%s%s", names ? names : "",
					   o == w->open ? "" : ", ", o->clash.def->name);
		if (!clashes) {
			if (!ctl->quiet)
				show(ctl, w, &o->clash, o->head);
			continue;
		}
		json_t *clash = clash_json(&o->clash);
		json_object_set_new(
			clash, "theirs_version",
			json_integer((json_int_t)v->list[w->merging.heads[o->head].at].number));
		json_array_append_new(clashes, clash);
	}
	if (clashes)
		out_json(ctl, json_pack("{s:s, s:I, s:o, s:o}", "annotation",
					annot_hash_hex(&v->annotation).text, "ours_version",
					(json_int_t)v->list[w->merging.heads[0].at].number, "heads",
					versions_heads_json(ctl, v), "clashes", clashes));
	return annot_fail(&ctl->err, ANNOT_CONFLICT,
			  "%zu %s in %s; say --ours, --theirs or --set CARD=VALUE. Nothing was "
			  "signed",
			  w->n_open, w->n_open == 1 ? "clash" : "clashes", names ? names : "");
}

/* What is about to be signed, on stderr; on a terminal it takes a yes. */
static enum annot_status show_result(struct ctl *ctl, const struct work *w)
{
	if (!ctl->terminal && (ctl->quiet || ctl->format != FORMAT_TEXT))
		return ANNOT_OK; /* the script gets it as the result, or wants silence */
	out_note(ctl, "merged:");
	ctl->to_stderr = true;
	cards_text(ctl, &w->cards);
	ctl->to_stderr = false;
	return ctl->terminal ? write_confirm(ctl) : ANNOT_OK;
}

static enum annot_status sign(struct ctl *ctl, const struct work *w, struct written *ret)
{
	struct annot_hash heads[ANNOT_PARENTS_MAX];
	struct annot_draft *draft;
	for (size_t i = 0; i < w->merging.n_all; i++)
		heads[i] = w->merging.versions.list[w->merging.heads[i].at].record;
	TRY(annot_merge_draft(&w->cards, &w->merging.versions.annotation, heads, w->merging.n_all,
			      &draft, &ctl->err));
	enum annot_status status = write_on_heads(ctl, draft, ret);
	annot_draft_free(draft);
	if (status != ANNOT_CONFLICT)
		return status;
	struct annot_error said = ctl->err;
	return annot_fail(&ctl->err, status, "%s. Nothing was merged; merge again", said.text);
}

static enum annot_status merge(struct ctl *ctl, const char *id, struct written *ret)
{
	struct work w = {.n_open = 0};
	w.open_end = &w.open;
	TRY(merge_gather(ctl, id, arg_drop, &w.merging));
	/* Before anybody is asked anything. */
	for (char **s = arg_set; s && *s; s++) {
		const struct annot_card_def *def;
		const char *value;
		TRY(split(ctl, w.merging.heads[0].cards.kind, *s, &def, &value));
	}
	TRY(merge_all(ctl, &w));
	if (w.n_open > 0)
		return refuse(ctl, &w);
	TRY(show_result(ctl, &w));
	TRY(sign(ctl, &w, ret));
	if (w.merging.left_over > 0)
		out_note(ctl, "%zu more latest version%s; merge again", w.merging.left_over,
			 annot_plural(w.merging.left_over));
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct written written;
	(void)argc;
	if (arg_ours && arg_theirs)
		return ctl_usage(ctl, "--ours and --theirs: say one of them");
	if (strchr(args[0], '@') || *args[0] == '=')
		return ctl_usage(ctl,
				 "%s is one version; name the annotation whose versions are to "
				 "be merged",
				 args[0]);
	CTL_TRY(ctl, merge(ctl, args[0], &written));
	return write_print(ctl, &written, "merged");
}

const struct command cmd_merge = {
	"merge", "ID", "Sign one version that replaces all that stand beside each other",
	options, run,  NEEDS_DAEMON | WRITES,
	1,       1,
};
