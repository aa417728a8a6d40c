#include "columns.h"

#include <string.h>

enum { ROOM_LEAST = 24, INDENT_LEAST = 2 };

const char *out_cell(struct ctl *ctl, const char *text, size_t columns)
{
	size_t taken = annot_columns(text, strlen(text));
	const char *cell = annot_arena_printf(ctl->arena, "%s%*s", text,
					      taken < columns ? (int)(columns - taken) : 0, "");
	return cell ? cell : text;
}

const char *out_cut(struct ctl *ctl, const char *text, size_t columns)
{
	size_t len = strlen(text), at = 0, taken = 0;
	if (annot_columns(text, len) <= columns)
		return text;
	while (at < len) {
		size_t next = at;
		unsigned wide = annot_cluster_next(text, len, &next);
		if (taken + wide + 1 > columns) /* one for the ellipsis */
			break;
		taken += wide;
		at = next;
	}
	const char *cut = annot_arena_printf(ctl->arena, "%.*s…", (int)at, text);
	return cut ? cut : text;
}

void out_folded(struct ctl *ctl, size_t column, const char *text)
{
	size_t indent = ctl->width >= column + ROOM_LEAST ? column : INDENT_LEAST;
	size_t at = column, spaces = 0;
	for (const char *word = text; *word;) {
		size_t len = strcspn(word, " ");
		size_t wide = annot_columns(word, len);
		bool folds = ctl->width && spaces > 0 && at + spaces + wide > ctl->width;
		if (folds)
			out_text(ctl, "\n");
		out_text(ctl, "%*s%.*s", (int)(folds ? indent : spaces), "", (int)len, word);
		at = (folds ? indent : at + spaces) + wide;
		spaces = strspn(word + len, " ");
		word += len + spaces;
	}
	out_text(ctl, "\n");
}
