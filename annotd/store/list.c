/*
 * Queries as SQL. Only numbers stand in its text: texts are looked up before, to their interned
 * numbers. What changes from request to request is bound, so that the same query has the same text,
 * and its statement can be kept: ?1 the first record wanted, ?2 how many, ?3 the size that it is
 * about, ?4 the record before which it ends, ?5 the records that it is about, as a JSON array.
 */
#include "annotd/store/reader_private.h"

enum { SQL_MAX = 1 << 16, GROWTH = 4 };

/* Kinds of which a corpus has few: found by the index over kinds, the others by going through the
 * log. */
static const uint32_t common_kinds = 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim |
				     1u << ANNOT_KIND_span | 1u << ANNOT_KIND_link |
				     1u << ANNOT_KIND_verdict | 1u << ANNOT_KIND_review |
				     1u << ANNOT_KIND_comment;

struct builder {
	struct reader *reader;
	const struct store_query *query;
	struct annot_buf *sql;
	bool nothing; /* no record can match */
};

/* Nearly all of a log is of kinds that are wanted. */
static bool has_common(const struct store_query *query)
{
	return (query->kinds & common_kinds) == common_kinds;
}

/* " AND r.COLUMN IN (1,2)" pieces. */
static void number(struct builder *b, bool first, uint64_t value)
{
	annot_buf_printf(b->sql, "%s%llu", first ? "" : ",", (unsigned long long)value);
}

static void where_kinds(struct builder *b, bool by_kind)
{
	bool first = true;

	b->nothing = b->nothing || b->query->kinds == 0;
	if (!by_kind && has_common(b->query))
		return; /* is_wanted asks the few others */
	/* A list is what an index is searched with; to look at each record a mask is less work. */
	if (!by_kind) {
		annot_buf_printf(b->sql, " AND (%u>>r.kind)&1", (unsigned)b->query->kinds);
		return;
	}
	annot_buf_puts(b->sql, " AND r.kind IN (");
	for (unsigned kind = 0; kind < ANNOT_KIND_COUNT; kind++)
		if (b->query->kinds & 1u << kind) {
			number(b, first, kind);
			first = false;
		}
	annot_buf_puts(b->sql, ")");
}

static enum annot_status where_authors(struct builder *b, struct annot_error *err)
{
	bool first = true;

	annot_buf_puts(b->sql, " AND r.author IN (");
	for (size_t i = 0; i < b->query->n_authors; i++) {
		int64_t id;
		enum annot_status status =
			core_author_id(&b->reader->core, &b->query->authors[i], &id, err);

		if (status == ANNOT_NOT_FOUND)
			continue;
		TRY(status);
		number(b, first, (uint64_t)id);
		first = false;
	}
	annot_buf_puts(b->sql, ")");
	b->nothing = b->nothing || first;
	return ANNOT_OK;
}

static enum annot_status where_documents(struct builder *b, struct annot_error *err)
{
	AUTO_BUF struct annot_buf firsts = ANNOT_BUF_INIT(SQL_MAX);

	for (size_t i = 0; i < b->query->n_documents; i++) {
		struct core_rec rec;

		TRY(core_rec(&b->reader->core, b->query->documents[i], &rec, err));
		annot_buf_printf(&firsts, "%s%llu", i ? "," : "", (unsigned long long)rec.ann);
	}
	TRY(annot_buf_check(&firsts, "query", err));
	annot_buf_printf(
		b->sql,
		" AND r.seq IN (WITH d(seq) AS (SELECT seq FROM rec WHERE seq IN (%s)"
		" UNION ALL SELECT seq FROM rec WHERE ann IN (%s)) SELECT t.seq FROM d"
		" CROSS JOIN target t ON t.doc=d.seq AND t.seq>=?1 UNION SELECT seq FROM d)",
		firsts.data, firsts.data);
	return ANNOT_OK;
}

/* The interned numbers of texts, as "(1,2)"; *ret_n is how many are known. */
static enum annot_status terms(struct builder *b, enum term_kind kind, const char *const *texts,
			       size_t n, struct annot_buf *ret, size_t *ret_n,
			       struct annot_error *err)
{
	*ret_n = 0;
	annot_buf_puts(ret, "(");
	for (size_t i = 0; i < n; i++) {
		int64_t id;
		enum annot_status status =
			core_term(&b->reader->core, kind, texts[i], strlen(texts[i]), &id, err);

		if (status == ANNOT_NOT_FOUND)
			continue;
		TRY(status);
		annot_buf_printf(ret, "%s%lld", *ret_n ? "," : "", (long long)id);
		++*ret_n;
	}
	annot_buf_puts(ret, ")");
	return annot_buf_check(ret, "query", err);
}

/* Has one of these texts. */
static enum annot_status where_terms(struct builder *b, enum term_kind kind,
				     const char *const *texts, size_t n, struct annot_error *err)
{
	AUTO_BUF struct annot_buf ids = ANNOT_BUF_INIT(SQL_MAX);
	size_t known;

	TRY(terms(b, kind, texts, n, &ids, &known, err));
	annot_buf_printf(b->sql,
			 " AND r.seq IN (SELECT seq FROM posting WHERE term IN %s"
			 " AND seq>=?1)",
			 ids.data);
	b->nothing = b->nothing || known == 0;
	return ANNOT_OK;
}

/* A verdict with one of these ratings, or what such a verdict, that still stands, is on. */
static enum annot_status where_ratings(struct builder *b, struct annot_error *err)
{
	AUTO_BUF struct annot_buf ids = ANNOT_BUF_INIT(SQL_MAX);
	size_t known;

	TRY(terms(b, TERM_RATING, b->query->ratings, b->query->n_ratings, &ids, &known, err));
	annot_buf_printf(b->sql,
			 " AND (EXISTS(SELECT 1 FROM posting WHERE term IN %s AND seq=r.seq)",
			 ids.data);
	if (!b->query->as_entered)
		annot_buf_printf(
			b->sql,
			" OR EXISTS(SELECT 1 FROM edge e CROSS JOIN rec v ON v.seq=e.src"
			" LEFT JOIN ann a ON a.first=coalesce(v.ann,v.seq)"
			" WHERE e.dst=r.seq AND e.role=1 AND v.seq<?3 AND v.effect=0"
			" AND (v.to_index IS NULL OR v.to_index>=?3)"
			" AND (a.retracted IS NULL OR a.retracted>=?3)"
			" AND EXISTS(SELECT 1 FROM posting WHERE term IN %s AND seq=v.seq))",
			ids.data);
	annot_buf_puts(b->sql, ")");
	b->nothing = b->nothing || known == 0;
	return ANNOT_OK;
}

/* At an earlier size; of the whole log stands_now says it, from columns that are read anyway: most
 * records do stand. */
static void where_state(struct builder *b)
{
	if (b->query->as_entered || !reader_is_as_of(b->reader))
		return;
	annot_buf_puts(b->sql, " AND (r.effect<>2 AND (r.to_index IS NULL OR r.to_index>=?3)"
			       " AND (r.ann IS NULL OR r.effect=0 AND NOT EXISTS(SELECT 1 FROM late"
			       " WHERE late.seq=r.seq AND at>=?3))");
	if (b->query->with_void)
		annot_buf_puts(b->sql, " OR r.effect=2");
	if (b->query->with_pending)
		annot_buf_puts(b->sql, " OR r.effect=1 OR EXISTS(SELECT 1 FROM late WHERE"
				       " late.seq=r.seq AND at>=?3)");
	annot_buf_puts(b->sql, ")");
}

static void where_range(struct builder *b)
{
	const struct store_query *q = b->query;

	annot_buf_printf(b->sql, " WHERE r.seq>=max(?1,%llu) AND r.seq<?4",
			 (unsigned long long)q->since);
	if (q->since_time != INT64_MIN)
		annot_buf_printf(b->sql, " AND r.time>=%lld", (long long)q->since_time);
	if (q->before_time != INT64_MAX)
		annot_buf_printf(b->sql, " AND r.time<%lld", (long long)q->before_time);
}

static enum annot_status build(struct builder *b, struct annot_error *err)
{
	const struct store_query *q = b->query;
	bool narrowed = q->only || q->n_tags || q->n_speakers || q->n_documents || q->n_imported ||
			q->n_sources || q->n_sums;
	bool by_kind = !narrowed && (q->n_authors > 0 || !(q->kinds & common_kinds));

	annot_buf_printf(b->sql, "SELECT " CORE_ROW_COLUMNS " FROM rec r %s",
			 by_kind ? "INDEXED BY rec_kind" : "NOT INDEXED");
	where_range(b);
	where_kinds(b, by_kind);
	if (q->only)
		annot_buf_puts(b->sql, " AND r.seq IN (SELECT value FROM json_each(?5))");
	if (q->n_authors > 0)
		TRY(where_authors(b, err));
	where_state(b);
	if (q->outdated)
		annot_buf_puts(b->sql, " AND r.seq IN (SELECT t.seq FROM rec d INDEXED BY rec_kind"
				       " CROSS JOIN target t ON t.doc=d.seq AND t.seq>=?1"
				       " WHERE d.kind=5 AND d.to_index IS NOT NULL)");
	if (q->n_documents > 0)
		TRY(where_documents(b, err));
	for (size_t i = 0; i < q->n_tags; i++)
		TRY(where_terms(b, TERM_TAG, &q->tags[i], 1, err));
	if (q->n_speakers > 0)
		TRY(where_terms(b, TERM_SPEAKER, q->speakers, q->n_speakers, err));
	if (q->n_imported > 0)
		TRY(where_terms(b, TERM_IMPORTED, q->imported, q->n_imported, err));
	if (q->n_sources > 0)
		TRY(where_terms(b, TERM_SOURCE, q->sources, q->n_sources, err));
	if (q->n_sums > 0)
		TRY(where_terms(b, TERM_SHA256, q->sums, q->n_sums, err));
	if (q->n_ratings > 0)
		TRY(where_ratings(b, err));
	annot_buf_puts(b->sql, " ORDER BY r.seq LIMIT ?2");
	return annot_buf_check(b->sql, "query", err);
}

/* The statement of that text, kept or made in the place of the one that was used longest ago. */
static enum annot_status statement(struct reader *r, const struct annot_buf *sql,
				   sqlite3_stmt **ret, struct annot_error *err)
{
	struct kept_list *at = &r->lists[0];

	for (size_t i = 0; i < LISTS_KEPT; i++) {
		struct kept_list *kept = &r->lists[i];

		if (kept->st && strcmp(sqlite3_sql(kept->st), sql->data) == 0) {
			at = kept;
			break;
		}
		if (kept->used < at->used)
			at = kept;
	}
	if (!at->st || strcmp(sqlite3_sql(at->st), sql->data) != 0) {
		sqlite3_finalize(at->st);
		at->st = NULL;
		if (sqlite3_prepare_v3(r->core.index.sq, sql->data, -1, SQLITE_PREPARE_PERSISTENT,
				       &at->st, NULL) != SQLITE_OK)
			return db_fail(&r->core.index, "query", err);
	}
	at->used = ++r->n_lists;
	*ret = at->st;
	return ANNOT_OK;
}

/* As where_state, with nothing that changed later. */
static bool stands_now(const struct store_query *query, const struct core_rec *rec)
{
	if (rec->effect == ANNOT_VOID)
		return query->with_void;
	if (rec->effect == ANNOT_PENDING && query->with_pending)
		return true;
	return rec->replaced == ANNOT_NEVER && (rec->first || rec->effect == ANNOT_EFFECTIVE);
}

/* What the query's text leaves open. */
static enum annot_status is_wanted(struct reader *r, const struct store_query *query,
				   struct page_row *row, bool *ret, struct annot_error *err)
{
	struct core_ann ann;

	*ret = query->kinds & UINT32_C(1) << row->rec.kind;
	if (!*ret || query->as_entered)
		return ANNOT_OK;
	*ret = reader_is_as_of(r) || stands_now(query, &row->rec);
	if (!*ret || query->with_retracted)
		return ANNOT_OK;
	TRY(page_ann(r, row, &ann, err));
	*ret = ann.retracted == ANNOT_NEVER || ann.retracted >= (int64_t)r->size;
	return ANNOT_OK;
}

static enum annot_status run(struct reader *r, sqlite3_stmt *st, const struct store_query *query,
			     uint64_t from, reader_each each, void *arg, struct annot_error *err)
{
	/* Few at first where few are likely to be taken. */
	size_t n = query->likely > 0 && query->likely < CORE_CHUNK ? (size_t)query->likely
								   : CORE_CHUNK;
	bool full;

	do {
		TRY(page_read(r, st, from, n, err));
		full = r->page.n == n;
		for (size_t i = 0; i < r->page.n; i++) {
			struct page_row *row = &r->page.rows[i];
			bool wanted;

			TRY(is_wanted(r, query, row, &wanted, err));
			if (wanted && !each(arg, row->rec.seq))
				return ANNOT_OK;
			from = row->rec.seq + 1;
		}
		n = n < CORE_CHUNK / GROWTH ? n * GROWTH : CORE_CHUNK;
	} while (full);
	return ANNOT_OK;
}

static enum annot_status bind_only(sqlite3_stmt *st, const struct store_query *query,
				   struct annot_buf *json, struct annot_error *err)
{
	for (size_t i = 0; i < query->n_only; i++)
		annot_buf_printf(json, "%s%llu", i ? "," : "[", (unsigned long long)query->only[i]);
	annot_buf_puts(json, query->n_only ? "]" : "[]");
	TRY(annot_buf_check(json, "query", err));
	sqlite3_bind_text(st, 5, json->data, (int)json->len, SQLITE_STATIC);
	return ANNOT_OK;
}

enum annot_status reader_list(struct reader *r, const struct store_query *query, uint64_t from,
			      reader_each each, void *arg, struct annot_error *err)
{
	AUTO_BUF struct annot_buf sql = ANNOT_BUF_INIT(SQL_MAX), only = ANNOT_BUF_INIT(SQL_MAX);
	struct builder b = {.reader = r, .query = query, .sql = &sql};
	uint64_t before = query->before < r->size ? query->before : r->size;
	sqlite3_stmt *st = NULL;

	TRY(build(&b, err));
	if (b.nothing)
		return ANNOT_OK;
	TRY(statement(r, &sql, &st, err));
	sqlite3_bind_int64(st, 3, (int64_t)r->size);
	sqlite3_bind_int64(st, 4, (int64_t)before);
	if (query->only)
		TRY(bind_only(st, query, &only, err));
	enum annot_status status = run(r, st, query, from, each, arg, err);

	if (query->only)
		sqlite3_bind_null(st, 5);
	return status;
}
