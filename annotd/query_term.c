/* What each term of a query says. */
#include "annotd/query.h"

#include <time.h>

#include "base/auto.h"
#include "base/encode.h"

static const struct {
	const char *name;
	enum query_state state;
} states[] = {
#define STATE(name, flag) {name, flag},
#include "proto/terms.def"
}, anchors[] = {
#define ANCHOR(name, flag) {name, flag},
#include "proto/terms.def"
};

static enum annot_status invalid(const struct query_term *term, const char *what,
				 const char *expected, struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "query, column %u: %s \"%.64s\", expected %s",
			  term->column, what, term->value, expected);
}

static enum annot_status keep(struct query_values *values, const struct query_term *term,
			      struct annot_error *err)
{
	if (values->n == QUERY_VALUES_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "query, column %u: more than %d values of %s", term->column,
				  (int)QUERY_VALUES_MAX, term->key[0] ? term->key : "words");
	values->value[values->n] = term->value;
	values->column[values->n++] = term->column;
	return ANNOT_OK;
}

static enum annot_status term_kind(struct query *query, const struct query_term *term,
				   struct annot_error *err)
{
	const struct annot_kind_def *kind = annot_kind_find(term->value, term->len);
	char expected[320] = "any";
	size_t at = 3;

	if (kind) {
		query->store.kinds |= 1u << kind->kind;
		return ANNOT_OK;
	}
	if (strcmp(term->value, "any") == 0) {
		query->store.kinds |= QUERY_KINDS_ALL;
		return ANNOT_OK;
	}
	for (unsigned i = 0; i < ANNOT_KIND_COUNT && at < sizeof expected; i++)
		at += (size_t)snprintf(expected + at, sizeof expected - at, " %s",
				       annot_kind_def((enum annot_kind)i)->name);
	return invalid(term, "kind", expected, err);
}
_Static_assert((int)ANNOT_KIND_COUNT < 32, "kinds fit a word of bits");

static enum annot_status term_state(struct query *query, const struct query_term *term,
				    struct annot_error *err)
{
	char expected[256] = "one of";
	size_t at = strlen(expected);

	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(term->value, states[i].name) == 0) {
			query->states |= states[i].state;
			return ANNOT_OK;
		}
	for (size_t i = 0; i < COUNT(states) && at < sizeof expected; i++)
		at += (size_t)snprintf(expected + at, sizeof expected - at, " %s", states[i].name);
	return invalid(term, "state", expected, err);
}

unsigned query_anchor(const char *name)
{
	for (size_t i = 0; i < COUNT(anchors); i++)
		if (strcmp(name, anchors[i].name) == 0)
			return anchors[i].state;
	return 0;
}

static enum annot_status term_anchor(struct query *query, const struct query_term *term,
				     struct annot_error *err)
{
	unsigned anchor = query_anchor(term->value);

	query->anchors |= anchor;
	return anchor ? ANNOT_OK
		      : invalid(term, "anchor",
				"one of exact moved changed ambiguous orphan pending withheld absent "
				"unsearched",
				err);
}

/* 2026-11-22 or 2026-11-22T10:00:00Z; days that do not exist are refused. */
static bool parse_date(const char *text, int64_t *ret)
{
	struct tm tm = {0}, back;
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	time_t time;

	if (end && *end == 'T')
		end = strptime(end, "T%H:%M:%SZ", &tm);
	if (!end || *end || text[4] != '-' || tm.tm_year < 1 - 1900)
		return false;
	back = tm;
	time = timegm(&back);
	*ret = time;
	return back.tm_mday == tm.tm_mday && back.tm_mon == tm.tm_mon && back.tm_sec == tm.tm_sec;
}

static bool parse_index(const struct query_term *term, uint64_t *ret)
{
	return term->value[0] == '#' && annot_parse_u64(term->value + 1, term->len - 1, ret);
}

/* Of several since: the latest counts, of several before: the earliest, as if joined by "and". */
static enum annot_status term_range(struct query *query, const struct query_term *term,
				    struct annot_error *err)
{
	bool since = term->key[0] == 's';
	uint64_t *index = since ? &query->store.since : &query->store.before;
	int64_t *time = since ? &query->store.since_time : &query->store.before_time, date;
	uint64_t n;

	if (parse_index(term, &n)) {
		if (since ? n > *index : n < *index)
			*index = n;
		return ANNOT_OK;
	}
	if (!parse_date(term->value, &date))
		return invalid(term, term->key,
			       "#INDEX or a date: 2026-11-22 or 2026-11-22T10:00:00Z", err);
	if (since ? date > *time : date < *time)
		*time = date;
	return ANNOT_OK;
}

static enum annot_status term_as_of(struct query *query, const struct query_term *term,
				    struct annot_error *err)
{
	if (query->has_as_of)
		return annot_fail(err, ANNOT_INVALID,
				  "query, column %u: a second as-of, expected one", term->column);
	if (!parse_index(term, &query->as_of))
		return invalid(term, "as-of", "#SIZE, a number of records", err);
	query->has_as_of = true;
	return ANNOT_OK;
}

static enum annot_status term_word(struct query *query, struct annot_arena *arena,
				   const struct query_term *term, struct annot_error *err)
{
	struct query_term word = *term;
	struct annot_plain plain;

	TRY(annot_plain(term->value, term->len, &plain, err));
	word.value = annot_arena_copy(arena, annot_plain_text(&plain), plain.len);
	word.len = plain.len;
	annot_plain_free(&plain);
	if (!word.value)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the query");
	if (word.len == 0)
		return invalid(term, "word", "one with something in it that can be seen", err);
	return keep(&query->words, &word, err);
}

enum annot_status query_term(struct query *query, struct annot_arena *arena,
			     const struct query_term *term, struct annot_error *err)
{
	static const struct {
		const char *key;
		enum annot_status (*parse)(struct query *query, const struct query_term *term,
					   struct annot_error *err);
		size_t values; /* where the values go, without parse */
	} keys[] = {
#define PARSED(function)          function, 0
#define KEPT(list)                NULL, offsetof(struct query, list)
#define TERM(key, kept, value, doc) {key, kept},
#include "proto/terms.def"
#undef PARSED
#undef KEPT
	};

	if (term->len == 0)
		return annot_fail(err, ANNOT_INVALID,
				  "query, column %u: nothing after \"%s%s\", expected a value",
				  term->column, term->key, term->key[0] ? ":" : "");
	if (!term->key[0])
		return term_word(query, arena, term, err);
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(term->key, keys[i].key) == 0) {
			if (keys[i].parse)
				return keys[i].parse(query, term, err);
			return keep((void *)((char *)query + keys[i].values), term, err);
		}
	return annot_fail(
		err, ANNOT_INVALID,
		"query, column %u: unknown term \"%.32s:\", expected one of"
#define TERM(key, kept, value, doc) " " key ":"
#include "proto/terms.def"
		" (words with a colon stand in quotes)",
		term->column - (unsigned)strlen(term->key) - 1, term->key);
}
