/*
 * Asking search.db. Within a shard each word is two streams of log indexes, of records and of
 * documents whose content has it; records that have all words are where the words' streams meet.
 */
#include "annotd/store/search_private.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "annotd/store/reader_private.h"

enum {
	/* Rows that a stream goes on by stepping; further, it is asked anew. */
	STEPS = 16,
	/* Shards that one call looks at. */
	SHARDS = 64,
	WORDS_MAX = 64,
	MATCH_MAX = 4096,
	PATH_SIZE = 4096,
};

struct finder {
	struct db db;
	dev_t dev;
	ino_t ino;
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

/* Begins a snapshot. *ret NULL: there is nothing to ask. */
static enum annot_status begin(struct reader *r, struct finder **ret, struct annot_error *err)
{
	TRY(finder_open(r, ret, err));
	if (*ret && db_do(&(*ret)->db, SEARCH_BEGIN, NULL) != ANNOT_OK) {
		r->finder = finder_close(r->finder);
		*ret = NULL;
	}
	return ANNOT_OK;
}

/*
 * Ends it. What cannot be read is as good as not there, but for want of memory; *ret_usable false: the
 * answer is to be made without it.
 */
static enum annot_status end(struct reader *r, enum annot_status status,
			     const struct annot_error *why, bool *ret_usable,
			     struct annot_error *err)
{
	if (!sqlite3_get_autocommit(r->finder->db.sq))
		(void)db_do(&r->finder->db, SEARCH_END, NULL);
	*ret_usable = status == ANNOT_OK;
	if (status == ANNOT_OK)
		return ANNOT_OK;
	r->finder = finder_close(r->finder);
	return status == ANNOT_NO_MEMORY ? annot_fail(err, status, "%s", why->text) : ANNOT_OK;
}

/* --- streams --- */

/* Log indexes of the rows of one table that have a word. */
struct stream {
	sqlite3_stmt *st; /* NULL: it is not asked */
	unsigned shift;   /* from its row to a log index */
	bool begun, ended;
	uint64_t at;
};

struct word {
	struct annot_buf match;
	struct stream streams[2];
};

struct search_run {
	struct db *db;
	const struct search_words *asked;
	struct word words[WORDS_MAX];
};

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

static enum annot_status stream_step(struct search_run *run, struct stream *s,
				     struct annot_error *err)
{
	bool row = false;

	TRY(db_step(run->db, s->st, &row, err));
	s->ended = !row;
	s->at = row ? (uint64_t)sqlite3_column_int64(s->st, 0) >> s->shift : UINT64_MAX;
	return ANNOT_OK;
}

/* To the first log index that is not less than `to`. */
static enum annot_status stream_seek(struct search_run *run, struct stream *s, uint64_t to,
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

/* The first record from `to` on that has the word; UINT64_MAX: none. */
static enum annot_status word_seek(struct search_run *run, struct word *word, uint64_t to,
				   uint64_t *ret, struct annot_error *err)
{
	*ret = UINT64_MAX;
	for (size_t i = 0; i < COUNT(word->streams); i++) {
		struct stream *s = &word->streams[i];

		if (!s->st)
			continue;
		TRY(stream_seek(run, s, to, err));
		if (!s->ended && s->at < *ret)
			*ret = s->at;
	}
	return ANNOT_OK;
}

/* The first record from `to` on that has all words. */
static enum annot_status all_seek(struct search_run *run, uint64_t to, uint64_t *ret,
				  struct annot_error *err)
{
	size_t agree = 0;

	for (size_t i = 0; agree < run->asked->n; i = (i + 1) % run->asked->n) {
		uint64_t at;

		TRY(word_seek(run, &run->words[i], to, &at, err));
		agree = at == to ? agree + 1 : 1;
		to = at;
		if (to == UINT64_MAX)
			break;
	}
	*ret = to;
	return ANNOT_OK;
}

static void streams_close(struct search_run *run)
{
	for (size_t i = 0; i < run->asked->n; i++)
		for (size_t k = 0; k < COUNT(run->words[i].streams); k++) {
			sqlite3_finalize(run->words[i].streams[k].st);
			run->words[i].streams[k] = (struct stream){0};
		}
}

static enum annot_status streams_open(struct search_run *run, int64_t shard,
				      struct annot_error *err)
{
	for (size_t i = 0; i < run->asked->n; i++) {
		TRY(stream_open(run, &run->words[i], false, shard, err));
		if (run->asked->contents)
			TRY(stream_open(run, &run->words[i], true, shard, err));
	}
	return ANNOT_OK;
}

/* --- candidates --- */

struct found {
	uint64_t *list;
	size_t n, max;
	uint64_t next, size; /* the first record that is not decided yet; there are so many */
};

static void every_to(struct found *f, uint64_t end)
{
	while (f->n < f->max && f->next < end)
		f->list[f->n++] = f->next++;
}

/* Of a shard's indexed part, up to end. Documents that wait for their content may have any word. */
static enum annot_status shard_find(struct search_run *run, const struct search_shard *shard,
				    uint64_t end, struct found *f, struct annot_error *err)
{
	TRY(streams_open(run, shard->id, err));
	while (f->n < f->max && f->next < end) {
		struct search_waiting waiting;
		bool waits = false;
		uint64_t at;

		TRY(all_seek(run, f->next, &at, err));
		if (run->asked->contents)
			TRY(search_waiting(run->db, f->next, end, &waits, &waiting, err));
		if (waits && waiting.seq < at)
			at = waiting.seq;
		if (at < end)
			f->list[f->n++] = at;
		f->next = at < end ? at + 1 : end;
	}
	return ANNOT_OK;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static enum annot_status find(struct search_run *run, struct found *f, struct annot_error *err)
{
	for (int i = 0; i < SHARDS && f->n < f->max && f->next < f->size; i++) {
		struct search_shard shard;
		bool row = false;

		TRY(search_shard(run->db, SEARCH_SHARD_AT, f->next, INT64_MAX, &row, &shard, err));
		if (row && shard.next > f->next) {
			enum annot_status status =
				shard_find(run, &shard, least(shard.next, f->size), f, err);

			streams_close(run);
			TRY(status);
		}
		/* What it does not have yet. */
		if (!row || f->next >= least(shard.next, f->size))
			every_to(f, row ? least(shard.end, f->size) : f->size);
	}
	return ANNOT_OK;
}

static enum annot_status words_find(struct finder *finder, const struct search_words *words,
				    struct found *f, struct annot_error *err)
{
	struct search_run *run = calloc(1, sizeof *run);
	enum annot_status status = ANNOT_OK;

	if (!run)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory to search");
	run->db = &finder->db;
	run->asked = words;
	for (size_t i = 0; status == ANNOT_OK && i < words->n; i++) {
		run->words[i].match = ANNOT_BUF_INIT(MATCH_MAX);
		grams_match(words->words[i], &run->words[i].match);
		status = annot_buf_check(&run->words[i].match, "query", err);
	}
	if (status == ANNOT_OK)
		status = find(run, f, err);
	for (size_t i = 0; i < words->n; i++)
		annot_buf_free(&run->words[i].match);
	free(run);
	return status;
}

enum annot_status reader_candidates(struct reader *r, const struct search_words *words,
				    uint64_t from, uint64_t *ret, size_t max, size_t *ret_n,
				    uint64_t *ret_next, struct annot_error *err)
{
	struct found f = {.list = ret, .max = max, .next = from, .size = r->size};
	struct annot_error why = {0};
	struct finder *finder;
	bool usable = false;

	if (words->n > WORDS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "%zu words; at most %d", words->n,
				  (int)WORDS_MAX);
	TRY(begin(r, &finder, err));
	if (finder) {
		enum annot_status status = words_find(finder, words, &f, &why);

		TRY(end(r, status, &why, &usable, err));
	}
	if (!usable) {
		f.n = 0;
		f.next = from;
		every_to(&f, f.size);
	}
	*ret_n = f.n;
	*ret_next = f.next;
	return ANNOT_OK;
}

/* --- pieces --- */

struct pieces {
	struct search_place *list;
	size_t n, max;
	uint64_t seq, length;
};

static enum annot_status piece_get(struct db *db, uint64_t row, bool *ret_row, uint64_t *ret_byte,
				   uint64_t *ret_chars, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(db, SEARCH_PIECE_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)row);
	TRY(db_step(db, st, ret_row, err));
	if (*ret_row) {
		*ret_byte = (uint64_t)sqlite3_column_int64(st, 0);
		*ret_chars = (uint64_t)sqlite3_column_int64(st, 1);
	}
	return ANNOT_OK;
}

static enum annot_status place_add(struct search_run *run, struct pieces *p, uint64_t row,
				   uint64_t from, struct annot_error *err)
{
	struct search_place place = {.end = p->length};
	uint64_t ignored;
	bool there = false, next = false;

	TRY(piece_get(run->db, row, &there, &place.start, &place.chars, err));
	if (there)
		TRY(piece_get(run->db, row + 1, &next, &place.end, &ignored, err));
	if (!there || place.start > p->length || place.end > p->length)
		return annot_fail(err, ANNOT_STORE, "search.db: a piece is not there");
	if (place.start >= from)
		p->list[p->n++] = place;
	return ANNOT_OK;
}

static enum annot_status content_find(struct search_run *run, struct pieces *p, uint64_t from,
				      bool *ret_known, struct annot_error *err)
{
	struct stream *s = &run->words[0].streams[1];
	struct search_waiting waiting;
	struct search_shard shard;
	bool row = false, waits = true;

	TRY(search_shard(run->db, SEARCH_SHARD_AT, p->seq, INT64_MAX, &row, &shard, err));
	if (row && p->seq < shard.next)
		TRY(search_waiting(run->db, p->seq, p->seq + 1, &waits, &waiting, err));
	*ret_known = !waits;
	if (waits)
		return ANNOT_OK;
	TRY(stream_open(run, &run->words[0], true, shard.id, err));
	TRY(stream_seek(run, s, p->seq, err));
	while (!s->ended && s->at == p->seq && p->n < p->max) {
		TRY(place_add(run, p, (uint64_t)sqlite3_column_int64(s->st, 0), from, err));
		TRY(stream_step(run, s, err));
	}
	return ANNOT_OK;
}

enum annot_status reader_pieces(struct reader *r, uint64_t document_index, const char *word,
				uint64_t from, struct search_place *ret, size_t max, size_t *ret_n,
				bool *ret_known, struct annot_error *err)
{
	const struct search_words one = {.words = &word, .n = 1, .contents = true};
	struct pieces p = {.list = ret, .max = max, .seq = document_index};
	struct annot_error why = {0};
	struct finder *finder;

	*ret_known = false;
	*ret_n = 0;
	TRY(reader_content_length(r, document_index, &p.length, err));
	TRY(begin(r, &finder, err));
	if (!finder)
		return ANNOT_OK;
	struct search_run *run = calloc(1, sizeof *run);
	enum annot_status status = ANNOT_NO_MEMORY;

	if (run) {
		*run = (struct search_run){.db = &finder->db, .asked = &one};
		run->words[0].match = ANNOT_BUF_INIT(MATCH_MAX);
		grams_match(word, &run->words[0].match);
		status = annot_buf_check(&run->words[0].match, "query", &why);
		if (status == ANNOT_OK)
			status = content_find(run, &p, from, ret_known, &why);
		streams_close(run);
		annot_buf_free(&run->words[0].match);
		free(run);
	}
	bool usable;

	TRY(end(r, status, &why, &usable, err));
	*ret_known = *ret_known && usable;
	*ret_n = usable ? p.n : 0;
	return ANNOT_OK;
}
