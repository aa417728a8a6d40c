/* The state after a rebuild is the one that annotd had, also where records were withheld. */
#include "folder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "annotd/corpus.h"
#include "annotd/log.h"
#include "annotd/fsck.h"
#include "annotd/rebuild.h"

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	size_t admitted;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->admitted = 1;
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	corpus_close(f->corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* Admits what was put, one by one. */
static void admit(struct fixture *f)
{
	for (; f->admitted < f->test->n; f->admitted++) {
		const struct test_entry *e = f->test->entries[f->admitted];
		struct corpus_item item = {.record = e->record}, *pointer = &item;
		struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
		memcpy(item.signature, e->signature, sizeof item.signature);
		assert_ok(corpus_admit(f->corpus, &pointer, 1, &note, &test_error));
		if (item.status != ANNOT_OK)
			fail_msg("#%zu: %s", f->admitted, item.message);
		annot_buf_free(&note);
	}
}

/* All rows of the index, with what interned numbers stand for; owned by the caller. */
static char *dump(const char *dir)
{
	static const char *const queries[] = {
		"SELECT 'rec', seq, id8, ann, kind, (SELECT hex(hash) FROM author WHERE id=author),"
		" version, effect, to_index, time, hex(chars) FROM rec ORDER BY seq",
		"SELECT 'ann', * FROM ann ORDER BY first",
		"SELECT 'edge', * FROM edge ORDER BY dst, role, src",
		"SELECT 'target', * FROM target ORDER BY doc, start, seq, n",
		"SELECT 'posting', kind, text, seq FROM posting JOIN term ON term.id=posting.term"
		" ORDER BY kind, text, seq",
		"SELECT 'void', * FROM void ORDER BY seq",
		"SELECT 'late', * FROM late ORDER BY seq",
		"SELECT 'authority', * FROM authority ORDER BY seq",
	};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(test_path(dir, "index.db"), &db), SQLITE_OK);
	for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
		sqlite3_stmt *st;
		if (sqlite3_prepare_v2(db, queries[q], -1, &st, NULL) != SQLITE_OK)
			fail_msg("%s: %s", queries[q], sqlite3_errmsg(db));
		while (sqlite3_step(st) == SQLITE_ROW) {
			for (int i = 0; i < sqlite3_column_count(st); i++) {
				const char *value = (const char *)sqlite3_column_text(st, i);
				fprintf(to, "%s%s", i ? "|" : "", value ? value : "-");
			}
			fputc('\n', to);
		}
		assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	fclose(to);
	return text;
}

static void same_after_rebuild(struct fixture *f)
{
	uint64_t records, findings = 0;
	f->corpus = corpus_close(f->corpus);
	assert_ok(corpus_fsck(f->dir, 2, stderr, &findings, &test_error));
	assert_int_equal(findings, 0);
	char *before = dump(f->dir);
	assert_non_null(strstr(before, "rec|"));
	assert_ok(corpus_rebuild(f->dir, &records, &test_error));
	char *after = dump(f->dir);
	assert_string_equal(after, before);
	assert_null(strstr(after, "void|"));
	free(before);
	free(after);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	assert_null(corpus_read_only(f->corpus));
}

/* The leaf of the withheld verdict no longer says that it opened the first seal. */
static void test_withheld_opening_of_a_seal(void **state)
{
	struct fixture *f = *state;
	struct test_key bob = test_reviewer(f->test, "bob", 9), admin = test_key(1);
	const struct test_entry *claim = test_put(f->test, &bob, test_claim("It rained."));
	const struct test_entry *seal =
		test_put(f->test, &bob, test_seal(f->test, &bob, &claim->id, "true"));
	const struct test_entry *verdict =
		test_put(f->test, &bob, test_opening(&claim->id, "true", &seal->id));
	seal = test_put(f->test, &bob, test_seal(f->test, &bob, &claim->id, "false"));
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &verdict->id));
	admit(f);
	same_after_rebuild(f);
	test_put(f->test, &bob, test_opening(&claim->id, "false", &seal->id));
	admit(f);
	same_after_rebuild(f);
}

static void test_withheld_words(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "The minister said that it rained.";
	struct test_key bob = test_reviewer(f->test, "bob", 9), admin = test_key(1);
	const struct test_entry *doc = test_put_document(f->test, &bob, "article", text);
	admit(f);
	assert_ok(corpus_content(f->corpus, doc->index, annot_bytes_of(text), &test_error));
	struct annot_draft *d = test_quote(doc, 4, 12);
	test_card(d, "speaker", "Somebody");
	test_card(d, "tag", "weather");
	const struct test_entry *quote = test_put(f->test, &bob, d);
	test_put(f->test, &bob, annot_draft_amend(quote->record));
	test_put(f->test, &admin, test_review(&quote->id, "approve"));
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &doc->id));
	test_put(f->test, &admin, test_about(ANNOT_KIND_withhold, &quote->id));
	admit(f);
	test_put_document(f->test, &bob, "article", text); /* the name is free again */
	admit(f);
	same_after_rebuild(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_withheld_opening_of_a_seal),
		TEST(test_withheld_words),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/same_state", tests, NULL, NULL);
}
