/*
 * locate [--no-fts] FOLDER QUOTES TEXTS…: puts every text file below the TEXTS (UTF-8, at most 64
 * MiB) as a document into a corpus in a new folder below FOLDER, has annotd's index over texts
 * made, and looks for quotes from random places: as they are, and with one word in five replaced by
 * another; some of these also by reading through all texts. Then SQLite's FTS5 gets the same texts,
 * in rows of at most 1.5 KB, and looks for the phrases of three words of the same altered quotes.
 * Prints figures, a name and a number a line; the same seed each time. Times are those of the
 * clock, and (…_cpu) of the processor.
 *
 * A quote is found when the answer has the place it was taken from, or another one that is as good.
 */
#include <fts.h>
#include <sqlite3.h>
#include <time.h>

#include "../libannot/text/random.h"
#include "annotd/locate.h"
#include "annotd/segments_private.h"
#include "base/auto.h"
#include "base/file.h"
#include "annotd/dispatch.h"
#include "folder.h"

enum {
	QUOTE_BYTES = 150,
	WORDS_LEAST = 12, /* of a quote: what has fewer is no prose with spaces */
	ALTERED_PERCENT = 20,
	FTS_QUOTES = 100,
	SCAN_QUOTES = 10,
	ROW_BYTES = 1500,
	BATCH = 128,
	DOCUMENTS_MAX = 1 << 17,
};

static void die(const char *what)
{
	fprintf(stderr, "bench_locate: %s\n", what);
	exit(2);
}

static void check(enum annot_status status)
{
	if (status != ANNOT_OK)
		die(test_error.text);
}

static double now_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- texts --- */

struct document {
	struct annot_bytes text; /* mapped */
	struct annot_hash record;
};

static struct document documents[DOCUMENTS_MAX];
static size_t n_documents;
static uint64_t n_bytes;

static void add_file(const char *path)
{
	struct annot_bytes text;
	if (n_documents == DOCUMENTS_MAX || annot_file_map(path, &text, NULL) != ANNOT_OK)
		return;
	bool good = text.len > 0 && text.len <= STORE_CONTENT_MAX &&
		    annot_utf8_valid(text.data, text.len) == text.len &&
		    !memchr(text.data, 0, text.len);
	if (!good) {
		annot_file_unmap(&text);
		return;
	}
	documents[n_documents++].text = text;
	n_bytes += text.len;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void read_tree(char *root)
{
	char *roots[] = {root, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!tree)
		die(root);
	for (FTSENT *e; (e = fts_read(tree));)
		if (e->fts_info == FTS_F)
			add_file(e->fts_path);
	fts_close(tree);
}

/* --- the corpus --- */

/* The signed record of a document, in arena. */
static void sign(const struct test_corpus *test, size_t number, struct annot_arena *arena,
		 struct corpus_item *ret)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct test_key admin = test_key(1);
	struct annot_draft_header header = {
		.corpus = &test->id, .author = admin.author, .time_s = 1795305600};
	char name[32];
	snprintf(name, sizeof name, "doc%zu", number);
	struct annot_draft *d = test_document(name, documents[number].text);
	memcpy(header.nonce, &number, sizeof number);
	*ret = (struct corpus_item){.verified = true};
	check(annot_draft_build(d, &header, arena, &bytes, &ret->record, &test_error));
	annot_draft_free(d);
	annot_sshsig_sign(&admin.secret, ANNOT_NAMESPACE_RECORD, ret->record->bytes,
			  ret->signature);
	documents[number].record = ret->record->id;
}

static void admit(struct corpus *corpus, const struct test_corpus *test, size_t from, size_t n)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(64 << 20);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct corpus_item items[BATCH], *pointers[BATCH];
	for (size_t i = 0; i < n; i++) {
		sign(test, from + i, arena, &items[i]);
		pointers[i] = &items[i];
	}
	check(corpus_admit(corpus, pointers, n, &note, &test_error));
	for (size_t i = 0; i < n; i++)
		check(corpus_content(corpus, items[i].index, documents[from + i].text,
				     &test_error));
}

static struct corpus *new_corpus(const char *base, char dir[TEST_PATH_MAX])
{
	struct test_corpus *test = test_corpus_new(1, 1);
	struct corpus *corpus;
	test_folder(test, base, dir);
	check(corpus_open(dir, &corpus, &test_error));
	for (size_t i = 0; i < n_documents; i += BATCH)
		admit(corpus, test, i, n_documents - i < BATCH ? n_documents - i : BATCH);
	/* As a daemon at rest: what is in the databases is mapped, what is in their logs is not. */
	check(corpus_wal_tend(corpus, true, &test_error));
	test_corpus_free(test);
	return corpus;
}

/* --- making the index --- */

static atomic_bool watching;

static size_t anonymous_kib(void)
{
	AUTO_FILE FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	size_t kib = 0;
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "RssAnon: %zu", &kib) == 1)
			break;
	return kib;
}

static void *watch_memory(void *arg)
{
	size_t *most = arg;
	const struct timespec pause = {.tv_nsec = 2000000};
	while (atomic_load(&watching)) {
		size_t kib = anonymous_kib();
		*most = kib > *most ? kib : *most;
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static struct segments *make_index(struct corpus *corpus)
{
	struct segments *s;
	struct segments_view v;
	pthread_t watcher;
	size_t before = anonymous_kib(), most = before;
	uint64_t bytes = 0, postings = 0;
	atomic_store(&watching, true);
	pthread_create(&watcher, NULL, watch_memory, &most);
	double start = now_s(CLOCK_MONOTONIC), cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	check(segments_start(corpus, &s, &test_error));
	segments_settle(s);
	double wall = now_s(CLOCK_MONOTONIC) - start;
	cpu = now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	atomic_store(&watching, false);
	pthread_join(watcher, NULL);
	check(segments_look(s, &v, &test_error));
	for (size_t i = 0; i < v.n; i++) {
		bytes += v.segments[i]->bytes.len;
		postings += v.segments[i]->n_postings;
	}
	printf("documents %zu\ntext_mb %.1f\nsegments %zu\nindex_bytes_a_byte %.4f\n", n_documents,
	       (double)n_bytes / 1e6, v.n, (double)bytes / (double)n_bytes);
	printf("bits_a_fingerprint %.2f\nbytes_a_fingerprint_of_text %.2f\n",
	       (double)bytes * 8 / (double)postings, (double)n_bytes / (double)postings);
	printf("build_mb_s %.1f\nbuild_mb_s_cpu %.1f\nbuild_memory_mb %.1f\n",
	       (double)n_bytes / 1e6 / wall, (double)n_bytes / 1e6 / cpu,
	       (double)(most - before) / 1024);
	segments_leave(&v);
	return s;
}

/* --- quotes --- */

struct quote {
	size_t document, start, len;
	char altered[1024];
};

static uint64_t seed = 20261128;

static void random_place(size_t *document, size_t *at)
{
	uint64_t n = random_next(&seed) % n_bytes;
	for (*document = 0; n >= documents[*document].text.len; ++*document)
		n -= documents[*document].text.len;
	*at = (size_t)n;
}

static size_t word_end(struct annot_bytes text, size_t at)
{
	while (at < text.len && !strchr(" \n\r\t", text.data[at]))
		at++;
	return at;
}

static size_t word_start(struct annot_bytes text, size_t at)
{
	while (at < text.len && strchr(" \n\r\t", text.data[at]))
		at++;
	return at;
}

/* Words from a random place, about QUOTE_BYTES of them; how many words, 0: there are too few. */
static size_t draw(struct quote *q)
{
	size_t at, n = 0, end;
	random_place(&q->document, &at);
	struct annot_bytes text = documents[q->document].text;
	q->start = end = word_start(text, word_end(text, at));
	for (at = q->start; at < text.len; n++) {
		size_t next = word_end(text, at);
		if (next - q->start > QUOTE_BYTES)
			break;
		end = next;
		at = word_start(text, next);
	}
	q->len = end - q->start;
	return n >= WORDS_LEAST && q->len >= QUOTE_BYTES - 20 ? n : 0;
}

static void add_random_word(char *to, size_t *len)
{
	size_t document, at, end;
	struct annot_bytes text;
	do {
		random_place(&document, &at);
		text = documents[document].text;
		at = word_start(text, word_end(text, at));
		end = word_end(text, at);
	} while (end == at || end - at > 20);
	memcpy(to + *len, text.data + at, end - at);
	*len += end - at;
}

static void alter(struct quote *q, size_t n_words)
{
	struct annot_bytes text = annot_bytes(documents[q->document].text.data + q->start, q->len);
	size_t left = (n_words * ALTERED_PERCENT + 50) / 100, len = 0, words = n_words;
	for (size_t at = 0, end; at < text.len; words--) {
		end = word_end(text, at);
		if (random_below(&seed, words) < left) {
			add_random_word(q->altered, &len);
			left--;
		} else {
			memcpy(q->altered + len, text.data + at, end - at);
			len += end - at;
		}
		at = word_start(text, end);
		if (at < text.len)
			q->altered[len++] = ' ';
	}
	q->altered[len] = '\0';
}

static struct quote *draw_quotes(size_t n)
{
	struct quote *quotes = calloc(n, sizeof *quotes);
	if (!quotes)
		die("out of memory");
	for (size_t i = 0, tries = 0; i < n; tries++) {
		size_t words = draw(&quotes[i]);
		if (words > 0)
			alter(&quotes[i++], words);
		if (tries > n * 1000)
			die("there is no prose with spaces in these texts");
	}
	return quotes;
}

/* --- asking --- */

struct times {
	double *s;
	size_t n;
};

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void print_times(const char *name, struct times *t)
{
	qsort(t->s, t->n, sizeof *t->s, by_value);
	printf("%s_p50_ms %.3f\n%s_p90_ms %.3f\n%s_p99_ms %.3f\n%s_max_ms %.3f\n", name,
	       t->s[t->n / 2] * 1e3, name, t->s[t->n * 9 / 10] * 1e3, name,
	       t->s[t->n * 99 / 100] * 1e3, name, t->s[t->n - 1] * 1e3);
}

static bool take_best(void *data, const struct annot_found *place)
{
	unsigned *best = data;
	*best = place->score > *best ? place->score : *best;
	return true;
}

/* How like the quote is to the place it was taken from. */
static unsigned own_score(const struct quote *q, const char *words, unsigned edits)
{
	struct annot_wanted *w;
	struct annot_bytes text = documents[q->document].text;
	size_t from = q->start > 200 ? q->start - 200 : 0, to = q->start + q->len + 200,
	       work = 1 << 28;
	unsigned best = 0;
	bool cut;
	if (to > text.len)
		to = text.len;
	while (!annot_utf8_boundary((const char *)text.data, text.len, from))
		from++;
	while (!annot_utf8_boundary((const char *)text.data, text.len, to))
		to--;
	check(annot_wanted_new(annot_bytes_of(words), edits, &w, &test_error));
	check(annot_wanted_find(w, annot_bytes(text.data + from, to - from), &work, &cut, take_best,
				&best, &test_error));
	annot_wanted_free(w);
	return best;
}

static bool is_right(const struct quote *q, const struct annot_locate_reply *reply, unsigned own)
{
	for (size_t i = 0; i < reply->n_places; i++) {
		const struct annot_locate_place *p = &reply->places[i];
		bool same = annot_hash_equal(&p->document, &documents[q->document].record) &&
			    p->start < q->start + q->len && p->end > q->start;
		if (same || (own > 0 && p->score >= own))
			return true;
	}
	return false;
}

/* As a client does: until all has been read. Whether the quote was found. */
static bool ask_one(struct call *c, const struct quote *q, const char *words, struct times *wall,
		    struct times *cpu, unsigned *ret_own, double *looked)
{
	struct annot_locate_request in = {.words = words};
	unsigned edits = 0;
	bool found = false;
	check(annot_locate_edits(annot_bytes_of(words), &edits, &test_error));
	in.max_edits = edits;
	*ret_own = own_score(q, words, edits);
	wall->s[wall->n] = cpu->s[cpu->n] = 0;
	do {
		struct annot_locate_reply reply = {0};
		annot_arena_reset(c->arena);
		double start = now_s(CLOCK_MONOTONIC), used = now_s(CLOCK_THREAD_CPUTIME_ID);
		check(reader_begin(c->reader, &test_error));
		enum annot_status status = on_locate(c, &in, &reply);
		wall->s[wall->n] += now_s(CLOCK_MONOTONIC) - start;
		cpu->s[cpu->n] += now_s(CLOCK_THREAD_CPUTIME_ID) - used;
		test_error = c->err;
		check(status);
		found = found || is_right(q, &reply, *ret_own);
		*looked += (double)reply.searched;
		in.from = reply.next;
		in.from_byte = reply.next_byte;
	} while (in.from > 0);
	wall->n++;
	cpu->n++;
	return found;
}

static void ask(struct call *c, const struct quote *quotes, size_t n, bool altered,
		const char *name)
{
	struct times wall = {.s = calloc(n, sizeof(double))},
		     cpu = {.s = calloc(n, sizeof(double))};
	size_t right = 0, beyond = 0;
	double looked = 0;
	for (size_t i = 0; i < n; i++) {
		char words[1024];
		unsigned own;
		snprintf(words, sizeof words, "%.*s", (int)quotes[i].len,
			 (const char *)documents[quotes[i].document].text.data + quotes[i].start);
		if (altered)
			strcpy(words, quotes[i].altered);
		bool found = ask_one(c, &quotes[i], words, &wall, &cpu, &own, &looked);
		right += found;
		beyond += !found && own == 0;
	}
	printf("%s_recall %.4f\n%s_beyond_edits %zu\n%s_looked_at_kb %.1f\n", name,
	       (double)right / (double)n, name, beyond, name, looked / 1e3 / (double)n);
	print_times(name, &wall);
	char cpu_name[64];
	snprintf(cpu_name, sizeof cpu_name, "%s_cpu", name);
	print_times(cpu_name, &cpu);
	free(wall.s);
	free(cpu.s);
}

/* --- reading through all texts --- */

/* As a client does: request after request, until all was read. */
static bool read_through(struct call *c, const struct quote *q, uint64_t *bytes)
{
	struct annot_locate_request in = {.words = q->altered, .exhaustive = true};
	unsigned edits = 0;
	bool right = false;
	check(annot_locate_edits(annot_bytes_of(in.words), &edits, &test_error));
	in.max_edits = edits;
	do {
		struct annot_locate_reply reply = {0};
		annot_arena_reset(c->arena);
		check(reader_begin(c->reader, &test_error));
		enum annot_status status = on_locate(c, &in, &reply);
		test_error = c->err;
		check(status);
		right = right || is_right(q, &reply, 0);
		*bytes += reply.searched;
		in.from = reply.next;
		in.from_byte = reply.next_byte;
	} while (in.from > 0);
	return right;
}

/* The altered quotes, with as many edits as are allowed if nobody says how many. */
static void scan(struct call *c, const struct quote *quotes, size_t n)
{
	uint64_t bytes = 0;
	size_t right = 0;
	double start = now_s(CLOCK_MONOTONIC), cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	for (size_t i = 0; i < n; i++)
		right += read_through(c, &quotes[i], &bytes);
	printf("scan_recall %.4f\nscan_gb_s %.3f\nscan_gb_s_cpu %.3f\n", (double)right / (double)n,
	       (double)bytes / 1e9 / (now_s(CLOCK_MONOTONIC) - start),
	       (double)bytes / 1e9 / (now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu));
}

/* --- FTS5 --- */

static void sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

static void fts_fill(sqlite3 *db)
{
	sqlite3_stmt *st;
	sql(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
		"CREATE VIRTUAL TABLE t USING fts5(x, content='', tokenize='unicode61'); BEGIN");
	if (sqlite3_prepare_v2(db, "INSERT INTO t(x) VALUES(?1)", -1, &st, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	for (size_t i = 0; i < n_documents; i++) {
		struct annot_bytes text = documents[i].text;
		for (size_t at = 0, end; at < text.len; at = end) {
			end = text.len - at < ROW_BYTES ? text.len : at + ROW_BYTES;
			while (end < text.len && end > at + 1 && !strchr(" \n", text.data[end]))
				end--;
			if (end == at + 1)
				end = text.len - at < ROW_BYTES ? text.len : at + ROW_BYTES;
			sqlite3_bind_text(st, 1, (const char *)text.data + at, (int)(end - at),
					  SQLITE_STATIC);
			if (sqlite3_step(st) != SQLITE_DONE)
				die(sqlite3_errmsg(db));
			sqlite3_reset(st);
		}
	}
	sqlite3_finalize(st);
	sql(db, "COMMIT");
}

/* "a b c" OR "b c d" …, of what FTS5 takes for words. */
static void phrases(const char *words, struct annot_buf *ret)
{
	char text[1024], *word[512], *save = NULL;
	size_t n = 0;
	snprintf(text, sizeof text, "%s", words);
	for (char *p = text; *p; p++)
		if ((uint8_t)*p < 0x80 &&
		    !strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", *p))
			*p = ' ';
	for (char *p = strtok_r(text, " ", &save); p && n < COUNT(word);
	     p = strtok_r(NULL, " ", &save))
		word[n++] = p;
	for (size_t i = 0; i + 2 < n; i++)
		annot_buf_printf(ret, "%s\"%s %s %s\"", i ? " OR " : "", word[i], word[i + 1],
				 word[i + 2]);
}

static void fts_ask(sqlite3 *db, const struct quote *quotes, size_t n)
{
	struct times wall = {.s = calloc(n, sizeof(double))},
		     cpu = {.s = calloc(n, sizeof(double))};
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(db, "SELECT rowid FROM t WHERE t MATCH ?1 ORDER BY bm25(t) LIMIT 20",
			       -1, &st, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct annot_buf query = ANNOT_BUF_INIT(1 << 16);
		phrases(quotes[i].altered, &query);
		double start = now_s(CLOCK_MONOTONIC), used = now_s(CLOCK_THREAD_CPUTIME_ID);
		sqlite3_bind_text(st, 1, query.data, (int)query.len, SQLITE_STATIC);
		while (sqlite3_step(st) == SQLITE_ROW)
			;
		sqlite3_reset(st);
		wall.s[wall.n++] = now_s(CLOCK_MONOTONIC) - start;
		cpu.s[cpu.n++] = now_s(CLOCK_THREAD_CPUTIME_ID) - used;
	}
	sqlite3_finalize(st);
	print_times("fts", &wall);
	print_times("fts_cpu", &cpu);
	free(wall.s);
	free(cpu.s);
}

static void fts(const char *dir, const struct quote *quotes, size_t n)
{
	sqlite3 *db;
	if (sqlite3_open(test_path(dir, "fts.db"), &db) != SQLITE_OK)
		die("fts.db");
	double start = now_s(CLOCK_PROCESS_CPUTIME_ID);
	fts_fill(db);
	printf("fts_build_mb_s_cpu %.1f\n",
	       (double)n_bytes / 1e6 / (now_s(CLOCK_PROCESS_CPUTIME_ID) - start));
	fts_ask(db, quotes, n);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	char dir[TEST_PATH_MAX];
	struct call c = {.peer_uid = -1, .arena = annot_arena_new(DISPATCH_ARENA_MAX)};
	bool with_fts = argc < 2 || strcmp(argv[1], "--no-fts") != 0;
	argv += with_fts ? 1 : 2;
	argc -= with_fts ? 1 : 2;
	size_t n = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (n == 0)
		die("usage: bench_locate [--no-fts] FOLDER QUOTES TEXTS…");
	store_tune();
	for (int i = 2; i < argc; i++)
		read_tree(argv[i]);
	if (n_documents == 0)
		die("no texts there");
	c.corpus = new_corpus(argv[0], dir);
	c.segments = make_index(c.corpus);
	check(reader_open(dir, &c.reader, &test_error));
	reader_follow(c.reader, corpus_commits(c.corpus));
	struct quote *quotes = draw_quotes(n);
	ask(&c, quotes, n < FTS_QUOTES ? n : FTS_QUOTES, false, "warm");
	ask(&c, quotes, n, false, "verbatim");
	ask(&c, quotes, n, true, "altered");
	scan(&c, quotes, n < SCAN_QUOTES ? n : SCAN_QUOTES);
	reader_rest(c.reader);
	reader_close(c.reader);
	segments_stop(c.segments);
	corpus_close(c.corpus);
	if (with_fts)
		fts(dir, quotes, n < FTS_QUOTES ? n : FTS_QUOTES);
	test_folder_remove(dir);
	annot_arena_free(c.arena);
	free(quotes);
	return 0;
}
