/*
 * The index over texts as annotd keeps it: complete at every moment, followed by the contents that
 * come in, made again where it is damaged, and without what was withheld.
 */
#include "folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../libannot/text/random.h"
#include "annotd/fsck.h"
#include "annotd/locate.h"
#include "annotd/rebuild.h"
#include "annotd/segments_private.h"
#include "base/auto.h"
#include "base/file.h"

enum { TEXT = 6000, LONG = 4 << 20 };

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX], folder[TEST_PATH_MAX + 16];
	struct corpus *corpus;
	struct segments *segments;
	struct reader *reader;
	struct annot_arena *arena;
	uint64_t seed;
	size_t n_texts;
	struct annot_buf texts[64];
};

/* Words that are nobody else's: the number of the text and of the word in it. */
static void write_text(struct annot_buf *b, size_t which, size_t len)
{
	uint64_t seed = which * 2654435761U + 17;
	*b = ANNOT_BUF_INIT(64 << 20);
	for (size_t i = 0; b->len < len; i++) {
		static const char *const ends[] = {"ung",  "tion", "schaft", "é",
						   "ость", "ly",   "性"};
		annot_buf_printf(b, "%c%zx%s%s", (char)('a' + random_below(&seed, 26)),
				 random_below(&seed, 1 << 20),
				 ends[random_below(&seed, COUNT(ends))], i % 9 == 8 ? ".\n" : " ");
	}
}

static void open_corpus(struct fixture *f)
{
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	assert_ok(segments_start(f->corpus, &f->segments, &test_error));
	assert_ok(reader_open(f->dir, &f->reader, &test_error));
}

static void close_corpus(struct fixture *f)
{
	f->reader = reader_close(f->reader);
	f->segments = segments_stop(f->segments);
	f->corpus = corpus_close(f->corpus);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(64 << 20);
	f->seed = 3;
	test_folder(f->test, NULL, f->dir);
	snprintf(f->folder, sizeof f->folder, "%s/" SEGMENTS_FOLDER, f->dir);
	open_corpus(f);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	close_corpus(f);
	test_folder_remove(f->dir);
	for (size_t i = 0; i < f->n_texts; i++)
		annot_buf_free(&f->texts[i]);
	annot_arena_free(f->arena);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static void admit(struct fixture *f, const struct test_entry *e)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct corpus_item item = {.record = e->record, .verified = true}, *pointer = &item;
	memcpy(item.signature, e->signature, sizeof item.signature);
	assert_ok(corpus_admit(f->corpus, &pointer, 1, &note, &test_error));
	assert_ok(item.status);
	segments_committed(f->segments, e->index + 1);
}

/* A document of that many bytes, with its content; its number among the texts. */
static size_t add(struct fixture *f, size_t len)
{
	struct test_key admin = test_key(1);
	char name[16];
	size_t n = f->n_texts++;
	write_text(&f->texts[n], n, len);
	snprintf(name, sizeof name, "text%zu", n);
	const struct test_entry *e =
		test_put_as(f->test, &admin, test_document(name, annot_buf_bytes(&f->texts[n])),
			    ANNOT_EFFECTIVE);
	admit(f, e);
	assert_ok(corpus_content(f->corpus, e->index, annot_buf_bytes(&f->texts[n]), &test_error));
	segments_stored(f->segments, e->index);
	return n;
}

static const struct annot_locate_reply *locate(struct fixture *f, const char *words,
					       bool exhaustive)
{
	static struct annot_locate_reply reply;
	struct call c = {.arena = f->arena,
			 .reader = f->reader,
			 .corpus = f->corpus,
			 .segments = f->segments};
	struct annot_locate_request in = {
		.words = words, .max_edits = 300, .exhaustive = exhaustive};
	annot_arena_reset(f->arena);
	assert_ok(reader_begin(f->reader, &test_error));
	reply = (struct annot_locate_reply){0};
	if (on_locate(&c, &in, &reply) != ANNOT_OK)
		fail_msg("%s", c.err.text);
	reader_rest(f->reader);
	return &reply;
}

/* Words from the middle of a text. */
static const char *words_of(struct fixture *f, size_t n)
{
	static char words[256];
	const struct annot_buf *t = &f->texts[n];
	size_t at = t->len / 2, len = 150;
	while (!annot_utf8_boundary(t->data, t->len, at))
		at++;
	while (!annot_utf8_boundary(t->data, t->len, at + len))
		len--;
	snprintf(words, sizeof words, "%.*s", (int)len, t->data + at);
	return words;
}

static void assert_found(struct fixture *f, size_t n)
{
	char name[16];
	const struct annot_locate_reply *r = locate(f, words_of(f, n), false);
	snprintf(name, sizeof name, "text%zu", n);
	assert_int_equal(r->n_places, 1);
	assert_string_equal(r->places[0].name, name);
	assert_string_equal(r->places[0].how, "exact");
	const struct annot_locate_place *p = &r->places[0];
	size_t at = f->texts[n].len / 2;
	assert_in_range(p->start, at, at + 3);
	assert_int_equal(p->chars_start, annot_utf8_chars(f->texts[n].data, p->start));
	assert_int_equal(p->chars_end - p->chars_start, annot_utf8_chars(p->text, strlen(p->text)));
}

static void assert_all_found(struct fixture *f)
{
	for (size_t i = 0; i < f->n_texts; i++)
		assert_found(f, i);
}

struct counts {
	size_t segments, files, documents, waiting;
};

static struct counts count(struct fixture *f)
{
	struct segments_view v;
	struct counts ret = {0};
	segments_settle(f->segments);
	assert_ok(segments_look(f->segments, &v, &test_error));
	assert_true(v.ready);
	ret.segments = v.n;
	ret.waiting = v.n_waiting;
	for (size_t i = 0; i < v.n; i++) {
		ret.files += v.files[i]->path != NULL;
		ret.documents += v.segments[i]->n_documents;
	}
	segments_leave(&v);
	return ret;
}

static size_t count_files(struct fixture *f)
{
	size_t n = 0;
	DIR *d = opendir(f->folder);
	for (struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void test_at_once(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 30; i++)
		assert_found(f, add(f, TEXT));
	assert_all_found(f);
	struct counts c = count(f);
	assert_int_equal(c.documents, 30);
	assert_int_equal(c.waiting, 0);
	assert_in_range(c.segments, 1, 2 * SEGMENTS_FANOUT);
	assert_int_equal(c.files, 0); /* so little stays in memory */
	assert_all_found(f);
	/* Told again, it is not indexed again. */
	segments_stored(f->segments, 3);
	assert_int_equal(count(f).documents, 30);
	close_corpus(f);
	assert_int_equal(count_files(f), 0);
	open_corpus(f);
	assert_all_found(f);
	assert_int_equal(count(f).documents, 30);
}

/* Enough for a file, which is there again after a restart, and beside it what came later. */
static void add_file(struct fixture *f)
{
	add(f, LONG);
	add(f, TEXT);
	assert_true(count(f).files > 0);
	assert_true(count_files(f) > 0);
}

static void test_files(void **state)
{
	struct fixture *f = *state;
	add_file(f);
	assert_all_found(f);
	close_corpus(f);
	size_t files = count_files(f);
	open_corpus(f);
	assert_all_found(f);
	struct counts c = count(f);
	assert_int_equal(c.files, files);
	assert_int_equal(c.documents, 2);
	add(f, TEXT);
	assert_all_found(f);
}

static void file_name(struct fixture *f, char ret[4 * TEST_PATH_MAX])
{
	DIR *d = opendir(f->folder);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.')
			snprintf(ret, 4 * TEST_PATH_MAX, "%s/%s", f->folder, e->d_name);
	closedir(d);
}

static void flip(const char *path, off_t at)
{
	char byte;
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte = (char)(byte ^ 0x10);
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

/* Torn, damaged in front, of another corpus, missing, or no segment at all: made again. */
static void test_damaged_files(void **state)
{
	struct fixture *f = *state;
	char path[4 * TEST_PATH_MAX];
	add_file(f);
	for (int how = 0; how < 5; how++) {
		close_corpus(f);
		file_name(f, path);
		struct stat st;
		assert_int_equal(stat(path, &st), 0);
		if (how == 0)
			assert_int_equal(truncate(path, st.st_size / 2), 0);
		else if (how == 1)
			flip(path, 20); /* the corpus */
		else if (how == 2)
			flip(path, 130); /* the documents */
		else if (how == 3)
			assert_int_equal(unlink(path), 0);
		else
			assert_int_equal(truncate(path, 0), 0);
		open_corpus(f);
		assert_all_found(f);
		struct counts c = count(f);
		assert_int_equal(c.documents, 2);
		assert_true(c.files > 0);
		assert_all_found(f);
	}
}

/* What is damaged in the middle is noticed when it is asked for: the answer is complete, the file
 * is made again. */
static void test_damaged_bucket(void **state)
{
	struct fixture *f = *state;
	char path[4 * TEST_PATH_MAX], again[4 * TEST_PATH_MAX];
	add_file(f);
	close_corpus(f);
	file_name(f, path);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = st.st_size / 2; at < st.st_size - 8; at += 64)
		flip(path, at);
	open_corpus(f);
	segments_settle(f->segments);
	assert_all_found(f);
	assert_int_equal(count(f).documents, 2);
	assert_all_found(f);
	close_corpus(f);
	file_name(f, again);
	assert_string_not_equal(path, again);
	open_corpus(f);
	assert_all_found(f);
}

static void assert_fsck(struct fixture *f, uint64_t n, const char *line)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t findings = 0;
	FILE *to = open_memstream(&text, &len);
	assert_ok(corpus_fsck(f->dir, 1, false, to, &findings, &test_error));
	fclose(to);
	if (findings != n || !strstr(text, line))
		fail_msg("%llu findings: %s", (unsigned long long)findings, text);
	free(text);
}

/* fsck says what is wrong with files; rebuild makes them again. */
static void test_fsck(void **state)
{
	struct fixture *f = *state;
	char path[4 * TEST_PATH_MAX];
	uint64_t records;
	struct stat st;
	add_file(f);
	assert_fsck(f, 0, "");
	close_corpus(f);
	file_name(f, path);
	assert_int_equal(stat(path, &st), 0);
	flip(path, st.st_size - 200);
	assert_fsck(f, 1, "a bucket does not have its checksum");
	assert_int_equal(truncate(path, 100), 0);
	assert_fsck(f, 1, "it does not begin as one");
	assert_ok(corpus_rebuild(f->dir, NULL, &records, &test_error));
	assert_fsck(f, 0, "");
	assert_int_equal(count_files(f), 1);
	open_corpus(f);
	assert_all_found(f);
}

/* What a write that was cut short left behind is cleared away. */
static void test_leftovers(void **state)
{
	struct fixture *f = *state;
	char copy[4 * TEST_PATH_MAX], path[4 * TEST_PATH_MAX];
	add_file(f);
	size_t files = count_files(f);
	close_corpus(f);
	/* A merge whose inputs were not removed: everything is there twice. */
	file_name(f, path);
	snprintf(copy, sizeof copy, "%s/00000000000000ff.segment", f->folder);
	AUTO_BUF struct annot_buf all = ANNOT_BUF_INIT(64 << 20);
	assert_ok(annot_file_read(path, all.max, &all, &test_error));
	test_write_file(f->folder, "00000000000000ff.segment", all.data, all.len, 0600);
	test_write_file(f->folder, "new.segment", "half", 4, 0600);
	open_corpus(f);
	assert_all_found(f);
	assert_int_equal(count(f).documents, 2);
	assert_int_equal(count_files(f), files);
	assert_int_equal(access(copy, F_OK), 0); /* of equals the newer one */
}

static bool has_bytes(const char *path, const void *bytes, size_t len)
{
	AUTO_BUF struct annot_buf all = ANNOT_BUF_INIT(64 << 20);
	assert_ok(annot_file_read(path, all.max, &all, &test_error));
	return memmem(all.data, all.len, bytes, len);
}

static void withhold(struct fixture *f, size_t text)
{
	struct test_key admin = test_key(1);
	admit(f, test_put_as(f->test, &admin,
			     test_about(ANNOT_KIND_withhold, &f->test->entries[1 + text]->id),
			     ANNOT_EFFECTIVE));
}

/* Of a withheld text nothing is found, and nothing of it stays in the files. */
static void test_withheld(void **state)
{
	struct fixture *f = *state;
	char path[4 * TEST_PATH_MAX], old[4 * TEST_PATH_MAX];
	struct segments_view before, after;
	add_file(f);
	add(f, LONG);
	segments_settle(f->segments);
	/* All in one file, from scratch. */
	close_corpus(f);
	struct corpus *c;
	assert_ok(corpus_open(f->dir, &c, &test_error));
	assert_ok(segments_remake(c, &test_error));
	corpus_close(c);
	file_name(f, old);
	open_corpus(f);
	assert_int_equal(count(f).segments, 1);
	assert_ok(segments_look(f->segments, &before, &test_error));
	AUTO_FREE char *words = strdup(words_of(f, 2));
	withhold(f, 2);
	assert_int_equal(locate(f, words, false)->n_places, 0);
	assert_int_equal(count(f).documents, 2);
	assert_ok(segments_look(f->segments, &after, &test_error));
	assert_in_range(after.segments[0]->n_postings, before.segments[0]->n_postings / 3,
			before.segments[0]->n_postings * 2 / 3);
	/* The old file is there as long as somebody reads it; then it was written over. */
	assert_int_equal(access(old, F_OK), 0);
	segments_leave(&before);
	assert_int_equal(access(old, F_OK), -1);
	segments_leave(&after);
	file_name(f, path);
	uint8_t record[ANNOT_SEGMENT_NAMED];
	memcpy(record, f->test->entries[3]->id.b, sizeof record);
	assert_false(has_bytes(path, record, sizeof record));
	assert_int_equal(locate(f, words, false)->n_places, 0);
	assert_int_equal(locate(f, words, true)->n_places, 0);
	assert_found(f, 0);
	assert_found(f, 1);
	/* Withheld while annotd was killed before the index was written anew: found out when it
	 * starts. */
	f->segments = segments_stop(f->segments);
	struct segments *idle;
	assert_ok(segments_start(f->corpus, &idle, &test_error));
	segments_stop(idle);
	struct test_key admin = test_key(1);
	const struct test_entry *e = test_put_as(
		f->test, &admin, test_about(ANNOT_KIND_withhold, &f->test->entries[1]->id),
		ANNOT_EFFECTIVE);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct corpus_item item = {.record = e->record, .verified = true}, *pointer = &item;
	memcpy(item.signature, e->signature, sizeof item.signature);
	assert_ok(corpus_admit(f->corpus, &pointer, 1, &note, &test_error));
	assert_ok(segments_start(f->corpus, &f->segments, &test_error));
	assert_int_equal(count(f).documents, 1);
	memcpy(record, f->test->entries[1]->id.b, sizeof record);
	file_name(f, path);
	assert_false(count_files(f) > 0 && has_bytes(path, record, sizeof record));
}

/* annotd dies while it makes the index, again and again: what it finds is used, never believed. */
static void test_killed(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 3; i++)
		add(f, 1 << 20);
	add(f, LONG);
	close_corpus(f);
	for (unsigned us = 1000; us < 400000; us = us * 3 / 2) {
		pid_t child = fork();
		if (child == 0) {
			struct segments *s;
			struct corpus *c;
			if (corpus_open(f->dir, &c, NULL) == ANNOT_OK &&
			    segments_start(c, &s, NULL) == ANNOT_OK)
				segments_settle(s);
			kill(getpid(), SIGKILL);
		}
		usleep(us); /* when it dies is what is tried */
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	open_corpus(f);
	assert_all_found(f);
	assert_int_equal(count(f).documents, f->n_texts);
	assert_all_found(f);
}

/* With the index and without it the same places, of words that were not changed and such as were.
 */
static void test_as_exhaustive(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 12; i++)
		add(f, 1000 + (size_t)i * 3000);
	segments_settle(f->segments);
	for (int i = 0; i < 60; i++) {
		char words[512];
		size_t n = random_below(&f->seed, f->n_texts),
		       len = 100 + random_below(&f->seed, 200);
		const struct annot_buf *t = &f->texts[n];
		size_t at = random_below(&f->seed, t->len - len);
		while (!annot_utf8_boundary(t->data, t->len, at))
			at++;
		while (at + len > t->len || !annot_utf8_boundary(t->data, t->len, at + len))
			len--;
		snprintf(words, sizeof words, "%.*s", (int)len, t->data + at);
		for (char *p = words; i % 2 && (p = strchr(p + 1, ' '));)
			if (random_below(&f->seed, 6) == 0 && (uint8_t)p[1] < 0x80 && p[1])
				p[1] = 'Q';
		struct annot_locate_reply with = *locate(f, words, false);
		size_t n_with = with.n_places;
		uint64_t start = n_with ? with.places[0].start : 0;
		uint64_t score = n_with ? with.places[0].score : 0;
		assert_true(with.indexed > 0 && with.searched < 100000);
		const struct annot_locate_reply *without = locate(f, words, true);
		assert_int_equal(without->indexed, 0);
		assert_int_equal(n_with, without->n_places);
		if (n_with == 0)
			continue;
		assert_int_equal(start, without->places[0].start);
		assert_int_equal(score, without->places[0].score);
	}
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_at_once),        T(test_files),  T(test_damaged_files),
		T(test_damaged_bucket), T(test_fsck),   T(test_leftovers),
		T(test_withheld),       T(test_killed), T(test_as_exhaustive)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
