#include "../intake/intake.h"
#include "../out/out.h"
#include "../write.h"

static int arg_original;

static const struct poptOption options[] = {
	{"original", '\0', POPT_ARG_NONE, &arg_original, 0,
	 "The file that the text was made from, its hash checked", NULL},
	POPT_TABLEEND,
};

/* The bytes as they are, to a terminal escaped. */
static int print_original(struct ctl *ctl, const char *id)
{
	struct annot_fetched f;
	struct annot_held file = ANNOT_HELD_INIT(INTAKE_FILE_MAX);
	struct annot_bytes bytes;
	if (ctl->format != FORMAT_TEXT)
		return ctl_usage(ctl, "--original gives the file's bytes; JSON cannot hold them");
	CTL_TRY(ctl, annot_fetch(ctl->annot, id, ctl->arena, &f, &ctl->err));
	if (!f.record)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NOT_FOUND,
						"%s is WITHHELD: its bytes are gone", id));
	enum annot_status status = annot_fetch_original(ctl->annot, f.record, &file, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_held_bytes(&file, &bytes, &ctl->err);
	if (status == ANNOT_OK)
		out_raw(ctl, bytes.data, bytes.len);
	annot_held_free(&file);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

/* To a file or pipe byte for byte; to a terminal with invisible and control characters escaped. */
static int run(struct ctl *ctl, int argc, const char **args)
{
	struct document doc;
	(void)argc;
	if (arg_original)
		return print_original(ctl, args[0]);
	CTL_TRY(ctl, write_document(ctl, args[0], &doc));
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, json_stringn((const char *)doc.text.data, doc.text.len));
	else
		out_raw(ctl, doc.text.data, doc.text.len);
	return 0;
}

const struct command cmd_doc_text = {
	"doc text", "DOC[@N]", "Print a document's text, its hash checked",
	options,    run,       NEEDS_DAEMON,
	1,          1,
};
