/* The state after a rebuild is the one that annotd had, also where records were withheld. */
#include "folder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "annotd/corpus.h"
#include "annotd/log.h"
#include "annotd/fsck.h"
#include "annotd/rebuild.h"

enum { BATCH = 50 };

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	size_t admitted;
	uint64_t bytes_more; /* than code points before all targets; 0: where these stand is not
				said */
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

/* Admits the next n of what was put. */
static void admit_batch(struct fixture *f, size_t n)
{
	struct corpus_item items[BATCH], *pointers[BATCH];
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct store_chars chars[BATCH];
	struct annot_target target;
	for (size_t i = 0; i < n; i++) {
		const struct test_entry *e = f->test->entries[f->admitted + i];
		items[i] = (struct corpus_item){.record = e->record};
		if (f->bytes_more && annot_record_target(e->record, 0, &target)) {
			chars[i] = (struct store_chars){target.start - f->bytes_more,
							target.end - f->bytes_more};
			items[i].chars = &chars[i];
		}
		memcpy(items[i].signature, e->signature, sizeof items[i].signature);
		pointers[i] = &items[i];
	}
	assert_ok(corpus_admit(f->corpus, pointers, n, &note, &test_error));
	for (size_t i = 0; i < n; i++)
		if (items[i].status != ANNOT_OK)
			fail_msg("#%zu: %s", f->admitted + i, items[i].message);
	f->admitted += n;
	annot_buf_free(&note);
}

static void admit(struct fixture *f)
{
	while (f->admitted < f->test->n)
		admit_batch(f, 1);
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
	assert_ok(corpus_fsck(f->dir, 2, false, stderr, &findings, &test_error));
	assert_int_equal(findings, 0);
	char *before = dump(f->dir);
	assert_non_null(strstr(before, "rec|"));
	assert_ok(corpus_rebuild(f->dir, NULL, &records, &test_error));
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

/* One piece of a desk's work: all that puts rows into the index beside those of the record itself.
 */
static void put_piece(struct fixture *f, const struct test_key *bob, const struct test_key *carol,
		      const struct test_entry *doc, unsigned i)
{
	struct annot_draft *d = test_quote(doc, 16 + i % 12, 19 + i % 12 + i % 5);
	char tag[16];
	snprintf(tag, sizeof tag, "Topic %u", i % 7);
	test_card(d, "speaker", i % 2 ? "Somebody" : "somebody");
	test_card(d, "tag", tag);
	test_card(d, "tag", tag);
	const struct test_entry *quote = test_put(f->test, bob, d);
	test_put(f->test, carol, test_review(&quote->id, "approve"));
	if (i % 3 == 0)
		quote = test_put(f->test, carol, annot_draft_amend(quote->record));
	d = test_verdict(&quote->id, "true");
	test_ref(d, "evidence", &doc->id);
	const struct test_entry *verdict = test_put(f->test, bob, d);
	if (i % 4 == 0)
		test_put(f->test, carol, test_about(ANNOT_KIND_comment, &verdict->id));
	if (i % 5 == 0)
		test_put(f->test, bob, test_about(ANNOT_KIND_retract, &verdict->id));
	if (i % 8 == 0) {
		const struct test_entry *seal =
			test_put(f->test, carol, test_seal(f->test, carol, &quote->id, "false"));
		test_put(f->test, carol, test_opening(&quote->id, "false", &seal->id));
	}
}

/* More than rows wait for, and seals between, which read what waits. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "\xE2\x80\x9CIt rained\xE2\x80\x9D, the minister said.";
	struct test_key bob = test_reviewer(f->test, "bob", 9),
			carol = test_reviewer(f->test, "carol", 10);
	const struct test_entry *doc = test_put_document(f->test, &bob, "article", text);
	admit(f);
	f->bytes_more = 4;
	assert_ok(corpus_content(f->corpus, doc->index, annot_bytes_of(text), &test_error));
	for (unsigned i = 0; i < 100; i++)
		put_piece(f, &bob, &carol, doc, i);
	while (f->admitted < f->test->n) {
		size_t left = f->test->n - f->admitted;
		admit_batch(f, left < BATCH ? left : BATCH);
	}
	same_after_rebuild(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_withheld_opening_of_a_seal),
		TEST(test_withheld_words),
		TEST(test_many),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/same_state", tests, NULL, NULL);
}
