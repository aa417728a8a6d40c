/* Records as lines of lists. */
#include "record.h"

#include <string.h>

#include "columns.h"

enum { WORDS_WIDTH = 60, WORDS_LEAST = 24, KIND_WIDTH = 8, AUTHOR_WIDTH = 12, STATE_WIDTH = 12 };

static int wider(int width, const char *text)
{
	int len = (int)strlen(text); /* names and states are ASCII */
	return len > width ? len : width;
}

static const char *author_of(struct ctl *ctl, const struct annot_row *row)
{
	return row->author_name ? out_safe(ctl, row->author_name) : "?";
}

void record_widen(struct ctl *ctl, const struct annot_row *row)
{
	struct columns *c = &ctl->columns;
	struct annot_leaf leaf;
	if (record_leaf(row, &leaf))
		c->kind = wider(c->kind, annot_kind_def(leaf.kind)->name);
	c->author = wider(c->author, author_of(ctl, row));
	c->state = wider(c->state, record_state(ctl, row));
}

/* Kind, author and state. */
static const char *columns_of(struct ctl *ctl, const struct annot_row *row, enum annot_kind kind)
{
	const struct columns *c = &ctl->columns;
	const char *text = annot_arena_printf(
		ctl->arena, "%-*s %-*s %-*s", c->kind > KIND_WIDTH ? c->kind : KIND_WIDTH,
		annot_kind_def(kind)->name, c->author > AUTHOR_WIDTH ? c->author : AUTHOR_WIDTH,
		author_of(ctl, row), c->state > STATE_WIDTH ? c->state : STATE_WIDTH,
		record_state(ctl, row));
	return text ? text : "";
}

/* All that its leaf line says. */
static const char *withheld_summary(struct ctl *ctl, const struct annot_row *row)
{
	struct annot_leaf leaf;
	const char *line = NULL;
	if (record_leaf(row, &leaf))
		line = annot_arena_printf(ctl->arena, "%s%s%s  %s WITHHELD%s",
					  out_style(ctl, STYLE_BOLD),
					  record_short(ctl, &leaf.annotation, row->version),
					  out_style(ctl, STYLE_PLAIN),
					  columns_of(ctl, row, leaf.kind), record_about(ctl, row));
	return line ? line : "WITHHELD";
}

/* Its words are cut so that it takes at most so many columns, if that leaves enough of them. */
static const char *summary(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record, size_t width)
{
	if (!record)
		return withheld_summary(ctl, row);
	const char *id = record_short(ctl, &record->annotation, row->version);
	const char *columns = columns_of(ctl, row, record->kind->kind);
	const char *about = record_about(ctl, row);
	size_t others = strlen(id) + strlen("  ") + strlen(columns) + strlen(" ") + strlen(about);
	size_t words = width > others + WORDS_LEAST ? width - others : WORDS_LEAST;
	const char *line =
		annot_arena_printf(ctl->arena, "%s%s%s  %s %s%s", out_style(ctl, STYLE_BOLD), id,
				   out_style(ctl, STYLE_PLAIN), columns,
				   out_cut(ctl, record_words(ctl, record),
					   width && words < WORDS_WIDTH ? words : WORDS_WIDTH),
				   about);
	return line ? line : "";
}

const char *record_summary(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record)
{
	return summary(ctl, row, record, 0);
}

void record_line(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record)
{
	out_text(ctl, "%s\n", summary(ctl, row, record, ctl->to_stderr ? 0 : ctl->width));
}
