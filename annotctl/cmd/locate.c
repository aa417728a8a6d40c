#include <stdlib.h>
#include <string.h>

#include "../out/alteration.h"

static char *arg_max_edits;
static char **arg_documents;
static int arg_limit, arg_versions, arg_exhaustive;

static const struct poptOption options[] = {
	{"max-edits", '\0', POPT_ARG_STRING, &arg_max_edits, 0,
	 "Letters that may differ, of a hundred; 0: none", "N"},
	{"document", '\0', POPT_ARG_ARGV, &arg_documents, 0, "Only in this one; may be repeated",
	 "DOC"},
	{"all-versions", '\0', POPT_ARG_NONE, &arg_versions, 0,
	 "Also in versions that were replaced, and in retracted documents", NULL},
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "At most N places, the best; 20 if not said",
	 "N"},
	{"exhaustive", '\0', POPT_ARG_NONE, &arg_exhaustive, 0,
	 "Read all texts instead of asking the index", NULL},
	POPT_TABLEEND,
};

enum {
	PER_MILLE = 10,               /* of a hundredth */
	COMPARE_MEMORY_MAX = 1 << 28, /* for comparing the words with one place */
};

static enum annot_status max_edits(struct ctl *ctl, const char *words, unsigned *ret)
{
	char *end = NULL;
	long n = arg_max_edits ? strtol(arg_max_edits, &end, 10) : 0;
	if (!arg_max_edits)
		return annot_locate_edits(annot_bytes_of(words), ret, &ctl->err);
	if (end == arg_max_edits || *end || n < 0 || n > ANNOT_LOCATE_EDITS_MAX / PER_MILLE)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--max-edits %.40s: expected 0 to %d, letters of a hundred",
				  arg_max_edits, ANNOT_LOCATE_EDITS_MAX / PER_MILLE);
	*ret = (unsigned)n * PER_MILLE;
	return ANNOT_OK;
}

static enum annot_status documents(struct ctl *ctl, struct annot_locate_request *in)
{
	while (arg_documents && arg_documents[in->n_documents])
		in->n_documents++;
	in->documents = (const char *const *)arg_documents;
	if (in->n_documents > ANNOT_LOCATE_DOCUMENTS_MAX)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--document: %zu; at most %d are taken",
				  in->n_documents, ANNOT_LOCATE_DOCUMENTS_MAX);
	return ANNOT_OK;
}

/* A place, and how its words differ from those that were looked for. */
struct located {
	const struct annot_locate_place *place;
	struct annot_bytes words, source; /* source: before, text and after of the place */
	struct annot_alteration alteration;
	const char *result;
};

/* Words that cannot be compared word by word (none of letters, or too many) are so by how they were
 * found. */
static const char *result_of(const struct annot_locate_place *p)
{
	if (strcmp(p->how, "exact") == 0)
		return annot_alter_result_name(ANNOT_ALTER_EXACT);
	return annot_alter_result_name(strcmp(p->how, "folded") == 0 ? ANNOT_ALTER_TYPOGRAPHIC
								     : ANNOT_ALTER_ALTERED);
}

static enum annot_status compare(struct ctl *ctl, struct annot_arena *arena, const char *words,
				 const struct annot_locate_place *p, struct located *ret)
{
	const char *before = p->before ? p->before : "", *after = p->after ? p->after : "";
	struct annot_error err = {0};
	size_t start = strlen(before);
	const char *all = annot_arena_printf(arena, "%s%s%s", before, p->text, after);
	*ret = (struct located){.place = p, .words = annot_bytes_of(words), .result = result_of(p)};
	if (!all)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	ret->source = annot_bytes_of(all);
	if (annot_alter(arena, ret->words, ret->source, start, start + strlen(p->text),
			&ret->alteration, &err) == ANNOT_OK)
		ret->result = annot_alter_result_name(ret->alteration.result);
	else
		ret->alteration = (struct annot_alteration){0};
	return ANNOT_OK;
}

static json_t *place_json(const struct located *l)
{
	const struct annot_locate_place *p = l->place;
	uint64_t source_at = p->start - (p->before ? strlen(p->before) : 0);
	return json_pack("{ss ss sI sb s[II] s[II] ss sI ss ss ss so so}", "document",
			 annot_hash_hex(&p->document).text, "name", p->name, "document_version",
			 (json_int_t)p->version, "head", p->head, "bytes", (json_int_t)p->start,
			 (json_int_t)p->end, "chars", (json_int_t)p->chars_start,
			 (json_int_t)p->chars_end, "result", l->result, "score",
			 (json_int_t)p->score, "text", p->text, "before",
			 p->before ? p->before : "", "after", p->after ? p->after : "", "flags",
			 alteration_flags(l->alteration.flags), "differences",
			 alteration_differences(&l->alteration, l->words, l->source, source_at));
}

/* ": negation, number": what makes it an alteration of substance. */
static const char *flags_of(struct ctl *ctl, const struct located *l)
{
	const char *text = "";
	for (unsigned i = 0; i < ANNOT_ALTER_FLAGS && text; i++)
		if (l->alteration.flags & 1U << i)
			text = annot_arena_printf(ctl->arena, "%s%s%s", text, *text ? ", " : ": ",
						  annot_alter_flag_name(i));
	return text ? text : "";
}

static void print_place(struct ctl *ctl, const struct located *l)
{
	const struct annot_locate_place *p = l->place;
	const char *before = p->before ? p->before : "", *after = p->after ? p->after : "";
	if (ctl->quiet) {
		out_text(ctl, "%s@%llu %llu %llu\n", out_safe(ctl, p->name),
			 (unsigned long long)p->version, (unsigned long long)p->start,
			 (unsigned long long)p->end);
		return;
	}
	out_text(ctl, "%s%-12s%s %s@%llu  characters %llu-%llu, %u %% alike%s%s\n",
		 out_style(ctl, STYLE_BOLD), l->result, out_style(ctl, STYLE_PLAIN),
		 out_safe(ctl, p->name), (unsigned long long)p->version,
		 (unsigned long long)p->chars_start, (unsigned long long)p->chars_end,
		 (unsigned)p->score / PER_MILLE, flags_of(ctl, l),
		 p->head ? "" : ", replaced since");
	out_text(ctl, "             %s%s«%s%s%s»%s%s\n",
		 p->chars_start > ANNOT_LOCATE_CONTEXT ? "…" : "", out_safe_flat(ctl, before),
		 out_style(ctl, STYLE_BOLD), out_safe_flat(ctl, p->text),
		 out_style(ctl, STYLE_PLAIN), out_safe_flat(ctl, after), *after ? "…" : "");
}

static enum annot_status print_each(struct ctl *ctl, struct annot_arena *arena, const char *words,
				    const struct annot_locate_reply *reply)
{
	for (size_t i = 0; i < reply->n_places; i++) {
		struct located l;
		annot_arena_reset(arena);
		TRY(compare(ctl, arena, words, &reply->places[i], &l));
		if (ctl->format != FORMAT_TEXT && !ctl->quiet)
			out_list_item(ctl, place_json(&l));
		else
			print_place(ctl, &l);
	}
	return ANNOT_OK;
}

static enum annot_status print_places(struct ctl *ctl, const char *words,
				      const struct annot_locate_reply *reply)
{
	bool as_json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	struct annot_arena *arena = annot_arena_new(COMPARE_MEMORY_MAX);
	if (!arena)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	out_page(ctl);
	if (as_json)
		out_list_begin(ctl);
	enum annot_status status = print_each(ctl, arena, words, reply);
	if (as_json && status == ANNOT_OK)
		out_list_end(ctl);
	annot_arena_free(arena);
	return status;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_locate_request in = {.versions = arg_versions, .exhaustive = arg_exhaustive};
	const struct annot_locate_reply *reply;
	unsigned edits;
	(void)argc;
	if (arg_limit > ANNOT_LOCATE_PLACES_MAX)
		return ctl_usage(ctl, "--limit %d: expected 1 to %d", arg_limit,
				 ANNOT_LOCATE_PLACES_MAX);
	CTL_TRY(ctl, ctl_text(ctl, args[0], "WORDS", &in.words));
	CTL_TRY(ctl, max_edits(ctl, in.words, &edits));
	CTL_TRY(ctl, documents(ctl, &in));
	in.max_edits = edits;
	in.limit = (uint64_t)arg_limit;
	CTL_TRY(ctl, annot_locate(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	CTL_TRY(ctl, print_places(ctl, in.words, reply));
	if (reply->more)
		out_note(ctl, "there are more places than these %zu: --limit N shows more",
			 reply->n_places);
	if (reply->cut)
		out_warning(ctl,
			    "the search was cut short: a text holds more that is like these words "
			    "than can be compared; give more words, or a smaller --max-edits");
	if (reply->n_places == 0)
		out_note(ctl, "not found in %llu byte%s of text",
			 (unsigned long long)(reply->searched + reply->indexed),
			 annot_plural(reply->searched + reply->indexed));
	return reply->n_places > 0 ? 0 : annot_exit_code(ANNOT_NO);
}

const struct command cmd_locate = {
	"locate", "WORDS", "Say where words stand in the whole corpus, as they are or altered",
	options,  run,     NEEDS_DAEMON | LISTS,
	0,        1,
};
