/* Whether requests are taken, as the watchdog asks, without a server: what answers them waits until it is told. */
#include "folder.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "annotd/worker.h"

struct server_request {
	struct server_account account;
};

static sem_t begun, go_on;

struct server_account *__wrap_server_account(struct server_request *request);
struct server_account *__wrap_server_account(struct server_request *request)
{
	return &request->account;
}

/* So long that it counts as heavy: the thread for light ones leaves it alone. */
struct annot_bytes __wrap_server_payload(const struct server_request *request);
struct annot_bytes __wrap_server_payload(const struct server_request *request)
{
	static uint8_t payload[WORK_HEAVY_BYTES + 1];
	(void)request;
	return annot_bytes(payload, sizeof payload);
}

bool __wrap_dispatch_request(struct dispatch_worker *w, struct server_request *request, bool announced);
bool __wrap_dispatch_request(struct dispatch_worker *w, struct server_request *request, bool announced)
{
	(void)w;
	(void)request;
	(void)announced;
	sem_post(&begun);
	sem_wait(&go_on);
	return false;
}

static void test_stuck(void **state)
{
	struct test_corpus *test = test_corpus_new(1, 1);
	struct dispatch shared = {0};
	struct server_request requests[2] = {0};
	struct workers *w;
	char dir[TEST_PATH_MAX];
	(void)state;
	sem_init(&begun, 0, 0);
	sem_init(&go_on, 0, 0);
	test_folder(test, NULL, dir);
	assert_ok(corpus_open(dir, &shared.corpus, &test_error));
	assert_ok(workers_start(&shared, 1, &w, &test_error));

	assert_true(workers_move(w)); /* nothing to do is no standstill */
	assert_true(workers_move(w));
	workers_put(w, &requests[0]);
	sem_wait(&begun);
	assert_true(workers_move(w)); /* under way, but nobody waits */
	assert_true(workers_move(w));
	workers_put(w, &requests[1]);
	assert_true(workers_move(w)); /* waits, perhaps only just */
	assert_false(workers_move(w));
	assert_false(workers_move(w));
	sem_post(&go_on);
	sem_wait(&begun);
	assert_true(workers_move(w));
	sem_post(&go_on);

	workers_stop(w);
	corpus_close(shared.corpus);
	test_folder_remove(dir);
	test_corpus_free(test);
	sem_destroy(&begun);
	sem_destroy(&go_on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_stuck)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
