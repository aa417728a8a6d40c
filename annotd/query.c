/* Taking queries apart, binding their names, and looking for words. Terms: query_term.c. */
#include "annotd/query.h"

#include "annotd/store/search.h"
#include "base/auto.h"
#include "base/encode.h"
#include "text/utf8.h"

/* --- terms --- */

struct scan {
	const char *text;
	size_t len, at;
	struct annot_arena *arena;
	struct annot_error *err;
};

static unsigned column(const struct scan *s, size_t at)
{
	return 1 + (unsigned)annot_utf8_chars(s->text, at);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A value in quotes; at stands on the first one. */
static enum annot_status quoted(struct scan *s, struct query_term *ret)
{
	size_t start = s->at++, n = 0;
	char *value = annot_arena_alloc(s->arena, s->len - start + 1);

	if (!value)
		return annot_fail(s->err, ANNOT_NO_MEMORY, "no memory for the query");
	for (; s->at < s->len && s->text[s->at] != '"'; s->at++) {
		if (s->text[s->at] == '\\') {
			s->at++;
			if (s->at >= s->len || (s->text[s->at] != '"' && s->text[s->at] != '\\'))
				return annot_fail(
					s->err, ANNOT_INVALID,
					"query, column %u: a backslash in quotes, expected "
					"\\\" or \\\\",
					column(s, s->at - 1));
		}
		value[n++] = s->text[s->at];
	}
	if (s->at == s->len)
		return annot_fail(s->err, ANNOT_INVALID,
				  "query, column %u: quotes that nothing closes, expected \"…\"",
				  column(s, start));
	s->at++;
	if (s->at < s->len && !is_space(s->text[s->at]))
		return annot_fail(s->err, ANNOT_INVALID,
				  "query, column %u: text right behind quotes, expected a space",
				  column(s, s->at));
	ret->value = value;
	ret->len = n;
	return ANNOT_OK;
}

static enum annot_status bare(struct scan *s, struct query_term *ret)
{
	size_t start = s->at;

	while (s->at < s->len && !is_space(s->text[s->at]) && s->text[s->at] != '"')
		s->at++;
	if (s->at < s->len && s->text[s->at] == '"')
		return annot_fail(
			s->err, ANNOT_INVALID,
			"query, column %u: quotes within a word, expected a space before them",
			column(s, s->at));
	ret->len = s->at - start;
	ret->value = annot_arena_copy(s->arena, s->text + start, ret->len);
	return ret->value ? ANNOT_OK
			  : annot_fail(s->err, ANNOT_NO_MEMORY, "no memory for the query");
}

/* "key:" before a value; words have none. Only one key has digits: "12:30" is a word. */
static enum annot_status key(struct scan *s, struct query_term *ret)
{
	size_t len = strncmp(s->text + s->at, "sha256:", strlen("sha256:")) == 0
			     ? strlen("sha256")
			     : strspn(s->text + s->at, "abcdefghijklmnopqrstuvwxyz-");

	ret->key = "";
	if (len == 0 || s->text[s->at + len] != ':')
		return ANNOT_OK;
	ret->key = annot_arena_copy(s->arena, s->text + s->at, len);
	if (!ret->key)
		return annot_fail(s->err, ANNOT_NO_MEMORY, "no memory for the query");
	s->at += len + 1;
	return ANNOT_OK;
}

static enum annot_status next_term(struct scan *s, struct query *query, bool only_words)
{
	struct query_term term = {.key = ""};
	size_t start = s->at;

	if (!only_words)
		TRY(key(s, &term));
	term.column = column(s, term.key[0] ? s->at : start);
	if (s->at < s->len && s->text[s->at] == '"')
		TRY(quoted(s, &term));
	else
		TRY(bare(s, &term));
	return query_term(query, s->arena, &term, s->err);
}

static uint32_t default_kinds(unsigned states)
{
	uint32_t sealed = states & (QUERY_UNOPENED | QUERY_GIVEN_UP) ? 1u << ANNOT_KIND_seal : 0;

	return sealed | 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_span |
	       1u << ANNOT_KIND_link | 1u << ANNOT_KIND_verdict | 1u << ANNOT_KIND_comment;
}

static enum annot_status scan_begin(struct scan *s, const char *text, struct annot_arena *arena,
				    struct annot_error *err)
{
	*s = (struct scan){.text = text, .len = strlen(text), .arena = arena, .err = err};
	if (s->len > QUERY_TEXT_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "query: %zu bytes, at most %d", s->len,
				  (int)QUERY_TEXT_MAX);
	if (annot_utf8_valid(text, s->len) != s->len)
		return annot_fail(err, ANNOT_INVALID, "query: not UTF-8");
	return ANNOT_OK;
}

/* Whether there is a term, at which it then stands. */
static bool scan_more(struct scan *s)
{
	while (s->at < s->len && is_space(s->text[s->at]))
		s->at++;
	return s->at < s->len;
}

/* Whether what is asked for only words in replaced versions of documents can have. */
static bool only_outdated(const struct query *query)
{
	const unsigned current = QUERY_EXACT | QUERY_ANCHOR_WITHHELD;
	const unsigned outdated = QUERY_ANCHORS & ~current;

	return (query->anchors && !(query->anchors & ~outdated)) ||
	       (query->states && !(query->states & ~outdated));
}

enum annot_status query_parse(struct annot_arena *arena, const char *text, struct query **ret,
			      struct annot_error *err)
{
	struct query *query = annot_arena_alloc(arena, sizeof *query);
	struct scan s;

	if (!query)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the query");
	TRY(scan_begin(&s, text ? text : "", arena, err));
	query->store = STORE_QUERY_INIT;
	while (scan_more(&s))
		TRY(next_term(&s, query, false));
	query->has_kinds = query->store.kinds != 0;
	if (!query->has_kinds)
		query->store.kinds = default_kinds(query->states);
	if (query->has_as_of && ((query->anchors | query->states) & QUERY_ANCHORS))
		return annot_fail(err, ANNOT_INVALID,
				  "query: as-of: does not go with anchors, which are those in the "
				  "newest versions");
	query->store.outdated = only_outdated(query);
	query->store.with_retracted = query->states & (QUERY_ANY | QUERY_RETRACTED);
	query->store.with_void = query->states & (QUERY_ANY | QUERY_VOID);
	query->store.with_pending = query->states & (QUERY_ANY | QUERY_PENDING);
	*ret = query;
	return ANNOT_OK;
}

enum annot_status query_add_words(struct query *query, struct annot_arena *arena, const char *text,
				  struct annot_error *err)
{
	struct scan s;

	TRY(scan_begin(&s, text, arena, err));
	while (scan_more(&s))
		TRY(next_term(&s, query, true));
	return ANNOT_OK;
}

/* --- names --- */

struct authors {
	struct annot_hash *list;
	size_t n;
};

static enum annot_status author_add(struct authors *a, const struct annot_hash *author,
				    struct annot_error *err)
{
	for (size_t i = 0; i < a->n; i++)
		if (annot_hash_equal(&a->list[i], author))
			return ANNOT_OK;
	if (a->n == QUERY_AUTHORS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "query: authors with more than %d keys",
				  (int)QUERY_AUTHORS_MAX);
	a->list[a->n++] = *author;
	return ANNOT_OK;
}

/* All keys of a name's person, or the keys whose author hash begins with these digits. */
static enum annot_status author_find(const struct annot_authority *authority, const char *value,
				     unsigned at, struct authors *a, struct annot_error *err)
{
	size_t len = strlen(value), before = a->n;
	bool hex = len >= 8 && len <= ANNOT_HASH_HEX && strspn(value, "0123456789abcdef") == len;
	bool known = false;

	for (size_t i = 0; i < annot_authority_keys(authority); i++) {
		const struct annot_key_info *info = annot_authority_key_at(authority, i);

		if (hex ? strncmp(annot_hash_hex(&info->author).text, value, len) != 0 &&
				    strncmp(annot_hash_hex(&info->person).text, value, len) != 0
			: strcmp(info->name, value) != 0)
			continue;
		known = true;
		TRY(author_add(a, &info->author, err));
	}
	if (!known && a->n == before)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "query, column %u: nobody is enrolled as \"%.64s\"; see annotctl "
				  "reviewer list",
				  at, value);
	return ANNOT_OK;
}

static enum annot_status bind_authors(struct query *query, struct annot_arena *arena,
				      const struct annot_authority *authority,
				      struct annot_error *err)
{
	struct authors a = {0};

	if (query->authors.n == 0)
		return ANNOT_OK;
	a.list = annot_arena_array(arena, QUERY_AUTHORS_MAX, sizeof *a.list);
	if (!a.list)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the query");
	for (size_t i = 0; i < query->authors.n; i++)
		TRY(author_find(authority, query->authors.value[i], query->authors.column[i], &a,
				err));
	query->store.authors = a.list;
	query->store.n_authors = a.n;
	return ANNOT_OK;
}

static enum annot_status bind_documents(struct query *query, struct annot_arena *arena,
					struct reader *reader, struct annot_error *err)
{
	uint64_t *list = annot_arena_array(arena, QUERY_VALUES_MAX, sizeof *list);

	if (!list)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the query");
	for (size_t i = 0; i < query->documents.n; i++) {
		const char *value = query->documents.value[i];
		unsigned at = query->documents.column[i];
		struct annot_error why = {0};
		struct store_row row;
		enum annot_status status = reader_resolve(reader, value, &list[i], &why);

		if (status == ANNOT_NOT_FOUND || status == ANNOT_AMBIGUOUS)
			return annot_fail(err, status, "query, column %u: %s", at, why.text);
		if (status != ANNOT_OK)
			return annot_fail(err, status, "%s", why.text);
		TRY(reader_row(reader, list[i], &row, err));
		if (row.kind != ANNOT_KIND_document)
			return annot_fail(
				err, ANNOT_NOT_FOUND,
				"query, column %u: %.80s is a %s, not a document; see annotctl "
				"doc list",
				at, value, annot_kind_def(row.kind)->name);
	}
	query->store.documents = list;
	query->store.n_documents = query->documents.n;
	return ANNOT_OK;
}

enum annot_status query_bind(struct query *query, struct annot_arena *arena, struct reader *reader,
			     const struct annot_authority *authority, struct annot_error *err)
{
	if (query->has_as_of)
		TRY(reader_as_of(reader, query->as_of, err));
	TRY(bind_authors(query, arena, authority, err));
	TRY(bind_documents(query, arena, reader, err));
	query->store.tags = query->tags.value;
	query->store.n_tags = query->tags.n;
	query->store.speakers = query->speakers.value;
	query->store.n_speakers = query->speakers.n;
	query->store.ratings = query->ratings.value;
	query->store.n_ratings = query->ratings.n;
	query->store.imported = query->imported.value;
	query->store.n_imported = query->imported.n;
	query->store.sources = query->sources.value;
	query->store.n_sources = query->sources.n;
	query->store.sums = query->sums.value;
	query->store.n_sums = query->sums.n;
	return ANNOT_OK;
}

/* --- words --- */

enum annot_status query_words(const struct query *query, const struct annot_record *record,
			      bool *ret, struct annot_error *err)
{
	bool found[QUERY_VALUES_MAX] = {false};
	size_t n_found = 0;

	for (size_t i = 0; i < record->n_cards && n_found < query->words.n; i++) {
		const struct annot_card *card = &record->cards[i];
		struct annot_plain plain;

		if (!search_reads(card))
			continue;
		TRY(annot_plain(card->text, card->len, &plain, err));
		for (size_t w = 0; w < query->words.n; w++)
			if (!found[w] &&
			    memmem(annot_plain_text(&plain), plain.len, query->words.value[w],
				   strlen(query->words.value[w]))) {
				found[w] = true;
				n_found++;
			}
		annot_plain_free(&plain);
	}
	*ret = n_found == query->words.n;
	return ANNOT_OK;
}
