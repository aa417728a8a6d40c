#include "disk.h"
#include "sanitized.h"
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotd/corpus_private.h"
#include "annotd/fsck.h"
#include "base/auto.h"

enum { TRIES = 2, RESTARTS_MAX = 3, RARER = 6 /* than usual, under valgrind */ };

static const char article[] = "It rained. \"We shall rebuild the bridge\", the minister said.\n";

/* --- the records --- */

static void claims(struct test_corpus *c, const struct test_key *key, size_t n)
{
	for (size_t i = 0; i < n; i++)
		test_put(c, key, test_claim("It rained."));
}

/* Entries by batch: each number is one past the last entry of one. */
static const size_t batches[] = {3, 10, 41, 42, 48, 53, 54};
enum { CONTENT_BEFORE = 1, EMPTY_BEFORE = 2, RESTART_BEFORE = 4, RESET_BEFORE = 5 };

void story_make(struct story *s)
{
	struct annot_frontier frontier = {0};
	struct annot_hash nodes[ANNOT_LEVELS];
	struct test_corpus *c = s->test = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 9), admin = test_key(1);
	struct test_entry *d = test_put_document(c, &bob, "article", article);
	s->document = d->index;
	test_put(c, &bob, test_quote(d, 12, 39));
	claims(c, &bob, 6);
	struct test_key carol = test_reviewer(c, "carol", 10);
	claims(c, &carol, 30);
	s->withhold = test_put(c, &admin, test_about(ANNOT_KIND_withhold, &d->id))->index;
	claims(c, &bob, 6);
	claims(c, &carol, 5);
	claims(c, &bob, 1);
	assert_int_equal(c->n, batches[COUNT(batches) - 1]);
	for (size_t i = 0; i < c->n; i++) {
		s->roots[i] = annot_frontier_root(&frontier);
		annot_frontier_append(&frontier, &c->leaf_hashes[i], nodes);
	}
	s->roots[c->n] = annot_frontier_root(&frontier);
}

void story_free(struct story *s)
{
	s->test = test_corpus_free(s->test);
}

uint64_t story_stride(uint64_t n)
{
	const char *which = getenv("ANNOT_FAULTS");
	return which && strcmp(which, "all") == 0 ? 1 : UNDER_VALGRIND ? RARER * n : n;
}

void story_folder(const struct story *s, char dir[TEST_PATH_MAX])
{
	test_folder(s->test, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL, dir);
}

void story_power_back(const struct story *s, char dir[TEST_PATH_MAX])
{
	static const char *const files[] = {"truth.db",  "truth.db-wal", "truth.db-journal",
					    "index.db",  "index.db-wal", "index.db-journal",
					    "checkpoint"};
	static unsigned boots;
	char left[TEST_PATH_MAX];
	assert_true(disk_is_off());
	story_folder(s, left);
	/* What was durable before this boot, unless the disk knows of later changes. */
	for (size_t i = 0; i < COUNT(files); i++)
		test_copy_file(dir, left, files[i]);
	disk_salvage(left);
	disk_end();
	if (access(test_path(dir, "first-start"), F_OK) != 0)
		assert_int_equal(unlink(test_path(left, "first-start")), 0);
	test_folder_remove(dir);
	memcpy(dir, left, sizeof left);
	wrap_boot(++boots);
}

/* --- promises --- */

/* The checkpoint is one of this log, and no other was ever signed of that size. */
static void check_signed(const struct story *s, struct annot_bytes note, struct promises *p,
			 struct annot_checkpoint *ret)
{
	assert_ok(annot_checkpoint_open(note, &s->test->log.vkey, ret, &test_error));
	assert_true(ret->size <= s->test->n);
	assert_memory_equal(&ret->root, &s->roots[ret->size], sizeof ret->root);
	if (ret->size > p->size)
		p->size = ret->size;
}

/* Whether each of them was promised; where it was, the proof holds. */
static bool admit(const struct story *s, struct corpus *c, size_t from, size_t to,
		  struct promises *p)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct corpus_item items[STORY_ENTRIES_MAX], *pointers[STORY_ENTRIES_MAX];
	struct annot_checkpoint checkpoint;
	for (size_t i = from; i < to; i++) {
		const struct test_entry *e = s->test->entries[i];
		items[i] = (struct corpus_item){.record = e->record, .verified = true};
		memcpy(items[i].signature, e->signature, sizeof items[i].signature);
		pointers[i - from] = &items[i];
	}
	if (corpus_admit(c, pointers, to - from, &note, &test_error) != ANNOT_OK) {
		for (size_t i = from; i < to; i++)
			assert_int_not_equal(items[i].status, ANNOT_OK);
		assert_int_equal(note.len, 0);
		p->refused++;
		return false;
	}
	check_signed(s, annot_buf_bytes(&note), p, &checkpoint);
	for (size_t i = from; i < to; i++) {
		/* What was withheld is not taken in again, and is not lost by that. */
		if (i == s->document && corpus_size(c) > s->withhold &&
		    items[i].status == ANNOT_REFUSED)
			continue;
		if (items[i].status != ANNOT_OK)
			fail_msg("#%zu: %s", i, items[i].message);
		assert_int_equal(items[i].index, i);
		assert_ok(annot_verify_inclusion(i, checkpoint.size, &s->test->leaf_hashes[i],
						 items[i].path, items[i].n_path, &checkpoint.root,
						 &test_error));
		p->acked[i] = true;
	}
	return true;
}

/* --- the story --- */

static bool restart(const struct story *s, const char *dir, struct corpus **c, struct promises *p)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint checkpoint, opened;
	*c = corpus_close(*c);
	if (p->restarts++ > RESTARTS_MAX || corpus_open(dir, c, &test_error) != ANNOT_OK)
		return false;
	if (corpus_checkpoint(*c, &checkpoint, &note, NULL) == ANNOT_OK)
		check_signed(s, annot_buf_bytes(&note), p, &opened);
	return true;
}

static bool content(const struct story *s, struct corpus *c, struct promises *p)
{
	enum annot_status status =
		corpus_content(c, s->document, annot_bytes_of(article), &test_error);
	if (corpus_size(c) > s->withhold && status == ANNOT_REFUSED)
		return true;
	if (status != ANNOT_OK) {
		p->refused++;
		return false;
	}
	p->content = true;
	return true;
}

static bool one_batch(const struct story *s, struct corpus *c, size_t batch, struct promises *p)
{
	if (batch == CONTENT_BEFORE && !content(s, c, p))
		return false;
	return admit(s, c, batch ? batches[batch - 1] : 1, batches[batch], p);
}

/* As often as it takes, or all patience is gone. */
static bool insist(const struct story *s, const char *dir, struct corpus **c, size_t batch,
		   struct promises *p)
{
	for (;;) {
		for (size_t i = 0; i < TRIES; i++) {
			if (one_batch(s, *c, batch, p))
				return true;
		}
		/* A start may fail once as well. */
		if (!restart(s, dir, c, p) && !restart(s, dir, c, p))
			return false;
	}
}

bool story_run(const struct story *s, const char *dir, struct promises *p)
{
	struct corpus *c = NULL;
	bool done = restart(s, dir, &c, p) || restart(s, dir, &c, p);
	for (size_t i = 0; done && i < COUNT(batches); i++) {
		if (i == EMPTY_BEFORE)
			(void)store_wal_truncate(dir, NULL);
		if (i == RESET_BEFORE)
			(void)corpus_wal_tend(c, true, NULL);
		if (i == RESTART_BEFORE)
			done = restart(s, dir, &c, p) || restart(s, dir, &c, p);
		done = done && insist(s, dir, &c, i, p);
	}
	corpus_close(c);
	return done;
}

/* --- afterwards --- */

static void check_records(const struct story *s, const char *dir, const struct promises *p,
			  uint64_t size)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct reader *r;
	uint64_t length;
	assert_ok(reader_open(dir, &r, &test_error));
	assert_ok(reader_begin(r, &test_error));
	assert_int_equal(reader_truth_size(r), size);
	assert_int_equal(reader_size(r), size);
	for (size_t i = 0; i < size; i++) {
		const struct test_entry *e = s->test->entries[i];
		struct store_record stored;
		annot_arena_reset(arena);
		assert_ok(reader_record(r, i, arena, &stored, &test_error));
		if (i == s->document && size > s->withhold) {
			assert_null(stored.record.data);
			continue;
		}
		assert_int_equal(stored.record.len, e->record->bytes.len);
		assert_memory_equal(stored.record.data, e->record->bytes.data, stored.record.len);
		assert_memory_equal(stored.signature, e->signature, sizeof e->signature);
	}
	if (p->content && size <= s->withhold) {
		assert_ok(reader_content_length(r, s->document, &length, &test_error));
		assert_int_equal(length, sizeof article - 1);
	}
	reader_close(r);
}

static void assert_no_findings(const char *dir)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t findings = 0;
	FILE *to = open_memstream(&text, &len);
	assert_ok(corpus_fsck(dir, 2, false, to, &findings, &test_error));
	fclose(to);
	if (findings)
		fail_msg("fsck: %s", text);
	free(text);
}

void story_check(const struct story *s, const char *dir, const struct promises *p)
{
	struct promises now = *p;
	struct corpus *c = NULL;
	now.restarts = 0;
	if (!restart(s, dir, &c, &now))
		fail_msg("does not start: %s", test_error.text);
	if (corpus_read_only(c))
		fail_msg("read-only: %s", corpus_read_only(c));
	uint64_t size = corpus_size(c);
	assert_true(size >= p->size && size == now.size);
	for (size_t i = 0; i < s->test->n; i++)
		assert_true(!p->acked[i] || i < size);
	check_records(s, dir, p, size);
	for (size_t i = 0; i < COUNT(batches); i++) {
		if (!one_batch(s, c, i, &now))
			fail_msg("batch %zu sent again: %s", i, test_error.text);
	}
	assert_int_equal(corpus_size(c), s->test->n);
	check_records(s, dir, &now, s->test->n);
	corpus_close(c);
	assert_no_findings(dir);
}
