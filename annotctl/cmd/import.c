#include "../formats/import.h"

#include <stdio.h>

#include "../formats/format_arg.h"
#include "../out/out.h"

static char *arg_document;
static int arg_dry, arg_amend;
static struct format_options arg_format;

static const struct poptOption options[] = {
	FORMAT_OPTIONS(arg_format, "Import all or nothing: look through it all before signing",
		       "Ids that begin with that IRI are of records here"),
	{"dry-run", 'n', POPT_ARG_NONE, &arg_dry, 0, "Import nothing; say what would be lost",
	 NULL},
	{"amend", '\0', POPT_ARG_NONE, &arg_amend, 0,
	 "Sign what was exported from here and edited elsewhere as amendments", NULL},
	{"doc", '\0', POPT_ARG_STRING, &arg_document, 0,
	 "The document that the items are about, whatever they say", "DOC"},
	POPT_TABLEEND,
};

static int say(struct ctl *ctl, const struct import_task *task)
{
	const struct import_counts *c = &task->counts;
	const struct losses *l = task->losses;
	const uint64_t fields = l->n - l->left_out;
	bool bad = c->broken > 0 || c->refused > 0;
	char amended[64] = "";
	if (c->amended > 0)
		snprintf(amended, sizeof amended, "%llu amended, ", (unsigned long long)c->amended);
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl,
			 json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "items",
				   (json_int_t)c->items, "imported", (json_int_t)c->imported,
				   "amended", (json_int_t)c->amended, "there", (json_int_t)c->there,
				   "losses", (json_int_t)l->n, "left_out", (json_int_t)l->left_out,
				   "broken", (json_int_t)c->broken, "refused",
				   (json_int_t)c->refused, "dry_run", (int)task->dry));
	else
		out_note(ctl,
			 "%llu item%s: %s%llu record%s imported, %s%llu there already; %llu "
			 "field%s did not survive, %llu item%s left out%s",
			 (unsigned long long)c->items, annot_plural(c->items),
			 task->dry ? "none signed; " : "", (unsigned long long)c->imported,
			 annot_plural(c->imported), amended, (unsigned long long)c->there,
			 (unsigned long long)fields, annot_plural(fields),
			 (unsigned long long)l->left_out, annot_plural(l->left_out),
			 l->n > 0 && !l->path ? " (--report-loss FILE says which)" : "");
	if (!bad)
		return 0;
	return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NO,
					"%llu item%s broken, %llu record%s refused; "
					"mend them and import again: what is there is passed over",
					(unsigned long long)c->broken, annot_plural(c->broken),
					(unsigned long long)c->refused, annot_plural(c->refused)));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct losses losses;
	(void)argc;
	const struct annot_format *format;
	CTL_TRY(ctl, format_begin(ctl, &arg_format, &format, &losses));
	struct import_task task = {.ctl = ctl,
				   .format = format,
				   .base = arg_format.base,
				   .document = arg_document,
				   .losses = &losses,
				   .dry = arg_dry,
				   .amend = arg_amend};
	CTL_TRY(ctl, format_end(&losses, import_files(&task, args)));
	return say(ctl, &task);
}

const struct command cmd_import = {
	"import",
	"--as FORMAT [FILE…]",
	"Sign annotations that other programs made, with their authors as data",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	0,
	-1,
};
