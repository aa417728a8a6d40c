/* The thread that makes anchors: what it makes, when, that nothing is forgotten, and that it stops.
 */
#include "folder.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "anchor/anchor.h"
#include "annotd/anchor_pair.h"
#include "annotd/anchors.h"
#include "annotd/log.h"
#include "annotd/rebuild.h"

/* --- documents are told when they are done */

static pthread_mutex_t done_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done_changed = PTHREAD_COND_INITIALIZER;
static size_t n_done, n_put;

enum annot_status __real_corpus_put_anchors(struct corpus *c, const struct store_todo *todo,
					    const struct store_anchor *anchors, size_t n,
					    const struct store_due *done, struct annot_error *err);
enum annot_status __wrap_corpus_put_anchors(struct corpus *c, const struct store_todo *todo,
					    const struct store_anchor *anchors, size_t n,
					    const struct store_due *done, struct annot_error *err);
enum annot_status __wrap_corpus_put_anchors(struct corpus *c, const struct store_todo *todo,
					    const struct store_anchor *anchors, size_t n,
					    const struct store_due *done, struct annot_error *err)
{
	enum annot_status status = __real_corpus_put_anchors(c, todo, anchors, n, done, err);
	pthread_mutex_lock(&done_lock);
	n_done += done != NULL;
	n_put += n;
	pthread_cond_broadcast(&done_changed);
	pthread_mutex_unlock(&done_lock);
	return status;
}

static void await_done(size_t n)
{
	pthread_mutex_lock(&done_lock);
	while (n_done < n)
		pthread_cond_wait(&done_changed, &done_lock);
	pthread_mutex_unlock(&done_lock);
}

static size_t put_so_far(void)
{
	pthread_mutex_lock(&done_lock);
	size_t n = n_put;
	pthread_mutex_unlock(&done_lock);
	return n;
}

/* --- a daemon without its front */

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct writer *writer;
	struct anchors *anchors;
	struct test_key bob;
	size_t n_in; /* entries that were admitted */
};

static void start(struct fixture *f)
{
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	assert_ok(writer_start(f->corpus, &f->writer, &test_error));
	assert_ok(anchors_start(f->corpus, f->writer, &f->anchors, &test_error));
}

static void stop(struct fixture *f)
{
	f->anchors = anchors_stop(f->anchors);
	f->writer = writer_stop(f->writer);
	f->corpus = corpus_close(f->corpus);
}

/* What was put into the corpus in memory since. */
static void admit(struct fixture *f)
{
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	for (; f->n_in < f->test->n; f->n_in++) {
		const struct test_entry *e = f->test->entries[f->n_in];
		struct corpus_item item = {.record = e->record}, *pointer = &item;
		memcpy(item.signature, e->signature, sizeof item.signature);
		annot_buf_truncate(&note, 0);
		assert_ok(corpus_admit(f->corpus, &pointer, 1, &note, &test_error));
		if (item.status != ANNOT_OK)
			fail_msg("#%zu: %s", f->n_in, item.message);
	}
	annot_buf_free(&note);
}

static void upload(struct fixture *f, const struct test_entry *document)
{
	assert_ok(corpus_content(f->corpus, document->index, document->content, &test_error));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	n_done = n_put = 0;
	f->test = test_corpus_new(1, 1);
	f->n_in = 1;
	test_folder(f->test, NULL, f->dir);
	start(f);
	f->bob = test_reviewer(f->test, "bob", 9);
	admit(f);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	stop(f);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static struct test_entry *document(struct fixture *f, const char *text)
{
	struct test_entry *e = test_put_document(f->test, &f->bob, "report", text);
	admit(f);
	return e;
}

static struct test_entry *next_version(struct fixture *f, const struct test_entry *old,
				       const char *text)
{
	struct test_entry *e = test_put_version(f->test, &f->bob, old, text);
	admit(f);
	return e;
}

static struct test_entry *quote(struct fixture *f, const struct test_entry *document,
				const char *words)
{
	const char *text = (const char *)document->content.data, *at = strstr(text, words);
	assert_non_null(at);
	struct test_entry *e = test_put_as(
		f->test, &f->bob,
		test_quote(document, (uint64_t)(at - text), (uint64_t)(at - text) + strlen(words)),
		ANNOT_EFFECTIVE);
	admit(f);
	return e;
}

/* "moved 12..30 in #9", or "-" where nothing is kept. */
static const char *anchor_text(struct fixture *f, const struct test_entry *e)
{
	struct store_anchor a;
	struct reader *reader;
	char place[64] = "";
	bool found;
	assert_ok(reader_open(f->dir, &reader, &test_error));
	assert_ok(reader_begin(reader, &test_error));
	assert_ok(reader_anchor(reader, e->index, 0, &a, &found, &test_error));
	reader_close(reader);
	if (!found)
		return "-";
	if (a.placed)
		snprintf(place, sizeof place, " %llu..%llu", (unsigned long long)a.start,
			 (unsigned long long)a.end);
	return annot_arena_printf(f->test->arena, "%s%s in #%llu",
				  a.status == STORE_UNSEARCHED
					  ? "unsearched"
					  : annot_anchor_name((enum annot_anchor_status)a.status),
				  place, (unsigned long long)a.document);
}

static void ask(const char *dir, const char *sql, struct annot_buf *ret)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	assert_int_equal(sqlite3_open(test_path(dir, "index.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	annot_buf_truncate(ret, 0);
	annot_buf_puts(ret, "");
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++)
			annot_buf_printf(ret, "%s ",
					 sqlite3_column_text(st, i)
						 ? (const char *)sqlite3_column_text(st, i)
						 : "null");
		annot_buf_puts(ret, "\n");
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static const char *const texts[] = {
	"The lake is calm. The envoy spoke at noon of the water. Nobody answered the old "
	"question.\n",
	"Preface. The lake is calm. The envoy spoke at dawn of the water. It rained a lot in "
	"spring.\n",
	"The lake is calm. It rained a lot in spring. The envoy spoke at dusk of the water.\n",
};

static void test_three_versions(void **state)
{
	struct fixture *f = *state;
	struct test_entry *first = document(f, texts[0]);
	upload(f, first);
	struct test_entry *calm = quote(f, first, "The lake is calm.");
	struct test_entry *noon = quote(f, first, "The envoy spoke at noon of the water.");
	struct test_entry *question = quote(f, first, "Nobody answered the old question.");
	assert_string_equal(anchor_text(f, calm), "-"); /* there is nothing to look in */
	struct test_entry *second = next_version(f, first, texts[1]);
	upload(f, second);
	await_done(1);
	assert_string_equal(anchor_text(f, calm), "moved 9..26 in #6");
	assert_string_equal(anchor_text(f, noon), "changed 27..64 in #6");
	assert_string_equal(anchor_text(f, question), "orphan in #6");
	struct test_entry *rained = quote(f, second, "It rained a lot in spring.");
	struct test_entry *third = next_version(f, second, texts[2]);
	upload(f, third);
	await_done(2);
	assert_string_equal(anchor_text(f, calm), "exact 0..17 in #8");
	assert_string_equal(anchor_text(f, noon), "changed 45..82 in #8");
	assert_string_equal(anchor_text(f, question), "orphan in #8");
	assert_string_equal(anchor_text(f, rained), "moved 18..44 in #8");
	/* One that comes later, on the first version. */
	struct test_entry *late = quote(f, first, "The envoy spoke");
	await_done(3);
	assert_string_equal(anchor_text(f, late), "moved 45..60 in #8");
}

/* Nothing is looked for before the text is there, whoever asks; then it is. */
static void test_text_after_record(void **state)
{
	struct fixture *f = *state;
	struct test_entry *first = document(f, texts[0]);
	upload(f, first);
	struct test_entry *calm = quote(f, first, "The lake is calm.");
	struct test_entry *second = next_version(f, first, texts[1]);
	struct test_entry *late = quote(f, first, "The envoy spoke");
	assert_int_equal(put_so_far(), 0);
	stop(f); /* it does not depend on who was told */
	start(f);
	assert_int_equal(put_so_far(), 0);
	upload(f, second);
	await_done(1);
	assert_string_equal(anchor_text(f, calm), "moved 9..26 in #4");
	assert_string_equal(anchor_text(f, late), "moved 27..42 in #4");
}

/* Only of annotations that stand. */
static void test_what_stands(void **state)
{
	struct fixture *f = *state;
	struct test_entry *first = document(f, texts[0]);
	upload(f, first);
	struct test_entry *calm = quote(f, first, "The lake is calm.");
	struct test_entry *noon = quote(f, first, "The envoy spoke at noon");
	test_put_as(f->test, &f->bob, test_about(ANNOT_KIND_retract, &calm->id), ANNOT_EFFECTIVE);
	struct annot_draft *d = annot_draft_amend(noon->record);
	test_set(d, "speaker", "The envoy");
	struct test_entry *amended = test_put_as(f->test, &f->bob, d, ANNOT_EFFECTIVE);
	admit(f);
	struct test_entry *second = next_version(f, first, texts[1]);
	upload(f, second);
	await_done(1);
	assert_string_equal(anchor_text(f, calm), "-");
	assert_string_equal(anchor_text(f, noon), "-");
	assert_string_equal(anchor_text(f, amended), "changed 27..50 in #7");
}

static void count_anchors(void *arg, const char *what, uint64_t done, uint64_t of)
{
	(void)of;
	if (strcmp(what, "anchors") == 0)
		*(size_t *)arg = (size_t)done;
}

/* Made again they are the same: after a rebuild, and where an older algorithm made them. */
static void test_made_again(void **state)
{
	static const char all[] = "SELECT * FROM anchor ORDER BY seq, n";
	struct fixture *f = *state;
	struct annot_buf before = ANNOT_BUF_INIT(1 << 16), after = ANNOT_BUF_INIT(1 << 16);
	struct test_entry *first = document(f, texts[0]);
	upload(f, first);
	quote(f, first, "The lake is calm.");
	quote(f, first, "The envoy spoke at noon of the water.");
	quote(f, first, "Nobody answered the old question.");
	upload(f, next_version(f, first, texts[2]));
	await_done(1);
	stop(f);
	ask(f->dir, all, &before);
	assert_true(strlen(before.data) > 60);
	static const struct rebuild deferred = {.defer = true};
	uint64_t n;
	assert_ok(corpus_rebuild(f->dir, &deferred, &n, &test_error));
	ask(f->dir, all, &after);
	assert_string_equal(after.data, "");
	start(f);
	await_done(2);
	stop(f);
	ask(f->dir, all, &after);
	assert_string_equal(after.data, before.data);
	/* Not put off. */
	size_t told = 0;
	const struct rebuild how = {.progress = count_anchors, .arg = &told};
	assert_ok(corpus_rebuild(f->dir, &how, &n, &test_error));
	ask(f->dir, all, &after);
	assert_string_equal(after.data, before.data);
	ask(f->dir, "SELECT * FROM due", &after);
	assert_string_equal(after.data, "");
	assert_int_equal(told, 3);
	/* Rows of another algorithm count no more. */
	ask(f->dir, "UPDATE meta SET value=value-1 WHERE key=4", &after);
	ask(f->dir, "UPDATE anchor SET score=1", &after);
	start(f);
	await_done(4);
	stop(f);
	ask(f->dir, all, &after);
	assert_string_equal(after.data, before.data);
	ask(f->dir, "SELECT * FROM due", &after);
	assert_string_equal(after.data, "");
	start(f);
	annot_buf_free(&before);
	annot_buf_free(&after);
}

/* More targets than are handed over at once, and a stop in the middle: what is left is done after
 * the next start. */
static void test_stop_and_go_on(void **state)
{
	enum { N = 3 * ANCHORS_BATCH + 5 };
	struct fixture *f = *state;
	struct annot_buf text = ANNOT_BUF_INIT(1 << 20), count = ANNOT_BUF_INIT(256);
	for (int i = 0; i < N; i++)
		annot_buf_printf(&text, "Line %d says that %d is not %d.\n", i, i * 7, i * 11);
	struct test_entry *first = document(f, text.data);
	upload(f, first);
	for (int i = 0; i < N; i++) {
		char words[64];
		snprintf(words, sizeof words, "Line %d says that %d", i, i * 7);
		quote(f, first, words);
	}
	annot_buf_puts(&text, "The end.\n");
	upload(f, next_version(f, first, text.data));
	stop(f);
	start(f);
	await_done(1);
	assert_true(put_so_far() >= N);
	ask(f->dir, "SELECT count(*), min(status), max(status) FROM anchor", &count);
	char expected[64];
	snprintf(expected, sizeof expected, "%d 0 0 \n", (int)N);
	assert_string_equal(count.data, expected);
	annot_buf_free(&text);
	annot_buf_free(&count);
}

/* Texts that take too much memory are not compared, and that is kept. */
static void test_too_large(void **state)
{
	struct fixture *f = *state;
	char *text = malloc(ANCHOR_TEXTS_MAX + 1);
	memset(text, 'a', ANCHOR_TEXTS_MAX);
	memcpy(text, "Few words.", 10);
	text[ANCHOR_TEXTS_MAX] = '\0';
	struct test_entry *first = document(f, text);
	upload(f, first);
	struct test_entry *few = quote(f, first, "Few words.");
	upload(f, next_version(f, first, texts[0]));
	await_done(1);
	assert_string_equal(anchor_text(f, few), "unsearched in #4");
	free(text);
}

/* What is no text is not looked at, and does not keep other documents from being so. */
static void test_no_text(void **state)
{
	struct fixture *f = *state;
	struct test_entry *first = document(f, texts[0]);
	upload(f, first);
	struct test_entry *calm = quote(f, first, "The lake is calm.");
	struct test_entry *noon = quote(f, first, "at noon");
	struct test_entry *other = test_put_document(f->test, &f->bob, "other", texts[0]);
	admit(f);
	upload(f, other);
	struct test_entry *same = quote(f, other, "The lake is calm.");
	upload(f, next_version(f, first, "The lake is c\xE4lm."));
	upload(f, next_version(f, other, texts[1]));
	await_done(2);
	assert_string_equal(anchor_text(f, calm), "unsearched in #7");
	assert_string_equal(anchor_text(f, noon), "unsearched in #7");
	assert_string_equal(anchor_text(f, same), "moved 9..26 in #8");
}

/* A withheld version is not looked at, and the rest of its document is. */
static void test_withheld(void **state)
{
	struct fixture *f = *state;
	struct test_key admin = test_key(1);
	struct test_entry *first = document(f, texts[0]);
	upload(f, first);
	struct test_entry *calm = quote(f, first, "The lake is calm.");
	struct test_entry *second = next_version(f, first, texts[1]);
	upload(f, second);
	await_done(1);
	struct test_entry *preface = quote(f, second, "Preface.");
	struct test_entry *spring = quote(f, second, "rained a lot");
	test_put_as(f->test, &admin, test_about(ANNOT_KIND_withhold, &first->id), ANNOT_EFFECTIVE);
	admit(f);
	struct test_entry *third = next_version(f, second, texts[2]);
	upload(f, third);
	await_done(2);
	assert_string_equal(anchor_text(f, calm),
			    "moved 9..26 in #4"); /* as of then: nobody is shown it */
	assert_string_equal(anchor_text(f, preface), "orphan in #8");
	assert_string_equal(anchor_text(f, spring), "moved 21..33 in #8");
	/* One whose newest version is withheld is done with. */
	test_put_as(f->test, &admin, test_about(ANNOT_KIND_withhold, &third->id), ANNOT_EFFECTIVE);
	admit(f);
	quote(f, second, "The envoy");
	await_done(3);
}

int main(void)
{
	log_start(LOG_LEVEL_ERROR);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_three_versions), TEST(test_text_after_record), TEST(test_what_stands),
		TEST(test_made_again),     TEST(test_stop_and_go_on),    TEST(test_too_large),
		TEST(test_no_text),        TEST(test_withheld),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
