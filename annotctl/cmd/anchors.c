#include <string.h>

#include "../anchors/anchors.h"
#include "../out/record.h"
#include "../rows.h"

static char *arg_from, *arg_to, *arg_status;
static int arg_limit, arg_cautious;

static const struct poptOption options[] = {
	{"from", '\0', POPT_ARG_STRING, &arg_from, 0,
	 "Only words of version V; by default of all that are older", "V"},
	{"to", '\0', POPT_ARG_STRING, &arg_to, 0,
	 "Look for them in version V, by default the newest", "V"},
	{"status", '\0', POPT_ARG_STRING, &arg_status, 0,
	 "Only exact, moved, changed, ambiguous, orphan; several with commas", "STATUS"},
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "At most N", "N"},
	{"cautious", '\0', POPT_ARG_NONE, &arg_cautious, 0,
	 "Rather an orphan than a place that is not beyond doubt", NULL},
	POPT_TABLEEND,
};

struct listing {
	struct anchors *anchors;
	const struct anchors_text *from, *to; /* from NULL: every older version */
	unsigned statuses;
	size_t counts[ANNOT_ANCHOR_ORPHAN + 1], missing, shown;
	bool named; /* of the record at hand: --quiet has printed it */
};

/* --- which versions */

static enum annot_status version_of(struct ctl *ctl, struct listing *l, const char *option,
				    const char *number, const struct anchors_text **ret)
{
	const struct annot_record *record = l->to->fetched.record;
	uint64_t n;
	if (!annot_parse_u64(number, strlen(number), &n) || n == 0)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "%s %s: expected the number of a version, from 1 on", option,
				  number);
	const char *id =
		annot_arena_printf(ctl->arena, "%s@%llu", annot_hash_hex(&record->annotation).text,
				   (unsigned long long)n);
	return anchors_version(l->anchors, id ? id : "", ret);
}

static enum annot_status choose(struct ctl *ctl, struct listing *l, const char *id)
{
	if (strchr(id, '@') && arg_to)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "%s names a version and so does --to %s: say one of them", id,
				  arg_to);
	TRY(anchors_version(l->anchors, id, &l->to));
	if (l->to->fetched.record && arg_from)
		TRY(version_of(ctl, l, "--from", arg_from, &l->from));
	if (l->to->fetched.record && arg_to)
		TRY(version_of(ctl, l, "--to", arg_to, &l->to));
	if (!l->to->missing)
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED, "%s: the text of version %llu %s", id,
			  (unsigned long long)l->to->fetched.row->version,
			  l->to->fetched.record ? "was not uploaded yet" : "was withheld");
}

/* Whether a target is of the versions that are wanted. */
static enum annot_status is_wanted(struct ctl *ctl, struct listing *l,
				   const struct annot_target *target,
				   const struct annot_target_view *view,
				   const struct anchors_text **ret_from, bool *ret)
{
	const struct annot_record *to = l->to->fetched.record;
	*ret = false;
	if (annot_hash_equal(&target->document, &to->id))
		return ANNOT_OK;
	if (!l->from && view->version >= l->to->fetched.row->version)
		return ANNOT_OK;
	if (l->from && (!l->from->fetched.record ||
			!annot_hash_equal(&target->document, &l->from->fetched.record->id)))
		return ANNOT_OK;
	TRY(anchors_record(l->anchors, &target->document, ret_from));
	const struct annot_record *from = (*ret_from)->fetched.record;
	struct annot_leaf leaf;
	if (!from)
		TRY(annot_leaf_parse(annot_bytes_of((*ret_from)->fetched.row->leaf), &leaf,
				     &ctl->err));
	*ret = annot_hash_equal(from ? &from->annotation : &leaf.annotation, &to->annotation);
	return ANNOT_OK;
}

/* --- listing */

static void show(struct ctl *ctl, struct listing *l, const struct annot_row *row,
		 const struct annot_record *record, const struct anchored *f)
{
	l->shown++;
	if (ctl->quiet) {
		if (!l->named)
			out_text(ctl, "%s\n", annot_hash_hex(&record->annotation).text);
		l->named = true;
	} else if (ctl->format == FORMAT_TEXT) {
		anchored_text(ctl, row, record, f);
	} else {
		out_list_item(ctl, anchored_json(ctl, row, record, f));
	}
}

static enum annot_status each(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct listing *l = arg;
	struct annot_target target;
	l->named = false;
	for (size_t i = 0; record && annot_record_target(record, i, &target); i++) {
		const struct anchors_text *from;
		struct anchored found;
		bool wanted;
		if (i >= row->n_targets || (arg_limit && l->shown >= (size_t)arg_limit))
			break;
		TRY(is_wanted(ctl, l, &target, &row->targets[i], &from, &wanted));
		if (!wanted)
			continue;
		TRY(anchors_find(l->anchors, record, i, from, l->to, &found));
		if (found.missing)
			l->missing++;
		else
			l->counts[found.anchor.status]++;
		if (found.missing ? !arg_status : (l->statuses >> found.anchor.status & 1))
			show(ctl, l, row, record, &found);
	}
	return ANNOT_OK;
}

static void sum_up(struct ctl *ctl, const struct listing *l)
{
	struct annot_buf b = ANNOT_BUF_INIT(512);
	size_t n = l->missing;
	for (size_t i = 0; i <= ANNOT_ANCHOR_ORPHAN; i++) {
		annot_buf_printf(&b, ", %zu %s", l->counts[i],
				 annot_anchor_name((enum annot_anchor_status)i));
		n += l->counts[i];
	}
	if (l->missing)
		annot_buf_printf(&b, ", %zu withheld", l->missing);
	out_note(ctl, "%s@%llu: %zu target%s of %s%s", out_safe(ctl, l->to->name),
		 (unsigned long long)l->to->fetched.row->version, n, annot_plural(n),
		 l->from ? "that version" : "older versions", b.failed ? "" : b.data);
	annot_buf_free(&b);
}

static enum annot_status list(struct ctl *ctl, struct listing *l, const char **args)
{
	l->statuses = ANCHORS_ALL;
	if (arg_status)
		TRY(anchors_statuses(ctl, "--status", arg_status, ANCHORS_ALL, &l->statuses));
	TRY(choose(ctl, l, args[0]));
	bool json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	const char *query = annot_arena_printf(
		ctl->arena, "doc:%s %s", annot_hash_hex(&l->to->fetched.record->annotation).text,
		rows_query(ctl, args + 1));
	if (!query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	out_page(ctl);
	if (json)
		out_list_begin(ctl);
	TRY(rows_each(ctl, &(struct rows_request){.query = query}, each, l, NULL));
	if (json)
		out_list_end(ctl);
	sum_up(ctl, l);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct listing l = {.anchors = anchors_new(ctl, arg_cautious)};
	(void)argc;
	enum annot_status status =
		l.anchors ? list(ctl, &l, args)
			  : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	anchors_free(l.anchors);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_anchors = {
	"anchors",
	"DOC [QUERY]",
	"Say where words that were quoted from older versions stand in the newest",
	options,
	run,
	NEEDS_DAEMON | LISTS,
	1,
	-1,
};
