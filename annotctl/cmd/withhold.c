#include <string.h>

#include "../out/out.h"
#include "../out/record.h"
#include "../write.h"

static char *arg_because;
static int arg_quotes, arg_only;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why (needed)", "TEXT"},
	{"quotes", '\0', POPT_ARG_NONE, &arg_quotes, 0,
	 "Of a document: also every version of what quotes it", NULL},
	{"only", '\0', POPT_ARG_NONE, &arg_only, 0,
	 "Of a document: leave what quotes it, with the words in it", NULL},
	POPT_TABLEEND,
};

enum { WITHHOLD_MAX = 4096, NAMED_MAX = 8 };

/* What is to go: what quotes a document before the document itself. */
struct plan {
	struct ctl *ctl;
	struct annot_hash records[WITHHOLD_MAX];
	size_t n;
	const struct annot_record *document; /* that is looked for */
	const char *unnamed;                 /* the first of what quotes it and was not named */
	size_t n_unnamed;
};

static bool has(const struct plan *p, const struct annot_hash *record)
{
	for (size_t i = 0; i < p->n; i++)
		if (annot_hash_equal(&p->records[i], record))
			return true;
	return false;
}

static enum annot_status add(struct plan *p, const struct annot_hash *record)
{
	if (has(p, record))
		return ANNOT_OK;
	if (p->n == WITHHOLD_MAX)
		return annot_fail(&p->ctl->err, ANNOT_TOO_LARGE,
				  "more than %d records to withhold at once", WITHHOLD_MAX);
	p->records[p->n++] = *record;
	return ANNOT_OK;
}

/* --- what has words of a document --- */

static bool has_words(const struct annot_record *record, const struct annot_record *document)
{
	struct annot_target target;
	if (record->kind->kind == ANNOT_KIND_document)
		return !annot_hash_equal(&record->id, &document->id) &&
		       annot_hash_equal(&annot_record_card(record, "sha256")->hash,
					&annot_record_card(document, "sha256")->hash);
	for (size_t i = 0; i < annot_record_targets(record); i++)
		if (annot_record_target(record, i, &target) &&
		    annot_hash_equal(&target.document, &document->id))
			return true;
	return false;
}

static enum annot_status look_at(struct plan *p, const struct annot_row *row)
{
	struct ctl *ctl = p->ctl;
	const struct annot_record *record;
	TRY(record_of_row(ctl, row, &record));
	if (!record || has(p, &record->id) || !has_words(record, p->document))
		return ANNOT_OK;
	if (arg_quotes) {
		out_note(ctl, "%s", record_summary(ctl, row, record));
		return add(p, &record->id);
	}
	if (p->n_unnamed++ < NAMED_MAX)
		p->unnamed = annot_arena_printf(
			ctl->arena, "%s%s%s", p->unnamed ? p->unnamed : "", p->unnamed ? ", " : "",
			record_short(ctl, &record->annotation, row->version));
	return ANNOT_OK;
}

/* Every version, replaced and retracted ones too: their bytes are all there. */
static enum annot_status look_through(struct plan *p, const char *query)
{
	struct ctl *ctl = p->ctl;
	struct annot_events_request in = {.query = query};
	const struct annot_events_reply *page;
	do {
		TRY(annot_call_events(ctl->annot, &in, ctl->arena, &page, &ctl->err));
		for (size_t i = 0; i < page->n_rows; i++)
			TRY(look_at(p, &page->rows[i]));
		if (page->next <= in.from && page->next < page->size)
			return annot_fail(&ctl->err, ANNOT_PROTOCOL,
					  "the daemon's list of events does not go on");
		in.from = page->next;
	} while (in.from < page->size);
	return ANNOT_OK;
}

static enum annot_status find_quotes(struct plan *p, const struct annot_record *document)
{
	const char *name = annot_record_text(document, "name");
	const char *query = annot_arena_printf(p->ctl->arena, "doc:%s", name);
	p->document = document;
	if (!query)
		return annot_fail(&p->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(look_through(p, query));
	return look_through(p, "kind:document");
}

/* --- what is named --- */

static enum annot_status check_kind(struct ctl *ctl, const struct annot_record *record)
{
	const struct annot_card_def *on =
		annot_card_def_find(annot_kind_def(ANNOT_KIND_withhold), "on", 2);
	const char *kind = record->kind->name;
	if (annot_word_in(on->values, kind, strlen(kind)))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "a %s is never withheld: keys, rules and decisions follow from it "
			  "(only %s are)",
			  kind, on->values);
}

static enum annot_status name_all(struct plan *p, const char **args, int n)
{
	struct ctl *ctl = p->ctl;
	const struct annot_record **named =
		annot_arena_array(ctl->arena, (size_t)n, sizeof(const struct annot_record *));
	if (!named)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (int i = 0; i < n; i++) {
		struct annot_fetched f;
		TRY(write_see(ctl, args[i], true, &f));
		TRY(check_kind(ctl, f.record));
		named[i] = f.record;
		TRY(add(p, &f.record->id));
	}
	for (int i = 0; i < n && !arg_only; i++)
		if (named[i]->kind->kind == ANNOT_KIND_document)
			TRY(find_quotes(p, named[i]));
	if (p->n_unnamed == 0)
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "%zu record%s have words of it or are the same text: %s%s; name them "
			  "too, say --quotes for all of them, or --only to leave them",
			  p->n_unnamed, annot_plural(p->n_unnamed), p->unnamed,
			  p->n_unnamed > NAMED_MAX ? " …" : "");
}

/* The last first: documents were named before what quotes them was found. */
static enum annot_status withhold(struct plan *p, const char *because)
{
	struct ctl *ctl = p->ctl;
	for (size_t i = p->n; i-- > 0;) {
		struct annot_draft *draft = annot_draft_new(ANNOT_KIND_withhold);
		struct written written;
		enum annot_status status =
			draft ? annot_draft_add_hash(draft, "on", &p->records[i], &ctl->err)
			      : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
		if (status == ANNOT_OK)
			status = annot_draft_add(draft, "reason", because, &ctl->err);
		if (status == ANNOT_OK)
			status = write_silently(ctl, draft, &written);
		annot_draft_free(draft);
		TRY(status);
		write_print(ctl, &written, "added");
	}
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct plan *plan = annot_arena_alloc(ctl->arena, sizeof *plan);
	const char *because;
	if (!plan)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory"));
	if (arg_quotes && arg_only)
		return ctl_usage(ctl, "--quotes takes what quotes it, --only leaves it: say one");
	plan->ctl = ctl;
	CTL_TRY(ctl, ctl_text(ctl, arg_because, "--because", &because));
	CTL_TRY(ctl, name_all(plan, args, argc));
	if (ctl->terminal)
		CTL_TRY(ctl, write_confirm(ctl));
	CTL_TRY(ctl, withhold(plan, because));
	return 0;
}

const struct command cmd_withhold = {
	"withhold",
	"ID@N… --because TEXT",
	"Take the bytes of records away for good, as an admin",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	-1,
};
