/*
 * bench_search FOLDER…: indexes the texts of folders for search, and asks for words of them. Prints
 * "name value" lines, times in CPU time of this thread: search.text bytes                of all
 * texts search.index_rate MB/s, search.index_bytes B/B (of search.db), search.rss MiB (the most it
 * took) search.query_p50 us, …_p99 us    one word of 5 to 12 letters, and "two words" that stand
 * beside each other search.scan_p50 us               the same words without the index
 *   search.trigram_rate MB/s, search.unicode61_rate MB/s, …_bytes: FTS5's own tokenizers on the
 * same texts (contentless, detail none and full)
 */
#include "../stored.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include <sqlite3.h>

#include "annotd/store/search.h"
#include "base/auto.h"
#include "base/file.h"
#include "tests/libannot/text/random.h"

enum { TEXTS_MAX = 100000, QUERIES = 200, WORD_MAX = 64 };

struct texts {
	struct annot_buf list[TEXTS_MAX];
	const struct test_entry *entries[TEXTS_MAX];
	size_t n, bytes;
};

static double cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void say(const char *name, double value)
{
	printf("search.%s %.4g\n", name, value);
}

/* Valid UTF-8 of 64 MiB at most, as documents are. */
static void read_folder(struct texts *t, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char file[4096];
		struct annot_buf text = ANNOT_BUF_INIT(STORE_CONTENT_MAX);

		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		free(names[i]);
		if (t->n == TEXTS_MAX ||
		    annot_file_read(file, STORE_CONTENT_MAX, &text, NULL) != ANNOT_OK ||
		    text.len == 0 || annot_utf8_valid(text.data, text.len) != text.len) {
			annot_buf_free(&text);
			continue;
		}
		t->bytes += text.len;
		t->list[t->n++] = text;
	}
	if (n >= 0)
		free(names);
}

static void put_texts(struct stored *s, struct texts *t)
{
	struct test_key admin = test_key(1);

	for (size_t i = 0; i < t->n; i++) {
		char name[32];

		snprintf(name, sizeof name, "text-%zu", i);
		t->entries[i] =
			test_put_as(s->c, &admin, test_document(name, annot_buf_bytes(&t->list[i])),
				    ANNOT_EFFECTIVE);
	}
	stored_sync(s);
	for (size_t i = 0; i < t->n; i++)
		assert_ok(store_put_content(s->store, t->entries[i]->index,
					    annot_buf_bytes(&t->list[i]), &test_error));
	reader_end(s->reader);
}

/* Words of the texts: `words` that stand beside each other, of 5 to 12 letters. */
static const char *some_words(struct texts *t, uint64_t *seed, int words, char ret[WORD_MAX])
{
	for (;;) {
		const struct annot_buf *text = &t->list[random_below(seed, t->n)];
		size_t at = random_below(seed, text->len), len = 0, spaces = 0;

		while (at > 0 && !strchr(" \n", text->data[at - 1]))
			at--;
		while (at + len < text->len && len < WORD_MAX - 3 &&
		       !strchr("\n\"\\", text->data[at + len])) {
			spaces += text->data[at + len] == ' ';
			if ((int)spaces == words)
				break;
			len++;
		}
		if ((int)spaces != words || len < (size_t)(5 * words) || len > (size_t)(12 * words))
			continue;
		snprintf(ret, WORD_MAX, "\"%.*s\"", (int)len, text->data + at);
		return ret;
	}
}

static double one_query(struct stored *s, const char *text)
{
	struct annot_search_request in = {.text = text, .limit = 20};
	struct annot_search_reply reply = {0};
	double from;

	annot_arena_reset(s->call.arena);
	assert_ok(reader_begin(s->reader, &test_error));
	from = cpu_s();
	do { /* the first page */
		if (on_search(&s->call, &in, &reply) != ANNOT_OK)
			fail_msg("%s: %s", text, s->call.err.text);
		in.from = reply.next;
	} while (reply.next && reply.n_rows == 0);
	from = cpu_s() - from;
	reader_end(s->reader);
	return from * 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void queries(struct stored *s, struct texts *t, int words, int n, const char *name)
{
	double us[QUERIES];
	uint64_t seed = 7;
	char text[WORD_MAX], full[64];

	one_query(s, some_words(t, &seed, words, text));
	for (int i = 0; i < n; i++)
		us[i] = one_query(s, some_words(t, &seed, words, text));
	qsort(us, (size_t)n, sizeof *us, compare);
	snprintf(full, sizeof full, "%s_p50", name);
	say(full, us[n / 2]);
	snprintf(full, sizeof full, "%s_p99", name);
	say(full, us[n * 99 / 100]);
}

static double file_bytes(const struct stored *s, const char *name)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

static void index_all(struct stored *s, struct texts *t)
{
	struct reader *log;
	struct search *search;
	uint64_t first = 0, end = INT64_MAX;
	bool more = true;
	double from = cpu_s();

	assert_ok(reader_open_log(s->dir, &log, &test_error));
	assert_ok(search_open(s->dir, log, SEARCH_SHARD, &search, &test_error));
	while (more)
		assert_ok(search_records(search, &more, &first, &end, &test_error));
	while (first < end)
		assert_ok(search_contents(search, &first, end, &test_error));
	assert_ok(search_tidy(search, &test_error));
	say("index_rate", (double)t->bytes / (cpu_s() - from) / 1e6);
	say("index_bytes", file_bytes(s, "search.db") / (double)t->bytes);
	search_close(search);
	reader_close(log);
}

/* What FTS5 brings along, on the same texts. */
static void yardstick(struct stored *s, struct texts *t, const char *tokenizer, const char *detail)
{
	char path[4096], sql[256], name[64];
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	double from = cpu_s();
	sqlite3_int64 rows = 0;

	snprintf(path, sizeof path, "%s/%s.db", s->dir, tokenizer);
	snprintf(sql, sizeof sql,
		 "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
		 "CREATE VIRTUAL TABLE x USING fts5(t, content='', columnsize=0, detail=%s,"
		 " tokenize='%s')",
		 detail, tokenizer);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO x(rowid, t) VALUES(?2,?1)", -1, &st, NULL) !=
		    SQLITE_OK) {
		fprintf(stderr, "bench_search: %s: %s\n", tokenizer, sqlite3_errmsg(db));
		exit(1);
	}
	for (size_t i = 0; i < t->n; i++)
		for (size_t at = 0; at < t->list[i].len;) {
			size_t len = search_piece(t->list[i].data + at, t->list[i].len - at);

			sqlite3_bind_text(st, 1, t->list[i].data + at, (int)len, SQLITE_STATIC);
			sqlite3_bind_int64(st, 2, ++rows);
			sqlite3_step(st);
			if (sqlite3_reset(st) != SQLITE_OK) {
				fprintf(stderr, "bench_search: %s: %s\n", tokenizer,
					sqlite3_errmsg(db));
				exit(1);
			}
			at += len;
		}
	sqlite3_finalize(st);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	snprintf(name, sizeof name, "%s_rate", tokenizer);
	say(name, (double)t->bytes / (cpu_s() - from) / 1e6);
	snprintf(path, sizeof path, "%s.db", tokenizer);
	snprintf(name, sizeof name, "%s_bytes", tokenizer);
	say(name, file_bytes(s, path) / (double)t->bytes);
}

int main(int argc, char **argv)
{
	struct texts *t = calloc(1, sizeof *t);
	struct stored *s = stored_new(1, 1);
	struct rusage usage;

	for (int i = 1; t && i < argc; i++)
		read_folder(t, argv[i]);
	if (!t || t->n == 0) {
		fprintf(stderr, "bench_search: no texts; usage: bench_search FOLDER…\n");
		return 2;
	}
	say("text", (double)t->bytes);
	put_texts(s, t);
	queries(s, t, 1, 20, "scan");
	index_all(s, t);
	getrusage(RUSAGE_SELF, &usage);
	say("rss", (double)usage.ru_maxrss / 1024 - (double)t->bytes / 1048576);
	queries(s, t, 1, QUERIES, "query");
	queries(s, t, 2, QUERIES, "phrase");
	yardstick(s, t, "trigram", "none");
	yardstick(s, t, "unicode61", "full");
	for (size_t i = 0; i < t->n; i++)
		annot_buf_free(&t->list[i]);
	stored_free(s);
	free(t);
	return 0;
}
