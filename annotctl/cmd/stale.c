#include <stdlib.h>
#include <string.h>

#include "../out/record.h"
#include "../rows.h"
#include "../stale/stale.h"

static char *arg_ignore;
static int arg_limit;

static const struct poptOption options[] = {
	{"ignore", '\0', POPT_ARG_STRING, &arg_ignore, 0,
	 "Not what is only so: moved, replaced …; several with commas", "REASON"},
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "At most N", "N"},
	POPT_TABLEEND,
};

struct run {
	struct stale stale;
	struct annot_buf judgements; /* a list of struct judgement */
	size_t shown;
};

struct judgement {
	uint64_t index;
	struct annot_hash record;
};

/* --- which judgements */

static bool is_judgement(const struct annot_record *record)
{
	enum annot_kind kind = record->kind->kind;
	return kind == ANNOT_KIND_verdict || kind == ANNOT_KIND_review || kind == ANNOT_KIND_link;
}

static bool stands(const struct annot_row *row)
{
	return row->head && strcmp(row->effect, "effective") == 0 &&
	       strcmp(row->review, "retracted") != 0;
}

static enum annot_status keep(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct run *r = arg;
	if (!record || !is_judgement(record) || !stands(row))
		return ANNOT_OK;
	struct judgement one = {row->index, record->id};
	return LIST_ADD(ctl, &r->judgements, &one);
}

/* A judgement itself, or those about what the query found. */
static enum annot_status keep_all(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	struct row_ids ids;
	if (record && is_judgement(record))
		TRY(keep(ctl, row, record, arg));
	TRY(rows_ids(ctl, row, record, &ids));
	const char *id = annot_arena_printf(ctl->arena, "%s", annot_hash_hex(&ids.annotation).text);
	return rows_each(ctl, &(struct rows_request){.history_of = id ? id : ""}, keep, arg, NULL);
}

static int by_index(const void *a, const void *b)
{
	const struct judgement *x = a, *y = b;
	return x->index < y->index ? -1 : x->index > y->index;
}

static enum annot_status choose(struct ctl *ctl, struct run *r, const char **args)
{
	const char *query = rows_query(ctl, args);
	bool everything = query[strspn(query, " \t\r\n")] == '\0';
	struct rows_request request = {.query = query};
	if (everything)
		request.query = "kind:verdict kind:review kind:link";
	TRY(rows_each(ctl, &request, everything ? keep : keep_all, r, NULL));
	if (r->judgements.len > 0)
		qsort(r->judgements.data, LIST_COUNT(struct judgement, &r->judgements),
		      sizeof(struct judgement), by_index);
	return ANNOT_OK;
}

static enum annot_status parse_ignored(struct ctl *ctl, unsigned *ret)
{
	struct annot_buf names = ANNOT_BUF_INIT(256);
	for (const char *at = arg_ignore; at && *at;) {
		size_t len = strcspn(at, ",");
		unsigned bit = 0;
		for (enum stale_why why = 0; why < STALE_WHYS; why++)
			if (strlen(stale_name(why)) == len && memcmp(stale_name(why), at, len) == 0)
				bit = 1u << why;
		*ret |= bit;
		at += len + (at[len] == ',');
		if (bit)
			continue;
		for (enum stale_why why = 0; why < STALE_WHYS; why++)
			annot_buf_printf(&names, "%s%s", why ? ", " : "", stale_name(why));
		annot_fail(&ctl->err, ANNOT_USAGE,
			   "--ignore \"%s\": expected %s, with commas between them", arg_ignore,
			   names.data);
		annot_buf_free(&names);
		return ANNOT_USAGE;
	}
	return ANNOT_OK;
}

/* --- what is said */

static const char *reason_text(struct ctl *ctl, const struct stale_reason *r)
{
	static const char *const texts[STALE_WHYS] = {
		[STALE_REPLACED] = "was replaced by a newer version",
		[STALE_RETRACTED] = "was retracted",
		[STALE_WITHHELD] = "was withheld",
		[STALE_MOVED] = "its words moved",
		[STALE_CHANGED] = "its words changed",
		[STALE_AMBIGUOUS] = "which words are its own cannot be told",
		[STALE_ORPHAN] = "its words are gone",
		[STALE_ABSENT] = "the newest text of its document was not uploaded yet",
		[STALE_UNSEARCHED] = "its words were not looked for",
	};
	const char *name = r->target && r->target->name ? out_safe(ctl, r->target->name) : "?";
	const char *text = texts[r->why];
	if (r->target && r->newest)
		text = annot_arena_printf(ctl->arena, "%s in %s@%llu", text, name,
					  (unsigned long long)r->newest);
	else if (r->target && (r->why == STALE_RETRACTED || r->why == STALE_WITHHELD))
		text = annot_arena_printf(ctl->arena, "its document %s %s", name, text);
	return text ? text : "";
}

static void print_text(struct ctl *ctl, const struct run *r, const struct annot_row *row,
		       const struct annot_record *record)
{
	for (size_t i = 0; i < LIST_COUNT(struct stale_reason, &r->stale.reasons); i++) {
		const struct stale_reason *reason =
			&LIST_ITEMS(struct stale_reason, &r->stale.reasons)[i];
		out_text(ctl, "%s  %-8s %-12s %-10s %s %s: %s\n",
			 record_short(ctl, &record->annotation, row->version), record->kind->name,
			 row->author_name ? out_safe(ctl, row->author_name) : "?",
			 stale_name(reason->why), reason->card,
			 record_short(ctl, &reason->annotation, reason->version),
			 reason_text(ctl, reason));
	}
}

static json_t *reason_json(struct ctl *ctl, const struct stale_reason *r)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "reason", stale_name(r->why),
				   "card", r->card, "record", annot_hash_hex(&r->record).text,
				   "annotation", annot_hash_hex(&r->annotation).text, "version",
				   (json_int_t)r->version, "text", reason_text(ctl, r));
	if (!r->target)
		return object;
	json_object_set_new(object, "document",
			    json_string(annot_hash_hex(&r->target->document).text));
	json_object_set_new(object, "name",
			    r->target->name ? json_string(r->target->name) : json_null());
	json_object_set_new(object, "document_version",
			    json_integer((json_int_t)r->target->version));
	if (r->newest)
		json_object_set_new(object, "newest_version", json_integer((json_int_t)r->newest));
	return object;
}

static json_t *stale_json(struct ctl *ctl, const struct run *r, const struct annot_row *row,
			  const struct annot_record *record)
{
	json_t *object = record_json(ctl, row, record, false), *reasons = json_array();
	for (size_t i = 0; i < LIST_COUNT(struct stale_reason, &r->stale.reasons); i++)
		json_array_append_new(reasons, reason_json(ctl, &LIST_ITEMS(struct stale_reason,
									    &r->stale.reasons)[i]));
	json_object_set_new(object, "reasons", reasons);
	return object;
}

static enum annot_status show(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct run *r = arg;
	if (!record || (arg_limit && r->shown >= (size_t)arg_limit))
		return ANNOT_OK;
	TRY(stale_judge(ctl, &r->stale, row, record));
	if (r->stale.reasons.len == 0)
		return ANNOT_OK;
	r->shown++;
	if (ctl->quiet)
		out_text(ctl, "%s\n", annot_hash_hex(&record->annotation).text);
	else if (ctl->format == FORMAT_TEXT)
		print_text(ctl, r, row, record);
	else
		out_list_item(ctl, stale_json(ctl, r, row, record));
	return ANNOT_OK;
}

/* Hashes of the judgements, each once. */
static enum annot_status hashes_of(struct ctl *ctl, struct run *r, struct annot_hash **ret,
				   size_t *ret_n)
{
	const struct judgement *list = LIST_ITEMS(struct judgement, &r->judgements);
	size_t n = LIST_COUNT(struct judgement, &r->judgements);
	*ret = calloc(n + 1, sizeof **ret);
	*ret_n = 0;
	if (!*ret)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		if (i == 0 || list[i].index != list[i - 1].index)
			(*ret)[(*ret_n)++] = list[i].record;
	return ANNOT_OK;
}

static enum annot_status run_all(struct ctl *ctl, struct run *r, const char **args)
{
	bool json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	struct annot_hash *hashes = NULL;
	size_t n;
	TRY(parse_ignored(ctl, &r->stale.ignored));
	TRY(choose(ctl, r, args));
	TRY(hashes_of(ctl, r, &hashes, &n));
	out_page(ctl);
	if (json)
		out_list_begin(ctl);
	struct rows_request request = {.records = hashes, .n_records = n};
	enum annot_status status = rows_each(ctl, &request, show, r, NULL);
	free(hashes);
	TRY(status);
	if (json)
		out_list_end(ctl);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct run r = {.stale.reasons = LIST_INIT, .judgements = LIST_INIT};
	(void)argc;
	enum annot_status status = run_all(ctl, &r, args);
	stale_free(&r.stale);
	annot_buf_free(&r.judgements);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return r.shown > 0;
}

const struct command cmd_stale = {
	"stale",
	"[QUERY]",
	"List verdicts, reviews and links whose words or evidence are not what they were",
	options,
	run,
	NEEDS_DAEMON | LISTS,
	0,
	-1,
};
