/* The connection to search.db, the streams of words, and cursors over them. */
#include "annotd/store/search_cursor.h"

#include <stdlib.h>
#include <sys/stat.h>

enum {
	/* Rows that a stream goes on by stepping; further, it is asked anew. */
	STEPS = 16,
	MATCH_MAX = 4096,
	PATH_SIZE = 4096,
};

struct finder *finder_close(struct finder *f)
{
	if (!f)
		return NULL;
	db_close(&f->db);
	free(f);
	return NULL;
}

/* --- the connection --- */

/* Opens it where it is not, or where the file was made anew. *ret NULL: it cannot be used now. */
static enum annot_status finder_open(struct reader *r, struct finder **ret, struct annot_error *err)
{
	char path[PATH_SIZE];
	struct stat st;

	*ret = NULL;
	if (snprintf(path, sizeof path, "%s/%s", r->dir, store_search_file.name) >=
		    (int)sizeof path ||
	    stat(path, &st) != 0) {
		r->finder = finder_close(r->finder);
		return ANNOT_OK;
	}
	if (r->finder && (r->finder->dev != st.st_dev || r->finder->ino != st.st_ino))
		r->finder = finder_close(r->finder);
	if (!r->finder) {
		struct finder *f = calloc(1, sizeof *f);

		if (!f)
			return annot_fail(err, ANNOT_NO_MEMORY, "no memory to search");
		f->dev = st.st_dev;
		f->ino = st.st_ino;
		if (search_db_open(&f->db, r->dir, DB_READ, NULL) != ANNOT_OK) {
			free(f); /* not finished, or not readable: all is looked through */
			return ANNOT_OK;
		}
		r->finder = f;
	}
	*ret = r->finder;
	return ANNOT_OK;
}

/* --- streams --- */

static enum annot_status stream_open(struct search_run *run, struct word *word, bool contents,
				     int64_t shard, struct annot_error *err)
{
	struct stream *s = &word->streams[contents];
	char table[SEARCH_TABLE_MAX], sql[192];

	*s = (struct stream){.shift = contents ? PIECE_BITS : 0};
	search_table(table, contents, shard);
	snprintf(sql, sizeof sql,
		 "SELECT rowid FROM %s WHERE %s MATCH ?1 AND rowid>=?2 ORDER BY rowid", table,
		 table);
	if (sqlite3_prepare_v2(run->db->sq, sql, -1, &s->st, NULL) != SQLITE_OK)
		return db_fail(run->db, sql, err);
	sqlite3_bind_text(s->st, 1, word->match.data, (int)word->match.len, SQLITE_STATIC);
	return ANNOT_OK;
}

enum annot_status stream_step(struct search_run *run, struct stream *s, struct annot_error *err)
{
	bool row = false;

	TRY(db_step(run->db, s->st, &row, err));
	s->ended = !row;
	s->at = row ? (uint64_t)sqlite3_column_int64(s->st, 0) >> s->shift : UINT64_MAX;
	return ANNOT_OK;
}

/* To the first log index that is not less than `to`. */
enum annot_status stream_seek(struct search_run *run, struct stream *s, uint64_t to,
			      struct annot_error *err)
{
	for (int i = 0; s->begun && !s->ended && s->at < to && i < STEPS; i++)
		TRY(stream_step(run, s, err));
	if (s->ended || (s->begun && s->at >= to))
		return ANNOT_OK;
	sqlite3_reset(s->st);
	sqlite3_bind_int64(s->st, 2, (int64_t)(to << s->shift));
	s->begun = true;
	return stream_step(run, s, err);
}

static void streams_close(struct search_run *run)
{
	for (size_t i = 0; i < run->asked->n; i++)
		for (size_t k = 0; k < COUNT(run->words[i].streams); k++) {
			sqlite3_finalize(run->words[i].streams[k].st);
			run->words[i].streams[k] = (struct stream){0};
		}
	run->shard = 0;
}

/* Those of a shard, unless they are open. Places of pieces are asked of contents alone. */
enum annot_status streams_open(struct search_run *run, int64_t shard, bool said,
			       struct annot_error *err)
{
	if (run->shard == shard)
		return ANNOT_OK;
	streams_close(run);
	for (size_t i = 0; i < run->asked->n; i++) {
		if (said)
			TRY(stream_open(run, &run->words[i], false, shard, err));
		if (run->asked->contents)
			TRY(stream_open(run, &run->words[i], true, shard, err));
	}
	run->shard = shard;
	return ANNOT_OK;
}

/* --- cursors --- */

static enum annot_status run_begin(struct search_run *run, struct search_cursor *c,
				   struct annot_error *err)
{
	run->db = &c->finder->db;
	run->asked = &c->words;
	for (size_t i = 0; i < c->words.n; i++) {
		run->words[i].match = ANNOT_BUF_INIT(MATCH_MAX);
		grams_match(c->words.words[i], &run->words[i].match);
		TRY(annot_buf_check(&run->words[i].match, "query", err));
	}
	return ANNOT_OK;
}

static void run_end(struct search_run *run)
{
	if (!run->asked)
		return;
	streams_close(run);
	for (size_t i = 0; i < run->asked->n; i++)
		annot_buf_free(&run->words[i].match);
	run->asked = NULL;
}

/* Nothing more is asked of search.db. */
static void let_go(struct search_cursor *c)
{
	run_end(&c->candidates);
	run_end(&c->pieces);
	if (c->finder && !sqlite3_get_autocommit(c->finder->db.sq))
		(void)db_do(&c->finder->db, SEARCH_END, NULL);
	c->finder = NULL;
}

/* What cannot be read is as good as not there, but for want of memory. */
enum annot_status cursor_failed(struct search_cursor *c, enum annot_status status,
				const struct annot_error *why, struct annot_error *err)
{
	let_go(c);
	c->reader->finder = finder_close(c->reader->finder);
	return status == ANNOT_NO_MEMORY ? annot_fail(err, status, "%s", why->text) : ANNOT_OK;
}

static enum annot_status cursor_begin(struct search_cursor *c, struct annot_error *err)
{
	struct annot_error why = {0};

	TRY(finder_open(c->reader, &c->finder, err));
	if (!c->finder)
		return ANNOT_OK;
	enum annot_status status = db_do(&c->finder->db, SEARCH_BEGIN, &why);

	if (status == ANNOT_OK)
		status = run_begin(&c->candidates, c, &why);
	if (status == ANNOT_OK)
		status = run_begin(&c->pieces, c, &why);
	return status == ANNOT_OK ? status : cursor_failed(c, status, &why, err);
}

enum annot_status search_begin(struct reader *r, const struct search_words *words,
			       struct search_cursor **ret, struct annot_error *err)
{
	struct search_cursor *c;

	if (words->n == 0 || words->n > WORDS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "%zu words; expected 1 to %d", words->n,
				  (int)WORDS_MAX);
	c = calloc(1, sizeof *c);
	if (!c)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory to search");
	c->reader = r;
	c->words = *words;
	enum annot_status status = cursor_begin(c, err);

	if (status != ANNOT_OK)
		return search_end(c), status;
	*ret = c;
	return ANNOT_OK;
}

struct search_cursor *search_end(struct search_cursor *c)
{
	if (c)
		let_go(c);
	free(c);
	return NULL;
}

const struct search_words *search_asked(const struct search_cursor *c)
{
	return &c->words;
}
