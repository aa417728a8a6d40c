/* Records as lines of lists. */
#include "record.h"

#include <string.h>

enum { LINE_WORDS_CHARS = 60, KIND_WIDTH = 8, AUTHOR_WIDTH = 12, STATE_WIDTH = 12 };

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

const char *record_summary(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record)
{
	if (!record)
		return withheld_summary(ctl, row);
	const char *words = record_words(ctl, record);
	size_t cut = annot_utf8_from_chars(words, strlen(words), LINE_WORDS_CHARS);
	const char *line = annot_arena_printf(
		ctl->arena, "%s%s%s  %s %.*s%s%s", out_style(ctl, STYLE_BOLD),
		record_short(ctl, &record->annotation, row->version), out_style(ctl, STYLE_PLAIN),
		columns_of(ctl, row, record->kind->kind), (int)cut, words, words[cut] ? "…" : "",
		record_about(ctl, row));
	return line ? line : "";
}

void record_line(struct ctl *ctl, const struct annot_row *row, const struct annot_record *record)
{
	out_text(ctl, "%s\n", record_summary(ctl, row, record));
}
