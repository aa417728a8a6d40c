/* Card by card, and the texts of documents word by word. */
#include <string.h>

#include "diff.h"

/* --- words --- */

static void print_part(struct ctl *ctl, enum annot_diff_op op, const char *text, size_t len)
{
	static const char *const open[] = {"", "[-", "{+"}, *const close[] = {"", "-]", "+}"};
	static const enum out_style style[] = {STYLE_PLAIN, STYLE_REMOVED, STYLE_ADDED};
	out_text(ctl, "%s%s%s%s%s", out_style(ctl, style[op]), ctl->color ? "" : open[op],
		 out_safe_lines(ctl, text, len), ctl->color ? "" : close[op],
		 out_style(ctl, STYLE_PLAIN));
}

void diff_words_print(struct ctl *ctl, const struct annot_diff_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_part(ctl, parts[i].op, parts[i].text, parts[i].len);
}

json_t *diff_words_json(const struct annot_diff_part *parts, size_t n)
{
	static const char *const ops[] = {"same", "delete", "insert"};
	json_t *words = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(words, json_pack("{s:s, s:s%}", "op", ops[parts[i].op],
						       "text", parts[i].text, parts[i].len));
	return words;
}

/* Words of a part: runs without white space. */
static size_t count_words(const char *text, size_t len)
{
	size_t n = 0;
	bool inside = false;
	for (size_t i = 0; i < len; i++) {
		bool space = strchr(" \t\r\n", text[i]) != NULL;
		n += !space && !inside;
		inside = !space;
	}
	return n;
}

static void count_parts(struct diff_stat *stat, const struct annot_diff_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t words = count_words(parts[i].text, parts[i].len);
		if (parts[i].op == ANNOT_DIFF_INSERT)
			stat->words_added += words;
		else if (parts[i].op == ANNOT_DIFF_DELETE)
			stat->words_removed += words;
	}
}

/* --- one change --- */

static json_t *target_json(const struct annot_compared *c)
{
	return json_pack("{s:s, s:s, s:s}", "exact", c->exact->text, "prefix", c->prefix->text,
			 "suffix", c->suffix->text);
}

static enum annot_status replaced(struct ctl *ctl, struct diff_cards *d,
				  const struct annot_change *c)
{
	const struct annot_diff_part *parts;
	const char *name = c->from.card->def->name;
	bool target = c->from.exact != NULL;
	const struct annot_card *from = target ? c->from.exact : c->from.card;
	const struct annot_card *to = target ? c->to.exact : c->to.card;
	size_t n;
	TRY(annot_diff_words(ctl->arena, annot_bytes(from->text, from->len),
			     annot_bytes(to->text, to->len), &parts, &n, &ctl->err));
	d->stat.changed++;
	count_parts(&d->stat, parts, n);
	if (d->list) {
		json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:o}", "op", "change", "card",
					   name, "from", c->from.card->text, "to", c->to.card->text,
					   "words", diff_words_json(parts, n));
		if (target) {
			json_object_set_new(object, "from_target", target_json(&c->from));
			json_object_set_new(object, "to_target", target_json(&c->to));
		}
		json_array_append_new(d->list, object);
	} else if (d->print) {
		if (target)
			out_text(ctl, "%s~ %-12s %s -> %s\n", d->indent, name,
				 out_safe(ctl, c->from.card->text),
				 out_safe(ctl, c->to.card->text));
		out_text(ctl, "%s~ %-12s ", d->indent, from->def->name);
		diff_words_print(ctl, parts, n);
		out_text(ctl, "\n");
	}
	return ANNOT_OK;
}

static void one_sided(struct ctl *ctl, struct diff_cards *d, const struct annot_change *c)
{
	bool added = !c->from.card;
	const struct annot_compared *at = added ? &c->to : &c->from;
	const struct annot_card *shown = at->exact ? at->exact : at->card;
	(*(added ? &d->stat.added : &d->stat.removed))++;
	if (d->list) {
		json_t *object = json_pack("{s:s, s:s, s:s}", "op", added ? "add" : "remove",
					   "card", at->card->def->name, "value", at->card->text);
		if (at->exact)
			json_object_set_new(object, "target", target_json(at));
		json_array_append_new(d->list, object);
	} else if (d->print) {
		out_text(ctl, "%s%s%c %-12s %s%s\n", d->indent,
			 out_style(ctl, added ? STYLE_ADDED : STYLE_REMOVED), added ? '+' : '-',
			 at->card->def->name, out_safe_lines(ctl, shown->text, shown->len),
			 out_style(ctl, STYLE_PLAIN));
	}
}

/* --- texts: a new version of a document says little by its cards --- */

enum { CONTEXT_LINES = 1 }; /* whole lines shown on each side of a line that changed */

/* The end of the line that the text begins in, and of CONTEXT_LINES more. */
static size_t context_after(const char *text, size_t len)
{
	size_t at = 0;
	for (size_t lines = 0; at < len && lines <= CONTEXT_LINES; at++)
		lines += text[at] == '\n';
	return at;
}

/* The start of the line that the text ends in, less CONTEXT_LINES. */
static size_t context_before(const char *text, size_t len)
{
	size_t at = len;
	for (size_t lines = 0; at > 0; at--) {
		lines += text[at - 1] == '\n';
		if (lines > CONTEXT_LINES)
			break;
	}
	return at;
}

/* The lines that changed; a line "…" stands for those that did not. */
static void print_lines(struct ctl *ctl, const struct annot_diff_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct annot_diff_part *p = &parts[i];
		if (p->op != ANNOT_DIFF_SAME) {
			print_part(ctl, p->op, p->text, p->len);
			continue;
		}
		size_t head = i > 0 ? context_after(p->text, p->len) : 0;
		size_t tail = i + 1 < n ? context_before(p->text, p->len) : p->len;
		if (head >= tail) {
			print_part(ctl, p->op, p->text, p->len);
			continue;
		}
		print_part(ctl, p->op, p->text, head);
		out_text(ctl, "…\n");
		print_part(ctl, p->op, p->text + tail, p->len - tail);
	}
}

bool diff_follows_text(const struct annot_change *c)
{
	static const char *const names[] = {"sha256", "length", "chunks"};
	const char *name = (c->from.card ? c->from.card : c->to.card)->def->name;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* A change that the text's own change says; JSON has it all the same, uncounted. */
static enum annot_status unsaid(struct ctl *ctl, struct diff_cards *d, const struct annot_change *c)
{
	struct diff_stat stat = d->stat;
	enum annot_status status = ANNOT_OK;
	if (!d->list)
		return ANNOT_OK;
	if (c->from.card && c->to.card)
		status = replaced(ctl, d, c);
	else
		one_sided(ctl, d, c);
	d->stat = stat;
	return status;
}

static enum annot_status diff_texts(struct ctl *ctl, struct diff_cards *d,
				    const struct annot_bytes texts[2])
{
	const struct annot_diff_part *parts;
	size_t n;
	TRY(annot_diff_words(ctl->arena, texts[0], texts[1], &parts, &n, &ctl->err));
	d->stat.changed++;
	count_parts(&d->stat, parts, n);
	if (d->list) {
		json_array_append_new(d->list,
				      json_pack("{s:s, s:s, s:o}", "op", "change", "card",
						"(content)", "words", diff_words_json(parts, n)));
	} else if (d->print) {
		out_text(ctl, "%s~ text\n", d->indent);
		print_lines(ctl, parts, n);
		out_text(ctl, "\n");
	}
	return ANNOT_OK;
}

/* --- outside --- */

enum annot_status diff_cards(struct ctl *ctl, struct diff_cards *d)
{
	const struct annot_change *changes;
	struct annot_bytes texts[2] = {0};
	bool other_text = false;
	size_t n;
	if (d->a->kind->kind == ANNOT_KIND_document && ctl->annot) {
		TRY(annot_fetch_text(ctl->annot, d->a, &texts[0], &ctl->err));
		TRY(annot_fetch_text(ctl->annot, d->b, &texts[1], &ctl->err));
		other_text = texts[0].len != texts[1].len ||
			     memcmp(texts[0].data, texts[1].data, texts[0].len) != 0;
	}
	TRY(annot_record_compare(ctl->arena, d->a, d->b, &changes, &n, &ctl->err));
	for (size_t i = 0; i < n; i++) {
		if (other_text && diff_follows_text(&changes[i]))
			TRY(unsaid(ctl, d, &changes[i]));
		else if (changes[i].from.card && changes[i].to.card)
			TRY(replaced(ctl, d, &changes[i]));
		else
			one_sided(ctl, d, &changes[i]);
	}
	return other_text ? diff_texts(ctl, d, texts) : ANNOT_OK;
}

bool diff_any(const struct diff_stat *stat)
{
	return stat->added + stat->removed + stat->changed > 0;
}

const char *diff_stat_text(struct ctl *ctl, const struct diff_stat *stat)
{
	const char *text = annot_arena_printf(
		ctl->arena, "%zu changed, %zu added, %zu removed; %zu word%s added, %zu removed",
		stat->changed, stat->added, stat->removed, stat->words_added,
		annot_plural(stat->words_added), stat->words_removed);
	return text ? text : "";
}

json_t *diff_stat_json(const struct diff_stat *stat)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "changed", (json_int_t)stat->changed, "added",
			 (json_int_t)stat->added, "removed", (json_int_t)stat->removed,
			 "words_added", (json_int_t)stat->words_added, "words_removed",
			 (json_int_t)stat->words_removed);
}
