/* check as text: a paragraph a quote. */
#include <string.h>

#include "../out/out.h"
#include "check.h"

enum { SHOWN_CHARS = 72 };

/* The first words of a text. */
static const char *shorten(struct ctl *ctl, const char *text)
{
	size_t len = strlen(text), end = annot_utf8_forward(text, len, 0, SHOWN_CHARS);
	const char *copy =
		annot_arena_printf(ctl->arena, "%.*s%s", (int)end, text, end < len ? "…" : "");
	return out_safe_flat(ctl, copy ? copy : "");
}

static enum out_style style_of(const struct checked *c)
{
	if (check_fails(c))
		return STYLE_BAD;
	return c->whole.result >= ANNOT_ALTER_ALTERED ? STYLE_WARN : STYLE_GOOD;
}

static void print_place(struct ctl *ctl, const struct judged *j)
{
	out_text(ctl, "    in %s@%llu, characters %llu-%llu", out_safe(ctl, j->place.name),
		 (unsigned long long)j->place.version, (unsigned long long)j->place.chars_start,
		 (unsigned long long)j->place.chars_end);
	if (j->others > 0)
		out_text(ctl, ", and in %zu other place%s", j->others, annot_plural(j->others));
	out_text(ctl, "\n");
}

static void print_speakers(struct ctl *ctl, const struct article *a, const struct annot_quoted *q,
			   const struct judged *j)
{
	const char *here = check_article_text(ctl, a, q->speaker);
	const char *there = check_text(ctl, j->source_speaker);
	if (!*here && !*there)
		return;
	out_text(ctl, "    speaker: %s here, %s in the source: %s\n",
		 *here ? shorten(ctl, here) : "nobody named",
		 *there      ? shorten(ctl, there)
		 : j->quoted ? "nobody named"
			     : "no quotation",
		 check_speaker_name(j->speaker));
}

static void print_side(struct ctl *ctl, char sign, enum out_style style, struct annot_bytes words)
{
	if (words.len > 0)
		out_text(ctl, " %s%c«%s»%s", out_style(ctl, style), sign,
			 shorten(ctl, check_text(ctl, words)), out_style(ctl, STYLE_PLAIN));
}

static void print_difference(struct ctl *ctl, const struct judged *j,
			     const struct annot_difference *d)
{
	out_text(ctl, "    %s:", annot_difference_name(d->class_));
	print_side(ctl, '-', STYLE_REMOVED,
		   annot_bytes(j->source.data + d->source[0], d->source[1] - d->source[0]));
	print_side(ctl, '+', STYLE_ADDED,
		   annot_bytes(j->words.data + d->quote[0], d->quote[1] - d->quote[0]));
	for (unsigned i = 0; i < ANNOT_ALTER_FLAGS; i++)
		if (d->flags & 1U << i)
			out_text(ctl, " %s[%s]%s", out_style(ctl, STYLE_BAD),
				 annot_alter_flag_name(i), out_style(ctl, STYLE_PLAIN));
	out_text(ctl, "\n");
}

static void print_judged(struct ctl *ctl, const struct article *a, const struct annot_quoted *q,
			 const struct judged *j)
{
	if (!j->placed)
		return;
	print_place(ctl, j);
	print_speakers(ctl, a, q, j);
	for (size_t i = 0; i < j->alteration.n; i++)
		print_difference(ctl, j, &j->alteration.differences[i]);
	if (j->alteration.cut)
		out_text(ctl, "    not all was compared, or not all differences are listed\n");
}

void check_print(struct ctl *ctl, const struct article *a, const struct checked *c)
{
	out_text(ctl, "%s%s%s  line %zu, column %zu: “%s”\n", out_style(ctl, style_of(c)),
		 out_safe(ctl, check_message(ctl, c)), out_style(ctl, STYLE_PLAIN), c->line,
		 c->column, shorten(ctl, check_text(ctl, c->quote->text)));
	print_judged(ctl, a, c->quote, &c->whole);
	for (size_t i = 0; i < c->n_pieces; i++) {
		const struct judged *j = &c->pieces[i];
		out_text(ctl, "  part %zu, %s: “%s”\n", i + 1, annot_alter_result_name(j->result),
			 shorten(ctl, check_text(ctl, j->words)));
		print_judged(ctl, a, c->quote, j);
	}
	if (c->cut)
		out_text(ctl, "    the search was cut short: places may be missing\n");
}

void check_print_summary(struct ctl *ctl, const struct article *a, const struct summary *s)
{
	if (!a)
		out_text(ctl, "%zu articles: ", s->articles);
	out_text(ctl, "%zu quote%s", s->quotes, annot_plural(s->quotes));
	const char *before = ": ";
	for (unsigned i = 0; i < ANNOT_ALTER_RESULTS; i++)
		if (s->results[i] > 0) {
			out_text(ctl, "%s%zu %s", before, s->results[i],
				 annot_alter_result_name(i));
			before = ", ";
		}
	out_text(ctl, "; %zu that a person must look at", s->failed);
	if (s->added + s->there > 0)
		out_text(ctl, "; %zu added, %zu there already", s->added, s->there);
	out_text(ctl, "\n");
}
