/* Every write, sync and truncation of annotd's files fails in turn, once or from there on. The
 * short form has each fail in one way, ANNOT_FAULTS=all in all of them. */
#include "disk.h"
#include "story.h"

#include <errno.h>
#include <stdlib.h>

#include "annotd/log.h"

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

/* The story with that plan: how many changes it made. */
static uint64_t live(const struct disk_plan *plan, struct promises *p, bool *ret_done)
{
	static const struct disk_plan sound;
	char dir[TEST_PATH_MAX];
	story_folder(&story, dir);
	disk_begin(dir, plan);
	*ret_done = story_run(&story, dir, p);
	uint64_t changes = disk_changes();
	assert_true(plan->fail_at == 0 || disk_failed());
	/* Now annotd starts again on a disk that works. */
	disk_begin(dir, &sound);
	story_check(&story, dir, p);
	disk_end();
	test_folder_remove(dir);
	return changes;
}

static void goes_through_on_a_sound_disk(void **state)
{
	(void)state;
	struct promises p = {0};
	bool done;
	uint64_t changes = live(&(struct disk_plan){0}, &p, &done);
	assert_true(done && p.refused == 0 && p.content);
	assert_int_equal(p.size, story.test->n);
	print_message("%llu changes\n", (unsigned long long)changes);
}

/* Ways in which a change may fail: each of them at every point, or, unless ANNOT_FAULTS is "all",
 * at every point one of them. */
enum { WAYS = 4 };

static void fail_each(int error, bool stays, uint64_t way)
{
	struct promises p = {0};
	size_t refused = 0, stopped = 0;
	bool done;
	uint64_t n = live(&(struct disk_plan){0}, &p, &done), times = 0;
	uint64_t stride = story_stride(WAYS);
	for (uint64_t at = 1 + way % stride; at <= n; at += stride, times++) {
		struct disk_plan plan = {
			.fail_at = at, .error = error, .stays = stays, .seed = (uint32_t)at};
		p = (struct promises){0};
		live(&plan, &p, &done);
		refused += p.refused;
		stopped += !done;
	}
	print_message("%llu faults: %zu calls refused, given up %zu times\n",
		      (unsigned long long)times, refused, stopped);
	/* It must have been felt, and a single fault must never be the end. */
	assert_true(refused > 0);
	if (!stays)
		assert_int_equal(stopped, 0);
}

static void survives_each_error_once(void **state)
{
	(void)state;
	fail_each(EIO, false, 0);
}

static void survives_each_full_disk_once(void **state)
{
	(void)state;
	fail_each(ENOSPC, false, 1);
}

static void survives_each_error_that_stays(void **state)
{
	(void)state;
	fail_each(EIO, true, 2);
}

static void survives_each_full_disk_that_stays(void **state)
{
	(void)state;
	fail_each(ENOSPC, true, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_through_on_a_sound_disk),
		cmocka_unit_test(survives_each_error_once),
		cmocka_unit_test(survives_each_full_disk_once),
		cmocka_unit_test(survives_each_error_that_stays),
		cmocka_unit_test(survives_each_full_disk_that_stays),
	};
	vfs_register();
	log_start((enum log_level)0); /* what fails is meant to */
	return cmocka_run_group_tests_name("faults/fail", tests, make, clean);
}
