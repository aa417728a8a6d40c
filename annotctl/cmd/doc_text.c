#include "../out/out.h"
#include "../write.h"

/* To a file or pipe byte for byte; to a terminal with invisible and control characters escaped. */
static int run(struct ctl *ctl, int argc, const char **args)
{
	struct document doc;
	(void)argc;
	CTL_TRY(ctl, write_document(ctl, args[0], &doc));
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, json_stringn((const char *)doc.text.data, doc.text.len));
	else
		out_raw(ctl, doc.text.data, doc.text.len);
	return 0;
}

const struct command cmd_doc_text = {
	"doc text", "DOC[@N]", "Print a document's text, its hash checked", NULL, run, NEEDS_DAEMON,
	1,          1,
};
