/*
 * annotd is killed at random moments under load, also while it starts; after each restart all that
 * was promised is there, exactly once, and everything that was ever signed is consistent. How
 * often: ANNOT_KILLS (script/kill-test sets it), by default a few times. ANNOT_SEED repeats the
 * moments.
 */
#include "daemon.h"
#include "writers.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/hash.h"
#include "log/leaf.h"

enum {
	KILLS = 15,
	FSCK_EVERY = 10,
	LIFE_MAX_US = 200000 * PATIENCE,
	START_MAX_US = 30000 * PATIENCE,
	START_EVERY = 4, /* of so many starts one is killed as well */
	LEAVES = 4096,
};

struct trial {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct client_writer writers[WRITERS];
	uint32_t random;
	/* what the log is known to be */
	struct annot_frontier frontier;
	struct writer_list ids;   /* struct annot_hash, by index */
	struct writer_list roots; /* struct annot_hash, by size */
	size_t checked[WRITERS], checked_notes[WRITERS], checked_texts[WRITERS];
	size_t kills, starts;
};

static uint32_t draw(struct trial *t, uint32_t below)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 17;
	t->random ^= t->random << 5;
	return t->random % below;
}

/* The moment of a kill is what is being tested. */
static void live(uint32_t us)
{
	struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000};
	nanosleep(&time, NULL);
}

static void keep(struct writer_list *l, const struct annot_hash *hash)
{
	if (l->n == l->max) {
		l->max = l->max ? 2 * l->max : 1024;
		l->data = realloc(l->data, l->max * sizeof *hash);
		assert_non_null(l->data);
	}
	((struct annot_hash *)l->data)[l->n++] = *hash;
}

static const struct annot_hash *at(const struct writer_list *l, uint64_t i)
{
	assert_true(i < l->n);
	return &((const struct annot_hash *)l->data)[i];
}

static int number(const char *name, int otherwise)
{
	const char *value = getenv(name);
	return value && value[0] ? (int)strtol(value, NULL, 10) : otherwise;
}

/* --- what is checked --- */

/* Reads the leaves that are new, up to that size; their root must be the one that is signed. */
static void follow_log(struct trial *t, struct test_client *c, uint64_t size)
{
	struct annot_hash nodes[ANNOT_LEVELS];
	while (t->frontier.size < size) {
		struct annot_leaves_request request = {.from = t->frontier.size, .limit = LEAVES};
		void *got;
		annot_arena_reset(c->arena);
		assert_ok(test_call(c, ANNOT_CALL_leaves, &request, &got));
		const struct annot_leaves_reply *reply = got;
		assert_true(reply->n_leaves > 0);
		for (size_t i = 0; i < reply->n_leaves && t->frontier.size < size; i++) {
			struct annot_bytes line = annot_bytes_of(reply->leaves[i]);
			struct annot_leaf leaf;
			assert_ok(annot_leaf_parse(line, &leaf, &test_error));
			struct annot_hash hash = annot_leaf_hash(line.data, line.len);
			annot_frontier_append(&t->frontier, &hash, nodes);
			struct annot_hash root = annot_frontier_root(&t->frontier);
			keep(&t->ids, &leaf.record);
			keep(&t->roots, &root);
		}
	}
}

static void check_log(struct trial *t, struct test_client *c, struct annot_checkpoint *ret)
{
	struct annot_checkpoint_request request;
	memset(&request, 0, sizeof request);
	void *got;
	assert_ok(test_call(c, ANNOT_CALL_checkpoint, &request, &got));
	assert_ok(annot_checkpoint_open(((struct annot_checkpoint_reply *)got)->note,
					&t->test->log.vkey, ret, &test_error));
	assert_true(ret->size >= t->frontier.size);
	follow_log(t, c, ret->size);
	assert_memory_equal(&ret->root, at(&t->roots, ret->size), sizeof ret->root);
}

/* The pin of a client, as it would check it. */
static void check_pin(struct test_client *c, const struct annot_checkpoint *pin,
		      const struct annot_checkpoint *newest)
{
	struct annot_consistency_request request = {.from = pin->size, .to = newest->size};
	void *got;
	assert_ok(test_call(c, ANNOT_CALL_consistency, &request, &got));
	const struct annot_consistency_reply *reply = got;
	assert_ok(annot_verify_consistency(pin->size, newest->size, reply->path, reply->n_path,
					   &pin->root, &newest->root, &test_error));
}

static void check_text(struct test_client *c, const struct annot_hash *document)
{
	struct annot_text_request request = {.document = *document, .length = 1 << 20};
	struct annot_bytes text = writer_text();
	void *got;
	annot_arena_reset(c->arena);
	assert_ok(test_call(c, ANNOT_CALL_text, &request, &got));
	const struct annot_text_reply *reply = got;
	assert_int_equal(reply->total, text.len);
	assert_int_equal(reply->data.len, text.len);
	assert_memory_equal(reply->data.data, text.data, text.len);
}

/* What this writer was told since the last time. */
static void check_writer(struct trial *t, struct test_client *c, size_t n,
			 const struct annot_checkpoint *newest)
{
	struct client_writer *w = &t->writers[n];
	const struct told *told = w->told.data;
	const struct annot_checkpoint *pins = w->checkpoints.data;
	if (w->wrong[0])
		fail_msg("%s", w->wrong);
	for (size_t *i = &t->checked[n]; *i < w->told.n; (*i)++)
		assert_memory_equal(&told[*i].id, at(&t->ids, told[*i].index), sizeof told->id);
	for (size_t *i = &t->checked_notes[n]; *i < w->checkpoints.n; (*i)++)
		assert_memory_equal(&pins[*i].root, at(&t->roots, pins[*i].size),
				    sizeof pins->root);
	for (size_t *i = &t->checked_texts[n]; *i < w->texts.n; (*i)++)
		check_text(c, &((const struct annot_hash *)w->texts.data)[*i]);
	if (w->checkpoints.n > 0) {
		check_pin(c, &pins[w->checkpoints.n - 1], newest);
		check_pin(c, &pins[draw(t, (uint32_t)w->checkpoints.n)], newest);
	}
}

static void check(struct trial *t)
{
	struct annot_checkpoint newest;
	struct test_client c;
	test_client_open(t->daemon.url, &c);
	check_log(t, &c, &newest);
	for (size_t i = 0; i < WRITERS; i++)
		check_writer(t, &c, i, &newest);
	test_client_close(&c);
}

static void check_fsck(const struct trial *t)
{
	char said[4096];
	const char *const args[] = {"fsck", "--corpus", t->dir, NULL};
	if (test_annotd(args, said, sizeof said) != 0)
		fail_msg("fsck after %zu kills: %s", t->kills, said);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct annot_hash));
}

/* No record is in the log twice, and all that the writers were told is in it. */
static void check_once(struct trial *t)
{
	struct annot_hash *ids = t->ids.data;
	qsort(ids, t->ids.n, sizeof *ids, compare);
	for (size_t i = 1; i < t->ids.n; i++)
		assert_int_not_equal(compare(&ids[i - 1], &ids[i]), 0);
}

/* --- the trial --- */

static void load_and_kill(struct trial *t)
{
	for (size_t i = 0; i < WRITERS; i++)
		writer_go(&t->writers[i]);
	live(draw(t, LIFE_MAX_US));
	test_daemon_kill(&t->daemon);
	for (size_t i = 0; i < WRITERS; i++)
		writer_cut(&t->writers[i]);
	t->kills++;
}

static void restart(struct trial *t)
{
	while (draw(t, START_EVERY) == 0) {
		test_daemon_spawn(t->dir, &t->daemon);
		live(draw(t, START_MAX_US));
		test_daemon_kill(&t->daemon);
		t->starts++;
	}
	test_daemon_start(t->dir, &t->daemon);
}

static void begin(struct trial *t)
{
	struct annot_hash empty = annot_empty_root();
	struct test_client c;
	char name[32];
	t->random = (uint32_t)number("ANNOT_SEED", (int)getpid());
	t->random |= 1;
	print_message("seed %u\n", t->random);
	t->test = test_corpus_new(1, 1);
	for (unsigned i = 0; i < WRITERS; i++) {
		snprintf(name, sizeof name, "writer%u", i);
		test_reviewer(t->test, name, (uint8_t)(100 + i));
	}
	test_folder(t->test, NULL, t->dir);
	keep(&t->roots, &empty);
	restart(t);
	test_client_open(t->daemon.url, &c);
	const struct annot_submit_reply *reply =
		test_submit(&c, t->test, t->test->entries + 1, WRITERS);
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(reply->results[i].status, ANNOT_OK);
	test_client_close(&c);
	for (unsigned i = 0; i < WRITERS; i++)
		writer_init(&t->writers[i], i, t->test, test_path(t->dir, "socket"));
}

static void survives_kills(void **state)
{
	(void)state;
	static struct trial trial;
	struct trial *t = &trial;
	size_t kills = (size_t)number("ANNOT_KILLS", KILLS), told = 0, again = 0, texts = 0;
	begin(t);
	while (t->kills < kills) {
		load_and_kill(t);
		restart(t);
		check(t);
		if (t->kills % FSCK_EVERY == 0) {
			check_fsck(t);
			print_message("%zu kills, %zu records\n", t->kills, t->ids.n);
		}
	}
	assert_int_equal(test_daemon_stop(&t->daemon), 0);
	check_fsck(t);
	check_once(t);
	for (size_t i = 0; i < WRITERS; i++) {
		told += t->writers[i].told.n;
		again += t->writers[i].again;
		texts += t->writers[i].texts.n;
		writer_free(&t->writers[i]);
	}
	print_message(
		"killed %zu times under load, %zu times while starting: %zu records "
		"acknowledged of %zu in the log, %zu contents, %zu resent after they were in\n",
		t->kills, t->starts, told, t->ids.n, texts, again);
	assert_true(told > kills);
	free(t->ids.data);
	free(t->roots.data);
	test_folder_remove(t->dir);
	test_corpus_free(t->test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(survives_kills)};
	return cmocka_run_group_tests_name("faults/kill", tests, NULL, NULL);
}
