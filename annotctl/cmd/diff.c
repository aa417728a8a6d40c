#include <string.h>

#include "../out/out.h"
#include "../out/record.h"

/* Whether a card of the same name and value stands in a record, counting those already matched. */
static size_t occurrences(const struct annot_record *r, size_t upto, const struct annot_card *card)
{
	size_t n = 0;
	for (size_t i = 0; i < upto; i++)
		n += strcmp(r->cards[i].def->name, card->def->name) == 0 &&
		     r->cards[i].len == card->len &&
		     memcmp(r->cards[i].text, card->text, card->len) == 0;
	return n;
}

/* The nth card of r with that value is unmatched in other when other has fewer of them. */
static bool only_in(const struct annot_record *r, size_t i, const struct annot_record *other)
{
	return occurrences(r, i, &r->cards[i]) >= occurrences(other, other->n_cards, &r->cards[i]);
}

/* The unmatched card of b that the unmatched card of a became: same name, same turn among unmatched
 * ones. */
static const struct annot_card *counterpart(const struct annot_record *a, size_t i,
					    const struct annot_record *b)
{
	size_t turn = 0;
	for (size_t k = 0; k < i; k++)
		turn += a->cards[k].def == a->cards[i].def && only_in(a, k, b);
	for (size_t k = 0; k < b->n_cards; k++)
		if (strcmp(b->cards[k].def->name, a->cards[i].def->name) == 0 && only_in(b, k, a) &&
		    turn-- == 0)
			return &b->cards[k];
	return NULL;
}

static void print_words(struct ctl *ctl, const struct annot_diff_part *parts, size_t n)
{
	static const char *const open[] = {"", "[-", "{+"}, *const close[] = {"", "-]", "+}"};
	static const enum out_style style[] = {STYLE_PLAIN, STYLE_REMOVED, STYLE_ADDED};
	for (size_t i = 0; i < n; i++) {
		enum annot_diff_op op = parts[i].op;
		out_text(ctl, "%s%s%s%s%s", out_style(ctl, style[op]), ctl->color ? "" : open[op],
			 out_safe_lines(ctl, parts[i].text, parts[i].len),
			 ctl->color ? "" : close[op], out_style(ctl, STYLE_PLAIN));
	}
}

static json_t *words_json(const struct annot_diff_part *parts, size_t n)
{
	static const char *const ops[] = {"same", "delete", "insert"};
	json_t *words = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(words, json_pack("{s:s, s:s%}", "op", ops[parts[i].op],
						       "text", parts[i].text, parts[i].len));
	return words;
}

static enum annot_status changed(struct ctl *ctl, const struct annot_card *a,
				 const struct annot_card *b, json_t *list)
{
	const struct annot_diff_part *parts;
	size_t n;
	TRY(annot_diff_words(ctl->arena, annot_bytes(a->text, a->len), annot_bytes(b->text, b->len),
			     &parts, &n, &ctl->err));
	if (ctl->format == FORMAT_TEXT) {
		out_text(ctl, "~ %-12s ", a->def->name);
		print_words(ctl, parts, n);
		out_text(ctl, "\n");
		return ANNOT_OK;
	}
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:o}", "op", "change", "card",
					      a->def->name, "from", a->text, "to", b->text, "words",
					      words_json(parts, n)));
	return ANNOT_OK;
}

static void one_sided(struct ctl *ctl, char sign, const struct annot_card *card, json_t *list)
{
	bool added = sign == '+';
	if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "%s%c %-12s %s%s\n",
			 out_style(ctl, added ? STYLE_ADDED : STYLE_REMOVED), sign, card->def->name,
			 out_safe_lines(ctl, card->text, card->len), out_style(ctl, STYLE_PLAIN));
	else
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s}", "op", added ? "add" : "remove",
						"card", card->def->name, "value", card->text));
}

/* Card by card; *ret_n counts the differences. */
static enum annot_status compare(struct ctl *ctl, const struct annot_record *a,
				 const struct annot_record *b, json_t *list, size_t *ret_n)
{
	for (size_t i = 0; i < a->n_cards; i++) {
		if (!only_in(a, i, b))
			continue;
		const struct annot_card *other = counterpart(a, i, b);
		(*ret_n)++;
		if (other)
			TRY(changed(ctl, &a->cards[i], other, list));
		else
			one_sided(ctl, '-', &a->cards[i], list);
	}
	for (size_t i = 0; i < b->n_cards; i++) {
		if (!only_in(b, i, a) || counterpart(b, i, a))
			continue;
		(*ret_n)++;
		one_sided(ctl, '+', &b->cards[i], list);
	}
	return ANNOT_OK;
}

/* A new version of a document says little by its cards: its text is compared too. */
static enum annot_status compare_texts(struct ctl *ctl, const struct annot_record *a,
				       const struct annot_record *b, json_t *list, size_t *ret_n)
{
	struct annot_bytes text_a, text_b;
	const struct annot_diff_part *parts;
	size_t n;
	TRY(annot_fetch_text(ctl->annot, a, &text_a, &ctl->err));
	TRY(annot_fetch_text(ctl->annot, b, &text_b, &ctl->err));
	if (text_a.len == text_b.len && memcmp(text_a.data, text_b.data, text_a.len) == 0)
		return ANNOT_OK;
	(*ret_n)++;
	TRY(annot_diff_words(ctl->arena, text_a, text_b, &parts, &n, &ctl->err));
	if (ctl->format == FORMAT_TEXT) {
		out_text(ctl, "~ text\n");
		print_words(ctl, parts, n);
		out_text(ctl, "\n");
		return ANNOT_OK;
	}
	json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "op", "change", "card",
					      "(content)", "words", words_json(parts, n)));
	return ANNOT_OK;
}

static enum annot_status get_pair(struct ctl *ctl, const char **args, struct annot_fetched pair[2])
{
	for (size_t i = 0; i < 2; i++) {
		TRY(annot_fetch(ctl->annot, args[i], ctl->arena, &pair[i], &ctl->err));
		if (!pair[i].record)
			return annot_fail(&ctl->err, ANNOT_REFUSED,
					  "%s was withheld; it cannot be compared", args[i]);
	}
	if (pair[0].record->kind != pair[1].record->kind)
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"%s is a %s and %s a %s; only records of one kind can be compared", args[0],
			pair[0].record->kind->name, args[1], pair[1].record->kind->name);
	return ANNOT_OK;
}

static void heading(struct ctl *ctl, const char *sign, const struct annot_fetched *f)
{
	out_text(ctl, "%s%s %s %s by %s, #%llu%s\n", out_style(ctl, STYLE_BOLD), sign,
		 f->record->kind->name, record_short(ctl, &f->record->annotation, f->row->version),
		 out_safe(ctl, f->row->author_name), (unsigned long long)f->row->index,
		 out_style(ctl, STYLE_PLAIN));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_fetched pair[2];
	size_t n = 0;
	(void)argc;
	CTL_TRY(ctl, get_pair(ctl, args, pair));
	bool text = ctl->format == FORMAT_TEXT;
	json_t *list = json_array();
	if (text && !ctl->quiet) {
		heading(ctl, "---", &pair[0]);
		heading(ctl, "+++", &pair[1]);
	}
	enum annot_status status = compare(ctl, pair[0].record, pair[1].record, list, &n);
	if (status == ANNOT_OK && pair[0].record->kind->kind == ANNOT_KIND_document)
		status = compare_texts(ctl, pair[0].record, pair[1].record, list, &n);
	if (status != ANNOT_OK) {
		json_decref(list);
		return ctl_fail(ctl, status);
	}
	if (text)
		json_decref(list);
	else
		out_json(ctl, json_pack("{s:s, s:s, s:b, s:o}", "a",
					annot_hash_hex(&pair[0].record->id).text, "b",
					annot_hash_hex(&pair[1].record->id).text, "differ", n > 0,
					"changes", list));
	return n > 0 ? annot_exit_code(ANNOT_NO) : 0;
}

const struct command cmd_diff = {
	"diff", "A B", "Compare two versions card by card; exit 1 if they differ",
	NULL,   run,   NEEDS_DAEMON | LISTS,
	2,      2,
};
