#include "clash.h"

#include <string.h>

#define MARK_OURS   "<<<<<<<"
#define MARK_MIDDLE "======="
#define MARK_THEIRS ">>>>>>>"

enum { EDIT_MAX = 1 << 20 };

/* --- text --- */

/* A value in one line: of a target its words. */
static const char *value_text(struct ctl *ctl, const struct annot_merge_value *value)
{
	if (!value->exact)
		return out_safe_lines(ctl, value->text, strlen(value->text));
	const char *text = annot_arena_printf(ctl->arena, "“%s” (document %.*s, bytes%s)",
					      out_safe_flat(ctl, value->exact), ANNOT_SHORT_HEX,
					      value->text, out_safe(ctl, strchr(value->text, ' ')));
	return text ? text : "";
}

static void side_text(struct ctl *ctl, const char *name, const struct annot_merge_list *list,
		      const char *label)
{
	for (size_t i = 0; i < list->n; i++)
		out_text(ctl, "  %-8s %s\n", i == 0 ? name : "", value_text(ctl, &list->values[i]));
	if (list->n == 0)
		out_text(ctl, "  %-8s (no such card)\n", name);
	if (label)
		out_text(ctl, "           %s%s%s\n", out_style(ctl, STYLE_DIM), label,
			 out_style(ctl, STYLE_PLAIN));
}

/* The merged text, with <ours|theirs> where they clash. */
static void words_text(struct ctl *ctl, const struct annot_merge_clash *clash)
{
	out_text(ctl, "  %-8s ", "merged");
	for (size_t i = 0; i < clash->n_words; i++) {
		const struct annot_merge_part *p = &clash->words[i];
		if (p->clash)
			out_text(ctl, "%s<%s|%s>%s", out_style(ctl, STYLE_BOLD),
				 out_safe_lines(ctl, (const char *)p->ours.data, p->ours.len),
				 out_safe_lines(ctl, (const char *)p->theirs.data, p->theirs.len),
				 out_style(ctl, STYLE_PLAIN));
		else
			out_text(ctl, "%s",
				 out_safe_lines(ctl, (const char *)p->text.data, p->text.len));
	}
	out_text(ctl, "\n");
}

void clash_text(struct ctl *ctl, const struct annot_merge_clash *clash, const char *ours,
		const char *theirs)
{
	out_text(ctl, "%s%s%s\n", out_style(ctl, STYLE_BOLD), clash->def->name,
		 out_style(ctl, STYLE_PLAIN));
	if (clash->base.n > 0)
		side_text(ctl, "was", &clash->base, NULL);
	side_text(ctl, "ours", &clash->ours, ours);
	side_text(ctl, "theirs", &clash->theirs, theirs);
	if (clash->words)
		words_text(ctl, clash);
}

void cards_text(struct ctl *ctl, const struct annot_merge_cards *cards)
{
	for (size_t i = 0; i < cards->kind->n_cards; i++)
		for (size_t k = 0; k < cards->lists[i].n; k++)
			out_text(ctl, "  %-12s %s\n", cards->kind->cards[i].name,
				 value_text(ctl, &cards->lists[i].values[k]));
}

/* --- JSON --- */

static json_t *value_json(const struct annot_merge_value *value)
{
	return value->exact ? json_pack("{s:s, s:s}", "target", value->text, "exact", value->exact)
			    : json_string(value->text);
}

static json_t *list_json(const struct annot_card_def *def, const struct annot_merge_list *list)
{
	if (def->max == 1)
		return list->n > 0 ? value_json(&list->values[0]) : json_null();
	json_t *values = json_array();
	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(values, value_json(&list->values[i]));
	return values;
}

static json_t *bytes_json(struct annot_bytes bytes)
{
	return json_stringn(bytes.len ? (const char *)bytes.data : "", bytes.len);
}

static json_t *words_json(const struct annot_merge_clash *clash)
{
	json_t *words = json_array();
	for (size_t i = 0; i < clash->n_words; i++) {
		const struct annot_merge_part *p = &clash->words[i];
		json_array_append_new(words,
				      p->clash ? json_pack("{s:s, s:o, s:o, s:o}", "op", "clash",
							   "base", bytes_json(p->base), "ours",
							   bytes_json(p->ours), "theirs",
							   bytes_json(p->theirs))
					       : json_pack("{s:s, s:o}", "op", "same", "text",
							   bytes_json(p->text)));
	}
	return words;
}

json_t *clash_json(const struct annot_merge_clash *clash)
{
	json_t *object = json_pack("{s:s, s:o, s:o, s:o}", "card", clash->def->name, "base",
				   list_json(clash->def, &clash->base), "ours",
				   list_json(clash->def, &clash->ours), "theirs",
				   list_json(clash->def, &clash->theirs));
	if (clash->words)
		json_object_set_new(object, "words", words_json(clash));
	return object;
}

/* --- for an editor --- */

static bool has_lines(const struct annot_merge_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (strchr(list->values[i].text, '\n'))
			return true;
	return false;
}

bool clash_is_editable(const struct annot_merge_clash *clash)
{
	if (clash->def->max == 1)
		return true;
	return clash->def->type != ANNOT_CARD_TARGET && !has_lines(&clash->with_ours) &&
	       !has_lines(&clash->with_theirs);
}

static void put_lines(struct annot_buf *b, const struct annot_merge_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		annot_buf_printf(b, "%s\n", list->values[i].text);
}

/* What a card has with either reading, before what is at odds. */
static void put_common(struct annot_buf *b, const struct annot_merge_clash *clash)
{
	for (size_t i = 0; i < clash->with_ours.n; i++) {
		const char *text = clash->with_ours.values[i].text;
		bool odd = false;
		for (size_t k = 0; k < clash->ours.n; k++)
			odd = odd || strcmp(clash->ours.values[k].text, text) == 0;
		if (!odd)
			annot_buf_printf(b, "%s\n", text);
	}
}

static void put_words(struct annot_buf *b, const struct annot_merge_clash *clash)
{
	for (size_t i = 0; i < clash->n_words; i++) {
		const struct annot_merge_part *p = &clash->words[i];
		if (!p->clash) {
			annot_buf_add(b, p->text.data, p->text.len);
			continue;
		}
		annot_buf_puts(b, MARK_OURS);
		annot_buf_add(b, p->ours.data, p->ours.len);
		annot_buf_puts(b, MARK_MIDDLE);
		annot_buf_add(b, p->theirs.data, p->theirs.len);
		annot_buf_puts(b, MARK_THEIRS);
	}
	annot_buf_putc(b, '\n');
}

const char *clash_for_editor(struct ctl *ctl, const struct annot_merge_clash *clash)
{
	struct annot_buf b = ANNOT_BUF_INIT(EDIT_MAX);
	if (clash->words) {
		put_words(&b, clash);
	} else {
		put_common(&b, clash);
		annot_buf_puts(&b, MARK_OURS "\n");
		put_lines(&b, &clash->ours);
		annot_buf_puts(&b, MARK_MIDDLE "\n");
		put_lines(&b, &clash->theirs);
		annot_buf_puts(&b, MARK_THEIRS "\n");
	}
	const char *text = b.failed ? NULL : annot_arena_copy(ctl->arena, b.data, b.len);
	annot_buf_free(&b);
	return text;
}

bool clash_is_marked(const char *text)
{
	return strstr(text, MARK_OURS) || strstr(text, MARK_MIDDLE) || strstr(text, MARK_THEIRS);
}
