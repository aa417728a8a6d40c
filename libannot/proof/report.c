/* Reports: lines, their order, verdicts, JSON. */
#include "proof/verify_private.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "text/escape.h"

const char *annot_verdict_name(enum annot_verdict v)
{
	static const char *const names[] = {
		[ANNOT_INVALID_BUNDLE] = "INVALID",
		[ANNOT_CANNOT_CHECK] = "CANNOT-CHECK",
		[ANNOT_FORKED_LOG] = "FORKED",
		[ANNOT_ROLLED_BACK] = "ROLLED-BACK",
		[ANNOT_WITHHELD] = "WITHHELD",
		[ANNOT_RETRACTED] = "RETRACTED",
		[ANNOT_DISPUTED] = "DISPUTED",
		[ANNOT_CONFLICT_HEADS] = "CONFLICT",
		[ANNOT_SUPERSEDED] = "SUPERSEDED",
		[ANNOT_VALID_UNWITNESSED] = "VALID-UNWITNESSED",
		[ANNOT_VALID] = "VALID",
	};
	return names[v];
}

int annot_verdict_exit(enum annot_verdict v)
{
	return v == ANNOT_VALID || v == ANNOT_VALID_UNWITNESSED ? 0 : 1;
}

int annot_report_exit(const struct annot_report *r)
{
	return r->quorum_missing ? 1 : annot_verdict_exit(r->verdict);
}

/* The last line stands for all that found no room: as bad as the worst of them. */
static void fold(struct annot_verify *v, enum annot_check_result result, enum annot_verdict verdict)
{
	struct annot_check *last = &v->checks[ANNOT_CHECKS_MAX - 1];

	if (result < last->result)
		last->result = result;
	if (verdict < last->verdict)
		last->verdict = verdict;
	last->name = "more";
	last->text = "and more lines than a report holds";
}

void annot_check_add(struct annot_verify *v, const char *name, enum annot_check_result result,
		     enum annot_verdict verdict, const char *format, ...)
{
	AUTO_BUF struct annot_buf safe = ANNOT_BUF_INIT(8 * ANNOT_CHECK_TEXT_MAX);
	char text[ANNOT_CHECK_TEXT_MAX];
	const char *kept;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (v->n_checks == ANNOT_CHECKS_MAX) {
		fold(v, result, verdict);
		return;
	}
	annot_escape_terminal(text, strlen(text), false, &safe);
	kept = safe.failed ? NULL : annot_arena_copy(v->arena, safe.data, safe.len);
	if (!kept) {
		v->failed = true;
		return;
	}
	v->checks[v->n_checks++] = (struct annot_check){
		.name = name, .result = result, .verdict = verdict, .text = kept};
}

/* Worst first; what makes no difference to the exit code goes by how much it should be noticed. */
static bool worse(const struct annot_check *a, const struct annot_check *b)
{
	bool bad = annot_verdict_exit(a->verdict) != 0 || annot_verdict_exit(b->verdict) != 0;

	if (bad && a->verdict != b->verdict)
		return a->verdict < b->verdict;
	return a->result < b->result;
}

/* Insertion keeps the order of checking among equals; there are a few dozen lines. */
static void sort_checks(struct annot_verify *v)
{
	for (size_t i = 1; i < v->n_checks; i++) {
		struct annot_check c = v->checks[i];
		size_t k = i;

		for (; k > 0 && worse(&c, &v->checks[k - 1]); k--)
			v->checks[k] = v->checks[k - 1];
		v->checks[k] = c;
	}
}

void annot_report_finish(struct annot_verify *v)
{
	enum annot_verdict verdict = ANNOT_VALID;

	for (size_t i = 0; i < v->n_checks; i++)
		if (v->checks[i].verdict < verdict)
			verdict = v->checks[i].verdict;
	sort_checks(v);
	v->checks[v->n_checks++] =
		(struct annot_check){.name = "truth",
				     .result = ANNOT_CHECK_INFO,
				     .verdict = ANNOT_VALID,
				     .text = "not shown here: whether the claim is true"};
	v->report->verdict = verdict;
	v->report->checks = v->checks;
	v->report->n_checks = v->n_checks;
}

/* --- JSON
 * ---------------------------------------------------------------------------------------------- */

static const char *result_name(enum annot_check_result r)
{
	static const char *const names[] = {
		[ANNOT_CHECK_FAILED] = "failed",   [ANNOT_CHECK_MISSING] = "missing",
		[ANNOT_CHECK_WARNING] = "warning", [ANNOT_CHECK_PASSED] = "passed",
		[ANNOT_CHECK_INFO] = "info",
	};
	return names[r];
}

struct json_t *annot_checks_json(const struct annot_check *checks, size_t n,
				 bool (*ok)(const struct annot_check *c))
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++) {
		const struct annot_check *c = &checks[i];
		json_t *one = json_pack("{s:s, s:b, s:s, s:s}", "name", c->name, "ok", ok(c),
					"result", result_name(c->result), "text", c->text);

		if (!one || json_array_append_new(list, one) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static bool check_ok(const struct annot_check *c)
{
	return annot_verdict_exit(c->verdict) == 0 && c->result > ANNOT_CHECK_MISSING;
}

/* A bound on the time, where there is one. */
static int set_time(json_t *to, const char *name, uint64_t time_s)
{
	char text[ANNOT_TIME_LEN + 1];

	if (!time_s || time_s > INT64_MAX || !annot_time_format((int64_t)time_s, text))
		return 0;
	return json_object_set_new(to, name, json_string(text));
}

struct json_t *annot_report_json(const struct annot_report *r)
{
	json_t *checks = annot_checks_json(r->checks, r->n_checks, check_ok);
	json_t *ret = checks ? json_pack("{s:s, s:o}", "verdict", annot_verdict_name(r->verdict),
					 "checks", checks)
			     : NULL;
	int bad = 0;

	if (!ret)
		return NULL;
	if (r->record) {
		bad |= json_object_set_new(ret, "record",
					   json_string(annot_hash_hex(&r->record->id).text));
		bad |= json_object_set_new(
			ret, "annotation",
			json_string(annot_hash_hex(&r->record->annotation).text));
		bad |= json_object_set_new(ret, "kind", json_string(r->record->kind->name));
	}
	if (r->size) {
		bad |= json_object_set_new(ret, "index", json_integer((json_int_t)r->index));
		bad |= json_object_set_new(ret, "size", json_integer((json_int_t)r->size));
	}
	if (r->note.data) {
		bad |= json_object_set_new(ret, "origin", json_string(r->checkpoint.origin));
		bad |= json_object_set_new(ret, "root",
					   json_string(annot_hash_hex(&r->checkpoint.root).text));
	}
	bad |= set_time(ret, "not_before", r->not_before_s);
	bad |= set_time(ret, "not_after", r->not_after_s);
	if (!bad)
		return ret;
	json_decref(ret);
	return NULL;
}
