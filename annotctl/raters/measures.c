/* The coefficients of one table of ratings, as text and JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agreement.h"

enum what { COHEN, FLEISS, ALPHA, GWET };

/* Every coefficient, once. */
static const struct measure {
	const char *id;   /* in JSON */
	const char *name; /* in text, over all */
	const char *pair; /* in text, heading of a column of pairs */
	enum what what;
	int how; /* weights or metric */
	bool over_all, of_pairs;
} measures[] = {
	{"fleiss_kappa", "Fleiss κ", NULL, FLEISS, 0, true, false},
	{"cohen_kappa", NULL, "κ", COHEN, ANNOT_WEIGHTS_NONE, false, true},
	{"cohen_kappa_linear", NULL, "κ lin", COHEN, ANNOT_WEIGHTS_LINEAR, false, true},
	{"cohen_kappa_quadratic", NULL, "κ quad", COHEN, ANNOT_WEIGHTS_QUADRATIC, false, true},
	{"alpha_nominal", "Krippendorff α, nominal", "α nom", ALPHA, ANNOT_METRIC_NOMINAL, true,
	 true},
	{"alpha_ordinal", "Krippendorff α, ordinal", "α ord", ALPHA, ANNOT_METRIC_ORDINAL, true,
	 true},
	{"alpha_interval", "Krippendorff α, interval", "α int", ALPHA, ANNOT_METRIC_INTERVAL, true,
	 true},
	{"gwet_ac1", "Gwet AC1", "AC1", GWET, ANNOT_WEIGHTS_NONE, true, true},
	{"gwet_ac2_linear", "Gwet AC2, linear", "AC2 lin", GWET, ANNOT_WEIGHTS_LINEAR, true, true},
	{"gwet_ac2_quadratic", "Gwet AC2, quadratic", "AC2 quad", GWET, ANNOT_WEIGHTS_QUADRATIC,
	 true, true},
};
enum { N_MEASURES = sizeof measures / sizeof measures[0] };

/* Whether the options ask for it and the scale can have it. */
static bool wanted(const struct agreement *a, const struct annot_ratings *r,
		   const struct measure *m)
{
	bool weighted = m->what == COHEN || m->what == GWET;
	if (weighted && a->weights >= 0 && m->how != a->weights)
		return false;
	return m->how == 0 || r->ordered >= 2; /* 0: no weights, nominal */
}

static enum annot_status measure(const struct agreement *a, const struct measure *m,
				 const struct annot_ratings *r, struct annot_coefficient *ret)
{
	struct annot_error *err = &a->ctl->err;
	switch (m->what) {
	case COHEN:
		return annot_cohen_kappa(r, 0, 1, (enum annot_weights)m->how, ret, err);
	case FLEISS:
		return annot_fleiss_kappa(r, ret, err);
	case ALPHA:
		return annot_krippendorff_alpha(r, (enum annot_metric)m->how, ret, err);
	case GWET:
		return annot_gwet_ac(r, (enum annot_weights)m->how, ret, err);
	}
	return annot_fail(err, ANNOT_INTERNAL, "no such coefficient");
}

/* --- items and pairs --- */

bool measures_differ(const struct annot_ratings *r, size_t item)
{
	const int8_t *row = r->cells + item * r->coders;
	int seen = ANNOT_UNRATED;
	for (size_t i = 0; i < r->coders; i++) {
		if (row[i] == ANNOT_UNRATED)
			continue;
		if (seen != ANNOT_UNRATED && row[i] != seen)
			return true;
		seen = row[i];
	}
	return false;
}

struct coverage measures_coverage(const struct annot_ratings *r)
{
	struct coverage c = {0};
	for (size_t i = 0; i < r->items; i++) {
		size_t n = 0;
		for (size_t k = 0; k < r->coders; k++)
			n += r->cells[i * r->coders + k] != ANNOT_UNRATED;
		c.none += n == 0;
		c.one += n == 1;
		c.compared += n > 1;
	}
	return c;
}

/* The items that both rated, with these two as the only coders; cells has room for all items. */
static struct annot_ratings pair_of(const struct annot_ratings *r, size_t x, size_t y,
				    int8_t *cells)
{
	struct annot_ratings pair = *r;
	pair.coders = 2;
	pair.items = 0;
	pair.cells = cells;
	for (size_t i = 0; i < r->items; i++) {
		const int8_t *row = r->cells + i * r->coders;
		if (row[x] == ANNOT_UNRATED || row[y] == ANNOT_UNRATED)
			continue;
		cells[2 * pair.items] = row[x];
		cells[2 * pair.items++ + 1] = row[y];
	}
	return pair;
}

/* --- text --- */

void column(struct ctl *ctl, const char *text, int width)
{
	int chars = (int)annot_utf8_chars(text, strlen(text)), pad = abs(width) - chars;
	pad = pad < 0 ? 0 : pad;
	out_text(ctl, "%*s%s%*s", width > 0 ? pad : 0, "", text, width < 0 ? pad : 0, "");
}

static void column_number(struct ctl *ctl, size_t n, int width)
{
	char text[32];
	snprintf(text, sizeof text, "%zu", n);
	column(ctl, text, width);
}

const char *decimals(struct ctl *ctl, double value)
{
	const char *text = isnan(value) ? "–" : annot_arena_printf(ctl->arena, "%.3f", value);
	return text ? text : "";
}

static enum annot_status over_all_text(const struct agreement *a, const struct annot_ratings *r)
{
	struct ctl *ctl = a->ctl;
	out_text(ctl, "\n%s%-26s %7s %9s %9s %8s %9s%s\n", out_style(ctl, STYLE_BOLD), "over all",
		 "value", "observed", "expected", "units", "excluded", out_style(ctl, STYLE_PLAIN));
	for (const struct measure *m = measures; m < measures + N_MEASURES; m++) {
		struct annot_coefficient c;
		if (!m->over_all || !wanted(a, r, m))
			continue;
		TRY(measure(a, m, r, &c));
		column(ctl, m->name, -26);
		column(ctl, decimals(ctl, c.value), 8);
		column(ctl, decimals(ctl, c.observed), 10);
		column(ctl, decimals(ctl, c.expected), 10);
		column_number(ctl, c.items, 9);
		column_number(ctl, c.excluded, 10);
		if (c.undefined)
			out_text(ctl, "  undefined: %s", c.undefined);
		out_text(ctl, "\n");
	}
	out_text(ctl, "(of α, observed and expected are disagreements)\n");
	return ANNOT_OK;
}

static enum annot_status pair_text(const struct agreement *a, const struct annot_ratings *r,
				   const struct annot_ratings *pair, const char *names)
{
	struct ctl *ctl = a->ctl;
	const char *why = NULL;
	column(ctl, names, -26);
	column_number(ctl, pair->items, 8);
	column_number(ctl, r->items - pair->items, 10);
	for (const struct measure *m = measures; m < measures + N_MEASURES; m++) {
		struct annot_coefficient c;
		if (!m->of_pairs || !wanted(a, r, m))
			continue;
		TRY(measure(a, m, pair, &c));
		column(ctl, decimals(ctl, c.value), 9);
		why = c.undefined && !why ? c.undefined : why;
	}
	if (why)
		out_text(ctl, "  –: %s", why);
	out_text(ctl, "\n");
	return ANNOT_OK;
}

/* Once for all tables: there is one for each of thousands of tags. */
static int8_t *pair_room(struct agreement *a, const struct annot_ratings *r)
{
	if (a->pair_room && r->items <= a->pair_items)
		return a->pair_room;
	a->pair_items = r->items;
	a->pair_room = annot_arena_array(a->arena, 2 * r->items + 1, sizeof *a->pair_room);
	if (!a->pair_room)
		annot_fail(&a->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return a->pair_room;
}

enum annot_status measures_text(struct agreement *a, const struct annot_ratings *r)
{
	struct ctl *ctl = a->ctl;
	int8_t *cells = pair_room(a, r);
	if (!cells)
		return ANNOT_NO_MEMORY;
	TRY(over_all_text(a, r));
	out_text(ctl, "\n%s%-26s%8s%10s", out_style(ctl, STYLE_BOLD), "pair", "units", "excluded");
	for (const struct measure *m = measures; m < measures + N_MEASURES; m++)
		if (m->of_pairs && wanted(a, r, m))
			column(ctl, m->pair, 9);
	out_text(ctl, "%s\n", out_style(ctl, STYLE_PLAIN));
	for (size_t x = 0; x < r->coders; x++)
		for (size_t y = x + 1; y < r->coders; y++) {
			struct annot_ratings pair = pair_of(r, x, y, cells);
			const char *names = annot_arena_printf(
				ctl->arena, "%s, %s", a->people[x].name, a->people[y].name);
			TRY(pair_text(a, r, &pair, names ? names : ""));
		}
	return ANNOT_OK;
}

/* --- JSON --- */

static json_t *real(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

/* A pair was cut to the items that both rated: all others are excluded as well. */
static json_t *coefficient_json(const struct measure *m, const struct annot_coefficient *c,
				size_t cut)
{
	bool alpha = m->what == ALPHA;
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:s?}", "value", real(c->value),
			 alpha ? "observed_disagreement" : "observed", real(c->observed),
			 alpha ? "expected_disagreement" : "expected", real(c->expected), "units",
			 (json_int_t)c->items, "excluded", (json_int_t)(c->excluded + cut),
			 "outside_order", (json_int_t)c->outside, "undefined", c->undefined);
}

static enum annot_status coefficients_json(const struct agreement *a, const struct annot_ratings *r,
					   bool of_pair, size_t cut, json_t *object)
{
	for (const struct measure *m = measures; m < measures + N_MEASURES; m++) {
		struct annot_coefficient c;
		if (!(of_pair ? m->of_pairs : m->over_all) || !wanted(a, r, m))
			continue;
		TRY(measure(a, m, r, &c));
		json_object_set_new(object, m->id, coefficient_json(m, &c, cut));
	}
	return ANNOT_OK;
}

enum annot_status measures_json(struct agreement *a, const struct annot_ratings *r, json_t *object)
{
	int8_t *cells = pair_room(a, r);
	json_t *over_all = json_object(), *pairs = json_array();
	json_object_set_new(object, "overall", over_all);
	json_object_set_new(object, "pairs", pairs);
	if (!cells)
		return ANNOT_NO_MEMORY;
	TRY(coefficients_json(a, r, false, 0, over_all));
	for (size_t x = 0; x < r->coders; x++)
		for (size_t y = x + 1; y < r->coders; y++) {
			struct annot_ratings pair = pair_of(r, x, y, cells);
			size_t cut = r->items - pair.items;
			json_t *one = json_pack("{s:[s,s], s:I, s:I}", "persons", a->people[x].name,
						a->people[y].name, "units", (json_int_t)pair.items,
						"excluded", (json_int_t)cut);
			json_array_append_new(pairs, one);
			TRY(coefficients_json(a, &pair, true, cut, one));
		}
	return ANNOT_OK;
}
