/* Two versions, each by its id; or two bundles, each verified. */
#include "../bundle_arg.h"
#include "diff.h"

/* --- what both have in common --- */

struct pair {
	const struct annot_record *records[2];
	const char *headings[2];
};

static int print_pair(struct ctl *ctl, const struct pair *pair, bool stat, json_t *more)
{
	bool text = ctl->format == FORMAT_TEXT;
	struct diff_cards d = {
		.a = pair->records[0],
		.b = pair->records[1],
		.indent = "",
		.print = text && !stat,
		.list = text || stat ? NULL : json_array(),
	};
	if (text && !ctl->quiet)
		out_text(ctl, "%s--- %s\n+++ %s%s\n", out_style(ctl, STYLE_BOLD), pair->headings[0],
			 pair->headings[1], out_style(ctl, STYLE_PLAIN));
	enum annot_status status = diff_cards(ctl, &d);
	if (status != ANNOT_OK) {
		json_decref(d.list);
		json_decref(more);
		return ctl_fail(ctl, status);
	}
	bool differ = diff_any(&d.stat);
	if (text) {
		if (stat)
			out_text(ctl, "%s\n", diff_stat_text(ctl, &d.stat));
		json_decref(more);
	} else {
		json_t *object = json_pack("{s:s, s:s, s:b}", "a", annot_hash_hex(&d.a->id).text,
					   "b", annot_hash_hex(&d.b->id).text, "differ", differ);
		json_object_set_new(object, "stat", diff_stat_json(&d.stat));
		if (d.list)
			json_object_set_new(object, "changes", d.list);
		json_object_update_new(object, more ? more : json_object());
		out_json(ctl, object);
	}
	return differ ? annot_exit_code(ANNOT_NO) : 0;
}

static enum annot_status same_kind(struct ctl *ctl, const struct pair *pair, const char **args)
{
	const struct annot_record *const *r = pair->records;
	if (r[0]->kind == r[1]->kind)
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_USAGE,
			  "%s is a %s and %s a %s; only records of one kind can be compared",
			  args[0], r[0]->kind->name, args[1], r[1]->kind->name);
}

/* --- versions --- */

static enum annot_status get_version(struct ctl *ctl, const char *id, struct pair *ret, size_t i)
{
	struct annot_fetched f;
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &f, &ctl->err));
	if (!f.record)
		return annot_fail(&ctl->err, ANNOT_REFUSED, "%s is WITHHELD; it cannot be compared",
				  id);
	ret->records[i] = f.record;
	ret->headings[i] = annot_arena_printf(
		ctl->arena, "%s %s by %s, #%llu", f.record->kind->name,
		record_short(ctl, &f.record->annotation, f.row->version),
		out_safe(ctl, f.row->author_name), (unsigned long long)f.row->index);
	return ret->headings[i] ? ANNOT_OK
				: annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

int diff_versions(struct ctl *ctl, const char **ids, bool stat)
{
	struct pair pair;
	for (size_t i = 0; i < 2; i++)
		CTL_TRY(ctl, get_version(ctl, ids[i], &pair, i));
	CTL_TRY(ctl, same_kind(ctl, &pair, ids));
	return print_pair(ctl, &pair, stat, NULL);
}

/* --- bundles --- */

static enum annot_status get_bundle(struct ctl *ctl, const char *file,
				    const struct annot_report *report, struct pair *ret, size_t i)
{
	/* What does not verify may say anything; of what does, the record is what was signed,
	 * whatever became of it since. */
	if (!report->record || report->verdict <= ANNOT_ROLLED_BACK)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s: %s, so it is not compared; annotctl verify %s says why",
				  file, annot_verdict_name(report->verdict), file);
	ret->records[i] = report->record;
	ret->headings[i] = annot_arena_printf(
		ctl->arena, "%s: %s %s, #%llu of %llu, %s", out_safe(ctl, file),
		report->record->kind->name, annot_short_id(&report->record->annotation).text,
		(unsigned long long)report->index, (unsigned long long)report->size,
		annot_verdict_name(report->verdict));
	return ret->headings[i] ? ANNOT_OK
				: annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

static json_t *bundle_json(const struct annot_report *r)
{
	return json_pack("{s:s, s:I, s:I}", "verdict", annot_verdict_name(r->verdict), "index",
			 (json_int_t)r->index, "size", (json_int_t)r->size);
}

/* The log may have gone on between two bundles of one record: their verdicts and sizes differ then.
 */
static int print_bundles(struct ctl *ctl, const char **files,
			 const struct annot_report *const reports[2], bool stat)
{
	struct pair pair;
	for (size_t i = 0; i < 2; i++)
		CTL_TRY(ctl, get_bundle(ctl, files[i], reports[i], &pair, i));
	CTL_TRY(ctl, same_kind(ctl, &pair, files));
	json_t *more =
		json_pack("{s:[o,o]}", "bundles", bundle_json(reports[0]), bundle_json(reports[1]));
	int code = print_pair(ctl, &pair, stat, more);
	if (code == 0 && reports[0]->verdict != reports[1]->verdict) {
		if (ctl->format == FORMAT_TEXT)
			out_text(ctl, "~ verdict      %s -> %s\n",
				 annot_verdict_name(reports[0]->verdict),
				 annot_verdict_name(reports[1]->verdict));
		return annot_exit_code(ANNOT_NO);
	}
	return code;
}

int diff_bundles(struct ctl *ctl, const char **files, const char *corpus, bool stat)
{
	struct annot_bytes bytes[2] = {0};
	const struct annot_report *reports[2];
	struct annot_trust trust;
	enum annot_status status = bundle_trust(ctl, files[0], corpus, &trust);
	for (size_t i = 0; i < 2 && status == ANNOT_OK; i++) {
		status = annot_file_map(files[i], &bytes[i], &ctl->err);
		if (status == ANNOT_OK)
			status = annot_verify_bundle(ctl->arena, bytes[i], &trust, &reports[i],
						     &ctl->err);
	}
	int code = status == ANNOT_OK ? print_bundles(ctl, files, reports, stat)
				      : ctl_fail(ctl, status);
	for (size_t i = 0; i < 2; i++)
		annot_file_unmap(&bytes[i]);
	return code;
}
