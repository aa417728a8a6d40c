/* The writer's thread: group commit, bounds, stopping. */
#include "folder.h"

#include <pthread.h>
#include <stdlib.h>

#include "annotd/log.h"
#include "annotd/writer.h"

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct corpus *corpus;
	struct writer *writer;
	struct test_key bob;
};

/* A job with one item, and what became of it. */
struct job {
	struct write_job job;
	struct corpus_item item, *pointer;
	bool gate; /* done waits for the test to open it */
	pthread_t thread; /* that called done */
	struct board *board;
	enum annot_status status;
	uint64_t size; /* of the checkpoint that came with it */
};

struct board {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool at_gate, open;
	size_t done;
	const struct annot_vkey *log;
};

static void on_done(struct write_job *job, enum annot_status status, const char *message,
		    struct annot_bytes note)
{
	struct job *j = (struct job *)job;
	struct board *b = j->board;
	struct annot_checkpoint checkpoint = {.size = 0};
	(void)message;
	if (note.data && annot_checkpoint_open(note, b->log, &checkpoint, NULL) != ANNOT_OK)
		checkpoint.size = 0;
	pthread_mutex_lock(&b->lock);
	j->status = status;
	j->size = checkpoint.size;
	j->thread = pthread_self();
	if (j->gate) {
		b->at_gate = true;
		pthread_cond_broadcast(&b->changed);
		while (!b->open)
			pthread_cond_wait(&b->changed, &b->lock);
	}
	b->done++;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void board_init(struct board *b, const struct fixture *f)
{
	*b = (struct board){.log = &f->test->log.vkey};
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
}

static void wait_done(struct board *b, size_t n)
{
	pthread_mutex_lock(&b->lock);
	while (b->done < n)
		pthread_cond_wait(&b->changed, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

static void open_gate(struct board *b)
{
	pthread_mutex_lock(&b->lock);
	b->open = true;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

/* A job that holds the writer until the gate is opened; returns when it does. */
static void hold(struct fixture *f, struct board *b, struct job *j)
{
	j->gate = true;
	assert_ok(writer_put(f->writer, &j->job, NULL, &test_error));
	pthread_mutex_lock(&b->lock);
	while (!b->at_gate)
		pthread_cond_wait(&b->changed, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

static void job_init(struct job *j, struct board *b, const struct test_entry *e)
{
	*j = (struct job){.board = b, .item = {.record = e->record}};
	memcpy(j->item.signature, e->signature, sizeof j->item.signature);
	j->pointer = &j->item;
	j->job = (struct write_job){.items = &j->pointer, .n_items = 1, .done = on_done};
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	assert_ok(corpus_open(f->dir, &f->corpus, &test_error));
	f->bob = test_reviewer(f->test, "bob", 9);
	assert_ok(writer_start(f->corpus, &f->writer, &test_error));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	writer_stop(f->writer);
	corpus_close(f->corpus);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static void test_group_commit(void **state)
{
	struct fixture *f = *state;
	enum { N = 50 };
	struct board b;
	struct job jobs[N + 1];
	board_init(&b, f);
	for (size_t i = 0; i < N; i++)
		test_put(f->test, &f->bob, test_claim("It rained."));
	for (size_t i = 0; i <= N; i++)
		job_init(&jobs[i], &b, f->test->entries[1 + i]);
	hold(f, &b, &jobs[0]);
	for (size_t i = 1; i <= N; i++)
		assert_ok(writer_put(f->writer, &jobs[i].job, NULL, &test_error));
	open_gate(&b);
	wait_done(&b, N + 1);
	assert_int_equal(jobs[0].size, 2);
	for (size_t i = 1; i <= N; i++) {
		assert_int_equal(jobs[i].status, ANNOT_OK);
		assert_int_equal(jobs[i].item.status, ANNOT_OK);
		assert_int_equal(jobs[i].item.index, 1 + i);
		assert_int_equal(jobs[i].size, N + 2); /* all under one checkpoint */
	}
}

/* Contents keep their place in the queue, between records before and after them. */
static void test_content_in_order(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "It rained.";
	struct board b;
	struct job jobs[4];
	board_init(&b, f);
	struct test_entry *d = test_put_document(f->test, &f->bob, "article", text);
	test_put(f->test, &f->bob, test_claim("It rained."));
	job_init(&jobs[0], &b, f->test->entries[1]);
	job_init(&jobs[1], &b, d);
	job_init(&jobs[2], &b, d);
	jobs[2].job = (struct write_job){
		.document_index = d->index, .content = annot_bytes_of(text), .done = on_done};
	job_init(&jobs[3], &b, f->test->entries[3]);
	hold(f, &b, &jobs[0]);
	for (size_t i = 1; i < 4; i++)
		assert_ok(writer_put(f->writer, &jobs[i].job, NULL, &test_error));
	open_gate(&b);
	wait_done(&b, 4);
	assert_int_equal(jobs[1].size, 3);
	assert_int_equal(jobs[2].status, ANNOT_OK);
	assert_int_equal(jobs[3].size, 4);
}

static void test_bound(void **state)
{
	struct fixture *f = *state;
	struct board b;
	struct job *jobs = calloc(WRITER_JOBS_MAX + 2, sizeof jobs[0]);
	board_init(&b, f);
	for (size_t i = 0; i < WRITER_JOBS_MAX + 2; i++)
		job_init(&jobs[i], &b, f->test->entries[1]); /* duplicates but for the first */
	hold(f, &b, &jobs[0]);
	for (size_t i = 1; i <= WRITER_JOBS_MAX; i++)
		assert_ok(writer_put(f->writer, &jobs[i].job, NULL, &test_error));
	assert_status(writer_put(f->writer, &jobs[WRITER_JOBS_MAX + 1].job, NULL, &test_error),
		      ANNOT_BUSY);
	assert_error_says("try again");
	open_gate(&b);
	/* Stopping finishes what is queued. */
	f->writer = writer_stop(f->writer);
	assert_int_equal(b.done, WRITER_JOBS_MAX + 1);
	for (size_t i = 1; i <= WRITER_JOBS_MAX; i++)
		assert_true(jobs[i].item.status == ANNOT_OK && jobs[i].item.duplicate);
	free(jobs);
}

/* What was announced is waited for until as many wait as are still to come; nothing that is
 * withdrawn is. */
static void test_announced(void **state)
{
	struct fixture *f = *state;
	enum { N = 4 };
	struct board b;
	struct job jobs[N];
	board_init(&b, f);
	for (size_t i = 0; i < N; i++) {
		test_put(f->test, &f->bob, test_claim("It rained."));
		job_init(&jobs[i], &b, f->test->entries[1 + i]);
		jobs[i].job.announced = true;
		writer_announce(f->writer);
	}
	assert_ok(writer_put(f->writer, &jobs[0].job, NULL, &test_error));
	assert_ok(writer_put(f->writer, &jobs[1].job, NULL, &test_error));
	wait_done(&b, 2);
	assert_int_equal(jobs[0].size, 3); /* both under one checkpoint */
	assert_int_equal(jobs[1].size, 3);
	/* One waits, one is to come. */
	assert_ok(writer_put(f->writer, &jobs[2].job, NULL, &test_error));
	wait_done(&b, 3);
	writer_announce(f->writer);
	writer_announce(f->writer);
	assert_ok(writer_put(f->writer, &jobs[3].job, NULL, &test_error));
	writer_withdraw(f->writer);
	writer_withdraw(f->writer);
	wait_done(&b, 4);
	assert_int_equal(jobs[3].size, 5);
}

/* Who puts a job with nothing beside it commits it, with what comes meanwhile. */
static void test_own_thread(void **state)
{
	struct fixture *f = *state;
	enum { N = 5 };
	struct board b;
	struct job jobs[N];
	bool yours[N];
	board_init(&b, f);
	for (size_t i = 0; i < N; i++) {
		test_put(f->test, &f->bob, test_claim("It rained."));
		job_init(&jobs[i], &b, f->test->entries[1 + i]);
	}
	/* One that is waited for: then it is the writer's. */
	writer_announce(f->writer);
	assert_ok(writer_put(f->writer, &jobs[0].job, &yours[0], &test_error));
	assert_false(yours[0]);
	writer_withdraw(f->writer);
	wait_done(&b, 1);
	assert_false(pthread_equal(jobs[0].thread, pthread_self()));
	/* The writer's thread may still be about to say that it is through. */
	do {
		assert_ok(writer_put(f->writer, &jobs[1].job, &yours[1], &test_error));
		if (!yours[1])
			wait_done(&b, b.done + 1);
	} while (!yours[1]);
	assert_ok(writer_put(f->writer, &jobs[2].job, &yours[2], &test_error));
	assert_false(yours[2]);
	writer_run(f->writer);
	for (size_t i = 1; i < 3; i++) {
		assert_true(pthread_equal(jobs[i].thread, pthread_self()));
		assert_int_equal(jobs[i].item.status, ANNOT_OK);
	}
	assert_int_equal(jobs[1].size, jobs[2].size);
	/* And then others write again, and stopping needs nobody. */
	assert_ok(writer_put(f->writer, &jobs[3].job, NULL, &test_error));
	assert_ok(writer_put(f->writer, &jobs[4].job, NULL, &test_error));
	f->writer = writer_stop(f->writer);
	for (size_t i = 3; i < N; i++)
		assert_int_equal(jobs[i].item.index, 1 + i);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_group_commit),
		TEST(test_content_in_order),
		TEST(test_announced),
		TEST(test_own_thread),
		TEST(test_bound),
	};
	log_start(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("annotd/writer", tests, NULL, NULL);
}
