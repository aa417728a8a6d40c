#include <string.h>

#include "../out/out.h"
#include "../out/record.h"
#include "../write.h"

/* The text with a number before each paragraph (a run of lines between empty ones). */
static void print_paragraphs(struct ctl *ctl, struct annot_bytes text)
{
	const char *at = (const char *)text.data, *end = at + text.len;
	bool inside = false;
	for (unsigned n = 0; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		bool empty = len == 0 || (len == 1 && *at == '\r');
		if (!empty && !inside)
			out_text(ctl, "%s%4u%s ", out_style(ctl, STYLE_DIM), ++n,
				 out_style(ctl, STYLE_PLAIN));
		else if (!empty)
			out_text(ctl, "     ");
		out_text(ctl, "%s\n", out_safe_lines(ctl, at, len));
		inside = !empty;
		at = stop ? stop + 1 : end;
	}
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct document doc;
	(void)argc;
	CTL_TRY(ctl, write_document(ctl, args[0], &doc));
	if (ctl->format != FORMAT_TEXT) {
		json_t *object = record_json(ctl, doc.fetched.row, doc.fetched.record, true);
		json_object_set_new(object, "text",
				    json_stringn((const char *)doc.text.data, doc.text.len));
		out_json(ctl, object);
		return 0;
	}
	out_page(ctl);
	record_text(ctl, doc.fetched.row, doc.fetched.record);
	out_text(ctl, "\n");
	print_paragraphs(ctl, doc.text);
	return 0;
}

const struct command cmd_doc_show = {
	"doc show", "DOC[@N]", "Show a document's record and its text with numbered paragraphs",
	NULL,       run,       NEEDS_DAEMON | LISTS,
	1,          1,
};
