/*
 * The power goes at every write, sync and truncation of annotd's files in turn; any part of what
 * was not synced is lost. A second failure may come while annotd recovers from the first.
 */
#include "disk.h"
#include "story.h"

#include <stdlib.h>

#include "annotd/log.h"

enum { SEEDS = 3, SECOND_EVERY = 7 };

static struct story story;

static int make(void **state)
{
	(void)state;
	story_make(&story);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	story_free(&story);
	return 0;
}

static uint64_t count_changes(void)
{
	static const struct disk_plan sound;
	char dir[TEST_PATH_MAX];
	struct promises p = {0};
	story_folder(&story, dir);
	disk_begin(dir, &sound);
	assert_true(story_run(&story, dir, &p));
	uint64_t n = disk_changes();
	disk_end();
	test_folder_remove(dir);
	return n;
}

static void live(uint64_t at, uint32_t seed, uint64_t second_at)
{
	char dir[TEST_PATH_MAX];
	struct promises p = {0};
	struct disk_plan plan = {.power_at = at, .seed = seed};
	story_folder(&story, dir);
	disk_begin(dir, &plan);
	(void)story_run(&story, dir, &p);
	story_power_back(&story, dir);
	if (second_at) {
		plan = (struct disk_plan){.power_at = second_at, .seed = seed};
		p.restarts = 0;
		disk_begin(dir, &plan);
		(void)story_run(&story, dir, &p);
		if (disk_is_off())
			story_power_back(&story, dir);
	}
	plan = (struct disk_plan){0};
	disk_begin(dir, &plan);
	story_check(&story, dir, &p);
	disk_end();
	test_folder_remove(dir);
}

static void keeps_what_it_promised(void **state)
{
	(void)state;
	uint64_t n = count_changes(), times = 0;
	/* What is kept differs from point to point; all of it with each seed takes three times as
	 * long. */
	for (uint32_t seed = 1; seed <= (story_stride(SEEDS) == 1 ? SEEDS : 1); seed++) {
		for (uint64_t at = 1; at <= n; at += story_stride(1), times++)
			live(at, seed * 1000 + (uint32_t)at, 0);
	}
	print_message("%llu failures\n", (unsigned long long)times);
}

static void survives_a_second_failure(void **state)
{
	(void)state;
	uint64_t n = count_changes(), times = 0;
	for (uint64_t at = 1; at <= n; at += story_stride(4) * SECOND_EVERY) {
		for (uint64_t second = 1 + times % 3; second <= 2 * SECOND_EVERY;
		     second += 3 * story_stride(2), times++)
			live(at, (uint32_t)(at * second), second);
	}
	print_message("%llu double failures\n", (unsigned long long)times);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_it_promised),
		cmocka_unit_test(survives_a_second_failure),
	};
	vfs_register();
	log_start((enum log_level)0); /* what fails is meant to */
	return cmocka_run_group_tests_name("faults/power", tests, make, clean);
}
