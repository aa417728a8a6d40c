/*
 * annotd rebuild cut short: at each write, sync and truncation in turn the power goes, the process
 * dies, or the disk fails once. A half-made index is never taken for one.
 */
#include "disk.h"
#include "story.h"

#include <errno.h>
#include <unistd.h>

#include "annotd/log.h"
#include "annotd/rebuild.h"
#include "base/auto.h"

enum { SEEDS = 2 };

static struct story story;
static struct promises promised;
static char whole[TEST_PATH_MAX]; /* a folder after all of the story */

static int make(void **state)
{
	(void)state;
	story_make(&story);
	story_folder(&story, whole);
	assert_true(story_run(&story, whole, &promised));
	return 0;
}

static int clean(void **state)
{
	(void)state;
	test_folder_remove(whole);
	story_free(&story);
	return 0;
}

/* A copy of it on a disk with that plan. */
static void begin(const struct disk_plan *plan, char dir[TEST_PATH_MAX])
{
	static const char *const files[] = {"truth.db", "index.db", "checkpoint"};
	story_folder(&story, dir);
	for (size_t i = 0; i < COUNT(files); i++)
		test_copy_file(whole, dir, files[i]);
	assert_int_equal(unlink(test_path(dir, "first-start")), 0);
	disk_begin(dir, plan);
}

/* As a new process finds it: all is there, and the index agrees with the log. */
static void check(const char *dir)
{
	static const struct disk_plan sound;
	disk_begin(dir, &sound);
	story_check(&story, dir, &promised);
	disk_end();
	test_folder_remove(dir);
}

static const struct rebuild deferred = {.defer = true}; /* the index is what is cut short */

static enum annot_status rebuild(const char *dir)
{
	uint64_t n = 0;
	enum annot_status status = corpus_rebuild(dir, &deferred, &n, &test_error);
	assert_int_equal(n, status == ANNOT_OK ? story.test->n : 0);
	return status;
}

static uint64_t count_changes(void)
{
	static const struct disk_plan sound;
	char dir[TEST_PATH_MAX];
	begin(&sound, dir);
	assert_ok(rebuild(dir));
	uint64_t n = disk_changes();
	disk_end();
	check(dir);
	assert_true(n > 10);
	return n;
}

static void power_goes(void **state)
{
	(void)state;
	uint64_t n = count_changes();
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		uint64_t stride = seed == 1 ? 1 : story_stride(8);
		for (uint64_t at = 1; at <= n; at += stride) {
			char dir[TEST_PATH_MAX];
			struct disk_plan plan = {.power_at = at,
						 .seed = seed * 1000 + (uint32_t)at};
			begin(&plan, dir);
			(void)rebuild(dir);
			story_power_back(&story, dir);
			check(dir);
		}
	}
	print_message("%llu places\n", (unsigned long long)n);
}

/* What was written before is in the kernel's hands and stays; nothing comes after it. */
static void killed(void **state)
{
	(void)state;
	uint64_t n = count_changes();
	for (uint64_t at = 1; at <= n; at++) {
		char dir[TEST_PATH_MAX];
		struct disk_plan plan = {.fail_at = at, .error = EIO, .stays = true};
		begin(&plan, dir);
		(void)rebuild(dir);
		assert_true(disk_failed());
		disk_end();
		check(dir);
	}
}

static void disk_fails_once(void **state)
{
	(void)state;
	uint64_t n = count_changes();
	for (uint64_t at = 1; at <= n; at++) {
		char dir[TEST_PATH_MAX];
		struct disk_plan plan = {.fail_at = at, .error = at % 2 ? ENOSPC : EIO};
		begin(&plan, dir);
		enum annot_status status = rebuild(dir);
		assert_true(disk_failed());
		assert_true(status == ANNOT_OK || status == ANNOT_STORE ||
			    status == ANNOT_NO_SPACE);
		disk_mend();
		assert_ok(rebuild(dir));
		disk_end();
		check(dir);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power_goes),
		cmocka_unit_test(killed),
		cmocka_unit_test(disk_fails_once),
	};
	vfs_register();
	log_start((enum log_level)0); /* what fails is meant to */
	return cmocka_run_group_tests_name("faults/fill", tests, make, clean);
}
