/* What fsck says of each kind of damage. */
#include "folder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "annotd/corpus.h"
#include "annotd/fsck.h"
#include "annotd/log.h"
#include "annotd/rebuild.h"
#include "annotd/store/store.h"
#include "base/auto.h"

static const char article[] = "It rained. The minister said so.";

struct fixture {
	struct test_corpus *test;
	struct test_key bob;
	char dir[TEST_PATH_MAX];
};

static void admit(struct corpus *corpus, const struct test_entry *e)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct corpus_item item = {.record = e->record, .verified = true}, *pointer = &item;
	memcpy(item.signature, e->signature, sizeof item.signature);
	assert_ok(corpus_admit(corpus, &pointer, 1, &note, &test_error));
	assert_ok(item.status);
}

/* #0 genesis, #1 bob, #2 document, #3 quote, #4 claim, #5 its second version. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct corpus *corpus;
	*state = f;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	f->bob = test_reviewer(f->test, "bob", 9);
	const struct test_entry *doc = test_put_document(f->test, &f->bob, "article", article);
	test_put(f->test, &f->bob, test_quote(doc, 3, 9));
	const struct test_entry *claim = test_put(f->test, &f->bob, test_claim("It rained."));
	test_put(f->test, &f->bob, annot_draft_amend(claim->record));
	assert_ok(corpus_open(f->dir, &corpus, &test_error));
	for (size_t i = 1; i < f->test->n; i++)
		admit(corpus, f->test->entries[i]);
	assert_ok(corpus_content(corpus, doc->index, annot_bytes_of(article), &test_error));
	corpus_close(corpus);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static void sql(const struct fixture *f, const char *name, const char *text)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(test_path(f->dir, name), &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Exactly so many findings, and one is that line; "": none. */
static void finds(const struct fixture *f, uint64_t n, const char *line)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t findings = 0;
	FILE *to = open_memstream(&text, &len);
	assert_ok(corpus_fsck(f->dir, 2, false, to, &findings, &test_error));
	fclose(to);
	if (findings != n || !strstr(text, line))
		fail_msg("%llu findings:\n%s", (unsigned long long)findings, text);
	free(text);
}

static void test_none(void **state)
{
	finds(*state, 0, "");
}

static void test_log(void **state)
{
	static const struct {
		const char *sql;
		uint64_t n;
		const char *line;
	} cases[] = {
		{"UPDATE record SET nodes=zeroblob(32) WHERE seq=2", 1,
		 "#2: node of level 0 is "
		 "0000000000000000000000000000000000000000000000000000000000000000"
		 ", the leaf gives "},
		{"UPDATE record SET nodes=substr(nodes,1,32) WHERE seq=3", 2,
		 "#3: node of level 1 is missing\n#3: node of level 2 is missing\n"},
		{"UPDATE record SET nodes=x'' WHERE seq=4", 1, "#4: node of level 0 is missing\n"},
		{"UPDATE root SET root=zeroblob(32) WHERE size=4", 1,
		 "truth.db: at 4 records the root is 00000000"},
		{"DELETE FROM root WHERE size=4", 0, ""},
		{"DELETE FROM root WHERE size=6", 1,
		 "truth.db: no commit made a log of 6 records\n"},
		{"UPDATE record SET sig=zeroblob(64) WHERE seq=5", 5,
		 "#5: the signature is not good for these bytes and this key\n"},
		{"UPDATE content SET data=CAST(replace(CAST(data AS TEXT),'rained','snowed') AS "
		 "BLOB)",
		 3, "#2: card sha256 is not that of its content, "},
		{"INSERT INTO original VALUES(2,0,x'3C703E')", 1,
		 "#2: card original-sha256 is not that of its original, "},
		{"DELETE FROM content", 1, "#3: the text of target 1 is missing\n"},
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char was[TEST_PATH_MAX];
		test_folder(f->test, NULL, was);
		test_copy_file(f->dir, was, "truth.db");
		sql(f, "truth.db", cases[i].sql);
		print_message("%s\n", cases[i].sql);
		finds(f, cases[i].n, cases[i].line);
		test_copy_file(was, f->dir, "truth.db");
		test_folder_remove(was);
	}
	finds(f, 0, "");
}

/* #6: a second version of the document, and what follows from all of it, made. */
static void with_versions(struct fixture *f)
{
	static const char again[] = "They say that it rained. The minister said so.";
	const struct test_entry *doc =
		test_put_version(f->test, &f->bob, f->test->entries[2], again);
	struct corpus *corpus;
	uint64_t n;
	assert_ok(corpus_open(f->dir, &corpus, &test_error));
	admit(corpus, doc);
	assert_ok(corpus_content(corpus, doc->index, annot_bytes_of(again), &test_error));
	corpus_close(corpus);
	finds(f, 0, ""); /* due, and not made */
	assert_ok(corpus_rebuild(f->dir, NULL, &n, &test_error));
	finds(f, 0, "");
}

/* What follows from texts, and is kept. */
static void test_derived(void **state)
{
	static const struct {
		const char *file, *sql, *line;
	} cases[] = {
		{"index.db", "UPDATE anchor SET start=start-1",
		 "#3: the anchor of target 1 is not what the texts of #6 give; run annotd "
		 "rebuild\n"},
		{"index.db", "UPDATE anchor SET score=score-1",
		 "#3: the anchor of target 1 is not"},
		{"index.db", "DELETE FROM anchor",
		 "#3: the index has no anchor of target 1, and does not say that it is to be made; "
		 "run annotd rebuild\n"},
		{"index.db", "UPDATE anchor SET doc=2", "#3: the index has no anchor of target 1"},
		{"search.db", "UPDATE piece SET chars=1",
		 "search.db: the words of records #0 to #6 have other places; run annotd rebuild"},
		{"search.db", "DELETE FROM content_1_data WHERE id>10", "search.db cannot be read"},
	};
	struct fixture *f = *state;
	with_versions(f);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t n;
		print_message("%s\n", cases[i].sql);
		sql(f, cases[i].file, cases[i].sql);
		finds(f, 1, cases[i].line);
		assert_ok(corpus_rebuild(f->dir, NULL, &n, &test_error));
		finds(f, 0, "");
	}
	/* Of another version of the algorithm they are made again. */
	sql(f, "index.db", "UPDATE anchor SET score=1; UPDATE meta SET value=value-1 WHERE key=4");
	finds(f, 0, "");
}

static void test_index(void **state)
{
	static const struct {
		const char *sql, *line;
		uint64_t n;
	} cases[] = {
		{"UPDATE rec SET version=7 WHERE seq=5",
		 "#5: the index says version 7, 1 heads and this one, a replay 2, 1 and this one; "
		 "run "
		 "annotd rebuild\n",
		 1},
		{"UPDATE rec SET to_index=NULL WHERE seq=4",
		 "#4: the index says version 1, 1 heads and this one, a replay 1, 1; run annotd "
		 "rebuild\n",
		 1},
		{"UPDATE rec SET effect=1 WHERE seq=3",
		 "#3: the index says pending, a replay effective; run annotd rebuild\n", 1},
		{"UPDATE rec SET kind=kind+1 WHERE seq=3",
		 "#3: the index has another record here; run annotd rebuild\n", 1},
		{"UPDATE rec SET id8=id8+1 WHERE seq=3",
		 "#3: the index has another record here; run annotd rebuild\n", 1},
		{"UPDATE rec SET author=1 WHERE seq=3",
		 "#3: the index has another record here; run annotd rebuild\n", 1},
		{"DELETE FROM rec WHERE seq=3",
		 "#3: the index does not have it; run annotd rebuild\n", 1},
		{"UPDATE rec SET chars=x'0207' WHERE seq=3",
		 "#3: the index has target 1 at other code points; run annotd rebuild\n", 1},
		/* the second one is about #4, which #5 replaces */
		{"UPDATE meta SET value=5 WHERE key=1",
		 "index.db has 5 of 6 records; the next start of annotd catches it up\n", 2},
	};
	struct fixture *f = *state;
	uint64_t records;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sql(f, "index.db", cases[i].sql);
		print_message("%s\n", cases[i].sql);
		finds(f, cases[i].n, cases[i].line);
		assert_ok(corpus_rebuild(f->dir, NULL, &records, &test_error));
		finds(f, 0, "");
	}
}

/* Admission never puts a record twice; of a log that has one so, the second is void. */
static void test_twice(void **state)
{
	struct fixture *f = *state;
	const struct test_entry *claim = f->test->entries[4];
	struct annot_frontier frontier = f->test->frontier;
	struct annot_hash nodes[ANNOT_LEVELS], root;
	struct store *store;
	uint64_t records = f->test->n;
	bool rebuild;
	size_t n = annot_frontier_append(&frontier, &f->test->leaf_hashes[4], nodes);
	root = annot_frontier_root(&frontier);
	assert_ok(store_open(f->dir, &store, &rebuild, &test_error));
	assert_ok(store_begin(store, &test_error));
	assert_ok(store_put_record(store, records, claim->record->bytes, claim->signature, nodes, n,
				   &test_error));
	assert_ok(store_commit_truth(store, &root, &test_error));
	store_close(store);
	finds(f, 1, "index.db has 6 of 7 records");
	assert_ok(corpus_rebuild(f->dir, NULL, &records, &test_error));
	assert_int_equal(records, f->test->n + 1);
	finds(f, 0, "");
	sql(f, "index.db", "UPDATE rec SET effect=0 WHERE seq=6");
	finds(f, 1, "#6: the index says effective, a replay void; run annotd rebuild\n");
}

/* What admins had withheld is gone, and nothing else is. */
static void test_withheld(void **state)
{
	struct fixture *f = *state;
	struct test_key admin = test_key(1);
	char was[TEST_PATH_MAX], text[1024];
	struct corpus *corpus;
	struct store *store;
	bool rebuild;
	test_folder(f->test, NULL, was);
	test_copy_file(f->dir, was, "truth.db");
	assert_ok(corpus_open(f->dir, &corpus, &test_error));
	admit(corpus, test_put_as(f->test, &admin,
				  test_about(ANNOT_KIND_withhold, &f->test->entries[4]->id),
				  ANNOT_EFFECTIVE));
	corpus_close(corpus);
	finds(f, 0, "");
	/* By the operator's own hand. */
	assert_ok(store_open(f->dir, &store, &rebuild, &test_error));
	assert_ok(store_withhold(store, 3, &test_error));
	store_close(store);
	finds(f, 1, "#3: has no bytes, and no decision of the admins says why\n");
	snprintf(text, sizeof text,
		 "ATTACH '%s' AS was; UPDATE record SET leaf=NULL, bytes="
		 "(SELECT bytes FROM was.record AS r WHERE r.seq=record.seq) WHERE seq IN (3,4)",
		 test_path(was, "truth.db"));
	sql(f, "truth.db", text);
	finds(f, 1, "#4: was withheld by record ");
	test_folder_remove(was);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),    TEST(test_log),   TEST(test_index),
		TEST(test_derived), TEST(test_twice), TEST(test_withheld),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/fsck", tests, NULL, NULL);
}
