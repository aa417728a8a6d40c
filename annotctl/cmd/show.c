#include <string.h>

#include "../opinions.h"
#include "../out/out.h"
#include "../out/record.h"
#include "../out/terminal.h"
#include "../reading/reading.h"
#include "../verdicts.h"
#include "../versions.h"
#include "../withheld.h"

static int arg_raw, arg_signature, arg_annotated;

static const struct poptOption options[] = {
	{"raw", '\0', POPT_ARG_NONE, &arg_raw, 0, "The record's bytes, as signed", NULL},
	{"signature", '\0', POPT_ARG_NONE, &arg_signature, 0,
	 "The SSHSIG armor that ssh-keygen -Y verify reads", NULL},
	{"annotated", '\0', POPT_ARG_NONE, &arg_annotated, 0,
	 "A document's text, with what was annotated in it marked", NULL},
	POPT_TABLEEND,
};

static void print_signature(struct ctl *ctl, const struct annot_fetched *f)
{
	struct annot_buf armor = ANNOT_BUF_INIT(4096);
	annot_sshsig_armor(f->author_key.key, ANNOT_NAMESPACE_RECORD, f->row->signature.data,
			   &armor);
	out_text(ctl, "%s", armor.data ? armor.data : "");
	annot_buf_free(&armor);
}

/* The record, and what was rated on it; of one whose annotation is in conflict also which versions
 * stand beside each other. */
static enum annot_status print_record(struct ctl *ctl, const struct annot_fetched *f)
{
	bool conflict = versions_in_conflict(f->row);
	struct annot_hash annotation = versions_annotation(f);
	struct versions versions;
	struct verdicts verdicts;
	struct opinions opinions;
	if (conflict)
		TRY(versions_load(ctl, &annotation, NULL, NULL, &versions));
	TRY(verdicts_fetch(ctl, f, &verdicts));
	TRY(opinions_fetch(ctl, f, &opinions));
	if (ctl->format != FORMAT_TEXT) {
		json_t *object = record_json(ctl, f->row, f->record, true);
		if (conflict)
			json_object_set_new(object, "heads", versions_heads_json(ctl, &versions));
		verdicts_json(ctl, f, &verdicts, object);
		if (f->record)
			opinions_json(ctl, &opinions, object);
		enum annot_status status = withheld_json(ctl, f, object);
		if (status != ANNOT_OK) {
			json_decref(object);
			return status;
		}
		out_json(ctl, object);
		return ANNOT_OK;
	}
	record_text(ctl, f->row, f->record);
	TRY(withheld_text(ctl, f));
	if (conflict)
		out_text(ctl, "  conflict     %s; settle it with: annotctl merge %s\n",
			 versions_heads_text(ctl, &versions), annot_short_id(&annotation).text);
	verdicts_text(ctl, f, &verdicts);
	opinions_text(ctl, f, &opinions);
	return ANNOT_OK;
}

static void print_annotation(struct ctl *ctl, const struct annot_fetched *f)
{
	struct annot_hash annotation = versions_annotation(f);
	out_text(ctl, "%s\n", annot_hash_hex(&annotation).text);
}

static void print_ids(struct ctl *ctl, const struct reading *r)
{
	for (size_t i = 0; i < r->n_noted; i++)
		out_text(ctl, "%s\n", annot_hash_hex(&r->noted[i].fetched.record->annotation).text);
}

static int show_annotated(struct ctl *ctl, const char *id)
{
	struct reading reading;
	size_t columns = terminal_columns();
	enum annot_status status = reading_gather(ctl, id, &reading);
	if (status == ANNOT_OK && ctl->quiet) {
		print_ids(ctl, &reading);
	} else if (status == ANNOT_OK && ctl->format != FORMAT_TEXT) {
		json_t *object = reading_json(ctl, &reading);
		if (object)
			out_json(ctl, object);
		else
			status = annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	} else if (status == ANNOT_OK) {
		out_page(ctl);
		status = reading_text(ctl, &reading, columns);
	}
	reading_free(&reading);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_fetched f;
	(void)argc;
	if (arg_raw && arg_signature)
		return ctl_usage(ctl, "--raw and --signature are two files: ask for one at a time");
	if (arg_annotated && (arg_raw || arg_signature))
		return ctl_usage(ctl, "--annotated goes with neither --raw nor --signature");
	if (arg_annotated)
		return show_annotated(ctl, args[0]);
	CTL_TRY(ctl, annot_fetch(ctl->annot, args[0], ctl->arena, &f, &ctl->err));
	if ((arg_raw || arg_signature) && !f.record)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NOT_FOUND,
						"%s is WITHHELD: its bytes are gone", args[0]));
	if (arg_raw)
		out_raw(ctl, f.record->bytes.data, f.record->bytes.len);
	else if (arg_signature)
		print_signature(ctl, &f);
	else if (ctl->quiet)
		print_annotation(ctl, &f);
	else
		CTL_TRY(ctl, print_record(ctl, &f));
	return 0;
}

const struct command cmd_show = {
	"show", "ID[@N]", "Show one record, its signature checked", options, run, NEEDS_DAEMON,
	1,      1,
};
